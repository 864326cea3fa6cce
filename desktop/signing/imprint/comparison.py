"""Does an imprint come from its scan? Cut out of the scan once more, and laid over the one that was handed in.

For the review desk, which trusts neither: the platform keeps both as the applicant's desktop sent them (threat T15).
Refuses nothing; a scan in which no seal is found, or an imprint that is no picture, is a result that says so.
"""

import io
from dataclasses import dataclass, field

from desktop.domain.errors import RejectedError
from desktop.domain.operations import SealKind
from desktop.signing.imprint.cutout import cut_out
from desktop.signing.imprint.loading import MAX_PIXELS
from desktop.signing.imprint.model import Bgr, QualityReason, SizeSource

_INK = 127
#: The same cut-out gives 1; another JPEG of the same scan about 0.97; another seal at most 0.5.
_SAME = 0.85
_SIDE = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`overlap` 0..1 of both imprints, None when the scan shows no seal; two pictures of one size to lay over another.

    `ground_png` is the seal on the scan, set straight; `imprint_png` the imprint handed in, RGBA, pixel for pixel above
    it. Sizes are as measured on the scan, None where nothing tells them.
    """

    overlap: float | None
    reasons: tuple[QualityReason, ...] = ()
    width_mm: float | None = None
    height_mm: float | None = None
    size_source: SizeSource | None = None
    ground_png: bytes = field(default=b"", repr=False)
    imprint_png: bytes = field(default=b"", repr=False)

    @property
    def is_same(self) -> bool:
        """Whether the imprint is what the scan shows."""
        return self.overlap is not None and self.overlap >= _SAME


def compare(scan: bytes, imprint_png: bytes, kind: SealKind) -> Comparison:
    """Compare a scan with the imprint said to be cut out of it."""
    import cv2
    import numpy as np

    try:
        cut = cut_out(scan, kind)
    except RejectedError:
        return Comparison(overlap=None)
    theirs = _rgba(imprint_png)
    found = cut.imprint
    if found is None or theirs is None:
        return Comparison(overlap=None, reasons=cut.reasons)
    ours = _rgba(found.png)
    assert ours is not None
    height, width = found.ground.shape[:2]
    laid = cv2.resize(theirs, (width, height), interpolation=cv2.INTER_AREA)
    mine, other = ours[:, :, 3] > _INK, laid[:, :, 3] > _INK
    either = int((mine | other).sum())
    shrink = min(1.0, _SIDE / max(width, height))
    return Comparison(
        overlap=float((mine & other).sum()) / either if either else 0.0,
        reasons=cut.reasons,
        width_mm=found.width_mm,
        height_mm=found.height_mm,
        size_source=found.size_source,
        ground_png=_png(np.asarray(found.ground[:, :, ::-1]), shrink),
        imprint_png=_png(np.asarray(laid, dtype=np.uint8), shrink),
    )


def _rgba(png: bytes) -> Bgr | None:
    import numpy as np
    from PIL import Image

    try:
        with Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                return None
            return np.asarray(picture.convert("RGBA"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _png(pixels: Bgr, shrink: float) -> bytes:
    from PIL import Image

    picture = Image.fromarray(pixels)
    if shrink < 1:
        picture = picture.resize((round(picture.width * shrink), round(picture.height * shrink)))
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG")
    return buffer.getvalue()
