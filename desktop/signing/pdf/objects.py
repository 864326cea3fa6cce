"""Typed access to pyHanko's PDF objects, whose constructors carry no annotations. Nothing is decided here."""

from collections.abc import Iterable, Iterator, Mapping

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.rw_common import PdfHandler


def dictionary(entries: Mapping[str, object] | None = None) -> generic.DictionaryObject:
    """Make a PDF dictionary."""
    made = generic.DictionaryObject()  # type: ignore[no-untyped-call]  # pyHanko leaves it bare
    made.update({pdf_name(key): value for key, value in (entries or {}).items()})
    return made


def array(items: Iterable[object]) -> generic.ArrayObject:
    """Make a PDF array."""
    return generic.ArrayObject(items)


def number_text(value: float) -> str:
    """Write a number as PDF wants it: no exponent, at most four decimals."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def whole(value: int) -> generic.NumberObject:
    """Make an integer object."""
    return generic.NumberObject(value)  # type: ignore[no-untyped-call]  # pyHanko leaves it bare


def real(value: float) -> generic.FloatObject:
    """Make a PDF number from a float."""
    return generic.FloatObject(number_text(value))  # type: ignore[no-untyped-call]  # pyHanko leaves it bare


def resolve(value: object) -> object:
    """Follow an indirect reference, if it is one."""
    if not isinstance(value, generic.IndirectObject):
        return value
    resolved: object = value.get_object()  # type: ignore[no-untyped-call]  # pyHanko leaves it bare
    return resolved


def as_dictionary(value: object) -> generic.DictionaryObject | None:
    """Return the dictionary that `value` is or points to, else None."""
    resolved = resolve(value)
    return resolved if isinstance(resolved, generic.DictionaryObject) else None


def items_of(value: object) -> Iterator[object]:
    """Iterate the raw items of the array that `value` is or points to; anything else has none."""
    resolved = resolve(value)
    return iter(list(resolved) if isinstance(resolved, generic.ArrayObject) else [])


def page_at(handler: PdfHandler, index: int) -> tuple[generic.IndirectObject, generic.DictionaryObject]:
    """Return a page's reference and dictionary."""
    page_ref, _ = handler.find_page_for_modification(index)  # type: ignore[no-untyped-call]  # pyHanko leaves it bare
    page = as_dictionary(page_ref)
    if page is None:
        raise ValueError("page is no dictionary")
    return page_ref, page
