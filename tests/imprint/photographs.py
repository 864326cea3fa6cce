"""A stamped sheet on a table, photographed by a hand-held camera: perspective, with the truth known in mm.

Everything follows from the seed: where the seal is stamped and how it is turned, its wear, the tilt and roll of the
camera, light, blur, noise, JPEG. The sheet is blank A4 or the printed scale sheet.
"""

import io
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from PIL import Image

from desktop.signing.imprint.scale_sheet import PAGE_MM, Frame, mark_cells
from desktop.signing.imprint.stamping import _seal, _wear

PX_PER_MM = 8
Map = np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """How a photograph is taken; `frame` = on the scale sheet, from near by; None = a blank sheet, seen whole."""

    frame: Frame | None = None
    width: int = 2400
    height: int = 1800
    max_tilt_deg: float = 18.0
    max_roll_deg: float = 8.0
    max_turn_deg: float = 5.0
    blur_px: float = 0.8
    noise: float = 3.0
    light_falloff: float = 0.3
    worn: float = 0.25
    jpeg_quality: int = 88
    table: tuple[float, float, float] = (0.25, 0.36, 0.5)

    @property
    def area_mm(self) -> tuple[float, float, float, float]:
        """The part of the page that is drawn: left, top, width, height. A webcam sees the surroundings of its frame."""
        if self.frame is None:
            return 0.0, 0.0, *PAGE_MM
        around = 12.0 + self.frame.free_mm * 0.45
        side = self.frame.free_mm + 2 * around
        return self.frame.x_mm - around, self.frame.y_mm - around, side, side

    @property
    def is_sheet_turned(self) -> bool:
        """Whether the upright sheet lies on its side, so that it fills a wide picture."""
        return self.frame is None and self.width > self.height


@dataclass(frozen=True, slots=True, kw_only=True)
class Photograph:
    """The picture, (h, w, 3) uint8 BGR and as JPEG, and the truth: coverage at `PX_PER_MM`, ink, size, turn."""

    picture: np.ndarray
    jpeg: bytes
    coverage: Map
    ink_rgb: tuple[int, int, int]
    size_mm: tuple[float, float]
    turn_deg: float


def photograph(png: bytes, size_mm: tuple[float, float], seed: int, shot: Shot) -> Photograph:
    """Stamp a seal of `size_mm` on a sheet and photograph it."""
    chance = np.random.default_rng(seed)
    alpha, ink = _seal(png)
    turn = float(chance.uniform(-shot.max_turn_deg, shot.max_turn_deg))
    stamped = _stamped(alpha, size_mm, turn)
    tone, voids = _wear(stamped.shape, chance, shot.worn)
    stamped = stamped * voids
    sheet = _sheet(shot, chance)
    middle = _place(shot, chance)
    top = round(middle[1] * PX_PER_MM - stamped.shape[0] / 2)
    left = round(middle[0] * PX_PER_MM - stamped.shape[1] / 2)
    colour = np.asarray(ink[::-1], dtype=np.float32) / 255
    sheet[top : top + stamped.shape[0], left : left + stamped.shape[1]] *= 1 - (stamped * tone)[:, :, None] * (
        1 - colour
    )
    picture = _taken(sheet, shot, chance)
    if shot.is_sheet_turned:
        stamped, turn = np.rot90(stamped, -1), turn + 90
    buffer = io.BytesIO()
    Image.fromarray(picture[:, :, ::-1]).save(buffer, format="JPEG", quality=shot.jpeg_quality)
    return Photograph(
        picture=picture, jpeg=buffer.getvalue(), coverage=stamped, ink_rgb=ink, size_mm=size_mm, turn_deg=turn
    )


def _stamped(alpha: Map, size_mm: tuple[float, float], turn: float) -> Map:
    width, height = (round(side * PX_PER_MM) for side in size_mm)
    small = cv2.resize(alpha, (width, height), interpolation=cv2.INTER_AREA)
    side = round(np.hypot(width, height)) + 8
    matrix = cv2.getRotationMatrix2D((width / 2 - 0.5, height / 2 - 0.5), -turn, 1.0)
    matrix[:, 2] += ((side - width) / 2, (side - height) / 2)
    return np.clip(cv2.warpAffine(small, matrix, (side, side), flags=cv2.INTER_CUBIC), 0, 1).astype(np.float32)


def _sheet(shot: Shot, chance: Generator) -> Map:
    x0, y0, width_mm, height_mm = shot.area_mm
    width, height = round(width_mm * PX_PER_MM), round(height_mm * PX_PER_MM)
    paper = np.asarray((0.95, 0.97, 0.98), dtype=np.float32)
    grain = cv2.GaussianBlur(chance.standard_normal((height, width), dtype=np.float32), (0, 0), 1.5)
    sheet = paper * (1 + np.float32(0.03) * grain[:, :, None])
    if shot.frame is None:
        return sheet
    cell = shot.frame.mark_mm / 6 * PX_PER_MM
    for number, x, y in shot.frame.marks():
        for row, cells in enumerate(mark_cells(number)):
            for column, is_black in enumerate(cells):
                left = (shot.frame.x_mm + x - x0) * PX_PER_MM + column * cell
                top = (shot.frame.y_mm + y - y0) * PX_PER_MM + row * cell
                if is_black:
                    sheet[round(top) : round(top + cell), round(left) : round(left + cell)] *= 0.12
    return sheet


def _place(shot: Shot, chance: Generator) -> tuple[float, float]:
    if shot.frame is not None:
        half = shot.area_mm[2] / 2
        return half + chance.uniform(-2, 2), half + chance.uniform(-2, 2)
    width, height = PAGE_MM
    return chance.uniform(0.4, 0.6) * width, chance.uniform(0.35, 0.65) * height


def _taken(sheet: Map, shot: Shot, chance: Generator) -> np.ndarray:
    """Project the sheet: a pinhole camera looks at its target from above, tilted and rolled."""
    target = extent = np.array(shot.area_mm[2:])
    if shot.frame is not None:
        reach = shot.frame.free_mm + 2 * shot.frame.mark_mm
        extent = np.array([reach, reach])
    focal = 1.05 * max(shot.width, shot.height)
    turn_sheet = shot.is_sheet_turned
    fill = 0.8 if shot.frame is None else 0.84
    across = extent[::-1] if turn_sheet else extent
    distance = focal * max(across[0] / shot.width, across[1] / shot.height) / fill
    tilt = np.radians(chance.uniform(-shot.max_tilt_deg, shot.max_tilt_deg, 2))
    roll = np.radians(chance.uniform(-shot.max_roll_deg, shot.max_roll_deg)) + (np.pi / 2 if turn_sheet else 0)
    turned = _rotation(0, tilt[0]) @ _rotation(1, tilt[1]) @ _rotation(2, roll)
    origin = np.array([*(target / 2), 0.0])
    lens = np.array([[focal, 0, shot.width / 2], [0, focal, shot.height / 2], [0, 0, 1]])
    # Columns: where 1 mm to the right, 1 mm down and the corner of the sheet are before the camera.
    outside = np.column_stack([turned[:, 0], turned[:, 1], np.array([0, 0, distance]) - turned @ origin])
    matrix = lens @ outside @ np.diag([1 / PX_PER_MM, 1 / PX_PER_MM, 1.0])
    size = (shot.width, shot.height)
    ground = np.asarray(shot.table, dtype=np.float32) * (
        1
        + np.float32(0.12)
        * cv2.GaussianBlur(chance.standard_normal((shot.height, shot.width), dtype=np.float32), (0, 0), 3)[:, :, None]
    )
    # Area filter first: the warp alone would alias.
    shrink = PX_PER_MM * distance / focal
    soft = cv2.GaussianBlur(sheet, (0, 0), 0.4 * shrink) if shrink > 1 else sheet
    seen = cv2.warpPerspective(soft, matrix, size, flags=cv2.INTER_LINEAR)
    mask = cv2.warpPerspective(np.ones(sheet.shape[:2], np.float32), matrix, size, flags=cv2.INTER_LINEAR)[:, :, None]
    picture = seen * mask + ground * (1 - mask)
    ys, xs = np.mgrid[0 : shot.height, 0 : shot.width].astype(np.float32)
    angle = chance.uniform(0, 2 * np.pi)
    along = (xs / shot.width - 0.5) * np.cos(angle) + (ys / shot.height - 0.5) * np.sin(angle)
    picture = picture * (1 - shot.light_falloff * (along + 0.7) / 1.4)[:, :, None].astype(np.float32)
    picture = cv2.GaussianBlur(picture, (0, 0), shot.blur_px)
    grit = np.float32(shot.noise) * chance.standard_normal(picture.shape, dtype=np.float32)
    return np.clip(picture * 255 + grit, 0, 255).astype(np.uint8)


def _rotation(axis: int, angle: float) -> np.ndarray:
    vector = np.zeros(3)
    vector[axis] = angle
    return cv2.Rodrigues(vector)[0]
