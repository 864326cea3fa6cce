"""The SMS half of the login card: number, code, remember, one primary button. Passive."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from desktop.domain.problems import problem
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit.base import Label, Tone
from desktop.ui.kit.buttons import PrimaryButton
from desktop.ui.kit.fields import CodeField, PhoneNumberField
from desktop.ui.kit.surfaces import Banner
from desktop.views.login.model import WRONG_FORM, LoginState

#: The reviewer of the demo platform (docs: demo accounts).
DEMO_OPERATOR_MOBILE = "13900000000"


class SmsForm(QWidget):
    """Emits what the person wants; the page hands it to the model."""

    sign_in_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mobile = PhoneNumberField(name="mobileField")
        self.code = CodeField(name="codeField")
        self.code.send.setObjectName("sendCodeButton")
        self.remember = QCheckBox()
        self.remember.setObjectName("rememberCheck")
        self.remember_note = Label(role="caption", wrap=True, name="rememberNote")
        self.submit = PrimaryButton(name="signInButton")
        self.note = Label(role="caption", wrap=True, name="registerNote")
        self.demo = Banner(name="demoHint")
        self._codes_sent = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for widget in (self.mobile, self.code, self.remember, self.remember_note, self.submit, self.note):
            column.addWidget(widget)
        column.addWidget(self.demo)
        self.submit.clicked.connect(self._submit)
        self.code.submitted.connect(self._submit)
        self.mobile.submitted.connect(self.code.edit.setFocus)

    def show_state(self, state: LoginState) -> None:
        """Draw the form."""
        self._say_words()
        self.mobile.set_value(state.mobile)
        self.mobile.set_error(_mobile_words(state.mobile_problem))
        self.code.set_help(tr("验证码已发送, 5 分钟内有效") if state.codes_sent else "")
        self.code.set_error(_code_words(state.code_problem))
        self.code.set_send_enabled(enabled=not state.is_sending)
        if state.codes_sent != self._codes_sent:
            self._codes_sent = state.codes_sent
            self.code.start_countdown(state.resend_after_s)
            self.code.edit.setFocus()
        self._show_remember(state)
        self.submit.setEnabled(not state.is_signing_in)
        self.submit.setText(tr("正在登录…") if state.is_signing_in else tr("登录 / 注册"))
        self._show_demo(is_demo=state.is_demo)

    def _show_remember(self, state: LoginState) -> None:
        with QSignalBlocker(self.remember):  # that it cannot be is not that it is not wished
            self.remember.setChecked(state.remember and state.can_remember)
        self.remember.setEnabled(state.can_remember)
        self.remember_note.setVisible(not state.can_remember)

    def _say_words(self) -> None:
        self.mobile.set_label(tr("手机号码"), tr("11 位手机号码"))
        self.code.set_label(tr("短信验证码"), tr("6 位数字"))
        self.remember.setText(tr("记住登录"))
        self.remember.setAccessibleName(tr("记住登录"))
        self.remember.setToolTip(tr("请勿在公用电脑上勾选"))
        self.remember_note.setText(tr("本机的系统密钥环不可用, 无法记住登录; 下次启动需重新登录。"))
        self.note.setText(tr("未注册的手机号码验证后自动创建账号, 账号即手机号。"))

    def _show_demo(self, *, is_demo: bool) -> None:
        if is_demo:
            text = tr("短信会出现在虚拟手机上。平台审核员的手机号码是 {mobile}。", mobile=DEMO_OPERATOR_MOBILE)
            self.demo.show_message(Tone.INFO, tr("这是本机演示平台"), text)
        else:
            self.demo.clear()

    def _submit(self) -> None:
        self.sign_in_requested.emit(self.code.value)


def _mobile_words(code: str) -> str:
    return tr("请输入 11 位手机号码, 以 13 至 19 开头") if code == WRONG_FORM else _catalogue_words(code)


def _code_words(code: str) -> str:
    return tr("请输入短信中的 6 位数字") if code == WRONG_FORM else _catalogue_words(code)


def _catalogue_words(code: str) -> str:
    if not code:
        return ""
    wording = problem(code).wording(current_language())
    return tr("{title}。{next_step}", title=wording.title.rstrip("。."), next_step=wording.next_step)
