"""The frame: the one shape in which pictures travel through this package.

A `Frame` is an ndarray (h, w, 3) uint8 BGR. numpy is imported for typing only, so that importing this module is cheap.
"""

from typing import TYPE_CHECKING, Any, TypeAlias

from desktop.domain.errors import MisuseError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Frame: TypeAlias = NDArray[np.uint8]
    Gray: TypeAlias = NDArray[np.uint8]
else:
    Frame = Gray = Any  # so that `Frame | None` works without numpy

Point: TypeAlias = tuple[float, float]
Corners: TypeAlias = tuple[Point, Point, Point, Point]

_BGR_DIMENSIONS = 3
_BGR_CHANNELS = 3


def check_frame(frame: Frame) -> None:
    """Refuse anything that is not a non-empty (h, w, 3) uint8 array.

    Raises:
        MisuseError: the caller handed over another shape or type.
    """
    if frame.ndim != _BGR_DIMENSIONS or frame.shape[2] != _BGR_CHANNELS or frame.dtype != "uint8" or frame.size == 0:
        raise MisuseError("general.unexpected", f"not a BGR frame: shape {frame.shape}, {frame.dtype}")


def quiet_cv2() -> None:
    """Keep OpenCV from writing about broken files and absent cameras to the console; we say it in our own words."""
    import cv2

    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
