"""Opening a document: snapshot, facts, refusals, pictures."""

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.documents import DocumentWarning, open_document
from desktop.domain.errors import MisuseError, RejectedError, UnavailableError
from desktop.domain.problems import CATALOGUE
from desktop.signing.pdf import ImprintPlacement
from tests.pdf import builders
from tests.pdf.conftest import SAMPLES, Sealer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "snapshots"


def test_opened_document_is_a_private_copy_with_hash_and_page_sizes(tmp_path: Path, folder: Path):
    source = builders.plain(tmp_path / "招标文件.pdf", pages=3)
    original = source.read_bytes()
    with open_document(source, folder) as document:
        source.write_bytes(b"changed behind our back")
        facts = document.facts
        assert facts.snapshot.read_bytes() == original
        assert facts.sha256 == hashlib.sha256(original).digest()
        assert (facts.name, facts.size, len(facts.pages)) == ("招标文件.pdf", len(original), 3)
        assert facts.pages[0].width_mm == pytest.approx(210, abs=0.1)
        assert facts.pages[0].height_mm == pytest.approx(297, abs=0.1)
        assert (facts.signature_count, facts.warnings) == (0, ())
    assert not facts.snapshot.exists()


@pytest.mark.parametrize(("turn", "size"), [(0, (100, 200)), (90, (200, 100)), (180, (100, 200)), (270, (200, 100))])
def test_page_size_is_as_displayed_for_rotated_and_cropped_pages(
    turn: int, size: tuple[int, int], tmp_path: Path, folder: Path
):
    mm = 72 / 25.4
    crop = (50, 60, 50 + 100 * mm, 60 + 200 * mm)
    source = builders.plain(tmp_path / "a.pdf", change=builders.rotated(turn, crop))
    with open_document(source, folder) as document:
        page = document.facts.pages[0]
        assert (page.width_mm, page.height_mm) == pytest.approx(size, abs=0.1)
        picture = document.render_page(0, width_px=300)
        assert picture.width == 300
        assert picture.height == pytest.approx(300 * size[1] / size[0], abs=2)
        assert len(picture.pixels) >= picture.stride * (picture.height - 1) + picture.width * 3


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda p: builders.plain(p, change=builders.certified), "pdf.certified"),
        (lambda p: builders.plain(p, change=builders.xfa), "pdf.xfa"),
        (lambda p: builders.encrypted(p, user="secret"), "pdf.password_needed"),
        (lambda p: builders.encrypted(p, user=""), "pdf.encrypted"),
        (lambda p: (p.write_bytes(b""), p)[1], "pdf.not_a_pdf"),
        (lambda p: (p.write_bytes(b"PK\x03\x04 word document"), p)[1], "pdf.not_a_pdf"),
        (lambda p: (p.write_bytes(b"%PDF-1.7\nnothing more"), p)[1], "pdf.damaged"),
    ],
)
def test_document_that_cannot_be_sealed_is_refused_with_words_and_leaves_no_copy(
    make: Callable[[Path], Path], code: str, tmp_path: Path, folder: Path
):
    source = make(tmp_path / "a.pdf")
    with pytest.raises(RejectedError) as refusal:
        open_document(source, folder)
    assert refusal.value.code == code
    assert code in CATALOGUE
    assert list(folder.iterdir()) == []


def test_file_over_the_cap_is_refused(tmp_path: Path, folder: Path):
    source = builders.plain(tmp_path / "a.pdf")
    with pytest.raises(RejectedError, match="too_large"):
        open_document(source, folder, max_bytes=source.stat().st_size - 1)
    open_document(source, folder, max_bytes=source.stat().st_size).close()


def test_missing_file_and_folder_are_unavailable(tmp_path: Path, folder: Path):
    for path in (tmp_path / "none.pdf", tmp_path):
        with pytest.raises(UnavailableError, match="file_unreadable"):
            open_document(path, folder)


def test_scripts_are_a_warning(tmp_path: Path, folder: Path):
    with open_document(builders.plain(tmp_path / "a.pdf", change=builders.scripted), folder) as document:
        assert document.facts.warnings == (DocumentWarning.ACTIVE_CONTENT,)
    assert all(warning in CATALOGUE for warning in DocumentWarning)


def test_existing_signature_is_counted(tmp_path: Path, folder: Path, sealer: Sealer, one_imprint: ImprintPlacement):
    sealed = sealer.seal(builders.plain(tmp_path / "a.pdf"), one_imprint)
    with open_document(sealed.path, folder) as document:
        assert document.facts.signature_count == 1
        assert DocumentWarning.ALREADY_SIGNED in document.facts.warnings


def test_pages_can_be_drawn_by_several_threads_at_once(folder: Path):
    with open_document(SAMPLES / "pdkids.pdf", folder) as document:
        expected = document.render_page(3, width_px=120).pixels
        results: list[bool] = []
        threads = [
            threading.Thread(target=lambda: results.append(document.render_page(3, width_px=120).pixels == expected))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert results == [True] * 8


def test_closed_document_and_missing_page_are_misuse(tmp_path: Path, folder: Path):
    document = open_document(builders.plain(tmp_path / "a.pdf"), folder)
    with pytest.raises(MisuseError):
        document.render_page(1, width_px=100)
    document.close()
    document.close()
    with pytest.raises(MisuseError):
        document.render_page(0, width_px=100)
