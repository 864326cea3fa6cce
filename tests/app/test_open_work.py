"""What is half done is never thrown away without a question: on logging out and on a switch of the unit."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from desktop.domain.clock import ManualClock
from desktop.domain.operations import OrganizationKind
from desktop.testing import OfficeWorker, Platform, PreparedCompany, wait_until
from desktop.testing.rig import order_form
from desktop.ui.dialogs import ConfirmDialog

NAME = "江西省新名机电有限公司"
OTHER, OTHER_CODE = "江西省信诚工程招标代理有限公司", "91430000MA4L2B6X82"


def question(worker: OfficeWorker) -> str:
    dialog = worker.client.window.findChild(ConfirmDialog)
    return "" if dialog is None else " ".join(label.text() for label in dialog.findChildren(QLabel))


def begin_order(worker: OfficeWorker, _picture: Path) -> None:
    worker.screen.click("nav_certificates")
    worker.screen.click("newOrderButton")
    worker.screen.type_text("legalRepField", "陈国栋")


def begin_seal(worker: OfficeWorker, picture: Path) -> None:
    worker.screen.click("nav_seals")
    worker.screen.click("applySealButton")
    worker.hand_in("scanDrop", picture)


BEGINNINGS = {"证书申请": begin_order, "印章申请": begin_seal}


@pytest.mark.parametrize("what", BEGINNINGS)
def test_the_menu_asks_before_it_logs_out_of_a_half_filled_form(
    what: str, bidseal_company: PreparedCompany, bidseal_window: OfficeWorker
) -> None:
    BEGINNINGS[what](bidseal_window, bidseal_company.files.stamped_sheet)
    bidseal_window.client.sign_out()
    assert what in question(bidseal_window)
    bidseal_window.screen.click("confirmDialogCancel")
    bidseal_window.screen.wait_gone("confirmDialog")
    assert bidseal_window.client.workspace.account.account is not None
    bidseal_window.client.sign_out()
    bidseal_window.screen.click("confirmDialogConfirm")
    bidseal_window.screen.find("mobileField")


def test_the_page_of_the_account_names_what_a_logout_would_lose(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker
) -> None:
    begin_order(bidseal_window, Path())
    bidseal_window.screen.click("nav_me")
    bidseal_window.screen.click("meSection_account")
    bidseal_window.screen.click("signOutButton")
    assert "证书申请" in question(bidseal_window)


def test_nothing_open_is_not_asked_about(bidseal_company: PreparedCompany, bidseal_window: OfficeWorker) -> None:
    for page in ("certificates", "seals"):
        bidseal_window.screen.click(f"nav_{page}")
    bidseal_window.screen.click("applySealButton")  # opened, nothing typed
    bidseal_window.client.sign_out()
    bidseal_window.screen.find("mobileField")


def test_a_switch_on_my_page_asks_like_the_one_above_and_begins_all_pages_anew(
    bidseal_company: PreparedCompany,
    bidseal_window: OfficeWorker,
    bidseal_platform: Platform,
    bidseal_clock: ManualClock,
) -> None:
    bidseal_clock.advance(61)
    person = bidseal_platform.signed_in(bidseal_company.mobile)
    form = order_form(replace(bidseal_company.company, name=OTHER, credit_code=OTHER_CODE))
    order = person.place_order(form)
    bidseal_platform.operator.review_order(order.order_id, approve=True, unit_kind=OrganizationKind.BIDDER)
    account, screen = bidseal_window.client.workspace.account, bidseal_window.screen
    account.refresh()
    begin_order(bidseal_window, Path())
    screen.click("nav_me")
    screen.click("meSection_units")
    row = next(n for n, m in enumerate(account.memberships) if m.name == OTHER)
    screen.click(f"switchOrganization_{row}")
    assert "证书申请" in question(bidseal_window)
    screen.click("confirmDialogConfirm")
    wait_until(lambda: account.organization is not None and account.organization.name == OTHER, "the other unit")
    assert bidseal_window.client.window.current_id == "me"
    screen.click("nav_certificates")
    screen.click("newOrderButton")
    assert screen.text_of("orgNameField") == OTHER
    assert screen.text_of("legalRepField") == ""


def test_a_window_with_work_open_asks_before_it_closes(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker
) -> None:
    begin_order(bidseal_window, Path())
    window = bidseal_window.client.window
    window.close()
    assert "证书申请" in question(bidseal_window)
    bidseal_window.screen.click("confirmDialogCancel")
    bidseal_window.screen.wait_gone("confirmDialog")
    assert window.isVisible()
    window.close()
    bidseal_window.screen.click("confirmDialogConfirm")
    wait_until(lambda: not window.isVisible(), "the window to be closed")


def test_a_window_with_nothing_open_closes_at_once(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker
) -> None:
    assert bidseal_window.client.window.close()
    assert question(bidseal_window) == ""
