"""Seal PDF documents by phone: prepare exactly what is shown, let the phone sign it, embed, write the sealed copy.

The input is never modified. Each document succeeds or fails by itself: one that cannot be prepared is left out of the
scan and named, one that cannot be written is named too, and the others go on.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import replace as with_changes
from pathlib import Path

from desktop.crypto.certificates import CertificateFacts
from desktop.crypto.hashed_file import HashedFile
from desktop.domain.errors import BidSealError, MisuseError, RejectedError
from desktop.domain.operations import Operation
from desktop.formats.answer import VerifiedAnswer
from desktop.formats.seal import SealObject, check_usable
from desktop.formats.trust import CertificateUsage
from desktop.protocol.codec import Value, clean_text
from desktop.protocol.items import MAX_FILE_NAME_BYTES, MAX_ITEMS, SealItem, SealMark
from desktop.services.action import AskProof, Finish, ItemResult, Preparation, WithoutProof, end_of_items
from desktop.services.events import Changed
from desktop.services.lasting import Lasting
from desktop.services.placing import Placement, drawing_order
from desktop.services.workspace import Workspace
from desktop.signing.ceremony import CeremonyRequest
from desktop.signing.pdf import (
    ImprintPlacement,
    PreparedSeal,
    SealedDocument,
    SealRequest,
    finish,
    new_batch,
    prepare,
)
from desktop.store.files import check_writable, place_new, replace, sha256_of
from desktop.store.outputs import OutputFolders

#: Room in a file name for what `place_new` may add.
_SPARE_BYTES = 8
#: Timestamps are waited for and files are synced to disk: neither keeps a processor busy.
_WRITERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One document to seal: `snapshot` is the private copy that was displayed, `target` the wanted name.

    `key` is whatever the caller knows it by. `supersedes` is the SHA-256 of our own earlier result that `snapshot` is a
    copy of: a file at `target` that still is exactly this may be replaced, for the new one begins with all of it.
    `hashed` is what opening it has read.
    """

    name: str
    snapshot: Path
    source_sha256: bytes
    size: int
    pages: int
    placements: tuple[Placement, ...]
    target: Path
    key: str = ""
    supersedes: bytes = b""
    hashed: HashedFile | None = None


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


class SealAction(WithoutProof):
    """The sealing of documents with one certificate in one scan."""

    def __init__(self, workspace: Workspace, *, certificate: CertificateFacts, jobs: tuple[Job, ...]) -> None:
        if not 1 <= len(jobs) <= MAX_ITEMS:
            raise MisuseError("general.unexpected", f"{len(jobs)} documents in one scan")
        self._workspace = workspace
        self._certificate = certificate
        self._jobs = jobs
        self._prepared: list[tuple[Job, PreparedSeal]] = []
        self._left_out: list[ItemResult] = []
        self._preparation = Preparation()
        self._lasting = Lasting(workspace, certificate.der)

    def prepare(self, preparation: Preparation) -> CeremonyRequest:
        """Draw the imprints and compute what is to be signed, document by document.

        Raises:
            RejectedError: nothing can be signed; with the code of the first document.
        """
        self._workspace = self._workspace.for_scan(self._certificate, offline=preparation.offline)
        self._lasting = Lasting(self._workspace, self._certificate.der)
        self._preparation = preparation
        self._workspace.trust.require_valid(self._certificate, usage=CertificateUsage.SIGN)
        self._workspace.confirm_workstation(self._certificate.credit_code)
        self._check_seals()
        for folder in {job.target.parent for job in self._jobs}:
            check_writable(folder)
        batch = new_batch()
        for number, job in enumerate(self._jobs):
            preparation.check()
            preparation.report(number, len(self._jobs), job.name)
            try:
                self._prepared.append((job, prepare(self._request(job), batch)))
            except BidSealError as error:
                self._left_out.append(ItemResult(name=job.name, key=job.key, code=error.code))
        preparation.report(len(self._jobs), len(self._jobs), "")
        if not self._prepared:
            raise RejectedError(self._left_out[0].code, self._left_out[0].name)
        preparation.leave_out(tuple(self._left_out))
        return CeremonyRequest(
            operation=Operation.SEAL,
            items=tuple(_item(job, prepared) for job, prepared in self._prepared),
            organization=self._certificate.organization,
            credit_code=self._certificate.credit_code,
            certificates=(self._certificate.serial,),
        )

    def subject(self) -> str:
        """Name the documents."""
        return "; ".join(job.name for job, _ in self._prepared)

    def act(self, verified: VerifiedAnswer) -> Finish | AskProof:
        """Embed each signature and write each sealed file; seals are judged again at this moment (T14)."""
        self._check_seals()
        outputs = OutputFolders(self._workspace.folder.outputs)
        outputs.note(job.target.parent for job, _ in self._prepared)
        end = self._embed(verified)
        outputs.forget()
        self._workspace.bus.publish(Changed.DOCUMENTS)
        return end

    def _embed(self, verified: VerifiedAnswer) -> Finish:
        results: list[dict[str, Value]] = []
        details: list[ItemResult] = []
        uses: list[tuple[str, str]] = []
        self._preparation.report(0, len(self._prepared), "")
        with ThreadPoolExecutor(_WRITERS, thread_name_prefix="sealing") as pool:
            fates = pool.map(self._fate, self._prepared, verified.answer.results)
            for number, ((job, prepared), (result, detail)) in enumerate(zip(self._prepared, fates, strict=True), 1):
                results.append(result)
                details.append(detail)
                self._preparation.report(number, len(self._prepared), job.name)
                # Each document leaves its own record, also when several have one name.
                count = f"{number}/{len(self._prepared)}"
                subject = f"{_wire_name(job)} · {prepared.source_sha256.hex()[:8]} · {count}"
                uses.append((subject, detail.code or "done"))
        self._workspace.report_usages(verified, uses)
        failure = details[0].code if len(details) == 1 else "ceremony.nothing_done"
        return end_of_items(results, (*details, *self._left_out), failure=failure)

    def _fate(
        self, item: tuple[Job, PreparedSeal], answer: "dict[str, bytes] | object"
    ) -> tuple[dict[str, Value], ItemResult]:
        job, prepared = item
        try:
            sealed = self._finish(job, prepared, answer)
        except BidSealError as error:
            failed = ItemResult(name=job.name, key=job.key, code=error.code)
            return {"name": _wire_name(job), "error": error.code}, failed
        done = ItemResult(
            name=job.name,
            key=job.key,
            target=str(sealed.path),
            level=sealed.level,
            note=sealed.note,
            sha256=sealed.sha256,
        )
        return {"name": _wire_name(job), "sha256": sealed.sha256}, done

    def close(self) -> None:
        """Delete the prepared files; sealed ones have been moved away."""
        for _, prepared in self._prepared:
            prepared.discard()

    def _finish(self, job: Job, prepared: PreparedSeal, answer: "dict[str, bytes] | object") -> SealedDocument:
        """Write the sealed file under a name of our own, then give it the wanted name or the next free one.

        Whether it gets a timestamp and evidence never decides whether it is sealed; the note says why not.

        The name was chosen before the scan; what has come to stand there since is never replaced.
        """
        assert isinstance(answer, dict)
        if "error" in answer:
            raise RejectedError(str(answer["error"]), job.name)
        part = job.target.with_name(f".bidseal-{self._workspace.random(8).hex()}.part")
        try:
            sealed = finish(
                prepared,
                answer["sig"],
                part,
                replace=replace,
                timestamp=self._lasting.timestamp,
                evidence=self._lasting.evidence,
            )
            return with_changes(sealed, path=_place(part, job))
        finally:
            with suppress(OSError):  # what is left is removed at the next start
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
            placements=tuple(_imprint(placement) for placement in drawing_order(job.placements)),
            certificate_der=self._certificate.der,
            chain=self._workspace.trust.chain_of(self._certificate),
            signing_time=self._workspace.clock.now(),
            work_folder=self._workspace.folder.work,
            hashed=job.hashed,
        )


def _place(part: Path, job: Job) -> Path:
    """Give the finished file its name; only our own earlier revision, unchanged, is replaced by its continuation."""
    if job.supersedes and sha256_of(job.target) == job.supersedes:
        replace(part, job.target)
        return job.target
    return place_new(part, job.target)


def _imprint(placement: Placement) -> ImprintPlacement:
    strip = placement.strip
    return ImprintPlacement(
        page_index=placement.page_index,
        x_mm=placement.x_mm,
        y_mm=placement.y_mm,
        width_mm=placement.width_mm,
        height_mm=placement.height_mm,
        png=placement.seal.imprint_png,
        columns=None if strip is None else (strip.start, strip.stop),
    )


def _wire_name(job: Job) -> str:
    return clean_text(job.name, max_bytes=MAX_FILE_NAME_BYTES)


def _item(job: Job, prepared: PreparedSeal) -> SealItem:
    return SealItem(
        name=_wire_name(job),
        size=job.size,
        pages=job.pages,
        source_sha256=prepared.source_sha256,
        tbs_sha256=prepared.tbs_sha256,
        signed_attributes=prepared.signed_attributes,
        marks=tuple(_marks(job.placements)),
    )


def _marks(placements: tuple[Placement, ...]) -> Iterator[SealMark]:
    """Say which seals stand on how many pages; a 骑缝章 is named by itself, also beside the same seal whole."""
    pages: dict[tuple[str, bool], set[int]] = {}
    seals: dict[str, SealObject] = {}
    for placement in placements:
        seals[placement.seal.seal_id] = placement.seal
        pages.setdefault((placement.seal.seal_id, placement.strip is not None), set()).add(placement.page_index)
    for (seal_id, cross_page), on in pages.items():
        seal = seals[seal_id]
        yield SealMark(seal_id=seal_id, name=seal.name, kind=seal.kind, pages=len(on), cross_page=cross_page)
