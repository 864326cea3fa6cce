"""Fields of the platform's JSON answers about tenders; what is not exactly what it must be raises an error.

A hash and a package are lower-case hex, documents base64, moments ISO-8601 or integers of microseconds.
Source: docs/tendering.md §9.
"""

import base64
import re
from datetime import datetime
from typing import Any

from desktop.portal.records import time_of
from desktop.protocol.codec import clean_text

PACKAGE_ID_BYTES, HASH_BYTES = 16, 32
_MAX_TEXT_BYTES = 2000
_MAX_INTEGER = 2**53 - 1
_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,64}")


def identifier(value: str) -> str:
    """Check an id that becomes part of an address or a file's name."""
    if not _IDENTIFIER.fullmatch(value):
        raise ValueError("id")
    return value


def text(value: Any) -> str:
    """Take text that is only shown, cleaned, so that no name can pose as another."""
    if not isinstance(value, str):
        raise TypeError("text")
    return clean_text(value, max_bytes=_MAX_TEXT_BYTES)


def integer(value: Any) -> int:
    """Take a number that is not negative."""
    if type(value) is not int or not 0 <= value <= _MAX_INTEGER:
        raise ValueError("integer")
    return value


def boolean(value: Any) -> bool:
    """Take true or false."""
    if not isinstance(value, bool):
        raise TypeError("boolean")
    return value


def moment(value: Any) -> datetime | None:
    """Take a moment or null."""
    return None if value is None else time_of(value)


def document(value: Any) -> bytes:
    """Take a document: base64 that says something."""
    data = base64.b64decode(value, validate=True)
    if not data:
        raise ValueError("empty document")
    return data


def document_or_nothing(value: Any) -> bytes:
    """Take a document, or null as nothing."""
    return b"" if value is None else document(value)


def hash_of(value: Any) -> bytes:
    """Take a SHA-256."""
    return _hex(value, HASH_BYTES)


def package_of(value: Any) -> bytes:
    """Take the id of a package."""
    return _hex(value, PACKAGE_ID_BYTES)


def _hex(value: Any, size: int) -> bytes:
    data = bytes.fromhex(value)
    if data.hex() != value or len(data) != size:
        raise ValueError("hex")
    return data
