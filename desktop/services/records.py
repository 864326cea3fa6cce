"""Usage records: handed to the platform after each ceremony, kept on disk until it has them."""

import json
import logging
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from desktop.domain.errors import BidSealError, RejectedError
from desktop.portal.api import PlatformApi, UsageEntry
from desktop.store.files import write_atomic

log = logging.getLogger(__name__)


class UsageReporter:
    """Reports usage. Never raises: a record that cannot go now goes later."""

    def __init__(self, *, api: PlatformApi, folder: Path) -> None:
        self._api = api
        self._folder = folder

    def report(self, entry: UsageEntry) -> None:
        """Keep the record and try to hand in all that wait."""
        document = asdict(entry) | {"at": entry.at.isoformat()}
        name = f"{entry.ceremony[:32]}-{abs(hash(entry.subject)):x}.json"
        try:
            write_atomic(self._folder / name, json.dumps(document, ensure_ascii=False).encode())
        except BidSealError as error:
            log.info("usage record not kept: %s", error.code)
        self.flush()

    def flush(self) -> int:
        """Hand in what waits; return how many are left."""
        waiting = sorted(self._folder.glob("*.json"))
        for path in waiting:
            try:
                document = json.loads(path.read_text(encoding="utf-8"))
                self._api.record(UsageEntry(**(document | {"at": datetime.fromisoformat(document["at"])})))
            except RejectedError as error:
                if error.code == "portal.signed_out":
                    break
                log.info("usage record refused: %s", error.code)
            except BidSealError as error:
                log.info("usage record waits: %s", error.code)
                break
            except (OSError, ValueError, TypeError, KeyError) as error:
                log.info("usage record unreadable: %s", type(error).__name__)
            path.unlink(missing_ok=True)
        return len(list(self._folder.glob("*.json")))
