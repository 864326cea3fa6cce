"""Uploads judged by their first bytes and their structure, before anything decodes them (threat T23).

An imprint must be a small, complete 8-bit RGBA PNG that inflates to exactly its stated size; scans and papers are PNG,
JPEG or (papers) PDF of bounded size. Refuses everything else. Source: ISO 15948 (PNG), ITU T.81 (JPEG).
"""

import struct
import zlib
from dataclasses import dataclass

from desktop.domain.errors import RejectedError

MAX_UPLOAD_BYTES = 10 * 1024 * 1024
#: The seal object, which carries the imprint, must fit into a receipt.
MAX_IMPRINT_BYTES = 160 * 1024
_MAX_SIDE = 12_000
_MAX_PIXELS = 60_000_000
_IMPRINT_SIDES = range(32, 2049)
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_CHUNKS = frozenset({b"IHDR", b"IDAT", b"IEND", b"pHYs", b"gAMA", b"sRGB", b"cHRM", b"sBIT", b"tEXt", b"tIME"})
_RGBA = 6
_MARKERS_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """What an image's header says."""

    media_type: str
    width: int
    height: int


def scan(data: bytes) -> ImageFacts:
    """Check an uploaded scan: PNG or JPEG.

    Raises:
        RejectedError: `platform.file_too_large` or `platform.image_unsupported`.
    """
    _check_size(data, MAX_UPLOAD_BYTES)
    if data.startswith(_PNG):
        facts = _png_header(data)
    elif data.startswith(b"\xff\xd8\xff"):
        facts = _jpeg_header(data)
    else:
        raise RejectedError("platform.image_unsupported", "neither PNG nor JPEG")
    if max(facts.width, facts.height) > _MAX_SIDE or facts.width * facts.height > _MAX_PIXELS:
        raise RejectedError("platform.file_too_large", "pixels")
    return facts


def paper(data: bytes) -> str:
    """Check an uploaded paper (licence, letter): PNG, JPEG or PDF; return its media type.

    Raises:
        RejectedError: `platform.file_too_large` or `platform.image_unsupported`.
    """
    _check_size(data, MAX_UPLOAD_BYTES)
    return "application/pdf" if data.startswith(b"%PDF-") else scan(data).media_type


def imprint(data: bytes) -> ImageFacts:
    """Check a seal's imprint: complete 8-bit RGBA PNG without animation.

    Raises:
        RejectedError: `platform.file_too_large` or `platform.imprint_unsupported`.
    """
    _check_size(data, MAX_IMPRINT_BYTES)
    try:
        facts = _png_header(data)
        depth, colour, interlace = data[24], data[25], data[28]
        if (depth, colour, interlace) != (8, _RGBA, 0):
            raise RejectedError("platform.imprint_unsupported", "not 8-bit RGBA")
        if facts.width not in _IMPRINT_SIDES or facts.height not in _IMPRINT_SIDES:
            raise RejectedError("platform.imprint_unsupported", "pixels")
        pixels = _png_pixels(data)
    except (struct.error, IndexError, zlib.error):
        raise RejectedError("platform.imprint_unsupported", "damaged") from None
    inflater = zlib.decompressobj()
    expected = facts.height * (1 + 4 * facts.width)
    try:
        size = len(inflater.decompress(pixels, expected + 1))
    except zlib.error:
        raise RejectedError("platform.imprint_unsupported", "damaged") from None
    if size != expected or not inflater.eof:
        raise RejectedError("platform.imprint_unsupported", "damaged")
    return facts


def _check_size(data: bytes, limit: int) -> None:
    if len(data) > limit:
        raise RejectedError("platform.file_too_large", str(len(data)))


def _png_header(data: bytes) -> ImageFacts:
    try:
        length, kind, width, height = struct.unpack_from(">I4sII", data, len(_PNG))
    except struct.error:
        raise RejectedError("platform.image_unsupported", "damaged") from None
    if not data.startswith(_PNG) or (length, kind) != (13, b"IHDR") or not width or not height:
        raise RejectedError("platform.image_unsupported", "damaged")
    return ImageFacts(media_type="image/png", width=width, height=height)


def _png_pixels(data: bytes) -> bytes:
    """Walk all chunks up to exactly the end of the file and return the joined IDAT."""
    pixels, position, kind = bytearray(), len(_PNG), b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", data, position)
        end = position + 12 + length
        body = data[position + 4 : end - 4]
        (checksum,) = struct.unpack_from(">I", data, end - 4)
        if kind not in _PNG_CHUNKS or zlib.crc32(body) != checksum:
            raise RejectedError("platform.imprint_unsupported", "chunk")
        if kind == b"IDAT":
            pixels += body[4:]
        position = end
    if position != len(data):
        raise RejectedError("platform.imprint_unsupported", "trailing bytes")
    return bytes(pixels)


def _jpeg_header(data: bytes) -> ImageFacts:
    position = 2
    try:
        while True:
            if data[position] != 0xFF:  # noqa: PLR2004 - T.81 B.1.1.2: every marker begins so
                raise RejectedError("platform.image_unsupported", "damaged")
            marker = data[position + 1]
            if marker == 0xFF:  # noqa: PLR2004 - fill byte
                position += 1
                continue
            if marker in _START_OF_FRAME:
                height, width = struct.unpack_from(">HH", data, position + 5)
                break
            (length,) = struct.unpack_from(">H", data, position + 2)
            position += 2 if marker in _MARKERS_WITHOUT_LENGTH else 2 + max(length, 2)
    except (struct.error, IndexError):
        raise RejectedError("platform.image_unsupported", "damaged") from None
    if not width or not height:
        raise RejectedError("platform.image_unsupported", "damaged")
    return ImageFacts(media_type="image/jpeg", width=width, height=height)
