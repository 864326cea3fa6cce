"""Folders of the user in which files are being written: what a killed run left there is removed at the next start.

Only names that nobody but our own writer uses are removed. A folder that cannot be noted is no reason not to write.
"""

import json
import logging
from collections.abc import Callable, Iterable
from pathlib import Path

from desktop.domain.errors import UnavailableError
from desktop.store.files import remove_leftovers, write_atomic

log = logging.getLogger(__name__)

PATTERN = ".bidseal-*.part"


class OutputFolders:
    """Notes where files are about to be written, and cleans up after a kill."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, folders: Iterable[Path], *, targets: Iterable[Path] = ()) -> None:
        """Say, durably, that files will be written in `folders`; `targets` are prepared beside themselves."""
        noted = {
            "folders": sorted({str(f.resolve()) for f in folders}),
            "targets": sorted({str(t.absolute()) for t in targets}),
        }
        try:
            write_atomic(self._path, json.dumps(noted, ensure_ascii=False).encode())
        except UnavailableError as error:
            log.info("output folders not noted: %s", error.code)

    def forget(self) -> None:
        """Say that all is written."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            log.info("output folders still noted: %s", type(error).__name__)

    def clean(self, clean_target: Callable[[Path], int] = lambda _target: 0) -> int:
        """Remove half-written files that a killed run left; return how many there were.

        `clean_target` removes what is left of one target; it may raise OSError.
        """
        count = 0
        try:
            noted = json.loads(self._path.read_text(encoding="utf-8"))
            for name in noted["folders"]:
                count += remove_leftovers(Path(str(name)), PATTERN)
            for name in noted["targets"]:
                count += clean_target(Path(str(name)))
        except FileNotFoundError:
            return 0
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            log.info("output folders not cleaned: %s", type(error).__name__)
        self.forget()
        return count
