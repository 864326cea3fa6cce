"""Root and issuing authority of the platform, and what it certifies to itself: OCSP, time stamps, seal making, records.

Holds the keys, knows the profile (docs/protocol.md §2), keeps no list: what was issued and revoked stands in the
database, and the caller hands it in. Each pair is made at the first start that knows it; the OCSP responder's
certificate lives a year and is renewed when it is needed and old.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from desktop.crypto.certificates import CertificateFacts, is_issued_by, read_certificate
from desktop.crypto.issuing import (
    Addresses,
    CertificateKind,
    Revoked,
    Signer,
    Status,
    Subject,
    Validity,
    issue,
    issue_root,
    serial_from,
    write_crl,
    write_ocsp,
)
from desktop.crypto.suites import P256PrivateKey, sign, spki_of
from desktop.domain.clock import Clock
from desktop.domain.errors import RejectedError
from desktop.server.ca.keys import load_or_create_key
from desktop.server.storage import write_private
from desktop.server.tsa import service as tsa

_YEAR = timedelta(days=365)
ROOT_LIFE = 20 * _YEAR
ISSUING_LIFE = 10 * _YEAR
LEAF_LIFE = _YEAR
OCSP_LIFE = _YEAR
OCSP_RENEW_BEFORE = timedelta(days=60)
CRL_LIFE = timedelta(days=7)
OCSP_ANSWER_LIFE = timedelta(days=1)
#: Clocks of desktops differ; a certificate holds a little before it was made.
_BACKDATE_CA = timedelta(days=1)
_BACKDATE_LEAF = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Files of the authority below the state folder."""

    root: Path

    def key(self, name: str) -> Path:
        """Path of a private key."""
        return self.root / "keys" / f"{name}.key"

    def certificate(self, name: str) -> Path:
        """Path of a certificate."""
        return self.root / "pki" / f"{name}.cer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A freshly issued signing and encryption certificate, DER."""

    signing: bytes
    encryption: bytes


class Authority:
    """The certification authority of one platform."""

    def __init__(self, *, folder: Path, name: str, base_url: str, clock: Clock, random: Callable[[int], bytes]) -> None:
        self._places = Places(root=folder)
        self._name = name
        self._base_url = base_url.rstrip("/")
        self._clock = clock
        self._random = random
        self._lock = threading.Lock()
        self._root = self._load("root", self._make_root)
        self._issuing = self._load("issuing", self._make_issuing)
        self._seal_making = self._load("seal_making", self._make_seal_making)
        self._record_keeper = self._load("record_keeper", self._make_record_keeper)
        self._responder = self._load("ocsp", self._make_responder)
        self._tsa = self._load("tsa", self._make_tsa)
        self._check_path()

    @property
    def root(self) -> bytes:
        """The root certificate, DER."""
        return self._root.certificate

    @property
    def issuing(self) -> bytes:
        """The issuing certificate, DER."""
        return self._issuing.certificate

    @property
    def seal_making(self) -> bytes:
        """The seal-making certificate, DER."""
        return self._seal_making.certificate

    @property
    def record_keeper(self) -> bytes:
        """The certificate that receipts, closings and tree heads are signed by, DER."""
        return self._record_keeper.certificate

    def own_certificates(self) -> tuple[tuple[CertificateKind, bytes], ...]:
        """Return what the platform issued to itself below the root."""
        return (
            (CertificateKind.ISSUING, self.issuing),
            (CertificateKind.SEAL_MAKING, self.seal_making),
            (CertificateKind.RECORD_KEEPING, self.record_keeper),
            (CertificateKind.OCSP, self._responder.certificate),
            (CertificateKind.TIMESTAMPING, self._tsa.certificate),
        )

    def sign_seal(self, message: bytes) -> bytes:
        """Sign with the seal-making key; raw r‖s."""
        return sign(self._seal_making.key, message)

    def sign_record(self, message: bytes) -> bytes:
        """Sign a statement of the platform with the record keeper's key; raw r‖s."""
        return sign(self._record_keeper.key, message)

    def issue_pair(self, *, subject: Subject, signing_spki: bytes, encryption_spki: bytes) -> Pair:
        """Issue both certificates of a mobile certificate, equal in subject and validity.

        Raises:
            RejectedError: a key or a name that the profile does not allow.
        """
        validity = self._validity(LEAF_LIFE, _BACKDATE_LEAF, within=self.issuing)
        signing, encryption = (
            self._issue(kind, subject, spki, validity)
            for kind, spki in (
                (CertificateKind.SIGNING, signing_spki),
                (CertificateKind.ENCRYPTION, encryption_spki),
            )
        )
        return Pair(signing=signing, encryption=encryption)

    def root_crl(self, revoked: Sequence[Revoked]) -> bytes:
        """Return the root's CRL, DER."""
        return self._crl(self._root, revoked)

    def issuing_crl(self, revoked: Sequence[Revoked]) -> bytes:
        """Return the issuing authority's CRL, DER."""
        return self._crl(self._issuing, revoked)

    def ocsp(self, request: bytes, status_of: Callable[[int], Status | None]) -> bytes:
        """Answer an OCSP request about certificates of the issuing authority, DER in and out."""
        now = self._now()
        return write_ocsp(
            request=request,
            issuer=self.issuing,
            responder=self._fresh_responder(now),
            status_of=status_of,
            this_update=now,
            next_update=now + OCSP_ANSWER_LIFE,
        )

    def timestamp(self, request: bytes) -> bytes:
        """Answer a timestamp query, DER in and out."""
        return tsa.answer(request, signer=self._tsa, issuing=self.issuing, now=self._now(), random=self._random)

    def _crl(self, issuer: Signer, revoked: Sequence[Revoked]) -> bytes:
        now = self._now()
        # Grows with time and, within one second, with the list; entries are never taken off it.
        number = int(now.timestamp()) * 1_000_000 + len(revoked)
        return write_crl(issuer=issuer, number=number, this_update=now, next_update=now + CRL_LIFE, revoked=revoked)

    def _fresh_responder(self, now: datetime) -> Signer:
        with self._lock:
            old = read_certificate(self._responder.certificate)
            if now > old.not_after - OCSP_RENEW_BEFORE:
                der = self._make_responder(self._responder.key)
                write_private(self._places.certificate("ocsp"), der)
                self._responder = Signer(certificate=der, key=self._responder.key)
            return self._responder

    def _load(self, name: str, make: Callable[[P256PrivateKey], bytes]) -> Signer:
        path = self._places.certificate(name)
        key = load_or_create_key(self._places.key(name), may_create=not path.is_file())
        if not path.is_file():
            write_private(path, make(key))
        certificate = path.read_bytes()
        if read_certificate(certificate).spki != spki_of(key):
            raise RejectedError("platform.state_damaged", f"{name} certificate and key differ")
        return Signer(certificate=certificate, key=key)

    def _check_path(self) -> None:
        root, issuing = read_certificate(self.root), read_certificate(self.issuing)
        own = (self._seal_making, self._record_keeper, self._responder, self._tsa)
        below = [read_certificate(s.certificate) for s in own]
        if not is_issued_by(issuing, root) or not all(is_issued_by(leaf, issuing) for leaf in below):
            raise RejectedError("platform.state_damaged", "the certificates do not belong together")

    def _make_root(self, key: P256PrivateKey) -> bytes:
        return issue_root(
            key=key,
            subject=Subject(holder=f"{self._name} 根证书", organization=self._name),
            serial=serial_from(self._random),
            validity=self._validity(ROOT_LIFE, _BACKDATE_CA),
        )

    def _make_issuing(self, key: P256PrivateKey) -> bytes:
        return issue(
            issuer=self._root,
            kind=CertificateKind.ISSUING,
            subject=Subject(holder=f"{self._name} 签发证书", organization=self._name),
            spki=spki_of(key),
            serial=serial_from(self._random),
            validity=self._validity(ISSUING_LIFE, _BACKDATE_CA, within=self.root),
            addresses=self._addresses("root", ocsp=False),
        )

    def _make_seal_making(self, key: P256PrivateKey) -> bytes:
        subject = Subject(holder=f"{self._name} 制章", organization=self._name)
        validity = self._validity(ISSUING_LIFE, _BACKDATE_CA, within=self.issuing)
        return self._issue(CertificateKind.SEAL_MAKING, subject, spki_of(key), validity)

    def _make_record_keeper(self, key: P256PrivateKey) -> bytes:
        subject = Subject(holder=f"{self._name} 存证", organization=self._name)
        validity = self._validity(ISSUING_LIFE, _BACKDATE_CA, within=self.issuing)
        return self._issue(CertificateKind.RECORD_KEEPING, subject, spki_of(key), validity)

    def _make_tsa(self, key: P256PrivateKey) -> bytes:
        subject = Subject(holder=f"{self._name} 时间戳", organization=self._name)
        validity = self._validity(ISSUING_LIFE, _BACKDATE_CA, within=self.issuing)
        return self._issue(CertificateKind.TIMESTAMPING, subject, spki_of(key), validity)

    def _make_responder(self, key: P256PrivateKey) -> bytes:
        subject = Subject(holder=f"{self._name} OCSP", organization=self._name)
        validity = self._validity(OCSP_LIFE, _BACKDATE_CA, within=self.issuing)
        return self._issue(CertificateKind.OCSP, subject, spki_of(key), validity)

    def _issue(self, kind: CertificateKind, subject: Subject, spki: bytes, validity: Validity) -> bytes:
        return issue(
            issuer=self._issuing,
            kind=kind,
            subject=subject,
            spki=spki,
            serial=serial_from(self._random),
            validity=validity,
            addresses=self._addresses("issuing", ocsp=True),
        )

    def _addresses(self, issuer: str, *, ocsp: bool) -> Addresses:
        pki = f"{self._base_url}/pki"
        return Addresses(crl=f"{pki}/{issuer}.crl", issuer=f"{pki}/{issuer}.cer", ocsp=f"{pki}/ocsp" if ocsp else "")

    def _validity(self, life: timedelta, backdate: timedelta, *, within: bytes | None = None) -> Validity:
        """Return a span from just before now that stays within the issuer's own."""
        now = self._now()
        not_before, not_after = now - backdate, now + life
        if within is not None:
            outer: CertificateFacts = read_certificate(within)
            if now >= outer.not_after:
                raise RejectedError("platform.authority_expired")
            not_before, not_after = max(not_before, outer.not_before), min(not_after, outer.not_after)
        return Validity(not_before=not_before, not_after=not_after)

    def _now(self) -> datetime:
        return self._clock.now().replace(microsecond=0)
