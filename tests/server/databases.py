"""Which database the suite runs on: SQLite, or the PostgreSQL server that BIDSEAL_TEST_DATABASE names.

A test gets a copy of a database that was set up once: a file is copied, on PostgreSQL `CREATE DATABASE … TEMPLATE`.
"""

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from desktop.server.settings import ServerSettings

SERVER = os.environ.get("BIDSEAL_TEST_DATABASE", "")


class Databases:
    """Makes and copies databases of one test; on PostgreSQL drops them at the end."""

    _numbers = itertools.count(1)

    def __init__(self, server: str) -> None:
        self._server = server
        self._made: list[str] = []

    @property
    def is_postgresql(self) -> bool:
        return bool(self._server)

    def settings(self, folder: Path, **options: str) -> ServerSettings:
        """Return the settings of a new platform with an empty database."""
        return ServerSettings(state_folder=folder, database_url=self.new(), **options)  # type: ignore[arg-type]

    def copy(self, source: ServerSettings, folder: Path, **options: str) -> ServerSettings:
        """Copy a platform that is not running."""
        shutil.copytree(source.state_folder, folder)
        return replace(source, state_folder=folder, database_url=self.new(source.database_url), **options)  # type: ignore[arg-type]

    def new(self, template: str = "") -> str:
        """Return the address of a new database; "" on SQLite, whose file lies in the state folder."""
        if not self._server:
            return ""
        name = f"bidseal_{os.getpid()}_{next(self._numbers)}"
        source = make_url(template).database or "template0" if template else "template0"
        self._execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'").format(
                sql.Identifier(name), sql.Identifier(source)
            )
        )
        self._made.append(name)
        return make_url(self._server).set(database=name).render_as_string(hide_password=False)

    def drop(self) -> None:
        """Remove all that was made."""
        while self._made:
            self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(self._made.pop())))

    def _execute(self, statement: sql.Composed) -> None:
        with closing(psycopg.connect(self._server, autocommit=True)) as connection:
            connection.execute(statement)


def lend() -> Iterator[Databases]:
    databases = Databases(SERVER)
    yield databases
    databases.drop()
