"""The reading of traces itself: a sync covers what was written before it began, and nothing else."""

from pathlib import Path

from tests.drills.durability import undurable

FOLDER = Path("/out")
OPEN = '7 openat(AT_FDCWD, "/out/a.part", O_WRONLY|O_CREAT, 0600) = 3</out/a.part>'
WRITE = "7 write(3</out/a.part>, ..., 4) = 4"
MOVE = '7 rename("/out/a.part", "/out/a") = 0'
FOLDER_SYNC = "7 fsync(4</out>) = 0"
SYNC_BEGUN = "8 fsync(3</out/a.part> <unfinished ...>"
SYNC_DONE = "8 <... fsync resumed>) = 0"


def faults(*lines: str) -> list[str]:
    return undurable("\n".join(lines), FOLDER)


def test_sync_that_another_threads_call_cuts_in_two_counts() -> None:
    assert faults(OPEN, WRITE, SYNC_BEGUN, "7 write(9</elsewhere/b>, ..., 1) = 1", SYNC_DONE, MOVE, FOLDER_SYNC) == []


def test_write_during_a_sync_is_not_covered_by_it() -> None:
    (said,) = [f for f in faults(OPEN, WRITE, SYNC_BEGUN, WRITE, SYNC_DONE, MOVE, FOLDER_SYNC) if "took its place" in f]
    assert "/out/a.part" in said


def test_sync_that_failed_covers_nothing() -> None:
    failed = "8 <... fsync resumed>) = -1 EIO (Input/output error)"
    assert any("took its place" in f for f in faults(OPEN, WRITE, SYNC_BEGUN, failed, MOVE, FOLDER_SYNC))


def test_work_without_any_sync_is_told() -> None:
    assert faults(OPEN, WRITE, MOVE)
