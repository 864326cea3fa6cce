"""Where seals stand on pages: arithmetic in millimetres from the top left corner of the page as displayed."""

from dataclasses import dataclass, replace

from desktop.documents import PageSize
from desktop.formats.seal import SealObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One imprint on one page; `x_mm`, `y_mm` is its top left corner."""

    seal: SealObject
    page_index: int
    x_mm: float
    y_mm: float


def centred(seal: SealObject, page_index: int, page: PageSize, x_mm: float, y_mm: float) -> Placed:
    """Return `seal` with its centre at a point, moved inwards where it would leave the page."""
    corner = Placed(seal=seal, page_index=page_index, x_mm=x_mm - seal.width_mm / 2, y_mm=y_mm - seal.height_mm / 2)
    return kept_on(corner, page)


def kept_on(placed: Placed, page: PageSize) -> Placed:
    """Return `placed` moved inwards so that the whole imprint lies on the page, rounded to a tenth of a millimetre."""
    x = min(max(placed.x_mm, 0.0), max(page.width_mm - placed.seal.width_mm, 0.0))
    y = min(max(placed.y_mm, 0.0), max(page.height_mm - placed.seal.height_mm, 0.0))
    return replace(placed, x_mm=round(x, 1), y_mm=round(y, 1))


def on_all_pages(placed: Placed, pages: tuple[PageSize, ...]) -> tuple[Placed, ...]:
    """Return the same spot on every page, moved inwards on smaller ones."""
    return tuple(kept_on(replace(placed, page_index=i), page) for i, page in enumerate(pages))


def fits(seal: SealObject, page: PageSize) -> bool:
    """Tell whether the imprint is no larger than the page."""
    return seal.width_mm <= page.width_mm and seal.height_mm <= page.height_mm
