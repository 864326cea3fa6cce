"""Base45: bytes in the 45 characters of a QR code's alphanumeric mode.

Reading is strict: one text for each value, no white space, no padding, nothing above 65535 or 255.
Source: RFC 9285.
"""

from desktop.domain.errors import RejectedError

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_BASE = 45
#: Characters that stand for two bytes, and for one left over at the end.
_PAIR, _SINGLE = 3, 2


def encode(data: bytes) -> str:
    """Return the text of `data`."""
    text: list[str] = []
    for at in range(0, len(data), 2):
        group = data[at : at + 2]
        value = int.from_bytes(group, "big")
        for _ in range(_PAIR if len(group) == 2 else _SINGLE):  # noqa: PLR2004 - RFC 9285: two bytes, three characters
            value, digit = divmod(value, _BASE)
            text.append(_ALPHABET[digit])
    return "".join(text)


def decode(text: str) -> bytes:
    """Return the bytes of `text`.

    Raises:
        RejectedError: `ceremony.malformed`.
    """
    if len(text) % _PAIR == 1:
        raise RejectedError("ceremony.malformed", "base45 length")
    data = bytearray()
    for at in range(0, len(text), _PAIR):
        group = text[at : at + _PAIR]
        size = len(group) - 1
        value = 0
        for character in reversed(group):
            digit = _VALUES.get(character)
            if digit is None:
                raise RejectedError("ceremony.malformed", "base45 character")
            value = value * _BASE + digit
        if value >= 1 << 8 * size:
            raise RejectedError("ceremony.malformed", "base45 value")
        data += value.to_bytes(size, "big")
    return bytes(data)
