"""Notices of the caller."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from desktop.server.api.access import ThePlatform, iso, permit
from desktop.server.cases import notices
from desktop.server.db.models import Notice
from desktop.server.rules.permissions import Action, Actor

router = APIRouter(prefix="/api/v1/notices", tags=["notices"])

Reader = Annotated[Actor, permit(Action.READ_NOTICES)]


class Read(BaseModel, extra="forbid"):
    """Which notices were read."""

    ids: Annotated[list[Annotated[int, Field(ge=0, lt=2**31)]], Field(max_length=notices.LIMIT)]


class ReadAll(BaseModel, extra="forbid"):
    """All notices up to this one were read."""

    until: Annotated[int, Field(ge=0, lt=2**31)]


@router.get("")
def list_notices(
    platform: ThePlatform, actor: Reader, before: Annotated[int | None, Query(ge=0, lt=2**31)] = None
) -> dict[str, Any]:
    """List notices, newest first, and count the unread."""
    listed = [_notice(row) for row in notices.visible(platform, actor, before=before)]
    return {"unread": notices.unread(platform, actor), "notices": listed}


@router.post("/read", status_code=204)
def mark_read(body: Read, platform: ThePlatform, actor: Reader) -> Response:
    """Mark notices as read."""
    notices.mark_read(platform, actor, body.ids)
    return Response(status_code=204)


@router.get("/unread")
def count_unread(platform: ThePlatform, actor: Reader) -> dict[str, Any]:
    """Count the unread notices; cheap enough to be asked often."""
    return {"unread": notices.unread(platform, actor)}


@router.post("/read-all")
def mark_all_read(body: ReadAll, platform: ThePlatform, actor: Reader) -> dict[str, Any]:
    """Mark all notices up to one as read, and count the unread that are left."""
    return {"unread": notices.mark_all_read(platform, actor, until=body.until)}


def _notice(row: Notice) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "details": json.loads(row.details),
        "created_at": iso(row.created_at),
        "read_at": iso(row.read_at) if row.read_at else None,
    }
