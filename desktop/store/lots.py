"""Announcements of lots as this workstation has seen them (JSON): what was once shown cannot be exchanged unnoticed.

A lot is known by what its notice says, tender and lot, not by the platform's id for it: the same lot under another id
is the same. An unreadable file reads as none. Source: docs/tendering.md §2, threat T48.
"""

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from desktop.crypto.primitives import sha256
from desktop.protocol import codec
from desktop.store.files import write_atomic

_ENCODING = "utf-8"
_NAME_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRevision:
    """A signed announcement, and when it was published by the platform's word."""

    announcement: bytes = field(repr=False)
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLot:
    """The revisions of a lot, oldest first, and the platform's id for it."""

    lot_id: str
    revisions: tuple[KeptRevision, ...]


class LotStore:
    """Reads and writes below the data folder's `tenders`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def folder_of(self, tender: str, lot: str) -> Path:
        """Return the folder of a lot; it need not exist."""
        return self._folder / sha256(codec.encode([tender, lot])).hex()[: 2 * _NAME_BYTES]

    def read(self, tender: str, lot: str) -> KeptLot | None:
        """Return what was kept of a lot."""
        return _read(self.folder_of(tender, lot) / "lot.json")

    def find(self, lot_id: str) -> KeptLot | None:
        """Return what was kept of the lot that the platform calls so."""
        kept = (_read(path) for path in sorted(self._folder.glob("*/lot.json")))
        return next((lot for lot in kept if lot is not None and lot.lot_id == lot_id), None)

    def keep(self, tender: str, lot: str, kept: KeptLot) -> None:
        """Keep the revisions of a lot.

        Raises:
            UnavailableError: they cannot be written.
        """
        document = {
            "lot_id": kept.lot_id,
            "revisions": [
                {
                    "announcement": base64.b64encode(each.announcement).decode("ascii"),
                    "published_at": each.published_at.astimezone(UTC).isoformat(),
                }
                for each in kept.revisions
            ],
        }
        write_atomic(self.folder_of(tender, lot) / "lot.json", json.dumps(document, indent=1).encode(_ENCODING))


def _read(path: Path) -> KeptLot | None:
    try:
        stored = json.loads(path.read_text(encoding=_ENCODING))
        revisions = tuple(
            KeptRevision(
                announcement=base64.b64decode(each["announcement"], validate=True),
                published_at=datetime.fromisoformat(each["published_at"]).astimezone(UTC),
            )
            for each in stored["revisions"]
        )
        return KeptLot(lot_id=str(stored["lot_id"]), revisions=revisions)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
