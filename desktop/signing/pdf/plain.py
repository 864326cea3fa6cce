"""The text of an update's dictionaries has one reading, whoever reads it.

Readers differ on what is not plain: of a key that stands twice pyHanko takes the first value, pdfium, poppler and qpdf
the last; comments and odd blanks end differently; an object stream may hold one number twice. An update with any of
it could show one thing and be judged by another (threat T17: parser differentials), so it is refused. Strings are the
only place where any byte may stand. Source: ISO 32000-2 §7.2-7.3, §7.5.7.
"""

import re
from collections.abc import Sequence

MAX_DEPTH = 40
_MAX_DIGITS = 10
_BLANK = rb"[ \t\r\n]*"
_TOKEN = re.compile(
    _BLANK
    + rb"(?:(?P<open><<)|(?P<close>>>)|(?P<array>\[)|(?P<end>\])|(?P<hex><[0-9A-Fa-f \t\r\n]*>)|(?P<text>\()"
    + rb"|/(?P<name>[!-$&'*-.0-;=?-Z\\^-z|~\x80-\xff]*)"  # regular characters, # included
    + rb"|(?P<ref>\d{1,10} \d{1,5} R)(?=[ \t\r\n\]<>/(]|\Z)"
    + rb"|(?P<word>true|false|null|[+-]?(?:\d{1,12}(?:\.\d{0,12})?|\.\d{1,12}))(?=[ \t\r\n\]<>/(]|\Z))"
)
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_INSIDE = re.compile(rb"[()\\]")


class NotPlainError(ValueError):
    """The text has more than one reading; says why, for the diagnostic."""


def value_end(data: bytes, at: int) -> int:  # noqa: C901, PLR0912 - one small automaton; split, it is read twice
    """Return where the one value that begins at `at` ends, demanding that every reader reads it alike.

    Raises:
        NotPlainError: a key twice, a comment, an odd blank, number or name, or nested too deeply.
    """
    #: For each open container: the keys so far (a dictionary) or None (an array); and whether a key comes next.
    open_: list[set[bytes] | None] = []
    wants_key: list[bool] = []
    while True:
        token = _TOKEN.match(data, at)
        if token is None:
            raise NotPlainError(f"not a plain token at {at}")
        at, kind = token.end(), token.lastgroup
        if wants_key and wants_key[-1]:
            if kind == "close":
                open_.pop(), wants_key.pop()
            elif kind == "name":
                _take_key(open_[-1], token["name"])
                wants_key[-1] = False
                continue
            else:
                raise NotPlainError(f"no key at {at}")
        elif kind in ("open", "array"):
            if len(open_) >= MAX_DEPTH:
                raise NotPlainError("nested too deeply")
            open_.append(set() if kind == "open" else None)
            wants_key.append(kind == "open")
            continue
        elif kind == "end" and open_ and open_[-1] is None:
            open_.pop(), wants_key.pop()
        elif kind in ("close", "end"):
            raise NotPlainError(f"unbalanced at {at}")
        elif kind == "text":
            at = _text_end(data, at)
        elif kind == "name":
            _plain_name(token["name"])
        if not open_:
            return at
        if open_[-1] is not None:
            wants_key[-1] = True


def demand_members(header: bytes, body: bytes, expected: Sequence[int]) -> None:
    """Demand that an object stream holds exactly the objects `expected`, in order, each once and plain, side by side.

    `expected` are numbers by the cross-reference's index; `header` is the decoded stream up to /First, `body` the rest.

    Raises:
        NotPlainError: it does not.
    """
    numbers = header.split()
    if not all(n.isdigit() and len(n) <= _MAX_DIGITS for n in numbers) or len(numbers) != 2 * len(expected):
        raise NotPlainError("object stream header")
    if [int(n) for n in numbers[::2]] != list(expected) or len(set(expected)) != len(expected):
        raise NotPlainError("object stream holds other objects than listed")
    at = 0
    for offset in map(int, numbers[1::2]):
        if offset < at or body[at:offset].strip(b" \t\r\n"):
            raise NotPlainError("gap in an object stream")
        at = value_end(body, offset)
    if body[at:].strip(b" \t\r\n"):
        raise NotPlainError("object stream has a tail")


def _take_key(keys: "set[bytes] | None", raw: bytes) -> None:
    name = _plain_name(raw)
    assert keys is not None
    if name in keys:
        raise NotPlainError(f"key {name[:40]!r} stands twice")
    keys.add(name)


def _plain_name(raw: bytes) -> bytes:
    if _ESCAPE.sub(b"", raw).count(b"#"):
        raise NotPlainError("a name with a stray #")
    name = _ESCAPE.sub(lambda m: bytes([int(m[1], 16)]), raw)
    if b"\0" in name:
        raise NotPlainError("a name with a NUL")
    return name


def _text_end(data: bytes, at: int) -> int:
    depth = 1
    while depth:
        mark = _INSIDE.search(data, at)
        if mark is None:
            raise NotPlainError("a string without an end")
        at = mark.end() + (mark[0] == b"\\")
        depth += {b"(": 1, b")": -1}.get(mark[0], 0)
    return at
