"""Getting in: by SMS code, by QR on a workstation nobody enrolled and on an enrolled one, and out again."""

from desktop.testing import OfficeWorker, PhoneHolder, Platform, PreparedCompany, wait_until
from tests.app.words import words_on

MOBILE = "13512345678"


def test_a_new_number_comes_in_by_its_sms_code(bidseal_platform: Platform, bidseal_window: OfficeWorker) -> None:
    bidseal_window.register(MOBILE, lambda: bidseal_platform.sms_code(MOBILE))
    bidseal_window.screen.find("nav_home")
    account = bidseal_window.client.workspace.account.account
    assert account is not None
    assert account.mobile_masked == "135****5678"


def test_a_wrong_sms_code_stays_outside_and_says_so(bidseal_platform: Platform, bidseal_window: OfficeWorker) -> None:
    def wrong() -> str:
        right = bidseal_platform.sms_code(MOBILE)
        return f"{(int(right) + 1) % 1_000_000:06d}"

    screen = bidseal_window.screen
    bidseal_window.type_sms_code(MOBILE, wrong)
    wait_until(lambda: "验证码不正确" in words_on(screen) or "验证码错误" in words_on(screen), "a word about the code")
    assert bidseal_window.client.workspace.account.account is None
    screen.type_text("codeField", bidseal_platform.sms_code(MOBILE))
    if screen.is_visible("signInButton"):
        screen.click("signInButton")
    screen.find("nav_home")


def test_on_an_enrolled_workstation_the_phone_shows_the_code_and_logs_in(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder
) -> None:
    bidseal_window.sign_out()
    bidseal_window.screen.click("qrLoginTab")
    bidseal_phone.scan(bidseal_window.screen)
    assert not bidseal_phone.screen.is_visible("consentTypedCode")
    assert bidseal_phone.screen.text_of("consentCode") == bidseal_window.screen.text_of("qrCardCheckCode")
    assert not bidseal_window.screen.is_visible("qrCode")
    bidseal_phone.approve()
    bidseal_window.screen.find("nav_home")


def other_unit(window: OfficeWorker) -> None:
    """Ask for the code that is for anybody: of it nobody is known to have enrolled this workstation."""
    window.sign_out()
    window.screen.click("qrLoginTab")
    window.screen.click("otherUnitLink")


def test_for_an_unenrolled_login_the_code_is_typed_on_the_phone(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder
) -> None:
    other_unit(bidseal_window)
    bidseal_phone.scan(bidseal_window.screen)
    assert bidseal_phone.screen.is_visible("consentTypedCode")
    bidseal_phone.approve(typed_code=bidseal_window.screen.text_of("qrCardCheckCode"))
    bidseal_window.screen.find("nav_home")


def test_a_wrong_typed_code_logs_nobody_in_and_both_sides_hear_it(
    bidseal_company: PreparedCompany, bidseal_window: OfficeWorker, bidseal_phone: PhoneHolder
) -> None:
    other_unit(bidseal_window)
    bidseal_phone.scan(bidseal_window.screen)
    right = bidseal_window.screen.text_of("qrCardCheckCode")
    bidseal_phone.approve(typed_code=f"{(int(right) + 1) % 10_000:04d}")
    bidseal_window.screen.find("qrCardProblem")
    assert bidseal_window.client.workspace.account.account is None
    assert not bidseal_window.screen.is_visible("nav_home")
    bidseal_phone.put_away()
    bidseal_window.screen.click("qrCardRetry")
    bidseal_phone.scan(bidseal_window.screen)
    bidseal_phone.approve(typed_code=bidseal_window.screen.text_of("qrCardCheckCode"))
    bidseal_window.screen.find("nav_home")


def test_signing_out_lets_all_pages_go(bidseal_company: PreparedCompany, bidseal_window: OfficeWorker) -> None:
    bidseal_window.open_document(bidseal_company.document())
    work = bidseal_window.client.workspace.folder.work
    assert list(work.iterdir())
    bidseal_window.sign_out()
    assert not bidseal_window.screen.is_visible("nav_sealing")
    assert bidseal_company.name not in words_on(bidseal_window.screen)
    assert list(work.iterdir()) == []
