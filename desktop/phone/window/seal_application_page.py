"""申请电子印章: certificate, kind, scan of the stamped sheet with the imprint cut out; then it waits for review."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.operations import SealKind
from desktop.phone.window.app_model import AppModel
from desktop.phone.window.base import PhonePage, ProblemBanner
from desktop.phone.window.certificates_model import CertificatesModel
from desktop.phone.window.parts import PapersField, Warned, fault_text, offer
from desktop.phone.window.seals_model import Cut, SealsModel, SealsState
from desktop.phone.window.seals_page import Imprint
from desktop.phone.window.states import Screen
from desktop.ui.i18n import tr
from desktop.ui.kinds import seal_kind_word
from desktop.ui.kit import (
    ChoiceField,
    Icon,
    KitFrame,
    Label,
    PrimaryButton,
    TextField,
    Tone,
)
from desktop.ui.kit.drop import FilePicker

_PICTURES = (".jpg", ".jpeg", ".png")
_PREVIEW = 128


class SealApplicationPage(PhonePage[SealsState]):
    """See the module docstring."""

    def __init__(self, app: AppModel, model: SealsModel, certificates: CertificatesModel, pick: FilePicker) -> None:
        super().__init__("sealApplicationPage")
        self._app, self._model, self._certificates = app, model, certificates
        self._filled = 0
        self.nav.back_requested.connect(app.back)
        self._build_form(pick)
        self._build_end()
        self.column.addWidget(self._form)
        self.column.addWidget(self._end)
        self.column.addStretch(1)
        self.parts = {
            "certificate": self.certificate,
            "name": self.name,
            "scan": self._cut,
            "size": self._size_fault,
        }
        self.bind(model)
        self.look_at(app, certificates)

    def _build_form(self, pick: FilePicker) -> None:
        model = self._model
        self.note = Warned(name="sealApplicationNote")
        self.certificate = ChoiceField(name="sealApplicationCertificate")
        self._certificate_fault = Label(role="error", wrap=True, name="sealApplicationCertificateFault")
        self.kind = ChoiceField(name="sealApplicationKind")
        self.name = TextField(name="sealApplicationName")
        self.scan = PapersField("sealApplicationScan", pick, suffixes=_PICTURES)
        self.preview = Imprint(b"", _PREVIEW)
        self._verdict = Label(role="body", wrap=True, name="sealApplicationVerdict")
        self._size = Label(role="caption", wrap=True, name="sealApplicationSize")
        self._cut = KitFrame("sealApplicationCut", "card")
        words = QVBoxLayout()
        words.addWidget(self._verdict)
        words.addWidget(self._size)
        words.addStretch(1)
        row = QHBoxLayout(self._cut)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        row.addWidget(self.preview)
        row.addLayout(words, 1)
        self.width_mm = TextField(name="sealApplicationWidth")
        self.height_mm = TextField(name="sealApplicationHeight")
        self._sizes = QWidget()
        sizes = QHBoxLayout(self._sizes)
        sizes.setContentsMargins(0, 0, 0, 0)
        sizes.setSpacing(12)
        sizes.addWidget(self.width_mm, 1)
        sizes.addWidget(self.height_mm, 1)
        self._size_fault = Label(role="error", wrap=True, name="sealApplicationSizeFault")
        self.problem = ProblemBanner(name="sealApplicationProblem")
        self.submit = PrimaryButton(name="sealApplicationSubmit")
        self._form = QWidget()
        column = QVBoxLayout(self._form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        choices = (self.certificate, self._certificate_fault, self.kind, self.name)
        for widget in (
            self.note,
            *choices,
            self.scan,
            self._cut,
            self._sizes,
            self._size_fault,
            self.problem,
            self.submit,
        ):
            column.addWidget(widget)
        self.certificate.chosen.connect(model.choose_certificate)
        self.kind.chosen.connect(model.choose_kind)
        self.name.changed.connect(lambda _: model.touch("name"))
        for field in (self.width_mm, self.height_mm):
            field.changed.connect(lambda _: model.touch("size"))
        for field in (self.name, self.width_mm, self.height_mm):
            field.submitted.connect(self._submit)
        self.scan.chosen.connect(model.attach)
        self.scan.removed.connect(model.drop_scan)
        self.submit.clicked.connect(self._submit)

    def _build_end(self) -> None:
        self._end = QWidget()
        self.end_title = Label(role="title", name="sealApplicationEndTitle", wrap=True)
        self.end_text = Label(role="body", name="sealApplicationEndText", wrap=True)
        for label in (self.end_title, self.end_text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.done = PrimaryButton(name="sealApplicationDone")
        self.done.clicked.connect(lambda: self._app.open(Screen.SEALS))
        column = QVBoxLayout(self._end)
        column.setContentsMargins(0, 48, 0, 0)
        column.setSpacing(16)
        column.addWidget(Icon("circle-check", "success", 64), 0, Qt.AlignmentFlag.AlignHCenter)
        for widget in (self.end_title, self.end_text, self.done):
            column.addWidget(widget)

    def show_state(self, state: SealsState) -> None:
        """Draw the application."""
        self.nav.set_title(tr("申请电子印章"))
        self._form.setVisible(not state.is_sent)
        self._end.setVisible(state.is_sent)
        self.end_title.setText(tr("已提交, 状态为待审核"))
        self.end_text.setText(tr("审核通过后, 在电脑客户端【电子印章】中点【申领】, 再用本手机扫码。"))
        self.done.setText(tr("返回印章列表"))
        if not state.may_apply:
            self.note.show_words(
                tr("请在电脑客户端申请印章"), tr("在【电子印章】中点【申请印章】, 上传或拍摄印章扫描件。"), Tone.INFO
            )
        else:
            self.note.show_words(
                tr("印章与证书绑定"), tr("请将印章加盖在空白纸上, 拍照或扫描, 确保清晰完整。"), Tone.INFO
            )
        self._show_fields(state)
        self._show_cut(state)
        self.problem.show_code(state)
        self.submit.setText(tr("正在提交…") if state.is_busy else tr("提交申请"))
        self.submit.setEnabled(not state.is_busy and not state.is_cutting)

    def _show_fields(self, state: SealsState) -> None:
        for widget in (self.certificate, self.kind, self.name, self.scan, self.submit):
            widget.setVisible(state.may_apply)
        self._offer_certificates(state)
        fault = state.fault("certificate")
        self._certificate_fault.setText(fault_text(fault))
        self._certificate_fault.setVisible(bool(fault))
        self.kind.set_label(tr("印章类型"))
        offer(self.kind, [(str(kind), seal_kind_word(kind)) for kind in SealKind], state.kind)
        if state.form_number != self._filled:
            self._filled = state.form_number
            for field in (self.name, self.width_mm, self.height_mm):
                field.set_value("")
        self.name.set_label(tr("印章名称"), tr("例如: 企业公章"))
        self.name.set_error(fault_text(state.fault("name")))
        scans = (state.scan,) if state.scan is not None else ()
        self.scan.show_papers(tr("印章扫描件"), scans, state.fault("scan"), most=1)

    def _offer_certificates(self, state: SealsState) -> None:
        self.certificate.set_label(tr("关联证书"))
        unit = self._app.state.organization
        offered = [
            (c.serial, f"{c.holder_name} · {c.serial[-8:]}")
            for c in self._certificates.state.listed
            if c.mine and not c.successor and c.state in ("valid", "expires_soon")
            if unit is None or c.organization_id == unit.organization_id
        ]
        offer(self.certificate, offered, state.certificate)
        self.certificate.box.setPlaceholderText(tr("没有可用的证书"))
        if state.may_apply and not state.is_sent and offered and not state.certificate:
            # The list shows its first entry as chosen; the model has to know.
            self._model.choose_certificate(self.certificate.value)

    def _show_cut(self, state: SealsState) -> None:
        cut = state.cut
        self._cut.setVisible(state.scan is not None)
        # Never assumed: a size that the scan does not tell is asked for.
        self._sizes.setVisible(cut is not None and cut.is_good and not cut.is_measured)
        self.width_mm.set_label(tr("宽度 (毫米)"), "42")
        self.height_mm.set_label(tr("高度 (毫米)"), "42")
        fault = state.fault("size")
        self._size_fault.setText(fault_text(fault))
        self._size_fault.setVisible(bool(fault))
        if cut is None:
            self.preview.show_png(b"")
            self._verdict.setText(tr("正在截取印模…"))
            self._verdict.set_tone(Tone.NEUTRAL)
            self._size.setText("")
            return
        self.preview.show_png(cut.png)
        if cut.is_good:
            self._verdict.setText(tr("印模清晰, 可以提交"))
            self._verdict.set_tone(Tone.SUCCESS)
        else:
            reasons = cut.reasons or ("imprint.not_found",)
            self._verdict.setText("\n".join(fault_text(code) for code in reasons))
            self._verdict.set_tone(Tone.PROBLEM)
        self._size.setText(_size_words(cut))

    def _submit(self) -> None:
        if self.submit.isEnabled():
            self._model.submit(self.name.value, width=self.width_mm.value, height=self.height_mm.value)


def _size_words(cut: Cut) -> str:
    if not cut.png:
        return ""
    if cut.width_mm is None or cut.height_mm is None:
        return tr("图片中没有尺寸信息, 请量取印章后填写。")
    return tr("{width} × {height} 毫米", width=f"{cut.width_mm:.1f}", height=f"{cut.height_mm:.1f}")
