"""Ink and paper apart: even out the light, then measure how much of which ink covers each pixel.

The paper's brightness is estimated from pixels that are neither coloured nor darker than their surroundings, and the
picture is divided by it. What remains is absorption per channel: red ink takes green and blue, blue ink takes red and
green, black ink takes all three and is neither.
"""

from dataclasses import dataclass
from enum import Enum

from desktop.signing.imprint.model import Bgr, Map, Mask

_PAPER_SIDE = 240
_COLOURED = 0.10
_DARKER = 0.85


class InkColour(Enum):
    """The inks seals are stamped with; the value is (channel that passes, channels that are absorbed), BGR order."""

    RED = (2, (0, 1))
    BLUE = (0, (1, 2))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Absorption:
    """What each pixel takes away from the paper's light: (h, w, 3) BGR, 0 = paper, 1 = nothing comes back."""

    channels: Map

    def colourfulness(self, ink: InkColour) -> Map:
        """Return how much more the ink's channels absorb than the one it passes: 0 for paper and for black ink."""
        import numpy as np

        passes, absorbed = ink.value
        strongest = np.minimum(self.channels[:, :, absorbed[0]], self.channels[:, :, absorbed[1]])
        return np.asarray(np.clip(strongest - self.channels[:, :, passes], 0, 1), dtype=np.float32)

    def density(self, ink: InkColour) -> Map:
        """Return the mean absorption in the ink's channels: sharper than its colour, which JPEG stores coarsely."""
        import numpy as np

        _, absorbed = ink.value
        mean = (self.channels[:, :, absorbed[0]] + self.channels[:, :, absorbed[1]]) / 2
        return np.asarray(np.clip(mean, 0, 1), dtype=np.float32)


def paper_light(picture: Bgr) -> Map:
    """Estimate the light that blank paper would send back at each pixel: small map (h', w', 3) BGR 0..1."""
    import cv2
    import numpy as np

    height, width = picture.shape[:2]
    factor = min(1.0, _PAPER_SIDE / max(height, width))
    size = (max(8, round(width * factor)), max(8, round(height * factor)))
    shrunk = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    small: Map = np.asarray(shrunk, dtype=np.float32) / np.float32(255)
    blank = _is_blank(small)
    light = np.zeros_like(small)
    missing = np.ones(blank.shape, dtype=bool)
    weight = blank.astype(np.float32)
    for share in (0.02, 0.05, 0.12, 0.3, 1.0):
        amount = _spread(weight, max(size) * share)
        sums = _spread(np.asarray(small * weight[:, :, None], dtype=np.float32), max(size) * share)
        known = missing & (amount > 0.15)  # noqa: PLR2004 - enough blank paper around
        light[known] = sums[known] / amount[known, None]
        missing &= ~known
    light[missing] = np.percentile(small.reshape(-1, 3), 90, axis=0)
    smooth = cv2.GaussianBlur(light, (0, 0), max(size) * 0.015)
    return np.asarray(np.clip(smooth, 0.02, 1.0), dtype=np.float32)


def absorption(picture: Bgr, light: Map) -> Absorption:
    """Divide a picture by the light of its paper."""
    import cv2
    import numpy as np

    even = cv2.resize(light, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_LINEAR)
    channels = 1 - (picture.astype(np.float32) / 255) / even
    return Absorption(channels=np.asarray(np.clip(channels, -0.2, 1), dtype=np.float32))


def _spread(values: Map, radius: float) -> Map:
    """Average over a neighbourhood; two box filters, because a wide Gaussian takes seconds."""
    import cv2
    import numpy as np

    side = 2 * max(1, round(radius)) + 1
    twice = cv2.blur(cv2.blur(values, (side, side)), (side, side))
    return np.asarray(twice, dtype=np.float32)


def _is_blank(small: Map) -> Mask:
    """Tell the pixels of bare paper: no more colour than the sheet as a whole, not darker than around."""
    import cv2
    import numpy as np

    brightest, darkest = small.max(axis=2), small.min(axis=2)
    colour = (brightest - darkest) / np.maximum(brightest, 0.05)
    usual = float(np.percentile(colour, 30))
    span = max(5, round(max(small.shape) * 0.09)) | 1
    around = cv2.GaussianBlur(
        cv2.dilate(cv2.medianBlur(brightest, 3), np.ones((span, span), np.uint8)), (0, 0), span / 3
    )
    is_ink = (colour > usual + _COLOURED) | (brightest < _DARKER * around)
    return np.asarray(cv2.dilate(is_ink.astype(np.uint8), np.ones((3, 3), np.uint8)) == 0)
