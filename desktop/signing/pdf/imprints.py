"""Drawing imprints into the incremental update that will be signed.

The first imprint of a signature is the appearance of its widget, so that clicking the seal shows the signature; every
further one is page content, which no viewer can hide. The image is encoded once and shared by all pages. The page's old
content is fenced by q … Q (as many Q as it left open), so that its graphics state cannot move our imprint.
Source: ISO 32000-2 §7.7.3.3, §8.4.2, §12.5.5.
"""

import re
from collections.abc import Iterable

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from desktop.signing.pdf.encoding import EncodedImprint, EncodedImprints
from desktop.signing.pdf.geometry import Spot, inherited, page_geometry
from desktop.signing.pdf.model import ImprintPlacement
from desktop.signing.pdf.objects import (
    array,
    as_dictionary,
    dictionary,
    items_of,
    number_text,
    page_at,
    real,
    resolve,
    whole,
)

_NAME = "BidSealImprint"
#: Strings, hex strings, comments and inline images are skipped; what remains of interest are the operators q and Q.
_CONTENT_TOKEN = re.compile(
    rb"\((?:[^()\\]|\\.)*\)|<[0-9A-Fa-f\s]*>|%[^\r\n]*|(?<![^\s])BI\s.*?\sEI(?![^\s])|(?<![^\s\])>}])[qQ](?![^\s\[(</%])",
    re.DOTALL,
)


class ImprintPainter:
    """Puts imprints on pages of one file being updated."""

    def __init__(self, writer: BasePdfFileWriter, encoded: EncodedImprints) -> None:
        self._writer = writer
        self._encoded = encoded
        self._images: dict[EncodedImprint, generic.IndirectObject] = {}
        self._fence: generic.IndirectObject | None = None

    def spot(self, placement: ImprintPlacement) -> Spot:
        """Find where a placement lands in its page's user space."""
        _, page = page_at(self._writer, placement.page_index)
        return page_geometry(page).place(
            x_mm=placement.x_mm, y_mm=placement.y_mm, width_mm=placement.width_mm, height_mm=placement.height_mm
        )

    def paint_page(self, page_index: int, placements: Iterable[ImprintPlacement]) -> None:
        """Draw `placements`, all of one page, as page content above everything that is there."""
        _, page = page_at(self._writer, page_index)
        drawn: dict[str, generic.IndirectObject] = {}
        commands = []
        taken = _xobject_names(page)
        for placement in placements:
            name = next(n for n in (f"/{_NAME}{i}" for i in range(len(taken) + len(drawn) + 1)) if n not in taken)
            taken.add(name)
            drawn[name] = self._image(placement)
            matrix = " ".join(number_text(value) for value in self.spot(placement).image_matrix)
            commands.append(f"q {matrix} cm {name} Do Q")
        old = _content_refs(page)
        tail = "Q\n" * (1 + _states_left_open(old)) + "\n".join(commands) + "\n"
        stamp = self._writer.add_object(_stream(tail.encode("ascii")))
        page[pdf_name("/Contents")] = array([self._fence_ref(), *old, stamp])
        page[pdf_name("/Resources")] = _resources_with(page, drawn)
        self._writer.update_container(page)

    def appearance(self, placement: ImprintPlacement, spot: Spot) -> generic.IndirectObject:
        """Make the form XObject that shows the imprint upright inside a widget at `spot`."""
        size = (number_text(spot.width), number_text(spot.height))
        stream = _stream(f"q {size[0]} 0 0 {size[1]} 0 0 cm /Imprint Do Q\n".encode("ascii"))
        images = dictionary({"/Imprint": self._image(placement)})
        form = {
            "/Type": pdf_name("/XObject"),
            "/Subtype": pdf_name("/Form"),
            "/BBox": array(real(value) for value in (0, 0, spot.width, spot.height)),
            "/Matrix": array(real(value) for value in (*spot.turn, 0, 0)),
            "/Resources": dictionary({"/XObject": images}),
        }
        stream.update(dictionary(form))
        return self._writer.add_object(stream)

    def _image(self, placement: ImprintPlacement) -> generic.IndirectObject:
        picture = self._encoded.of(placement)
        if picture not in self._images:
            mask = self._writer.add_object(_image_stream(picture, "/DeviceGray", picture.alpha))
            colours = _image_stream(picture, "/DeviceRGB", picture.colours)
            colours[pdf_name("/SMask")] = mask
            self._images[picture] = self._writer.add_object(colours)
        return self._images[picture]

    def _fence_ref(self) -> generic.IndirectObject:
        if self._fence is None:
            self._fence = self._writer.add_object(_stream(b"q\n"))
        return self._fence


def _image_stream(picture: EncodedImprint, colour_space: str, deflated: bytes) -> generic.StreamObject:
    entries = {
        "/Type": pdf_name("/XObject"),
        "/Subtype": pdf_name("/Image"),
        "/Width": whole(picture.width),
        "/Height": whole(picture.height),
        "/BitsPerComponent": whole(8),
        "/ColorSpace": pdf_name(colour_space),
        "/Filter": pdf_name("/FlateDecode"),
    }
    return generic.StreamObject(dictionary(entries), encoded_data=deflated)


def _stream(data: bytes) -> generic.StreamObject:
    return generic.StreamObject(stream_data=data)


def _content_refs(page: generic.DictionaryObject) -> list[object]:
    if "/Contents" not in page:
        return []
    raw = page.raw_get("/Contents")
    return list(items_of(raw)) if isinstance(resolve(raw), generic.ArrayObject) else [raw]


def _states_left_open(parts: list[object]) -> int:
    """Count the q operators that the page's content never closes; unreadable content counts as balanced."""
    depth = 0
    try:
        data = b"\n".join(_stream_data(part) for part in parts)
    except Exception:  # noqa: BLE001 - pyHanko raises many types on broken filters; a viewer shows such content blank
        return 0
    for token in _CONTENT_TOKEN.finditer(data):
        if token[0] == b"q":
            depth += 1
        elif token[0] == b"Q" and depth:
            depth -= 1
    return depth


def _stream_data(part: object) -> bytes:
    value = resolve(part)
    return bytes(value.data) if isinstance(value, generic.StreamObject) else b""


def _xobject_names(page: generic.DictionaryObject) -> set[str]:
    resources = as_dictionary(inherited(page, "/Resources"))
    images = as_dictionary(resources.get("/XObject")) if resources is not None else None
    return set(images) if images is not None else set()


def _resources_with(
    page: generic.DictionaryObject, drawn: dict[str, generic.IndirectObject]
) -> generic.DictionaryObject:
    """Copy the page's resources and add ours: the original may be shared with pages that must not change."""
    copy = _shallow(inherited(page, "/Resources"))
    images = _shallow(copy.get("/XObject"))
    images.update(dictionary(drawn))
    copy[pdf_name("/XObject")] = images
    return copy


def _shallow(source: object) -> generic.DictionaryObject:
    original = as_dictionary(source)
    return dictionary({key: original.raw_get(key) for key in original} if original is not None else None)
