"""The scan beside the imprint cut out of it, and the verdict in words. Passive."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.ui.i18n import tr
from desktop.ui.kit import Banner, ElidedLabel, Label, LinkButton, ProgressPanel, Tone
from desktop.views.seals.picture import SealPicture
from desktop.views.seals.state import SealsState
from desktop.views.seals.words import verdict_words

_HEIGHT = 208


class Preview(QWidget):
    """Shown once there is a scan."""

    dropped = Signal()
    retake_requested = Signal()
    cancel_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("scanPreview")
        self._file = ElidedLabel(role="strong", name="scanName")
        self.drop = LinkButton(name="scanRemove")
        self.retake = LinkButton(name="scanRetake")
        self.scan = SealPicture(name="scanPicture", on_checker=False)
        self.imprint = SealPicture(name="imprintPicture", on_checker=True)
        self._scan_title, self._imprint_title = Label(role="caption"), Label(role="caption")
        self.verdict = Banner(name="imprintVerdict")
        self.progress = ProgressPanel(name="cutProgress")
        self.drop.clicked.connect(self.dropped)
        self.retake.clicked.connect(self.retake_requested)
        self.progress.cancel_requested.connect(self.cancel_requested)
        for picture in (self.scan, self.imprint):
            picture.setFixedHeight(_HEIGHT)
        self._lay_out()

    def show_state(self, state: SealsState) -> None:
        """Draw scan, imprint and verdict."""
        self.drop.setText(tr("重新选择"))
        self.retake.setText(tr("重新拍摄"))
        self.retake.setVisible(state.scan is not None and state.scan.is_shot)
        self._scan_title.setText(tr("扫描件"))
        self._imprint_title.setText(tr("截取的印模"))
        self.scan.setAccessibleName(tr("扫描件"))
        self.imprint.setAccessibleName(tr("截取的印模"))
        self.progress.setVisible(state.is_cutting)
        self.progress.set_progress(0, 0, tr("正在截取印章…"))
        self._file.setText(state.scan.name if state.scan is not None else "")
        imprint = state.cut.imprint if state.cut is not None else None
        self.scan.show_picture(state.scan.content if state.scan else b"", box=imprint.box if imprint else None)
        self.imprint.show_picture(imprint.png if imprint else b"")
        self._show_verdict(state)

    def _show_verdict(self, state: SealsState) -> None:
        if state.cut is None or state.is_cutting:
            self.verdict.clear()
        else:
            tone = Tone.SUCCESS if state.cut.is_acceptable else Tone.PROBLEM
            self.verdict.show_message(tone, *verdict_words(state.cut))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._file, 1)
        head.addWidget(self.retake)
        head.addWidget(self.drop)
        pictures = QHBoxLayout()
        pictures.setSpacing(16)
        for picture, title in ((self.scan, self._scan_title), (self.imprint, self._imprint_title)):
            column = QVBoxLayout()
            column.setSpacing(4)
            column.addWidget(title)
            column.addWidget(picture)
            pictures.addLayout(column, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(12)
        outer.addLayout(head)
        outer.addLayout(pictures)
        outer.addWidget(self.progress)
        outer.addWidget(self.verdict)
