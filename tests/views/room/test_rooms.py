"""The list of rooms: what is at work first, then what comes, then what is over; entered by keyboard or button."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.domain.errors import UnavailableError
from desktop.domain.ids import OrganizationId
from desktop.domain.tendering import LotState
from desktop.portal.tender_records import Lot
from desktop.testing.driver import WindowDriver, wait_until
from desktop.testing.prepared import MORNING
from desktop.ui import theme
from desktop.ui.page import Phase
from desktop.ui.tokens import Mode
from desktop.views.room import RoomsModel, RoomsPage

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def lot(name: str, state: LotState, minutes: int, *, is_agency: bool = True) -> Lot:
    return Lot(
        lot_id=name,
        tender_id="t",
        tender="JX-1",
        tender_name="道路",
        purchaser="市政",
        agency="代理",
        agency_id=OrganizationId("a"),
        lot=name,
        lot_name="标段",
        state=state,
        revision=1,
        deadline=MORNING + timedelta(minutes=minutes),
        envelope="",
        is_agency=is_agency,
        bids=None,
    )


LOTS = (
    lot("over", LotState.RECORDED, -500),
    lot("later", LotState.PUBLISHED, 500),
    lot("soon", LotState.PUBLISHED, 20),
    lot("now", LotState.DELIVERING, -20),
    lot("others", LotState.PUBLISHED, 5, is_agency=False),
)


class Platform:
    """Lists lots, or cannot be reached."""

    def __init__(self, *lots: Lot) -> None:
        self.listed: tuple[Lot, ...] | None = lots

    def lots(self, *, limit: int) -> tuple[Lot, ...]:
        if self.listed is None:
            raise UnavailableError("portal.unreachable")
        return self.listed[:limit]


def page_of(qtbot: QtBot, platform: Platform, *, is_agent: bool) -> RoomsPage:
    account = SimpleNamespace(is_agent=is_agent, account=object())
    page = RoomsPage(RoomsModel(SimpleNamespace(account=account, api=platform)))  # type: ignore[arg-type]
    qtbot.addWidget(page)
    page.resize(900, 600)
    page.show()
    wait_until(lambda: page.phase is not Phase.LOADING, "the answer")
    return page


def listed(page: RoomsPage) -> list[str]:
    return [each.lot_id for each in page.model.state.lots]


@pytest.fixture(autouse=True)
def _dressed(qapp: QApplication) -> None:
    theme.apply(qapp, Mode.LIGHT)


def test_agency_sees_its_own_rooms_what_is_at_work_first(qtbot: QtBot) -> None:
    assert listed(page_of(qtbot, Platform(*LOTS), is_agent=True)) == ["now", "soon", "later", "over"]


def test_bidder_sees_every_published_lots_room(qtbot: QtBot) -> None:
    assert listed(page_of(qtbot, Platform(*LOTS), is_agent=False)) == ["now", "others", "soon", "later", "over"]


def test_room_is_entered_by_enter_and_by_the_button(qtbot: QtBot) -> None:
    page = page_of(qtbot, Platform(*LOTS), is_agent=True)
    entered: list[str] = []
    page.room_chosen.connect(entered.append)
    page.table.setFocus()
    page.table.select("now")
    QTest.keyClick(page.table, Qt.Key.Key_Down)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    page.table.select("over")
    WindowDriver(page).click("roomsEnter")
    assert entered == ["soon", "over"]


def test_agency_without_a_lot_is_told_what_to_do_and_can_still_open_files(qtbot: QtBot) -> None:
    page = page_of(qtbot, Platform(), is_agent=True)
    assert page.phase is Phase.EMPTY
    with qtbot.waitSignal(page.navigate, timeout=1000) as asked:
        WindowDriver(page).click("emptyStateAction")
    assert asked.args == ["opening", ""]


def test_list_that_cannot_be_had_is_offline_and_comes_on_the_next_try(qtbot: QtBot) -> None:
    platform = Platform(*LOTS)
    platform.listed = None
    page = page_of(qtbot, platform, is_agent=True)
    assert page.phase is Phase.OFFLINE
    platform.listed = LOTS
    page.retry_requested.emit()
    wait_until(lambda: page.phase is Phase.NORMAL, "the list")
