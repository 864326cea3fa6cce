"""What may change after a signature: one further signature, or validation data (DSS). Nothing else.

Stricter than pyHanko's default policy, which lets form filling, unreferenced pages and pre-planted references pass:
every changed object needs a role, lists may only grow by the new signature's own widgets, and no object that the signed
revision already pointed to may appear later (shadow attacks). Source: docs/protocol.md §3, ISO 32000-2 §12.8.2.2.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

from desktop.signing.pdf.objects import as_dictionary, items_of
from desktop.signing.pdf.overlap import new_marks, signed_marks
from desktop.signing.pdf.widgets import check_widgets

_CATALOG_MAY_CHANGE = frozenset({"/AcroForm", "/DSS", "/Extensions", "/Metadata", "/Version"})
_FORM_MAY_CHANGE = frozenset({"/Fields", "/SigFlags"})
_FIELD_MAY_GAIN = frozenset({"/V", "/AP", "/F", "/M"})
_WIDGET_KEYS = frozenset(
    {"/Type", "/Subtype", "/FT", "/T", "/TU", "/TM", "/V", "/F", "/Ff", "/Rect", "/P", "/AP", "/MK", "/DA", "/DR"}
    | {"/BS", "/Border", "/NM", "/M", "/H", "/Parent", "/Kids", "/Lock", "/SV", "/StructParent"}
)
_VERSION = re.compile(r"/\d\.\d")


class UpdateError(ValueError):
    """The update changes more than it may; the text says what, for the diagnostic."""


@dataclass(slots=True)
class _Update:
    """One revision being compared with the one before it; numbers are object numbers (generations are always 0)."""

    old: HistoricalResolver
    new: HistoricalResolver
    signature: int | None
    changed: set[int] = field(default_factory=set)
    content: set[int] = field(default_factory=set)
    new_fields: set[int] = field(default_factory=set)
    widgets: set[int] = field(default_factory=set)


def check_update(reader: PdfFileReader, revision: int, signature: int | None) -> None:
    """Demand that `revision` adds only the signature in object number `signature`, or only a DSS when that is None.

    Raises:
        UpdateError: it does more.
    """
    refs = set(reader.xrefs.explicit_refs_in_revision(revision))
    if reader.xrefs.refs_freed_in_revision(revision):
        raise UpdateError("objects were deleted")
    if any(ref.generation for ref in refs):
        raise UpdateError("object generations")
    old, new = reader.get_historical_resolver(revision - 1), reader.get_historical_resolver(revision)
    update = _Update(old=old, new=new, signature=signature)
    update.content = set(_referenced(old))
    numbers = {ref.idnum for ref in refs} - {ref.idnum for ref in reader.xrefs.xref_stream_refs}
    update.changed = {n for n in numbers if _exists(reader, n, revision - 1)}
    planted = (numbers - update.changed) & update.content
    if planted:
        raise UpdateError(f"objects {sorted(planted)[:5]} were referenced before they existed")
    _check_trailer(update)
    _check_catalog(update)
    for number in sorted(update.changed):
        _check_changed(update, number)
    if len(update.new_fields) != (0 if signature is None else 1):
        raise UpdateError("not exactly one new signature")
    if signature is None and not _is_evidence(update):
        raise UpdateError("neither a signature nor evidence")
    shown = (as_dictionary(_object(update.new, number)) for number in update.widgets | update.new_fields)
    check_widgets([widget for widget in shown if widget is not None])
    earlier = signed_marks(old)
    for mark in new_marks(new, update.widgets | update.new_fields, update.changed) if earlier else ():
        if any(mark.covers(other) for other in earlier):
            raise UpdateError("a mark over an earlier signature's")


def _is_evidence(update: _Update) -> bool:
    """Tell whether the update brings a DSS or more for the one that is there."""
    old, new = as_dictionary(update.old.root), as_dictionary(update.new.root)
    gained = old is not None and new is not None and "/DSS" in _differing(old, new)
    return gained or any(_is_validation_data(update, number) for number in update.changed)


def _exists(reader: PdfFileReader, number: int, revision: int) -> bool:
    return reader.xrefs.get_historical_ref(generic.Reference(number, 0, reader), revision) is not None


def _referenced(old: HistoricalResolver) -> Iterator[int]:
    """Yield the numbers of all objects that the document refers to, but for its DSS, metadata and information."""
    root = old.trailer_view.raw_get("/Root")
    catalog = as_dictionary(old.root)
    yield root.idnum
    todo: list[object] = []
    if catalog is not None:
        todo += [catalog.raw_get(key) for key in catalog if key not in ("/DSS", "/Metadata")]
    seen = {root.idnum}
    while todo:
        item = todo.pop()
        if isinstance(item, generic.IndirectObject):
            if item.idnum in seen:
                continue
            seen.add(item.idnum)
            yield item.idnum
            todo.append(old.get_object(generic.Reference(item.idnum, item.generation, old)))
        elif isinstance(item, generic.DictionaryObject):
            todo += [item.raw_get(key) for key in item]
        elif isinstance(item, generic.ArrayObject):
            todo += [item.raw_get(index) for index in range(len(item))]


def _check_trailer(update: _Update) -> None:
    old, new = update.old.trailer_view, update.new.trailer_view
    if "/Encrypt" in new:
        raise UpdateError("encrypted by the update")
    for key in ("/Root", "/Info"):
        if key in old and (key not in new or old.raw_get(key) != new.raw_get(key)):
            raise UpdateError(f"trailer {key} points elsewhere")


def _check_catalog(update: _Update) -> None:
    old, new = as_dictionary(update.old.root), as_dictionary(update.new.root)
    if old is None or new is None:
        raise UpdateError("no catalog")
    for key in _differing(old, new):
        if key not in _CATALOG_MAY_CHANGE:
            raise UpdateError(f"catalog {key}")
    if "/Version" in new and not _VERSION.fullmatch(str(new["/Version"])):
        raise UpdateError("catalog /Version")
    before, after = as_dictionary(old.get("/AcroForm")), as_dictionary(new.get("/AcroForm"))
    if after is not None:
        _check_form(update, before, after)
    elif before is not None:
        raise UpdateError("form was removed")


def _check_form(update: _Update, before: generic.DictionaryObject | None, after: generic.DictionaryObject) -> None:
    for key in _differing(before, after) if before is not None else after.keys() - {"/DA", "/DR"}:
        if key not in _FORM_MAY_CHANGE:
            raise UpdateError(f"form {key}")
    fields = before.get("/Fields") if before is not None else None
    for added in _grown(fields, after.get("/Fields"), "form fields"):
        _check_new_field(update, added)


def _check_new_field(update: _Update, number: int) -> None:
    """Demand that a new field is the signature of this revision and nothing more."""
    added = _new_dictionary(update, number)
    if added.get("/FT") != "/Sig" or _number_of(added, "/V") != update.signature or update.signature is None:
        raise UpdateError("a new field that is not this signature")
    _check_keys(added, number)
    update.new_fields.add(number)
    update.widgets.add(number)
    kids = added.get("/Kids")
    for kid in items_of(kids):
        if not isinstance(kid, generic.IndirectObject) or _exists_before(update, kid.idnum):
            raise UpdateError("widget of the new signature")
        widget = _new_dictionary(update, kid.idnum)
        if _number_of(widget, "/Parent") != number or "/T" in widget or "/Kids" in widget:
            raise UpdateError("widget of the new signature")
        _check_keys(widget, kid.idnum)
        update.widgets.add(kid.idnum)


def _check_keys(widget: generic.DictionaryObject, number: int) -> None:
    if not _WIDGET_KEYS.issuperset(widget.keys()):
        raise UpdateError(f"object {number} holds more than a signature widget does")
    if widget.get("/Subtype", "/Widget") != "/Widget" or widget.get("/Type", "/Annot") != "/Annot":
        raise UpdateError(f"object {number} is no widget")


def _check_changed(update: _Update, number: int) -> None:
    """Find the role of a changed object that makes its change acceptable."""
    trailer = update.old.trailer_view
    catalog = as_dictionary(update.old.root)
    if number == trailer.raw_get("/Root").idnum:
        return  # judged by _check_catalog
    if catalog is not None and _number_of(catalog, "/AcroForm") == number:
        return  # judged by _check_form
    if number not in update.content and (_is_information(update, number) or _is_validation_data(update, number)):
        return
    old, new = _object(update.old, number), _object(update.new, number)
    if isinstance(old, generic.ArrayObject):
        _check_array(update, old, new)
    elif _is_plain(old) and _is_plain(new):
        _check_dictionary(update, number, as_dictionary(old), as_dictionary(new))
    else:
        raise UpdateError(f"object {number} was replaced")


def _is_plain(value: object) -> bool:
    return isinstance(value, generic.DictionaryObject) and not isinstance(value, generic.StreamObject)


def _check_dictionary(
    update: _Update, number: int, old: generic.DictionaryObject | None, new: generic.DictionaryObject | None
) -> None:
    """Allow a page to gain the new widgets, an empty signature field to be signed, and nothing else to differ."""
    if old is None or new is None:
        raise UpdateError(f"object {number} was replaced")
    differing = _differing(old, new)
    if old.get("/Type") == "/Page" and differing <= {"/Annots"}:
        _check_array(update, old.get("/Annots"), new.get("/Annots"))
    elif old.get("/FT") == "/Sig" and "/V" not in old and differing <= _FIELD_MAY_GAIN:
        if update.signature is None or _number_of(new, "/V") != update.signature:
            raise UpdateError("a field that is not this signature")
        update.new_fields.add(number)
    elif differing:
        raise UpdateError(f"object {number} changed: {sorted(differing)[:5]}")


def _check_array(update: _Update, old: object, new: object) -> None:
    """Allow a list of annotations or form fields to grow by the new signature's widgets."""
    for added in _grown(old, new, "a list"):
        if added not in update.widgets:
            raise UpdateError(f"object {added} was added to a list")


def _is_information(update: _Update, number: int) -> bool:
    """Tell whether the object is the document information or the XMP metadata, which no page shows."""
    catalog = as_dictionary(update.old.root)
    metadata = _number_of(catalog, "/Metadata") if catalog is not None else None
    return number in (_number_of(update.old.trailer_view, "/Info"), metadata)


def _is_validation_data(update: _Update, number: int) -> bool:
    """Tell whether the object belongs to the old DSS."""
    catalog = as_dictionary(update.old.root)
    if catalog is None or "/DSS" not in catalog:
        return False
    todo, seen = [catalog.raw_get("/DSS")], set()
    while todo:
        item = todo.pop()
        if isinstance(item, generic.IndirectObject):
            if item.idnum in seen:
                continue
            seen.add(item.idnum)
            item = update.old.get_object(generic.Reference(item.idnum, item.generation, update.old))
        if isinstance(item, generic.DictionaryObject):
            todo += [item.raw_get(key) for key in item]
        elif isinstance(item, generic.ArrayObject):
            todo += [item.raw_get(index) for index in range(len(item))]
    return number in seen


def _grown(old: object, new: object, what: str) -> list[int]:
    """Return the numbers of the objects appended to a list of references; any other difference is refused."""
    before, after = list(items_of(old)), list(items_of(new))
    if len(after) < len(before) or any(not _same(a, b) for a, b in zip(before, after, strict=False)):
        raise UpdateError(f"{what} changed")
    added = after[len(before) :]
    if not all(isinstance(item, generic.IndirectObject) for item in added):
        raise UpdateError(f"{what} grew by a direct object")
    return [item.idnum for item in added if isinstance(item, generic.IndirectObject)]


def _differing(old: generic.DictionaryObject, new: generic.DictionaryObject) -> set[str]:
    keys = set(old.keys()) | set(new.keys())
    return {
        str(key) for key in keys if key not in old or key not in new or not _same(old.raw_get(key), new.raw_get(key))
    }


def _same(old: object, new: object) -> bool:
    """Compare two raw PDF values; references are equal when they name the same object."""
    if isinstance(old, generic.IndirectObject) or isinstance(new, generic.IndirectObject):
        return (
            isinstance(old, generic.IndirectObject)
            and isinstance(new, generic.IndirectObject)
            and (old.idnum, old.generation) == (new.idnum, new.generation)
        )
    if isinstance(old, generic.DictionaryObject):
        return isinstance(new, generic.DictionaryObject) and not _differing(old, new)
    if isinstance(old, generic.ArrayObject):
        return (
            isinstance(new, generic.ArrayObject)
            and len(old) == len(new)
            and all(_same(old.raw_get(i), new.raw_get(i)) for i in range(len(old)))
        )
    return type(old) is type(new) and _written(old) == _written(new)


def _written(value: object) -> bytes:
    out = io.BytesIO()
    if isinstance(value, generic.PdfObject):
        value.write_to_stream(out)
    return out.getvalue()


def _object(resolver: HistoricalResolver, number: int) -> object:
    found: object = resolver.get_object(generic.Reference(number, 0, resolver))
    return found


def _new_dictionary(update: _Update, number: int) -> generic.DictionaryObject:
    if _exists_before(update, number):
        raise UpdateError(f"object {number} existed before")
    found = as_dictionary(_object(update.new, number))
    if found is None or isinstance(found, generic.StreamObject):
        raise UpdateError(f"object {number} is no dictionary")
    return found


def _exists_before(update: _Update, number: int) -> bool:
    return number in update.changed or _exists(update.old.reader, number, update.old.revision)


def _number_of(owner: generic.DictionaryObject, key: str) -> int | None:
    raw = owner.raw_get(key) if key in owner else None
    return raw.idnum if isinstance(raw, generic.IndirectObject) else None
