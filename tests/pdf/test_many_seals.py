"""公章 + 法人章 + 骑缝章 under one signature at B-LT, and several certificates in turn, as outside judges see them."""

from pathlib import Path

import numpy as np
import pytest

from desktop.documents import open_document
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.services.placing import Placement, cross_page
from desktop.signing.pdf import ImprintPlacement, SealLevel, extend_lt
from tests.pdf import builders, judges
from tests.pdf.conftest import Sealer, Verifier, imprint_png
from tests.pdf.pki import Pki
from tests.pdf.stamping import Service, evidence, seal
from tests.pdf.test_cross_page import drawn, seal_of


def sizes(path: Path, folder: Path) -> tuple[object, ...]:
    with open_document(path, folder / "snapshots") as document:
        return document.facts.pages


def full_set(source: Path, folder: Path) -> tuple[ImprintPlacement, ...]:
    """公章, a 法人章 half over it, and a 骑缝章 over all pages."""
    official = seal_of(imprint_png(420), width_um=42_000, height_um=42_000)
    legal = seal_of(imprint_png(200), width_um=20_000, height_um=20_000)
    pages = sizes(source, folder)
    strips = cross_page(official, pages, first=0, last=len(pages) - 1, y_mm=120.0)
    whole = Placement(seal=official, page_index=0, x_mm=110, y_mm=210)
    return drawn((whole, Placement(seal=legal, page_index=0, x_mm=140, y_mm=225), *strips))


@pytest.mark.parametrize("pages", [3, 25])
def test_official_legal_and_cross_page_seal_at_b_lt_are_valid_for_pdfsig_pyhanko_and_qpdf(
    pages: int, sealer: Sealer, verify: Verifier, pki: Pki
):
    source = builders.plain(sealer.folder / "投标函.pdf", pages=pages)
    service = Service(pki)
    sealed = seal(sealer, source, *full_set(source, sealer.folder), timestamp=service)
    lasting = extend_lt(sealed.path, evidence(pki, sealer.signer, service.holder))
    assert lasting.level is SealLevel.B_LT
    assert lasting.path.read_bytes().startswith(source.read_bytes())
    assert verify(lasting.path).verdict is Verdict.VALID
    assert judges.pdfsig(lasting.path).count("Signature is Valid") == 1
    (status,) = judges.pyhanko(lasting.path, pki)
    assert (status.intact, status.valid, status.bottom_line) == (True, True, True)
    assert judges.qpdf_check(lasting.path)[0] == 0
    assert len(judges.pyhanko_store(lasting.path).certs) >= 3


def red(path: Path, folder: Path, page: int) -> np.ndarray:
    with open_document(path, folder) as document:
        picture = document.render_page(page, width_px=840)
    rows = np.frombuffer(picture.pixels, np.uint8)[: picture.stride * picture.height].reshape(picture.height, -1)
    rgb = rows[:, : picture.width * 3].reshape(picture.height, picture.width, 3)
    return (rgb[:, :, 0] > 120) & (rgb[:, :, 1] < 120)


def test_overlapping_seals_of_one_signature_both_show(sealer: Sealer, png: bytes):
    source = builders.plain(sealer.folder / "a.pdf")
    one = ImprintPlacement(page_index=0, x_mm=100, y_mm=200, width_mm=42, height_mm=42, png=png)
    other = ImprintPlacement(page_index=0, x_mm=125, y_mm=215, width_mm=20, height_mm=20, png=png)
    folder = sealer.folder / "snapshots"
    alone = [red(sealer.seal(source, each).path, folder, 0) for each in (one, other)]
    both = red(sealer.seal(source, one, other).path, folder, 0)
    assert alone[0].any()
    assert alone[1].any()
    # All ink of each is there: seals are transparent where they have no ink. A few pixels of antialiasing may differ.
    assert (both & alone[0]).sum() > 0.97 * alone[0].sum()
    assert (both & alone[1]).sum() > 0.97 * alone[1].sum()


def test_seals_of_two_certificates_in_turn_stay_valid_and_the_second_beside_the_first(
    sealer: Sealer, verify: Verifier, pki: Pki
):
    source = builders.plain(sealer.folder / "a.pdf", pages=3)
    first = sealer.seal(source, *full_set(source, sealer.folder), to="one.pdf").path
    other = pki.leaf("李四")
    png = imprint_png(200)
    over = ImprintPlacement(page_index=0, x_mm=150, y_mm=230, width_mm=20, height_mm=20, png=png)
    with pytest.raises(RejectedError, match="imprint_covers_signature"):
        sealer.prepare(first, over, signer=other)
    beside = ImprintPlacement(page_index=0, x_mm=40, y_mm=230, width_mm=20, height_mm=20, png=png)
    path = sealer.seal(first, beside, signer=other, to="two.pdf").path
    verdict = verify(path)
    assert (verdict.verdict, len(verdict.signatures)) == (Verdict.VALID, 2)
    assert judges.pdfsig(path).count("Signature is Valid") == 2
    assert all(status.bottom_line for status in judges.pyhanko(path, pki))
