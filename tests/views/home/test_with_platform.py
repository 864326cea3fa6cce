"""What the home page says on the way from registration to a claimed seal, at a real platform with a real phone."""

import pytest
from pytestqt.qtbot import QtBot

from desktop.domain.operations import SealKind
from desktop.phone.core import Phone
from desktop.services.download import DownloadAction
from desktop.services.enrol import EnrolAction
from desktop.services.events import Changed
from desktop.services.seals import ClaimSealAction
from desktop.services.workspace import Workspace
from desktop.signing.imprint.synthetic import SealText
from desktop.testing.demo_files import drawn_seal
from desktop.testing.rig import OPERATOR_MOBILE, Company, PlatformHandle, order_form, scan_headless, seal_form
from desktop.ui.page import Phase
from desktop.views.home.model import HomeModel
from desktop.views.home.needs import NeedKind

# Said by the offscreen platform whenever a window with a minimum size is shown.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def test_home_page_leads_step_by_step_from_registration_to_a_claimed_seal(
    qtbot: QtBot, desk: Workspace, handle: PlatformHandle, company: Company, phone: Phone
) -> None:
    home = HomeModel(desk)
    operator = handle.signed_in(OPERATOR_MOBILE)

    def says(*kinds: NeedKind) -> None:
        home.open()
        qtbot.waitUntil(
            lambda: home.state.phase is Phase.NORMAL and [n.kind for n in home.state.needs] == list(kinds),
            timeout=10_000,
        )

    desk.account.send_code(company.mobile)
    desk.account.sign_in_by_sms(company.mobile, handle.sms_code(company.mobile), remember=False)
    says(NeedKind.ORDER_CERTIFICATE)
    order = desk.api.place_order(order_form(company))
    says(NeedKind.ORDER_IN_REVIEW)
    operator.review_order(order.order_id, approve=True)
    desk.bus.publish(Changed.ORDERS)
    says(NeedKind.DOWNLOAD)
    scan_headless(desk, phone, DownloadAction(desk, order), credit_code=company.credit_code)
    desk.account.refresh()
    says(NeedKind.ENROL, NeedKind.APPLY_FOR_SEAL)
    scan_headless(desk, phone, EnrolAction(desk), credit_code=company.credit_code)
    says(NeedKind.APPLY_FOR_SEAL)
    (certificate,) = desk.api.certificates()
    imprint = drawn_seal(SealKind.OFFICIAL, SealText(name=company.name))
    seal = desk.api.apply_for_seal(seal_form(certificate.serial, imprint))
    says(NeedKind.SEAL_IN_REVIEW)
    operator.review_seal(seal.seal_id, approve=True)
    says(NeedKind.CLAIM_SEAL)
    (approved,) = desk.api.seals()
    claim = ClaimSealAction(desk, approved, credit_code=company.credit_code)
    scan_headless(desk, phone, claim, credit_code=company.credit_code)
    says()
    assert {record.operation for record in home.state.recent} == {"download", "enrol_workstation", "claim_seal"}
    assert home.state.organization == company.name
