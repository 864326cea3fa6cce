"""Forgotten certificate passwords (manual section 11; docs/protocol.md §5.3; threats T30, T32).

The platform keeps one half of a certificate's recovery secret, encrypted, worth nothing without the half on the phone.
It goes out once for each identity check that the review desk has approved, to the holder alone, and every release is
logged and told. The platform also counts wrong passwords: a try is counted before the phone looks; only a signature of
the certificate's key, which a wrong password cannot make, starts the count anew.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.crypto.certificates import read_certificate
from desktop.crypto.primitives import equal, sha256
from desktop.crypto.suites import verify
from desktop.domain.errors import RejectedError
from desktop.domain.operations import CheckPurpose, CheckState, NoticeKind
from desktop.protocol.recovery import HALF_BYTES, NONCE_BYTES, password_try_message
from desktop.server.cases import papers
from desktop.server.cases.notices import tell
from desktop.server.context import Platform
from desktop.server.db.models import CertificateTries, IdentityCheck, IssuedCertificate, MobileCertificate, RecoveryHalf
from desktop.server.rules.permissions import Action, Actor, Target, demand
from desktop.server.rules.states import CHECKS, CheckEvent, follow

log = logging.getLogger(__name__)

TRIES = 10
#: An approval that nobody has used by then has lapsed.
RELEASE_LIFE = timedelta(days=3)
_CONTEXT = b"recovery"


def store(platform: Platform, actor: Actor, serial: str, half: bytes) -> None:
    """Keep the half of a certificate; the same again changes nothing, another one only after a release.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`, `.wrong_state`, `.bad_field`.
    """
    if len(half) != HALF_BYTES:
        raise RejectedError("platform.bad_field", "half")
    with platform.db.write() as session:
        _own(session, actor, serial, Action.STORE_RECOVERY)
        row = session.get(RecoveryHalf, serial)
        if row is not None and row.released_at is None:
            if equal(_open(platform, row), half):
                return
            raise RejectedError("platform.wrong_state", "kept already")
        row = row or RecoveryHalf(serial=serial)
        row.half, row.stored_at, row.released_at = platform.vault.seal(_context(serial), half), platform.now(), None
        session.add(row)


def request_reset(platform: Platform, actor: Actor, serial: str, contents: Sequence[bytes]) -> IdentityCheck:
    """Ask for a release with papers of identity.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`; `.no_recovery` when no half is kept; `.change_pending`; a
            paper is not acceptable.
    """
    with platform.db.read() as session:  # before anything is kept of whoever may not ask
        _demand_resettable(session, actor, serial)
    kept = papers.keep(platform, contents)
    with platform.db.write() as session:
        _demand_resettable(session, actor, serial)
        purpose = CheckPurpose.PASSWORD_RESET
        return papers.hand_in(session, platform, account_id=actor.id, purpose=purpose, subject=serial, kept=kept)


def decide(session: Session, platform: Platform, actor: Actor, check: IdentityCheck, *, approve: bool) -> None:
    """Tell of a rejection; an approval is spent by the release."""
    del actor
    if not approve:
        tell(session, platform, check.account_id, NoticeKind.CHECK_REJECTED, purpose=check.purpose)


def release(platform: Platform, actor: Actor, serial: str) -> bytes:
    """Give the half for one approved identity check, which is spent, and let passwords be tried again.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`; `.wrong_state` without an approval that holds.
    """
    with platform.db.write() as session:
        _own(session, actor, serial, Action.RESET_CERTIFICATE_PASSWORD)
        now = platform.now()
        approved = [
            check
            for check in _checks(session, actor.id, serial, CheckState.APPROVED)
            if check.reviewed_at is not None and not has_lapsed(platform, check)
        ]
        row = session.get(RecoveryHalf, serial)
        if not approved or row is None:
            raise RejectedError("platform.wrong_state", "no approved identity check")
        for check in approved:
            check.state = follow(CHECKS, CheckState(check.state), CheckEvent.USE)
        row.released_at = now
        session.merge(CertificateTries(serial=serial, tries_left=TRIES, nonce_hash=None))
        tell(session, platform, actor.id, NoticeKind.RECOVERY_RELEASED, serial=serial)
        log.info("recovery half released: certificate %s, check %s", serial, approved[0].id)
        return _open(platform, row)


def has_lapsed(platform: Platform, check: IdentityCheck) -> bool:
    """Tell whether a check was approved and is good for no release any more: papers can be handed in again."""
    return (
        (check.purpose, check.state) == (CheckPurpose.PASSWORD_RESET, CheckState.APPROVED)
        and check.reviewed_at is not None
        and platform.now() - check.reviewed_at >= RELEASE_LIFE
    )


def begin_try(platform: Platform, actor: Actor, serial: str) -> tuple[int, bytes]:
    """Count a password that the phone is about to try; return how many are left after it, and its nonce.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`; `.password_locked` when none was left.
    """
    nonce = platform.random(NONCE_BYTES)
    with platform.db.write() as session:
        _own(session, actor, serial, Action.COUNT_PASSWORD_TRY)
        row = session.get(CertificateTries, serial) or CertificateTries(serial=serial, tries_left=TRIES)
        if row.tries_left <= 0:
            raise RejectedError("platform.password_locked")
        row.tries_left -= 1
        row.nonce_hash = sha256(nonce).hex()
        session.add(row)
        return row.tries_left, nonce


def end_try(platform: Platform, actor: Actor, serial: str, *, nonce: bytes, signature: bytes) -> None:
    """Start the count anew after a right password, shown by the certificate's signature over the latest try's nonce.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`, `.proof_wrong`.
    """
    with platform.db.write() as session:
        _own(session, actor, serial, Action.COUNT_PASSWORD_TRY)
        row = session.get(CertificateTries, serial)
        certificate = read_certificate(session.get_one(IssuedCertificate, serial).der)
        message = password_try_message(serial=serial, nonce=nonce)
        if (
            row is None
            or row.nonce_hash is None
            or not equal(row.nonce_hash.encode(), sha256(nonce).hex().encode())
            or not verify(certificate.public_key, message, signature)
        ):
            raise RejectedError("platform.proof_wrong")
        row.tries_left, row.nonce_hash = TRIES, None


def _own(session: Session, actor: Actor, serial: str, action: Action) -> MobileCertificate:
    certificate = session.get(MobileCertificate, serial)
    if certificate is None:
        raise RejectedError("platform.not_found")
    owners = frozenset({certificate.account_id})
    demand(actor, action, Target(organization_id=certificate.organization_id, owners=owners))
    return certificate


def _demand_resettable(session: Session, actor: Actor, serial: str) -> None:
    _own(session, actor, serial, Action.RESET_CERTIFICATE_PASSWORD)
    if session.get(RecoveryHalf, serial) is None:
        raise RejectedError("platform.no_recovery")
    if _checks(session, actor.id, serial, CheckState.PENDING_REVIEW):
        raise RejectedError("platform.change_pending")


def _checks(session: Session, account_id: str, serial: str, state: CheckState) -> list[IdentityCheck]:
    query = select(IdentityCheck).where(
        IdentityCheck.account_id == account_id,
        IdentityCheck.purpose == CheckPurpose.PASSWORD_RESET,
        IdentityCheck.subject == serial,
        IdentityCheck.state == state,
    )
    return list(session.scalars(query))


def _open(platform: Platform, row: RecoveryHalf) -> bytes:
    return platform.vault.open(_context(row.serial), row.half)


def _context(serial: str) -> bytes:
    return _CONTEXT + b"\0" + serial.encode()
