"""A platform's database as it is before anybody was there, made once: to migrate it takes longer than most tests."""

import functools
import tempfile
from pathlib import Path

from desktop.server.db.engine import Database
from desktop.server.db.migrate import migrate


def put_database(folder: Path) -> None:
    """Put an empty SQLite database of the newest schema into a platform's folder that has none."""
    path = folder / "platform.sqlite"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_bytes(_empty())


@functools.cache
def _empty() -> bytes:
    with tempfile.TemporaryDirectory(prefix="bidseal-schema-") as folder:
        path = Path(folder) / "empty.sqlite"
        database = Database(f"sqlite:///{path.as_posix()}")
        migrate(database.engine)
        database.close()
        return path.read_bytes()
