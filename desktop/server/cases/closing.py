"""The closing of a lot: exactly the bids whose last byte was durable at the deadline, under one signed root (T39, T40).

Happens once, when somebody comes after the deadline, or by the clock (server/closer.py). Files that came in time and
are still being checked are waited for: a lot is rather closed a little later than without a bid that was in time.
"""

import logging
from collections.abc import Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from desktop.crypto.merkle import leaf_hash, root_of
from desktop.domain.clock import microseconds
from desktop.domain.errors import RejectedError
from desktop.domain.tendering import MIN_BIDS, LogKind, LotState, UploadState
from desktop.formats.log import SIGNED_IN, bid_leaf, step_body
from desktop.protocol.statements import Closing
from desktop.server.cases import log
from desktop.server.cases.checking import settle
from desktop.server.cases.lot_rows import MICROSECONDS, is_in_time, lot_for
from desktop.server.cases.lot_telling import tell_closed
from desktop.server.cases.platform_time import platform_time
from desktop.server.cases.room_rows import current_bids, participants, touch
from desktop.server.cases.statements import sign_statement
from desktop.server.context import Platform
from desktop.server.db.models import Organization
from desktop.server.db.tender_models import Bid, Lot, LotAnnouncement, SignIn, Upload
from desktop.server.rules.permissions import Action, Actor
from desktop.server.rules.states import LOTS, LotEvent, follow

_LOG = logging.getLogger(__name__)
#: How long a request waits for what has to come before the closing; then the lot is not closed yet.
_PATIENCE_S = 5.0
#: The same, for a list of many lots.
_SHORT_S = 0.5
_AT_ONCE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingView:
    """The closing statement, and the bids that it is about in the order of the tree."""

    statement: bytes
    bids: Sequence[Bid]


def close_if_due(platform: Platform, lot_id: str, *, patience_s: float = _PATIENCE_S) -> None:
    """Close a lot whose deadline has passed, unless files that came in time need longer; else do nothing."""
    with platform.db.read() as session:
        lot = session.get(Lot, lot_id)
    if lot is None or not _is_due(platform, lot):
        return
    if not platform.intake.wait_for_finishing(lot_id, patience_s) or not _settled(platform, lot_id, patience_s):
        return
    with platform.db.write() as session:
        lot = session.get_one(Lot, lot_id, with_for_update=True)
        if _is_due(platform, lot) and not _units_to_check(session, lot_id):
            _close(session, platform, lot)
    platform.waiters.wake(lot_id)
    _tidy(platform, lot_id)


def close_due(platform: Platform) -> None:
    """Close the lots that are due; one for which something has still to be checked does not hold up the others."""
    last_second = (microseconds(platform.moment()) - 1) // MICROSECONDS
    query = (
        select(Lot.id)
        .where(Lot.state == LotState.PUBLISHED, Lot.deadline <= last_second)
        .order_by(Lot.deadline)
        .limit(_AT_ONCE)
    )
    with platform.db.read() as session:
        due = list(session.scalars(query))
    for lot_id in due:
        close_if_due(platform, lot_id, patience_s=_SHORT_S)


def closing_of(platform: Platform, actor: Actor, lot_id: str) -> ClosingView:
    """Return the closing and its bids, for the agency and for units with a bid or sign-in.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`; `tender.not_closed`.
    """
    close_if_due(platform, lot_id)
    with platform.db.read() as session:
        lot = lot_for(session, actor, Action.READ_CLOSING, lot_id, *participants(session, lot_id))
        if lot.closing is None:
            raise RejectedError("tender.not_closed")
        return ClosingView(statement=lot.closing, bids=current_bids(session, lot_id))


def _is_due(platform: Platform, lot: Lot) -> bool:
    return lot.state == LotState.PUBLISHED and not is_in_time(lot, microseconds(platform.moment()))


def _settled(platform: Platform, lot_id: str, patience_s: float) -> bool:
    """Have everything checked that is whole; False when it takes longer than a request waits."""
    with platform.db.read() as session:
        units = _units_to_check(session, lot_id)
    running: list[Future[None]] = [
        platform.intake.run(f"{lot_id}/{unit}/closing", partial(settle, platform, lot_id, unit)) for unit in units
    ]
    done, missing = wait(running, patience_s)
    for future in done:
        if future.exception() is not None:
            _LOG.warning("a bid could not be checked yet: %s", type(future.exception()).__name__)
            return False
    return not missing


def _tidy(platform: Platform, lot_id: str) -> None:
    """Remove the files of uploads that the deadline has ended."""
    with platform.db.read() as session:
        query = select(Upload.id).where(Upload.lot_id == lot_id, Upload.state == UploadState.REFUSED)
        for upload_id in session.scalars(query):
            platform.parts.remove(upload_id)


def _units_to_check(session: Session, lot_id: str) -> set[str]:
    query = select(Upload.organization_id).where(Upload.lot_id == lot_id, Upload.state == UploadState.CHECKING)
    return set(session.scalars(query))


def _close(session: Session, platform: Platform, lot: Lot) -> None:
    bids, now = current_bids(session, lot.id), platform_time(session, platform)
    leaves = (
        bid_leaf(
            package=bytes.fromhex(bid.package),
            file_sha256=bytes.fromhex(bid.sha256),
            credit_code=bid.credit_code,
            at_us=bid.at_us,
        )
        for bid in bids
    )
    notice = select(LotAnnouncement.notice_sha256).where(
        LotAnnouncement.lot_id == lot.id, LotAnnouncement.revision == lot.revision
    )
    opens = len(bids) >= MIN_BIDS
    statement = Closing(
        platform=platform.settings.platform_id,
        at_us=microseconds(now),
        tender=lot.tender,
        lot=lot.number,
        deadline=lot.deadline,
        notice_sha256=bytes.fromhex(session.scalars(notice).one()),
        count=len(bids),
        root=root_of(map(leaf_hash, leaves)),
        opens=opens,
    )
    lot.closing, lot.closed_at_us, lot.bids = sign_statement(platform, statement), statement.at_us, len(bids)
    lot.state = follow(LOTS, LotState(lot.state), LotEvent.CLOSE if opens else LotEvent.FAIL)
    session.execute(
        update(Upload)
        .where(Upload.lot_id == lot.id, Upload.state == UploadState.RECEIVING)
        .values(state=UploadState.REFUSED, code="tender.deadline_passed")
    )
    log.append(session, LogKind.CLOSED, at=now, body=lot.closing)
    for code in _signed_in(session, lot.id):  # who takes part is no secret to the others any more
        body = step_body(step=SIGNED_IN, tender=lot.tender, lot=lot.number, envelope="", by=code)
        log.append(session, LogKind.ROOM, at=now, body=body)
    touch(session, lot.id)
    tell_closed(session, platform, lot, opens=opens)


def _signed_in(session: Session, lot_id: str) -> Sequence[str]:
    """Return the credit codes of the units that have signed in, in the order in which they came."""
    query = select(Organization.credit_code).join(SignIn, SignIn.organization_id == Organization.id)
    return session.scalars(query.where(SignIn.lot_id == lot_id).order_by(SignIn.id)).all()
