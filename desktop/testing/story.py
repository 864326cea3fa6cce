"""The story: a new company's first job, played unattended through the real windows.

Clicks and keys on the real widgets, codes read from the pixels of the shown QR, a phone that is a window of its own, a
platform in its own process. Prints one line a step with its time; ends at the first thing that is not as it should be.
The folder then holds the sealed PDFs and a picture of each step, nothing else that ends in .pdf.
"""

import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from desktop.app import Client, make_application, make_client
from desktop.camera.live import LiveReader
from desktop.domain.camera import CameraDevice
from desktop.domain.clock import SystemClock
from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.operations import SealKind, Verdict
from desktop.portal.http import HttpClient
from desktop.portal.profile import PlatformProfile
from desktop.server.embedded import EmbeddedAddress, EmbeddedPlatform
from desktop.server.settings import ServerSettings
from desktop.services.platforms import default_platform
from desktop.services.trust import TrustKeeper
from desktop.services.workspace import Workspace, open_workspace
from desktop.signing.pdf import verify_pdf
from desktop.store.paths import DataFolder
from desktop.testing.actors import OfficeWorker, PhoneHolder
from desktop.testing.bidding import open_bid, open_bid_by_camera, pack_bid, scan_bids, take_in
from desktop.testing.demo_files import Company, DemoFiles, write_demo_files
from desktop.testing.driver import NotAsExpectedError, WindowDriver, wait_until
from desktop.testing.hand import FileHand
from desktop.testing.webcam import Webcam
from desktop.ui.i18n import Languages
from desktop.ui.resources import PLATFORMS
from desktop.views.scan import Cameras

OPERATOR_MOBILE = "13900000000"
_FAILED = 1
#: How the phone is held before the webcam.
_HOLDING = 5
#: Says that a folder is the story's own; without it nothing in a folder is removed.
_MARKER = ".bidseal-story"
_OURS = re.compile(r"\d\d-.*\.png|failed-.*\.png|.*_已签章(\(\d+\))?\.pdf|投标文件_.*\.bid")


class Stage:
    """Everything that the story plays on; made in a temporary folder and taken down at the end."""

    def __init__(self, state: Path, out: Path) -> None:
        self.state, self.out = state, out
        self.company = Company()
        self.default = default_platform(PLATFORMS)
        settings = ServerSettings(
            state_folder=state / "platform", platform_id=self.default.platform_id, name=self.default.name
        )
        self.platform = EmbeddedPlatform(state / "platform", settings=settings)
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

    def cut_network(self) -> None:
        """Take the platform away: no relay, no time stamps, no revocation lists, for client and phone alike."""
        self.platform.stop()

    def cameras(self) -> Cameras:
        """Return a webcam before which somebody holds the phone."""
        webcam = Webcam(self.phones[0].held_code, seed=_HOLDING)
        return Cameras(
            make_reader=partial(LiveReader, open_source=webcam.open), list_devices=lambda: (CameraDevice(index=0),)
        )

    def open_client(self, name: str) -> OfficeWorker:
        """Open a client with a data folder of its own."""
        workspace = open_workspace(
            profile=self.profile(),
            folder=DataFolder(root=self.state / name),
            clock=SystemClock(),
            random=os.urandom,
            name="投标工位一",
        )
        client = make_client(workspace, self.languages, pick=self.hand, cameras=self.cameras)
        self.clients.append(client)
        client.start()
        return OfficeWorker(client, self.hand)

    def open_phone(self) -> PhoneHolder:
        """Take a phone out of its box."""
        assert self.address is not None
        phone = PhoneHolder.with_new_phone(
            self.state / "phone", self.address, mobile=self.company.mobile, languages=self.languages
        )
        self.phones.append(phone)
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

    def close(self) -> None:
        """Take everything down."""
        for client in self.clients:
            client.window.close()
        for phone in self.phones:
            phone.close()
        self.platform.stop()


class Narrator:
    """Plays steps, tells their times, takes pictures."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._number = 0
        self._what = ""

    def picture_path(self, moment: str = "") -> Path:
        """Return where a picture of the step under way goes."""
        return self._out / f"{self._number:02d}-{self._what}{moment}.png"

    def step(self, what: str, act: Callable[[], None], pictures: Callable[[Path], None]) -> None:
        """Play one step; its picture is taken at its end."""
        self._number += 1
        self._what = what
        began = time.monotonic()
        act()
        took = time.monotonic() - began
        pictures(self.picture_path())
        print(f"{self._number:02d}  {took:6.2f} s  {what}", flush=True)  # noqa: T201 - the story is told on stdout


def play(out: Path, *, trust_folder: Path | None = None) -> int:
    """Play the story into `out`; returns 0 when everything was as it should be.

    `trust_folder` also receives the platform's certificates and revocation lists, so that `bidseal verify` can judge
    the sealed files afterwards; without it only `out`/trust does.
    """
    qInstallMessageHandler(_tell)
    _claim(out)
    with tempfile.TemporaryDirectory(prefix="bidseal-story-", ignore_cleanup_errors=True) as state:
        stage = Stage(Path(state), out)
        try:
            _play(stage, out, trust_folder)
        except (NotAsExpectedError, UnavailableError) as error:
            sys.stderr.write(f"story: {error}\n")
            for number, client in enumerate(stage.clients):
                WindowDriver(client.window).shot().save(str(out / f"failed-{number}.png"))
            for number, phone in enumerate(stage.phones):
                phone.window.grab().save(str(out / f"failed-phone-{number}.png"))
            return _FAILED
        finally:
            stage.close()
    return 0


def _play(stage: Stage, out: Path, trust_folder: Path | None) -> None:
    narrator = Narrator(out)
    began = time.monotonic()
    stage.start_platform()
    bidder = stage.open_client("bidder")
    phone = stage.open_phone()
    company = stage.company

    def both(path: Path) -> None:
        bidder.picture_with(phone, path)

    bidder.at_consent = lambda: both(narrator.picture_path("-手机确认"))

    def step(what: str, act: Callable[[], None]) -> None:
        narrator.step(what, act, both)

    step("手机登录", lambda: phone.log_in(company.mobile))
    step("短信注册", lambda: bidder.register(company.mobile, phone.newest_code))
    step("申请证书", lambda: bidder.order_certificate(company, stage.files))
    desk = stage.open_client("operator")
    desk.register(OPERATOR_MOBILE, lambda: stage.sms_code(OPERATOR_MOBILE))

    desk.at_consent = lambda: desk.picture(narrator.picture_path("-材料"))

    def at_desk(what: str, act: Callable[[], None]) -> None:
        narrator.step(what, act, desk.picture)

    at_desk("审核证书订单", desk.approve_order)
    step("扫码下载证书", lambda: bidder.download_certificate(phone))
    step("扫码登记工位", lambda: bidder.enrol(phone))
    step("申请印章", lambda: bidder.apply_for_seal(stage.files))
    at_desk("审核印章", desk.approve_seal)
    step("扫码申领印章", lambda: bidder.claim_seal(phone))
    step("申请法人章", lambda: bidder.apply_for_seal(stage.files, kind=SealKind.LEGAL_REPRESENTATIVE))
    at_desk("审核法人章", desk.approve_seal)
    step("扫码申领法人章", lambda: bidder.claim_seal(phone))
    step("退出登录", bidder.sign_out)
    step("扫码登录", lambda: bidder.log_in_by_code(phone))
    sealed: list[Path] = []
    step("扫码签章", lambda: sealed.append(bidder.seal(stage.files.bid_document, phone)))
    step("验签", lambda: bidder.verify(sealed[0]))
    bids: list[Path] = []
    step("加密投标文件并签名", lambda: bids.append(pack_bid(bidder, phone, sealed[0], stage.files.licence)))
    step("演练解密", lambda: _rehearse(bidder, phone, bids[0]))
    step("扫码解密", lambda: _demand_same(open_bid(bidder, phone, bids[0]), sealed[0], stage.files.licence))
    keeper = _keep_trust(stage, out, trust_folder)
    stage.cut_network()
    second = stage.files.bid_document.with_name("商务标.pdf")
    shutil.copyfile(stage.files.bid_document, second)
    step("断网后用相机方式签章", lambda: sealed.append(bidder.seal_by_camera(second, phone)))
    again = bids[0].with_name("断网解密.bid")
    shutil.copyfile(bids[0], again)
    step(
        "断网后用相机方式解密",
        lambda: _demand_same(open_bid_by_camera(bidder, phone, again), sealed[0], stage.files.licence),
    )
    for path in sealed:
        _hand_over(stage, keeper, path, out)
    shutil.copyfile(bids[0], out / bids[0].name)
    print(f"    {time.monotonic() - began:6.2f} s  全部完成: {out}", flush=True)  # noqa: T201 - as above


def _rehearse(bidder: OfficeWorker, phone: PhoneHolder, bid: Path) -> None:
    take_in(bidder, bid, job="rehearse")
    scan_bids(bidder, phone, "rehearse")


def _demand_same(folder: Path, *sources: Path) -> None:
    """Demand that what was opened is what was packed."""
    for source in sources:
        if (folder / source.name).read_bytes() != source.read_bytes():
            raise NotAsExpectedError(f"{source.name} is not what was packed")


def _keep_trust(stage: Stage, out: Path, trust_folder: Path | None) -> TrustKeeper:
    """Copy what the sealed files are judged by."""
    workspace = stage.workspace()
    # A name of its own: the demo's platform, another one with another root, keeps its certificates in the same folder.
    profile = replace(stage.profile(), profile_id="story")
    keepers = [
        TrustKeeper(profile=profile, api=workspace.api, folder=folder, clock=workspace.clock)
        for folder in (out / "trust", trust_folder)
        if folder is not None
    ]
    for keeper in keepers:
        if not keeper.refresh():
            raise NotAsExpectedError("the revocation lists could not be fetched")
    return keepers[0]


def _hand_over(stage: Stage, keeper: TrustKeeper, sealed: Path, out: Path) -> None:
    """Copy a sealed file, and judge it once more where it now lies."""
    target = out / sealed.name
    shutil.copyfile(sealed, target)
    now = stage.workspace().clock.now()
    verdict = verify_pdf(target, anchors=keeper.anchors, revocation=keeper.revocation(), now=now)
    if verdict.verdict is not Verdict.VALID:
        raise NotAsExpectedError(f"{target.name} is {verdict.verdict}: {[r.code for r in verdict.reasons]}")


def _tell(_kind: object, _context: object, message: str) -> None:
    """Pass Qt's messages on, but for the one that its offscreen platform repeats for every window."""
    if "propagateSizeHints" not in message:
        sys.stderr.write(f"qt: {message}\n")


def _claim(out: Path) -> None:
    """Make `out` the story's folder: what an earlier story left is removed, and nobody else's file.

    Raises:
        RejectedError: there are PDFs in it that are not the story's (`general.folder_not_empty`); afterwards every PDF
            in the folder is to be a sealed one.
        UnavailableError: it cannot be made (`general.file_unwritable`).
    """
    marker = out / _MARKER
    try:
        out.mkdir(parents=True, exist_ok=True)
        if marker.is_file():
            for path in out.iterdir():
                if _OURS.fullmatch(path.name):
                    path.unlink()
            for path in (out / "trust").glob("**/story-*"):
                path.unlink()
        if any(path.suffix.lower() == ".pdf" for path in out.iterdir()):
            raise RejectedError("general.folder_not_empty", str(out))
        marker.write_text("made by bidseal story; emptied by the next one\n", encoding="utf-8")
    except OSError as error:
        raise UnavailableError("general.file_unwritable", f"{out}: {type(error).__name__}") from None
