"""A strict tokenizer for what is appended after a signature: text that every PDF reader understands alike.

Readers repair and guess differently: of two equal keys some keep the first and some the last; comments and odd escapes
hide keys from some. An attacker without any key could so show a forged page in a file whose signature holds. Therefore
only a small subset of the syntax is taken; duplicate keys (after #xx decoding, at every depth), comments, null values
of keys, needless escapes, NUL and form feed and anything unknown are refused. Source: ISO 32000-2 §7.2-7.3.
"""

import re
from dataclasses import dataclass

_SPACE = re.compile(rb"[\t\n\r ]*")
_NAME = re.compile(rb"/((?:[!-~](?<![()<>\[\]{}/%#])|#[0-9A-Fa-f]{2})+)(?=[\t\n\r ()<>\[\]/]|\Z)")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_REFERENCE = re.compile(rb"(0|[1-9]\d{0,9})[\t\n\r ]+(0|[1-9]\d{0,4})[\t\n\r ]+R(?=[\t\n\r ()<>\[\]/]|\Z)")
_REAL = re.compile(rb"-?(?:\d{1,20}\.\d{0,20}|\.\d{1,20})(?=[\t\n\r ()<>\[\]/]|\Z)")
_INTEGER = re.compile(rb"-?\d{1,10}(?=[\t\n\r ()<>\[\]/]|\Z)")
_WORD = re.compile(rb"(?:true|false|null)(?=[\t\n\r ()<>\[\]/]|\Z)")
_HEX = re.compile(rb"<(?:[0-9A-Fa-f]{2})*>")
_STRING_PART = re.compile(rb"[^()\\]+|\\(?:[nrtbf()\\]|[0-7]{1,3})|[()]")
_NEEDS_ESCAPE = frozenset(b"#()<>[]{}/%")
_PRINTABLE = range(0x21, 0x7F)
_MAX_DEPTH = 40


class StrictError(ValueError):
    """The text is outside the subset; the message says what and where, for the diagnostic."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name without its slash, escapes resolved."""

    value: bytes


@dataclass(frozen=True, slots=True)
class Ref:
    """An indirect reference."""

    number: int
    generation: int


@dataclass(frozen=True, slots=True)
class Text:
    """A string as it is written, brackets included."""

    raw: bytes


#: What a parsed value is: a dictionary by decoded key, a list, or one of the leaves (True, False and None included).
Value = dict[bytes, "Value"] | list["Value"] | Name | Ref | Text | int | float | None


def skip_space(data: bytes, at: int) -> int:
    """Return where the white space (none of the odd kinds) that begins at `at` ends."""
    found = _SPACE.match(data, at)
    return found.end() if found else at


def read_value(data: bytes, at: int, depth: int = 0) -> tuple[Value, int]:
    """Parse the one value that begins exactly at `at`; return it and where it ends.

    Raises:
        StrictError: it is outside the subset.
    """
    if depth > _MAX_DEPTH:
        raise StrictError("nested too deeply")
    head = data[at : at + 2]
    if head == b"<<":
        return _dictionary(data, at + 2, depth)
    if head[:1] == b"[":
        return _array(data, at + 1, depth)
    if head[:1] == b"(":
        return _string(data, at)
    if head[:1] == b"/":
        name, end = _name(data, at)
        return Name(name), end
    return _plain(data, at)


def _plain(data: bytes, at: int) -> tuple[Value, int]:
    if found := _HEX.match(data, at):
        return Text(found[0]), found.end()
    if found := _REFERENCE.match(data, at):
        return Ref(int(found[1]), int(found[2])), found.end()
    if found := _REAL.match(data, at):
        return float(found[0]), found.end()
    if found := _INTEGER.match(data, at):
        return int(found[0]), found.end()
    if found := _WORD.match(data, at):
        return {b"true": True, b"false": False, b"null": None}[found[0]], found.end()
    raise StrictError(f"unknown token at {at}")


def _dictionary(data: bytes, at: int, depth: int) -> tuple[Value, int]:
    made: dict[bytes, Value] = {}
    while True:
        at = skip_space(data, at)
        if data[at : at + 2] == b">>":
            return made, at + 2
        key, at = _name(data, at)
        if key in made:
            raise StrictError(f"key twice: {key[:40]!r}")
        value, at = read_value(data, skip_space(data, at), depth + 1)
        if value is None:
            raise StrictError(f"null for key {key[:40]!r}")
        made[key] = value


def _array(data: bytes, at: int, depth: int) -> tuple[Value, int]:
    made: list[Value] = []
    while True:
        at = skip_space(data, at)
        if data[at : at + 1] == b"]":
            return made, at + 1
        value, at = read_value(data, at, depth + 1)
        made.append(value)


def _name(data: bytes, at: int) -> tuple[bytes, int]:
    found = _NAME.match(data, at)
    if found is None:
        raise StrictError(f"no proper name at {at}")

    def decode(escape: re.Match[bytes]) -> bytes:
        code = int(escape[1], 16)
        if code == 0 or (code in _PRINTABLE and code not in _NEEDS_ESCAPE):
            raise StrictError(f"needless escape in a name at {at}")
        return bytes([code])

    return _ESCAPE.sub(decode, found[1]), found.end()


def _string(data: bytes, at: int) -> tuple[Value, int]:
    start, depth = at, 0
    while True:
        part = _STRING_PART.match(data, at)
        if part is None:
            raise StrictError(f"string at {start}")
        at = part.end()
        if part[0] == b"(":
            depth += 1
        elif part[0] == b")":
            depth -= 1
            if depth == 0:
                return Text(data[start:at]), at
