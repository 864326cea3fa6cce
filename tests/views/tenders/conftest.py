"""The pages of a bidder's tenders before a real workstation, and the small platform with its one lot."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.services.workspace import Workspace
from desktop.testing.driver import WindowDriver, wait_until
from desktop.ui import theme
from desktop.ui.page import Phase
from desktop.ui.tokens import Mode
from desktop.views.tenders import LotModel, LotPage, LotsModel, LotsPage
from tests.bids.conftest import Bidder
from tests.submission.conftest import bidder, desk, job, platform, world
from tests.submission.world import LOT_ID
from tests.views.tenders.people import Hand, Scanner

__all__ = ["bidder", "desk", "job", "platform", "world"]


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def scanner(bidder: Bidder) -> Scanner:
    return Scanner(bidder)


@pytest.fixture
def lot_page(qtbot: QtBot, qapp: QApplication, desk: Workspace, hand: Hand, scanner: Scanner) -> LotPage:
    """The page of the lot, loaded."""
    theme.apply(qapp, Mode.LIGHT)
    clock = desk.clock

    def save(_parent: QWidget, proposed: Path) -> Path:
        return hand.folder / proposed.name

    page = LotPage(
        LotModel(desk, clock=clock), clock=clock, scan=scanner, pick=hand.pick, save=save, open_url=hand.opened.append
    )
    qtbot.addWidget(page)
    page.resize(1104, 720)
    page.show()
    page.model.open(LOT_ID)
    wait_until(lambda: page.phase is Phase.NORMAL, "the lot")
    return page


@pytest.fixture
def driver(lot_page: LotPage) -> WindowDriver:
    return WindowDriver(lot_page)


@pytest.fixture
def lots_page(qtbot: QtBot, qapp: QApplication, desk: Workspace) -> LotsPage:
    theme.apply(qapp, Mode.LIGHT)
    page = LotsPage(LotsModel(desk), clock=desk.clock)
    qtbot.addWidget(page)
    page.resize(1104, 720)
    page.show()
    return page
