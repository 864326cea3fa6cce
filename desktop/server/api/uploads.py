"""Uploads of bids, piece by piece."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query
from pydantic import BaseModel, Field

from desktop.server.api.access import ThePlatform, b64, permit
from desktop.server.cases import bids, uploads
from desktop.server.cases.uploads import MAX_PIECE_BYTES, UploadView
from desktop.server.rules.permissions import Action, Actor

router = APIRouter(prefix="/api/v1", tags=["uploads"])

LotId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
UploadId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
Bidder = Annotated[Actor, permit(Action.UPLOAD_BID)]
Piece = Annotated[bytes, Body(media_type="application/octet-stream", max_length=MAX_PIECE_BYTES)]


class UploadBody(BaseModel, extra="forbid"):
    """A file that a unit is going to send."""

    organization_id: Annotated[str, Field(max_length=32)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    size: Annotated[int, Field(ge=1, le=2**40)]


@router.post("/lots/{lot_id}/uploads", status_code=201)
def begin(lot_id: LotId, body: UploadBody, platform: ThePlatform, actor: Bidder) -> dict[str, Any]:
    """Begin an upload, or find the one that was begun with this file."""
    view = uploads.begin(
        platform, actor, lot_id, organization_id=body.organization_id, sha256=body.sha256, size=body.size
    )
    return _upload(view)


@router.put("/uploads/{upload_id}")
def receive(
    upload_id: UploadId,
    offset: Annotated[int, Query(ge=0, le=2**40)],
    piece: Piece,
    platform: ThePlatform,
    actor: Bidder,
) -> dict[str, Any]:
    """Take the next piece of a file."""
    return _upload(uploads.receive(platform, actor, upload_id, offset, piece))


@router.get("/uploads/{upload_id}")
def look(upload_id: UploadId, platform: ThePlatform, actor: Bidder) -> dict[str, Any]:
    """Tell how far an upload is."""
    return _upload(uploads.look(platform, actor, upload_id))


@router.delete("/uploads/{upload_id}", status_code=204)
def cancel(upload_id: UploadId, platform: ThePlatform, actor: Bidder) -> None:
    """Give up an upload."""
    uploads.cancel(platform, actor, upload_id)


def _upload(view: UploadView) -> dict[str, Any]:
    upload = view.upload
    return {
        "id": upload.id,
        "lot_id": upload.lot_id,
        "size": upload.size,
        "offset": upload.offset,
        "state": upload.state,
        "code": upload.code,
        "receipt": None if view.bid is None else b64(bids.receipt_file(view.bid)),
    }
