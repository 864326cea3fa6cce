"""The journal: which ceremonies were consumed, and what work was in flight when the power went out.

`consume` writes the verified answer and the consumption in one durable transaction before any effect; a ceremony is
consumed once, also across restarts and processes (T1, T2). Secrets and shares never enter it.
Source: docs/protocol.md, Receipt.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from desktop.domain.errors import UnavailableError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS ceremony (
    id BLOB PRIMARY KEY,
    operation TEXT NOT NULL,
    consumed_at TEXT NOT NULL,
    state TEXT NOT NULL,
    subject TEXT NOT NULL,
    answer BLOB NOT NULL,
    result TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID
"""
_BUSY_S = 10.0


class EntryState(StrEnum):
    """How far the work of a consumed ceremony has come."""

    CONSUMED = "consumed"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One consumed ceremony. `subject` is what it was about, for the user; `result` a path or catalogue code."""

    ceremony_id: bytes
    operation: str
    consumed_at: datetime
    state: EntryState
    subject: str
    result: str


class Journal:
    """The SQLite file; one connection a call, so any thread may use it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UnavailableError("general.file_unwritable", f"journal {type(error).__name__}") from None
        with self._transaction() as connection:
            connection.execute(_SCHEMA)

    def consume(self, ceremony_id: bytes, *, operation: str, subject: str, answer: bytes, at: datetime) -> bool:
        """Record the verified answer; return False when this ceremony was consumed before.

        Raises:
            UnavailableError: the journal cannot be written (`general.file_unwritable`); then nothing may take effect.
        """
        row = (ceremony_id, operation, at.astimezone(UTC).isoformat(), str(EntryState.CONSUMED), subject, answer)
        with self._transaction() as connection:
            cursor = connection.execute(
                "INSERT INTO ceremony (id, operation, consumed_at, state, subject, answer) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO NOTHING",
                row,
            )
            return cursor.rowcount == 1

    def finish(self, ceremony_id: bytes, state: EntryState, result: str) -> None:
        """Record how acting on it ended."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE ceremony SET state = ?, result = ? WHERE id = ?", (str(state), result, ceremony_id)
            )

    def mark_interrupted(self) -> tuple[Entry, ...]:
        """After a start: return what was consumed but never finished, marking it as interrupted."""
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT id, operation, consumed_at, state, subject, result FROM ceremony WHERE state = ?",
                (str(EntryState.CONSUMED),),
            ).fetchall()
            connection.execute(
                "UPDATE ceremony SET state = ? WHERE state = ?",
                (str(EntryState.INTERRUPTED), str(EntryState.CONSUMED)),
            )
        return tuple(_entry(row) for row in rows)

    def recent(self, limit: int = 20) -> tuple[Entry, ...]:
        """Return the newest entries first."""
        with self._transaction() as connection:
            rows = connection.execute(
                "SELECT id, operation, consumed_at, state, subject, result FROM ceremony"
                " ORDER BY consumed_at DESC LIMIT ?",
                (limit,),
            ).fetchall()
        return tuple(_entry(row) for row in rows)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                connection = sqlite3.connect(self._path, timeout=_BUSY_S, isolation_level=None)
                try:
                    connection.execute("PRAGMA journal_mode = WAL")
                    connection.execute("PRAGMA synchronous = FULL")
                    connection.execute("BEGIN IMMEDIATE")
                    yield connection
                    connection.execute("COMMIT")
                finally:
                    connection.close()
            except sqlite3.Error as error:
                raise UnavailableError("general.file_unwritable", f"journal {type(error).__name__}") from None


def _entry(row: tuple[bytes, str, str, str, str, str]) -> Entry:
    return Entry(
        ceremony_id=row[0],
        operation=row[1],
        consumed_at=datetime.fromisoformat(row[2]).astimezone(UTC),
        state=EntryState(row[3]),
        subject=row[4],
        result=row[5],
    )
