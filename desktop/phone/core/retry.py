"""Trying again: how long the phone bears with a network that fails, and how it spaces its attempts."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from desktop.domain.clock import Clock
from desktop.domain.errors import UnavailableError
from desktop.phone.core.transport import MailboxGoneError, SlowDownError

T = TypeVar("T")
_LONGEST_PAUSE_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayTiming:
    """Seconds. A poll and its stall stay below the fault budget, so that a dead network has a name within ten."""

    poll_s: float = 5.0
    margin_s: float = 2.0
    fault_budget_s: float = 7.0
    back_off_s: float = 0.2
    accept_s: float = 15.0
    receipt_s: float = 90.0
    consent_slack_s: float = 5.0


class BackOff:
    """Growing, jittered pauses since the last good answer, and when to give up."""

    def __init__(self, *, timer: Clock, timing: RelayTiming, random: Callable[[int], bytes]) -> None:
        self._timer = timer
        self._timing = timing
        self._random = random
        self.succeeded()

    def succeeded(self) -> None:
        """Begin anew."""
        self._since = self._timer.monotonic()
        self._pause = self._timing.back_off_s

    def is_hopeless(self) -> bool:
        """Whether the fault has lasted longer than the budget."""
        return self._timer.monotonic() - self._since >= self._timing.fault_budget_s

    def wait(self, stop: threading.Event, error: UnavailableError) -> None:
        """Wait before the next attempt, at most until `stop`."""
        if isinstance(error, SlowDownError):
            stop.wait(error.after_s)
            return
        stop.wait(self._pause * (0.5 + self._random(1)[0] / 255))
        self._pause = min(self._pause * 2, _LONGEST_PAUSE_S)


def persist(call: Callable[[], T], back_off: BackOff, stop: threading.Event) -> T:
    """Call until it works, `stop` is set or the fault budget is used up.

    Raises:
        UnavailableError: the last failure; at once if the mailbox is gone.
    """
    while True:
        try:
            return call()
        except MailboxGoneError:
            raise
        except UnavailableError as error:
            if stop.is_set() or back_off.is_hopeless():
                raise
            back_off.wait(stop, error)
