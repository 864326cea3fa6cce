"""What the phone believes: certificates under its platform's root, and nothing else.

Path leaf → issuing → root with exactly the certificates pinned in the profile, dates by the phone's clock, key usage.
Revocation is not looked at here: the desktop and the platform do, and a phone without a network could not. Refuses
other roots, other units, encryption certificates that sign, certificates over keys that are not this phone's (T10).
Source: RFC 5280 §6 as far as a fixed three-step path needs it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from desktop.crypto.certificates import SEAL_MAKER_EKU, CertificateFacts, is_issued_by, read_certificate
from desktop.crypto.primitives import equal, sha256
from desktop.crypto.suites import as_p256, verify
from desktop.domain.clock import Clock
from desktop.domain.errors import RejectedError
from desktop.phone.core.profile import PlatformProfile
from desktop.protocol import codec, cose
from desktop.protocol.challenge import Challenge, enrolment_statement
from desktop.protocol.items import ClaimSealItem
from desktop.protocol.schema import blob, fields
from desktop.protocol.statements import Signed

#: A phone's clock may run this far behind the CA's when a certificate is brand new.
CLOCK_TOLERANCE = timedelta(minutes=5)
_SEAL_USE = "BIDSEAL1/seal"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedCertificates:
    """What the certificates of a download must say."""

    sign_spki: bytes
    enc_spki: bytes
    holder: str
    organization: str
    credit_code: str


class Trust:
    """Judges certificates by one platform's profile."""

    def __init__(self, profile: PlatformProfile, clock: Clock) -> None:
        self._profile = profile
        self._clock = clock
        self._root = read_certificate(profile.root)
        self._issuing = tuple(read_certificate(der) for der in profile.issuing)

    def now(self) -> datetime:
        """Return the time by this phone's clock."""
        return self._clock.now()

    def issuer_of(self, leaf: CertificateFacts, *, at: datetime | None = None) -> CertificateFacts:
        """Return the pinned issuing CA of `leaf` after checking the whole path and its dates, now or `at` another time.

        Raises:
            RejectedError: `ceremony.certificate_invalid`.
        """
        now = at or self._clock.now()
        if leaf.is_ca or not is_issued_by(self._root, self._root):
            raise RejectedError("ceremony.certificate_invalid", "not a leaf under a root")
        for issuing in self._issuing:
            if is_issued_by(leaf, issuing) and is_issued_by(issuing, self._root):
                if all(is_in_time(c, now) for c in (leaf, issuing, self._root)):
                    return issuing
                raise RejectedError("ceremony.certificate_invalid", f"{leaf.serial} is out of its dates")
        raise RejectedError("ceremony.certificate_invalid", f"{leaf.serial} is not under this platform's root")

    def check_workstation(self, challenge: Challenge) -> None:
        """Demand that a member of the challenge's own organization enrolled the workstation that signs it (T4).

        Raises:
            RejectedError: `ceremony.workstation_not_enrolled` or `ceremony.signature_invalid`.
        """
        enrolment = challenge.enrolment
        if enrolment is None:
            raise RejectedError("ceremony.workstation_not_enrolled")
        member = read_certificate(enrolment.certificate)
        try:
            self.issuer_of(member)
        except RejectedError as error:
            raise RejectedError("ceremony.workstation_not_enrolled", error.detail) from None
        if not member.may_sign or not challenge.credit_code or member.credit_code != challenge.credit_code:
            raise RejectedError("ceremony.workstation_not_enrolled", "enrolled by another organization")
        statement = enrolment_statement(
            platform=challenge.platform,
            credit_code=challenge.credit_code,
            workstation_key=challenge.workstation_key,
            workstation_name=challenge.workstation_name,
            issued_at=enrolment.issued_at,
        )
        if not verify(member.public_key, statement, enrolment.signature):
            raise RejectedError("ceremony.signature_invalid", "enrolment")

    def check_download(
        self, expected: ExpectedCertificates, sign_certificate: bytes, enc_certificate: bytes
    ) -> tuple[CertificateFacts, CertificateFacts]:
        """Demand that two certificates are for our two new keys and for the person and unit that was shown.

        Raises:
            RejectedError: `phone.certificate_mismatch` or what `issuer_of` says.
        """
        sign, enc = read_certificate(sign_certificate), read_certificate(enc_certificate)
        self.issuer_of(sign)
        self.issuer_of(enc)
        if not (equal(sign.spki, expected.sign_spki) and equal(enc.spki, expected.enc_spki)):
            raise RejectedError("phone.certificate_mismatch", "other keys")
        if not sign.may_sign or not enc.may_encrypt or sign.serial == enc.serial:
            raise RejectedError("phone.certificate_mismatch", "usage")
        if sign.subject_der != enc.subject_der:
            raise RejectedError("phone.certificate_mismatch", "two identities")
        shown = (expected.holder, expected.organization, expected.credit_code)
        named = (sign.holder, sign.organization, sign.credit_code)
        if any(want and want != got for want, got in zip(shown, named, strict=True)):
            raise RejectedError("phone.certificate_mismatch", "another identity than shown")
        return sign, enc

    def check_seal(self, seal_object: bytes, item: ClaimSealItem, own: CertificateFacts) -> None:
        """Demand that a claimed seal is the one reviewed, signed under the platform's root, bound to `own`.

        Raises:
            RejectedError: `phone.seal_mismatch`, or what the parts say.
        """
        outer = fields(codec.decode(seal_object), {"seal": blob(1, codec.MAX_BYTES), "signer": blob(1, 4096)})
        signer = read_certificate(outer["signer"])
        self.issuer_of(signer)
        if SEAL_MAKER_EKU not in signer.extended_usages:
            raise RejectedError("phone.seal_mismatch", "signed by no seal maker")
        body = codec.decode(cose.open1(outer["seal"], use=_SEAL_USE, key=as_p256(signer.public_key)))
        if not isinstance(body, dict):
            raise RejectedError("phone.seal_mismatch", "form")
        imprint, bound = body.get("imprint"), body.get("cert")
        if not isinstance(imprint, bytes) or not isinstance(bound, bytes) or body.get("id") != item.seal_id:
            raise RejectedError("phone.seal_mismatch", "id")
        if not equal(sha256(imprint), item.imprint_sha256) or not equal(bound, own.sha256):
            raise RejectedError("phone.seal_mismatch", "imprint or certificate")

    def check_member(self, certificate: CertificateFacts, credit_code: str) -> None:
        """Demand the encryption certificate of a member of the unit, under the platform's root (T48).

        Raises:
            RejectedError: `phone.member_not_allowed`.
        """
        try:
            self.issuer_of(certificate)
        except RejectedError as error:
            raise RejectedError("phone.member_not_allowed", error.detail) from None
        if not certificate.may_encrypt or certificate.credit_code != credit_code:
            raise RejectedError("phone.member_not_allowed", "no encryption certificate of the unit")

    def check_record_keeper(self, signed: Signed[Any], *, at: datetime) -> None:
        """Demand that a statement of `at` was signed under the platform's root by who keeps its records.

        Raises:
            RejectedError: `ceremony.certificate_invalid`.
        """
        self.issuer_of(signed.signer, at=at)
        if not signed.is_record_keeper:
            raise RejectedError("ceremony.certificate_invalid", "signed by no record keeper")


def is_in_time(certificate: CertificateFacts, now: datetime) -> bool:
    """Tell whether the certificate's dates hold, give or take a slow clock at the beginning."""
    return certificate.not_before - CLOCK_TOLERANCE <= now <= certificate.not_after
