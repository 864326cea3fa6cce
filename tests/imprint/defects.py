"""Scans with one known defect each, and clean ones: what the verdict on quality is judged by."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import cv2
import numpy as np

from desktop.domain.operations import SealKind
from desktop.signing.imprint.cutout import cut_out
from desktop.signing.imprint.loading import load_scan
from desktop.signing.imprint.model import Bgr, CutOut, QualityReason
from desktop.signing.imprint.stamping import ScanConditions, SyntheticScan, stamp_on_paper
from tests.imprint.measuring import Drawn, conditions

Cut = Callable[[bytes | Bgr, SealKind], CutOut]
#: The truth of a scan without a defect.
CLEAN = "clean"
_PLAIN = ScanConditions(seal_px=480, margin=0.25)
_OTHER_KIND = {
    SealKind.OFFICIAL: SealKind.LEGAL_REPRESENTATIVE,
    SealKind.CONTRACT: SealKind.LEGAL_REPRESENTATIVE,
    SealKind.LEGAL_REPRESENTATIVE: SealKind.OFFICIAL,
}


def defective(seals: dict[str, Drawn], seed: int) -> Iterator[tuple[str, QualityReason, Bgr | bytes, SealKind]]:
    """Yield name, the reason that must be given, picture and kind, one for each defect."""
    names = sorted(seals)
    seal = seals[names[seed % len(names)]]
    plain = replace(_PLAIN, max_turn_deg=seal.max_turn_deg)

    def stamped(**worse: object) -> SyntheticScan:
        return stamp_on_paper(seal.png, 300 + seed, replace(plain, **worse))  # type: ignore[arg-type]

    good = stamped()
    picture = load_scan(good.jpeg).picture
    yield "blank sheet", QualityReason.NOT_FOUND, _written(picture), seal.kind
    yield "cut off", QualityReason.CUT_OFF, _cropped(picture, good, seed), seal.kind
    yield "far away", QualityReason.TOO_SMALL, stamped(seal_px=150 + 10 * (seed % 4)).jpeg, seal.kind
    yield "out of focus", QualityReason.BLURRED, stamped(blur_px=4.5 + seed % 3).jpeg, seal.kind
    yield "shaken", QualityReason.BLURRED, _shaken(picture, 15 + 4 * (seed % 3), seed), seal.kind
    yield (
        "hardly inked",
        QualityReason.FAINT,
        _paled(load_scan(stamped(shadow=0, light_falloff=0).jpeg).picture),
        seal.kind,
    )
    yield "on print", QualityReason.NOT_BLANK_PAPER, stamped(has_print_below=True).jpeg, seal.kind
    yield "on pink paper", QualityReason.NOT_BLANK_PAPER, stamped(paper=(0.55, 0.6, 0.95)).jpeg, seal.kind
    yield (
        "signed across",
        QualityReason.NOT_BLANK_PAPER,
        _signed(picture, good, seed, names[seed % len(names)]),
        seal.kind,
    )
    yield "in the dark", QualityReason.NOT_BLANK_PAPER, stamped(paper=(0.2, 0.2, 0.2)).jpeg, seal.kind
    yield "seal of another kind", QualityReason.WRONG_SHAPE, good.jpeg, _OTHER_KIND[seal.kind]
    other = seals["official" if seed % 2 else "name"]
    second = load_scan(stamp_on_paper(other.png, 400 + seed, replace(_PLAIN, seal_px=300, max_turn_deg=5)).jpeg).picture
    yield "second seal beside it", QualityReason.SEVERAL_SEALS, _beside(picture, second), seal.kind


def clean(seals: dict[str, Drawn], seed: int) -> tuple[bytes, SealKind]:
    """Return a scan that nobody has a reason to refuse: all kinds, inks and lights, writing beside the seal."""
    names = sorted(seals)
    seal = seals[names[seed % len(names)]]
    return stamp_on_paper(seal.png, 500 + seed, conditions(500 + seed, seal.max_turn_deg)).jpeg, seal.kind


def confusion(
    seals: dict[str, Drawn], *, seeds: int, clean_scans: int, cut: Cut = cut_out
) -> tuple[dict[tuple[str, str], Counter[str]], list[str]]:
    """Count what is said of what; return it by (defect, reason due), and the runs in which the reason was missing."""
    table: dict[tuple[str, str], Counter[str]] = {}
    missed = []
    for seed in range(seeds):
        for name, due, picture, kind in defective(seals, seed):
            said = cut(picture, kind).reasons
            table.setdefault((name, due.name), Counter()).update(reason.name for reason in said)
            if due not in said:
                missed.append(f"{name} {seed}: {[reason.name for reason in said]}")
    for seed in range(clean_scans):
        picture, kind = clean(seals, seed)
        said = cut(picture, kind).reasons
        table.setdefault((CLEAN, ""), Counter()).update([reason.name for reason in said] or [CLEAN])
        if said:
            missed.append(f"{CLEAN} {seed}: {[reason.name for reason in said]}")
    return table, missed


def _written(picture: Bgr) -> Bgr:
    sheet = np.full_like(picture, 238)
    for y in range(60, sheet.shape[0] - 20, 50):
        cv2.putText(sheet, "to whom it may concern", (30, y), 0, 1.0, (50, 50, 50), 2, cv2.LINE_AA)
    return sheet


def _cropped(picture: Bgr, scan: SyntheticScan, seed: int) -> Bgr:
    rows, columns = np.nonzero(scan.coverage > 0.5)
    by = 60 + 10 * (seed % 3)
    parts = (
        picture[:, columns.min() + by :],
        picture[:, : columns.max() - by],
        picture[rows.min() + by :],
        picture[: rows.max() - by],
    )
    return np.ascontiguousarray(parts[seed % 4])


def _shaken(picture: Bgr, length: int, seed: int) -> Bgr:
    kernel = np.zeros((length, length), np.float32)
    angle = np.radians(37 * seed)
    reach = np.array([np.cos(angle), np.sin(angle)]) * (length // 2)
    middle = np.array([length // 2, length // 2])
    cv2.line(kernel, np.round(middle - reach).astype(int).tolist(), np.round(middle + reach).astype(int).tolist(), 1.0)
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()))


def _paled(picture: Bgr) -> Bgr:
    return np.clip(240 - (240 - picture.astype(np.float32)) * 0.22, 0, 255).astype(np.uint8)


def _signed(picture: Bgr, scan: SyntheticScan, seed: int, name: str) -> Bgr:
    """Draw a signature over the seal, in black or in blue; blue on blue nobody can tell apart."""
    rows, columns = np.nonzero(scan.coverage > 0.5)
    chance = np.random.default_rng(seed)
    left, right, top, bottom = columns.min(), columns.max(), rows.min(), rows.max()
    xs = np.linspace(left - 30, right + 30, 24)
    ys = (top + bottom) / 2 + chance.uniform(-0.3, 0.3, 24) * (bottom - top)
    signed = picture.copy()
    ink = (45, 45, 45) if seed % 2 or name == "blue" else (150, 60, 40)
    cv2.polylines(signed, [np.stack([xs, ys], axis=1).astype(np.int32)], False, ink, 6, cv2.LINE_AA)
    return signed


def _beside(one: Bgr, other: Bgr) -> Bgr:
    height = max(one.shape[0], other.shape[0])
    parts = [cv2.copyMakeBorder(part, 0, height - part.shape[0], 0, 0, cv2.BORDER_REPLICATE) for part in (one, other)]
    return np.hstack(parts)
