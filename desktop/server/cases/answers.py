"""A phone's answer at the platform: verified by formats, judged by what only the platform knows, consumed once.

A transcript is a ceremony's plaintext. It counts for this platform, one operation, a day around its issue, a known and
unrevoked certificate whose holder still belongs to the unit; and it has at most one effect, kept for good (T1, T2).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desktop.crypto.issuing import CertificateKind
from desktop.crypto.primitives import sha256
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Operation
from desktop.formats.answer import VerifiedAnswer, verify_answer
from desktop.protocol.challenge import Challenge
from desktop.protocol.transcript import read_transcript
from desktop.server.context import Platform
from desktop.server.db.models import (
    ConsumedCeremony,
    IssuedCertificate,
    Member,
    MobileCertificate,
    Organization,
    Workstation,
)
from desktop.server.rules.states import IssuedState

ACCEPTED_AGE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedAnswer:
    """An answer the platform accepts; `certificate` is None for a download, which has none yet."""

    verified: VerifiedAnswer
    transcript_hash: str
    certificate: MobileCertificate | None

    @property
    def signer(self) -> MobileCertificate:
        """The certificate that answered.

        Raises:
            RejectedError: there is none (`ceremony.certificate_not_allowed`).
        """
        if self.certificate is None:
            raise RejectedError("ceremony.certificate_not_allowed")
        return self.certificate


def judge(session: Session, platform: Platform, data: bytes, operation: Operation) -> JudgedAnswer:
    """Verify a transcript of `operation`; nothing is consumed yet.

    Raises:
        RejectedError: with the code that names what is wrong.
    """
    transcript = read_transcript(data)
    verified = verify_answer(transcript, signer_of=_signers(session))
    challenge = verified.challenge
    if challenge.operation is not operation:
        raise RejectedError("ceremony.wrong_purpose", challenge.operation)
    if challenge.platform != platform.settings.platform_id:
        raise RejectedError("ceremony.wrong_purpose", "another platform")
    if abs(platform.now().timestamp() - challenge.issued_at) > ACCEPTED_AGE.total_seconds():
        raise RejectedError("ceremony.expired", "issued too long ago, or in the future")
    if challenge.is_signed:
        # Whoever vouched for it may have been overruled: removing a workstation ends its word at once (T4).
        _check_workstation(session, challenge)
    certificate = None
    if verified.signer is not None:
        certificate = usable_certificate(session, platform, verified.signer.serial)
    return JudgedAnswer(verified=verified, transcript_hash=sha256(data).hex(), certificate=certificate)


def usable_certificate(session: Session, platform: Platform, serial: str) -> MobileCertificate:
    """Return a mobile certificate that holds now: issued here, unrevoked, within its dates, its holder a member.

    Raises:
        RejectedError: `ceremony.certificate_not_allowed`, `ceremony.certificate_invalid`.
    """
    certificate, issued = session.get(MobileCertificate, serial), session.get(IssuedCertificate, serial)
    if certificate is None or issued is None:
        raise RejectedError("ceremony.certificate_not_allowed", "unknown serial number")
    if issued.state != IssuedState.ACTIVE:
        raise RejectedError("ceremony.certificate_invalid", "revoked")
    if not issued.not_before <= platform.now() <= issued.not_after:
        raise RejectedError("ceremony.certificate_invalid", "dates")
    query = select(Member.id).where(
        Member.account_id == certificate.account_id, Member.organization_id == certificate.organization_id
    )
    if session.scalar(query) is None:
        raise RejectedError("ceremony.certificate_not_allowed", "no longer a member")
    return certificate


def consume(session: Session, platform: Platform, answer: JudgedAnswer, *, effect: str) -> None:
    """Mark the ceremony as used, in the transaction of its effect.

    Raises:
        RejectedError: it was used already (`ceremony.already_used`).
    """
    row = ConsumedCeremony(
        t0=answer.verified.t0.hex(),
        operation=answer.verified.challenge.operation,
        transcript_hash=answer.transcript_hash,
        effect=effect,
        consumed_at=platform.now(),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise RejectedError("ceremony.already_used") from None


def earlier_effect(session: Session, answer: JudgedAnswer) -> str | None:
    """Return what came of exactly this transcript before, so that a repeated request gets its answer again."""
    row = session.get(ConsumedCeremony, answer.verified.t0.hex())
    return row.effect if row is not None and row.transcript_hash == answer.transcript_hash else None


def _check_workstation(session: Session, challenge: Challenge) -> None:
    """Demand that the workstation is enrolled here for the challenge's unit, and was not removed since (T4)."""
    query = (
        select(Workstation.id)
        .join(Organization, Organization.id == Workstation.organization_id)
        .where(
            Organization.credit_code == challenge.credit_code,
            Workstation.key_hash == sha256(challenge.workstation_key).hex(),
        )
    )
    if session.scalar(query) is None:
        raise RejectedError("ceremony.workstation_not_enrolled")


def _signers(session: Session) -> Callable[[str], bytes | None]:
    def find(serial: str) -> bytes | None:
        row = session.get(IssuedCertificate, serial)
        return row.der if row is not None and row.kind == CertificateKind.SIGNING else None

    return find
