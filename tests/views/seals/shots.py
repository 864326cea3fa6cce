"""Cameras that show what a test puts before them."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from desktop.domain.camera import CameraDevice, CameraState
from desktop.views.scan import Cameras


class Stand:
    """A camera on a stand: `show` puts a frame before it, `fail` lets it report a failure; on a thread of its own."""

    def __init__(self) -> None:
        self.opened: list[int | Path] = []
        self.closed = 0
        self.state = CameraState.RUNNING
        self._frame: Any = None
        self._says: dict[str, Callable[[Any], object]] = {}

    def cameras(self) -> Cameras:
        return Cameras(make_reader=self._make, list_devices=lambda: (CameraDevice(index=0, name="USB Camera"),))

    def show(self, frame: Any) -> None:
        self._frame = frame
        self._say("frame", frame)

    def fail(self, state: CameraState) -> None:
        self.state = state
        self._say("state", state)

    def _make(self, source: int | Path, /, **says: Callable[[Any], object]) -> "Stand":
        self.opened.append(source)
        self._says = {name.removeprefix("on_"): say for name, say in says.items()}
        return self

    def start(self) -> None:
        self._say("state", self.state)
        if self._frame is not None and self.state is CameraState.RUNNING:
            self._say("frame", self._frame)

    def stop(self, timeout_s: float) -> bool:
        del timeout_s
        self.closed += 1
        return True

    def _say(self, what: str, value: Any) -> None:
        if what in self._says:
            thread = threading.Thread(target=self._says[what], args=(value,))
            thread.start()
            thread.join()
