"""Files of the platform: keys, certificates, uploaded papers. Old or new, never torn; private where the system allows.

Uploads are encrypted and addressed by a keyed hash of their content, so the folder tells nothing and the same paper is
kept once. (The server may not use desktop.store; this is the little it needs of the same discipline.)
"""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from desktop.domain.errors import RejectedError, UnavailableError
from desktop.server.vault import Vault

_TRIES = 6
_FIRST_PAUSE_S = 0.05
_DISK_FULL = frozenset({28, 122})  # ENOSPC, EDQUOT
_CONTEXT = b"file"
#: Names under which `write_private` writes.
_LEFTOVERS = ".*.????????????.tmp"


class FileStore(Protocol):
    """Where uploads are kept."""

    def put(self, content: bytes) -> str:
        """Keep `content` durably and return its address, 64 hex digits."""
        ...

    def get(self, address: str) -> bytes:
        """Return what was put."""
        ...


class FolderStore:
    """Uploads as encrypted files of a folder."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._folder = folder
        self._vault = vault

    def put(self, content: bytes) -> str:
        """Keep `content` durably and return its address, 64 hex digits.

        Raises:
            UnavailableError: the disk is full or not writable.
        """
        address = self._vault.index(_CONTEXT, content)
        path = self._path(address)
        if not path.is_file():
            write_private(path, self._vault.seal(_CONTEXT, content))
        else:
            with _in_our_words():  # its name may not be durable: somebody is about to say so, or could not make it so
                sync_folder(path.parent)
        return address

    def get(self, address: str) -> bytes:
        """Return what was put.

        Raises:
            RejectedError: it is not there or no longer what it was (`platform.file_damaged`).
        """
        try:
            return self._vault.open(_CONTEXT, self._path(address).read_bytes())
        except OSError as error:
            raise RejectedError("platform.file_damaged", type(error).__name__) from None

    def _path(self, address: str) -> Path:
        return self._folder / address[:2] / address[2:]


def _wait(seconds: float) -> None:
    threading.Event().wait(seconds)


def write_private(target: Path, data: bytes, *, pause: Callable[[float], None] = _wait) -> None:
    """Write `data` to `target` atomically and durably, readable only by the owner where the system knows that.

    Raises:
        UnavailableError: `general.disk_full` or `general.file_unwritable`; the old content is untouched.
    """
    temp = target.with_name(f".{target.name}.{os.urandom(6).hex()}.tmp")
    try:
        with _in_our_words():
            _make_folder(target.parent)
            descriptor = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            _replace(temp, target, pause)
            sync_folder(target.parent)
    finally:
        with suppress(OSError):  # on a disk that takes nothing; the next start removes it
            temp.unlink(missing_ok=True)


@contextmanager
def _in_our_words() -> Iterator[None]:
    """Name the problem behind an operating-system error while writing."""
    try:
        yield
    except OSError as error:
        code = "general.disk_full" if error.errno in _DISK_FULL else "general.file_unwritable"
        raise UnavailableError(code, type(error).__name__) from None


def remove_leftovers(folder: Path) -> None:
    """Remove what writing was killed over, anywhere below `folder`; what cannot be removed only takes room."""
    for leftover in folder.rglob(_LEFTOVERS):
        with suppress(OSError):
            leftover.unlink()


def _make_folder(folder: Path) -> None:
    """Make a folder with those above it; a file is as durable as the names of the folders that it lies in."""
    missing = [each for each in (folder, *folder.parents) if not each.is_dir()]
    for each in reversed(missing):
        each.mkdir(exist_ok=True, mode=0o700)
        sync_folder(each.parent)


def _replace(temp: Path, target: Path, pause: Callable[[float], None]) -> None:
    # A virus scanner may hold the target for a moment on Windows.
    for attempt in range(_TRIES):
        try:
            temp.replace(target)
        except PermissionError:
            if attempt == _TRIES - 1:
                raise
            pause(_FIRST_PAUSE_S * 2**attempt)
        else:
            return


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    if sys.platform == "win32":  # a rename there is durable with its file
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
