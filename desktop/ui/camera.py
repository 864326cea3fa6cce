"""The camera panel: what the webcam sees, which webcam, and in words what is the matter when it shows nothing.

Knows no driver: reader and list of cameras are handed in (`desktop.camera.live`), run on threads of their own and reach
the GUI thread by signals only; pictures through a mailbox of one slot, so that a busy window drops them. Refuses to run
unseen: a panel that is hidden or gone stops its camera. `start` again shows it again.
"""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QImage
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.domain.camera import CameraDevice, CameraState
from desktop.domain.errors import BidSealError
from desktop.ui import tasks
from desktop.ui.i18n import tr
from desktop.ui.kit.base import KitFrame, Label, restyle
from desktop.ui.kit.fields import ChoiceField
from desktop.ui.kit.states import ProblemView
from desktop.ui.theme import current
from desktop.ui.viewfinder import Viewfinder

_LARGEST_PREVIEW = 1280
_STAGE_WIDTH, _STAGE_HEIGHT = 480, 344
_DEVICE_WIDTH = 320
_BACKWARD = Qt.ConnectionType.QueuedConnection


class CameraReader(Protocol):
    """A camera being read; made by a `MakeReader`."""

    def start(self) -> None:
        """Open it on a thread of its own."""

    def stop(self, timeout_s: float) -> bool:
        """Stop it; 0 = do not wait. Tells whether the device is free."""


class MakeReader(Protocol):
    """Makes a reader whose callbacks come on any thread; `desktop.camera.live.LiveReader` is one."""

    def __call__(
        self,
        source: int | Path,
        /,
        *,
        on_text: Callable[[str], object],
        on_frame: Callable[[Any], object],
        on_state: Callable[[CameraState], object],
    ) -> CameraReader:
        """Make it; frames are (h, w, 3) uint8 BGR arrays."""
        ...


class _Bridge(QObject):
    """Carries what a reader says over to the GUI thread, with the number of the start it belongs to."""

    text = Signal(int, str)
    state = Signal(int, object)
    frame = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._slot: tuple[int, QImage] | None = None

    def put(self, number: int, frame: Any) -> None:
        """Put a frame into the slot, in place of one that nobody took."""
        image = _image(frame)
        with self._lock:
            is_told, self._slot = self._slot is not None, (number, image)
        if not is_told:
            self.frame.emit()

    def take(self) -> tuple[int, QImage] | None:
        """Take what is in the slot."""
        with self._lock:
            taken, self._slot = self._slot, None
        return taken


class _Running:
    """The reader now in use: held apart from the panel, so that it can be stopped when the panel is no more."""

    def __init__(self) -> None:
        self.reader: CameraReader | None = None

    def stop(self) -> bool:
        """Stop it without waiting; tell whether nothing of it is left."""
        reader, self.reader = self.reader, None
        return reader is None or reader.stop(0)


class CameraPanel(KitFrame):
    """Shows a camera and says each text read from it; `state` is what is shown, never a thread's opinion."""

    text_read = Signal(str)
    state_changed = Signal(object)

    def __init__(
        self,
        make_reader: MakeReader,
        list_devices: Callable[[], tuple[CameraDevice, ...]],
        *,
        name: str = "camera",
        patience_ms: int = 8000,
        release_ms: int = 2000,
        is_mirrored: bool = True,
        hint: Callable[[], str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, "", parent)
        self._make_reader, self._list_devices = make_reader, list_devices
        self._is_mirrored, self._say_hint = is_mirrored, hint or _code_hint
        self._state, self._number = CameraState.STOPPED, 0
        self._wanted: int | Path | None = None
        self._devices: tuple[CameraDevice, ...] = ()
        self._offered: tuple[list[tuple[str, str]], str] = ([], "")
        self._listing: tasks.TaskHandle[tuple[CameraDevice, ...]] | None = None
        self._running, self._is_old_ending = _Running(), False
        self._patience = self._timer(patience_ms, lambda: self._show(CameraState.STALLED))
        self._release = self._timer(release_ms, self._open)
        self._delay = self._timer(current().durations.skeleton_delay, lambda: self._waiting.setVisible(True))
        self._bridge = _Bridge()
        self._bridge.text.connect(self._on_text, _BACKWARD)
        self._bridge.state.connect(self._on_state, _BACKWARD)
        self._bridge.frame.connect(self._on_frame, _BACKWARD)
        self.destroyed.connect(self._running.stop)
        self._build()
        self._built()
        self._draw()

    @property
    def state(self) -> CameraState:
        """What is shown now."""
        return self._state

    def start(self, source: int | Path | None = None) -> None:
        """Show `source`, a camera by index or a file; None = the camera chosen before, else the first one."""
        self._end()
        self._wanted = source
        self._show(CameraState.OPENING)
        if isinstance(source, Path):
            self._open_when_free()
            return
        self._patience.start()
        self._listing = tasks.run(self._list, self._on_devices, self._on_no_devices)

    def stop(self) -> None:
        """Stop the camera; returns at once, the device is freed as soon as the driver lets go."""
        self._end()
        self._show(CameraState.STOPPED)

    def retry(self) -> None:
        """Try again what did not work."""
        self.start(self._wanted)

    def show_now(self) -> None:
        """Show that it is opening without waiting, for pictures."""
        self._waiting.show()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop: a camera does not run behind another page. Under another window it may."""
        super().hideEvent(event)
        if not event.spontaneous() and self._is_built:
            self.stop()

    def retranslate(self) -> None:
        """Say everything in the current language."""
        self.setAccessibleName(tr("摄像头"))
        self.device.set_label(tr("摄像头"))
        self.view.setAccessibleName(tr("摄像头画面"))
        self._hint.setText(self._say_hint())
        is_off = self._state is CameraState.STOPPED
        self._waiting.setText(tr("摄像头已关闭") if is_off else tr("正在打开摄像头…"))
        self._offer_devices()

    def _build(self) -> None:
        name = self.objectName()
        self.view = Viewfinder(name=f"{name}View", is_mirrored=self._is_mirrored)
        self.problem = ProblemView(name=f"{name}Problem")
        restyle(self.problem, "kind", "sunken")
        self.problem.retry_requested.connect(self.retry)
        self._waiting = Label(role="muted", name=f"{name}Waiting")
        self._idle = KitFrame(f"{name}Idle", "sunken")
        inside = QVBoxLayout(self._idle)
        inside.addWidget(self._waiting, 0, Qt.AlignmentFlag.AlignCenter)
        self._stage = QStackedWidget()
        self._stage.setObjectName(f"{name}Stage")
        self._stage.setMinimumSize(_STAGE_WIDTH, _STAGE_HEIGHT)
        for face in (self._idle, self.view, self.problem):
            self._stage.addWidget(face)
        self._hint = Label(role="caption", name=f"{name}Hint")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.device = ChoiceField(name=f"{name}Device")
        self.device.setFixedWidth(_DEVICE_WIDTH)
        self.device.chosen.connect(lambda index: self.start(int(index)))
        # The room of the words stays when they are not said, so that nothing moves.
        policy = self._hint.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._hint.setSizePolicy(policy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current().spaces.one)
        column.addWidget(self._stage, 1)
        column.addWidget(self._hint)
        column.addWidget(self.device, 0, Qt.AlignmentFlag.AlignLeft)
        for first, second in ((self.problem.retry, self.problem.copy), (self.problem.copy, self.device.box)):
            self.setTabOrder(first, second)

    def _timer(self, interval_ms: int, then: Callable[[], object]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval_ms)
        timer.timeout.connect(then)
        return timer

    def _end(self) -> None:
        """Let go of everything of the start before; what it still says is not listened to."""
        self._number += 1
        if self._listing is not None:
            self._listing.discard()
            self._listing = None
        self._patience.stop()
        self._release.stop()
        self._is_old_ending = not self._running.stop() or self._is_old_ending
        self.view.clear()

    def _list(self, progress: tasks.ReportProgress, cancel: tasks.CancelToken) -> tuple[CameraDevice, ...]:
        del progress, cancel  # a driver cannot be interrupted
        return self._list_devices()

    def _on_no_devices(self, _error: BidSealError) -> None:
        self._on_devices(())

    def _on_devices(self, devices: tuple[CameraDevice, ...]) -> None:
        self._listing = None
        self._patience.stop()
        self._devices = devices
        self._offer_devices()
        self._open_when_free()

    def _open_when_free(self) -> None:
        """Open the camera; where the one before has not been let go yet, when it has, or after some patience."""
        if self._is_old_ending:
            self._release.start()
        else:
            self._open()

    def _open(self) -> None:
        self._is_old_ending = False
        self._release.stop()
        source = self._wanted if self._wanted is not None else int(self.device.value or 0)
        number, bridge = self._number, self._bridge
        reader = self._make_reader(
            source,
            on_text=lambda text: bridge.text.emit(number, text),
            on_frame=lambda frame: bridge.put(number, frame),
            on_state=lambda state: bridge.state.emit(number, state),
        )
        self._running.reader = reader
        self._show(CameraState.OPENING)
        reader.start()

    def _on_text(self, number: int, text: str) -> None:
        if number == self._number:
            self.view.flash()
            self.text_read.emit(text)

    def _on_state(self, number: int, state: CameraState) -> None:
        if number == self._number:
            self._show(state)
        elif state is CameraState.STOPPED and self._is_old_ending:
            self._is_old_ending = False
            if self._release.isActive():
                self._open()

    def _on_frame(self) -> None:
        taken = self._bridge.take()
        if taken is not None and taken[0] == self._number:
            self.view.show_image(taken[1])

    def _show(self, state: CameraState) -> None:
        if state is self._state:
            return
        self._state = state
        self._draw()
        self.state_changed.emit(state)

    def _draw(self) -> None:
        state = self._state
        self._delay.stop()
        if state.is_problem:
            self.problem.show_problem(state.problem_code)
            self.problem.icon.set_icon("eye-off" if state is CameraState.BLACK else "circle-alert", "problem")
            self._stage.setCurrentWidget(self.problem)
        elif state is CameraState.RUNNING:
            self._stage.setCurrentWidget(self.view)
        else:
            self._waiting.setVisible(state is CameraState.STOPPED)
            self._stage.setCurrentWidget(self._idle)
            if state is CameraState.OPENING:
                self._delay.start()
        self._hint.setVisible(state is CameraState.RUNNING)
        self.retranslate()

    def _offer_devices(self) -> None:
        names = {device.index: device.name for device in self._devices}
        if isinstance(self._wanted, int):
            names.setdefault(self._wanted, "")
        options = [(str(index), name or tr("摄像头 {number}", number=index + 1)) for index, name in names.items()]
        chosen = str(self._wanted) if isinstance(self._wanted, int) else self.device.value
        # Not while nothing changes: the list may be open.
        if (options, chosen) != self._offered:
            self._offered = (options, chosen)
            self.device.set_options(options, chosen)
        self.device.setVisible(bool(options))


def _code_hint() -> str:
    return tr("请将手机上的二维码放入框内, 距离约一掌宽, 屏幕调亮。")


def _image(frame: Any) -> QImage:
    """Turn a BGR frame into an image that owns its pixels; runs on the reader's thread."""
    height, width, channels = frame.shape
    shown = QImage(memoryview(frame).cast("B"), width, height, width * channels, QImage.Format.Format_BGR888)
    return shown.scaledToWidth(_LARGEST_PREVIEW) if width > _LARGEST_PREVIEW else shown.copy()
