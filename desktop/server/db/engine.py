"""The database as two kinds of short transactions: one that reads, one that writes.

Writing transactions follow one after the other on every database: what one of them has checked still holds when it
commits, so none fails for another's sake and none has to be repeated. On SQLite a writer takes the write lock at its
start (WAL; every commit on the disk before it is answered); on PostgreSQL it takes an advisory lock that ends with the
transaction, and sees what the one before it committed. Readers wait for nobody and see one moment.
Source: sqlite.org/wal.html, lang_transaction.html; postgresql.org/docs transaction-iso, explicit-locking.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from desktop.server.db.faults import Pause, in_our_words, patiently, wait
from desktop.server.db.urls import POOL_SIZE, POOL_WAIT_S, open_engine

_BUSY_MS = 10_000
_WRITES = "bidseal_writes"
#: "bidseal" in ASCII; advisory locks are numbers, each database has its own.
WRITE_LOCK = 0x6269647365616C
_READS = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


class Database:
    """One database; `url` is of SQLite or of PostgreSQL.

    Raises:
        RejectedError: another address (`platform.database_url`).
    """

    def __init__(
        self, url: str, *, pool_size: int = POOL_SIZE, pool_wait_s: float = POOL_WAIT_S, pause: Pause = wait
    ) -> None:
        self.engine = open_engine(url, pool_size=pool_size, pool_wait_s=pool_wait_s)
        self._pause = pause
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
            self._reader = self.engine
        else:
            event.listen(self.engine, "begin", _begin_postgresql)
            self._reader = self.engine.execution_options(**_READS)
        self._writer = writer_of(self.engine)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session that only reads; nothing of it is kept.

        Raises:
            UnavailableError: the database is away, busy or full.
        """
        with in_our_words(), self._begin(self._reader) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session that is committed at the end of the block, or rolled back if the block raises.

        Raises:
            UnavailableError: the database is away, busy or full. If it went away during the commit, the block may have
                had its effect all the same.
        """
        with in_our_words(), self._begin(self._writer) as session:
            yield session
            session.commit()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def _begin(self, engine: Engine) -> Session:
        def begin() -> Session:
            session = Session(engine, expire_on_commit=False)
            try:
                session.connection()  # not at the first statement: whoever writes, waits for its turn here
            except BaseException:
                session.close()
                raise
            return session

        return patiently(begin, self._pause)


def writer_of(engine: Engine) -> Engine:
    """Return the engine whose transactions follow one after the other."""
    return engine.execution_options(**{_WRITES: True})


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver's own transactions start too late (before the first DML only); ours begin where the block begins.
    connection.isolation_level = None
    for pragma in (f"busy_timeout={_BUSY_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writes(connection) else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    # Read committed: the statements after this one see what the writer before us committed, which a snapshot would not.
    if _writes(connection):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")


def _writes(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get(_WRITES, False))
