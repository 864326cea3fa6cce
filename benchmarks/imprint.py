"""How close the cut-out of a seal comes to the truth, and how long it takes. There is no peer that does the same."""

import statistics
import time
from collections.abc import Iterator

from benchmarks.measure import Figure, Plan, quantile
from desktop.domain.operations import SealKind
from desktop.signing.imprint.cutout import cut_out
from desktop.signing.imprint.model import CutOut
from tests.imprint.conftest import draw_all
from tests.imprint.defects import CLEAN, confusion
from tests.imprint.measuring import measure_all

_HOW = "seeded scans ({scans}) and photographs ({photographs}): round, oval, square, red and blue, worn, blurred, JPEG"


def figures(plan: Plan) -> Iterator[Figure]:
    """Measure overlap, colour, time, then the verdicts on defects."""
    scans, photographs, seeds, clean = (5, 3, 1, 3) if plan.is_tiny else (120, 60, 10, 100)
    seals, took = draw_all(), []

    def timed(scan: bytes, kind: SealKind) -> CutOut:
        begun = time.perf_counter()
        result = cut_out(scan, kind)
        took.append(time.perf_counter() - begun)
        return result

    measured = list(measure_all(seals, scans=scans, photographs=photographs, cut=timed))
    how = _HOW.format(scans=scans, photographs=photographs)
    overlaps, colours = [m.overlap for m in measured], [m.colour_error for m in measured]
    worst = ", ".join(f"{m.name} {m.overlap:.3f}" for m in sorted(measured, key=lambda m: m.overlap)[:5])
    sizes = [m.size_error_mm for m in measured if m.size_error_mm is not None]
    yield _figure("imprint: overlap (IoU), median", statistics.median(overlaps), "1", how, ">= 0.95")
    yield _figure("imprint: overlap (IoU), 5th percentile", quantile(overlaps, 0.05), "1", f"worst: {worst}", ">= 0.87")
    yield _figure("imprint: colour error CIE ΔE2000, median", statistics.median(colours), "1", how, "<= 5")
    yield _figure("imprint: colour error CIE ΔE2000, 95th percentile", quantile(colours, 0.95), "1", how, "")
    yield _figure("imprint: size error of photographs, largest", max(sizes), "mm", how, "<= 0.3")
    yield _figure("imprint: time of a cut-out, median", statistics.median(took), "s", how, "")
    table, missed = confusion(seals, seeds=seeds, clean_scans=clean)
    defects = sum(1 for defect, _ in table if defect != CLEAN) * seeds
    wrong = [each for each in missed if not each.startswith(CLEAN)]
    yield _figure(
        "imprint: defects named",
        100 * (1 - len(wrong) / defects),
        "%",
        f"{defects} scans, 12 defects; missed: {wrong}",
        "100",
    )
    refused = len(missed) - len(wrong)
    yield _figure("imprint: clean scans refused", refused, "scans", f"of {clean}", "0")


def _figure(name: str, value: float, unit: str, how: str, target: str) -> Figure:
    return Figure(name=name, peer="none", ours=value, theirs=None, unit=unit, how=how, target=target)
