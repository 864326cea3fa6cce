"""The thread by which lots are closed although nobody asks for them, and checks that a crash cut off are made.

A deadline holds by the clock that receipts are made by, with or without this thread (cases/closing.py); it only sees to
it that the closing does not wait for the first request.
"""

import logging
import threading
from collections.abc import Callable

from desktop.domain.errors import BidSealError
from desktop.server.cases.closing import close_due
from desktop.server.cases.uploads import resume
from desktop.server.context import Platform

_LOG = logging.getLogger(__name__)
_PAUSE_S = 1.0
_STOP_S = 10.0


class Closer:
    """Looks for what is due, once a second, between `start` and `stop`."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="bidseal-closer", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for the end."""
        self._end.set()
        self._thread.join(_STOP_S)

    def _run(self) -> None:
        self._safely(resume)
        while not self._end.wait(_PAUSE_S):
            self._safely(close_due)

    def _safely(self, work: Callable[[Platform], None]) -> None:
        try:
            work(self._platform)
        except BidSealError as error:
            _LOG.warning("closing waits: %s", error.code)
        except Exception as error:  # noqa: BLE001 - a thread that ends would close nothing ever again
            _LOG.error("closing failed: %s", type(error).__name__)
