"""通知: words of every kind, unread and read, and the number for the bell."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.errors import UnavailableError
from desktop.domain.operations import CheckPurpose, MemberRole, NoticeKind, OrderKind
from desktop.portal.unit_records import Notice, Notices
from desktop.services.events import Changed
from desktop.services.workspace import Workspace
from desktop.testing.rig import Company, PlatformHandle
from desktop.ui.i18n import Language, Languages
from desktop.ui.page import Phase
from desktop.views.me.notice_words import notice_words
from desktop.views.me.notices_model import NoticesModel
from desktop.views.me.notices_section import NoticesSection
from tests.views.login.world import NOW, FakeApi, an_account, make_workspace, refusal, sign_in

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

DETAILS = {
    "name": "投标工位一",
    "organization": "赣州市第一建设有限公司",
    "role": MemberRole.CERTIFICATE_ADMIN.value,
    "serial": "3A90C41F5B7788D20E6F",
    "mobile": "138****2222",
    "order_kind": OrderKind.RENEW.value,
    "lot_id": "0" * 32,
    "tender": "JXJT-2026-118",
    "lot": "JD-01",
    "revision": "2",
    "purpose": CheckPurpose.MOBILE_CHANGE.value,
}
#: Every kind, and one that a newer platform may send.
KINDS = [kind.value for kind in NoticeKind]
PAGES = {"me", "certificates", "seals", "lot"}


def a_notice(number: int, kind: str = NoticeKind.PASSWORD_CHANGED, *, is_read: bool = False) -> Notice:
    at = NOW - timedelta(hours=100 - number)
    return Notice(number=number, kind=kind, details=DETAILS, created_at=at, read_at=at if is_read else None)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_words_of_its_own_in_both_languages(qapp: object, kind: str) -> None:
    chinese = notice_words(kind, DETAILS)
    languages = Languages()
    languages.use(Language.ENGLISH)
    try:
        english = notice_words(kind, DETAILS)
    finally:
        languages.use(Language.CHINESE)
    assert chinese.title != english.title
    assert chinese.title != "平台通知"
    shown = english.title + english.text.replace(DETAILS["organization"], "").replace(DETAILS["name"], "")
    assert shown.isascii()
    assert "_" not in shown
    assert chinese.page in PAGES


def test_kinds_are_told_apart() -> None:
    titles = [notice_words(kind, DETAILS).title for kind in KINDS]
    assert len(set(titles)) == len(titles)


def test_kind_of_a_newer_platform_is_said_to_be_one() -> None:
    said = notice_words("phone_lost", {})
    assert said.title == "平台通知"
    assert "phone_lost" in said.text


def test_missing_or_strange_details_break_nothing() -> None:
    for kind in KINDS:
        assert notice_words(kind, {}).text
        assert notice_words(kind, {"role": "king", "order_kind": "x", "purpose": "y"}).text


@pytest.fixture
def api() -> FakeApi:
    listed = (a_notice(3), a_notice(2, NoticeKind.WORKSTATION_ENROLLED), a_notice(1, is_read=True))
    return FakeApi(
        notices=Notices(unread=2, notices=listed), unread_notices=2, mark_read=None, mark_all_read=0, sign_out=None
    )


@pytest.fixture
def workspace(tmp_path: Path, api: FakeApi) -> Workspace:
    made = make_workspace(tmp_path / "data", api)
    sign_in(made, an_account())
    return made


@pytest.fixture
def section(qtbot: QtBot, workspace: Workspace) -> NoticesSection:
    made = NoticesSection(NoticesModel(workspace))
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    qtbot.waitUntil(lambda: made.phase is Phase.NORMAL)
    return made


def press(qtbot: QtBot, section: QWidget, name: str) -> None:
    button = section.findChild(QPushButton, name)
    assert button is not None, name
    qtbot.waitUntil(lambda: button.isVisible() and button.isEnabled())
    button.click()


def test_unread_ones_are_marked_and_counted(section: NoticesSection) -> None:
    assert section.findChild(QWidget, "unread_3") is not None
    assert section.findChild(QWidget, "unread_1") is None
    assert section.model.state.unread == 2


def test_one_is_marked_as_read(qtbot: QtBot, section: NoticesSection, api: FakeApi) -> None:
    api.answers["unread_notices"] = 1
    with qtbot.waitSignal(section.model.unread_changed) as told:
        press(qtbot, section, "readNotice_3")
    assert told.args == [1]
    assert api.asked("mark_read") == [(([3],), {})]
    assert section.model.state.notices[0].read_at is not None


def test_all_are_marked_as_read_up_to_the_newest_listed(qtbot: QtBot, section: NoticesSection, api: FakeApi) -> None:
    with qtbot.waitSignal(section.model.unread_changed) as told:
        press(qtbot, section, "markAllReadButton")
    assert told.args == [0]
    assert api.asked("mark_all_read") == [((3,), {})]
    assert all(n.read_at is not None for n in section.model.state.notices)
    assert not section.all_read.isEnabled()


def test_following_one_marks_it_and_leads_to_what_it_is_about(
    qtbot: QtBot, section: NoticesSection, api: FakeApi
) -> None:
    with qtbot.waitSignal(section.navigate) as led:
        press(qtbot, section, "followNotice_2")
    assert led.args == ["me", "workstations"]
    qtbot.waitUntil(lambda: api.asked("mark_read") == [(([2],), {})])


def test_mark_that_is_refused_is_said_and_the_list_read_anew(
    qtbot: QtBot, section: NoticesSection, api: FakeApi
) -> None:
    api.answers["mark_all_read"] = UnavailableError("portal.unreachable")
    press(qtbot, section, "markAllReadButton")
    qtbot.waitUntil(section.banner.isVisible)
    assert section.model.state.notices[0].read_at is None
    assert section.all_read.isEnabled()


def test_earlier_ones_are_read_page_by_page(qtbot: QtBot, section: NoticesSection, api: FakeApi) -> None:
    page = tuple(a_notice(n, is_read=True) for n in range(300, 200, -1))
    api.answers["notices"] = lambda before=None: Notices(
        unread=0, notices=page if before is None else (a_notice(7, is_read=True),)
    )
    section.model.open()
    qtbot.waitUntil(lambda: len(section.model.state.notices) == 100)
    press(qtbot, section, "moreNoticesButton")
    qtbot.waitUntil(lambda: len(section.model.state.notices) == 101)
    assert api.asked("notices")[-1] == ((), {"before": 201})
    assert not section.more.isVisible()


def test_nothing_yet_is_a_face_of_its_own(qtbot: QtBot, section: NoticesSection, api: FakeApi) -> None:
    api.answers["notices"] = Notices(unread=0, notices=())
    section.model.open()
    qtbot.waitUntil(lambda: section.phase is Phase.EMPTY)
    assert section.empty.title.text() == "还没有通知"


def test_number_for_the_bell_follows_events_and_ends_with_the_session(
    qtbot: QtBot, workspace: Workspace, api: FakeApi
) -> None:
    model, told = NoticesModel(workspace), list[int]()
    model.unread_changed.connect(told.append)
    model.count()
    qtbot.waitUntil(lambda: told[-1:] == [2])
    api.answers["unread_notices"] = 5
    workspace.bus.publish(Changed.CERTIFICATES)
    qtbot.waitUntil(lambda: told[-1:] == [5])
    api.answers["unread_notices"] = refusal("platform.slow_down")
    workspace.bus.publish(Changed.SEALS)  # who cannot be asked now is asked again
    qtbot.waitUntil(lambda: len(api.asked("unread_notices")) >= 3)
    assert told[-1] == 5
    workspace.account.sign_out()
    qtbot.waitUntil(lambda: told[-1:] == [0])
    model.deleteLater()


def test_notice_of_a_new_password_comes_from_the_platform_and_is_read(
    qtbot: QtBot, desk: Workspace, handle: PlatformHandle
) -> None:
    mobile = Company().mobile
    desk.account.send_code(mobile)
    desk.account.sign_in_by_sms(mobile, handle.sms_code(mobile), remember=False)
    desk.api.send_password_code()
    desk.api.set_password("correct horse battery", code=handle.sms_code(mobile))
    section = NoticesSection(NoticesModel(desk))
    qtbot.addWidget(section)
    section.resize(900, 700)
    section.show()
    qtbot.waitUntil(lambda: section.phase is Phase.NORMAL)
    (notice,) = section.model.state.notices
    assert notice.kind == NoticeKind.PASSWORD_CHANGED
    with qtbot.waitSignal(section.model.unread_changed) as told:
        press(qtbot, section, "markAllReadButton")
    assert told.args == [0]
    assert desk.api.notices().notices[0].read_at is not None
    assert json.dumps(dict(notice.details)) == "{}"
    assert replace(notice, read_at=None) == notice
