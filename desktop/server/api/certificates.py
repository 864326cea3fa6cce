"""Certificates and workstations of the caller's units."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel

from desktop.server.api.access import ThePlatform, b64, iso, permit, unb64
from desktop.server.api.sessions import Transcript
from desktop.server.cases import certificates, workstations
from desktop.server.rules.permissions import Action, Actor

router = APIRouter(prefix="/api/v1", tags=["certificates"])


class EnrolRequest(BaseModel, extra="forbid"):
    """An enrolment answer."""

    transcript: Transcript


@router.get("/certificates")
def list_certificates(
    platform: ThePlatform, actor: Annotated[Actor, permit(Action.LIST_CERTIFICATES)]
) -> list[dict[str, Any]]:
    """List the unit's certificates for its admin, else the caller's own."""
    return [_certificate(view, actor) for view in certificates.visible(platform, actor)]


@router.get("/workstations")
def list_workstations(
    platform: ThePlatform, actor: Annotated[Actor, permit(Action.LIST_WORKSTATIONS)]
) -> list[dict[str, Any]]:
    """List the workstations of the caller's units."""
    return [_workstation(view) for view in workstations.visible(platform, actor)]


@router.post("/workstations", status_code=201)
def enrol(
    body: EnrolRequest, platform: ThePlatform, actor: Annotated[Actor, permit(Action.ENROL_WORKSTATION)]
) -> dict[str, Any]:
    """Register the enrolment of a workstation."""
    row = workstations.enrol(platform, actor, unb64(body.transcript, "transcript"))
    return _workstation(workstations.view(platform, actor, row))


@router.delete("/workstations/{workstation_id}", status_code=204)
def remove(
    workstation_id: str, platform: ThePlatform, actor: Annotated[Actor, permit(Action.REMOVE_WORKSTATION)]
) -> Response:
    """Remove a workstation."""
    workstations.remove(platform, actor, workstation_id)
    return Response(status_code=204)


def _certificate(view: certificates.CertificateView, actor: Actor) -> dict[str, Any]:
    certificate = view.certificate
    return {
        "serial": certificate.serial,
        "enc_serial": certificate.enc_serial,
        "organization_id": certificate.organization_id,
        "organization_name": view.organization.name,
        "credit_code": view.organization.credit_code,
        "holder_name": certificate.holder_name,
        "suite": certificate.suite,
        "state": view.state,
        "not_before": iso(view.signing.not_before),
        "not_after": iso(view.signing.not_after),
        "sign_cert": b64(view.signing.der),
        "enc_cert": b64(view.encryption.der),
        "mine": certificate.account_id == actor.account_id,
        "successor": view.successor,
    }


def _workstation(view: workstations.WorkstationView) -> dict[str, Any]:
    row = view.workstation
    return {
        "id": row.id,
        # What the workstation calls itself: the first 16 bytes of SHA-256 over its key (docs/protocol.md).
        "workstation_id": row.key_hash[:32],
        "name": row.name,
        "organization_id": row.organization_id,
        "enrolled_at": iso(row.enrolled_at),
        "certificate_serial": row.certificate_serial,
        "organization_name": view.organization_name,
        "enrolled_by": view.enrolled_by,
        "may_remove": view.may_remove,
    }
