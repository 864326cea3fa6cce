"""The form for the login password: rules first, then the proof, then the new one twice. Passive."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.domain.passwords import MIN_CHARACTERS
from desktop.ui.i18n import tr
from desktop.ui.kit import Banner, CodeField, Label, PanelHead, PrimaryButton, SecondaryButton, SegmentedControl, Tone
from desktop.ui.kit.head import foot_row, frame_form
from desktop.views.me.field_checks import MISSING, WRONG_FORM
from desktop.views.me.frame import WIDTH
from desktop.views.me.password_model import DIFFERS, SAME, PasswordModel, PasswordState, Proof
from desktop.views.me.strength_meter import StrengthMeter
from desktop.views.refusals import refusal_words
from desktop.views.secret_field import SecretField

_FIELD = 440


class PasswordPanel(QWidget):
    """`closed` when the person goes back."""

    closed = Signal()

    def __init__(self, model: PasswordModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("passwordPanel")
        self.model = model
        self.head = PanelHead(name="passwordPanel")
        self.banner = Banner(name="passwordBanner")
        self.rules = Banner(name="passwordRules")
        self.proofs = SegmentedControl(name="passwordProof")
        self.old = SecretField(name="oldPasswordField")
        self.code = CodeField(name="passwordCodeField")
        self.new = SecretField(name="newPasswordField")
        self.meter = StrengthMeter(name="passwordStrength")
        self.again = SecretField(name="againPasswordField")
        self.note = Label(role="caption", wrap=True)
        self.cancel = SecondaryButton(name="cancelPasswordButton")
        self.submit = PrimaryButton(name="savePasswordButton")
        self._form_number, self._codes_sent = 0, 0
        self._lay_out()
        self._connect()
        model.changed.connect(self.show_state)

    @property
    def is_typed(self) -> bool:
        """Whether something stands in the fields."""
        return any(field.value for field in (self.old, self.code, self.new, self.again))

    def show_state(self) -> None:
        """Draw the form."""
        state = self.model.state
        self._say(state)
        if state.form_number != self._form_number:
            self._form_number = state.form_number
            for field in (self.old, self.new, self.again):
                field.clear()
            self.code.set_value("")
        self.proofs.setVisible(state.has_password)
        self.proofs.set_current(state.proof.value)
        self.old.setVisible(state.proof is Proof.OLD)
        self.code.setVisible(state.proof is Proof.CODE)
        self.code.set_send_enabled(enabled=not state.is_sending)
        if state.codes_sent != self._codes_sent:
            self._codes_sent = state.codes_sent
            self.code.start_countdown(state.resend_after_s)
            self.code.edit.setFocus()
        self.meter.show_strength(state.strength if self.new.value else None)
        self.old.set_error(_proof_words(state) if state.proof is Proof.OLD else "")
        self.code.set_error(_proof_words(state) if state.proof is Proof.CODE else "")
        self.new.set_error(_new_words(state))
        self.again.set_error(tr("两次输入的密码不一致") if state.again_problem == DIFFERS else "")
        self.submit.setEnabled(not state.is_saving)
        if state.problem_code:
            self.banner.show_problem(state.problem_code, state.problem_detail)
        else:
            self.banner.clear()

    def focus(self) -> None:
        """Begin at the proof."""
        (self.old if self.model.state.proof is Proof.OLD else self.code).edit.setFocus()

    def _say(self, state: PasswordState) -> None:
        self.head.set_title(tr("修改登录密码") if state.has_password else tr("设置登录密码"))
        rules = tr(
            "至少 {count} 个字符, 少于 12 个字符时须含两类字符 (小写、大写、数字、符号、汉字); 越长越安全, 可用一句话。"
            "不能含手机号, 不能是常见密码或连续、重复的字符。登录密码与证书密码不同, 请勿使用同一个。",
            count=MIN_CHARACTERS,
        )
        self.rules.show_message(Tone.INFO, tr("密码规则"), rules)
        self.proofs.set_options([(Proof.OLD.value, tr("用原密码")), (Proof.CODE.value, tr("用短信验证码"))])
        self.old.set_label(tr("原登录密码"))
        self.code.set_label(tr("短信验证码 (发至 {mobile})", mobile=state.mobile_masked), tr("6 位数字"))
        self.new.set_label(tr("新登录密码"))
        self.again.set_label(tr("再次输入新登录密码"))
        self.note.setText(tr("保存后, 此账号在其他设备上的登录全部退出; 本机保持登录。"))
        self.cancel.setText(tr("取消"))
        self.submit.setText(tr("正在保存…") if state.is_saving else tr("保存"))

    def _submit(self) -> None:
        proof = self.old.value if self.model.state.proof is Proof.OLD else self.code.value
        self.model.save(self.new.value, self.again.value, proof)

    def _lay_out(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(32, 8, 32, 8)
        column.setSpacing(16)
        for field in (self.old, self.code, self.new, self.meter, self.again):
            field.setMaximumWidth(_FIELD)
        for widget in (
            self.banner,
            self.rules,
            self.proofs,
            self.old,
            self.code,
            self.new,
            self.meter,
            self.again,
        ):
            column.addWidget(widget)
        column.addStretch()
        frame_form(self, self.head, inner, foot_row(self.note, self.cancel, self.submit), width=WIDTH)

    def _connect(self) -> None:
        self.head.back_requested.connect(self.closed)
        self.cancel.clicked.connect(self.closed)
        QShortcut(QKeySequence.StandardKey.Cancel, self, self.closed.emit)
        self.proofs.chosen.connect(lambda proof: self.model.choose(Proof(proof)))
        self.code.send_requested.connect(self.model.send_code)
        self.new.changed.connect(self.model.type_new)
        self.old.submitted.connect(self.new.edit.setFocus)
        self.code.submitted.connect(self.new.edit.setFocus)
        self.new.submitted.connect(self.again.edit.setFocus)
        self.again.submitted.connect(self._submit)
        self.submit.clicked.connect(self._submit)


def _proof_words(state: PasswordState) -> str:
    if state.proof_problem == WRONG_FORM:
        return tr("请输入原登录密码") if state.proof is Proof.OLD else tr("请输入短信中的 6 位数字")
    if state.proof_problem == "platform.password_wrong":
        return tr("原登录密码不正确; 忘记了可改用短信验证码。")
    return refusal_words(state.proof_problem, state.detail)


def _new_words(state: PasswordState) -> str:
    if state.new_problem == MISSING:
        return tr("请输入新登录密码")
    if state.new_problem == SAME:
        return tr("新密码与原密码相同, 请换一个")
    return refusal_words(state.new_problem)
