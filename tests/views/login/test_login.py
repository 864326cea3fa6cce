import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from keyring.errors import NoKeyringError
from PySide6.QtCore import QCoreApplication, Qt, QThreadPool
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.domain.errors import RejectedError, UnavailableError
from desktop.protocol.challenge import Enrolment
from desktop.services.ceremony import Stage
from desktop.services.workspace import Workspace
from desktop.ui.i18n import Language, Languages
from desktop.views.login.model import LoginModel, Way
from desktop.views.login.page import LoginPage
from tests.conftest import InMemoryKeyring
from tests.views.login.world import LONG_NAME, NOW, FakeApi, a_session, make_workspace, refusal

# Said by the offscreen platform whenever a window with a minimum size is shown.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

MOBILE = "13800138000"


@pytest.fixture
def api() -> FakeApi:
    return FakeApi(
        send_sms_code=60, sign_in_by_sms=a_session(), login_nonce=UnavailableError("portal.unreachable", "test")
    )


@pytest.fixture
def workspace(tmp_path: Path, api: FakeApi) -> Workspace:
    return make_workspace(tmp_path / "data", api)


@pytest.fixture
def page(qtbot: QtBot, workspace: Workspace) -> Iterator[LoginPage]:
    made = LoginPage(LoginModel(workspace))
    qtbot.addWidget(made)
    made.resize(1120, 720)
    made.show()
    yield made
    assert made.model.scan.stop(10)


def edit(page: LoginPage, name: str) -> QLineEdit:
    found = page.findChild(QLineEdit, name)
    assert found is not None, name
    return found


def click(qtbot: QtBot, page: LoginPage, name: str) -> None:
    button = page.findChild(QPushButton, name)
    assert button is not None, name
    assert button.isEnabled(), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_number_and_code_sign_in_and_are_remembered_for_the_next_time(
    qtbot: QtBot, page: LoginPage, api: FakeApi, workspace: Workspace
) -> None:
    qtbot.keyClicks(edit(page, "mobileField"), MOBILE)
    click(qtbot, page, "sendCodeButton")
    qtbot.waitUntil(lambda: page.form.code.wait_s > 50)
    assert api.asked("send_sms_code") == [((MOBILE,), {})]
    qtbot.keyClicks(edit(page, "codeField"), "123456")
    with qtbot.waitSignal(page.signed_in):
        click(qtbot, page, "signInButton")
    assert api.asked("sign_in_by_sms") == [((MOBILE, "123456"), {"device": workspace.workstation.name})]
    account = workspace.account.account
    assert account is not None
    assert account.name == "张三"
    assert workspace.settings.load().last_mobile == MOBILE
    assert not edit(page, "codeField").text()


def test_code_cannot_be_sent_again_before_the_platform_allows_it(qtbot: QtBot, page: LoginPage) -> None:
    qtbot.keyClicks(edit(page, "mobileField"), MOBILE)
    click(qtbot, page, "sendCodeButton")
    qtbot.waitUntil(lambda: page.form.code.wait_s > 0)
    assert not page.form.code.send.isEnabled()
    assert "秒后重新获取" in page.form.code.send.text()


@pytest.mark.parametrize("typed", ["", "1380013800", "12800138000", "23800138000"])
def test_number_of_the_wrong_form_is_said_at_the_field_and_nothing_is_sent(
    qtbot: QtBot, page: LoginPage, api: FakeApi, typed: str
) -> None:
    qtbot.keyClicks(edit(page, "mobileField"), typed)
    click(qtbot, page, "sendCodeButton")
    click(qtbot, page, "signInButton")
    assert page.form.mobile.error == "请输入 11 位手机号码, 以 13 至 19 开头"
    assert not api.calls
    assert edit(page, "mobileField").text() == typed


def test_incomplete_code_is_said_at_the_field_and_nothing_is_sent(qtbot: QtBot, page: LoginPage, api: FakeApi) -> None:
    qtbot.keyClicks(edit(page, "mobileField"), MOBILE)
    qtbot.keyClicks(edit(page, "codeField"), "12345")
    qtbot.keyPress(edit(page, "codeField"), Qt.Key.Key_Return)
    assert page.form.code.error == "请输入短信中的 6 位数字"
    assert not api.calls


def test_wrong_code_is_said_at_the_field_and_nothing_typed_is_lost(qtbot: QtBot, page: LoginPage, api: FakeApi) -> None:
    api.answers["sign_in_by_sms"] = refusal("platform.code_wrong")
    qtbot.keyClicks(edit(page, "mobileField"), MOBILE)
    qtbot.keyClicks(edit(page, "codeField"), "654321")
    click(qtbot, page, "signInButton")
    qtbot.waitUntil(lambda: bool(page.form.code.error))
    assert edit(page, "mobileField").text() == MOBILE
    assert edit(page, "codeField").text() == "654321"
    assert page.form.submit.isEnabled()


def test_number_refused_by_the_platform_is_said_at_the_number(qtbot: QtBot, page: LoginPage, api: FakeApi) -> None:
    api.answers["send_sms_code"] = refusal("platform.mobile_invalid")
    qtbot.keyClicks(edit(page, "mobileField"), MOBILE)
    click(qtbot, page, "sendCodeButton")
    qtbot.waitUntil(lambda: bool(page.form.mobile.error))
    assert page.form.code.send.isEnabled()


def test_platform_out_of_reach_is_said_above_the_form_with_a_diagnostic(
    qtbot: QtBot, page: LoginPage, api: FakeApi
) -> None:
    api.answers["send_sms_code"] = UnavailableError("portal.unreachable", "ConnectionError")
    qtbot.keyClicks(edit(page, "mobileField"), MOBILE)
    click(qtbot, page, "sendCodeButton")
    qtbot.waitUntil(page.banner.isVisible)
    assert "无法连接平台" in page.banner.accessibleName()
    assert edit(page, "mobileField").text() == MOBILE


def test_second_press_while_signing_in_sends_nothing_more(qtbot: QtBot, page: LoginPage, api: FakeApi) -> None:
    gate = threading.Event()

    def slow(*_args: Any, **_named: Any) -> Any:
        gate.wait(10)
        return a_session()

    api.answers["sign_in_by_sms"] = slow
    page.model.type_mobile(MOBILE)
    page.model.sign_in("123456")
    page.model.sign_in("123456")
    assert not page.form.submit.isEnabled()
    with qtbot.waitSignal(page.signed_in):
        gate.set()
    assert len(api.asked("sign_in_by_sms")) == 1


def test_choice_not_to_be_remembered_is_kept_with_the_number(
    qtbot: QtBot, page: LoginPage, workspace: Workspace
) -> None:
    check = page.findChild(QCheckBox, "rememberCheck")
    assert check is not None
    check.setChecked(False)
    qtbot.keyClicks(edit(page, "mobileField"), MOBILE)
    qtbot.keyClicks(edit(page, "codeField"), "123456")
    with qtbot.waitSignal(page.signed_in):
        click(qtbot, page, "signInButton")
    again = LoginModel(workspace)
    assert (again.state.mobile, again.state.remember) == (MOBILE, False)
    assert not workspace.account.resume()


def test_demo_platform_says_where_sms_arrive_and_who_reviews(page: LoginPage) -> None:
    assert page.form.demo.isVisible()
    assert "13900000000" in page.form.demo.accessibleName()


def test_real_platform_shows_no_demo_hint(qtbot: QtBot, tmp_path: Path, api: FakeApi) -> None:
    page = LoginPage(LoginModel(make_workspace(tmp_path / "real", api, embedded=False)))
    qtbot.addWidget(page)
    page.show()
    assert not page.form.demo.isVisible()


def enrol(workspace: Workspace, credit_code: str) -> None:
    workspace.workstation.keep(
        credit_code=credit_code,
        organization=LONG_NAME,
        serial="3A90",
        enrolment=Enrolment(certificate=b"x", issued_at=int(NOW.timestamp()), signature=b"y"),
    )


def over(page: LoginPage) -> bool:
    return page.model.scan.state.view.stage is Stage.PROBLEM


def test_scan_on_a_workstation_without_a_unit_is_for_anybody(qtbot: QtBot, page: LoginPage, api: FakeApi) -> None:
    click(qtbot, page, "qrLoginTab")
    qtbot.waitUntil(lambda: over(page))
    assert api.asked("login_nonce")
    assert page.model.state.organization == ""
    assert not page.qr.other.isVisible()


def test_scan_on_an_enrolled_workstation_is_for_its_unit_until_another_is_wanted(
    qtbot: QtBot, page: LoginPage, workspace: Workspace
) -> None:
    enrol(workspace, "91360702MA35F0AB1X")
    click(qtbot, page, "qrLoginTab")
    qtbot.waitUntil(lambda: over(page))
    assert LONG_NAME in page.qr.unit.text()
    click(qtbot, page, "otherUnitLink")
    qtbot.waitUntil(lambda: page.model.state.organization == "" and over(page))
    click(qtbot, page, "otherUnitLink")
    qtbot.waitUntil(lambda: page.model.state.organization == LONG_NAME and over(page))


def test_scan_on_a_workstation_of_two_units_is_for_anybody(qtbot: QtBot, page: LoginPage, workspace: Workspace) -> None:
    enrol(workspace, "91360702MA35F0AB1X")
    enrol(workspace, "91360702MA35F0AB2X")
    click(qtbot, page, "qrLoginTab")
    qtbot.waitUntil(lambda: over(page))
    assert page.model.state.organization == ""
    assert not page.qr.other.isVisible()


def test_scan_that_failed_can_be_tried_again(qtbot: QtBot, page: LoginPage, api: FakeApi) -> None:
    click(qtbot, page, "qrLoginTab")
    qtbot.waitUntil(lambda: over(page))
    page.qr.panel.card.retry_requested.emit()
    qtbot.waitUntil(lambda: len(api.asked("login_nonce")) == 2 and over(page))


def test_code_is_not_kept_open_when_the_page_is_left(qtbot: QtBot, page: LoginPage, api: FakeApi) -> None:
    gate = threading.Event()

    def slow() -> bytes:
        gate.wait(10)
        return bytes(32)

    api.answers["login_nonce"] = slow
    click(qtbot, page, "qrLoginTab")
    qtbot.waitUntil(lambda: page.model.scan.is_running)
    page.hide()
    assert not page.model.scan.is_running
    gate.set()


def test_turning_back_to_sms_before_the_workstation_is_known_shows_no_code(
    qtbot: QtBot, page: LoginPage, api: FakeApi
) -> None:
    page.model.choose(Way.QR)
    page.model.choose(Way.SMS)
    assert QThreadPool.globalInstance().waitForDone(5000)
    QCoreApplication.processEvents()
    assert not page.model.scan.is_running
    assert not api.calls


def test_language_can_be_changed_before_anybody_is_signed_in(
    qtbot: QtBot, qapp: QApplication, workspace: Workspace
) -> None:
    languages = Languages()
    page = LoginPage(LoginModel(workspace), apply_language=lambda language: languages.use(Language(language)))
    qtbot.addWidget(page)
    page.show()
    try:
        click(qtbot, page, "loginLanguage")
        qtbot.waitUntil(lambda: page.form.submit.text() == "Log in / register")
        assert page.language.text() == "中文"
        qtbot.waitUntil(lambda: workspace.settings.load().language == "en")
    finally:
        languages.use(Language.CHINESE)


def test_tab_goes_through_the_form_in_reading_order(page: LoginPage) -> None:
    wanted = ["mobileField", "codeField", "sendCodeButton", "rememberCheck", "signInButton"]
    order: list[str] = []
    widget = page.form.mobile.edit.previousInFocusChain()
    for _ in range(40):
        widget = widget.nextInFocusChain()
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.objectName() in wanted:
            order.append(widget.objectName())
    assert order[: len(wanted)] == wanted


def test_every_control_has_a_name_for_tests_and_screen_readers(qtbot: QtBot, page: LoginPage) -> None:
    for kind in (QPushButton, QLineEdit, QCheckBox):
        for control in page.findChildren(kind):
            assert control.objectName(), control
            assert control.accessibleName() or not control.isVisible(), control.objectName()


@pytest.fixture
def no_keyring(memory_keyring: InMemoryKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine has no keyring that answers."""

    def fail(*_args: object) -> None:
        raise NoKeyringError

    for name in ("get_password", "set_password", "delete_password"):
        monkeypatch.setattr(memory_keyring, name, fail)


def test_without_a_keyring_the_page_says_that_it_cannot_remember_and_keeps_the_wish(
    no_keyring: None, qtbot: QtBot, page: LoginPage, workspace: Workspace
) -> None:
    check = page.findChild(QCheckBox, "rememberCheck")
    note = page.findChild(QLabel, "rememberNote")
    assert check is not None
    assert note is not None
    qtbot.waitUntil(lambda: not check.isEnabled())
    assert not check.isChecked()
    assert "密钥环" in note.text()
    assert note.isVisible()
    qtbot.keyClicks(edit(page, "mobileField"), MOBILE)
    qtbot.keyClicks(edit(page, "codeField"), "123456")
    with qtbot.waitSignal(page.signed_in):
        click(qtbot, page, "signInButton")
    assert workspace.settings.load().remember_session


def test_with_a_keyring_nothing_is_said_about_it(qtbot: QtBot, page: LoginPage) -> None:
    check, note = page.findChild(QCheckBox, "rememberCheck"), page.findChild(QLabel, "rememberNote")
    assert check is not None
    assert note is not None
    with qtbot.waitSignal(page.model.looked_at_keyring):
        page.model.look_at_keyring()
    assert check.isEnabled()
    assert not note.isVisible()


# -- by password ---------------------------------------------------------------------------------------------------


def turn_to_password(qtbot: QtBot, page: LoginPage) -> None:
    click(qtbot, page, "passwordLoginTab")
    qtbot.waitUntil(page.password.isVisible)


def test_number_and_password_sign_in_and_leave_no_password_behind(
    qtbot: QtBot, page: LoginPage, api: FakeApi, workspace: Workspace
) -> None:
    api.answers["sign_in_by_password"] = a_session()
    turn_to_password(qtbot, page)
    qtbot.keyClicks(edit(page, "passwordMobileField"), MOBILE)
    qtbot.keyPress(edit(page, "passwordMobileField"), Qt.Key.Key_Return)
    qtbot.keyClicks(edit(page, "loginPasswordField"), "correct horse battery")
    with qtbot.waitSignal(page.signed_in):
        qtbot.keyPress(edit(page, "loginPasswordField"), Qt.Key.Key_Return)
    assert api.asked("sign_in_by_password") == [
        ((MOBILE, "correct horse battery"), {"device": workspace.workstation.name})
    ]
    assert workspace.account.account is not None
    assert workspace.settings.load().last_mobile == MOBILE
    assert not edit(page, "loginPasswordField").text()
    assert "correct" not in workspace.folder.settings.read_text(encoding="utf-8")


def test_number_typed_on_one_side_stands_on_the_other(qtbot: QtBot, page: LoginPage) -> None:
    qtbot.keyClicks(edit(page, "mobileField"), MOBILE)
    turn_to_password(qtbot, page)
    assert edit(page, "passwordMobileField").text() == MOBILE


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        (refusal("platform.password_wrong"), "手机号或登录密码不正确"),
        (refusal("platform.password_paused", "421"), "登录密码试错次数过多, 请 8 分钟后再试"),
        (refusal("platform.password_paused"), "登录密码试错次数过多"),
    ],
)
def test_refused_password_is_said_at_the_field_and_emptied(
    qtbot: QtBot, page: LoginPage, api: FakeApi, refused: RejectedError, words: str
) -> None:
    api.answers["sign_in_by_password"] = refused
    turn_to_password(qtbot, page)
    qtbot.keyClicks(edit(page, "passwordMobileField"), MOBILE)
    qtbot.keyClicks(edit(page, "loginPasswordField"), "wrong and long")
    click(qtbot, page, "passwordSignInButton")
    qtbot.waitUntil(lambda: page.password.password.error.startswith(words))
    assert edit(page, "loginPasswordField").text() == ""
    assert edit(page, "passwordMobileField").text() == MOBILE
    assert page.password.submit.isEnabled()


def test_missing_password_is_said_and_nothing_is_sent(qtbot: QtBot, page: LoginPage, api: FakeApi) -> None:
    turn_to_password(qtbot, page)
    qtbot.keyClicks(edit(page, "passwordMobileField"), MOBILE)
    click(qtbot, page, "passwordSignInButton")
    assert page.password.password.error == "请输入登录密码"
    assert not api.calls


def test_address_that_asked_too_often_is_told_above_the_form(qtbot: QtBot, page: LoginPage, api: FakeApi) -> None:
    api.answers["sign_in_by_password"] = refusal("platform.slow_down", "sign_in")
    turn_to_password(qtbot, page)
    qtbot.keyClicks(edit(page, "passwordMobileField"), MOBILE)
    qtbot.keyClicks(edit(page, "loginPasswordField"), "wrong and long")
    click(qtbot, page, "passwordSignInButton")
    qtbot.waitUntil(page.banner.isVisible)


def test_password_is_hidden_until_the_eye_is_pressed_and_hidden_again_when_left(qtbot: QtBot, page: LoginPage) -> None:
    turn_to_password(qtbot, page)
    field = page.password.password
    qtbot.keyClicks(field.edit, "secret thing")
    assert field.edit.echoMode() is QLineEdit.EchoMode.Password
    field.eye.click()
    assert field.edit.echoMode() is QLineEdit.EchoMode.Normal
    click(qtbot, page, "forgotPasswordLink")
    qtbot.waitUntil(page.form.isVisible)
    assert field.value == ""
    assert field.edit.echoMode() is QLineEdit.EchoMode.Password


def test_without_a_keyring_the_password_side_says_so_too(qtbot: QtBot, page: LoginPage) -> None:
    turn_to_password(qtbot, page)
    page.model._set(can_remember=False)
    assert not page.password.remember.box.isEnabled()
    assert page.password.remember.note.isVisible()
    assert "密钥环" in page.password.remember.note.text()


def test_code_asked_for_too_soon_says_how_long_to_wait(qtbot: QtBot, page: LoginPage, api: FakeApi) -> None:
    api.answers["send_sms_code"] = refusal("platform.sms_too_often", "37")
    qtbot.keyClicks(edit(page, "mobileField"), MOBILE)
    click(qtbot, page, "sendCodeButton")
    qtbot.waitUntil(lambda: page.form.code.error == "刚刚发送过验证码, 请 37 秒后再获取。")


def test_platform_is_named_and_another_one_is_asked_for_where_there_is_one(qtbot: QtBot, page: LoginPage) -> None:
    assert "江西交投" in page.platform.text()
    link = page.findChild(QPushButton, "otherPlatformLink")
    assert link is not None
    assert not link.isVisible()
    page.offer_platforms()
    with qtbot.waitSignal(page.platform_requested):
        link.click()
