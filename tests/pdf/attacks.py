"""Forgeries built from an honest sealed file, each by a function of the sealed bytes.

The attacker cannot sign as the signer, but may append, cut, move and overwrite; some also hold a certificate of their
own. Sources: Mladenov et al. 2019 (universal forgery, incremental saving, signature wrapping), Mainka et al. 2021
(shadow hide, replace, hide-and-replace), Rohlmann et al. 2021 (evil annotation), docs/threat-model.md T17.
"""

import re
from dataclasses import dataclass

BYTE_RANGE = re.compile(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]( *)")
ROOT = re.compile(rb"/Root (\d+) 0 R")
STARTXREF = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")


def byte_range(data: bytes) -> tuple[int, int, int, int]:
    found = BYTE_RANGE.search(data)
    assert found is not None
    return tuple(int(found[i]) for i in range(1, 5))  # type: ignore[return-value]


def object_text(data: bytes, number: int) -> bytes:
    """The last plain definition of an object, between obj and endobj."""
    matches = list(re.finditer(rb"(?<!\d)%d 0 obj\s*(.*?)\s*endobj" % number, data, re.DOTALL))
    assert matches, number
    return matches[-1][1]


def root_number(data: bytes) -> int:
    return int(ROOT.findall(data)[-1])


def size(data: bytes) -> int:
    return max(int(n) for n in re.findall(rb"/Size (\d+)", data))


@dataclass
class Update:
    """An incremental update with a classic cross-reference table, written by hand."""

    data: bytes

    def append(
        self, objects: dict[int, bytes], *, extra: bytes = b"", root: int | None = None, trailer: bytes = b""
    ) -> bytes:
        previous = int(STARTXREF.search(self.data)[1])  # type: ignore[index]
        out = bytearray(self.data)
        places = {}
        for number, text in sorted(objects.items()):
            places[number] = len(out)
            out += b"%d 0 obj\n%s\nendobj\n" % (number, text)
        out += extra
        start = len(out)
        out += b"xref\n"
        for number, place in places.items():
            out += b"%d 1\n%010d 00000 n \n" % (number, place)
        top = max([size(self.data), *(n + 1 for n in objects)])
        out += b"trailer\n<</Size %d /Root %d 0 R /Prev %d %s>>\nstartxref\n%d\n%%%%EOF\n" % (
            top,
            root or root_number(self.data),
            previous,
            trailer,
            start,
        )
        return bytes(out)


def stream(content: bytes) -> bytes:
    return b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content)


FAKE_TEXT = b"BT /F1 40 Tf 72 400 Td (price 1 yuan) Tj ET"


def page_number(data: bytes) -> int:
    return int(re.findall(rb"/Kids\s*\[\s*(\d+) 0 R", data)[0])


def fake_page_after_eof(data: bytes) -> bytes:
    """A whole page object after %%EOF that no cross-reference names, for readers that rebuild the table."""
    return data + b"%d 0 obj\n<</Type /Page /Parent 2 0 R /MediaBox [0 0 600 800]>>\nendobj\n" % page_number(data)


def fake_page_with_table(data: bytes) -> bytes:
    """Incremental saving: the page gets other content by a proper update."""
    page, new = page_number(data), size(data)
    text = re.sub(rb"/Contents (\d+ 0 R|\[[^\]]*\])", b"/Contents %d 0 R" % new, object_text(data, page))
    return Update(data).append({page: text, new: stream(FAKE_TEXT)})


def content_replaced(data: bytes) -> bytes:
    """Shadow replace: the stream behind the page's content is overwritten."""
    contents = re.search(rb"/Contents \[?\s*(\d+) 0 R", object_text(data, page_number(data)))
    assert contents
    return Update(data).append({int(contents[1]): stream(FAKE_TEXT)})


def annotation_added(data: bytes) -> bytes:
    """Evil annotation: a text box above the page."""
    page, new = page_number(data), size(data)
    text = object_text(data, page)
    note = b"<</Type /Annot /Subtype /FreeText /Rect [50 50 500 500] /Contents (price 1 yuan) /DA (/F1 40 Tf) /F 4>>"
    grown = re.sub(rb"/Annots \[([^\]]*)\]", lambda m: b"/Annots [%s %d 0 R]" % (m[1], new), text)
    assert grown != text
    return Update(data).append({page: grown, new: note})


def annotation_list_emptied(data: bytes) -> bytes:
    page = page_number(data)
    return Update(data).append({page: re.sub(rb"/Annots \[[^\]]*\]", b"/Annots []", object_text(data, page))})


def form_removed(data: bytes) -> bytes:
    """The catalog loses its form: readers that look only there see an unsigned file."""
    number = root_number(data)
    text = re.sub(rb"/AcroForm (\d+ 0 R|<<.*?>>)", b"", object_text(data, number), flags=re.DOTALL)
    return Update(data).append({number: text})


def form_emptied(data: bytes) -> bytes:
    form = int(re.search(rb"/AcroForm (\d+) 0 R", object_text(data, root_number(data)))[1])  # type: ignore[index]
    return Update(data).append({form: b"<</Fields []>>"})


def signature_value_removed(data: bytes) -> bytes:
    form = int(re.search(rb"/AcroForm (\d+) 0 R", object_text(data, root_number(data)))[1])  # type: ignore[index]
    field = int(re.search(rb"/Fields \[\s*(\d+) 0 R", object_text(data, form))[1])  # type: ignore[index]
    return Update(data).append({field: re.sub(rb"/V \d+ 0 R", b"", object_text(data, field))})


def other_root(data: bytes) -> bytes:
    """The trailer points to another catalog with another page tree, keeping the form."""
    n = size(data)
    form = re.search(rb"/AcroForm (\d+) 0 R", object_text(data, root_number(data)))
    assert form
    return Update(data).append(
        {
            n: b"<</Type /Catalog /Pages %d 0 R /AcroForm %s 0 R>>" % (n + 1, form[1]),
            n + 1: b"<</Type /Pages /Count 1 /Kids [%d 0 R]>>" % (n + 2),
            n + 2: b"<</Type /Page /Parent %d 0 R /MediaBox [0 0 600 800] /Contents %d 0 R>>" % (n + 1, n + 3),
            n + 3: stream(FAKE_TEXT),
        },
        root=n,
    )


def pages_hidden(data: bytes) -> bytes:
    """Shadow hide: the page tree is replaced."""
    pages = int(re.search(rb"/Pages (\d+) 0 R", object_text(data, root_number(data)))[1])  # type: ignore[index]
    return Update(data).append({pages: b"<</Type /Pages /Count 1 /Kids [%d 0 R]>>" % page_number(data)})


def objects_deleted(data: bytes) -> bytes:
    previous = int(STARTXREF.search(data)[1])  # type: ignore[index]
    contents = re.search(rb"/Contents \[?\s*(\d+) 0 R", object_text(data, page_number(data)))
    assert contents
    start = len(data)
    return (
        data
        + b"xref\n%s 1\n0000000000 00001 f \ntrailer\n<</Size %d /Root %d 0 R /Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
        % (
            contents[1],
            size(data),
            root_number(data),
            previous,
            start,
        )
    )


def empty_update(data: bytes) -> bytes:
    """An update that changes nothing yet carries hidden objects between its parts."""
    hidden = b"%d 0 obj\n<</Type /Page>>\nendobj\n" % page_number(data)
    return Update(data).append({root_number(data): object_text(data, root_number(data))}, extra=hidden)


def dss_with_page(data: bytes) -> bytes:
    """A validation data update that smuggles another page object in."""
    n = size(data)
    root = object_text(data, root_number(data))
    return Update(data).append(
        {
            root_number(data): root[: root.rindex(b">>")] + b"/DSS %d 0 R>>" % n,
            n: b"<</Type /DSS /Certs []>>",
            page_number(data): re.sub(
                rb"/MediaBox \[[^\]]*\]", b"/MediaBox [0 0 400 400]", object_text(data, page_number(data))
            ),
        }
    )


def dss_only(data: bytes) -> bytes:
    """The honest twin: validation data alone."""
    n = size(data)
    root = object_text(data, root_number(data))
    return Update(data).append(
        {
            root_number(data): root[: root.rindex(b">>")] + b"/DSS %d 0 R>>" % n,
            n: b"<</Type /DSS /Certs [%d 0 R]>>" % (n + 1),
            n + 1: stream(b"not a certificate"),
        }
    )


def hybrid_update(data: bytes) -> bytes:
    return Update(data).append({size(data): b"<</Type /DSS>>"}, trailer=b"/XRefStm 20 ")


def trailing_newline(data: bytes) -> bytes:
    return data + b"\n"


def trailing_eof(data: bytes) -> bytes:
    return data + b"%%EOF\n"


def trailing_startxref(data: bytes) -> bytes:
    return data + b"startxref\n%d\n%%%%EOF\n" % int(STARTXREF.search(data)[1])  # type: ignore[index]


def two_files(data: bytes) -> bytes:
    return data + data


def prefix_file(data: bytes) -> bytes:
    return data[:9] + b"%junk\n" + data[9:]


def with_range(data: bytes, *numbers: int) -> bytes:
    """Overwrite the ByteRange in place, keeping the file's length."""
    found = BYTE_RANGE.search(data)
    assert found
    text = b"/ByteRange [" + b" ".join(b"%d" % n for n in numbers) + b"]"
    return data[: found.start()] + text.ljust(found.end() - found.start()) + data[found.end() :]


def rename_key(data: bytes, old: bytes, new: bytes) -> bytes:
    assert len(old) == len(new)
    assert old in data
    return data.replace(old, new)


def contents_filled(data: bytes, hexdigits: bytes) -> bytes:
    _, first, second, _ = byte_range(data)
    return data[: first + 1] + hexdigits.ljust(second - first - 2, b"0") + data[second - 1 :]


def wrapped(data: bytes) -> bytes:
    """Signature wrapping: the signed second part is moved to the end, fake objects go between."""
    _, first, second, length = byte_range(data)
    fake = b"\n99 0 obj\n<</Type /Page>>\nendobj\n"
    moved = data[:second] + fake + data[second:]
    return with_range(moved, 0, first, second + len(fake), length)


def second_dictionary(data: bytes) -> bytes:
    """Another field whose signature dictionary repeats range and contents of the honest one."""
    n = size(data)
    _, first, second, _ = byte_range(data)
    found = BYTE_RANGE.search(data)
    assert found
    form = int(re.search(rb"/AcroForm (\d+) 0 R", object_text(data, root_number(data)))[1])  # type: ignore[index]
    text = object_text(data, form)
    grown = re.sub(rb"/Fields \[([^\]]*)\]", lambda m: b"/Fields [%s %d 0 R]" % (m[1], n), text)
    copy = b"<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached %s /Contents %s>>" % (
        found[0].strip(),
        data[first:second],
    )
    field = b"<</FT /Sig /T (Two) /Type /Annot /Subtype /Widget /Rect [0 0 0 0] /V %d 0 R>>" % (n + 1)
    return Update(data).append({form: grown, n: field, n + 1: copy})
