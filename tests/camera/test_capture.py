"""Opening a camera: what it is asked for, and why it cannot be opened, on Windows by a registry that is a table."""

from collections.abc import Callable

import cv2
import pytest

from desktop.camera import capture
from desktop.camera.capture import list_cameras, open_on_windows
from desktop.camera.windows import WindowsRegistry, is_denied, is_held_by_another
from desktop.domain.camera import CameraDevice, CameraState

STORE = r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\webcam"
NON_PACKAGED = rf"{STORE}\NonPackaged"
OWN = r"C:\Program Files\BidSeal\python.exe"
OWN_KEY = "C:#Program Files#BidSeal#python.exe"
OTHER_KEY = "C:#Program Files#腾讯会议#wemeetapp.exe"


class Table:
    """A registry: {(hive, key): {name: value}}."""

    def __init__(self, values: dict[tuple[str, str], dict[str, object]]) -> None:
        self._values = values

    def value(self, hive: str, key: str, name: str) -> object:
        return self._values.get((hive, key), {}).get(name)

    def keys(self, hive: str, key: str) -> list[str]:
        below = [k for h, k in self._values if h == hive and k.rpartition("\\")[0] == key]
        return [k.rpartition("\\")[2] for k in below]


class Cameras:
    """In place of cv2.VideoCapture: which (index, interface) opens; notes what was asked."""

    def __init__(self, *opens: tuple[int, int]) -> None:
        self._opens = opens
        self.tried: list[tuple[int, int]] = []
        self.asked: dict[int, float] = {}

    def __call__(self, index: int, api: int) -> "Cameras":
        self.tried.append((index, api))
        return self

    def isOpened(self) -> bool:
        return self.tried[-1] in self._opens

    def set(self, name: int, value: float) -> bool:
        self.asked[name] = value
        return True

    def release(self) -> None:
        pass


@pytest.fixture
def cameras(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Cameras]:
    def make(*opens: tuple[int, int]) -> Cameras:
        made = Cameras(*opens)
        monkeypatch.setattr(cv2, "VideoCapture", made)
        return made

    return make


@pytest.mark.parametrize(
    ("hive", "key"), [("HKEY_LOCAL_MACHINE", STORE), ("HKEY_CURRENT_USER", STORE), ("HKEY_CURRENT_USER", NON_PACKAGED)]
)
def test_a_camera_forbidden_by_any_switch_of_the_privacy_settings_is_denied_and_not_tried(
    cameras: Callable[..., Cameras], hive: str, key: str
) -> None:
    tried = cameras((0, cv2.CAP_DSHOW))
    assert open_on_windows(0, Table({(hive, key): {"Value": "Deny"}})) is CameraState.DENIED
    assert tried.tried == []
    assert not is_denied(Table({(hive, key): {"Value": "Allow"}}))


def test_a_camera_that_another_program_uses_is_busy_and_else_absent(cameras: Callable[..., Cameras]) -> None:
    cameras()
    used = {("HKEY_CURRENT_USER", rf"{NON_PACKAGED}\{OTHER_KEY}"): {"LastUsedTimeStop": 0}}
    left = {("HKEY_CURRENT_USER", rf"{NON_PACKAGED}\{OTHER_KEY}"): {"LastUsedTimeStop": 133_700_000_000_000_000}}
    store_app = {("HKEY_CURRENT_USER", rf"{STORE}\Microsoft.WindowsCamera_8wekyb3d8bbwe"): {"LastUsedTimeStop": 0}}
    assert open_on_windows(0, Table(used)) is CameraState.BUSY
    assert open_on_windows(0, Table(store_app)) is CameraState.BUSY
    assert open_on_windows(0, Table(left)) is CameraState.ABSENT
    assert open_on_windows(0, Table({})) is CameraState.ABSENT


def test_our_own_use_of_the_camera_is_not_another_program() -> None:
    own = {("HKEY_CURRENT_USER", rf"{NON_PACKAGED}\{OWN_KEY}"): {"LastUsedTimeStop": 0}}
    assert not is_held_by_another(Table(own), OWN)
    assert is_held_by_another(Table(own), r"D:\other.exe")


def test_windows_opens_by_direct_show_first_and_asks_for_720p_in_jpeg(cameras: Callable[..., Cameras]) -> None:
    tried = cameras((1, cv2.CAP_DSHOW))
    assert not isinstance(open_on_windows(1, Table({})), CameraState)
    assert tried.tried == [(1, cv2.CAP_DSHOW)]
    assert tried.asked[cv2.CAP_PROP_FRAME_WIDTH] == 1280
    assert tried.asked[cv2.CAP_PROP_FRAME_HEIGHT] == 720
    assert tried.asked[cv2.CAP_PROP_FOURCC] == cv2.VideoWriter.fourcc(*"MJPG")


def test_windows_falls_back_to_whatever_opens(cameras: Callable[..., Cameras]) -> None:
    tried = cameras((0, cv2.CAP_ANY))
    assert not isinstance(open_on_windows(0, Table({})), CameraState)
    assert tried.tried == [(0, cv2.CAP_DSHOW), (0, cv2.CAP_ANY)]


def test_probing_opens_and_closes_each_of_the_first_five(cameras: Callable[..., Cameras]) -> None:
    tried = cameras((1, capture._ANY_API))
    assert list_cameras(platform="darwin") == (CameraDevice(index=1),)
    assert [index for index, _ in tried.tried] == [0, 1, 2, 3, 4]


def test_another_system_has_no_registry() -> None:
    registry = WindowsRegistry()
    assert not is_denied(registry)
    assert not is_held_by_another(registry)
