"""Make an encrypted bid by phone: pack and encrypt, let the phone sign what it was shown, write the package.

Bids are sealed to the signer's own certificate and to others of the unit that a phone confirmed on this workstation,
never to what a list of the platform says (threat T48). Nothing that stands at the target is ever replaced.
Source: docs/bid-package.md; docs/protocol.md §3.4.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from desktop.crypto.certificates import CertificateFacts, read_certificate
from desktop.crypto.primitives import sha256
from desktop.domain.errors import MisuseError, RejectedError, UnavailableError
from desktop.domain.operations import Operation
from desktop.formats.answer import VerifiedAnswer
from desktop.formats.package import (
    Bidder,
    BidSummary,
    GroupKind,
    Member,
    PackageDraft,
    PackagePlan,
    PlannedEnvelope,
    PlannedGroup,
    SourceFile,
    bid_json,
    member_of_certificate,
    prepare_package,
)
from desktop.formats.package.documents import write_summary
from desktop.formats.package.names import SUMMARY_NAME
from desktop.formats.trust import CertificateUsage
from desktop.protocol.bid_items import MAX_FILES_SHOWN, EnvelopeContent, PackedFile, SignPackageItem, read_bid
from desktop.protocol.codec import clean_text
from desktop.protocol.items import MAX_FILE_NAME_BYTES
from desktop.protocol.messages import Outcome
from desktop.services.action import AskProof, Finish, ItemResult, Preparation, WithoutProof
from desktop.services.events import Changed
from desktop.services.recipients import check_pair
from desktop.services.workspace import Workspace
from desktop.signing.ceremony import CeremonyRequest
from desktop.store.bids import BidNote, BidNotes
from desktop.store.files import check_writable, place_new, replace, sha256_of
from desktop.store.outputs import OutputFolders
from desktop.store.packed import KeptFile, PackedStore

BIDDER_GROUP = "bidder"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeOrder:
    """One envelope to pack. `not_before` in epoch seconds, 0 for none; `other_groups` beside the bidder's own.

    Without `needs_bidder` the other groups alone can open it: only where the notice of the lot says so.
    """

    envelope_id: str
    title: str
    files: tuple[SourceFile, ...]
    summary: BidSummary
    not_before: int = 0
    second_recipients: tuple[bytes, ...] = ()
    other_groups: tuple[PlannedGroup, ...] = ()
    needs_bidder: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PackOrder:
    """One bid to pack: who signs it, which encryption certificate of the same holder opens it, what for, whereto."""

    certificate: CertificateFacts
    encryption_certificate: bytes
    tender: str
    lot: str
    deadline: datetime
    envelopes: tuple[EnvelopeOrder, ...]
    target: Path


class PackAction(WithoutProof):
    """The packing and signing of one bid."""

    def __init__(self, workspace: Workspace, order: PackOrder) -> None:
        self._workspace = workspace
        self._order = order
        self._draft: PackageDraft | None = None
        self._attributes = b""
        self._packed: dict[str, tuple[KeptFile, ...]] = {}
        self._outputs = OutputFolders(workspace.folder.outputs)
        self._part = order.target.with_name(f".bidseal-{workspace.random(8).hex()}.part")

    def prepare(self, preparation: Preparation) -> CeremonyRequest:
        """Encrypt everything and compute what is to be signed; may take minutes for a large bid."""
        order, certificate = self._order, self._order.certificate
        self._workspace = self._workspace.for_scan(certificate, offline=preparation.offline)
        check_pair(self._workspace, certificate, read_certificate(order.encryption_certificate))
        self._workspace.confirm_workstation(certificate.credit_code)
        self._note("")
        plan = self._plan()
        check_writable(order.target.parent)
        self._outputs.note([order.target.parent], targets=[self._part])

        def progress(done: int, total: int) -> None:
            preparation.check()
            preparation.report(done, total, order.target.name)

        self._draft = prepare_package(
            plan, self._part, random=self._workspace.random, progress=progress, replace=replace
        )
        self._packed = {each.envelope_id: packed_files(each, preparation.check) for each in order.envelopes}
        moment = self._workspace.clock.now().astimezone(UTC).replace(microsecond=0)
        self._attributes = self._draft.signed_attributes(certificate.der, moment)
        text = bid_json(self._draft.header)
        item = SignPackageItem(
            bid_json=text,
            digests=self._draft.digests,
            contents=tuple(_content(envelope) for envelope in order.envelopes),
            signing_time=int(moment.timestamp()),
            signed_attributes=self._attributes,
            bid=read_bid(text),
        )
        return CeremonyRequest(
            operation=Operation.SIGN_PACKAGE,
            items=(item,),
            organization=certificate.organization,
            credit_code=certificate.credit_code,
            certificates=(certificate.serial,),
        )

    def subject(self) -> str:
        """Name tender and lot."""
        return clean_text(f"{self._order.tender} · {self._order.lot}", max_bytes=MAX_FILE_NAME_BYTES)

    def act(self, verified: VerifiedAnswer) -> Finish | AskProof:
        """Put the signature in and give the package its name, or the next free one."""
        if self._draft is None or verified.signer is None:
            raise MisuseError("general.unexpected", "answer before the package")
        manifest, package_id = self._draft.manifest_sha256, self._draft.header.package_id
        self._draft.complete(
            signed_attributes=self._attributes,
            signature=verified.answer.results[0]["sig"],
            certificate_der=verified.signer.der,
            chain=self._workspace.trust.chain_of(verified.signer),
        )
        self._draft = None
        PackedStore(self._workspace.folder.packed).keep(package_id, self._packed)
        target = place_new(self._part, self._order.target)
        self._note(str(target))
        self._workspace.report_usage(verified, subject=self.subject(), result="done")
        self._workspace.bus.publish(Changed.DOCUMENTS)
        name = clean_text(target.name, max_bytes=MAX_FILE_NAME_BYTES)
        return Finish(
            outcome=Outcome.DONE,
            results=({"name": name, "sha256": manifest},),
            details=(ItemResult(name=target.name, target=str(target)),),
        )

    def close(self) -> None:
        """Leave nothing half-written."""
        if self._draft is not None:
            self._draft.discard()
        with suppress(OSError):  # ciphertext; it goes at the next start
            self._part.unlink(missing_ok=True)
        self._outputs.forget()

    def _note(self, path: str) -> None:
        """Let the home page tell of the deadline."""
        order = self._order
        bid = BidNote(
            credit_code=order.certificate.credit_code,
            tender=order.tender,
            lot=order.lot,
            deadline=order.deadline,
            path=path,
        )
        BidNotes(self._workspace.folder.bids).note(bid, self._workspace.clock.now())

    def _plan(self) -> PackagePlan:
        order, certificate = self._order, self._order.certificate
        return PackagePlan(
            platform=self._workspace.profile.platform_id,
            tender=order.tender,
            lot=order.lot,
            bidder=Bidder(name=certificate.organization, credit_code=certificate.credit_code),
            deadline=int(order.deadline.timestamp()),
            envelopes=tuple(self._envelope(each) for each in order.envelopes),
            allow_without_bidder=not all(each.needs_bidder for each in order.envelopes),
        )

    def _envelope(self, order: EnvelopeOrder) -> PlannedEnvelope:
        own = member_of_certificate(self._order.encryption_certificate)
        others = tuple(self._second(der) for der in order.second_recipients)
        bidder = PlannedGroup(group_id=BIDDER_GROUP, kind=GroupKind.BIDDER, members=(own, *others))
        if any(group.kind is GroupKind.BIDDER for group in order.other_groups):
            raise RejectedError("package.recipient_unexpected", "a second group of the bidder")
        return PlannedEnvelope(
            envelope_id=order.envelope_id,
            title=order.title,
            not_before=order.not_before,
            groups=(bidder, *order.other_groups) if order.needs_bidder else order.other_groups,
            files=order.files,
            summary=order.summary,
        )

    def _second(self, der: bytes) -> Member:
        facts = read_certificate(der)
        if facts.credit_code != self._order.certificate.credit_code:
            raise RejectedError("package.recipient_unexpected", facts.serial)
        if not self._workspace.pins.is_pinned(facts.sha256):
            raise RejectedError("package.recipient_not_confirmed", facts.holder)
        self._workspace.trust.require_valid(facts, usage=CertificateUsage.ENCRYPT)
        return member_of_certificate(der)


def packed_files(order: EnvelopeOrder, check: Callable[[], None]) -> tuple[KeptFile, ...]:
    """Return hash and size of what goes into an envelope, the summary first; `check` raises to cancel.

    Raises:
        UnavailableError: a file cannot be read.
    """
    summary = write_summary(order.summary)
    found = [KeptFile(name=SUMMARY_NAME, size=len(summary), sha256=sha256(summary))]
    for file in order.files:
        check()
        digest = sha256_of(file.path)
        if not digest:
            raise UnavailableError("general.file_unreadable", file.name)
        found.append(KeptFile(name=file.name, size=file.path.stat().st_size, sha256=digest))
    return tuple(found)


def _content(order: EnvelopeOrder) -> EnvelopeContent:
    files = tuple(
        PackedFile(name=clean_text(file.name, max_bytes=MAX_FILE_NAME_BYTES), size=file.path.stat().st_size)
        for file in order.files
    )
    summary = order.summary
    return EnvelopeContent(
        envelope_id=order.envelope_id,
        files=files[:MAX_FILES_SHOWN],
        count=len(files),
        size=sum(file.size for file in files),
        price="" if summary.price is None else f"{summary.price:f}",
        bid_bond="" if summary.bid_bond is None else f"{summary.bid_bond:f}",
        duration_days=summary.duration_days or 0,
        quality=summary.quality or "",
        project_manager=summary.project_manager or "",
    )
