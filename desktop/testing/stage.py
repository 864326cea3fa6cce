"""What the story is played on and by whom: platform, windows and phones in a temporary folder, and who tells of it."""

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QApplication

from desktop.app import Client, make_application, make_client
from desktop.camera.live import LiveReader
from desktop.demo_phone import cut_seal
from desktop.domain.camera import CameraDevice
from desktop.portal.http import HttpClient
from desktop.portal.profile import PlatformProfile
from desktop.server.embedded import EmbeddedAddress, EmbeddedPlatform
from desktop.server.settings import ServerSettings
from desktop.services.platforms import default_platform
from desktop.services.workspace import Workspace, open_workspace
from desktop.store.paths import DataFolder
from desktop.testing.actors import OfficeWorker, PhoneHolder
from desktop.testing.demo_files import Company, DemoFiles, write_demo_files
from desktop.testing.driver import wait_until
from desktop.testing.hand import FileHand
from desktop.testing.platform_process import MODULE, ForwardClock
from desktop.testing.webcam import Webcam
from desktop.ui.i18n import Languages
from desktop.ui.resources import PLATFORMS
from desktop.views.scan import Cameras

#: A story begins in the past, so that what it seals after hours were put forward is not of the future.
BEHIND_S = 3 * 3600
#: How the phone is held before the webcam.
_HOLDING = 5


class Stage:
    """Everything that the story plays on; made in a temporary folder and taken down at the end."""

    def __init__(self, state: Path, out: Path) -> None:
        self.state, self.out = state, out
        self.company = Company()
        self.default = default_platform(PLATFORMS)
        settings = ServerSettings(
            state_folder=state / "platform",
            platform_id=self.default.platform_id,
            name=self.default.name,
            sms_pause_s=0,  # its people are at the phone and at the desktop within the same minute
        )
        #: Of windows and phones; the platform has its own, and both are put forward together.
        self.clock = ForwardClock(BEHIND_S)
        self.platform = EmbeddedPlatform(state / "platform", settings=settings, command=(MODULE, str(BEHIND_S)))
        self.app: QApplication = make_application()
        self.languages = Languages(parent=self.app)
        self.hand = FileHand()
        self.files: DemoFiles = write_demo_files(state / "documents", self.company)
        self.address: EmbeddedAddress | None = None
        self.clients: list[Client] = []
        self.phones: list[PhoneHolder] = []

    def start_platform(self) -> None:
        """Start the platform's process."""
        self.address = self.platform.start()

    def profile(self) -> PlatformProfile:
        """Return the platform as the client knows it."""
        assert self.address is not None
        return PlatformProfile(
            profile_id=self.default.profile_id,
            platform_id=self.address.platform_id,
            name=self.address.name,
            base_url=self.address.base_url,
            root=self.address.root,
            issuing=self.address.issuing,
            embedded=True,
        )

    def put_forward(self, seconds: float) -> None:
        """Let `seconds` pass at once, at the platform as in windows and phones."""
        assert self.address is not None
        http = HttpClient(self.address.base_url)
        headers = {"X-BidSeal-Control": self.address.control_token}
        http.request("POST", "/control/clock", params={"seconds": str(seconds)}, headers=headers)
        http.close()
        self.clock.put_forward(seconds)

    def cut_network(self) -> None:
        """Take the platform away: no relay, no time stamps, no revocation lists, for client and phone alike."""
        self.platform.stop()

    def cameras(self) -> Cameras:
        """Return a webcam before which somebody holds the phone."""
        webcam = Webcam(self._held_code, seed=_HOLDING)
        return Cameras(
            make_reader=partial(LiveReader, open_source=webcam.open), list_devices=lambda: (CameraDevice(index=0),)
        )

    def _held_code(self, at_s: float = 0.0) -> str:
        """Return what the phone shows that was taken out last."""
        return self.phones[0].held_code(at_s)

    def open_client(self, name: str, workstation: str = "投标工位一") -> OfficeWorker:
        """Open a client with a data folder of its own."""
        workspace = open_workspace(
            profile=self.profile(),
            folder=DataFolder(root=self.state / name),
            clock=self.clock,
            random=os.urandom,
            name=workstation,
        )
        client = make_client(
            workspace, self.languages, pick=self.hand, ask=self.hand.choose_folder, cameras=self.cameras
        )
        self.clients.append(client)
        client.start()
        return OfficeWorker(client, self.hand)

    def open_phone(self, name: str = "phone", mobile: str = "") -> PhoneHolder:
        """Take a phone out of its box; the one taken out last is held before the webcam."""
        assert self.address is not None
        phone = PhoneHolder.with_new_phone(
            self.state / name,
            self.address,
            mobile=mobile or self.company.mobile,
            languages=self.languages,
            clock=self.clock,
            pick=self.hand,
            cut=cut_seal,
        )
        self.phones.insert(0, phone)
        return phone

    def sms_code(self, mobile: str) -> str:
        """Read the newest code sent to a number that no phone of the story has."""
        assert self.address is not None
        headers = {"X-BidSeal-Control": self.address.control_token}
        http, found = HttpClient(self.address.base_url), list[str]()

        def look() -> bool:
            messages = http.json("GET", "/control/outbox", params={"mobile": mobile}, headers=headers)
            found[:] = [str(m["code"]) for m in messages]
            return bool(found)

        wait_until(look, f"a message to {mobile}")
        http.close()
        return found[0]

    def workspace(self) -> Workspace:
        """Return the bidder's services."""
        return self.clients[0].workspace

    def let_go(self, worker: OfficeWorker, phone: PhoneHolder) -> None:
        """Somebody goes home: the window and the phone are put away."""
        self.clients.remove(worker.client)
        worker.close()
        self.put_away(phone)

    def put_away(self, phone: PhoneHolder) -> None:
        """A phone is switched off and not seen again."""
        self.phones.remove(phone)
        phone.close()

    def close(self) -> None:
        """Take everything down."""
        for client in self.clients:
            client.quit()
        for phone in self.phones:
            phone.close()
        self.platform.stop()


class Narrator:
    """Plays steps, tells their times, takes pictures; `watch` is called with the step's name beside each picture."""

    def __init__(self, out: Path, watch: Callable[[str], None] = lambda _what: None) -> None:
        self._out, self._watch = out, watch
        self._number = 0
        self._what = ""

    def picture_path(self, moment: str = "") -> Path:
        """Return where a picture of the step under way goes."""
        return self._out / f"{self._number:02d}-{self._what}{moment}.png"

    def moment(self, moment: str, pictures: Callable[[Path], None]) -> None:
        """Take a picture in the midst of a step."""
        pictures(self.picture_path(moment))
        self._watch(self._what)

    def step(self, what: str, act: Callable[[], None], pictures: Callable[[Path], None]) -> None:
        """Play one step; its picture is taken at its end."""
        self._number += 1
        self._what = what
        began = time.monotonic()
        act()
        took = time.monotonic() - began
        pictures(self.picture_path())
        self._watch(what)
        print(f"{self._number:02d}  {took:6.2f} s  {what}", flush=True)  # noqa: T201 - the story is told on stdout


class Cast:
    """The people of the story: a bidder with his phone, the platform's operator, and who tells what they do."""

    def __init__(self, stage: Stage, narrator: Narrator) -> None:
        self.stage, self.narrator = stage, narrator
        self.company, self.files = stage.company, stage.files
        self.bidder = stage.open_client("bidder")
        self.phone = stage.open_phone()
        self._desk: OfficeWorker | None = None
        self.bidder.at_consent = lambda: narrator.moment("-手机确认", self._both)

    @property
    def desk(self) -> OfficeWorker:
        """The operator's window."""
        assert self._desk is not None, "the operator has not been called"
        return self._desk

    def call_operator(self, mobile: str) -> None:
        """Have the platform's operator come to the review desk."""
        desk = self._desk = self.stage.open_client("operator", "审核台")
        desk.register(mobile, lambda: self.stage.sms_code(mobile))
        desk.at_consent = lambda: self.narrator.moment("-材料", desk.picture)

    def lose_phone(self) -> None:
        """The bidder's phone is gone, with all that was on it; another one is taken out of its box."""
        self.stage.put_away(self.phone)
        self.phone = self.stage.open_phone("new-phone")

    def step(self, what: str, act: Callable[[], None]) -> None:
        """The bidder does something; window and phone are in the picture."""
        self.narrator.step(what, act, self._both)

    def at_desk(self, what: str, act: Callable[[], None]) -> None:
        """The operator does something."""
        self.narrator.step(what, act, self.desk.picture)

    def _both(self, path: Path) -> None:
        self.bidder.picture_with(self.phone, path)
