"""The scans shipped for the demo pass the verdict that users' scans must pass."""

from pathlib import Path

import pytest

from desktop.domain.operations import SealKind
from desktop.signing.imprint.cutout import cut_out
from desktop.signing.imprint.model import SealShape

DEMO = Path(__file__).parents[2] / "resources" / "demo"


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        (SealKind.OFFICIAL, SealShape.ROUND),
        (SealKind.CONTRACT, SealShape.ROUND),
        (SealKind.LEGAL_REPRESENTATIVE, SealShape.SQUARE),
    ],
)
def test_a_demo_scan_is_acceptable(kind: SealKind, shape: SealShape) -> None:
    scan = DEMO / f"seal-scan-{kind.value.replace('_', '-')}.jpg"
    result = cut_out(scan.read_bytes(), kind)
    assert result.is_acceptable, result.reasons
    assert result.imprint is not None
    assert result.imprint.shape is shape
