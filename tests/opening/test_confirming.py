"""What was announced of the own bid against what was packed: the same, something else, or not known here."""

from dataclasses import replace
from pathlib import Path

import pytest

from desktop.crypto.primitives import sha256
from desktop.domain.tendering import OpeningState, Party
from desktop.formats.package import BidSummary
from desktop.protocol.statements import BidResult, OpenedFile
from desktop.services.confirming import Comparison, compare
from desktop.services.opening_bids import BidFate
from desktop.services.opening_results import result_of
from desktop.services.packing import EnvelopeOrder, packed_files
from desktop.store.packed import KeptFile, PackedStore
from tests.opening.papers import Papers
from tests.opening.world import Lot
from tests.package.world import SUMMARY, World, write_documents

PACKAGE = bytes(range(16))


@pytest.fixture(scope="module")
def papers(world: World) -> Papers:
    return Papers(world=world)


def packed(lot: Lot, summary: BidSummary = SUMMARY) -> tuple[KeptFile, ...]:
    files = write_documents(lot.folder / "documents")
    return packed_files(EnvelopeOrder(envelope_id="bid", title="投标文件", files=files, summary=summary), lambda: None)


def announced(lot: Lot, papers: Papers) -> BidResult:
    """The result of the bid that was packed from the same documents."""
    files = write_documents(lot.folder / "documents")
    from tests.package.world import pack, plan_of

    opened = lot.world.open(pack(lot.world, plan_of(lot.world, files), lot.folder / "x.bid"), lot.folder / "opened")
    fate = BidFate(package_id=PACKAGE, state=OpeningState.OPENED, opened=opened)
    return result_of(fate, papers.notice, "bid", at=1)


def test_what_was_opened_as_it_was_packed_is_the_same(lot: Lot, papers: Papers) -> None:
    found = compare(announced(lot, papers), packed(lot))
    assert (found.comparison, found.differing) == (Comparison.SAME, ())


@pytest.mark.parametrize(
    "summary",
    [BidSummary(), BidSummary(quality="合格"), BidSummary(duration_days=1, project_manager="李四")],
    ids=["nothing", "quality", "duration"],
)
def test_a_summary_that_states_little_is_the_same_as_well(lot: Lot, papers: Papers, summary: BidSummary) -> None:
    ours = packed(lot, summary)
    files = tuple(OpenedFile(name=each.name, size=each.size, sha256=each.sha256) for each in ours)
    result = replace(
        announced(lot, papers),
        files=files,
        price="",
        bid_bond="",
        duration_days=summary.duration_days or 0,
        quality=summary.quality or "",
        project_manager=summary.project_manager or "",
    )
    assert compare(result, ours).comparison is Comparison.SAME


def test_every_difference_is_found_and_named(lot: Lot, papers: Papers) -> None:
    ours, result = packed(lot), announced(lot, papers)
    other = OpenedFile(name="投标函.pdf", size=5, sha256=sha256(b"other"))
    changes = {
        "投标函.pdf": replace(result, files=(result.files[0], other, *result.files[2:])),
        "空.txt": replace(result, files=result.files[:-1]),
        "多.txt": replace(result, files=(*result.files, replace(other, name="多.txt"))),
    }
    for name, changed in changes.items():
        found = compare(changed, ours)
        assert found.comparison is Comparison.DIFFERS
        assert name in found.differing


@pytest.mark.parametrize(
    "change",
    [{"price": "1234567.81"}, {"bid_bond": ""}, {"duration_days": 181}, {"quality": "良"}, {"project_manager": "王五"}],
    ids=lambda change: next(iter(change)),
)
def test_an_announced_figure_that_is_not_the_packed_one_is_found(
    lot: Lot, papers: Papers, change: dict[str, object]
) -> None:
    found = compare(replace(announced(lot, papers), **change), packed(lot))  # type: ignore[arg-type]
    assert (found.comparison, found.differing) == (Comparison.DIFFERS, ("bid_summary.json",))


def test_what_was_packed_elsewhere_is_not_judged(lot: Lot, papers: Papers) -> None:
    assert compare(announced(lot, papers), None).comparison is Comparison.UNKNOWN


def test_a_bid_that_was_not_opened_is_said_to_be_so(lot: Lot, papers: Papers) -> None:
    fate = BidFate(package_id=PACKAGE, state=OpeningState.NOT_OPENED, cause="package.damaged", party=Party.BIDDER)
    found = compare(result_of(fate, papers.notice, "bid", at=1), packed(lot))
    assert found.comparison is Comparison.NOT_OPENED


def test_what_was_packed_is_kept_without_price(tmp_path: Path, lot: Lot) -> None:
    store = PackedStore(tmp_path / "packed")
    assert store.read(PACKAGE, "bid") is None
    store.keep(PACKAGE, {"bid": packed(lot)})
    assert store.read(PACKAGE, "bid") == packed(lot)
    assert store.read(PACKAGE, "second") is None
    (path,) = (tmp_path / "packed").iterdir()
    assert "1234567" not in path.read_text(encoding="utf-8")
    path.write_text("[", encoding="utf-8")
    assert store.read(PACKAGE, "bid") is None
