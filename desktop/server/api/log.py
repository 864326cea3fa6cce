"""The platform's log, open to anybody: it can only be believed because everybody can look (T35)."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from desktop.server.api.access import ThePlatform, b64, permit
from desktop.server.cases import log
from desktop.server.cases.statements import signed_head
from desktop.server.rules.permissions import Action, Actor

router = APIRouter(prefix="/api/v1/log", tags=["log"])

Number = Annotated[int, Query(ge=0, lt=2**31)]


@router.get("/head")
def head(platform: ThePlatform, _actor: Annotated[Actor, permit(Action.READ_LOG)]) -> dict[str, Any]:
    """Give the signed tree head."""
    with platform.db.read() as session:
        return {"head": b64(signed_head(platform, session))}


@router.get("/entries")
def entries(
    platform: ThePlatform,
    _actor: Annotated[Actor, permit(Action.READ_LOG)],
    first: Number,
    count: Annotated[int, Query(ge=1, le=log.MAX_ENTRIES)],
) -> dict[str, Any]:
    """Give entries from a number on; what they are over stands there as a hash alone."""
    with platform.db.read() as session:
        found = log.entries(session, first, count)
    return {"entries": [{"kind": e.kind, "at_us": e.at_us, "body": e.body.hex()} for e in found]}


@router.get("/inclusion")
def inclusion(
    platform: ThePlatform, _actor: Annotated[Actor, permit(Action.READ_LOG)], index: Number, size: Number
) -> dict[str, Any]:
    """Give the proof that an entry is in the log of that size."""
    with platform.db.read() as session:
        return {"path": [each.hex() for each in log.inclusion(session, index, size)]}


@router.get("/consistency")
def consistency(
    platform: ThePlatform, _actor: Annotated[Actor, permit(Action.READ_LOG)], first: Number, second: Number
) -> dict[str, Any]:
    """Give the proof that nothing of the log of the first size was changed in that of the second."""
    with platform.db.read() as session:
        return {"path": [each.hex() for each in log.consistency(session, first, second)]}
