"""The camera chosen in the settings stands first among all, so that every scan begins with it."""

from desktop.domain.camera import CameraDevice
from desktop.store.settings import SettingsStore
from desktop.views.scan import Cameras


def preferring(cameras: Cameras, settings: SettingsStore) -> Cameras:
    """Return the same cameras, listed with the chosen one first; one that is not there now changes nothing."""

    def list_devices() -> tuple[CameraDevice, ...]:
        chosen = settings.load().camera
        return tuple(sorted(cameras.list_devices(), key=lambda device: device.index != chosen))

    return Cameras(make_reader=cameras.make_reader, list_devices=list_devices)
