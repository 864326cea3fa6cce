"""Variants of a gray picture that make a hard QR code readable, each with its scale.

A variant returns None when it makes no sense for the picture (doubling a large one, shrinking a small one).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from desktop.camera.frames import Frame, Gray

_DOUBLE_BELOW = 1000
_HALVE_ABOVE = 640


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Variant:
    """A picture and its size relative to the frame: a corner in it, divided by `scale`, is a corner in the frame."""

    gray: Gray
    scale: float = 1.0


MakeVariant: TypeAlias = Callable[[Variant], Variant | None]


def gray_of(frame: Frame) -> Variant:
    """Return the frame in gray, unscaled."""
    import cv2

    return Variant(gray=_u8(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)))


def limited(source: Variant, side: int) -> Variant:
    """Return the picture with its longer side at most `side`."""
    longest = max(source.gray.shape)
    return source if longest <= side else _resized(source, side / longest)


def plain(source: Variant) -> Variant | None:
    """Return the picture as it is."""
    return source


def equalised(source: Variant) -> Variant | None:
    """Return the picture with local contrast equalised: shadow, glare, faint print."""
    import cv2

    return Variant(gray=_u8(cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8)).apply(source.gray)), scale=source.scale)


def doubled(source: Variant) -> Variant | None:
    """Return the picture twice as large: modules of two pixels or less."""
    return _resized(source, 2.0) if max(source.gray.shape) < _DOUBLE_BELOW else None


def sharpened(source: Variant) -> Variant | None:
    """Return the picture with its edges raised: out of focus."""
    import cv2

    soft = cv2.GaussianBlur(source.gray, (0, 0), 3.0)
    return Variant(gray=_u8(cv2.addWeighted(source.gray, 2.5, soft, -1.5, 0)), scale=source.scale)


def doubled_sharpened(source: Variant) -> Variant | None:
    """Return the picture twice as large with its edges raised: small and out of focus."""
    large = doubled(source)
    return None if large is None else sharpened(large)


def smoothed(source: Variant) -> Variant | None:
    """Return the picture without its finest structure: noise, the pixel grid of a filmed screen."""
    import cv2

    return Variant(gray=_u8(cv2.GaussianBlur(source.gray, (0, 0), 1.5)), scale=source.scale)


def halved(source: Variant) -> Variant | None:
    """Return the picture half as large: noise and moiré on a large symbol."""
    return _resized(source, 0.5) if max(source.gray.shape) > _HALVE_ABOVE else None


def inverted(source: Variant) -> Variant | None:
    """Return the negative: light modules on dark, for readers that do not try that themselves."""
    return Variant(gray=_u8(255 - source.gray), scale=source.scale)


def _resized(source: Variant, factor: float) -> Variant:
    import cv2

    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    height, width = source.gray.shape
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return Variant(gray=_u8(cv2.resize(source.gray, size, interpolation=how)), scale=source.scale * factor)


def _u8(picture: object) -> Gray:
    import numpy as np

    return np.ascontiguousarray(picture, dtype=np.uint8)
