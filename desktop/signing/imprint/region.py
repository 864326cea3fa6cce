"""Where the seal is: the cluster of coloured ink whose outline looks most like a seal's.

Ink is joined over growing gaps (worn rings have breaks); of all clusters the best is the one with a large outline that
a circle, an ellipse or a square fills well. Everything inside that outline belongs to the seal, everything outside
(signatures, other stamps, specks) does not.
"""

import math
from dataclasses import dataclass
from typing import Any

from desktop.signing.imprint.model import Bgr, Box, Map, SealShape

SEARCH_SIDE = 800
LEAST_INK = (0.065, 0.03)
_GAPS = (0.006, 0.012, 0.025, 0.045)
_PAD = 40
_MIN_SIDE_PX = 24
_FILL = (0.06, 0.85)
_MAX_ASPECT = 1.9
_MIN_FIT = 0.86
_FIT_WEIGHT = 6
_GAP_PENALTY = 0.96
_SPANS_PICTURE = 0.1
_ROUND_ASPECT = 1.16
_RIVAL_FIT = 0.9
_RIVAL_AREA = 0.12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Region:
    """The seal on the searched map: convex outline (n, 1, 2) int32, shape, tilt clockwise in degrees, fit 0..1."""

    outline: Any
    shape: SealShape
    tilt_deg: float
    fit: float
    score: float

    def rivals(self, best: "Region") -> bool:
        """Tell whether this is another seal beside `best`, not a part of it, a scribble or a speck."""
        import cv2

        mine, theirs = cv2.contourArea(self.outline), cv2.contourArea(best.outline)
        common, _ = cv2.intersectConvexConvex(self.outline.astype("float32"), best.outline.astype("float32"))
        return self.fit >= _RIVAL_FIT and mine >= _RIVAL_AREA * theirs and common < 0.5 * min(mine, theirs)

    def box(self, scale: float, margin: float, limits: tuple[int, ...]) -> Box:
        """Return the bounding box, scaled, with `margin` (share of its size) around, within a picture (h, w, ...)."""
        import cv2

        x, y, width, height = (v * scale for v in cv2.boundingRect(self.outline))
        pad = margin * max(width, height) + 2
        left, top = max(0, math.floor(x - pad)), max(0, math.floor(y - pad))
        right, bottom = min(limits[1], math.ceil(x + width + pad)), min(limits[0], math.ceil(y + height + pad))
        return Box(x=left, y=top, width=right - left, height=bottom - top)


def find_regions(colourfulness: Map, least: float) -> list[Region]:
    """Find what looks like a seal on a map of coloured ink (longer side about `SEARCH_SIDE`), the likeliest first.

    `least` is one of `LEAST_INK`: hardly any ink is to be called faint, not missing, but looked for only where there is
    no other.
    """
    import numpy as np

    strong = float(np.percentile(colourfulness, 99.5))
    if strong < least:
        return []
    return _clusters((colourfulness > max(least, 0.35 * strong)).astype(np.uint8))


def _clusters(ink: Bgr) -> list[Region]:
    import cv2
    import numpy as np

    to_ink = cv2.distanceTransform(np.pad(1 - ink, _PAD, constant_values=1), cv2.DIST_L2, 3)
    regions: list[Region] = []
    for rank, gap in enumerate(_GAPS):
        reach = min(_PAD - 1.0, max(1.0, max(ink.shape) * gap))
        # Closing by distance: grown by `reach`, then shrunk by as much.
        grown = (to_ink <= reach).astype(np.uint8)
        joined = (cv2.distanceTransform(grown, cv2.DIST_L2, 3) >= reach).astype(np.uint8)[_PAD:-_PAD, _PAD:-_PAD]
        # CCOMP: a seal on a sheet on a brown table lies in a hole of the table.
        contours, tree = cv2.findContours(joined | ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
        for contour, links in zip(contours, [] if tree is None else tree[0], strict=True):
            if links[3] >= 0:  # the inner rim of a hole
                continue
            region = _judge(contour, ink, _GAP_PENALTY**rank)
            if region is not None:
                regions.append(region)
    return sorted(regions, key=lambda region: -region.score)


def _judge(contour: Any, ink: Bgr, weight: float) -> Region | None:
    """Score a cluster as a seal; None when it cannot be one."""
    import cv2
    import numpy as np

    outline = cv2.convexHull(contour)
    left, top, box_width, box_height = cv2.boundingRect(outline)
    if min(box_width, box_height) < _MIN_SIDE_PX:
        return None
    (_, _), (side_a, side_b), tilt = cv2.minAreaRect(outline)
    aspect = max(side_a, side_b) / max(1.0, min(side_a, side_b))
    if aspect > _MAX_ASPECT:
        return None
    area = cv2.contourArea(outline)
    inside = np.zeros((box_height, box_width), dtype=np.uint8)
    cv2.fillConvexPoly(inside, outline - (left, top), 1)
    fill = cv2.countNonZero(inside & ink[top : top + box_height, left : left + box_width]) / max(area, 1.0)
    if not _FILL[0] <= fill <= _FILL[1]:
        return None
    if (left <= 1 and left + box_width >= ink.shape[1] - 1) or (top <= 1 and top + box_height >= ink.shape[0] - 1):
        weight *= _SPANS_PICTURE  # rather the table than the seal
    covered = area / (side_a * side_b)
    fit_ellipse, fit_rectangle = _ellipse_fit(outline), 1 - abs(covered - 0.98)
    fit = max(fit_ellipse, fit_rectangle)
    if fit < _MIN_FIT:
        return None
    if fit_rectangle > fit_ellipse:
        shape, turn = SealShape.SQUARE, _nearest_quarter(tilt)
    elif aspect > _ROUND_ASPECT:
        shape, turn = SealShape.OVAL, _long_axis(outline)
    else:
        shape, turn = SealShape.ROUND, 0.0
    return Region(
        outline=outline, shape=shape, tilt_deg=turn, fit=fit, score=weight * math.sqrt(area) * fit**_FIT_WEIGHT
    )


def _ellipse_fit(outline: Any) -> float:
    """Return 1 for an ellipse, less by how far the outline strays from the ellipse of its moments (share of radius)."""
    import cv2
    import numpy as np

    m = cv2.moments(outline)
    spread = np.array([[m["mu20"], m["mu11"]], [m["mu11"], m["mu02"]]]) / m["m00"]
    points = outline[:, 0, :] - np.array([m["m10"], m["m01"]]) / m["m00"]
    radii = np.sqrt(np.einsum("ij,jk,ik->i", points, np.linalg.inv(spread), points)) / 2
    return float(1 - np.abs(radii - 1).max())


def _long_axis(outline: Any) -> float:
    """Return the angle of the longer axis, -90..90, from the second moments: the box of an ellipse wobbles."""
    import cv2

    moments = cv2.moments(outline)
    return math.degrees(0.5 * math.atan2(2 * moments["mu11"], moments["mu20"] - moments["mu02"]))


def _nearest_quarter(tilt: float) -> float:
    """Bring an angle to -45..45: a square looks the same after a quarter turn."""
    return (tilt + 45) % 90 - 45
