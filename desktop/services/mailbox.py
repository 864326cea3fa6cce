"""One mailbox of the relay with the thread that opens it and waits on it."""

import logging
import random
import threading
import time
from collections.abc import Callable

from desktop.domain.errors import BidSealError, RejectedError, UnavailableError
from desktop.portal.relay import RelayClient

log = logging.getLogger(__name__)

_BACKOFF_S = (0.2, 0.5, 1.0, 2.0, 5.0)
#: An empty answer that came sooner than this was no long poll; asking again at once would only burn both sides.
_EARLY_S = 1.0


class MailboxListener:
    """Opens a mailbox, hands its frames on, carries replies, and ends within a moment of `stop`.

    Callbacks come on the listener's own thread: `on_open` once the mailbox stands, `on_frame(slot, body)`,
    `on_link(online)` when the relay is lost and found again, `on_lost(code)` when the relay refuses or has dropped it.
    """

    def __init__(
        self,
        *,
        relay: RelayClient,
        token: bytes,
        owner: bytes,
        on_open: Callable[[], None],
        on_frame: Callable[[str, bytes], None],
        on_link: Callable[[bool], None],
        on_lost: Callable[[str], None],
    ) -> None:
        self._relay = relay
        self._token = token
        self._owner = owner
        self._on_open = on_open
        self._on_frame = on_frame
        self._on_link = on_link
        self._on_lost = on_lost
        self._stopped = threading.Event()
        self._failures = 0
        self._thread: threading.Thread | None = None

    def start(self, *, challenge: bytes, ttl_s: int) -> None:
        """Create the mailbox and listen, on a thread of its own; an unreachable relay is tried until `stop`."""
        self._thread = threading.Thread(target=self._live, args=(challenge, ttl_s), name="mailbox", daemon=True)
        self._thread.start()

    def reply(self, slot: str, body: bytes, *, tries: int) -> None:
        """Put a reply; a relay that cannot be reached is logged, the phone will time out by itself."""
        for attempt in range(1, tries + 1):
            try:
                self._relay.reply(token=self._token, owner=self._owner, slot=slot, body=body)
            except UnavailableError as error:
                log.info("reply not delivered yet: %s", error.code)
                if attempt < tries:
                    self._stopped.wait(self._backoff(attempt))
            except RejectedError as error:
                log.info("reply refused: %s", error.code)
                return
            else:
                return

    def close(self) -> None:
        """Take no further claims; best effort, later claims are answered `taken` anyway."""
        self._quietly(lambda: self._relay.close(token=self._token, owner=self._owner))

    def stop(self, *, linger_s: int) -> None:
        """End the mailbox; replies already sent stay readable for `linger_s` seconds."""
        if not self._stopped.is_set():
            self._stopped.set()
            self._quietly(lambda: self._relay.delete(token=self._token, owner=self._owner, linger_s=linger_s))

    def join(self) -> None:
        """Wait for the thread's end; at most the rest of one long poll if the relay is gone."""
        if self._thread is not None and threading.current_thread() is not self._thread:
            self._thread.join(1.0)

    # -- the thread ------------------------------------------------------------------------------------------------

    def _live(self, challenge: bytes, ttl_s: int) -> None:
        try:
            if self._open(challenge, ttl_s):
                self._on_open()
                self._wait()
        except RejectedError as error:
            if not self._stopped.is_set():
                log.info("mailbox lost: %s", error.code)
                self._on_lost(error.code)

    def _open(self, challenge: bytes, ttl_s: int) -> bool:
        while not self._stopped.is_set():
            try:
                self._relay.open(token=self._token, owner=self._owner, challenge=challenge, ttl_s=ttl_s)
            except UnavailableError as error:
                self._failed(error)
            else:
                self._succeeded()
                return True
        return False

    def _wait(self) -> None:
        position = 0
        while not self._stopped.is_set():
            asked = time.monotonic()
            try:
                position, messages = self._relay.inbox(token=self._token, owner=self._owner, after=position)
            except UnavailableError as error:
                self._failed(error)
                continue
            if not messages and time.monotonic() - asked < _EARLY_S:
                self._failures += 1
                self._stopped.wait(self._backoff(self._failures))
                continue
            self._succeeded()
            for message in messages:
                self._on_frame(message.slot, message.body)

    def _failed(self, error: UnavailableError) -> None:
        log.info("relay not reached: %s", error.code)
        self._on_link(False)
        self._failures += 1
        self._stopped.wait(self._backoff(self._failures))

    def _succeeded(self) -> None:
        if self._failures:
            self._failures = 0
            self._on_link(True)

    @staticmethod
    def _quietly(call: Callable[[], None]) -> None:
        try:
            call()
        except BidSealError as error:
            log.info("mailbox call left out: %s", error.code)

    @staticmethod
    def _backoff(failures: int) -> float:
        base = _BACKOFF_S[min(failures, len(_BACKOFF_S)) - 1]
        return base * random.uniform(0.7, 1.3)  # noqa: S311 - jitter, not a secret
