"""Imprints as PDF images: read from PNG and compressed once, however many pages and files bear them.

Refuses pictures that are no PNG or too large to be a seal, and strips that are not columns of their picture.
Source: ISO 32000-2 §8.9.5, §11.6.5.2.
"""

import io
import zlib
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from desktop.crypto.primitives import sha256
from desktop.domain.errors import RejectedError
from desktop.signing.pdf.model import ImprintPlacement

if TYPE_CHECKING:
    from PIL.Image import Image

_MAX_PIXELS = 16_000_000
_MAX_PNG_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedImprint:
    """Deflated samples of an imprint or a strip of one; `key` tells it from every other."""

    key: tuple[bytes, tuple[int, int] | None]
    width: int = field(compare=False)
    height: int = field(compare=False)
    colours: bytes = field(repr=False, compare=False)
    alpha: bytes = field(repr=False, compare=False)


class EncodedImprints:
    """The imprints of one batch of documents; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._pictures: dict[bytes, Image] = {}
        self._encoded: dict[tuple[bytes, tuple[int, int] | None], EncodedImprint] = {}

    def of(self, placement: ImprintPlacement) -> EncodedImprint:
        """Return what `placement` draws.

        Raises:
            RejectedError: `pdf.imprint_unreadable`.
        """
        key = (sha256(placement.png), placement.columns)
        with self._lock:
            if key not in self._encoded:
                self._encoded[key] = self._encode(placement, key)
            return self._encoded[key]

    def _encode(self, placement: ImprintPlacement, key: tuple[bytes, tuple[int, int] | None]) -> EncodedImprint:
        if key[0] not in self._pictures:
            self._pictures[key[0]] = _read(placement.png)
        picture = self._pictures[key[0]]
        if placement.columns is not None:
            start, stop = placement.columns
            if not 0 <= start < stop <= picture.width:
                raise RejectedError("pdf.imprint_unreadable", f"columns {start}-{stop} of {picture.width}")
            picture = picture.crop((start, 0, stop, picture.height))
        return EncodedImprint(
            key=key,
            width=picture.width,
            height=picture.height,
            colours=zlib.compress(picture.convert("RGB").tobytes()),
            alpha=zlib.compress(picture.getchannel("A").tobytes()),
        )


def _read(png: bytes) -> "Image":
    from PIL import Image

    if not png.startswith(b"\x89PNG\r\n\x1a\n") or len(png) > _MAX_PNG_BYTES:
        raise RejectedError("pdf.imprint_unreadable", f"{len(png)} bytes")
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as picture:
            if picture.width * picture.height > _MAX_PIXELS:
                raise RejectedError("pdf.imprint_unreadable", f"{picture.width}x{picture.height}")
            return picture.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise RejectedError("pdf.imprint_unreadable", type(error).__name__) from None
