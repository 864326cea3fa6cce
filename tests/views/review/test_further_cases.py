"""Renewals, changes, reissues and identity checks at the review desk, at a real platform."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from stdnum.iso7064 import mod_11_2

from desktop.domain.clock import ManualClock
from desktop.domain.operations import CheckState, GrantState, MemberRole, OrderKind, OrderState
from desktop.phone.core import Phone
from desktop.portal.api import PlatformApi
from desktop.portal.unit_api import GrantForm
from desktop.services.download import DownloadAction
from desktop.services.workspace import Workspace
from desktop.testing.rig import OPERATOR_MOBILE, Company, PlatformHandle, order_form, scan_headless
from desktop.ui.page import Phase
from desktop.views.review.evidence import Piece
from desktop.views.review.model import Desk, ReviewModel
from desktop.views.review.page import ReviewPage
from tests.views.review.pictures import paper_pdf, paper_png

# Said by the offscreen platform whenever a window with a minimum size is shown.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

MOBILE = "13700000022"
_BODY = "11010119900307425"
ID_NUMBER = _BODY + mod_11_2.calc_check_digit(_BODY)


@pytest.fixture
def applicant(
    desk: Workspace, handle: PlatformHandle, company: Company, phone: Phone, clock: ManualClock
) -> PlatformApi:
    """A company's admin, who has a certificate."""
    desk.account.send_code(company.mobile)
    desk.account.sign_in_by_sms(company.mobile, handle.sms_code(company.mobile), remember=False)
    order = desk.api.place_order(order_form(company))
    handle.signed_in(OPERATOR_MOBILE).review_order(order.order_id, approve=True)
    scan_headless(desk, phone, DownloadAction(desk, desk.api.orders()[0]), credit_code=company.credit_code)
    clock.advance(120)  # until another code may be sent
    return handle.signed_in(company.mobile)


@pytest.fixture
def page(qtbot: QtBot, applicant: PlatformApi, desk: Workspace, handle: PlatformHandle) -> Iterator[ReviewPage]:
    """The review desk as the operator sees it."""
    desk.account.send_code(OPERATOR_MOBILE)
    desk.account.sign_in_by_sms(OPERATOR_MOBILE, handle.sms_code(OPERATOR_MOBILE), remember=False)
    made = ReviewPage(ReviewModel(desk))
    qtbot.addWidget(made)
    made.resize(920, 664)
    yield made
    qtbot.waitUntil(lambda: not made.model.state.is_deciding)


def opened(qtbot: QtBot, page: ReviewPage) -> None:
    page.show()

    def is_all_there() -> bool:
        state = page.model.state
        return page.approve.isEnabled() and (state.order is None or bool(state.present_name))

    qtbot.waitUntil(is_all_there)


def press(qtbot: QtBot, page: ReviewPage, name: str) -> None:
    button = page.findChild(QPushButton, name)
    assert button is not None, name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_change_is_looked_at_with_all_its_papers_and_takes_effect_on_approval(
    qtbot: QtBot, page: ReviewPage, applicant: PlatformApi, company: Company
) -> None:
    (certificate,) = applicant.certificates()
    papers = [
        ("a.png", paper_png("新营业执照"), "image/png"),
        ("b.pdf", paper_pdf("Notice of change"), "application/pdf"),
        ("c.png", paper_png("决议"), "image/png"),
    ]
    applicant.change(certificate.serial, organization_name="江西新名建设有限公司", papers=papers)
    opened(qtbot, page)
    assert page.model.state.desk is Desk.CHANGES
    assert [e.piece for e in page.model.state.evidence] == [Piece.PAPER_1, Piece.PAPER_2, Piece.PAPER_3]
    assert all(page.detail.panes[piece].picture.has_picture for piece in (Piece.PAPER_1, Piece.PAPER_2, Piece.PAPER_3))
    assert not page.detail.panes[Piece.LICENCE].isVisible()
    assert "作废" in page.detail.effect.text()
    assert page.model.state.present_name == company.name
    press(qtbot, page, "approveButton")
    qtbot.waitUntil(lambda: page.phase is Phase.EMPTY)
    assert [m.name for m in applicant.me()[1]] == ["江西新名建设有限公司"]


def test_renewal_needs_no_papers_to_be_approved(  # noqa: PLR0917 - all take part
    qtbot: QtBot,
    page: ReviewPage,
    applicant: PlatformApi,
    desk: Workspace,
    handle: PlatformHandle,
    company: Company,
    clock: ManualClock,
) -> None:
    (certificate,) = applicant.certificates()
    clock.advance(300 * 24 * 3600)
    handle.forget_sessions()
    again = handle.signed_in(company.mobile)
    again.renew(certificate.serial)
    desk.account.send_code(OPERATOR_MOBILE)
    desk.account.sign_in_by_sms(OPERATOR_MOBILE, handle.sms_code(OPERATOR_MOBILE), remember=False)
    opened(qtbot, page)
    assert page.model.state.evidence == ()
    press(qtbot, page, "approveButton")
    qtbot.waitUntil(lambda: page.phase is Phase.EMPTY)
    assert [o.state for o in again.orders() if o.kind is OrderKind.RENEW] == [OrderState.APPROVED]


def test_identity_check_shows_whom_the_papers_must_show_and_makes_the_member(
    qtbot: QtBot, page: ReviewPage, applicant: PlatformApi, handle: PlatformHandle
) -> None:
    unit = applicant.me()[1][0].organization_id
    form = GrantForm(name="李娜", id_number=ID_NUMBER, mobile=MOBILE, role=MemberRole.CERTIFICATE_USER)
    grant = applicant.give(unit, form)
    grantee = handle.signed_in(MOBILE)
    paper = ("id.png", paper_png("身份证"), "image/png")
    grantee.submit_for_grant(grant.grant_id, name="李娜", id_number=ID_NUMBER, papers=[paper])
    opened(qtbot, page)
    assert page.model.state.desk is Desk.CHECKS
    assert page.detail.heading.text() == "李娜"
    assert page.detail.panes[Piece.PAPER_1].picture.has_picture
    press(qtbot, page, "approveButton")
    qtbot.waitUntil(lambda: page.phase is Phase.EMPTY)
    assert [m.name for m in applicant.members(unit)][-1] == "李娜"
    assert [g.state for g in applicant.grants(unit)] == [GrantState.ACTIVE]


def test_rejected_identity_check_tells_the_grantee_why(
    qtbot: QtBot, page: ReviewPage, applicant: PlatformApi, handle: PlatformHandle
) -> None:
    unit = applicant.me()[1][0].organization_id
    form = GrantForm(name="李娜", id_number=ID_NUMBER, mobile=MOBILE, role=MemberRole.CERTIFICATE_USER)
    grant = applicant.give(unit, form)
    grantee = handle.signed_in(MOBILE)
    paper = ("id.png", paper_png("身份证"), "image/png")
    grantee.submit_for_grant(grant.grant_id, name="李娜", id_number=ID_NUMBER, papers=[paper])
    opened(qtbot, page)
    page.model.reject("照片不清晰")
    qtbot.waitUntil(lambda: page.phase is Phase.EMPTY)
    assert [(c.state, c.reason) for c in grantee.identity_checks()] == [(CheckState.REJECTED, "照片不清晰")]
    assert [(g.state, g.reason) for g in grantee.claimable()] == [(GrantState.REJECTED, "照片不清晰")]
