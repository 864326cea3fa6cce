"""What the lines of a consent text are made of: times and the beginnings of hashes. docs/protocol.md, Consent text."""

from datetime import UTC, datetime

from desktop.domain.clock import SHANGHAI

PREFIX_DIGITS = 8
#: Of a key or certificate that nothing else on the page pins: too long to be matched by trying keys.
_FINGERPRINT_DIGITS = 16


def moment(seconds: int) -> str:
    """Write a time, seconds since 1970-01-01 UTC, as people read it in China."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def prefix(digest: bytes) -> str:
    """Return the first eight hexadecimal digits."""
    return digest.hex()[:PREFIX_DIGITS]


def fingerprint(digest: bytes) -> str:
    """Return the first sixteen hexadecimal digits."""
    return digest.hex()[:_FINGERPRINT_DIGITS]
