"""What a cut-out is: the imprint, its size in mm, and the reasons why it may not do."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from desktop.domain.operations import SealKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bgr: TypeAlias = NDArray[np.uint8]
    """Picture (h, w, 3) uint8, channels BGR."""
    Map: TypeAlias = NDArray[np.float32]
    """Map (h, w) float32, 0..1, or (h, w, 3) per BGR channel."""
    Mask: TypeAlias = NDArray[np.bool_]
    """Mask (h, w), True = belongs to it."""
else:
    Bgr = Map = Mask = Any  # so that importing this does not import numpy


class QualityReason(StrEnum):
    """Why an imprint may not do; the value is the code of the problem catalogue that words it."""

    NOT_FOUND = "imprint.not_found"
    CUT_OFF = "imprint.cut_off"
    TOO_SMALL = "imprint.too_small"
    BLURRED = "imprint.blurred"
    FAINT = "imprint.faint"
    NOT_BLANK_PAPER = "imprint.not_blank_paper"
    WRONG_SHAPE = "imprint.wrong_shape"
    SEVERAL_SEALS = "imprint.several_seals"


class SealShape(StrEnum):
    """Outline of a seal."""

    ROUND = "round"
    OVAL = "oval"
    SQUARE = "square"


class SizeSource(StrEnum):
    """What a size in mm was measured by; where there is none of these, it has to be asked for."""

    RESOLUTION = "resolution"
    """The resolution that the scanner wrote into the file."""
    SCALE_SHEET = "scale_sheet"
    """The marks of the printed scale sheet beside the seal."""
    PAPER_EDGES = "paper_edges"
    """The outline of the sheet, which has the proportions of A4."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealSize:
    """Nominal size of a seal. Source: docs/protocol.md, seals."""

    width_mm: float
    height_mm: float


_SIZES: dict[tuple[SealKind, SealShape], SealSize] = {
    (SealKind.OFFICIAL, SealShape.ROUND): SealSize(width_mm=42.0, height_mm=42.0),
    (SealKind.OFFICIAL, SealShape.OVAL): SealSize(width_mm=45.0, height_mm=30.0),
    (SealKind.CONTRACT, SealShape.ROUND): SealSize(width_mm=40.0, height_mm=40.0),
    (SealKind.CONTRACT, SealShape.OVAL): SealSize(width_mm=45.0, height_mm=30.0),
    (SealKind.LEGAL_REPRESENTATIVE, SealShape.SQUARE): SealSize(width_mm=20.0, height_mm=20.0),
    (SealKind.LEGAL_REPRESENTATIVE, SealShape.ROUND): SealSize(width_mm=20.0, height_mm=20.0),
}


def seal_size(kind: SealKind, shape: SealShape) -> SealSize:
    """Return the nominal size of a seal; an unusual shape gets the size of the kind's usual one."""
    usual = SealShape.SQUARE if kind is SealKind.LEGAL_REPRESENTATIVE else SealShape.ROUND
    return _SIZES.get((kind, shape), _SIZES[kind, usual])


def seal_shapes(kind: SealKind) -> frozenset[SealShape]:
    """Return the outlines that a seal of a kind may have. Source: docs/protocol.md, seals."""
    if kind is SealKind.LEGAL_REPRESENTATIVE:
        return frozenset({SealShape.SQUARE})
    return frozenset({SealShape.ROUND, SealShape.OVAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Place in pixels of the scan: left upper corner and size."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """The seal alone: PNG, RGBA, one ink colour, transparent where there is no ink, cropped to the ink.

    `box` is where it was found on the scan; `angle_deg` by how much it was turned clockwise to stand straight. The size
    in mm is None unless something tells it (`size_source`): it is never assumed. `ground` is the piece of the scan,
    BGR, that the imprint lies on pixel by pixel.
    """

    png: bytes
    width_px: int
    height_px: int
    width_mm: float | None = None
    height_mm: float | None = None
    size_source: SizeSource | None = None
    ink_rgb: tuple[int, int, int]
    shape: SealShape
    box: Box
    angle_deg: float
    ground: Bgr = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOut:
    """Result of a cut-out: the imprint where a seal was found, and every reason against using it."""

    imprint: Imprint | None
    reasons: tuple[QualityReason, ...]

    @property
    def is_acceptable(self) -> bool:
        """Tell whether the imprint may be submitted."""
        return self.imprint is not None and not self.reasons
