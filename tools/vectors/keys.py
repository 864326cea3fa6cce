"""Fixed and public keys, certificates and signatures of the vectors. Never use them for anything else.

Signatures are deterministic (RFC 6979) and so is everything else here: the same code writes the same files.
"""

import hashlib
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID

ISSUED_AT = 1_780_286_400
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_NOT_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
_NOT_AFTER = datetime(2036, 1, 1, tzinfo=UTC)


def fixed(name: str, length: int = 32) -> bytes:
    """Return bytes that look random and are the same every time."""
    return hashlib.shake_256(f"BidSeal vector {name}".encode()).digest(length)


def scalar(name: str) -> int:
    """Return the private scalar of a named key."""
    return int.from_bytes(fixed(f"key {name}"), "big") % (_ORDER - 1) + 1


def key(name: str) -> ec.EllipticCurvePrivateKey:
    """Return a named P-256 key."""
    return ec.derive_private_key(scalar(name), ec.SECP256R1())


def sign(private: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    """Return the raw r ‖ s of RFC 6979."""
    r, s = decode_dss_signature(private.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def certificate(
    name: str,
    *,
    organization: str,
    credit_code: str,
    holder: str,
    may_sign: bool = True,
    extended_usage: str = "",
) -> bytes:
    """Return the DER of a certificate over the named key, issued by the named key "issuing CA"."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(x509.ObjectIdentifier("2.5.4.97"), credit_code),
            x509.NameAttribute(NameOID.COMMON_NAME, holder),
        ]
    )
    usage = x509.KeyUsage(
        digital_signature=may_sign,
        content_commitment=may_sign,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=not may_sign,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Vector Issuing CA")]))
        .public_key(key(name).public_key())
        .serial_number(int.from_bytes(b"\x01" + fixed(f"serial {name}", 15), "big"))
        .not_valid_before(_NOT_BEFORE)
        .not_valid_after(_NOT_AFTER)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
    )
    if extended_usage:
        oid = x509.ObjectIdentifier(extended_usage)
        builder = builder.add_extension(x509.ExtendedKeyUsage([oid]), critical=True)
    signed = builder.sign(key("issuing CA"), hashes.SHA256(), ecdsa_deterministic=True)
    return signed.public_bytes(serialization.Encoding.DER)
