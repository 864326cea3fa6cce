"""What is known of an opened document, and the picture of a page."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from desktop.crypto.hashed_file import HashedFile


class DocumentWarning(StrEnum):
    """Something a person should know before sealing, which does not forbid it; a code of the problem catalogue."""

    ALREADY_SIGNED = "pdf.already_signed"
    ACTIVE_CONTENT = "pdf.active_content"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSize:
    """A page as displayed: CropBox and rotation applied."""

    width_mm: float
    height_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """What inspection found. `hashed` is of the snapshot, which is the opened file byte for byte."""

    name: str
    snapshot: Path
    hashed: HashedFile
    pages: tuple[PageSize, ...]
    signature_count: int
    warnings: tuple[DocumentWarning, ...]

    @property
    def sha256(self) -> bytes:
        """The hash of the opened file."""
        return self.hashed.sha256

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return self.hashed.size


@dataclass(frozen=True, slots=True, kw_only=True)
class TextHit:
    """Where searched words stand, from the top left corner of the page as displayed."""

    page_index: int
    left_mm: float
    top_mm: float
    width_mm: float
    height_mm: float

    @property
    def centre_mm(self) -> tuple[float, float]:
        """The middle of the words."""
        return self.left_mm + self.width_mm / 2, self.top_mm + self.height_mm / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSearch:
    """What a search found, in reading order, and on how many pages there is no text at all (scans)."""

    hits: tuple[TextHit, ...]
    pages_without_text: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedPage:
    """A page image: 8-bit RGB, `stride` bytes a row."""

    width: int
    height: int
    stride: int
    pixels: bytes = field(repr=False)
