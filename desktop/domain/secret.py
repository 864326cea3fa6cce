"""Secrets that cannot be printed by accident."""

import hmac


class SecretBytes:
    """Bytes with a blank repr and constant-time comparison. `reveal` is the one, searchable way out."""

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        self._value = value

    def reveal(self) -> bytes:
        """Return the bytes; call it at the place of use only."""
        return self._value

    def __repr__(self) -> str:
        return "SecretBytes(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SecretBytes) and hmac.compare_digest(self._value, other._value)

    def __hash__(self) -> int:
        raise TypeError("a secret is not a key of anything")

    def __len__(self) -> int:
        return len(self._value)
