"""Whether an imprint comes from its scan."""

from dataclasses import replace

import pytest

from desktop.domain.operations import SealKind
from desktop.signing.imprint.comparison import compare
from desktop.signing.imprint.cutout import cut_out
from desktop.signing.imprint.stamping import ScanConditions, stamp_on_paper
from tests.imprint.measuring import Drawn

PLAIN = ScanConditions(seal_px=400, margin=0.25, seal_mm=42.0)


def imprint_of(scan: bytes, kind: SealKind = SealKind.OFFICIAL) -> bytes:
    found = cut_out(scan, kind).imprint
    assert found is not None
    return found.png


def test_imprint_of_its_own_scan_is_the_same_and_measured(seals: dict[str, Drawn]) -> None:
    scan = stamp_on_paper(seals["official"].png, 1, PLAIN).jpeg
    found = compare(scan, imprint_of(scan), SealKind.OFFICIAL)
    assert found.is_same
    assert found.overlap == pytest.approx(1.0)
    assert found.width_mm == pytest.approx(41.7, abs=0.4)
    assert found.ground_png.startswith(b"\x89PNG")
    assert found.imprint_png.startswith(b"\x89PNG")


@pytest.mark.parametrize("other", ["contract", "blue", "name"])
def test_t15_imprint_of_another_seal_is_told(seals: dict[str, Drawn], other: str) -> None:
    scan = stamp_on_paper(seals["official"].png, 1, PLAIN).jpeg
    foreign = stamp_on_paper(seals[other].png, 2, replace(PLAIN, max_turn_deg=2)).jpeg
    found = compare(scan, imprint_of(foreign, seals[other].kind), SealKind.OFFICIAL)
    assert not found.is_same
    assert found.overlap is not None
    assert found.overlap < 0.6


@pytest.mark.parametrize("imprint", [b"", b"\x89PNG\r\n\x1a\nbroken", b"%PDF"])
def test_what_cannot_be_compared_is_never_the_same(seals: dict[str, Drawn], imprint: bytes) -> None:
    scan = stamp_on_paper(seals["official"].png, 1, PLAIN).jpeg
    for found in (compare(scan, imprint, SealKind.OFFICIAL), compare(b"no picture", imprint, SealKind.OFFICIAL)):
        assert found.overlap is None
        assert not found.is_same
