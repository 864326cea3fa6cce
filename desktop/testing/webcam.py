"""A webcam that films a phone: seeded 1280 × 720 frames of a hand-held screen showing one QR code or a sequence.

What makes such frames hard is modelled one by one: distance and tilt, the tremor of a hand and the blur of its motion,
a focus that hunts, the screen's pixel grid beating with the sensor's (moiré, by colour), glare of a lamp and a window's
reflection, exposure, haze, noise, JPEG, and a code that changes while the rows are read out. Frame `n` of a seed is
always the same picture. Refuses to be kind: at its severity codes of 600 bytes are mostly lost (tests/camera).
Uses numpy and Pillow alone, so that no reader under test has a hand in its frames.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from math import cos, pi, radians, sin
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from desktop.testing import webcam_optics as optics
from desktop.testing.webcam_optics import FOCAL, HEIGHT, SCREEN_H, SCREEN_W
from desktop.ui.qr_code import QUIET_MODULES, modules

if TYPE_CHECKING:
    from desktop.testing.webcam_optics import Frame

_CODE_PX = 960
#: How far a lamp's image moves for a radian of tilt.
_LAMP_PX = 800
#: Share of the time between two frames in which the rows are read out.
_READOUT = 0.8

#: What the phone shows at a time in seconds; empty = no code.
Showing: TypeAlias = Callable[[float], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """How a phone is held before a webcam. Angles in degrees, blur and motion in pixels, levels in 0…255."""

    distance_mm: float
    yaw: float
    pitch: float
    roll: float
    shake: float
    focus_px: float
    hunting_px: float
    exposure_s: float
    grid: float
    grid_px_per_mm: float
    glare: float
    reflection: float
    white: float
    haze: float
    noise: float
    quality: int


def situation(seed: int) -> Situation:
    """Return the situation of a seed."""
    import numpy as np

    chance = np.random.default_rng([seed, 7])
    return Situation(
        distance_mm=chance.uniform(165, 265),
        yaw=chance.normal(0, 10),
        pitch=chance.normal(0, 10),
        roll=chance.normal(0, 9),
        shake=chance.uniform(0.3, 2.2),
        focus_px=chance.uniform(0.7, 1.5),
        hunting_px=chance.uniform(0.0, 1.1),
        exposure_s=chance.uniform(1 / 125, 1 / 30),
        grid=chance.uniform(0.0, 0.22),
        grid_px_per_mm=chance.uniform(9, 17),
        glare=chance.uniform(0.0, 170.0),
        reflection=chance.uniform(0.0, 60.0),
        white=chance.uniform(120, 262),
        haze=chance.uniform(8, 50),
        noise=chance.uniform(1.5, 7.0),
        quality=int(chance.integers(50, 90)),
    )


class Webcam:
    """Films what a phone shows: one text, texts in turn at `codes_per_s`, or whatever `texts(time)` says.

    Also a `Capture` for `LiveReader(…, open_source=webcam.open)`: frames without end, at the pace they are asked for.
    """

    is_live = False

    def __init__(
        self, texts: str | Sequence[str] | Showing, *, seed: int, fps: float = 15.0, codes_per_s: float = 5.0
    ) -> None:
        self.situation = situation(seed)
        self._showing = _showing(texts, codes_per_s)
        self._seed, self._fps = seed, fps
        self._hand = _Hand(seed, self.situation)
        self._room = optics.room(seed)
        self._grain = optics.grain(seed)
        self._next = count()

    def frame(self, number: int) -> "Frame":
        """Return frame `number`: (720, 1280, 3) uint8 BGR."""
        import numpy as np

        at_s = number / self._fps
        chance = np.random.default_rng([self._seed, 11, number])
        look = self.situation
        pose = self._hand.pose(at_s)
        plane = optics.plane_of(pose)
        box = optics.box_of(plane)
        light, is_phone = optics.filmed(plane, box, self._turn(at_s))
        light = optics.smeared(optics.blurred(light, self._focus_px(at_s)), self._hand.motion_px(at_s))
        coloured = light[:, :, None] * optics.moire(plane, box, depth=look.grid, px_per_mm=look.grid_px_per_mm)
        at_px = (_LAMP_PX * pose[3], _LAMP_PX * pose[4])
        coloured += optics.lamp(box, glare=look.glare, reflection=look.reflection, at_px=at_px)
        level = look.haze + (look.white - look.haze) * coloured
        picture = self._room.copy()
        place = picture[box[1] : box[3], box[0] : box[2]]
        place += optics.blurred(is_phone, 1.0)[:, :, None] * (level - place)
        picture += look.noise * np.roll(self._grain, tuple(chance.integers(0, 128, 2)), (0, 1))
        return optics.through_jpeg(picture, look.quality)

    def frames(self, frame_count: int | None = None) -> Iterator["Frame"]:
        """Yield the first `frame_count` frames, without end if None."""
        for number in count() if frame_count is None else range(frame_count):
            yield self.frame(number)

    def open(self, _source: int | Path) -> "Webcam":
        """Be opened as a camera."""
        return self

    def read(self) -> "Frame":
        """Return the next frame."""
        return self.frame(next(self._next))

    def close(self) -> None:
        """Be closed as a camera."""

    def _focus_px(self, at_s: float) -> float:
        return self.situation.focus_px + self.situation.hunting_px * abs(sin(pi * 0.9 * at_s + self._seed))

    def _turn(self, at_s: float) -> optics.Turn:
        readout_s = _READOUT / self._fps
        first, last = self._showing(at_s), self._showing(at_s + readout_s)
        low, high = 0.0, 1.0
        while first != last and high - low > 1 / 256:
            middle = (low + high) / 2
            low, high = (middle, high) if self._showing(at_s + readout_s * middle) == first else (low, middle)
        mixed = max(self.situation.exposure_s / readout_s * HEIGHT, 1.0)
        return optics.Turn(before=_screen(first), after=_screen(last), row=high * HEIGHT, mixed_rows=mixed)


def _showing(texts: str | Sequence[str] | Showing, codes_per_s: float) -> Showing:
    if callable(texts):
        return texts
    turns = (texts,) if isinstance(texts, str) else tuple(texts)
    return lambda at_s: turns[int(at_s * codes_per_s) % len(turns)]


@lru_cache(maxsize=64)
def _screen(text: str) -> "Frame":
    """Return the pixels of the phone's screen, gray."""
    import numpy as np

    screen = np.full((SCREEN_H, SCREEN_W), 246, dtype=np.uint8)
    screen[60:100, 60:220] = 40
    screen[240:300, 240:840] = 30
    screen[380:416, 150:930] = 120
    screen[1760:1800, 190:890] = 120
    screen[1900:2020, 120:960] = 70
    if text:
        matrix = np.pad(np.array([list(row) for row in modules(text)], dtype=np.uint8), QUIET_MODULES)
        per_module = _CODE_PX // matrix.shape[0]
        code = np.kron(1 - matrix, np.ones((per_module, per_module), dtype=np.uint8)) * 252 + 3
        top, left = (SCREEN_H - code.shape[0]) // 2, (SCREEN_W - code.shape[1]) // 2
        screen[top : top + code.shape[0], left : left + code.shape[1]] = code
    return screen


class _Hand:
    """Where the phone is at a time, and how fast it moves: slow sway and tremor as sums of sines."""

    def __init__(self, seed: int, look: Situation) -> None:
        import numpy as np

        chance = np.random.default_rng([seed, 3])
        self._look = look
        self._place = (chance.uniform(-22, 22), chance.uniform(-12, 12))
        self._sway = [
            (
                axis,
                size * look.shake * chance.uniform(0.5, 1.0),
                2 * pi * hertz * chance.uniform(0.8, 1.2),
                chance.uniform(0, 2 * pi),
            )
            for axis in (0, 1)
            for size, hertz in ((3.0, 0.7), (0.8, 2.3), (0.25, 8.0))
        ]

    def pose(self, at_s: float) -> tuple[float, ...]:
        """Return x, y, z in mm before the lens and yaw, pitch, roll in radians."""
        place = [self._place[0], self._place[1]]
        for axis, size, speed, phase in self._sway:
            place[axis] += size * sin(speed * at_s + phase)
        tilt = 0.3 * (place[0] - self._place[0])
        look = self._look
        return (
            *place,
            look.distance_mm,
            radians(look.yaw + tilt),
            radians(look.pitch - tilt),
            radians(look.roll + tilt),
        )

    def motion_px(self, at_s: float) -> tuple[float, float]:
        """Return how far the picture moves while one frame is exposed."""
        move = [0.0, 0.0]
        for axis, size, speed, phase in self._sway:
            move[axis] += size * speed * cos(speed * at_s + phase)
        scale = FOCAL / self._look.distance_mm * self._look.exposure_s
        return move[0] * scale, move[1] * scale
