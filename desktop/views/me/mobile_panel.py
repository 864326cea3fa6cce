"""The form for another bound mobile number: what will happen first, then the numbers, codes or papers. Passive."""

from pathlib import Path

from PySide6.QtCore import QRegularExpression, Signal
from PySide6.QtGui import QKeySequence, QRegularExpressionValidator, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.ui.i18n import tr
from desktop.ui.kit import (
    Banner,
    CodeField,
    Label,
    PanelHead,
    PhoneNumberField,
    PrimaryButton,
    SecondaryButton,
    SegmentedControl,
    TextField,
    Tone,
)
from desktop.ui.kit.drop import FilePicker
from desktop.ui.kit.head import foot_row, frame_form
from desktop.views.certificates.checks import Fault
from desktop.views.certificates.follow_state import MAX_PAPERS, TOO_MANY
from desktop.views.certificates.papers_box import PapersBox
from desktop.views.me.field_checks import MISSING, WRONG_FORM
from desktop.views.me.frame import WIDTH
from desktop.views.me.mobile_model import MobileInput, MobileModel, MobileState
from desktop.views.refusals import refusal_words
from desktop.views.secret_field import SecretField

_FIELD = 440
_BOTH, _LOST = "both", "lost"


class MobilePanel(QWidget):
    """`closed` when the person goes back."""

    closed = Signal()

    def __init__(self, model: MobileModel, *, pick: FilePicker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("mobilePanel")
        self.model = model
        self.head = PanelHead(name="mobilePanel")
        self.banner = Banner(name="mobileBanner")
        self.notice = Banner(name="mobileNotice")
        self.ways = SegmentedControl(name="mobileWay")
        self.new_mobile = PhoneNumberField(name="newMobileField")
        self.new_code = CodeField(name="newMobileCodeField")
        self.old_code = TextField(name="oldMobileCodeField")
        digits = QRegularExpression("[0-9]{0,6}")
        self.old_code.edit.setValidator(QRegularExpressionValidator(digits, self.old_code))
        self.password = SecretField(name="mobilePasswordField")
        self.papers = PapersBox(name="mobilePapersDrop", icon="id-card", pick=pick)
        self.note = Label(role="caption", wrap=True)
        self.cancel = SecondaryButton(name="cancelMobileButton")
        self.submit = PrimaryButton(name="submitMobileButton")
        self._form_number, self._codes_sent = 0, 0
        self._lay_out()
        self._connect()
        model.changed.connect(self.show_state)

    @property
    def is_typed(self) -> bool:
        """Whether something was typed or attached."""
        fields = (self.new_mobile, self.new_code, self.old_code, self.password)
        return bool(self.model.state.papers) or any(field.value for field in fields)

    def show_state(self) -> None:
        """Draw the form."""
        state = self.model.state
        self._say(state)
        if state.form_number != self._form_number:
            self._form_number = state.form_number
            for field in (self.new_mobile, self.new_code, self.old_code):
                field.set_value("")
            self.password.clear()
        self.ways.set_current(_LOST if state.is_lost else _BOTH)
        self.old_code.setVisible(not state.is_lost)
        self.password.setVisible(not state.is_lost and state.has_password)
        self.papers.setVisible(state.is_lost)
        self.new_code.set_send_enabled(enabled=not state.is_sending)
        if state.codes_sent != self._codes_sent:
            self._codes_sent = state.codes_sent
            self.new_code.start_countdown(state.resend_after_s)
            self.new_code.edit.setFocus()
        self._show_faults(state)
        self.submit.setEnabled(not state.is_saving)
        if state.problem_code:
            self.banner.show_problem(state.problem_code, state.problem_detail)
        else:
            self.banner.clear()

    def focus(self) -> None:
        """Begin at the new number."""
        self.new_mobile.edit.setFocus()

    def _show_faults(self, state: MobileState) -> None:
        self.new_mobile.set_error(_mobile_words(state.mobile_problem))
        self.new_code.set_error(_code_words(state.new_code_problem, state.detail))
        self.old_code.set_error(_code_words(state.old_code_problem, state.detail))
        self.password.set_error(_password_words(state.password_problem, state.detail))
        title = tr("上传身份证正反面照片")
        self.papers.show_papers(title, state.papers, _paper_words(state.papers_problem), most=MAX_PAPERS)

    def _say(self, state: MobileState) -> None:
        self.head.set_title(tr("更换绑定手机号"))
        if state.is_lost:
            title = tr("先审核, 再等待 72 小时")
            text = tr(
                "平台核对证件与账号的实名信息, 通过后再等待 72 小时生效, 期间向原号码 {old} 发短信, "
                "原号码或任一登录设备都可以取消。账号尚未实名的, 不能使用此方式。",
                old=state.old_masked,
            )
        else:
            title = tr("两个号码都确认后, 24 小时生效")
            text = tr(
                "验证码同时发往新号码和原号码 {old}。提交后等待 24 小时, 期间可随时取消; "
                "生效时此账号的登录全部退出, 之后用新号码登录。",
                old=state.old_masked,
            )
        self.notice.show_message(Tone.INFO, title, text)
        self.ways.set_options([(_BOTH, tr("原号码可接收短信")), (_LOST, tr("原号码已停用"))])
        self.new_mobile.set_label(tr("新手机号码"), tr("11 位手机号码"))
        self.new_code.set_label(tr("新号码收到的验证码"), tr("6 位数字"))
        self.old_code.set_label(tr("原号码 {old} 收到的验证码", old=state.old_masked), tr("6 位数字"))
        self.password.set_label(tr("登录密码"))
        self.note.setText(tr("证书、印章和使用记录都属于账号, 不受更换号码影响。"))
        self.cancel.setText(tr("取消"))
        self.submit.setText(tr("正在提交…") if state.is_saving else tr("提交更换"))

    def _submit(self) -> None:
        self.model.submit(
            MobileInput(
                new_mobile=self.new_mobile.value,
                new_code=self.new_code.value,
                old_code=self.old_code.value,
                password=self.password.value,
            )
        )

    def _lay_out(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(32, 8, 32, 8)
        column.setSpacing(16)
        fields = (self.new_mobile, self.new_code, self.old_code, self.password)
        for field in fields:
            field.setMaximumWidth(_FIELD)
        for widget in (self.banner, self.notice, self.ways, *fields, self.papers):
            column.addWidget(widget)
        column.addStretch()
        frame_form(self, self.head, inner, foot_row(self.note, self.cancel, self.submit), width=WIDTH)

    def _connect(self) -> None:
        self.head.back_requested.connect(self.closed)
        self.cancel.clicked.connect(self.closed)
        QShortcut(QKeySequence.StandardKey.Cancel, self, self.closed.emit)
        self.ways.chosen.connect(lambda way: self.model.set_lost(is_lost=way == _LOST))
        self.new_code.send_requested.connect(lambda: self.model.send_codes(self.new_mobile.value))
        self.new_mobile.submitted.connect(self.new_code.edit.setFocus)
        self.new_code.submitted.connect(self._after_code)
        self.old_code.submitted.connect(self._after_old_code)
        self.password.submitted.connect(self._submit)
        self.papers.chosen.connect(lambda paths: self.model.add_papers([Path(p) for p in paths]))
        self.papers.removed.connect(self.model.remove_paper)
        self.submit.clicked.connect(self._submit)

    def _after_code(self) -> None:
        if self.model.state.is_lost:
            self.papers.zone.setFocus()
        else:
            self.old_code.edit.setFocus()

    def _after_old_code(self) -> None:
        if self.model.state.has_password:
            self.password.edit.setFocus()
        else:
            self._submit()


def _mobile_words(problem: str) -> str:
    if problem == WRONG_FORM:
        return tr("请输入 11 位手机号码, 以 13 至 19 开头")
    return refusal_words(problem)


def _code_words(problem: str, detail: str) -> str:
    if problem == WRONG_FORM:
        return tr("请输入短信中的 6 位数字")
    return refusal_words(problem, detail)


def _password_words(problem: str, detail: str) -> str:
    if problem == WRONG_FORM:
        return tr("请输入登录密码")
    if problem == "platform.password_wrong":
        return tr("登录密码不正确")
    return refusal_words(problem, detail)


def _paper_words(problem: str) -> str:
    words = {
        "": "",
        MISSING: tr("请上传证件照片"),
        TOO_MANY: tr("最多 {most} 份", most=MAX_PAPERS),
        Fault.TOO_LARGE: tr("文件超过 5 MB, 请压缩后重试"),
        Fault.WRONG_KIND: tr("只支持 PDF、JPG 和 PNG 文件"),
    }
    return words[problem] if problem in words else refusal_words(problem)
