"""The SMS half of the login card: number, code, remember, one primary button. Passive."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.ui.i18n import tr
from desktop.ui.kit.base import Label, Tone
from desktop.ui.kit.buttons import PrimaryButton
from desktop.ui.kit.fields import CodeField, PhoneNumberField
from desktop.ui.kit.surfaces import Banner
from desktop.views.login.model import LoginState
from desktop.views.login.parts import RememberBox, code_words, mobile_words

#: The reviewer of the demo platform (docs: demo accounts).
DEMO_OPERATOR_MOBILE = "13900000000"
#: The person of its tender agency.
DEMO_AGENT_MOBILE = "13900000001"


class SmsForm(QWidget):
    """Emits what the person wants; the page hands it to the model."""

    sign_in_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mobile = PhoneNumberField(name="mobileField")
        self.code = CodeField(name="codeField")
        self.code.send.setObjectName("sendCodeButton")
        self.remember = RememberBox("rememberCheck", "rememberNote")
        self.submit = PrimaryButton(name="signInButton")
        self.note = Label(role="caption", wrap=True, name="registerNote")
        self.demo = Banner(name="demoHint")
        self._codes_sent = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for widget in (self.mobile, self.code, self.remember, self.submit, self.note):
            column.addWidget(widget)
        column.addWidget(self.demo)
        self.submit.clicked.connect(self._submit)
        self.code.submitted.connect(self._submit)
        self.mobile.submitted.connect(self.code.edit.setFocus)

    def show_state(self, state: LoginState) -> None:
        """Draw the form."""
        self._say_words()
        self.mobile.set_value(state.mobile)
        self.mobile.set_error(mobile_words(state))
        self.code.set_help(tr("验证码已发送, 5 分钟内有效") if state.codes_sent else "")
        self.code.set_error(code_words(state))
        self.code.set_send_enabled(enabled=not state.is_sending)
        if state.codes_sent != self._codes_sent:
            self._codes_sent = state.codes_sent
            self.code.start_countdown(state.resend_after_s)
            self.code.edit.setFocus()
        self.remember.show_state(state)
        self.submit.setEnabled(not state.is_signing_in)
        self.submit.setText(tr("正在登录…") if state.is_signing_in else tr("登录 / 注册"))
        self._show_demo(is_demo=state.is_demo)

    def _say_words(self) -> None:
        self.mobile.set_label(tr("手机号码"), tr("11 位手机号码"))
        self.code.set_label(tr("短信验证码"), tr("6 位数字"))
        self.note.setText(tr("未注册的手机号码验证后自动创建账号, 账号即手机号。"))

    def _show_demo(self, *, is_demo: bool) -> None:
        if is_demo:
            text = tr(
                "短信会出现在虚拟手机上。平台审核员的手机号码是 {operator}, 招标代理经办人是 {agent}。",
                operator=DEMO_OPERATOR_MOBILE,
                agent=DEMO_AGENT_MOBILE,
            )
            self.demo.show_message(Tone.INFO, tr("这是本机演示平台"), text)
        else:
            self.demo.clear()

    def _submit(self) -> None:
        self.sign_in_requested.emit(self.code.value)
