"""The judgement on a record bundle: every document by its signer, and all of them together as one opening.

Refuses a bundle in which anything is missing or contradicts: bids that are not those of the closing, deliveries that
are not those of the list, an opening that was not as the rules of a room demand (openings.py), documents out of their
order. What no document in it can show is said, never passed over. Source: docs/tendering.md §4 to §7; T19, T35, T41.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import BinaryIO, TypeVar

from desktop.crypto.certificates import read_certificate
from desktop.crypto.merkle import leaf_hash, root_of
from desktop.crypto.primitives import equal
from desktop.domain.clock import from_microseconds
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.formats.bundle.model import (
    BidLeaf,
    Confirmed,
    Part,
    PartKind,
    read_bid_leaf,
    read_bundle,
    read_confirmed,
    read_delivery_leaf,
)
from desktop.formats.bundle.openings import EnvelopeOpening, demand_plausible
from desktop.formats.bundle.order import divide
from desktop.formats.log import judge_head
from desktop.formats.statements import Basis, judge_room_statement, judge_signer, judge_statement, unreadable, worst
from desktop.formats.tender import read_announcements
from desktop.formats.trust import CertificateUsage, Reason
from desktop.protocol.notices import Announcement, Notice, NoticeEnvelope
from desktop.protocol.statements import (
    BidResult,
    Closing,
    Delivered,
    Head,
    OpeningNotice,
    Passed,
    PlatformStatement,
    RoomStatement,
    Signed,
)

P = TypeVar("P", bound=PlatformStatement)
R = TypeVar("R", bound=RoomStatement)
#: What a lot with too few bids leaves behind.
_OF_A_FAILED_LOT = (PartKind.ANNOUNCEMENT, PartKind.CLOSING, PartKind.BID, PartKind.HEAD)
_OWN_CODES = ("record.", "tender.", "trust.", "verify.")
_SECOND = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a good bundle says: the lot, its closing, who took part, and what came of each bid's envelopes."""

    notice: Notice
    closing: Closing
    bids: tuple[BidLeaf, ...]
    results: tuple[BidResult, ...]
    confirmed: tuple[Confirmed, ...]
    head: Head | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleVerdict:
    """The judgement; `unchecked` are catalogue codes of what could not be checked, though nothing speaks against it."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    unchecked: tuple[str, ...] = ()
    opening: Opening | None = None


def judge_bundle(file: BinaryIO, basis: Basis, *, platform: str = "", known: Iterable[Head] = ()) -> BundleVerdict:
    """Judge a bundle; `known` are tree heads of the platform that were seen elsewhere. Never raises for any bytes."""
    try:
        return _Judge(parts=read_bundle(file), basis=basis, platform=platform, known=tuple(known)).run()
    except RejectedError as error:
        reason = Reason(code=error.code, detail=error.detail)
        if not error.code.startswith(_OWN_CODES):
            reason = unreadable(error)
        return BundleVerdict(verdict=Verdict.INVALID, reasons=(reason,))


@dataclass(slots=True, kw_only=True)
class _Judge:
    """One pass over a bundle. Everything wrong raises; what nobody can tell is gathered."""

    parts: tuple[Part, ...]
    basis: Basis
    platform: str
    known: tuple[Head, ...]
    verdicts: list[Verdict] = field(default_factory=list)
    doubts: list[Reason] = field(default_factory=list)

    def run(self) -> BundleVerdict:
        announcements = read_announcements(self._all(PartKind.ANNOUNCEMENT))
        if not announcements:
            raise RejectedError("record.incomplete", "no announcement")
        notice = announcements[-1].notice
        closing = self._closing(announcements)
        for each in announcements:
            self._signed_by(each, closing)
        bids = self._bids(closing.payload)
        openings: tuple[EnvelopeOpening, ...] = ()
        if closing.payload.opens:
            openings = self._openings(notice, closing, bids)
        elif any(part.kind not in _OF_A_FAILED_LOT for part in self.parts) or divide(self.parts):
            raise RejectedError("record.contradiction", "an opening of a lot that failed")
        confirmed = tuple(said for each in openings for said in each.confirmed)
        head = self._head(notice)
        unchecked = ["record.compare_pdf", "record.inclusion_unchecked", *head[1]]
        if confirmed:
            unchecked.insert(0, "record.confirmations_unsigned")
        opening = Opening(
            notice=notice,
            closing=closing.payload,
            bids=bids,
            results=tuple(result for each in openings for result in each.results),
            confirmed=confirmed,
            head=head[0],
        )
        return BundleVerdict(
            verdict=worst(tuple(self.verdicts)),
            reasons=tuple(dict.fromkeys(self.doubts)),
            unchecked=tuple(unchecked),
            opening=opening,
        )

    # -- the closing -----------------------------------------------------------------------------------------------

    def _closing(self, announcements: tuple[Announcement, ...]) -> Signed[Closing]:
        data = self._exactly_one(PartKind.CLOSING)
        closing = self._platform(data, Closing, announcements[-1].notice)
        notice, said = announcements[-1].notice, closing.payload
        if said.notice_sha256 != announcements[-1].notice_sha256 or said.deadline != notice.deadline:
            raise RejectedError("record.contradiction", "closing of another notice")
        if said.at_us < notice.deadline * _SECOND:
            raise RejectedError("record.contradiction", "closed before the deadline")
        return closing

    def _signed_by(self, announcement: Announcement, closing: Signed[Closing]) -> None:
        """Judge the agency's certificate as of the closing, whose statement names what was announced."""
        at = from_microseconds(closing.payload.at_us)
        signer = read_certificate(announcement.certificate)
        self._take(*judge_signer(signer, at, self.basis, CertificateUsage.SIGN, is_proven=True))

    def _bids(self, closing: Closing) -> tuple[BidLeaf, ...]:
        leaves = self._all(PartKind.BID)
        bids = tuple(read_bid_leaf(data) for data in leaves)
        if len(leaves) != closing.count or not equal(root_of(map(leaf_hash, leaves)), closing.root):
            raise RejectedError("record.bids_differ", f"{len(leaves)} of {closing.count}")
        if len({bid.package for bid in bids}) != len(bids):
            raise RejectedError("record.contradiction", "a bid twice")
        if len({bid.credit_code for bid in bids}) != len(bids):
            raise RejectedError("record.contradiction", "two bids of one unit")
        if any(bid.at_us > closing.deadline * _SECOND for bid in bids):
            raise RejectedError("record.contradiction", "a bid after the deadline")
        return bids

    # -- the envelopes ---------------------------------------------------------------------------------------------

    def _openings(
        self, notice: Notice, closing: Signed[Closing], bids: tuple[BidLeaf, ...]
    ) -> tuple[EnvelopeOpening, ...]:
        """Judge envelope by envelope: who passed the one is who takes part in the next."""
        papers = divide(self.parts)
        found: list[EnvelopeOpening] = []
        wanted, since_us = tuple(bid.package for bid in bids), closing.payload.at_us
        for envelope, parts in zip_longest(notice.envelopes, papers, fillvalue=None):
            if envelope is None or (parts is not None and not wanted):
                raise RejectedError("record.contradiction", "an envelope opened that nobody was to open")
            if parts is None and wanted:
                raise RejectedError("record.incomplete", f"no opening of {envelope.envelope_id}")
            if parts is not None:
                opening = self._opening(parts, envelope, notice, closing, wanted=wanted, since_us=since_us)
                demand_plausible(opening)
                found.append(opening)
                wanted, since_us = opening.passed_on, opening.delivered.at_us
        if len({each.windows[0].room_key for each in found}) != len(found):
            raise RejectedError("record.contradiction", "one room key for two envelopes")
        return tuple(found)

    def _opening(
        self,
        parts: tuple[Part, ...],
        envelope: NoticeEnvelope,
        notice: Notice,
        closing: Signed[Closing],
        *,
        wanted: tuple[bytes, ...],
        since_us: int,
    ) -> EnvelopeOpening:
        def said(kind: type[R], part: PartKind) -> tuple[R, ...]:
            return tuple(self._room(data, kind, notice, envelope) for data in _of_kind(parts, part))

        rooms = _of_kind(parts, PartKind.ROOM)
        windows = tuple(
            self._room(data, OpeningNotice, notice, envelope, is_vouched_for=data is not rooms[-1]) for data in rooms
        )
        if any(each.closing_sha256 != closing.document_sha256 for each in windows):
            raise RejectedError("record.contradiction", "room of another closing")
        confirmed = tuple(read_confirmed(data) for data in _of_kind(parts, PartKind.CONFIRMED))
        for each in confirmed:
            _demand_envelope(each.envelope_id, envelope)
        shares = _of_kind(parts, PartKind.DELIVERY)
        return EnvelopeOpening(
            envelope=envelope,
            is_last=envelope is notice.envelopes[-1],
            wanted=wanted,
            window_minutes=notice.window_minutes,
            since_us=since_us,
            windows=windows,
            delivered=self._delivered(_of_kind(parts, PartKind.DELIVERED), shares, notice, envelope),
            shares=tuple(map(read_delivery_leaf, shares)),
            results=said(BidResult, PartKind.RESULT),
            passed=said(Passed, PartKind.PASSED),
            confirmed=confirmed,
        )

    def _delivered(
        self, lists: tuple[bytes, ...], shares: tuple[bytes, ...], notice: Notice, envelope: NoticeEnvelope
    ) -> Delivered:
        """Match deliveries with the one list of them, which ends every window, be there none or none needed."""
        if len(lists) > 1:
            raise RejectedError("record.contradiction", "two lists of deliveries")
        if not lists:
            code = "record.deliveries_differ" if shares else "record.incomplete"
            raise RejectedError(code, f"no list of deliveries in {envelope.envelope_id}")
        said = self._platform(lists[0], Delivered, notice).payload
        _demand_envelope(said.envelope_id, envelope)
        if len(shares) != said.count or not equal(root_of(map(leaf_hash, shares)), said.root):
            raise RejectedError("record.deliveries_differ", said.envelope_id)
        return said

    # -- the rest --------------------------------------------------------------------------------------------------

    def _head(self, notice: Notice) -> tuple[Head | None, tuple[str, ...]]:
        heads = self._all(PartKind.HEAD)
        if not heads:
            return None, ("record.no_head",)
        data = self._exactly_one(PartKind.HEAD)
        judged = judge_head(data, self.basis, platform=notice.platform, known=self.known)
        if judged.verdict is Verdict.INVALID or judged.head is None:
            raise RejectedError(judged.reasons[0].code, judged.reasons[0].detail)
        self._take(judged.verdict, judged.reasons)
        return judged.head.payload, judged.unchecked

    def _platform(self, data: bytes, kind: type[P], notice: Notice) -> Signed[P]:
        """Return a platform's statement about this lot.

        Raises:
            RejectedError: it is invalid, or about another lot.
        """
        judged = judge_statement(data, kind, self.basis, platform=self.platform or notice.platform)
        signed = judged.statement
        if signed is None:
            raise RejectedError(judged.reasons[0].code, judged.reasons[0].detail)
        self._take(judged.verdict, judged.reasons)
        about = getattr(signed.payload, "tender", ""), getattr(signed.payload, "lot", "")
        if about != (notice.tender, notice.lot):
            raise RejectedError("record.contradiction", "another lot")
        return signed

    def _room(
        self, data: bytes, kind: type[R], notice: Notice, envelope: NoticeEnvelope, *, is_vouched_for: bool = False
    ) -> R:
        """Return an officer's statement about an envelope.

        A notice of opening that a later one extends is vouched for by that one's officer, who repeats its key: that
        its own officer's phone was lost since leaves nothing open (T42).

        Raises:
            RejectedError: it is invalid, or about another envelope.
        """
        judged = judge_room_statement(data, kind, notice, self.basis)
        if judged.statement is None:
            raise RejectedError(judged.reasons[0].code, judged.reasons[0].detail)
        if not is_vouched_for:
            self._take(judged.verdict, judged.reasons)
        _demand_envelope(judged.statement.payload.envelope_id, envelope)
        return judged.statement.payload

    def _take(self, verdict: Verdict, reasons: tuple[Reason, ...]) -> None:
        """Keep what one document came to.

        Raises:
            RejectedError: it is invalid.
        """
        if verdict is Verdict.INVALID:
            raise RejectedError("record.signer_invalid", ", ".join(f"{r.code} {r.detail}" for r in reasons)[:300])
        self.verdicts.append(verdict)
        self.doubts += reasons

    def _all(self, kind: PartKind) -> tuple[bytes, ...]:
        return _of_kind(self.parts, kind)

    def _exactly_one(self, kind: PartKind) -> bytes:
        found = self._all(kind)
        if len(found) != 1:
            raise RejectedError("record.incomplete", f"{len(found)} of {kind}")
        return found[0]


def _of_kind(parts: Iterable[Part], kind: PartKind) -> tuple[bytes, ...]:
    return tuple(part.data for part in parts if part.kind is kind)


def _demand_envelope(envelope_id: str, envelope: NoticeEnvelope) -> None:
    """Demand that a document speaks of the envelope among whose papers it stands.

    Raises:
        RejectedError: `record.contradiction`.
    """
    if envelope_id != envelope.envelope_id:
        raise RejectedError("record.contradiction", f"envelope {envelope_id} in {envelope.envelope_id}")
