"""How much a later signature may show: a mark of a seal's size, never a page.

The appearance of a signature field is free art of whoever signs; one as large as a page replaces what was sealed before
(the "sneaky signature" of Mainka et al. 2021). Refuses larger rectangles, several states, actions and odd flags.
Source: ISO 32000-2 §12.5.2-12.5.5, docs/protocol.md §3.
"""

from pyhanko.pdf_utils import generic

from desktop.domain.units import points_to_mm
from desktop.signing.pdf.objects import as_dictionary, resolve

#: No more than the largest seal covers, and no longer than a line of text beside it (marks of other software are wide).
_MAX_AREA_MM2 = 60.0 * 60.0
_MAX_SIDE_MM = 90.0
_TOLERANCE = 1.01
_CORNERS = 4
#: Invisible, Hidden and NoView would make a mark that shows in print alone (or the other way round).
_ALLOWED_FLAGS = 4 | 8 | 16 | 64 | 128 | 512


class WidgetError(ValueError):
    """The widget shows more than a signature may; the text says what, for the diagnostic."""


def check_widgets(widgets: list[generic.DictionaryObject]) -> None:
    """Demand that a later signature shows nothing or one mark of moderate size.

    Raises:
        WidgetError: it shows more.
    """
    sizes = [_check_widget(widget) for widget in widgets]
    if sum(1 for width, height in sizes if width and height) > 1:
        raise WidgetError("several signature marks")


def _check_widget(widget: generic.DictionaryObject) -> tuple[float, float]:
    width, height = _size(widget)
    if width * height > _MAX_AREA_MM2 * _TOLERANCE or max(width, height) > _MAX_SIDE_MM * _TOLERANCE:
        raise WidgetError(f"signature mark of {width:.0f}x{height:.0f} mm")
    flags = widget.get("/F", 0)
    if not isinstance(flags, int) or flags & ~_ALLOWED_FLAGS:
        raise WidgetError("flags of the signature mark")
    looks = as_dictionary(widget.get("/AP"))
    if "/AP" in widget and (looks is None or looks.keys() - {"/N"} or not _is_stream(resolve(looks.get("/N")))):
        raise WidgetError("signature mark with several looks")
    return width, height


def _size(widget: generic.DictionaryObject) -> tuple[float, float]:
    rect = resolve(widget.get("/Rect"))
    if rect is None:
        return 0.0, 0.0
    numbers = [rect[i] for i in range(len(rect))] if isinstance(rect, generic.ArrayObject) else []
    if len(numbers) != _CORNERS or not all(isinstance(n, int | generic.FloatObject) for n in numbers):
        raise WidgetError("rectangle of the signature mark")
    left, bottom, right, top = (float(n) for n in numbers)
    return points_to_mm(abs(right - left)), points_to_mm(abs(top - bottom))


def _is_stream(value: object) -> bool:
    return value is None or isinstance(value, generic.StreamObject)
