"""Orders for the certificate that follows one of the caller's: renewal, change, reissue."""

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, UploadFile

from desktop.domain.operations import OrderKind
from desktop.server.api.access import ThePlatform, permit
from desktop.server.api.files import read_upload
from desktop.server.api.orders import order_json
from desktop.server.cases import orders, successions
from desktop.server.cases.papers import MAX_PAPERS
from desktop.server.context import Platform
from desktop.server.rules.permissions import Action, Actor

router = APIRouter(prefix="/api/v1/certificates", tags=["certificates"])

Papers = Annotated[list[UploadFile], File(max_length=MAX_PAPERS)]


@router.post("/{serial}/renewal", status_code=201)
def renew(
    serial: str, platform: ThePlatform, actor: Annotated[Actor, permit(Action.RENEW_CERTIFICATE)]
) -> dict[str, Any]:
    """Order the renewal of a certificate that expires soon."""
    return _place(platform, actor, successions.Succession(kind=OrderKind.RENEW, serial=serial))


@router.post("/{serial}/change", status_code=201)
def change(
    serial: str,
    platform: ThePlatform,
    actor: Annotated[Actor, permit(Action.CHANGE_CERTIFICATE)],
    organization_name: Annotated[str, Form(max_length=500)],
    papers: Papers,
) -> dict[str, Any]:
    """Order a certificate with the unit's new name."""
    request = successions.Succession(
        kind=OrderKind.CHANGE,
        serial=serial,
        organization_name=organization_name,
        papers=[read_upload(upload) for upload in papers],
    )
    return _place(platform, actor, request)


@router.post("/{serial}/reissue", status_code=201)
def reissue(
    serial: str,
    platform: ThePlatform,
    actor: Annotated[Actor, permit(Action.REISSUE_CERTIFICATE)],
    papers: Papers,
) -> dict[str, Any]:
    """Order a certificate in place of one whose phone is lost; the papers show the holder."""
    contents = [read_upload(upload) for upload in papers]
    return _place(platform, actor, successions.Succession(kind=OrderKind.REISSUE, serial=serial, papers=contents))


def _place(platform: Platform, actor: Actor, request: successions.Succession) -> dict[str, Any]:
    return order_json(orders.shown(platform, successions.place(platform, actor, request).id))
