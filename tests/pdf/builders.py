"""Small PDF files for tests, written by pikepdf or by hand."""

import io
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
