"""The opening room of a lot: the one way in for whoever changes something there, and for whoever looks.

What is due by the clock happens when somebody comes: the lot is closed at its deadline, a delivery window ends. Each
change is one transaction with its log entries; who waits for the room is woken after it was committed.
docs/tendering.md §6-§9.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.domain.errors import RejectedError
from desktop.domain.tendering import LogKind, LotState
from desktop.formats.log import SIGNED_IN, step_body
from desktop.protocol.notices import Notice, NoticeEnvelope
from desktop.server.cases import log
from desktop.server.cases.accounts import present
from desktop.server.cases.closing import close_if_due
from desktop.server.cases.platform_time import platform_time, time_to_read_by
from desktop.server.cases.room_rows import last_of, newest_announcement, touch
from desktop.server.cases.room_windows import end_window, is_over
from desktop.server.context import Platform
from desktop.server.db.models import Organization
from desktop.server.db.room_models import RoomEnvelope, RoomStatement
from desktop.server.db.tender_models import Bid, Lot, SignIn
from desktop.server.rules.permissions import Action, Actor, Target, demand
from desktop.server.rules.rooms import RoomStep, demand_step
from desktop.server.rules.states import LOTS, LotEvent, follow


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A change of a room under way: the lot as it is now, and the time that counts."""

    session: Session
    platform: Platform
    actor: Actor
    lot: Lot
    now: datetime

    @property
    def state(self) -> LotState:
        """The lot's state."""
        return LotState(self.lot.state)

    def notice(self) -> Notice:
        """Return the notice in force."""
        return newest_announcement(self.session, self.lot).notice

    def move(self, event: LotEvent) -> None:
        """Move the lot on.

        Raises:
            RejectedError: `platform.wrong_state`.
        """
        self.lot.state = follow(LOTS, self.state, event)

    def demand(self, step: RoomStep) -> None:
        """Demand that the lot's state allows a step.

        Raises:
            RejectedError: `platform.wrong_state`.
        """
        demand_step(step, self.state)

    def record(self, kind: LogKind, body: bytes) -> None:
        """Log what is being done, in its transaction, and let the room have changed."""
        log.append(self.session, kind, at=self.now, body=body)
        touch(self.session, self.lot.id)

    def record_step(self, step: str, *, envelope_id: str = "", by: str) -> None:
        """Log a step that nobody has signed."""
        body = step_body(step=step, tender=self.lot.tender, lot=self.lot.number, envelope=envelope_id, by=by)
        self.record(LogKind.ROOM, body)

    def keep(self, envelope_id: str, kind: str, package: str, *, outcome: str, statement: bytes) -> None:
        """Keep a statement of an officer's workstation, and log it."""
        earlier = last_of(self.session, self.lot.id, envelope_id, kind, package)
        row = RoomStatement(
            lot_id=self.lot.id,
            envelope=envelope_id,
            kind=kind,
            package=package,
            number=1 if earlier is None else earlier.number + 1,
            outcome=outcome,
            statement=statement,
            account_id=self.actor.id,
            at=self.now,
        )
        self.session.add(row)
        self.session.flush()
        self.record(LogKind.ROOM, statement)

    def envelope(self, envelope_id: str) -> RoomEnvelope:
        """Return the row of an envelope whose room was opened.

        Raises:
            RejectedError: `platform.wrong_state`: it was not.
        """
        row = self.session.get(RoomEnvelope, (self.lot.id, envelope_id))
        if row is None:
            raise RejectedError("platform.wrong_state", "not opened yet")
        return row

    def current_envelope(self, envelope_id: str) -> tuple[RoomEnvelope, NoticeEnvelope]:
        """Return the envelope that the room is at, if it is the one that is spoken of.

        Raises:
            RejectedError: `platform.wrong_state`.
        """
        described = self.notice().envelope(envelope_id)
        if envelope_id != self.lot.envelope or described is None:
            raise RejectedError("platform.wrong_state", f"the room is at {self.lot.envelope or 'no envelope'}")
        return self.envelope(envelope_id), described


@contextmanager
def visit(
    platform: Platform, actor: Actor, lot_id: str, action: Action, *, unit: str = "", step: RoomStep | None = None
) -> Iterator[Visit]:
    """Change something in a room; `unit` is the bidder for which the caller acts.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`, `.wrong_state`, or whatever the block raises.
    """
    settle(platform, lot_id)
    with platform.db.write() as session:
        lot = session.get(Lot, lot_id, with_for_update=True)
        if lot is None or lot.state == LotState.DRAFT:
            raise RejectedError("platform.not_found")
        demand(present(session, actor), action, _target(lot, unit))
        now = platform_time(session, platform)
        found = Visit(session=session, platform=platform, actor=actor, lot=lot, now=now)
        if step is not None:
            found.demand(step)
        yield found
    platform.waiters.wake(lot_id)


@contextmanager
def visit_of_bid(platform: Platform, actor: Actor, lot_id: str, package: str) -> Iterator[tuple[Visit, Bid]]:
    """Change something about a bid of the caller's unit.

    Raises:
        RejectedError: `platform.not_found`: there is no such bid, or it is another unit's; as `visit`.
    """
    with platform.db.read() as session:
        bid = session.get(Bid, package)
    if bid is None or bid.lot_id != lot_id:
        raise RejectedError("platform.not_found")
    with visit(platform, actor, lot_id, Action.TAKE_PART_IN_OPENING, unit=bid.organization_id) as found:
        yield found, found.session.get_one(Bid, package)


def settle(platform: Platform, lot_id: str) -> None:
    """Let happen what is due by the clock."""
    close_if_due(platform, lot_id)
    end_if_over(platform, lot_id)


def end_if_over(platform: Platform, lot_id: str) -> None:
    """End a delivery window whose time is over."""
    with platform.db.read() as session:
        if not is_over(session, session.get(Lot, lot_id), time_to_read_by(session, platform)):
            return
    with platform.db.write() as session:
        lot, now = session.get_one(Lot, lot_id, with_for_update=True), platform_time(session, platform)
        if is_over(session, lot, now):
            end_window(session, platform, lot, now)
    platform.waiters.wake(lot_id)


def sign_in(platform: Platform, actor: Actor, lot_id: str, organization_id: str) -> None:
    """Sign a unit in for the opening (签到); once is enough.

    Anybody may read the log, and the names of units can be tried: before the closing neither log nor version tells who
    is there, nor how many (T34). The closing logs it.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`, `.wrong_state`.
    """
    action = Action.TAKE_PART_IN_OPENING
    with visit(platform, actor, lot_id, action, unit=organization_id, step=RoomStep.SIGN_IN) as found:
        query = select(SignIn.id).where(SignIn.lot_id == lot_id, SignIn.organization_id == organization_id)
        if found.session.scalar(query) is not None:
            return
        found.session.add(SignIn(lot_id=lot_id, organization_id=organization_id, account_id=actor.id, at=found.now))
        if found.state is not LotState.PUBLISHED:
            unit = found.session.get_one(Organization, organization_id)
            found.record_step(SIGNED_IN, by=unit.credit_code)


def _target(lot: Lot, unit: str) -> Target:
    # That a lot was published is no secret; which units bid for it is.
    return Target(agency=lot.organization_id, bidders=frozenset({unit} if unit else ()), is_public=not unit)
