"""Finding words on the pages of an opened document, for placing seals on them.

Compared without spaces, case and width, for so bid documents are written: "投标人（盖章）" is found by "投标人(盖章)",
"法 定 代 表 人" without its spaces. Pages without any text, as scans are, are counted: not found there means nothing.
Source: Unicode NFKC (UAX #15).
"""

import ctypes
import itertools
import math
import sys
import unicodedata
from collections.abc import Iterator
from typing import Any

from desktop.documents.model import PageSize, TextHit

#: pdfium answers in whole device pixels; this many to the millimetre.
_PX_PER_MM = 100
#: Letters further apart than so many of their sizes stand in different lines.
_LEAP = 4.0
_Box = tuple[float, float, float, float]


def folded(text: str) -> str:
    """Return `text` as it is compared."""
    return "".join(_folded(character) for character in text)


def find_on_page(handle: Any, index: int, size: PageSize, words: str) -> tuple[tuple[TextHit, ...], bool]:
    """Return where `words` (folded) stand on a page, from top to bottom, and whether the page has any text."""
    page = handle[index]
    try:
        text_page = page.get_textpage()
        try:
            characters, owners = _characters(text_page)
            spans = _spans(characters, words)
            hits = tuple(_hit(page, text_page, index, size, owners[a:b]) for a, b in spans)
            return tuple(sorted(hits, key=lambda hit: (round(hit.top_mm), hit.left_mm))), bool(characters)
        finally:
            text_page.close()
    finally:
        page.close()


def _folded(character: str) -> str:
    kept = unicodedata.normalize("NFKC", character).casefold()
    return "".join(c for c in kept if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf"))


def _characters(text_page: Any) -> tuple[str, list[int]]:
    """Return the folded text of a page and, for each of its characters, the number of the one it comes from."""
    from pypdfium2 import raw

    text: list[str] = []
    owners: list[int] = []
    for number in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(text_page, number)
        for each in _folded(chr(code)) if 0 < code <= sys.maxunicode else "":
            text.append(each)
            owners.append(number)
    return "".join(text), owners


def _spans(text: str, words: str) -> Iterator[tuple[int, int]]:
    start = text.find(words) if words else -1
    while start >= 0:
        yield start, start + len(words)
        start = text.find(words, start + len(words))


def _hit(page: Any, text_page: Any, index: int, size: PageSize, owners: list[int]) -> TextHit:
    boxes = [_displayed(page, text_page, size, number) for number in dict.fromkeys(owners)]
    reach = _LEAP * max(max(b[2] - b[0], b[3] - b[1]) for b in boxes)
    leaps = (n for n, (one, other) in enumerate(itertools.pairwise(boxes), 1) if _distance(one, other) > reach)
    # Words that go on in the next line are where they begin.
    line = boxes[: next(leaps, len(boxes))]
    left, right = min(b[0] for b in line), max(b[2] for b in line)
    top, bottom = min(b[1] for b in line), max(b[3] for b in line)
    return TextHit(page_index=index, left_mm=left, top_mm=top, width_mm=right - left, height_mm=bottom - top)


def _distance(one: _Box, other: _Box) -> float:
    return math.hypot(one[0] + one[2] - other[0] - other[2], one[1] + one[3] - other[1] - other[3]) / 2


def _displayed(page: Any, text_page: Any, size: PageSize, number: int) -> _Box:
    """Return a character's box in mm on the page as displayed: left, top, right, bottom."""
    from pypdfium2 import raw

    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    raw.FPDFText_GetCharBox(text_page, number, left, right, bottom, top)
    corners = [_point(page, size, x.value, y.value) for x in (left, right) for y in (top, bottom)]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _point(page: Any, size: PageSize, x: float, y: float) -> tuple[float, float]:
    from pypdfium2 import raw

    across, down = ctypes.c_int(), ctypes.c_int()
    wide, high = round(size.width_mm * _PX_PER_MM), round(size.height_mm * _PX_PER_MM)
    raw.FPDF_PageToDevice(page, 0, 0, wide, high, 0, x, y, across, down)
    return across.value / _PX_PER_MM, down.value / _PX_PER_MM
