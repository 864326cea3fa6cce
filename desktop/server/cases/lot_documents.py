"""Tender documents: kept in pieces, so that neither way needs the memory of a whole one."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desktop.domain.errors import RejectedError
from desktop.domain.tendering import LotState
from desktop.protocol.notices import Notice
from desktop.server.cases.accounts import present
from desktop.server.cases.lot_rows import lot_for, readable_lot
from desktop.server.context import Platform
from desktop.server.db.tender_models import Lot, LotDocument
from desktop.server.rules.lots import MAX_DOCUMENT_BYTES, MAX_DOCUMENTS, document_name
from desktop.server.rules.permissions import Action, Actor

_PIECE_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """A file that was put into the store."""

    sha256: str
    size: int
    pieces: str


def add(platform: Platform, actor: Actor, lot_id: str, name: str, file: BinaryIO) -> LotDocument:
    """Keep a tender document; the same content again gets the name that it has now.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`, `.wrong_state`, `.file_too_large`; `package.file_name`,
            `tender.document_kind`, `tender.too_many_documents`.
    """
    with platform.db.read() as session:
        _preparing(session, actor, lot_id)  # before anything is written
    name = document_name(name)
    kept = _keep(platform, file)
    with platform.db.write() as session:
        _preparing(session, present(session, actor), lot_id)
        of_lot = select(LotDocument).where(LotDocument.lot_id == lot_id)
        row = session.scalar(of_lot.where(LotDocument.sha256 == kept.sha256))
        if row is None:
            if (session.scalar(select(func.count()).select_from(of_lot.subquery())) or 0) >= 2 * MAX_DOCUMENTS:
                raise RejectedError("tender.too_many_documents")
            row = LotDocument(lot_id=lot_id, sha256=kept.sha256, size=kept.size, created_at=platform.now())
            session.add(row)
        row.name, row.pieces = name, kept.pieces
        return row


def read(platform: Platform, actor: Actor, lot_id: str, sha256: str) -> tuple[LotDocument, Iterator[bytes]]:
    """Return a document of a lot that the caller may read, and its content in pieces.

    Raises:
        RejectedError: `platform.not_found`.
    """
    with platform.db.read() as session:
        readable_lot(session, actor, lot_id)
        row = session.scalar(select(LotDocument).where(LotDocument.lot_id == lot_id, LotDocument.sha256 == sha256))
    if row is None:
        raise RejectedError("platform.not_found")
    addresses = row.pieces.split()
    first = platform.files.get(addresses[0])  # a store that lost it says so before the answer begins
    return row, _pieces(platform, first, addresses[1:])


def demand_kept(session: Session, lot_id: str, notice: Notice) -> None:
    """Demand that all documents that a notice names are here.

    Raises:
        RejectedError: `tender.notice_differs`.
    """
    rows = session.scalars(select(LotDocument).where(LotDocument.lot_id == lot_id))
    kept = {(row.sha256, row.size) for row in rows}
    for document in notice.documents:
        if (document.sha256.hex(), document.size) not in kept:
            raise RejectedError("tender.notice_differs", f"document {document.name[:64]}")


def _preparing(session: Session, actor: Actor, lot_id: str) -> Lot:
    lot = lot_for(session, actor, Action.PREPARE_LOT, lot_id)
    if lot.state not in {LotState.DRAFT, LotState.PUBLISHED}:
        raise RejectedError("platform.wrong_state", lot.state)
    return lot


def _keep(platform: Platform, file: BinaryIO) -> _Kept:
    digest, size, addresses = hashlib.sha256(), 0, []
    while piece := file.read(_PIECE_BYTES):
        size += len(piece)
        if size > MAX_DOCUMENT_BYTES:
            raise RejectedError("platform.file_too_large")
        digest.update(piece)
        addresses.append(platform.files.put(piece))
    if not size:
        raise RejectedError("platform.bad_field", "file")
    return _Kept(sha256=digest.hexdigest(), size=size, pieces=" ".join(addresses))


def _pieces(platform: Platform, first: bytes, addresses: list[str]) -> Iterator[bytes]:
    yield first
    for address in addresses:
        yield platform.files.get(address)
