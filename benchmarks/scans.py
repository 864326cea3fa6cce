"""A company that can seal, with the platform in its own process and the reference phone on a thread; no windows."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.measure import seconds
from desktop.crypto.certificates import CertificateFacts
from desktop.documents import open_document
from desktop.domain.clock import ManualClock, SystemClock
from desktop.formats.seal import SealObject
from desktop.phone.core import FileDeviceSecrets, Phone
from desktop.phone.core.transport import HttpReply, RequestsHttp
from desktop.server.embedded import EmbeddedPlatform
from desktop.server.settings import ServerSettings
from desktop.services.action import Action
from desktop.services.sealing import Job, Placement, SealAction
from desktop.services.workspace import Workspace
from desktop.store.memory_keyring import no_keyring
from desktop.testing import prepared
from desktop.testing.rig import CHEAP, PLATFORM_ID, PLATFORM_NAME, Company, PlatformHandle, scan_headless

_AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOffice:
    """The workstation and the phone of a company."""

    company: Company
    workspace: Workspace
    phone: Phone
    http: "TimedHttp"
    certificate: CertificateFacts
    imprint: SealObject

    def seal(self, sources: list[Path]) -> float:
        """Seal all documents in one scan; return the seconds from the wish to the last sealed file."""
        with ExitStack() as opened:
            jobs = tuple(self._job(source, opened) for source in sources)
            action = SealAction(self.workspace, certificate=self.certificate, jobs=jobs)
            took = seconds(lambda: self.scan(action))
        for job in jobs:
            job.target.unlink()  # missing where it was not sealed: then there is no figure
        return took

    def scan(self, action: Action) -> None:
        """Let the phone approve one action."""
        view, _ = scan_headless(self.workspace, self.phone, action, credit_code=self.company.credit_code)
        if view.problem:
            raise RuntimeError(f"{view.problem} {view.detail}")

    def _job(self, source: Path, opened: ExitStack) -> Job:
        facts = opened.enter_context(open_document(source, self.workspace.folder.work)).facts
        return Job(
            name=source.name,
            snapshot=facts.snapshot,
            source_sha256=facts.sha256,
            size=facts.size,
            pages=len(facts.pages),
            placements=(Placement(seal=self.imprint, page_index=0, x_mm=100, y_mm=200),),
            target=source.with_suffix(".sealed.pdf"),
            hashed=facts.hashed,
        )


@contextmanager
def open_office(folder: Path) -> Iterator[ScanOffice]:
    """Bring a company so far that it can seal; its platform is a process of its own."""
    company, clock = Company(), SystemClock()
    with no_keyring():
        before = ManualClock(clock.now() - _AN_HOUR)  # so that no waiting time of the preparation is left
        prepared.prepare(folder, company, before)
        with relay_process(folder / "platform") as handle:
            workspace = prepared.open_desk(handle, folder, clock)
            prepared.sign_in(workspace, handle, company.mobile)
            phone_folder, http = folder / "phone", TimedHttp(handle.base_url, clock)
            phone = Phone(
                folder=phone_folder,
                profile=handle.phone_profile,
                clock=clock,
                random=os.urandom,
                http=http,
                device_secrets=FileDeviceSecrets(phone_folder, os.urandom),
                cost=CHEAP,
                name="手机",
            )
            certificate, imprint = prepared.usable_seal(workspace)
            yield ScanOffice(
                company=company, workspace=workspace, phone=phone, http=http, certificate=certificate, imprint=imprint
            )


@contextmanager
def relay_process(folder: Path) -> Iterator[PlatformHandle]:
    """Run the platform with its relay as the demo does: as a child process on SQLite."""
    settings = ServerSettings(state_folder=folder, platform_id=PLATFORM_ID, name=PLATFORM_NAME)
    platform = EmbeddedPlatform(folder, settings=settings)
    address = platform.start()
    try:
        yield PlatformHandle(
            base_url=address.base_url,
            control=address.control_token,
            platform_id=address.platform_id,
            name=address.name,
            root=address.root,
            issuing=address.issuing,
        )
    finally:
        platform.stop()


class TimedHttp(RequestsHttp):
    """The phone's way to the platform, which remembers when the last frame was sent off."""

    posted_at = 0.0

    def send(self, method: str, path: str, **options: Any) -> HttpReply:
        """See `Http.send`."""
        if method == "POST":
            self.posted_at = time.perf_counter()
        return super().send(method, path, **options)
