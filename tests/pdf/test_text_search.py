"""Words of a document are found where they are displayed: rotated, cropped, spaced out, full width; scans have none."""

from pathlib import Path

import pytest

from desktop.documents import TextSearch, open_document
from desktop.domain.errors import RejectedError
from tests.pdf import builders
from tests.pdf.conftest import SAMPLES

CROP = (40.0, 60.0, 500.0, 760.0)
PT = 72 / 25.4


def search(path: Path, folder: Path, words: str) -> TextSearch:
    with open_document(path, folder / "snapshots") as document:
        return document.find_text(words)


@pytest.mark.parametrize(
    ("turn", "crop", "expected"),
    [
        (0, None, (72, 842 - 700)),
        (90, None, (700, 72)),
        (180, None, (595 - 72, 700)),
        (270, None, (842 - 700, 595 - 72)),
        (0, CROP, (72 - 40, 760 - 700)),
        (90, CROP, (700 - 60, 72 - 40)),
        (180, CROP, (500 - 72, 700 - 60)),
        (270, CROP, (760 - 700, 500 - 72)),
    ],
)
def test_words_are_found_where_they_are_displayed(
    turn: int, crop: tuple[float, ...] | None, expected: tuple[float, float], tmp_path: Path
):
    source = builders.plain(tmp_path / "a.pdf", pages=2, change=builders.rotated(turn, crop))
    found = search(source, tmp_path, "page 1")
    (hit,) = found.hits
    assert hit.page_index == 1
    box = (hit.left_mm, hit.top_mm, hit.left_mm + hit.width_mm, hit.top_mm + hit.height_mm)
    x, y = (value / PT for value in expected)
    # Where the line begins on its base is a corner of the box, up to what hangs below it (p, g).
    assert min(abs(x - box[0]), abs(x - box[2])) < 2.5
    assert min(abs(y - box[1]), abs(y - box[3])) < 2.5
    long, short = 24 * 3.0 / PT, 24 * 0.9 / PT
    assert sorted((hit.width_mm, hit.height_mm)) == pytest.approx(sorted((long, short)), abs=3.5)
    assert found.pages_without_text == 0


def test_every_occurrence_is_found_in_reading_order(tmp_path: Path):
    found = search(SAMPLES / "tracemonkey.pdf", tmp_path, "TRACE tree")
    assert len(found.hits) > 10
    pages = [hit.page_index for hit in found.hits]
    assert pages == sorted(pages)


@pytest.mark.parametrize("words", ["投标人(盖章)", "投标人（盖章）", "投 标 人 ( 盖 章 )"])
@pytest.mark.parametrize("written", ["投标人（盖章）", "投标人(盖章)", "投 标 人 （ 盖 章 ）"])
def test_width_and_spaces_of_chinese_words_do_not_matter(words: str, written: str, tmp_path: Path):
    change = builders.chinese_text((written, 100, 300), ("法定代表人", 100, 250))
    source = builders.plain(tmp_path / "a.pdf", pages=2, change=change)
    found = search(source, tmp_path, words)
    assert [hit.page_index for hit in found.hits] == [0, 1]
    assert found.hits[0].top_mm == pytest.approx((842 - 300 - 12) / PT, abs=2.0)


def test_words_that_go_on_in_the_next_line_are_where_they_begin(tmp_path: Path):
    change = builders.chinese_text(("本页由投标人（盖", 400, 300), ("章）", 100, 280))
    source = builders.plain(tmp_path / "a.pdf", change=change)
    (hit,) = search(source, tmp_path, "投标人（盖章）").hits
    assert hit.left_mm == pytest.approx((400 + 3 * 14) / PT, abs=1.5)
    assert hit.width_mm == pytest.approx(5 * 14 / PT, abs=3.0)


def test_no_hit_and_no_words_are_empty_results(tmp_path: Path):
    source = builders.plain(tmp_path / "a.pdf")
    assert search(source, tmp_path, "没有这些字") == TextSearch(hits=(), pages_without_text=0)
    assert search(source, tmp_path, "  ") == TextSearch(hits=(), pages_without_text=0)


def test_pages_without_text_are_counted(tmp_path: Path):
    source = builders.plain(tmp_path / "scan.pdf", pages=3, change=builders.bare_pages)
    assert search(source, tmp_path, "page") == TextSearch(hits=(), pages_without_text=3)


def test_the_search_can_be_stopped_between_pages(tmp_path: Path):
    source = builders.plain(tmp_path / "a.pdf", pages=5)
    seen: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        seen.append((done, total))
        if done == 2:
            raise RejectedError("general.cancelled")

    with open_document(source, tmp_path / "s") as document, pytest.raises(RejectedError, match="cancelled"):
        document.find_text("page", on_page=stop)
    assert seen == [(0, 5), (1, 5), (2, 5)]
