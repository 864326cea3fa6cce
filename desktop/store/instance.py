"""Which process works in a data folder: an exclusive lock that ends with the process, whatever ends it.

It is an SQLite file held in an exclusive transaction: the same on every system, and never stale after a kill.
"""

import sqlite3
from pathlib import Path


class InstanceLock:
    """The lock of one data folder; `close` or the end of the process gives it up."""

    def __init__(self, path: Path) -> None:
        self._connection: sqlite3.Connection | None = None
        connection = sqlite3.connect(path, timeout=0.0, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error:
            connection.close()
        else:
            self._connection = connection

    @property
    def is_held(self) -> bool:
        """Whether this process is the one that works in the folder."""
        return self._connection is not None

    def close(self) -> None:
        """Give the lock up; twice is fine."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
