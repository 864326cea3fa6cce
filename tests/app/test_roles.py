"""Who sees what: the pages of each role, the unit one works for, the bell; the platform refuses what is not shown."""

from dataclasses import replace

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton

from desktop.domain.clock import ManualClock
from desktop.domain.errors import RejectedError
from desktop.domain.operations import MemberRole, OrganizationKind
from desktop.portal.api import PlatformApi
from desktop.portal.unit_api import GrantForm
from desktop.testing import OfficeWorker, Platform, PreparedCompany, wait_until
from desktop.testing.prepared import sign_in
from desktop.testing.rig import OPERATOR_MOBILE, order_form
from desktop.ui.dialogs import ConfirmDialog
from desktop.ui.kit import SyncState

AGENCY = "江西省信诚工程招标代理有限公司"
AGENCY_CODE = "91430000MA4L2B6X82"
BIDDER = ["home", "projects", "sealing", "verify", "certificates", "seals", "records", "me"]
AGENT = ["home", "publish", "room", "sealing", "verify", "certificates", "seals", "records", "me"]


def rail(worker: OfficeWorker) -> list[str]:
    worker.screen.find("nav_me")
    return [
        entry for entry in (*BIDDER, "publish", "room", "opening", "review") if worker.screen.is_visible(f"nav_{entry}")
    ]


@pytest.fixture
def person(
    bidseal_company: PreparedCompany,
    bidseal_window: OfficeWorker,
    bidseal_platform: Platform,
    bidseal_clock: ManualClock,
) -> PlatformApi:
    """The company's person at another desk; a code was sent for this one a moment ago."""
    assert bidseal_window
    bidseal_clock.advance(61)
    return bidseal_platform.signed_in(bidseal_company.mobile)


def join_agency(person: PlatformApi, company: PreparedCompany, platform: Platform, worker: OfficeWorker) -> str:
    """Make the company's person member of a tender agency as well; return that unit's id."""
    order = person.place_order(order_form(replace(company.company, name=AGENCY, credit_code=AGENCY_CODE)))
    platform.operator.review_order(order.order_id, approve=True, unit_kind=OrganizationKind.AGENCY)
    account = worker.client.workspace.account
    account.refresh()
    return next(m.organization_id for m in account.memberships if m.name == AGENCY)


def act_for(worker: OfficeWorker, unit: str) -> None:
    action = worker.client.window.findChild(QAction, f"unit_{unit}")
    assert action is not None
    action.trigger()


def test_a_bidder_s_pages_and_role_stand_in_rail_and_header(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker
) -> None:
    assert sorted(rail(bidseal_window)) == sorted(BIDDER)
    assert bidseal_window.screen.text_of("organization") == f"{bidseal_company.name}  ·  证书管理员"
    assert not bidseal_window.screen.is_visible("unitMenu")


def test_a_person_in_two_units_switches_and_the_pages_follow(
    person: PlatformApi, bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_platform: Platform
) -> None:
    screen, account = bidseal_window.screen, bidseal_window.client.workspace.account
    unit = join_agency(person, bidseal_company, bidseal_platform, bidseal_window)
    assert account.organization is not None
    first = account.organization.organization_id
    assert AGENCY not in screen.find("unitMenu", QToolButton).text()
    screen.click("nav_records")
    screen.find("recordsTable")
    act_for(bidseal_window, unit)
    assert sorted(rail(bidseal_window)) == sorted(AGENT)
    assert bidseal_window.client.window.current_id == "records"
    assert screen.find("unitMenu", QToolButton).text().startswith(AGENCY)
    screen.find("emptyState")  # the agency has used nothing yet
    screen.click("nav_home")
    wait_until(lambda: screen.text_of("homeOrganization").startswith(AGENCY), "the home page of the agency")
    screen.click("nav_sealing")
    screen.find("emptyState")  # the certificate on the phone is the other unit's
    act_for(bidseal_window, first)
    assert sorted(rail(bidseal_window)) == sorted(BIDDER)
    screen.find("sealDrop")


def test_open_work_is_asked_about_before_a_switch_and_kept_on_cancel(
    person: PlatformApi, bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_platform: Platform
) -> None:
    window, account = bidseal_window.client.window, bidseal_window.client.workspace.account
    unit = join_agency(person, bidseal_company, bidseal_platform, bidseal_window)
    bidseal_window.open_document(bidseal_company.document())
    act_for(bidseal_window, unit)
    dialog = window.findChild(ConfirmDialog)
    assert dialog is not None
    assert any("1 个尚未签章的文件" in label.text() for label in dialog.findChildren(QLabel))
    bidseal_window.screen.click("confirmDialogCancel")
    assert account.organization is not None
    assert account.organization.name == bidseal_company.name
    assert bidseal_window.screen.is_visible("pageCanvas")
    act_for(bidseal_window, unit)
    bidseal_window.screen.click("confirmDialogConfirm")
    wait_until(lambda: account.organization is not None and account.organization.name == AGENCY, "the other unit")


def test_the_operator_has_the_review_desk_and_no_unit(bidseal_window: OfficeWorker, bidseal_platform: Platform) -> None:
    sign_in(bidseal_window.client.workspace, bidseal_platform, OPERATOR_MOBILE)
    bidseal_window.screen.find("nav_review")
    assert sorted(rail(bidseal_window)) == ["me", "review", "verify"]
    bidseal_window.client.go("seals", "new")  # what this role does not have stays away
    assert bidseal_window.client.window.current_id == "review"


def test_pages_that_a_role_does_not_have_are_refused_by_the_platform_too(
    person: PlatformApi, bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_platform: Platform
) -> None:
    join_agency(person, bidseal_company, bidseal_platform, bidseal_window)
    agent, stranger = person, bidseal_platform.signed_in("13511112222")
    unit = bidseal_window.client.workspace.account.memberships[0].organization_id
    form = GrantForm(
        name="李四", id_number="11010519491231002X", mobile="13511112223", role=MemberRole.CERTIFICATE_USER
    )
    for refused in (
        agent.orders_to_review,
        agent.seals_to_review,
        lambda: stranger.members(unit),
        lambda: stranger.give(unit, form),
        lambda: bidseal_platform.operator.members(unit),
        lambda: bidseal_platform.operator.give(unit, form),
    ):
        with pytest.raises(RejectedError, match=r"platform\.(forbidden|not_found)"):
            refused()


def test_the_bell_counts_unread_notices_and_opens_my_page(
    person: PlatformApi, bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_platform: Platform
) -> None:
    screen, window = bidseal_window.screen, bidseal_window.client.window
    unread = person.notices().unread
    assert unread > 0
    wait_until(lambda: window.header.bell.unread == unread, "the number of unread notices")
    person.mark_read([notice.number for notice in person.notices().notices])
    screen.click("noticeBell")
    assert window.current_id == "me"
    wait_until(lambda: window.header.bell.unread == 0, "no unread notice any more")


def test_the_list_of_my_page_has_the_number_of_the_bell(
    person: PlatformApi, bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_platform: Platform
) -> None:
    screen, window = bidseal_window.screen, bidseal_window.client.window
    listed = person.notices()
    assert listed.unread > 1
    screen.click("nav_me")
    line = screen.find("meSection_notices", QPushButton)
    wait_until(lambda: f"({listed.unread})" in line.text(), "the number in the list")
    person.mark_read([listed.notices[0].number])
    screen.click("nav_home")
    wait_until(lambda: window.header.bell.unread == listed.unread - 1, "the number of the bell")
    assert f"({listed.unread - 1})" in line.text()


def test_a_clock_out_of_step_leads_to_the_connection_check(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker
) -> None:
    window = bidseal_window.client.window
    window.set_sync_state(SyncState.UNSYNCED)
    bidseal_window.screen.click("serverClock")
    assert window.current_id == "me"


def test_a_certificate_leads_to_sealing_with_it(bidseal_company: PreparedCompany, bidseal_window: OfficeWorker) -> None:
    screen, client = bidseal_window.screen, bidseal_window.client
    (certificate,) = client.workspace.api.certificates()
    client.go("certificates", str(certificate.serial))
    screen.click("sealWithButton")
    assert client.window.current_id == "sealing"
    screen.find("sealDrop")
    page = client.window.page("sealing")
    wait_until(lambda: page._model.state.serial == certificate.serial, "the certificate")  # type: ignore[attr-defined]


def test_a_verified_document_leads_to_sealing_it(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker
) -> None:
    screen = bidseal_window.screen
    screen.click("nav_verify")
    bidseal_window.hand.hold(bidseal_company.document())
    screen.click("verifyDropChoose")
    screen.click("sealVerified_0")
    screen.find("pageCanvas")
    assert bidseal_window.client.window.current_id == "sealing"
