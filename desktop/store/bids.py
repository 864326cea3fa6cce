"""Bids that were prepared on this workstation and whose deadline is still to come (JSON): so that nobody misses it.

A help, nothing more: what cannot be read is none, what cannot be written is no reason not to encrypt a bid. Holds what
stands in the open part of the package anyway, no price and no key.
"""

import json
import logging
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from desktop.domain.errors import BidSealError
from desktop.store.files import write_atomic

log = logging.getLogger(__name__)

#: How long after its deadline a bid is still told of.
KEPT = timedelta(days=1)
_MOST = 50
#: Of all who note: each makes an object of its own, for the one file.
_NOTING = threading.Lock()
_ENCODING = "utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class BidNote:
    """A bid of a unit: `path` is the finished package, "" while there is none.

    `submitted_lot` is the platform's id of the lot that this package was submitted for, "" until it was.
    """

    credit_code: str
    tender: str
    lot: str
    deadline: datetime
    path: str = ""
    submitted_lot: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same bid."""
        return self.credit_code, self.tender, self.lot


class BidNotes:
    """Reads and writes the notes. Thread-safe."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def of(self, credit_code: str, now: datetime) -> tuple[BidNote, ...]:
        """Return the bids of a unit whose deadline is to come or has just passed, the nearest first."""
        found = (note for note in self._read() if note.credit_code == credit_code and note.deadline + KEPT > now)
        return tuple(sorted(found, key=lambda note: (note.deadline, note.key)))

    def note(self, bid: BidNote, now: datetime) -> None:
        """Keep `bid` in place of what was noted of the same before; a finished package is not forgotten for a draft."""
        with _NOTING:
            notes = {note.key: note for note in self._read() if note.deadline + KEPT > now}
            before = notes.pop(bid.key, None)
            if before is not None and not bid.path and before.deadline == bid.deadline:
                bid = before
            notes[bid.key] = bid
            lines = [_to_json(note) for note in list(notes.values())[-_MOST:]]
            try:
                write_atomic(self._path, json.dumps({"bids": lines}, ensure_ascii=False).encode(_ENCODING))
            except BidSealError as error:
                log.info("bid not noted: %s", error.code)

    def _read(self) -> tuple[BidNote, ...]:
        try:
            stored = json.loads(self._path.read_text(encoding=_ENCODING))
            return tuple(_from_json(each) for each in stored["bids"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            return ()


def _to_json(note: BidNote) -> dict[str, object]:
    return {
        "credit_code": note.credit_code,
        "tender": note.tender,
        "lot": note.lot,
        "deadline": int(note.deadline.timestamp()),
        "path": note.path,
        "submitted_lot": note.submitted_lot,
    }


def _from_json(stored: dict[str, object]) -> BidNote:
    deadline = stored["deadline"]
    if not isinstance(deadline, int):
        raise TypeError("deadline")
    return BidNote(
        credit_code=str(stored["credit_code"]),
        tender=str(stored["tender"]),
        lot=str(stored["lot"]),
        deadline=datetime.fromtimestamp(deadline, UTC),
        path=str(stored["path"]),
        submitted_lot=str(stored.get("submitted_lot", "")),
    )
