"""A seal stamped on paper and scanned, by program: demo scans, and scans with known truth for measuring the cut-out.

Models what users bring: turned seal, uneven ink and small voids, paper grain, uneven light and shadow, writing beside
the seal, blur, noise, JPEG. Everything follows from the seed.
"""

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.signing.imprint.model import Bgr, Map

if TYPE_CHECKING:
    from numpy.random import Generator


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanConditions:
    """How bad the scan is. Defaults: an ordinary office scan or a careful phone photograph.

    `seal_mm` is how long the seal's longer side is; with it the file states its resolution, as a scanner's does.
    """

    seal_px: int = 480
    seal_mm: float | None = None
    margin: float = 0.45
    max_turn_deg: float = 6.0
    blur_px: float = 0.9
    noise: float = 3.0
    light_falloff: float = 0.3
    shadow: float = 0.15
    worn: float = 0.25
    has_other_ink: bool = False
    has_print_below: bool = False
    paper: tuple[float, float, float] = (0.95, 0.97, 0.98)
    jpeg_quality: int = 85


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticScan:
    """A scan and the truth about it: ink coverage 0..1 in pixels of the scan, ink colour, turn clockwise in degrees."""

    jpeg: bytes
    coverage: Map
    ink_rgb: tuple[int, int, int]
    turn_deg: float


def stamp_on_paper(seal_png: bytes, seed: int, conditions: ScanConditions | None = None) -> SyntheticScan:
    """Stamp a seal (PNG, RGBA, one colour) on paper and scan it."""
    import cv2
    import numpy as np

    conditions = ScanConditions() if conditions is None else conditions
    chance = np.random.default_rng(seed)
    alpha, ink = _seal(seal_png)
    coverage, turn = _placed(alpha, chance, conditions)
    tone, voids = _wear(coverage.shape, chance, conditions.worn)
    coverage = coverage * voids
    height, width = coverage.shape
    grain = cv2.GaussianBlur(chance.standard_normal((height, width), dtype=np.float32), (0, 0), 1.5)
    sheet = np.asarray(conditions.paper, dtype=np.float32) * (1 + np.float32(0.03) * grain[:, :, None])
    if conditions.has_other_ink:
        sheet = sheet * _writing(coverage, chance)
    if conditions.has_print_below:
        sheet = sheet * _print_lines((height, width))
    colour = np.asarray(ink[::-1], dtype=np.float32) / 255
    sheet = sheet * (1 - (coverage * tone)[:, :, None] * (1 - colour))
    sheet = sheet * _light((height, width), chance, conditions)[:, :, None]
    if conditions.blur_px > 0:
        sheet = cv2.GaussianBlur(sheet, (0, 0), conditions.blur_px)
    grit = np.float32(conditions.noise) * chance.standard_normal(sheet.shape, dtype=np.float32)
    picture = np.clip(sheet * 255 + grit, 0, 255).astype(np.uint8)
    dpi = None if conditions.seal_mm is None else conditions.seal_px / conditions.seal_mm * 25.4
    return SyntheticScan(
        jpeg=_jpeg(picture, conditions.jpeg_quality, dpi), coverage=coverage, ink_rgb=ink, turn_deg=turn
    )


def _seal(png: bytes) -> tuple[Map, tuple[int, int, int]]:
    import numpy as np
    from PIL import Image

    with Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
        rgba = np.asarray(picture.convert("RGBA"))
    alpha: Map = rgba[:, :, 3].astype(np.float32) / np.float32(255)
    red, green, blue = (int(c) for c in rgba[alpha > 0.9][0, :3])  # noqa: PLR2004 - a pixel of full ink
    return alpha, (red, green, blue)


def _placed(alpha: Map, chance: "Generator", conditions: ScanConditions) -> tuple[Map, float]:
    """Turn, scale and place the seal on a sheet."""
    import cv2
    import numpy as np

    longest = max(alpha.shape)
    scale = conditions.seal_px / longest
    turn = float(chance.uniform(-conditions.max_turn_deg, conditions.max_turn_deg))
    side = round(conditions.seal_px * (1 + 2 * conditions.margin))
    width, height = side + int(chance.integers(0, side // 3)), side + int(chance.integers(0, side // 3))
    reach = (
        conditions.seal_px * 0.72 if min(alpha.shape) == longest and _is_square(alpha) else conditions.seal_px * 0.53
    )
    x = float(chance.uniform(min(reach, width / 2), max(width - reach, width / 2)))
    y = float(chance.uniform(min(reach, height / 2), max(height - reach, height / 2)))
    # Area-average first: the affine warp alone would alias.
    small = cv2.resize(alpha, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    middle = (small.shape[1] / 2 - 0.5, small.shape[0] / 2 - 0.5)
    matrix = cv2.getRotationMatrix2D(middle, -turn, 1.0)
    matrix[:, 2] += (x - middle[0], y - middle[1])
    placed = cv2.warpAffine(small, matrix, (width, height), flags=cv2.INTER_CUBIC)
    return np.clip(placed, 0, 1).astype(np.float32), turn


def _is_square(alpha: Map) -> bool:
    return bool(alpha[: alpha.shape[0] // 12, : alpha.shape[1] // 12].max() > 0)


def _wear(shape: tuple[int, ...], chance: "Generator", worn: float) -> tuple[Map, Map]:
    """Tone of the ink 0..1 (uneven pressure, grain), and where it touched the paper at all (a few voids)."""
    import cv2
    import numpy as np

    def field(sigma: float) -> Map:
        step = max(1, round(sigma / 3))
        coarse = chance.standard_normal((shape[0] // step + 2, shape[1] // step + 2), dtype=np.float32)
        noise = cv2.resize(cv2.GaussianBlur(coarse, (0, 0), sigma / step), (shape[1], shape[0]))
        return np.asarray(noise / (noise.std() + 1e-6), dtype=np.float32)

    broad = 1 - worn * np.clip(0.5 + 0.35 * field(shape[0] / 8), 0, 1)
    fine = 1 - 0.4 * worn * np.clip(field(2.0), 0, 1)
    voids = np.clip((field(2.5) + 3.1) * 4, 0, 1)
    return np.asarray(broad * fine, dtype=np.float32), np.asarray(voids, dtype=np.float32)


def _light(shape: tuple[int, int], chance: "Generator", conditions: ScanConditions) -> Map:
    """Brightness: a slope in some direction, and a soft shadow edge across the sheet."""
    import cv2
    import numpy as np

    side = 128
    ys, xs = (np.mgrid[0:side, 0:side] + 0.5) / side - 0.5
    angle = chance.uniform(0, 2 * np.pi)
    along = xs * np.cos(angle) + ys * np.sin(angle)
    slope = 1 - conditions.light_falloff * (along + 0.7) / 1.4
    edge_angle = chance.uniform(0, 2 * np.pi)
    across = xs * np.cos(edge_angle) + ys * np.sin(edge_angle)
    edge = 1 / (1 + np.exp(-(across - chance.uniform(-0.4, 0.4)) * 25))
    light = (slope * (1 - conditions.shadow * edge)).astype(np.float32)
    return np.asarray(cv2.resize(light, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), dtype=np.float32)


def _writing(coverage: Map, chance: "Generator") -> Map:
    """Pen strokes in black, blue and red, and printed lines, all clear of the seal."""
    import cv2
    import numpy as np

    height, width = coverage.shape
    layer = np.ones((height, width, 3), dtype=np.float32)
    for colour in ((0.15, 0.15, 0.15), (0.6, 0.25, 0.2), (0.2, 0.2, 0.75)):
        start = chance.uniform((0, 0), (width, height))
        points = start + np.cumsum(chance.normal(0, width / 25, (12, 2)), axis=0)
        cv2.polylines(layer, [points.astype(np.int32)], isClosed=False, color=colour, thickness=2, lineType=cv2.LINE_AA)
    for row in range(8, height, 34):
        for column in range(8, width, 12):
            if chance.random() < 0.5:  # noqa: PLR2004 - every second letter
                cv2.rectangle(layer, (column, row), (column + 6, row + 10), (0.2, 0.2, 0.2), 1)
    reach = max(5, round(width / 22))
    near = cv2.dilate(_filled(coverage), np.ones((reach, reach), np.uint8))
    layer[near > 0] = 1
    return layer


def _filled(coverage: Map) -> "Bgr":
    import cv2
    import numpy as np

    points = cv2.findNonZero((coverage > 0.3).astype(np.uint8))  # noqa: PLR2004 - ink
    area = np.zeros(coverage.shape, dtype=np.uint8)
    cv2.fillConvexPoly(area, cv2.convexHull(points), 1)
    return area


def _print_lines(shape: tuple[int, int]) -> Map:
    """Printed text right under the seal."""
    import cv2
    import numpy as np

    layer = np.ones((*shape, 3), dtype=np.float32)
    for row in range(10, shape[0], 30):
        for column in range(6, shape[1], 14):
            cv2.rectangle(layer, (column, row), (column + 9, row + 14), (0.15, 0.15, 0.15), 2)
    return layer


def _jpeg(picture: Bgr, quality: int, dpi: float | None) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    stated = {} if dpi is None else {"dpi": (round(dpi), round(dpi))}
    Image.fromarray(picture[:, :, ::-1]).save(buffer, format="JPEG", quality=quality, **stated)
    return buffer.getvalue()
