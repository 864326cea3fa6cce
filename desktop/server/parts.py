"""Files of bids on their way in: written piece by piece, each piece on the disk before anybody is told of it.

A file keeps one name from its first byte on. How much of it counts is for the caller to remember: a piece begins where
the caller says, and whatever a crash left beyond it is cut off. (The server may not use desktop.store.)
"""

import errno
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from desktop.domain.errors import RejectedError, UnavailableError
from desktop.server.storage import sync_folder

_READ_BYTES = 1 << 20


class PartFiles:
    """The files of one folder, by ids that the platform has drawn."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, file_id: str) -> Path:
        """Return where a file stands, or would."""
        return self._folder / file_id[:2] / file_id

    def size(self, file_id: str) -> int:
        """Return how long a file is; one that is not there has no byte."""
        try:
            return self.path(file_id).stat().st_size
        except FileNotFoundError:
            return 0

    def write(self, file_id: str, offset: int, piece: bytes) -> None:
        """Put `piece` at `offset`, end the file behind it, and return when both are durable.

        Raises:
            UnavailableError: the disk is full or not writable (`platform.storage_failing`); what stood before `offset`
                is untouched.
        """
        path = self.path(file_id)
        try:
            flags = os.O_WRONLY | getattr(os, "O_BINARY", 0)
            if not offset:
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                flags |= os.O_CREAT
            with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
                file.seek(offset)
                file.write(piece)
                file.truncate()
                file.flush()
                os.fsync(file.fileno())
            if not offset:  # the file's own name, and those of the folders that may have come with it
                for folder in list(path.parents)[:3]:
                    sync_folder(folder)
        except OSError as error:
            # Not as of a file of the bidder's own: it is not his disk.
            raise UnavailableError("platform.storage_failing", errno.errorcode.get(error.errno or 0, "")) from None

    def remove(self, file_id: str) -> None:
        """Remove a file; one that cannot be removed now only takes room."""
        with suppress(OSError):
            self.path(file_id).unlink(missing_ok=True)

    def read_from(self, file_id: str, offset: int) -> Iterator[bytes]:
        """Return the file from `offset` on in pieces; it is opened before this returns.

        Raises:
            RejectedError: it is not there (`platform.file_damaged`).
        """
        try:
            file = self.path(file_id).open("rb")
        except OSError as error:
            raise RejectedError("platform.file_damaged", type(error).__name__) from None
        return _pieces(file, offset)


def _pieces(file: BinaryIO, offset: int) -> Iterator[bytes]:
    with file:
        file.seek(offset)
        while piece := file.read(_READ_BYTES):
            yield piece
