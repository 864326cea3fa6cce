"""Usage records."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from desktop.domain.operations import Operation
from desktop.formats.records import MAX_CONSENT_BYTES
from desktop.protocol.items import MAX_ITEMS, MAX_SIGNATURE_BYTES
from desktop.server.api.access import ThePlatform, b64, iso, permit, unb64
from desktop.server.cases import records
from desktop.server.db.models import UsageRecord
from desktop.server.rules.permissions import Action, Actor

router = APIRouter(prefix="/api/v1/records", tags=["records"])

Serial = "^[0-9A-F]{1,40}$"


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # year 0 or 10000 there
        raise ValueError("beyond the calendar") from None


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class RecordBody(BaseModel, extra="forbid"):
    """A record with its evidence: the consent bytes that the phone signed, and the signature as it came."""

    operation: Operation
    certificate_serial: Annotated[str, Field(pattern=Serial)]
    subject: Annotated[str, Field(max_length=1000)]
    number: Annotated[int, Field(ge=0, lt=MAX_ITEMS)] = 0
    result: Annotated[str, Field(max_length=200)]
    at: Moment
    consent: Annotated[str, Field(max_length=2 * MAX_CONSENT_BYTES)]
    signature: Annotated[str, Field(max_length=2 * MAX_SIGNATURE_BYTES)]


class RecordQuery(BaseModel, extra="forbid"):
    """Which records; `before` is the id of the last one seen, `until` is exclusive."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    before: Annotated[int | None, Field(ge=0, lt=2**31)] = None
    organization_id: Annotated[str, Field(max_length=32)] = ""
    operation: Operation | None = None
    user: Annotated[str, Field(max_length=120)] = ""
    certificate_serial: Annotated[str, Field(max_length=40)] = ""
    since: Moment | None = None
    until: Moment | None = None
    result: Literal["", "done", "failed"] = ""
    text: Annotated[str, Field(max_length=100)] = ""


@router.post("", status_code=201)
def write(
    body: RecordBody, platform: ThePlatform, actor: Annotated[Actor, permit(Action.WRITE_RECORD)]
) -> dict[str, Any]:
    """Hand in a record."""
    request = records.RecordRequest(
        operation=body.operation,
        certificate_serial=body.certificate_serial,
        subject=body.subject,
        number=body.number,
        result=body.result,
        at=body.at,
        consent=unb64(body.consent, "consent"),
        signature=unb64(body.signature, "signature"),
    )
    return {"ceremony": records.write(platform, actor, request), "number": body.number}


@router.get("")
def list_records(
    platform: ThePlatform, actor: Annotated[Actor, permit(Action.LIST_RECORDS)], asked: Annotated[RecordQuery, Query()]
) -> list[dict[str, Any]]:
    """List the unit's records for its admin, else the caller's own; newest first."""
    wanted = records.RecordFilter(
        organization_id=asked.organization_id,
        operation=asked.operation,
        user=asked.user,
        certificate_serial=asked.certificate_serial,
        since=asked.since,
        until=asked.until,
        is_done=None if not asked.result else asked.result == records.DONE,
        text=asked.text,
        before=asked.before,
    )
    return [_record(row) for row in records.visible(platform, actor, wanted, limit=asked.limit)]


@router.get("/{record_id}")
def show(
    record_id: Annotated[int, Path(ge=0, lt=2**31)],
    platform: ThePlatform,
    actor: Annotated[Actor, permit(Action.LIST_RECORDS)],
) -> dict[str, Any]:
    """Give everything that a record's hash covers, so that the caller can make it anew."""
    row = records.one(platform, actor, record_id)
    content = records.content_of(row)
    own = {"account_id": row.account_id, "consent": b64(content.consent), "signature": b64(content.signature)}
    return _record(row) | own


def _record(row: UsageRecord) -> dict[str, Any]:
    return {
        "id": row.id,
        "operation": row.operation,
        "certificate_serial": row.certificate_serial,
        "user_name": row.user_name,
        "subject": row.subject,
        "number": row.number,
        "result": row.result,
        "ceremony": row.ceremony,
        "organization_id": row.organization_id,
        "at": iso(row.at),
        "received_at": iso(row.received_at),
        "row_hash": row.row_hash,
        "leaf": row.leaf,
        "has_evidence": row.consent is not None,
    }
