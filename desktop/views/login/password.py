"""The password side of the login card: number, login password, remember, one primary button. Passive.

The password is read from the field once, at the press of the button, and the field is emptied after a refusal.
"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.ui.i18n import tr
from desktop.ui.kit.base import Label
from desktop.ui.kit.buttons import LinkButton, PrimaryButton
from desktop.ui.kit.fields import PhoneNumberField
from desktop.views.login.model import LoginState
from desktop.views.login.parts import RememberBox, mobile_words, password_words
from desktop.views.secret_field import SecretField


class PasswordForm(QWidget):
    """Emits what the person wants; the page hands it to the model."""

    sign_in_requested = Signal(str)
    forgotten = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mobile = PhoneNumberField(name="passwordMobileField")
        self.password = SecretField(name="loginPasswordField")
        self.remember = RememberBox("passwordRememberCheck", "passwordRememberNote")
        self.submit = PrimaryButton(name="passwordSignInButton")
        self.forgot = LinkButton(name="forgotPasswordLink")
        self.note = Label(role="caption", wrap=True, name="passwordNote")
        self._refused = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for widget in (self.mobile, self.password, self.remember, self.submit, self.note, self.forgot):
            column.addWidget(widget)
        self.submit.clicked.connect(self._submit)
        self.password.submitted.connect(self._submit)
        self.mobile.submitted.connect(self.password.edit.setFocus)
        self.forgot.clicked.connect(self.forgotten)

    def show_state(self, state: LoginState) -> None:
        """Draw the form."""
        self.mobile.set_label(tr("手机号码"), tr("11 位手机号码"))
        self.password.set_label(tr("登录密码"))
        self.note.setText(tr("登录密码在【我的】-【账号与安全】中设置; 尚未设置或未注册的号码请用短信验证码登录。"))
        self.forgot.setText(tr("忘记登录密码, 改用短信验证码"))
        self.mobile.set_value(state.mobile)
        self.mobile.set_error(mobile_words(state))
        self.password.set_error(password_words(state))
        self.remember.show_state(state)
        self.submit.setEnabled(not state.is_signing_in)
        self.submit.setText(tr("正在登录…") if state.is_signing_in else tr("登录"))
        if state.refused != self._refused:
            self._refused = state.refused
            error = password_words(state)
            self.password.clear()
            self.password.set_error(error)
            self.password.edit.setFocus()

    def _submit(self) -> None:
        self.sign_in_requested.emit(self.password.value)
