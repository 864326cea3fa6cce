"""DER for the few CMS shapes of a bid package: a writer, and a cursor that takes exactly what is expected.

Every reader built on this takes the holes out of a shape, writes the shape again with the writer and demands the same
bytes; so there is one encoding, and no bit that nobody looked at (threats T20, T22). Refuses indefinite and non-minimal
lengths, other tags than the expected one, and anything beyond the data. Source: X.690 §8, §10.1, §11.6.
"""

from desktop.domain.errors import RejectedError

INTEGER, BIT_STRING, OCTET_STRING, OID = 0x02, 0x03, 0x04, 0x06
SEQUENCE, SET = 0x30, 0x31
_LONG_FORM = 0x80
_MAX_LENGTH_BYTES = 6
_UNREADABLE = "package.envelope_unreadable"


def tlv_head(tag: int, length: int) -> bytes:
    """Return tag and minimal definite length."""
    if length < _LONG_FORM:
        return bytes((tag, length))
    digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, _LONG_FORM | len(digits))) + digits


def tlv(tag: int, *parts: bytes) -> bytes:
    """Return one element with the joined `parts` as its contents."""
    contents = b"".join(parts)
    return tlv_head(tag, len(contents)) + contents


def set_of(tag: int, elements: list[bytes]) -> bytes:
    """Return a SET OF in DER order."""
    return tlv(tag, *sorted(elements))


def oid(dotted: str) -> bytes:
    """Return an OBJECT IDENTIFIER."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    out = bytearray()
    for arc in (first * 40 + second, *rest):
        septets = [arc & 0x7F]
        while arc := arc >> 7:
            septets.append(0x80 | (arc & 0x7F))
        out += bytes(reversed(septets))
    return tlv(OID, bytes(out))


class Cursor:
    """Walks through DER from front to back; `end` may lie beyond the bytes at hand, see `enter`."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    @property
    def is_done(self) -> bool:
        """Whether everything was taken."""
        return self.at >= len(self._data)

    def peek(self) -> int:
        """Return the next tag, 0 at the end."""
        return 0 if self.is_done else self._data[self.at]

    def enter(self, tag: int) -> int:
        """Take the head of an element with `tag` and return its length; its contents need not be at hand.

        Raises:
            RejectedError: another tag or not a DER length (`package.envelope_unreadable`).
        """
        head = self._data[self.at : self.at + 2 + _MAX_LENGTH_BYTES]
        if len(head) < 2 or head[0] != tag:  # noqa: PLR2004 - a tag and a length
            raise RejectedError(_UNREADABLE, f"tag at {self.at}")
        length, used = head[1], 2
        if length & _LONG_FORM:
            count = length & ~_LONG_FORM
            digits = head[2 : 2 + count]
            length, used = int.from_bytes(digits, "big"), 2 + count
            if not 0 < count <= _MAX_LENGTH_BYTES or len(digits) < count or tlv_head(tag, length) != head[:used]:
                raise RejectedError(_UNREADABLE, f"length at {self.at}")
        self.at += used
        return length

    def take(self, tag: int) -> bytes:
        """Take an element with `tag` and return its contents.

        Raises:
            RejectedError: another tag, not DER, or cut off (`package.envelope_unreadable`).
        """
        length = self.enter(tag)
        if self.at + length > len(self._data):
            raise RejectedError(_UNREADABLE, f"cut off at {self.at}")
        self.at += length
        return self._data[self.at - length : self.at]

    def into(self, tag: int) -> "Cursor":
        """Take an element with `tag` and return a cursor over its contents."""
        return Cursor(self.take(tag))

    def whole(self, tag: int) -> bytes:
        """Take an element with `tag` and return it with its head."""
        start = self.at
        self.take(tag)
        return self._data[start : self.at]
