"""Hash, HKDF, HMAC, AES-256-GCM, HPKE and Argon2id, each with exactly the parameters of docs/protocol.md.

Source: RFC 5869, 2104, 9180, 9106; NIST SP 800-38D.
"""

import hashlib
import hmac
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from desktop.domain.errors import RejectedError

KEY_BYTES = 32
NONCE_BYTES = 12
#: What HPKE adds to a plaintext: the encapsulated point, and the tag.
HPKE_OVERHEAD_BYTES = 65 + 16
_HPKE = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def sha256(data: bytes) -> bytes:
    """Return the SHA-256 of `data`, 32 bytes."""
    return hashlib.sha256(data).digest()


def hmac_sha256(key: bytes, data: bytes) -> bytes:
    """Return HMAC-SHA256, 32 bytes."""
    return hmac.digest(key, data, "sha256")


def equal(left: bytes, right: bytes) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(left, right)


def hkdf_sha256(*, ikm: bytes, salt: bytes, info: bytes, length: int = KEY_BYTES) -> bytes:
    """Derive `length` bytes; an empty salt means the RFC's string of zeros."""
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt or None, info=info).derive(ikm)


def aead_seal(*, key: bytes, counter: int, plaintext: bytes, aad: bytes = b"") -> bytes:
    """Encrypt with AES-256-GCM under the 96-bit big-endian `counter` as nonce; a key and counter pair is used once."""
    return AESGCM(key).encrypt(counter.to_bytes(NONCE_BYTES, "big"), plaintext, aad)


def aead_open(*, key: bytes, counter: int, ciphertext: bytes, aad: bytes = b"") -> bytes:
    """Decrypt what `aead_seal` made.

    Raises:
        RejectedError: wrong key, counter, aad or bytes (`ceremony.message_unreadable`).
    """
    try:
        return AESGCM(key).decrypt(counter.to_bytes(NONCE_BYTES, "big"), ciphertext, aad)
    except (InvalidTag, ValueError):
        raise RejectedError("ceremony.message_unreadable") from None


def hpke_seal(*, recipient: ec.EllipticCurvePublicKey, info: bytes, plaintext: bytes) -> bytes:
    """Encrypt single-shot to `recipient` and return enc ‖ ct; the context is bound by `info`, the aad is empty."""
    return _HPKE.encrypt(plaintext, recipient, info)


def hpke_open(*, key: ec.EllipticCurvePrivateKey, info: bytes, ciphertext: bytes) -> bytes:
    """Decrypt enc ‖ ct.

    Raises:
        RejectedError: not for this key, not under this `info`, or altered (`ceremony.message_unreadable`).
    """
    try:
        return _HPKE.decrypt(ciphertext, key, info)
    except (InvalidTag, ValueError):
        raise RejectedError("ceremony.message_unreadable") from None


def rsa_oaep_seal(*, recipient: rsa.RSAPublicKey, label: bytes, plaintext: bytes) -> bytes:
    """Encrypt a short `plaintext` with RSA-OAEP-SHA256 and `label`."""
    return recipient.encrypt(plaintext, _oaep(label))


def rsa_oaep_open(*, key: rsa.RSAPrivateKey, label: bytes, ciphertext: bytes) -> bytes:
    """Decrypt what `rsa_oaep_seal` made.

    Raises:
        RejectedError: not for this key or label (`ceremony.message_unreadable`).
    """
    try:
        return key.decrypt(ciphertext, _oaep(label))
    except ValueError:
        raise RejectedError("ceremony.message_unreadable") from None


def _oaep(label: bytes) -> padding.OAEP:
    return padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=label)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordCost:
    """Argon2id parameters; memory in KiB."""

    iterations: int = 3
    memory_kib: int = 64 * 1024
    lanes: int = 1

    def __post_init__(self) -> None:
        """Refuse a cost below the floor (threat T21: a downgraded key derivation)."""
        if self.iterations < 1 or self.memory_kib < 8 * 1024 or self.lanes < 1:
            raise RejectedError("ceremony.key_not_allowed", "argon2 cost below the floor")


def argon2id(*, password: bytes, salt: bytes, cost: PasswordCost) -> bytes:
    """Derive 32 bytes from a password; `salt` is 16 random bytes."""
    return Argon2id(
        salt=salt,
        length=KEY_BYTES,
        iterations=cost.iterations,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
    ).derive(password)
