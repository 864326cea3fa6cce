"""What a certificate password must be, and what it is worth (threat T29).

A six-digit PIN falls to an offline search within hours even behind Argon2id, so it is refused. Eight characters of two
kinds hold only as long as the device secret is not stolen along with the key file; from twelve characters on the
password stands on its own.
"""

import unicodedata
from enum import StrEnum

from desktop.domain.secret import SecretBytes

MINIMUM = 8
ALONE = 12
_CLASSES = 2


class Strength(StrEnum):
    """What a password is worth; `WITH_DEVICE` needs the device secret beside it, `ALONE` does not."""

    TOO_WEAK = "too_weak"
    WITH_DEVICE = "with_device"
    ALONE = "alone"


def strength_of(password: str) -> Strength:
    """Judge a password that somebody wants to set."""
    text = unicodedata.normalize("NFC", password)
    if len(set(text)) < _CLASSES:
        return Strength.TOO_WEAK
    if len(text) >= ALONE:
        return Strength.ALONE
    if len(text) >= MINIMUM and _classes(text) >= _CLASSES:
        return Strength.WITH_DEVICE
    return Strength.TOO_WEAK


def secret_password(password: str) -> SecretBytes:
    """Turn typed text into the bytes that keys are derived from, the same on every keyboard."""
    return SecretBytes(unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass"))


def typed_text(password: SecretBytes) -> str:
    """Return the text behind `secret_password`, for judging its strength only."""
    return password.reveal().decode("utf-8", "replace")


def _classes(text: str) -> int:
    kinds = {"digit" if c.isdigit() else "lower" if c.islower() else "upper" if c.isupper() else "other" for c in text}
    return len(kinds)
