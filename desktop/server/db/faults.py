"""What goes wrong in a database, told apart in one place and the same for SQLite and PostgreSQL.

Not there, or in the way of somebody else: UnavailableError, the same request may succeed later. A value that no column
holds: RejectedError. Everything else (constraints, our own bugs) stays what it is. Details are the kind of the error
and its SQLSTATE, never its text. Source: postgresql.org/docs errcodes-appendix.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from desktop.domain.errors import BidSealError, RejectedError, UnavailableError

_LOG = logging.getLogger(__name__)
_T = TypeVar("_T")

AWAY, BUSY, FULL = "platform.database_away", "platform.busy", "general.disk_full"
STORAGE = "platform.storage_failing"
#: admin shutdown, crash shutdown, cannot connect now, idle too long in a transaction.
_AWAY = frozenset({"57P01", "57P02", "57P03", "25P03"})
#: serialization failure, deadlock, lock not available, query cancelled (timeout), too many connections.
_BUSY = frozenset({"40001", "40P01", "55P03", "57014", "53300"})
_DISK_FULL = "53100"
_CONNECTION = "08"
_OF_SQLITE = {"SQLITE_BUSY": BUSY, "SQLITE_FULL": FULL}
#: How the names begin of what a bad or full disk does to SQLite beside that.
_DISK_FAULTS = ("SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY")
#: Together as long as a restart of the server takes.
PAUSES_S = (0.1, 0.2, 0.4, 0.8, 1.6, 2.0)
_PATIENCE_S = 7.0

Pause = Callable[[float], None]


def wait(seconds: float) -> None:
    """Let time pass."""
    threading.Event().wait(seconds)


def patiently(begin: Callable[[], _T], pause: Pause) -> _T:
    """Begin something of which nothing has happened yet; again, a few times, while the server is being restarted.

    The one place where a database is asked twice. What has begun is never repeated here: whether a commit whose
    answer was lost has happened, only the caller's next, idempotent request can tell.
    """
    begun = time.monotonic()
    for seconds in PAUSES_S:
        try:
            return begin()
        except DBAPIError as error:
            if code_of(error) != AWAY or time.monotonic() - begun > _PATIENCE_S:
                raise
        pause(seconds)
    return begin()


@contextmanager
def in_our_words() -> Iterator[None]:
    """Turn the expected faults of the block into errors of the catalogue.

    Raises:
        UnavailableError: `platform.database_away`, `platform.busy`, `general.disk_full`,
            `platform.storage_failing`.
        RejectedError: `platform.bad_request`, a value that the database cannot hold.
    """
    try:
        yield
    except PoolTimeoutError:
        raise UnavailableError(BUSY, "pool") from None
    except DataError as error:
        raise RejectedError("platform.bad_request", _kind(error)) from None
    except DBAPIError as error:
        code = code_of(error)
        if code is None:
            raise
        if code == AWAY and isinstance(error, OperationalError):
            # Host, port and user at most: the server's words about a connection, which an operator needs.
            _LOG.warning("database away: %s", " ".join(str(error.orig).split()))
        raise UnavailableError(code, _kind(error)) from None
    except StatementError as error:  # raised by our own column types
        if isinstance(error.orig, BidSealError):
            raise error.orig from None
        raise


def code_of(error: DBAPIError) -> str | None:
    """Return the catalogue's code of a fault that is nobody's mistake; None for all others."""
    if isinstance(error.orig, sqlite3.Error):
        name = str(getattr(error.orig, "sqlite_errorname", ""))
        return STORAGE if name.startswith(_DISK_FAULTS) else _OF_SQLITE.get(name)
    state = _state(error)
    if state is None:
        # No word from the server: it never answered, or stopped in the middle.
        is_away = error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
        return AWAY if is_away else None
    if state in _AWAY or state.startswith(_CONNECTION):
        return AWAY
    if state in _BUSY:
        return BUSY
    return FULL if state == _DISK_FULL else None


def _state(error: DBAPIError) -> str | None:
    found = getattr(error.orig, "sqlstate", None)
    return found if isinstance(found, str) else None


def _kind(error: DBAPIError) -> str:
    return " ".join(filter(None, (type(error.orig).__name__, _state(error))))
