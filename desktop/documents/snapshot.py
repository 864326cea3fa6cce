"""The private copy of an opened file: what is shown, hashed and sealed is this copy and nothing else (threat T7).

Refuses files that are too large or do not begin like a PDF. One pass: copy, hash, look for active content.
"""

import errno
import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from desktop.crypto.hashed_file import HashedFile
from desktop.domain.errors import RejectedError, UnavailableError

MAX_BYTES = 512 * 1024 * 1024
#: Names of snapshots, for whoever cleans up after a killed run.
SNAPSHOTS = "opened-*.pdf"
_CHUNK = 1 << 20
_HEADER_WINDOW = 1024
_ACTIVE = (b"/JavaScript", b"/JS", b"/Launch")
_OVERLAP = max(len(mark) for mark in _ACTIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A finished copy."""

    path: Path
    hashed: HashedFile
    has_active_content: bool


def take_snapshot(source: Path, folder: Path, *, max_bytes: int = MAX_BYTES) -> Snapshot:
    """Copy `source` into a new private file in `folder`.

    Raises:
        RejectedError: `pdf.too_large`, `pdf.not_a_pdf`.
        UnavailableError: `general.file_unreadable`, `general.disk_full`.
    """
    try:
        file = source.open("rb")
    except OSError as error:
        raise UnavailableError("general.file_unreadable", type(error).__name__) from error
    with file:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix="opened-", suffix=".pdf", dir=folder)
        except OSError as error:
            raise _unavailable(error) from error
        try:
            with os.fdopen(handle, "wb") as out:
                return _copy(file, out, Path(name), max_bytes)
        except OSError as error:
            Path(name).unlink(missing_ok=True)
            raise _unavailable(error) from error
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _copy(source: BinaryIO, out: BinaryIO, path: Path, max_bytes: int) -> Snapshot:
    digest, size, active, tail = hashlib.sha256(), 0, False, b""
    while chunk := source.read(_CHUNK):
        if size == 0 and b"%PDF-" not in chunk[:_HEADER_WINDOW]:
            raise RejectedError("pdf.not_a_pdf")
        size += len(chunk)
        if size > max_bytes:
            raise RejectedError("pdf.too_large")
        digest.update(chunk)
        out.write(chunk)
        window = tail + chunk
        active = active or any(mark in window for mark in _ACTIVE)
        tail = chunk[-_OVERLAP:]
    if size == 0:
        raise RejectedError("pdf.not_a_pdf", "empty file")
    out.flush()
    found = os.fstat(out.fileno())
    hashed = HashedFile(state=digest, size=size, modified_ns=found.st_mtime_ns, changed_ns=found.st_ctime_ns)
    return Snapshot(path=path, hashed=hashed, has_active_content=active)


def _unavailable(error: OSError) -> UnavailableError:
    code = "general.disk_full" if error.errno == errno.ENOSPC else "general.file_unreadable"
    return UnavailableError(code, type(error).__name__)
