"""The virtual phone's screen as a camera of this computer: for the demo, where nobody need hold a phone to a webcam.

A `Capture` that gives the newest picture the phone has written (desktop.phone.window.screen_cast), at a webcam's pace.
"""

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from desktop.camera.capture import Capture, open_capture
from desktop.camera.frames import Frame
from desktop.camera.images import load_image
from desktop.camera.live import LiveReader, list_cameras
from desktop.domain.camera import CameraDevice, CameraState
from desktop.domain.errors import BidSealError
from desktop.views.scan import Cameras

#: No camera of the system has a negative index.
SCREEN_INDEX = -1
_FRAME_S = 1 / 15


class PhoneScreen:
    """The picture in a file, again and again."""

    is_live = True

    def __init__(self, picture: Path) -> None:
        self._picture = picture
        self._closed = threading.Event()
        self._stamp = 0
        self._frame: Frame | None = None

    def read(self) -> Frame | None:
        """Return the newest picture after a frame's time; None while there is none."""
        self._closed.wait(_FRAME_S)
        try:
            stamp = self._picture.stat().st_mtime_ns
            if stamp != self._stamp:
                self._frame, self._stamp = load_image(self._picture), stamp
        except (OSError, BidSealError):
            # Just being replaced: the one before serves.
            pass
        return self._frame

    def close(self) -> None:
        """End a read under way."""
        self._closed.set()


def cameras_with_screen(picture: Path, *, name: Callable[[], str]) -> Cameras:
    """Return this computer's cameras and, first, the virtual phone's screen under `name`."""

    def opened(source: int | Path) -> Capture | CameraState:
        if source != SCREEN_INDEX:
            return open_capture(source)
        return PhoneScreen(picture) if picture.is_file() else CameraState.ABSENT

    def listed() -> tuple[CameraDevice, ...]:
        return (CameraDevice(index=SCREEN_INDEX, name=name()), *list_cameras())

    make: Callable[..., LiveReader] = partial(LiveReader, open_source=opened)
    return Cameras(make_reader=make, list_devices=listed)
