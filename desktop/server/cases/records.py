"""Usage records: every scan with a unit's certificate, with the holder's own consent as evidence (T34, T35).

Whoever hands a record in, it says what the holder's phone has signed: a colleague can deliver it, not invent it. A
record is written once for each ceremony and number; nobody can change or delete one. The hash of its content is an
entry of the log, written with it, so that a row that was changed, taken out or put in later is found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, literal_column, select
from sqlalchemy.orm import Session

from desktop.crypto.certificates import read_certificate
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Operation
from desktop.domain.tendering import LogKind
from desktop.formats.log import usage_body
from desktop.formats.records import RecordRow, check_evidence, row_hash
from desktop.protocol.items import BY_NEW_KEY
from desktop.server.cases import log
from desktop.server.context import Platform
from desktop.server.db.models import IssuedCertificate, MobileCertificate, UsageRecord
from desktop.server.rules import people
from desktop.server.rules.permissions import Action, Actor, Target, demand

MAX_SUBJECT = 255
MAX_RESULT = 64
#: A workstation without network hands in what it has kept (desktop/services/records.py), its clock may be off a day.
OLDEST = timedelta(days=200)
LATEST = timedelta(days=1)
DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRequest:
    """A record as it came in: `number` tells the subjects of one ceremony apart."""

    operation: Operation
    certificate_serial: str
    subject: str
    number: int
    result: str
    at: datetime
    consent: bytes
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFilter:
    """What to list; empty parts do not narrow. `before` is the id of the last row seen, `until` is exclusive."""

    organization_id: str = ""
    operation: Operation | None = None
    user: str = ""
    certificate_serial: str = ""
    since: datetime | None = None
    until: datetime | None = None
    is_done: bool | None = None
    text: str = ""
    before: int | None = None


def write(platform: Platform, actor: Actor, request: RecordRequest) -> str:
    """Keep a record and return its ceremony; the same ceremony and number again changes nothing.

    Raises:
        RejectedError: the certificate is none of the caller's unit (a download: not the caller's own), the holder has
            not signed this, or a field is not acceptable.
    """
    subject = people.remark(request.subject, "subject", limit=MAX_SUBJECT)
    result = people.remark(request.result, "result", limit=MAX_RESULT)
    now = platform.now()
    if request.at.tzinfo is None or not now - OLDEST <= request.at <= now + LATEST:
        raise RejectedError("platform.bad_field", "at")
    with platform.db.write() as session:
        certificate = session.get(MobileCertificate, request.certificate_serial)
        if certificate is None:
            raise RejectedError("platform.not_found")
        demand(actor, Action.WRITE_RECORD, Target(organization_id=certificate.organization_id))
        if request.operation in BY_NEW_KEY and certificate.account_id != actor.id:
            raise RejectedError("platform.forbidden", "download of another member")
        consent = check_evidence(
            request.consent,
            request.signature,
            certificate=read_certificate(session.get_one(IssuedCertificate, certificate.serial).der),
            platform=platform.settings.platform_id,
            operation=request.operation,
        )
        content = RecordRow(
            organization_id=certificate.organization_id,
            account_id=certificate.account_id,
            operation=request.operation,
            certificate_serial=certificate.serial,
            user_name=certificate.holder_name,
            subject=subject,
            number=request.number,
            result=result,
            ceremony=consent.t.hex(),
            at=request.at,
            received_at=now,
            consent=request.consent,
            signature=request.signature,
        )
        _keep(session, content)
        return content.ceremony


def _keep(session: Session, content: RecordRow) -> None:
    """Keep a row once; writers follow one after the other, so what is not there now comes from nobody else."""
    query = select(UsageRecord.id).where(
        UsageRecord.organization_id == content.organization_id,
        UsageRecord.ceremony == content.ceremony,
        UsageRecord.number == content.number,
    )
    if session.scalar(query) is None:
        digest = row_hash(content)
        leaf = log.append(session, LogKind.USAGE, at=content.received_at, body=usage_body(digest))
        session.add(_row(content, digest, leaf))


def visible(platform: Platform, actor: Actor, wanted: RecordFilter, *, limit: int) -> list[UsageRecord]:
    """Return the records of the units that the caller administers, and the caller's own of the others; newest first.

    Raises:
        RejectedError: a unit that the caller does not belong to (`platform.not_found`).
    """
    found: list[UsageRecord] = []
    with platform.db.read() as session:
        for query in pages(actor, wanted, limit=limit):
            found += session.scalars(query)
    return sorted(found, key=lambda row: -row.id)[:limit]


def one(platform: Platform, actor: Actor, record_id: int) -> UsageRecord:
    """Return one record that the caller may see.

    Raises:
        RejectedError: `platform.not_found`.
    """
    with platform.db.read() as session:
        row = session.get(UsageRecord, record_id)
    if row is None or row.organization_id not in actor.memberships:
        raise RejectedError("platform.not_found")
    if row.account_id != actor.id and not actor.administers(row.organization_id):
        raise RejectedError("platform.not_found")
    return row


def pages(actor: Actor, wanted: RecordFilter, *, limit: int) -> Sequence[Select[Any]]:
    """Return the queries for each unit of the caller, each read by an index and no longer than asked.

    One query with OR would make the database sort all that any of them finds.
    """
    if wanted.organization_id and wanted.organization_id not in actor.memberships:
        raise RejectedError("platform.not_found")
    queries = []
    for unit in [wanted.organization_id] if wanted.organization_id else list(actor.memberships):
        of_unit = select(UsageRecord).where(UsageRecord.organization_id == unit)
        if actor.administers(unit):
            queries.append(of_unit)
            continue
        queries.append(of_unit.where(UsageRecord.account_id == actor.id))
    return [_narrow(query, wanted).order_by(UsageRecord.id.desc()).limit(limit) for query in queries]


def _narrow(query: Select[Any], wanted: RecordFilter) -> Select[Any]:
    if wanted.operation is not None:
        query = query.where(UsageRecord.operation == wanted.operation)
    if wanted.user:
        query = query.where(UsageRecord.user_name == wanted.user)
    if wanted.certificate_serial:
        query = query.where(UsageRecord.certificate_serial == wanted.certificate_serial)
    if wanted.since is not None:
        query = query.where(UsageRecord.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(UsageRecord.at < wanted.until)
    if wanted.is_done:
        query = query.where(UsageRecord.result == DONE)
    if wanted.is_done is False:
        # As it stands in the index of failures: a parameter would keep the database from taking it.
        query = query.where(UsageRecord.result != literal_column(f"'{DONE}'"))
    if wanted.text:
        query = query.where(UsageRecord.subject.contains(wanted.text, autoescape=True))
    if wanted.before is not None:
        query = query.where(UsageRecord.id < wanted.before)
    return query


def content_of(row: UsageRecord) -> RecordRow:
    """Return what a row's hash covers."""
    return RecordRow(
        organization_id=row.organization_id,
        account_id=row.account_id,
        operation=row.operation,
        certificate_serial=row.certificate_serial,
        user_name=row.user_name,
        subject=row.subject,
        number=row.number,
        result=row.result,
        ceremony=row.ceremony,
        at=row.at,
        received_at=row.received_at,
        consent=row.consent or b"",
        signature=row.signature or b"",
    )


def _row(content: RecordRow, digest: bytes, leaf: int) -> UsageRecord:
    return UsageRecord(
        organization_id=content.organization_id,
        account_id=content.account_id,
        operation=content.operation,
        certificate_serial=content.certificate_serial,
        user_name=content.user_name,
        subject=content.subject,
        number=content.number,
        result=content.result,
        ceremony=content.ceremony,
        at=content.at,
        received_at=content.received_at,
        consent=content.consent,
        signature=content.signature,
        row_hash=digest.hex(),
        leaf=leaf,
    )
