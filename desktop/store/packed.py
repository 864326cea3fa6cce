"""Hashes of what was packed into a bid on this workstation (JSON), so that its opening can be compared with it.

No contents and no price: names, sizes and SHA-256. What cannot be read is none. Source: docs/tendering.md §6.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop.store.files import write_atomic

_ENCODING = "utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file as it went into an envelope."""

    name: str
    size: int
    sha256: bytes


class PackedStore:
    """Reads and writes what bids were made of, a file for each package."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, package_id: bytes, files: Mapping[str, tuple[KeptFile, ...]]) -> None:
        """Keep the files of a package by envelope id.

        Raises:
            UnavailableError: they cannot be written.
        """
        document = {
            envelope_id: [{"name": f.name, "size": f.size, "sha256": f.sha256.hex()} for f in each]
            for envelope_id, each in files.items()
        }
        write_atomic(self._path(package_id), json.dumps(document, ensure_ascii=False).encode(_ENCODING), private=True)

    def read(self, package_id: bytes, envelope_id: str) -> tuple[KeptFile, ...] | None:
        """Return the files of an envelope, None where this workstation does not know them."""
        try:
            stored = json.loads(self._path(package_id).read_text(encoding=_ENCODING))
            return tuple(_file(each) for each in stored[envelope_id])
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def _path(self, package_id: bytes) -> Path:
        return self._folder / f"{package_id.hex()}.json"


def _file(stored: Any) -> KeptFile:
    return KeptFile(name=str(stored["name"]), size=int(stored["size"]), sha256=bytes.fromhex(stored["sha256"]))
