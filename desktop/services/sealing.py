"""Seal PDF documents by phone: prepare exactly what is shown, let the phone sign it, embed, write the sealed copy.

The input is never modified. Each document succeeds or fails by itself; a partial outcome names every item.
"""

from dataclasses import dataclass
from dataclasses import replace as with_changes
from pathlib import Path

from desktop.crypto.certificates import CertificateFacts
from desktop.domain.errors import BidSealError, MisuseError, RejectedError
from desktop.domain.operations import Operation
from desktop.formats.answer import VerifiedAnswer
from desktop.formats.seal import SealObject, check_usable
from desktop.formats.trust import CertificateUsage
from desktop.protocol.codec import Value, clean_text
from desktop.protocol.items import MAX_FILE_NAME_BYTES, MAX_ITEMS, SealItem, SealMark
from desktop.protocol.messages import Outcome
from desktop.services.action import AskProof, Finish, ItemResult, Preparation
from desktop.services.events import Changed
from desktop.services.lasting import Lasting
from desktop.services.workspace import Workspace
from desktop.signing.ceremony import CeremonyRequest
from desktop.signing.pdf import ImprintPlacement, PreparedSeal, SealedDocument, SealRequest, finish, prepare
from desktop.store.files import check_writable, place_new, replace
from desktop.store.outputs import OutputFolders

#: Room in a file name for what `place_new` may add.
_SPARE_BYTES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A seal on a page: top-left corner in mm as the page is displayed."""

    seal: SealObject
    page_index: int
    x_mm: float
    y_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One document to seal: `snapshot` is the private copy that was displayed, `target` the wanted name."""

    name: str
    snapshot: Path
    source_sha256: bytes
    size: int
    pages: int
    placements: tuple[Placement, ...]
    target: Path


def free_target(
    source: Path, *, folder: Path | None = None, suffix: str = "_已签章", taken: frozenset[Path] = frozenset()
) -> Path:
    """Return a free path beside `source` (or in `folder`), not in `taken`: `name_已签章.pdf`, then `…(2).pdf`."""
    place = source.parent if folder is None else folder
    number = 1
    while True:
        ending = f"{suffix}({number}).pdf" if number > 1 else f"{suffix}.pdf"
        room = MAX_FILE_NAME_BYTES - len(ending.encode()) - _SPARE_BYTES
        candidate = place / (source.stem.encode()[:room].decode("utf-8", "ignore") + ending)
        if candidate not in taken and not candidate.exists():
            return candidate
        number += 1


class SealAction:
    """The sealing of up to eight documents with one certificate in one scan."""

    def __init__(self, workspace: Workspace, *, certificate: CertificateFacts, jobs: tuple[Job, ...]) -> None:
        if not 1 <= len(jobs) <= MAX_ITEMS:
            raise MisuseError("general.unexpected", f"{len(jobs)} documents in one scan")
        self._workspace = workspace
        self._certificate = certificate
        self._jobs = jobs
        self._prepared: list[PreparedSeal] = []
        self._lasting = Lasting(workspace, certificate.der)

    def prepare(self, preparation: Preparation) -> CeremonyRequest:
        """Draw the imprints and compute what is to be signed, document by document."""
        self._workspace.trust.require_valid(self._certificate, usage=CertificateUsage.SIGN)
        self._workspace.confirm_workstation(self._certificate.credit_code)
        self._check_seals()
        for folder in {job.target.parent for job in self._jobs}:
            check_writable(folder)
        for number, job in enumerate(self._jobs):
            preparation.check()
            preparation.report(number, len(self._jobs), job.name)
            self._prepared.append(prepare(self._request(job)))
        preparation.report(len(self._jobs), len(self._jobs), "")
        return CeremonyRequest(
            operation=Operation.SEAL,
            items=tuple(_item(job, p) for job, p in zip(self._jobs, self._prepared, strict=True)),
            organization=self._certificate.organization,
            credit_code=self._certificate.credit_code,
            certificates=(self._certificate.serial,),
        )

    def subject(self) -> str:
        """Name the documents."""
        return "; ".join(job.name for job in self._jobs)

    def act(self, verified: VerifiedAnswer) -> Finish | AskProof:
        """Embed each signature and write each sealed file; seals are judged again at this moment (T14)."""
        self._check_seals()
        outputs = OutputFolders(self._workspace.folder.outputs)
        outputs.note(job.target.parent for job in self._jobs)
        end = self._embed(verified)
        outputs.forget()
        self._workspace.bus.publish(Changed.DOCUMENTS)
        return end

    def _embed(self, verified: VerifiedAnswer) -> Finish:
        results: list[dict[str, Value]] = []
        details: list[ItemResult] = []
        everything = zip(self._jobs, self._prepared, verified.answer.results, strict=True)
        for number, (job, prepared, result) in enumerate(everything, 1):
            name = clean_text(job.name, max_bytes=MAX_FILE_NAME_BYTES)
            try:
                sealed, note = self._finish(job, prepared, result)
            except BidSealError as error:
                results.append({"name": name, "error": error.code})
                details.append(ItemResult(name=job.name, code=error.code))
            else:
                results.append({"name": name, "sha256": sealed.sha256})
                details.append(ItemResult(name=job.name, target=str(sealed.path), level=sealed.level, note=note))
            # Each document leaves its own record, also when several have one name.
            subject = f"{name} · {prepared.source_sha256.hex()[:8]} · {number}/{len(self._jobs)}"
            self._workspace.report_usage(verified, subject=subject, result=details[-1].code or "done")
        failed = sum(1 for d in details if d.code)
        if failed == len(details):
            code = details[0].code if failed == 1 else "ceremony.nothing_done"
            return Finish(outcome=Outcome.FAILED, code=code, results=tuple(results), details=tuple(details))
        outcome = Outcome.PARTIAL if failed else Outcome.DONE
        return Finish(outcome=outcome, results=tuple(results), details=tuple(details))

    def prove(self, value: bytes) -> Finish:
        """Never asked for."""
        raise MisuseError("general.unexpected", f"seal proof of {len(value)} bytes")

    def close(self) -> None:
        """Delete the prepared files; sealed ones have been moved away."""
        for prepared in self._prepared:
            prepared.discard()

    def _finish(
        self, job: Job, prepared: PreparedSeal, result: "dict[str, bytes] | object"
    ) -> tuple[SealedDocument, str]:
        """Write the sealed file under a name of our own, then give it the wanted name or the next free one.

        Whether it gets a timestamp and evidence never decides whether it is sealed; the note says why not.

        The name was chosen before the scan; what has come to stand there since is never replaced.
        """
        assert isinstance(result, dict)
        if "error" in result:
            raise RejectedError(str(result["error"]), job.name)
        part = job.target.with_name(f".bidseal-{self._workspace.random(8).hex()}.part")
        try:
            sealed = finish(prepared, result["sig"], part, replace=replace, timestamp=self._lasting.timestamp)
            sealed, note = self._lasting.extend(sealed)
            return with_changes(sealed, path=place_new(part, job.target)), note
        finally:
            part.unlink(missing_ok=True)

    def _check_seals(self) -> None:
        now = int(self._workspace.clock.now().timestamp())
        for job in self._jobs:
            for placement in job.placements:
                check_usable(placement.seal, self._certificate, at=now)

    def _request(self, job: Job) -> SealRequest:
        return SealRequest(
            snapshot=job.snapshot,
            source_sha256=job.source_sha256,
            placements=tuple(
                ImprintPlacement(
                    page_index=p.page_index,
                    x_mm=p.x_mm,
                    y_mm=p.y_mm,
                    width_mm=p.seal.width_mm,
                    height_mm=p.seal.height_mm,
                    png=p.seal.imprint_png,
                )
                for p in job.placements
            ),
            certificate_der=self._certificate.der,
            chain=self._workspace.trust.chain_of(self._certificate),
            signing_time=self._workspace.clock.now(),
            work_folder=self._workspace.folder.work,
        )


def _item(job: Job, prepared: PreparedSeal) -> SealItem:
    pages: dict[str, set[int]] = {}
    seals: dict[str, SealObject] = {}
    for placement in job.placements:
        seals[placement.seal.seal_id] = placement.seal
        pages.setdefault(placement.seal.seal_id, set()).add(placement.page_index)
    return SealItem(
        name=clean_text(job.name, max_bytes=MAX_FILE_NAME_BYTES),
        size=job.size,
        pages=job.pages,
        source_sha256=prepared.source_sha256,
        tbs_sha256=prepared.tbs_sha256,
        signed_attributes=prepared.signed_attributes,
        marks=tuple(
            SealMark(seal_id=s.seal_id, name=s.name, kind=s.kind, pages=len(pages[s.seal_id])) for s in seals.values()
        ),
    )
