"""Time stamps for everybody: POST /pki/tsa (RFC 3161 §3.4)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from desktop.crypto.timestamps import REPLY_TYPE
from desktop.server.api.access import ThePlatform, permit
from desktop.server.rules.permissions import Action, Actor

router = APIRouter(tags=["public"])


async def _body(request: Request) -> bytes:
    return await request.body()


@router.post("/pki/tsa")
def timestamp(
    request: Annotated[bytes, Depends(_body)],
    platform: ThePlatform,
    _actor: Annotated[Actor, permit(Action.READ_PROFILE)],
) -> Response:
    """Answer a timestamp query."""
    return Response(platform.authority.timestamp(request), media_type=REPLY_TYPE)
