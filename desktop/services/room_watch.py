"""The thread that follows an opening room: it asks for a later version, waits on the platform, and tells what came.

It goes on by itself when the platform was away. What the platform refuses for good ends it. `stop` is heeded at once:
what still arrives is dropped, and the thread ends with the long poll that it is in.
"""

import logging
import random
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Generic, Protocol, TypeVar

from desktop.domain.errors import BidSealError, RejectedError, UnavailableError

log = logging.getLogger(__name__)

_BACKOFF_S = (0.2, 0.5, 1.0, 2.0, 5.0)
#: An answer with nothing new that came sooner than this was no long poll; asking again at once would only burn both.
_EARLY_S = 1.0
WAIT_S = 25


class _Versioned(Protocol):
    @property
    def version(self) -> int:
        """One more with each change."""
        ...


R = TypeVar("R", bound=_Versioned)


class RoomWatch(Generic[R]):
    """Callbacks come on the watch's own thread.

    `ask(after, wait_s)` returns the room, waiting for a version above `after`; `on_room(room)` gets each new one,
    `on_link(online)` hears when the platform is lost and found again, `on_lost(error)` when it refuses.
    """

    def __init__(
        self,
        ask: Callable[[int, int], R],
        *,
        on_room: Callable[[R], None],
        on_link: Callable[[bool], None],
        on_lost: Callable[[BidSealError], None],
    ) -> None:
        self._ask = ask
        self._on_room, self._on_link, self._on_lost = on_room, on_link, on_lost
        self._stopped = threading.Event()
        self._failures = 0
        self._is_away = False

    def start(self, *, after: int) -> None:
        """Follow the room from the version after `after` on; to be called once."""
        threading.Thread(target=self._live, args=(after,), name="room", daemon=True).start()

    def stop(self) -> None:
        """Hear no more of it."""
        self._stopped.set()

    def _live(self, version: int) -> None:
        while not self._stopped.is_set():
            asked, was_away = time.monotonic(), self._is_away
            try:
                # Who was away wants to know at once that it is no more, not when something happens.
                room = self._ask(version, 0 if was_away else WAIT_S)
            except UnavailableError as error:
                self._failed(error)
                continue
            except RejectedError as error:
                self._tell(partial(self._on_lost, error))
                return
            self._answered()
            if room.version > version:
                version = room.version
                self._failures = 0
                self._tell(partial(self._on_room, room))
            elif not was_away and time.monotonic() - asked < _EARLY_S:
                self._pause()

    def _failed(self, error: UnavailableError) -> None:
        log.info("room not followed: %s", error.code)
        if not self._is_away:
            self._is_away = True
            self._tell(partial(self._on_link, False))
        self._pause()

    def _answered(self) -> None:
        if self._is_away:
            self._is_away, self._failures = False, 0
            self._tell(partial(self._on_link, True))

    def _pause(self) -> None:
        self._failures += 1
        base = _BACKOFF_S[min(self._failures, len(_BACKOFF_S)) - 1]
        self._stopped.wait(base * random.uniform(0.7, 1.3))  # noqa: S311 - jitter, not a secret

    def _tell(self, call: Callable[[], None]) -> None:
        if not self._stopped.is_set():
            call()
