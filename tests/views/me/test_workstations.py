"""The enrolled workstations of the person's units, against the platform itself."""

import pytest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.clock import ManualClock
from desktop.phone.core import Phone
from desktop.services.download import DownloadAction
from desktop.services.enrol import EnrolAction
from desktop.services.workspace import Workspace
from desktop.testing.rig import Company, PlatformHandle, order_form, scan_headless
from desktop.ui.dialogs import ConfirmDialog
from desktop.ui.page import Phase
from desktop.views.me.workstations_card import EnrolledCard
from desktop.views.me.workstations_model import WorkstationsModel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def enrolled(desk: Workspace, handle: PlatformHandle, company: Company, phone: Phone) -> Workspace:
    """A workstation whose person has a certificate and has enrolled it."""
    desk.account.send_code(company.mobile)
    desk.account.sign_in_by_sms(company.mobile, handle.sms_code(company.mobile), remember=False)
    order = desk.api.place_order(order_form(company))
    handle.signed_in("13900000000").review_order(order.order_id, approve=True)
    assert scan_headless(desk, phone, DownloadAction(desk, order), credit_code=company.credit_code)[0].problem == ""
    desk.account.refresh()
    assert scan_headless(desk, phone, EnrolAction(desk), credit_code=company.credit_code)[0].problem == ""
    return desk


@pytest.fixture
def card(qtbot: QtBot, enrolled: Workspace) -> EnrolledCard:
    made = EnrolledCard(WorkstationsModel(enrolled))
    qtbot.addWidget(made)
    made.resize(760, 400)
    made.show()
    qtbot.waitUntil(lambda: made.model.state.phase is Phase.NORMAL)
    return made


def test_workstation_is_listed_with_unit_person_and_time_and_marked_as_this_one(
    card: EnrolledCard, company: Company
) -> None:
    (entry,) = card.model.state.entries
    assert (entry.name, entry.organization_name, entry.enrolled_by) == ("投标工位一", company.name, company.holder)
    assert entry.may_remove
    assert card.findChild(QWidget, "ownWorkstation_0") is not None


def test_removing_asks_first_and_ends_the_enrolment_on_both_sides(
    qtbot: QtBot, card: EnrolledCard, enrolled: Workspace, company: Company
) -> None:
    assert enrolled.workstation.is_enrolled_for(company.credit_code)
    remove = card.findChild(QPushButton, "removeWorkstation_0")
    assert remove is not None
    remove.click()
    dialog = card.findChild(ConfirmDialog)
    assert dialog is not None
    assert dialog.back.isDefault()
    dialog.confirm.click()
    qtbot.waitUntil(lambda: card.model.state.phase is Phase.EMPTY)
    assert card.hint.text() == "您的单位还没有登记工位。"
    assert enrolled.api.workstation_entries() == ()
    assert not enrolled.workstation.is_enrolled_for(company.credit_code)
    kinds = [notice.kind for notice in enrolled.api.notices().notices]
    assert kinds[:2] == ["workstation_removed", "workstation_enrolled"]


def test_one_that_somebody_else_has_removed_is_said_to_be_gone(
    qtbot: QtBot, card: EnrolledCard, enrolled: Workspace, clock: ManualClock
) -> None:
    (entry,) = card.model.state.entries
    enrolled.api.remove_workstation(entry.entry_id)
    card.model.remove(entry.entry_id)
    qtbot.waitUntil(lambda: card.model.state.phase is Phase.EMPTY)
    assert card.banner.isVisible()
    del clock


def test_without_the_platform_the_card_says_so_and_offers_another_try(
    qtbot: QtBot, enrolled: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from desktop.domain.errors import UnavailableError
    from desktop.portal.api import PlatformApi

    def away(_api: object) -> object:
        raise UnavailableError("portal.unreachable")

    with monkeypatch.context() as patch:
        patch.setattr(PlatformApi, "workstation_entries", away)
        card = EnrolledCard(WorkstationsModel(enrolled))
        qtbot.addWidget(card)
        card.show()
        qtbot.waitUntil(card.banner.isVisible)
    again = card.findChild(QPushButton, "enrolledBannerAction")
    assert again is not None
    again.click()
    qtbot.waitUntil(lambda: card.model.state.phase is Phase.NORMAL)
