"""What a running camera sees of a stamped sheet, judged as the picture would be if it were taken now.

The guidance follows from the cut-out itself, so that a picture taken when all is well is accepted. About ten looks a
second are possible; callers look at the newest frame on a worker and drop the rest.
"""

import io
from dataclasses import dataclass

from desktop.domain.operations import SealKind
from desktop.signing.imprint.cutout import cut_out
from desktop.signing.imprint.model import Bgr, Box, QualityReason, SizeSource

_DARK = 0.4
_BLINDING = 0.5
_WHITE = 252
_JPEG_QUALITY = 95


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One look; `box` is where the seal is on the frame, `size_source` what its size is known by."""

    is_light: bool
    is_whole: bool
    is_near: bool
    is_sharp: bool
    is_alone: bool
    reasons: tuple[QualityReason, ...]
    box: Box | None = None
    size_source: SizeSource | None = None

    @property
    def is_ready(self) -> bool:
        """Whether a picture taken now would do; its size may have to be asked for."""
        return self.box is not None and not self.reasons


def look(frame: Bgr, kind: SealKind) -> Sight:
    """Judge a frame, (h, w, 3) uint8 BGR."""
    cut = cut_out(frame, kind)
    imprint, reasons = cut.imprint, cut.reasons
    has_seal = imprint is not None
    return Sight(
        is_light=_is_light(frame),
        is_whole=has_seal and QualityReason.CUT_OFF not in reasons,
        is_near=has_seal and QualityReason.TOO_SMALL not in reasons,
        is_sharp=has_seal and QualityReason.BLURRED not in reasons,
        is_alone=has_seal and not {QualityReason.SEVERAL_SEALS, QualityReason.NOT_BLANK_PAPER} & set(reasons),
        reasons=reasons,
        box=imprint.box if imprint is not None else None,
        size_source=imprint.size_source if imprint is not None else None,
    )


def shot_file(frame: Bgr) -> bytes:
    """Return a frame as the bytes of a JPEG file, colours at full resolution."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(frame[:, :, ::-1]).save(buffer, format="JPEG", quality=_JPEG_QUALITY, subsampling=0)
    return buffer.getvalue()


def _is_light(frame: Bgr) -> bool:
    """Tell whether the paper is bright enough, and not so bright that the ink drowns."""
    import numpy as np

    small = frame[::8, ::8].astype(np.float32)
    bright = float(np.percentile(small.max(axis=2), 80)) / 255
    drowned = float((small.min(axis=2) >= _WHITE).mean())
    return bright >= _DARK and drowned < _BLINDING
