"""Logging in by the page at a real platform, with a real phone."""

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.domain.errors import RejectedError
from desktop.phone.core import Phone, PhoneOutcome
from desktop.services.download import DownloadAction
from desktop.services.enrol import EnrolAction
from desktop.services.workspace import Workspace
from desktop.testing.rig import OPERATOR_MOBILE, Company, PlatformHandle, Scan, order_form, scan_headless
from desktop.views.login.model import LoginModel
from desktop.views.login.page import LoginPage

# Said by the offscreen platform whenever a window with a minimum size is shown.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def page(qtbot: QtBot, desk: Workspace) -> Iterator[LoginPage]:
    made = LoginPage(LoginModel(desk))
    qtbot.addWidget(made)
    made.resize(1120, 720)
    made.show()
    yield made
    assert made.model.scan.stop(10)


def press(qtbot: QtBot, page: LoginPage, name: str) -> None:
    button = page.findChild(QPushButton, name)
    assert button is not None, name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def write(qtbot: QtBot, page: LoginPage, name: str, text: str) -> None:
    edit = page.findChild(QLineEdit, name)
    assert edit is not None, name
    edit.clear()
    qtbot.keyClicks(edit, text)


@pytest.fixture
def member(desk: Workspace, handle: PlatformHandle, company: Company, phone: Phone) -> Company:
    """A company whose member has a certificate on the phone, and is still signed in."""
    desk.account.send_code(company.mobile)
    desk.account.sign_in_by_sms(company.mobile, handle.sms_code(company.mobile), remember=False)
    order = desk.api.place_order(order_form(company))
    handle.signed_in(OPERATOR_MOBILE).review_order(order.order_id, approve=True)
    view, result = scan_headless(desk, phone, DownloadAction(desk, order), credit_code=company.credit_code)
    assert (view.problem, result.outcome) == ("", PhoneOutcome.DONE)
    desk.account.refresh()
    return company


def test_unknown_number_gets_an_account_by_code(
    qtbot: QtBot, page: LoginPage, handle: PlatformHandle, desk: Workspace
) -> None:
    write(qtbot, page, "mobileField", "13712345678")
    press(qtbot, page, "sendCodeButton")
    qtbot.waitUntil(lambda: page.form.code.wait_s > 0)
    write(qtbot, page, "codeField", handle.sms_code("13712345678"))
    with qtbot.waitSignal(page.signed_in):
        press(qtbot, page, "signInButton")
    assert desk.account.account is not None
    assert desk.account.account.mobile_masked == "137****5678"


def test_wrong_code_is_refused_in_words_at_the_field_and_the_right_one_still_works(
    qtbot: QtBot, page: LoginPage, handle: PlatformHandle
) -> None:
    write(qtbot, page, "mobileField", "13712345678")
    press(qtbot, page, "sendCodeButton")
    qtbot.waitUntil(lambda: page.form.code.wait_s > 0)
    right = handle.sms_code("13712345678")
    write(qtbot, page, "codeField", "000000" if right != "000000" else "111111")
    press(qtbot, page, "signInButton")
    qtbot.waitUntil(lambda: page.form.code.error.startswith("验证码不正确"))
    write(qtbot, page, "codeField", right)
    with qtbot.waitSignal(page.signed_in):
        press(qtbot, page, "signInButton")


def scan(qtbot: QtBot, page: LoginPage, phone: Phone) -> bool:
    """Scan the code on the page, typing the digits it shows; return whether the page asked to have them typed."""
    press(qtbot, page, "qrLoginTab")
    qtbot.waitUntil(lambda: bool(page.model.scan.state.view.qr_text), timeout=10_000)
    claimed = threading.Event()

    def digits() -> str:
        """As a person who reads them off the page once they are there."""
        assert claimed.wait(10)
        return page.model.scan.state.view.check_code

    with qtbot.waitSignal(page.signed_in, timeout=20_000):
        waiting = Scan(phone, page.model.scan.state.view.qr_text, typed_code=digits)
        qtbot.waitUntil(lambda: bool(page.model.scan.state.view.check_code), timeout=10_000)
        view = page.model.scan.state.view
        claimed.set()
    assert waiting.result().outcome is PhoneOutcome.DONE
    return view.code_is_typed


def test_phone_logs_in_on_a_workstation_nobody_enrolled_by_typing_the_four_digits(
    qtbot: QtBot, page: LoginPage, desk: Workspace, member: Company, phone: Phone
) -> None:
    desk.account.sign_out()
    assert scan(qtbot, page, phone)
    assert desk.account.organization is not None
    assert desk.account.organization.credit_code == member.credit_code


def test_phone_logs_in_on_the_enrolled_workstation_of_its_unit_without_typing(
    qtbot: QtBot, page: LoginPage, desk: Workspace, member: Company, phone: Phone
) -> None:
    view, _result = scan_headless(desk, phone, EnrolAction(desk), credit_code=member.credit_code)
    assert view.problem == ""
    desk.account.sign_out()
    assert not scan(qtbot, page, phone)
    assert member.name in page.qr.unit.text()
    assert desk.account.account is not None


def test_password_set_before_logs_in_and_ten_wrong_ones_make_it_rest(
    qtbot: QtBot, page: LoginPage, desk: Workspace, handle: PlatformHandle, company: Company
) -> None:
    desk.account.send_code(company.mobile)
    desk.account.sign_in_by_sms(company.mobile, handle.sms_code(company.mobile), remember=False)
    desk.api.send_password_code()
    desk.api.set_password("correct horse battery", code=handle.sms_code(company.mobile))
    desk.account.sign_out()
    press(qtbot, page, "passwordLoginTab")
    qtbot.waitUntil(page.password.isVisible)
    write(qtbot, page, "passwordMobileField", company.mobile)
    write(qtbot, page, "loginPasswordField", "correct horse battery")
    with qtbot.waitSignal(page.signed_in, timeout=20_000):
        press(qtbot, page, "passwordSignInButton")
    (session,) = desk.api.sessions()
    assert (session.method, session.device) == ("password", desk.workstation.name)
    desk.account.sign_out()
    for _ in range(10):
        with pytest.raises(RejectedError, match=r"platform\.password_wrong"):
            desk.api.sign_in_by_password(company.mobile, "wrong and long")
    write(qtbot, page, "loginPasswordField", "correct horse battery")
    press(qtbot, page, "passwordSignInButton")
    words = "登录密码试错次数过多, 请 15 分钟后再试, 或改用短信验证码。"
    qtbot.waitUntil(lambda: page.password.password.error == words, timeout=20_000)
    assert desk.account.account is None
