"""Addresses of databases and the faults of databases in our words, without a server."""

import sqlite3
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.problems import CATALOGUE
from desktop.server.db.engine import Database
from desktop.server.db.faults import PAUSES_S, code_of, in_our_words, patiently
from desktop.server.db.urls import open_engine, read_url
from desktop.server.settings import ServerSettings


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_is_the_one_driver(scheme: str) -> None:
    url = read_url(f"{scheme}://seal@db.example:5433/bids?sslmode=verify-full")
    assert url.drivername == "postgresql+psycopg"
    assert (url.host, url.port, url.database, url.query) == ("db.example", 5433, "bids", {"sslmode": "verify-full"})


@pytest.mark.parametrize(
    "address",
    [
        "mysql://u:hidden-password@localhost/x",
        "postgresql+psycopg2://u:hidden-password@localhost/x",
        "postgresql://u:hidden-password@localhost:port/x",
        "hidden-password",
        "",
    ],
)
def test_other_addresses_are_refused_without_repeating_them(address: str) -> None:
    with pytest.raises(RejectedError, match=r"platform\.database_url") as caught:
        read_url(address)
    assert "hidden-password" not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_password_of_the_address_is_not_shown(tmp_path: Path) -> None:
    url = "postgresql://u:hidden-password@localhost/x"
    engine = open_engine(url)
    assert "hidden-password" not in repr(engine)
    assert "hidden-password" not in repr(ServerSettings(state_folder=tmp_path, database_url=url))
    engine.dispose()


def fault(kind: type[Exception], state: str | None) -> DBAPIError:
    original = kind("words of the server that may hold a value")
    if state is not None:
        original.sqlstate = state  # type: ignore[attr-defined]
    return OperationalError("SELECT 1", {}, original)


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (None, "platform.database_away"),
        ("08006", "platform.database_away"),
        ("57P01", "platform.database_away"),
        ("57P03", "platform.database_away"),
        ("25P03", "platform.database_away"),
        ("40001", "platform.busy"),
        ("40P01", "platform.busy"),
        ("55P03", "platform.busy"),
        ("57014", "platform.busy"),
        ("53300", "platform.busy"),
        ("53100", "general.disk_full"),
        ("42P01", None),
        ("23505", None),
    ],
)
def test_sqlstate_is_told_apart(state: str | None, code: str | None) -> None:
    assert code_of(fault(psycopg.OperationalError, state)) == code
    assert code is None or code in CATALOGUE


def test_fault_in_our_words_keeps_the_servers_words_to_itself() -> None:
    with pytest.raises(UnavailableError) as caught, in_our_words():
        raise fault(psycopg.OperationalError, "40P01")
    assert caught.value.args == ("platform.busy", "OperationalError 40P01")
    assert caught.value.__suppress_context__


def test_violated_constraint_stays_what_it_is_for_the_case_to_judge() -> None:
    with pytest.raises(IntegrityError), in_our_words():
        raise IntegrityError("INSERT", {}, psycopg.errors.UniqueViolation())


def test_beginning_is_tried_again_only_while_the_server_is_away_and_only_so_often() -> None:
    pauses: list[float] = []
    tries = iter([fault(psycopg.OperationalError, "57P03")] * 2)

    def begin() -> str:
        error = next(tries, None)
        if error is not None:
            raise error
        return "begun"

    assert patiently(begin, pauses.append) == "begun"
    assert pauses == list(PAUSES_S[:2])

    def never(state: str) -> str:
        raise fault(psycopg.OperationalError, state)

    pauses.clear()
    with pytest.raises(OperationalError):
        patiently(lambda: never("57P03"), pauses.append)
    assert pauses == list(PAUSES_S)
    pauses.clear()
    with pytest.raises(OperationalError):
        patiently(lambda: never("40001"), pauses.append)
    assert pauses == []


def test_sqlite_that_somebody_else_holds_is_busy_in_the_same_words(tmp_path: Path) -> None:
    path = tmp_path / "held.sqlite"
    database = Database(f"sqlite:///{path}")
    event.listen(database.engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=0"))
    with database.read():
        pass
    stranger = sqlite3.connect(path, isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(UnavailableError, match=r"platform\.busy"), database.write():
        pass
    stranger.execute("ROLLBACK")
    stranger.close()
    with database.write():
        pass
    database.close()


@pytest.mark.parametrize("name", ["SQLITE_IOERR_WRITE", "SQLITE_CANTOPEN", "SQLITE_READONLY_DBMOVED"])
def test_bad_disk_below_sqlite_is_the_platforms_storage_in_our_words(name: str) -> None:
    broken = sqlite3.OperationalError("disk I/O error")
    broken.sqlite_errorname = name
    with pytest.raises(UnavailableError, match=r"platform\.storage_failing"), in_our_words():
        raise OperationalError("INSERT", {}, broken)
