"""Reading an incremental update a second time, strictly and by ourselves, so that no reader can see another one.

From the end of the signed bytes on: object after object, nothing between; each defined once, at the offset that the one
cross-reference section lists; then its trailer, startxref, %%EOF. Refuses hybrid sections, compressed members out of
order, streams whose length is not the written one, foreign filters. Source: ISO 32000-2 §7.5.
"""

import re
import zlib
from dataclasses import dataclass, field

from desktop.signing.pdf.scan import Bytes
from desktop.signing.pdf.strict import Name, Ref, StrictError, Value, read_value, skip_space

_HEADER = re.compile(rb"([1-9]\d{0,9}) 0 obj(?=[\t\n\r <\[(/])")
_OLD_HEADER = re.compile(rb"(\d{1,10})[\t\n\r ]+\d{1,5}[\t\n\r ]+obj(?=[\t\n\r <\[(/])")
_STREAM = re.compile(rb"[\t\n\r ]*stream(?:\r\n|\n)")
_END_STREAM = re.compile(rb"(?:\r\n|\n|\r)?endstream(?=[\t\n\r ])")
_END_OBJECT = re.compile(rb"[\t\n\r ]*endobj(?=[\t\n\r ])")
_SUBSECTION = re.compile(rb"(0|[1-9]\d{0,9}) (0|[1-9]\d{0,9})[ ]?(?:\r\n|\n|\r)")
_ENTRY = re.compile(rb"(\d{10}) (\d{5}) ([nf])(?: \n|\r\n| \r)")
_TABLE = re.compile(rb"xref[ ]?(?:\r\n|\n|\r)")
_TRAILER = re.compile(rb"trailer[\t\n\r ]*(?=<<)")
_END = re.compile(rb"[\t\n\r ]*startxref(?:\r\n|\n|\r)(\d{1,12})(?:\r\n|\n|\r)%%EOF(?:\r\n|\n|\r)?")
_HEAD_PAIR = re.compile(rb"[\t\n\r ]*([1-9]\d{0,9})[\t\n\r ]+(0|[1-9]\d{0,9})(?=[\t\n\r ]|\Z)")
_FREE_HEAD = (b"0000000000", b"65535")
#: What a reader that rebuilds the cross-references by searching would take for structure.
_SEARCHED = re.compile(rb"\d[\x00\s]+\d+[\x00\s]+obj|trailer[\x00\s]*<<|startxref|%%EOF")
#: Readers give up (and search) beyond their own limits; pdfium's is the lowest, 4 Mi.
MAX_NUMBER = 4_000_000
_EXTERNAL = frozenset({b"F", b"FFilter", b"FDecodeParms"})
_MAX_DECODED = 64 * 1024 * 1024
_MAX_UPDATE = 256 * 1024 * 1024
_UP, _PREDICTOR_UP, _W_FIELDS = 2, 12, 3
_FREE, _PLAIN, _PACKED = 0, 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateText:
    """An update as it is written: its objects by number, its trailer, its end.

    With a cross-reference stream `xref_number` is the stream's, and `trailer` its dictionary; else `xref_number` is 0.
    """

    objects: dict[int, Value]
    trailer: dict[bytes, Value]
    start_xref: int
    xref_number: int
    end: int


@dataclass(slots=True)
class _Reading:
    data: bytes
    base: int
    values: dict[int, Value] = field(default_factory=dict)
    places: dict[int, int] = field(default_factory=dict)
    streams: dict[int, tuple[int, int]] = field(default_factory=dict)
    packed: dict[int, tuple[int, int]] = field(default_factory=dict)


def read_update(data: Bytes, start: int) -> UpdateText:
    """Read the update that begins at `start`.

    Raises:
        StrictError: it is not written as plainly as it must be.
    """
    if len(data) - start > _MAX_UPDATE:
        raise StrictError("update too large")
    reading = _Reading(data=data[start : len(data)], base=start)
    at, last = skip_space(reading.data, 0), None
    while _TABLE.match(reading.data, at) is None and _END.match(reading.data, at) is None:
        at, last = _object(reading, at)
        at = skip_space(reading.data, at)
    if _TABLE.match(reading.data, at):
        declared, last = at, None
        entries, trailer, at = _table(reading, at)
        if any(_is(value, b"XRef") for value in reading.values.values()):
            raise StrictError("two kinds of cross-references")
    else:
        if last is None:
            raise StrictError("an update without cross-references")
        declared = reading.places[last]
        entries, trailer = _cross_reference_stream(reading, last)
    end = _END.match(reading.data, at)
    if end is None or int(end[1]) != declared + start:
        raise StrictError("the end of the update")
    _unpack(reading)
    _compare(reading, entries)
    _refuse_hidden(reading, end.end(), table=last is None)
    return UpdateText(
        objects=reading.values,
        trailer=trailer,
        start_xref=declared + start,
        xref_number=last or 0,
        end=start + end.end(),
    )


def read_object(data: Bytes, at: int, number: int) -> Value:
    """Read the plain object `number` at `at` by the same rules; of a stream, its dictionary.

    Raises:
        StrictError: it is outside the subset.
    """
    stop = data.find(b"endobj", at)
    text = data[at : (stop if stop >= 0 else len(data))]
    header = _OLD_HEADER.match(text)
    if header is None or int(header[1]) != number:
        raise StrictError(f"object {number} is not where it should be")
    value, end = read_value(text, skip_space(text, header.end()))
    if skip_space(text, end) != len(text) and not _STREAM.match(text, end):
        raise StrictError(f"object {number} does not end")
    return value


def read_member(text: bytes, first: int, number: int, index: int) -> Value:
    """Read member `number` of a decoded object stream by the same rules.

    Raises:
        StrictError: it is outside the subset, or not the only one of its number.
    """
    pairs, at = [], 0
    while at < first and (pair := _HEAD_PAIR.match(text[:first], at)):
        pairs.append((int(pair[1]), int(pair[2])))
        at = pair.end()
    if [each for each, _ in pairs].count(number) != 1 or index >= len(pairs) or pairs[index][0] != number:
        raise StrictError(f"member {number} of an object stream")
    return read_value(text, skip_space(text, first + pairs[index][1]))[0]


def _object(reading: _Reading, at: int) -> tuple[int, int]:
    """Read the object at `at`; return where it ends and its number."""
    data = reading.data
    header = _HEADER.match(data, at)
    if header is None:
        raise StrictError(f"no object at {reading.base + at}")
    number = int(header[1])
    if number in reading.values:
        raise StrictError(f"object {number} twice in one update")
    value, end = read_value(data, skip_space(data, header.end()))
    begin = _STREAM.match(data, end)
    if begin is not None:
        length = value.get(b"Length") if isinstance(value, dict) else None
        if not isinstance(value, dict) or type(length) is not int or length < 0 or _EXTERNAL & value.keys():
            raise StrictError(f"stream {number}")
        stop = begin.end() + length
        closing = _END_STREAM.match(data, stop)
        if closing is None or data.find(b"endstream", begin.end(), stop) >= 0:
            raise StrictError(f"length of stream {number}")
        reading.streams[number] = (begin.end(), stop)
        end = closing.end()
    closing = _END_OBJECT.match(data, end)
    if closing is None:
        raise StrictError(f"object {number} does not end")
    reading.values[number], reading.places[number] = value, at
    return closing.end(), number


def _table(reading: _Reading, at: int) -> tuple[dict[int, tuple[int, int, int]], dict[bytes, Value], int]:
    data, entries, after = reading.data, dict[int, tuple[int, int, int]](), -1
    begin = _TABLE.match(data, at)
    at = begin.end() if begin else at
    while part := _SUBSECTION.match(data, at):
        first, count, at = int(part[1]), int(part[2]), part.end()
        if first <= after or not count:
            raise StrictError("subsections out of order")
        for number in range(first, first + count):
            entry = _ENTRY.match(data, at)
            if entry is None:
                raise StrictError("cross-reference line")
            at = entry.end()
            if entry[3] == b"f":
                if number or (entry[1], entry[2]) != _FREE_HEAD:
                    raise StrictError("an object was freed")
            else:
                entries[number] = (_PLAIN, int(entry[1]) - reading.base, int(entry[2]))
        after = first + count - 1
    mark = _TRAILER.match(data, at)
    if mark is None:
        raise StrictError("trailer")
    trailer, at = read_value(data, mark.end())
    if not isinstance(trailer, dict):
        raise StrictError("trailer")
    return entries, trailer, at


def _cross_reference_stream(
    reading: _Reading, number: int
) -> tuple[dict[int, tuple[int, int, int]], dict[bytes, Value]]:
    found = reading.values[number]
    if not isinstance(found, dict) or not _is(found, b"XRef") or number not in reading.streams:
        raise StrictError("no cross-reference stream")
    widths, size = _integers(found.get(b"W")), found.get(b"Size")
    if len(widths) != _W_FIELDS or not all(0 < w <= 8 for w in widths) or type(size) is not int:  # noqa: PLR2004 - bytes
        raise StrictError("widths of the cross-reference stream")
    index = _integers(found.get(b"Index", [0, size]))
    rows, width = _decoded(reading, number, columns=sum(widths)), sum(widths)
    if len(index) % 2 or sum(index[1::2]) * width != len(rows):
        raise StrictError("size of the cross-reference stream")
    entries: dict[int, tuple[int, int, int]] = {}
    at, after = 0, -1
    for first, count in zip(index[::2], index[1::2], strict=True):
        if first <= after or count <= 0:
            raise StrictError("subsections out of order")
        for each in range(first, first + count):
            kind, place, last = _row(rows[at : at + width], widths)
            at += width
            if kind == _FREE and each == 0:
                continue
            if kind not in (_PLAIN, _PACKED):
                raise StrictError("kind of a cross-reference")
            entries[each] = (kind, place - reading.base if kind == _PLAIN else place, last)
        after = first + count - 1
    # Whether the section lists itself or not makes no difference to anybody.
    entries.setdefault(number, (_PLAIN, reading.places[number], 0))
    return entries, found


def _row(row: bytes, widths: list[int]) -> tuple[int, int, int]:
    one, two = widths[0], widths[0] + widths[1]
    return int.from_bytes(row[:one]), int.from_bytes(row[one:two]), int.from_bytes(row[two:])


def _unpack(reading: _Reading) -> None:
    """Read the members of the update's object streams end to end."""
    for number, value in list(reading.values.items()):
        if not _is(value, b"ObjStm") or not isinstance(value, dict):
            continue
        count, first = value.get(b"N"), value.get(b"First")
        if number not in reading.streams or b"Extends" in value or type(count) is not int or type(first) is not int:
            raise StrictError(f"object stream {number}")
        text = _decoded(reading, number)
        pairs, at = [], 0
        while at < first and (pair := _HEAD_PAIR.match(text[:first], at)):
            pairs.append((int(pair[1]), int(pair[2])))
            at = pair.end()
        if skip_space(text, at) < first or len(pairs) != count:
            raise StrictError(f"header of object stream {number}")
        at = first
        for index, (member, offset) in enumerate(pairs):
            if skip_space(text, at) != first + offset or member in reading.values:
                raise StrictError(f"member {member} of object stream {number}")
            reading.values[member], at = read_value(text, first + offset)
            reading.packed[member] = (number, index)
        if skip_space(text, at) != len(text):
            raise StrictError(f"end of object stream {number}")


def _compare(reading: _Reading, entries: dict[int, tuple[int, int, int]]) -> None:
    """Demand that cross-references and objects are the same, one to one."""
    expected = {number: (_PLAIN, place, 0) for number, place in reading.places.items()}
    expected |= {number: (_PACKED, *place) for number, place in reading.packed.items()}
    if entries != expected:
        wrong = [n for n in entries.keys() | expected.keys() if entries.get(n) != expected.get(n)]
        raise StrictError(f"cross-references do not match objects {sorted(wrong)[:5]}")


def _refuse_hidden(reading: _Reading, end: int, *, table: bool) -> None:
    """Refuse structure inside streams and strings, which only readers that search for it would see."""
    found = sum(1 for _ in _SEARCHED.finditer(reading.data, 0, end))
    if found != len(reading.places) + 2 + table:
        raise StrictError("objects inside a stream or string")
    if max(reading.values) > MAX_NUMBER:
        raise StrictError("object number beyond what readers take")


def _decoded(reading: _Reading, number: int, columns: int = 0) -> bytes:
    """Decode a structural stream, which may be deflated, a cross-reference stream also with the predictor Up."""
    value, (start, stop) = reading.values[number], reading.streams[number]
    raw = reading.data[start:stop]
    if not isinstance(value, dict) or b"Filter" not in value:
        return raw
    parms = value.get(b"DecodeParms")
    if value[b"Filter"] not in (Name(b"FlateDecode"), [Name(b"FlateDecode")]):
        raise StrictError(f"filter of stream {number}")
    try:
        inflate = zlib.decompressobj()
        text = inflate.decompress(raw, _MAX_DECODED)
    except zlib.error:
        raise StrictError(f"stream {number} is no deflated data") from None
    if not inflate.eof or inflate.unused_data:
        raise StrictError(f"stream {number} is too large or goes on")
    if parms is None:
        return text
    if not columns or parms != {b"Predictor": _PREDICTOR_UP, b"Columns": columns} or len(text) % (columns + 1):
        raise StrictError(f"predictor of stream {number}")
    return _without_predictor(text, columns)


def _without_predictor(text: bytes, columns: int) -> bytes:
    above, made = bytes(columns), bytearray()
    for at in range(0, len(text), columns + 1):
        if text[at] != _UP:
            raise StrictError("predictor")
        above = bytes((a + b) & 0xFF for a, b in zip(above, text[at + 1 : at + 1 + columns], strict=True))
        made += above
    return bytes(made)


def _integers(value: Value) -> list[int]:
    if not isinstance(value, list) or any(type(item) is not int for item in value):
        raise StrictError("no list of integers")
    return [item for item in value if isinstance(item, int)]


def _is(value: Value, kind: bytes) -> bool:
    return isinstance(value, dict) and value.get(b"Type") == Name(kind)


def trailer_reference(trailer: dict[bytes, Value], key: bytes) -> int | None:
    """Return the number of the object to which a trailer entry points."""
    found = trailer.get(key)
    return found.number if isinstance(found, Ref) else None
