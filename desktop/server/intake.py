"""What requests about uploads owe each other within the one process that serves them.

One at a time for each name; the closing of a lot waits for files whose last byte came in time but is not yet on record;
checks run on threads of their own, so that whoever sent the last byte need not wait for a long one.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from desktop.domain.errors import UnavailableError

_CHECKERS = 4


class Intake:
    """The uploads of one running platform."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._busy: set[str] = set()
        self._finishing: Counter[str] = Counter()
        self._running: dict[str, Future[None]] = {}
        self._checkers = ThreadPoolExecutor(_CHECKERS, thread_name_prefix="bidseal-check")
        self._is_stopped = False

    @property
    def is_stopped(self) -> bool:
        """Whether the platform is about to end: a long check gives up, and is made again at the next start."""
        return self._is_stopped

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Be the only one in a block of this name."""
        with self._changed:
            self._changed.wait_for(lambda: name not in self._busy)
            self._busy.add(name)
        try:
            yield
        finally:
            with self._changed:
                self._busy.discard(name)
                self._changed.notify_all()

    @contextmanager
    def finishing(self, lot_id: str) -> Iterator[None]:
        """Write the last byte of a file for a lot, look at the clock, and put both on record."""
        with self._changed:
            self._finishing[lot_id] += 1
        try:
            yield
        finally:
            with self._changed:
                self._finishing[lot_id] -= 1
                self._changed.notify_all()

    def wait_for_finishing(self, lot_id: str, seconds: float) -> bool:
        """Wait until nobody finishes a file for a lot; False if somebody still does."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._finishing[lot_id], seconds)

    def run(self, name: str, work: Callable[[], None]) -> Future[None]:
        """Run `work` on a thread, unless work of this name runs already; return what may be waited for.

        Raises:
            UnavailableError: the platform is about to end (`platform.busy`).
        """
        with self._changed:
            if self._is_stopped:
                raise UnavailableError("platform.busy", "ending")
            running = self._running.get(name)
            if running is None:
                running = self._running[name] = self._checkers.submit(work)
        running.add_done_callback(lambda _: self._forget(name))
        return running

    def stop(self) -> None:
        """Begin no further work."""
        with self._changed:
            self._is_stopped = True
        self._checkers.shutdown(wait=False, cancel_futures=True)

    def _forget(self, name: str) -> None:
        with self._changed:
            self._running.pop(name, None)
