"""The CA of a phone's platform: root, issuing, leaves of every kind."""

from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from desktop.crypto.certificates import RECORD_KEEPER_EKU, SEAL_MAKER_EKU
from desktop.crypto.suites import generate_p256

PLATFORM_NAME = "江西交投集团招标采购交易平台"
NOW = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ORGANIZATION = "赣江建设工程有限公司"
CREDIT_CODE = "91360000158260000X"


def name_of(holder: str, organization: str, credit_code: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(x509.ObjectIdentifier("2.5.4.97"), credit_code),
            x509.NameAttribute(NameOID.COMMON_NAME, holder),
        ]
    )


_FLAGS = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def usage(*yes: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{flag: flag in yes for flag in _FLAGS})


SIGN = usage("digital_signature", "content_commitment")
ENC = usage("key_agreement")


class Ca:
    """Root → issuing → leaves."""

    def __init__(self, title: str = "测试") -> None:
        self._root_key, self._issuing_key = generate_p256(), generate_p256()
        self._root_name = name_of(f"{title}根 CA", PLATFORM_NAME, "91360000100000000X")
        self._issuing_name = name_of(f"{title}签发 CA", PLATFORM_NAME, "91360000100000000X")
        ca_usage = usage("key_cert_sign", "crl_sign")
        self.root = self._build(
            self._root_name, self._root_key.public_key(), self._root_name, self._root_key, ca_usage, ca=True
        )
        self.issuing = self._build(
            self._issuing_name, self._issuing_key.public_key(), self._root_name, self._root_key, ca_usage, ca=True
        )

    def leaf(
        self,
        key: Any,
        *,
        holder: str = "张三",
        organization: str = ORGANIZATION,
        credit_code: str = CREDIT_CODE,
        key_usage: x509.KeyUsage = SIGN,
        makes_seals: bool = False,
        keeps_records: bool = False,
        not_before: datetime = NOW - DAY,
        not_after: datetime = NOW + 365 * DAY,
    ) -> bytes:
        return self._build(
            name_of(holder, organization, credit_code),
            key,
            self._issuing_name,
            self._issuing_key,
            key_usage,
            extended_usages=(SEAL_MAKER_EKU,) * makes_seals + (RECORD_KEEPER_EKU,) * keeps_records,
            not_before=not_before,
            not_after=not_after,
        )

    @staticmethod
    def _build(
        subject: x509.Name,
        key: Any,
        issuer: x509.Name,
        issuer_key: ec.EllipticCurvePrivateKey,
        key_usage: x509.KeyUsage,
        *,
        ca: bool = False,
        extended_usages: tuple[str, ...] = (),
        not_before: datetime = NOW - 10 * DAY,
        not_after: datetime = NOW + 3650 * DAY,
    ) -> bytes:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(not_before)
            .not_valid_after(not_after)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(key_usage, critical=True)
        )
        if extended_usages:
            extended = x509.ExtendedKeyUsage([x509.ObjectIdentifier(each) for each in extended_usages])
            builder = builder.add_extension(extended, critical=False)
        return builder.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
