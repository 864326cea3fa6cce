"""Numbers and names of people and units: checked on the way in, masked on the way out.

Source: GB 11643 (ID number), GB 32100 (credit code); region codes of ID numbers are not judged, they change.
"""

import re
from datetime import date

from desktop.domain.errors import RejectedError
from desktop.protocol.codec import is_clean_text

MAX_NAME_BYTES = 120
#: A certificate's organization and common name hold 64 characters (RFC 5280, upper bounds).
MAX_NAME_CHARACTERS = 64
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_ID_NUMBER = re.compile(r"[1-9][0-9]{16}[0-9X]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"


def mobile(text: str) -> str:
    """Check a mobile number of mainland China.

    Raises:
        RejectedError: `platform.mobile_invalid`.
    """
    if not _MOBILE.fullmatch(text):
        raise RejectedError("platform.mobile_invalid")
    return text


def credit_code(text: str) -> str:
    """Check a unified social credit code and return it in upper case.

    Raises:
        RejectedError: `platform.credit_code_invalid`.
    """
    from stdnum.cn import uscc
    from stdnum.exceptions import ValidationError

    try:
        code = str(uscc.validate(text.strip().upper())) if text.isascii() else ""
    except ValidationError:
        code = ""
    if not code:
        raise RejectedError("platform.credit_code_invalid")
    return code


def id_number(text: str) -> str:
    """Check a resident ID number (form, birth date, check digit) and return it in upper case.

    Raises:
        RejectedError: `platform.id_number_invalid`.
    """
    number = text.strip().upper()
    if not _ID_NUMBER.fullmatch(number):
        raise RejectedError("platform.id_number_invalid")
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise RejectedError("platform.id_number_invalid") from None
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    if number[17] != _CHECK_DIGITS[total % 11]:
        raise RejectedError("platform.id_number_invalid")
    return number


def name(text: str, field: str) -> str:
    """Check a name that will stand in messages and certificates; surrounding blanks are dropped.

    Raises:
        RejectedError: `platform.bad_field` with the field's name.
    """
    trimmed = text.strip()
    if (
        not 0 < len(trimmed) <= MAX_NAME_CHARACTERS
        or not is_clean_text(trimmed)
        or len(trimmed.encode("utf-8", "replace")) > MAX_NAME_BYTES
    ):
        raise RejectedError("platform.bad_field", field)
    return trimmed


def remark(text: str, field: str, *, limit: int = 500) -> str:
    """Check a free remark, which may be empty.

    Raises:
        RejectedError: `platform.bad_field` with the field's name.
    """
    trimmed = text.strip()
    if len(trimmed) > limit or not is_clean_text(trimmed.replace("\n", " ")):
        raise RejectedError("platform.bad_field", field)
    return trimmed


def masked_mobile(number: str) -> str:
    """Hide the middle of a mobile number: 138****5678."""
    return f"{number[:3]}****{number[-4:]}"


def masked_id_number(number: str) -> str:
    """Hide the birth date and more of an ID number: 110***********123X."""
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"


def masked_name(text: str) -> str:
    """Hide all but the family name's first character: 张**."""
    return text[:1] + "*" * max(len(text) - 1, 1)
