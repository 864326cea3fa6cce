"""The printed scale sheet: an A4 page with frames of four marks each, between which a seal is stamped.

A webcam cannot show a whole page and a sharp seal at once; four marks close around the seal tell its size and its tilt
from near by. Both frames may be in the picture: each has marks of its own. Refuses nothing; a frame of which a mark is
missing is not used. The marks are ArUco (DICT_4X4_50), Garrido-Jurado et al., Pattern Recognition 47 (2014) 2280-2292.
"""

from dataclasses import dataclass
from typing import Any

from desktop.signing.imprint.model import Bgr

PAGE_MM = (210.0, 297.0)
_CELLS = 6
_LONGEST = 2400


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Four marks of `mark_mm` around a free square of `free_mm`; `x_mm` and `y_mm`: its left upper corner on the page.

    `first` is the number of the mark at the left top; the others follow clockwise.
    """

    first: int
    x_mm: float
    y_mm: float
    free_mm: float
    mark_mm: float

    def marks(self) -> tuple[tuple[int, float, float], ...]:
        """Return number and left upper corner of each mark, in mm from the corner of the free square."""
        far, near = self.free_mm, -self.mark_mm
        return (
            (self.first, near, near),
            (self.first + 1, far, near),
            (self.first + 2, far, far),
            (self.first + 3, near, far),
        )


#: For seals of up to 45 mm, and for name seals of 20 mm.
FRAMES = (
    Frame(first=0, x_mm=72.0, y_mm=75.0, free_mm=66.0, mark_mm=12.0),
    Frame(first=4, x_mm=87.0, y_mm=198.0, free_mm=36.0, mark_mm=8.0),
)


def mark_cells(number: int) -> tuple[tuple[bool, ...], ...]:
    """Return which of the 6 by 6 cells of a mark are black."""
    import cv2

    drawn = cv2.aruco.generateImageMarker(_marks(), number, _CELLS)
    return tuple(tuple(bool(cell == 0) for cell in row) for row in drawn)


def find_frames(picture: Bgr) -> tuple[tuple[Frame, Any], ...]:
    """Find the frames of which all four marks are seen.

    Returns:
        Each with the homography (3, 3) float64 from mm in its free square to pixels of the picture.
    """
    import cv2
    import numpy as np

    factor = min(1.0, _LONGEST / max(picture.shape[:2]))
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    if factor < 1:
        grey = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    options = cv2.aruco.DetectorParameters()
    options.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    corners, numbers, _ = cv2.aruco.ArucoDetector(_marks(), options).detectMarkers(grey)
    if not corners:
        return ()
    # Pixel centres lie at whole numbers; see `flatten`.
    seen = {int(n): (c.reshape(4, 2) + 0.5) / factor - 0.5 for n, c in zip(numbers.ravel(), corners, strict=True)}
    found = []
    for frame in FRAMES:
        if any(number not in seen for number, _, _ in frame.marks()):
            continue
        side = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=np.float64) * frame.mark_mm
        there = np.concatenate([side + np.array([x, y]) for _, x, y in frame.marks()])
        here = np.concatenate([seen[number] for number, _, _ in frame.marks()])
        matrix, _ = cv2.findHomography(there, here, 0)
        if matrix is not None:
            found.append((frame, matrix))
    return tuple(found)


def _marks() -> Any:
    import cv2

    return cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
