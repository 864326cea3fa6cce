"""Attack: an update that pyHanko reads one way and every other reader another (threat T17, parser differentials)."""

from pathlib import Path

import pypdfium2
import pytest

from desktop.domain.operations import Verdict
from tests.attacks.test_pdf import Judge, judge, one_imprint, pki, png, sealed, sealer, signer, verify
from tests.pdf import attacks

__all__ = ["judge", "one_imprint", "pki", "png", "sealed", "sealer", "signer", "verify"]

SECOND_KEY = [
    b"/Pages %d 0 R", b"/P#61ges %d 0 R", b"/#50ages %d 0 R", b"%%x\r/Pages %d 0 R\n", b"/Pages null/Pages %d 0 R",
    b"/Pages\x00%d 0 R", b"/Pages\x0c%d 0 R",
]  # fmt: skip


def forged_pages(data: bytes) -> dict[int, bytes]:
    """A page tree that says what the attacker wants."""
    number = attacks.size(data)
    font = b"<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
    page = b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 595 842]/Resources%s/Contents %d 0 R>>" % (
        number,
        font,
        number + 2,
    )
    tree = b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (number + 1)
    return {number: tree, number + 1: page, number + 2: attacks.stream(attacks.FAKE_TEXT)}


def shown(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    try:
        return str(document[0].get_textpage().get_text_range())
    finally:
        document.close()


@pytest.mark.parametrize("entry", SECOND_KEY)
def test_t17_a_catalogue_with_a_second_page_tree_is_invalid(
    sealed: bytes, judge: Judge, tmp_path: Path, entry: bytes
) -> None:
    number, root = attacks.size(sealed), attacks.root_number(sealed)
    second = entry.replace(b"%d", b"%d" % number).replace(b"%%", b"%")
    text = attacks.object_text(sealed, root).rstrip()[:-2] + b" " + second + b">>"
    forged = attacks.Update(sealed).append({root: text, **forged_pages(sealed)})
    assert judge(forged).verdict is Verdict.INVALID
    assert "price 1 yuan" in shown(tmp_path / "attack.pdf"), "this attack shows nothing and proves nothing"


def test_t17_a_page_with_second_contents_is_invalid(sealed: bytes, judge: Judge) -> None:
    number, page = attacks.size(sealed), attacks.page_number(sealed)
    text = attacks.object_text(sealed, page).rstrip()[:-2] + b"/Contents %d 0 R>>" % number
    forged = attacks.Update(sealed).append({page: text, number: attacks.stream(attacks.FAKE_TEXT)})
    assert judge(forged).verdict is Verdict.INVALID


def test_t17_a_trailer_with_a_second_root_is_invalid(sealed: bytes, judge: Judge) -> None:
    number = attacks.size(sealed)
    forged = attacks.Update(sealed).append({number: b"<</Type/Catalog>>"}, trailer=b"/Root %d 0 R" % number)
    assert judge(forged).verdict is Verdict.INVALID


@pytest.mark.parametrize("twice", [False, True])
def test_t17_an_object_stream_may_hold_each_object_once(sealed: bytes, judge: Judge, *, twice: bool) -> None:
    number, root = attacks.size(sealed), attacks.root_number(sealed)
    # Evidence is what an unsigned update may bring.
    honest = attacks.object_text(sealed, root).rstrip()[:-2] + b"/DSS<</Type/DSS>>>>"
    parts = [(root, honest), (root if twice else number + 2, b"<</A 1>>")]
    header, body = b"", b""
    for name, text in parts:
        header += b"%d %d " % (name, len(body))
        body += text + b" "
    out = bytearray(sealed)
    places = {number: len(out)}
    out += b"%d 0 obj\n<</Type/ObjStm/N 2/First %d/Length %d>>\nstream\n%s\nendstream\nendobj\n" % (
        number, len(header), len(header) + len(body), header + body,
    )  # fmt: skip
    places[number + 1] = len(out)
    rows, index = b"", b""
    for name in sorted({*places, *(n for n, _ in parts)}):
        index += b"%d 1 " % name
        if name in places:
            rows += b"\x01" + places[name].to_bytes(4, "big") + b"\0"
        else:
            rows += b"\x02" + number.to_bytes(4, "big") + bytes([0 if name == root else 1])
    previous = int(attacks.STARTXREF.search(sealed)[1])  # type: ignore[index]
    out += b"%d 0 obj\n<</Type/XRef/Size %d/W[1 4 1]/Index[%s]/Root %d 0 R/Prev %d/Length %d>>\nstream\n" % (
        number + 1, number + 3, index, root, previous, len(rows),
    )  # fmt: skip
    out += rows + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % places[number + 1]
    assert judge(bytes(out)).verdict is (Verdict.INVALID if twice else Verdict.VALID)
