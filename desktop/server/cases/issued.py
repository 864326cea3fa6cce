"""What the CA has issued: registered at issue, asked for CRLs, OCSP answers and by serial number."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.crypto.certificates import read_certificate
from desktop.crypto.issuing import CertificateKind, RevocationReason, Revoked, Status
from desktop.domain.errors import RejectedError
from desktop.domain.ids import serial_number
from desktop.server.ca.authority import Authority
from desktop.server.db.models import IssuedCertificate
from desktop.server.rules.states import CERTIFICATES, CertificateEvent, IssuedState, follow

ROOT, ISSUING = "root", "issuing"


def register(session: Session, kind: CertificateKind, der: bytes) -> IssuedCertificate:
    """Keep a certificate that was just issued."""
    facts = read_certificate(der)
    row = IssuedCertificate(
        serial=facts.serial,
        issuer=ROOT if kind is CertificateKind.ISSUING else ISSUING,
        kind=kind,
        state=IssuedState.ACTIVE,
        der=der,
        not_before=facts.not_before,
        not_after=facts.not_after,
    )
    session.add(row)
    return row


def signing_certificate(session: Session, serial: str) -> bytes:
    """Return a mobile certificate's signing part, DER, for the public directory (ADR 0004).

    Raises:
        RejectedError: `platform.not_found`.
    """
    row = session.get(IssuedCertificate, serial)
    if row is None or row.kind != CertificateKind.SIGNING:
        raise RejectedError("platform.not_found")
    return row.der


def register_own(session: Session, authority: Authority) -> None:
    """Keep the platform's own certificates, once.

    Raises:
        RejectedError: this database belongs to another issuing authority (`platform.state_damaged`).
    """
    kept = select(IssuedCertificate.der).where(IssuedCertificate.kind == CertificateKind.ISSUING)
    if any(der != authority.issuing for der in session.scalars(kept)):
        raise RejectedError("platform.state_damaged", "database of another authority")
    for kind, der in authority.own_certificates():
        if session.get(IssuedCertificate, str(read_certificate(der).serial)) is None:
            register(session, kind, der)


def revoke(session: Session, serial: str, *, at: datetime, reason: RevocationReason, by: str) -> None:
    """Revoke one certificate; `by` is the account that decided.

    Raises:
        RejectedError: it is revoked already (`platform.wrong_state`).
    """
    row = session.get_one(IssuedCertificate, serial, with_for_update=True)
    row.state = follow(CERTIFICATES, IssuedState(row.state), CertificateEvent.REVOKE)
    row.revoked_at = at.replace(microsecond=0)
    row.revocation_reason = reason
    row.revoked_by = by


def revoked(session: Session, issuer: str) -> list[Revoked]:
    """Return all that `issuer` revoked."""
    query = (
        select(IssuedCertificate)
        .where(IssuedCertificate.state == IssuedState.REVOKED, IssuedCertificate.issuer == issuer)
        .order_by(IssuedCertificate.revoked_at, IssuedCertificate.serial)
    )
    return [_revoked(row) for row in session.scalars(query)]


def status_of(session: Session, serial: int) -> Status | None:
    """Return the status of a serial number of the issuing authority; None if it issued no such certificate."""
    row = session.get(IssuedCertificate, serial_number(serial))
    if row is None or row.issuer != ISSUING:
        return None
    return Status(revoked=_revoked(row) if row.state == IssuedState.REVOKED else None)


def _revoked(row: IssuedCertificate) -> Revoked:
    assert row.revoked_at is not None
    return Revoked(
        serial=int(row.serial, 16),
        at=row.revoked_at,
        reason=RevocationReason(row.revocation_reason or RevocationReason.UNSPECIFIED),
    )
