"""Chapters of the tour through the phone's own pages."""

from PySide6.QtWidgets import QWidget

from desktop.phone.window.states import Screen
from desktop.testing.driver import wait_until
from tools.tour import Guide

_PLAIN = (
    Screen.HOME,
    Screen.ME,
    Screen.SECURITY,
    Screen.MOBILE,
    Screen.DEVICES,
    Screen.NOTICES,
    Screen.INBOX,
    Screen.CERTIFICATES,
    Screen.SEALS,
    Screen.UNIT,
    Screen.RECORDS,
)


def pages(guide: Guide) -> None:
    """Look at every page that opens without further ado; a new login password has logged this phone out."""
    app = guide.phone.window.app
    app.open(Screen.ME)  # a page of the bar asks who one is, and learns that this is over
    wait_until(lambda: app.state.screen is Screen.LOGIN, "the login to be over")
    guide.hand("login-ended")
    _put_message_away(guide)
    guide.phone.log_in(guide.stage.company.mobile)
    session = app.state.session
    assert session is not None
    own = next(unit for unit in session.organizations if unit.name == guide.stage.company.name)
    app.choose_unit(own.organization_id)
    for screen in _PLAIN:
        _open(guide, screen)
        guide.hand(screen.value.replace("_", "-"))


def certificates(guide: Guide) -> None:
    """Look at the lists, a certificate, and the forms that start from it."""
    screen, app = guide.phone.screen, guide.phone.window.app
    _open(guide, Screen.CERTIFICATES)
    screen.click("certificatesTab_claimable")
    guide.hand("certificates-claimable")
    screen.click("certificatesTab_mine")
    serial = app.state.certificates[0].serial
    screen.click(f"certificate_{serial}")
    guide.hand("certificate")
    for button, state in (
        ("certificateChange", "follow-change"),
        ("certificateReissue", "follow-reissue"),
        ("certificateChangePassword", "certificate-password"),
        ("certificateForgotten", "forgotten"),
    ):
        screen.click(button)
        guide.settle_phone()
        guide.hand(state)
        app.open(Screen.CERTIFICATE)


def seal(guide: Guide) -> None:
    """Fill in the application for a seal."""
    _open(guide, Screen.SEALS)
    screen = guide.phone.screen
    screen.click("sealsApply")
    guide.settle_phone()
    guide.hand("seal-application")
    guide.stage.hand.hold(guide.stage.files.stamped_sheet)
    screen.click("sealApplicationScan")
    wait_until(lambda: screen.is_visible("sealApplicationScan_0"), "the picture in the form")
    seals = guide.phone.window.modules.seals
    wait_until(lambda: seals.state.cut is not None and not seals.state.is_cutting, "the imprint to be cut out")
    guide.settle_phone()
    guide.hand("seal-application-filled")
    _open(guide, Screen.SEALS)


def grant(guide: Guide) -> None:
    """Look at the form of a grant, empty and with faults."""
    _open(guide, Screen.UNIT)
    screen = guide.phone.screen
    screen.click("unitAdd")
    guide.hand("grant")
    screen.type_text("grantIdNumber", "360102199003077710")
    screen.type_text("grantMobile", "123")
    button: QWidget = screen.find("grantSubmit")
    if button.isEnabled():
        screen.click("grantSubmit")
    guide.hand("grant-errors")


def security(guide: Guide) -> None:
    """Look at password and number; cancel the change that waits, so that its form is there."""
    screen = guide.phone.screen
    _open(guide, Screen.LOGIN_PASSWORD)
    guide.hand("login-password")
    screen.click("loginPasswordProof_code")
    guide.hand("login-password-by-code")
    _open(guide, Screen.MOBILE)
    screen.click("mobileCancel")
    wait_until(lambda: not screen.is_visible("mobileCancel"), "the change to be cancelled")
    guide.settle_phone()
    guide.hand("mobile-form")
    screen.click("mobileHow_lost")
    guide.hand("mobile-form-lost")


def login(guide: Guide) -> None:
    """Log out: the two ways in."""
    _open(guide, Screen.ME)
    guide.phone.screen.click("meLogOut")
    guide.phone.screen.click("loginHow_password")
    guide.hand("login-by-password")
    guide.phone.screen.click("loginHow_code")
    guide.phone.log_in(guide.stage.company.mobile)


def _put_message_away(guide: Guide) -> None:
    """Look at the message over the page once, then dismiss it."""
    screen = guide.phone.screen
    while screen.is_visible("smsBannerDismiss"):
        screen.click("smsBannerDismiss")


def _open(guide: Guide, screen: Screen) -> None:
    guide.phone.window.app.open(screen)
    guide.settle_phone()


CHAPTERS = (pages, certificates, seal, grant, security, login)
