"""Where frames come from: a camera by index, a video file, or a folder of numbered pictures (tests, demo).

Lists the cameras, too. The one wrapper around OpenCV's VideoCapture; says why a camera cannot be opened as far as the
system tells.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from desktop.camera.frames import Frame, quiet_cv2
from desktop.camera.images import load_image
from desktop.camera.windows import Registry, WindowsRegistry, is_denied, is_held_by_another
from desktop.domain.camera import CameraDevice, CameraState
from desktop.domain.errors import BidSealError

_PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".bmp"}
_WIDTH, _HEIGHT = 1280, 720
#: cv2.CAP_ANY and cv2.CAP_DSHOW. Media Foundation, OpenCV's own first choice on Windows, takes up to twenty seconds to
#: open a camera (opencv/opencv issue 17687).
_ANY_API, _DIRECT_SHOW = 0, 700
#: Linux tells its cameras here, with names; index is their place among the nodes of one device, 0 = the pictures.
_NODES = Path("/sys/class/video4linux")
_PROBED = range(5)


class Capture(Protocol):
    """An open source of frames."""

    @property
    def is_live(self) -> bool:
        """Tell whether frames come at the device's pace; otherwise they come as fast as they are asked for."""

    def read(self) -> Frame | None:
        """Return the next frame, None when there is none now (live) or no more (file). May block for a frame's time."""

    def close(self) -> None:
        """Release the device or file."""


def open_capture(source: int | Path) -> Capture | CameraState:
    """Open a camera by index, a video file, or a folder of pictures in order of name; the state says why not."""
    if isinstance(source, int):
        return _open_device(source)
    if source.is_dir():
        pictures = sorted(p for p in source.iterdir() if p.suffix.lower() in _PICTURES)
        return PictureFolder(pictures) if pictures else CameraState.ABSENT
    if not source.is_file():
        return CameraState.ABSENT
    return _Video.open(str(source), is_live=False) or CameraState.ABSENT


def _open_device(index: int) -> Capture | CameraState:
    if sys.platform == "win32":
        return open_on_windows(index, WindowsRegistry())
    node = Path("/dev") / f"video{index}"
    if node.exists() and not os.access(node, os.R_OK | os.W_OK):
        return CameraState.DENIED
    video = _Video.open(index, is_live=True)
    if video is None:
        return CameraState.BUSY if node.exists() else CameraState.ABSENT
    return video


def open_on_windows(index: int, registry: Registry) -> Capture | CameraState:
    """Open a camera of Windows; the registry says why not."""
    if is_denied(registry):
        return CameraState.DENIED
    video = _Video.open(index, is_live=True, apis=(_DIRECT_SHOW, _ANY_API))
    if video is None:
        return CameraState.BUSY if is_held_by_another(registry) else CameraState.ABSENT
    return video


def list_cameras(
    *, nodes: Path = _NODES, platform: str = sys.platform, probe: Callable[[int], bool] | None = None
) -> tuple[CameraDevice, ...]:
    """Return the cameras of this computer. May block: where the system keeps no list, the first few are opened."""
    if platform == "linux":
        return _listed(nodes)
    is_there = _is_there if probe is None else probe
    return tuple(CameraDevice(index=index) for index in _PROBED if is_there(index))


def _listed(nodes: Path) -> tuple[CameraDevice, ...]:
    found = []
    for node in nodes.glob("video*"):
        number = node.name.removeprefix("video")
        if number.isdecimal() and _first_line(node / "index") in {"", "0"}:
            found.append(CameraDevice(index=int(number), name=_first_line(node / "name")))
    return tuple(sorted(found, key=lambda device: device.index))


def _first_line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").partition("\n")[0].strip()
    except OSError:
        return ""


def _is_there(index: int) -> bool:
    video = _Video.open(index, is_live=False, apis=(_DIRECT_SHOW,) if sys.platform == "win32" else (_ANY_API,))
    if video is None:
        return False
    video.close()
    return True


class PictureFolder:
    """Pictures of a folder as frames."""

    is_live = False

    def __init__(self, pictures: list[Path]) -> None:
        self._pictures = iter(pictures)

    def read(self) -> Frame | None:
        """Return the next readable picture."""
        for path in self._pictures:
            try:
                return load_image(path)
            except BidSealError:
                continue
        return None

    def close(self) -> None:
        """Forget the rest."""
        self._pictures = iter(())


class _Video:
    """OpenCV's VideoCapture, with its failures as None."""

    def __init__(self, video: Any, *, is_live: bool) -> None:
        self._video = video
        self._is_live = is_live

    @classmethod
    def open(cls, source: int | str, *, is_live: bool, apis: tuple[int, ...] = (_ANY_API,)) -> "_Video | None":
        """Open by the first of `apis` that can."""
        import cv2

        quiet_cv2()
        for api in apis:
            try:
                video = cv2.VideoCapture(source, api)
                if video.isOpened():
                    if is_live:
                        cls._ask_for_720p(video)
                    return cls(video, is_live=is_live)
            except cv2.error:
                continue
        return None

    @staticmethod
    def _ask_for_720p(video: Any) -> None:
        import cv2

        # Uncompressed, 720p comes at ten frames a second over USB 2; a camera that knows no JPEG ignores the wish.
        video.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        video.set(cv2.CAP_PROP_FRAME_WIDTH, _WIDTH)
        video.set(cv2.CAP_PROP_FRAME_HEIGHT, _HEIGHT)
        video.set(cv2.CAP_PROP_BUFFERSIZE, 1)

    @property
    def is_live(self) -> bool:
        return self._is_live

    def read(self) -> Frame | None:
        import cv2
        import numpy as np

        try:
            is_read, picture = self._video.read()
            if not is_read or picture is None:
                return None
            if picture.ndim == 2:  # noqa: PLR2004 - gray
                picture = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
        except cv2.error:
            return None
        return np.ascontiguousarray(picture, dtype=np.uint8)

    def close(self) -> None:
        self._video.release()
