"""From millimetres on the page as displayed to PDF user space: rotation and CropBox in one place.

A page's UserUnit is not applied, here or by the renderer (pdfium): an imprint lands where the person put it.
Refuses boxes that are no rectangles. Source: ISO 32000-2 §7.7.3.3 (page attributes), §14.11.2 (page boundaries).
"""

from dataclasses import dataclass

from pyhanko.pdf_utils import generic

from desktop.domain.errors import RejectedError
from desktop.domain.units import mm_to_points, points_to_mm
from desktop.signing.pdf.objects import as_dictionary

_MAX_DEPTH = 64
_CORNERS = 4
_TURNS = (0, 90, 180, 270)
_TOLERANCE_MM = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Rect:
    """A rectangle in user space, left < right and bottom < top."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where an imprint lands in user space.

    `image_matrix` maps the unit square (an image) to the spot, upright as displayed; `turn` is the 2×2 rotation that
    an appearance stream needs; `width` × `height` is its size before that rotation.
    """

    rect: Rect
    image_matrix: tuple[float, float, float, float, float, float]
    turn: tuple[int, int, int, int]
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PageGeometry:
    """The visible box of a page in user space, and its clockwise rotation."""

    box: Rect
    rotation: int

    @property
    def width_mm(self) -> float:
        """Width as displayed."""
        return points_to_mm(self._displayed()[0])

    @property
    def height_mm(self) -> float:
        """Height as displayed."""
        return points_to_mm(self._displayed()[1])

    def place(self, *, x_mm: float, y_mm: float, width_mm: float, height_mm: float) -> Spot:
        """Find the spot of an imprint given from the top-left corner of the displayed page.

        Raises:
            RejectedError: it has no size or does not lie on the page (`pdf.imprint_outside_page`).
        """
        fits = (
            width_mm > 0
            and height_mm > 0
            and x_mm >= -_TOLERANCE_MM
            and y_mm >= -_TOLERANCE_MM
            and x_mm + width_mm <= self.width_mm + _TOLERANCE_MM
            and y_mm + height_mm <= self.height_mm + _TOLERANCE_MM
        )
        if not fits:  # also for NaN, which compares false with everything
            raise RejectedError("pdf.imprint_outside_page", f"{x_mm:.1f},{y_mm:.1f} {width_mm:.1f}x{height_mm:.1f}")
        u, v, w, h = (mm_to_points(value) for value in (x_mm, y_mm, width_mm, height_mm))
        origin, along, up = self._map(u, v + h), self._map(u + w, v + h), self._map(u, v)
        xs, ys = sorted((along[0], up[0])), sorted((along[1], up[1]))
        turn = {0: (1, 0, 0, 1), 90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}[self.rotation]
        return Spot(
            rect=Rect(left=xs[0], bottom=ys[0], right=xs[1], top=ys[1]),
            image_matrix=(
                along[0] - origin[0],
                along[1] - origin[1],
                up[0] - origin[0],
                up[1] - origin[1],
                origin[0],
                origin[1],
            ),
            turn=turn,
            width=w,
            height=h,
        )

    def _displayed(self) -> tuple[float, float]:
        width, height = self.box.right - self.box.left, self.box.top - self.box.bottom
        return (height, width) if self.rotation in (90, 270) else (width, height)

    def _map(self, u: float, v: float) -> tuple[float, float]:
        """Map right/down offsets from the displayed top-left corner to user space."""
        box = self.box
        return {
            0: (box.left + u, box.top - v),
            90: (box.left + v, box.bottom + u),
            180: (box.right - u, box.bottom + v),
            270: (box.right - v, box.top - u),
        }[self.rotation]


def page_geometry(page: generic.DictionaryObject) -> PageGeometry:
    """Read a page's geometry, attributes inherited from its parents included.

    Raises:
        RejectedError: no usable MediaBox (`pdf.damaged`).
    """
    media = _rect(inherited(page, "/MediaBox"))
    if media is None:
        raise RejectedError("pdf.damaged", "page without a usable MediaBox")
    crop = _rect(inherited(page, "/CropBox"))
    box = media
    if crop is not None:
        both = Rect(
            left=max(media.left, crop.left),
            bottom=max(media.bottom, crop.bottom),
            right=min(media.right, crop.right),
            top=min(media.top, crop.top),
        )
        box = both if both.left < both.right and both.bottom < both.top else media
    rotate = inherited(page, "/Rotate")
    turn = int(rotate) % 360 if isinstance(rotate, int | generic.FloatObject) else 0
    return PageGeometry(box=box, rotation=turn if turn in _TURNS else 0)


def inherited(page: generic.DictionaryObject, key: str) -> object:
    """Return the value of an inheritable page attribute, or None."""
    node = page
    for _ in range(_MAX_DEPTH):
        if key in node:
            value: object = node[key]
            return value
        parent = as_dictionary(node.get("/Parent"))
        if parent is None:
            return None
        node = parent
    return None


def _rect(value: object) -> Rect | None:
    if not isinstance(value, generic.ArrayObject) or len(value) != _CORNERS:
        return None
    numbers = [value[index] for index in range(_CORNERS)]
    if not all(isinstance(n, int | generic.FloatObject) for n in numbers):
        return None
    x = sorted((float(numbers[0]), float(numbers[2])))
    y = sorted((float(numbers[1]), float(numbers[3])))
    if x[0] >= x[1] or y[0] >= y[1]:
        return None
    return Rect(left=x[0], bottom=y[0], right=x[1], top=y[1])
