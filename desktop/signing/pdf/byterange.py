"""What a signature says it covers: exactly one gap, holding exactly its own Contents, ending where a revision ends.

Refuses every other shape: missing, negative, overlapping, reordered or extra ranges, a gap with anything but the hex
digits, digits in mixed case, data after the signature's own revision. Source: ISO 32000-2 §12.8.1 and 7.5.5, and the
attacks of Mladenov et al. (universal forgery, incremental saving, signature wrapping; threat T17).
"""

import hashlib
import re
from dataclasses import dataclass

from pyhanko.pdf_utils import generic

from desktop.signing.pdf.scan import Bytes

_CHUNK = 1 << 20
_RANGE_NUMBERS = 4
_MAX_CONTENTS = 1 << 20
_HEX = re.compile(rb"(?:[0-9A-F]{2})+|(?:[0-9a-f]{2})+")
_CONTENTS_KEY = re.compile(rb"/Contents[\x00\s]*\Z")
_REVISION_END = re.compile(rb"startxref[\x00\s]+(\d{1,12})[\x00\s]+%%EOF(?:\r\n|\r|\n)?\Z")
_TAIL = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRange:
    """The checked range: bytes 0…gap_start and gap_end…end are signed; `contents` is the DER with its zero padding."""

    gap_start: int
    gap_end: int
    end: int
    start_xref: int
    contents: bytes


class RangeError(ValueError):
    """The range is not acceptable; the text says why, for the diagnostic."""


def read_range(signature: generic.DictionaryObject, object_start: int, data: Bytes) -> SignedRange:
    """Check the ByteRange and Contents of a signature dictionary whose object begins at `object_start`.

    Raises:
        RangeError: it covers anything but what it must.
    """
    gap_start, gap_end, end = _numbers(signature, len(data))
    if not object_start < gap_start:
        raise RangeError("gap is not inside the signature's own object")
    gap = data[gap_start:gap_end]
    if not (gap.startswith(b"<") and gap.endswith(b">") and _HEX.fullmatch(gap[1:-1])):
        raise RangeError("gap is not one hex string")
    if not _CONTENTS_KEY.search(data[max(object_start, gap_start - 32) : gap_start]):
        raise RangeError("gap is not the value of Contents")
    if b"endobj" in data[object_start:gap_start]:
        raise RangeError("another object between the signature and its gap")
    contents = bytes.fromhex(gap[1:-1].decode("ascii"))
    parsed = signature.raw_get("/Contents", decrypt=generic.EncryptedObjAccess.RAW)
    if not isinstance(parsed, generic.ByteStringObject | generic.TextStringObject):
        raise RangeError("Contents is no string")
    if parsed.original_bytes != contents:
        raise RangeError("Contents is not what stands in the gap")
    tail = _REVISION_END.search(data[max(0, end - _TAIL) : end])
    if tail is None:
        raise RangeError("range does not end with a revision")
    return SignedRange(gap_start=gap_start, gap_end=gap_end, end=end, start_xref=int(tail[1]), contents=contents)


def range_digest(signed: SignedRange, data: Bytes, algorithm: str) -> bytes:
    """Hash the two signed parts with `algorithm` (sha256, sha384, sha512)."""
    digest = hashlib.new(algorithm)
    for start, stop in ((0, signed.gap_start), (signed.gap_end, signed.end)):
        for at in range(start, stop, _CHUNK):
            digest.update(data[at : min(stop, at + _CHUNK)])
    return digest.digest()


def _numbers(signature: generic.DictionaryObject, size: int) -> tuple[int, int, int]:
    raw = signature.raw_get("/ByteRange") if "/ByteRange" in signature else None
    if not isinstance(raw, generic.ArrayObject) or len(raw) != _RANGE_NUMBERS:
        raise RangeError("ByteRange is not an array of four")
    values = list(raw)
    if not all(isinstance(value, generic.NumberObject) for value in values):
        raise RangeError("ByteRange holds more than direct integers")
    start, first, second, rest = (int(value) for value in values)
    if start != 0 or not 0 < first < second or rest <= 0 or second + rest > size:
        raise RangeError("ByteRange out of order or out of the file")
    if second - first > 2 * _MAX_CONTENTS:
        raise RangeError("gap too large")
    return first, second, second + rest
