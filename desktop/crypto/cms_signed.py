"""The CAdES B-B signature of a bid package: the signed attributes with a signing time, and a strict reader.

As with a PDF seal (cades.py) the signed attributes are one fixed string with holes, so that phone and desktop build
them alike; here a signing-time stands between the other two:

    31 81 a2                                                        SET OF Attribute, in DER order
       30 18 06 09 2a864886f70d010903 31 0b 06 09 2a864886f70d010701     content-type = id-data
       30 1c 06 09 2a864886f70d010905 31 0f 17 0d "YYMMDDhhmmssZ"        signing-time, UTCTime
       30 2f 06 09 2a864886f70d010904 31 22 04 20 <32 bytes>             message-digest = SHA-256 of the manifest
       30 37 06 0b 2a864886f70d010910022f 31 28 30 26 30 24 30 22 04 20 <32 bytes>   signing-certificate-v2

The reader takes certificates, attributes and signature out, builds the CMS again and demands the same bytes; whether
the certificate is to be trusted is formats.trust's to say. Refuses times outside 2000-2049 (UTCTime ends there).
Source: RFC 5652 §5 and §11.3, RFC 5035 §3, EN 319 122-1 §5.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from desktop.crypto.cades import HASH_BYTES, cades_signed_attributes, cades_signed_data
from desktop.crypto.certificates import read_certificate
from desktop.crypto.cms_der import INTEGER, OCTET_STRING, SEQUENCE, SET, Cursor, tlv
from desktop.crypto.primitives import sha256
from desktop.crypto.suites import Suite
from desktop.domain.errors import MisuseError, RejectedError

MAX_SIGNATURE_FILE_BYTES = 32 * 1024
MAX_CHAIN = 4
_CONTENT_TYPE_BYTES = 2 + 0x18
_TIME_HEAD = bytes.fromhex("301c 0609 2a864886f70d010905 310f 170d")
_TIME_FORMAT = "%y%m%d%H%M%SZ"
_FIRST_YEAR, _LAST_YEAR = 2000, 2049
_C0 = 0xA0
_BAD = "package.signature_wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSignature:
    """A signature whose bytes are all accounted for and which is `certificate`'s over its attributes."""

    certificate: bytes
    chain: tuple[bytes, ...]
    message_digest: bytes
    signing_time: datetime


def package_signed_attributes(message_digest: bytes, certificate_der: bytes, signing_time: datetime) -> bytes:
    """Return the DER that the phone signs; `signing_time` is aware and cut to the second."""
    moment = signing_time.astimezone(UTC)
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise MisuseError("general.unexpected", "signing time outside UTCTime")
    body = Cursor(cades_signed_attributes(message_digest, certificate_der)).take(SET)
    time = _TIME_HEAD + moment.strftime(_TIME_FORMAT).encode("ascii")
    return tlv(SET, body[:_CONTENT_TYPE_BYTES], time, body[_CONTENT_TYPE_BYTES:])


def package_signed_data(
    *, signed_attributes: bytes, signature: bytes, certificate_der: bytes, chain: tuple[bytes, ...] = ()
) -> bytes:
    """Build the detached CMS from the phone's wire signature.

    Raises:
        RejectedError: the signature is not the certificate's over these attributes (`ceremony.signature_invalid`).
    """
    return cades_signed_data(
        signed_attributes=signed_attributes, signature=signature, certificate_der=certificate_der, chain=chain
    )


def read_package_signature(der: bytes) -> PackageSignature:
    """Read and check a detached signature file.

    Raises:
        RejectedError: `package.signature_wrong`, whatever the bytes.
    """
    try:
        return _read(der)
    except RejectedError as error:
        raise RejectedError(_BAD, str(error)) from None
    except Exception as error:  # noqa: BLE001 - the one fence around asn1crypto, which raises many types
        raise RejectedError(_BAD, type(error).__name__) from None


def _read(der: bytes) -> PackageSignature:
    if len(der) > MAX_SIGNATURE_FILE_BYTES:
        raise RejectedError(_BAD, "too long")
    content = Cursor(der).into(SEQUENCE)
    content.take(0x06)
    signed = content.into(_C0).into(SEQUENCE)
    signed.take(INTEGER)
    signed.take(SET)
    signed.take(SEQUENCE)
    carried = _split(signed.into(_C0))
    info = signed.into(SET).into(SEQUENCE)
    info.take(INTEGER)
    info.take(SEQUENCE)
    info.take(SEQUENCE)
    attributes = tlv(SET, info.take(_C0))
    info.take(SEQUENCE)
    signature = info.take(OCTET_STRING)
    digest, moment = _holes(attributes)
    own = next((der for der in carried if sha256(der) == attributes[-HASH_BYTES:]), None)
    if own is None:
        raise RejectedError(_BAD, "the signer's certificate is missing")
    chain = tuple(der for der in carried if der != own)
    if package_signed_attributes(digest, own, moment) != attributes:
        raise RejectedError(_BAD, "signed attributes")
    facts = read_certificate(own)
    raw = _raw(signature) if facts.suite is Suite.P256 else signature
    if package_signed_data(signed_attributes=attributes, signature=raw, certificate_der=own, chain=chain) != der:
        raise RejectedError(_BAD, "not the one shape of a package signature")
    return PackageSignature(certificate=own, chain=chain, message_digest=digest, signing_time=moment)


def _split(certificates: Cursor) -> tuple[bytes, ...]:
    found: list[bytes] = []
    while not certificates.is_done:
        if len(found) > MAX_CHAIN:
            raise RejectedError(_BAD, "too many certificates")
        found.append(certificates.whole(SEQUENCE))
    return tuple(found)


def _holes(attributes: bytes) -> tuple[bytes, datetime]:
    """Return message digest and signing time from where they stand; the caller compares the rest."""
    body = Cursor(attributes).into(SET)
    body.take(SEQUENCE)
    text = body.take(SEQUENCE)[-13:].decode("ascii")
    digest = body.take(SEQUENCE)[-HASH_BYTES:]
    return digest, datetime.strptime(text, _TIME_FORMAT).replace(tzinfo=UTC)


def _raw(signature: bytes) -> bytes:
    r, s = decode_dss_signature(signature)
    return r.to_bytes(HASH_BYTES, "big") + s.to_bytes(HASH_BYTES, "big")
