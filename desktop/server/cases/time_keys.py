"""The platform's time keys: one for each envelope of a lot that asks for it, made before the lot is published.

The private half lies in the vault; when it is given away is a matter of the opening (room_delivery.py).
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.crypto.suites import generate_p256, scalar_of, spki_of
from desktop.domain.errors import RejectedError
from desktop.domain.tendering import LotState
from desktop.server.cases.accounts import present
from desktop.server.cases.lot_rows import lot_for
from desktop.server.context import Platform
from desktop.server.db.tender_models import Lot, TimeKey
from desktop.server.rules.permissions import Action, Actor

#: Under which a time key lies encrypted.
TIME_KEY_CONTEXT = b"time key"


def make(platform: Platform, actor: Actor, lot_id: str, envelopes: Sequence[str]) -> dict[str, bytes]:
    """Return the time key (SPKI) of each envelope, made at the first call.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`; `platform.wrong_state`: published already.
    """
    with platform.db.write() as session:
        lot = lot_for(session, present(session, actor), Action.PREPARE_LOT, lot_id)
        if lot.state != LotState.DRAFT:
            raise RejectedError("platform.wrong_state", lot.state)
        return {envelope: _made(session, platform, lot, envelope).spki for envelope in dict.fromkeys(envelopes)}


def made_for(session: Session, lot_id: str) -> dict[str, bytes]:
    """Return the time keys (SPKI) that were made for a lot, by envelope."""
    rows = session.scalars(select(TimeKey).where(TimeKey.lot_id == lot_id))
    return {row.envelope: row.spki for row in rows}


def _made(session: Session, platform: Platform, lot: Lot, envelope: str) -> TimeKey:
    row = session.scalar(select(TimeKey).where(TimeKey.lot_id == lot.id, TimeKey.envelope == envelope))
    if row is not None:
        return row
    key = generate_p256()
    row = TimeKey(
        lot_id=lot.id,
        envelope=envelope,
        spki=spki_of(key),
        scalar=platform.vault.seal(TIME_KEY_CONTEXT, scalar_of(key).reveal()),
        created_at=platform.now(),
    )
    session.add(row)
    session.flush()
    return row
