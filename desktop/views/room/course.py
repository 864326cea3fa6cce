"""Where an opening is, which bid is at what, and who is first: pure functions of a room. No words, no widgets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from desktop.domain.tendering import LotState, Party
from desktop.views.room.facts import Bid, Confirmation, Room, RoomEnvelope


class Step(StrEnum):
    """The steps of a room, in order; `SECOND` only where there are two envelopes."""

    SIGN_IN = "sign_in"
    DEADLINE = "deadline"
    DELIVERY = "delivery"
    OPENING = "opening"
    ANNOUNCEMENT = "announcement"
    CONFIRMATION = "confirmation"
    SECOND = "second"
    RECORD = "record"


class Fate(StrEnum):
    """What a bid is at, as to one envelope."""

    SEALED = "sealed"
    AWAITED = "awaited"
    DELIVERED = "delivered"
    #: Known here only: fetched and sound, or not sound.
    FETCHED = "fetched"
    UNFIT = "unfit"
    #: A scan here did not come to a result for it: another one, or it is given up.
    UNDECIDED = "undecided"
    MISSED = "missed"
    OPENED = "opened"
    NOT_OPENED = "not_opened"
    #: The second envelope of a bid that did not pass the first.
    KEPT_SEALED = "kept_sealed"


_OPENING_STEPS = {
    LotState.DRAFT: Step.SIGN_IN,
    LotState.PUBLISHED: Step.SIGN_IN,
    LotState.CLOSED: Step.DELIVERY,
    LotState.FAILED: Step.RECORD,
    LotState.DELIVERING: Step.DELIVERY,
    LotState.DELIVERED: Step.OPENING,
    LotState.OPENED: Step.ANNOUNCEMENT,
    LotState.ANNOUNCED: Step.CONFIRMATION,
}


def steps_of(room: Room) -> tuple[Step, ...]:
    """Return the steps that this room has."""
    return tuple(step for step in Step if step is not Step.SECOND or room.is_double)


def step_of(room: Room, *, is_past_deadline: bool) -> Step | None:
    """Return where the room is; None when everything is done."""
    if room.state is LotState.RECORDED:
        return None
    is_second = room.is_double and room.is_at_last_envelope and room.envelope_id != ""
    if is_second:
        return Step.RECORD if room.state is LotState.ANNOUNCED else Step.SECOND
    step = _OPENING_STEPS[room.state]
    if step is Step.SIGN_IN and is_past_deadline:
        return Step.DEADLINE
    # Once it is said who has passed, everybody waits for the second envelopes.
    is_judged = room.is_double and bool(room.envelopes) and bool(room.envelopes[0].passed)
    return Step.SECOND if step is Step.CONFIRMATION and is_judged else step


def next_end(room: Room) -> datetime | None:
    """Return when that ends which everybody waits for, None for nothing that has an hour."""
    if room.state is LotState.PUBLISHED:
        return room.deadline
    envelope = room.envelope
    return envelope.until if room.state is LotState.DELIVERING and envelope is not None else None


def left_out(room: Room) -> frozenset[Step]:
    """Return the steps that never come: nothing of a lot with too few bids is opened."""
    was_closed_unopened = room.count is not None and not room.opens
    if room.state is LotState.FAILED or (room.state is LotState.RECORDED and was_closed_unopened):
        return frozenset({Step.DELIVERY, Step.OPENING, Step.ANNOUNCEMENT, Step.CONFIRMATION, Step.SECOND})
    return frozenset()


def fate_of(room: Room, bid: Bid, envelope: RoomEnvelope) -> Fate:
    """Return what a bid is at, as to an envelope."""
    result = envelope.results.get(bid.package)
    if result is not None:
        return Fate.OPENED if result.is_opened else Fate.NOT_OPENED
    if not room.takes_part(bid, envelope):
        return Fate.KEPT_SEALED if _is_decided(room, bid) else Fate.SEALED
    if not envelope.needs_bidder or envelope.until is None:
        return Fate.SEALED
    if bid.package in envelope.deliveries:
        return Fate.DELIVERED
    return Fate.MISSED if envelope.is_delivered else Fate.AWAITED


def _is_decided(room: Room, bid: Bid) -> bool:
    return bool(room.envelopes) and bid.package in room.envelopes[0].passed


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """What the agency's workstation knows before it is published: by package, codes, "" = opened.

    `undecided` are the packages that have no result after a scan here, for whatever code.
    """

    fetched: frozenset[str] = frozenset()
    unfetched: Mapping[str, str] = field(default_factory=dict)
    fates: Mapping[str, str] = field(default_factory=dict)
    undecided: frozenset[str] = frozenset()

    def fate(self, package: str) -> tuple[Fate, str] | None:
        """Return fate and cause of a bid, as far as anything is known of it here."""
        if package in self.fates:
            code = self.fates[package]
            unopened = Fate.UNDECIDED if package in self.undecided else Fate.NOT_OPENED
            return (unopened, code) if code else (Fate.OPENED, "")
        if package in self.unfetched:
            return Fate.UNFIT, self.unfetched[package]
        return (Fate.FETCHED, "") if package in self.fetched else None


_NOTHING = Local()


@dataclass(frozen=True, slots=True, kw_only=True)
class BidLine:
    """A bid with its fate; `cause` and `party` where it was not opened."""

    bid: Bid
    fate: Fate
    has_signed_in: bool = False
    cause: str = ""
    party: Party = Party.NOBODY
    confirmation: Confirmation | None = None


def bid_lines(room: Room, envelope: RoomEnvelope | None, local: Local = _NOTHING) -> tuple[BidLine, ...]:
    """Return all bids in the order of receipt."""
    present = {each.name for each in room.signed_in}
    lines = []
    for bid in sorted(room.bids, key=lambda each: each.number):
        result = envelope.results.get(bid.package) if envelope else None
        fate, cause = fate_of(room, bid, envelope) if envelope else Fate.SEALED, result.cause if result else ""
        if result is None and envelope == room.envelope:
            fate, cause = local.fate(bid.package) or (fate, cause)
        lines.append(
            BidLine(
                bid=bid,
                fate=fate,
                has_signed_in=bid.name in present,
                cause=cause,
                party=result.party if result else Party.NOBODY,
                confirmation=envelope.confirmations.get(bid.package) if envelope else None,
            )
        )
    return tuple(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncedLine:
    """A bid as announced. `rank` from 1 by price, None where it has none; `is_above_limit`: flagged, never refused."""

    line: BidLine
    rank: int | None = None
    price: Decimal | None = None
    bond: Decimal | None = None
    days: int | None = None
    quality: str = ""
    manager: str = ""
    is_above_limit: bool = False


def announced_lines(room: Room, envelope: RoomEnvelope) -> tuple[AnnouncedLine, ...]:
    """Return all bids of an envelope, the lowest price first, equal prices with the same rank; unopened ones last."""
    lines = {line.bid.package: line for line in bid_lines(room, envelope)}
    prices = sorted(r.price for r in envelope.results.values() if r.is_opened and r.price is not None)
    found = []
    for package, line in lines.items():
        result = envelope.results.get(package)
        if result is None or not result.is_opened:
            found.append(AnnouncedLine(line=line))
            continue
        limit, price = room.price_limit, result.price
        found.append(
            AnnouncedLine(
                line=line,
                rank=prices.index(price) + 1 if price is not None else None,
                price=price,
                bond=result.bond,
                days=result.days,
                quality=result.quality,
                manager=result.manager,
                is_above_limit=limit is not None and price is not None and price > limit,
            )
        )
    last = len(found) + 1
    return tuple(sorted(found, key=lambda each: (each.line.fate is not Fate.OPENED, each.rank or last)))


def open_objections(room: Room) -> int:
    """Count the objections that the agency has not answered, in all envelopes."""
    words = (word for envelope in room.envelopes for word in envelope.confirmations.values())
    return sum(word.is_open_objection for word in words)
