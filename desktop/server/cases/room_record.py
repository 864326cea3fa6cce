"""The opening record: PDF and bundle, handed in by the agency once there is nothing left to open; kept, never replaced.

What the PDF says and whether it is sealed is for its readers to judge (`bidseal verify`); the platform keeps both files
and their hashes in its log. docs/tendering.md §7.
"""

from desktop.crypto.primitives import sha256
from desktop.domain.errors import RejectedError
from desktop.domain.tendering import LogKind, LotState
from desktop.formats.log import record_body
from desktop.server.cases.room_rows import decided, touch
from desktop.server.cases.room_view import readable_lot
from desktop.server.cases.rooms import Visit, visit
from desktop.server.context import Platform
from desktop.server.db.room_models import Room
from desktop.server.rules.permissions import Action, Actor
from desktop.server.rules.rooms import next_envelope
from desktop.server.rules.states import LOTS, LotEvent, follow

MAX_RECORD_BYTES = 10 * 1024 * 1024
PDF, BUNDLE = "pdf", "bundle"
_PDF_HEAD = b"%PDF-"


def file_record(platform: Platform, actor: Actor, lot_id: str, *, pdf: bytes, bundle: bytes) -> None:
    """Keep the record of a lot; the same files again change nothing.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`, `.wrong_state`, `.file_too_large`, `.bad_field`;
            `room.envelope_left`.
        UnavailableError: the disk is full.
    """
    if max(len(pdf), len(bundle)) > MAX_RECORD_BYTES:
        raise RejectedError("platform.file_too_large")
    if not pdf.startswith(_PDF_HEAD) or not bundle:
        raise RejectedError("platform.bad_field", "bundle" if bundle else "pdf")
    with visit(platform, actor, lot_id, Action.RUN_OPENING) as found:
        if _is_filed(found, pdf, bundle):
            return
        _demand_nothing_left(found)
    addresses = platform.files.put(pdf), platform.files.put(bundle)
    with visit(platform, actor, lot_id, Action.RUN_OPENING) as found:
        if _is_filed(found, pdf, bundle):
            return
        _demand_nothing_left(found)
        found.move(LotEvent.RECORD)
        touch(found.session, lot_id)
        room = found.session.get_one(Room, lot_id)
        room.record_pdf, room.record_bundle = addresses
        room.pdf_sha256, room.bundle_sha256 = sha256(pdf).hex(), sha256(bundle).hex()
        room.recorded_at = found.now
        found.record(LogKind.RECORD, record_body(pdf_sha256=sha256(pdf), bundle_sha256=sha256(bundle)))


def record_file(platform: Platform, actor: Actor, lot_id: str, which: str) -> bytes:
    """Return the record's "pdf" or "bundle".

    Raises:
        RejectedError: `platform.not_found`: none was handed in, or the caller has no business in this room.
    """
    with platform.db.read() as session:
        readable_lot(session, actor, lot_id)
        room = session.get(Room, lot_id)
        address = None if room is None else room.record_pdf if which == PDF else room.record_bundle
    if address is None:
        raise RejectedError("platform.not_found")
    return platform.files.get(address)


def _is_filed(found: Visit, pdf: bytes, bundle: bytes) -> bool:
    room = found.session.get(Room, found.lot.id)
    return room is not None and (room.pdf_sha256, room.bundle_sha256) == (sha256(pdf).hex(), sha256(bundle).hex())


def _demand_nothing_left(found: Visit) -> None:
    """Demand that no envelope is left to be opened: the last one was announced, or nobody passed, or the lot failed."""
    follow(LOTS, found.state, LotEvent.RECORD)
    if found.state is LotState.FAILED or not next_envelope(found.notice(), found.lot.envelope):
        return
    review = decided(found.session, found.lot.id, found.lot.envelope)
    if review.undecided or review.passed:
        raise RejectedError("room.envelope_left")
