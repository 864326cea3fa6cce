"""The second panel: the application for a seal. Passive but for what is being typed, which lives in its fields."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.portal.records import Certificate
from desktop.signing.imprint.model import SealShape
from desktop.ui.i18n import tr
from desktop.ui.kit import (
    Banner,
    Card,
    ChoiceField,
    DropZone,
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
from desktop.ui.kit.base import plain_tooltip
from desktop.ui.kit.drop import FilePicker
from desktop.views.seals.checks import Field
from desktop.views.seals.kind_choice import KindChoice
from desktop.views.seals.preview import Preview
from desktop.views.seals.state import SealsState
from desktop.views.seals.words import fault_words, size_words

SUFFIXES = (".png", ".jpg", ".jpeg")
_SERIAL_END = 6


class ApplicationPanel(QWidget):
    """Tells by signals what was chosen; `submitted` carries name, width and height as typed."""

    back_requested = Signal()
    certificate_chosen = Signal(str)
    kind_chosen = Signal(object)
    scan_chosen = Signal(object)
    scan_dropped = Signal()
    camera_requested = Signal()
    sheet_requested = Signal()
    cutting_cancelled = Signal()
    touched = Signal(object)
    submitted = Signal(str, str, str)
    order_requested = Signal()

    def __init__(self, *, pick: FilePicker) -> None:
        super().__init__()
        self.setObjectName("sealApplication")
        self._form, self._proposal = 0, 0
        self._refused = 0
        self._shape: SealShape | None = None
        self.head = PanelHead(name="seal")
        self.banner = Banner(name="sealBanner")
        self._choice_card, self._scan_card = Card(name="sealChoice"), Card(name="sealScan")
        self.certificate = ChoiceField(name="certificateChoice")
        self.certificate_fault = Label(role="error", wrap=True, name="certificateFault")
        self.kind = KindChoice()
        self.name = TextField(name="sealNameField")
        self.zone = DropZone(name="scanDrop", suffixes=SUFFIXES, icon="stamp", pick=pick)
        self.shoot = SecondaryButton(icon="scan-line", name="captureScanButton")
        self.sheet = LinkButton(icon="printer", name="saveScaleSheet")
        self.preview = Preview()
        self.scan_fault = Label(role="error", wrap=True, name="scanFault")
        self.width_field = TextField(name="widthField")
        self.height_field = TextField(name="heightField")
        self.size_note = Label(role="caption", wrap=True, name="sizeNote")
        self.cancel = SecondaryButton(name="cancelSealButton")
        self.submit = PrimaryButton(name="submitSealButton")
        self._note = Label(role="caption", wrap=True)
        self._fields = {Field.NAME: self.name, Field.WIDTH: self.width_field, Field.HEIGHT: self.height_field}
        self._lay_out()
        self._connect()

    @property
    def is_typed(self) -> bool:
        """Whether something stands here that a person has typed."""
        return any(field.edit.isModified() for field in self._fields.values())

    def show_state(self, state: SealsState) -> None:
        """Set words, choices, pictures and errors; fill the fields only with a new proposal."""
        self._say()
        self._show_choices(state)
        self._fill(state)
        has_scan = state.scan is not None or state.is_cutting
        for part in (self.zone, self.shoot, self.sheet):
            part.setVisible(not has_scan)
        self.preview.setVisible(has_scan)
        self.preview.show_state(state)
        has_imprint = state.cut is not None and state.cut.imprint is not None
        self.width_field.setVisible(has_imprint)
        self.height_field.setVisible(has_imprint)
        self.size_note.setVisible(has_imprint)
        self.size_note.setText(size_words(state.cut, state.kind) if state.cut is not None else "")
        self._shape = state.cut.imprint.shape if state.cut is not None and state.cut.imprint is not None else None
        self._show_faults(state)
        self.submit.setEnabled(not state.is_submitting and not state.is_cutting)
        self.submit.setText(tr("正在提交…") if state.is_submitting else tr("提交"))
        self.head.set_steps((tr("选择证书"), tr("印章类型"), tr("上传扫描件"), tr("提交审核")), _step(state))
        self._show_problem(state)
        self._lead(state)

    def _lead(self, state: SealsState) -> None:
        """After a refused submission show the place where the first correction is due; the page may be scrolled."""
        if state.refused_number == self._refused:
            return
        self._refused = state.refused_number
        wanted = dict(state.faults)
        if state.problem_code:
            self._area.ensureWidgetVisible(self.banner)
        else:
            first = next((f for where, f in self._fields.items() if where in wanted), None)
            if first is not None:
                first.edit.setFocus()
                self._area.ensureWidgetVisible(first)
            elif Field.SCAN in wanted:
                self._area.ensureWidgetVisible(self.scan_fault)

    def _show_choices(self, state: SealsState) -> None:
        options = [(str(c.serial), _certificate_text(c)) for c in state.choices]
        box = self.certificate.box
        shown = [(box.itemData(i), box.itemText(i)) for i in range(box.count())]
        if shown != options or self.certificate.value != state.certificate_serial:
            self.certificate.set_options(options, state.certificate_serial)
        box.setToolTip(plain_tooltip(box.currentText()))
        self.kind.show_kind(state.kind)

    def _fill(self, state: SealsState) -> None:
        if state.form_number != self._form:
            self._form = state.form_number
            for field in self._fields.values():
                field.set_value("")
                field.edit.setModified(False)
        proposal = state.proposal
        if proposal.number == self._proposal:
            return
        self._proposal = proposal.number
        # What a person has typed over is left alone.
        if proposal.is_firm or not self.name.edit.isModified():
            self.name.set_value(proposal.name)
            self.name.edit.setCursorPosition(0)
        for field, value in ((self.width_field, proposal.width), (self.height_field, proposal.height)):
            # A size that nothing tells leaves the one alone that was measured by hand; the height may have followed it.
            if value or not (field.edit.isModified() or self.width_field.edit.isModified()):
                field.set_value(value)

    def _show_faults(self, state: SealsState) -> None:
        words = {where: fault_words(where, fault) for where, fault in state.faults}
        for where, field in self._fields.items():
            field.set_error(words.get(where, ""))
        for label, where in ((self.certificate_fault, Field.CERTIFICATE), (self.scan_fault, Field.SCAN)):
            label.setText(words.get(where, ""))
            label.setVisible(bool(words.get(where, "")))

    def _show_problem(self, state: SealsState) -> None:
        if state.problem_code:
            self.banner.show_problem(state.problem_code, state.problem_detail)
        elif not state.choices:
            text = tr("印章要绑定一张有效的数字证书; 请先申请并下载。")
            self.banner.show_message(Tone.WARNING, tr("没有可用的数字证书"), text, action=tr("申请数字证书"))
        else:
            self.banner.clear()

    def _say(self) -> None:
        self.head.set_title(tr("申请电子印章"))
        self._choice_card.set_title(tr("证书与类型"))
        self._scan_card.set_title(tr("印章扫描件"))
        self.certificate.set_label(tr("关联证书"))
        self.name.set_label(tr("印章名称"))
        self.zone.set_texts(tr("拖入印章扫描件"), tr("在空白纸上清楚盖章后扫描或拍照; PNG 或 JPG, 不超过 10 MB"))
        self.shoot.setText(tr("用摄像头拍摄"))
        self.sheet.setText(tr("保存校准纸 (PDF)"))
        self.width_field.set_label(tr("宽 (毫米)"))
        self.height_field.set_label(tr("高 (毫米)"))
        self.cancel.setText(tr("取消"))
        self._note.setText(tr("提交后由平台审核; 通过后用手机扫码申领。"))

    def _connect(self) -> None:
        self.head.back_requested.connect(self.back_requested)
        self.cancel.clicked.connect(self.back_requested)
        self.submit.clicked.connect(self._submit)
        self.banner.action_triggered.connect(self.order_requested)
        self.certificate.chosen.connect(self.certificate_chosen)
        self.kind.chosen.connect(self.kind_chosen)
        self.zone.files_chosen.connect(self._choose)
        self.preview.dropped.connect(self.scan_dropped)
        self.preview.cancel_requested.connect(self.cutting_cancelled)
        self.preview.retake_requested.connect(self.camera_requested)
        self.shoot.clicked.connect(self.camera_requested)
        self.sheet.clicked.connect(self.sheet_requested)
        self.width_field.edit.textEdited.connect(self._follow)
        for where, field in self._fields.items():
            field.edit.textEdited.connect(lambda _text, w=where: self.touched.emit(w))
            field.submitted.connect(self._submit)

    def _choose(self, paths: list[Path]) -> None:
        self.scan_chosen.emit(paths[0])

    def _follow(self, width: str) -> None:
        """A round or square seal is as high as it is wide; a height typed by hand stays."""
        if self._shape in {SealShape.ROUND, SealShape.SQUARE} and not self.height_field.edit.isModified():
            self.height_field.set_value(width)

    def _submit(self) -> None:
        self.submitted.emit(self.name.value, self.width_field.value, self.height_field.value)

    # -- building --------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        for part in (self.certificate, self.certificate_fault, self.kind, self.name):
            self._choice_card.add(part)
        self._choice_card.body.addStretch(1)
        sizes = QHBoxLayout()
        sizes.setSpacing(16)
        sizes.addWidget(self.width_field, 1)
        sizes.addWidget(self.height_field, 1)
        camera = QVBoxLayout()
        camera.setSpacing(8)
        for button in (self.shoot, self.sheet):
            camera.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self._scan_card.add(self.zone)
        self._scan_card.body.addLayout(camera)
        self._scan_card.add(self.preview)
        self._scan_card.add(self.scan_fault)
        self._scan_card.body.addLayout(sizes)
        self._scan_card.add(self.size_note)
        self._scan_card.body.addStretch(1)
        pair = QHBoxLayout()
        pair.setSpacing(16)
        pair.addWidget(self._choice_card, 5)
        pair.addWidget(self._scan_card, 6)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(32, 8, 32, 24)
        column.setSpacing(16)
        column.addWidget(self.banner)
        column.addLayout(pair)
        column.addStretch(1)
        foot = foot_row(self._note, self.cancel, self.submit)
        self._area = frame_form(self, self.head, inner, foot)


def _certificate_text(certificate: Certificate) -> str:
    return f"{certificate.holder_name} · …{certificate.serial[-_SERIAL_END:]} · {certificate.organization_name}"


def _step(state: SealsState) -> int:
    """Return how far the application is: a kind is always chosen, so it counts as soon as a certificate is."""
    if state.chosen is None:
        return 0
    if state.cut is None or not state.cut.is_acceptable:
        return 2
    return 3
