"""忘记密码 · 重置密码: what a reset is, papers, the review's word, the new password. See the model."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.phone.core.guard import ResetStage
from desktop.phone.window.app_model import AppModel
from desktop.phone.window.base import PhonePage, ProblemBanner
from desktop.phone.window.detail_pages import strength_text
from desktop.phone.window.parts import PapersField, Warned
from desktop.phone.window.password_model import ForgottenModel, ForgottenState
from desktop.phone.window.states import Screen
from desktop.ui.i18n import tr
from desktop.ui.kit import Banner, Icon, Label, LinkButton, PrimaryButton, TextField, Tone
from desktop.ui.kit.drop import FilePicker

_ASKS = (ResetStage.NONE, ResetStage.REJECTED)


class ForgottenPage(PhonePage[ForgottenState]):
    """See the module docstring."""

    def __init__(self, app: AppModel, model: ForgottenModel, pick: FilePicker) -> None:
        super().__init__("forgottenPage")
        self._app, self._model = app, model
        self.nav.back_requested.connect(app.back)
        self.warning = Warned(name="forgottenWarning")
        self.standing = Banner(name="forgottenStanding")
        self.papers = PapersField("forgottenPapers", pick)
        self.new = TextField(name="forgottenNew", secret=True)
        self.repeated = TextField(name="forgottenRepeated", secret=True)
        self.problem = ProblemBanner(name="forgottenProblem")
        self.submit = PrimaryButton(name="forgottenSubmit")
        self.set = PrimaryButton(name="forgottenSet")
        self.look = LinkButton(icon="refresh-cw", name="forgottenLook")
        self._form = QWidget()
        column = QVBoxLayout(self._form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for widget in (
            self.warning,
            self.standing,
            self.papers,
            self.new,
            self.repeated,
            self.problem,
            self.submit,
            self.set,
        ):
            column.addWidget(widget)
        column.addWidget(self.look, 0, Qt.AlignmentFlag.AlignHCenter)
        self._build_end()
        self.column.addWidget(self._form)
        self.column.addWidget(self._end)
        self.column.addStretch(1)
        self.papers.chosen.connect(model.attach)
        self.papers.removed.connect(model.detach)
        self.submit.clicked.connect(model.submit)
        self.set.clicked.connect(self._set)
        self.look.clicked.connect(model.look)
        for field in (self.new, self.repeated):
            field.changed.connect(self.render_again)
            field.submitted.connect(self._set)
        app.changed.connect(self._empty)
        self.bind(model)

    def _build_end(self) -> None:
        self._end = QWidget()
        self.end_title = Label(role="title", name="forgottenEndTitle", wrap=True)
        self.end_text = Label(role="body", name="forgottenEndText", wrap=True)
        for label in (self.end_title, self.end_text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.done = PrimaryButton(name="forgottenDone")
        column = QVBoxLayout(self._end)
        column.setContentsMargins(0, 48, 0, 0)
        column.setSpacing(16)
        column.addWidget(Icon("circle-check", "success", 64), 0, Qt.AlignmentFlag.AlignHCenter)
        for widget in (self.end_title, self.end_text, self.done):
            column.addWidget(widget)
        self.done.clicked.connect(self._app.back)

    def show_state(self, state: ForgottenState) -> None:
        """Draw where the reset stands."""
        self.nav.set_title(tr("重置证书密码"))
        self._form.setVisible(not state.is_done)
        self._end.setVisible(state.is_done)
        self.end_title.setText(tr("证书密码已重置"))
        self.end_text.setText(tr("请牢记新密码。密钥和证书不变, 已加密的投标文件仍可解密。"))
        self.done.setText(tr("完成"))
        self.warning.show_words(
            tr("需要实名认证, 密钥和证书不变"),
            tr(
                "忘记密码或连续输错十次被锁定时办理。平台审核通过后三天内在本手机上设置新密码; 印章和已加密的投标文件"
                "不受影响。"
            ),
        )
        # What it is about is said before it is asked for; afterwards only where it stands.
        self.warning.setVisible(state.stage in _ASKS)
        self._show_standing(state)
        asks, sets = state.stage in _ASKS, state.stage is ResetStage.APPROVED
        self.papers.setVisible(asks)
        self.papers.show_papers(tr("上传身份证正反面照片"), state.papers, state.fault("papers"))
        for field in (self.new, self.repeated, self.set):
            field.setVisible(sets)
        self.new.set_label(tr("新证书密码"))
        self.new.set_help(strength_text(self.new.value))
        self.repeated.set_label(tr("再次输入新密码"))
        self.problem.show_code(state)
        self.submit.setVisible(asks)
        self.submit.setText(tr("正在提交…") if state.is_busy else tr("提交实名认证"))
        self.submit.setEnabled(not state.is_busy)
        self.set.setText(tr("正在设置…") if state.is_busy else tr("设置新密码"))
        self.set.setEnabled(bool(self.new.value) and bool(self.repeated.value) and not state.is_busy)
        self.look.setText(tr("正在查询…") if state.is_loading else tr("重新查询"))
        self.look.setVisible(state.stage is ResetStage.PENDING or (state.stage is None and bool(state.problem_code)))
        self.look.setEnabled(not state.is_loading)

    def _show_standing(self, state: ForgottenState) -> None:
        words = {
            ResetStage.PENDING: (Tone.INFO, tr("待审核"), tr("材料已提交。平台审核通过后, 在这里设置新密码。")),
            ResetStage.APPROVED: (Tone.SUCCESS, tr("已通过: 请设置新密码"), tr("请在通过后三天内设置; 只能使用一次。")),
            ResetStage.REJECTED: (
                Tone.PROBLEM,
                tr("已驳回"),
                tr("原因: {reason}。请修改材料后重新提交。", reason=state.reason.rstrip("。.") or tr("未说明")),
            ),
            ResetStage.UNAVAILABLE: (
                Tone.WARNING,
                tr("此证书还不能重置密码"),
                tr("本机证书的密码找回尚未启用。如还记得密码, 使用一次证书即自动启用; 否则请补办证书。"),
            ),
        }
        if state.stage in words:
            self.standing.show_message(*words[state.stage])
        elif state.stage is None and not state.problem_code:
            self.standing.show_message(Tone.INFO, tr("正在查询…"), "")
        else:
            self.standing.clear()

    def _empty(self) -> None:
        if self._app.state.screen is not Screen.FORGOTTEN:
            # A secret does not wait in a hidden field.
            for field in (self.new, self.repeated):
                field.set_value("")

    def _set(self) -> None:
        if self.set.isEnabled():
            self._model.set_password(self.new.value, self.repeated.value)
