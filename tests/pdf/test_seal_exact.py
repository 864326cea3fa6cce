"""A prepared file is the source, exactly the chosen imprints and one signature field; nothing else changed."""

import itertools
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from pikepdf import Name, Pdf

from desktop.documents import open_document
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.signing.pdf import ImprintPlacement
from tests.pdf import builders, judges
from tests.pdf.conftest import SAMPLES, Sealer, Verifier, imprint_png
from tests.pdf.pki import AGREE, Pki, rsa_key


def placement(page: int, png: bytes, *, x: float = 20, y: float = 30, size: float = 40) -> ImprintPlacement:
    return ImprintPlacement(page_index=page, x_mm=x, y_mm=y, width_mm=size, height_mm=size, png=png)


def objects(path: Path) -> dict[int, bytes]:
    """Every object of a file by number, written out (streams with their raw data)."""
    with Pdf.open(path) as pdf:
        found = {}
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Stream):
                if thing.get("/Type") == Name.XRef:
                    continue
                found[thing.objgen[0]] = thing.read_raw_bytes() + thing.unparse(resolved=True)
            elif thing is not None and getattr(thing, "is_indirect", False):
                found[thing.objgen[0]] = thing.unparse(resolved=True)
        return found


def page_number(path: Path, index: int) -> int:
    with Pdf.open(path) as pdf:
        return pdf.pages[index].obj.objgen[0]


def root_number(path: Path) -> int:
    with Pdf.open(path) as pdf:
        return pdf.Root.objgen[0]


def test_update_changes_catalog_and_chosen_pages_and_adds_imprints_field_and_signature(
    tmp_path: Path, sealer: Sealer, png: bytes
):
    source = builders.plain(tmp_path / "a.pdf", pages=4)
    other = imprint_png(90)
    sealed = sealer.seal(source, placement(0, png), placement(1, png), placement(1, other, x=100), placement(3, png))
    before, after = objects(source), objects(sealed.path)
    assert sealed.path.read_bytes().startswith(source.read_bytes())
    changed = {n for n in before if before[n] != after[n]}
    assert changed == {root_number(source), *(page_number(source, i) for i in (0, 1, 3))}
    added = set(after) - set(before)
    # Two images with their masks, the fence q, two page stamps, form, field, appearance, signature.
    assert len(added) == 2 * 2 + 1 + 2 + 1 + 1 + 1 + 1
    with Pdf.open(source) as old, Pdf.open(sealed.path) as new:
        assert set(new.Root.keys()) - set(old.Root.keys()) <= {"/AcroForm", "/Version"}
        (field,) = new.Root.AcroForm.Fields
        assert (field.FT, field.V.Type) == (Name.Sig, Name.Sig)
        for index, keys in {0: {"/Annots"}, 1: {"/Contents", "/Resources"}, 3: {"/Contents", "/Resources"}}.items():
            was, now = old.pages[index].obj, new.pages[index].obj
            assert {k for k in {*was.keys(), *now.keys()} if k != "/Parent" and was.get(k) != now.get(k)} == keys
        for index in (1, 3):
            inner = new.pages[index].Contents[1]
            assert inner.read_bytes() == old.pages[index].Contents.read_bytes()
            assert new.pages[index].Contents[0].read_bytes().strip() == b"q"


def test_document_information_and_metadata_are_not_touched(
    tmp_path: Path, sealer: Sealer, one_imprint: ImprintPlacement
):
    def describe(pdf: Pdf) -> None:
        pdf.docinfo["/Title"] = "投标函"
        pdf.docinfo["/ModDate"] = "D:20200101000000Z"

    source = builders.plain(tmp_path / "a.pdf", change=describe)
    sealed = sealer.seal(source, one_imprint)
    with Pdf.open(source) as old, Pdf.open(sealed.path) as new:
        assert dict(old.docinfo) == dict(new.docinfo)


def test_same_imprint_on_all_pages_is_stored_once(sealer: Sealer, png: bytes, verify: Verifier):
    sealed = sealer.seal(SAMPLES / "pdkids.pdf", *(placement(page, png) for page in range(55)))
    with Pdf.open(sealed.path) as pdf:
        images = [o for o in pdf.objects if isinstance(o, pikepdf.Stream) and o.get("/SMask") is not None]
        assert sum(int(i.Width) == 120 and int(i.Height) == 120 for i in images) == 1
    assert verify(sealed.path).verdict is Verdict.VALID
    assert judges.qpdf_check(sealed.path)[0] == 0


def red_box(path: Path, folder: Path, page: int) -> tuple[float, float, float, float, float]:
    """Render a page and return the red pixels' box in mm (left, top, right, bottom) and where the top mark is."""
    with open_document(path, folder) as document:
        size = document.facts.pages[page]
        picture = document.render_page(page, width_px=round(size.width_mm * 4))
    per_mm = picture.width / size.width_mm
    rows = np.frombuffer(picture.pixels, np.uint8)[: picture.stride * picture.height].reshape(picture.height, -1)
    rgb = rows[:, : picture.width * 3].reshape(picture.height, picture.width, 3)
    ys, xs = np.nonzero((rgb[:, :, 0] > 120) & (rgb[:, :, 1] < 90))
    box = (xs.min() / per_mm, ys.min() / per_mm, (xs.max() + 1) / per_mm, (ys.max() + 1) / per_mm)
    upper_middle = (abs(xs - (xs.min() + xs.max()) / 2) < 2) & (ys < (ys.min() + ys.max()) / 2)
    return (*box, ys[upper_middle].max() / per_mm - box[1])


@pytest.mark.parametrize("turn", [0, 90, 180, 270, 450, -90])
@pytest.mark.parametrize("crop", [None, (40.0, 60.0, 500.0, 700.0)])
@pytest.mark.parametrize("way", ["widget", "content"])
def test_imprint_lands_upright_at_its_millimetres_on_rotated_and_cropped_pages(
    turn: int, crop: tuple[float, ...] | None, way: str, sealer: Sealer, png: bytes
):
    source = builders.plain(sealer.folder / "a.pdf", pages=2, change=builders.rotated(turn, crop))
    first = placement(1, png, x=5, y=5, size=10)
    wanted = placement(0, png, x=60, y=25, size=42)
    sealed = sealer.seal(source, *((wanted, first) if way == "widget" else (first, wanted)))
    left, top, right, bottom, mark = red_box(sealed.path, sealer.folder / "snapshots", 0)
    margin = 42 * 4 / 120  # the ring in the picture begins a little inside its edge
    assert (left, top, right, bottom) == pytest.approx((60 + margin, 25 + margin, 102 - margin, 67 - margin), abs=0.8)
    assert mark == pytest.approx(42 * 26 / 120, abs=1.5)


@pytest.mark.parametrize(
    "content",
    [b"q 0.1 0 0 0.1 0 0 cm", b"q q 3 0 0 3 50 50 cm 0 g", b"(q q \\( ) pop q 2 0 0 2 0 0 cm (a\\))", b"Q Q q"],
)
def test_content_that_leaves_its_graphics_state_open_does_not_move_the_imprint(
    content: bytes, tmp_path: Path, sealer: Sealer, png: bytes
):
    def leave_open(pdf: Pdf) -> None:
        pdf.pages[0].Contents = pdf.make_stream(content)

    source = builders.plain(tmp_path / "a.pdf", pages=2, change=leave_open)
    sealed = sealer.seal(source, placement(1, png), placement(0, png, x=60, y=25, size=42))
    left, top, *_ = red_box(sealed.path, tmp_path / "snapshots", 0)
    assert (left, top) == pytest.approx((61.4, 26.4), abs=0.8)


def test_shared_resources_of_other_pages_stay_as_they_are(tmp_path: Path, sealer: Sealer, png: bytes):
    def share(pdf: Pdf) -> None:
        shared = pdf.make_indirect(pdf.pages[0].Resources)
        for page in pdf.pages:
            page.Resources = shared

    source = builders.plain(tmp_path / "a.pdf", pages=3, change=share)
    sealed = sealer.seal(source, placement(0, png), placement(1, png))
    with Pdf.open(sealed.path) as pdf:
        assert "/XObject" not in pdf.pages[2].Resources
        assert "/F1" in pdf.pages[1].Resources.Font


STRUCTURES: dict[str, Callable[[Path], Path]] = {
    "table": lambda p: builders.plain(p, pages=2),
    "streams": lambda p: builders.plain(p, pages=2, object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "linearized": lambda p: builders.plain(p, pages=2, linearize=True),
    "hybrid": builders.hybrid,
    "pdf_2.0": lambda p: builders.plain(p, pages=2, force_version="2.0"),
    "pdf_1.2": lambda p: builders.plain(p, pages=2, force_version="1.2"),
    "form": lambda p: builders.plain(p, pages=2, change=builders.text_form),
    "inherited": lambda p: builders.plain(p, pages=2, change=builders.inherited_attributes),
    "bare": lambda p: builders.plain(p, pages=2, change=builders.bare_pages),
    "arrays": lambda p: builders.plain(p, pages=2, change=builders.arrays_everywhere),
    "metadata": lambda p: builders.plain(p, pages=2, change=builders.metadata),
    "empty_field": lambda p: builders.plain(p, pages=2, change=builders.empty_signature_field),
    "no_newline": lambda p: rewritten(p, bytes.rstrip),
    "blank_tail": lambda p: rewritten(p, lambda data: data + b"\r\n\r\n"),
    "html_tail": lambda p: rewritten(p, lambda data: data + b"<html>proxy</html>\n" * 20),
}


def rewritten(path: Path, change: Callable[[bytes], bytes]) -> Path:
    path.write_bytes(change(builders.plain(path, pages=2).read_bytes()))
    return path


@pytest.mark.parametrize("kind", STRUCTURES)
def test_every_honest_file_structure_seals_and_verifies_twice(
    kind: str, sealer: Sealer, verify: Verifier, png: bytes, pki: Pki
):
    source = STRUCTURES[kind](sealer.folder / "a.pdf")
    once = sealer.seal(source, placement(0, png, size=20), placement(1, png), placement(0, png, x=70)).path
    twice = sealer.seal(once, placement(1, png, x=90), signer=pki.leaf("李四"), to="twice.pdf").path
    for count, path in ((1, once), (2, twice)):
        verdict = verify(path)
        assert verdict.verdict is Verdict.VALID, verdict
        report = judges.pdfsig(path)
        assert report.count("Signature is Valid") == count
        assert "Total document signed" in report
        assert all(status.bottom_line for status in judges.pyhanko(path, pki))
        assert judges.qpdf_check(path)[0] == 0


def test_inherited_boxes_and_rotation_place_the_imprint_right(tmp_path: Path, sealer: Sealer, png: bytes):
    source = builders.plain(tmp_path / "a.pdf", pages=2, change=builders.inherited_attributes)
    sealed = sealer.seal(source, placement(1, png), placement(0, png, x=60, y=25, size=42))
    left, top, right, bottom, mark = red_box(sealed.path, tmp_path / "snapshots", 0)
    assert (left, top, right, bottom) == pytest.approx((61.4, 26.4, 100.6, 65.6), abs=0.8)
    assert mark == pytest.approx(42 * 26 / 120, abs=1.5)
    with Pdf.open(sealed.path) as pdf:
        assert set(pdf.pages[0].Resources.keys()) == {"/Font", "/ColorSpace", "/XObject"}


def test_source_with_a_size_too_small_keeps_all_its_objects(sealer: Sealer, png: bytes, verify: Verifier):
    source = builders.plain(sealer.folder / "a.pdf", pages=3)
    data = source.read_bytes()
    size = re.search(rb"/Size (\d+)", data)
    assert size
    source.write_bytes(data.replace(size[0], b"/Size 3".ljust(len(size[0]))))
    before = objects(builders.plain(sealer.folder / "b.pdf", pages=3))
    sealed = sealer.seal(source, placement(0, png), placement(1, png))
    assert verify(sealed.path).verdict is Verdict.VALID
    with open_document(sealed.path, sealer.folder / "snapshots") as document:
        assert len(document.facts.pages) == 3
    after = objects(sealed.path)
    kept = {n for n in before if after.get(n) == before[n]}
    assert set(before) - kept == {root_number(source), page_number(source, 0), page_number(source, 1)}


@pytest.mark.parametrize("bits", [2048, 3072])
def test_rsa_certificates_seal_too(
    bits: int, sealer: Sealer, verify: Verifier, one_imprint: ImprintPlacement, pki: Pki
):
    signer = pki.leaf(key=rsa_key(bits))
    sealed = sealer.seal(SAMPLES / "tracemonkey.pdf", one_imprint, signer=signer)
    assert verify(sealed.path).verdict is Verdict.VALID
    assert "Signature is Valid" in judges.pdfsig(sealed.path)
    assert judges.pyhanko(sealed.path, pki)[0].bottom_line


def test_without_imprint_the_signature_is_invisible_and_valid(tmp_path: Path, sealer: Sealer, verify: Verifier):
    sealed = sealer.seal(builders.plain(tmp_path / "a.pdf"))
    assert verify(sealed.path).verdict is Verdict.VALID
    assert "Signature is Valid" in judges.pdfsig(sealed.path)


def test_further_seals_follow_as_revisions_and_all_stay_valid(
    tmp_path: Path, sealer: Sealer, verify: Verifier, png: bytes, pki: Pki
):
    path = builders.plain(tmp_path / "a.pdf", pages=2)
    signers = [pki.leaf("张三"), pki.leaf("李四", key=rsa_key()), pki.leaf("王五")]
    for number, signer in enumerate(signers):
        where = placement(number % 2, png, x=10 + 45 * number)
        path = sealer.seal(path, where, signer=signer, to=f"sealed{number}.pdf").path
    verdict = verify(path)
    assert verdict.verdict is Verdict.VALID
    assert [s.signer for s in verdict.signatures] == ["张三", "李四", "王五"]
    assert [s.covers_whole_file for s in verdict.signatures] == [False, False, True]
    revisions = [s.revision for s in verdict.signatures]
    assert all(b - a == 1 for a, b in itertools.pairwise(revisions))
    assert judges.pdfsig(path).count("Signature is Valid") == 3
    assert all(status.bottom_line for status in judges.pyhanko(path, pki))


@pytest.mark.parametrize("signed_by", ["us", "GM.sm2seal"])
def test_several_imprints_on_a_signed_file_are_refused_because_its_pages_must_not_change(
    signed_by: str, sealer: Sealer, png: bytes
):
    source = sealer.folder / "a.pdf"
    if signed_by == "us":
        source = sealer.seal(builders.plain(source), placement(0, png)).path
    else:
        builders.plain(source, change=builders.foreign_signature(signed_by, in_form=True))
    with pytest.raises(RejectedError, match="signed_one_imprint"):
        sealer.prepare(source, placement(0, png), placement(0, png, x=90))
    sealer.prepare(source, placement(0, png, x=90)).discard()


def test_encryption_certificate_cannot_be_prepared_for(sealer: Sealer, one_imprint: ImprintPlacement, pki: Pki):
    with pytest.raises(RejectedError, match="certificate_cannot_sign"):
        sealer.prepare(SAMPLES / "tracemonkey.pdf", one_imprint, signer=pki.leaf(key_usage=AGREE))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"x_mm": 190.0}, "pdf.imprint_outside_page"),
        ({"y_mm": -5.0}, "pdf.imprint_outside_page"),
        ({"width_mm": 0.0}, "pdf.imprint_outside_page"),
        ({"x_mm": float("nan")}, "pdf.imprint_outside_page"),
        ({"height_mm": float("inf")}, "pdf.imprint_outside_page"),
        ({"page_index": 2}, "pdf.page_missing"),
        ({"page_index": -1}, "pdf.page_missing"),
        ({"png": b"GIF89a"}, "pdf.imprint_unreadable"),
        ({"png": b"\x89PNG\r\n\x1a\n" + b"\0" * 40}, "pdf.imprint_unreadable"),
    ],
)
def test_impossible_placement_is_refused_and_leaves_nothing(
    change: dict[str, object], code: str, tmp_path: Path, sealer: Sealer, png: bytes
):
    source = builders.plain(tmp_path / "a.pdf", pages=2)
    values = {"page_index": 0, "x_mm": 20.0, "y_mm": 30.0, "width_mm": 42.0, "height_mm": 42.0, "png": png}
    with pytest.raises(RejectedError) as refusal:
        sealer.prepare(source, ImprintPlacement(**{**values, **change}))
    assert refusal.value.code == code
    assert list((sealer.folder / "work").iterdir()) == []
