"""The verdict on an imprint: what a reviewer would send back, said before submission."""

from desktop.signing.imprint.ink import Absorption, InkColour
from desktop.signing.imprint.model import Bgr, Box, Map, Mask, QualityReason

MIN_SEAL_PX = 220
_MIN_DENSITY = 0.22
_MAX_SOFTNESS = 0.012
_MAX_FOREIGN_INK = 0.02
_MIN_PAPER_LIGHT = 0.3
_MAX_PAPER_COLOUR = 0.3


def judge_quality(
    *,
    picture: Bgr,
    box: Box,
    taken: Absorption,
    ink: InkColour,
    cover: Map,
    inside: Mask,
    density: float,
    light: Map,
    is_shape_of_kind: bool,
    has_others: bool,
) -> tuple[QualityReason, ...]:
    """Return the reasons against an imprint, worst first; empty when it is good.

    Args:
        picture: the whole scan.
        box: the seal on the scan.
        taken: absorption around the seal.
        ink: colour of the seal.
        cover: coverage by the seal's ink, same size as `taken`.
        inside: area of the seal, same size.
        density: absorption of full ink.
        light: paper light of the whole scan.
        is_shape_of_kind: whether a seal of the kind may have its outline.
        has_others: whether there are further seals.
    """
    checks = (
        (QualityReason.CUT_OFF, _is_cut_off(picture, box)),
        (QualityReason.SEVERAL_SEALS, has_others),
        (QualityReason.WRONG_SHAPE, not is_shape_of_kind),
        (QualityReason.TOO_SMALL, max(box.width, box.height) < MIN_SEAL_PX),
        (QualityReason.BLURRED, softness(cover) > _MAX_SOFTNESS),
        (QualityReason.FAINT, density < _MIN_DENSITY),
        (
            QualityReason.NOT_BLANK_PAPER,
            foreign_ink(taken, ink, cover, inside) > _MAX_FOREIGN_INK or not _is_white(light),
        ),
    )
    return tuple(reason for reason, applies in checks if applies)


def softness(cover: Map) -> float:
    """Return the mean width of the edges from paper to ink, as a share of the seal's size."""
    import cv2
    import numpy as np

    across = cv2.Sobel(cover, cv2.CV_32F, 1, 0, ksize=3, scale=0.125)
    down = cv2.Sobel(cover, cv2.CV_32F, 0, 1, ksize=3, scale=0.125)
    slope = np.hypot(across, down)
    edge = (cover > 0.4) & (cover < 0.6)  # noqa: PLR2004 - the middle of an edge
    if not edge.any():
        return 0.0
    steep = float(np.percentile(slope[edge], 75))
    return 1 / max(steep, 1e-3) / float(max(cover.shape))


def foreign_ink(taken: Absorption, ink: InkColour, cover: Map, inside: Mask) -> float:
    """Return the share of the seal's area that is darker than paper and the seal's ink explain: print or pen below."""
    import numpy as np

    full = taken.channels[cover > 0.9]  # noqa: PLR2004 - full ink
    own = np.median(full, axis=0) if full.size else np.zeros(3, dtype=np.float32)
    # The channel that the seal's own ink lets through shows what lies under it.
    passes, _ = ink.value
    dark = taken.channels[:, :, passes] - cover * own[passes]
    return float(((dark > 0.3) & inside).sum()) / max(1, int(inside.sum()))  # noqa: PLR2004 - clearly dark


def _is_cut_off(picture: Bgr, box: Box) -> bool:
    height, width = picture.shape[:2]
    rim = 2
    return box.x <= rim or box.y <= rim or box.x + box.width >= width - rim or box.y + box.height >= height - rim


def _is_white(light: Map) -> bool:
    import numpy as np

    blue, green, red = (float(v) for v in np.median(light.reshape(-1, 3), axis=0))
    brightest, darkest = max(blue, green, red), min(blue, green, red)
    return brightest >= _MIN_PAPER_LIGHT and (brightest - darkest) / brightest <= _MAX_PAPER_COLOUR
