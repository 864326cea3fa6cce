"""The view-model of taking a picture of the stamped sheet: what the camera sees now, the picture taken, its verdict.

Refuses to fall behind: only the newest frame is looked at, one at a time, on a worker. A picture is kept until it is
used or taken again; nothing is written to disk. QtCore only.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from desktop.domain.camera import CameraState
from desktop.domain.errors import BidSealError
from desktop.domain.operations import SealKind
from desktop.signing.imprint.cutout import cut_out
from desktop.signing.imprint.model import CutOut
from desktop.signing.imprint.sight import Sight, look, shot_file
from desktop.ui.camera import CameraReader, MakeReader
from desktop.ui.page import PageState, Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, TaskHandle, run
from desktop.views.seals.checks import Scan


class Face(StrEnum):
    """What the dialog shows."""

    LIVE = "live"
    STILL = "still"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureState(PageState):
    """`sight` is the last look while live; `shot` the picture taken, `cut` what is made of it once that is known."""

    face: Face = Face.LIVE
    is_running: bool = False
    sight: Sight | None = None
    shot: Scan | None = None
    cut: CutOut | None = None
    problem_code: str = ""

    @property
    def may_capture(self) -> bool:
        """Whether there is a picture to take."""
        return self.face is Face.LIVE and self.is_running and self.sight is not None

    @property
    def may_use(self) -> bool:
        """Whether the picture taken will do."""
        return self.face is Face.STILL and self.cut is not None and self.cut.is_acceptable


class _Mailbox(QObject):
    """The newest frame, until it is closed: a camera that is being let go may still bring one.

    Has a parent, so that it ends on the GUI thread; left to the garbage collector it could end on any, and a QObject
    that ends there while the GUI thread delivers its signals waits for ever.
    """

    arrived = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._is_closed = False
        self._lock = threading.Lock()
        self._frame: Any = None
        self._is_told = False

    @property
    def frame(self) -> Any:
        """The newest frame, None when there is none."""
        with self._lock:
            return self._frame

    def put(self, frame: Any) -> None:
        """Keep a frame in place of the one before; called on the camera's thread."""
        with self._lock:
            if self._is_closed:
                return
            self._frame = frame
            is_told, self._is_told = self._is_told, True
            if not is_told:
                with suppress(RuntimeError):  # the window has gone without a word
                    self.arrived.emit()

    def take(self) -> Any:
        """Return the newest frame; the next one is told of again."""
        with self._lock:
            self._is_told = False
            return self._frame

    @property
    def has_more(self) -> bool:
        """Whether a frame has come since the last was taken."""
        with self._lock:
            return self._is_told

    def close(self) -> None:
        """Take no more."""
        with self._lock:
            self._is_closed = True
        self.clear()

    def clear(self) -> None:
        """Forget what is there."""
        with self._lock:
            self._frame, self._is_told = None, False


class CaptureModel(ViewModel[CaptureState]):
    """Looks at frames that `reader_of` brings along; `capture` keeps the newest one."""

    def __init__(self, kind: SealKind, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(CaptureState(phase=Phase.NORMAL), parent)
        self._kind, self._now = kind, now
        self._frames = _Mailbox(self)
        self._looking: TaskHandle[Sight] | None = None
        self._cutting: TaskHandle[tuple[Scan, CutOut]] | None = None
        self._frames.arrived.connect(self._look, Qt.ConnectionType.QueuedConnection)

    def reader_of(self, make_reader: MakeReader) -> MakeReader:
        """Return `make_reader` with an ear of this model at its frames."""
        frames = self._frames

        def make(
            source: int | Path,
            /,
            *,
            on_text: Callable[[str], object],
            on_frame: Callable[[Any], object],
            on_state: Callable[[CameraState], object],
        ) -> CameraReader:
            def both(frame: Any) -> None:
                frames.put(frame)
                on_frame(frame)

            return make_reader(source, on_text=on_text, on_frame=both, on_state=on_state)

        return make

    def show_camera(self, state: CameraState) -> None:
        """Take note of what the camera does; what it saw before it failed is not to be taken."""
        is_running = state is CameraState.RUNNING
        if not is_running:
            self._frames.clear()
        self._set(is_running=is_running, sight=self.state.sight if is_running else None)

    def capture(self) -> None:
        """Take the picture that the camera shows now, and cut the seal out of it."""
        frame = self._frames.frame
        if not self.state.may_capture or frame is None:
            return
        self._discard()
        kind, name = self._kind, f"camera-{self._now():%Y%m%d-%H%M%S}.jpg"

        def work(progress: ReportProgress, cancel: CancelToken) -> tuple[Scan, CutOut]:
            progress(0, 0)
            content = shot_file(frame)
            cancel.raise_if_set()
            scan = Scan(name=name, media_type="image/jpeg", extension="jpg", is_shot=True, content=content)
            return scan, cut_out(content, kind)

        self._set(face=Face.STILL, shot=None, cut=None, problem_code="")
        self._cutting = run(work, self._on_cut, self._on_failed, receiver=self)

    def retake(self) -> None:
        """Give the picture up and look again."""
        self._discard()
        self._set(face=Face.LIVE, shot=None, cut=None, sight=None, problem_code="")

    def stop(self) -> None:
        """Let go of everything, for good."""
        self._discard()
        self._frames.close()

    def _look(self) -> None:
        if self.state.face is not Face.LIVE or (self._looking is not None and self._looking.is_running):
            return
        frame = self._frames.take()
        if frame is None:
            return
        kind = self._kind

        def work(progress: ReportProgress, cancel: CancelToken) -> Sight:  # noqa: ARG001 - a tenth of a second
            return look(frame, kind)

        self._looking = run(work, self._on_sight, lambda _error: self._look_on(), receiver=self)

    def _on_sight(self, sight: Sight) -> None:
        self._looking = None
        if self.state.face is Face.LIVE and self.state.is_running:
            self._set(sight=sight)
        self._look_on()

    def _look_on(self) -> None:
        """Look at what has come meanwhile."""
        self._looking = None
        if self._frames.has_more:
            self._look()

    def _on_cut(self, result: tuple[Scan, CutOut]) -> None:
        shot, cut = result
        self._set(shot=shot, cut=cut)

    def _on_failed(self, error: BidSealError) -> None:
        self._set(face=Face.LIVE, problem_code=error.code)

    def _discard(self) -> None:
        for handle in (self._looking, self._cutting):
            if handle is not None:
                handle.discard()
        self._looking = self._cutting = None
        self._frames.take()
