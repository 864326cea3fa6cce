"""For the process that started this platform: the SMS outbox, health, end. Not there on a platform without a token."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from desktop.server.api.access import ControlPermit, ThePlatform, iso
from desktop.server.sms import outbox


def control_routes(token: str) -> APIRouter:
    """Return the routes below /control."""
    router = APIRouter(prefix="/control", tags=["control"], dependencies=[Depends(ControlPermit(token))])

    @router.get("/health")
    def health(platform: ThePlatform) -> dict[str, Any]:
        return {"status": "ok", "now": iso(platform.now())}

    @router.get("/outbox")
    def messages(
        platform: ThePlatform, mobile: Annotated[str | None, Query(max_length=20)] = None
    ) -> list[dict[str, Any]]:
        with platform.db.read() as session:
            return [
                {"mobile": m.mobile, "text": m.text, "code": m.code, "sent_at": iso(m.sent_at)}
                for m in outbox(session, platform.vault, mobile)
            ]

    @router.post("/shutdown", status_code=202)
    def shutdown(request: Request) -> dict[str, Any]:
        stop: Callable[[], None] | None = getattr(request.app.state, "stop", None)
        if stop is not None:
            stop()
        return {"status": "stopping" if stop else "not mine to stop"}

    return router
