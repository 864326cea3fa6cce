"""One mailbox of the relay with the thread that waits on it."""

import logging
import random
import threading
from collections.abc import Callable

from desktop.domain.errors import BidSealError, RejectedError, UnavailableError
from desktop.portal.relay import RelayClient

log = logging.getLogger(__name__)

_OPEN_TRIES = 4
_BACKOFF_S = (0.2, 0.5, 1.0, 2.0, 5.0)


class MailboxListener:
    """Opens a mailbox, hands its frames on, carries replies, and ends within a moment of `stop`.

    Frames come on the listener's own thread; `on_link` tells when the relay is lost and found again.
    """

    def __init__(
        self,
        *,
        relay: RelayClient,
        token: bytes,
        owner: bytes,
        on_frame: Callable[[str, bytes], None],
        on_link: Callable[[bool], None],
    ) -> None:
        self._relay = relay
        self._token = token
        self._owner = owner
        self._on_frame = on_frame
        self._on_link = on_link
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._wait, name="mailbox", daemon=True)

    def open(self, *, challenge: bytes, ttl_s: int) -> None:
        """Create the mailbox and begin to listen.

        Raises:
            UnavailableError: the relay cannot be reached after several tries.
            RejectedError: the relay refuses.
        """
        self._retry(
            lambda: self._relay.open(token=self._token, owner=self._owner, challenge=challenge, ttl_s=ttl_s),
            _OPEN_TRIES,
        )
        self._thread.start()

    def reply(self, slot: str, body: bytes, *, tries: int) -> None:
        """Put a reply; a relay that cannot be reached is logged, the phone will time out by itself."""
        try:
            self._retry(lambda: self._relay.reply(token=self._token, owner=self._owner, slot=slot, body=body), tries)
        except BidSealError as error:
            log.info("reply not delivered: %s", error.code)

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
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(1.0)

    def _wait(self) -> None:
        position, failures = 0, 0
        while not self._stopped.is_set():
            try:
                position, messages = self._relay.inbox(token=self._token, owner=self._owner, after=position)
            except UnavailableError as error:
                log.info("relay wait failed: %s", error.code)
                self._on_link(False)
                failures += 1
                self._stopped.wait(self._backoff(failures))
                continue
            except RejectedError as error:
                log.info("mailbox ended: %s", error.code)
                return
            if failures:
                self._on_link(True)
                failures = 0
            for message in messages:
                self._on_frame(message.slot, message.body)

    def _retry(self, call: Callable[[], None], tries: int) -> None:
        for attempt in range(1, tries + 1):
            try:
                call()
            except UnavailableError:
                if attempt == tries or self._stopped.is_set():
                    raise
                self._stopped.wait(self._backoff(attempt))
            else:
                return

    def _quietly(self, call: Callable[[], None]) -> None:
        try:
            call()
        except BidSealError as error:
            log.info("mailbox call left out: %s", error.code)

    @staticmethod
    def _backoff(failures: int) -> float:
        base = _BACKOFF_S[min(failures, len(_BACKOFF_S)) - 1]
        return base * random.uniform(0.7, 1.3)  # noqa: S311 - jitter, not a secret
