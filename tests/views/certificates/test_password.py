"""证书密码 on the page of certificates: changed by a scan, reset after an identity check, DER export (manual 11, 3)."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.domain.errors import UnavailableError
from desktop.domain.operations import CheckPurpose, CheckState, Operation
from desktop.phone.core import Phone, PhoneOutcome, secret_password
from desktop.services.enrol import EnrolAction
from desktop.testing.driver import WindowDriver, wait_until
from desktop.testing.rig import PASSWORD, scan_headless
from desktop.ui.kit import Banner, Label
from desktop.views.certificates import CertificatesPage
from desktop.views.certificates.follow_state import Part
from desktop.views.certificates.reset_model import latest_reset
from desktop.views.certificates.state import Place
from tests.views.certificates.test_following import open_detail, said
from tests.views.certificates.world import World, answer_scan

# Said by the offscreen platform whenever a window with a minimum size is shown.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

NEW = "Nanchang-2031-New"


def ready(world: World, *, recoverable: bool = True) -> tuple[Phone, str]:
    """A company whose phone holds a certificate and is logged in; its workstation is enrolled."""
    phone = world.certify()
    code = world.company.credit_code
    scan_headless(world.workspace, phone, EnrolAction(world.workspace), credit_code=code)
    if recoverable:
        world.clock.advance(61)
        phone.send_sms(world.company.mobile)
        phone.log_in_by_sms(world.company.mobile, world.handle.sms_code(world.company.mobile))
        phone.settle()
    (certificate,) = world.workspace.api.certificates()
    return phone, certificate.serial


def opens(phone: Phone, password: str) -> bool:
    (certificate,) = phone.certificates()
    return phone._keystore.unlock(certificate.entry_id, secret_password(password)).keys is not None


def test_password_is_changed_on_the_phone_by_a_scan_and_leaves_a_record(
    qtbot: QtBot, driver: WindowDriver, page: CertificatesPage, world: World
) -> None:
    phone, serial = ready(world)
    open_detail(page, serial)
    driver.click("changePasswordButton")
    with qtbot.waitSignal(page.notified) as told:
        result = answer_scan(driver, phone, new_password=NEW)
    assert result.outcome is PhoneOutcome.DONE
    assert told.args == ["证书密码已在手机上修改"]
    assert (opens(phone, PASSWORD), opens(phone, NEW)) == (False, True)
    wait_until(
        lambda: any(r.operation == Operation.CHANGE_PASSWORD for r in world.workspace.api.usage_records()), "the record"
    )
    (record,) = [r for r in world.workspace.api.usage_records() if r.operation == Operation.CHANGE_PASSWORD]
    assert (record.certificate_serial, record.has_evidence) == (serial, True)


def test_wrong_old_password_changes_nothing(driver: WindowDriver, page: CertificatesPage, world: World) -> None:
    phone, serial = ready(world)
    open_detail(page, serial)
    driver.click("changePasswordButton")
    result = answer_scan(driver, phone, new_password=NEW, password="Wrong-2030-Word")
    assert result.outcome is PhoneOutcome.DECLINED
    assert (opens(phone, PASSWORD), opens(phone, NEW)) == (True, False)
    assert world.workspace.api.usage_records()[0].operation != Operation.CHANGE_PASSWORD


def test_forgotten_password_is_reset_from_the_papers_to_the_word_for_the_phone(
    driver: WindowDriver, page: CertificatesPage, world: World
) -> None:
    phone, serial = ready(world)
    open_detail(page, serial)
    assert not driver.find("certificatePassword").findChild(Banner, "resetStanding").isVisible()  # type: ignore[union-attr]
    driver.click("resetPasswordButton")
    assert page.model.state.place is Place.FOLLOW
    assert "不会改变密钥和证书" in said(driver, "followNotice")
    assert not driver.is_visible("followEffects")
    driver.click("submitFollowButton")
    assert dict(page.model.follow.state.faults) == {Part.PAPERS: "missing"}
    world.picks.files.append(world.file("身份证.png"))
    driver.click("followPapersChoose")
    wait_until(lambda: len(page.model.follow.state.papers) == 1, "the paper")
    driver.click("submitFollowButton")
    wait_until(lambda: page.model.state.place is Place.DETAIL and page.model.reset.state.is_pending, "the check")
    assert "待审核" in said(driver, "resetStanding")
    assert not driver.is_visible("resetPasswordButton")
    (check,) = world.operator().checks_to_review()
    assert (check.purpose, check.subject) == (CheckPurpose.PASSWORD_RESET, serial)
    world.operator().review_check(check.check_id, approve=False, reason="照片不清晰。")
    page.model.reset.look_again()
    wait_until(lambda: driver.is_visible("resetPasswordButton"), "the refusal")
    assert "原因: 照片不清晰。请修改材料后重新提交。" in said(driver, "resetStanding")
    world.clock.advance(60)
    world.workspace.api.request_password_reset(serial, [("a.png", world.file("a.png").read_bytes(), "image/png")])
    (check,) = world.operator().checks_to_review()
    world.operator().review_check(check.check_id, approve=True)
    page.model.reset.look_again()
    wait_until(lambda: "已通过: 请在手机上设置新密码" in said(driver, "resetStanding"), "the approval")
    phone.reset_password(phone.certificates()[0].entry_id, secret_password(NEW))
    page.model.reset.look_again()
    wait_until(lambda: page.model.reset.state.check is None, "the reset to be spent")
    assert driver.is_visible("resetPasswordButton")
    assert opens(phone, NEW)


def test_certificate_without_recovery_says_so_and_keeps_the_papers(
    driver: WindowDriver, page: CertificatesPage, world: World
) -> None:
    _, serial = ready(world, recoverable=False)
    open_detail(page, serial)
    driver.click("resetPasswordButton")
    world.picks.files.append(world.file("身份证.png"))
    driver.click("followPapersChoose")
    wait_until(lambda: len(page.model.follow.state.papers) == 1, "the paper")
    driver.click("submitFollowButton")
    wait_until(lambda: page.model.follow.state.problem_code == "platform.no_recovery", "the refusal")
    assert len(page.model.follow.state.papers) == 1
    assert "补办" in said(driver, "followBanner")


def test_expired_certificate_can_be_reset_for_old_bids_but_not_changed_by_a_scan(
    driver: WindowDriver, page: CertificatesPage, world: World
) -> None:
    _, serial = ready(world)
    world.later(400)
    open_detail(page, serial)
    assert not driver.is_visible("changePasswordButton")
    assert driver.is_visible("resetPasswordButton")


def test_unreachable_platform_shows_no_standing_and_asks_again(
    driver: WindowDriver, page: CertificatesPage, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, serial = ready(world)

    def away() -> object:
        raise UnavailableError("general.unreachable")

    with monkeypatch.context() as patch:
        patch.setattr(world.workspace.api, "identity_checks", away)
        open_detail(page, serial)
        wait_until(lambda: page.model.reset.state.problem_code != "", "the failure")
        assert driver.is_visible("resetPasswordButton")
    page.model.reset.look_again()
    wait_until(lambda: page.model.reset.state.problem_code == "", "the answer")


def test_public_certificates_are_saved_as_der_too(
    qtbot: QtBot, driver: WindowDriver, page: CertificatesPage, world: World, tmp_path: Path
) -> None:
    _, serial = ready(world, recoverable=False)
    open_detail(page, serial)
    wait_until(lambda: driver.find("exportButton").isEnabled(), "the path")
    beside = tmp_path / "mine-encryption.cer"
    beside.write_bytes(b"somebody's own")
    world.picks.targets.append(tmp_path / "mine.cer")
    with qtbot.waitSignal(page.notified):
        driver.click("exportButton")
    (certificate,) = world.workspace.api.certificates()
    assert (tmp_path / "mine.cer").read_bytes() == certificate.sign_cert
    assert (tmp_path / "mine-encryption(2).cer").read_bytes() == certificate.enc_cert
    assert beside.read_bytes() == b"somebody's own"


def test_spent_and_foreign_checks_say_nothing() -> None:
    from datetime import UTC, datetime

    from desktop.portal.unit_records import IdentityCheck

    def check(state: CheckState, subject: str = "A", purpose: CheckPurpose = CheckPurpose.PASSWORD_RESET) -> object:
        return IdentityCheck(
            check_id="1",
            purpose=purpose,
            subject=subject,
            state=state,
            papers=1,
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
            reason="",
            name="",
            id_number_masked="",
        )

    older = check(CheckState.REJECTED)
    assert latest_reset((check(CheckState.USED), older), "A") is None  # type: ignore[arg-type]
    assert latest_reset((check(CheckState.APPROVED, "B"), older), "A") is older  # type: ignore[arg-type]
    assert latest_reset((check(CheckState.APPROVED, purpose=CheckPurpose.GRANT),), "A") is None  # type: ignore[arg-type]


def test_words_of_the_detail_name_both_serial_numbers_usages_fingerprints_and_where_the_key_is(
    driver: WindowDriver, page: CertificatesPage, world: World
) -> None:
    _, serial = ready(world, recoverable=False)
    open_detail(page, serial)
    wait_until(lambda: bool(page.model.state.detail and page.model.state.detail.links), "the path")
    words = "\n".join(label.text() for label in driver.find("certificateDetail").findChildren(Label))
    (certificate,) = world.workspace.api.certificates()
    for number in (certificate.serial, certificate.enc_serial):
        assert number[:4] in words
    for said_word in (
        "登录、签章的数字签名",
        "加密与解密投标文件",
        "SHA-256 指纹",
        "手机, 不可导出",
        "根证书",
        "签发链",
    ):
        assert said_word in words
