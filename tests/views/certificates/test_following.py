"""Renewal, change and reissue by the page, each from the wish to its consequences (manual 5 to 7)."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from desktop.crypto.certificates import read_certificate
from desktop.domain.errors import UnavailableError
from desktop.domain.operations import CertificateState, OrderKind, OrderState, SealState
from desktop.phone.core import Phone, PhoneOutcome
from desktop.testing.driver import WindowDriver, wait_until
from desktop.testing.rig import make_phone
from desktop.ui.kit import Banner, Label
from desktop.ui.page import Phase
from desktop.views.certificates import CertificatesModel, CertificatesPage
from desktop.views.certificates.follow_state import Part, Way
from desktop.views.certificates.state import Place
from tests.views.certificates.world import NAME, World, answer_scan

# Said by the offscreen platform whenever a window with a minimum size is shown.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

NEW_NAME = "江西省赣南高速公路建设集团有限公司"


def ready(world: World) -> tuple[Phone, str]:
    """A company with a certificate and a claimed seal; returns phone and serial number."""
    phone = world.certify()
    (certificate,) = world.workspace.api.certificates()
    world.claimed_seal(phone, certificate.serial)
    return phone, certificate.serial


def said(driver: WindowDriver, name: str) -> str:
    """All that a visible widget says."""
    return "\n".join(label.text() for label in driver.find(name).findChildren(Label) if label.isVisible())


def open_detail(page: CertificatesPage, serial: str) -> None:
    page.model.receive(serial)
    wait_until(lambda: page.model.state.place is Place.DETAIL and page.model.state.serial == serial, "the detail")


def attach(driver: WindowDriver, page: CertificatesPage, world: World, *names: str) -> None:
    for name in names:
        before = len(page.model.follow.state.papers)
        world.picks.files.append(world.file(name))
        driver.click("followPapersChoose")
        wait_until(lambda n=before: len(page.model.follow.state.papers) == n + 1, "the paper")


def looked_up(page: CertificatesPage) -> None:
    wait_until(lambda: page.model.follow.state.affected is not None, "what hangs on the certificate")


def submitted(page: CertificatesPage, kind: OrderKind) -> None:
    wait_until(lambda: page.model.state.place is Place.OVERVIEW, "the overview")
    wait_until(lambda: any(o.kind is kind for o in page.model.state.orders), "the order in the list")


def downloaded(driver: WindowDriver, page: CertificatesPage, phone: Phone) -> None:
    page.model.load()
    wait_until(lambda: any(o.state is OrderState.APPROVED for o in page.model.state.orders), "the approval")
    driver.click("downloadButton")
    assert answer_scan(driver, phone).outcome is PhoneOutcome.DONE
    wait_until(lambda: page.model.state.arrived is not None, "what has arrived")


# -- renewal -----------------------------------------------------------------------------------------------------------


def test_renewal_is_not_offered_before_the_last_three_months(
    driver: WindowDriver, page: CertificatesPage, world: World
) -> None:
    _, serial = ready(world)
    open_detail(page, serial)
    assert not driver.is_visible("renewButton")
    assert page.model.state.ways == (Way.CHANGE, Way.REISSUE)


def test_certificate_is_renewed_from_wish_to_download_and_its_seal_goes_on(
    driver: WindowDriver, page: CertificatesPage, world: World
) -> None:
    phone, serial = ready(world)
    world.later(300)
    open_detail(page, serial)
    driver.click("renewButton")
    looked_up(page)
    assert "旧密钥保留在手机中" in said(driver, "followNotice")
    assert driver.find("followSeals", Label).text() == "随新证书继续使用的印章: 企业公章"
    driver.click("submitFollowButton")
    submitted(page, OrderKind.RENEW)
    open_detail(page, serial)
    assert not driver.is_visible("renewButton")
    assert driver.find("certificateFollowed", Label).text() == "办理中: 证书延期, 待审核"
    driver.click("certificateBack")
    world.approve(OrderKind.RENEW)
    downloaded(driver, page, phone)
    assert driver.find("arrivedBanner", Banner).isVisible()
    assert "1 枚印章" in said(driver, "arrivedBanner")
    (seal,) = world.workspace.api.seals()
    assert (seal.state, seal.certificate_serial != serial) == (SealState.CLAIMED, True)
    open_detail(page, serial)
    assert page.model.state.ways == ()
    assert "接替" in driver.find("certificateFollowed", Label).text()


# -- change ------------------------------------------------------------------------------------------------------------


def test_change_of_name_voids_the_seal_at_once_and_leads_to_a_new_application(
    qtbot: QtBot, driver: WindowDriver, page: CertificatesPage, world: World
) -> None:
    phone, serial = ready(world)
    open_detail(page, serial)
    driver.click("changeButton")
    looked_up(page)
    assert driver.find("followSeals", Label).text() == "将作废的印章: 企业公章"
    driver.type_text("newNameField", NEW_NAME)
    attach(driver, page, world, "新营业执照.png", "变更通知书.png")
    driver.click("submitFollowButton")
    submitted(page, OrderKind.CHANGE)
    (order,) = (o for o in world.operator().orders_to_review() if o.kind is OrderKind.CHANGE)
    assert (order.organization_name, order.papers, order.predecessor) == (NEW_NAME, 2, serial)
    world.approve(OrderKind.CHANGE)
    (seal,) = world.workspace.api.seals()
    assert seal.state is SealState.VOID
    assert [c.state for c in world.workspace.api.certificates()] == [CertificateState.REVOKED]
    downloaded(driver, page, phone)
    organization = world.workspace.account.organization
    assert organization is not None
    assert organization.name == NEW_NAME
    (newest,) = (c for c in world.workspace.api.certificates() if c.state is CertificateState.VALID)
    assert read_certificate(newest.sign_cert).organization == NEW_NAME
    with qtbot.waitSignal(page.navigate) as asked:
        driver.click("arrivedBannerAction")
    assert asked.args == ["seals", "new"]


def test_change_without_papers_or_to_the_same_name_is_refused_at_its_place(
    driver: WindowDriver, page: CertificatesPage, world: World
) -> None:
    _, serial = ready(world)
    open_detail(page, serial)
    driver.click("changeButton")
    driver.type_text("newNameField", NAME)
    driver.click("submitFollowButton")
    assert page.follow.fields[Part.ORGANIZATION].error == "与证书中的单位名称相同, 无需变更"
    assert driver.find("followPapersFault", Label).text() == "请上传材料"
    assert not page.follow.fields[Part.ORGANIZATION].visibleRegion().isEmpty()
    world.picks.files.append(world.file("程序.pdf", b"MZ"))
    driver.click("followPapersChoose")
    wait_until(lambda: "PDF" in driver.find("followPapersFault", Label).text(), "the fault")
    assert [o.kind for o in world.workspace.api.orders()] == [OrderKind.NEW]


def test_papers_can_be_taken_back_out_and_no_more_than_eight_are_taken(
    driver: WindowDriver, page: CertificatesPage, world: World
) -> None:
    _, serial = ready(world)
    open_detail(page, serial)
    driver.click("changeButton")
    attach(driver, page, world, "一.png", "二.png")
    driver.click("followPapersRemove0")
    assert [p.name for p in page.model.follow.state.papers] == ["二.png"]
    page.model.follow.attach([world.file("三.png")] * 8)
    assert driver.find("followPapersFault", Label).text() == "最多上传 8 份材料"


def test_refused_change_opens_its_own_form_again(driver: WindowDriver, page: CertificatesPage, world: World) -> None:
    _, serial = ready(world)
    world.workspace.api.change(serial, organization_name=NEW_NAME, papers=[("a.pdf", b"%PDF-1.7 x", "application/pdf")])
    operator = world.operator()
    (order,) = operator.orders_to_review()
    operator.review_order(order.order_id, approve=False, reason="材料不全")
    page.model.load()
    wait_until(lambda: any(o.state is OrderState.REJECTED for o in page.model.state.orders), "the refusal")
    driver.click(f"orderAgain_{order.order_id}")
    assert page.model.state.place is Place.FOLLOW
    assert page.model.follow.state.way is Way.CHANGE
    assert not page.follow.notice.visibleRegion().isEmpty()
    driver.click("submitFollowButton")
    assert not page.follow.fields[Part.ORGANIZATION].visibleRegion().isEmpty()
    driver.click("followBack")
    driver.click("reissueButton")
    wait_until(lambda: not page.follow.notice.visibleRegion().isEmpty(), "the warning in sight")
    driver.click("followBack")
    assert page.model.state.place is Place.DETAIL


# -- reissue -----------------------------------------------------------------------------------------------------------


def test_lost_phone_is_replaced_and_the_seal_claimed_again_without_a_review(
    qtbot: QtBot, driver: WindowDriver, page: CertificatesPage, world: World
) -> None:
    _, serial = ready(world)
    open_detail(page, serial)
    driver.click("reissueButton")
    looked_up(page)
    assert "无法解密" in said(driver, "followNotice")
    assert driver.find("followSeals", Label).text() == "补办后可重新申领的印章: 企业公章"
    driver.click("submitFollowButton")
    assert driver.find("followPapersFault", Label).text() == "请上传材料"
    attach(driver, page, world, "身份证正面.png", "身份证反面.png")
    driver.click("submitFollowButton")
    submitted(page, OrderKind.REISSUE)
    world.approve(OrderKind.REISSUE)
    assert [c.state for c in world.workspace.api.certificates()] == [CertificateState.REVOKED]
    new_phone = make_phone(world.handle, world.folder / "phone2", world.clock)
    downloaded(driver, page, new_phone)
    (seal,) = world.workspace.api.seals()
    assert (seal.state, seal.certificate_serial != serial) == (SealState.APPROVED, True)
    with qtbot.waitSignal(page.navigate) as asked:
        driver.click("arrivedBannerAction")
    assert asked.args == ["seals", ""]


def test_bids_sealed_with_the_certificate_are_named_before_it_is_given_up(
    driver: WindowDriver, page: CertificatesPage, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, serial = ready(world)
    asked = []

    class Record:
        subject = "赣粤高速机电项目 · 一标段"

    def usage_records(wanted: object, *, limit: int) -> tuple[Record, ...]:
        asked.append(wanted)
        return (Record(), Record())

    monkeypatch.setattr(world.workspace.api, "usage_records", usage_records)
    open_detail(page, serial)
    driver.click("reissueButton")
    looked_up(page)
    assert driver.find("followBids", Label).text().splitlines()[1:] == ["· 赣粤高速机电项目 · 一标段"]
    (wanted,) = asked
    assert (wanted.operation, wanted.certificate_serial) == ("sign_package", serial)


def test_lookup_that_fails_is_said_and_can_be_tried_again(
    driver: WindowDriver, page: CertificatesPage, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, serial = ready(world)

    def away(*_args: object, **_options: object) -> None:
        raise UnavailableError("portal.unreachable")

    with monkeypatch.context() as patch:
        patch.setattr(world.workspace.api, "usage_records", away)
        open_detail(page, serial)
        driver.click("reissueButton")
        wait_until(lambda: bool(page.model.follow.state.affected_problem), "the failure")
        assert "无法查询" in driver.find("followSeals", Label).text()
    driver.click("followLook")
    looked_up(page)
    assert "企业公章" in driver.find("followSeals", Label).text()


def test_platform_that_is_away_on_submission_loses_nothing_typed(
    driver: WindowDriver, page: CertificatesPage, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, serial = ready(world)

    def away(*_args: object, **_options: object) -> None:
        raise UnavailableError("portal.unreachable")

    open_detail(page, serial)
    driver.click("changeButton")
    driver.type_text("newNameField", NEW_NAME)
    attach(driver, page, world, "新营业执照.png")
    monkeypatch.setattr(world.workspace.api, "change", away)
    driver.click("submitFollowButton")
    wait_until(lambda: driver.is_visible("followBanner"), "the problem")
    assert page.follow.typed.organization_name == NEW_NAME
    assert len(page.model.follow.state.papers) == 1
    assert page.follow.submit.isEnabled()


def test_certificate_of_a_colleague_offers_nothing(qtbot: QtBot, world: World) -> None:
    ready(world)
    page = CertificatesPage(CertificatesModel(world.workspace), pick=world.picks.pick, ask=world.picks.ask)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page.phase is Phase.NORMAL)
    (own,) = page.model.state.certificates
    other = replace(page.model.state, certificates=(replace(own, mine=False),), serial=own.serial)
    assert other.ways == ()
    assert replace(other, certificates=(own,)).ways == (Way.CHANGE, Way.REISSUE)
    plain = replace(other, certificates=(own,), may_rename=False)
    assert plain.ways == (Way.REISSUE,)
    assert replace(plain, unit_name=NEW_NAME).ways == (Way.CHANGE, Way.REISSUE)


def test_home_page_leads_to_the_renewal(driver: WindowDriver, page: CertificatesPage, world: World) -> None:
    _, serial = ready(world)
    world.later(300)
    page.receive(f"renew:{serial}")
    wait_until(lambda: page.model.state.place is Place.FOLLOW, "the application")
    assert page.model.follow.state.way is Way.RENEW
    assert driver.is_visible("submitFollowButton")
