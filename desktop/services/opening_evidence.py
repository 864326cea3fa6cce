"""What an opening rests on, judged before anything is done with it: closing, opening notice, deliveries, results.

Every paper is held against the announcement that this workstation keeps, and against the one before it: the closing
names a notice, the opening notice names the closing, the end of the delivery gives a root for what was delivered. The
platform only carries them; where one does not fit, nothing goes on (threats T39, T47, T52). Nothing is fetched here.

A certificate that expired or was revoked after its holder signed makes no opening stop half-way: such a paper is read
on, and told as a doubt. Only a share is not given on one (T42). Source: docs/tendering.md §4-§6.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from desktop.crypto.certificates import CertificateFacts
from desktop.crypto.merkle import leaf_hash, root_of
from desktop.crypto.primitives import equal, sha256
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.formats.log import bid_leaf, delivery_leaf
from desktop.formats.statements import Basis, StatementVerdict, judge_room_statement, judge_statement
from desktop.formats.trust import Reason
from desktop.portal.room_records import ClosedBid, SealedShare
from desktop.protocol import codec
from desktop.protocol.notices import Announcement
from desktop.protocol.statements import (
    BidResult,
    Closing,
    Delivered,
    OpeningNotice,
    Passed,
    RoomSigned,
    RoomStatement,
    Signed,
)
from desktop.services.workspace import Workspace

_MICRO = 1_000_000
P = TypeVar("P", Closing, Delivered)
R = TypeVar("R", bound=RoomStatement)
S = TypeVar("S")
CLOSING, ROOM, DELIVERED = "opening.closing_untrusted", "opening.room_untrusted", "opening.deliveries_untrusted"
#: A share is not given on the word of an officer whose certificate is not good any more.
LAPSED = "opening.officer_lapsed"
EXPIRED, REVOKED = "verify.expired_since", "verify.revoked_since"
#: What may have become of a signer since. A record keeper's stolen key could date anything back, and nothing else binds
#: its statements to their time: those of a revoked one are not read.
_OF_KEEPERS, _OF_OFFICERS = frozenset({EXPIRED}), frozenset({EXPIRED, REVOKED})


class Paper(StrEnum):
    """What was signed."""

    CLOSING = "closing"
    OPENING_NOTICE = "opening_notice"
    DELIVERED = "delivered"
    RESULT = "result"
    PASSED = "passed"


_PAPERS: dict[type, Paper] = {
    Closing: Paper.CLOSING,
    OpeningNotice: Paper.OPENING_NOTICE,
    Delivered: Paper.DELIVERED,
    BidResult: Paper.RESULT,
    Passed: Paper.PASSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Why a paper that is read is not proven: its signer's certificate has expired, or was revoked, at `at` since.

    `code` is the catalogue's. `envelope_id` is empty for the closing.
    """

    paper: Paper
    envelope_id: str
    code: str
    at: datetime
    signer: str
    unit: str


def by_signer(doubts: Iterable[Doubt]) -> tuple[tuple[Doubt, ...], ...]:
    """Return the doubts of each signer and cause together: they are told in one line."""
    found: dict[tuple[str, ...], list[Doubt]] = {}
    for doubt in doubts:
        found.setdefault((doubt.signer, doubt.unit, doubt.code), []).append(doubt)
    return tuple(tuple(group) for group in found.values())


OnDoubt = Callable[[Doubt], object]


def _nobody_asks(_doubt: Doubt) -> None:
    """Leave the telling of doubts to whoever shows the papers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Judges the papers of one lot by its announcements, oldest first, and by what this workstation trusts.

    `on_doubt` hears of each that is read although its signer's certificate has expired or was revoked since.
    """

    announcements: tuple[Announcement, ...]
    basis: Basis
    on_doubt: OnDoubt = _nobody_asks

    @classmethod
    def of(cls, workspace: Workspace, announcements: tuple[Announcement, ...]) -> "Judge":
        """Judge with the workspace's trust as it is; who wants fresh lists refreshes it before."""
        trust = workspace.trust
        basis = Basis(anchors=trust.anchors, revocation=trust.revocation(), now=workspace.clock.now())
        return cls(announcements=announcements, basis=basis)

    @property
    def announcement(self) -> Announcement:
        """The one in force."""
        return self.announcements[-1]

    def closing(self, data: bytes) -> Signed[Closing]:
        """Read the closing statement.

        Raises:
            RejectedError: `opening.closing_untrusted`.
        """
        found = self._platform(data, Closing, CLOSING)
        notice, said = self.announcement.notice, found.payload
        in_force = (self.announcement.notice_sha256, notice.deadline)
        if (said.notice_sha256, said.deadline) != in_force or said.at_us < notice.deadline * _MICRO:
            raise RejectedError(CLOSING, "another notice or too early")
        return found

    def closed_bids(self, closing: Signed[Closing], bids: tuple[ClosedBid, ...]) -> None:
        """Demand that the list of bids is the one whose root was signed, and that no bid arrived after the deadline.

        Raises:
            RejectedError: `opening.closing_untrusted`.
        """
        said = closing.payload
        if len(bids) != said.count or not equal(root_of(leaf_of_bid(bid) for bid in bids), said.root):
            raise RejectedError(CLOSING, "another list of bids")
        units = {bid.bidder_code for bid in bids}
        if len(units) != len(bids) or any(bid.at_us > said.deadline * _MICRO for bid in bids):
            raise RejectedError(CLOSING, "a late bid or two of one unit")

    def opening_notice(self, data: bytes, closing: Signed[Closing], envelope_id: str) -> RoomSigned[OpeningNotice]:
        """Read the notice that opens the room of an envelope.

        Raises:
            RejectedError: `opening.room_untrusted`.
        """
        found = self._room(data, OpeningNotice, envelope_id)
        if not equal(found.payload.closing_sha256, closing.document_sha256):
            raise RejectedError(ROOM, "another closing")
        return found

    def notice_to_deliver_on(
        self, data: bytes, closing: Signed[Closing], envelope_id: str
    ) -> RoomSigned[OpeningNotice]:
        """Read the notice to whose room key a share is to be sealed: its officer's certificate has to be good now.

        Raises:
            RejectedError: `opening.room_untrusted`; `opening.officer_lapsed`: a colleague's extension makes it good.
        """
        doubts: list[Doubt] = []
        found = replace(self, on_doubt=doubts.append).opening_notice(data, closing, envelope_id)
        if doubts or found.officer.not_after < self.basis.now:
            raise RejectedError(LAPSED, ", ".join(each.code for each in doubts) or EXPIRED)
        return found

    def delivered(self, data: bytes, envelope_id: str) -> Signed[Delivered]:
        """Read the statement that ended the delivery of an envelope.

        Raises:
            RejectedError: `opening.deliveries_untrusted`.
        """
        found = self._platform(data, Delivered, DELIVERED)
        if found.payload.envelope_id != envelope_id:
            raise RejectedError(DELIVERED, "another envelope")
        return found

    def result(self, data: bytes, envelope_id: str) -> RoomSigned[BidResult]:
        """Read what came of a bid.

        Raises:
            RejectedError: `opening.room_untrusted`.
        """
        return self._room(data, BidResult, envelope_id)

    def passed(self, data: bytes, envelope_id: str) -> RoomSigned[Passed]:
        """Read whether a bid passed.

        Raises:
            RejectedError: `opening.room_untrusted`.
        """
        return self._room(data, Passed, envelope_id)

    def _platform(self, data: bytes, kind: type[P], code: str) -> Signed[P]:
        notice = self.announcement.notice
        verdict = judge_statement(data, kind, self.basis, platform=notice.platform)
        found = _readable(verdict, code, despite=_OF_KEEPERS)
        if (found.payload.tender, found.payload.lot) != (notice.tender, notice.lot):
            raise RejectedError(code, "another lot")
        self._tell(verdict.reasons, kind, getattr(found.payload, "envelope_id", ""), found.signer)
        return found

    def _room(self, data: bytes, kind: type[R], envelope_id: str) -> RoomSigned[R]:
        verdict = judge_room_statement(data, kind, self.announcement.notice, self.basis)
        found = _readable(verdict, ROOM, despite=_OF_OFFICERS)
        if found.payload.envelope_id != envelope_id:
            raise RejectedError(ROOM, "another envelope")
        self._tell(verdict.reasons, kind, envelope_id, found.officer)
        return found

    def _tell(self, reasons: tuple[Reason, ...], kind: type, envelope_id: str, signer: CertificateFacts) -> None:
        for reason in reasons:
            doubt = Doubt(
                paper=_PAPERS[kind],
                envelope_id=envelope_id,
                code=reason.code,
                at=reason.at or self.basis.now,
                signer=signer.holder,
                unit=signer.organization,
            )
            self.on_doubt(doubt)


def _readable(verdict: StatementVerdict[S], code: str, *, despite: frozenset[str]) -> S:
    """Return what is valid, or in doubt for no other reasons than `despite`; nothing else is read."""
    is_doubt = verdict.verdict is Verdict.CANNOT_TELL and despite.issuperset(r.code for r in verdict.reasons)
    if verdict.statement is None or not (is_doubt or verdict.verdict is Verdict.VALID):
        raise RejectedError(code, ", ".join(reason.code for reason in verdict.reasons))
    return verdict.statement


def leaf_of_bid(bid: ClosedBid) -> bytes:
    """Return the leaf hash of a bid in the tree of the closing."""
    return leaf_hash(
        bid_leaf(package=bid.package, file_sha256=bid.sha256, credit_code=bid.bidder_code, at_us=bid.at_us)
    )


def check_deliveries(
    delivered: Signed[Delivered], bids: tuple[ClosedBid, ...], shares: tuple[SealedShare, ...]
) -> dict[bytes, bytes]:
    """Return the sealed shares by package, having held them against the root that was published before the release.

    Raises:
        RejectedError: `opening.deliveries_untrusted`: something came, went or was exchanged.
    """
    by_package = {each.package: each.sealed for each in shares}
    ordered = [bid.package for bid in bids if bid.package in by_package]
    leaves = [leaf_hash(delivery_leaf(package=package, sealed=by_package[package])) for package in ordered]
    whole = len(ordered) == len(shares) == delivered.payload.count
    if not whole or not equal(root_of(leaves), delivered.payload.root):
        raise RejectedError(DELIVERED, "another list of deliveries")
    return by_package


def delivery_info(*, tender: str, lot: str, file_sha256: bytes, envelope_id: str) -> bytes:
    """Return the info under which a share is sealed to the room key: of one bid for one envelope."""
    return b"BIDSEAL1/deliver" + sha256(codec.encode([tender, lot, file_sha256, envelope_id]))
