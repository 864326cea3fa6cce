"""登录/注册: platform, mobile number, and an SMS code or the login password (manual, 2 and 12)."""

from PySide6.QtCore import Qt

from desktop.phone.window.app_model import AppModel
from desktop.phone.window.base import PhonePage, ProblemBanner
from desktop.phone.window.states import AppState, Screen
from desktop.ui.i18n import tr
from desktop.ui.kit import (
    ChoiceField,
    CodeField,
    Icon,
    Label,
    PhoneNumberField,
    PrimaryButton,
    SegmentedControl,
    TextField,
)

_BY_CODE, _BY_PASSWORD = "code", "password"


class LoginPage(PhonePage[AppState]):
    """See the module docstring."""

    def __init__(self, model: AppModel) -> None:
        super().__init__("loginPage", has_nav=False)
        self._model = model
        self._sent_count = 0
        self._sent_to = ""
        self._title = Label(role="title")
        self._subtitle = Label(role="muted", wrap=True)
        for label in (self._title, self._subtitle):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.platform = ChoiceField(name="loginPlatform")
        self.how = SegmentedControl(name="loginHow")
        self.mobile = PhoneNumberField(name="loginMobile")
        self.code = CodeField(name="loginCode")
        self.password = TextField(name="loginPassword", secret=True)
        self.log_in = PrimaryButton(name="loginSubmit")
        self.problem = ProblemBanner(name="loginProblem")
        self._note = Label(role="caption", wrap=True)
        self._note.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.column.setContentsMargins(24, 28, 24, 24)
        self.column.addWidget(Icon("brand", "brand", 56), 0, Qt.AlignmentFlag.AlignHCenter)
        self.column.addWidget(self._title)
        self.column.addWidget(self._subtitle)
        self.column.addWidget(self.platform)
        self.column.addWidget(self.how, 0, Qt.AlignmentFlag.AlignHCenter)
        for widget in (self.mobile, self.code, self.password, self.problem, self.log_in, self._note):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.how.chosen.connect(self._go_the_other_way)
        self.code.send_requested.connect(lambda: model.send_code(self.mobile.value))
        self.log_in.clicked.connect(self._submit)
        for field in (self.mobile, self.code, self.password):
            field.changed.connect(self.render_again)
            field.submitted.connect(self._submit)
        self.mobile.set_value(model.mobile)
        self.bind(model)

    def fill_code(self, code: str) -> None:
        """Put a copied code into the field."""
        self.code.set_value(code)

    def take_focus(self) -> None:
        """Begin at the number, or at what proves it."""
        proof = self.code.edit if self._is_by_code else self.password.edit
        (proof if self.mobile.is_valid else self.mobile.edit).setFocus()

    def show_state(self, state: AppState) -> None:
        """Draw `state`."""
        if state.screen is not Screen.LOGIN:
            # A secret does not wait in a hidden field, nor a code that was used.
            self.password.set_value("")
            self.code.set_value("")
        self.how.set_options([(_BY_CODE, tr("短信验证码")), (_BY_PASSWORD, tr("登录密码"))])
        self.how.setAccessibleName(tr("登录方式"))
        by_code = self._is_by_code
        self._title.setText(tr("移动数字证书"))
        self._subtitle.setText(
            tr("短信验证码登录, 未注册的手机号自动创建账号")
            if by_code
            else tr("登录密码在【我的】-【账号与安全】中设置; 没有设置时请用短信验证码")
        )
        self.platform.set_label(tr("平台"))
        self.platform.set_options([("platform", state.platform_name)])
        self.mobile.set_label(tr("手机号"), tr("11 位手机号"))
        self.code.set_label(tr("验证码"), tr("6 位数字"))
        self.password.set_label(tr("登录密码"))
        self.code.setVisible(by_code)
        self.password.setVisible(not by_code)
        is_filled = self.code.is_complete if by_code else bool(self.password.value)
        idle = tr("登录 / 注册") if by_code else tr("登录")
        self.log_in.setText(tr("正在登录…") if state.busy and is_filled else idle)
        self.log_in.setEnabled(self.mobile.is_valid and is_filled and not state.busy)
        self.code.set_send_enabled(enabled=self.mobile.is_valid and not state.busy)
        self._note.setText(tr("账号即手机号。证书与密钥只保存在本手机。"))
        self.problem.show_code(state)
        if state.sent_count != self._sent_count:
            self._sent_count, self._sent_to = state.sent_count, self._model.mobile
            self.code.start_countdown(state.resend_after_s or 60)
            self.code.edit.setFocus()
        elif self._sent_to and self.mobile.is_valid and self.mobile.value != self._sent_to:
            # Another number does not wait for the minute of the first.
            self._sent_to = ""
            self.code.start_countdown(0)

    @property
    def _is_by_code(self) -> bool:
        return self.how.current != _BY_PASSWORD

    def _go_the_other_way(self, _how: str) -> None:
        self._model.forget_problem()
        self.render_again()

    def _submit(self) -> None:
        if not self.log_in.isEnabled():
            return
        if self._is_by_code:
            self._model.log_in(self.mobile.value, self.code.value)
        else:
            self._model.log_in_by_password(self.mobile.value, self.password.value)
