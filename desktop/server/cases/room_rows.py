"""What the opening room's cases read: who takes part, with which bids, what was said and handed in."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.domain.tendering import BidState, OpeningState
from desktop.protocol.notices import Announcement, Notice, read_announcement
from desktop.server.db.room_models import Delivery, Room, RoomStatement
from desktop.server.db.tender_models import Bid, Lot, LotAnnouncement, SignIn

#: Kinds of room statements as they stand in the table.
OPENING, RESULT, PASSED = "room", "result", "decision"
#: Outcomes of a decision.
HAS_PASSED, HAS_FAILED = "passed", "failed"


def newest_announcement(session: Session, lot: Lot) -> Announcement:
    """Return the announcement in force; only a lot that was published has one."""
    query = select(LotAnnouncement.announcement).where(
        LotAnnouncement.lot_id == lot.id, LotAnnouncement.revision == lot.revision
    )
    return read_announcement(session.scalars(query).one())


def participants(session: Session, lot_id: str) -> frozenset[str]:
    """Return the units that have handed in a bid, whatever became of it, or have signed in."""
    bidding = select(Bid.organization_id).where(Bid.lot_id == lot_id)
    signed_in = select(SignIn.organization_id).where(SignIn.lot_id == lot_id)
    return frozenset(session.scalars(bidding)) | frozenset(session.scalars(signed_in))


def current_bids(session: Session, lot_id: str) -> list[Bid]:
    """Return the bids that take part, in the order of their numbers."""
    query = select(Bid).where(Bid.lot_id == lot_id, Bid.state == BidState.CURRENT).order_by(Bid.number)
    return list(session.scalars(query))


def bids_to_open(session: Session, lot: Lot, notice: Notice, envelope_id: str) -> list[Bid]:
    """Return the bids whose envelope is opened: all that take part, or behind the first envelope those that passed."""
    bids = current_bids(session, lot.id)
    if envelope_id == notice.envelopes[0].envelope_id:
        return bids
    passed = decided(session, lot.id, notice.envelopes[0].envelope_id).passed
    return [bid for bid in bids if bid.package in passed]


def deliveries(session: Session, lot_id: str, envelope_id: str) -> list[Delivery]:
    """Return the shares that were handed in, in the order of their bids' numbers."""
    query = (
        select(Delivery)
        .join(Bid, Bid.package == Delivery.package)
        .where(Delivery.lot_id == lot_id, Delivery.envelope == envelope_id)
        .order_by(Bid.number)
    )
    return list(session.scalars(query))


def statements(session: Session, lot_id: str, envelope_id: str, kind: str) -> list[RoomStatement]:
    """Return all statements of a kind, oldest first."""
    query = (
        select(RoomStatement)
        .where(RoomStatement.lot_id == lot_id, RoomStatement.envelope == envelope_id, RoomStatement.kind == kind)
        .order_by(RoomStatement.id)
    )
    return list(session.scalars(query))


def newest(session: Session, lot_id: str, envelope_id: str, kind: str) -> Mapping[str, RoomStatement]:
    """Return for each package what was stated last."""
    return {row.package: row for row in statements(session, lot_id, envelope_id, kind)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What the review of an envelope's opened bids has come to: packages."""

    undecided: frozenset[str]
    passed: frozenset[str]


def decided(session: Session, lot_id: str, envelope_id: str) -> Decided:
    """Return which of an envelope's opened bids have passed, and which are still to be decided."""
    results, decisions = (newest(session, lot_id, envelope_id, kind) for kind in (RESULT, PASSED))
    opened = {package for package, row in results.items() if row.outcome == OpeningState.OPENED}
    passed = {package for package, row in decisions.items() if row.outcome == HAS_PASSED}
    return Decided(undecided=frozenset(opened - decisions.keys()), passed=frozenset(passed))


def last_of(session: Session, lot_id: str, envelope_id: str, kind: str, package: str) -> RoomStatement | None:
    """Return what was stated last about a package, or in the opening notice where `package` is empty."""
    query = (
        select(RoomStatement)
        .where(
            RoomStatement.lot_id == lot_id,
            RoomStatement.envelope == envelope_id,
            RoomStatement.kind == kind,
            RoomStatement.package == package,
        )
        .order_by(RoomStatement.number.desc())
        .limit(1)
    )
    return session.scalar(query)


def touch(session: Session, lot_id: str) -> None:
    """Give the room a new version: something that a viewer could see has changed."""
    room = session.get(Room, lot_id)
    if room is None:
        room = Room(lot_id=lot_id, version=0)
        session.add(room)
    room.version += 1
    session.flush()


def version_of(session: Session, lot_id: str) -> int:
    """Return the room's version; 0 where nothing has happened yet."""
    return session.scalar(select(Room.version).where(Room.lot_id == lot_id)) or 0
