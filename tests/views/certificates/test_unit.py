"""授权管理 by the page: members, grants, and the grantee's way to the certificate (manual 9)."""

import pytest
from stdnum.iso7064 import mod_11_2

from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.operations import CertificateState, GrantState, MemberRole, OrderKind, OrderState
from desktop.phone.core import PhoneOutcome
from desktop.portal.unit_api import GrantForm
from desktop.testing.driver import WindowDriver, wait_until
from desktop.testing.rig import make_phone
from desktop.ui.kit import Label
from desktop.ui.page import Phase
from desktop.views.certificates import CertificatesPage
from desktop.views.certificates.state import Place
from desktop.views.certificates.unit_parts import MemberRow
from desktop.views.certificates.unit_state import GrantPart
from tests.views.certificates.test_following import attach
from tests.views.certificates.world import PNG, World, answer_scan

# Said by the offscreen platform whenever a window with a minimum size is shown.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

NAME, MOBILE = "李娜", "13700000022"
PAPER = ("id.png", PNG, "image/png")


_BODY = "11010119900307425"
ID_NUMBER = _BODY + mod_11_2.calc_check_digit(_BODY)


def grant_form(role: MemberRole = MemberRole.CERTIFICATE_USER) -> GrantForm:
    return GrantForm(name=NAME, id_number=ID_NUMBER, mobile=MOBILE, role=role)


def unit_of(world: World) -> str:
    organization = world.workspace.account.organization
    assert organization is not None
    return organization.organization_id


def open_unit(driver: WindowDriver, page: CertificatesPage) -> None:
    page.model.load()
    wait_until(lambda: page.model.state.in_unit, "the unit")
    driver.click("unitButton")
    wait_until(lambda: page.unit.phase is Phase.NORMAL, "the members")


def approved_member(world: World, role: MemberRole = MemberRole.CERTIFICATE_USER) -> str:
    """Have the grantee as a member; returns the account's id."""
    grant = world.workspace.api.give(unit_of(world), grant_form(role))
    grantee = world.handle.signed_in(MOBILE)
    check = grantee.submit_for_grant(grant.grant_id, name=NAME, id_number=ID_NUMBER, papers=[PAPER])
    world.operator().review_check(check.check_id, approve=True)
    return next(m.account_id for m in world.workspace.api.members(unit_of(world)) if m.name == NAME)


def fill(driver: WindowDriver, **changes: str) -> None:
    texts = {"grantName": NAME, "grantIdNumber": ID_NUMBER, "grantMobile": MOBILE}
    for name, text in (texts | changes).items():
        driver.type_text(name, text)


def confirm(driver: WindowDriver) -> None:
    driver.click("confirmDialogConfirm")
    driver.wait_gone("confirmDialog")


# -- admins ------------------------------------------------------------------------------------------------------------


def test_admin_grants_and_sees_the_grant_with_its_state(
    driver: WindowDriver, page: CertificatesPage, world: World
) -> None:
    world.certify()
    open_unit(driver, page)
    driver.click("addMemberButton")
    fill(driver)
    driver.click("submitGrantButton")
    wait_until(lambda: bool(page.model.unit.state.grants), "the grant")
    (grant,) = page.model.unit.state.grants
    assert (grant.name, grant.role, grant.state) == (NAME, MemberRole.CERTIFICATE_USER, GrantState.INVITED)
    shown = "\n".join(label.text() for label in page.unit.findChildren(Label) if label.isVisible())
    assert "待申领" in shown
    assert ID_NUMBER not in shown
    assert not driver.is_visible("grantName")
    driver.click("addMemberButton")
    assert page.unit.form.typed.id_number == ""


def test_grant_that_was_typed_and_not_given_is_open_work(
    driver: WindowDriver, page: CertificatesPage, world: World
) -> None:
    world.certify()
    open_unit(driver, page)
    driver.click("addMemberButton")
    assert page.open_work() == ""
    driver.type_text("grantName", NAME)
    assert page.open_work() == "填写中的成员授权尚未提交"
    driver.click("cancelGrantButton")
    assert page.open_work() == ""


def test_wrong_check_digit_is_said_as_soon_as_the_number_is_whole(
    driver: WindowDriver, page: CertificatesPage, world: World
) -> None:
    world.certify()
    open_unit(driver, page)
    driver.click("addMemberButton")
    wrong = ID_NUMBER[:-1] + ("0" if ID_NUMBER[-1] != "0" else "1")
    driver.type_text("grantIdNumber", wrong)
    assert "校验位" in page.unit.form.fields[GrantPart.ID_NUMBER].error
    driver.type_text("grantIdNumber", ID_NUMBER)
    assert page.unit.form.fields[GrantPart.ID_NUMBER].error == ""


def test_empty_and_wrong_fields_are_refused_before_anything_is_sent(
    driver: WindowDriver, page: CertificatesPage, world: World
) -> None:
    world.certify()
    open_unit(driver, page)
    driver.click("addMemberButton")
    driver.click("submitGrantButton")
    assert all(field.error for field in page.unit.form.fields.values())
    fill(driver, grantMobile="12345")
    driver.click("submitGrantButton")
    assert "11 位" in page.unit.form.fields[GrantPart.MOBILE].error
    assert world.workspace.api.grants(unit_of(world)) == ()


def test_open_grant_is_revoked_only_after_a_confirmation(
    driver: WindowDriver, page: CertificatesPage, world: World
) -> None:
    world.certify()
    grant = world.workspace.api.give(unit_of(world), grant_form())
    open_unit(driver, page)
    driver.click(f"revokeGrant_{grant.grant_id}")
    driver.click("confirmDialogCancel")
    driver.wait_gone("confirmDialog")
    assert [g.state for g in world.workspace.api.grants(unit_of(world))] == [GrantState.INVITED]
    driver.click(f"revokeGrant_{grant.grant_id}")
    confirm(driver)
    wait_until(lambda: page.model.unit.state.past_grants != (), "the revocation")
    assert [g.state for g in world.workspace.api.grants(unit_of(world))] == [GrantState.REVOKED]


def test_rows_stay_as_high_as_their_words_in_a_window_with_room_to_spare(
    driver: WindowDriver, page: CertificatesPage, world: World
) -> None:
    world.certify()
    page.resize(1060, 900)
    open_unit(driver, page)
    (row,) = page.unit.members.findChildren(MemberRow)
    for widget in (row, page.unit.members):
        wait_until(lambda w=widget: w.height() == w.sizeHint().height(), "no more room than is needed")  # type: ignore[misc]


def test_last_admin_is_told_why_he_stays_and_has_nothing_to_press(
    driver: WindowDriver, page: CertificatesPage, world: World
) -> None:
    world.certify()
    open_unit(driver, page)
    (admin,) = page.model.unit.state.members
    assert driver.find(f"lastAdmin_{admin.account_id}", Label).text() == "最后一名管理员, 不能移除"
    assert not driver.is_visible(f"removeMember_{admin.account_id}")
    page.model.unit.remove(admin.account_id)
    assert page.model.unit.state.problem_code == "platform.last_admin"
    with pytest.raises(RejectedError, match="last_admin"):
        world.workspace.api.remove_member(unit_of(world), admin.account_id)


def test_member_becomes_admin_and_the_first_one_may_then_leave(
    driver: WindowDriver, page: CertificatesPage, world: World
) -> None:
    world.certify()
    member = approved_member(world)
    open_unit(driver, page)
    driver.click(f"setRole_{member}")
    confirm(driver)
    wait_until(lambda: {m.role for m in page.model.unit.state.members} == {MemberRole.CERTIFICATE_ADMIN}, "two admins")
    own = next(m for m in page.model.unit.state.members if m.is_self)
    driver.click(f"removeMember_{own.account_id}")
    confirm(driver)
    wait_until(lambda: world.workspace.account.organization is None, "no unit any more")
    wait_until(lambda: page.model.state.place is Place.OVERVIEW, "the overview")
    assert not driver.is_visible("unitButton")


def test_removed_member_loses_the_certificate_at_once(
    driver: WindowDriver, page: CertificatesPage, world: World
) -> None:
    world.certify()
    member = approved_member(world)
    open_unit(driver, page)
    driver.click(f"removeMember_{member}")
    confirm(driver)
    wait_until(lambda: len(page.model.unit.state.members) == 1, "the removal")
    grantee = world.handle.signed_in(MOBILE)
    assert grantee.me()[1] == ()
    assert {o.state for o in grantee.orders()} == {OrderState.REJECTED}


# -- users and grantees ------------------------------------------------------------------------------------------------


def test_grantee_claims_shows_papers_and_downloads_then_sees_the_admins_without_buttons(
    driver: WindowDriver, page: CertificatesPage, world: World
) -> None:
    world.certify()
    world.workspace.api.give(unit_of(world), grant_form())
    world.workspace.account.sign_out()
    world.sign_in(MOBILE)
    wait_until(lambda: bool(page.model.state.claimable), "the claimable certificate")
    driver.click("claimButton")
    assert page.model.state.place is Place.FOLLOW
    driver.type_text("claimNameField", NAME)
    driver.type_text("claimIdField", ID_NUMBER)
    attach(driver, page, world, "身份证.png")
    driver.click("submitFollowButton")
    wait_until(lambda: page.model.state.place is Place.OVERVIEW, "the overview")
    wait_until(
        lambda: [g.state for g in page.model.state.claimable] == [GrantState.PENDING_REVIEW], "the papers in review"
    )
    assert not driver.is_visible("claimButton")
    operator = world.operator()
    (check,) = operator.checks_to_review()
    operator.review_check(check.check_id, approve=True)
    page.model.load()
    wait_until(lambda: any(o.kind is OrderKind.GRANT for o in page.model.state.orders), "the order")
    driver.click("downloadButton")
    phone = make_phone(world.handle, world.folder / "phone2", world.clock, name="李娜的手机")
    assert answer_scan(driver, phone).outcome is PhoneOutcome.DONE
    own = [c for c in world.workspace.api.certificates() if c.mine]
    assert [(c.holder_name, c.state) for c in own] == [(NAME, CertificateState.VALID)]
    open_unit(driver, page)
    assert "证书使用人" in driver.find("unitIntro", Label).text()
    assert [m.role for m in page.model.unit.state.members if not m.is_self] == [MemberRole.CERTIFICATE_ADMIN]
    assert not driver.is_visible("addMemberButton")
    for member in page.model.unit.state.members:
        assert not driver.is_visible(f"removeMember_{member.account_id}")
    with pytest.raises(RejectedError, match="forbidden"):
        world.workspace.api.give(unit_of(world), grant_form())


def test_papers_of_another_person_than_the_one_granted_are_refused_and_nothing_typed_is_lost(
    driver: WindowDriver, page: CertificatesPage, world: World
) -> None:
    world.certify()
    world.workspace.api.give(unit_of(world), grant_form())
    world.workspace.account.sign_out()
    world.sign_in(MOBILE)
    wait_until(lambda: bool(page.model.state.claimable), "the claimable certificate")
    driver.click("claimButton")
    driver.type_text("claimNameField", "王芳")
    driver.type_text("claimIdField", ID_NUMBER)
    attach(driver, page, world, "身份证.png")
    driver.click("submitFollowButton")
    wait_until(lambda: driver.is_visible("followBanner"), "the refusal")
    assert page.model.follow.state.problem_code == "platform.identity_differs"
    assert page.follow.typed.name == "王芳"


def test_people_that_cannot_be_listed_are_said_so_and_the_way_back_stays(
    driver: WindowDriver, page: CertificatesPage, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.certify()
    page.model.load()
    wait_until(lambda: page.model.state.in_unit, "the unit")

    def away(_unit: str) -> None:
        raise UnavailableError("portal.unreachable")

    with monkeypatch.context() as patch:
        patch.setattr(world.workspace.api, "members", away)
        driver.click("unitButton")
        wait_until(lambda: page.unit.phase is Phase.OFFLINE, "the offline face")
    page.model.unit.load()
    wait_until(lambda: page.unit.phase is Phase.NORMAL, "the members")
    driver.click("unitBack")
    assert page.model.state.place is Place.OVERVIEW
