"""Looking for signature dictionaries in the raw bytes of a file, whatever its cross-references claim.

A signature that no form field leads to, or of a format we cannot check, must never make a file look unsigned
(threat T17). Names are matched with any of their characters written as #xx, in plain objects and, for files that the
parser cannot read, inside deflated object streams too. Source: ISO 32000-2 §7.3.5, §7.5.7, §12.8.1.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

_DELIMITER = rb"[\x00\s()<>\[\]{}/%]"
_MAX_TRACES = 200
_MAX_OBJECT_STREAM = 16 * 1024 * 1024
_MAX_OBJECT_STREAMS = 2000
_DICTIONARY_WINDOW = 4096


class Bytes(Protocol):
    """What the scan needs of `bytes` and `mmap`."""

    def __getitem__(self, item: slice, /) -> bytes:
        """Return a copy of a part."""
        ...

    def __len__(self) -> int:
        """Return the size."""
        ...

    def find(self, sub: bytes, start: int = ..., end: int = ..., /) -> int:
        """Return where `sub` begins, or -1."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A mark of a signature dictionary: where it stands (None inside an object stream) and its SubFilter if given."""

    position: int | None
    sub_filter: str


def _escaped(name: bytes) -> bytes:
    """Make a pattern for `name` that allows every character in its #xx form."""
    return b"".join(b"(?:%s|#%s)" % (re.escape(bytes([c])), _hex_digits(c)) for c in name)


def _hex_digits(code: int) -> bytes:
    return b"".join(b"[%s%s]" % (d.encode(), d.upper().encode()) if d.isalpha() else d.encode() for d in f"{code:02x}")


#: A signature's byte range, or a SubFilter that is a single name (seed values of empty fields hold an array of them).
_MARK = re.compile(
    rb"/(?:%s(?=%s)|%s[\x00\s]*/(?P<format>[^\x00\s()<>\[\]{}/%%]+))"
    % (_escaped(b"ByteRange"), _DELIMITER, _escaped(b"SubFilter"))
)
_OBJECT_STREAM = re.compile(rb"/%s(?=%s)" % (_escaped(b"ObjStm"), _DELIMITER))
_STREAM_START = re.compile(rb"stream\r?\n")
_NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")


def find_traces(data: Bytes) -> tuple[Trace, ...]:
    """Find the marks of signature dictionaries in plain objects (and in whatever lies in uncompressed streams)."""
    found = []
    for mark in _MARK.finditer(data):  # type: ignore[call-overload]  # re takes any buffer, mmap included
        found.append(Trace(position=mark.start(), sub_filter=name_text(mark["format"] or b"")))
        if len(found) >= _MAX_TRACES:
            break
    return tuple(found)


def find_hidden_traces(data: Bytes) -> tuple[Trace, ...]:
    """Find marks inside deflated object streams by brute force, for files whose cross-references cannot be read."""
    found: list[Trace] = []
    for number, stream in enumerate(_object_streams(data)):
        if number >= _MAX_OBJECT_STREAMS:
            break
        found += traces_in_object_stream(stream)
    return tuple(found)


def traces_in_object_stream(decoded: bytes) -> list[Trace]:
    """Find marks in a decoded object stream."""
    return [Trace(position=None, sub_filter=name_text(mark["format"] or b"")) for mark in _MARK.finditer(decoded)]


def name_text(raw: bytes) -> str:
    """Return a PDF name (without its slash) as text, escapes resolved, cut to a length fit for a message."""
    return _NAME_ESCAPE.sub(lambda m: bytes([int(m[1], 16)]), raw).decode("latin-1")[:60]


def _object_streams(data: Bytes) -> Iterator[bytes]:
    for mark in _OBJECT_STREAM.finditer(data):  # type: ignore[call-overload]  # re takes any buffer, mmap included
        window = data[mark.end() : mark.end() + _DICTIONARY_WINDOW]
        start = _STREAM_START.search(window)
        if start is None:
            continue
        begin = mark.end() + start.end()
        inflate = zlib.decompressobj()
        try:
            yield inflate.decompress(data[begin : begin + _MAX_OBJECT_STREAM], _MAX_OBJECT_STREAM)
        except zlib.error:
            continue
