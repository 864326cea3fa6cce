"""What a seal application checks before anything is sent: its name, its size in mm, the scan by its first bytes.

The platform checks again and has the last word. Source: docs/protocol.md, seals (round up to 45 mm, oval up to
45 × 30 mm, a legal representative's seal 18 to 22 mm square).
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.operations import SealKind
from desktop.protocol.codec import is_clean_text

MAX_SCAN_BYTES = 10 * 1024 * 1024
_MAX_NAME_CHARACTERS = 64
_MAX_NAME_BYTES = 120
_MIN_MM, _ROUND_MM, _OVAL_HEIGHT_MM = 10.0, 45.0, 30.0
_SQUARE_MM = (18.0, 22.0)
_ROUND_TOLERANCE_MM = 2.0
_MM = re.compile(r"[0-9]{1,3}([.,][0-9]{1,2})?")
_KINDS = ((b"\x89PNG\r\n\x1a\n", "image/png", "png"), (b"\xff\xd8\xff", "image/jpeg", "jpg"))
# Part of a seal's name, which is Chinese in every language of the screen.
_SUFFIX = {
    SealKind.OFFICIAL: "公章",
    SealKind.LEGAL_REPRESENTATIVE: "法人章",
    SealKind.CONTRACT: "合同专用章",
}


class Field(StrEnum):
    """A part of the application, by the name that the platform calls it."""

    CERTIFICATE = "certificate_serial"
    NAME = "name"
    WIDTH = "width_mm"
    HEIGHT = "height_mm"
    SCAN = "scan"


class Fault(StrEnum):
    """What the form itself finds wrong; anything else said at a field is a code of the problem catalogue."""

    MISSING = "missing"
    NOT_CLEAN = "not_clean"
    NOT_A_NUMBER = "not_a_number"
    SIZE = "platform.seal_size"
    TOO_LARGE = "too_large"
    WRONG_KIND = "wrong_kind"
    NOT_GOOD = "not_good"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A scan, from a file or (`is_shot`) a camera; `name` is for the screen, the platform gets another."""

    name: str
    media_type: str
    extension: str
    is_shot: bool = False
    content: bytes = field(repr=False)


def read_scan(path: Path) -> Scan:
    """Read a scan and find out by its first bytes what it is.

    Raises:
        RejectedError: `Fault.TOO_LARGE` or `Fault.WRONG_KIND` as its code.
        UnavailableError: `general.file_unreadable`.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_SCAN_BYTES + 1)
    except OSError as error:
        raise UnavailableError("general.file_unreadable", type(error).__name__) from None
    return scan_of(path.name, content)


def scan_of(name: str, content: bytes) -> Scan:
    """Tell by its first bytes what a scan is.

    Raises:
        RejectedError: `Fault.TOO_LARGE` or `Fault.WRONG_KIND` as its code.
    """
    if len(content) > MAX_SCAN_BYTES:
        raise RejectedError(Fault.TOO_LARGE)
    for start, media_type, extension in _KINDS:
        if content.startswith(start):
            return Scan(name=name, media_type=media_type, extension=extension, content=content)
    raise RejectedError(Fault.WRONG_KIND)


def length_of(text: str) -> float | None:
    """Read a length in mm, None when it is none."""
    tidy = text.strip()
    return float(tidy.replace(",", ".")) if _MM.fullmatch(tidy) else None


def fits(kind: SealKind, width_mm: float, height_mm: float) -> bool:
    """Tell whether a seal of this kind may have this size."""
    if kind is SealKind.LEGAL_REPRESENTATIVE:
        return all(_SQUARE_MM[0] <= side <= _SQUARE_MM[1] for side in (width_mm, height_mm))
    is_round = abs(width_mm - height_mm) <= _ROUND_TOLERANCE_MM and _MIN_MM <= max(width_mm, height_mm) <= _ROUND_MM
    is_oval = _MIN_MM <= height_mm <= _OVAL_HEIGHT_MM and height_mm < width_mm <= _ROUND_MM
    return is_round or is_oval


def check_name(text: str) -> str:
    """Return what is wrong with a seal's name, empty when nothing is."""
    if not text:
        return Fault.MISSING
    is_short = len(text) <= _MAX_NAME_CHARACTERS and len(text.encode("utf-8", "replace")) <= _MAX_NAME_BYTES
    return "" if is_short and is_clean_text(text) else Fault.NOT_CLEAN


def check_size(kind: SealKind, width: str, height: str) -> dict[Field, str]:
    """Return what is wrong with the size as typed, by field."""
    lengths = {Field.WIDTH: length_of(width), Field.HEIGHT: length_of(height)}
    faults: dict[Field, str] = {where: Fault.NOT_A_NUMBER for where, value in lengths.items() if value is None}
    width_mm, height_mm = lengths[Field.WIDTH], lengths[Field.HEIGHT]
    if width_mm is not None and height_mm is not None and not fits(kind, width_mm, height_mm):
        faults[Field.WIDTH] = Fault.SIZE
    return faults


def proposed_name(organization: str, kind: SealKind) -> str:
    """Return the name that a seal of the organization usually has."""
    name = f"{organization}{_SUFFIX[kind]}"
    return name if not check_name(name) else _SUFFIX[kind]
