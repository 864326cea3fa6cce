"""Uploads of bids: begun once, continued wherever they were left, received at the moment the last byte is durable.

A piece is on the disk before the upload is said to have reached its end; the clock is looked at only then. What the
platform had of a file by the deadline decides, not when somebody began to send (T39).
"""

from concurrent.futures import Future, wait
from dataclasses import dataclass
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desktop.domain.clock import microseconds
from desktop.domain.errors import RejectedError
from desktop.domain.tendering import BidState, LotState, UploadState
from desktop.server.cases.accounts import present
from desktop.server.cases.checking import refuse, settle
from desktop.server.cases.closing import close_if_due
from desktop.server.cases.lot_rows import demand_open, is_in_time, lot_for, target_of
from desktop.server.cases.platform_time import platform_time
from desktop.server.context import Platform
from desktop.server.db.tender_models import Bid, Lot, Upload
from desktop.server.rules.permissions import Action, Actor, demand
from desktop.server.rules.states import UPLOADS, UploadEvent, follow

MAX_PIECE_BYTES = 4 * 1024 * 1024
#: Two payloads of a package's largest size, and all around them.
MAX_BID_BYTES = 70 * 1024**3
MAX_UNFINISHED = 20
#: How long the last piece's request waits for the check; most packages take less.
_PATIENCE_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadView:
    """An upload, and the bid that came of it."""

    upload: Upload
    bid: Bid | None


def begin(platform: Platform, actor: Actor, lot_id: str, *, organization_id: str, sha256: str, size: int) -> UploadView:
    """Begin an upload, or return the one that the unit has begun with this file; a refused one begins anew.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`; `tender.deadline_passed`, `.upload_too_large`,
            `.too_many_uploads`, `.package_used`.
    """
    close_if_due(platform, lot_id)
    with platform.db.write() as session:
        lot = lot_for(session, present(session, actor), Action.UPLOAD_BID, lot_id, organization_id)
        of_unit = select(Upload).where(Upload.lot_id == lot_id, Upload.organization_id == organization_id)
        upload = session.scalar(of_unit.where(Upload.sha256 == sha256).with_for_update())
        if upload is not None and upload.size != size:
            raise RejectedError("platform.bad_field", "size")
        if upload is None or upload.state == UploadState.REFUSED:
            demand_open(platform, lot)
        if upload is None:
            upload = _new(session, platform, actor, lot, organization_id=organization_id, sha256=sha256, size=size)
        elif upload.state == UploadState.REFUSED:
            upload.state = follow(UPLOADS, UploadState(upload.state), UploadEvent.RESTART)
            upload.code, upload.offset, upload.received_at_us = "", 0, None
        view = _view(session, upload)
        if view.bid is not None and view.bid.state != BidState.CURRENT:
            raise RejectedError("tender.package_used", view.bid.package)
        return view


def receive(platform: Platform, actor: Actor, upload_id: str, offset: int, piece: bytes) -> UploadView:
    """Take a piece of a file. With the last one the file is received, and checked soon or at once.

    Raises:
        RejectedError: `platform.not_found`; `tender.upload_offset` with the offset that the upload has reached,
            `.upload_too_large`, `.deadline_passed`, or why it was refused before.
        UnavailableError: `platform.storage_failing`: nothing was taken.
    """
    with platform.intake.alone(upload_id):
        upload, lot = _own(platform, actor, upload_id)
        if upload.state == UploadState.REFUSED:
            raise RejectedError(upload.code)
        if upload.state == UploadState.RECEIVING:
            upload = _as_kept(platform, upload)
        if offset != upload.offset:
            raise RejectedError("tender.upload_offset", str(upload.offset))
        if not piece or offset + len(piece) > upload.size:
            raise RejectedError("tender.upload_too_large")
        if offset + len(piece) < upload.size:
            _take(platform, upload, lot, piece)
        else:
            _finish(platform, upload, piece)
            wait([_check_soon(platform, upload)], _PATIENCE_S)
    return look(platform, actor, upload_id)


def look(platform: Platform, actor: Actor, upload_id: str) -> UploadView:
    """Return an upload of the caller's unit; one that waits for its check is brought to mind.

    Raises:
        RejectedError: `platform.not_found`.
    """
    upload, _lot = _own(platform, actor, upload_id)
    if upload.state == UploadState.CHECKING:
        _check_soon(platform, upload)
    with platform.db.read() as session:
        return _view(session, session.get_one(Upload, upload_id))


def cancel(platform: Platform, actor: Actor, upload_id: str) -> None:
    """Give up an upload that is not whole, or was refused.

    Raises:
        RejectedError: `platform.not_found`; `platform.wrong_state`: it is a bid, or becomes one.
    """
    with platform.intake.alone(upload_id):
        upload, _lot = _own(platform, actor, upload_id)
        with platform.db.write() as session:
            row = session.get_one(Upload, upload.id, with_for_update=True)
            if row.state not in {UploadState.RECEIVING, UploadState.REFUSED}:
                raise RejectedError("platform.wrong_state", f"cancel while {row.state}")
            session.delete(row)
        platform.parts.remove(upload.id)


def resume(platform: Platform) -> None:
    """Go on after a start: whatever was whole when the platform ended is checked."""
    with platform.db.read() as session:
        waiting = list(session.scalars(select(Upload).where(Upload.state == UploadState.CHECKING)))
    for upload in waiting:
        _check_soon(platform, upload)


def _new(
    session: Session, platform: Platform, actor: Actor, lot: Lot, *, organization_id: str, sha256: str, size: int
) -> Upload:
    if size > MAX_BID_BYTES:
        raise RejectedError("tender.upload_too_large")
    unfinished = select(func.count()).where(
        Upload.lot_id == lot.id, Upload.organization_id == organization_id, Upload.state == UploadState.RECEIVING
    )
    if (session.scalar(unfinished) or 0) >= MAX_UNFINISHED:
        raise RejectedError("tender.too_many_uploads")
    upload = Upload(
        id=platform.new_id(),
        lot_id=lot.id,
        organization_id=organization_id,
        account_id=actor.id,
        sha256=sha256,
        size=size,
        offset=0,
        state=UploadState.RECEIVING,
        code="",
        created_at=platform.now(),
    )
    session.add(upload)
    session.flush()
    return upload


def _own(platform: Platform, actor: Actor, upload_id: str) -> tuple[Upload, Lot]:
    with platform.db.read() as session:
        upload = session.get(Upload, upload_id)
        lot = session.get(Lot, upload.lot_id) if upload is not None else None
    if upload is None or lot is None or upload.organization_id not in actor.memberships:
        raise RejectedError("platform.not_found")
    demand(actor, Action.UPLOAD_BID, target_of(lot, upload.organization_id))
    return upload, lot


def _view(session: Session, upload: Upload) -> UploadView:
    return UploadView(upload=upload, bid=session.scalar(select(Bid).where(Bid.upload_id == upload.id)))


def _as_kept(platform: Platform, upload: Upload) -> Upload:
    """Step back to what is there where the disk has less than was said, as after a restored backup."""
    kept = platform.parts.size(upload.id)
    if kept >= upload.offset:
        return upload
    with platform.db.write() as session:
        row = session.get_one(Upload, upload.id, with_for_update=True)
        row.offset = kept
        return row


def _take(platform: Platform, upload: Upload, lot: Lot, piece: bytes) -> None:
    if lot.state == LotState.PUBLISHED and is_in_time(lot, microseconds(platform.moment())):
        platform.parts.write(upload.id, upload.offset, piece)
        with platform.db.write() as session:
            session.get_one(Upload, upload.id, with_for_update=True).offset = upload.offset + len(piece)
        return
    with platform.db.write() as session:
        row = session.get_one(Upload, upload.id, with_for_update=True)
        if row.state == UploadState.RECEIVING:
            refuse(session, row, "tender.deadline_passed")
    platform.parts.remove(upload.id)
    raise RejectedError("tender.deadline_passed")


def _finish(platform: Platform, upload: Upload, piece: bytes) -> None:
    """Write the last piece, then look at the clock, then put both on record; a unit's files one after the other."""
    with platform.intake.finishing(upload.lot_id):
        platform.parts.write(upload.id, upload.offset, piece)
        with platform.intake.alone(f"{upload.lot_id}/{upload.organization_id}/receipt"):
            received = microseconds(platform.moment())
            with platform.db.write() as session:
                platform_time(session, platform)
                row = session.get_one(Upload, upload.id, with_for_update=True)
                lot = session.get_one(Lot, upload.lot_id, with_for_update=True)
                row.offset, row.received_at_us = row.size, received
                is_late = lot.state != LotState.PUBLISHED or not is_in_time(lot, received)
                if row.state == UploadState.RECEIVING:
                    row.state = follow(UPLOADS, UploadState(row.state), UploadEvent.COMPLETE)
                if is_late and row.state == UploadState.CHECKING:
                    refuse(session, row, "tender.deadline_passed")
    if is_late:
        platform.parts.remove(upload.id)
        raise RejectedError("tender.deadline_passed")


def _check_soon(platform: Platform, upload: Upload) -> Future[None]:
    return platform.intake.run(upload.id, partial(settle, platform, upload.lot_id, upload.organization_id))
