"""HTTP face of the mailboxes. Logs nothing: a token is an address and a body is somebody's secret."""

import base64
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request, Response

from desktop.domain.errors import RejectedError
from desktop.server.relay.mailboxes import MAX_BODY_BYTES, MAX_LINGER_S, MAX_TTL_S, MAX_WAIT_S, Mailboxes

Token = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
Slot = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
Owner = Annotated[str, Header(alias="X-Mailbox-Owner", pattern="^[0-9a-f]{64}$")]
Position = Annotated[int, Query(ge=0, le=100_000)]
Wait = Annotated[int, Query(ge=0, le=MAX_WAIT_S)]
_BOX = "/mailboxes/{token}"


async def _body(request: Request) -> bytes:
    body = await request.body()
    if not 0 < len(body) <= MAX_BODY_BYTES:
        raise RejectedError("platform.too_large" if body else "platform.bad_request", "body")
    return body


def relay_routes(boxes: Mailboxes) -> APIRouter:
    """Return the routes below /relay/v1."""
    router = APIRouter(prefix="/relay/v1", tags=["relay"])
    _add_phone_routes(router, boxes)
    _add_owner_routes(router, boxes)
    return router


def _add_phone_routes(router: APIRouter, boxes: Mailboxes) -> None:
    @router.get(_BOX + "/challenge")
    async def challenge(token: Token) -> Response:
        return Response(boxes.challenge(token), media_type="application/octet-stream")

    @router.post(_BOX + "/slots/{slot}", status_code=202)
    async def put_frame(request: Request, token: Token, slot: Slot) -> dict[str, Any]:
        return {"queued": boxes.put_frame(token, slot, await _body(request))}

    @router.get(_BOX + "/slots/{slot}")
    async def replies(token: Token, slot: Slot, after: Position = 0, wait: Wait = 0) -> dict[str, Any]:
        position, found = await boxes.replies(token, slot, after=after, wait_s=wait)
        return {"next": position, "messages": [_b64(reply) for reply in found]}


def _add_owner_routes(router: APIRouter, boxes: Mailboxes) -> None:
    @router.put(_BOX)
    async def create(
        request: Request, token: Token, owner: Owner, ttl: Annotated[int, Query(ge=1, le=MAX_TTL_S)]
    ) -> Response:
        challenge = await _body(request)
        created = boxes.create(token, owner=bytes.fromhex(owner), challenge=challenge, ttl_s=ttl)
        return Response(status_code=201 if created else 200)

    @router.get(_BOX + "/inbox")
    async def inbox(token: Token, owner: Owner, after: Position = 0, wait: Wait = 0) -> dict[str, Any]:
        position, found = await boxes.inbox(token, bytes.fromhex(owner), after=after, wait_s=wait)
        return {"next": position, "messages": [{"slot": slot, "body": _b64(frame)} for slot, frame in found]}

    @router.post(_BOX + "/replies/{slot}", status_code=202)
    async def put_reply(request: Request, token: Token, slot: Slot, owner: Owner) -> dict[str, Any]:
        return {"index": boxes.put_reply(token, bytes.fromhex(owner), slot, await _body(request))}

    @router.post(_BOX + "/close", status_code=204)
    async def close(token: Token, owner: Owner) -> Response:
        boxes.close(token, bytes.fromhex(owner))
        return Response(status_code=204)

    @router.delete(_BOX, status_code=204)
    async def delete(token: Token, owner: Owner, linger: Annotated[int, Query(ge=0, le=MAX_LINGER_S)] = 0) -> Response:
        boxes.delete(token, bytes.fromhex(owner), linger_s=linger)
        return Response(status_code=204)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
