"""Folders of the user in which files are being written: what a killed run left there is removed at the next start.

Only names that nobody but our own writer uses are removed. A folder that cannot be noted is no reason not to write.
"""

import json
import logging
from collections.abc import Iterable
from pathlib import Path

from desktop.domain.errors import UnavailableError
from desktop.store.files import remove_leftovers, write_atomic

log = logging.getLogger(__name__)

PATTERN = ".bidseal-*.part"


class OutputFolders:
    """Notes where files are about to be written, and cleans up after a kill."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, folders: Iterable[Path]) -> None:
        """Say, durably, that files will be written in `folders`."""
        names = sorted({str(f.resolve()) for f in folders})
        try:
            write_atomic(self._path, json.dumps(names, ensure_ascii=False).encode())
        except UnavailableError as error:
            log.info("output folders not noted: %s", error.code)

    def forget(self) -> None:
        """Say that all is written."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            log.info("output folders still noted: %s", type(error).__name__)

    def clean(self) -> int:
        """Remove half-written files that a killed run left; return how many there were."""
        count = 0
        try:
            for name in json.loads(self._path.read_text(encoding="utf-8")):
                count += remove_leftovers(Path(str(name)), PATTERN)
        except FileNotFoundError:
            return 0
        except (OSError, ValueError, TypeError, RecursionError) as error:
            log.info("output folders not cleaned: %s", type(error).__name__)
        self.forget()
        return count
