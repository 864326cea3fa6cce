"""Seals of the caller's units."""

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Response, UploadFile
from pydantic import BaseModel

from desktop.server.api.access import ThePlatform, b64, iso, permit, unb64
from desktop.server.api.files import file_answer, read_upload
from desktop.server.api.sessions import Transcript
from desktop.server.cases import seals
from desktop.server.rules.permissions import Action, Actor

router = APIRouter(prefix="/api/v1/seals", tags=["seals"])

Text = Annotated[str, Form(max_length=500)]
Millimetres = Annotated[float, Form(allow_inf_nan=False)]
Upload = Annotated[UploadFile, File()]
Reader = Annotated[Actor, permit(Action.READ_SEAL)]


class ClaimRequest(BaseModel, extra="forbid"):
    """A claim answer."""

    transcript: Transcript


@router.get("")
def list_seals(platform: ThePlatform, actor: Annotated[Actor, permit(Action.LIST_SEALS)]) -> list[dict[str, Any]]:
    """List the unit's seals for its admin, else the caller's own."""
    return [seal_json(view) for view in seals.visible(platform, actor)]


@router.post("", status_code=201)
def apply_for_seal(
    *,
    platform: ThePlatform,
    actor: Annotated[Actor, permit(Action.APPLY_FOR_SEAL)],
    certificate_serial: Text,
    kind: Text,
    name: Text,
    width_mm: Millimetres,
    height_mm: Millimetres,
    scan: Upload,
    imprint: Upload,
) -> dict[str, Any]:
    """Apply for a seal."""
    request = seals.SealRequest(
        certificate_serial=certificate_serial,
        kind=kind,
        name=name,
        width_mm=width_mm,
        height_mm=height_mm,
        scan=read_upload(scan),
        imprint=read_upload(imprint),
    )
    return seal_json(seals.apply(platform, actor, request))


@router.get("/{seal_id}/scan")
def scan(seal_id: str, platform: ThePlatform, actor: Reader) -> Response:
    """Give the uploaded scan."""
    return file_answer(*seals.file(platform, actor, seal_id, "scan"))


@router.get("/{seal_id}/imprint")
def imprint(seal_id: str, platform: ThePlatform, actor: Reader) -> Response:
    """Give the imprint."""
    return file_answer(*seals.file(platform, actor, seal_id, "imprint"))


@router.get("/{seal_id}/object")
def signed_object(seal_id: str, platform: ThePlatform, actor: Reader) -> Response:
    """Give the signed object of a claimed seal."""
    return file_answer(seals.signed_object(platform, actor, seal_id), "application/octet-stream")


@router.post("/{seal_id}/claim")
def claim(
    seal_id: str, body: ClaimRequest, platform: ThePlatform, actor: Annotated[Actor, permit(Action.CLAIM_SEAL)]
) -> dict[str, Any]:
    """Claim an approved seal."""
    return {"seal": b64(seals.claim(platform, actor, seal_id, unb64(body.transcript, "transcript")))}


def seal_json(view: seals.SealView) -> dict[str, Any]:
    """Write a seal."""
    seal = view.seal
    return {
        "id": seal.id,
        "state": seal.state,
        "kind": seal.kind,
        "name": seal.name,
        "organization_id": seal.organization_id,
        "organization_name": view.organization_name,
        "certificate_serial": seal.certificate_serial,
        "width_mm": seal.width_um / 1000,
        "height_mm": seal.height_um / 1000,
        "created_at": iso(seal.created_at),
        "reason": seal.reason,
        "imprint_sha256": seal.imprint_sha256,
    }
