"""Folders of the user in which files are being written: what a killed run left there is removed at the next start.

Only names that nobody but our own writer uses are removed. A folder that cannot be noted is no reason not to write.
"""

import json
import logging
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from desktop.domain.errors import UnavailableError
from desktop.store.files import remove_leftovers, write_atomic

log = logging.getLogger(__name__)

PATTERN = ".bidseal-*.part"


class OutputFolders:
    """Notes where files are about to be written, and cleans up after a kill.

    Each object has a note of its own beside `path`: who has finished forgets nothing of what others still write, nor of
    what an earlier run has left where it cannot be cleaned now.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._own = path.with_name(f"{path.stem}-{os.urandom(8).hex()}{path.suffix}")

    def note(self, folders: Iterable[Path], *, targets: Iterable[Path] = ()) -> None:
        """Say, durably, that files will be written in `folders`; `targets` are prepared beside themselves."""
        noted = {
            "folders": sorted({str(f.resolve()) for f in folders}),
            "targets": sorted({str(t.absolute()) for t in targets}),
        }
        try:
            write_atomic(self._own, json.dumps(noted, ensure_ascii=False).encode())
        except UnavailableError as error:
            log.info("output folders not noted: %s", error.code)

    def forget(self) -> None:
        """Say that all is written."""
        _forget(self._own)

    def clean(self, clean_target: Callable[[Path], int] = lambda _target: 0) -> int:
        """Remove half-written files that killed runs left; return how many there were. Nobody else may be writing.

        `clean_target` removes what is left of one target; where it raises OSError, the others are cleaned all the same
        and the next start tries again.
        """
        try:
            notes = sorted(self._path.parent.glob(f"{self._path.stem}*{self._path.suffix}"))
        except OSError as error:
            log.info("output folders not looked for: %s", type(error).__name__)
            return 0
        return sum(_clean(note, clean_target) for note in notes)

    def clean_own(self, clean_target: Callable[[Path], int]) -> int:
        """Do so for what this object has noted, whoever else is writing."""
        return _clean(self._own, clean_target)


def _forget(note: Path) -> None:
    try:
        note.unlink(missing_ok=True)
    except OSError as error:
        log.info("output folders still noted: %s", type(error).__name__)


def _clean(note: Path, clean_target: Callable[[Path], int]) -> int:
    count = 0
    try:
        noted = json.loads(note.read_text(encoding="utf-8"))
        places: list[tuple[str, Callable[[Path], int]]] = [(name, _clean_folder) for name in noted["folders"]]
        places += [(name, clean_target) for name in noted["targets"]]
    except FileNotFoundError:
        return 0
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        log.info("output folders not cleaned: %s", type(error).__name__)
        places = []
    is_clean = True
    for name, clean in places:
        try:
            count += clean(Path(str(name)))
        except OSError as error:  # a stick that was pulled out: again at the next start
            log.info("an output folder not cleaned: %s", type(error).__name__)
            is_clean = False
    if is_clean:
        _forget(note)
    return count


def _clean_folder(folder: Path) -> int:
    if not folder.is_dir():
        raise FileNotFoundError(folder.name)
    return remove_leftovers(folder, PATTERN)
