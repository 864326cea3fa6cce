"""One wrapper for each foreign QR reader: zxing-cpp, WeChatQRCode (OpenCV contrib, without its models), pyzbar.

What leaves this module is text that the symbol really says. Refused: text in an unknown encoding (a guess is not a
read), parts of a multi-symbol message as if they were whole, non-ASCII text from the two readers that do not hand out
the bytes, and every exception of a foreign reader (pyzbar raises ValueError on some pictures).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from desktop.camera.frames import Corners, Gray
from desktop.camera.sequence import SequencePart, first_mode, is_sequence_mode, sequence_part

if TYPE_CHECKING:
    from collections.abc import Iterable

_HALF_WIDTH_KATAKANA = range(0xFF61, 0xFFA0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one reader saw at one place. `text` None: a symbol is there, but what it says must not be passed on.

    `margin`: share of the error correction left unused, 1 = flawless; 0 where the reader does not tell. `data`: the
    bytes behind the text where the reader tells; a part of a message may end in the middle of a character.
    """

    text: str | None
    corners: Corners
    reader: str
    margin: float = 0.0
    data: bytes = b""
    part: SequencePart | None = None


class Reader(Protocol):
    """Reads all QR codes of a gray picture (h, w) uint8."""

    @property
    def name(self) -> str:
        """Name for diagnostics and for telling two readers apart."""

    @property
    def longest_side(self) -> int:
        """Largest side of a picture it takes, in pixels; larger ones are shrunk before."""

    @property
    def is_quick(self) -> bool:
        """Tell whether it fits between two camera frames whatever the picture shows."""

    def read(self, gray: Gray) -> list[Reading]:
        """Return what is seen; empty when nothing is; never raises for the sake of a picture."""


class ZxingReader:
    """zxing-cpp: the fastest and best; hands out bytes, error margin and the sampled symbol."""

    name = "zxing"
    longest_side = 4096
    is_quick = True

    def read(self, gray: Gray) -> list[Reading]:
        """Return what is seen, with encoding and structured append judged."""
        import zxingcpp

        # Not BarcodeFormat.QRCode, which takes in Micro QR: four digits "read" in the ruins of a damaged symbol.
        formats = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCodeModel2])
        found = zxingcpp.read_barcodes(gray, formats=formats, text_mode=zxingcpp.TextMode.Plain)
        return [_zxing_reading(barcode) for barcode in found if barcode.valid]


class WeChatReader:
    """WeChatQRCode without its neural models: finds rotated and blurred symbols the others miss."""

    name = "wechat"
    # It compares every finder pattern with every other: noise of 1000 x 750 takes 5 s, of 640 x 480 half a second.
    longest_side = 640
    is_quick = False

    def __init__(self) -> None:
        self._detector: Any = None

    def read(self, gray: Gray) -> list[Reading]:
        """Return what is seen; ASCII only, because the decoder guesses the encoding and hides the bytes."""
        import cv2

        try:
            if self._detector is None:
                self._detector = getattr(cv2, "wechat_qrcode_WeChatQRCode")()  # noqa: B009 - missing from cv2's stubs
            texts, points = self._detector.detectAndDecode(gray)
        except (cv2.error, UnicodeDecodeError):
            return []
        pairs = zip(texts, points, strict=False)
        return [Reading(text=_ascii_only(text), corners=_corners(p), reader=self.name) for text, p in pairs if text]


class ZbarReader:
    """pyzbar: slow, last; needs libzbar0 and is silently absent without it."""

    name = "zbar"
    longest_side = 2048
    is_quick = True

    def read(self, gray: Gray) -> list[Reading]:
        """Return what is seen; ASCII only, because zbar recodes what is not."""
        try:
            from pyzbar import pyzbar
        except (ImportError, OSError):
            return []
        try:
            found = pyzbar.decode(gray, symbols=[pyzbar.ZBarSymbol.QRCODE])
        except (ValueError, pyzbar.PyZbarError):
            return []
        readings = []
        for symbol in found:
            points = [(p.x, p.y) for p in symbol.polygon]
            if len(points) == 4:  # noqa: PLR2004 - a QR code has four corners
                text = _ascii_only(symbol.data.decode("utf-8", "replace"))
                readings.append(Reading(text=text, corners=_corners(points), reader=self.name))
        return readings


def trusted_text(raw: bytes, guess: str) -> str | None:
    """Return the text of a symbol's bytes, or None when its encoding cannot be known.

    `guess` is what zxing-cpp makes of the bytes: right for UTF-8, Kanji mode and declared encodings (ECI). Old Chinese
    software writes GB 18030 without declaring it, which then comes out as half-width kana or replacement characters:
    read as GB 18030 only when it cannot be Shift-JIS, and as Shift-JIS only when it cannot be GB 18030.
    """
    if "\ufffd" not in guess and not any(ord(c) in _HALF_WIDTH_KATAKANA for c in guess):
        return guess
    if _decodes(raw, "utf-8"):
        return raw.decode("utf-8")
    possible = [encoding for encoding in ("shift_jis", "gb18030") if _decodes(raw, encoding)]
    return raw.decode(possible[0]) if len(possible) == 1 else None


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _ascii_only(text: str) -> str | None:
    return text if text.isascii() else None


def _zxing_reading(barcode: Any) -> Reading:
    p = barcode.position
    corners = _corners((q.x, q.y) for q in (p.top_left, p.top_right, p.bottom_right, p.bottom_left))
    margin = float(barcode.extra.get("UEC", 0.0))
    data = bytes(barcode.bytes)
    return Reading(
        text=trusted_text(data, barcode.text),
        corners=corners,
        reader="zxing",
        margin=margin,
        data=data,
        part=_part(barcode, margin),
    )


def _part(barcode: Any, margin: float) -> SequencePart | None:
    """Read the structured-append header, repaired; skipped only where a flawless symbol says it has none.

    Both transpositions are tried: a mirrored symbol is handed out transposed and without a word about it, and the
    wrong one never survives the repair.
    """
    import numpy as np

    mask = int(barcode.extra["DataMask"])
    modules = np.asarray(barcode.to_image(scale=1, add_quiet_zones=False)) == 0
    for oriented in (modules, modules.T):
        if margin == 1.0 and not is_sequence_mode(first_mode(oriented, mask)):
            continue
        part = sequence_part(oriented, barcode.ec_level, mask)
        if part is not None:
            return part
    return None


def _corners(points: "Iterable[Any]") -> Corners:
    a, b, c, d = ((float(p[0]), float(p[1])) for p in points)
    return a, b, c, d
