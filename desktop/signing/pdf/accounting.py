"""Accounting for every byte of a revision that was appended after a signature.

An update is believed to be what its cross-references say only if nothing else is in it: object after object at exactly
the listed offsets, one cross-reference section, one trailer, %%EOF. Hidden objects, comments and gaps, which another
reader might pick up, are refused (threat T17: xref tricks). Source: ISO 32000-2 §7.5.
"""

import re
from typing import BinaryIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.xref import ObjStreamRef, XRefSectionType

from desktop.signing.pdf.plain import NotPlainError, demand_members, value_end
from desktop.signing.pdf.scan import Bytes
from desktop.signing.pdf.updates import MAX_NUMBER, UpdateText, read_member, read_object, read_update, trailer_reference

_OBJECT_HEADER = re.compile(rb"(\d{1,10})[\x00\s]+(\d{1,5})[\x00\s]+obj\b[\x00\s]*")
_ENDOBJ = re.compile(rb"[\x00\s]*endobj")
_BLANK = re.compile(rb"[\x00\s]*\Z")
_TABLE = re.compile(rb"xref[\x00\s]+(?:\d+[\x00\s]+\d+[\x00\s]+(?:\d{10} \d{5} [nf][\x00\s]{1,2})*)+trailer[\x00\s]*")
_END = re.compile(rb"[\x00\s]*startxref[\x00\s]+(\d{1,12})[\x00\s]+%%EOF(?:\r\n|\r|\n)?")
_TRAILER_KEYS = frozenset({b"Size", b"Root", b"Info", b"ID", b"Prev"})
_XREF_STREAM_KEYS = frozenset({b"Type", b"W", b"Index", b"Length", b"Filter", b"DecodeParms"})
_MAX_TABLE = 16 * 1024 * 1024
_END_WINDOW = 256


class AccountingError(ValueError):
    """Bytes of the update are not explained; the text says where, for the diagnostic."""


def account_for_revision(reader: PdfFileReader, revision: int, start: int, data: Bytes) -> int:
    """Explain all bytes of `revision`, which begins at `start`, and return where it ends.

    Raises:
        AccountingError: something is there that its cross-references do not list.
    """
    meta = reader.xrefs.get_xref_container_info(revision)
    if meta.xref_section_type not in (XRefSectionType.STANDARD, XRefSectionType.STREAM):
        raise AccountingError("hybrid cross-references in an update")
    declared = int(meta.declared_startxref)
    offsets = _offsets(reader, revision)
    if meta.xref_section_type is XRefSectionType.STREAM:
        offsets.pop(declared, None)
    at = start
    for offset in sorted(offsets):
        _blank(data, at, offset)
        at = _object_end(reader, data, offset, offsets[offset])
    _blank(data, at, declared)
    if meta.xref_section_type is XRefSectionType.STREAM:
        at = _object_end(reader, data, declared, None)
    else:
        at = _table_end(reader, data, declared)
    _check_object_streams(reader, revision)
    end = _END.match(data[at : at + _END_WINDOW])
    if end is None or int(end[1]) != declared:
        raise AccountingError("no proper end of the revision")
    at += end.end()
    _read_again(reader, revision, start, at, data)
    return at


def _read_again(reader: PdfFileReader, revision: int, start: int, stop: int, data: Bytes) -> None:
    """Demand that our own strict reading of the update finds just what pyHanko did (StrictError else)."""
    text = read_update(data, start)
    if text.end != stop or text.start_xref != int(reader.xrefs.get_startxref_for_revision(revision)):
        raise AccountingError("the update ends elsewhere")
    meant = {ref.idnum for ref in reader.xrefs.explicit_refs_in_revision(revision)}
    if (meant | {text.xref_number}) - {0} != text.objects.keys():
        raise AccountingError("objects that only some readers see")
    _check_trailer(reader, revision, text)
    for number in text.objects:
        _check_replaced(reader, revision - 1, number, data)


def _check_replaced(reader: PdfFileReader, revision: int, number: int, data: Bytes) -> None:
    """Demand that what the update replaces was plain as well (StrictError else).

    A signer may have sealed a file that readers see differently; replacing its odd parts would make them see another.
    """
    trailer = reader.get_historical_resolver(revision).trailer_view
    info = trailer.raw_get("/Info") if "/Info" in trailer else None
    place = reader.xrefs.get_historical_ref(generic.Reference(number, 0, reader), revision)
    if place is None or (isinstance(info, generic.IndirectObject) and info.idnum == number):
        return
    if isinstance(place, int):
        read_object(data, place, number)
        return
    holder = reader.get_object(generic.Reference(place.obj_stream_id, 0, reader), revision)  # type: ignore[no-untyped-call]  # bare in pyHanko
    if not isinstance(holder, generic.StreamObject):
        raise AccountingError("object stream")
    read_member(holder.data, int(holder["/First"]), number, place.ix_in_stream)


def _check_trailer(reader: PdfFileReader, revision: int, text: UpdateText) -> None:
    """Demand that the update continues the revision before it, and nothing else, for every reader."""
    trailer, before = text.trailer, reader.get_historical_resolver(revision - 1).trailer_view
    if trailer.keys() - (_TRAILER_KEYS | _XREF_STREAM_KEYS if text.xref_number else _TRAILER_KEYS):
        raise AccountingError("trailer holds more than it may")
    if trailer.get(b"Prev") != int(reader.xrefs.get_startxref_for_revision(revision - 1)):
        raise AccountingError("trailer /Prev")
    if trailer_reference(trailer, b"Root") != before.raw_get("/Root").idnum:
        raise AccountingError("trailer /Root")
    refs = (ref.idnum for r in range(revision + 1) for ref in reader.xrefs.explicit_refs_in_revision(r))
    size = trailer.get(b"Size")
    if type(size) is not int or not max([0, *refs, *text.objects]) < size <= MAX_NUMBER:
        raise AccountingError("trailer /Size")


def _offsets(reader: PdfFileReader, revision: int) -> dict[int, int]:
    """Map the file offset of each object of the revision to its number; object streams stand for their members."""
    refs = set(reader.xrefs.explicit_refs_in_revision(revision))
    refs |= reader.xrefs.object_streams_used_in(revision)  # type: ignore[no-untyped-call]  # pyHanko leaves it bare
    found: dict[int, int] = {}
    for ref in refs:
        place = reader.xrefs.get_historical_ref(ref, revision)
        if not isinstance(place, int):
            continue
        if place in found:
            raise AccountingError("two objects at one place")
        found[place] = ref.idnum
    return found


def _object_end(reader: PdfFileReader, data: Bytes, offset: int, number: int | None) -> int:
    """Parse the object at `offset`, demand that it is object `number`, and return where it ends after endobj."""
    header = _OBJECT_HEADER.match(data[offset : offset + 64])
    if header is None or (number is not None and int(header[1]) != number) or int(header[2]) != 0:
        raise AccountingError(f"no object at {offset}")
    stream: BinaryIO = reader.stream
    stream.seek(offset + header.end())
    generic.read_object(stream, generic.Reference(int(header[1]), 0, reader))
    at = stream.tell()
    _demand_plain(data[offset + header.end() : at])
    end = _ENDOBJ.match(data[at : at + 64])
    if end is None:
        raise AccountingError(f"object at {offset} does not end where it should")
    return at + end.end()


def _table_end(reader: PdfFileReader, data: Bytes, declared: int) -> int:
    table = _TABLE.match(data[declared : declared + _MAX_TABLE])
    if table is None:
        raise AccountingError("cross-reference table")
    stream: BinaryIO = reader.stream
    stream.seek(declared + table.end())
    place = generic.TrailerReference(reader)  # type: ignore[no-untyped-call]  # pyHanko leaves it bare
    trailer = generic.read_object(stream, place)
    _demand_plain(data[declared + table.end() : stream.tell()])
    if not isinstance(trailer, generic.DictionaryObject) or "/XRefStm" in trailer:
        raise AccountingError("trailer")
    return int(stream.tell())


def _blank(data: Bytes, start: int, stop: int) -> None:
    if stop < start or stop - start > _END_WINDOW or not _BLANK.match(data[start:stop]):
        raise AccountingError(f"unexplained bytes before {stop}")


def _demand_plain(text: bytes) -> None:
    """Demand that an object's text (of a stream: its dictionary) reads alike for every reader (threat T17)."""
    try:
        end = value_end(text, 0)
    except NotPlainError as error:
        raise AccountingError(str(error)) from None
    if text[end:].strip(b" \t\r\n") and not text[end:].lstrip(b" \t\r\n").startswith(b"stream"):
        raise AccountingError("more than one value in an object")


def _check_object_streams(reader: PdfFileReader, revision: int) -> None:
    """Demand that each object stream of the update holds just what its cross-references list."""
    listed: dict[int, dict[int, int]] = {}
    for ref in reader.xrefs.explicit_refs_in_revision(revision):
        place = reader.xrefs.get_historical_ref(ref, revision)
        if isinstance(place, ObjStreamRef):
            listed.setdefault(place.obj_stream_id, {})[place.ix_in_stream] = ref.idnum
    for number, members in listed.items():
        stream = reader.get_object(generic.Reference(number, 0, reader), revision)  # type: ignore[no-untyped-call]
        if not isinstance(stream, generic.StreamObject) or "/Extends" in stream:
            raise AccountingError("object stream")
        first, decoded = int(stream["/First"]), stream.data
        if sorted(members) != list(range(len(members))) or int(stream["/N"]) != len(members):
            raise AccountingError("object stream holds more than is listed")
        try:
            demand_members(decoded[:first], decoded[first:], [members[i] for i in range(len(members))])
        except NotPlainError as error:
            raise AccountingError(str(error)) from None
