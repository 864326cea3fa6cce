"""The database: migrations equal models, PostgreSQL takes them, writes are durable and serial."""

import io
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError, NoResultFound

from desktop.domain.errors import MisuseError
from desktop.server.context import Platform
from desktop.server.db.engine import Database
from desktop.server.db.migrate import FOLDER, HEAD, migrate, revision_of
from desktop.server.db.models import Account, Base, Member
from tests.server.databases import Databases


@pytest.fixture
def database(tmp_path: Path, databases: Databases) -> Iterator[Database]:
    """An empty one."""
    database = Database(databases.new() or f"sqlite:///{tmp_path / 'empty.sqlite'}")
    yield database
    database.close()


def config(**attributes: object) -> Config:
    made = Config(output_buffer=attributes.pop("output", None))
    made.set_main_option("script_location", str(FOLDER))
    made.attributes.update(attributes)
    return made


def test_migrated_database_equals_the_models(database: Database) -> None:
    migrate(database.engine)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_migration_runs_once_and_to_the_newest_revision(database: Database) -> None:
    assert revision_of(database.engine) is None
    migrate(database.engine)
    migrate(database.engine)
    assert revision_of(database.engine) == HEAD == ScriptDirectory.from_config(config()).get_current_head()


def test_migration_down_leaves_no_table(database: Database) -> None:
    migrate(database.engine)
    with database.engine.begin() as connection:
        command.downgrade(config(connection=connection), "base")
    with database.engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    database.close()


def postgresql_sql() -> str:
    output = io.StringIO()
    command.upgrade(config(output=output, dialect="postgresql"), "head", sql=True)
    return output.getvalue()


def test_migration_is_written_for_postgresql() -> None:
    sql = postgresql_sql()
    for table in Base.metadata.tables:
        assert f"CREATE TABLE {table} " in sql
    assert "TIMESTAMP WITH TIME ZONE" in sql
    assert "BYTEA" in sql


@pytest.mark.sqlite
def test_sqlite_writes_ahead_and_to_the_disk_and_keeps_references(platform: Platform) -> None:
    with platform.db.read() as session:
        pragmas = {
            name: session.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}
    orphan = Member(
        id="0" * 32, organization_id="none", account_id="none", role="certificate_admin", created_at=platform.now()
    )
    with pytest.raises(IntegrityError), platform.db.write() as session:
        session.add(orphan)


def test_parallel_read_and_write_transactions_lose_nothing(platform: Platform) -> None:
    with platform.db.write() as session:
        session.add(Account(id="a" * 32, mobile="13800000000", name="0", role="bidder", created_at=platform.now()))

    def count_up(_: int) -> None:
        with platform.db.write() as session:
            account = session.get_one(Account, "a" * 32)
            account.name = str(int(account.name) + 1)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count_up, range(40)))
    with platform.db.read() as session:
        assert session.get_one(Account, "a" * 32).name == "40"


def test_block_that_raises_leaves_nothing_behind(platform: Platform) -> None:
    def fail() -> None:
        with platform.db.write() as session:
            session.add(Account(id="a" * 32, mobile="13800000000", name="", role="bidder", created_at=platform.now()))
            session.flush()
            session.get_one(Account, "b" * 32)

    with pytest.raises(NoResultFound):
        fail()
    with platform.db.read() as session:
        assert session.get(Account, "a" * 32) is None


def test_time_without_a_zone_is_a_bug(platform: Platform) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - the point of the test
    account = Account(id="a" * 32, mobile="13800000000", name="", role="bidder", created_at=naive)
    with pytest.raises(Exception, match="time without zone") as caught, platform.db.write() as session:
        session.add(account)
    assert isinstance(caught.value.__cause__ or caught.value, MisuseError)


def test_database_errors_show_no_values(platform: Platform) -> None:
    def add(mobile: str) -> None:
        with platform.db.write() as session:
            session.add(Account(id="a" * 32, mobile=mobile, name="", role="bidder", created_at=platform.now()))

    add("13800000000")
    with pytest.raises(IntegrityError) as caught:
        add("13800000001")
    assert "13800000001" not in str(caught.value)


@pytest.mark.sqlite
def test_database_file_is_private(platform: Platform) -> None:
    import sys

    path = platform.settings.state_folder / "platform.sqlite"
    assert path.stat().st_mode & 0o077 == 0 or sys.platform == "win32"
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
