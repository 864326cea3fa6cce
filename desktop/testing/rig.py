"""The real parts, started for a test or the story: a platform on a thread, a phone in a folder, a company on paper.

No mock and no network beyond this machine. All parts share one clock.
"""

import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from desktop.crypto.primitives import PasswordCost
from desktop.domain.clock import Clock
from desktop.domain.ids import PlatformId
from desktop.phone.core import (
    ApproveState,
    FileDeviceSecrets,
    Phone,
    PhoneResult,
    RequestsHttp,
    secret_password,
)
from desktop.phone.core import PlatformProfile as PhoneProfile
from desktop.portal.api import OrderForm, PlatformApi, SealForm
from desktop.portal.http import HttpClient
from desktop.portal.profile import PlatformProfile
from desktop.protocol.items import ISSUING
from desktop.protocol.parts import Assembler
from desktop.server.app import create_app
from desktop.server.demo import OPERATOR_MOBILE, seed
from desktop.server.settings import ServerSettings
from desktop.server.threaded import ThreadedServer
from desktop.services.action import Action
from desktop.services.ceremony import CeremonyView, Stage
from desktop.services.session import ScanSession
from desktop.services.workspace import Workspace
from desktop.testing.demo_files import Company
from desktop.testing.fresh import put_database

PLATFORM_ID = "jxjt"
PLATFORM_NAME = "江西交投集团招标采购交易平台"
PASSWORD = "Jxjt-2026-Pass"  # noqa: S105 - of a certificate that lives for one test
#: Argon2id at the floor: tests check logic, not patience.
CHEAP = PasswordCost(iterations=1, memory_kib=8 * 1024)
_CONTROL = "0" * 64
TINY_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformHandle:
    """Where a platform is, and what a person at its console sees."""

    base_url: str
    control: str = field(repr=False)
    platform_id: str
    name: str
    root: bytes
    issuing: tuple[bytes, ...]
    _sessions: dict[str, PlatformApi] = field(default_factory=dict, repr=False)

    @property
    def profile(self) -> PlatformProfile:
        """The desktop's profile of it."""
        return PlatformProfile(
            profile_id=self.platform_id,
            platform_id=self.platform_id,
            name=self.name,
            base_url=self.base_url,
            root=self.root,
            issuing=self.issuing,
            embedded=True,
        )

    @property
    def phone_profile(self) -> PhoneProfile:
        """The phone's profile of it."""
        return PhoneProfile(
            platform_id=PlatformId(self.platform_id),
            name=self.name,
            base_url=self.base_url,
            root=self.root,
            issuing=self.issuing,
        )

    def sms_code(self, mobile: str) -> str:
        """Return the newest code that was sent to `mobile`."""
        messages = HttpClient(self.base_url).json(
            "GET", "/control/outbox", params={"mobile": mobile}, headers={"X-BidSeal-Control": self.control}
        )
        return str(messages[0]["code"])

    def forget_sessions(self) -> None:
        """Log in anew from now on: so much time has passed that the sessions have ended."""
        self._sessions.clear()

    def signed_in(self, mobile: str) -> PlatformApi:
        """Return the API as the person with this number sees it, registering an unknown one; logs in once."""
        if mobile in self._sessions:
            return self._sessions[mobile]
        token: list[str] = []
        api = PlatformApi(HttpClient(self.base_url), lambda: token[0] if token else None)
        api.send_sms_code(mobile)
        token.append(api.sign_in_by_sms(mobile, self.sms_code(mobile)).token)
        self._sessions[mobile] = api
        return api


class ThreadedPlatform:
    """A platform on a thread of this process, on the given clock."""

    def __init__(self, folder: Path, clock: Clock, random: Callable[[int], bytes] = os.urandom) -> None:
        settings = ServerSettings(
            state_folder=folder,
            platform_id=PLATFORM_ID,
            name=PLATFORM_NAME,
            control_token=_CONTROL,
            sms_pause_s=0,  # a test's person is at the phone and at the desktop within the same minute
        )
        put_database(folder)
        app = create_app(settings, clock, random)
        seed(app.state.platform)
        self.platform: Any = app.state.platform
        self._server = ThreadedServer(app)

    def start(self) -> PlatformHandle:
        """Serve."""
        return PlatformHandle(
            base_url=self._server.start(),
            control=_CONTROL,
            platform_id=PLATFORM_ID,
            name=PLATFORM_NAME,
            root=self.platform.authority.root,
            issuing=(self.platform.authority.issuing,),
        )

    def stop(self) -> None:
        """End."""
        self._server.stop()


def make_phone(handle: PlatformHandle, folder: Path, clock: Clock, *, name: str = "张伟的手机") -> Phone:
    """Return a phone of this platform whose keys are below `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    return Phone(
        folder=folder,
        profile=handle.phone_profile,
        clock=clock,
        random=os.urandom,
        http=RequestsHttp(handle.base_url, clock),
        device_secrets=FileDeviceSecrets(folder, os.urandom),
        cost=CHEAP,
        name=name,
    )


class Scan:
    """A person scanning a code, reading, and approving or declining; lives on its own thread."""

    def __init__(
        self,
        phone: Phone,
        text: str,
        *,
        password: str = PASSWORD,
        typed_code: Callable[[], str] | None = None,
        approve: bool = True,
        serial: str | None = None,
        new_password: str = "",
    ) -> None:
        self._new_password = new_password
        self._phone = phone
        self._text = text
        self._password = password
        self._typed_code = typed_code
        self._approve = approve
        self._serial = serial
        self._result: PhoneResult | BaseException | None = None
        self.shown: Any = None
        self._thread = threading.Thread(target=self._run, name="phone", daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return not self._thread.is_alive()

    def result(self, timeout_s: float = 30.0) -> PhoneResult:
        """Wait for the end and return it; what went wrong on the phone is raised here."""
        self._thread.join(timeout_s)
        if isinstance(self._result, BaseException):
            raise self._result
        if self._result is None:
            raise TimeoutError("the phone has not finished")
        return self._result

    def _run(self) -> None:
        try:
            self._result = self._live()
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits in result()
            self._result = error

    def _live(self) -> PhoneResult:
        scanned = self._phone.scan(self._text)
        if not scanned.wait_accepted():
            assert scanned.result is not None
            return scanned.result
        self.shown = scanned.view
        if not self._approve:
            scanned.decline()
            return scanned.wait_result()
        serial = self._serial
        if serial is None and self.shown.certificates:
            serial = self.shown.certificates[0].serial
        typed = self._typed_code() if self._typed_code and self.shown.needs_code else ""
        new = secret_password(self._new_password) if self._new_password else None
        answered = scanned.approve(serial, secret_password(self._password), typed, new_password=new)
        if answered.state in (ApproveState.WRONG_PASSWORD, ApproveState.LOCKED, ApproveState.WEAK_PASSWORD):
            scanned.decline()
        return scanned.wait_result()


class HeadlessScan:
    """One ceremony of the desktop without a window: the session, and its snapshots as they come."""

    def __init__(
        self,
        workspace: Workspace,
        action: Action,
        *,
        credit_code: str,
        session: Callable[..., ScanSession] | None = None,
    ) -> None:
        """`session` makes another one than over the relay: `workspace.camera_session`."""
        self._condition = threading.Condition()
        self.views: list[CeremonyView] = []
        make = session or workspace.session
        self.session = make(action, credit_code=credit_code, publish=self._take)
        self.session.start()

    def wait(self, stage: Stage, timeout_s: float = 30.0) -> CeremonyView:
        """Wait for a snapshot of `stage` (with a code, when one is shown); an end that is not wanted is an error."""
        with self._condition:
            ok = self._condition.wait_for(lambda: self._has(stage) or self._is_over(), timeout_s)
            if not ok or not self._has(stage):
                raise TimeoutError(f"no {stage}; the last snapshot is {self.views[-1:]}")
            return next(v for v in reversed(self.views) if _is(v, stage))

    def end(self, timeout_s: float = 30.0) -> CeremonyView:
        """Wait for the end and return the last snapshot."""
        if not self.session.join(timeout_s):
            raise TimeoutError(f"still running; the last snapshot is {self.views[-1:]}")
        return self.views[-1]

    def _take(self, view: CeremonyView) -> None:
        with self._condition:
            self.views.append(view)
            self._condition.notify_all()

    def _has(self, stage: Stage) -> bool:
        return any(_is(v, stage) for v in self.views)

    def _is_over(self) -> bool:
        return bool(self.views) and self.views[-1].is_over


def _is(view: CeremonyView, stage: Stage) -> bool:
    return view.stage is stage and (stage is not Stage.SHOWING or bool(view.qr_text or view.codes))


def scan_headless(
    workspace: Workspace, phone: Phone, action: Action, *, credit_code: str = "", **how: Any
) -> tuple[CeremonyView, PhoneResult]:
    """Let the desktop ask and the phone answer; return how it ended on both."""
    desk = HeadlessScan(workspace, action, credit_code=credit_code)
    shown = desk.wait(Stage.SHOWING)
    how.setdefault("typed_code", lambda: desk.wait(Stage.CLAIMED).check_code)
    scan = Scan(phone, shown.qr_text, **how)
    result = scan.result()
    return desk.end(), result


#: Turns the codes on one screen into the texts that the other side's camera reads.
Lens = Callable[[tuple[str, ...]], Iterable[str]]


def _clear_sight(codes: tuple[str, ...]) -> Iterable[str]:
    return codes


def scan_by_camera(
    workspace: Workspace,
    phone: Phone,
    action: Action,
    *,
    credit_code: str,
    offline: bool = True,
    lens: Lens = _clear_sight,
    password: str = PASSWORD,
) -> tuple[CeremonyView, PhoneResult]:
    """Let the two sides see each other's screens and nothing else; return how it ended on both."""
    desk = HeadlessScan(
        workspace, action, credit_code=credit_code, session=partial(workspace.camera_session, offline=offline)
    )
    assembler = Assembler()
    challenge = next(m for m in map(assembler.take, lens(desk.wait(Stage.SHOWING).codes)) if m is not None)
    scan = phone.take_camera_challenge(challenge)
    certificates = scan.view.certificates
    approved = scan.approve(certificates[0].serial if certificates else None, secret_password(password))
    assert approved.state is ApproveState.SENT, approved
    for text in lens(scan.parts):
        desk.session.take_text(text)
    if scan.operation in ISSUING:
        for text in lens(desk.wait(Stage.PROVING).codes):
            scan.take_text(text)
        for text in lens(scan.parts):
            desk.session.take_text(text)
    for text in lens(desk.wait(Stage.RECEIPT).codes):
        scan.take_text(text)
    desk.session.cancel()
    return desk.end(), scan.leave()


def order_form(company: Company, suite: str = "P-256") -> OrderForm:
    """Return the company's certificate order."""
    return OrderForm(
        organization_name=company.name,
        credit_code=company.credit_code,
        legal_representative=company.legal_representative,
        holder_name=company.holder,
        id_number=company.id_number,
        suite=suite,
        licence=("licence.png", TINY_PNG, "image/png"),
        letter=("letter.png", TINY_PNG, "image/png"),
    )


def seal_form(serial: str, imprint_png: bytes, *, name: str = "企业公章", kind: str = "official") -> SealForm:
    """Return an application for a seal with this imprint."""
    return SealForm(
        certificate_serial=serial,
        kind=kind,
        name=name,
        width_mm=42.0,
        height_mm=42.0,
        scan=("scan.png", imprint_png, "image/png"),
        imprint_png=imprint_png,
    )


__all__ = [
    "CHEAP",
    "OPERATOR_MOBILE",
    "PASSWORD",
    "PLATFORM_ID",
    "PLATFORM_NAME",
    "Company",
    "HeadlessScan",
    "PlatformHandle",
    "Scan",
    "ThreadedPlatform",
    "make_phone",
    "order_form",
    "scan_by_camera",
    "scan_headless",
    "seal_form",
]
