"""The platform's time on this phone: the machine's clock and what it was off by when the platform was last asked."""

from datetime import datetime, timedelta

from desktop.domain.clock import Clock


class OffsetClock:
    """A clock that runs `offset` ahead of another in wall time; elapsed time is the same."""

    def __init__(self, base: Clock, offset: timedelta) -> None:
        self._base = base
        self._offset = offset

    def now(self) -> datetime:
        """Return wall time, UTC."""
        return self._base.now() + self._offset

    def monotonic(self) -> float:
        """Return the base's monotonic seconds."""
        return self._base.monotonic()
