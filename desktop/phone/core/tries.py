"""Counting wrong passwords so that exactly ten are ever tried, whatever crashes or runs at the same time (threat T30).

Each try takes a slot file, created exclusively and synced before the password is looked at; a good password gives the
slots back. Taking is one atomic call of the file system, so threads, processes and restarts cannot try an eleventh.
Who can change the phone's files can delete the slots: that is the offline attack of T29, which the key derivation
has to withstand.
"""

import os
from contextlib import suppress
from pathlib import Path

from desktop.store.files import as_problem, sync_folder

MAX_TRIES = 10


class TryCounter:
    """The slots of one key."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def left(self) -> int:
        """Return how many tries remain."""
        return MAX_TRIES - sum(1 for slot in self._slots() if slot.exists())

    def take(self) -> bool:
        """Use up one try, durably; False when none remains.

        Raises:
            UnavailableError: the disk does not take it; then the password must not be looked at.
        """
        try:
            if not self._folder.is_dir():
                self._folder.mkdir(parents=True, exist_ok=True)
                sync_folder(self._folder.parent)  # or a power cut takes the folder with all tries in it
            for slot in self._slots():
                try:
                    descriptor = os.open(slot, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
                except FileExistsError:
                    continue
                try:
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)
                sync_folder(self._folder)
                return True
        except OSError as error:
            raise as_problem(error) from None
        return False

    def give_back(self) -> None:
        """Forget the tries: the password was good. A crash or a bad disk leaves some counted, never too few."""
        for slot in self._slots():
            with suppress(OSError):
                slot.unlink(missing_ok=True)

    def clear(self) -> None:
        """Forget the tries, durably, because the key was opened without the password.

        Raises:
            UnavailableError: the disk does not let go of them; some may still count.
        """
        try:
            for slot in self._slots():
                slot.unlink(missing_ok=True)
            if self._folder.is_dir():
                sync_folder(self._folder)
        except OSError as error:
            raise as_problem(error) from None

    def remove(self) -> None:
        """Forget the tries and their folder: the key is gone."""
        self.give_back()
        if self._folder.is_dir():
            self._folder.rmdir()

    def _slots(self) -> list[Path]:
        return [self._folder / f"{n:02d}" for n in range(1, MAX_TRIES + 1)]
