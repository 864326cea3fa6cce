"""Which certificates this workstation trusts now: anchors of the platform's profile, cached CRLs and OCSP answers.

Fails closed: when nothing fresh says that a certificate is not revoked, it is not good enough to act on (T12). What was
fetched is kept in the data folder, where `bidseal verify` finds it offline until its nextUpdate.
"""

import base64
import logging
import textwrap
import threading
from datetime import datetime
from pathlib import Path

from desktop.crypto.certificates import CertificateFacts, is_issued_by, read_certificate
from desktop.crypto.crl import read_crl
from desktop.domain.clock import Clock
from desktop.domain.errors import BidSealError, RejectedError
from desktop.domain.operations import Verdict
from desktop.formats.trust import CertificateUsage, RevocationData, TrustAnchors, check_path
from desktop.portal.api import PlatformApi
from desktop.portal.profile import PlatformProfile
from desktop.store.files import write_atomic

log = logging.getLogger(__name__)


class TrustKeeper:
    """Anchors and revocation data of one platform. Thread-safe."""

    def __init__(self, *, profile: PlatformProfile, api: PlatformApi, folder: Path, clock: Clock) -> None:
        self._profile = profile
        self._api = api
        self._folder = folder
        self._clock = clock
        self._lock = threading.Lock()
        self.anchors = TrustAnchors(roots=(profile.root,), intermediates=profile.issuing)
        self._keep_anchors()

    def revocation(self) -> RevocationData:
        """Return what is cached; freshness is judged where it is used."""
        with self._lock:
            crls = tuple(p.read_bytes() for p in sorted((self._folder / "crl").glob("*.crl")) if p.is_file())
        return RevocationData(crls=crls)

    def refresh(self) -> bool:
        """Fetch the CRLs; return False when they could not be had or kept (the cache stays).

        The network is not trusted: what the issuer has not signed, or has replaced since, does not displace the cache.
        """
        issuers = {"root": self._profile.root, "issuing": self._profile.issuing[0]}
        try:
            for name, issuer in issuers.items():
                self._keep_crl(name, self._api.crl(name), read_certificate(issuer).spki)
        except BidSealError as error:
            log.info("revocation lists not renewed: %s", error.code)
            return False
        return True

    def _keep_crl(self, name: str, fetched: bytes, issuer_spki: bytes) -> None:
        age = read_crl(fetched, issuer_spki=issuer_spki)
        path = self._folder / "crl" / f"{self._profile.profile_id}-{name}.crl"
        with self._lock:
            try:
                if path.is_file() and path.read_bytes() == fetched:
                    return  # nothing new: the disk need not be waited for
                kept = read_crl(path.read_bytes(), issuer_spki=issuer_spki) if path.is_file() else age
            except (OSError, RejectedError):
                kept = age
            if age.is_older_than(kept):
                raise RejectedError("ceremony.revocation_unknown", f"an older {name} list than the one kept")
            write_atomic(path, fetched)

    def require_valid(
        self, certificate: CertificateFacts, *, usage: CertificateUsage, at: datetime | None = None
    ) -> None:
        """Demand a good path and fresh word that nothing on it is revoked.

        Raises:
            RejectedError: `ceremony.certificate_invalid` or, when nobody can tell now, `ceremony.revocation_unknown`.
        """
        self.refresh()
        verdict = check_path(
            certificate.der,
            self.anchors,
            at=at or self._clock.now(),
            revocation=self.revocation(),
            usage=usage,
        )
        if verdict.verdict is Verdict.VALID:
            return
        detail = ", ".join(r.code for r in verdict.reasons)
        if verdict.verdict is Verdict.CANNOT_TELL:
            raise RejectedError("ceremony.revocation_unknown", detail)
        raise RejectedError("ceremony.certificate_invalid", detail)

    def chain_of(self, certificate: CertificateFacts) -> tuple[bytes, ...]:
        """Return the issuing certificates to carry along with a signature."""
        return tuple(c for c in self._profile.issuing if is_issued_by(certificate, read_certificate(c)))

    def _keep_anchors(self) -> None:
        certificates = {"root": self._profile.root}
        certificates |= {f"issuing-{i}": der for i, der in enumerate(self._profile.issuing)}
        for name, der in certificates.items():
            path = self._folder / f"{self._profile.profile_id}-{name}.pem"
            pem = _pem(der)
            if not path.is_file() or path.read_bytes() != pem:
                write_atomic(path, pem)


def _pem(der: bytes) -> bytes:

    body = "\n".join(textwrap.wrap(base64.b64encode(der).decode("ascii"), 64))
    return f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n".encode("ascii")
