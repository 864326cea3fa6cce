"""确认: what is signed before how; declining is as large as agreeing. Then the wait for the computer.

The check code has one place: shown there to be compared, or typed there where nobody vouches for the workstation and
its camera does not see this screen.
"""

from PySide6.QtCore import QRegularExpression, Qt
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from desktop.domain.operations import Operation
from desktop.domain.problems import problem
from desktop.phone.core import ConsentView, PhoneCertificate
from desktop.phone.window.base import Facts, PhonePage, clear_layout
from desktop.phone.window.detail_pages import strength_text
from desktop.phone.window.scan_model import ScanModel
from desktop.phone.window.states import ScanState, Stage
from desktop.protocol.display_parts import is_warning
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import (
    Banner,
    Card,
    ChoiceField,
    DangerButton,
    KitFrame,
    Label,
    LinkButton,
    PrimaryButton,
    TextField,
    Tone,
)
from desktop.ui.qr_code import QrCode

_CODE_DIGITS = 4
_CODE_WIDTH = 116


class ItemCard(KitFrame):
    """One item of the consent text: its name in full, the facts below."""

    def __init__(self, lines: tuple[str, ...], number: int) -> None:
        super().__init__(f"consentItem_{number}", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(4)
        for index, line in enumerate(lines):
            role = "lead" if index == 0 else "warning" if is_warning(line) else "muted"
            column.addWidget(Label(line, role, wrap=True, selectable=True))
        self.setAccessibleName(" ".join(lines))


class ConsentPage(PhonePage[ScanState]):
    """See the module docstring."""

    def __init__(self, model: ScanModel) -> None:
        super().__init__("consentPage", has_nav=False)
        self._model = model
        self._shown: object = None
        self._choices: tuple[list[tuple[str, str]], str] = ([], "")
        self.title = Label(role="title", name="consentTitle", wrap=True)
        self.remaining = Label(role="caption", name="consentRemaining")
        self.extend = LinkButton(name="consentExtend")
        self._code_label = Label(role="muted", wrap=True)
        self._code_note = Label(role="caption", wrap=True)
        self.code = Label(role="digits", name="consentCode")
        self.warning = Banner(name="consentWarning")
        self.facts = Facts("consentFacts")
        self._items = QVBoxLayout()
        self.typed = TextField(name="consentTypedCode")
        self.near = LinkButton(name="consentNear")
        self.near_code = QrCode(name="consentNearCode")
        self.near_code.hide()
        self.certificate = ChoiceField(name="consentCertificate")
        self.password = TextField(name="consentPassword", secret=True)
        self.new = TextField(name="consentNew", secret=True)
        self.repeated = TextField(name="consentRepeated", secret=True)
        self.decline = DangerButton(name="consentDecline")
        self.approve = PrimaryButton(name="consentApprove")
        # Digits of this one form only: full-width ones of an input method would be the wrong code, and it has one try.
        digits = QRegularExpression(f"[0-9]{{0,{_CODE_DIGITS}}}")
        self.typed.edit.setValidator(QRegularExpressionValidator(digits, self))
        self.typed.edit.setMaxLength(_CODE_DIGITS)
        self.typed.edit.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self.typed.edit.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.typed.setFixedWidth(_CODE_WIDTH)
        self._code_label.setBuddy(self.typed.edit)
        self.outer.insertWidget(0, self._head())
        self._lay_out_request()
        self.outer.addWidget(self._foot())
        self._connect()
        self.bind(model)

    def _head(self) -> QWidget:
        """What it is about and the check code: always in sight."""
        head = QWidget()
        head.setObjectName("phoneHead")
        head.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(head)
        column.setContentsMargins(20, 10, 20, 10)
        column.setSpacing(4)
        time, code = QHBoxLayout(), QHBoxLayout()
        time.addWidget(self.remaining, 1)
        time.addWidget(self.extend)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._code_label)
        words.addWidget(self._code_note)
        words.addWidget(self.near, 0, Qt.AlignmentFlag.AlignLeft)
        code.addLayout(words, 1)
        code.addWidget(self.code, 0, Qt.AlignmentFlag.AlignVCenter)
        code.addWidget(self.typed, 0, Qt.AlignmentFlag.AlignVCenter)
        column.addWidget(self.title)
        column.addLayout(code)
        column.addLayout(time)
        return head

    def _lay_out_request(self) -> None:
        self.column.setContentsMargins(20, 16, 20, 16)
        self.column.setSpacing(12)
        self._items.setSpacing(8)
        self._facts_card = Card(name="consentFactsCard", padding=14)
        self._facts_card.add(self.facts)
        self.column.addWidget(self.near_code, 0, Qt.AlignmentFlag.AlignHCenter)
        self.column.addWidget(self.warning)
        self.column.addLayout(self._items)
        self.column.addWidget(self._facts_card)
        self.column.addStretch(1)

    def _foot(self) -> QWidget:
        """How it is signed, and the two answers, alike in size."""
        foot = QWidget()
        foot.setObjectName("phoneFoot")
        foot.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(foot)
        column.setContentsMargins(20, 12, 20, 26)
        column.setSpacing(8)
        for field in (self.certificate, self.password, self.new, self.repeated):
            column.addWidget(field)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.decline, 1)
        row.addWidget(self.approve, 1)
        column.addSpacing(4)
        column.addLayout(row)
        return foot

    def _connect(self) -> None:
        self.decline.clicked.connect(self._model.decline)
        self.extend.clicked.connect(self._model.extend)
        self.near.clicked.connect(self._show_near)
        self.certificate.chosen.connect(self._model.choose)
        self.approve.clicked.connect(self._submit)
        for field in (self.typed, self.password, self.new, self.repeated):
            field.edit.textEdited.connect(self._model.edited)
            field.changed.connect(self.render_again)
            field.submitted.connect(self._submit)

    def show_state(self, state: ScanState) -> None:
        """Draw `state`."""
        view = state.view
        if view is None:
            # A secret does not wait in a hidden field.
            for field in (self.typed, self.password, self.new, self.repeated):
                field.set_value("")
            self._shown = None
            self._hide_near()
            return
        self._show_request(view)
        self._show_inputs(view, state)
        self._show_problem(state)
        time_left = tr("请在 {seconds} 秒内确认", seconds=state.remaining_s)
        items = len(view.text.items)
        # Said where it is always in sight: the list below may be longer than the screen.
        self.remaining.setText(f"{tr('共 {count} 项', count=items)} · {time_left}" if items > 1 else time_left)
        self.extend.setText(tr("延长时间"))
        self.extend.setVisible(state.may_extend)
        self.decline.setText(tr("拒绝"))
        self.approve.setText(tr("正在签署…") if state.busy else tr("同意"))
        self.decline.setEnabled(not state.busy)
        self.approve.setEnabled(self._is_filled(view) and not view.is_locked and not state.busy)

    def _show_request(self, view: ConsentView) -> None:
        self.title.setText(view.text.title)
        self.code.setVisible(bool(view.code))
        self.near.setVisible(view.needs_code)
        self.near.setText(tr("让电脑看到手机"))
        if not view.needs_code:
            self._hide_near()
        self.typed.setVisible(view.needs_code)
        asked, how = tr("电脑屏幕上的核对码"), tr("请输入四位数字, 仅可输入一次")
        told = tr("核对码, 应与电脑一致") if view.code else tr("相机方式, 不经过网络")
        seen = told if view.is_signed else tr("电脑已看到本手机, 不必输入")
        self._code_label.setText(asked if view.needs_code else seen)
        self._code_note.setText(how)
        self._code_note.setVisible(view.needs_code)
        self.typed.edit.setAccessibleName(f"{asked}, {how}")
        self.code.setText(view.code)
        self._show_warning(view)
        self.facts.set_rows(view.text.rows)
        if view.text != self._shown:
            self._shown = view.text
            # What is signed comes before the circumstances; of a login the workstation is the matter.
            is_about_workstation = view.operation is Operation.LOGIN
            self.column.removeWidget(self._facts_card)
            self.column.insertWidget(2 if is_about_workstation else 3, self._facts_card)
            clear_layout(self._items)
            for number, lines in enumerate(view.text.items):
                self._items.addWidget(ItemCard(lines, number))
            self.scroller.verticalScrollBar().setValue(0)

    def _show_near(self) -> None:
        """Show the code for the computer's camera, or put it away."""
        view = self._model.state.view
        if self.near_code.isVisible() or view is None:
            self._hide_near()
            return
        self.near_code.set_payload(view.near_text)
        self.near_code.setAccessibleName(tr("请将此二维码对准您面前这台电脑的摄像头"))
        self.near_code.show()
        self.scroller.verticalScrollBar().setValue(0)

    def _hide_near(self) -> None:
        self.near_code.clear()
        self.near_code.hide()

    def _show_warning(self, view: ConsentView) -> None:
        late = tr("请确认请求是您刚刚发起的。") if view.clock_differs else ""
        # Says why a code is to be typed: it proves that the holder sees this screen, unless somebody tells it to him.
        typed = tr("请只输入您面前这台电脑上的核对码; 如果是别人告知或发来的, 请拒绝。")
        near = "" if view.is_signed else typed if view.needs_code else tr("请确认操作的是您面前的这台电脑。")
        if not late and not near:
            self.warning.clear()
            return
        title = tr("电脑与手机的时间相差较大") if late else tr("该工位尚未登记")
        self.warning.show_message(Tone.WARNING, title, " ".join(part for part in (late, near) if part))

    def _show_inputs(self, view: ConsentView, state: ScanState) -> None:
        self.certificate.setVisible(not view.needs_new_password)
        self._show_choices(view.certificates, state.chosen)
        sets_one = view.needs_new_password or view.changes_password
        self.new.setVisible(view.changes_password)
        self.repeated.setVisible(sets_one)
        self.new.set_label("", tr("新证书密码"))
        self.new.set_help(strength_text(self.new.value) if view.changes_password else "")
        self.repeated.set_label("", tr("再次输入新密码") if view.changes_password else tr("再次输入证书密码"))
        present = tr("当前证书密码") if view.changes_password else tr("证书密码")
        self.password.set_label("", tr("设置证书密码") if view.needs_new_password else present)
        self.password.set_help(strength_text(self.password.value) if view.needs_new_password else "")

    def _show_problem(self, state: ScanState) -> None:
        self.repeated.set_error("")
        self.new.set_error("")
        if not state.problem_code:
            return
        words = problem(state.problem_code).wording(current_language())
        if state.problem_code == "phone.wrong_password":
            text = tr("{title}, 还可输错 {count} 次", title=words.title, count=state.tries_left)
        else:
            text = f"{words.title}: {words.next_step}"
        place = self.repeated if state.problem_code == "phone.password_differs" else self.password
        if state.problem_code == "phone.password_weak" and state.view is not None and state.view.changes_password:
            place = self.new
        place.set_error(text)

    def _show_choices(self, certificates: tuple[PhoneCertificate, ...], chosen: str) -> None:
        words = {c.serial: tr("(已锁定)") if c.is_locked else "" for c in certificates}
        choices = [(str(c.serial), f"{c.holder} · {c.organization} {words[c.serial]}".strip()) for c in certificates]
        self.certificate.box.setAccessibleName(tr("证书"))
        # Only when something is new: setting them would close a list that the holder has just opened.
        if (choices, chosen) != self._choices:
            self._choices = (choices, chosen)
            self.certificate.set_options(choices, chosen)

    def _is_filled(self, view: ConsentView) -> bool:
        if view.needs_code and len(self.typed.value.strip()) != _CODE_DIGITS:
            return False
        if view.changes_password:
            return all(field.value for field in (self.password, self.new, self.repeated))
        return bool(self.password.value) and (bool(self.repeated.value) or not view.needs_new_password)

    def _submit(self) -> None:
        if self.approve.isEnabled():
            self._model.approve(self.password.value, self.repeated.value, self.typed.value, new=self.new.value)


class WaitingPage(PhonePage[ScanState]):
    """Signed and sent; nothing is called done before the computer has said so."""

    def __init__(self, model: ScanModel) -> None:
        super().__init__("waitingPage", has_nav=False)
        self.title = Label(role="heading", name="waitingTitle", wrap=True)
        self.text = Label(role="muted", name="waitingText", wrap=True)
        for label in (self.title, self.text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.bar = QProgressBar()
        self.bar.setObjectName("waitingBar")
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.leave = LinkButton(name="waitingLeave")
        self.column.addStretch(2)
        for widget in (self.title, self.bar, self.text):
            self.column.addWidget(widget)
        self.column.addStretch(3)
        self.column.addWidget(self.leave, 0, Qt.AlignmentFlag.AlignHCenter)
        self.leave.clicked.connect(model.leave)
        self.bind(model)

    def show_state(self, state: ScanState) -> None:
        """Draw `state`."""
        # An endless bar costs processor time even when it is hidden.
        self.bar.setRange(0, 0 if state.stage is Stage.WAITING else 1)
        self.title.setText(tr("已签署, 等待电脑确认"))
        self.text.setText(tr("收到电脑的回执后才算完成, 请不要关闭。"))
        self.leave.setText(tr("不再等待"))
