"""A bid in preparation: kept after every change, checked by the notice, packed by its policy and no other."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from desktop.domain.clock import ManualClock
from desktop.domain.tendering import SummaryField
from desktop.services.bid_checks import FindingKind, check_bid, summary_of
from desktop.services.bidding import (
    Openers,
    add_files,
    look_at,
    move_file,
    pack_order,
    remove_file,
    require_for_lot,
    take_sealed,
)
from desktop.services.tenders import open_lot
from desktop.services.workspace import Workspace
from desktop.store.bid_drafts import BidDraft, DraftStore, TypedSummary
from tests.bids.conftest import Bidder
from tests.submission.world import LOT_ID, World, make_world

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
FILLED = TypedSummary(price="1234567.80", duration="180", quality="合格", manager="李四", bond="20000")


def a_world(folder: Path) -> World:
    return make_world(folder, ManualClock(NOW))


def kinds(world: World, draft: BidDraft, now: datetime = NOW) -> list[FindingKind]:
    facts = {file.path: look_at(Path(file.path)) for file in draft.files}
    return [finding.kind for finding in check_bid(world.notice, draft, facts, now=now)]


def a_pdf(folder: Path, name: str, *, signed: bool = False) -> Path:
    path = folder / name
    path.write_bytes(b"%PDF-1.7\n1 0 obj<<>>endobj\n" + (b"<</ByteRange[0 1 2 3]>>" if signed else b""))
    return path


def test_a_draft_survives_whatever_ends_the_client(tmp_path: Path) -> None:
    store = DraftStore(tmp_path / "lot", "91430000MA4L2B6X82")
    assert store.read() == BidDraft()
    draft = add_files(BidDraft(summary=FILLED), "bid", [a_pdf(tmp_path, "投标函.pdf")], need="投标函")
    draft = replace(draft.with_package("/x/投标文件.bid", draft), submitting="/x/投标文件.bid")
    store.write(draft)
    assert DraftStore(tmp_path / "lot", "91430000MA4L2B6X82").read() == draft
    assert DraftStore(tmp_path / "lot", "../../evil").read() == BidDraft()


def test_a_damaged_draft_reads_as_an_empty_one(tmp_path: Path) -> None:
    store = DraftStore(tmp_path, "A1")
    for junk in (b"", b"{", b"[]", b'{"files": 1}', b"[" * 100_000, b'{"files": [{"name": 1}]}'):
        (tmp_path / "bid-A1.json").write_bytes(junk)
        assert store.read() == BidDraft()


def test_an_empty_draft_is_told_everything_that_is_missing(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    found = kinds(world, BidDraft())
    assert found == [FindingKind.DOCUMENT_MISSING, *[FindingKind.FIELD_MISSING] * 5]


def test_a_full_draft_has_nothing_to_correct_and_says_what_is_not_sealed(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    draft = add_files(BidDraft(summary=FILLED), "bid", [a_pdf(tmp_path, "投标函.pdf")], need="投标函")
    assert kinds(world, draft) == [FindingKind.NOT_SEALED]
    sealed = a_pdf(tmp_path, "投标函.pdf", signed=True)
    assert kinds(world, add_files(draft, "bid", [sealed], need="投标函")) == []


def test_what_is_wrong_is_named_and_what_is_the_bidders_risk_only_flagged(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    wrong = TypedSummary(price="2000000.01", duration="0", quality="合格\u202e", manager="李四", bond="1.234")
    draft = add_files(BidDraft(summary=wrong), "bid", [tmp_path / "报价.xlsx"], need="投标函")
    found = kinds(world, draft, datetime.fromtimestamp(world.notice.deadline + 1, UTC))
    assert found == [
        FindingKind.DEADLINE_PASSED,
        FindingKind.DOCUMENT_OTHER_KIND,
        FindingKind.FILE_GONE,
        FindingKind.NOT_DAYS,
        FindingKind.NOT_CLEAN,
        FindingKind.NOT_AN_AMOUNT,
        FindingKind.PRICE_ABOVE_LIMIT,
    ]
    at_limit = replace(draft, summary=replace(FILLED, price="2,000,000.00"))
    assert FindingKind.PRICE_ABOVE_LIMIT not in kinds(world, at_limit)


def test_a_sealed_result_takes_the_place_of_its_source(tmp_path: Path) -> None:
    source = a_pdf(tmp_path, "投标函.pdf")
    draft = add_files(BidDraft(), "bid", [source], need="投标函")
    stranger = tmp_path / "投标函_已签章(2).pdf"
    stranger.write_bytes(b"%PDF-1.7\nanother<</ByteRange[0 1 2 3]>>")
    facts = {str(source): look_at(source)}
    assert take_sealed(draft, facts) == draft
    sealed = tmp_path / "投标函_已签章.pdf"
    sealed.write_bytes(source.read_bytes() + b"<</ByteRange[0 1 2 3]>>")
    (file,) = take_sealed(draft, facts).files
    assert (file.name, file.path, file.need) == ("投标函_已签章.pdf", str(sealed), "投标函")


def test_files_are_taken_out_and_a_changed_draft_is_not_what_was_packed(tmp_path: Path) -> None:
    draft = add_files(BidDraft(), "bid", [tmp_path / "a.xml", tmp_path / "a.xml", tmp_path / "b.xml"])
    assert [file.name for file in draft.files] == ["a.xml", "b.xml"]
    packed = draft.with_package("/x/a.bid", draft)
    assert packed.is_packed_as_it_is
    changed = remove_file(packed, "bid", str(tmp_path / "b.xml"))
    assert not changed.is_packed_as_it_is
    assert not changed.with_package("/x/a.bid", packed).is_packed_as_it_is


def test_a_further_file_that_is_chosen_for_a_required_document_becomes_it(tmp_path: Path) -> None:
    path = a_pdf(tmp_path, "投标函.pdf")
    draft = add_files(add_files(BidDraft(), "bid", [path]), "bid", [path], need="投标函")
    assert [file.need for file in draft.files] == ["投标函"]


def test_further_files_are_put_in_order(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.xml", "b.xml", "c.xml")]
    draft = add_files(add_files(BidDraft(), "bid", paths[:1], need="清单"), "bid", paths[1:])
    moved = move_file(draft, "bid", str(paths[2]), -1)
    assert [file.name for file in moved.files] == ["a.xml", "c.xml", "b.xml"]
    assert move_file(moved, "bid", str(paths[2]), -1) == moved


def test_the_fields_of_an_envelope_are_all_that_it_states() -> None:
    first = summary_of(FILLED, (SummaryField.DURATION, SummaryField.QUALITY))
    assert (first.price, first.duration_days, first.quality, first.project_manager) == (None, 180, "合格", None)


def test_a_draft_is_packed_by_the_notice_and_fits_it(bidder: Bidder, desk: Workspace, tmp_path: Path) -> None:
    known = open_lot(desk, LOT_ID)
    draft = add_files(BidDraft(summary=FILLED), "bid", [a_pdf(tmp_path, "投标函.pdf")], need="投标函")
    openers = Openers(certificate=bidder.certificate, encryption_certificate=bidder.encryption)
    order = pack_order(known.announcement, draft, openers, target=tmp_path / "投标文件.bid")
    verdict = bidder.inspect(bidder.pack(order))
    assert verdict.package is not None
    require_for_lot(verdict.package, known.announcements, credit_code=bidder.company.credit_code)
