"""账号与安全: its menu, the login password, and the login devices (manual, 12)."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from desktop.domain.passwords import strength_of
from desktop.phone.core.platform_views import LoginDevice
from desktop.phone.window.app_model import AppModel
from desktop.phone.window.base import PhonePage, ProblemBanner
from desktop.phone.window.parts import ListArea, MenuRow, fault_text
from desktop.phone.window.security_model import SecurityModel, SecurityState
from desktop.phone.window.states import Screen
from desktop.phone.window.words import device_words, login_strength_text, method_word
from desktop.ui.i18n import tr
from desktop.ui.kit import (
    Banner,
    CodeField,
    DangerButton,
    Icon,
    KitFrame,
    Label,
    LinkButton,
    PrimaryButton,
    SegmentedControl,
    StatusChip,
    TextField,
    Tone,
    local_time,
)


class SecurityPage(PhonePage[SecurityState]):
    """The menu."""

    def __init__(self, app: AppModel, model: SecurityModel) -> None:
        super().__init__("securityPage")
        self._app = app
        self.nav.back_requested.connect(app.back)
        self.notice = Banner(name="securityNotice")
        self.problem = ProblemBanner(name="securityProblem")
        self.problem.action_triggered.connect(model.refresh)
        self.password = MenuRow("lock", name="securityPassword")
        self.mobile = MenuRow("smartphone", name="securityMobile")
        self.devices = MenuRow("monitor", name="securityDevices")
        for row, screen in (
            (self.password, Screen.LOGIN_PASSWORD),
            (self.mobile, Screen.MOBILE),
            (self.devices, Screen.DEVICES),
        ):
            row.activated.connect(lambda screen=screen: app.open(screen))
        for widget in (self.notice, self.problem, self.password, self.mobile, self.devices):
            self.column.addWidget(widget)
        self._note = Label(role="caption", wrap=True)
        self.column.addWidget(self._note)
        self.column.addStretch(1)
        self.bind(model)
        self.look_at(app)

    def show_state(self, state: SecurityState) -> None:
        """Draw both states."""
        self.nav.set_title(tr("账号与安全"))
        session = self._app.state.session
        has_password = session is not None and session.has_password
        if state.notice == "password_set":
            self.notice.show_message(Tone.SUCCESS, tr("登录密码已设置"), tr("其他设备的登录已结束。"))
        else:
            self.notice.clear()
        self.problem.show_code(state, action=tr("重试"))
        self.password.set_texts(tr("登录密码"), tr("修改") if has_password else tr("未设置"))
        change = state.pending_change
        waiting = tr("更换中") if change is not None else ""
        # One of the two: both together have no room.
        bound = session.mobile_masked if session is not None and not waiting else ""
        self.mobile.set_texts(tr("绑定手机号"), bound, mark=waiting, tone=Tone.INFO)
        count = tr("{count} 个", count=len(state.devices)) if state.devices else ""
        self.devices.set_texts(tr("登录设备"), count)
        self._note.setText(tr("设置登录密码后, 可用短信验证码或登录密码两种方式登录。"))


class LoginPasswordPage(PhonePage[SecurityState]):
    """Set or change the login password, proved by the old one or by a code to the bound number."""

    def __init__(self, app: AppModel, model: SecurityModel) -> None:
        super().__init__("loginPasswordPage")
        self._app, self._model = app, model
        self._filled = self._sent = 0
        self.nav.back_requested.connect(app.back)
        self.how = SegmentedControl(name="loginPasswordProof")
        self.old = TextField(name="loginPasswordOld", secret=True)
        self.code = CodeField(name="loginPasswordCode")
        self.new = TextField(name="loginPasswordNew", secret=True)
        self.repeated = TextField(name="loginPasswordRepeated", secret=True)
        self.problem = ProblemBanner(name="loginPasswordProblem")
        self.submit = PrimaryButton(name="loginPasswordSubmit")
        self._note = Label(role="caption", wrap=True)
        for widget in (self.how, self.old, self.code, self.new, self.repeated, self.problem, self.submit, self._note):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.how.chosen.connect(model.choose_proof)
        self.code.send_requested.connect(model.send_password_code)
        self.new.changed.connect(lambda _: model.touch("new"))
        self.repeated.changed.connect(lambda _: model.touch("repeated"))
        self.submit.clicked.connect(self._submit)
        for field in (self.old, self.code, self.new, self.repeated):
            field.changed.connect(self.render_again)
            field.submitted.connect(self._submit)
        self.bind(model)
        self.look_at(app)

    def show_state(self, state: SecurityState) -> None:
        """Draw both states."""
        app = self._app.state
        has_password = app.session is not None and app.session.has_password
        if state.form_number != self._filled or app.screen is not Screen.LOGIN_PASSWORD:
            self._filled = state.form_number
            for field in (self.old, self.code, self.new, self.repeated):
                # A secret does not wait in a hidden field.
                field.set_value("")
        if state.sent_count != self._sent:
            self._sent = state.sent_count
            self.code.start_countdown(state.resend_after_s or 60)
        self.nav.set_title(tr("修改登录密码") if has_password else tr("设置登录密码"))
        self.how.setVisible(has_password)
        self.how.set_options([("old", tr("用原密码")), ("code", tr("用短信验证码"))])
        self.how.set_current("code" if state.by_code else "old")
        self.how.setAccessibleName(tr("验证方式"))
        self.old.setVisible(not state.by_code)
        self.code.setVisible(state.by_code)
        self.old.set_label(tr("原登录密码"))
        mobile = app.session.mobile_masked if app.session is not None else ""
        self.code.set_label(tr("发至 {mobile} 的验证码", mobile=mobile), tr("6 位数字"))
        self.code.set_send_enabled(enabled=not state.is_busy)
        self.new.set_label(tr("新登录密码"))
        strength = strength_of(self.new.value, mobile=self._app.mobile)
        self.new.set_help(login_strength_text(strength, is_empty=not self.new.value))
        self.new.set_error(fault_text(state.fault("new")))
        self.repeated.set_label(tr("再次输入新密码"))
        self.repeated.set_error(fault_text(state.fault("repeated")))
        self.problem.show_code(state)
        self.submit.setText(tr("正在保存…") if state.is_busy else tr("保存"))
        proved = self.code.is_complete if state.by_code else bool(self.old.value)
        self.submit.setEnabled(proved and bool(self.new.value and self.repeated.value) and not state.is_busy)
        self._note.setText(tr("保存后, 其他设备的登录立即结束。登录密码与证书密码是两回事。"))

    def _submit(self) -> None:
        if self.submit.isEnabled():
            self._model.set_password(
                old=self.old.value, code=self.code.value, new=self.new.value, repeated=self.repeated.value
            )


class DeviceCard(KitFrame):
    """One login."""

    end_requested = Signal()

    def __init__(self, device: LoginDevice) -> None:
        super().__init__(f"device_{device.session_id}", "card")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Icon("smartphone" if device.is_current else "monitor", "primary", 20))
        head.addWidget(Label(device_words(device), "lead", wrap=True), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 10)
        column.setSpacing(4)
        column.addLayout(head)
        begun = tr("{how} · {time}", how=method_word(device.method), time=local_time(device.created_at))
        column.addWidget(Label(begun, "caption", wrap=True))
        if device.is_current:
            head.addWidget(StatusChip(tr("本机"), Tone.SUCCESS))
        else:
            end = LinkButton(tr("结束登录"), name=f"deviceEnd_{device.session_id}")
            end.setAccessibleName(tr("结束 {name} 的登录", name=device_words(device)))
            end.clicked.connect(self.end_requested)
            column.addWidget(end)
        self.setAccessibleName(f"{device_words(device)} {begun}")


class DevicesPage(PhonePage[SecurityState]):
    """Who is logged in as oneself, and how to end it."""

    def __init__(self, app: AppModel, model: SecurityModel) -> None:
        super().__init__("devicesPage")
        self._model = model
        self.nav.back_requested.connect(app.back)
        self.notice = Banner(name="devicesNotice")
        self.list = ListArea("devices", "monitor")
        self.list.retry.connect(model.refresh)
        self.end_others = DangerButton(name="devicesEndOthers")
        self.end_others.clicked.connect(model.end_others)
        for widget in (self.notice, self.list, self.end_others):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.bind(model)

    def show_state(self, state: SecurityState) -> None:
        """Draw the logins."""
        self.nav.set_title(tr("登录设备"))
        if state.notice == "devices_ended":
            self.notice.show_message(Tone.SUCCESS, tr("登录已结束"))
        else:
            self.notice.clear()
        self.list.show_items(state, state.devices, self._make, is_loading=state.is_loading and not state.devices)
        self.list.empty.set_texts(tr("没有登录"), "")
        self.end_others.setText(tr("正在处理…") if state.is_busy else tr("结束其他全部登录"))
        self.end_others.setVisible(any(not d.is_current for d in state.devices))
        self.end_others.setEnabled(not state.is_busy)

    def _make(self, device: LoginDevice) -> DeviceCard:
        card = DeviceCard(device)
        card.end_requested.connect(lambda: self._model.end_device(device.session_id))
        return card
