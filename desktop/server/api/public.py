"""What anybody may ask: who the platform is, what time it is, its certificates, CRLs and OCSP answers."""

import base64
import binascii
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from desktop.server.api.access import ThePlatform, b64, iso, permit
from desktop.server.cases import issued
from desktop.server.context import Platform
from desktop.server.rules.permissions import Action, Actor

router = APIRouter(tags=["public"])
_OCSP_ANSWER = "application/ocsp-response"


async def _body(request: Request) -> bytes:
    return await request.body()


@router.get("/api/v1/profile")
def profile(platform: ThePlatform, _actor: Annotated[Actor, permit(Action.READ_PROFILE)]) -> dict[str, Any]:
    """Tell who this platform is; a client compares, it does not believe."""
    return {
        "platform_id": platform.settings.platform_id,
        "name": platform.settings.name,
        "now": iso(platform.now()),
        "root": b64(platform.authority.root),
        "issuing": [b64(platform.authority.issuing)],
    }


@router.get("/api/v1/time")
def time(platform: ThePlatform, _actor: Annotated[Actor, permit(Action.READ_PROFILE)]) -> dict[str, Any]:
    """Tell the platform's time."""
    return {"now": iso(platform.now())}


@router.get("/pki/root.cer")
def root(platform: ThePlatform, _actor: Annotated[Actor, permit(Action.READ_PROFILE)]) -> Response:
    """Give the root certificate, DER."""
    return Response(platform.authority.root, media_type="application/pkix-cert")


@router.get("/pki/issuing.cer")
def issuing(platform: ThePlatform, _actor: Annotated[Actor, permit(Action.READ_PROFILE)]) -> Response:
    """Give the issuing certificate, DER."""
    return Response(platform.authority.issuing, media_type="application/pkix-cert")


@router.get("/pki/root.crl")
def root_crl(platform: ThePlatform, _actor: Annotated[Actor, permit(Action.READ_PROFILE)]) -> Response:
    """Give the root's CRL, DER."""
    with platform.db.read() as session:
        revoked = issued.revoked(session, issued.ROOT)
    return Response(platform.authority.root_crl(revoked), media_type="application/pkix-crl")


@router.get("/pki/issuing.crl")
def issuing_crl(platform: ThePlatform, _actor: Annotated[Actor, permit(Action.READ_PROFILE)]) -> Response:
    """Give the issuing authority's CRL, DER."""
    with platform.db.read() as session:
        revoked = issued.revoked(session, issued.ISSUING)
    return Response(platform.authority.issuing_crl(revoked), media_type="application/pkix-crl")


@router.get("/pki/certificates/{serial}.cer")
def certificate(serial: str, platform: ThePlatform, _actor: Annotated[Actor, permit(Action.READ_PROFILE)]) -> Response:
    """Give a signing certificate by its serial number, DER; whoever has one of its signatures has it anyway."""
    with platform.db.read() as session:
        return Response(issued.signing_certificate(session, serial), media_type="application/pkix-cert")


@router.post("/pki/ocsp")
def ocsp(
    request: Annotated[bytes, Depends(_body)],
    platform: ThePlatform,
    _actor: Annotated[Actor, permit(Action.READ_PROFILE)],
) -> Response:
    """Answer an OCSP request (RFC 6960, A.1)."""
    return Response(_answer(platform, request), media_type=_OCSP_ANSWER)


@router.get("/pki/ocsp/{request:path}")
def ocsp_by_get(request: str, platform: ThePlatform, _actor: Annotated[Actor, permit(Action.READ_PROFILE)]) -> Response:
    """Answer an OCSP request given as base64 (or base64url) in the path."""
    try:
        asked = base64.b64decode(
            request.translate(str.maketrans("-_", "+/")) + "=" * (-len(request) % 4), validate=True
        )
    except (binascii.Error, ValueError):
        asked = b""
    return Response(_answer(platform, asked), media_type=_OCSP_ANSWER)


def _answer(platform: Platform, request: bytes) -> bytes:
    with platform.db.read() as session:
        return platform.authority.ocsp(request, lambda serial: issued.status_of(session, serial))
