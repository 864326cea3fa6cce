"""A room as its pages see it: checked facts, no bytes of statements. `reading` makes it of what the platform said.

Amounts are Decimal in 元, times aware, packages named by the hex of their id.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from desktop.domain.tendering import LotState, Party
from desktop.services.opening_evidence import Doubt


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A unit that has signed in."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid:
    """A bid that takes part; `number` is its place in the list of what was closed, from 1."""

    package: str
    number: int
    name: str
    code: str
    received_at: datetime
    sha256: bytes = b""
    size: int = 0
    is_own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the opening of an envelope came to; `cause` is of the catalogue. What was not stated is None or empty."""

    is_opened: bool
    cause: str = ""
    party: Party = Party.NOBODY
    at: datetime | None = None
    price: Decimal | None = None
    bond: Decimal | None = None
    days: int | None = None
    quality: str = ""
    manager: str = ""
    files: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """Whether the next envelope of a bid is opened, and why."""

    passed: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """A bidder's word on what was announced, and the agency's answer to an objection."""

    ok: bool
    text: str = ""
    at: datetime | None = None
    answer: str = ""

    @property
    def is_open_objection(self) -> bool:
        """Whether an answer is owed."""
        return not self.ok and not self.answer


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomEnvelope:
    """One envelope's part of the opening. `until` is the end of the delivery window, None before it was opened.

    `revision` counts the window's notices: above 1 it was extended, `reason` says why.
    """

    envelope_id: str
    title: str
    not_before: datetime
    needs_bidder: bool = True
    until: datetime | None = None
    revision: int = 0
    reason: str = ""
    is_delivered: bool = False
    deliveries: Mapping[str, datetime] = field(default_factory=dict)
    results: Mapping[str, Result] = field(default_factory=dict)
    passed: Mapping[str, Passed] = field(default_factory=dict)
    announced_at: datetime | None = None
    confirmations: Mapping[str, Confirmation] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A lot at its opening. `envelope_id` is the envelope that the room is at, empty before the first window.

    `count` is the number of bids of the closing statement, None before it; `bids` may come a moment after it.
    `doubts`: what of all this rests on a certificate that was revoked or has expired since.
    `is_entered` is False for a unit that has neither signed in nor a bid: it sees the lot alone.
    """

    lot_id: str
    version: int
    state: LotState
    tender: str
    tender_name: str
    lot: str
    lot_name: str
    purchaser: str
    agency: str
    deadline: datetime
    is_agency: bool
    envelope_id: str = ""
    window_minutes: int = 30
    price_limit: Decimal | None = None
    signed_in: tuple[SignedIn, ...] = ()
    closed_at: datetime | None = None
    count: int | None = None
    opens: bool = False
    bids: tuple[Bid, ...] = ()
    envelopes: tuple[RoomEnvelope, ...] = ()
    record_sha256: bytes = b""
    doubts: tuple[Doubt, ...] = ()
    is_entered: bool = True

    @property
    def envelope(self) -> RoomEnvelope | None:
        """The envelope that the room is at, before the first window the first."""
        found = (each for each in self.envelopes if each.envelope_id == self.envelope_id)
        return next(found, self.envelopes[0] if self.envelopes else None)

    @property
    def is_double(self) -> bool:
        """Whether it is 双信封."""
        return len(self.envelopes) > 1

    @property
    def is_at_last_envelope(self) -> bool:
        """Whether no envelope comes after the present one."""
        return not self.envelopes or self.envelope == self.envelopes[-1]

    @property
    def own_bid(self) -> Bid | None:
        """The bid of the unit that looks, as far as it takes part."""
        return next((bid for bid in self.bids if bid.is_own), None)

    def takes_part(self, bid: Bid, envelope: RoomEnvelope) -> bool:
        """Tell whether an envelope of a bid is to be opened: not the second one of a bid that did not pass."""
        if not self.envelopes or envelope == self.envelopes[0]:
            return True
        before = self.envelopes[0]
        verdict = before.passed.get(bid.package)
        return verdict is not None and verdict.passed
