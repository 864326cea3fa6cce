"""The certificates of a phone as people see them: key store entries joined with what their certificates say."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from desktop.crypto.certificates import CertificateFacts, read_certificate
from desktop.domain.clock import Clock
from desktop.domain.errors import RejectedError
from desktop.domain.operations import CertificateState
from desktop.phone.core.keystore import EntryState, KeyEntry, Keystore
from desktop.phone.core.trust import ExpectedCertificates, Trust
from desktop.phone.core.views import PhoneCertificate, UnfinishedDownload

#: A certificate may be renewed from three months before its end (manual, 5).
RENEWABLE = timedelta(days=90)


class Wallet:
    """Lists certificates and unfinished downloads, and completes the latter."""

    def __init__(self, keystore: Keystore, trust: Trust, clock: Clock) -> None:
        self._keystore = keystore
        self._trust = trust
        self._clock = clock

    def certificates(self) -> tuple[PhoneCertificate, ...]:
        """Return all certificates, oldest first."""
        return tuple(self._describe(e) for e in self._keystore.entries() if e.state is EntryState.ACTIVE)

    def usable(self) -> tuple[PhoneCertificate, ...]:
        """Return those whose dates and path hold now, newest first; locked ones too, so that the holder learns why.

        The newest is offered first: the phone cannot know that an older one was revoked by a change or a reissue.
        """
        return tuple(c for c in reversed(self.certificates()) if self._is_good(c))

    def unfinished(self) -> tuple[UnfinishedDownload, ...]:
        """Return key pairs whose certificates have not arrived."""
        return tuple(
            UnfinishedDownload(
                entry_id=e.entry_id,
                order_id=e.order_id,
                holder=e.holder,
                organization=e.organization,
                suite=str(e.suite),
                made_at=datetime.fromtimestamp(e.made_at, UTC),
            )
            for e in self._keystore.entries()
            if e.state is EntryState.PENDING
        )

    def complete(self, entry_id: str, sign_certificate: bytes, enc_certificate: bytes) -> CertificateFacts:
        """Check certificates that arrived for a pending pair, and keep them.

        Raises:
            RejectedError: they are not for these keys, or not what was shown (`phone.certificate_mismatch`, …).
        """
        entry = next((e for e in self._keystore.entries() if e.entry_id == entry_id), None)
        if entry is None:
            raise RejectedError("phone.certificate_mismatch", "the keys are gone")
        sign, enc = self._trust.check_download(expected_of(entry), sign_certificate, enc_certificate)
        # The path comes from the profile, never from the message: nothing is trusted because it was sent along.
        chain = (self._trust.issuer_of(sign).der,)
        self._keystore.complete(entry_id, sign_certificate=sign.der, enc_certificate=enc.der, chain=chain)
        return sign

    def complete_from(self, issued: Iterable[tuple[bytes, bytes]]) -> int:
        """Complete unfinished downloads with (signing, encryption) certificates that the platform lists; count them."""
        pending = [e for e in self._keystore.entries() if e.state is EntryState.PENDING]
        completed = 0
        for sign_certificate, enc_certificate in issued:
            try:
                spki = read_certificate(sign_certificate).spki
                entry = next((e for e in pending if e.sign_spki == spki), None)
                if entry is not None:
                    self.complete(entry.entry_id, sign_certificate, enc_certificate)
                    completed += 1
            except RejectedError:
                continue
        return completed

    def _is_good(self, certificate: PhoneCertificate) -> bool:
        try:
            facts = read_certificate(certificate.sign_certificate)
            self._trust.issuer_of(facts)
        except RejectedError:
            return False
        return facts.may_sign

    def _describe(self, entry: KeyEntry) -> PhoneCertificate:
        sign, enc = read_certificate(entry.sign_certificate), read_certificate(entry.enc_certificate)
        return PhoneCertificate(
            entry_id=entry.entry_id,
            serial=sign.serial,
            enc_serial=enc.serial,
            holder=sign.holder,
            organization=sign.organization,
            credit_code=sign.credit_code,
            suite=str(sign.suite),
            not_before=sign.not_before,
            not_after=sign.not_after,
            state=state_of(sign, self._clock.now()),
            tries_left=self._keystore.tries_left(entry.entry_id),
            sign_certificate=sign.der,
            enc_certificate=enc.der,
            sha256=sign.sha256,
        )


def expected_of(entry: KeyEntry) -> ExpectedCertificates:
    """Return what the certificates of a pending pair must say."""
    return ExpectedCertificates(
        sign_spki=entry.sign_spki,
        enc_spki=entry.enc_spki,
        holder=entry.holder,
        organization=entry.organization,
        credit_code=entry.credit_code,
    )


def state_of(certificate: CertificateFacts, now: datetime) -> CertificateState:
    """Judge a certificate by its dates; whether it was revoked the phone does not know."""
    if now > certificate.not_after:
        return CertificateState.EXPIRED
    if now > certificate.not_after - RENEWABLE:
        return CertificateState.EXPIRES_SOON
    return CertificateState.VALID
