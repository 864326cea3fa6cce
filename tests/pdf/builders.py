"""Small PDF files for tests, written by pikepdf or by hand."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf


def plain(path: Path, *, pages: int = 1, change: Callable[[Pdf], None] | None = None, **save: object) -> Path:
    """Write a document of A4 pages with a line each, after `change` had its way with it."""
    pdf = Pdf.new()
    for number in range(pages):
        pdf.add_blank_page(page_size=(595.276, 841.89))
        pdf.pages[number].Contents = pdf.make_stream(f"BT /F1 24 Tf 72 700 Td (page {number}) Tj ET".encode())
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        pdf.pages[number].Resources = Dictionary(Font=Dictionary(F1=font))
    if change is not None:
        change(pdf)
    pdf.save(path, **save)
    return path


def rotated(turn: int, crop: tuple[float, float, float, float] | None = None) -> Callable[[Pdf], None]:
    def change(pdf: Pdf) -> None:
        for page in pdf.pages:
            page.Rotate = turn
            if crop:
                page.CropBox = Array(crop)

    return change


def certified(pdf: Pdf) -> None:
    signature = pdf.make_indirect(
        Dictionary(
            Type=Name.Sig,
            Filter=Name("/Adobe.PPKLite"),
            SubFilter=Name("/adbe.pkcs7.detached"),
            Contents=b"0" * 20,
            ByteRange=Array([0, 1, 2, 3]),
            Reference=Array(
                [
                    Dictionary(
                        Type=Name.SigRef,
                        TransformMethod=Name.DocMDP,
                        TransformParams=Dictionary(Type=Name.TransformParams, P=1, V=Name("/1.2")),
                    )
                ]
            ),
        )
    )
    field = pdf.make_indirect(Dictionary(FT=Name.Sig, T="author", V=signature, Type=Name.Annot, Subtype=Name.Widget))
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]), SigFlags=3)
    pdf.Root.Perms = Dictionary(DocMDP=signature)


def xfa(pdf: Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=pdf.make_stream(b"<xdp/>"))


def scripted(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="app.alert(1)")


def encrypted(path: Path, *, user: str) -> Path:
    return plain(path, encryption=pikepdf.Encryption(owner="owner", user=user, R=6))


def to_bytes(pdf: Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def text_form(pdf: Pdf) -> None:
    field = pdf.make_indirect(
        Dictionary(
            FT=Name.Tx,
            T="price",
            V="100",
            DA="/Helv 12 Tf 0 g",
            Type=Name.Annot,
            Subtype=Name.Widget,
            Rect=Array([100, 600, 300, 620]),
            F=4,
        )
    )
    pdf.pages[0].Annots = Array([field])
    pdf.Root.AcroForm = pdf.make_indirect(Dictionary(Fields=Array([field]), DA="/Helv 12 Tf 0 g"))


def foreign_signature(name: str, *, in_form: bool) -> Callable[[Pdf], None]:
    """A signature of a format that we do not support, as other Chinese or older software writes it."""

    def change(pdf: Pdf) -> None:
        signature = pdf.make_indirect(
            Dictionary(
                Type=Name.Sig,
                Filter=Name("/GM.PKILite"),
                SubFilter=Name("/" + name),
                Contents=b"\x30\x03\x02\x01\x01",
                ByteRange=Array([0, 100, 200, 300]),
            )
        )
        field = pdf.make_indirect(
            Dictionary(FT=Name.Sig, T="seal", V=signature, Type=Name.Annot, Subtype=Name.Widget, Rect=[0, 0, 0, 0])
        )
        if in_form:
            pdf.Root.AcroForm = Dictionary(Fields=Array([field]), SigFlags=3)
        else:
            pdf.Root.Extra = Array([field])

    return change


def empty_signature_field(pdf: Pdf) -> None:
    seed = Dictionary(Type=Name.SV, SubFilter=Array([Name("/ETSI.CAdES.detached")]), Ff=0)
    field = pdf.make_indirect(
        Dictionary(FT=Name.Sig, T="sign here", SV=seed, Type=Name.Annot, Subtype=Name.Widget, Rect=[0, 0, 0, 0])
    )
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))


def rewrite(data: bytes, names: dict[bytes, bytes]) -> bytes:
    """Replace names in a plain file and write its cross-reference table anew."""
    body = data[: data.rindex(b"xref\n", 0, data.rindex(b"trailer"))]
    for old, new in names.items():
        assert old in body, old
        body = body.replace(old, new)
    trailer = data[data.rindex(b"trailer") : data.rindex(b"startxref")]
    numbers = [(int(m[1]), m.start()) for m in re.finditer(rb"(?m)^(\d+) 0 obj", body)]
    table = b"xref\n0 1\n0000000000 65535 f \n" + b"".join(b"%d 1\n%010d 00000 n \n" % entry for entry in numbers)
    return body + table + trailer + b"startxref\n%d\n%%%%EOF\n" % len(body)


def broken(path: Path, mark: bytes) -> Path:
    """A document whose last `mark` is misspelt."""
    data = plain(path).read_bytes()
    at = data.rindex(mark)
    path.write_bytes(data[:at] + b"X" * len(mark) + data[at + len(mark) :])
    return path


def hybrid(path: Path) -> Path:
    """A hybrid-reference file as Microsoft Word writes it: a table for old readers, /XRefStm for the rest."""
    data = plain(path, pages=2, object_stream_mode=pikepdf.ObjectStreamMode.generate).read_bytes()
    stream_at = int(data[data.rindex(b"startxref") + 9 :].split()[0])
    with Pdf.open(path) as pdf:
        root, top = pdf.Root.objgen[0], int(pdf.trailer.Size)
    places = {int(m[1]): m.start() for m in re.finditer(rb"(?m)^(\d+) 0 obj", data)}
    table = b"xref\n0 %d\n0000000000 65535 f \n" % top
    for number in range(1, top):
        table += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 00000 f \n"
    body = data[: data.rindex(b"startxref")]
    trailer = b"trailer\n<</Size %d /Root %d 0 R /XRefStm %d>>\n" % (top, root, stream_at)
    path.write_bytes(body + table + trailer + b"startxref\n%d\n%%%%EOF\n" % len(body))
    return path


def inherited_attributes(pdf: Pdf) -> None:
    """Boxes, rotation and resources stand in the page tree's root, with an origin that is not zero."""
    for page in pdf.pages:
        del page.obj["/MediaBox"]
        del page.obj["/Resources"]
    root = pdf.Root.Pages
    root.MediaBox, root.CropBox = Array([-100, -50, 400, 700]), Array([-80, -20, 380, 650])
    root.Rotate, root.Resources = 90, Dictionary(Font=Dictionary(), ColorSpace=Dictionary())


def bare_pages(pdf: Pdf) -> None:
    for page in pdf.pages:
        del page.obj["/Contents"]
        del page.obj["/Resources"]


def arrays_everywhere(pdf: Pdf) -> None:
    """Contents, annotations and form fields as indirect arrays, resources as indirect dictionaries."""
    for page in pdf.pages:
        page.Contents = pdf.make_indirect(Array([page.Contents, pdf.make_stream(b"0 0 m")]))
        page.Annots = pdf.make_indirect(Array([]))
        page.Resources = pdf.make_indirect(Dictionary(XObject=pdf.make_indirect(Dictionary())))
    pdf.Root.AcroForm = Dictionary(Fields=pdf.make_indirect(Array([])))


def metadata(pdf: Pdf) -> None:
    with pdf.open_metadata() as described:
        described["dc:title"] = "投标函"


def chinese_text(*lines: tuple[str, float, float]) -> Callable[[Pdf], None]:
    """Write lines (text, x, y in points) on every page, in a font that the reader has to provide."""

    def change(pdf: Pdf) -> None:
        font = Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name("/STSong-Light"),
            Encoding=Name("/UniGB-UTF16-H"),
            DescendantFonts=Array(
                [
                    Dictionary(
                        Type=Name.Font,
                        Subtype=Name.CIDFontType0,
                        BaseFont=Name("/STSong-Light"),
                        CIDSystemInfo=Dictionary(Registry="Adobe", Ordering="GB1", Supplement=4),
                        FontDescriptor=Dictionary(
                            Type=Name.FontDescriptor, FontName=Name("/STSong-Light"), Flags=6, ItalicAngle=0
                        ),
                    )
                ]
            ),
        )
        content = "".join(f"BT /F2 14 Tf {x} {y} Td <{text.encode('utf-16-be').hex()}> Tj ET\n" for text, x, y in lines)
        for page in pdf.pages:
            page.Contents = pdf.make_stream(content.encode())
            page.Resources = Dictionary(Font=Dictionary(F2=font))

    return change
