"""Usage records as a file: an xlsx table or a PDF, read from the platform page by page and written as a new file.

Nothing is replaced: a name that is taken gets a number. What was cancelled or interrupted leaves no file. Text stays
text: a cell that begins with = + - or @ is stored as a string and marked as such, so that no program takes it for a
formula; in the PDF all of it is data, never markup. Source: OWASP, CSV injection; ECMA-376 part 1, 18.3.1.4.

Memory is bounded whatever the number of records: a table goes row by row to the disk, and a PDF is given up to
`PDF_ROWS` records, then the next one begins.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, islice
from pathlib import Path
from typing import Any

from desktop.portal.api import PlatformApi, UsageFilter
from desktop.portal.records import UsageRecord
from desktop.store.files import check_writable, write_new, write_new_with

PAGE = 200
#: What one run of the typesetter takes: it keeps ten times as much in its cache, and cannot be stopped within.
_SECTION = 250
_SHEET_ROWS = 1_000_000
#: The pages of a PDF are joined in memory; more records than these go into further files.
PDF_ROWS = 10_000
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_WIDTH_PER_MM = 0.55

Line = tuple[str, ...]
#: Gives the next `PAGE` records older than the one with this number (None: the newest), fewer only at the end.
ReadPage = Callable[[int | None], Sequence[UsageRecord]]


class ExportKind(StrEnum):
    """What kind of file; the value is its suffix without the dot. The platform's log is written by `log_export`."""

    XLSX = "xlsx"
    PDF = "pdf"
    LOG = "bidlog"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportColumn:
    """A column; `width_mm` 0 takes the room that is left on the PDF's sheet."""

    heading: str
    width_mm: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportForm:
    """The words of an export: `line` writes a record, `notes` say what was asked for, `page` has a `{page}`."""

    title: str
    notes: tuple[str, ...]
    notes_title: str
    page: str
    columns: tuple[ExportColumn, ...]
    line: Callable[[UsageRecord], Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written: the first file, all of them in order, and how many records are in them together."""

    path: Path
    count: int
    paths: tuple[Path, ...] = ()


def export_records(
    read: ReadPage,
    form: ExportForm,
    target: Path,
    *,
    kind: ExportKind,
    report: Callable[[int], None] = lambda _done: None,
    check: Callable[[], None] = lambda: None,
) -> Exported:
    """Write all records that `read` gives, newest first, to `target` or the next free name like it.

    `report` hears how many are read; `check` raises to cancel.

    Raises:
        RejectedError: what `check` raises, or the platform refuses.
        UnavailableError: the platform or the folder cannot be reached; nothing was written.
    """
    check_writable(target.parent)
    count = 0

    def lines() -> Iterator[Line]:
        nonlocal count
        for record in _all_records(read):
            if count % PAGE == 0:
                check()
                report(count)
            count += 1
            yield tuple(_UNPRINTABLE.sub("\ufffd", text) for text in form.line(record))
        report(count)

    write = {ExportKind.XLSX: _xlsx, ExportKind.PDF: _pdfs}[kind]
    paths = write(form, lines(), target, check)
    return Exported(path=paths[0], count=count, paths=paths)


def pages_of(api: PlatformApi, wanted: UsageFilter) -> ReadPage:
    """Return how to read the records that `wanted` lets through."""
    return lambda before: api.usage_records(wanted, limit=PAGE, before=before)


def _all_records(read: ReadPage) -> Iterator[UsageRecord]:
    """Read page after page; never holds more than one."""
    before: int | None = None
    while True:
        page = read(before)
        yield from page
        if len(page) < PAGE:
            return
        before = page[-1].number


# -- xlsx --------------------------------------------------------------------------------------------------------------


def _xlsx(form: ExportForm, lines: Iterable[Line], target: Path, check: Callable[[], None]) -> tuple[Path, ...]:
    """The library keeps each sheet in a temporary file, a row at a time."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    try:
        sheet = _sheet(book, form)
        for number, line in enumerate(lines):
            if number and number % _SHEET_ROWS == 0:
                sheet = _sheet(book, form)
            sheet.append([_text(sheet, text) for text in line])
        notes = book.create_sheet(form.notes_title)
        notes.column_dimensions["A"].width = 100
        for note in (form.title, *form.notes):
            notes.append([_text(notes, note)])
        check()
        return (write_new_with(target, book.save),)
    except BaseException:
        for each in book.worksheets:
            _abandon(each)
        raise


def _sheet(book: Any, form: ExportForm) -> Any:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(form.title)
    sheet.freeze_panes = "A2"
    for number, column in enumerate(form.columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = (column.width_mm or 90) * _WIDTH_PER_MM
    heads = [_text(sheet, column.heading) for column in form.columns]
    for head in heads:
        head.font = Font(bold=True)
    sheet.append(heads)
    return sheet


def _text(sheet: Any, text: str) -> Any:
    """Return a cell that is text, whatever it looks like; the mark keeps it so when somebody edits it."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    cell.number_format = "@"
    cell.quotePrefix = True
    return cell


def _abandon(sheet: Any) -> None:
    """Remove the temporary file of a sheet that will not be saved; else it would lie there until the program ends."""
    if not sheet.closed:
        sheet.close()
        sheet._writer.cleanup()  # noqa: SLF001 - the library has no public way to give up a sheet


# -- PDF ---------------------------------------------------------------------------------------------------------------

_TEMPLATE = r"""
#let d = json(bytes(sys.inputs.data))
#set document(title: d.title)
#set page(paper: "a4", flipped: true, margin: (x: 15mm, top: 14mm, bottom: 16mm),
  footer: context align(center, text(7pt, fill: luma(90), d.page.replace("{page}", str(counter(page).get().first())))))
#set text(font: ("Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", "WenQuanYi Micro Hei", "SimSun"))
#set text(size: 8pt, cjk-latin-spacing: none)
#show regex("[!-~]{10}"): it => it + "\u{200b}"
#counter(page).update(d.first)
#if d.first == 1 [
  #block(below: 9pt, text(15pt, weight: "bold", d.title))
  #for note in d.notes { block(above: 5pt, below: 5pt, text(8pt, fill: luma(90), note)) }
]
#table(
  columns: d.widths.map(w => if w == 0 { 1fr } else { w * 1mm }),
  stroke: (x: none, y: 0.4pt + luma(205)),
  inset: (x: 4pt, y: 4.5pt),
  fill: (_, y) => if y == 0 { luma(240) },
  table.header(..d.heads.map(h => text(weight: "bold", h))),
  ..d.rows.flatten()
)
"""


def _pdfs(form: ExportForm, lines: Iterable[Line], target: Path, check: Callable[[], None]) -> tuple[Path, ...]:
    """Write one PDF after the other; where that does not come to its end, those that are written go again."""
    rest, paths = iter(lines), list[Path]()
    try:
        while (first := next(rest, None)) is not None or not paths:
            some = chain(() if first is None else (first,), islice(rest, PDF_ROWS - 1))
            check()
            paths.append(_pdf(form, some, target, check))
            check()
    except BaseException:
        for path in paths:
            with suppress(OSError):
                path.unlink(missing_ok=True)
        raise
    return tuple(paths)


def _pdf(form: ExportForm, lines: Iterator[Line], target: Path, check: Callable[[], None]) -> Path:
    """Typeset section by section, so that neither memory nor a cancel waits for the end of a large export."""
    import typst

    from desktop.documents.joining import PdfJoin

    fonts, pages = typst.Fonts(), 0
    joined = PdfJoin()
    try:
        while (section := tuple(islice(lines, _SECTION))) or not pages:
            check()
            data = json.dumps(_section(form, section, first=pages + 1), ensure_ascii=False)
            pdf = typst.compile(_TEMPLATE.encode(), font_paths=fonts, sys_inputs={"data": data}, pdf_tags=False)
            pages = joined.add(pdf)
        check()
        return write_new(target, joined.read())
    finally:
        joined.close()


def _section(form: ExportForm, rows: tuple[Line, ...], *, first: int) -> dict[str, Any]:
    return {
        "title": form.title,
        "notes": form.notes,
        "page": form.page,
        "first": first,
        "heads": [column.heading for column in form.columns],
        "widths": [column.width_mm for column in form.columns],
        "rows": rows,
    }
