"""骑缝章: the strips of the pages, put side by side, are the imprint; every pixel column stands on exactly one page."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from desktop.documents import PageSize, open_document
from desktop.domain.errors import RejectedError
from desktop.domain.operations import SealKind, Verdict
from desktop.formats.seal import SealObject
from desktop.services.placing import Placement, cross_page, drawing_order, group_sizes, split_columns
from desktop.signing.pdf import ImprintPlacement
from tests.pdf import builders, judges
from tests.pdf.conftest import Sealer, Verifier

PX_PER_MM = 4
COLUMNS, ROWS = 118, 80
#: Pages are drawn this much finer, and each pixel of the imprint is looked at in its middle.
FINER = 4


def coded_imprint() -> np.ndarray:
    """A picture of which no two columns and no two rows are alike, so that one out of place is seen."""
    x, y = np.meshgrid(np.arange(COLUMNS), np.arange(ROWS))
    picture = np.stack([255 - 2 * x, 3 * y, 90 + (x + y) % 2, np.full_like(x, 255)], axis=2)
    return picture.astype(np.uint8)


def png_of(picture: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(picture, "RGBA").save(out, "PNG")
    return out.getvalue()


def seal_of(png: bytes, *, width_um: int = COLUMNS * 1000 // PX_PER_MM, height_um: int = 20_000) -> SealObject:
    return SealObject(
        seal_id="0" * 32,
        platform="p",
        organization="江西示例",
        credit_code="91360100MA00000000",
        kind=SealKind.OFFICIAL,
        name="公章",
        certificate_sha256=bytes(32),
        imprint_png=png,
        width_um=width_um,
        height_um=height_um,
        not_before=0,
        not_after=2**40,
        issued_at=0,
    )


def drawn(placements: tuple[Placement, ...]) -> tuple[ImprintPlacement, ...]:
    return tuple(
        ImprintPlacement(
            page_index=p.page_index,
            x_mm=p.x_mm,
            y_mm=p.y_mm,
            width_mm=p.width_mm,
            height_mm=p.height_mm,
            png=p.seal.imprint_png,
            columns=(p.strip.start, p.strip.stop) if p.strip else None,
        )
        for p in drawing_order(placements)
    )


def strips_of(path: Path, folder: Path, y_mm: float, widths: list[int], first: int) -> np.ndarray:
    """Render the pages and cut out, at each right edge, as much as its strip is wide; put them side by side."""
    cut = []
    with open_document(path, folder) as document:
        for index, width in enumerate(widths, first):
            size = document.facts.pages[index]
            page = document.render_page(index, width_px=round(size.width_mm * PX_PER_MM) * FINER)
            rows = np.frombuffer(page.pixels, np.uint8)[: page.stride * page.height].reshape(page.height, -1)
            picture = rows[:, : page.width * 3].reshape(page.height, page.width, 3)
            top, left = round(y_mm * PX_PER_MM * FINER), page.width - width * FINER
            middles = slice(FINER // 2, None, FINER)
            cut.append(picture[top : top + ROWS * FINER, left:][middles, middles])
            # pdfium draws the pixel that an image only touches in full, hence one pixel of tolerance.
            assert (picture[:, left - 2] == 255).all(), f"page {index}: something stands left of the strip"
    return np.hstack(cut)


#: In points, of pages that are a whole number of pixels at 4 px a mm: 210 × 297 mm, and a crop box of 160 × 200 mm.
PT = 72 / 25.4
CROP = (20 * PT, 30 * PT, 180 * PT, 230 * PT)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [None, CROP], ids=["whole", "cropped"])
@pytest.mark.parametrize("pages", [2, 7])
def test_strips_side_by_side_are_the_imprint_on_rotated_and_cropped_pages(
    turn: int, crop: tuple[float, ...] | None, pages: int, sealer: Sealer, verify: Verifier
):
    imprint = coded_imprint()
    seal = seal_of(png_of(imprint))
    source = builders.plain(sealer.folder / "a.pdf", pages=pages + 1, change=builders.rotated(turn, crop))
    with open_document(source, sealer.folder / "snapshots") as document:
        sizes = document.facts.pages
    placements = cross_page(seal, sizes, first=1, last=pages, y_mm=100.0)
    sealed = sealer.seal(source, *drawn(placements))
    widths = [p.strip.stop - p.strip.start for p in placements if p.strip]
    found = strips_of(sealed.path, sealer.folder / "snapshots", 100.0, widths, first=1)
    assert found.shape == (ROWS, COLUMNS, 3)
    off = np.abs(found.astype(int) - imprint[:, :, :3].astype(int))
    assert off[:, :, 0].max() <= 1, "columns"
    assert off[:, :, 1].max() <= 3, "rows, of which the renderer may take the neighbour"
    assert verify(sealed.path).verdict is Verdict.VALID
    assert judges.qpdf_check(sealed.path)[0] == 0


def test_a_strip_one_column_wide_of_the_mark_would_be_noticed():
    """The control of the comparison above."""
    imprint = coded_imprint()[:, :, :3].astype(int)
    assert np.abs(np.roll(imprint, 1, axis=1) - imprint)[:, :, 0].min() > 1
    assert np.abs(np.roll(imprint, 2, axis=0) - imprint)[:, :, 1].min() > 3


@pytest.mark.parametrize(("total", "parts"), [(120, 7), (500, 40), (5, 5), (501, 2), (7, 1)])
def test_every_column_is_in_one_strip_and_the_remainder_goes_to_the_first(total: int, parts: int):
    strips = split_columns(total, parts)
    assert [c for s in strips for c in range(s.start, s.stop)] == list(range(total))
    widths = [s.stop - s.start for s in strips]
    assert widths == sorted(widths, reverse=True)
    assert sum(w == total // parts + 1 for w in widths) == total % parts


@pytest.mark.parametrize(
    ("pages", "width_um", "expected"),
    [
        (2, 42_000, (2,)),
        (20, 42_000, (20,)),
        (21, 42_000, (11, 10)),
        (41, 42_000, (14, 14, 13)),
        (1000, 42_000, (20,) * 50),
        (20, 20_000, (10, 10)),
        (3, 5_000, (3,)),
        (5, 5_000, (3, 2)),
    ],
)
def test_more_pages_than_sensible_strips_are_groups_that_each_bear_a_whole_seal(
    pages: int, width_um: int, expected: tuple[int, ...]
):
    seal = seal_of(png_of(coded_imprint()), width_um=width_um)
    assert group_sizes(pages, seal) == expected
    sizes = [PageSize(width_mm=210.0, height_mm=297.0)] * pages
    placements = cross_page(seal, sizes, first=0, last=pages - 1, y_mm=10.0)
    columns = [c for p in placements if p.strip for c in range(p.strip.start, p.strip.stop)]
    assert columns == list(range(COLUMNS)) * len(expected)
    assert [p.page_index for p in placements] == list(range(pages))


def test_widths_follow_the_pixels_and_end_at_the_right_edge_of_pages_of_any_size():
    seal = seal_of(png_of(coded_imprint()), width_um=40_000)
    sizes = (PageSize(width_mm=210.0, height_mm=297.0), PageSize(width_mm=297.0, height_mm=210.0)) * 2
    placements = cross_page(seal, sizes, first=0, last=3, y_mm=250.0)
    assert sum(p.width_mm for p in placements) == pytest.approx(40.0)
    assert [p.width_mm * COLUMNS / 40 for p in placements] == pytest.approx([30, 30, 29, 29])
    assert [p.x_mm + p.width_mm for p in placements] == pytest.approx([210, 297, 210, 297])
    assert [p.y_mm for p in placements] == [250.0, 190.0, 250.0, 190.0]


@pytest.mark.parametrize(("first", "last"), [(0, 0), (2, 1), (-1, 2), (0, 3)])
def test_a_range_that_is_no_two_pages_of_the_document_is_refused(first: int, last: int):
    sizes = [PageSize(width_mm=210.0, height_mm=297.0)] * 3
    with pytest.raises(RejectedError, match="cross_page_range"):
        cross_page(seal_of(png_of(coded_imprint())), sizes, first=first, last=last, y_mm=0.0)


def test_a_page_lower_than_the_seal_is_refused():
    sizes = [PageSize(width_mm=210.0, height_mm=297.0), PageSize(width_mm=210.0, height_mm=15.0)]
    with pytest.raises(RejectedError, match="page_too_small"):
        cross_page(seal_of(png_of(coded_imprint())), sizes, first=0, last=1, y_mm=0.0)


def test_columns_beyond_the_picture_are_refused(sealer: Sealer, png: bytes):
    source = builders.plain(sealer.folder / "a.pdf")
    wrong = ImprintPlacement(page_index=0, x_mm=0, y_mm=0, width_mm=4, height_mm=4, png=png, columns=(100, 121))
    with pytest.raises(RejectedError, match="imprint_unreadable"):
        sealer.prepare(source, wrong)
