"""Tenders of an agency and the making of their lots."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from desktop.server.api.access import ThePlatform, iso, permit
from desktop.server.api.lot_json import lot_for
from desktop.server.cases import tenders
from desktop.server.db.tender_models import Tender
from desktop.server.rules.permissions import Action, Actor

router = APIRouter(prefix="/api/v1/tenders", tags=["tenders"])

TenderId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
Words = Annotated[str, Field(max_length=200)]


class TenderBody(BaseModel, extra="forbid"):
    """A new tender."""

    organization_id: Annotated[str, Field(max_length=32)]
    number: Words
    name: Words
    buyer: Words


class LotBody(BaseModel, extra="forbid"):
    """A new lot."""

    lot: Words
    name: Words


@router.post("", status_code=201)
def create(
    body: TenderBody, platform: ThePlatform, actor: Annotated[Actor, permit(Action.CREATE_TENDER)]
) -> dict[str, Any]:
    """Create a tender of an agency."""
    tender = tenders.create(platform, actor, body.organization_id, number=body.number, name=body.name, buyer=body.buyer)
    return _tender(tender)


@router.get("")
def list_tenders(platform: ThePlatform, actor: Annotated[Actor, permit(Action.LIST_TENDERS)]) -> list[dict[str, Any]]:
    """List the tenders of the caller's agencies, newest first."""
    return [_tender(row) for row in tenders.visible(platform, actor)]


@router.post("/{tender_id}/lots", status_code=201)
def create_lot(
    tender_id: TenderId, body: LotBody, platform: ThePlatform, actor: Annotated[Actor, permit(Action.PREPARE_LOT)]
) -> dict[str, Any]:
    """Create a lot, a draft."""
    return lot_for(tenders.create_lot(platform, actor, tender_id, number=body.lot, name=body.name), actor)


def _tender(row: Tender) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.number,
        "name": row.name,
        "buyer": row.buyer,
        "organization_id": row.organization_id,
        "created_at": iso(row.created_at),
    }
