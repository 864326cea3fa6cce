"""Usage records as files: all that was asked for, as text and nothing but text, never in place of another file."""

import tempfile
import tracemalloc
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest
from openpyxl import load_workbook

from desktop.domain.errors import RejectedError, UnavailableError
from desktop.portal.records import UsageRecord
from desktop.services import export
from desktop.services.export import PAGE, ExportColumn, ExportForm, ExportKind, export_records

#: What records are exported to; the log has an export of its own.
RECORD_KINDS = (ExportKind.XLSX, ExportKind.PDF)
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
FORMULAS = ("=1+1", '=HYPERLINK("http://x","y")', "+1", "-2+3", "@SUM(A1)", "#N/A", "\t=1", "=cmd|' /C calc'!A0", "1e5")


def record(number: int, subject: str) -> UsageRecord:
    return UsageRecord(
        number=number,
        operation="seal",
        certificate_serial="0A1B2C3D4E5F60718293A4B5C6D7E8F901234567",
        user_name="张伟",
        subject=subject,
        result="done",
        ceremony="ab" * 32,
        organization_id="1",
        at=NOW - timedelta(minutes=number),
        received_at=NOW,
        row_hash="",
        has_evidence=True,
    )


class Shelf:
    """A platform with records of these subjects, the first the newest; counts what is asked for."""

    def __init__(self, *subjects: str, fails_at: int = -1) -> None:
        self.records = [record(len(subjects) - n, subject) for n, subject in enumerate(subjects)]
        self.asked: list[int | None] = []
        self.fails_at = fails_at

    def read(self, before: int | None) -> Sequence[UsageRecord]:
        if len(self.asked) == self.fails_at:
            raise UnavailableError("portal.unreachable")
        self.asked.append(before)
        return [r for r in self.records if before is None or r.number < before][:PAGE]


FORM = ExportForm(
    title="使用记录",
    notes=("江西测试建设有限公司", "=1+1 #panic()"),
    notes_title="说明",
    page="第 {page} 页",
    columns=(ExportColumn(heading="使用者", width_mm=30), ExportColumn(heading="文件或标段")),
    line=lambda r: (r.user_name, r.subject),
)


def cells(path: Path) -> list[tuple[str, str]]:
    """Each cell of the records as its kind and its text."""
    book = load_workbook(path)
    try:
        return [(str(cell.data_type), str(cell.value)) for row in book["使用记录"].iter_rows(min_row=2) for cell in row]
    finally:
        book.close()


def words(path: Path) -> str:
    """The text of all pages, without the marks at which long words may break."""
    pdf = pypdfium2.PdfDocument(path)
    try:
        texts = []
        for page in pdf:
            text = page.get_textpage()
            texts.append(text.get_text_range())
            text.close()
            page.close()
        return "\n".join(texts).replace("\u200b", "")
    finally:
        pdf.close()


@pytest.fixture
def own_temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files in which nothing may be left."""
    folder = tmp_path / "temp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


def test_xlsx_holds_every_record_of_all_pages_newest_first(tmp_path: Path, own_temp: Path) -> None:
    subjects = [f"文件{n}.pdf" for n in range(2 * PAGE + 1)]
    shelf = Shelf(*subjects)
    told: list[int] = []
    done = export_records(shelf.read, FORM, tmp_path / "记录.xlsx", kind=ExportKind.XLSX, report=told.append)
    assert (done.path, done.count) == (tmp_path / "记录.xlsx", len(subjects))
    assert [text for _kind, text in cells(done.path)][1::2] == subjects
    assert shelf.asked == [None, PAGE + 2, 2]
    assert told == [0, PAGE, 2 * PAGE, 2 * PAGE + 1]


def test_what_looks_like_a_formula_stays_text_in_xlsx(tmp_path: Path, own_temp: Path) -> None:
    done = export_records(Shelf(*FORMULAS).read, FORM, tmp_path / "a.xlsx", kind=ExportKind.XLSX)
    found = cells(done.path)[1::2]
    assert found == [("s", text.replace("\t", "\ufffd")) for text in FORMULAS]
    with zipfile.ZipFile(done.path) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/")]
        styles = archive.read("xl/styles.xml").decode()
    assert len(sheets) == 2
    assert not any("<f>" in sheet or "<f " in sheet for sheet in sheets)
    assert 'quotePrefix="1"' in styles


def test_pdf_holds_every_record_as_it_is_and_takes_nothing_for_markup(tmp_path: Path) -> None:
    hostile = ('#panic("x")', "$x$ *y* _z_", '"]}#{', "\\u{41}", *FORMULAS[:4])
    done = export_records(Shelf(*hostile).read, FORM, tmp_path / "a.pdf", kind=ExportKind.PDF)
    shown = words(done.path).replace("\r\n", "\n")
    assert done.count == len(hostile)
    for text in (*hostile, "江西测试建设有限公司", "=1+1 #panic()", "使用者", "第 1 页"):
        assert text in shown, text


def test_pdf_of_many_records_counts_its_pages_through(tmp_path: Path) -> None:
    subjects = [f"文件{n}号" for n in range(3 * PAGE)]
    done = export_records(Shelf(*subjects).read, FORM, tmp_path / "a.pdf", kind=ExportKind.PDF)
    shown = words(done.path)
    pdf = pypdfium2.PdfDocument(done.path)
    pages = len(pdf)
    pdf.close()
    assert all(subject in shown for subject in subjects)
    assert [n for n in range(1, pages + 2) if f"第 {n} 页" in shown] == list(range(1, pages + 1))
    assert pages > 3
    assert shown.count("江西测试建设有限公司") == 1


@pytest.mark.parametrize("kind", RECORD_KINDS)
def test_nothing_is_replaced(tmp_path: Path, kind: ExportKind) -> None:
    target = tmp_path / f"记录.{kind}"
    target.write_bytes(b"somebody's")
    done = export_records(Shelf("a").read, FORM, target, kind=kind)
    assert done.path == tmp_path / f"记录(2).{kind}"
    assert target.read_bytes() == b"somebody's"


@pytest.mark.parametrize("kind", RECORD_KINDS)
def test_cancelled_export_leaves_no_file(tmp_path: Path, own_temp: Path, kind: ExportKind) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    done: list[int] = []

    def check() -> None:
        if done and done[-1] >= PAGE:
            raise RejectedError("general.cancelled")

    shelf = Shelf(*map(str, range(5 * PAGE)))
    with pytest.raises(RejectedError, match=r"general\.cancelled"):
        export_records(shelf.read, FORM, folder / f"a.{kind}", kind=kind, report=done.append, check=check)
    assert list(folder.iterdir()) == []
    assert len(shelf.asked) <= 3  # the rest is not read any more


@pytest.mark.parametrize("kind", RECORD_KINDS)
def test_platform_that_goes_away_midway_leaves_no_half_file(tmp_path: Path, own_temp: Path, kind: ExportKind) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    shelf = Shelf(*map(str, range(3 * PAGE)), fails_at=2)
    with pytest.raises(UnavailableError, match=r"portal\.unreachable"):
        export_records(shelf.read, FORM, folder / f"a.{kind}", kind=kind)
    assert list(folder.iterdir()) == []


def test_folder_that_cannot_be_written_is_said_before_anything_is_read(tmp_path: Path) -> None:
    shelf = Shelf("a")
    with pytest.raises(UnavailableError, match=r"general\.file_unwritable"):
        export_records(shelf.read, FORM, tmp_path / "nowhere" / "a.xlsx", kind=ExportKind.XLSX)
    assert shelf.asked == []


def test_more_records_than_a_pdf_takes_go_into_several_each_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "PDF_ROWS", 150)
    subjects = [f"文件{n}号" for n in range(310)]
    done = export_records(Shelf(*subjects).read, FORM, tmp_path / "a.pdf", kind=ExportKind.PDF)
    assert [path.name for path in done.paths] == ["a.pdf", "a(2).pdf", "a(3).pdf"]
    assert (done.path, done.count) == (tmp_path / "a.pdf", 310)
    for number, path in enumerate(done.paths):
        shown = words(path)
        part = subjects[150 * number : 150 * (number + 1)]
        assert all(subject in shown for subject in part)
        assert "第 1 页" in shown
        assert "江西测试建设有限公司" in shown


def test_as_many_records_as_a_pdf_takes_make_no_empty_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "PDF_ROWS", 10)
    done = export_records(Shelf(*map(str, range(10))).read, FORM, tmp_path / "a.pdf", kind=ExportKind.PDF)
    assert done.paths == (tmp_path / "a.pdf",)
    assert export_records(Shelf().read, FORM, tmp_path / "b.pdf", kind=ExportKind.PDF).count == 0


def test_export_cancelled_in_its_second_pdf_leaves_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "PDF_ROWS", PAGE)
    done: list[int] = []

    def check() -> None:
        if (tmp_path / "a.pdf").exists() and done[-1] > PAGE:
            raise RejectedError("general.cancelled")

    shelf = Shelf(*map(str, range(3 * PAGE)))
    with pytest.raises(RejectedError, match=r"general\.cancelled"):
        export_records(shelf.read, FORM, tmp_path / "a.pdf", kind=ExportKind.PDF, report=done.append, check=check)
    assert list(tmp_path.iterdir()) == []


def test_a_large_table_is_never_in_memory_as_a_whole(tmp_path: Path) -> None:
    """The peak of twenty times as many records is not twice that of the few: rows go to the disk one by one."""

    def peak(count: int) -> int:
        shelf = Shelf(*("文件" + "x" * 200 for _ in range(count)))
        tracemalloc.start()
        export_records(shelf.read, FORM, tmp_path / f"{count}.xlsx", kind=ExportKind.XLSX)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(PAGE)  # the library is loaded
    assert peak(20 * PAGE) < 2 * peak(PAGE) + 1_000_000
