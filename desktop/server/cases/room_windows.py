"""The end of a delivery window: by the clock when somebody looks, or by the agency once no share is missing."""

from datetime import datetime

from sqlalchemy.orm import Session

from desktop.crypto.merkle import leaf_hash, root_of
from desktop.domain.clock import microseconds
from desktop.domain.tendering import LogKind, LotState
from desktop.formats.log import delivery_leaf
from desktop.protocol.statements import Delivered
from desktop.server.cases import log
from desktop.server.cases.room_rows import deliveries, touch
from desktop.server.cases.statements import sign_statement
from desktop.server.context import Platform
from desktop.server.db.room_models import RoomEnvelope
from desktop.server.db.tender_models import Lot
from desktop.server.rules.states import LOTS, LotEvent, follow


def ends_at(session: Session, lot: Lot | None) -> int | None:
    """Return when the lot's delivery window ends, in epoch seconds; None while there is none."""
    if lot is None or lot.state != LotState.DELIVERING:
        return None
    return session.get_one(RoomEnvelope, (lot.id, lot.envelope)).until


def is_over(session: Session, lot: Lot | None, now: datetime) -> bool:
    """Tell whether the lot has a delivery window that has ended by the clock, and nobody has said so yet."""
    end = ends_at(session, lot)
    return end is not None and now.timestamp() > end


def end_window(session: Session, platform: Platform, lot: Lot, now: datetime) -> None:
    """End the delivery and state what was delivered, in the caller's transaction.

    Raises:
        RejectedError: `platform.wrong_state`.
    """
    lot.state = follow(LOTS, LotState(lot.state), LotEvent.END_DELIVERY)
    leaves = [
        leaf_hash(delivery_leaf(package=bytes.fromhex(row.package), sealed=row.sealed))
        for row in deliveries(session, lot.id, lot.envelope)
    ]
    statement = Delivered(
        platform=platform.settings.platform_id,
        tender=lot.tender,
        lot=lot.number,
        envelope_id=lot.envelope,
        at_us=microseconds(now),
        count=len(leaves),
        root=root_of(leaves),
    )
    written = sign_statement(platform, statement)
    session.get_one(RoomEnvelope, (lot.id, lot.envelope)).delivered = written
    log.append(session, LogKind.DELIVERED, at=now, body=written)
    touch(session, lot.id)
