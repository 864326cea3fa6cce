"""The application's log: a file a day in the data folder, redacted as it is written, old days removed.

A day is a file of its own, never renamed: on Windows a file that somebody has open cannot be. Messages are events and
ids; of an exception only type and place are written, for its text may hold what a document or a person said. A log that
cannot be written keeps nothing from working.
"""

import logging
import re
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType

from desktop.store.redaction import redact

KEPT_DAYS = 14
MAX_DAY_BYTES = 4 * 1024 * 1024
_OURS = "desktop"
_NAME = re.compile(r"bidseal-(20[0-9]{6})\.log")

_ErrorInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def log_files(folder: Path, *, since: datetime | None = None) -> tuple[Path, ...]:
    """Return the log's files, oldest day first; from the day of `since` on."""
    first = since.strftime("%Y%m%d") if since else ""
    found = ((_NAME.fullmatch(path.name), path) for path in folder.glob("bidseal-*.log"))
    return tuple(sorted(path for match, path in found if match is not None and match[1] >= first))


class _Formatter(logging.Formatter):
    """One line an event; nothing of it is what somebody typed."""

    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        text = redact(record.getMessage()).replace("\n", "\n  ")
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        return f"{when} {record.levelname} {record.name}: {text}"

    def formatException(self, ei: _ErrorInfo) -> str:
        kind, _error, trace = ei
        frames = traceback.extract_tb(trace)
        lines = [f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
        return "\n".join([f"  {kind.__name__ if kind else '?'}", *lines])


class DailyLog(logging.Handler):
    """Appends to the file of the day; more than `max_bytes` a day is left out, and said once."""

    def __init__(
        self,
        folder: Path,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        max_bytes: int = MAX_DAY_BYTES,
    ) -> None:
        super().__init__(logging.INFO)
        self.setFormatter(_Formatter())
        self._folder, self._now, self._max_bytes = folder, now, max_bytes
        self._day = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one event."""
        with suppress(OSError, ValueError, TypeError, KeyError):
            now = self._now()
            if now.strftime("%Y%m%d") != self._day:
                self._begin(now)
            path = self._folder / f"bidseal-{self._day}.log"
            written = path.stat().st_size if path.exists() else 0
            if written < self._max_bytes:
                # Opened each time: nobody else is kept from reading, moving or removing it.
                with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
                    file.write(self.format(record) + "\n")
                    if file.tell() >= self._max_bytes:
                        file.write("the log of this day is full\n")

    def _begin(self, now: datetime) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._day = now.strftime("%Y%m%d")
        kept = set(log_files(self._folder, since=now - timedelta(days=KEPT_DAYS - 1)))
        for path in log_files(self._folder):
            if path not in kept:
                with suppress(OSError):
                    path.unlink()


def start_log(folder: Path) -> Callable[[], None]:
    """Keep the log of this process in `folder`; return what ends it."""
    handler = DailyLog(folder)
    root, ours = logging.getLogger(), logging.getLogger(_OURS)
    before = ours.level
    ours.setLevel(logging.INFO)
    root.addHandler(handler)

    def end() -> None:
        root.removeHandler(handler)
        ours.setLevel(before)
        handler.close()

    return end
