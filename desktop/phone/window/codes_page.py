"""The answer as codes that follow each other: what the computer's webcam films, so nothing else moves on the page.

Says plainly that nothing is confirmed until the computer's receipt has been read.
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QVBoxLayout

from desktop.phone.window.base import PhonePage
from desktop.phone.window.scan_model import ScanModel
from desktop.phone.window.states import ScanState, Stage
from desktop.ui.code_cycle import CodeCycle
from desktop.ui.i18n import tr
from desktop.ui.kit import Label, PrimaryButton, SecondaryButton
from desktop.ui.qr_code import QrCode

#: A webcam films fifteen frames a second and needs a whole one of each code.
_CODES_PER_S = 6


class CodesPage(PhonePage[ScanState]):
    """Shows the codes of the answer, or of the proof; `code_shown` after each change of what is seen."""

    code_shown = Signal()

    def __init__(self, model: ScanModel) -> None:
        super().__init__("codesPage", has_nav=False)
        self.code = QrCode(name="answerCode")
        self.cycle = CodeCycle(per_s=_CODES_PER_S, parent=self)
        self._title = Label(role="title", name="codesTitle", wrap=True)
        self._text = Label(role="body", name="codesText", wrap=True)
        self._counter = Label(role="caption", name="codesCounter")
        self.look_back = PrimaryButton(icon="scan-line", name="codesLookBack")
        self.finish = SecondaryButton(name="codesFinish")
        for label in (self._title, self._text, self._counter):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.column.addStretch(1)
        self.column.addWidget(self._title)
        self.column.addWidget(self.code, 0, Qt.AlignmentFlag.AlignHCenter)
        self.column.addWidget(self._counter)
        self.column.addWidget(self._text)
        self.column.addStretch(2)
        foot = QVBoxLayout()
        foot.setContentsMargins(20, 8, 20, 28)
        foot.setSpacing(12)
        foot.addWidget(self.look_back)
        foot.addWidget(self.finish)
        self.outer.addLayout(foot)
        self.cycle.shown.connect(self._show_code)
        self.look_back.clicked.connect(model.look_back)
        self.finish.clicked.connect(model.finish)
        self.bind(model)

    def show_state(self, state: ScanState) -> None:
        """Draw `state`."""
        self._title.setText(tr("请对准电脑的摄像头"))
        self._text.setText(
            tr("已签署, 等待电脑读取。电脑完成后请扫描它的回执, 结果才算办妥。")
            if state.needs_receipt
            else tr("已交出, 尚未确认。电脑读完后可扫描它的回执。")
        )
        self.look_back.setText(tr("扫描电脑"))
        self.finish.setText(tr("完成"))
        self.finish.setVisible(not state.needs_receipt)
        if state.stage is Stage.CODES:
            self.cycle.start(state.codes)
        else:
            self._rest()

    def hideEvent(self, event: QHideEvent) -> None:
        """Show no code behind another page."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._rest()

    def _rest(self) -> None:
        self.cycle.stop()
        self.code.clear()

    def _show_code(self, number: int, text: str) -> None:
        self.code.set_payload(text)
        self._counter.setText(tr("第 {number} / {total} 张", number=number + 1, total=len(self.cycle.codes)))
        self.code_shown.emit()
