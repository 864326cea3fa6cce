"""The people and keys of a dry run: an authority, bidders, a committee member, opening keys and time keys.

All are made up and live in memory only, for as long as the dry run lasts; nothing that they sign or open is worth
anything elsewhere: their root is trusted by nobody, and their units have credit codes that no registry gives out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from desktop.crypto.certificates import CertificateFacts, read_certificate
from desktop.crypto.issuing import (
    Addresses,
    CertificateKind,
    Signer,
    Subject,
    Validity,
    issue,
    issue_root,
    serial_from,
    write_crl,
)
from desktop.crypto.suites import P256PrivateKey, generate_p256, spki_of
from desktop.formats.trust import RevocationData, TrustAnchors
from desktop.protocol.notices import Notice

_DAY = timedelta(days=1)
#: Nobody ever asks there: what could be fetched is brought along.
_NOWHERE = Addresses(crl="http://dry-run.invalid/crl", issuer="http://dry-run.invalid/issuer")
_LETTERS = "ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A certificate and its key."""

    certificate: CertificateFacts
    key: P256PrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class DryBidder:
    """Who makes a test bid."""

    name: str
    credit_code: str
    signing: Pair
    encryption: Pair


class Authority:
    """A root and an issuing authority that exist for one dry run, and what a verifier has to know of them."""

    def __init__(self, *, now: datetime, random: Callable[[int], bytes]) -> None:
        self._random = random
        self._validity = Validity(
            not_before=(now - _DAY).replace(microsecond=0), not_after=(now + _DAY).replace(microsecond=0)
        )
        root, self._issuing_key = generate_p256(), generate_p256()
        subject = Subject(holder="开标演练根 (仅用于演练)", organization="BidSeal")
        self._root = Signer(
            certificate=issue_root(key=root, subject=subject, serial=serial_from(random), validity=self._validity),
            key=root,
        )
        named = Subject(holder="开标演练签发 (仅用于演练)", organization="BidSeal")
        made = self._issue(self._root, CertificateKind.ISSUING, named, spki_of(self._issuing_key))
        self._issuing = Signer(certificate=made, key=self._issuing_key)

    @property
    def anchors(self) -> TrustAnchors:
        """What to trust during the dry run."""
        return TrustAnchors(roots=(self._root.certificate,), intermediates=(self._issuing.certificate,))

    @property
    def chain(self) -> tuple[bytes, ...]:
        """What a signature carries along."""
        return (self._issuing.certificate,)

    def revocation(self) -> RevocationData:
        """Say that nothing is revoked."""
        validity = self._validity
        return RevocationData(
            crls=tuple(
                write_crl(
                    issuer=issuer,
                    number=1,
                    this_update=validity.not_before,
                    next_update=validity.not_after,
                    revoked=(),
                )
                for issuer in (self._root, self._issuing)
            )
        )

    def pair(self, kind: CertificateKind, subject: Subject) -> Pair:
        """Make a key and its certificate."""
        key = generate_p256()
        return Pair(certificate=read_certificate(self._issue(self._issuing, kind, subject, spki_of(key))), key=key)

    def bidder(self, number: int) -> DryBidder:
        """Make a bidder with both certificates."""
        letter = _LETTERS[number % len(_LETTERS)]
        name, credit_code = f"演练投标人{letter}", f"00TEST{number:012}"
        subject = Subject(holder=f"演练人员{letter}", organization=name, credit_code=credit_code)
        return DryBidder(
            name=name,
            credit_code=credit_code,
            signing=self.pair(CertificateKind.SIGNING, subject),
            encryption=self.pair(CertificateKind.ENCRYPTION, subject),
        )

    def _issue(self, issuer: Signer, kind: CertificateKind, subject: Subject, spki: bytes) -> bytes:
        return issue(
            issuer=issuer,
            kind=kind,
            subject=subject,
            spki=spki,
            serial=serial_from(self._random),
            validity=self._validity,
            addresses=_NOWHERE,
        )


def throwaway_keys(notice: Notice) -> dict[str, P256PrivateKey]:
    """Make a key for each envelope."""
    return {each.envelope_id: generate_p256() for each in notice.envelopes}
