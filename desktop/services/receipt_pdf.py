"""A receipt on paper: what it says, set by typst from words that the caller gives; the signed file is the proof.

Nothing is replaced: a name that is taken gets a number. All of it is data for the typesetter, never markup.
"""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from desktop.store.files import check_writable, write_new

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_TEMPLATE = r"""
#let d = json(bytes(sys.inputs.data))
#set document(title: d.title)
#set page(paper: "a4", margin: (x: 24mm, y: 24mm))
#set text(font: ("Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", "WenQuanYi Micro Hei", "SimSun"))
#set text(size: 10pt, cjk-latin-spacing: none)
#show regex("[!-~]{10}"): it => it + "\u{200b}"
#align(center, text(20pt, weight: "bold", d.title))
#v(10mm)
#table(
  columns: (36mm, 1fr),
  stroke: (x: none, y: 0.4pt + luma(205)),
  inset: (x: 4pt, y: 7pt),
  ..d.lines.map(l => (text(fill: luma(90), l.at(0)), l.at(1))).flatten()
)
#v(6mm)
#text(8pt, fill: luma(90), d.note)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptWords:
    """The words of the page: `lines` are pairs of a word and a fact."""

    title: str
    lines: tuple[tuple[str, str], ...]
    note: str


def write_receipt_pdf(words: ReceiptWords, target: Path) -> Path:
    """Write the page to `target` or the next free name like it.

    Raises:
        UnavailableError: the folder cannot be written.
    """
    import typst

    check_writable(target.parent)
    clean = ReceiptWords(
        title=_clean(words.title),
        lines=tuple((_clean(word), _clean(fact)) for word, fact in words.lines),
        note=_clean(words.note),
    )
    data = json.dumps(asdict(clean), ensure_ascii=False)
    return write_new(target, typst.compile(_TEMPLATE.encode(), sys_inputs={"data": data}, pdf_tags=False))


def _clean(text: str) -> str:
    return _UNPRINTABLE.sub("\ufffd", text)
