"""The outer ZIP of a bid package: written in order, read in order, and known to the last byte.

The reader walks from local header to local header, writes each again and compares; what follows the last entry must be
exactly the directory that those entries give. So no two readers can see different files in one package. Refuses gaps,
leftovers before or after, compression, extra fields, comments, repeated or unexpected entries, truncation (threats T20,
T23). Source: docs/bid-package.md; EN 319 162-1 §A.1 (mimetype).
"""

import struct
import zlib
from collections.abc import Callable
from typing import BinaryIO

from desktop.crypto.cms_mark import Mark, Marker
from desktop.domain.errors import RejectedError
from desktop.formats.package.manifest import MIMETYPE_NAME
from desktop.formats.package.streams import BUFFER_BYTES, Digester, Ring, read_exactly
from desktop.formats.package.zipping import (
    CENTRAL_MARK,
    LOCAL_BYTES,
    LOCAL_EXTRA_BYTES,
    OUTER_FLAGS,
    ZipEntry,
    local_header,
    tail,
)

#: What it takes to go on writing later: the entries so far and the offset after them.
ContainerState = tuple[tuple[ZipEntry, ...], int]
_MAX_ENTRIES = 64
_MAX_NAME_BYTES = 64
_MAX_SIZE = 2**40


class ContainerWriter:
    """Writes entries one after the other into a seekable file that stands at `offset`."""

    def __init__(self, file: BinaryIO, *, entries: tuple[ZipEntry, ...] = (), offset: int = 0) -> None:
        self._file = file
        self._entries = list(entries)
        self._offset = offset

    @property
    def state(self) -> ContainerState:
        """What it takes to go on later: the entries so far and the offset after them."""
        return tuple(self._entries), self._offset

    def add(self, name: str, data: bytes) -> None:
        """Write one entry."""
        entry = self._entry(name, len(data), zlib.crc32(data))
        self._file.write(local_header(entry, OUTER_FLAGS))
        self._file.write(data)
        self._append(entry)

    def add_stream(self, name: str, size: int, write: Callable[[BinaryIO], int]) -> None:
        """Write one entry whose `size` bytes `write` puts into the file, returning their CRC-32."""
        blank = self._entry(name, size, 0)
        self._file.write(local_header(blank, OUTER_FLAGS))
        entry = self._entry(name, size, write(self._file))
        self._file.seek(entry.offset)
        self._file.write(local_header(entry, OUTER_FLAGS))
        self._append(entry)
        self._file.seek(self._offset)

    def finish(self) -> None:
        """Write the directory."""
        self._file.write(tail(self._entries, self._offset, OUTER_FLAGS))

    def _entry(self, name: str, size: int, crc: int) -> ZipEntry:
        plain = name == MIMETYPE_NAME
        return ZipEntry(name=name.encode("ascii"), offset=self._offset, size=size, crc=crc, plain=plain)

    def _append(self, entry: ZipEntry) -> None:
        self._entries.append(entry)
        self._offset = entry.data_offset + entry.size


def read_container(file: BinaryIO, size: int) -> list[ZipEntry]:
    """Return the entries of a package file of `size` bytes in their order.

    Raises:
        RejectedError: `package.damaged`, or `package.not_a_package` where the first entry is another one.
    """
    entries: list[ZipEntry] = []
    offset = 0
    while True:
        file.seek(offset)
        fixed = file.read(LOCAL_BYTES)
        if entries and fixed[: len(CENTRAL_MARK)] == CENTRAL_MARK:
            break
        entry = _read_entry(file, fixed, offset, first=not entries)
        offset = entry.data_offset + entry.size
        if entry.size > _MAX_SIZE or offset > size or len(entries) == _MAX_ENTRIES:
            raise RejectedError("package.damaged", "entry beyond the file")
        entries.append(entry)
    expected = tail(entries, offset, OUTER_FLAGS)
    file.seek(offset)
    if size != offset + len(expected) or read_exactly(file, len(expected)) != expected:
        raise RejectedError("package.damaged", "directory")
    return entries


def _read_entry(file: BinaryIO, fixed: bytes, offset: int, *, first: bool) -> ZipEntry:
    code = "package.not_a_package" if first else "package.damaged"
    if len(fixed) != LOCAL_BYTES:
        raise RejectedError(code, "truncated")
    crc, size, _, name_bytes, extra_bytes = struct.unpack("<IIIHH", fixed[14:])
    if name_bytes > _MAX_NAME_BYTES or extra_bytes != (0 if first else LOCAL_EXTRA_BYTES):
        raise RejectedError(code, "local header")
    rest = file.read(name_bytes + extra_bytes)
    if len(rest) != name_bytes + extra_bytes:
        raise RejectedError(code, "truncated")
    if not first:
        (size,) = struct.unpack_from("<Q", rest, name_bytes + 4)
    entry = ZipEntry(name=rest[:name_bytes], offset=offset, size=size, crc=crc, plain=first)
    if local_header(entry, OUTER_FLAGS) != fixed + rest or (first and entry.name != MIMETYPE_NAME.encode()):
        raise RejectedError(code, "local header")
    return entry


def read_small(file: BinaryIO, entry: ZipEntry, max_bytes: int) -> bytes:
    """Return the data of an entry that is to be small.

    Raises:
        RejectedError: larger than `max_bytes` or not what its CRC says (`package.damaged`).
    """
    if entry.size > max_bytes:
        raise RejectedError("package.damaged", "entry too large")
    file.seek(entry.data_offset)
    data = read_exactly(file, entry.size)
    if zlib.crc32(data) != entry.crc:
        raise RejectedError("package.damaged", "crc")
    return data


def hash_large(file: BinaryIO, entry: ZipEntry, progress: Callable[[int, int], None]) -> tuple[bytes, Mark]:
    """Return the SHA-256 and the mark of an entry of any size.

    Raises:
        RejectedError: not what its CRC says (`package.damaged`).
    """
    ring, left, marker, crc = Ring(), entry.size, Marker(), 0
    file.seek(entry.data_offset)
    with Digester(with_crc=False) as digester:
        while left:
            view = memoryview(ring.take())[: min(left, BUFFER_BYTES)]
            count = file.readinto(view)  # type: ignore[attr-defined]  # a binary file opened by us; typeshed's BinaryIO has no readinto
            if not count:
                raise RejectedError("package.damaged", "truncated")
            digester.update(view[:count])
            marker.update(view[:count])
            crc = zlib.crc32(view[:count], crc)
            left -= count
            progress(entry.size - left, entry.size)
        digester.cut()
        ((digest, _),) = digester.results()
    if crc != entry.crc:
        raise RejectedError("package.damaged", "crc")
    return digest, marker.mark()
