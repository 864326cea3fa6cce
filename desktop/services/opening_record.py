"""The record of an opening (开标记录): what everybody has signed, as a bundle, and as a PDF for people.

Everything is judged once more on the way in; the PDF says nothing that the bundle does not show, and prints its hash.
The agency seals the PDF as any other and hands both in. Source: docs/tendering.md §7.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from desktop.crypto.merkle import inclusion_path
from desktop.crypto.primitives import sha256
from desktop.domain.clock import microseconds
from desktop.domain.errors import RejectedError
from desktop.domain.tendering import OpeningState
from desktop.formats.bundle import Part, PartKind, judge_bundle, write_bundle
from desktop.formats.log import bid_leaf, confirmation_body, delivery_leaf
from desktop.portal.room_records import ClosedBid, RoomEnvelope, RoomView, SealedShare
from desktop.protocol.notices import Announcement, NoticeEnvelope, write_announcement
from desktop.protocol.statements import BidResult, Closing, OpeningNotice, Passed, Signed
from desktop.services.opening_evidence import Doubt, Judge, check_deliveries, leaf_of_bid
from desktop.services.opening_results import Ranked, ranking
from desktop.services.workspace import Workspace
from desktop.store.files import as_problem, write_new

_PDF_NAME, _BUNDLE_NAME = "开标记录.pdf", "开标记录.bidrecord"
MEDIA = {"pdf": "application/pdf", "bundle": "application/octet-stream"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEnvelope:
    """What the opening of one envelope came to, all of it judged."""

    envelope: NoticeEnvelope
    view: RoomEnvelope = field(repr=False)
    notice: OpeningNotice
    shares: tuple[SealedShare, ...]
    results: dict[bytes, BidResult]
    passed: dict[bytes, Passed]
    ranked: tuple[Ranked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Everything that the record of a lot rests on; `doubts` are those about the signers of its papers."""

    announcements: tuple[Announcement, ...]
    room: RoomView
    closing: Signed[Closing]
    closing_statement: bytes = field(repr=False)
    bids: tuple[ClosedBid, ...]
    envelopes: tuple[RecordedEnvelope, ...]
    doubts: tuple[Doubt, ...] = ()
    head: bytes = field(repr=False)

    @property
    def has_failed(self) -> bool:
        """Whether there were too few bids (流标)."""
        return not self.closing.payload.opens

    def inclusions(self) -> Iterator[tuple[ClosedBid, tuple[bytes, ...]]]:
        """Yield each bid with the proof that it is under the root of the closing."""
        leaves = [leaf_of_bid(bid) for bid in self.bids]
        for number, bid in enumerate(self.bids):
            yield bid, inclusion_path(leaves, number)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFiles:
    """Where PDF and bundle were written."""

    pdf: Path
    bundle: Path


def gather(workspace: Workspace, lot_id: str, announcements: Sequence[Announcement]) -> Record:
    """Fetch and judge all papers of an opening that has come to its end.

    Raises:
        RejectedError: a paper is not what it should be, or not everything is there (`opening.undecided`).
        UnavailableError: the platform cannot be asked.
    """
    workspace.trust.refresh()
    doubts: list[Doubt] = []
    judge = replace(Judge.of(workspace, tuple(announcements)), on_doubt=doubts.append)
    listed = workspace.api.closing(lot_id)
    closing = judge.closing(listed.closing)
    judge.closed_bids(closing, listed.bids)
    room = workspace.api.room(lot_id)
    opens = closing.payload.opens
    envelopes = (
        tuple(_envelopes(workspace, lot_id, judge, room=room, closing=closing, bids=listed.bids)) if opens else ()
    )
    return Record(
        announcements=tuple(announcements),
        room=room,
        closing=closing,
        closing_statement=listed.closing,
        bids=listed.bids,
        envelopes=envelopes,
        doubts=tuple(dict.fromkeys(doubts)),
        head=workspace.api.tree_head(),
    )


def bundle_of(record: Record) -> bytes:
    """Return the bundle: every signed paper in the one order, the window's extensions with it."""
    return write_bundle(_parts(record))


def write_record(workspace: Workspace, record: Record, folder: Path) -> RecordFiles:
    """Write bundle and PDF into `folder`, under new names; the bundle is judged before its hash is printed.

    Raises:
        RejectedError: the bundle does not hold together (`opening.undecided`); nothing is written.
        UnavailableError: the files cannot be written.
    """
    from io import BytesIO

    from desktop.services.opening_record_pdf import write_pdf

    bundle = bundle_of(record)
    judge = Judge.of(workspace, record.announcements)
    verdict = judge_bundle(BytesIO(bundle), judge.basis, platform=workspace.profile.platform_id)
    if verdict.opening is None:
        raise RejectedError("opening.undecided", ", ".join(reason.code for reason in verdict.reasons))
    pdf = write_pdf(record, sha256(bundle))
    return RecordFiles(pdf=write_new(folder / _PDF_NAME, pdf), bundle=write_new(folder / _BUNDLE_NAME, bundle))


def find_sealed(pdf: Path) -> Path | None:
    """Return the newest sealed copy beside a record, None where there is none: it begins with the record as it is."""
    try:
        record = pdf.read_bytes()
        beside = [path for path in pdf.parent.glob("*.pdf") if path != pdf and _begins_with(path, record)]
        return max(beside, key=lambda path: path.stat().st_mtime_ns, default=None)
    except OSError:
        return None


def _begins_with(path: Path, record: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(record)) == record and bool(file.read(1))


def file_record(workspace: Workspace, lot_id: str, *, pdf: Path, bundle: Path) -> RoomView:
    """Hand in the sealed PDF and the bundle.

    Raises:
        RejectedError: the platform refuses them.
        UnavailableError: a file cannot be read, or no connection.
    """
    try:
        files = {"pdf": pdf.read_bytes(), "bundle": bundle.read_bytes()}
    except OSError as error:
        raise as_problem(error) from None
    return workspace.api.file_record(
        lot_id,
        pdf=(_PDF_NAME, files["pdf"], MEDIA["pdf"]),
        bundle=(_BUNDLE_NAME, files["bundle"], MEDIA["bundle"]),
    )


def save_record(workspace: Workspace, lot_id: str, room: RoomView, folder: Path) -> RecordFiles:
    """Fetch the filed record, hold it against the hashes in the room, and write it into `folder` under new names.

    Raises:
        RejectedError: there is none, or the platform gives another one (`opening.package_differs`).
        UnavailableError: no connection, or the files cannot be written.
    """
    if room.record is None:
        raise RejectedError("platform.not_found", "record")
    pdf, bundle = workspace.api.record_file(lot_id, "pdf"), workspace.api.record_file(lot_id, "bundle")
    if (sha256(pdf), sha256(bundle)) != (room.record.pdf_sha256, room.record.bundle_sha256):
        raise RejectedError("opening.package_differs", "record")
    return RecordFiles(pdf=write_new(folder / _PDF_NAME, pdf), bundle=write_new(folder / _BUNDLE_NAME, bundle))


def _envelopes(
    workspace: Workspace,
    lot_id: str,
    judge: Judge,
    *,
    room: RoomView,
    closing: Signed[Closing],
    bids: tuple[ClosedBid, ...],
) -> Iterator[RecordedEnvelope]:
    taking_part = {bid.package for bid in bids}
    for envelope in judge.announcement.notice.envelopes:
        found = room.envelopes.get(envelope.envelope_id)
        if found is None or not found.notice:
            if taking_part:
                raise RejectedError("opening.undecided", envelope.envelope_id)
            return
        notices = [judge.opening_notice(data, closing, envelope.envelope_id).payload for data in found.notices]
        results = {package: judge.result(data, envelope.envelope_id).payload for package, data in found.results.items()}
        if set(results) != taking_part:
            raise RejectedError("opening.undecided", envelope.envelope_id)
        shares = workspace.api.deliveries(lot_id, envelope.envelope_id) if found.deliveries else ()
        check_deliveries(judge.delivered(found.delivered, envelope.envelope_id), bids, shares)
        passed = {package: judge.passed(data, envelope.envelope_id).payload for package, data in found.passed.items()}
        if envelope is not judge.announcement.notice.envelopes[-1] and set(passed) != _opened(results):
            raise RejectedError("opening.undecided", f"decisions in {envelope.envelope_id}")
        yield RecordedEnvelope(
            envelope=envelope,
            view=found,
            notice=notices[-1],
            shares=shares,
            results=results,
            passed=passed,
            ranked=ranking(results.values(), judge.announcement.notice.price_limit),
        )
        taking_part = {package for package, said in passed.items() if said.passed}


def _opened(results: Mapping[bytes, BidResult]) -> set[bytes]:
    return {package for package, result in results.items() if result.state is OpeningState.OPENED}


def _parts(record: Record) -> Iterator[Part]:
    for announcement in record.announcements:
        yield Part(kind=PartKind.ANNOUNCEMENT, data=write_announcement(announcement))
    yield Part(kind=PartKind.CLOSING, data=record.closing_statement)
    for bid in record.bids:
        leaf = bid_leaf(package=bid.package, file_sha256=bid.sha256, credit_code=bid.bidder_code, at_us=bid.at_us)
        yield Part(kind=PartKind.BID, data=leaf)
    for each in record.envelopes:
        yield from _parts_of(each, record)
    yield Part(kind=PartKind.HEAD, data=record.head)


def _parts_of(each: RecordedEnvelope, record: Record) -> Iterator[Part]:
    for notice in each.view.notices:
        yield Part(kind=PartKind.ROOM, data=notice)
    sealed = {share.package: share.sealed for share in each.shares}
    for bid in record.bids:
        if bid.package in sealed:
            leaf = delivery_leaf(package=bid.package, sealed=sealed[bid.package])
            yield Part(kind=PartKind.DELIVERY, data=leaf)
    if each.view.delivered:
        yield Part(kind=PartKind.DELIVERED, data=each.view.delivered)
    for bid in record.bids:
        if bid.package in each.view.results:
            yield Part(kind=PartKind.RESULT, data=each.view.results[bid.package])
        if bid.package in each.view.passed:
            yield Part(kind=PartKind.PASSED, data=each.view.passed[bid.package])
    for said in each.view.confirmations:
        body = confirmation_body(
            package=said.package,
            envelope=each.envelope.envelope_id,
            ok=said.is_agreed,
            text=said.text,
            at_us=microseconds(said.at),
        )
        yield Part(kind=PartKind.CONFIRMED, data=body)
