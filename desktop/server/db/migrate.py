"""Bring a database to the newest schema, at every start.

The check is one query; Alembic is loaded only when there is something to do. Two that start at the same moment do it
one after the other, and on both databases a migration is there as a whole or not at all.
"""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from desktop.server.db.engine import writer_of
from desktop.server.db.faults import Pause, in_our_words, patiently, wait

#: The newest revision in migrations/versions (a test compares).
HEAD = "0010"
FOLDER = Path(__file__).parent / "migrations"


def migrate(engine: Engine, *, pause: Pause = wait) -> None:
    """Create or upgrade the tables.

    Raises:
        UnavailableError: the database is away, busy or full.
    """
    with in_our_words():
        if patiently(lambda: revision_of(engine), pause) != HEAD:
            _upgrade(engine)


def _upgrade(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    with writer_of(engine).begin() as connection:
        if connection.dialect.name == "postgresql":
            # A migration of much data may take its time.
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        if _revision(connection) != HEAD:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def revision_of(engine: Engine) -> str | None:
    """Return the revision that the database stands at; None for an empty one."""
    with engine.connect() as connection:
        return _revision(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
