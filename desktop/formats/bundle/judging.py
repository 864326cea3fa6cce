"""The judgement on a record bundle: every document by its signer, and all of them together as one opening.

Refuses a bundle in which anything is missing or contradicts: bids that are not those of the closing, deliveries that
are not those of the list, an opened bid without its delivery, a result for a bid or an envelope that took no part, two
results for one. What no document in it can show is said, never passed over. Source: docs/tendering.md §4 to §7;
T19, T35, T41.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import BinaryIO, TypeVar

from desktop.crypto.certificates import read_certificate
from desktop.crypto.merkle import leaf_hash, root_of
from desktop.crypto.primitives import equal
from desktop.domain.clock import from_microseconds
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.domain.tendering import OpeningState
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
from desktop.formats.log import judge_head
from desktop.formats.statements import Basis, judge_room_statement, judge_signer, judge_statement, unreadable, worst
from desktop.formats.tender import read_announcements
from desktop.formats.trust import CertificateUsage, Reason
from desktop.protocol.notices import Announcement, Notice
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
        results: tuple[BidResult, ...] = ()
        if closing.payload.opens:
            results = self._envelopes(notice, closing, bids)
        elif len(self.parts) != sum(len(self._all(kind)) for kind in _OF_A_FAILED_LOT):
            raise RejectedError("record.contradiction", "an opening of a lot that failed")
        confirmed = self._confirmed({bid.package for bid in bids})
        head = self._head(notice)
        unchecked = ["record.compare_pdf", "record.inclusion_unchecked", *head[1]]
        if confirmed:
            unchecked.insert(0, "record.confirmations_unsigned")
        opening = Opening(
            notice=notice, closing=closing.payload, bids=bids, results=results, confirmed=confirmed, head=head[0]
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

    def _envelopes(self, notice: Notice, closing: Signed[Closing], bids: tuple[BidLeaf, ...]) -> tuple[BidResult, ...]:
        packages = tuple(bid.package for bid in bids)
        rooms = self._rooms(notice, closing)
        opened = {envelope_id for envelope_id, _ in rooms}
        if len(rooms) != len(opened):
            raise RejectedError("record.contradiction", "two room keys")
        delivered = self._deliveries(notice, packages)
        results = self._results(notice, packages)
        passed = self._passed(notice, packages)
        reviewed = (results.get((package, notice.envelopes[0].envelope_id)) for package, good in passed.items() if good)
        if any(result is not None and result.state is not OpeningState.OPENED for result in reviewed):
            raise RejectedError("record.contradiction", "passed unopened")
        for envelope in notice.envelopes:
            wanted = packages if envelope is notice.envelopes[0] else tuple(p for p in packages if passed.get(p))
            found = [result for (_, name), result in results.items() if name == envelope.envelope_id]
            if {each.package_id for each in found} != set(wanted) or (wanted and envelope.envelope_id not in opened):
                raise RejectedError("record.incomplete", envelope.envelope_id)
            shared = delivered.get(envelope.envelope_id, frozenset())
            with_share = {each.package_id for each in found if each.state is OpeningState.OPENED}
            if envelope.needs_bidder and not with_share <= shared:
                raise RejectedError("record.contradiction", "opened without its delivery")
        return tuple(results.values())

    def _rooms(self, notice: Notice, closing: Signed[Closing]) -> set[tuple[str, bytes]]:
        """Return each envelope that was opened, with the key that shares were sealed to."""
        rooms = tuple(self._room(data, OpeningNotice, notice) for data in self._all(PartKind.ROOM))
        if any(room.closing_sha256 != closing.document_sha256 for room in rooms):
            raise RejectedError("record.contradiction", "room of another closing")
        return {(room.envelope_id, room.room_key) for room in rooms}

    def _deliveries(self, notice: Notice, packages: tuple[bytes, ...]) -> dict[str, frozenset[bytes]]:
        """Match the deliveries before each list with that list."""
        delivered: dict[str, frozenset[bytes]] = {}
        waiting: list[bytes] = []
        for part in self.parts:
            if part.kind is PartKind.DELIVERY:
                waiting.append(part.data)
            elif part.kind is PartKind.DELIVERED:
                said = self._platform(part.data, Delivered, notice).payload
                if len(waiting) != said.count or not equal(root_of(map(leaf_hash, waiting)), said.root):
                    raise RejectedError("record.deliveries_differ", said.envelope_id)
                found = frozenset(map(read_delivery_leaf, waiting))
                if said.envelope_id in delivered or not found <= set(packages) or len(found) != len(waiting):
                    raise RejectedError("record.contradiction", "deliveries")
                delivered[said.envelope_id], waiting = found, []
        if waiting:
            raise RejectedError("record.deliveries_differ", "no list of them")
        return delivered

    def _results(self, notice: Notice, packages: tuple[bytes, ...]) -> dict[tuple[bytes, str], BidResult]:
        results: dict[tuple[bytes, str], BidResult] = {}
        for data in self._all(PartKind.RESULT):
            result = self._room(data, BidResult, notice)
            key = (result.package_id, result.envelope_id)
            if key in results or result.package_id not in packages:
                raise RejectedError("record.contradiction", "results")
            results[key] = result
        return results

    def _passed(self, notice: Notice, packages: tuple[bytes, ...]) -> dict[bytes, bool]:
        passed: dict[bytes, bool] = {}
        for data in self._all(PartKind.PASSED):
            said = self._room(data, Passed, notice)
            is_of_last = said.envelope_id == notice.envelopes[-1].envelope_id  # nothing is passed on to
            if is_of_last or said.package_id in passed or said.package_id not in packages:
                raise RejectedError("record.contradiction", "passed")
            passed[said.package_id] = said.passed
        return passed

    # -- the rest --------------------------------------------------------------------------------------------------

    def _confirmed(self, packages: set[bytes]) -> tuple[Confirmed, ...]:
        confirmed = tuple(read_confirmed(data) for data in self._all(PartKind.CONFIRMED))
        if any(each.package not in packages for each in confirmed):
            raise RejectedError("record.contradiction", "confirmed")
        return confirmed

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
        _demand_envelope(signed.payload, notice)
        return signed

    def _room(self, data: bytes, kind: type[R], notice: Notice) -> R:
        judged = judge_room_statement(data, kind, notice, self.basis)
        if judged.statement is None:
            raise RejectedError(judged.reasons[0].code, judged.reasons[0].detail)
        self._take(judged.verdict, judged.reasons)
        _demand_envelope(judged.statement.payload, notice)
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
        return tuple(part.data for part in self.parts if part.kind is kind)

    def _exactly_one(self, kind: PartKind) -> bytes:
        found = self._all(kind)
        if len(found) != 1:
            raise RejectedError("record.incomplete", f"{len(found)} of {kind}")
        return found[0]


def _demand_envelope(said: PlatformStatement | RoomStatement, notice: Notice) -> None:
    """Demand that a statement speaks of an envelope that the lot has, if of any.

    A result of another envelope would be a second result for the bid.

    Raises:
        RejectedError: `record.contradiction`.
    """
    envelope_id = getattr(said, "envelope_id", None)
    if envelope_id is not None and notice.envelope(envelope_id) is None:
        raise RejectedError("record.contradiction", f"envelope {envelope_id}")
