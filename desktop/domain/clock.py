"""The two clocks of the product, injected everywhere so that tests and the platform's time stay in one hand.

`now` may jump (NTP, a user's hand); `monotonic` may not. Freshness of a QR is judged by `monotonic` alone.
"""

import threading
import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Protocol

#: What people are shown. No daylight saving, and no time zone data needed on Windows.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(moment: datetime) -> int:
    """Return an aware time as microseconds since 1970-01-01 UTC, exactly."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def from_microseconds(count: int) -> datetime:
    """Return the aware UTC time of `microseconds`.

    Raises:
        OverflowError: beyond the year 9999.
    """
    return _EPOCH + timedelta(microseconds=count)


class Clock(Protocol):
    """Source of wall time and of elapsed time."""

    def now(self) -> datetime:
        """Return aware UTC wall time."""
        ...

    def monotonic(self) -> float:
        """Return seconds since an arbitrary fixed point, never going back."""
        ...


class SystemClock:
    """The machine's clocks."""

    def now(self) -> datetime:
        """Return the machine's wall time, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the machine's monotonic seconds."""
        return time.monotonic()


class ManualClock:
    """A clock that moves only when told: for tests and for replaying a story. Safe to share between threads."""

    def __init__(self, start: datetime) -> None:
        self._lock = threading.Lock()
        self._now = start
        self._monotonic = 1000.0

    def now(self) -> datetime:
        """Return the set wall time."""
        with self._lock:
            return self._now

    def monotonic(self) -> float:
        """Return the set monotonic seconds."""
        with self._lock:
            return self._monotonic

    def advance(self, seconds: float) -> None:
        """Let `seconds` (>= 0) pass on both clocks."""
        with self._lock:
            self._now += timedelta(seconds=seconds)
            self._monotonic += seconds

    def set_wall(self, now: datetime) -> None:
        """Set the wall clock alone, as a user or an attacker would; elapsed time is not touched."""
        with self._lock:
            self._now = now
