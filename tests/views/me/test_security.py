"""账号与安全 against the platform itself: login password, bound number, sessions (manual 12; T33)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.clock import ManualClock
from desktop.domain.errors import RejectedError
from desktop.domain.passwords import Strength
from desktop.portal.api import PlatformApi
from desktop.portal.http import HttpClient
from desktop.services.workspace import Workspace
from desktop.testing.rig import Company, PlatformHandle
from desktop.ui.dialogs import ConfirmDialog
from desktop.ui.i18n import Language, Languages
from desktop.ui.page import Phase
from desktop.views.me.security_model import SecurityModel
from desktop.views.me.security_section import SecuritySection
from tests.server.phone import png

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

MOBILE = Company().mobile
MASKED = f"{MOBILE[:3]}****{MOBILE[-4:]}"
NEW = "13822222222"
PASSWORD = "青山绿水 2026 投标"
Edit = Callable[[str, str], None]


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "身份证.png"
    path.write_bytes(png())
    return path


@pytest.fixture
def section(qtbot: QtBot, desk: Workspace, handle: PlatformHandle, paper: Path) -> SecuritySection:
    desk.account.send_code(MOBILE)
    desk.account.sign_in_by_sms(MOBILE, handle.sms_code(MOBILE), remember=False)
    desk.settings.save(desk.settings.load().__class__(last_mobile=MOBILE))
    made = SecuritySection(SecurityModel(desk), pick=lambda *_: [paper])
    qtbot.addWidget(made)
    made.resize(920, 900)
    made.show()
    qtbot.waitUntil(lambda: made.phase is Phase.NORMAL)
    return made


def press(qtbot: QtBot, section: QWidget, name: str) -> None:
    def there() -> bool:
        button = section.findChild(QPushButton, name)
        return button is not None and button.isVisible() and button.isEnabled()

    qtbot.waitUntil(there)
    qtbot.wait(0)
    button = section.findChild(QPushButton, name)
    assert button is not None
    button.click()


def write(qtbot: QtBot, section: QWidget, **texts: str) -> None:
    for name, text in texts.items():
        edit = section.findChild(QLineEdit, name)
        assert edit is not None, name
        assert edit.isVisible(), name
        edit.clear()
        qtbot.keyClicks(edit, text) if text.isascii() else edit.insert(text)


def confirm(qtbot: QtBot, section: QWidget) -> None:
    dialog = section.findChild(ConfirmDialog)
    assert dialog is not None
    assert dialog.back.isDefault()  # what cannot be taken back is never the default
    dialog.confirm.click()


def other_login(handle: PlatformHandle, **by: Any) -> PlatformApi:
    """Somebody with the same account at another computer."""
    token: list[str] = []
    api = PlatformApi(HttpClient(handle.base_url), lambda: token[0] if token else None)
    if by:
        token.append(api.sign_in_by_password(MOBILE, by["password"], device="前台电脑").token)
    else:
        api.send_sms_code(MOBILE)
        token.append(api.sign_in_by_sms(MOBILE, handle.sms_code(MOBILE), device="前台电脑").token)
    return api


def set_password(qtbot: QtBot, section: SecuritySection, handle: PlatformHandle, password: str = PASSWORD) -> None:
    press(qtbot, section, "changePasswordButton")
    sent = section.password_panel.model.state.codes_sent
    press(qtbot, section, "passwordCodeFieldSend")
    qtbot.waitUntil(lambda: section.password_panel.model.state.codes_sent > sent)
    write(
        qtbot,
        section,
        passwordCodeField=handle.sms_code(MOBILE),
        newPasswordField=password,
        againPasswordField=password,
    )
    press(qtbot, section, "savePasswordButton")
    qtbot.waitUntil(section.done.isVisible)


def test_form_with_something_typed_is_open_work_until_it_is_left(qtbot: QtBot, section: SecuritySection) -> None:
    assert section.open_work() == ""
    press(qtbot, section, "changePasswordButton")
    assert section.open_work() == ""
    write(qtbot, section, newPasswordField="abc")
    assert section.open_work() == "填写中的登录密码尚未保存"
    press(qtbot, section, "cancelPasswordButton")
    assert section.open_work() == ""
    press(qtbot, section, "changeMobileButton")
    write(qtbot, section, newMobileField="138")
    assert section.open_work() == "填写中的新手机号尚未提交"
    press(qtbot, section, "cancelMobileButton")
    assert section.open_work() == ""


# -- login password ------------------------------------------------------------------------------------------------


def test_password_is_set_by_a_code_and_then_logs_in(
    qtbot: QtBot, section: SecuritySection, handle: PlatformHandle, desk: Workspace
) -> None:
    assert section.password.change.text() == "设置登录密码"
    set_password(qtbot, section, handle)
    qtbot.waitUntil(lambda: section.password.change.text() == "修改登录密码")
    assert other_login(handle, password=PASSWORD).me()[0].account_id == desk.account.account.account_id  # type: ignore[union-attr]
    assert not any(edit.text() for edit in section.password_panel.findChildren(QLineEdit))
    assert PASSWORD not in repr(section.password_panel.model.state)


def test_strength_is_said_while_typing_and_a_weak_password_is_never_sent(
    qtbot: QtBot, section: SecuritySection, handle: PlatformHandle
) -> None:
    press(qtbot, section, "changePasswordButton")
    panel = section.password_panel
    for typed, strength, word in (
        ("abc", Strength.WEAK, "太弱, 不能使用"),
        (f"{MOBILE}a", Strength.WEAK, "太弱, 不能使用"),
        ("hgwtk4lq", Strength.FAIR, "一般"),
        ("hgwtk4lqhgwt", Strength.GOOD, "良好"),
        ("correct horse battery", Strength.STRONG, "很强"),
    ):
        write(qtbot, section, newPasswordField=typed)
        assert panel.model.state.strength is strength
        assert panel.meter.word.text() == f"强度: {word}"
    write(qtbot, section, passwordCodeField="123456", newPasswordField="abc", againPasswordField="abc")
    press(qtbot, section, "savePasswordButton")
    assert panel.new.error.startswith("登录密码太弱")
    assert not panel.model.state.is_saving
    assert "至少 8 个字符" in panel.rules.accessibleName()


def test_each_refusal_stands_at_its_field_and_nothing_typed_is_lost(
    qtbot: QtBot, section: SecuritySection, handle: PlatformHandle
) -> None:
    press(qtbot, section, "changePasswordButton")
    panel = section.password_panel
    press(qtbot, section, "savePasswordButton")
    assert panel.new.error == "请输入新登录密码"
    assert panel.code.error == "请输入短信中的 6 位数字"
    write(qtbot, section, passwordCodeField="000000", newPasswordField=PASSWORD, againPasswordField=PASSWORD + "!")
    press(qtbot, section, "savePasswordButton")
    assert panel.again.error == "两次输入的密码不一致"
    write(qtbot, section, againPasswordField=PASSWORD)
    press(qtbot, section, "savePasswordButton")
    qtbot.waitUntil(lambda: panel.code.error.startswith("验证码不正确"))
    assert panel.new.value == PASSWORD
    press(qtbot, section, "passwordCodeFieldSend")
    qtbot.waitUntil(lambda: panel.code.wait_s > 0)
    panel.model.send_code()
    qtbot.waitUntil(lambda: panel.code.error == "刚刚发送过验证码, 请 60 秒后再获取。")


def test_password_is_changed_by_the_old_one_and_the_other_logins_end(
    qtbot: QtBot, section: SecuritySection, handle: PlatformHandle
) -> None:
    set_password(qtbot, section, handle)
    other = other_login(handle, password=PASSWORD)
    qtbot.waitUntil(lambda: section.password.change.text() == "修改登录密码")
    press(qtbot, section, "changePasswordButton")
    panel = section.password_panel
    write(qtbot, section, oldPasswordField="not that one", newPasswordField=PASSWORD, againPasswordField=PASSWORD)
    press(qtbot, section, "savePasswordButton")
    qtbot.waitUntil(lambda: panel.old.error == "原登录密码不正确; 忘记了可改用短信验证码。")
    write(qtbot, section, oldPasswordField=PASSWORD)
    press(qtbot, section, "savePasswordButton")
    assert panel.new.error == "新密码与原密码相同, 请换一个"
    write(qtbot, section, newPasswordField="another good one", againPasswordField="another good one")
    press(qtbot, section, "savePasswordButton")
    qtbot.waitUntil(section.done.isVisible)
    with pytest.raises(RejectedError, match=r"platform\.signed_out"):
        other.me()
    assert other_login(handle, password="another good one").me()


def test_escape_leaves_the_form_and_takes_what_was_typed_with_it(qtbot: QtBot, section: SecuritySection) -> None:
    press(qtbot, section, "changePasswordButton")
    write(qtbot, section, newPasswordField=PASSWORD)
    section.activateWindow()
    qtbot.waitUntil(section.isActiveWindow)
    qtbot.keyClick(section.password_panel.new.edit, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: section.shelf.currentWidget() is section.overview)
    press(qtbot, section, "changePasswordButton")
    assert section.password_panel.new.value == ""


# -- bound number --------------------------------------------------------------------------------------------------


def plan_change(qtbot: QtBot, section: SecuritySection, handle: PlatformHandle) -> None:
    press(qtbot, section, "changeMobileButton")
    sent = section.mobile_panel.model.state.codes_sent
    write(qtbot, section, newMobileField=NEW)
    press(qtbot, section, "newMobileCodeFieldSend")
    qtbot.waitUntil(lambda: section.mobile_panel.model.state.codes_sent > sent)
    write(
        qtbot,
        section,
        newMobileCodeField=handle.sms_code(NEW),
        oldMobileCodeField=handle.sms_code(MOBILE),
    )


def test_number_is_changed_by_codes_to_both_and_shown_until_it_takes_effect(
    qtbot: QtBot, section: SecuritySection, handle: PlatformHandle, clock: ManualClock
) -> None:
    assert section.mobile.number.text() == MASKED
    plan_change(qtbot, section, handle)
    press(qtbot, section, "submitMobileButton")
    qtbot.waitUntil(section.mobile.pending.isVisible)
    said = section.mobile.pending.accessibleName()
    assert "将更换为 138****2222" in said
    assert "2026-11-25 09:30 生效" in said
    assert not section.mobile.change.isEnabled()
    clock.advance(24 * 3600)
    api = PlatformApi(HttpClient(handle.base_url), lambda: None)
    api.send_sms_code(NEW)
    assert api.sign_in_by_sms(NEW, handle.sms_code(NEW)).account.mobile_masked == "138****2222"


def test_planned_change_is_cancelled_after_a_question(
    qtbot: QtBot, section: SecuritySection, handle: PlatformHandle, clock: ManualClock
) -> None:
    plan_change(qtbot, section, handle)
    press(qtbot, section, "submitMobileButton")
    press(qtbot, section, "cancelChangeButton")
    confirm(qtbot, section)
    qtbot.waitUntil(lambda: not section.mobile.pending.isVisible())
    assert section.mobile.change.isEnabled()
    clock.advance(25 * 3600)
    assert section.model.workspace.api.sign_in_by_sms is not None
    api = PlatformApi(HttpClient(handle.base_url), lambda: None)
    api.send_sms_code(NEW)
    assert api.sign_in_by_sms(NEW, handle.sms_code(NEW)).created


def test_wrong_code_is_said_at_its_own_field_and_the_right_ones_stay_good(
    qtbot: QtBot, section: SecuritySection, handle: PlatformHandle
) -> None:
    plan_change(qtbot, section, handle)
    panel = section.mobile_panel
    old, new = handle.sms_code(MOBILE), handle.sms_code(NEW)
    bent = f"{(int(new) + 1) % 1_000_000:06d}"
    write(qtbot, section, newMobileCodeField=bent)
    press(qtbot, section, "submitMobileButton")
    qtbot.waitUntil(lambda: panel.new_code.error.startswith("验证码不正确"))
    assert panel.old_code.error == ""
    write(qtbot, section, newMobileCodeField=new, oldMobileCodeField=f"{(int(old) + 1) % 1_000_000:06d}")
    press(qtbot, section, "submitMobileButton")
    qtbot.waitUntil(lambda: panel.old_code.error.startswith("验证码不正确"))
    assert panel.new_code.error == ""
    write(qtbot, section, oldMobileCodeField=old)
    press(qtbot, section, "submitMobileButton")
    qtbot.waitUntil(section.mobile.pending.isVisible)


def test_number_of_somebody_else_and_the_own_one_are_refused_at_the_field(
    qtbot: QtBot, section: SecuritySection, handle: PlatformHandle
) -> None:
    press(qtbot, section, "changeMobileButton")
    panel = section.mobile_panel
    write(qtbot, section, newMobileField="12345")
    press(qtbot, section, "newMobileCodeFieldSend")
    assert panel.new_mobile.error == "请输入 11 位手机号码, 以 13 至 19 开头"
    write(qtbot, section, newMobileField=MOBILE)
    press(qtbot, section, "newMobileCodeFieldSend")
    qtbot.waitUntil(lambda: panel.new_mobile.error.startswith("该手机号已有账号"))
    panel.closed.emit()
    handle.signed_in(NEW)
    handle_clock = section.model.workspace.clock
    assert isinstance(handle_clock, ManualClock)
    handle_clock.advance(61)
    plan_change(qtbot, section, handle)
    press(qtbot, section, "submitMobileButton")
    qtbot.waitUntil(lambda: panel.new_mobile.error.startswith("该手机号已有账号"))


def test_lost_number_goes_to_review_with_papers_and_can_be_withdrawn(
    qtbot: QtBot, section: SecuritySection, handle: PlatformHandle, desk: Workspace
) -> None:
    from desktop.testing.rig import order_form

    order = desk.api.place_order(order_form(Company()))
    operator = handle.signed_in("13900000000")
    operator.review_order(order.order_id, approve=True)
    press(qtbot, section, "changeMobileButton")
    panel = section.mobile_panel
    press(qtbot, section, "mobileWay_lost")
    write(qtbot, section, newMobileField=NEW)
    press(qtbot, section, "newMobileCodeFieldSend")
    qtbot.waitUntil(lambda: panel.model.state.codes_sent > 0)
    write(qtbot, section, newMobileCodeField=handle.sms_code(NEW))
    press(qtbot, section, "submitMobileButton")
    assert panel.papers.error.text() == "请上传证件照片"
    press(qtbot, section, "mobilePapersDropChoose")
    press(qtbot, section, "submitMobileButton")
    qtbot.waitUntil(section.mobile.pending.isVisible)
    assert "更换为 138****2222 的申请正在审核" in section.mobile.pending.accessibleName()
    (check,) = operator.checks_to_review()
    assert NEW not in repr(check)
    press(qtbot, section, "withdrawRequestButton")
    confirm(qtbot, section)
    qtbot.waitUntil(lambda: not section.mobile.pending.isVisible())
    assert operator.checks_to_review() == ()


# -- sessions ------------------------------------------------------------------------------------------------------


def test_sessions_are_listed_with_method_and_device_and_ended_one_by_one(
    qtbot: QtBot, section: SecuritySection, handle: PlatformHandle, clock: ManualClock
) -> None:
    clock.advance(61)
    other = other_login(handle)
    section.model.open()
    qtbot.waitUntil(lambda: section.findChild(QWidget, "session_1") is not None)
    sessions = section.model.state.security.sessions  # type: ignore[union-attr]
    assert {(s.method, s.device, s.is_current) for s in sessions} == {
        ("sms", "前台电脑", False),
        ("sms", "投标工位一", True),
    }
    assert section.findChild(QWidget, "currentSession") is not None
    press(qtbot, section, "endSession_0")
    qtbot.waitUntil(lambda: len(section.model.state.security.sessions) == 1)  # type: ignore[union-attr]
    with pytest.raises(RejectedError, match=r"platform\.signed_out"):
        other.me()
    assert section.model.workspace.api.me()


def test_others_are_ended_at_once_and_said_how_many(
    qtbot: QtBot, section: SecuritySection, handle: PlatformHandle, clock: ManualClock
) -> None:
    others = []
    for _ in range(2):
        clock.advance(61)
        others.append(other_login(handle))
    section.model.open()
    press(qtbot, section, "endOthersButton")
    qtbot.waitUntil(lambda: section.sessions.ended.text() == "已结束 2 个登录")
    for other in others:
        with pytest.raises(RejectedError, match=r"platform\.signed_out"):
            other.me()


def test_log_out_everywhere_ends_this_session_too_after_a_question(
    qtbot: QtBot, section: SecuritySection, handle: PlatformHandle, clock: ManualClock, desk: Workspace
) -> None:
    clock.advance(61)
    other = other_login(handle)
    token = desk.account.token()
    press(qtbot, section, "signOutEverywhereButton")
    confirm(qtbot, section)
    qtbot.waitUntil(lambda: desk.account.account is None)
    own = PlatformApi(HttpClient(handle.base_url), lambda: token)
    for api in (other, own):
        with pytest.raises(RejectedError, match=r"platform\.signed_out"):
            api.me()


def test_log_out_everywhere_without_the_platform_ends_nothing_and_says_so(
    qtbot: QtBot, section: SecuritySection, desk: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from desktop.domain.errors import UnavailableError

    def away(_api: object) -> int:
        raise UnavailableError("portal.unreachable")

    monkeypatch.setattr(PlatformApi, "end_other_sessions", away)
    section.model.sign_out_everywhere()
    qtbot.waitUntil(section.banner.isVisible)
    assert desk.account.account is not None
    assert section.sessions.everywhere.isEnabled()


# -- as a whole ----------------------------------------------------------------------------------------------------


def test_no_number_is_shown_unmasked_in_any_face(
    qtbot: QtBot, section: SecuritySection, handle: PlatformHandle
) -> None:
    plan_change(qtbot, section, handle)
    press(qtbot, section, "submitMobileButton")
    qtbot.waitUntil(section.mobile.pending.isVisible)
    said = "\n".join(w.accessibleName() + getattr(w, "text", str)() for w in section.findChildren(QWidget) if w)
    assert MASKED in said
    assert MOBILE not in said
    assert NEW not in said


def test_section_speaks_english_without_a_restart(qtbot: QtBot, section: SecuritySection) -> None:
    languages = Languages()
    languages.use(Language.ENGLISH)
    try:
        qtbot.waitUntil(lambda: section.password.change.text() == "Set login password")
        press(qtbot, section, "changePasswordButton")
        assert section.password_panel.head.title.text() == "Set login password"
    finally:
        languages.use(Language.CHINESE)


def test_what_was_done_is_said_in_the_language_of_the_window(
    qtbot: QtBot, section: SecuritySection, handle: PlatformHandle
) -> None:
    set_password(qtbot, section, handle)
    qtbot.waitUntil(section.done.isVisible)
    languages = Languages()
    languages.use(Language.ENGLISH)
    try:
        qtbot.waitUntil(lambda: section.done.accessibleName().isascii())
    finally:
        languages.use(Language.CHINESE)


def test_every_control_has_a_name(qtbot: QtBot, section: SecuritySection) -> None:
    for kind in (QPushButton, QLineEdit):
        for control in section.findChildren(kind):
            assert control.objectName(), control
            assert control.accessibleName() or not control.isVisible(), control.objectName()
