"""How close a cut-out comes to the truth: overlap of the ink, and the difference of its colour as CIE ΔE2000."""

import io
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from desktop.domain.operations import SealKind
from desktop.signing.imprint.cutout import cut_out
from desktop.signing.imprint.model import CutOut, Imprint, QualityReason, SealShape
from desktop.signing.imprint.scale_sheet import FRAMES
from desktop.signing.imprint.stamping import ScanConditions, SyntheticScan, stamp_on_paper
from tests.imprint.photographs import Photograph, Shot, photograph

Rgb = tuple[int, int, int]
Cut = Callable[[bytes, SealKind], CutOut]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A drawn seal and how far it may be turned when stamped."""

    kind: SealKind
    png: bytes
    size_mm: tuple[float, float] = (42.0, 42.0)
    shape: SealShape = SealShape.ROUND
    max_turn_deg: float = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One scan or photograph: what came of it, beside the truth."""

    name: str
    overlap: float
    colour_error: float
    reasons: tuple[QualityReason, ...]
    is_shape_right: bool
    turn_error_deg: float | None
    size_error_mm: float | None


def measure_all(seals: dict[str, Drawn], *, scans: int, photographs: int, cut: Cut = cut_out) -> Iterator[Measured]:
    """Cut out `scans` flat scans and `photographs` by camera (every third of a whole sheet of A4), seeded."""
    names = sorted(seals)
    for seed in range(scans):
        seal = seals[names[seed % len(names)]]
        scan = stamp_on_paper(seal.png, seed, conditions(seed, seal.max_turn_deg))
        yield _measured(f"scan {seed} {names[seed % len(names)]}", seal, scan, cut(scan.jpeg, seal.kind))
    for seed in range(photographs):
        name = names[seed % len(names)]
        seal = seals[name]
        taken = photograph(seal.png, seal.size_mm, seed, shot(seed, is_small=max(seal.size_mm) < 30))
        yield _measured(f"photograph {seed} {name}", seal, taken, cut(taken.jpeg, seal.kind))


def shot(seed: int, *, is_small: bool) -> Shot:
    """Return how one photograph is taken: every third from afar with a good camera, the others by webcam."""
    chance = np.random.default_rng(2000 + seed)
    frame = None if seed % 3 == 2 and not is_small else FRAMES[1 if is_small else 0]
    width, height = (2400, 1800) if frame is None else (1280, 720)
    return Shot(
        frame=frame,
        width=width,
        height=height,
        max_tilt_deg=float(chance.uniform(5, 18)),
        blur_px=float(chance.uniform(0.4, 0.9)),
        noise=float(chance.uniform(1, 5)),
        light_falloff=float(chance.uniform(0, 0.4)),
        worn=float(chance.uniform(0, 0.4)),
        jpeg_quality=int(chance.integers(75, 95)),
    )


def conditions(seed: int, max_turn_deg: float) -> ScanConditions:
    """Return the conditions of one scan: anything from an office scanner to a hasty phone."""
    chance = np.random.default_rng(1000 + seed)
    return ScanConditions(
        seal_px=int(chance.integers(300, 520)),
        margin=float(chance.uniform(0.12, 0.35)),
        max_turn_deg=max_turn_deg,
        blur_px=float(chance.uniform(0.5, 1.5)),
        noise=float(chance.uniform(1, 6)),
        light_falloff=float(chance.uniform(0, 0.5)),
        shadow=float(chance.uniform(0, 0.35)),
        has_other_ink=True,
        worn=float(chance.uniform(0, 0.5)),
        jpeg_quality=int(chance.integers(60, 95)),
        paper=(float(chance.uniform(0.85, 0.97)), float(chance.uniform(0.92, 0.98)), float(chance.uniform(0.95, 1))),
    )


def _measured(name: str, seal: Drawn, truth: SyntheticScan | Photograph, result: CutOut) -> Measured:
    imprint = result.imprint
    if imprint is None:
        return Measured(
            name=name,
            overlap=0.0,
            colour_error=100.0,
            reasons=result.reasons,
            is_shape_right=False,
            turn_error_deg=None,
            size_error_mm=None,
        )
    is_turned = seal.shape is not SealShape.ROUND
    size_error = None
    if imprint.width_mm is not None and isinstance(truth, Photograph):
        # The drawn ring lies 0.15 mm inside the nominal size.
        size_error = abs(imprint.width_mm - (seal.size_mm[0] - 0.3))
    return Measured(
        name=name,
        overlap=overlap(truth, imprint),
        colour_error=delta_e_2000(truth.ink_rgb, imprint.ink_rgb),
        reasons=result.reasons,
        is_shape_right=imprint.shape is seal.shape,
        turn_error_deg=_turn_error(imprint, truth.turn_deg) if is_turned else None,
        size_error_mm=size_error,
    )


def _turn_error(imprint: Imprint, truth_deg: float) -> float:
    """Return how far a square (the same after a quarter turn) or an oval (after half of one) was set wrongly."""
    return _apart(imprint.angle_deg, truth_deg, imprint)


def rgba(imprint: Imprint) -> "np.ndarray":
    """Open the imprint's PNG: (h, w, 4) uint8."""
    return np.asarray(Image.open(io.BytesIO(imprint.png)))


def overlap(truth: SyntheticScan | Photograph, imprint: Imprint) -> float:
    """Return the IoU of the imprint (alpha over a half) and the truth, set straight by its true turn.

    Both are cropped to their ink; the edges of the crop, which a speck may shift, are fitted to within a pixel and a
    half. A wrong turn or a perspective that is left count fully.
    """
    ours = rgba(imprint)[:, :, 3] > 127
    there = truth.coverage
    if imprint.shape is not SealShape.ROUND:
        error = _turn_error(imprint, truth.turn_deg)
        straight = min(
            (imprint.angle_deg + e for e in (-error, error)), key=lambda a: _apart(a, truth.turn_deg, imprint)
        )
        pad = max(there.shape) // 4
        there = cv2.copyMakeBorder(there, pad, pad, pad, pad, cv2.BORDER_CONSTANT)
        middle = (there.shape[1] / 2 - 0.5, there.shape[0] / 2 - 0.5)
        turn = cv2.getRotationMatrix2D(middle, straight, 1.0)
        there = cv2.warpAffine(there, turn, there.shape[::-1], flags=cv2.INTER_CUBIC)
    rows, columns = np.flatnonzero((there > 0.5).any(axis=1)), np.flatnonzero((there > 0.5).any(axis=0))
    edges = [float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)]
    # As fine as ours, so that no resizing is left but the fit.
    factor = ours.shape[1] / (edges[2] - edges[0])
    if factor < 0.9:
        there = cv2.resize(there, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        edges = [edge * factor for edge in edges]
    best = _iou(ours, there, edges)
    for step in (1.0, 0.5):
        for place in range(4):
            for move in (-step, step):
                moved = [*edges]
                moved[place] += move
                value = _iou(ours, there, moved)
                if value > best:
                    best, edges = value, moved
    return best


def _apart(angle: float, truth_deg: float, imprint: Imprint) -> float:
    period = 90 if imprint.shape is SealShape.SQUARE else 180
    error = (angle - truth_deg) % period
    return min(error, period - error)


def _iou(ours: "np.ndarray", there: "np.ndarray", edges: list[float]) -> float:
    """Return the overlap with what lies between `edges` (left, top, right, bottom) of the truth."""
    height, width = ours.shape
    fx, fy = (edges[2] - edges[0]) / width, (edges[3] - edges[1]) / height
    matrix = np.array([[fx, 0, edges[0] + 0.5 * fx - 0.5], [0, fy, edges[1] + 0.5 * fy - 0.5]])
    same = cv2.warpAffine(there, matrix, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP) > 0.5
    return float((ours & same).sum() / (ours | same).sum())


def delta_e_2000(one: Rgb, other: Rgb) -> float:
    """Return the colour difference CIE ΔE2000 of two sRGB colours (D65).

    Source: Sharma, Wu, Dalal, Color Research & Application 30 (2005) 21-30; checked against its table in the tests.
    """
    return delta_e_of_lab(_lab(one), _lab(other))


def delta_e_of_lab(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """Return CIE ΔE2000 of two CIELAB colours."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean_c7 = ((math.hypot(a1, b1) + math.hypot(a2, b2)) / 2) ** 7
    g = 0.5 * (1 - math.sqrt(mean_c7 / (mean_c7 + 25**7)))
    (c1, h1), (c2, h2) = _polar((1 + g) * a1, b1), _polar((1 + g) * a2, b2)
    dl, dc = l2 - l1, c2 - c1
    turn = h2 - h1
    if c1 * c2 == 0:
        turn = 0.0
    elif turn > 180:
        turn -= 360
    elif turn < -180:
        turn += 360
    dh = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2))
    ml, mc = (l1 + l2) / 2, (c1 + c2) / 2
    if c1 * c2 == 0:
        mh = h1 + h2
    elif abs(h1 - h2) <= 180:
        mh = (h1 + h2) / 2
    else:
        mh = (h1 + h2 + (360 if h1 + h2 < 360 else -360)) / 2
    t = (
        1
        - 0.17 * math.cos(math.radians(mh - 30))
        + 0.24 * math.cos(math.radians(2 * mh))
        + 0.32 * math.cos(math.radians(3 * mh + 6))
        - 0.20 * math.cos(math.radians(4 * mh - 63))
    )
    sl = 1 + 0.015 * (ml - 50) ** 2 / math.sqrt(20 + (ml - 50) ** 2)
    sc, sh = 1 + 0.045 * mc, 1 + 0.015 * mc * t
    rc = 2 * math.sqrt(mc**7 / (mc**7 + 25**7))
    rt = -math.sin(math.radians(60 * math.exp(-(((mh - 275) / 25) ** 2)))) * rc
    return math.sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rt * (dc / sc) * (dh / sh))


def _polar(a: float, b: float) -> tuple[float, float]:
    return math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def _lab(rgb: Rgb) -> tuple[float, float, float]:
    linear = [(c / 255 / 12.92) if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb]
    rows = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
    white = (0.95047, 1.0, 1.08883)
    x, y, z = (
        _cube(sum(w * c for w, c in zip(row, linear, strict=True)) / w0) for row, w0 in zip(rows, white, strict=True)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _cube(t: float) -> float:
    return t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29
