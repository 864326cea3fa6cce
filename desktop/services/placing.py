"""Where seals stand on pages, as pure functions: one spot, every page, on words of the text, across the right edges.

Lengths in mm from the top left corner of the page as displayed. A 骑缝章 (cross-page seal) is one imprint cut along its
pixel columns: each page of a group bears one strip at its right edge, each column stands on exactly one page, and what
does not divide evenly goes to the first strips, one pixel each. Refuses what would be no whole seal on the paper: a
range of fewer than two pages, a page lower than the seal. Source: docs/protocol.md §7, design.md §3.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from desktop.domain.errors import RejectedError
from desktop.formats.seal import SealObject

#: A narrower strip cannot be seen on paper; more pages in one group than this make strips nobody can put together.
_MIN_STRIP_MM = 2.0
_MAX_GROUP = 20
_MIN_GROUP = 2
_WIDTH_AT, _WIDTH_BYTES = 16, 4


class PageBox(Protocol):
    """The size of a page as displayed; `documents.PageSize` is one."""

    @property
    def width_mm(self) -> float:
        """Width in mm."""
        ...

    @property
    def height_mm(self) -> float:
        """Height in mm."""
        ...


class TextBox(Protocol):
    """Where words stand on a page as displayed; `documents.TextHit` is one."""

    @property
    def page_index(self) -> int:
        """The page."""
        ...

    @property
    def centre_mm(self) -> tuple[float, float]:
        """The middle of the words."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """The pixel columns `start` … `stop` - 1 of an imprint `total` columns wide."""

    start: int
    stop: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A seal, or a strip of one, on a page: its top left corner."""

    seal: SealObject
    page_index: int
    x_mm: float
    y_mm: float
    strip: Strip | None = None

    @property
    def width_mm(self) -> float:
        """Width of what is drawn; a strip's follows its pixels."""
        if self.strip is None:
            return self.seal.width_mm
        return self.seal.width_mm * (self.strip.stop - self.strip.start) / self.strip.total

    @property
    def height_mm(self) -> float:
        """Height of what is drawn."""
        return self.seal.height_mm


def centred(seal: SealObject, page_index: int, page: PageBox, x_mm: float, y_mm: float) -> Placement:
    """Return `seal` with its centre at a point, moved inwards where it would leave the page."""
    corner = Placement(seal=seal, page_index=page_index, x_mm=x_mm - seal.width_mm / 2, y_mm=y_mm - seal.height_mm / 2)
    return kept_on(corner, page)


def kept_on(placement: Placement, page: PageBox) -> Placement:
    """Return `placement` moved inwards so that all of it lies on the page, rounded to a tenth of a millimetre.

    A strip stays at the right edge.
    """
    room = page.width_mm - placement.width_mm
    x = room if placement.strip is not None else round(min(max(placement.x_mm, 0.0), max(room, 0.0)), 1)
    y = min(max(placement.y_mm, 0.0), max(page.height_mm - placement.height_mm, 0.0))
    return replace(placement, x_mm=x, y_mm=round(y, 1))


def on_all_pages(placement: Placement, pages: Sequence[PageBox]) -> tuple[Placement, ...]:
    """Return the same spot on every page, moved inwards on smaller ones."""
    return tuple(kept_on(replace(placement, page_index=i), page) for i, page in enumerate(pages))


def fits(seal: SealObject, page: PageBox) -> bool:
    """Tell whether the imprint is no larger than the page."""
    return seal.width_mm <= page.width_mm and seal.height_mm <= page.height_mm


def on_words(
    seal: SealObject,
    hits: Iterable[TextBox],
    pages: Sequence[PageBox],
    *,
    dx_mm: float = 0.0,
    dy_mm: float = 0.0,
    nth: int = 0,
) -> tuple[Placement, ...]:
    """Return `seal` centred on each of `hits` (only on the `nth`, counted from 1, unless that is 0), shifted."""
    found = tuple(hits)
    chosen = found if nth == 0 else found[nth - 1 : nth]
    return tuple(
        centred(seal, hit.page_index, pages[hit.page_index], hit.centre_mm[0] + dx_mm, hit.centre_mm[1] + dy_mm)
        for hit in chosen
    )


def split_columns(total: int, parts: int) -> tuple[Strip, ...]:
    """Cut `total` columns into `parts` strips that hold each column once; the first `total % parts` are one wider."""
    width, wider = divmod(total, parts)
    stops = [width * n + min(n, wider) for n in range(parts + 1)]
    return tuple(Strip(start=a, stop=b, total=total) for a, b in itertools.pairwise(stops))


def group_sizes(pages: int, seal: SealObject) -> tuple[int, ...]:
    """Share `pages` out to groups that each bear a whole seal, as evenly as can be."""
    most = max(_MIN_GROUP, min(_MAX_GROUP, int(seal.width_mm / _MIN_STRIP_MM), imprint_columns(seal)))
    groups = -(-pages // most)
    if pages // groups < _MIN_GROUP:  # only where a group of three is better than one of a single page
        groups = pages // _MIN_GROUP
    size, larger = divmod(pages, groups)
    return tuple(size + (n < larger) for n in range(groups))


def cross_page(
    seal: SealObject, pages: Sequence[PageBox], *, first: int, last: int, y_mm: float
) -> tuple[Placement, ...]:
    """Return the strips of a 骑缝章 over the pages `first` … `last` (indices, both included), their tops at `y_mm`.

    Raises:
        RejectedError: `pdf.cross_page_range` for a range of fewer than two pages or beyond the document,
            `pdf.page_too_small` where a page is lower than the seal or narrower than its strip.
    """
    if not 0 <= first < last < len(pages):
        raise RejectedError("pdf.cross_page_range", f"{first + 1}-{last + 1} of {len(pages)}")
    strips = [s for size in group_sizes(last - first + 1, seal) for s in split_columns(imprint_columns(seal), size)]
    made = []
    for index, strip in zip(range(first, last + 1), strips, strict=True):
        placement = Placement(seal=seal, page_index=index, x_mm=0.0, y_mm=y_mm, strip=strip)
        page = pages[index]
        if placement.height_mm > page.height_mm or placement.width_mm > page.width_mm:
            raise RejectedError("pdf.page_too_small", f"page {index + 1}")
        made.append(kept_on(placement, page))
    return tuple(made)


def imprint_columns(seal: SealObject) -> int:
    """Read the width of an imprint in pixels from its PNG header (IHDR comes first, PNG §11.2.2)."""
    return int.from_bytes(seal.imprint_png[_WIDTH_AT : _WIDTH_AT + _WIDTH_BYTES], "big")


def drawing_order(placements: Sequence[Placement]) -> tuple[Placement, ...]:
    """Put the imprint that lies on top first, which the engine makes the signature's own mark, the rest from below.

    Strips lie below whole seals, and what was placed later lies above what was placed before.
    """
    from_below = sorted(placements, key=lambda placement: placement.strip is None)
    return (from_below[-1], *from_below[:-1]) if from_below else ()
