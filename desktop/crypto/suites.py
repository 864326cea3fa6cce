"""Signing and encryption keys by suite: a closed allow-list, nothing negotiable.

Refuses every curve but P-256 and every RSA size but 2048 and 3072. On the wire an ECDSA signature is raw r‖s (64 B),
an RSA signature RSASSA-PKCS1-v1_5 with SHA-256 (docs/protocol.md, Encoding).
Source: FIPS 186-5, RFC 8017, SEC 1.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from desktop.domain.errors import MisuseError, RejectedError
from desktop.domain.secret import SecretBytes

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
P256PrivateKey = ec.EllipticCurvePrivateKey
P256PublicKey = ec.EllipticCurvePublicKey

_COORDINATE_BYTES = 32
_RSA_EXPONENT = 65537


class Suite(StrEnum):
    """Key suites a mobile certificate may have."""

    P256 = "P-256"
    RSA2048 = "RSA-2048"
    RSA3072 = "RSA-3072"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """What a suite is made of; `signature_bytes` is its length on the wire."""

    generate: Callable[[], PrivateKey]
    signature_bytes: int


_TABLE: dict[Suite, _Row] = {
    Suite.P256: _Row(generate=lambda: ec.generate_private_key(ec.SECP256R1()), signature_bytes=64),
    Suite.RSA2048: _Row(generate=lambda: rsa.generate_private_key(_RSA_EXPONENT, 2048), signature_bytes=256),
    Suite.RSA3072: _Row(generate=lambda: rsa.generate_private_key(_RSA_EXPONENT, 3072), signature_bytes=384),
}


def generate_key(suite: Suite) -> PrivateKey:
    """Make a new private key of `suite`."""
    return _TABLE[suite].generate()


def suite_of(key: PublicKey) -> Suite:
    """Name the suite of a public key.

    Raises:
        RejectedError: the key is of no allowed suite (`ceremony.key_not_allowed`).
    """
    if isinstance(key, ec.EllipticCurvePublicKey):
        if isinstance(key.curve, ec.SECP256R1):
            return Suite.P256
    elif key.public_numbers().e == _RSA_EXPONENT and key.key_size in (2048, 3072):
        return Suite(f"RSA-{key.key_size}")
    raise RejectedError("ceremony.key_not_allowed")


def signature_bytes(suite: Suite) -> int:
    """Return the length of a wire signature of `suite` in bytes."""
    return _TABLE[suite].signature_bytes


def spki_of(key: PrivateKey | PublicKey) -> bytes:
    """Return the SubjectPublicKeyInfo DER of a key."""
    public = key if isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey) else key.public_key()
    return public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def load_spki(spki: bytes) -> PublicKey:
    """Read a SubjectPublicKeyInfo and demand an allowed suite and the one DER encoding of that key.

    Raises:
        RejectedError: not a key, not of an allowed suite, or not canonical DER (`ceremony.key_not_allowed`).
    """
    try:
        key = serialization.load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise RejectedError("ceremony.key_not_allowed", type(error).__name__) from None
    if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
        raise RejectedError("ceremony.key_not_allowed")
    suite_of(key)
    if spki_of(key) != spki:
        raise RejectedError("ceremony.key_not_allowed", "spki is not canonical")
    return key


def point_of(key: ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey) -> bytes:
    """Return a P-256 public key as its uncompressed point, 65 bytes."""
    public = key if isinstance(key, ec.EllipticCurvePublicKey) else key.public_key()
    return public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def load_point(point: bytes) -> ec.EllipticCurvePublicKey:
    """Read an uncompressed P-256 point.

    Raises:
        RejectedError: not 65 bytes, not uncompressed or not on the curve (`ceremony.key_not_allowed`).
    """
    if len(point) != 1 + 2 * _COORDINATE_BYTES or point[0] != 4:  # noqa: PLR2004 - 4 marks an uncompressed point, SEC 1 §2.3.3
        raise RejectedError("ceremony.key_not_allowed")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        raise RejectedError("ceremony.key_not_allowed", "point is not on the curve") from None


def generate_p256() -> P256PrivateKey:
    """Make a new P-256 private key: ephemeral, workstation and platform keys are of no other kind."""
    return ec.generate_private_key(ec.SECP256R1())


def as_p256(key: PublicKey) -> P256PublicKey:
    """Narrow a key to P-256.

    Raises:
        RejectedError: it is of another suite (`ceremony.key_not_allowed`).
    """
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise RejectedError("ceremony.key_not_allowed", "P-256 wanted")
    return key


def scalar_of(key: P256PrivateKey) -> SecretBytes:
    """Return the private scalar of a key, 32 bytes big-endian: the form in which opening and time keys travel."""
    return SecretBytes(key.private_numbers().private_value.to_bytes(_COORDINATE_BYTES, "big"))


def p256_of_scalar(scalar: SecretBytes) -> P256PrivateKey:
    """Return the key of a private scalar.

    Raises:
        RejectedError: not 32 bytes, or none of the curve's scalars (`ceremony.key_not_allowed`).
    """
    if len(scalar) != _COORDINATE_BYTES:
        raise RejectedError("ceremony.key_not_allowed", "scalar length")
    try:
        return ec.derive_private_key(int.from_bytes(scalar.reveal(), "big"), ec.SECP256R1())
    except ValueError:
        raise RejectedError("ceremony.key_not_allowed", "scalar") from None


def sign(key: PrivateKey, message: bytes) -> bytes:
    """Sign `message` (hashed with SHA-256 here) and return the wire signature."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(_COORDINATE_BYTES, "big") + s.to_bytes(_COORDINATE_BYTES, "big")
    return key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def verify(key: PublicKey, message: bytes, signature: bytes) -> bool:
    """Tell whether `signature` (wire form) is `key`'s over `message`; a malformed one is just not good."""
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature_to_der(signature), message, ec.ECDSA(hashes.SHA256()))
        else:
            key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, RejectedError):
        return False
    return True


def signature_to_der(raw: bytes) -> bytes:
    """Convert a raw r‖s ECDSA signature into the DER form that CMS and X.509 carry.

    Raises:
        RejectedError: not 64 bytes (`ceremony.signature_invalid`).
    """
    if len(raw) != 2 * _COORDINATE_BYTES:
        raise RejectedError("ceremony.signature_invalid", "raw signature length")
    r = int.from_bytes(raw[:_COORDINATE_BYTES], "big")
    s = int.from_bytes(raw[_COORDINATE_BYTES:], "big")
    return encode_dss_signature(r, s)


def export_pkcs8(key: PrivateKey) -> bytes:
    """Return the unencrypted PKCS#8 of `key`; only the phone's key store calls this, and wraps it at once."""
    return key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def load_pkcs8(der: bytes) -> PrivateKey:
    """Read an unencrypted PKCS#8 made by `export_pkcs8`.

    Raises:
        MisuseError: the bytes are none of ours.
    """
    try:
        key = serialization.load_der_private_key(der, None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError) as error:
        raise MisuseError("general.unexpected", type(error).__name__) from None
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise MisuseError("general.unexpected", "key type")
    return key
