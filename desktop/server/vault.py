"""Encryption of single values at rest, and keyed hashes to find them again (threat T36).

AES-256-GCM with a random 96-bit nonce; `context` names the kind of value, so one cannot be moved into another's place.
"""

from collections.abc import Callable

from desktop.crypto.primitives import KEY_BYTES, NONCE_BYTES, aead_open, aead_seal, hkdf_sha256, hmac_sha256
from desktop.domain.errors import RejectedError
from desktop.domain.secret import SecretBytes


class Vault:
    """Both keys derive from one 32-byte master key; `random` gives the nonces."""

    def __init__(self, master: SecretBytes, random: Callable[[int], bytes]) -> None:
        if len(master) != KEY_BYTES:
            raise RejectedError("platform.state_damaged", "master key")
        self._field = SecretBytes(hkdf_sha256(ikm=master.reveal(), salt=b"", info=b"bidseal/platform/field"))
        self._index = SecretBytes(hkdf_sha256(ikm=master.reveal(), salt=b"", info=b"bidseal/platform/index"))
        self._random = random

    def seal(self, context: bytes, value: bytes) -> bytes:
        """Encrypt `value`: nonce ‖ ciphertext."""
        nonce = self._random(NONCE_BYTES)
        counter = int.from_bytes(nonce, "big")
        return nonce + aead_seal(key=self._field.reveal(), counter=counter, plaintext=value, aad=context)

    def open(self, context: bytes, sealed: bytes) -> bytes:
        """Decrypt what `seal` made.

        Raises:
            RejectedError: altered, or of another context (`platform.file_damaged`).
        """
        counter = int.from_bytes(sealed[:NONCE_BYTES], "big")
        try:
            return aead_open(key=self._field.reveal(), counter=counter, ciphertext=sealed[NONCE_BYTES:], aad=context)
        except RejectedError:
            raise RejectedError("platform.file_damaged") from None

    def index(self, context: bytes, value: bytes) -> str:
        """Return the keyed hash by which equal values are found, 64 hex digits."""
        return hmac_sha256(self._index.reveal(), context + b"\0" + value).hex()
