"""Usage records."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from desktop.domain.operations import Operation
from desktop.server.api.access import ThePlatform, iso, permit
from desktop.server.cases import records
from desktop.server.db.models import UsageRecord
from desktop.server.rules.permissions import Action, Actor

router = APIRouter(prefix="/api/v1/records", tags=["records"])


class RecordBody(BaseModel, extra="forbid"):
    """A record; `ceremony` is T0."""

    operation: Operation
    certificate_serial: Annotated[str, Field(pattern="^[0-9A-F]{1,40}$")]
    subject: Annotated[str, Field(max_length=1000)]
    result: Annotated[str, Field(max_length=200)]
    ceremony: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    at: AwareDatetime


@router.post("", status_code=201)
def write(
    body: RecordBody, platform: ThePlatform, actor: Annotated[Actor, permit(Action.WRITE_RECORD)]
) -> dict[str, Any]:
    """Hand in a record."""
    request = records.RecordRequest(
        operation=body.operation,
        certificate_serial=body.certificate_serial,
        subject=body.subject,
        result=body.result,
        ceremony=body.ceremony,
        at=body.at,
    )
    records.write(platform, actor, request)
    return {"ceremony": body.ceremony}


@router.get("")
def list_records(
    platform: ThePlatform,
    actor: Annotated[Actor, permit(Action.LIST_RECORDS)],
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[int | None, Query(ge=0, le=2**31)] = None,
) -> list[dict[str, Any]]:
    """List records, newest first; `before` is the id of the last one seen."""
    return [_record(row) for row in records.visible(platform, actor, limit=limit, before=before)]


def _record(row: UsageRecord) -> dict[str, Any]:
    return {
        "id": row.id,
        "operation": row.operation,
        "certificate_serial": row.certificate_serial,
        "user_name": row.user_name,
        "subject": row.subject,
        "result": row.result,
        "ceremony": row.ceremony,
        "organization_id": row.organization_id,
        "at": iso(row.at),
    }
