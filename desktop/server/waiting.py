"""Who waits for something to change: each a future on the event loop, neither a thread nor a database connection.

`wake` may be called from any thread, after the change was committed. Waiting is bounded in number: the one who waits
longest is sent home first, mostly a connection that was lost without a word, and asks again if it is still there. One
process wakes its own waiters; those of another one look by themselves when their time is over.
"""

import asyncio
import contextlib
import threading
from collections import OrderedDict
from collections.abc import Iterator

MAX_WAIT_S = 25
MAX_WAITERS = 20_000
#: So many are answered at each change; beyond them changes are gathered, for as long as this at most.
AT_ONCE = 100
_LONGEST_PAUSE_S = 2.0


class Waiters:
    """Those who wait in one process, by what they wait for."""

    def __init__(self, limit: int = MAX_WAITERS) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._waiting: OrderedDict[Turn, None] = OrderedDict()
        self._is_stopped = False

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def pause_s(self) -> float:
        """How long who was woken waits before it looks, so that many changes make one answer: not at all for few."""
        return min(_LONGEST_PAUSE_S, max(0, len(self) - AT_ONCE) / AT_ONCE)

    @contextlib.contextmanager
    def turn(self, topic: str) -> Iterator["Turn"]:
        """Wait for `topic` from here on: look at it inside the block, then `over`; no change between is missed."""
        turn = Turn(topic, asyncio.get_running_loop())
        with self._lock:
            while len(self._waiting) >= self._limit:
                self._waiting.popitem(last=False)[0].end(look_again=False)
            self._waiting[turn] = None
            if self._is_stopped:
                turn.end(look_again=False)
        try:
            yield turn
        finally:
            with self._lock:
                self._waiting.pop(turn, None)

    def wake(self, topic: str) -> None:
        """Let all who wait for `topic` look again."""
        with self._lock:
            woken = [turn for turn in self._waiting if turn.topic == topic]
        for turn in woken:
            turn.end(look_again=True)

    def stop(self) -> None:
        """Let everybody go home: the process is about to end."""
        with self._lock:
            self._is_stopped = True
            woken = list(self._waiting)
        for turn in woken:
            turn.end(look_again=False)


class Turn:
    """One who waits."""

    def __init__(self, topic: str, loop: asyncio.AbstractEventLoop) -> None:
        self.topic = topic
        self._loop = loop
        self._future: asyncio.Future[bool] = loop.create_future()

    def end(self, *, look_again: bool) -> None:
        """Let it look again, or go home; from any thread."""
        with contextlib.suppress(RuntimeError):  # the loop has ended, and with it everybody who waited there
            self._loop.call_soon_threadsafe(self._settle, look_again)

    async def over(self, seconds: float) -> bool:
        """Wait until something changed or `seconds` have passed; False for who should answer as things are."""
        timer = self._loop.call_later(max(seconds, 0), self._settle, True)
        try:
            return await self._future
        finally:
            timer.cancel()

    def _settle(self, look_again: bool) -> None:  # noqa: FBT001 - called back by the loop
        if not self._future.done():
            self._future.set_result(look_again)
