"""The second panel: the order of a certificate. Passive but for what is being typed, which lives in its fields."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.problems import problem
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import (
    Banner,
    Card,
    ChoiceField,
    Label,
    LinkButton,
    PanelHead,
    PrimaryButton,
    SecondaryButton,
    TextField,
    Tone,
    foot_row,
    frame_form,
)
from desktop.ui.kit.drop import FilePicker
from desktop.ui.theme import current
from desktop.views.certificates.checks import Field, OrderInput
from desktop.views.certificates.id_field import IdNumberField
from desktop.views.certificates.paper_box import PaperBox
from desktop.views.certificates.state import CertificatesState
from desktop.views.certificates.words import fault_words


class OrderPanel(QWidget):
    """Tells by signals: what was typed on submission, which field is being corrected, which paper was chosen."""

    back_requested = Signal()
    submitted = Signal(object)
    touched = Signal(object)
    paper_chosen = Signal(object, object)
    paper_removed = Signal(object)

    def __init__(self, *, pick: FilePicker) -> None:
        super().__init__()
        self.setObjectName("orderPanel")
        self._filled = -1
        self._refused = 0
        self.head = PanelHead(name="order")
        self.banner = Banner(name="orderBanner")
        self._unit, self._person, self._papers = Card(name="orderUnit"), Card(name="orderPerson"), Card(name="papers")
        self.fields: dict[Field, TextField] = {
            Field.ORGANIZATION: TextField(name="orgNameField"),
            Field.CREDIT_CODE: TextField(name="creditCodeField"),
            Field.LEGAL_REPRESENTATIVE: TextField(name="legalRepField"),
            Field.HOLDER: TextField(name="holderField"),
            Field.ID_NUMBER: IdNumberField(name="idNumberField"),
        }
        self.papers = {
            Field.LICENCE: PaperBox(name="licenceDrop", icon="building-2", pick=pick),
            Field.LETTER: PaperBox(name="letterDrop", icon="id-card", pick=pick),
        }
        self.advanced = LinkButton(icon="chevron-down", name="advancedButton")
        self.suite = ChoiceField(name="suiteField")
        self.suite_note = Label(role="caption", wrap=True)
        self.cancel = SecondaryButton(name="cancelOrderButton")
        self.submit = PrimaryButton(name="submitOrderButton")
        self._note = Label(role="caption", wrap=True)
        self._lay_out()
        self._connect()

    @property
    def typed(self) -> OrderInput:
        """What stands in the fields."""
        return OrderInput(
            organization_name=self.fields[Field.ORGANIZATION].value,
            credit_code=self.fields[Field.CREDIT_CODE].value,
            legal_representative=self.fields[Field.LEGAL_REPRESENTATIVE].value,
            holder_name=self.fields[Field.HOLDER].value,
            id_number=self.fields[Field.ID_NUMBER].value,
            suite=self.suite.value,
        )

    def is_begun(self, state: CertificatesState) -> bool:
        """Tell whether something was typed or attached that the form did not come with."""
        return state.form_number == self._filled and (bool(state.papers) or self.typed != state.draft)

    def show_state(self, state: CertificatesState) -> None:
        """Set words and errors; fill the fields only when another form has begun."""
        self._say()
        if state.form_number != self._filled:
            self._filled = state.form_number
            self._fill(state.draft)
        faults = dict(state.faults)
        for where, field in self.fields.items():
            field.set_error(fault_words(where, faults[where]) if where in faults else "")
        papers = dict(state.papers)
        for where, box in self.papers.items():
            fault = fault_words(where, faults[where]) if where in faults else ""
            box.show_paper(_paper_title(where), papers.get(where), fault)
        self.submit.setEnabled(not state.is_submitting)
        self.submit.setText(tr("正在提交…") if state.is_submitting else tr("提交"))
        self._show_problem(state)
        self._lead(state)

    def _show_problem(self, state: CertificatesState) -> None:
        if not state.problem_code:
            self.banner.clear()
            return
        if state.problem_code == "platform.organization_exists":
            text = tr(
                "管理员: {name}。本单位已申领过移动证书, 请联系本单位证书管理员授权。", name=state.admin_name or "***"
            )
            title = problem(state.problem_code).wording(current_language()).title
            self.banner.show_message(Tone.WARNING, title, text)
        else:
            self.banner.show_problem(state.problem_code, state.problem_detail)

    def _lead(self, state: CertificatesState) -> None:
        """After a refused submission show the place where the first correction is due; the page may be scrolled."""
        if state.refused_number == self._refused:
            return
        self._refused = state.refused_number
        wanted = dict(state.faults)
        if state.problem_code:
            self._area.ensureWidgetVisible(self.banner)
        else:
            first = next((f for where, f in self.fields.items() if where in wanted), None)
            box = next((b for where, b in self.papers.items() if where in wanted), None)
            if first is not None:
                first.edit.setFocus()
            place = first or box
            if place is not None:
                self._area.ensureWidgetVisible(place)

    def begin(self) -> None:
        """Put the cursor into the first field that is empty."""
        fields = list(self.fields.values())
        next((f for f in fields if not f.value), fields[0]).edit.setFocus()

    def _fill(self, draft: OrderInput) -> None:
        values = {
            Field.ORGANIZATION: draft.organization_name,
            Field.CREDIT_CODE: draft.credit_code,
            Field.LEGAL_REPRESENTATIVE: draft.legal_representative,
            Field.HOLDER: draft.holder_name,
            Field.ID_NUMBER: draft.id_number,
        }
        for where, field in self.fields.items():
            field.set_value(values[where])
        self.suite.set_options(_suites(), draft.suite)
        self._show_advanced(shown=False)

    def _say(self) -> None:
        self.head.set_title(tr("申请数字证书"))
        self.head.set_steps((tr("填写申请"), tr("平台审核"), tr("手机下载")), 0)
        self._unit.set_title(tr("单位信息"))
        self._person.set_title(tr("经办人 (持证人)"))
        self._papers.set_title(tr("证明材料"))
        fields = self.fields
        fields[Field.ORGANIZATION].set_label(tr("单位名称"), tr("与营业执照一致的全称"))
        fields[Field.CREDIT_CODE].set_label(tr("统一社会信用代码"), tr("18 位"))
        fields[Field.LEGAL_REPRESENTATIVE].set_label(tr("法定代表人"))
        fields[Field.HOLDER].set_label(tr("姓名"), tr("证书将签发给此人"))
        fields[Field.ID_NUMBER].set_label(tr("身份证号"), tr("18 位, 离开后隐藏中间数字"))
        self.advanced.setText(tr("高级"))
        self.suite.set_label(tr("算法"))
        self.suite.set_options(_suites())
        self.suite_note.setText(tr("没有特别要求时使用默认算法; 提交后不能更改。"))
        self.cancel.setText(tr("取消"))
        self._note.setText(tr("提交后由平台审核; 通过后用手机扫码下载证书。"))

    def _show_advanced(self, *, shown: bool) -> None:
        self.suite.setVisible(shown)
        self.suite_note.setVisible(shown)
        self.advanced.set_icon("chevron-up" if shown else "chevron-down")

    def _connect(self) -> None:
        self.head.back_requested.connect(self.back_requested)
        self.cancel.clicked.connect(self.back_requested)
        self.submit.clicked.connect(self._submit)
        self.advanced.clicked.connect(lambda: self._show_advanced(shown=self.suite.isHidden()))
        for where, field in self.fields.items():
            field.edit.textEdited.connect(lambda _text, w=where: self.touched.emit(w))
            field.submitted.connect(self._submit)
        for where, box in self.papers.items():
            box.chosen.connect(lambda paths, w=where: self._choose(w, paths))
            box.removed.connect(lambda w=where: self.paper_removed.emit(w))

    def _choose(self, where: Field, paths: list[Path]) -> None:
        self.paper_chosen.emit(where, paths[0])

    def _submit(self) -> None:
        self.submitted.emit(self.typed)

    # -- building --------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(32, 8, 32, 24)
        column.setSpacing(16)
        column.addWidget(self.banner)
        self._unit.add(self.fields[Field.ORGANIZATION])
        self._unit.body.addLayout(_pair(self.fields[Field.CREDIT_CODE], self.fields[Field.LEGAL_REPRESENTATIVE]))
        self._person.body.addLayout(_pair(self.fields[Field.HOLDER], self.fields[Field.ID_NUMBER]))
        self._papers.body.addLayout(_pair(self.papers[Field.LICENCE], self.papers[Field.LETTER]))
        for card in (self._unit, self._person, self._papers):
            column.addWidget(card)
        line = QHBoxLayout()
        line.addWidget(self.advanced)
        line.addStretch()
        column.addLayout(line)
        column.addWidget(self.suite)
        column.addWidget(self.suite_note)
        column.addStretch()
        foot = foot_row(self._note, self.cancel, self.submit)
        self._area = frame_form(self, self.head, inner, foot, width=current().sizes.text_width + 64)


def _pair(left: QWidget, right: QWidget) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.addWidget(left, 0, 0)
    grid.addWidget(right, 0, 1)
    grid.setColumnStretch(0, 1)
    grid.setColumnStretch(1, 1)
    return grid


def _paper_title(where: Field) -> str:
    return tr("营业执照") if where is Field.LICENCE else tr("经办人授权书")


def _suites() -> list[tuple[str, str]]:
    return [("P-256", tr("P-256 (默认)")), ("RSA-2048", "RSA-2048"), ("RSA-3072", "RSA-3072")]
