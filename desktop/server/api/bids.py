"""Bids that were accepted: the unit's own, their files, the withdrawal."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from desktop.domain.clock import from_microseconds
from desktop.server.api.access import ThePlatform, b64, iso, permit, unb64
from desktop.server.api.files import streamed_answer
from desktop.server.cases import bids
from desktop.server.db.tender_models import Bid
from desktop.server.rules.permissions import Action, Actor

router = APIRouter(prefix="/api/v1", tags=["bids"])

LotId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]


class WithdrawalBody(BaseModel, extra="forbid"):
    """What the bidder's phone has answered."""

    transcript: Annotated[str, Field(max_length=700_000)]


@router.get("/lots/{lot_id}/bids")
def list_own(
    lot_id: LotId,
    organization_id: Annotated[str, Query(max_length=32)],
    platform: ThePlatform,
    actor: Annotated[Actor, permit(Action.LIST_OWN_BIDS)],
) -> list[dict[str, Any]]:
    """List a unit's own bids for a lot, in the order in which they came."""
    return [_bid(row) for row in bids.own(platform, actor, lot_id, organization_id)]


@router.post("/lots/{lot_id}/withdraw")
def withdraw(
    lot_id: LotId,
    body: WithdrawalBody,
    platform: ThePlatform,
    actor: Annotated[Actor, permit(Action.WITHDRAW_BID)],
) -> dict[str, Any]:
    """Withdraw the current bid."""
    statement = bids.withdraw(platform, actor, lot_id, unb64(body.transcript, "transcript"))
    return {"withdrawn": b64(statement)}


@router.get("/bids/{package}/file")
def read_file(
    package: Annotated[str, Path(pattern="^[0-9a-f]{32}$")],
    platform: ThePlatform,
    actor: Annotated[Actor, permit(Action.READ_BID_FILE)],
    offset: Annotated[int, Query(ge=0, le=2**40)] = 0,
) -> Response:
    """Give a bid's file from `offset` on."""
    found = bids.file(platform, actor, package, offset)
    return streamed_answer(found.pieces, found.size)


def _bid(bid: Bid) -> dict[str, Any]:
    return {
        "package": bid.package,
        "state": bid.state,
        "sha256": bid.sha256,
        "size": bid.size,
        "number": bid.turn,
        "received_at": iso(from_microseconds(bid.at_us)),
        "receipt": b64(bids.receipt_file(bid)),
        "withdrawn": None if bid.withdrawal is None else b64(bid.withdrawal),
    }
