"""ZIP headers in the one form that a bid package uses, outside and inside; nothing here reads or guesses.

Stored, ZIP64 always, no comments, no attributes, one fixed date. A writer calls these functions, and a reader calls
them again with what it found and demands the same bytes. Source: APPNOTE.TXT 6.3.10 §4.3-4.5; docs/bid-package.md.
"""

import struct
from dataclasses import dataclass

LOCAL_MARK, CENTRAL_MARK = b"PK\x03\x04", b"PK\x01\x02"
LOCAL_BYTES = 30
#: Extra field of a local header: id, length, two 64-bit sizes.
LOCAL_EXTRA_BYTES = 20
DESCRIPTOR_BYTES = 24
#: Inside, names are UTF-8 and the CRC follows the data (it is streamed); outside, names are ASCII and the CRC is known.
INNER_FLAGS, OUTER_FLAGS = 0x0808, 0
_VERSION, _PLAIN_VERSION = 45, 10
_DATE = 0x0021  # 1980-01-01: a package says when it was signed, not when its parts were written
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_ZIP64_ID = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipEntry:
    """One entry: `name` as encoded, `offset` of its local header, `size` of its data."""

    name: bytes
    offset: int
    size: int
    crc: int
    plain: bool = False

    @property
    def data_offset(self) -> int:
        """Where the data begins."""
        return self.offset + LOCAL_BYTES + len(self.name) + (0 if self.plain else LOCAL_EXTRA_BYTES)


def local_header(entry: ZipEntry, flags: int) -> bytes:
    """Return a local header; with INNER_FLAGS the CRC is zero here."""
    crc = 0 if flags == INNER_FLAGS else entry.crc
    version, size = (_PLAIN_VERSION, entry.size) if entry.plain else (_VERSION, _FULL32)
    extra = b"" if entry.plain else struct.pack("<HHQQ", _ZIP64_ID, 16, entry.size, entry.size)
    fixed = (version, flags, 0, 0, _DATE, crc, size, size, len(entry.name), len(extra))
    return LOCAL_MARK + struct.pack("<HHHHHIIIHH", *fixed) + entry.name + extra


def descriptor(entry: ZipEntry) -> bytes:
    """Return what follows the data of an inner entry."""
    return b"PK\x07\x08" + struct.pack("<IQQ", entry.crc, entry.size, entry.size)


def tail(entries: list[ZipEntry], start: int, flags: int) -> bytes:
    """Return central directory, its ZIP64 end, locator and end record, for a directory beginning at `start`."""
    directory = b"".join(_central_header(entry, flags) for entry in entries)
    count, length = len(entries), len(directory)
    end64 = struct.pack("<QHHIIQQQQ", 44, _VERSION, _VERSION, 0, 0, count, count, length, start)
    locator = struct.pack("<IQI", 0, start + length, 1)
    end = struct.pack("<HHHHIIH", 0, 0, _FULL16, _FULL16, _FULL32, _FULL32, 0)
    return directory + b"PK\x06\x06" + end64 + b"PK\x06\x07" + locator + b"PK\x05\x06" + end


def _central_header(entry: ZipEntry, flags: int) -> bytes:
    version, size, offset = (_PLAIN_VERSION, entry.size, entry.offset) if entry.plain else (_VERSION, _FULL32, _FULL32)
    extra = b"" if entry.plain else struct.pack("<HHQQQ", _ZIP64_ID, 24, entry.size, entry.size, entry.offset)
    fixed = (_VERSION, version, flags, 0, 0, _DATE, entry.crc, size, size, len(entry.name), len(extra))
    return CENTRAL_MARK + struct.pack("<HHHHHHIIIHHHHHII", *fixed, 0, 0, 0, 0, offset) + entry.name + extra
