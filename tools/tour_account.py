"""Chapters of the tour about the person: the sections of 我的, login password, number, and the ways to log in."""

from desktop.testing.driver import wait_until
from desktop.views.me.page import MePage
from desktop.views.me.security_section import SecuritySection
from desktop.views.secret_field import SecretField
from tools.tour import Guide

LOGIN_PASSWORD = "Gannan-2026-Login"  # noqa: S105 - of an account that lives for one tour
NEW_MOBILE = "13700000055"


def sections(guide: Guide) -> None:
    """Look into every section of 我的."""
    screen = guide.bidder.screen
    screen.click("nav_me")
    for section in ("account", "security", "units", "workstations", "notices", "settings", "apps", "about"):
        screen.click(f"meSection_{section}")
        if section == "security":
            screen.find("sessionsCard")
        guide.desk("me", section)
    screen.click("meSection_apps")
    screen.click("checkButton")
    wait_until(lambda: screen.is_visible("checkCopy") and not screen.is_visible("checkCancel"), "the check to end")
    guide.desk("me", "apps-checked")


def login_password(guide: Guide) -> None:
    """Set a login password."""
    screen, mobile = guide.bidder.screen, guide.stage.company.mobile
    _security(guide)
    screen.click("changePasswordButton")
    guide.desk("me", "password-form")
    screen.type_text("newPasswordField", "abc")
    screen.type_text("againPasswordField", "abcd")
    screen.click("savePasswordButton")
    guide.desk("me", "password-form-errors")
    screen.click("passwordCodeFieldSend")
    wait_until(lambda: any(c.isdigit() for c in screen.text_of("passwordCodeFieldSend")), "the message to be sent")
    screen.type_text("passwordCodeField", guide.stage.sms_code(mobile))
    for field in ("newPasswordField", "againPasswordField"):
        screen.type_text(field, LOGIN_PASSWORD)
    guide.desk("me", "password-form-filled")
    screen.click("savePasswordButton")
    screen.wait_gone("savePasswordButton")
    section = screen.find("securitySection", SecuritySection)
    wait_until(lambda: section.password.change.text() == "修改登录密码", "the password to be known")
    guide.desk("me", "security-password-set")


def mobile_change(guide: Guide) -> None:
    """Ask for another bound number; it waits until the phone has been looked at."""
    screen, stage = guide.bidder.screen, guide.stage
    _security(guide)
    screen.click("changeMobileButton")
    guide.desk("me", "mobile-form")
    screen.click("mobileWay_lost")
    guide.desk("me", "mobile-form-lost")
    screen.click("mobileWay_both")
    screen.click("submitMobileButton")
    guide.desk("me", "mobile-form-errors")
    screen.type_text("newMobileField", NEW_MOBILE)
    screen.click("newMobileCodeFieldSend")
    wait_until(lambda: any(c.isdigit() for c in screen.text_of("newMobileCodeFieldSend")), "the messages to be sent")
    screen.type_text("newMobileCodeField", stage.sms_code(NEW_MOBILE))
    screen.type_text("oldMobileCodeField", stage.sms_code(stage.company.mobile))
    if screen.is_visible("mobilePasswordField"):
        screen.type_text("mobilePasswordField", LOGIN_PASSWORD)
    screen.click("submitMobileButton")
    screen.wait_gone("submitMobileButton")
    screen.find("cancelChangeButton")
    guide.desk("me", "security-mobile-pending")
    screen.click("meSection_notices")
    guide.desk("me", "notices-many")


def logged_out(guide: Guide) -> None:
    """Look at what can be done before anybody is known."""
    screen = guide.bidder.screen
    guide.bidder.sign_out()
    screen.click("passwordLoginTab")
    guide.desk("login", "password")
    screen.type_text("passwordMobileField", guide.stage.company.mobile)
    screen.type_text("loginPasswordField", "wrong-password-1")
    screen.click("passwordSignInButton")
    field = screen.find("loginPasswordFieldField", SecretField)
    wait_until(lambda: bool(field.error), "the password to be refused")
    guide.desk("login", "password-wrong")
    guide.asked("login", "apps-dialog", guide.bidder, opened_by="loginHelpLink", left_by="downloadDialogClose")
    screen.type_text("loginPasswordField", LOGIN_PASSWORD)
    screen.click("passwordSignInButton")
    screen.find("nav_home")
    guide.bidder.sign_out()
    screen.click("otherPlatformLink")
    screen.find("choiceTitle")
    guide.desk("login", "choice-of-platform")
    screen.click("usePlatform_0")
    screen.find("mobileField")
    screen.click("passwordLoginTab")
    screen.type_text("passwordMobileField", guide.stage.company.mobile)
    screen.type_text("loginPasswordField", LOGIN_PASSWORD)
    screen.click("passwordSignInButton")
    screen.find("nav_home")


def _security(guide: Guide) -> None:
    screen = guide.bidder.screen
    screen.click("nav_me")
    screen.find("mePage", MePage)
    screen.click("meSection_security")


CHAPTERS = (sections, login_password, mobile_change)
