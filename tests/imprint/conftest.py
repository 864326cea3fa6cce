"""Seals drawn once for all imprint tests."""

import pytest

from desktop.domain.operations import SealKind
from desktop.signing.imprint.model import SealShape
from desktop.signing.imprint.synthetic import BLUE, SealText, draw_seal
from tests.imprint.measuring import Drawn

NAME = "赣江示范建设工程有限公司"


def draw_all() -> dict[str, Drawn]:
    """Draw seals: official, contract, oval, name (square), blue."""
    contract = SealText(name=NAME, line="合同专用章", digits="3601000012345")
    oval = SealText(name="南昌青山湖市政工程咨询有限责任公司", line="合同专用章")
    return {
        "official": Drawn(
            kind=SealKind.OFFICIAL,
            png=draw_seal(SealKind.OFFICIAL, SealText(name=NAME, digits="3601000012345")),
        ),
        "contract": Drawn(kind=SealKind.CONTRACT, png=draw_seal(SealKind.CONTRACT, contract), size_mm=(40.0, 40.0)),
        "oval": Drawn(
            kind=SealKind.CONTRACT,
            png=draw_seal(SealKind.CONTRACT, oval, shape=SealShape.OVAL),
            shape=SealShape.OVAL,
            size_mm=(45.0, 30.0),
            max_turn_deg=20,
        ),
        "name": Drawn(
            kind=SealKind.LEGAL_REPRESENTATIVE,
            png=draw_seal(SealKind.LEGAL_REPRESENTATIVE, SealText(name="王小明印")),
            shape=SealShape.SQUARE,
            size_mm=(20.0, 20.0),
            max_turn_deg=20,
        ),
        "blue": Drawn(
            kind=SealKind.OFFICIAL,
            png=draw_seal(SealKind.OFFICIAL, SealText(name="示范市第一建筑公司"), colour=BLUE),
        ),
    }


@pytest.fixture(scope="session")
def seals() -> dict[str, Drawn]:
    """Seals by name: official, contract, oval, name (square), blue."""
    return draw_all()
