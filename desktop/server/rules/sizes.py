"""How large a seal of a kind may be (docs/protocol.md §2): round ≤ 45 mm, oval ≤ 45 x 30, square 18-22 for 法人章."""

from desktop.domain.errors import RejectedError
from desktop.domain.operations import SealKind

_MIN_UM = 10_000
_ROUND_UM = 45_000
_OVAL_HEIGHT_UM = 30_000
_SQUARE_UM = (18_000, 22_000)
#: A scanned round seal is never cut out exactly square.
_TOLERANCE_UM = 2_000


def size_um(kind: SealKind, *, width_mm: float, height_mm: float) -> tuple[int, int]:
    """Check a seal's size and return it in micrometres.

    Raises:
        RejectedError: `platform.seal_size`.
    """
    # A float from outside may be NaN or infinite; both fail this comparison.
    if not (0 < width_mm <= 1000 and 0 < height_mm <= 1000):  # noqa: PLR2004 - only to bound the conversion
        raise RejectedError("platform.seal_size")
    width, height = round(width_mm * 1000), round(height_mm * 1000)
    if kind is SealKind.LEGAL_REPRESENTATIVE:
        fits = all(_SQUARE_UM[0] <= side <= _SQUARE_UM[1] for side in (width, height))
    else:
        fits = _is_round(width, height) or _is_oval(width, height)
    if not fits:
        raise RejectedError("platform.seal_size", f"{width} x {height} µm")
    return width, height


def _is_round(width: int, height: int) -> bool:
    return abs(width - height) <= _TOLERANCE_UM and _MIN_UM <= max(width, height) <= _ROUND_UM


def _is_oval(width: int, height: int) -> bool:
    return _MIN_UM <= height <= _OVAL_HEIGHT_UM and height < width <= _ROUND_UM
