"""Moving gigabytes through a few fixed buffers: a ring of buffers, and in threads beside the hashes and the disk.

The hash is the slowest part, so it gets a core of its own. Fewer pieces can wait for it than the ring has buffers, so
no buffer is overwritten before it was hashed. The disk begins while the file still grows (docs/performance.md).
"""

import hashlib
import os
import queue
import sys
import threading
import zlib
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from desktop.domain.errors import RejectedError, UnavailableError

BUFFER_BYTES = 1024 * 1024
#: A ring is longer than what can wait, by more buffers than a run of headers without file data can fill.
_RING = 12
_WAITING = 4
_WRITE_BYTES = 256 * 1024
_SYNC_BYTES = 64 * 1024 * 1024
_DISK_FULL = frozenset({28, 122})  # ENOSPC, EDQUOT; Windows maps ERROR_DISK_FULL to ENOSPC


class Ring:
    """Buffers handed out in turn, made when first needed; each is `slack` bytes longer than BUFFER_BYTES."""

    def __init__(self, slack: int = 0) -> None:
        self._slack = slack
        self._buffers: deque[bytearray] = deque()

    def take(self) -> bytearray:
        """Return the buffer that was handed out longest ago."""
        if len(self._buffers) < _RING:
            self._buffers.append(bytearray(BUFFER_BYTES + self._slack))
        else:
            self._buffers.rotate(-1)
        return self._buffers[-1]


class Digester:
    """SHA-256 and CRC-32 of streams one after the other, computed in a thread; use it as a context manager.

    What is given to `update` must stay as it is until five more pieces were given; a Ring's buffers do. Without
    `with_crc` the CRC is 0: for a caller who has the time to compute it himself.
    """

    def __init__(self, *, with_crc: bool = True) -> None:
        self._with_crc = with_crc
        self._queue: queue.Queue[memoryview | None] = queue.Queue(maxsize=_WAITING)
        self._results: list[tuple[bytes, int]] = []
        self._thread = threading.Thread(target=self._work, name="package-digest")
        self._ended = False

    def __enter__(self) -> Self:
        """Start the thread."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the thread."""
        self._end()

    def update(self, data: memoryview) -> None:
        """Hash the next piece of the current stream."""
        if len(data):
            self._queue.put(data)

    def cut(self) -> None:
        """End the current stream and begin the next."""
        self._queue.put(memoryview(b""))

    def results(self) -> list[tuple[bytes, int]]:
        """Wait for the thread and return (SHA-256, CRC-32) of every stream that was cut."""
        self._end()
        return self._results

    def _end(self) -> None:
        if not self._ended:
            self._ended = True
            self._queue.put(None)
            self._thread.join()

    def _work(self) -> None:
        sha, crc = hashlib.sha256(), 0
        while (data := self._queue.get()) is not None:
            if len(data):
                sha.update(data)
                crc = zlib.crc32(data, crc) if self._with_crc else 0
            else:
                self._results.append((sha.digest(), crc))
                sha, crc = hashlib.sha256(), 0


class EarlySync:
    """Has a large file written to the disk while it grows, so that the fsync at its end finds little left to do.

    A help to speed, never the fsync itself. Use it as a context manager inside the file's own. What goes wrong on the
    disk is raised here, because the system tells it only once.
    """

    def __init__(self, file: BinaryIO, *, every: int = _SYNC_BYTES) -> None:
        self._file, self._every = file, every
        self._waiting = 0
        self._asked: queue.Queue[bool] = queue.Queue()
        self._thread: threading.Thread | None = None
        self._error: OSError | None = None

    def __enter__(self) -> Self:
        """Do nothing yet: small files need no thread."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the thread."""
        if self._thread is not None:
            self._asked.put(False)
            self._thread.join()
        if self._error is not None and error is None:
            raise self._error

    def wrote(self, count: int) -> None:
        """Take note of `count` more bytes in the file."""
        self._waiting += count
        if self._waiting >= self._every and self._asked.empty():
            self._waiting = 0
            self._asked.put(True)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="package-sync")
                self._thread.start()

    def _work(self) -> None:
        try:
            # By a handle of its own: on Windows those of one handle wait for each other.
            with Path(self._file.name).open("r+b") as file:
                while self._asked.get():
                    os.fsync(file.fileno())
        except OSError as error:
            self._error = error


def write_piece(file: BinaryIO, data: memoryview) -> None:
    """Write in smaller pieces: for larger ones the kernel looks for large pages and takes several times as long."""
    file.writelines(data[at : at + _WRITE_BYTES] for at in range(0, len(data), _WRITE_BYTES))


def read_exactly(file: BinaryIO, length: int) -> bytes:
    """Read `length` bytes.

    Raises:
        RejectedError: the file ends before (`package.damaged`).
    """
    data = file.read(length)
    if len(data) != length:
        raise RejectedError("package.damaged", "truncated")
    return data


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable. Windows has no such call; its renames are durable with the file."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def unreadable(error: OSError) -> UnavailableError:
    """Name the problem behind an operating-system error while reading."""
    return UnavailableError("general.file_unreadable", type(error).__name__)


def unwritable(error: OSError) -> UnavailableError:
    """Name the problem behind an operating-system error while writing."""
    code = "general.disk_full" if error.errno in _DISK_FULL else "general.file_unwritable"
    return UnavailableError(code, type(error).__name__)
