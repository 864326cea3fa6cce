"""Files that are old or new, never torn: temp file in the same folder, fsync, replace.

On Windows a virus scanner or viewer may hold the target for a moment (WinError 5 and 32): the replace is tried again
for a while before the caller hears of it. Source: threats.md, fault plan.
"""

import errno
import hashlib
import logging
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from desktop.domain.errors import UnavailableError

log = logging.getLogger(__name__)

_TRIES = 10
_FIRST_PAUSE_S = 0.05
_NAMES = 1000
_READABLE = 0o644
_PRIVATE = 0o600
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})
_DISK_FULL = frozenset({28, 122})  # ENOSPC, EDQUOT; Windows maps ERROR_DISK_FULL to ENOSPC


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)


def replace(temp: Path, target: Path, *, pause: Callable[[float], None] = _pause) -> None:
    """Move `temp` onto `target`, durably.

    Raises:
        UnavailableError: `general.file_unwritable` after ten tries; `temp` is left for the caller to save elsewhere.
    """
    for attempt in range(_TRIES):
        try:
            temp.replace(target)
        except PermissionError as error:
            if attempt == _TRIES - 1:
                raise UnavailableError("general.file_unwritable", type(error).__name__) from None
            pause(_FIRST_PAUSE_S * 2 ** min(attempt, 5))
        except OSError as error:
            raise as_problem(error) from None
        else:
            _make_durable(target)
            return


def check_writable(folder: Path) -> None:
    """Tell early whether files can be written into `folder`, by writing one.

    Raises:
        UnavailableError: `general.file_unwritable` or `general.disk_full`.
    """
    probe = folder / f".bidseal-{os.urandom(6).hex()}.part"
    try:
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise as_problem(error) from None


def write_new(wanted: Path, data: bytes, *, private: bool = False) -> Path:
    """Write a new file called `wanted`, or the next free name like it, whole or not at all; return its path.

    Raises:
        UnavailableError: as place_new.
    """
    temp = wanted.with_name(f".bidseal-{os.urandom(8).hex()}.part")  # the one name that the next start removes
    try:
        _write_synced(temp, data, _PRIVATE)
        return place_new(temp, wanted, private=private)
    except OSError as error:
        raise as_problem(error) from None
    finally:
        with suppress(OSError):
            temp.unlink(missing_ok=True)


def write_new_with(wanted: Path, write: Callable[[BinaryIO], object]) -> Path:
    """Write a new file as `write_new` does, by a function that writes it piece by piece.

    Raises:
        UnavailableError: as place_new. What `write` raises leaves no file.
    """
    temp = wanted.with_name(f".bidseal-{os.urandom(8).hex()}.part")
    try:
        descriptor = os.open(temp, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), _PRIVATE)
        with os.fdopen(descriptor, "w+b") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        return place_new(temp, wanted)
    except OSError as error:
        raise as_problem(error) from None
    finally:
        with suppress(OSError):
            temp.unlink(missing_ok=True)


def sha256_of(path: Path) -> bytes:
    """Return the SHA-256 of a file, empty when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return b""


def place_new(temp: Path, wanted: Path, *, private: bool = False) -> Path:
    """Give the finished file `temp` the name `wanted`, or the next free one like it, and return the name it got.

    Never replaces anything: what came to stand there since the name was chosen is somebody's file.

    Raises:
        UnavailableError: the folder cannot be written (`general.file_unwritable`, `general.disk_full`).
    """
    with suppress(OSError):
        temp.chmod(_PRIVATE if private else _READABLE)  # it was private while it was half a file
    for number in range(1, _NAMES + 1):
        target = wanted if number == 1 else wanted.with_name(f"{wanted.stem}({number}){wanted.suffix}")
        try:
            _move_to_new(temp, target)
        except FileExistsError:
            continue
        except OSError as error:
            raise as_problem(error) from None
        _make_durable(target)
        return target
    raise UnavailableError("general.file_unwritable", "no free name")


def _make_durable(target: Path) -> None:
    """Sync the name that `target` just got; where the disk refuses, it may be gone after a power cut, so it is said.

    Raises:
        UnavailableError: `general.disk_full` or `general.file_unwritable`.
    """
    try:
        sync_folder(target.parent)
    except OSError as error:
        raise as_problem(error) from None


def _move_to_new(temp: Path, target: Path) -> None:
    """Move, failing where `target` exists.

    Raises:
        FileExistsError: it does.
    """
    if sys.platform == "win32":
        temp.rename(target)
        return
    try:
        os.link(temp, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # A file system without links (a USB stick, a share): reserve the name, then take it.
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        temp.replace(target)
    else:
        with suppress(OSError):  # it is the hidden name of a file that is in its place
            temp.unlink()


def write_atomic(target: Path, data: bytes, *, private: bool = False) -> None:
    """Write `data` to `target` so that a crash leaves the old or the new content.

    Raises:
        UnavailableError: `general.disk_full` or `general.file_unwritable`; the old content is untouched.
    """
    temp = target.with_name(f".{target.name}.{os.urandom(6).hex()}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _write_synced(temp, data, _PRIVATE if private else _READABLE)
        replace(temp, target)
    except OSError as error:
        raise as_problem(error) from None
    finally:
        with suppress(OSError):  # where nothing can be written there is nothing to remove either
            temp.unlink(missing_ok=True)


def _write_synced(temp: Path, data: bytes, mode: int) -> None:
    """Write a new file and sync its bytes."""
    descriptor = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, durably: a file in one that a power cut takes away was never kept.

    Raises:
        UnavailableError: `general.disk_full` or `general.file_unwritable`.
    """
    try:
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        for each in reversed(missing):
            each.mkdir(exist_ok=True)
            sync_folder(each.parent)
    except OSError as error:
        raise as_problem(error) from None


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` durable. Windows has no such call; its rename is durable with the file."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def as_problem(error: OSError) -> UnavailableError:
    """Name the problem behind an operating-system error while writing."""
    code = "general.disk_full" if error.errno in _DISK_FULL else "general.file_unwritable"
    return UnavailableError(code, type(error).__name__)


def remove_leftovers(folder: Path, pattern: str) -> int:
    """Delete the files in `folder` whose names match `pattern`, which must be one that only we use.

    Returns how many there were. Follows no link to another folder, touches nothing but files, and leaves what it may
    not delete.
    """
    count = 0
    try:
        found = [] if folder.is_symlink() else list(folder.glob(pattern))
    except OSError as error:
        log.info("leftovers not looked for: %s", type(error).__name__)
        return 0
    for path in found:
        if path.is_symlink() or not path.is_file():
            continue
        with suppress(OSError):
            path.unlink()
            count += 1
    return count
