"""Watching the platform's log: every head that this workstation sees must extend the one that it saw before (T35).

A platform that edits or drops entries, or shows people different logs, contradicts a head that it has signed. What is
found against it is kept on disk and told until somebody deals with it; the kept head is never silently replaced.
"""

import logging
import threading
from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.clock import Clock
from desktop.domain.errors import BidSealError, RejectedError
from desktop.domain.operations import Verdict
from desktop.formats.log import demand_extends
from desktop.formats.statements import Basis, judge_statement
from desktop.portal.api import PlatformApi
from desktop.protocol.statements import Head, read_statement
from desktop.services.events import Changed, EventBus
from desktop.services.trust import TrustKeeper
from desktop.store.heads import HeadStore

log = logging.getLogger(__name__)


class HeadNews(StrEnum):
    """What a look at the log has brought."""

    FIRST = "first"
    SAME = "same"
    GROWN = "grown"
    #: An earlier state of the same log: an answer that was long on its way.
    EARLIER = "earlier"
    CONTRADICTION = "contradiction"
    #: A head that may be good, for which the platform gave no proof that could be read.
    UNPROVEN = "unproven"
    #: The platform cannot be asked now, or its signature cannot be judged now.
    UNKNOWN = "unknown"


#: What shows that the platform cannot prove what it has signed: a wrong proof, or a log that has become shorter.
_AGAINST = frozenset({"record.split_view", "platform.bad_field"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A head, as signed and as read."""

    data: bytes
    head: Head


class HeadKeeper:
    """Keeps the newest head of one platform. Thread-safe."""

    def __init__(
        self, *, platform: str, api: PlatformApi, trust: TrustKeeper, store: HeadStore, bus: EventBus, clock: Clock
    ) -> None:
        self._platform = platform
        self._api = api
        self._trust = trust
        self._store = store
        self._bus = bus
        self._clock = clock
        self._lock = threading.Lock()

    @property
    def is_contradicted(self) -> bool:
        """Whether the platform was ever found to contradict itself."""
        return bool(self._store.contradictions())

    def basis(self) -> Basis:
        """Return what statements are judged by now."""
        return Basis(anchors=self._trust.anchors, revocation=self._trust.revocation(), now=self._clock.now())

    def look(self) -> HeadNews:
        """Fetch the head and compare it with the kept one. Never raises: who cannot look, looks again later."""
        try:
            return self.seen(self.fetch())
        except BidSealError as error:
            log.info("tree head not seen: %s", error.code)
            return HeadNews.UNKNOWN

    def fetch(self) -> Seen:
        """Fetch and judge the platform's head; it is not kept yet.

        Raises:
            BidSealError: it cannot be had, or is not to be believed.
        """
        data = self._api.tree_head()
        judged = judge_statement(data, Head, self.basis(), platform=self._platform)
        if judged.verdict is Verdict.CANNOT_TELL and self._trust.refresh():
            judged = judge_statement(data, Head, self.basis(), platform=self._platform)
        return Seen(data=data, head=judged.required().payload)

    def seen(self, new: Seen) -> HeadNews:
        """Compare a judged head with the kept one, and keep it if it extends that.

        Raises:
            BidSealError: the platform cannot be asked for the proof, or the disk refuses.
        """
        with self._lock:
            kept = self._kept()
            if kept is None:
                self._store.keep(new.data)
                return HeadNews.FIRST
            try:
                news = self._compare(kept.head, new.head)
            except RejectedError as error:
                if error.code not in _AGAINST:
                    log.warning("no proof for the platform's log: %s", error.code)
                    return HeadNews.UNPROVEN
                return self._accuse(kept, new, error)
            if news is HeadNews.GROWN:
                self._store.keep(new.data)
            return news

    def _kept(self) -> Seen | None:
        """Return the newest head of before; a file that somebody has damaged is as good as none."""
        data = self._store.newest()
        try:
            return Seen(data=data, head=read_statement(data, Head).payload) if data else None
        except RejectedError as error:
            log.warning("kept tree head unreadable: %s", error.code)
            return None

    def _compare(self, kept: Head, new: Head) -> HeadNews:
        """Demand that one of the two extends the other.

        Raises:
            RejectedError: neither does, or the platform has no proof of it.
        """
        if new.size == kept.size:
            demand_extends(kept, new, ())
            return HeadNews.SAME
        if new.size > kept.size:
            demand_extends(kept, new, self._api.consistency_proof(kept.size, new.size))
            return HeadNews.GROWN
        if new.at_us > kept.at_us:
            raise RejectedError("record.split_view", "shorter than before")
        demand_extends(new, kept, self._api.consistency_proof(new.size, kept.size))
        return HeadNews.EARLIER

    def _accuse(self, kept: Seen, contrary: Seen, error: RejectedError) -> HeadNews:
        """Keep the two and tell everybody, once for each log that the platform shows."""
        name = f"{contrary.head.size}-{contrary.head.root.hex()[:16]}"
        if self._store.accuse(kept.data, contrary.data, name=name):
            log.error("the platform's log contradicts a head that was kept: %s", error.detail)
            self._bus.publish(Changed.LOG_CONTRADICTED)
        return HeadNews.CONTRADICTION
