"""Reading X.509 certificates: the facts the product shows and decides by, taken once from the DER.

Refuses certificates that do not parse or whose key is of no allowed suite. Says nothing about trust: that is
formats/trust. Source: RFC 5280; the subject carries organization name (O), credit code (organizationIdentifier,
2.5.4.97) and holder (CN).
"""

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from desktop.crypto.primitives import sha256
from desktop.crypto.suites import PublicKey, Suite, load_spki, spki_of, suite_of
from desktop.domain.errors import RejectedError
from desktop.domain.ids import SerialNumber, serial_number

#: Extended key usage of the platform's seal-making certificate (制章): only it may sign seal objects. UUID arc, X.667.
SEAL_MAKER_EKU = "2.25.147618604220408295549375802898011562435"
#: Key usage of who keeps the records of a platform: receipts, closings, tree heads (docs/tendering.md).
RECORD_KEEPER_EKU = "2.25.256404171717821508390270212526190591273"

_ORGANIZATION_IDENTIFIER = x509.ObjectIdentifier("2.5.4.97")


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """What a certificate says of itself."""

    der: bytes
    serial: SerialNumber
    holder: str
    organization: str
    credit_code: str
    issuer_der: bytes
    subject_der: bytes
    not_before: datetime
    not_after: datetime
    spki: bytes
    suite: Suite
    may_sign: bool
    may_encrypt: bool
    is_ca: bool
    extended_usages: frozenset[str]

    @property
    def sha256(self) -> bytes:
        """Fingerprint of the DER, 32 bytes."""
        return sha256(self.der)

    @property
    def public_key(self) -> PublicKey:
        """The certified key."""
        return load_spki(self.spki)


def read_certificate(der: bytes) -> CertificateFacts:
    """Parse a DER certificate.

    Raises:
        RejectedError: it does not parse, repeats an extension, or has a key of no allowed suite
            (`ceremony.certificate_unreadable`, `ceremony.key_not_allowed`).
    """
    try:
        certificate = x509.load_der_x509_certificate(der)
        key = certificate.public_key()
        extensions = certificate.extensions
        usage = next((e.value for e in extensions if isinstance(e.value, x509.KeyUsage)), None)
        extended = next((e.value for e in extensions if isinstance(e.value, x509.ExtendedKeyUsage)), ())
        basic = next((e.value for e in extensions if isinstance(e.value, x509.BasicConstraints)), None)
        spki = spki_of(key)  # type: ignore[arg-type]  # other key types are refused by suite_of below
        suite = suite_of(load_spki(spki))
        return CertificateFacts(
            der=certificate.public_bytes(Encoding.DER),
            serial=_serial(certificate.serial_number),
            holder=_attribute(certificate.subject, NameOID.COMMON_NAME),
            organization=_attribute(certificate.subject, NameOID.ORGANIZATION_NAME),
            credit_code=_attribute(certificate.subject, _ORGANIZATION_IDENTIFIER),
            issuer_der=certificate.issuer.public_bytes(),
            subject_der=certificate.subject.public_bytes(),
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
            spki=spki,
            suite=suite,
            may_sign=bool(usage and usage.digital_signature),
            may_encrypt=bool(usage and (usage.key_agreement or usage.key_encipherment)),
            is_ca=bool(basic and basic.ca),
            extended_usages=frozenset(oid.dotted_string for oid in extended),
        )
    except RejectedError:
        raise
    except UnsupportedAlgorithm as error:
        raise RejectedError("ceremony.key_not_allowed", type(error).__name__) from None
    except Exception as error:  # noqa: BLE001 - a foreign parser on hostile input: whatever it raises means unreadable
        raise RejectedError("ceremony.certificate_unreadable", type(error).__name__) from None


def is_issued_by(certificate: CertificateFacts, issuer: CertificateFacts) -> bool:
    """Tell whether `issuer` is a CA whose name and key made `certificate`; dates and revocation are not looked at."""
    if not issuer.is_ca or certificate.issuer_der != issuer.subject_der:
        return False
    parsed = x509.load_der_x509_certificate(certificate.der)
    try:
        parsed.verify_directly_issued_by(x509.load_der_x509_certificate(issuer.der))
    except Exception:  # noqa: BLE001 - the library raises several unrelated types for "no"
        return False
    return True


def _serial(number: int) -> SerialNumber:
    if number < 1:  # RFC 5280 §4.1.2.2
        raise RejectedError("ceremony.certificate_unreadable", "serial number")
    return serial_number(number)


def _attribute(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    values = name.get_attributes_for_oid(oid)
    if not values:
        return ""
    value = values[0].value
    return value if isinstance(value, str) else value.decode("utf-8", "replace")
