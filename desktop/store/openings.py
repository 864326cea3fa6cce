"""How far the opening of a lot has got on the agent's workstation (JSON), so that it goes on after a crash.

What was fetched for an envelope, so that it can be opened without a network, and what came of each bid so far. Holds no
share and no key: after a restart the phone is asked again. An unreadable file reads as nothing: what was opened is then
proven again, what was fetched is fetched again. Source: docs/tendering.md §6.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from desktop.crypto.primitives import sha256
from desktop.protocol import codec
from desktop.store.files import make_folder, write_atomic

_ENCODING = "utf-8"
_NAME_DIGITS = 32
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedBid:
    """A bid of the closing list; `sealed` is its delivered share as it was handed in, empty where there is none."""

    package: bytes
    sha256: bytes
    bidder: str
    bidder_code: str
    at_us: int
    number: int
    size: int
    sealed: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedEnvelope:
    """What the platform has said of the opening of one envelope: signed papers as they came, and the bids."""

    announcements: tuple[bytes, ...] = field(repr=False)
    closing: bytes = field(repr=False)
    notice: bytes = field(repr=False)
    delivered: bytes = field(repr=False)
    bids: tuple[FetchedBid, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptResult:
    """What came of a bid: the signed statement, and the folder of its files, "" where it was not opened."""

    statement: bytes = field(repr=False)
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRecord:
    """The opening record that was made here: `version` is the room's at that moment, `sealed` the sealed PDF if known.

    `is_asked`: somebody has asked to hand it in, and no answer has come.
    """

    pdf: Path
    bundle: Path
    version: int
    sealed: Path | None = None
    is_asked: bool = False


class OpeningStore:
    """Reads and writes the state of one lot's opening below the data folder's `openings`."""

    def __init__(self, folder: Path, *, platform: str, tender: str, lot: str) -> None:
        name = sha256(codec.encode([platform, tender, lot])).hex()[:_NAME_DIGITS]
        self._folder = folder / name

    def place(self) -> Path | None:
        """Return the folder that bids and opened files of the lot go to, None before it was chosen."""
        return _read(self._folder / "place.json", lambda stored: Path(str(stored["folder"])))

    def keep_place(self, folder: Path) -> None:
        """Keep it.

        Raises:
            UnavailableError: it cannot be written.
        """
        self._write("place.json", {"folder": str(folder)})

    def fetched(self, envelope_id: str) -> FetchedEnvelope | None:
        """Return what was fetched for an envelope."""
        return _read(self._folder / f"{envelope_id}.fetched.json", _fetched)

    def keep_fetched(self, envelope_id: str, fetched: FetchedEnvelope) -> None:
        """Keep what was fetched.

        Raises:
            UnavailableError: it cannot be written.
        """
        bids = [{name: _text(getattr(each, name)) for name in FetchedBid.__slots__} for each in fetched.bids]
        papers = {name: _text(getattr(fetched, name)) for name in ("closing", "notice", "delivered")}
        announcements = [_text(each) for each in fetched.announcements]
        self._write(f"{envelope_id}.fetched.json", {**papers, "announcements": announcements, "bids": bids})

    def results(self, envelope_id: str) -> dict[bytes, KeptResult]:
        """Return what came of the bids so far, by package."""
        return _read(self._folder / f"{envelope_id}.results.json", _results) or {}

    def keep_results(self, envelope_id: str, results: Mapping[bytes, KeptResult]) -> None:
        """Keep what came of the bids so far.

        Raises:
            UnavailableError: it cannot be written; what was kept before stays.
        """
        kept = {
            package.hex(): {"statement": _text(each.statement), "target": each.target}
            for package, each in results.items()
        }
        self._write(f"{envelope_id}.results.json", {"results": kept})

    def record(self) -> KeptRecord | None:
        """Return the opening record that was made here and is still there."""
        kept = _read(self._folder / "record.json", _record)
        return kept if kept is not None and kept.pdf.is_file() and kept.bundle.is_file() else None

    def keep_record(self, record: KeptRecord) -> None:
        """Keep where it is.

        Raises:
            UnavailableError: it cannot be written.
        """
        paths = {"pdf": str(record.pdf), "bundle": str(record.bundle), "sealed": str(record.sealed or "")}
        self._write("record.json", {**paths, "version": record.version, "is_asked": record.is_asked})

    def _write(self, name: str, document: Mapping[str, Any]) -> None:
        make_folder(self._folder)
        write_atomic(self._folder / name, json.dumps(document, ensure_ascii=False).encode(_ENCODING), private=True)


def _read(path: Path, make: Callable[[Any], T]) -> T | None:
    try:
        return make(json.loads(path.read_text(encoding=_ENCODING)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return None


def _text(value: Any) -> Any:
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value


def _bytes(text: Any) -> bytes:
    return base64.b64decode(text, validate=True)


def _fetched(stored: Any) -> FetchedEnvelope:
    return FetchedEnvelope(
        announcements=tuple(_bytes(each) for each in stored["announcements"]),
        closing=_bytes(stored["closing"]),
        notice=_bytes(stored["notice"]),
        delivered=_bytes(stored["delivered"]),
        bids=tuple(_bid(each) for each in stored["bids"]),
    )


def _bid(stored: Any) -> FetchedBid:
    return FetchedBid(
        package=_bytes(stored["package"]),
        sha256=_bytes(stored["sha256"]),
        bidder=str(stored["bidder"]),
        bidder_code=str(stored["bidder_code"]),
        at_us=int(stored["at_us"]),
        number=int(stored["number"]),
        size=int(stored["size"]),
        sealed=_bytes(stored["sealed"]),
    )


def _record(stored: Any) -> KeptRecord:
    sealed = str(stored["sealed"])
    return KeptRecord(
        pdf=Path(str(stored["pdf"])),
        bundle=Path(str(stored["bundle"])),
        version=int(stored["version"]),
        sealed=Path(sealed) if sealed else None,
        is_asked=stored["is_asked"] is True,
    )


def _results(stored: Any) -> dict[bytes, KeptResult]:
    return {
        bytes.fromhex(package): KeptResult(statement=_bytes(each["statement"]), target=str(each["target"]))
        for package, each in stored["results"].items()
    }
