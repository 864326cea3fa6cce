"""T17: what is called valid is the same for every reader; whatever readers may see differently is never valid."""

import dataclasses
import io
import random
import re
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pikepdf import Pdf
from PIL import Image, ImageChops
from pyhanko.pdf_utils import generic

from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.signing.pdf import ImprintPlacement, PdfVerdict, finish, preparation, prepare
from desktop.signing.pdf.objects import array, dictionary, real
from desktop.signing.pdf.widgets import WidgetError, check_widgets
from tests.pdf import attacks, builders, differentials
from tests.pdf.attacks import Update
from tests.pdf.conftest import SAMPLES, Sealer, Verifier, phone_signs
from tests.pdf.pki import NOW, Holder, Pki

DPI = 50


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("differentials")


def mark(png: bytes, x: float) -> ImprintPlacement:
    return ImprintPlacement(page_index=0, x_mm=x, y_mm=30, width_mm=42, height_mm=42, png=png)


@pytest.fixture(scope="module")
def honest(folder: Path, pki: Pki, signer: Holder, png: bytes) -> bytes:
    source = builders.plain(folder / "a.pdf", pages=2)
    return Sealer(folder, pki, signer).seal(source, mark(png, 20), to="once.pdf").path.read_bytes()


@pytest.fixture(scope="module")
def accepted(folder: Path, honest: bytes, pki: Pki, png: bytes) -> dict[str, tuple[bytes, bytes]]:
    """Files that are valid, each with the earlier revision that it continues."""
    twice = Sealer(folder, pki, pki.leaf("李四")).seal(folder / "once.pdf", mark(png, 90), to="twice.pdf")
    linear = builders.plain(folder / "l.pdf", linearize=True)
    sealed = Sealer(folder, pki, pki.leaf()).seal(linear, mark(png, 20), to="l-sealed.pdf").path.read_bytes()
    return {
        "evidence": (honest, Update(honest).append(differentials.evidence(honest))),
        "packed_evidence": (honest, differentials.packed(honest)),
        "twice": (honest, twice.path.read_bytes()),
        "linearized_evidence": (sealed, Update(sealed).append(differentials.evidence(sealed))),
    }


@pytest.fixture
def judge(folder: Path, pki: Pki) -> Callable[[bytes], PdfVerdict]:
    def run(data: bytes) -> PdfVerdict:
        path = folder / "judged.pdf"
        path.write_bytes(data)
        return Verifier(pki)(path)

    return run


@pytest.mark.parametrize("name", differentials.ATTACKS)
def test_t17_file_that_readers_may_see_differently_is_never_valid_nor_unsigned(
    name: str, honest: bytes, judge: Callable[[bytes], PdfVerdict]
):
    forged = differentials.ATTACKS[name](honest)
    assert forged.startswith(honest)
    assert judge(forged).verdict in (Verdict.INVALID, Verdict.CANNOT_TELL)


@pytest.mark.parametrize("name", ["catalog_pages", "page_contents", "trailer_root", "xref_stream_root_twice"])
def test_t17_odd_update_of_a_linearized_file_is_not_valid(
    name: str, accepted: dict[str, tuple[bytes, bytes]], judge: Callable[[bytes], PdfVerdict]
):
    sealed, _ = accepted["linearized_evidence"]
    assert judge(sealed).verdict is Verdict.VALID
    assert judge(differentials.ATTACKS[name](sealed)).verdict in (Verdict.INVALID, Verdict.CANNOT_TELL)


def test_t17_key_twice_in_what_was_sealed_cannot_be_played_on_later(
    folder: Path, pki: Pki, png: bytes, judge: Callable[[bytes], PdfVerdict]
):
    """The forger is the author: readers differ on the page before the seal, and an update makes them agree."""
    raw = builders.plain(folder / "b.pdf", pages=2).read_bytes()
    number = int(re.findall(rb"/Kids\s*\[\s*\d+ 0 R\s+(\d+) 0 R", raw)[0])
    text = attacks.object_text(raw, number)
    twice = text.rstrip()[:-2] + b"/Contents %d 0 R>>" % attacks.size(raw)
    (folder / "b.pdf").write_bytes(Update(raw).append({number: twice, attacks.size(raw): attacks.stream(b"0 0 m")}))
    sealer = Sealer(folder, pki, pki.leaf())
    sealed = sealer.seal(folder / "b.pdf", mark(png, 20), to="b-sealed.pdf").path
    other = ImprintPlacement(page_index=1, x_mm=20, y_mm=30, width_mm=42, height_mm=42, png=png)
    again = sealer.seal(sealed, other, to="b-again.pdf").path
    assert judge(again.read_bytes()).verdict is Verdict.INVALID


def test_later_seal_of_somebody_else_is_remarked_on_and_of_the_same_person_is_not(
    folder: Path, pki: Pki, signer: Holder, png: bytes, accepted: dict[str, tuple[bytes, bytes]]
):
    verify = Verifier(pki)
    (folder / "once.pdf").write_bytes(accepted["twice"][0])
    (folder / "twice.pdf").write_bytes(accepted["twice"][1])
    other = verify(folder / "twice.pdf")
    assert other.verdict is Verdict.VALID
    assert [[r.code for r in s.reasons] for s in other.signatures] == [["verify.marked_after"], []]
    same = Sealer(folder, pki, signer).seal(folder / "once.pdf", mark(png, 90), to="same.pdf").path
    assert verify(same).verdict is Verdict.VALID
    assert not verify(same).reasons


@pytest.mark.parametrize(("width", "height"), [(209, 296), (91, 10), (10, 95), (65, 65)])
def test_t17_later_signature_larger_than_a_seal_makes_the_file_invalid(
    width: float, height: float, *, folder: Path, honest: bytes, pki: Pki, png: bytes
):
    (folder / "once.pdf").write_bytes(honest)
    large = ImprintPlacement(page_index=1, x_mm=0, y_mm=0, width_mm=width, height_mm=height, png=png)
    path = Sealer(folder, pki, pki.leaf("对手")).seal(folder / "once.pdf", large, to="large.pdf").path
    verdict = Verifier(pki)(path)
    assert verdict.verdict is Verdict.INVALID
    assert "verify.changed_after" in {r.code for r in verdict.signatures[0].reasons}


def test_claimed_time_in_the_future_cannot_be_told(folder: Path, pki: Pki, png: bytes):
    sealer = Sealer(folder, pki, pki.leaf())
    request = sealer.request(builders.plain(folder / "f.pdf"), mark(png, 20))
    verify = Verifier(pki)
    for minutes, expected in ((9, Verdict.VALID), (11, Verdict.CANNOT_TELL), (288_000, Verdict.CANNOT_TELL)):
        prepared = prepare(dataclasses.replace(request, signing_time=NOW + timedelta(minutes=minutes)))
        signature = phone_signs(sealer.signer, prepared.signed_attributes)
        verdict = verify(finish(prepared, signature, folder / "future.pdf").path)
        assert verdict.verdict is expected
        assert ["verify.claimed_future"] * (expected is not Verdict.VALID) == [r.code for r in verdict.reasons]


@pytest.mark.parametrize(("x", "y", "page", "covers"), [(61, 71, 0, True), (20, 30, 1, False), (62, 30, 0, False)])
def test_t17_mark_over_an_earlier_signature_is_refused_before_the_qr_and_never_valid(
    x: float,
    y: float,
    page: int,
    *,
    covers: bool,
    folder: Path,
    honest: bytes,
    pki: Pki,
    png: bytes,
    monkeypatch: pytest.MonkeyPatch,
):
    (folder / "once.pdf").write_bytes(honest)
    sealer = Sealer(folder, pki, pki.leaf("对手"))
    over = ImprintPlacement(page_index=page, x_mm=x, y_mm=y, width_mm=42, height_mm=42, png=png)
    if covers:
        with pytest.raises(RejectedError, match="imprint_covers_signature"):
            sealer.seal(folder / "once.pdf", over)
        monkeypatch.setattr(preparation, "_refuse_overlap", lambda *_: None)  # the attacker's program
    verdict = Verifier(pki)(sealer.seal(folder / "once.pdf", over, to="over.pdf").path)
    assert verdict.verdict is (Verdict.INVALID if covers else Verdict.VALID), verdict


def test_t17_marks_that_tile_a_page_are_refused():
    one = dictionary({"/Rect": array(real(v) for v in (0, 0, 170, 170)), "/F": generic.NumberObject(4)})
    two = dictionary({"/Rect": array(real(v) for v in (170, 0, 340, 170)), "/F": generic.NumberObject(4)})
    check_widgets([one])
    with pytest.raises(WidgetError):
        check_widgets([one, two])
    for flags in (2, 32, 1):
        hidden = dictionary({"/Rect": one["/Rect"], "/F": generic.NumberObject(flags)})
        with pytest.raises(WidgetError):
            check_widgets([hidden])


def pdfium(path: Path) -> list[Image.Image]:
    with pypdfium2.PdfDocument(path) as document:
        document.init_forms()
        return [page.render(scale=DPI / 72).to_pil().convert("RGB") for page in document]


def poppler(path: Path) -> list[Image.Image]:
    prefix = path.with_suffix("")
    for old in path.parent.glob(f"{prefix.name}-page-*.ppm"):
        old.unlink()
    subprocess.run(["pdftoppm", "-r", str(DPI), str(path), f"{prefix}-page"], check=True, capture_output=True)
    return [Image.open(p).convert("RGB") for p in sorted(path.parent.glob(f"{prefix.name}-page-*.ppm"))]


def same_but_for_the_seal(before: Image.Image, after: Image.Image, *, seal: bool) -> bool:
    """Compare pixels outside the second seal's place, x = 90 mm, y = 30 mm, 42 mm wide, with two pixels of edge."""
    assert before.size == after.size
    difference = ImageChops.difference(before, after)
    if seal:
        left, top, right, bottom = (round(v / 25.4 * DPI) for v in (90, 30, 132, 72))
        difference.paste((0, 0, 0), (left - 2, top - 2, right + 2, bottom + 2))
    return difference.getbbox() is None


@pytest.mark.parametrize("render", [pdfium, poppler])
@pytest.mark.parametrize("kind", ["evidence", "packed_evidence", "twice", "linearized_evidence"])
def test_valid_update_shows_the_sealed_pages_in_every_reader(
    kind: str,
    render: Callable[[Path], list[Image.Image]],
    folder: Path,
    accepted: dict[str, tuple[bytes, bytes]],
    judge: Callable[[bytes], PdfVerdict],
):
    before, after = accepted[kind]
    assert judge(after).verdict is Verdict.VALID, judge(after)
    pages = []
    for name, data in (("before.pdf", before), ("after.pdf", after)):
        (folder / name).write_bytes(data)
        pages.append(render(folder / name))
    assert len(pages[0]) == len(pages[1]) > 0
    for number, (old, new) in enumerate(zip(*pages, strict=True)):
        assert same_but_for_the_seal(old, new, seal=kind == "twice" and number == 0), number


@pytest.mark.parametrize("render", [pdfium, poppler])
@pytest.mark.parametrize("name", ["tracemonkey.pdf", "rotation.pdf", "form_two_pages.pdf"])
def test_sealed_sample_with_evidence_shows_the_same_pages_in_every_reader(
    name: str, render: Callable[[Path], list[Image.Image]], folder: Path, pki: Pki, png: bytes
):
    sealed = Sealer(folder, pki, pki.leaf()).seal(SAMPLES / name, mark(png, 20), to="s.pdf").path
    extended = folder / "e.pdf"
    extended.write_bytes(Update(sealed.read_bytes()).append(differentials.evidence(sealed.read_bytes())))
    assert Verifier(pki)(extended).verdict is Verdict.VALID, Verifier(pki)(extended)
    before, after = render(sealed), render(extended)
    assert len(before) == len(after) > 0
    assert all(same_but_for_the_seal(a, b, seal=False) for a, b in zip(before, after, strict=True))


KEYS = re.compile(rb"/[A-Za-z]+(?= )")


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.data())
def test_t17_key_repeated_or_comment_spliced_into_an_update_is_never_valid(
    data: st.DataObject, accepted: dict[str, tuple[bytes, bytes]], judge: Callable[[bytes], PdfVerdict]
):
    """Of validation data, whose update nobody signed, the table is corrected so that nothing but the splice is odd."""
    before, _ = accepted[data.draw(st.sampled_from(["evidence", "linearized_evidence"]))]
    objects = differentials.evidence(before)
    number = data.draw(st.sampled_from(sorted(objects)))
    text = objects[number]
    found = data.draw(st.sampled_from(list(KEYS.finditer(text))))
    splice = data.draw(
        st.sampled_from([found[0] + b" 1 ", found[0] + b" null ", b"%x\n", b"%x\r", b"\x00", b"/A null ", b"/#41 1 "])
    )
    objects[number] = text[: found.start()] + splice + text[found.start() :]
    assert judge(Update(before).append(objects)).verdict is not Verdict.VALID, (number, splice)


@pytest.mark.parametrize("seed", range(80))
def test_t17_any_piece_of_an_update_copied_changes_the_verdict_or_nothing(
    seed: int, accepted: dict[str, tuple[bytes, bytes]], judge: Callable[[bytes], PdfVerdict]
):
    rng = random.Random(seed)
    before, after = accepted[rng.choice(sorted(accepted))]
    at, to = (rng.randint(len(before) + 1, len(after) - 1) for _ in range(2))
    piece = after[at : at + rng.randint(1, 60)]
    forged = after[:to] + piece + after[to:]
    if judge(forged).verdict is Verdict.VALID:
        # One more blank in a trailer that nobody signed, or a higher /Size.
        assert to > after.rindex(b" obj"), (at, to, piece)
        assert shown(forged) == shown(after), (at, to, piece)


def shown(data: bytes) -> list[object]:
    """What qpdf finds: the catalog's and the pages' numbers, and the pages' contents."""
    with Pdf.open(io.BytesIO(data), attempt_recovery=False) as pdf:
        pages = [(page.objgen, page.Contents.read_bytes()) for page in pdf.pages]
        return [pdf.Root.objgen, pdf.Root.get("/DSS") is None, *pages]
