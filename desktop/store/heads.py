"""The platform's tree head as it was seen last, and evidence that was ever found against it (T35). No secrets.

The newest head is replaced only by one that is proven to extend it. Two heads that contradict each other are kept side
by side under names of their own, and nothing here removes them: they are what a person shows to the authority.
"""

import logging
from pathlib import Path

from desktop.store.files import write_atomic

log = logging.getLogger(__name__)

SUFFIX = ".bidhead"
_NEWEST = f"newest{SUFFIX}"
_KEPT, _CONTRARY = "kept", "contrary"
_MAX_BYTES = 16 * 1024
_MOST = 50


class HeadStore:
    """The folder of one platform's heads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def newest(self) -> bytes:
        """Return the newest head, empty where none was seen yet."""
        return _read(self.folder / _NEWEST)

    def keep(self, head: bytes) -> None:
        """Let `head` be the newest one.

        Raises:
            UnavailableError: the disk refuses.
        """
        write_atomic(self.folder / _NEWEST, head)

    def accuse(self, kept: bytes, contrary: bytes, *, name: str) -> bool:
        """Keep two heads that contradict each other, once under a name; return whether they are new.

        Raises:
            UnavailableError: the disk refuses.
        """
        target = self.folder / f"{name}-{_CONTRARY}{SUFFIX}"
        if target.is_file() or len(self.contradictions()) >= _MOST:
            return False
        write_atomic(self.folder / f"{name}-{_KEPT}{SUFFIX}", kept)
        write_atomic(target, contrary)
        return True

    def contradictions(self) -> tuple[Path, ...]:
        """Return the files of heads that contradict what was kept."""
        return tuple(sorted(self.folder.glob(f"*-{_CONTRARY}{SUFFIX}"))) if self.folder.is_dir() else ()


def kept_heads(folders: tuple[Path, ...]) -> tuple[bytes, ...]:
    """Return all heads in the folders of several platforms, in no order that means anything."""
    found = [path for folder in folders if folder.is_dir() for path in sorted(folder.glob(f"*{SUFFIX}"))[:_MOST]]
    return tuple(filter(None, map(_read, found)))


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        return b""
    except OSError as error:
        log.info("tree head not read: %s", type(error).__name__)
        return b""
    return data if len(data) <= _MAX_BYTES else b""
