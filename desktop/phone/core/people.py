"""What the app checks of people before anything is sent: names, mobile and ID numbers, papers by their first bytes.

The platform checks again and has the last word. Source: GB 11643 (ID number; region codes are not judged, they change).
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from desktop.domain.errors import RejectedError, UnavailableError
from desktop.phone.core.platform_calls import Upload
from desktop.protocol.codec import is_clean_text

MAX_PAPERS = 8
ID_NUMBER_LENGTH = 18
MAX_PAPER_BYTES = 5 * 1024 * 1024
_MAX_NAME_CHARACTERS = 64
_MAX_NAME_BYTES = 120
_ID_NUMBER = re.compile(r"[1-9][0-9]{16}[0-9X]")
_KINDS = (
    (b"%PDF-", "application/pdf", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A chosen paper; `name` is for the screen, the platform gets one that says nothing."""

    name: str
    media_type: str
    extension: str
    content: bytes = field(repr=False)

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture, not a PDF."""
        return self.media_type.startswith("image/")


def tidy_name(text: str) -> str:
    """Return a name in composed characters without blanks around."""
    return unicodedata.normalize("NFC", text).strip()


def is_name(text: str) -> bool:
    """Tell whether a tidied name may stand in a certificate."""
    is_short = len(text) <= _MAX_NAME_CHARACTERS and len(text.encode("utf-8", "replace")) <= _MAX_NAME_BYTES
    return bool(text) and is_short and is_clean_text(text)


def tidy_id_number(text: str) -> str:
    """Return an ID number as it is sent: no blanks, the check character in upper case."""
    return re.sub(r"\s", "", text).upper()


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


def read_paper(path: Path) -> Paper:
    """Read a chosen paper and find out by its first bytes what it is.

    Raises:
        RejectedError: `phone.paper_too_large`, `phone.paper_kind`.
        UnavailableError: `general.file_unreadable`.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_PAPER_BYTES + 1)
    except OSError as error:
        raise UnavailableError("general.file_unreadable", type(error).__name__) from None
    if len(content) > MAX_PAPER_BYTES:
        raise RejectedError("phone.paper_too_large")
    for start, media_type, extension in _KINDS:
        if content.startswith(start):
            return Paper(name=path.name, media_type=media_type, extension=extension, content=content)
    raise RejectedError("phone.paper_kind")


def uploads_of(papers: tuple[Paper, ...]) -> tuple[Upload, ...]:
    """Return papers as they are sent."""
    return tuple((f"paper{number}.{p.extension}", p.content, p.media_type) for number, p in enumerate(papers))
