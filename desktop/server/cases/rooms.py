"""The opening room of a lot: who enters, what the caller finds there, and the one way in for whoever changes something.

Whatever is due by the clock happens when somebody looks: the lot is closed at its deadline, a delivery window ends. Each
change is one transaction with its log entries; whoever waits for the room is woken after it was committed.
docs/tendering.md §6-§9.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.domain.errors import RejectedError
from desktop.domain.tendering import BidState, LogKind, LotState
from desktop.formats.log import step_body
from desktop.protocol.notices import Notice, NoticeEnvelope
from desktop.protocol.statements import Closing, Delivered, Signed, read_statement
from desktop.server.cases import log
from desktop.server.cases.accounts import present
from desktop.server.cases.platform_time import platform_time, time_to_read_by
from desktop.server.cases.room_rows import decisions, delivered_packages, participants
from desktop.server.context import Platform
from desktop.server.db.models import Organization
from desktop.server.db.room_models import Room, RoomEnvelope
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

    def closing(self) -> Signed[Closing]:
        """Return the closing statement; only a lot that was closed has one."""
        return read_statement(self.lot.closing or b"", Closing)

    def move(self, event: LotEvent) -> None:
        """Move the lot on.

        Raises:
            RejectedError: `platform.wrong_state`.
        """
        self.lot.state = follow(LOTS, self.state, event)

    def write(self, kind: LogKind, body: bytes) -> None:
        """Log something, in the transaction that does it."""
        log.append(self.session, kind, at=self.now, body=body)

    def envelope(self, envelope_id: str) -> RoomEnvelope:
        """Return the row of an envelope whose room was opened.

        Raises:
            RejectedError: `platform.wrong_state`: it was not.
        """
        row = self.session.get(RoomEnvelope, (self.lot.id, envelope_id))
        if row is None:
            raise RejectedError("platform.wrong_state", f"{envelope_id} is not open")
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
        found = Visit(
            session=session, platform=platform, actor=actor, lot=lot, now=platform_time(session, platform)
        )
        if step is not None:
            demand_step(step, found.state)
        yield found
        touch(session, lot_id)
    platform.waiters.wake(lot_id)


def settle(platform: Platform, lot_id: str) -> None:
    """Let happen what is due by the clock."""
    close_if_due(platform, lot_id)
    with platform.db.read() as session:
        lot = session.get(Lot, lot_id)
        if lot is None or not _is_over(session, lot, time_to_read_by(session, platform)):
            return
    with platform.db.write() as session:
        lot = session.get_one(Lot, lot_id, with_for_update=True)
        now = platform_time(session, platform)
        if _is_over(session, lot, now):
            end_window(session, platform, lot, now)
            touch(session, lot_id)
    platform.waiters.wake(lot_id)
