"""Structured append: tell a part of a multi-symbol message from a whole message.

zxing-cpp's Python binding reads such a part without a word about it, and a part taken for the whole text is a wrong
read. So the header is read here from the sampled modules: unmask, collect the codewords of the first block, correct
them (Reed-Solomon over GF(256)), look at the first twenty bits. Refuses (returns None) whatever cannot be corrected.

Source: ISO/IEC 18004:2015, 7.3 (codeword placement), 7.5 (Reed-Solomon), 7.8 (masks), 8 (structured append), table 9.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

_EC_PER_BLOCK = {
    "L": "7 10 15 20 26 18 20 24 30 18 20 24 26 30 22 24 28 30 28 28 28 28 30 30 26 28" + " 30" * 14,
    "M": "10 16 26 18 24 16 18 22 22 26 30 22 22 24 24 28 28 26 26 26 26" + " 28" * 19,
    "Q": "13 22 18 26 18 24 18 22 20 24 28 26 24 20 30 24 28 28 26 30 28 30 30 30 30 28" + " 30" * 14,
    "H": "17 28 22 16 22 28 26 26 24 28 24 28 22 24 24 30 28 28 26 28 30 24" + " 30" * 18,
}
_BLOCKS = {
    "L": "1 1 1 1 1 2 2 2 2 4 4 4 4 4 6 6 6 6 7 8 8 9 9 10 12 12 12 13 14 15 16 17 18 19 19 20 21 22 24 25",
    "M": "1 1 1 2 2 4 4 4 5 5 5 8 9 9 10 10 11 13 14 16 17 17 18 20 21 23 25 26 28 29 31 33 35 37 38 40 43 45 47 49",
    "Q": "1 1 2 2 4 4 6 6 8 8 8 10 12 16 12 17 16 18 21 20 23 23 25 27 29 34 34 35 38 40 43 45 48 51 53 56 59 62 65 68",
    "H": "1 1 2 4 4 4 5 6 8 8 11 11 16 16 18 16 19 21 25 25 25 34"
    " 30 32 35 37 40 42 45 48 51 54 57 60 63 66 70 74 77 81",
}
_STRUCTURED_APPEND = 0b0011
_FIRST_VERSION_WITH_VERSION_INFO = 7
_TIMING = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class SequencePart:
    """Place of a symbol in a structured-append message: `index` from 0, `count` symbols, `parity` of the whole text."""

    index: int
    count: int
    parity: int


def sequence_part(modules: "NDArray[np.bool_]", level: str, mask: int) -> SequencePart | None:
    """Return the structured-append header of a sampled symbol, or None when it is a whole message (or past repair).

    Args:
        modules: (n, n), True = dark, without quiet zone.
        level: error correction level "L", "M", "Q" or "H".
        mask: data mask 0..7 of the symbol.
    """
    block = corrected_first_block(modules, level, mask)
    if block is None or block[0] >> 4 != _STRUCTURED_APPEND:
        return None
    index, count = block[0] & 0x0F, (block[1] >> 4) + 1
    if count == 1 or index >= count:
        return None
    return SequencePart(index=index, count=count, parity=(block[1] & 0x0F) << 4 | block[2] >> 4)


def first_mode(modules: "NDArray[np.bool_]", mask: int) -> int:
    """Return the mode indicator as sampled, uncorrected: the four modules of the lower right corner."""
    n = modules.shape[0]
    value = 0
    for row, column in ((n - 1, n - 1), (n - 1, n - 2), (n - 2, n - 1), (n - 2, n - 2)):
        value = value << 1 | (bool(modules[row, column]) ^ _is_masked(mask, row, column))
    return value


def is_sequence_mode(mode: int) -> bool:
    """Tell whether a mode indicator announces structured append."""
    return mode == _STRUCTURED_APPEND


def corrected_first_block(modules: "NDArray[np.bool_]", level: str, mask: int) -> list[int] | None:
    """Return the data codewords of the first block after error correction, None when it has too many errors."""
    version = (modules.shape[0] - 17) // 4
    blocks = int(_BLOCKS[level].split()[version - 1])
    ec = int(_EC_PER_BLOCK[level].split()[version - 1])
    stream = _codewords(modules, version, mask)
    data = len(stream) // blocks - ec
    total_data = len(stream) - ec * blocks
    block = [stream[i * blocks] for i in range(data)] + [stream[total_data + i * blocks] for i in range(ec)]
    corrected = correct(block, ec)
    return None if corrected is None else corrected[:data]


def _codewords(modules: "NDArray[np.bool_]", version: int, mask: int) -> list[int]:
    reserved = function_modules(version)
    words: list[int] = []
    value = bits = 0
    for row, column in _placement(modules.shape[0]):
        if (row, column) in reserved:
            continue
        value = value << 1 | (bool(modules[row, column]) ^ _is_masked(mask, row, column))
        bits += 1
        if bits == 8:  # noqa: PLR2004 - bits of a codeword
            words.append(value)
            value = bits = 0
    return words


def _placement(size: int) -> "Iterator[tuple[int, int]]":
    upward = True
    right = size - 1
    while right > 0:
        if right == _TIMING:
            right -= 1
        for row in range(size - 1, -1, -1) if upward else range(size):
            yield row, right
            yield row, right - 1
        upward = not upward
        right -= 2


def function_modules(version: int) -> set[tuple[int, int]]:
    """Return the (row, column) of every module that holds no data: finders, timing, alignment, format, version."""
    n = version * 4 + 17
    reserved = {(_TIMING, i) for i in range(n)} | {(i, _TIMING) for i in range(n)}
    reserved |= {(row, column) for row in range(9) for column in range(9)}
    reserved |= {(row, column) for row in range(9) for column in range(n - 8, n)}
    reserved |= {(column, row) for row in range(9) for column in range(n - 8, n)}
    if version >= _FIRST_VERSION_WITH_VERSION_INFO:
        info = {(row, column) for row in range(6) for column in range(n - 11, n - 8)}
        reserved |= info | {(column, row) for row, column in info}
    centres = _alignment_centres(version, n)
    corners = {(6, 6), (6, n - 7), (n - 7, 6)}
    for row in centres:
        for column in centres:
            if (row, column) not in corners:
                reserved |= {(row + y, column + x) for y in range(-2, 3) for x in range(-2, 3)}
    return reserved


def _alignment_centres(version: int, n: int) -> list[int]:
    if version == 1:
        return []
    count = version // 7 + 2
    step = (version * 8 + count * 3 + 5) // (count * 4 - 4) * 2
    return [_TIMING, *sorted(n - 7 - i * step for i in range(count - 1))]


def _is_masked(mask: int, i: int, j: int) -> bool:
    """Apply condition `mask` of table 10 at row i, column j."""
    return (
        (i + j) % 2 == 0,
        i % 2 == 0,
        j % 3 == 0,
        (i + j) % 3 == 0,
        (i // 2 + j // 3) % 2 == 0,
        i * j % 2 + i * j % 3 == 0,
        (i * j % 2 + i * j % 3) % 2 == 0,
        ((i + j) % 2 + i * j % 3) % 2 == 0,
    )[mask]


def _gf_tables() -> tuple[list[int], list[int]]:
    exp, log = [0] * 512, [0] * 256
    x = 1
    for i in range(255):
        exp[i] = exp[i + 255] = x
        log[x] = i
        x = x << 1 ^ (0x11D if x & 0x80 else 0)
    return exp, log


_EXP, _LOG = _gf_tables()


def _mul(a: int, b: int) -> int:
    return 0 if a == 0 or b == 0 else _EXP[_LOG[a] + _LOG[b]]


def _div(a: int, b: int) -> int:
    return 0 if a == 0 else _EXP[_LOG[a] - _LOG[b] + 255]


def _value_at(low_first: "Sequence[int]", x: int) -> int:
    result = 0
    for coefficient in reversed(low_first):
        result = _mul(result, x) ^ coefficient
    return result


def correct(block: list[int], ec: int) -> list[int] | None:
    """Return `block` (data, then `ec` check codewords) with its errors repaired, None when there are too many."""
    low_first = block[::-1]
    syndromes = [_value_at(low_first, _EXP[i]) for i in range(ec)]
    if not any(syndromes):
        return block
    locator = _error_locator(syndromes)
    places = [p for p in range(len(block)) if _value_at(locator, _EXP[(255 - p) % 255]) == 0]
    if len(places) != len(locator) - 1:
        return None
    evaluator = [0] * ec
    for i, a in enumerate(locator):
        for j in range(ec - i):
            evaluator[i + j] ^= _mul(a, syndromes[j])
    derivative = [c if i % 2 else 0 for i, c in enumerate(locator)][1:]
    for p in places:
        inverse = _EXP[(255 - p) % 255]
        low_first[p] ^= _mul(_EXP[p], _div(_value_at(evaluator, inverse), _value_at(derivative, inverse)))
    if any(_value_at(low_first, _EXP[i]) for i in range(ec)):
        return None
    return low_first[::-1]


def _error_locator(syndromes: list[int]) -> list[int]:
    """Berlekamp-Massey: the shortest register that makes the syndromes, lowest coefficient first."""
    current, previous = [1], [1]
    length, gap, last = 0, 1, 1
    for n, syndrome in enumerate(syndromes):
        delta = syndrome
        for i in range(1, length + 1):
            delta ^= _mul(current[i] if i < len(current) else 0, syndromes[n - i])
        if delta == 0:
            gap += 1
            continue
        scale = _div(delta, last)
        shifted = [0] * gap + [_mul(scale, c) for c in previous]
        width = max(len(current), len(shifted))
        updated = [
            (current[i] if i < len(current) else 0) ^ (shifted[i] if i < len(shifted) else 0) for i in range(width)
        ]
        if 2 * length <= n:
            previous, length, last, gap = current, n + 1 - length, delta, 1
        else:
            gap += 1
        current = updated
    return current[: length + 1]
