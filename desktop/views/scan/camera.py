"""The scan by camera: the desktop's codes in a circle, beside what the webcam sees of the phone's.

Both run at the same time, so that nobody has to press anything between scanning and answering. The camera runs only
while something is to be read. Source: docs/protocol.md, Camera mode.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from desktop.domain.camera import CameraDevice
from desktop.domain.problems import problem
from desktop.services.ceremony import CeremonyView, Stage
from desktop.ui.camera import CameraPanel, MakeReader
from desktop.ui.code_cycle import CodeCycle
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import Banner, Icon, Label, LinkButton, Tone
from desktop.ui.page import Page
from desktop.ui.qr import QrCard, QrState
from desktop.views.scan.card import camera_card_view
from desktop.views.scan.model import ScanModel, ScanState

#: A phone reads thirty frames a second; three of each code are plenty.
_CODES_PER_S = 9
_SEEN_WIDTH = 480
_READING = (Stage.SHOWING, Stage.PROVING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cameras:
    """How cameras are read and which there are: this computer's, or what the demo puts beside them."""

    make_reader: MakeReader
    list_devices: Callable[[], tuple[CameraDevice, ...]]


def own_cameras() -> Cameras:
    """Return this computer's cameras."""
    from desktop.camera.live import LiveReader, list_cameras  # when the first scan by camera begins

    return Cameras(make_reader=LiveReader, list_devices=list_cameras)


class CameraScanPanel(Page[ScanState]):
    """Shows the ceremony of `model` while it is one by camera."""

    def __init__(self, model: ScanModel, cameras: Cameras, parent: QWidget | None = None) -> None:
        super().__init__("cameraScanPanel", parent)
        self._model = model
        self._warning = Banner(name="cameraScanWarning")
        self.card = QrCard(name="codesCard")
        self.cycle = CodeCycle(per_s=_CODES_PER_S, parent=self)
        self._counter = Label(role="caption", name="codesCounter")
        self.pause = LinkButton(name="codesPause")
        self._step = Label(role="lead", name="cameraStep", wrap=True)
        self._done = Icon("circle-check", "success", 48)
        self._progress_text = Label(role="muted", name="cameraProgress")
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self.camera = CameraPanel(cameras.make_reader, cameras.list_devices, name="scanCamera")
        self.cycle.shown.connect(self._show_code)
        self.pause.clicked.connect(self._toggle)
        self.camera.text_read.connect(model.take_text)
        self.card.cancel_requested.connect(model.cancel)
        self.card.renew_requested.connect(model.renew)
        self.card.resume_requested.connect(model.renew)
        self.card.retry_requested.connect(self.retry_requested)
        self._is_reading = False
        self._lay_out()
        self.bind(model)

    def show_state(self, state: ScanState) -> None:
        """Draw the snapshot; within a running countdown only seconds and progress are touched."""
        view = state.view
        if not view.is_camera:
            self._rest()
            return
        self._warn(view)
        drawn = camera_card_view(view, total_s=state.total_s)
        same = drawn.state is QrState.SHOWING and self.card.state is QrState.SHOWING and view.codes == self.cycle.codes
        if same:
            self.card.set_remaining(drawn.remaining_s, drawn.total_s)
        else:
            self.card.show_view(drawn)
        self.cycle.start(view.codes)
        for part in (self._counter, self.pause):
            part.setVisible(len(view.codes) > 1)
        self.pause.setText(tr("继续播放") if self.cycle.is_paused else tr("暂停播放"))
        reads = view.stage in _READING
        self._step.setText(_step(view))
        self._seen.setVisible(reads or view.stage is Stage.RECEIPT)
        self._done.setVisible(view.stage is Stage.RECEIPT)
        self._progress.setVisible(reads)
        self._progress_text.setVisible(reads)
        self._progress.setRange(0, max(view.to_read, 1))
        self._progress.setValue(view.read)
        self._progress_text.setText(
            tr("已读取 {done} / {total}", done=view.read, total=view.to_read) if view.to_read else tr("等待手机的答案…")
        )
        self._progress.setAccessibleName(self._progress_text.text())
        self._look(reads=reads)

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest behind another panel."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._rest()

    def _rest(self) -> None:
        self.cycle.stop()
        self._look(reads=False)

    def _look(self, *, reads: bool) -> None:
        if reads and not self._is_reading:
            self.camera.start()
        elif self._is_reading and not reads:
            self.camera.stop()
        self._is_reading = reads
        self.camera.setVisible(reads)

    def _show_code(self, number: int, text: str) -> None:
        self.card.set_payload(text)
        self._counter.setText(tr("第 {number} / {total} 张", number=number + 1, total=len(self.cycle.codes)))

    def _toggle(self) -> None:
        self.cycle.set_paused(paused=not self.cycle.is_paused)
        self.pause.setText(tr("继续播放") if self.cycle.is_paused else tr("暂停播放"))

    def _warn(self, view: CeremonyView) -> None:
        if view.warning and view.stage in _READING:
            wording = problem(view.warning).wording(current_language())
            self._warning.show_message(Tone.WARNING, wording.title, wording.cause)
        else:
            self._warning.clear()

    def _lay_out(self) -> None:
        codes = QVBoxLayout()
        codes.setSpacing(8)
        codes.addWidget(self.card)
        line = QHBoxLayout()
        line.setSpacing(16)
        line.addStretch()
        line.addWidget(self._counter)
        line.addWidget(self.pause)
        line.addStretch()
        codes.addLayout(line)
        codes.addStretch()
        self._seen = QWidget()
        self._seen.setMinimumWidth(_SEEN_WIDTH)
        seen = QVBoxLayout(self._seen)
        seen.setContentsMargins(0, 0, 0, 0)
        seen.setSpacing(8)
        seen.addWidget(self._done)
        seen.addWidget(self._step)
        number = QHBoxLayout()
        number.setSpacing(16)
        number.addWidget(self._progress, 1)
        number.addWidget(self._progress_text)
        seen.addLayout(number)
        seen.addWidget(self.camera)
        seen.addStretch()
        both = QHBoxLayout()
        both.setSpacing(24)
        both.addStretch()
        both.addLayout(codes)
        both.addWidget(self._seen)
        both.addStretch()
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self._warning)
        column.addLayout(both, 1)
        column.setAlignment(both, Qt.AlignmentFlag.AlignTop)


def _step(view: CeremonyView) -> str:
    """Say what is to be done now, in one line."""
    if view.stage is Stage.SHOWING:
        return tr("手机确认后, 将手机屏幕上的动态二维码对准摄像头。")
    if view.stage is Stage.PROVING:
        return tr("请在手机上点【扫描电脑】, 扫完后再将手机屏幕对准摄像头。")
    if view.stage is Stage.RECEIPT:
        return tr("已完成。手机可扫描回执确认结果, 也可以直接关闭此窗口。")
    return ""
