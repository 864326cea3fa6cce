from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.errors import UnavailableError
from desktop.domain.operations import MemberRole, PlatformRole
from desktop.portal.unit_records import Notices
from desktop.protocol.challenge import Enrolment
from desktop.services.enrol import EnrolAction
from desktop.services.events import Changed
from desktop.services.workspace import Workspace
from desktop.ui.dialogs import ConfirmDialog
from desktop.ui.i18n import Language, Languages
from desktop.views.me.cards import AboutCard, AccountCard, OrganizationsCard, WorkstationCard
from desktop.views.me.model import MeModel
from desktop.views.me.page import MePage
from desktop.views.me.sections import MeSection
from desktop.views.me.security_section import SecuritySection
from tests.views.login.world import (
    LONG_NAME,
    NOW,
    FakeApi,
    a_membership,
    an_account,
    make_workspace,
    sign_in,
)

# Said by the offscreen platform whenever a window with a minimum size is shown.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
OTHER = a_membership(
    2, name="南昌市第二建设有限公司", credit_code="91360100MA35F0AB2X", role=MemberRole.CERTIFICATE_USER
)

CardT = TypeVar("CardT", bound=QWidget)


@dataclass
class Chosen:
    """The scans asked for."""

    scans: list[tuple[Callable[[], Any], str]] = field(default_factory=list)


@pytest.fixture
def api() -> FakeApi:
    return FakeApi(
        sign_out=None,
        unread_notices=0,
        notices=Notices(unread=0, notices=()),
        workstation_entries=(),
        me=(an_account(), ()),
        sessions=(),
        mobile_changes=(),
        identity_checks=(),
    )


@pytest.fixture
def workspace(tmp_path: Path, api: FakeApi) -> Workspace:
    made = make_workspace(tmp_path / "data", api)
    sign_in(made, an_account(), a_membership(), OTHER)
    return made


@pytest.fixture
def chosen() -> Chosen:
    return Chosen()


@pytest.fixture
def page(qtbot: QtBot, workspace: Workspace, chosen: Chosen) -> MePage:
    def scan(_parent: QWidget, _workspace: Workspace, action: Any, *, credit_code: str, on_finished: Any) -> None:
        chosen.scans.append((action, credit_code))

    model = MeModel(workspace)
    made = MePage(model, scan=scan)
    qtbot.addWidget(made)
    made.resize(920, 664)
    made.show()
    qtbot.waitUntil(lambda: made.model.state.workstation is not None)
    return made


def card(page: MePage, section: str, kind: type[CardT]) -> CardT:
    """Show a section and return its card."""
    page.show_section(section)
    found = page.widget(section).findChild(kind)
    assert found is not None
    return found


def click(qtbot: QtBot, page: QWidget, name: str) -> None:
    QApplication.processEvents()  # what was just shown has a place only then
    button = next((b for b in page.findChildren(QPushButton, name) if b.isVisible()), None)
    assert button is not None, name
    assert button.isEnabled(), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def enrol(workspace: Workspace) -> None:
    workspace.workstation.keep(
        credit_code=a_membership().credit_code,
        organization=LONG_NAME,
        serial="3A90C41F5B7788D20E6F",
        enrolment=Enrolment(certificate=b"x", issued_at=int(NOW.timestamp()), signature=b"y"),
    )


def test_page_shows_who_i_am_and_where(page: MePage, workspace: Workspace) -> None:
    account = card(page, "account", AccountCard)
    assert account.name.text() == "张三"
    assert "138****5678" in account.mobile.text()
    facts = card(page, "workstations", WorkstationCard).facts
    assert facts[0][1].text() == "投标一室-03"
    assert facts[1][1].text().replace(" ", "") == workspace.workstation.workstation_id
    assert facts[2][1].text().replace(" ", "").lower() == workspace.workstation.fingerprint
    assert card(page, "about", AboutCard).folder.text() == str(workspace.folder.root)


def test_switching_the_organization_acts_for_the_other_from_now_on(
    qtbot: QtBot, page: MePage, workspace: Workspace
) -> None:
    click(qtbot, page, "meSection_units")
    click(qtbot, page, "switchOrganization_1")
    qtbot.waitUntil(lambda: page.model.state.organization == OTHER)
    assert workspace.account.organization == OTHER
    assert page.findChild(QPushButton, "switchOrganization_0") is not None


def test_enrolling_opens_the_scan_with_the_use_case(qtbot: QtBot, page: MePage, chosen: Chosen) -> None:
    click(qtbot, page, "meSection_workstations")
    click(qtbot, page, "enrolButton")
    ((action, credit_code),) = chosen.scans
    assert isinstance(action(), EnrolAction)
    assert credit_code == ""


def test_page_sent_to_for_enrolling_opens_the_scan_by_itself(qtbot: QtBot, page: MePage, chosen: Chosen) -> None:
    page.receive("enrol")
    qtbot.waitUntil(lambda: len(chosen.scans) == 1)
    assert page.section == "workstations"


def test_finished_enrolment_is_shown(qtbot: QtBot, page: MePage, workspace: Workspace) -> None:
    shown = card(page, "workstations", WorkstationCard)
    assert page.findChild(QWidget, "notEnrolled") is not None
    enrol(workspace)
    workspace.bus.publish(Changed.WORKSTATION)
    qtbot.waitUntil(lambda: page.model.state.is_enrolled)
    assert page.findChild(QWidget, "enrolment_0") is not None
    assert shown.enrol.text() == "重新登记本工位"


def test_person_without_a_unit_cannot_enrol_and_is_told_why(qtbot: QtBot, tmp_path: Path, api: FakeApi) -> None:
    workspace = make_workspace(tmp_path / "new", api)
    sign_in(workspace, an_account())
    page = MePage(MeModel(workspace))
    qtbot.addWidget(page)
    page.show()
    shown = card(page, "workstations", WorkstationCard)
    qtbot.waitUntil(lambda: page.model.state.workstation is not None)
    assert not shown.enrol.isEnabled()
    assert shown.hint.text() == "加入单位并下载证书后, 才能登记工位。"
    assert card(page, "units", OrganizationsCard).none.isVisible()


def test_reviewer_is_named_as_one_and_belongs_to_no_unit(qtbot: QtBot, page: MePage, workspace: Workspace) -> None:
    account = card(page, "account", AccountCard)
    page.show_section("units")
    sign_in(workspace, an_account(role=PlatformRole.OPERATOR))
    qtbot.waitUntil(account.role.isVisible)
    # An operator acts for the platform; whoever stood at the units is at the account now.
    assert page.section == "account"
    assert not page.list.is_offered("units")
    assert not page.list.is_offered("workstations")
    page.receive("units")
    assert page.section == "account"


def test_signing_out_asks_first_and_no_is_the_default(qtbot: QtBot, page: MePage, workspace: Workspace) -> None:
    click(qtbot, page, "signOutButton")
    dialog = page.findChild(ConfirmDialog)
    assert dialog is not None
    assert dialog.back.isDefault()
    dialog.reject()
    assert workspace.account.account is not None


def test_signing_out_ends_the_session_here_and_at_the_platform(
    qtbot: QtBot, page: MePage, workspace: Workspace, api: FakeApi
) -> None:
    click(qtbot, page, "signOutButton")
    dialog = page.findChild(ConfirmDialog)
    assert dialog is not None
    with qtbot.waitSignal(page.signed_out):
        qtbot.mouseClick(dialog.confirm, Qt.MouseButton.LeftButton)
    assert workspace.account.account is None
    assert api.asked("sign_out")


def test_signing_out_works_without_the_platform(qtbot: QtBot, page: MePage, workspace: Workspace, api: FakeApi) -> None:
    api.answers["sign_out"] = UnavailableError("portal.unreachable")
    with qtbot.waitSignal(page.signed_out):
        page.model.sign_out()
    assert workspace.account.account is None


def test_page_follows_a_switch_of_language_without_a_restart(qtbot: QtBot, qapp: QApplication, page: MePage) -> None:
    languages = Languages()
    languages.use(Language.ENGLISH)
    try:
        button = page.findChild(QPushButton, "signOutButton")
        assert button is not None
        qtbot.waitUntil(lambda: button.text() == "Sign out")
        assert card(page, "workstations", WorkstationCard).enrol.text() == "Enrol by scan"
        line = page.findChild(QPushButton, "meSection_units")
        assert line is not None
        assert line.text() == "Organization"
    finally:
        languages.use(Language.CHINESE)


def test_every_control_has_a_name_for_tests_and_screen_readers(page: MePage) -> None:
    for section in page.sections:
        page.show_section(section.id)
    for kind in (QPushButton, QComboBox):
        for control in page.findChildren(kind):
            assert control.objectName(), control
            assert control.accessibleName() or not control.isVisible(), control.objectName()


class Brought(QLabel):
    """A section of somebody else's."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def receive(self, text: str) -> None:
        self.told.append(text)


def test_sections_brought_by_others_stand_in_order_and_take_the_place_of_own_ones(
    qtbot: QtBot, workspace: Workspace
) -> None:
    made: list[str] = []

    def maker(name: str) -> Callable[[], QWidget]:
        def make() -> QWidget:
            made.append(name)
            return Brought()

        return make

    brought = tuple(
        MeSection(id=i, title=lambda i=i: i, icon="info", factory=maker(i)) for i in ("more", "apps", "settings")
    )
    page = MePage(MeModel(workspace), sections=brought)
    qtbot.addWidget(page)
    page.show()
    listed = [section.id for section in page.sections]
    assert listed[-4:] == ["settings", "apps", "about", "more"]
    assert listed.count("settings") == 1
    assert made == []
    click(qtbot, page, "meSection_settings")
    assert made == ["settings"]
    page.receive("apps:android")
    shown = page.widget("apps")
    assert isinstance(shown, Brought)
    assert (page.section, shown.told, shown.isVisible()) == ("apps", ["android"], True)


def test_keyring_that_does_not_answer_is_said_at_the_workstation_and_nowhere_else(
    qtbot: QtBot, page: MePage, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked() -> object:
        raise UnavailableError("general.keyring_locked")

    monkeypatch.setattr(workspace.workstation, "_key", None)
    monkeypatch.setattr(workspace.workstation, "_load_key", locked)
    shown = card(page, "workstations", WorkstationCard)
    page.model.open()
    qtbot.waitUntil(shown.problem.isVisible)
    page.show_section("account")
    click(qtbot, page, "signOutButton")
    assert page.findChild(ConfirmDialog) is not None


def test_what_is_typed_in_a_section_is_open_work_of_the_page(page: MePage) -> None:
    assert page.open_work() == ""
    section = page.widget("security")
    assert isinstance(section, SecuritySection)
    section.shelf.setCurrentWidget(section.password_panel)
    section.password_panel.new.edit.setText("abc")
    assert page.open_work() == "填写中的登录密码尚未保存"
