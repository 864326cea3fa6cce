"""The review desk."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from desktop.crypto.issuing import RevocationReason
from desktop.domain.operations import CheckState, OrderState, OrganizationKind, SealState
from desktop.server.api.access import ThePlatform, permit
from desktop.server.api.files import file_answer
from desktop.server.api.members import check_json
from desktop.server.api.orders import order_json
from desktop.server.api.seals import seal_json
from desktop.server.cases import certificates, checks, orders, seals
from desktop.server.rules.permissions import Action, Actor

router = APIRouter(prefix="/api/v1/review", tags=["review"])

OrderReviewer = Annotated[Actor, permit(Action.REVIEW_ORDERS)]
CheckReviewer = Annotated[Actor, permit(Action.REVIEW_IDENTITY_CHECKS)]
SealReviewer = Annotated[Actor, permit(Action.REVIEW_SEALS)]


class Decision(BaseModel, extra="forbid"):
    """Yes or no, and why."""

    approve: bool
    reason: Annotated[str, Field(max_length=1000)] = ""


class OrderDecision(Decision):
    """And what the unit of a first order is to tenders; of no effect on a unit that is there already."""

    unit_kind: OrganizationKind = OrganizationKind.BIDDER


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
def review_order(order_id: str, body: OrderDecision, platform: ThePlatform, actor: OrderReviewer) -> dict[str, Any]:
    """Decide on an order."""
    view = orders.review(platform, actor, order_id, approve=body.approve, reason=body.reason, kind=body.unit_kind)
    return order_json(view)


@router.get("/orders/{order_id}/files/{which}")
def order_file(
    order_id: str,
    which: Annotated[str, Path(pattern="^(licence|letter|[0-9])$")],
    platform: ThePlatform,
    _actor: OrderReviewer,
) -> Response:
    """Give an order's paper."""
    return file_answer(*orders.paper(platform, order_id, which))


@router.get("/checks")
def list_checks(
    platform: ThePlatform, _actor: CheckReviewer, state: CheckState = CheckState.PENDING_REVIEW
) -> list[dict[str, Any]]:
    """List identity checks in a state, with whom the papers must show."""
    return [_check(view) for view in checks.to_review(platform, state)]


@router.post("/checks/{check_id}")
def review_check(check_id: str, body: Decision, platform: ThePlatform, actor: CheckReviewer) -> dict[str, Any]:
    """Decide on an identity check."""
    return _check(checks.review(platform, actor, check_id, approve=body.approve, reason=body.reason))


@router.get("/checks/{check_id}/files/{number}")
def check_file(
    check_id: str, number: Annotated[int, Path(ge=0, lt=10)], platform: ThePlatform, _actor: CheckReviewer
) -> Response:
    """Give one paper of an identity check."""
    return file_answer(*checks.paper(platform, check_id, number))


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


def _check(view: checks.CheckView) -> dict[str, Any]:
    return check_json(view.check) | {"name": view.name, "id_number_masked": view.id_number_masked}
