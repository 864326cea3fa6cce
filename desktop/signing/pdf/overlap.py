"""Where earlier signatures show their marks, so that a later one cannot be laid over them.

Refuses a mark that covers any part of an earlier signature's on its page; where the page is not certain, on any page.
Source: docs/protocol.md §3, ISO 32000-2 §12.5.2 and §12.7.5.5.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver
from pyhanko.pdf_utils.rw_common import PdfHandler

from desktop.signing.pdf.geometry import Rect
from desktop.signing.pdf.objects import as_dictionary, items_of, resolve

_CORNERS = 4
_MAX_MARKS = 256
#: Seals placed edge to edge may touch; half a millimetre, in points.
_TOUCHING = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A visible mark: its rectangle and the number of its page, None when that is not certain."""

    rect: Rect
    page: int | None

    def covers(self, other: "Mark") -> bool:
        """Tell whether this mark hides a part of the other."""
        if self.page is not None and other.page is not None and self.page != other.page:
            return False
        wide = min(self.rect.right, other.rect.right) - max(self.rect.left, other.rect.left)
        high = min(self.rect.top, other.rect.top) - max(self.rect.bottom, other.rect.bottom)
        return wide > _TOUCHING and high > _TOUCHING


def signed_marks(handler: PdfHandler) -> list[Mark]:
    """Return the marks of the filled signature fields of a document."""
    form = as_dictionary(handler.root.get("/AcroForm"))
    found = [] if form is None else list(_widgets(form.get("/Fields"), signed=False, depth=0))
    return [mark for mark in map(_mark_of_signed, found[:_MAX_MARKS]) if mark is not None]


def new_marks(new: HistoricalResolver, widgets: Iterable[int], changed: Iterable[int]) -> list[Mark]:
    """Return the marks of the widgets with these numbers, new in `new`, whose changed objects are `changed`."""
    form = as_dictionary(new.root.get("/AcroForm"))
    fields = form.raw_get("/Fields") if form is not None and "/Fields" in form else None
    own_list = fields.idnum if isinstance(fields, generic.IndirectObject) else None
    lists = [new.get_object(generic.Reference(n, 0, new)) for n in changed if n != own_list]
    made = []
    for number in widgets:
        widget = as_dictionary(new.get_object(generic.Reference(number, 0, new)))
        rect = rect_of(widget) if widget is not None else None
        if widget is None or rect is None:
            continue
        own = widget.raw_get("/P") if "/P" in widget else None
        page = own.idnum if isinstance(own, generic.IndirectObject) else None
        held = [value for value in lists if _holds(value, number)]
        certain = page is not None and len(held) <= 1 and _holds(as_dictionary(own), number)
        made.append(Mark(rect=rect, page=page if certain else None))
    return made


def rect_of(widget: generic.DictionaryObject) -> Rect | None:
    """Return the rectangle of a widget, None when it shows nothing."""
    raw = resolve(widget.get("/Rect"))
    numbers = [resolve(raw[i]) for i in range(len(raw))] if isinstance(raw, generic.ArrayObject) else []
    values = [float(n) for n in numbers if isinstance(n, int | generic.FloatObject)]
    if len(values) != _CORNERS:
        return None
    x, y = sorted((values[0], values[2])), sorted((values[1], values[3]))
    return Rect(left=x[0], bottom=y[0], right=x[1], top=y[1]) if x[0] < x[1] and y[0] < y[1] else None


def _widgets(fields: object, *, signed: bool, depth: int) -> Iterator[generic.DictionaryObject]:
    """Yield the widgets of filled signature fields below a list of fields."""
    if depth > _CORNERS * 2:
        return
    for item in items_of(fields):
        node = as_dictionary(item)
        if node is None:
            continue
        filled = signed or ("/V" in node and node.get("/FT", "/Sig") == "/Sig")
        if filled and "/Rect" in node:
            yield node
        if "/Kids" in node:
            yield from _widgets(node.get("/Kids"), signed=filled, depth=depth + 1)


def _mark_of_signed(widget: generic.DictionaryObject) -> Mark | None:
    rect = rect_of(widget)
    page = widget.raw_get("/P") if "/P" in widget else None
    if rect is None:
        return None
    return Mark(rect=rect, page=page.idnum if isinstance(page, generic.IndirectObject) else None)


def _holds(holder: object, number: int) -> bool:
    """Tell whether a page's annotations, or a list itself, name object `number`."""
    annotations = holder.get("/Annots") if isinstance(holder, generic.DictionaryObject) else holder
    return any(isinstance(item, generic.IndirectObject) and item.idnum == number for item in items_of(annotations))
