"""Service events: what changed, for every page that shows it. Pages never call each other."""

import threading
from collections.abc import Callable
from enum import StrEnum


class Changed(StrEnum):
    """What changed."""

    SESSION = "session"
    #: The platform does not take the session any more; it is still the one of this workstation.
    SESSION_ENDED = "session_ended"
    ORDERS = "orders"
    CERTIFICATES = "certificates"
    SEALS = "seals"
    WORKSTATION = "workstation"
    DOCUMENTS = "documents"
    RECORDS = "records"
    RECIPIENTS = "recipients"
    NOTICES = "notices"
    #: The platform's log does not go together with what this workstation has seen of it.
    LOG_CONTRADICTED = "log_contradicted"
    #: A lot, a bid in preparation or a submitted one.
    TENDERS = "tenders"


class EventBus:
    """Delivers to subscribers on the publishing thread. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._subscribers: list[Callable[[Changed], None]] = []

    def subscribe(self, subscriber: Callable[[Changed], None]) -> Callable[[], None]:
        """Call `subscriber` at every event; returns the call that ends it."""
        with self._lock:
            self._subscribers.append(subscriber)

        def unsubscribe() -> None:
            with self._lock:
                if subscriber in self._subscribers:
                    self._subscribers.remove(subscriber)

        return unsubscribe

    def publish(self, change: Changed) -> None:
        """Tell everybody."""
        with self._lock:
            subscribers = tuple(self._subscribers)
        for subscriber in subscribers:
            subscriber(change)
