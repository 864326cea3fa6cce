"""Drawing imprints into the incremental update that will be signed.

The first imprint of a signature is the appearance of its widget, so that clicking the seal shows the signature; every
further one is page content, which no viewer can hide. The image is encoded once and shared by all pages. The page's old
content is fenced by q … Q (as many Q as it left open), so that its graphics state cannot move our imprint.
Refuses pictures that are no PNG or too large to be a seal. Source: ISO 32000-2 §7.7.3.3, §8.4.2, §12.5.5.
"""

import io
import re
from collections.abc import Iterable

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.images import pil_image
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from desktop.crypto.primitives import sha256
from desktop.domain.errors import RejectedError
from desktop.signing.pdf.geometry import Spot, inherited, page_geometry
from desktop.signing.pdf.model import ImprintPlacement
from desktop.signing.pdf.objects import array, as_dictionary, dictionary, items_of, number_text, page_at, real, resolve

_MAX_PIXELS = 16_000_000
_MAX_PNG_BYTES = 16 * 1024 * 1024
_NAME = "BidSealImprint"
#: Strings, hex strings, comments and inline images are skipped; what remains of interest are the operators q and Q.
_CONTENT_TOKEN = re.compile(
    rb"\((?:[^()\\]|\\.)*\)|<[0-9A-Fa-f\s]*>|%[^\r\n]*|(?<![^\s])BI\s.*?\sEI(?![^\s])|(?<![^\s\])>}])[qQ](?![^\s\[(</%])",
    re.DOTALL,
)


class ImprintPainter:
    """Puts imprints on pages of one file being updated."""

    def __init__(self, writer: BasePdfFileWriter) -> None:
        self._writer = writer
        self._images: dict[bytes, generic.IndirectObject] = {}
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
            drawn[name] = self._image(placement.png)
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
        images = dictionary({"/Imprint": self._image(placement.png)})
        form = {
            "/Type": pdf_name("/XObject"),
            "/Subtype": pdf_name("/Form"),
            "/BBox": array(real(value) for value in (0, 0, spot.width, spot.height)),
            "/Matrix": array(real(value) for value in (*spot.turn, 0, 0)),
            "/Resources": dictionary({"/XObject": images}),
        }
        stream.update(dictionary(form))
        return self._writer.add_object(stream)

    def _image(self, png: bytes) -> generic.IndirectObject:
        key = sha256(png)
        if key not in self._images:
            self._images[key] = _encode(self._writer, png)
        return self._images[key]

    def _fence_ref(self) -> generic.IndirectObject:
        if self._fence is None:
            self._fence = self._writer.add_object(_stream(b"q\n"))
        return self._fence


def _encode(writer: BasePdfFileWriter, png: bytes) -> generic.IndirectObject:
    from PIL import Image

    if not png.startswith(b"\x89PNG\r\n\x1a\n") or len(png) > _MAX_PNG_BYTES:
        raise RejectedError("pdf.imprint_unreadable", f"{len(png)} bytes")
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as picture:
            if picture.width * picture.height > _MAX_PIXELS:
                raise RejectedError("pdf.imprint_unreadable", f"{picture.width}x{picture.height}")
            image: generic.IndirectObject = pil_image(picture.convert("RGBA"), writer)
            return image
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise RejectedError("pdf.imprint_unreadable", type(error).__name__) from None


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
