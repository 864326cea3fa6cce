"""The platform's time on this workstation: the local clock plus the offset measured at the last contact.

For showing only. Freshness of codes is judged by the monotonic clock, certificates by signed times.
"""

import logging
import threading
from datetime import datetime, timedelta

from desktop.domain.clock import Clock
from desktop.domain.errors import BidSealError
from desktop.portal.api import PlatformApi

log = logging.getLogger(__name__)


class PlatformTime:
    """A `Clock` in step with the platform as far as it was asked. Thread-safe."""

    def __init__(self, clock: Clock, api: PlatformApi) -> None:
        self._clock = clock
        self._api = api
        self._lock = threading.Lock()
        self._offset = timedelta(0)

    def now(self) -> datetime:
        """Return the platform's wall time as we know it."""
        with self._lock:
            return self._clock.now() + self._offset

    def monotonic(self) -> float:
        """Return the local monotonic seconds."""
        return self._clock.monotonic()

    def sync(self) -> bool:
        """Ask the platform; return whether it answered. Half the round trip is taken as the answer's age."""
        before = self._clock.monotonic()
        try:
            theirs = self._api.time()
        except BidSealError as error:
            log.info("platform time not known: %s", error.code)
            return False
        age = timedelta(seconds=(self._clock.monotonic() - before) / 2)
        with self._lock:
            self._offset = theirs + age - self._clock.now()
        return True
