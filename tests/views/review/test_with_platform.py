"""Reviewing by the page at a real platform."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.domain.operations import OrderState, OrganizationKind
from desktop.services.workspace import Workspace
from desktop.testing.rig import OPERATOR_MOBILE, Company, PlatformHandle, order_form
from desktop.ui.page import Phase
from desktop.views.review.model import ReviewModel
from desktop.views.review.page import ReviewPage
from desktop.views.review.reject import RejectDialog

# Said by the offscreen platform whenever a window with a minimum size is shown.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def page(qtbot: QtBot, desk: Workspace, handle: PlatformHandle) -> Iterator[ReviewPage]:
    """The review desk as the operator sees it."""
    desk.account.send_code(OPERATOR_MOBILE)
    desk.account.sign_in_by_sms(OPERATOR_MOBILE, handle.sms_code(OPERATOR_MOBILE), remember=False)
    made = ReviewPage(ReviewModel(desk))
    qtbot.addWidget(made)
    made.resize(920, 664)
    made.show()
    qtbot.waitUntil(lambda: made.phase is not Phase.LOADING)
    yield made
    qtbot.waitUntil(lambda: not made.model.state.is_deciding)


def press(qtbot: QtBot, page: ReviewPage, name: str) -> None:
    button = page.findChild(QPushButton, name)
    assert button is not None, name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def looked_at(qtbot: QtBot, page: ReviewPage) -> None:
    page.model.open()
    qtbot.waitUntil(lambda: len(page.model.state.evidence) == 2 and page.approve.isEnabled())


def test_approved_order_can_be_downloaded_by_its_applicant(
    qtbot: QtBot, page: ReviewPage, handle: PlatformHandle, company: Company
) -> None:
    applicant = handle.signed_in(company.mobile)
    applicant.place_order(order_form(company))
    looked_at(qtbot, page)
    assert page.detail.heading.text() == company.name
    press(qtbot, page, "approveButton")
    qtbot.waitUntil(lambda: page.phase is Phase.EMPTY)
    assert [order.state for order in applicant.orders()] == [OrderState.APPROVED]


def test_a_unit_admitted_as_tender_agency_is_one_and_the_next_order_begins_as_bidder_again(
    qtbot: QtBot, page: ReviewPage, handle: PlatformHandle, company: Company
) -> None:
    applicant = handle.signed_in(company.mobile)
    applicant.place_order(order_form(company))
    looked_at(qtbot, page)
    press(qtbot, page, "reviewUnitKind_agency")
    press(qtbot, page, "approveButton")
    qtbot.waitUntil(lambda: page.phase is Phase.EMPTY)
    _account, (unit,) = applicant.me()
    assert unit.kind is OrganizationKind.AGENCY
    assert page.model.state.unit_kind is OrganizationKind.BIDDER


def test_rejected_order_tells_its_applicant_why(
    qtbot: QtBot, page: ReviewPage, handle: PlatformHandle, company: Company
) -> None:
    applicant = handle.signed_in(company.mobile)
    applicant.place_order(order_form(company))
    looked_at(qtbot, page)
    press(qtbot, page, "rejectButton")
    dialog = page.findChild(RejectDialog)
    assert dialog is not None
    field = dialog.findChild(QPlainTextEdit, "reasonField")
    assert field is not None
    field.setPlainText("营业执照照片不清晰")
    qtbot.mouseClick(dialog.confirm, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.phase is Phase.EMPTY)
    (order,) = applicant.orders()
    assert (order.state, order.reason) == (OrderState.REJECTED, "营业执照照片不清晰")


def test_own_application_is_refused_by_the_platform_and_stays_pending(
    qtbot: QtBot, page: ReviewPage, desk: Workspace, company: Company
) -> None:
    desk.api.place_order(order_form(company))
    looked_at(qtbot, page)
    press(qtbot, page, "approveButton")
    qtbot.waitUntil(page.banner.isVisible)
    assert page.model.state.problem_code == "platform.own_application"
    assert [order.state for order in desk.api.orders()] == [OrderState.PENDING_REVIEW]
