"""The log: a file a day, redacted, bounded, never in anybody's way."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desktop.store.logs import KEPT_DAYS, DailyLog, log_files, start_log

DAY = datetime(2026, 11, 24, 23, 59, tzinfo=UTC)


class Time:
    now = DAY

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def log(tmp_path: Path, time: Time) -> Iterator[logging.Logger]:
    logger = logging.getLogger("desktop.of-this-test")
    logger.setLevel(logging.INFO)
    handler = DailyLog(tmp_path / "logs", now=time, max_bytes=2000)
    logger.addHandler(handler)
    yield logger
    logger.removeHandler(handler)


def text(folder: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in log_files(folder / "logs"))


def test_an_event_is_a_line_with_time_and_origin(log: logging.Logger, tmp_path: Path) -> None:
    log.info("camera %s", "running")
    line = text(tmp_path)
    assert line.endswith("INFO desktop.of-this-test: camera running\n")
    assert line[:2] == "20"


def test_a_secret_never_reaches_the_disk(log: logging.Logger, tmp_path: Path) -> None:
    log.info("signed in %s by code %s", "13812345678", "482913")
    assert "13812345678" not in text(tmp_path)
    assert "482913" not in text(tmp_path)


def test_of_an_exception_only_kind_and_place_are_written(
    log: logging.Logger, tmp_path: Path, expected_warnings: list[logging.LogRecord]
) -> None:
    try:
        int("what the document said")
    except ValueError:
        log.exception("failed")
    written = text(tmp_path)
    assert "ValueError" in written
    assert "test_logs.py" in written
    assert "what the document said" not in written


def test_each_day_has_a_file_and_old_days_go(log: logging.Logger, tmp_path: Path, time: Time) -> None:
    for _ in range(KEPT_DAYS + 3):
        log.info("event")
        time.now += timedelta(days=1)
    names = [path.name for path in log_files(tmp_path / "logs")]
    assert len(names) == KEPT_DAYS
    assert names[-1] == f"bidseal-{DAY + timedelta(days=KEPT_DAYS + 2):%Y%m%d}.log"


def test_files_of_others_in_the_folder_stay(log: logging.Logger, tmp_path: Path, time: Time) -> None:
    (tmp_path / "logs").mkdir()
    other = tmp_path / "logs" / "bidseal-notes.log"
    other.write_text("mine", encoding="utf-8")
    log.info("event")
    assert other.read_text(encoding="utf-8") == "mine"


def test_a_day_has_its_limit_and_says_so_once(log: logging.Logger, tmp_path: Path) -> None:
    for number in range(100):
        log.info("event %s", number)
    written = text(tmp_path)
    assert len(written) < 2300
    assert written.count("the log of this day is full") == 1


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path, log: logging.Logger) -> None:
    (tmp_path / "logs").write_text("a file in the place of the folder", encoding="utf-8")
    log.info("event")
    assert (tmp_path / "logs").read_text(encoding="utf-8") == "a file in the place of the folder"


def test_the_application_writes_its_own_events_and_others_warnings_only(
    tmp_path: Path, expected_warnings: list[logging.LogRecord]
) -> None:
    end = start_log(tmp_path / "logs")
    try:
        logging.getLogger("desktop.services.x").info("ours")
        logging.getLogger("urllib3.connectionpool").info("theirs, quiet")
        logging.getLogger("urllib3.connectionpool").warning("theirs, loud")
    finally:
        end()
    logging.getLogger("desktop.services.x").info("afterwards")
    written = text(tmp_path)
    assert "ours" in written
    assert "quiet" not in written
    assert "loud" in written
    assert "afterwards" not in written
