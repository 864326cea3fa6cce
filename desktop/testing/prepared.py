"""A platform for tests, and a company that has come so far that it can seal; made once, then copied for each test.

Everything is real: the platform serves HTTP on a thread of this process, the phone signs, the workstation verifies.
Time is a `ManualClock`, so nothing expires unless the test says so.
"""

import os
import shutil
import socket
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.crypto.certificates import CertificateFacts, read_certificate
from desktop.domain.clock import Clock, ManualClock
from desktop.domain.operations import SealKind, SealState
from desktop.formats.seal import SealObject
from desktop.phone.core import Phone
from desktop.portal.api import PlatformApi
from desktop.portal.profile import PlatformProfile
from desktop.protocol.statements import PlatformStatement, write_statement
from desktop.server.app import create_app
from desktop.server.ca.authority import Authority
from desktop.server.demo import seed
from desktop.server.settings import ServerSettings
from desktop.server.threaded import ThreadedServer
from desktop.services.download import DownloadAction
from desktop.services.enrol import EnrolAction
from desktop.services.seals import ClaimSealAction, load_seal
from desktop.services.workspace import Workspace, open_workspace
from desktop.signing.imprint.synthetic import SealText
from desktop.store.paths import DataFolder
from desktop.testing.demo_files import Company, DemoFiles, drawn_seal, write_bid_document, write_demo_files
from desktop.testing.fresh import put_database
from desktop.testing.rig import (
    OPERATOR_MOBILE,
    PLATFORM_ID,
    PLATFORM_NAME,
    PlatformHandle,
    make_phone,
    order_form,
    scan_headless,
    seal_form,
)

if TYPE_CHECKING:
    from desktop.services.action import Action

#: When the day of every test begins.
MORNING = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
#: An hour before: what was prepared then is no longer within any waiting time.
_BEFORE = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
_CONTROL = "0" * 64
_WORKSTATION = "投标工位一"


class Platform:
    """A platform on a thread of this process, with the outbox and the review desk within reach of the test."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._port = 0
        self._server: ThreadedServer | None = None
        self._handle: PlatformHandle | None = None
        self._authority: Authority | None = None

    # -- life ------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Serve; after `stop` again at the same address with the same data."""
        settings = ServerSettings(
            state_folder=self._folder,
            platform_id=PLATFORM_ID,
            name=PLATFORM_NAME,
            control_token=_CONTROL,
            sms_pause_s=0,  # a test's person is at the phone and at the desktop within the same minute
        )
        put_database(self._folder)
        app = create_app(settings, self._clock, os.urandom)
        seed(app.state.platform)
        listener = _listen(self._port)
        self._port = listener.getsockname()[1]
        self._server = ThreadedServer(app, listener)
        self._authority = authority = app.state.platform.authority
        self._handle = PlatformHandle(
            base_url=self._server.start(),
            control=_CONTROL,
            platform_id=PLATFORM_ID,
            name=PLATFORM_NAME,
            root=authority.root,
            issuing=(authority.issuing,),
        )

    def stop(self) -> None:
        """Go away, as when the network or the platform fails; twice is fine."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def state(self, payload: PlatformStatement) -> bytes:
        """Return a statement signed as the platform signs, without its rules: what a hostile platform could say too."""
        assert self._authority is not None, "the platform was never started"
        return write_statement(payload, sign=self._authority.sign_record, signer=self._authority.record_keeper)

    # -- where it is -----------------------------------------------------------------------------------------------

    @property
    def handle(self) -> PlatformHandle:
        """Address, root and console, for `desktop.testing.rig`."""
        assert self._handle is not None, "the platform was never started"
        return self._handle

    @property
    def base_url(self) -> str:
        """The address, without a trailing slash."""
        return self.handle.base_url

    @property
    def control_token(self) -> str:
        """The token of its console."""
        return _CONTROL

    @property
    def platform_id(self) -> str:
        """Its id."""
        return PLATFORM_ID

    @property
    def name(self) -> str:
        """Its name."""
        return PLATFORM_NAME

    @property
    def root(self) -> bytes:
        """Its root certificate, DER."""
        return self.handle.root

    @property
    def issuing(self) -> tuple[bytes, ...]:
        """Its issuing certificates, DER."""
        return self.handle.issuing

    @property
    def profile(self) -> PlatformProfile:
        """The desktop's profile of it."""
        return self.handle.profile

    # -- people ----------------------------------------------------------------------------------------------------

    def sms_code(self, mobile: str) -> str:
        """Return the newest code that was sent to `mobile`."""
        return self.handle.sms_code(mobile)

    def signed_in(self, mobile: str) -> PlatformApi:
        """Return the platform's API as the person with this number sees it; an unknown number is registered."""
        return self.handle.signed_in(mobile)

    @property
    def operator(self) -> PlatformApi:
        """The API as the review desk sees it."""
        return self.signed_in(OPERATOR_MOBILE)

    def member(self, company: Company) -> PlatformApi:
        """Register the company's person with an approved certificate order, ready to download."""
        api = self.signed_in(company.mobile)
        order = api.place_order(order_form(company))
        self.operator.review_order(order.order_id, approve=True)
        return api

    def approve_all(self) -> None:
        """Approve whatever waits at the review desk: orders, then seals."""
        for order in self.operator.orders_to_review():
            self.operator.review_order(order.order_id, approve=True)
        for seal in self.operator.seals_to_review():
            self.operator.review_seal(seal.seal_id, approve=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedCompany:
    """A company that can seal: certificate on the phone, enrolled workstation, claimed seal.

    `mobile` is its person's number, `password` of its certificate; `documents` a folder of the test's own.
    """

    company: Company
    password: str
    documents: Path
    files: DemoFiles

    @property
    def mobile(self) -> str:
        """The person's number."""
        return self.company.mobile

    @property
    def name(self) -> str:
        """The company's name."""
        return self.company.name

    @property
    def credit_code(self) -> str:
        """The company's credit code."""
        return self.company.credit_code

    def document(self, name: str = "投标文件.pdf", *, pages: int = 3) -> Path:
        """Write a bid document and return its place."""
        path = self.documents / name
        if not path.is_file():
            write_bid_document(path, self.company.name, pages=pages)
        return path


def open_desk(platform: Platform, state: Path, clock: Clock) -> Workspace:
    """Open the workstation whose data is below `state`."""
    return open_workspace(
        profile=platform.profile,
        folder=DataFolder(root=state / "desktop"),
        clock=clock,
        random=os.urandom,
        name=_WORKSTATION,
    )


def sign_in(workspace: Workspace, platform: Platform, mobile: str) -> None:
    """Sign somebody in at the workstation, without a window."""
    workspace.account.send_code(mobile)
    workspace.account.sign_in_by_sms(mobile, platform.sms_code(mobile), remember=False)


def prepare(state: Path, company: Company, clock: Clock | None = None) -> None:
    """Bring a company from registration to its claimed seal, in `state`/platform, desktop and phone.

    Without a `clock` an hour before the day of every test, so that nothing of it is within a waiting time any more.
    """
    clock = clock or ManualClock(_BEFORE)
    platform = Platform(state / "platform", clock)
    platform.start()
    try:
        workspace = open_desk(platform, state, clock)
        sign_in(workspace, platform, company.mobile)
        phone = make_phone(platform.handle, state / "phone", clock)
        _certify(workspace, platform, company, phone)
        _take_seal(workspace, platform, company, phone)
    finally:
        platform.stop()


def copy_state(prepared: Path, state: Path) -> None:
    """Give a test its own copy of what was prepared."""
    shutil.copytree(prepared, state, dirs_exist_ok=True)


def demo_files(folder: Path, company: Company) -> DemoFiles:
    """Write licence, letter, stamped sheet and a bid document."""
    return write_demo_files(folder, company)


def usable_seal(workspace: Workspace) -> tuple[CertificateFacts, SealObject]:
    """Return the certificate and the claimed seal of the person who is signed in."""
    certificate = next(c for c in workspace.api.certificates() if c.mine)
    facts = read_certificate(certificate.sign_cert)
    record = next(s for s in workspace.api.seals() if s.state is SealState.CLAIMED)
    return facts, load_seal(workspace, record, facts)


def _certify(workspace: Workspace, platform: Platform, company: Company, phone: Phone) -> None:
    order = workspace.api.place_order(order_form(company))
    platform.operator.review_order(order.order_id, approve=True)
    (approved,) = workspace.api.orders()
    _scan(workspace, phone, DownloadAction(workspace, approved), company)
    workspace.account.refresh()
    _scan(workspace, phone, EnrolAction(workspace), company)


def _take_seal(workspace: Workspace, platform: Platform, company: Company, phone: Phone) -> None:
    (certificate,) = workspace.api.certificates()
    imprint = drawn_seal(SealKind.OFFICIAL, SealText(name=company.name))
    applied = workspace.api.apply_for_seal(seal_form(certificate.serial, imprint, name=f"{company.name}公章"))
    platform.operator.review_seal(applied.seal_id, approve=True)
    (approved,) = workspace.api.seals()
    _scan(workspace, phone, ClaimSealAction(workspace, approved, credit_code=company.credit_code), company)


def _scan(workspace: Workspace, phone: Phone, action: "Action", company: Company) -> None:
    view, result = scan_headless(workspace, phone, action, credit_code=company.credit_code)
    if view.problem:
        raise RuntimeError(f"the company could not be prepared: {view.problem} {view.detail}; phone {result.outcome}")


def _listen(port: int) -> socket.socket:
    """Open a listening socket; 0 = at a free port, else at the port of a moment ago."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if sys.platform != "win32":  # there it would mean that two may listen at once
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    return listener


__all__ = [
    "MORNING",
    "Platform",
    "PreparedCompany",
    "copy_state",
    "demo_files",
    "open_desk",
    "prepare",
    "sign_in",
    "usable_seal",
]
