"""What a phone signs to show that a certificate password was right, so that the platform counts anew (threat T30)."""

from desktop.protocol import codec

NONCE_BYTES = 32
HALF_BYTES = 32


def password_try_message(*, serial: str, nonce: bytes) -> bytes:
    """Return the bytes that the certificate's signing key signs after a try; `nonce` is the platform's for this try."""
    return b"BIDSEAL1/password-try\0" + codec.encode({"serial": serial, "nonce": nonce})
