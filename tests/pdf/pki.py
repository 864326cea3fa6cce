"""A little PKI for tests: root → issuing CA → leaves, OCSP responder, CRLs; made afresh, nothing on disk."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
NOW = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def der(certificate: x509.Certificate | x509.CertificateRevocationList) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def name(common: str, organization: str = "测试建设有限公司") -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def usage(**yes: bool) -> x509.KeyUsage:
    flags = dict.fromkeys(
        (
            "digital_signature",
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return x509.KeyUsage(**{**flags, **yes})


SIGN = usage(digital_signature=True, content_commitment=True)
AGREE = usage(key_agreement=True)
ENCIPHER = usage(key_encipherment=True)
CA = usage(key_cert_sign=True, crl_sign=True)


@dataclass(frozen=True)
class Holder:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: PrivateKey

    @property
    def der(self) -> bytes:
        return der(self.certificate)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


@cache
def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def issue(
    subject: x509.Name,
    *,
    key: PrivateKey,
    issuer: Holder | None,
    key_usage: x509.KeyUsage | None = SIGN,
    ca: bool = False,
    not_before: datetime = NOW - 100 * DAY,
    not_after: datetime = NOW + 265 * DAY,
    extended: x509.ObjectIdentifier | None = None,
    extended_critical: bool = False,
    serial: int | None = None,
) -> Holder:
    signer = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if key_usage is not None:
        builder = builder.add_extension(key_usage, critical=True)
    if extended is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([extended]), critical=extended_critical)
    return Holder(builder.sign(signer, hashes.SHA256()), key)


class Pki:
    """Root, issuing CA, and what they sign."""

    def __init__(self) -> None:
        self.root = issue(name("测试根"), key=ec_key(), issuer=None, key_usage=CA, ca=True, not_after=NOW + 3650 * DAY)
        self.issuing = issue(
            name("测试签发CA"), key=ec_key(), issuer=self.root, key_usage=CA, ca=True, not_after=NOW + 1800 * DAY
        )

    def leaf(self, common: str = "张三", *, key: PrivateKey | None = None, **options: object) -> Holder:
        return issue(name(common), key=key or ec_key(), issuer=self.issuing, **options)  # type: ignore[arg-type]

    def tsa(self, **options: object) -> Holder:
        """A time stamping service of the issuing CA."""
        fields = {"key_usage": usage(digital_signature=True), "extended_critical": True}
        fields["extended"] = ExtendedKeyUsageOID.TIME_STAMPING
        return self.leaf("时间戳", **{**fields, **options})

    def crl(
        self,
        *revoked: tuple[Holder, datetime],
        issuer: Holder | None = None,
        this_update: datetime = NOW - DAY,
        next_update: datetime = NOW + 7 * DAY,
    ) -> bytes:
        by = issuer or self.issuing
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(by.certificate.subject)
            .last_update(this_update)
            .next_update(next_update)
            .add_extension(x509.CRLNumber(1), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key()), critical=False)
        )
        for holder, when in revoked:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(holder.certificate.serial_number)
                .revocation_date(when)
                .build()
            )
        return der(builder.sign(by.key, hashes.SHA256()))

    def crls(self, *revoked: tuple[Holder, datetime], **options: datetime) -> tuple[bytes, bytes]:
        """Return the CRLs of both CAs, which together answer for a whole path."""
        return self.crl(*revoked, **options), self.crl(issuer=self.root, **options)

    def responder(self, *, extended: x509.ObjectIdentifier | None = ExtendedKeyUsageOID.OCSP_SIGNING) -> Holder:
        subject, key = name("OCSP"), ec_key()
        base = issue(subject, key=key, issuer=self.issuing, extended=extended)
        builder = x509.CertificateBuilder(
            issuer_name=base.certificate.issuer,
            subject_name=subject,
            public_key=key.public_key(),
            serial_number=base.certificate.serial_number,
            not_valid_before=base.certificate.not_valid_before_utc,
            not_valid_after=base.certificate.not_valid_after_utc,
            extensions=list(base.certificate.extensions),
        ).add_extension(x509.OCSPNoCheck(), critical=False)
        return Holder(builder.sign(self.issuing.key, hashes.SHA256()), key)

    def ocsp(
        self,
        leaf: Holder,
        *,
        responder: Holder | None = None,
        revoked_at: datetime | None = None,
        this_update: datetime = NOW - DAY,
        next_update: datetime | None = NOW + DAY,
        issuer: Holder | None = None,
    ) -> bytes:
        by = responder or self.responder()
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response(
                cert=leaf.certificate,
                issuer=(issuer or self.issuing).certificate,
                algorithm=hashes.SHA256(),
                cert_status=ocsp.OCSPCertStatus.REVOKED if revoked_at else ocsp.OCSPCertStatus.GOOD,
                this_update=this_update,
                next_update=next_update,
                revocation_time=revoked_at,
                revocation_reason=None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, by.certificate)
            .certificates([by.certificate])
        )
        return builder.sign(by.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
