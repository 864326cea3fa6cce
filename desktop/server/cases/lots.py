"""Lots as everybody finds them: listed, searched, read with all that was published about them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from desktop.domain.tendering import LotState
from desktop.server.cases.closing import close_due, close_if_due
from desktop.server.cases.lot_rows import readable_lot, revisions_of
from desktop.server.context import Platform
from desktop.server.db.tender_models import Lot, LotAnnouncement
from desktop.server.rules.permissions import Actor

_SEARCHED = (Lot.tender, Lot.tender_name, Lot.number, Lot.name, Lot.buyer, Lot.agency)


@dataclass(frozen=True, slots=True, kw_only=True)
class LotView:
    """A lot with its announcements, the first one first."""

    lot: Lot
    announcements: Sequence[LotAnnouncement]


def visible(platform: Platform, actor: Actor, *, text: str = "", before: str = "", limit: int = 50) -> Sequence[Lot]:
    """Return published lots and the drafts of the caller's agencies, newest first; `before` is the last one seen.

    Raises:
        RejectedError: `platform.not_found`: there is no lot `before`.
    """
    close_due(platform)
    query = select(Lot).where(or_(Lot.state != LotState.DRAFT, Lot.organization_id.in_(list(actor.memberships))))
    if text:
        query = query.where(or_(*(column.contains(text, autoescape=True) for column in _SEARCHED)))
    with platform.db.read() as session:
        if before:
            query = query.where(Lot.position < readable_lot(session, actor, before).position)
        return session.scalars(query.order_by(Lot.position.desc()).limit(limit)).all()


def look(platform: Platform, actor: Actor, lot_id: str) -> LotView:
    """Return a lot.

    Raises:
        RejectedError: `platform.not_found`.
    """
    close_if_due(platform, lot_id)
    with platform.db.read() as session:
        lot = readable_lot(session, actor, lot_id)
        return LotView(lot=lot, announcements=revisions_of(session, lot_id))
