"""What goes into sealing a PDF and what comes out. Plain data: survives being kept while the phone is busy."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from desktop.crypto.hashed_file import HashedFile

#: Files are copied and hashed in pieces of this size, never whole.
CHUNK = 1 << 20
#: Names of prepared files, for whoever cleans up after a killed run.
PREPARED = "prepared-*.pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImprintPlacement:
    """One imprint on one page.

    `x_mm`, `y_mm` is the imprint's top-left corner seen from the top-left corner of the page as displayed (rotation and
    CropBox applied). `png` is an RGBA (or RGB) PNG and is stretched to the given size; of `columns` (start, stop), only
    those pixel columns of it are.
    """

    page_index: int
    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    png: bytes = field(repr=False)
    columns: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SealRequest:
    """Everything that one signature is to cover.

    `snapshot` is the private copy of the opened document and `source_sha256` its hash as shown to the person; `hashed`
    what opening it has read, which saves reading it once more while it looks the same.
    `signing_time` is the claimed time that goes into the signature dictionary. `work_folder` takes the prepared file.
    """

    snapshot: Path
    source_sha256: bytes
    placements: tuple[ImprintPlacement, ...]
    certificate_der: bytes = field(repr=False)
    chain: tuple[bytes, ...] = field(default=(), repr=False)
    signing_time: datetime
    work_folder: Path
    hashed: HashedFile | None = None
    reason: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedSeal:
    """A document that lacks only the phone's signature: `snapshot`, followed by the update in the file `prepared`.

    `tbs_sha256` is the digest of the ByteRange, `signed_attributes` the DER that the phone signs. The bytes between
    `gap_start` and `gap_end` of the whole (with the angle brackets) are the place for the signature.
    """

    prepared: Path
    snapshot: Path
    source_sha256: bytes
    source_size: int
    tbs_sha256: bytes
    signed_attributes: bytes = field(repr=False)
    gap_start: int
    gap_end: int
    certificate_der: bytes = field(repr=False)
    chain: tuple[bytes, ...] = field(repr=False)
    field_name: str

    def discard(self) -> None:
        """Delete the update; harmless when it is gone."""
        self.prepared.unlink(missing_ok=True)


class SealLevel(StrEnum):
    """How long a seal can be verified (EN 319 142-1): by itself, with a proven time, with the evidence of that time."""

    B_B = "B-B"
    B_T = "B-T"
    B_LT = "B-LT"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedDocument:
    """A finished file; `note` is the catalogue code of why `level` is lower than was wanted, empty otherwise."""

    path: Path
    sha256: bytes
    size: int
    field_name: str
    level: SealLevel = SealLevel.B_B
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LongTermEvidence:
    """What proves, offline and later, that certificates were good when a timestamp says; all DER."""

    certificates: tuple[bytes, ...] = field(repr=False)
    ocsps: tuple[bytes, ...] = field(default=(), repr=False)
    crls: tuple[bytes, ...] = field(default=(), repr=False)
