"""Usage records: handed to the platform after each ceremony, kept on disk until it has them.

A record is given up only when the platform will never take it (malformed), and after a long time when nobody who may
hand it in has signed in here: it belongs to a unit, and the person now signed in may be of another.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

from desktop.crypto.primitives import sha256
from desktop.domain.errors import BidSealError
from desktop.portal.api import PlatformApi, UsageEntry
from desktop.store.files import write_atomic

log = logging.getLogger(__name__)

#: What the platform says of a record that it will not take from anybody.
_FINAL = frozenset({"platform.bad_request", "platform.bad_field"})
_KEPT = timedelta(days=180)
_MOST = 200


class UsageReporter:
    """Reports usage. Never raises: a record that cannot go now goes later."""

    def __init__(self, *, api: PlatformApi, folder: Path, now: Callable[[], datetime]) -> None:
        self._api = api
        self._folder = folder
        self._now = now

    def report(self, *entries: UsageEntry) -> None:
        """Keep the records and try, once, to hand in all that wait."""
        for entry in entries:
            document = asdict(entry) | {"at": entry.at.isoformat()}
            name = f"{entry.ceremony[:32]}-{sha256(entry.subject.encode()).hex()[:16]}.json"
            try:
                write_atomic(self._folder / name, json.dumps(document, ensure_ascii=False).encode())
            except BidSealError as error:
                log.info("usage record not kept: %s", error.code)
        self.flush()

    def flush(self) -> int:
        """Hand in what waits; return how many are left."""
        for path in sorted(self._folder.glob("*.json"))[:_MOST]:
            try:
                document = json.loads(path.read_text(encoding="utf-8"))
                entry = UsageEntry(**(document | {"at": datetime.fromisoformat(document["at"])}))
            except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
                log.info("usage record unreadable: %s", type(error).__name__)
                continue
            if not self._hand_in(entry):
                continue
            path.unlink(missing_ok=True)
        return len(list(self._folder.glob("*.json")))

    def _hand_in(self, entry: UsageEntry) -> bool:
        """Return whether the record is settled: taken, or never to be taken."""
        try:
            self._api.record(entry)
        except BidSealError as error:
            log.info("usage record waits: %s", error.code)
            return error.code in _FINAL or self._now() - entry.at > _KEPT
        return True
