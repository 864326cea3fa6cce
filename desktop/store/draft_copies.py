"""Versions of a lot's draft that are not the one on the platform, kept here so that nothing typed is lost (JSON).

One file a lot, newest first, readable by the user alone: what is tendered is nobody else's business before it is
published. An unreadable file reads as no versions; it is overwritten only when there is one to keep.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from desktop.crypto.primitives import sha256
from desktop.store.files import write_atomic

_ENCODING = "utf-8"
_PLAIN = re.compile(r"[0-9a-f]{32}")
_NAME_DIGITS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCopy:
    """A version: the draft as JSON, who wrote it ("" = whoever works here), and when."""

    draft: dict[str, Any]
    by: str
    at: datetime


class DraftCopyStore:
    """The versions of one lot's draft below the data folder's `drafts`."""

    def __init__(self, folder: Path, lot_id: str) -> None:
        name = lot_id if _PLAIN.fullmatch(lot_id) else sha256(lot_id.encode(_ENCODING)).hex()[:_NAME_DIGITS]
        self._path = folder / f"{name}.json"

    def read(self) -> tuple[StoredCopy, ...]:
        """Return the versions, newest first."""
        try:
            stored = json.loads(self._path.read_text(encoding=_ENCODING))
            return tuple(_copy(each) for each in stored["copies"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            return ()

    def write(self, copies: Sequence[StoredCopy]) -> None:
        """Keep these versions and no others.

        Raises:
            UnavailableError: they cannot be written; those from before are still there.
        """
        document = {"copies": [{"draft": each.draft, "by": each.by, "at": each.at.isoformat()} for each in copies]}
        write_atomic(self._path, json.dumps(document, ensure_ascii=False).encode(_ENCODING), private=True)


def _copy(stored: Any) -> StoredCopy:
    draft, at = stored["draft"], datetime.fromisoformat(str(stored["at"]))
    if not isinstance(draft, dict) or at.tzinfo is None:
        raise TypeError("draft")
    return StoredCopy(draft=draft, by=str(stored["by"]), at=at)
