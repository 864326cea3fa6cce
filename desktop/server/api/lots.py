"""Lots: read by everybody once published; prepared, published and amended by their agency."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Path, Query, Response, UploadFile
from pydantic import BaseModel, Field

from desktop.server.api.access import ThePlatform, b64, permit, unb64
from desktop.server.api.files import streamed_answer
from desktop.server.api.lot_json import lot_detail, lot_for, saved_json
from desktop.server.cases import announcing, closing, lot_documents, lot_telling, lots, tenders, time_keys
from desktop.server.db.tender_models import Bid
from desktop.server.rules.permissions import Action, Actor

router = APIRouter(prefix="/api/v1/lots", tags=["lots"])

LotId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
Preparing = Annotated[Actor, permit(Action.PREPARE_LOT)]
Publishing = Annotated[Actor, permit(Action.PUBLISH_LOT)]
Reader = Annotated[Actor, permit(Action.READ_LOTS)]


class LotQuery(BaseModel, extra="forbid"):
    """Which lots; `before` is the id of the last one seen."""

    text: Annotated[str, Field(max_length=100, pattern="^[^\\x00]*$")] = ""
    before: Annotated[str, Field(pattern="^([0-9a-f]{32})?$")] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class DraftBody(BaseModel, extra="forbid"):
    """What somebody is preparing; its form is the client's. `after` is the number of saves that it goes on from."""

    draft: dict[str, Any]
    after: Annotated[int, Field(ge=0, le=2**31 - 1)]


class TimeKeysBody(BaseModel, extra="forbid"):
    """Envelopes that want a time key."""

    envelopes: Annotated[list[Literal["bid", "first", "second"]], Field(min_length=1, max_length=3)]


class SignedBody(BaseModel, extra="forbid"):
    """What a phone has answered; `after` is the number of saves of the draft that it is about, where that is known."""

    transcript: Annotated[str, Field(max_length=700_000)]
    after: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None


@router.get("")
def list_lots(platform: ThePlatform, actor: Reader, asked: Annotated[LotQuery, Query()]) -> list[dict[str, Any]]:
    """List published lots and the drafts of the caller's agencies, newest first."""
    found = lots.visible(platform, actor, text=asked.text, before=asked.before, limit=asked.limit)
    return [lot_for(lot, actor) for lot in found]


@router.get("/{lot_id}")
def look(lot_id: LotId, platform: ThePlatform, actor: Reader) -> dict[str, Any]:
    """Give a lot with its announcements."""
    return lot_detail(lots.look(platform, actor, lot_id), actor)


@router.put("/{lot_id}/draft")
def keep_draft(lot_id: LotId, body: DraftBody, platform: ThePlatform, actor: Preparing) -> dict[str, Any]:
    """Keep the draft of the notice or of an amendment, unless another one was saved meanwhile."""
    return saved_json(tenders.keep_draft(platform, actor, lot_id, body.draft, after=body.after))


@router.post("/{lot_id}/time-keys")
def make_time_keys(lot_id: LotId, body: TimeKeysBody, platform: ThePlatform, actor: Preparing) -> dict[str, Any]:
    """Make the platform's time keys, or give those that were made."""
    made = time_keys.make(platform, actor, lot_id, body.envelopes)
    return {"keys": {envelope: b64(spki) for envelope, spki in made.items()}}


@router.post("/{lot_id}/documents", status_code=201)
def add_document(
    lot_id: LotId, platform: ThePlatform, actor: Preparing, file: Annotated[UploadFile, File()]
) -> dict[str, Any]:
    """Keep a tender document."""
    row = lot_documents.add(platform, actor, lot_id, file.filename or "", file.file)
    return {"name": row.name, "size": row.size, "sha256": row.sha256}


@router.get("/{lot_id}/documents/{sha256}")
def read_document(
    lot_id: LotId, sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$")], platform: ThePlatform, actor: Reader
) -> Response:
    """Give a tender document."""
    row, pieces = lot_documents.read(platform, actor, lot_id, sha256)
    lot_telling.remember_reader(platform, actor, lot_id)
    return streamed_answer(pieces, row.size)


@router.post("/{lot_id}/publish")
def publish(lot_id: LotId, body: SignedBody, platform: ThePlatform, actor: Publishing) -> dict[str, Any]:
    """Publish a lot."""
    transcript = unb64(body.transcript, "transcript")
    return lot_for(announcing.publish(platform, actor, lot_id, transcript, after=body.after), actor)


@router.post("/{lot_id}/amend")
def amend(lot_id: LotId, body: SignedBody, platform: ThePlatform, actor: Publishing) -> dict[str, Any]:
    """Publish an amendment."""
    transcript = unb64(body.transcript, "transcript")
    return lot_for(announcing.amend(platform, actor, lot_id, transcript, after=body.after), actor)


@router.get("/{lot_id}/closing")
def look_at_closing(
    lot_id: LotId, platform: ThePlatform, actor: Annotated[Actor, permit(Action.READ_CLOSING)]
) -> dict[str, Any]:
    """Give the closing statement, and the bids of its tree in their order."""
    found = closing.closing_of(platform, actor, lot_id)
    return {"closing": b64(found.statement), "bids": [_bid(bid) for bid in found.bids]}


def _bid(bid: Bid) -> dict[str, Any]:
    return {
        "package": bid.package,
        "sha256": bid.sha256,
        "bidder": bid.bidder,
        "bcode": bid.credit_code,
        "at_us": bid.at_us,
        "number": bid.number,
        "size": bid.size,
    }
