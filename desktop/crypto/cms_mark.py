"""Recognizing bytes that were seen before, ten times faster than by hashing them again.

A mark is a GMAC under a random key that never leaves the process and serves for one sequence of bytes: who does not
know the key cannot make other bytes with the same mark, although he may know everything about the bytes themselves
(and the keys of a bid, with which he could keep its GCM tag). Says nothing to anybody else: never written, never sent,
of no use after a restart. Source: NIST SP 800-38D (GMAC).
"""

import secrets
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from desktop.crypto.primitives import KEY_BYTES, NONCE_BYTES, equal


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The mark of one sequence of bytes."""

    key: bytes = field(repr=False)
    value: bytes = field(repr=False)


class Marker:
    """Makes the mark of bytes as they pass by, or looks whether they are those of `expected`."""

    def __init__(self, expected: Mark | None = None) -> None:
        self._expected = expected
        self._key = secrets.token_bytes(KEY_BYTES) if expected is None else expected.key
        # One key, one message: the nonce may be the same, and the value is compared here only.
        self._gmac = Cipher(algorithms.AES(self._key), modes.GCM(bytes(NONCE_BYTES))).encryptor()

    def update(self, data: memoryview) -> None:
        """Take the next piece."""
        self._gmac.authenticate_additional_data(data)

    def mark(self) -> Mark:
        """Return the mark of everything that was taken; ends the marker."""
        self._gmac.finalize()
        return Mark(key=self._key, value=self._gmac.tag)

    def is_same(self) -> bool:
        """Tell whether what was taken is what `expected` was made of; ends the marker."""
        return self._expected is not None and equal(self.mark().value, self._expected.value)
