"""Usage records: every scan with a unit's certificate, handed in by the desktop that asked for it.

A record is written once for each ceremony and subject; nobody can change or delete one.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from desktop.domain.errors import RejectedError
from desktop.domain.operations import Operation
from desktop.server.context import Platform
from desktop.server.db.models import MobileCertificate, UsageRecord
from desktop.server.rules import people
from desktop.server.rules.permissions import Action, Actor, Target, demand

MAX_SUBJECT = 255
MAX_RESULT = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRequest:
    """A record as it came in; `ceremony` is T0 in hex."""

    operation: Operation
    certificate_serial: str
    subject: str
    result: str
    ceremony: str
    at: datetime


def write(platform: Platform, actor: Actor, request: RecordRequest) -> None:
    """Keep a record; the same ceremony and subject again changes nothing.

    Raises:
        RejectedError: the certificate is none of the caller's unit, or a field is not acceptable.
    """
    subject = people.remark(request.subject, "subject", limit=MAX_SUBJECT)
    result = people.remark(request.result, "result", limit=MAX_RESULT)
    if request.at.tzinfo is None:
        raise RejectedError("platform.bad_field", "at")
    try:
        with platform.db.write() as session:
            certificate = session.get(MobileCertificate, request.certificate_serial)
            if certificate is None:
                raise RejectedError("platform.not_found")
            demand(actor, Action.WRITE_RECORD, Target(organization_id=certificate.organization_id))
            query = select(UsageRecord.id).where(
                UsageRecord.organization_id == certificate.organization_id,
                UsageRecord.ceremony == request.ceremony,
                UsageRecord.subject == subject,
            )
            if session.scalar(query) is not None:
                return
            session.add(
                UsageRecord(
                    organization_id=certificate.organization_id,
                    account_id=certificate.account_id,
                    operation=request.operation,
                    certificate_serial=certificate.serial,
                    user_name=certificate.holder_name,
                    subject=subject,
                    result=result,
                    ceremony=request.ceremony,
                    at=request.at,
                    received_at=platform.now(),
                )
            )
    except IntegrityError:  # the same record arrived twice at the same moment
        return


def visible(platform: Platform, actor: Actor, *, limit: int, before: int | None) -> list[UsageRecord]:
    """Return the records of the units that the caller administers, and the caller's own; newest first."""
    administered = [o for o in actor.memberships if actor.administers(o)]
    query = select(UsageRecord).where(
        or_(UsageRecord.account_id == actor.id, UsageRecord.organization_id.in_(administered))
    )
    if before is not None:
        query = query.where(UsageRecord.id < before)
    with platform.db.read() as session:
        return list(session.scalars(query.order_by(UsageRecord.id.desc()).limit(limit)))
