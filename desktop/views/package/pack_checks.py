"""What the form of a bid package checks before anything is encrypted; pure functions.

The library checks again and has the last word. Refuses nothing that may be left out: of the announcement items a tender
may ask for few. Source: docs/bid-package.md §3 and §6.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desktop.domain.errors import RejectedError
from desktop.domain.moments import read_moment
from desktop.domain.money import read_amount
from desktop.formats.package import BidSummary, check_names
from desktop.protocol.codec import is_clean_text

MAX_ID_BYTES = 64
MAX_NAME_BYTES = 120
MAX_QUALITY_BYTES = 500
MAX_DAYS = 100_000
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\s]+')


class Field(StrEnum):
    """A part of the form."""

    TENDER = "tender"
    LOT = "lot"
    DEADLINE = "deadline"
    FILES = "files"
    SECOND_FILES = "second_files"
    PRICE = "price"
    DURATION = "duration"
    QUALITY = "quality"
    MANAGER = "manager"
    BOND = "bond"


class Fault(StrEnum):
    """What is wrong at a field."""

    MISSING = "missing"
    NOT_CLEAN = "not_clean"
    NOT_A_TIME = "not_a_time"
    IS_PAST = "is_past"
    NOT_AN_AMOUNT = "not_an_amount"
    NOT_DAYS = "not_days"


Faults = tuple[tuple[Field, Fault], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackInput:
    """The form's texts as typed."""

    tender: str = ""
    lot: str = ""
    deadline: str = ""
    price: str = ""
    duration: str = ""
    quality: str = ""
    manager: str = ""
    bond: str = ""


def check_form(typed: PackInput, *, now: datetime, counts: tuple[int, ...]) -> Faults:
    """Return what is wrong, in the order of the form; `counts` are the files of each envelope."""
    faults: list[tuple[Field, Fault | None]] = [
        (Field.TENDER, _text_fault(typed.tender, MAX_ID_BYTES, is_needed=True)),
        (Field.LOT, _text_fault(typed.lot, MAX_ID_BYTES, is_needed=True)),
        (Field.DEADLINE, _deadline_fault(typed.deadline, now)),
    ]
    faults += [
        (field, None if count else Fault.MISSING)
        for field, count in zip((Field.FILES, Field.SECOND_FILES), counts, strict=False)
    ]
    faults += [
        (Field.PRICE, _amount_fault(typed.price)),
        (Field.DURATION, _days_fault(typed.duration)),
        (Field.QUALITY, _text_fault(typed.quality, MAX_QUALITY_BYTES)),
        (Field.MANAGER, _text_fault(typed.manager, MAX_NAME_BYTES)),
        (Field.BOND, _amount_fault(typed.bond)),
    ]
    return tuple((field, fault) for field, fault in faults if fault is not None)


def summaries(typed: PackInput, *, is_double: bool) -> tuple[BidSummary, ...]:
    """Return the announcement items of each envelope of a form without faults.

    Of two envelopes only the second holds the price: the first is opened before anybody may know it.
    """
    price = read_amount(typed.price) if typed.price.strip() else None
    rest = BidSummary(
        duration_days=int(typed.duration) if typed.duration.strip() else None,
        quality=typed.quality.strip() or None,
        project_manager=typed.manager.strip() or None,
        bid_bond=read_amount(typed.bond) if typed.bond.strip() else None,
    )
    if is_double:
        return rest, BidSummary(price=price)
    return (
        BidSummary(
            price=price,
            duration_days=rest.duration_days,
            quality=rest.quality,
            project_manager=rest.project_manager,
            bid_bond=rest.bid_bond,
        ),
    )


class NameFit(StrEnum):
    """Whether a name may stand beside others inside a package."""

    GOOD = "good"
    CLASHES = "clashes"
    BAD = "bad"


def fit_together(names: list[str]) -> bool:
    """Tell by the library's own check whether `names` can be packed side by side."""
    try:
        check_names(names)
    except RejectedError:
        return False
    return True


def fit_of(name: str, beside: list[str]) -> NameFit:
    """Tell whether `name` can be packed, and if not, whether only another is in its way."""
    if fit_together([*beside, name]):
        return NameFit.GOOD
    return NameFit.CLASHES if fit_together([name]) else NameFit.BAD


def target_name(tender: str, lot: str) -> str:
    """Return the name proposed for a bid package's file."""
    parts = [_FORBIDDEN.sub("_", part.strip()).strip("._") for part in (tender, lot)]
    return "_".join(["投标文件", *(part for part in parts if part)]) + ".bid"


def _text_fault(text: str, max_bytes: int, *, is_needed: bool = False) -> Fault | None:
    plain = text.strip()
    if not plain:
        return Fault.MISSING if is_needed else None
    return None if is_clean_text(plain) and len(plain.encode()) <= max_bytes else Fault.NOT_CLEAN


def _deadline_fault(text: str, now: datetime) -> Fault | None:
    if not text.strip():
        return Fault.MISSING
    moment = read_moment(text)
    if moment is None:
        return Fault.NOT_A_TIME
    return Fault.IS_PAST if moment <= now else None


def _amount_fault(text: str) -> Fault | None:
    if text.strip():
        try:
            read_amount(text)
        except RejectedError:
            return Fault.NOT_AN_AMOUNT
    return None


def _days_fault(text: str) -> Fault | None:
    plain = text.strip()
    if not plain:
        return None
    is_number = plain.isascii() and plain.isdigit() and len(plain) <= len(str(MAX_DAYS))
    return None if is_number and 1 <= int(plain) <= MAX_DAYS else Fault.NOT_DAYS
