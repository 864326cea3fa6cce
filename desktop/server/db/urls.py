"""Addresses of databases: what an operator types becomes an engine that behaves the same on SQLite and PostgreSQL.

Refuses every other database. A password in the address never gets into a log or an error; better is none in it
(~/.pgpass, PGPASSFILE). Source: postgresql.org/docs libpq-connect, runtime-config-client.
"""

from typing import Any

from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from desktop.domain.errors import RejectedError

#: The server ends what takes longer, so that nothing of ours can hold a lock for ever.
STATEMENT_MS, LOCK_MS, IDLE_MS = 15_000, 10_000, 30_000
POOL_SIZE, POOL_WAIT_S = 20, 10.0
_CONNECT_S = 3
_PSYCOPG = "postgresql+psycopg"
_DRIVERS = {"sqlite": "sqlite", "postgres": _PSYCOPG, "postgresql": _PSYCOPG, _PSYCOPG: _PSYCOPG}


def read_url(text: str) -> URL:
    """Read the address of a database.

    Raises:
        RejectedError: it is none, or of a database that we do not speak (`platform.database_url`).
    """
    try:
        url = make_url(text)
        driver = _DRIVERS[url.drivername]
    except (ArgumentError, KeyError, ValueError):
        raise RejectedError("platform.database_url") from None  # not a word of it: it may hold a password
    return url.set(drivername=driver)


def open_engine(text: str, *, pool_size: int = POOL_SIZE, pool_wait_s: float = POOL_WAIT_S) -> Engine:
    """Make the engine of an address; nothing is connected yet. The pool's limits are PostgreSQL's only.

    Raises:
        RejectedError: `platform.database_url`.
    """
    url = read_url(text)
    # Parameters are personal data; without this they would stand in every error text.
    options: dict[str, Any] = {"hide_parameters": True}
    if url.drivername == _PSYCOPG:
        options |= {
            "pool_pre_ping": True,  # the server may have been restarted since the connection was last used
            "pool_size": pool_size,
            "max_overflow": 0,
            "pool_timeout": pool_wait_s,
            "isolation_level": "READ COMMITTED",
            "connect_args": _connect_arguments(url),
        }
    return create_engine(url, **options)


def _connect_arguments(url: URL) -> dict[str, Any]:
    settings = {
        "statement_timeout": STATEMENT_MS,
        "lock_timeout": LOCK_MS,
        "idle_in_transaction_session_timeout": IDLE_MS,
        "timezone": "UTC",
        "synchronous_commit": "on",  # acknowledged means kept, whatever the server's default
    }
    ours = " ".join(f"-c {name}={value}" for name, value in settings.items())
    theirs = url.query.get("options", "")
    defaults = {
        "connect_timeout": _CONNECT_S,
        "application_name": "bidseal",
        "client_encoding": "utf8",
        "keepalives_idle": 30,
        "tcp_user_timeout": STATEMENT_MS,  # a server that vanished from the network is noticed
    }
    # What the operator wrote into the address wins.
    return {k: v for k, v in defaults.items() if k not in url.query} | {"options": f"{ours} {theirs}".strip()}
