"""The decoder chain: frame → texts of the QR codes on it.

zxing-cpp on the frame as it is; then on variants of it (contrast equalised, twice as large, sharpened, smoothed,
halved); then WeChatQRCode; pyzbar last. The first stage that sees a symbol clearly ends the chain. Never a wrong read:
a reading that used up nearly all its error correction, or comes from a reader that does not tell, counts only when a
second stage says the same; two texts for one place cancel each other; a part of a multi-symbol message is not a text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import reduce
from operator import xor

from desktop.camera import variants
from desktop.camera.frames import Corners, Frame, check_frame
from desktop.camera.readers import Reader, Reading, WeChatReader, ZbarReader, ZxingReader
from desktop.camera.sequence import SequencePart
from desktop.camera.variants import MakeVariant, Variant

_SAFE_MARGIN = 0.1


class Effort(Enum):
    """How hard to try: FAST fits between two camera frames, FULL is for a picture of which there is only one."""

    FAST = "fast"
    FULL = "full"


_LONGEST_SIDE = {Effort.FAST: 1280, Effort.FULL: 4096}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedQr:
    """One QR code: its whole text; corners (x, y) in pixels of the frame, clockwise from the symbol's own top left."""

    text: str
    corners: Corners


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedPart:
    """One symbol of a message spread over several (structured append); `data` is only this symbol's share."""

    data: bytes
    corners: Corners
    part: SequencePart


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """Everything the chain made of a frame. `is_unclear`: a symbol was seen whose text is not to be trusted."""

    codes: tuple[DecodedQr, ...] = ()
    parts: tuple[DecodedPart, ...] = ()
    is_unclear: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stage:
    reader: Reader
    make: MakeVariant

    def run(self, source: Variant) -> list[Reading]:
        side = self.reader.longest_side
        variant = self.make(variants.limited(source, side))
        if variant is None or max(variant.gray.shape) > side:
            return []
        return [_unscaled(r, variant.scale) for r in self.reader.read(variant.gray)]


class QrDecoder:
    """The chain with its readers. Not thread-safe: one per thread (WeChatQRCode keeps state)."""

    def __init__(self, *, first: Reader | None = None, fallbacks: Sequence[Reader] | None = None) -> None:
        first = ZxingReader() if first is None else first
        self._first = _Stage(reader=first, make=variants.plain)
        self._retries = [
            *(_Stage(reader=first, make=make) for make in _RETRIES),
            *(
                _Stage(reader=reader, make=make)
                for reader in ((WeChatReader(), ZbarReader()) if fallbacks is None else fallbacks)
                for make in _FALLBACK_VARIANTS
            ),
        ]
        self._quick = [stage for stage in self._retries if stage.reader.is_quick]
        self._turn = 0

    def decode(self, frame: Frame, effort: Effort = Effort.FULL) -> list[DecodedQr]:
        """Return the whole texts on a frame, left to right; empty when there are none to be trusted."""
        return list(self.look(frame, effort).codes)

    def look(self, frame: Frame, effort: Effort = Effort.FULL) -> Sighting:
        """Return everything seen on a frame, message parts and unclear symbols too.

        FAST takes turns: each call tries the frame and one more quick stage, so that a few frames see them all.
        """
        check_frame(frame)
        source = variants.limited(variants.gray_of(frame), _LONGEST_SIDE[effort])
        readings: list[Reading] = []
        for stage in self._stages(effort):
            readings += stage.run(source)
            if readings and all(_is_settled(r, readings) for r in readings):
                break
        return _judge(readings)

    def _stages(self, effort: Effort) -> Iterator[_Stage]:
        yield self._first
        if effort is Effort.FULL:
            yield from self._retries
            return
        self._turn += 1
        yield self._quick[self._turn % len(self._quick)]


def decode_frame(frame: Frame, effort: Effort = Effort.FULL) -> list[DecodedQr]:
    """Return the whole texts on one frame (h, w, 3) uint8 BGR; keep a `QrDecoder` for many frames.

    Raises:
        MisuseError: not such an array.
    """
    return QrDecoder().decode(frame, effort)


def assemble(parts: Sequence[DecodedPart]) -> str | None:
    """Return the message that the parts make, None while one is missing or when their parity does not agree.

    Source: ISO/IEC 18004:2015, 8.3 (parity data is the XOR of all bytes of the message).
    """
    shares = {part.part.index: part.data for part in parts}
    heads = {(part.part.count, part.part.parity) for part in parts}
    if len(heads) != 1:
        return None
    count, parity = heads.pop()
    if sorted(shares) != list(range(count)):
        return None
    message = b"".join(shares[i] for i in range(count))
    if reduce(xor, message, 0) != parity:
        return None
    try:
        return message.decode("utf-8")
    except UnicodeDecodeError:
        return None


_RETRIES: tuple[MakeVariant, ...] = (
    variants.equalised,
    variants.doubled,
    variants.sharpened,
    variants.smoothed,
    variants.doubled_sharpened,
    variants.halved,
)
_FALLBACK_VARIANTS: tuple[MakeVariant, ...] = (variants.plain, variants.doubled, variants.inverted)


def _is_settled(reading: Reading, readings: list[Reading]) -> bool:
    """Tell whether more stages would add nothing: sure by itself, or said by two stages."""
    if reading.margin >= _SAFE_MARGIN:
        return True
    return reading.text is not None and sum(_says_the_same(reading, other) for other in readings) > 1


def _says_the_same(a: Reading, b: Reading) -> bool:
    return a.text == b.text and a.part == b.part


def _judge(readings: list[Reading]) -> Sighting:
    codes: list[DecodedQr] = []
    parts: list[DecodedPart] = []
    is_unclear = False
    for place in _by_place(readings):
        said = {(r.text, r.part) for r in place}
        best = max(place, key=lambda r: (r.part is not None, r.margin))
        if len(said) > 1 or not _is_settled(best, place):
            is_unclear = True
        elif best.part is not None:
            parts.append(DecodedPart(data=best.data, corners=best.corners, part=best.part))
        elif best.text is not None:
            codes.append(DecodedQr(text=best.text, corners=best.corners))
        else:
            is_unclear = True
    codes.sort(key=lambda code: code.corners[0])
    return Sighting(codes=tuple(codes), parts=tuple(parts), is_unclear=is_unclear)


def _by_place(readings: list[Reading]) -> list[list[Reading]]:
    """Group the readings of one symbol: centres closer than half a symbol's width."""
    places: list[list[Reading]] = []
    for reading in readings:
        for place in places:
            if _is_same_place(reading.corners, place[0].corners):
                place.append(reading)
                break
        else:
            places.append([reading])
    return places


def _is_same_place(a: Corners, b: Corners) -> bool:
    (ax, ay), (bx, by) = _centre(a), _centre(b)
    reach = max(abs(x - ax) + abs(y - ay) for x, y in a) / 2
    return abs(ax - bx) + abs(ay - by) < reach


def _centre(corners: Corners) -> tuple[float, float]:
    return sum(x for x, _ in corners) / 4, sum(y for _, y in corners) / 4


def _unscaled(reading: Reading, scale: float) -> Reading:
    a, b, c, d = ((x / scale, y / scale) for x, y in reading.corners)
    return replace(reading, corners=(a, b, c, d))
