"""Certificate orders and the download of what was ordered."""

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, UploadFile
from pydantic import BaseModel, Field

from desktop.server.api.access import ThePlatform, b64, iso, permit, unb64
from desktop.server.api.files import read_upload
from desktop.server.api.sessions import Transcript
from desktop.server.cases import certificates, orders, papers
from desktop.server.rules.permissions import Action, Actor

router = APIRouter(prefix="/api/v1", tags=["orders"])

Text = Annotated[str, Form(max_length=500)]
Upload = Annotated[UploadFile, File()]


class PossessionRequest(BaseModel, extra="forbid"):
    """A download answer, to be challenged."""

    transcript: Transcript


class IssueRequest(BaseModel, extra="forbid"):
    """The same download answer, with the 32 bytes out of the envelope."""

    transcript: Transcript
    proof: Annotated[str, Field(max_length=100)]


@router.get("/orders")
def own_orders(platform: ThePlatform, actor: Annotated[Actor, permit(Action.LIST_ORDERS)]) -> list[dict[str, Any]]:
    """List the caller's orders."""
    return [order_json(view) for view in orders.own(platform, actor)]


@router.post("/orders", status_code=201)
def place_order(
    *,
    platform: ThePlatform,
    actor: Annotated[Actor, permit(Action.PLACE_ORDER)],
    organization_name: Text,
    credit_code: Text,
    legal_representative: Text,
    holder_name: Text,
    id_number: Text,
    suite: Text,
    licence: Upload,
    letter: Upload,
) -> dict[str, Any]:
    """Place an order."""
    request = orders.OrderRequest(
        organization_name=organization_name,
        credit_code=credit_code,
        legal_representative=legal_representative,
        holder_name=holder_name,
        id_number=id_number,
        suite=suite,
        licence=read_upload(licence),
        letter=read_upload(letter),
    )
    return order_json(orders.place(platform, actor, request))


@router.post("/orders/{order_id}/possession")
def possession(
    order_id: str,
    body: PossessionRequest,
    platform: ThePlatform,
    actor: Annotated[Actor, permit(Action.DOWNLOAD_CERTIFICATE)],
) -> dict[str, Any]:
    """Challenge the new encryption key."""
    transcript = unb64(body.transcript, "transcript")
    return {"envelope": b64(certificates.challenge_possession(platform, actor, order_id, transcript))}


@router.post("/orders/{order_id}/certificate")
def issue(
    order_id: str,
    body: IssueRequest,
    platform: ThePlatform,
    actor: Annotated[Actor, permit(Action.DOWNLOAD_CERTIFICATE)],
) -> dict[str, Any]:
    """Issue the certificates of an order."""
    transcript, proof = unb64(body.transcript, "transcript"), unb64(body.proof, "proof")
    pair = certificates.issue(platform, actor, order_id, transcript, proof)
    return {
        "sign_cert": b64(pair.signing),
        "enc_cert": b64(pair.encryption),
        "chain": [b64(platform.authority.issuing), b64(platform.authority.root)],
        "seals": [{"id": seal_id, "seal": b64(signed)} for seal_id, signed in pair.seals],
    }


def order_json(view: orders.OrderView) -> dict[str, Any]:
    """Write an order."""
    order = view.order
    return {
        "id": order.id,
        "kind": order.kind,
        "predecessor": order.predecessor,
        "papers": papers.count(order.papers),
        "organization_id": order.organization_id,
        "state": order.state,
        "organization_name": order.organization_name,
        "credit_code": order.credit_code,
        "legal_representative": order.legal_representative,
        "holder_name": order.holder_name,
        "id_number_masked": view.id_number_masked,
        "suite": order.suite,
        "created_at": iso(order.created_at),
        "reason": order.reason,
        "certificate_serial": view.certificate_serial,
    }
