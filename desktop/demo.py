"""The demo: an embedded platform, a virtual phone and the client on this machine, all ended with the client.

One demo a state folder. Everything is made at first start and found again at the next.
"""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.app import Client, run_client
from desktop.portal.profile import PlatformProfile, write_profile
from desktop.server.embedded import EmbeddedPlatform
from desktop.server.settings import ServerSettings
from desktop.services.platforms import Platforms, default_platform
from desktop.store.files import write_atomic
from desktop.store.instance import InstanceLock
from desktop.store.paths import data_folder
from desktop.testing.demo_files import Company, write_demo_files
from desktop.ui.i18n import tr
from desktop.ui.resources import PLATFORMS

if TYPE_CHECKING:
    from desktop.views.scan import Cameras

_EX_UNAVAILABLE = 69


def run_demo(state: Path) -> int:
    """Start platform, virtual phone and client; all end with the client. Returns the exit status."""
    state.mkdir(parents=True, exist_ok=True)
    lock = InstanceLock(state / "demo.lock")
    if not lock.is_held:
        sys.stderr.write(f"bidseal: the demo is already running with this state ({state}). Close it first.\n")
        return _EX_UNAVAILABLE
    company = Company()
    default = default_platform(PLATFORMS)
    settings = ServerSettings(
        state_folder=state / "platform", platform_id=default.platform_id, name=default.name, sms_pause_s=0
    )
    platform = EmbeddedPlatform(state / "platform", settings=settings)
    address = platform.start()
    screen = state / "phone-screen.png"
    phone = DemoPhone(state / "phone", address.base_url, address.control_token, screen=screen)
    try:
        write_demo_files(state / "demo-files", company)
        profile = PlatformProfile(
            profile_id=default.profile_id,
            platform_id=address.platform_id,
            name=address.name,
            name_en=default.name_en,
            base_url=address.base_url,
            root=address.root,
            issuing=address.issuing,
            embedded=True,
        )
        # So that `bidseal pack --data …/desktop` and its like find the platform of this demo.
        folder = data_folder(state / "desktop")
        write_atomic(folder.profile, write_profile(profile))
        phone.start()
        return run_client(
            lambda found: Platforms(found, PLATFORMS, given=profile),
            folder,
            files=state / "demo-files",
            each_second=phone.look_after,
            cameras=lambda: _cameras(screen),
            open_phone=phone.bring,
        )
    finally:
        phone.stop()
        platform.stop()
        lock.close()


def _cameras(screen: Path) -> "Cameras":
    from desktop.testing.phone_screen import cameras_with_screen  # when the first scan by camera begins

    return cameras_with_screen(screen, name=lambda: tr("虚拟手机的屏幕 (演示)"))


class DemoPhone:
    """The virtual phone's process. Without it the demo is at a loss, so a closed one is opened again."""

    def __init__(self, folder: Path, base_url: str, control: str, *, screen: Path) -> None:
        self._command = [sys.executable, "-m", "desktop.demo_phone", "--folder", str(folder), "--base-url", base_url]
        self._command += ["--screen", str(screen)]
        self._control = control
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._process is not None and self._process.stdin is not None:
            with suppress(OSError):  # of one that was closed
                self._process.stdin.close()
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [*self._command, "--control", "-"],
            stdin=subprocess.PIPE,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        assert self._process.stdin is not None
        # Over the pipe, not the command line, which others on this machine can read.
        self._process.stdin.write(self._control.encode() + b"\n")
        self._process.stdin.flush()

    def bring(self) -> None:
        """Bring its window to the front, opening it again where somebody has closed it."""
        process = self._process
        if process is None or process.poll() is not None:
            self.start()
            return
        assert process.stdin is not None
        try:
            process.stdin.write(b"raise\n")
            process.stdin.flush()
        except OSError:  # it has just gone
            self.start()

    def look_after(self, client: Client) -> None:
        """Start it again where somebody has closed it, and say so; one that failed to start is left."""
        if self._process is not None and self._process.poll() == 0:
            self.start()
            client.window.show_toast(tr("虚拟手机已重新打开"))

    def stop(self) -> None:
        """End it, and wait for its end."""
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()
            process.wait()
