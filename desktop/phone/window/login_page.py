"""登录/注册: platform, mobile number, SMS code (manual, 2)."""

from PySide6.QtCore import Qt

from desktop.phone.window.app_model import AppModel
from desktop.phone.window.base import PhonePage, ProblemBanner
from desktop.phone.window.states import AppState
from desktop.ui.i18n import tr
from desktop.ui.kit import ChoiceField, CodeField, Icon, Label, PhoneNumberField, PrimaryButton


class LoginPage(PhonePage[AppState]):
    """See the module docstring."""

    def __init__(self, model: AppModel) -> None:
        super().__init__("loginPage", has_nav=False)
        self._model = model
        self._sent_count = 0
        self._title = Label(role="title")
        self._subtitle = Label(role="muted", wrap=True)
        for label in (self._title, self._subtitle):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.platform = ChoiceField(name="loginPlatform")
        self.mobile = PhoneNumberField(name="loginMobile")
        self.code = CodeField(name="loginCode")
        self.log_in = PrimaryButton(name="loginSubmit")
        self.problem = ProblemBanner(name="loginProblem")
        self._note = Label(role="caption", wrap=True)
        self._note.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.column.setContentsMargins(24, 32, 24, 24)
        self.column.addWidget(Icon("brand", "brand", 56), 0, Qt.AlignmentFlag.AlignHCenter)
        self.column.addWidget(self._title)
        self.column.addWidget(self._subtitle)
        self.column.addSpacing(8)
        for widget in (self.platform, self.mobile, self.code, self.problem, self.log_in, self._note):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.mobile.changed.connect(self.render_again)
        self.code.changed.connect(self.render_again)
        self.code.send_requested.connect(lambda: model.send_code(self.mobile.value))
        self.code.submitted.connect(self._submit)
        self.log_in.clicked.connect(self._submit)
        self.mobile.set_value(model.mobile)
        self.bind(model)

    def fill_code(self, code: str) -> None:
        """Put a copied code into the field."""
        self.code.set_value(code)

    def show_state(self, state: AppState) -> None:
        """Draw `state`."""
        self._title.setText(tr("移动数字证书"))
        self._subtitle.setText(tr("短信验证码登录, 未注册的手机号自动创建账号"))
        self.platform.set_label(tr("平台"))
        self.platform.set_options([("platform", state.platform_name)])
        self.mobile.set_label(tr("手机号"), tr("11 位手机号"))
        self.code.set_label(tr("验证码"), tr("6 位数字"))
        self.log_in.setText(tr("正在登录…") if state.busy and self.code.is_complete else tr("登录 / 注册"))
        self.log_in.setEnabled(self.mobile.is_valid and self.code.is_complete and not state.busy)
        self.code.set_send_enabled(enabled=self.mobile.is_valid and not state.busy)
        self._note.setText(tr("账号即手机号。证书与密钥只保存在本手机。"))
        self.problem.show_code(state)
        if state.sent_count != self._sent_count:
            self._sent_count = state.sent_count
            self.code.start_countdown(state.resend_after_s or 60)
            self.code.edit.setFocus()

    def _submit(self) -> None:
        if self.log_in.isEnabled():
            self._model.log_in(self.mobile.value, self.code.value)
