"""A bid in preparation for one lot, as it is on the disk after every change (JSON): no crash and no logout loses it.

Names files, never holds them. Prices stand in it as typed: it is readable by the user alone, as are the files that it
names. An unreadable draft reads as an empty one. Source: docs/tendering.md §1.
"""

import json
import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from desktop.crypto.primitives import sha256
from desktop.store.files import write_atomic

_ENCODING = "utf-8"
_CODE = re.compile(r"[0-9A-Za-z]{1,32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFile:
    """A file of an envelope: the `name` it will have inside, and which required document it is, "" for another."""

    envelope_id: str
    name: str
    path: str
    need: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedSummary:
    """唱标要素 as typed."""

    price: str = ""
    duration: str = ""
    quality: str = ""
    manager: str = ""
    bond: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BidDraft:
    """Everything that was put together for a bid.

    `seconds` are SHA-256 (hex) of further certificates that are to open it, `serial` the one that signs. `package` is
    the path of the finished package, `packed` the fingerprint of the draft it was made of; `is_rehearsed` once its
    opening was. `submitting` is the path of a package whose submission was begun and has not come to an end.
    """

    files: tuple[DraftFile, ...] = ()
    summary: TypedSummary = TypedSummary()
    serial: str = ""
    seconds: tuple[str, ...] = ()
    target: str = ""
    package: str = ""
    packed: str = ""
    is_rehearsed: bool = False
    submitting: str = ""

    @property
    def fingerprint(self) -> str:
        """Say what goes into a package; another one means that the package is not of what stands here now."""
        parts = {"files": [asdict(each) for each in self.files], "summary": asdict(self.summary)}
        parts |= {"serial": self.serial, "seconds": sorted(self.seconds)}
        return sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode(_ENCODING)).hex()

    @property
    def is_packed_as_it_is(self) -> bool:
        """Whether the package was made of exactly this."""
        return bool(self.package) and self.packed == self.fingerprint

    def with_package(self, path: str, of: "BidDraft") -> "BidDraft":
        """Return the draft after a package was made `of` what it was then; it may have been changed meanwhile."""
        return replace(self, package=path, packed=of.fingerprint, is_rehearsed=False)


class DraftStore:
    """The draft of one unit for one lot, in the folder of the lot."""

    def __init__(self, folder: Path, credit_code: str) -> None:
        name = credit_code if _CODE.fullmatch(credit_code) else sha256(credit_code.encode(_ENCODING)).hex()[:32]
        self.path = folder / f"bid-{name}.json"

    def read(self) -> BidDraft:
        """Return the draft."""
        try:
            return _from_json(json.loads(self.path.read_text(encoding=_ENCODING)))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return BidDraft()

    def write(self, draft: BidDraft) -> None:
        """Keep the draft.

        Raises:
            UnavailableError: it cannot be written; the one before is still there.
        """
        document = json.dumps(asdict(draft), ensure_ascii=False, indent=1)
        write_atomic(self.path, document.encode(_ENCODING), private=True)


def _from_json(stored: dict[str, Any]) -> BidDraft:
    return BidDraft(
        files=tuple(DraftFile(**_texts(each)) for each in stored["files"]),
        summary=TypedSummary(**_texts(stored["summary"])),
        serial=str(stored["serial"]),
        seconds=tuple(str(each) for each in stored["seconds"]),
        target=str(stored["target"]),
        package=str(stored["package"]),
        packed=str(stored["packed"]),
        is_rehearsed=stored["is_rehearsed"] is True,
        submitting=str(stored["submitting"]),
    )


def _texts(stored: dict[str, Any]) -> dict[str, str]:
    return {str(name): str(value) for name, value in stored.items()}
