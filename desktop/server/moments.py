"""The time by which deadlines are judged: the platform's clock, but never long before a time that was seen (T38).

Whoever sets the clock back brings no deadline back; a time server may still move it by as much as it does. What was
acted on is kept in the database (cases/platform_time.py) and known again after a restart.
"""

import threading
from datetime import datetime, timedelta

from desktop.domain.clock import Clock

#: Time servers move a clock by less.
TOLERANCE = timedelta(seconds=60)


class Moments:
    """The highest time that one process has seen; safe to share between threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._highest = clock.now()

    def learn(self, moment: datetime) -> None:
        """Take over a time that was seen elsewhere."""
        with self._lock:
            self._highest = max(self._highest, moment)

    def now(self) -> datetime:
        """Return the clock's time, or the highest one where the clock stands behind it for no good reason."""
        now = self._clock.now()
        with self._lock:
            self._highest = max(self._highest, now)
            return self._highest if self._highest - now > TOLERANCE else now
