from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.clock import ManualClock
from desktop.domain.errors import UnavailableError
from desktop.domain.operations import OrderState, OrganizationKind
from desktop.services.events import Changed
from desktop.services.workspace import Workspace
from desktop.store.bids import BidNote, BidNotes
from desktop.ui.kit.buttons import PrimaryButton
from desktop.ui.kit.progress import Countdown
from desktop.ui.kit.surfaces import ListRow
from desktop.ui.page import Phase
from desktop.views.home.model import HomeModel
from desktop.views.home.needs import NeedKind
from desktop.views.home.page import HomePage
from desktop.views.home.parts import NeedRow, Tile
from tests.views.login.world import (
    LONG_NAME,
    NOW,
    FakeApi,
    a_membership,
    a_record,
    an_account,
    an_order,
    make_workspace,
    sign_in,
)

# Said by the offscreen platform whenever a window with a minimum size is shown.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def api() -> FakeApi:
    return FakeApi(
        orders=(an_order(state=OrderState.APPROVED),), certificates=(), seals=(), claimable=(), usage_records=()
    )


@pytest.fixture
def workspace(tmp_path: Path, api: FakeApi) -> Workspace:
    made = make_workspace(tmp_path / "data", api)
    sign_in(made, an_account(), a_membership())
    return made


def shown(qtbot: QtBot, workspace: Workspace, **options: Any) -> HomePage:
    page = HomePage(HomeModel(workspace, **options))
    qtbot.addWidget(page)
    page.resize(920, 664)
    page.show()
    qtbot.waitUntil(lambda: page.phase is not Phase.LOADING)
    return page


def rows(page: HomePage) -> list[NeedRow]:
    return [row for row in page.findChildren(NeedRow) if row.isVisible()]


def press(qtbot: QtBot, button: QWidget) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def consume(workspace: Workspace, number: int, operation: str, subject: str) -> bytes:
    identity = bytes([number]) * 32
    workspace.parts.journal.consume(identity, operation=operation, subject=subject, answer=b"", at=NOW)
    return identity


def test_page_greets_by_name_and_hour_and_names_the_unit(qtbot: QtBot, workspace: Workspace) -> None:
    page = shown(qtbot, workspace)
    assert page.hello.text() == "上午好, 张三"
    assert page.organization.text() == LONG_NAME


def test_first_need_has_the_only_primary_button_and_leads_to_its_page(qtbot: QtBot, workspace: Workspace) -> None:
    page = shown(qtbot, workspace)
    (row,) = rows(page)
    visible = [b for b in page.findChildren(PrimaryButton) if b.isVisible()]
    assert visible == [row.action]
    with qtbot.waitSignal(page.navigate) as asked:
        press(qtbot, row.action)
    assert asked.args == ["certificates", an_order().order_id]


def test_the_three_operations_are_entered_by_mouse_and_key(qtbot: QtBot, workspace: Workspace) -> None:
    page = shown(qtbot, workspace)
    asked: list[tuple[str, str]] = []
    page.navigate.connect(lambda *to: asked.append(to))
    press(qtbot, page.seal)
    qtbot.keyPress(page.bids, Qt.Key.Key_Space)
    qtbot.keyPress(page.verify, Qt.Key.Key_Return)
    assert asked == [("sealing", ""), ("projects", ""), ("verify", "")]
    assert "加密" in page.bids.accessibleName()


def test_an_agent_s_bids_are_those_of_the_opening(qtbot: QtBot, tmp_path: Path, api: FakeApi) -> None:
    made = make_workspace(tmp_path / "agent", api)
    sign_in(made, an_account(), a_membership(kind=OrganizationKind.AGENCY))
    page = shown(qtbot, made)
    assert page.bids.accessibleName().startswith("开标解密")


def test_operation_cut_short_is_told_until_it_is_put_away(qtbot: QtBot, workspace: Workspace) -> None:
    consume(workspace, 1, "seal", "投标函.pdf")
    page = shown(qtbot, workspace, interrupted=workspace.parts.journal.mark_interrupted())
    first = rows(page)[0]
    away = first.findChild(QWidget, f"{first.objectName()}Dismiss")
    assert away is not None
    press(qtbot, away)
    assert NeedKind.INTERRUPTED not in {need.kind for need in page.model.state.needs}
    page.model.open()
    qtbot.waitUntil(lambda: len(rows(page)) == 1)
    assert rows(page)[0].objectName().startswith("need_download")


def test_recent_records_are_listed_with_their_outcome_and_lead_to_their_detail(
    qtbot: QtBot, workspace: Workspace, api: FakeApi
) -> None:
    api.answers["usage_records"] = (
        a_record(7, subject="a.pdf"),
        a_record(5, subject="b.pdf", result="general.disk_full"),
    )
    page = shown(qtbot, workspace)
    (good, bad) = page.recent_card.findChildren(ListRow)
    assert "a.pdf" in good.accessibleName()
    assert "张三" in good.accessibleName()  # an admin sees whose they are
    assert "磁盘空间不足" in bad.accessibleName()
    assert (good.chip.accessibleName(), bad.chip.accessibleName()) == ("成功", "未成功")
    ((_, asked),) = api.asked("usage_records")[:1]
    assert asked == {"limit": 6}
    with qtbot.waitSignal(page.navigate) as to:
        qtbot.keyPress(bad, Qt.Key.Key_Return)
    assert to.args == ["records", "5"]
    with qtbot.waitSignal(page.navigate) as to:
        press(qtbot, page.all_records)
    assert to.args == ["records", ""]


def test_deadline_of_a_prepared_bid_is_counted_down_by_the_platform_s_time(qtbot: QtBot, workspace: Workspace) -> None:
    unit = a_membership()
    note = BidNote(credit_code=unit.credit_code, tender="JXJT-118", lot="1", deadline=NOW + timedelta(hours=3))
    BidNotes(workspace.folder.bids).note(note, NOW)
    platform_time = ManualClock(NOW + timedelta(hours=1))
    page = shown(qtbot, workspace, clock=platform_time)
    row = rows(page)[0]
    assert row.objectName().startswith("need_bid_due")
    left = row.findChild(Countdown)
    assert left is not None
    assert left.text() == "剩余 02:00:00"
    platform_time.advance(3600)
    left.refresh()
    assert left.text() == "剩余 01:00:00"


def test_change_told_by_another_page_is_followed(qtbot: QtBot, workspace: Workspace, api: FakeApi) -> None:
    page = shown(qtbot, workspace)
    api.answers["orders"] = ()
    workspace.bus.publish(Changed.ORDERS)
    qtbot.waitUntil(lambda: [need.kind for need in page.model.state.needs] == [NeedKind.ORDER_CERTIFICATE])


def test_platform_out_of_reach_shows_the_offline_face_and_comes_back(
    qtbot: QtBot, workspace: Workspace, api: FakeApi
) -> None:
    api.answers["orders"] = UnavailableError("portal.unreachable", "test")
    page = shown(qtbot, workspace)
    assert page.phase is Phase.OFFLINE
    api.answers["orders"] = ()
    press(qtbot, page.offline.retry)
    qtbot.waitUntil(lambda: page.phase is Phase.NORMAL)


def test_person_without_a_unit_and_without_a_name_is_greeted_all_the_same(
    qtbot: QtBot, tmp_path: Path, api: FakeApi
) -> None:
    workspace = make_workspace(tmp_path / "new", api)
    sign_in(workspace, an_account(name=""))
    page = shown(qtbot, workspace)
    assert page.hello.text() == "上午好, 138****5678"
    assert "尚未加入单位" in page.organization.text()


def test_nobody_signed_in_asks_the_platform_nothing(qtbot: QtBot, tmp_path: Path, api: FakeApi) -> None:
    model = HomeModel(make_workspace(tmp_path / "out", api))
    model.open()
    assert not api.calls
    assert model.state.phase is Phase.LOADING


def test_page_that_is_gone_hears_no_more_events(qtbot: QtBot, workspace: Workspace, api: FakeApi) -> None:
    page = HomePage(HomeModel(workspace))
    with qtbot.waitSignal(page.destroyed):
        page.deleteLater()
    workspace.bus.publish(Changed.ORDERS)
    QCoreApplication.processEvents()
    assert not api.calls


def test_every_control_has_a_name_for_tests_and_screen_readers(qtbot: QtBot, workspace: Workspace) -> None:
    page = shown(qtbot, workspace)
    for control in [*page.findChildren(QPushButton), *page.findChildren(Tile)]:
        assert control.objectName(), control
        assert control.accessibleName() or not control.isVisible(), control.objectName()
