"""One ceremony, one effect: also in parallel, after a restart, and with the disk full (T1, T2)."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Barrier

import pytest

from desktop.domain.errors import UnavailableError
from desktop.store.journal import EntryState, Journal

AT = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
CEREMONY = b"\x11" * 32


def consume(journal: Journal, ceremony: bytes = CEREMONY, at: datetime = AT) -> bool:
    return journal.consume(ceremony, operation="seal", subject="投标函.pdf", answer=b"answer", at=at)


def test_t01_of_a_hundred_parallel_copies_one_is_accepted(tmp_path: Path) -> None:
    journals = [Journal(tmp_path / "journal.db") for _ in range(4)]
    together = Barrier(10)

    def one(number: int) -> bool:
        together.wait(30)
        return consume(journals[number % 4])

    with ThreadPoolExecutor(10) as pool:
        accepted = list(pool.map(one, range(100)))
    assert accepted.count(True) == 1


def test_t01_another_ceremony_is_another_effect(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    assert consume(journal)
    assert not consume(journal)
    assert consume(journal, b"\x22" * 32)


def test_t02_a_restart_forgets_no_consumed_ceremony(tmp_path: Path) -> None:
    assert consume(Journal(tmp_path / "journal.db"))
    assert not consume(Journal(tmp_path / "journal.db"))


def test_t02_a_kill_right_after_consuming_is_reported_once_and_never_done_again(tmp_path: Path) -> None:
    consume(Journal(tmp_path / "journal.db"))
    after = Journal(tmp_path / "journal.db")
    (entry,) = after.mark_interrupted()
    assert (entry.ceremony_id, entry.operation, entry.subject) == (CEREMONY, "seal", "投标函.pdf")
    assert (entry.consumed_at, entry.state) == (AT, EntryState.CONSUMED)
    assert after.mark_interrupted() == ()
    assert after.recent()[0].state is EntryState.INTERRUPTED
    assert not consume(after)


@pytest.mark.parametrize("state", [EntryState.DONE, EntryState.FAILED])
def test_finished_work_is_not_reported_as_interrupted(tmp_path: Path, state: EntryState) -> None:
    journal = Journal(tmp_path / "journal.db")
    consume(journal)
    journal.finish(CEREMONY, state, "投标函_已签章.pdf")
    assert journal.mark_interrupted() == ()
    (entry,) = journal.recent()
    assert (entry.state, entry.result) == (state, "投标函_已签章.pdf")


def test_the_newest_entries_come_first_and_no_more_than_asked_for(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    for number in range(5):
        consume(journal, bytes([number]) * 32, AT + timedelta(seconds=number))
    assert [e.ceremony_id[0] for e in journal.recent(3)] == [4, 3, 2]


def test_entries_of_other_time_zones_are_ordered_by_the_moment(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    later = datetime(2026, 6, 1, 5, 0, tzinfo=UTC)
    consume(journal, b"\x01" * 32, datetime(2026, 6, 1, 12, 0, tzinfo=timezone(timedelta(hours=8))))
    consume(journal, b"\x02" * 32, later)
    assert [e.consumed_at for e in journal.recent()] == [later, AT]


def test_what_cannot_be_written_is_not_consumed(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = Journal(path)
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TRIGGER full BEFORE INSERT ON ceremony BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    connection.close()
    with pytest.raises(UnavailableError) as caught:
        consume(journal)
    assert caught.value.code == "general.file_unwritable"
    assert journal.recent() == ()
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TRIGGER full")
    connection.close()
    assert consume(journal)


def test_a_journal_that_is_no_database_refuses_every_effect(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(UnavailableError):
        Journal(path)


def test_a_folder_that_cannot_be_made_is_a_named_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UnavailableError) as caught:
        Journal(tmp_path / "file" / "journal.db")
    assert caught.value.code == "general.file_unwritable"


def test_committed_is_durable_before_consume_returns(tmp_path: Path) -> None:
    """FULL synchronous: SQLite calls fsync at every commit, which a crash loop over syscalls relies on."""
    journal = Journal(tmp_path / "journal.db")
    with journal._transaction() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
