"""`LiveReader`: codes read from a running camera, on one decoding thread that always takes the newest frame.

Nothing is queued: a frame that comes while another is decoded takes the place of the one before it. Each frame gets the
quick reader and one of the costlier stages in turn (`Effort.FAST`). Refuses to wait for a driver: one that hangs is
reported as stalled, and `stop` returns with its thread left behind, a daemon that closes the device if it ever wakes.
Callbacks run on the camera's threads; they must be quick and not call `stop`.
"""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from desktop.camera.capture import Capture, list_cameras, open_capture
from desktop.camera.decoder import Effort, QrDecoder
from desktop.camera.frames import Frame
from desktop.camera.source import CameraSource
from desktop.domain.camera import CameraState
from desktop.domain.errors import MisuseError

__all__ = ["LiveReader", "list_cameras"]

_log = logging.getLogger(__name__)

_PREVIEW_S = 1 / 15
_LOOK_S = 0.1
_RELEASE_S = 5.0


class LiveReader:
    """Reads every code that a camera (index), video file or folder of pictures shows.

    `on_text` gets each text, again only after another one was read in between; `on_frame` gets at most fifteen frames a
    second, not to be written to; `on_state` gets each change. Starts once; after `stop` make a new one.
    """

    def __init__(
        self,
        source: int | Path,
        *,
        open_source: Callable[[int | Path], Capture | CameraState] = open_capture,
        on_text: Callable[[str], object],
        on_frame: Callable[[Frame], object] | None = None,
        on_state: Callable[[CameraState], object] | None = None,
        stall_s: float = 5.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._on_text, self._on_frame, self._on_state = on_text, on_frame, on_state
        self._stall_s, self._monotonic = stall_s, monotonic
        self._source = CameraSource(source, open_source=open_source, on_state=self._report)
        self._stopping = threading.Event()
        self._reporting = threading.Lock()
        self._state = CameraState.STOPPED
        self._thread: threading.Thread | None = None
        self._last_frame_s = 0.0
        self._last_preview_s = float("-inf")
        self._last_texts: frozenset[str] = frozenset()

    @property
    def state(self) -> CameraState:
        """What the camera is doing; STOPPED before the start, too."""
        return self._state

    def start(self) -> None:
        """Open the camera and read, on threads of its own; returns at once.

        Raises:
            MisuseError: it was started before.
        """
        if self._thread is not None:
            raise MisuseError("general.unexpected", "live reader started twice")
        self._last_frame_s = self._monotonic()
        self._thread = threading.Thread(target=self._run, name="camera reader", daemon=True)
        self._source.start()
        self._thread.start()

    def stop(self, timeout_s: float = _RELEASE_S) -> bool:
        """Stop reading; tell whether the device is free within `timeout_s`, 0 = do not wait (it is freed all the same).

        False means that the driver hangs in a call: its daemon thread is left behind.
        """
        self._stopping.set()
        until = self._monotonic() + timeout_s
        is_free = self._source.stop(timeout_s)
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(max(until - self._monotonic(), 0.0))
            is_free = is_free and not thread.is_alive()
        return is_free

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        decoder = QrDecoder()
        while not self._stopping.is_set():
            frame = self._source.take(min(_LOOK_S, self._stall_s))
            if frame is not None:
                self._last_frame_s = self._monotonic()
                self._end_stall()
                self._preview(frame)
                self._read(decoder, frame)
            elif self._source.wait_until_ended(0):
                return
            elif self._monotonic() - self._last_frame_s >= self._stall_s:
                self._begin_stall()
        if not self._source.stop(_RELEASE_S):
            _log.info("camera driver hangs; its thread is left behind")

    def _preview(self, frame: Frame) -> None:
        now = self._monotonic()
        if self._on_frame is not None and now - self._last_preview_s >= _PREVIEW_S:
            self._last_preview_s = now
            self._on_frame(frame)

    def _read(self, decoder: QrDecoder, frame: Frame) -> None:
        texts = [code.text for code in decoder.decode(frame, Effort.FAST)]
        for text in texts:
            if text not in self._last_texts and not self._stopping.is_set():
                self._on_text(text)
        if texts:
            self._last_texts = frozenset(texts)

    def _begin_stall(self) -> None:
        with self._reporting:
            if self._source.state in {CameraState.OPENING, CameraState.RUNNING, CameraState.BLACK}:
                self._tell(CameraState.STALLED)

    def _end_stall(self) -> None:
        with self._reporting:
            if self._state is CameraState.STALLED:
                self._tell(self._source.state)

    def _report(self, state: CameraState) -> None:
        with self._reporting:
            self._tell(state)

    def _tell(self, state: CameraState) -> None:
        """Pass a change on; the lock keeps the changes seen on two threads in their order."""
        if state is self._state:
            return
        self._state = state
        if self._on_state is not None:
            self._on_state(state)
