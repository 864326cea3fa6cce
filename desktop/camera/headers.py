"""Width and height of an image from its header alone, before anything is decoded (threats T23: image bomb).

Knows PNG, JPEG, WebP and BMP; everything else is refused. Source: PNG 3rd ed. 11.2.1, ITU-T T.81 B.2.2, RFC 9649,
BITMAPCOREHEADER / BITMAPINFOHEADER.
"""

from desktop.domain.errors import RejectedError

_PNG = b"\x89PNG\r\n\x1a\n"
_SOF = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_STANDALONE = frozenset({0x01, 0xFF, *range(0xD0, 0xD9)})


def image_size(data: bytes) -> tuple[int, int]:
    """Return (width, height) in pixels of an encoded image.

    Raises:
        RejectedError: camera.image_unsupported (another format), camera.image_damaged (no usable header).
    """
    if data.startswith(_PNG):
        size = _png(data)
    elif data.startswith(b"\xff\xd8"):
        size = _jpeg(data)
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        size = _webp(data)
    elif data.startswith(b"BM"):
        size = _bmp(data)
    else:
        raise RejectedError("camera.image_unsupported", f"first bytes {data[:4].hex()}")
    if size is None or size[0] <= 0 or size[1] <= 0:
        raise RejectedError("camera.image_damaged", "no size in the header")
    return size


def _png(data: bytes) -> tuple[int, int] | None:
    if data[12:16] != b"IHDR" or len(data) < 24:  # noqa: PLR2004 - end of IHDR's height field
        return None
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def _jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(data):
        if data[at] != 0xFF:  # noqa: PLR2004 - marker prefix
            return None
        marker = data[at + 1]
        if marker in _STANDALONE:
            at += 1 if marker == 0xFF else 2  # noqa: PLR2004 - fill byte
        elif marker in _SOF:
            return int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
        else:
            at += 2 + max(int.from_bytes(data[at + 2 : at + 4], "big"), 2)
    return None


def _webp(data: bytes) -> tuple[int, int] | None:
    if len(data) < 30:  # noqa: PLR2004 - end of the longest of the three headers
        return None
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF
    return None


def _bmp(data: bytes) -> tuple[int, int] | None:
    if len(data) < 26:  # noqa: PLR2004 - end of the height field
        return None
    if int.from_bytes(data[14:18], "little") == 12:  # noqa: PLR2004 - BITMAPCOREHEADER
        return int.from_bytes(data[18:20], "little"), int.from_bytes(data[20:22], "little")
    width = int.from_bytes(data[18:22], "little", signed=True)
    height = int.from_bytes(data[22:26], "little", signed=True)
    return width, abs(height)  # a negative height means rows from the top
