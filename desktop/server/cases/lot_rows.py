"""A lot and what belongs to it, as every case about tenders finds it, and whose business it is."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.domain.clock import microseconds
from desktop.domain.errors import RejectedError
from desktop.domain.tendering import LotState
from desktop.protocol.notices import Announcement, read_announcement
from desktop.server.context import Platform
from desktop.server.db.tender_models import Lot, LotAnnouncement
from desktop.server.rules.permissions import Action, Actor, Target, demand

MICROSECONDS = 1_000_000


def target_of(lot: Lot, *units: str) -> Target:
    """Return whose a lot is; `units` are those as which somebody might act on it."""
    is_public = lot.state != LotState.DRAFT
    return Target(
        agency=lot.organization_id, bidders=frozenset(units) if is_public else frozenset(), is_public=is_public
    )


def lot_for(session: Session, actor: Actor, action: Action, lot_id: str, *units: str) -> Lot:
    """Return a lot on which the caller may do `action`.

    Raises:
        RejectedError: `platform.not_found`, `platform.forbidden`.
    """
    lot = session.get(Lot, lot_id)
    if lot is None:
        raise RejectedError("platform.not_found")
    demand(actor, action, target_of(lot, *units))
    return lot


def readable_lot(session: Session, actor: Actor, lot_id: str) -> Lot:
    """Return a lot that the caller may read: one that was published, or a draft of the caller's agency.

    Raises:
        RejectedError: `platform.not_found`.
    """
    lot = session.get(Lot, lot_id)
    if lot is None:
        raise RejectedError("platform.not_found")
    if lot.state == LotState.DRAFT:
        demand(actor, Action.PREPARE_LOT, target_of(lot))
    return lot


def revisions_of(session: Session, lot_id: str) -> list[LotAnnouncement]:
    """Return the announcements of a lot, the first one first."""
    query = select(LotAnnouncement).where(LotAnnouncement.lot_id == lot_id).order_by(LotAnnouncement.revision)
    return list(session.scalars(query))


def announcements_of(session: Session, lot_id: str) -> tuple[Announcement, ...]:
    """Return the announcements of a lot, read, the first one first."""
    return tuple(read_announcement(row.announcement) for row in revisions_of(session, lot_id))


def is_in_time(lot: Lot, at_us: int) -> bool:
    """Tell whether a moment is not after the deadline in force."""
    return at_us <= lot.deadline * MICROSECONDS


def demand_open(platform: Platform, lot: Lot) -> None:
    """Demand that bids may still come and go.

    Raises:
        RejectedError: `tender.deadline_passed`.
    """
    if lot.state != LotState.PUBLISHED or not is_in_time(lot, microseconds(platform.moment())):
        raise RejectedError("tender.deadline_passed")
