"""Flat again: the picture of a sheet taken by a camera, set straight and to scale by something of known size in it.

Known are the marks of the printed scale sheet, and the edges of a sheet whose proportions are those of A4; where there
is neither, the picture is left as it is, and nobody knows its size. An A5 sheet has the same proportions: what is
measured by edges is shown to the person and checked against the sizes that a kind of seal may have.
"""

import math
from dataclasses import dataclass
from typing import Any

from desktop.signing.imprint.model import Bgr, Map, SizeSource
from desktop.signing.imprint.scale_sheet import PAGE_MM, find_frames

_SEARCH_SIDE = 900
_MIN_SHARE = 0.2
_STRAIGHT = 0.965
_A4_TOLERANCE = 0.045
_BLUNT = 0.02
_INSET_MM = 1.0
_MAX_PX_PER_MM = 24.0
_MAX_SIDE = 6000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FlatPicture:
    """A picture with `px_per_mm` everywhere; `to_source` (3, 3) leads from its pixels to those of the source."""

    picture: Bgr
    px_per_mm: float
    size_source: SizeSource
    to_source: Any


def flatten(picture: Bgr) -> tuple[FlatPicture, ...]:
    """Return the flat pieces of a picture in which the seal may be, best known first; empty when nothing tells size."""
    frames = tuple(
        _warped(picture, matrix, (frame.free_mm, frame.free_mm), 0.5, SizeSource.SCALE_SHEET)
        for frame, matrix in find_frames(picture)
    )
    if frames:
        return frames
    corners = find_sheet(picture)
    if corners is None:
        return ()
    width, height = (length(corners, 0, 1) + length(corners, 3, 2), length(corners, 1, 2) + length(corners, 0, 3))
    size = PAGE_MM if height >= width else PAGE_MM[::-1]
    return (_warped(picture, _to(corners, size), size, _INSET_MM, SizeSource.PAPER_EDGES),)


def find_sheet(picture: Bgr) -> Any | None:
    """Find a whole sheet with the proportions of A4: corners (4, 2) float64, clockwise from the left top."""
    import cv2

    factor = min(1.0, _SEARCH_SIDE / max(picture.shape[:2]))
    small = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    best, best_area = None, _MIN_SHARE * small.shape[0] * small.shape[1]
    for light in _papers(small):
        contours, _ = cv2.findContours(light, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        for contour in contours:
            if cv2.contourArea(contour) <= best_area:
                continue
            corners = _corners(contour, small.shape)
            if corners is not None and _is_a4(corners, small.shape):
                best, best_area = corners, cv2.contourArea(contour)
    return None if best is None else (best + 0.5) / factor - 0.5


def length(corners: Any, start: int, end: int) -> float:
    """Return the length of a side."""
    import numpy as np

    return float(np.hypot(*(corners[end] - corners[start])))


def _papers(small: Any) -> "list[Any]":
    """Return guesses at what is paper, (h, w) uint8: pale and bright, by several thresholds."""
    import cv2
    import numpy as np

    values = small.astype(np.float32)
    bright = values.min(axis=2)
    bright = cv2.GaussianBlur(bright, (0, 0), 1.0)
    level, _ = cv2.threshold(bright.astype(np.uint8), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    top = float(np.percentile(bright, 95))
    kernel = np.ones((5, 5), np.uint8)
    found = []
    for threshold in (level, 0.5 * (level + top), 0.75 * level, 0.85 * top):
        mask = (bright > threshold).astype(np.uint8)
        found.append(cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel))
    return found


def _corners(contour: Any, shape: tuple[int, ...]) -> Any | None:
    """Return the corners of a contour that is a quadrangle wholly in the picture, by lines through its sides."""
    import cv2
    import numpy as np

    hull = cv2.convexHull(contour)
    rough = cv2.approxPolyDP(hull, _BLUNT * cv2.arcLength(hull, True), True)
    if len(rough) != 4 or cv2.contourArea(contour) < _STRAIGHT * cv2.contourArea(rough):  # noqa: PLR2004 - a quadrangle
        return None
    corners = _clockwise(rough[:, 0, :].astype(np.float64))
    margin = 2.0
    inside = (corners > margin).all() and (corners < np.array([shape[1], shape[0]]) - 1 - margin).all()
    if not inside:
        return None
    points = contour[:, 0, :].astype(np.float64)
    lines = []
    for i in range(4):
        start, end = corners[i], corners[(i + 1) % 4]
        along = (end - start) / max(1e-6, float(np.hypot(*(end - start))))
        offset = points - start
        at, off = offset @ along, np.abs(offset @ np.array([-along[1], along[0]]))
        span = float(np.hypot(*(end - start)))
        near = points[(off < max(2.0, 0.012 * span)) & (at > 0.06 * span) & (at < 0.94 * span)]
        if len(near) < 0.5 * span:
            return None
        vx, vy, x, y = (float(v) for v in cv2.fitLine(near.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel())
        if vx * along[0] + vy * along[1] < 0:
            vx, vy = -vx, -vy
        # The contour runs along the last pixels of the paper: its edge is half a pixel further out.
        lines.append((x + 0.5 * vy, y - 0.5 * vx, vx, vy))
    return np.array([_crossing(lines[i - 1], lines[i]) for i in range(4)])


def _clockwise(corners: Any) -> Any:
    """Sort corners clockwise from the one at the left top."""
    import numpy as np

    middle = corners.mean(axis=0)
    order = np.argsort(np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0]))
    turned = corners[order]
    return np.roll(turned, -int(np.argmin(turned.sum(axis=1))), axis=0)


def _crossing(one: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, float]:
    x1, y1, dx1, dy1 = one
    x2, y2, dx2, dy2 = other
    across = dx1 * dy2 - dy1 * dx2
    at = ((x2 - x1) * dy2 - (y2 - y1) * dx2) / (across or 1e-9)
    return x1 + at * dx1, y1 + at * dy1


def _is_a4(corners: Any, shape: tuple[int, ...]) -> bool:
    """Tell whether a quadrangle can be a sheet of A4 before a camera with the usual angles of view."""
    ratio = math.sqrt(2)
    for focal in (0.7, 0.85, 1.0, 1.2, 1.5, 2.0, 4.0, 30.0):
        seen, skew = _proportion(corners, shape, focal * max(shape[:2]))
        if abs(skew) < 0.06 and abs(max(seen, 1 / seen) / ratio - 1) < _A4_TOLERANCE:  # noqa: PLR2004 - 3.5 degrees
            return True
    return False


def _proportion(corners: Any, shape: tuple[int, ...], focal_px: float) -> tuple[float, float]:
    """Return height by width of the rectangle seen, and the cosine between its sides, for a focal length."""
    import numpy as np

    matrix = _to(corners - np.array([shape[1] / 2, shape[0] / 2]), (1.0, 1.0))
    ray = matrix / np.array([[focal_px], [focal_px], [1.0]])
    across, down = ray[:, 0], ray[:, 1]
    sizes = float(np.linalg.norm(across)), float(np.linalg.norm(down))
    return sizes[1] / sizes[0], float(across @ down) / (sizes[0] * sizes[1])


def _to(corners: Any, size: tuple[float, float]) -> Any:
    """Return the homography from a rectangle of `size` to corners clockwise from the left top."""
    import cv2
    import numpy as np

    rectangle = np.array([[0, 0], [size[0], 0], size, [0, size[1]]], dtype=np.float32)
    return np.asarray(cv2.getPerspectiveTransform(rectangle, corners.astype(np.float32)), dtype=np.float64)


def _warped(
    picture: Bgr, matrix: Any, size_mm: tuple[float, float], inset_mm: float, source: SizeSource
) -> FlatPicture:
    """Draw a rectangle of the sheet, less a rim, at the finest scale that the picture has for it."""
    import cv2
    import numpy as np

    width, height = size_mm[0] - 2 * inset_mm, size_mm[1] - 2 * inset_mm
    scale = min(_MAX_PX_PER_MM, 1.15 * _finest(matrix, size_mm), _MAX_SIDE / max(width, height))
    shift = np.array([[1 / scale, 0, inset_mm + 0.5 / scale], [0, 1 / scale, inset_mm + 0.5 / scale], [0, 0, 1]])
    # matrix: mm to pixels whose centres lie at whole numbers.
    to_source = matrix @ shift
    side = (max(8, round(width * scale)), max(8, round(height * scale)))
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    flat = cv2.warpPerspective(picture, to_source, side, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return FlatPicture(
        picture=np.asarray(flat, dtype=np.uint8), px_per_mm=scale, size_source=source, to_source=to_source
    )


def _finest(matrix: Any, size_mm: tuple[float, float]) -> float:
    """Return the pixels of the picture per mm where it is closest to the camera."""
    import cv2
    import numpy as np

    places: Map = np.array([[x, y] for x in (0.1, 0.5, 0.9) for y in (0.1, 0.5, 0.9)], dtype=np.float32) * size_mm
    steps = [np.asarray(places + move, dtype=np.float32)[None] for move in ((0, 0), (1, 0), (0, 1))]
    here, right, below = (cv2.perspectiveTransform(step, matrix)[0] for step in steps)
    return float(max(np.linalg.norm(right - here, axis=1).max(), np.linalg.norm(below - here, axis=1).max()))
