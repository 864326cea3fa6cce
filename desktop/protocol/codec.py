"""Deterministic CBOR, read strictly.

Accepts exactly: integers within ±(2^53 - 1), byte strings, NFC text without control, bidi or invisible characters,
arrays, maps with text keys, false and true. Refuses everything else that CBOR knows (floats, null, undefined, tags,
indefinite lengths, duplicate keys) and everything that is not the one deterministic encoding of its value: what is
read is encoded again and must be the same bytes. One error class. A first walk over the heads refuses depth, lengths
that the bytes do not hold, and tags before the parser sees them: cbor2 follows shared values and string references by
itself, and 4 kB of them keep it busy for hours (threat T22).
Source: RFC 8949 §4.2.1; docs/protocol.md, Encoding.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

import cbor2

from desktop.domain.errors import MisuseError, RejectedError

Value = int | bytes | str | bool | Sequence["Value"] | Mapping[str, "Value"]

#: No message of the protocol is larger; the mailbox refuses more as well.
MAX_BYTES = 256 * 1024
#: Nor does any hold more values; a challenge with a hundred documents has about 4,000.
MAX_ELEMENTS = 8192
#: The integers that every implementation tells apart (JavaScript's safe integers).
_MAX_INT = 2**53 - 1
#: Arrays and maps within each other.
_MAX_DEPTH = 8
_STRINGS = (2, 3)
#: Values that an array and a map hold for each counted entry.
_CONTAINERS = {4: 1, 5: 2}
_TAG, _SIMPLE = 6, 7
_BOOLEANS = (20, 21)
#: Additional information 24…27 announces 1, 2, 4 or 8 bytes of argument; 28 and above none that we know.
_ONE_BYTE, _RESERVED = 24, 28
#: Cf holds the bidi controls and most of what cannot be seen; the list below is what else has no picture of its own.
_FORBIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_UNSEEN = frozenset(
    chr(c)
    for first, last in (
        (0x034F, 0x034F),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x2800, 0x2800),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFFA0, 0xFFA0),
        (0xE0000, 0xE0FFF),
    )
    for c in range(first, last + 1)
)


def encode(value: Value) -> bytes:
    """Encode `value` deterministically.

    Raises:
        MisuseError: the value is not of the accepted kinds (a bug on our side, or unchecked user text).
    """
    try:
        _check(value, _MAX_DEPTH)
    except RejectedError as error:
        raise MisuseError("general.unexpected", error.detail) from None
    return cbor2.dumps(value, canonical=True)


def decode(data: bytes, *, max_bytes: int = MAX_BYTES) -> Value:
    """Decode one value that fills `data` exactly.

    Raises:
        RejectedError: `ceremony.malformed`; nothing else is ever raised, whatever the bytes.
    """
    if len(data) > max_bytes:
        raise RejectedError("ceremony.malformed", "too long")
    _demand_one(data)
    try:
        value = cbor2.loads(
            data,
            max_depth=_MAX_DEPTH + 1,
            allow_indefinite=False,
            allow_duplicate_keys=False,
            strict_hashable_types=True,
        )
    except Exception as error:  # noqa: BLE001 - a foreign parser on hostile input: whatever it raises means malformed
        raise RejectedError("ceremony.malformed", type(error).__name__) from None
    _check(value, _MAX_DEPTH)
    if cbor2.dumps(value, canonical=True) != data:
        raise RejectedError("ceremony.malformed", "not the deterministic encoding")
    return value  # type: ignore[no-any-return]  # _check has narrowed it


def read_sequence(file: BinaryIO) -> Iterator[bytes]:
    """Give the encodings that stand one after the other in a file, none of them longer than a message may be.

    Raises:
        RejectedError: `ceremony.malformed`.
    """
    ahead = b""
    while True:
        ahead += file.read(MAX_BYTES - len(ahead))
        if not ahead:
            return
        end = _walk(ahead)
        if end > len(ahead):
            raise RejectedError("ceremony.malformed", "truncated")
        yield ahead[:end]
        ahead = ahead[end:]


def fits(data: bytes) -> bool:
    """Tell whether an encoding of ours is small enough for every reader."""
    if len(data) > MAX_BYTES:
        return False
    try:
        _demand_one(data)
    except RejectedError:
        return False
    return True


def is_clean_text(text: str) -> bool:
    """Tell whether `text` may stand in a message: NFC, no control, line-separator or bidi characters."""
    return unicodedata.is_normalized("NFC", text) and not any(
        c in _UNSEEN or unicodedata.category(c) in _FORBIDDEN_CATEGORIES for c in text
    )


def clean_text(text: str, *, max_bytes: int) -> str:
    """Bring text of the outside world (a file name, a host name) into the form that may stand in a message.

    Forbidden characters become U+FFFD, so that the result visibly differs; too long text is cut at a character.
    """
    normal = unicodedata.normalize("NFC", text)
    visible = "".join(
        "\ufffd" if c in _UNSEEN or unicodedata.category(c) in _FORBIDDEN_CATEGORIES else c for c in normal
    )
    return visible.encode("utf-8")[:max_bytes].decode("utf-8", "ignore")


def _demand_one(data: bytes) -> None:
    if _walk(data) != len(data):
        raise RejectedError("ceremony.malformed", "length")


def _walk(data: bytes) -> int:
    """Go over the heads of the first value once, and return where it ends, which may be beyond the bytes.

    Time and memory are in proportion to the bytes that are there.
    """
    at, elements = 0, 0
    #: For each open array or map, how many values are still to come; the outermost is the message itself.
    awaited = [1]
    while awaited:
        if awaited[-1] == 0:
            awaited.pop()
            continue
        awaited[-1] -= 1
        major, argument, at = _head(data, at)
        elements += 1
        if elements > MAX_ELEMENTS:
            raise RejectedError("ceremony.malformed", "too many elements")
        if major in _STRINGS:
            at += argument
        elif major in _CONTAINERS:
            if len(awaited) > _MAX_DEPTH:
                raise RejectedError("ceremony.malformed", "too deep")
            awaited.append(argument * _CONTAINERS[major])
    return at


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    """Return major type, argument and the position after the head (RFC 8949 §3)."""
    if at >= len(data):
        raise RejectedError("ceremony.malformed", "truncated")
    major, info = data[at] >> 5, data[at] & 0x1F
    if major == _TAG or (major == _SIMPLE and info not in _BOOLEANS):
        raise RejectedError("ceremony.malformed", f"major type {major}")
    if info < _ONE_BYTE:
        return major, info, at + 1
    if info >= _RESERVED:
        raise RejectedError("ceremony.malformed", "indefinite length")
    end = at + 1 + (1 << (info - _ONE_BYTE))
    return major, int.from_bytes(data[at + 1 : end], "big"), end


def _check(value: Any, depth: int) -> None:
    if isinstance(value, list | tuple | dict) and depth == 0:
        raise RejectedError("ceremony.malformed", "too deep")
    if isinstance(value, list | tuple):
        for element in value:
            _check(element, depth - 1)
    elif isinstance(value, dict):
        for key, element in value.items():
            if not isinstance(key, str):
                raise RejectedError("ceremony.malformed", "key")
            _check_scalar(key)
            _check(element, depth - 1)
    else:
        _check_scalar(value)


def _check_scalar(value: Any) -> None:
    if isinstance(value, bool | bytes):
        return
    if isinstance(value, int):
        if not -_MAX_INT <= value <= _MAX_INT:
            raise RejectedError("ceremony.malformed", "integer out of range")
    elif isinstance(value, str):
        if not is_clean_text(value):
            raise RejectedError("ceremony.malformed", "text")
    else:
        raise RejectedError("ceremony.malformed", f"type {type(value).__name__}")
