"""What the order form checks before anything is sent: numbers with their check digits, names, papers by first bytes.

The platform checks again and has the last word. Source: GB 32100 (credit code), GB 11643 (ID number; region codes are
not judged, they change), docs/protocol.md, orders.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from desktop.domain.errors import RejectedError, UnavailableError
from desktop.portal.api import OrderForm
from desktop.protocol.codec import is_clean_text

MAX_PAPER_BYTES = 5 * 1024 * 1024
_MAX_NAME_CHARACTERS = 64
_MAX_NAME_BYTES = 120
_ID_NUMBER = re.compile(r"[1-9][0-9]{16}[0-9X]")
_KINDS = (
    (b"%PDF-", "application/pdf", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
)


class Field(StrEnum):
    """A part of the order, by the name that the platform calls it."""

    ORGANIZATION = "organization_name"
    CREDIT_CODE = "credit_code"
    LEGAL_REPRESENTATIVE = "legal_representative"
    HOLDER = "holder_name"
    ID_NUMBER = "id_number"
    SUITE = "suite"
    LICENCE = "licence"
    LETTER = "letter"


class Fault(StrEnum):
    """What the form itself finds wrong; anything else said at a field is a code of the problem catalogue."""

    MISSING = "missing"
    NOT_CLEAN = "not_clean"
    TOO_LARGE = "too_large"
    WRONG_KIND = "wrong_kind"
    CREDIT_CODE = "platform.credit_code_invalid"
    ID_NUMBER = "platform.id_number_invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderInput:
    """The order's texts as typed."""

    organization_name: str = ""
    credit_code: str = ""
    legal_representative: str = ""
    holder_name: str = ""
    id_number: str = ""
    suite: str = "P-256"

    def __repr__(self) -> str:
        """Leave the personal data out."""
        return "OrderInput()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """An uploaded paper; `name` is for the screen, the platform gets one that says nothing."""

    name: str
    media_type: str
    extension: str
    content: bytes = field(repr=False)


def tidied(typed: OrderInput) -> OrderInput:
    """Return `typed` in the form that is sent: composed characters, no blanks around, numbers in upper case."""
    return OrderInput(
        organization_name=_tidy(typed.organization_name),
        credit_code=re.sub(r"[\s-]", "", typed.credit_code).upper(),
        legal_representative=_tidy(typed.legal_representative),
        holder_name=_tidy(typed.holder_name),
        id_number=re.sub(r"\s", "", typed.id_number).upper(),
        suite=typed.suite,
    )


def check_order(order: OrderInput, papers: dict[Field, Paper]) -> dict[Field, str]:
    """Return what is wrong with a tidied order, by field; empty when it may be sent."""
    found: dict[Field, str] = {}
    for where, text in (
        (Field.ORGANIZATION, order.organization_name),
        (Field.LEGAL_REPRESENTATIVE, order.legal_representative),
        (Field.HOLDER, order.holder_name),
    ):
        fault = check_name(text)
        if fault:
            found[where] = fault
    if not is_credit_code(order.credit_code):
        found[Field.CREDIT_CODE] = Fault.CREDIT_CODE if order.credit_code else Fault.MISSING
    if not is_id_number(order.id_number):
        found[Field.ID_NUMBER] = Fault.ID_NUMBER if order.id_number else Fault.MISSING
    for where in (Field.LICENCE, Field.LETTER):
        if where not in papers:
            found[where] = Fault.MISSING
    return found


def check_name(text: str) -> str:
    """Return what is wrong with a name, empty when it may stand in a certificate."""
    if not text:
        return Fault.MISSING
    is_short = len(text) <= _MAX_NAME_CHARACTERS and len(text.encode("utf-8", "replace")) <= _MAX_NAME_BYTES
    return "" if is_short and is_clean_text(text) else Fault.NOT_CLEAN


def is_credit_code(text: str) -> bool:
    """Tell whether `text` is a unified social credit code with its check character."""
    from stdnum.cn import uscc

    return text.isascii() and bool(uscc.is_valid(text))


def is_id_number(text: str) -> bool:
    """Tell whether `text` has the form of a resident ID number, a day of birth that exists, and its check digit."""
    from stdnum.iso7064 import mod_11_2

    if not _ID_NUMBER.fullmatch(text):
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    return bool(mod_11_2.is_valid(text))


def masked_id_number(number: str) -> str:
    """Hide the middle of an ID number; a short one, which cannot be right, is hidden all."""
    kept = 4
    if len(number) <= 2 * kept:
        return "*" * len(number)
    return f"{number[:3]}{'*' * (len(number) - 3 - kept)}{number[-kept:]}"


def read_paper(path: Path) -> Paper:
    """Read an uploaded paper and find out by its first bytes what it is.

    Raises:
        RejectedError: `Fault.TOO_LARGE` or `Fault.WRONG_KIND` as its code.
        UnavailableError: `general.file_unreadable`.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_PAPER_BYTES + 1)
    except OSError as error:
        raise UnavailableError("general.file_unreadable", type(error).__name__) from None
    if len(content) > MAX_PAPER_BYTES:
        raise RejectedError(Fault.TOO_LARGE)
    for start, media_type, extension in _KINDS:
        if content.startswith(start):
            return Paper(name=path.name, media_type=media_type, extension=extension, content=content)
    raise RejectedError(Fault.WRONG_KIND)


def form_of(order: OrderInput, papers: dict[Field, Paper]) -> OrderForm:
    """Return a checked order as it is sent."""
    licence, letter = (papers[where] for where in (Field.LICENCE, Field.LETTER))
    return OrderForm(
        organization_name=order.organization_name,
        credit_code=order.credit_code,
        legal_representative=order.legal_representative,
        holder_name=order.holder_name,
        id_number=order.id_number,
        suite=order.suite,
        licence=(f"licence.{licence.extension}", licence.content, licence.media_type),
        letter=(f"letter.{letter.extension}", letter.content, letter.media_type),
    )


def _tidy(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()
