"""What happens to the light between a phone's screen and the bytes of a webcam's frame, one step a function.

Light is 0…1 on the phone (float32), levels are 0…255 on the sensor. Numpy and Pillow alone.
"""

import io
from dataclasses import dataclass
from functools import lru_cache
from math import cos, pi, sin
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Frame: TypeAlias = NDArray[np.uint8]
    Field: TypeAlias = NDArray[np.float32]
    Plane: TypeAlias = NDArray[np.float64]

WIDTH, HEIGHT = 1280, 720
#: Focal length in pixels: 65° across.
FOCAL = 1005.0
#: The phone's screen in its own pixels.
SCREEN_W, SCREEN_H = 1080, 2200
PX_PER_MM = 15.7
_BEZEL_MM = 3.0
_OVERSAMPLING = 2
_WINDOW = (110, 150)
#: Left, top, right, bottom in pixels.
Box: TypeAlias = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Turn:
    """What the sensor's rows see of the screen: `before` above `row`, `after` below it, and a mixture around it."""

    before: "Frame"
    after: "Frame"
    row: float
    mixed_rows: float


def plane_of(pose: tuple[float, ...]) -> "Plane":
    """Return the homography from millimetres on the screen, its middle at 0, to pixels of the frame."""
    import numpy as np

    x, y, z, yaw, pitch, roll = pose
    about_y = np.array([[cos(yaw), 0, sin(yaw)], [0, 1, 0], [-sin(yaw), 0, cos(yaw)]])
    about_x = np.array([[1, 0, 0], [0, cos(pitch), -sin(pitch)], [0, sin(pitch), cos(pitch)]])
    about_z = np.array([[cos(roll), -sin(roll), 0], [sin(roll), cos(roll), 0], [0, 0, 1]])
    turned = about_y @ about_x @ about_z
    lens = np.array([[FOCAL, 0, WIDTH / 2], [0, FOCAL, HEIGHT / 2], [0, 0, 1]])
    return np.asarray(lens @ np.column_stack([turned[:, 0], turned[:, 1], (x, y, z)]))


def box_of(plane: "Plane") -> Box:
    """Return left, top, right, bottom of the phone's place in the frame."""
    import numpy as np

    wide, high = SCREEN_W / PX_PER_MM / 2 + _BEZEL_MM, SCREEN_H / PX_PER_MM / 2 + _BEZEL_MM
    corners = plane @ np.array([[-wide, wide, wide, -wide], [-high, -high, high, high], [1, 1, 1, 1]])
    at = corners[:2] / corners[2]
    low = np.floor(at.min(axis=1)).astype(int) - 6
    high_corner = np.ceil(at.max(axis=1)).astype(int) + 6
    return max(int(low[0]), 0), max(int(low[1]), 0), min(int(high_corner[0]), WIDTH), min(int(high_corner[1]), HEIGHT)


def _on_plane(plane: "Plane", box: Box, per_px: int) -> tuple["Field", "Field"]:
    """Return where on the screen, in millimetres, the samples of the box look; `per_px` samples a pixel each way."""
    import numpy as np

    left, top, right, bottom = box
    x = ((np.arange((right - left) * per_px, dtype=np.float32) + 0.5) / per_px + left)[None, :]
    y = ((np.arange((bottom - top) * per_px, dtype=np.float32) + 0.5) / per_px + top)[:, None]
    back = np.linalg.inv(plane).astype(np.float32)
    depth = back[2, 0] * x + back[2, 1] * y + back[2, 2]
    return (back[0, 0] * x + back[0, 1] * y + back[0, 2]) / depth, (
        back[1, 0] * x + back[1, 1] * y + back[1, 2]
    ) / depth


def filmed(plane: "Plane", box: Box, turn: Turn) -> tuple["Field", "Field"]:
    """Return the light (0…1) that comes from the phone, and where the phone is."""
    import numpy as np

    u, v = _on_plane(plane, box, _OVERSAMPLING)
    column = (u * PX_PER_MM + SCREEN_W / 2).astype(np.int32)
    row = (v * PX_PER_MM + SCREEN_H / 2).astype(np.int32)
    is_lit = (column >= 0) & (column < SCREEN_W) & (row >= 0) & (row < SCREEN_H)
    at = np.where(is_lit, row * SCREEN_W + column, 0)
    light = np.where(is_lit, turn.before.ravel()[at], 8).astype(np.float32)
    if turn.before is not turn.after:
        rows = (np.arange(light.shape[0], dtype=np.float32) / _OVERSAMPLING + box[1])[:, None]
        share = np.clip((rows - turn.row) / turn.mixed_rows + 0.5, 0.0, 1.0)
        light += share * (np.where(is_lit, turn.after.ravel()[at], 8) - light)
    bezel = _BEZEL_MM * PX_PER_MM
    is_phone = (np.abs(column - SCREEN_W / 2) < SCREEN_W / 2 + bezel) & (
        np.abs(row - SCREEN_H / 2) < SCREEN_H / 2 + bezel
    )
    return _averaged(light / np.float32(255)), _averaged(is_phone.astype(np.float32))


def _averaged(samples: "Field") -> "Field":
    import numpy as np

    high, wide = (side // _OVERSAMPLING for side in samples.shape)
    return np.asarray(samples.reshape(high, _OVERSAMPLING, wide, _OVERSAMPLING).mean(axis=(1, 3)), dtype=np.float32)


def blurred(light: "Field", sigma: float) -> "Field":
    """Gaussian, one direction after the other."""
    import numpy as np

    reach = max(1, round(2.5 * sigma))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    weights = (weights / weights.sum()).astype(np.float32)
    for axis in (0, 1):
        padded = np.pad(light, [(reach, reach) if a == axis else (0, 0) for a in (0, 1)], mode="edge")
        size = light.shape[axis]
        summed = np.zeros_like(light)
        for index, weight in enumerate(weights):
            summed += weight * (padded[index : index + size] if axis == 0 else padded[:, index : index + size])
        light = summed
    return light


def smeared(light: "Field", motion: tuple[float, float]) -> "Field":
    """Average along the way that the picture moves during the exposure."""
    import numpy as np

    steps = int(max(abs(motion[0]), abs(motion[1])) + 0.5)
    if steps < 1:
        return light
    shifts = [(round(motion[1] * (i / steps - 0.5)), round(motion[0] * (i / steps - 0.5))) for i in range(steps + 1)]
    summed = np.zeros_like(light)
    for shift in shifts:
        summed += np.roll(light, shift, (0, 1))
    return np.asarray(summed / len(shifts), dtype=np.float32)


def moire(plane: "Plane", box: Box, *, depth: float, px_per_mm: float) -> "Field":
    """Return the gain of each pixel and colour where the screen's grid beats with the sensor's."""
    import numpy as np

    u, v = _on_plane(plane, box, 1)
    across = (2 * pi * px_per_mm) * u
    down = np.cos((2 * pi * px_per_mm) * v)
    gains = [1 - depth * (0.5 + 0.35 * np.cos(across + shift) + 0.15 * down) for shift in (0.0, 2.1, 4.2)]
    return np.stack(gains, axis=2).astype(np.float32)


def lamp(box: Box, *, glare: float, reflection: float, at_px: tuple[float, float]) -> "Field":
    """Return the light of a lamp, `at_px` from the middle of the frame, and of a window's reflection."""
    import numpy as np

    left, top, right, bottom = box
    x = (np.arange(left, right, dtype=np.float32) - WIDTH / 2)[None, :]
    y = (np.arange(top, bottom, dtype=np.float32) - HEIGHT / 2)[:, None]
    spot = np.exp(-(((x - at_px[0]) / 70) ** 2 + ((y - at_px[1]) / 45) ** 2))
    window = (np.abs(x + at_px[0] * 0.6 - 60) < _WINDOW[0]) & (np.abs(y - at_px[1] * 0.5) < _WINDOW[1])
    return np.asarray((glare * spot + reflection * window) / 255, dtype=np.float32)[:, :, None]


@lru_cache(maxsize=8)
def room(seed: int) -> "Field":
    """Return the room behind the phone, out of focus."""
    import numpy as np

    chance = np.random.default_rng([seed, 5])
    room = np.full((HEIGHT, WIDTH, 3), chance.uniform(40, 130), dtype=np.float32)
    for _ in range(7):
        x = np.exp(-(((np.linspace(0, 1, WIDTH) - chance.uniform()) / chance.uniform(0.05, 0.3)) ** 2))
        y = np.exp(-(((np.linspace(0, 1, HEIGHT) - chance.uniform()) / chance.uniform(0.05, 0.4)) ** 2))
        colour = chance.uniform(-45, 60) + chance.uniform(-14, 14, 3)
        room += y.astype(np.float32)[:, None, None] * (x[:, None] * colour).astype(np.float32)
    return np.clip(room, 5, 245)


@lru_cache(maxsize=8)
def grain(seed: int) -> "Field":
    """Return noise of one level, mostly the same in all colours, as a sensor behind its colour filter gives it."""
    import numpy as np

    chance = np.random.default_rng([seed, 13])
    gray = chance.standard_normal((HEIGHT // 2, WIDTH // 2, 1), dtype=np.float32)
    colour = chance.standard_normal((HEIGHT // 2, WIDTH // 2, 3), dtype=np.float32)
    return np.tile(0.8 * gray + 0.6 * colour, (2, 2, 1))


def through_jpeg(picture: "Field", quality: int) -> "Frame":
    """Round to bytes and send them through JPEG, as a webcam does over USB."""
    import numpy as np
    from PIL import Image

    bgr = np.clip(picture, 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(bgr[:, :, ::-1]).save(buffer, "JPEG", quality=quality)
    return np.ascontiguousarray(np.asarray(Image.open(buffer))[:, :, ::-1])
