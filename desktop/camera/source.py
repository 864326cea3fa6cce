"""`CameraSource`: one thread that keeps the latest frame of a camera or file in a one-slot mailbox.

Frames that nobody takes are dropped, never queued, so what is decoded is what the camera sees now. Refuses nothing: a
camera that is absent, busy, denied, unplugged or black is a state, reported once when it begins. No GUI here; callbacks
run on the camera's thread.
"""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from desktop.camera.capture import Capture, open_capture
from desktop.camera.frames import Frame
from desktop.domain.camera import CameraState
from desktop.domain.errors import MisuseError

_log = logging.getLogger(__name__)

_FAILURES_UNTIL_GONE = 25
_BLACK_FRAMES = 10
_BLACK_LEVEL = 14
_BLACK_SPREAD = 8


class CameraSource:
    """A camera (index), video file or folder of pictures, read on its own thread.

    Starts once; after `stop` make a new one. The last frame stays available after the source has ended.
    """

    def __init__(
        self,
        source: int | Path,
        *,
        on_state: Callable[[CameraState], None] | None = None,
        open_source: Callable[[int | Path], Capture | CameraState] = open_capture,
        file_fps: float = 15.0,
        retry_s: float = 0.04,
    ) -> None:
        self._source = source
        self._on_state = on_state
        self._open_source = open_source
        self._frame_s = 1.0 / file_fps
        self._retry_s = retry_s
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._state = CameraState.STOPPED
        self._latest: Frame | None = None
        self._dark_frames = 0

    @property
    def state(self) -> CameraState:
        """What the source is doing; STOPPED before the start, too."""
        with self._changed:
            return self._state

    def start(self) -> None:
        """Open the source and read it, on its own thread.

        Raises:
            MisuseError: it was started before.
        """
        if self._thread is not None:
            raise MisuseError("general.unexpected", "camera source started twice")
        self._set_state(CameraState.OPENING)
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self._thread.start()

    def take(self, timeout_s: float) -> Frame | None:
        """Wait for a frame nobody took yet and take it; None when the time is up or the source has ended."""
        with self._changed:
            self._changed.wait_for(lambda: self._latest is not None or self._has_ended(), timeout_s)
            frame, self._latest = self._latest, None
            return frame

    def wait_until_ended(self, timeout_s: float) -> bool:
        """Wait until no more frames will come; tell whether that is so."""
        with self._changed:
            return self._changed.wait_for(self._has_ended, timeout_s)

    def stop(self, timeout_s: float = 5.0) -> bool:
        """Stop reading and release the device; tell whether the thread has ended (a dead driver may hang in a read)."""
        self._stopping.set()
        thread = self._thread
        if thread is None:
            return True
        thread.join(timeout_s)
        if thread.is_alive():
            _log.info("camera thread did not end in time")
            return False
        self._set_state(CameraState.STOPPED)
        return True

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _has_ended(self) -> bool:
        return self._state not in {CameraState.OPENING, CameraState.RUNNING, CameraState.BLACK}

    def _run(self) -> None:
        capture = self._open_source(self._source)
        if isinstance(capture, CameraState):
            self._set_state(capture)
            return
        try:
            end = self._pump(capture)
        finally:
            capture.close()
        self._set_state(end)

    def _pump(self, capture: Capture) -> CameraState:
        """Read until stopped or until the source is gone; return the state to end in."""
        failures, has_seen = 0, False
        while not self._stopping.is_set():
            frame = capture.read()
            if frame is not None:
                failures, has_seen = 0, True
                self._publish(frame)
                if not capture.is_live:
                    self._stopping.wait(self._frame_s)
            elif capture.is_live and failures < _FAILURES_UNTIL_GONE:
                failures += 1
                self._stopping.wait(self._retry_s)
            else:
                return CameraState.UNPLUGGED if has_seen else CameraState.BUSY
        return CameraState.STOPPED

    def _publish(self, frame: Frame) -> None:
        self._dark_frames = self._dark_frames + 1 if _is_black(frame) else 0
        self._set_state(CameraState.BLACK if self._dark_frames >= _BLACK_FRAMES else CameraState.RUNNING)
        with self._changed:
            self._latest = frame
            self._changed.notify_all()

    def _set_state(self, state: CameraState) -> None:
        with self._changed:
            if state is self._state:
                return
            self._state = state
            self._changed.notify_all()
        _log.info("camera %s", state)
        if self._on_state is not None:
            self._on_state(state)


def _is_black(frame: Frame) -> bool:
    sample = frame[::8, ::8]
    return bool(sample.mean() < _BLACK_LEVEL and sample.std() < _BLACK_SPREAD)
