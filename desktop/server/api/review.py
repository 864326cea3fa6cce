"""The review desk."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from desktop.crypto.issuing import RevocationReason
from desktop.domain.operations import OrderState, SealState
from desktop.server.api.access import ThePlatform, permit
from desktop.server.api.orders import order_json
from desktop.server.api.seals import seal_json
from desktop.server.api.uploads import file_answer
from desktop.server.cases import certificates, orders, seals
from desktop.server.rules.permissions import Action, Actor

router = APIRouter(prefix="/api/v1/review", tags=["review"])

OrderReviewer = Annotated[Actor, permit(Action.REVIEW_ORDERS)]
SealReviewer = Annotated[Actor, permit(Action.REVIEW_SEALS)]


class Decision(BaseModel, extra="forbid"):
    """Yes or no, and why."""

    approve: bool
    reason: Annotated[str, Field(max_length=1000)] = ""


class Revocation(BaseModel, extra="forbid"):
    """Why a certificate is revoked: one of the CRL's reasons, or free text."""

    reason: Annotated[str, Field(max_length=1000)] = ""


@router.get("/orders")
def list_orders(
    platform: ThePlatform, _actor: OrderReviewer, state: OrderState = OrderState.PENDING_REVIEW
) -> list[dict[str, Any]]:
    """List orders in a state."""
    return [order_json(view) for view in orders.to_review(platform, state)]


@router.post("/orders/{order_id}")
def review_order(order_id: str, body: Decision, platform: ThePlatform, actor: OrderReviewer) -> dict[str, Any]:
    """Decide on an order."""
    return order_json(orders.review(platform, actor, order_id, approve=body.approve, reason=body.reason))


@router.get("/orders/{order_id}/files/{which}")
def order_file(
    order_id: str, which: Literal["licence", "letter"], platform: ThePlatform, _actor: OrderReviewer
) -> Response:
    """Give an order's paper."""
    return file_answer(*orders.paper(platform, order_id, which))


@router.get("/seals")
def list_seals(
    platform: ThePlatform, _actor: SealReviewer, state: SealState = SealState.PENDING_REVIEW
) -> list[dict[str, Any]]:
    """List seals in a state."""
    return [seal_json(view) for view in seals.to_review(platform, state)]


@router.post("/seals/{seal_id}")
def review_seal(seal_id: str, body: Decision, platform: ThePlatform, actor: SealReviewer) -> dict[str, Any]:
    """Decide on a seal application."""
    return seal_json(seals.review(platform, actor, seal_id, approve=body.approve, reason=body.reason))


@router.post("/certificates/{serial}/revoke")
def revoke(
    serial: str,
    body: Revocation,
    platform: ThePlatform,
    actor: Annotated[Actor, permit(Action.REVOKE_CERTIFICATE)],
) -> dict[str, Any]:
    """Revoke a certificate; its seals become void."""
    named = body.reason in set(RevocationReason)
    reason = RevocationReason(body.reason) if named else RevocationReason.UNSPECIFIED
    certificates.revoke(platform, actor, serial, reason, "" if named else body.reason)
    return {"serial": serial, "state": "revoked"}
