"""The opening room as one caller may see it (T34, T47).

Who bids for a lot is nobody's business before the closing: until then a unit sees itself in the list of those who
signed in, and the agency nobody. Results are the agency's alone until they are announced.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.domain.errors import RejectedError
from desktop.domain.tendering import LotState
from desktop.server.cases.accounts import present
from desktop.server.cases.platform_time import time_to_read_by
from desktop.server.cases.room_rows import (
    OPENING,
    PASSED,
    RESULT,
    deliveries,
    newest,
    newest_announcement,
    participants,
    statements,
    version_of,
)
from desktop.server.cases.room_windows import ends_at
from desktop.server.cases.rooms import end_if_over, settle
from desktop.server.context import Platform
from desktop.server.db.models import Organization
from desktop.server.db.room_models import Confirmation, Delivery, Room, RoomEnvelope
from desktop.server.db.tender_models import Lot, SignIn
from desktop.server.rules.permissions import Action, Actor, Target, demand

_BEFORE_CLOSING = frozenset({LotState.DRAFT, LotState.PUBLISHED})


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeView:
    """One envelope; `notices` are all opening notices, oldest first, `row` is there once the first one was given."""

    envelope_id: str
    row: RoomEnvelope | None
    notices: Sequence[bytes]
    deliveries: Sequence[Delivery]
    results: Mapping[str, bytes]
    passed: Mapping[str, bytes]
    confirmations: Sequence[Confirmation]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomView:
    """The room at one moment."""

    version: int
    lot: Lot
    is_agency: bool
    signed_in: Sequence[tuple[str, datetime]]
    envelopes: Sequence[EnvelopeView]
    room: Room | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What somebody who waits has to know: the room's version, and when something will happen by itself."""

    version: int
    due_in_s: float


def view(platform: Platform, actor: Actor, lot_id: str) -> RoomView:
    """Return the room as it is now.

    Raises:
        RejectedError: `platform.not_found`.
    """
    settle(platform, lot_id)
    with platform.db.read() as session:
        lot = readable_lot(session, actor, lot_id)
        is_agency = lot.organization_id in present(session, actor).memberships
        ids = [envelope.envelope_id for envelope in newest_announcement(session, lot).notice.envelopes]
        return RoomView(
            version=version_of(session, lot_id),
            lot=lot,
            is_agency=is_agency,
            signed_in=_signed_in(session, actor, lot),
            envelopes=[_envelope(session, lot_id, each, is_agency=is_agency) for each in ids],
            room=session.get(Room, lot_id),
        )


def glance(platform: Platform, actor: Actor, lot_id: str) -> Glance:
    """Return the room's version, for who may see the room.

    Closes no lot: that may take a while, and all who wait would ask for it in the same second (server/closer.py does).

    Raises:
        RejectedError: `platform.not_found`.
    """
    end_if_over(platform, lot_id)
    with platform.db.read() as session:
        lot = readable_lot(session, actor, lot_id)
        end, now = ends_at(session, lot), time_to_read_by(session, platform).timestamp()
        return Glance(version=version_of(session, lot_id), due_in_s=float("inf") if end is None else end - now)


def readable_lot(session: Session, actor: Actor, lot_id: str) -> Lot:
    """Return a lot whose room the caller may see.

    Raises:
        RejectedError: `platform.not_found`.
    """
    lot = session.get(Lot, lot_id)
    if lot is None or lot.state == LotState.DRAFT:
        raise RejectedError("platform.not_found")
    target = Target(agency=lot.organization_id, bidders=participants(session, lot_id))
    demand(present(session, actor), Action.READ_ROOM, target)
    return lot


def _signed_in(session: Session, actor: Actor, lot: Lot) -> list[tuple[str, datetime]]:
    query = (
        select(Organization.name, SignIn.at)
        .join(SignIn, SignIn.organization_id == Organization.id)
        .where(SignIn.lot_id == lot.id)
        .order_by(SignIn.id)
    )
    if lot.state in _BEFORE_CLOSING:
        query = query.where(SignIn.organization_id.in_(list(actor.memberships)))
    return [(name, at) for name, at in session.execute(query)]


def _envelope(session: Session, lot_id: str, envelope_id: str, *, is_agency: bool) -> EnvelopeView:
    row = session.get(RoomEnvelope, (lot_id, envelope_id))
    may_see = is_agency or (row is not None and row.announced_at is not None)
    said = select(Confirmation).where(Confirmation.lot_id == lot_id, Confirmation.envelope == envelope_id)
    return EnvelopeView(
        envelope_id=envelope_id,
        row=row,
        notices=[each.statement for each in statements(session, lot_id, envelope_id, OPENING)],
        deliveries=deliveries(session, lot_id, envelope_id),
        results=_newest(session, lot_id, envelope_id, RESULT) if may_see else {},
        passed=_newest(session, lot_id, envelope_id, PASSED),
        confirmations=list(session.scalars(said.order_by(Confirmation.id))),
    )


def _newest(session: Session, lot_id: str, envelope_id: str, kind: str) -> dict[str, bytes]:
    return {package: row.statement for package, row in newest(session, lot_id, envelope_id, kind).items()}
