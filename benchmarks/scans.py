"""A company that can seal, with platform, relay and reference phone on threads; everything real but the windows."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import seconds
from desktop.crypto.certificates import CertificateFacts
from desktop.documents import open_document
from desktop.domain.clock import ManualClock
from desktop.formats.seal import SealObject
from desktop.phone.core import Phone
from desktop.services.sealing import Job, Placement, SealAction
from desktop.services.workspace import Workspace
from desktop.store.memory_keyring import no_keyring
from desktop.testing import prepared
from desktop.testing.rig import Company, make_phone, scan_headless


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOffice:
    """The workstation and the phone of a company."""

    company: Company
    workspace: Workspace
    phone: Phone
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

    def scan(self, action: SealAction) -> None:
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
        )


@contextmanager
def open_office(folder: Path) -> Iterator[ScanOffice]:
    """Bring a company so far that it can seal."""
    company, clock = Company(), ManualClock(prepared.MORNING)
    with no_keyring():
        prepared.prepare(folder, company)
        platform = prepared.Platform(folder / "platform", clock)
        platform.start()
        try:
            workspace = prepared.open_desk(platform, folder, clock)
            prepared.sign_in(workspace, platform, company.mobile)
            phone = make_phone(platform.handle, folder / "phone", clock)
            certificate, imprint = prepared.usable_seal(workspace)
            yield ScanOffice(
                company=company, workspace=workspace, phone=phone, certificate=certificate, imprint=imprint
            )
        finally:
            platform.stop()
