"""更换绑定手机号: codes to the old and the new number, or papers where the old one is lost (manual, 12)."""

from desktop.phone.window.app_model import AppModel
from desktop.phone.window.base import PhonePage, ProblemBanner
from desktop.phone.window.parts import PapersField, Warned, fault_text
from desktop.phone.window.security_model import SecurityModel, SecurityState
from desktop.phone.window.states import Screen
from desktop.ui.i18n import tr
from desktop.ui.kit import (
    Banner,
    Card,
    CodeField,
    DangerButton,
    Label,
    PhoneNumberField,
    PrimaryButton,
    SegmentedControl,
    TextField,
    Tone,
    local_time,
)
from desktop.ui.kit.drop import FilePicker


class MobilePage(PhonePage[SecurityState]):
    """See the module docstring."""

    def __init__(self, app: AppModel, model: SecurityModel, pick: FilePicker) -> None:
        super().__init__("mobilePage")
        self._app, self._model = app, model
        self._filled = self._sent = 0
        self.nav.back_requested.connect(app.back)
        self.notice = Banner(name="mobileNotice")
        self.pending = Card(name="mobilePending", padding=16)
        self._pending_title = Label(role="lead", wrap=True, name="mobilePendingTitle")
        self._pending_text = Label(role="body", wrap=True)
        self.cancel = DangerButton(name="mobileCancel")
        for part in (self._pending_title, self._pending_text, self.cancel):
            self.pending.add(part)
        self.how = SegmentedControl(name="mobileHow")
        self.warning = Warned(name="mobileWarning")
        self.mobile = PhoneNumberField(name="mobileNew")
        self.new_code = CodeField(name="mobileNewCode")
        self.old_code = CodeField(name="mobileOldCode")
        # One touch sends both; the second field has no button of its own.
        self.old_code.send.hide()
        self.password = TextField(name="mobilePassword", secret=True)
        self.papers = PapersField("mobilePapers", pick)
        self.problem = ProblemBanner(name="mobileProblem")
        self.submit = PrimaryButton(name="mobileSubmit")
        self._fields = (self.mobile, self.new_code, self.old_code, self.password)
        for widget in (self.notice, self.pending, self.how, self.warning, *self._fields, self.papers, self.problem):
            self.column.addWidget(widget)
        self.column.addWidget(self.submit)
        self.column.addStretch(1)
        self._connect()
        self.bind(model)
        self.look_at(app)

    def _connect(self) -> None:
        model = self._model
        self.cancel.clicked.connect(model.cancel_change)
        self.how.chosen.connect(model.choose_lost)
        self.mobile.changed.connect(lambda _: model.touch("mobile"))
        self.new_code.send_requested.connect(lambda: model.send_mobile_codes(self.mobile.value))
        self.papers.chosen.connect(model.attach)
        self.papers.removed.connect(model.detach)
        self.submit.clicked.connect(self._submit)
        for field in self._fields:
            field.changed.connect(self.render_again)
            field.submitted.connect(self._submit)

    def show_state(self, state: SecurityState) -> None:
        """Draw both states."""
        app = self._app.state
        if state.form_number != self._filled or app.screen is not Screen.MOBILE:
            self._filled = state.form_number
            for field in self._fields:
                field.set_value("")
        if state.sent_count != self._sent:
            self._sent = state.sent_count
            self.new_code.start_countdown(state.resend_after_s or 60)
        self.nav.set_title(tr("更换绑定手机号"))
        self._show_notice(state)
        self._show_pending(state)
        self._show_form(state)

    def _show_notice(self, state: SecurityState) -> None:
        notices = {
            "change_planned": tr("已提交, 24 小时后生效"),
            "lost_sent": tr("材料已提交, 审核通过 72 小时后生效"),
            "change_cancelled": tr("更换已取消"),
        }
        if state.notice in notices:
            self.notice.show_message(Tone.SUCCESS, notices[state.notice])
        else:
            self.notice.clear()

    def _show_pending(self, state: SecurityState) -> None:
        change = state.pending_change
        self.pending.setVisible(change is not None)
        if change is None:
            return
        self._pending_title.setText(tr("将更换为 {mobile}", mobile=change.new_masked))
        time = local_time(change.effective_at)
        self._pending_text.setText(tr("{time} 生效, 届时所有登录结束。若非本人操作, 请立即取消。", time=time))
        self.cancel.setText(tr("取消更换"))
        self.cancel.setEnabled(not state.is_busy)

    def _show_form(self, state: SecurityState) -> None:
        session = self._app.state.session
        old = session.mobile_masked if session is not None else ""
        has_password = session is not None and session.has_password
        is_open = state.pending_change is None
        for widget in (self.how, self.mobile, self.new_code, self.submit):
            widget.setVisible(is_open)
        self.old_code.setVisible(is_open and not state.is_lost)
        self.password.setVisible(is_open and not state.is_lost and has_password)
        self.papers.setVisible(is_open and state.is_lost)
        self.how.set_options([("kept", tr("原手机号可用")), ("lost", tr("原手机号已停用"))])
        self.how.set_current("lost" if state.is_lost else "kept")
        self.how.setAccessibleName(tr("验证方式"))
        if state.is_lost:
            self.warning.show_words(
                tr("需要实名认证"), tr("上传身份证照片, 平台审核通过 72 小时后生效。期间可随时取消。"), Tone.INFO
            )
        else:
            self.warning.show_words(
                tr("两个号码都要验证"), tr("验证码会发至新旧两个手机号, 24 小时后生效。期间可随时取消。"), Tone.INFO
            )
        self.warning.setVisible(is_open)  # last: saying something shows it
        self.mobile.set_label(tr("新手机号"), tr("11 位手机号"))
        self.mobile.set_error(fault_text(state.fault("mobile")))
        self.new_code.set_label(tr("新手机号收到的验证码"), tr("6 位数字"))
        self.new_code.set_send_enabled(enabled=self.mobile.is_valid and not state.is_busy)
        self.old_code.set_label(tr("{mobile} 收到的验证码", mobile=old), tr("6 位数字"))
        self.password.set_label(tr("登录密码"))
        self.papers.show_papers(tr("上传身份证正反面照片"), state.papers, state.fault("papers"))
        self.problem.show_code(state)
        self.submit.setText(tr("正在提交…") if state.is_busy else tr("提交"))
        self.submit.setEnabled(self._is_filled(state, has_password=has_password) and not state.is_busy)

    def _is_filled(self, state: SecurityState, *, has_password: bool) -> bool:
        if not (self.mobile.is_valid and self.new_code.is_complete):
            return False
        return state.is_lost or (self.old_code.is_complete and (bool(self.password.value) or not has_password))

    def _submit(self) -> None:
        if self.submit.isEnabled() and self.submit.isVisibleTo(self):
            self._model.change_mobile(
                new_mobile=self.mobile.value,
                new_code=self.new_code.value,
                old_code=self.old_code.value,
                password=self.password.value,
            )
