"""What may stand in tenders and lots as the platform keeps them: numbers, names, tender documents, drafts.

Bounded as the notice bounds them (docs/tendering.md §1), so that what is kept can be published.
"""

import json
from pathlib import PurePosixPath
from typing import Any

from desktop.domain.errors import RejectedError
from desktop.formats.package import check_names
from desktop.protocol.codec import is_clean_text

MAX_NUMBER_BYTES, MAX_NAME_BYTES = 64, 120
MAX_DRAFT_BYTES = 64 * 1024
MAX_DOCUMENT_BYTES = 64 * 1024 * 1024
MAX_DOCUMENTS = 200
#: What an office opens, a site draws and an archive holds: nothing that runs.
_KINDS = frozenset(
    {
        *(".pdf", ".ofd", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".wps", ".et", ".dps", ".odt", ".ods"),
        *(".rtf", ".txt", ".csv", ".xml", ".json", ".dwg", ".dxf", ".jpg", ".jpeg", ".png", ".tif", ".tiff"),
        *(".zip", ".rar", ".7z"),
    }
)


def number(text: str, field: str) -> str:
    """Check the number of a tender or lot; surrounding blanks are dropped.

    Raises:
        RejectedError: `platform.bad_field` with the field's name.
    """
    return _text(text, field, MAX_NUMBER_BYTES)


def name(text: str, field: str) -> str:
    """Check the name of a tender, lot or purchaser; surrounding blanks are dropped.

    Raises:
        RejectedError: `platform.bad_field` with the field's name.
    """
    return _text(text, field, MAX_NAME_BYTES)


def document_name(text: str) -> str:
    """Check the name of a tender document: good on every system, and of a kind that nothing runs.

    Raises:
        RejectedError: `package.file_name`, `tender.document_kind`.
    """
    check_names([text])
    if PurePosixPath(text).suffix.lower() not in _KINDS:
        raise RejectedError("tender.document_kind", PurePosixPath(text).suffix[:16])
    return text


def draft(value: dict[str, Any]) -> str:
    """Return a draft as it is kept, JSON.

    Raises:
        RejectedError: `tender.draft_too_large`; `platform.bad_field`: not to be written as JSON in UTF-8.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        size = len(text.encode("utf-8"))
    except (ValueError, RecursionError):
        raise RejectedError("platform.bad_field", "draft") from None
    if size > MAX_DRAFT_BYTES:
        raise RejectedError("tender.draft_too_large", str(size))
    return text


def _text(text: str, field: str, limit: int) -> str:
    trimmed = text.strip()
    if not trimmed or not is_clean_text(trimmed) or len(trimmed.encode("utf-8", "replace")) > limit:
        raise RejectedError("platform.bad_field", field)
    return trimmed
