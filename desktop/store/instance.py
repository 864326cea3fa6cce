"""Who works in a data folder: locks that end with the process, whatever ends it.

They are SQLite files held in a transaction: the same on every system, and never stale after a kill.
"""

import sqlite3
from pathlib import Path


class _Lock:
    """`close` or the end of the process gives it up."""

    def __init__(self, path: Path, *statements: str) -> None:
        self._connection: sqlite3.Connection | None = None
        connection = sqlite3.connect(path, timeout=0.0, isolation_level=None, check_same_thread=False)
        try:
            for statement in statements:
                connection.execute(statement).fetchall()
        except sqlite3.Error:
            connection.close()
        else:
            self._connection = connection

    @property
    def is_held(self) -> bool:
        """Whether this process has got it."""
        return self._connection is not None

    def close(self) -> None:
        """Give the lock up; twice is fine."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


class InstanceLock(_Lock):
    """Which of the processes in a data folder may tidy it up: one at a time."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "BEGIN EXCLUSIVE")


class FolderUse(_Lock):
    """That a process works in a data folder: many may, or one `alone`, which moves it."""

    def __init__(self, path: Path, *, alone: bool = False) -> None:
        super().__init__(path, *(("BEGIN EXCLUSIVE",) if alone else ("BEGIN", "SELECT * FROM sqlite_master")))
