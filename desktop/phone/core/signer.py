"""Who answers a challenge: unlocked keys with what certifies them."""

from dataclasses import dataclass

from desktop.crypto.primitives import sha256
from desktop.crypto.suites import spki_of
from desktop.phone.core.vault import KeyPair


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who answers. The certificates (DER) and `serial` are empty where new keys answer, which have none yet.

    `new_keys` are those that a certificate is asked for.
    """

    keys: KeyPair
    serial: str
    certificate: bytes
    enc_certificate: bytes = b""
    new_keys: KeyPair | None = None

    @property
    def fingerprint(self) -> bytes:
        """What the consent names: SHA-256 of the certificate, or of the new signing key's SPKI."""
        return sha256(self.certificate or spki_of(self.keys.sign))
