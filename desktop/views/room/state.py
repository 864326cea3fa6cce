"""What the pages of 开标大厅 show, and what is to be done there now, as pure functions of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from desktop.domain.tendering import LotState, Party
from desktop.portal.tender_records import Lot
from desktop.services.confirming import Comparison
from desktop.ui.page import PageState, Phase
from desktop.views.room.course import BidLine, Fate, Local, bid_lines, open_objections
from desktop.views.room.facts import Bid, Passed, Room, RoomEnvelope

#: The cause that is told of a bid that was given up.
GIVEN_UP = "opening.given_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomsState(PageState):
    """The lots that have a room: published ones, those near their deadline first."""

    phase: Phase = Phase.LOADING
    lots: tuple[Lot, ...] = ()
    is_agent: bool = False


class Job(StrEnum):
    """What the person before the screen has to do now, or waits for."""

    SIGN_IN = "sign_in"
    AWAIT_DEADLINE = "await_deadline"
    AWAIT_WINDOW = "await_window"
    NO_PART = "no_part"
    DELIVER = "deliver"
    DELIVERED = "delivered"
    MISSED = "missed"
    AWAIT_OPENING = "await_opening"
    AWAIT_ANNOUNCEMENT = "await_announcement"
    CHECK_OWN = "check_own"
    CONFIRM_OWN = "confirm_own"
    FAILED = "failed"
    OPEN_WINDOW = "open_window"
    WATCH_DELIVERY = "watch_delivery"
    FETCH = "fetch"
    OPEN_BIDS = "open_bids"
    POST_RESULTS = "post_results"
    ANNOUNCE = "announce"
    JUDGE = "judge"
    MAKE_RECORD = "make_record"
    SEAL_RECORD = "seal_record"
    OVER = "over"


class Board(StrEnum):
    """Which table is in front."""

    BIDS = "bids"
    ANNOUNCEMENT = "announcement"


class Call(StrEnum):
    """What is under way with the platform or on this machine."""

    SIGN_IN = "sign_in"
    OPEN_WINDOW = "open_window"
    EXTEND = "extend"
    END_DELIVERY = "end_delivery"
    FETCH = "fetch"
    GIVE_UP = "give_up"
    POST_RESULTS = "post_results"
    ANNOUNCE = "announce"
    JUDGE = "judge"
    CONFIRM = "confirm"
    ANSWER = "answer"
    MAKE_RECORD = "make_record"
    FILE_RECORD = "file_record"
    SAVE = "save"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A call under way: `done` of `total` steps, total 0 = not known."""

    call: Call
    done: int = 0
    total: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomState(PageState):
    """One room. `is_live` is False while the platform is away: what is shown is then the last that was known.

    `is_checked`: this workstation has found the own bid in what was closed; `comparison` is what it found when it held
    the announcement against it, None before. `folder` is where bids and opened files go.
    `fetched`: packages at hand for the present envelope, with which opening needs no network; `unfetched`: those that
    are bad, with the code. `fates`: what the opening here came to so far, by package, "" = opened; `undecided`: those
    without a result when it has ended, `is_opened_here` is set when there is none. `decisions`: by package, what the
    agency is about to say of the second envelope. `record` is the opening record made here, of the room's
    `record_version`, `sealed` the same sealed, `saved` the file that was saved last.
    """

    phase: Phase = Phase.LOADING
    room: Room | None = None
    now: datetime | None = None
    has_signed_in: bool = False
    is_enrolled: bool = True
    is_checked: bool = False
    comparison: Comparison | None = None
    viewed: str = ""
    board: Board = Board.BIDS
    selected: str = ""
    is_large: bool = False
    is_live: bool = True
    work: Work | None = None
    failure: str = ""
    failure_detail: str = ""
    folder: Path | None = None
    fetched: frozenset[str] = frozenset()
    unfetched: Mapping[str, str] = field(default_factory=dict)
    fates: Mapping[str, str] = field(default_factory=dict)
    undecided: frozenset[str] = frozenset()
    is_opened_here: bool = False
    decisions: Mapping[str, Passed] = field(default_factory=dict)
    record: Path | None = None
    record_version: int = 0
    sealed: Path | None = None
    saved: Path | None = None

    @property
    def envelope(self) -> RoomEnvelope | None:
        """The envelope whose tables are shown: the one chosen, else the one that the room is at."""
        if self.room is None:
            return None
        chosen = next((each for each in self.room.envelopes if each.envelope_id == self.viewed), None)
        return chosen or self.room.envelope

    @property
    def lines(self) -> tuple[BidLine, ...]:
        """The bids with their fates, and what this workstation knows of them before the platform does."""
        if self.room is None:
            return ()
        local = Local(fetched=self.fetched, unfetched=self.unfetched, fates=self.fates, undecided=self.undecided)
        return bid_lines(self.room, self.envelope, local)

    @property
    def bid(self) -> Bid | None:
        """The bid in front."""
        return next((b for b in self.room.bids if b.package == self.selected), None) if self.room else None

    @property
    def is_past_deadline(self) -> bool:
        """Whether the deadline has passed by the platform's clock."""
        return self.room is not None and self.now is not None and self.now > self.room.deadline

    @property
    def job(self) -> Job:
        """What is to be done."""
        if self.room is None:
            return Job.AWAIT_DEADLINE
        if self.room.state is LotState.RECORDED:
            return Job.OVER
        return agency_job(self, self.room) if self.room.is_agency else bidder_job(self, self.room)


def agency_job(state: RoomState, room: Room) -> Job:
    """Say what the agency does next."""
    jobs = {
        LotState.CLOSED: Job.OPEN_WINDOW,
        LotState.DELIVERING: Job.WATCH_DELIVERY,
        LotState.DELIVERED: _opening_job(state, room),
        LotState.OPENED: Job.ANNOUNCE,
        LotState.FAILED: _record_job(state),
        LotState.ANNOUNCED: _job_after_announcement(state, room),
    }
    return jobs.get(room.state, Job.AWAIT_DEADLINE)


def _opening_job(state: RoomState, room: Room) -> Job:
    if state.is_opened_here:
        return Job.POST_RESULTS
    return Job.OPEN_BIDS if is_fetched(state, room) else Job.FETCH


def _job_after_announcement(state: RoomState, room: Room) -> Job:
    if not room.is_at_last_envelope:
        if undecided(room):
            return Job.JUDGE
        if any(verdict.passed for verdict in room.envelopes[0].passed.values()):
            return Job.OPEN_WINDOW
    return _record_job(state)


def _record_job(state: RoomState) -> Job:
    return Job.MAKE_RECORD if state.record is None else Job.SEAL_RECORD


def bidder_job(state: RoomState, room: Room) -> Job:
    """Say what a bidder does next."""
    own, envelope = room.own_bid, room.envelope
    if room.state is LotState.PUBLISHED:
        return Job.AWAIT_DEADLINE if state.has_signed_in else Job.SIGN_IN
    if room.state is LotState.FAILED:
        return Job.FAILED
    if own is None or envelope is None or not room.takes_part(own, envelope):
        return Job.NO_PART
    if room.state is LotState.DELIVERING and envelope.needs_bidder:
        return Job.DELIVERED if own.package in envelope.deliveries else Job.DELIVER
    jobs = {
        LotState.CLOSED: Job.AWAIT_WINDOW,
        LotState.DELIVERED: Job.AWAIT_OPENING,
        LotState.OPENED: Job.AWAIT_ANNOUNCEMENT,
        LotState.ANNOUNCED: _own_job(state, envelope, own),
    }
    if own.package in missed(room, envelope) and room.state in {LotState.DELIVERED, LotState.OPENED}:
        return Job.MISSED
    return jobs.get(room.state, Job.AWAIT_OPENING)


def _own_job(state: RoomState, envelope: RoomEnvelope, own: Bid) -> Job:
    """Say whether the announcement waits for the person's own word: this workstation could not confirm it."""
    result = envelope.results.get(own.package)
    is_open = own.package not in envelope.confirmations and result is not None and result.is_opened
    is_undecided = state.comparison in {Comparison.DIFFERS, Comparison.UNKNOWN}
    return Job.CONFIRM_OWN if is_open and is_undecided else Job.CHECK_OWN


def missed(room: Room, envelope: RoomEnvelope) -> frozenset[str]:
    """Return the packages whose bidder has delivered nothing in time."""
    return frozenset(line.bid.package for line in bid_lines(room, envelope) if line.fate is Fate.MISSED)


def to_open(room: Room) -> tuple[Bid, ...]:
    """Return the bids whose present envelope can be opened: delivered, where that is needed."""
    envelope = room.envelope
    if envelope is None:
        return ()
    able = {Fate.DELIVERED} if envelope.needs_bidder else {Fate.SEALED}
    return tuple(line.bid for line in bid_lines(room, envelope) if line.fate in able)


def to_deliver(state: RoomState) -> tuple[Bid, ...]:
    """Return the bids whose share is still awaited."""
    return tuple(line.bid for line in state.lines if line.fate is Fate.AWAITED)


def is_fetched(state: RoomState, room: Room) -> bool:
    """Tell whether the envelope was fetched, and with it everything that is to be opened, or found bad."""
    tried = state.fetched | state.unfetched.keys()
    return bool(tried) and all(bid.package in tried for bid in to_open(room))


def is_record_old(state: RoomState) -> bool:
    """Tell whether something was said in the room since the record was made here."""
    return state.record is not None and state.room is not None and state.room.version > state.record_version


def stuck(state: RoomState) -> frozenset[str]:
    """Return the packages that a scan here has left without a result: each is scanned for again, or given up."""
    room = state.room
    if room is None or not room.is_agency or room.state is not LotState.DELIVERED:
        return frozenset()
    return frozenset(package for package in state.undecided if state.fates.get(package))


def may_scan_again(state: RoomState) -> bool:
    """Tell whether another scan could better what the agency is to blame for: until the announcement."""
    room = state.room
    if room is None or not room.is_agency or room.state is not LotState.OPENED or room.envelope is None:
        return False
    return any(result.party is Party.OTHER for result in room.envelope.results.values())


def undecided(room: Room) -> tuple[Bid, ...]:
    """Return the bids that were opened and of which it has not been said whether their second envelope is."""
    if not room.envelopes:
        return ()
    first = room.envelopes[0]
    opened = {package for package, result in first.results.items() if result.is_opened}
    return tuple(bid for bid in room.bids if bid.package in opened and bid.package not in first.passed)


def owes_answers(state: RoomState) -> int:
    """Count the objections that the agency has to answer before the record."""
    return open_objections(state.room) if state.room else 0
