"""Building what a certification authority signs: certificates, CRLs and OCSP answers, P-256 with SHA-256.

Refuses subjects and keys that the profile does not know; decides nothing about who deserves a certificate (server/ca).
Leaf subject: C=CN, O, organizationIdentifier (2.5.4.97) = credit code, CN = holder, serialNumber = an opaque id of the
person, so that two namesakes of one unit never share a subject. People's certificates name no extended key usage and
no e-mail address.
Source: RFC 5280 §4.1-4.2 and §5, RFC 5480 §3, RFC 6960, RFC 9654 (nonce).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from desktop.crypto.certificates import RECORD_KEEPER_EKU, SEAL_MAKER_EKU
from desktop.crypto.suites import P256PrivateKey, PublicKey, load_spki, point_of
from desktop.domain.errors import RejectedError

SERIAL_BYTES = 16
#: anyPolicy (RFC 5280 §4.2.1.4), for the issuing authority alone: nobody has assigned us a policy, and a made-up arc
#: below 2.25 is unreadable to some parsers.
_ANY_POLICY = "2.5.29.32.0"
_MAX_NAME = 64
_MAX_NONCE_BYTES = 128
_MAX_REQUEST_BYTES = 1024


class CertificateKind(StrEnum):
    """What a certificate is for; fixes its key usage."""

    ROOT = "root"
    ISSUING = "issuing"
    SIGNING = "signing"
    ENCRYPTION = "encryption"
    OCSP = "ocsp"
    SEAL_MAKING = "seal_making"
    RECORD_KEEPING = "record_keeping"
    TIMESTAMPING = "timestamping"


class RevocationReason(StrEnum):
    """Reasons that a CRL may carry (RFC 5280 §5.3.1)."""

    UNSPECIFIED = "unspecified"
    KEY_COMPROMISE = "key_compromise"
    AFFILIATION_CHANGED = "affiliation_changed"
    SUPERSEDED = "superseded"
    CESSATION_OF_OPERATION = "cessation_of_operation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Who a certificate names; empty parts are left out."""

    holder: str
    organization: str
    credit_code: str = ""
    person_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A certificate (DER) and its private key."""

    certificate: bytes
    key: P256PrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """When a certificate holds; aware UTC, whole seconds."""

    not_before: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where an issuer's CRL, certificate and OCSP responder are; `ocsp` may be empty."""

    crl: str
    issuer: str
    ocsp: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """One revoked certificate."""

    serial: int
    at: datetime
    reason: RevocationReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What the CA knows of one of its serial numbers; `revoked` is None while it is good."""

    revoked: Revoked | None


def serial_from(random: Callable[[int], bytes]) -> int:
    """Draw a positive serial number of 16 octets whose first octet is never zero."""
    raw = bytearray(random(SERIAL_BYTES))
    raw[0] = (raw[0] & 0x7F) | 0x40
    return int.from_bytes(raw, "big")


def issue_root(*, key: P256PrivateKey, subject: Subject, serial: int, validity: Validity) -> bytes:
    """Return a self-signed root certificate, DER."""
    name = _name(subject)
    builder = _builder(name, name, key.public_key(), serial, validity)
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
    builder = builder.add_extension(_key_usage(CertificateKind.ROOT, rsa=False), critical=True)
    builder = builder.add_extension(own, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def issue(
    *,
    issuer: Signer,
    kind: CertificateKind,
    subject: Subject,
    spki: bytes,
    serial: int,
    validity: Validity,
    addresses: Addresses,
) -> bytes:
    """Return a certificate of `kind` for the key in `spki`, DER.

    Raises:
        RejectedError: the key is of no allowed suite (`ceremony.key_not_allowed`) or a name does not fit X.509
            (`platform.bad_field`).
    """
    public_key = load_spki(spki)
    authority = x509.load_der_x509_certificate(issuer.certificate)
    builder = _builder(_name(subject), authority.subject, public_key, serial, validity)
    if kind is CertificateKind.ISSUING:
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        policy = x509.PolicyInformation(x509.ObjectIdentifier(_ANY_POLICY), None)
        builder = builder.add_extension(x509.CertificatePolicies([policy]), critical=False)
    usage = _key_usage(kind, rsa=not isinstance(public_key, ec.EllipticCurvePublicKey))
    builder = builder.add_extension(usage, critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    builder = builder.add_extension(_authority_key(authority), critical=False)
    if kind in _OWN_USES:
        # Tells it from a member's signing certificate, which must never make a seal or keep records (T15, T35).
        own = x509.ExtendedKeyUsage([x509.ObjectIdentifier(_OWN_USES[kind])])
        builder = builder.add_extension(own, critical=False)
    if kind is CertificateKind.TIMESTAMPING:
        # RFC 3161 §2.3: critical, and for nothing else.
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    if kind is CertificateKind.OCSP:
        # Nobody asks whether the responder itself is revoked (RFC 6960 §4.2.2.2.1); so it lives short.
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=False)
        builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    else:
        builder = builder.add_extension(_crl_points(addresses), critical=False)
        builder = builder.add_extension(_authority_information(addresses), critical=False)
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def write_crl(
    *, issuer: Signer, number: int, this_update: datetime, next_update: datetime, revoked: Sequence[Revoked]
) -> bytes:
    """Return a full CRL, DER."""
    authority = x509.load_der_x509_certificate(issuer.certificate)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.subject)
        .last_update(this_update)
        .next_update(next_update)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(_authority_key(authority), critical=False)
    )
    for entry in revoked:
        item = x509.RevokedCertificateBuilder().serial_number(entry.serial).revocation_date(entry.at)
        # RFC 5280 §5.3.1: unspecified is said by leaving the reason out.
        if entry.reason is not RevocationReason.UNSPECIFIED:
            item = item.add_extension(x509.CRLReason(_flag(entry.reason)), critical=False)
        builder = builder.add_revoked_certificate(item.build())
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def write_ocsp(
    *,
    request: bytes,
    issuer: bytes,
    responder: Signer,
    status_of: Callable[[int], Status | None],
    this_update: datetime,
    next_update: datetime,
) -> bytes:
    """Answer an OCSP request about certificates of `issuer` (DER); always an OCSP response, whatever the request.

    A request about another issuer is answered "unauthorized", one that does not parse "malformedRequest", a serial
    number never issued "unknown". The nonce is echoed.
    """
    try:
        asked, algorithm, nonce = _read_request(request)
    except Exception:  # noqa: BLE001 - a foreign parser on hostile input: whatever it raises means malformed
        return _refusal(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
    if not isinstance(algorithm, hashes.SHA1 | hashes.SHA256) or not _is_about(asked, issuer, algorithm):
        return _refusal(ocsp.OCSPResponseStatus.UNAUTHORIZED)
    status = status_of(asked.serial_number)
    revoked = status.revoked if status else None
    certificate = x509.load_der_x509_certificate(responder.certificate)
    known = ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response_by_hash(
            issuer_name_hash=asked.issuer_name_hash,
            issuer_key_hash=asked.issuer_key_hash,
            serial_number=asked.serial_number,
            algorithm=algorithm,
            cert_status=known if status else ocsp.OCSPCertStatus.UNKNOWN,
            this_update=this_update,
            next_update=next_update,
            revocation_time=revoked.at if revoked else None,
            revocation_reason=_ocsp_reason(revoked),
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, certificate)
        .certificates([certificate])
    )
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.sign(responder.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _builder(
    name: x509.Name,
    issuer: x509.Name,
    key: PublicKey,
    serial: int,
    validity: Validity,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(serial)
        .not_valid_before(validity.not_before)
        .not_valid_after(validity.not_after)
    )


def _name(subject: Subject) -> x509.Name:
    parts = [
        (NameOID.COUNTRY_NAME, "CN"),
        (NameOID.ORGANIZATION_NAME, subject.organization),
        (NameOID.ORGANIZATION_IDENTIFIER, subject.credit_code),
        (NameOID.COMMON_NAME, subject.holder),
        (NameOID.SERIAL_NUMBER, subject.person_id),
    ]
    if not subject.holder or any(len(text) > _MAX_NAME for _, text in parts):
        raise RejectedError("platform.bad_field", "a name does not fit into a certificate")
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in parts if text])


_SIGNS_CERTIFICATES = frozenset({CertificateKind.ROOT, CertificateKind.ISSUING})
_COMMITS = frozenset({CertificateKind.SIGNING, CertificateKind.SEAL_MAKING, CertificateKind.RECORD_KEEPING})
#: Extended key usages of ours.
_OWN_USES = {CertificateKind.SEAL_MAKING: SEAL_MAKER_EKU, CertificateKind.RECORD_KEEPING: RECORD_KEEPER_EKU}


def _key_usage(kind: CertificateKind, *, rsa: bool) -> x509.KeyUsage:
    is_ca, encrypts = kind in _SIGNS_CERTIFICATES, kind is CertificateKind.ENCRYPTION
    return x509.KeyUsage(
        digital_signature=not is_ca and not encrypts,
        content_commitment=kind in _COMMITS,
        key_encipherment=encrypts and rsa,
        data_encipherment=False,
        key_agreement=encrypts and not rsa,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        encipher_only=False,
        decipher_only=False,
    )


def _authority_key(authority: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    own = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)


def _crl_points(addresses: Addresses) -> x509.CRLDistributionPoints:
    place = x509.UniformResourceIdentifier(addresses.crl)
    return x509.CRLDistributionPoints(
        [x509.DistributionPoint(full_name=[place], relative_name=None, reasons=None, crl_issuer=None)]
    )


def _authority_information(addresses: Addresses) -> x509.AuthorityInformationAccess:
    kinds = AuthorityInformationAccessOID
    access = [x509.AccessDescription(kinds.CA_ISSUERS, x509.UniformResourceIdentifier(addresses.issuer))]
    if addresses.ocsp:
        access.insert(0, x509.AccessDescription(kinds.OCSP, x509.UniformResourceIdentifier(addresses.ocsp)))
    return x509.AuthorityInformationAccess(access)


def _flag(reason: RevocationReason) -> x509.ReasonFlags:
    return x509.ReasonFlags[reason.value]


def _ocsp_reason(revoked: Revoked | None) -> x509.ReasonFlags | None:
    if revoked is None or revoked.reason is RevocationReason.UNSPECIFIED:
        return None
    return _flag(revoked.reason)


def _read_request(request: bytes) -> tuple[ocsp.OCSPRequest, hashes.HashAlgorithm, bytes | None]:
    if len(request) > _MAX_REQUEST_BYTES:
        raise ValueError("length")
    asked = ocsp.load_der_ocsp_request(request)
    return asked, asked.hash_algorithm, _nonce(asked)


def _nonce(asked: ocsp.OCSPRequest) -> bytes | None:
    for extension in asked.extensions:
        if isinstance(extension.value, x509.OCSPNonce):
            nonce = extension.value.nonce
            if not 1 <= len(nonce) <= _MAX_NONCE_BYTES:
                raise ValueError("nonce length")
            return nonce
    return None


def _is_about(asked: ocsp.OCSPRequest, issuer: bytes, algorithm: hashes.SHA1 | hashes.SHA256) -> bool:
    authority = x509.load_der_x509_certificate(issuer)
    own = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    key_hash = own.digest if isinstance(algorithm, hashes.SHA1) else _hash(_point(authority), algorithm)
    return asked.issuer_name_hash == _hash(authority.subject.public_bytes(), algorithm) and (
        asked.issuer_key_hash == key_hash
    )


def _point(authority: x509.Certificate) -> bytes:
    key = authority.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    return point_of(key)


def _hash(data: bytes, algorithm: hashes.SHA1 | hashes.SHA256) -> bytes:
    digest = hashes.Hash(algorithm)
    digest.update(data)
    return digest.finalize()


def _refusal(status: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)
