"""One opening from collected bids to signed results: what is decided, what is kept, what goes on after a crash."""

import json
from dataclasses import replace
from itertools import count

import pytest

from desktop.crypto.suites import generate_p256
from desktop.domain.errors import RejectedError
from desktop.domain.secret import SecretBytes
from desktop.domain.tendering import OpeningState, Party
from desktop.services.opening_fetch import Collected, CollectedBid
from desktop.services.opening_run import safe_name
from desktop.store.files import sha256_of
from desktop.store.openings import FetchedBid
from tests.opening.papers import Papers
from tests.opening.stage import Stage
from tests.opening.world import Lot, price_of
from tests.package.world import World

OPENED, NOT_OPENED = OpeningState.OPENED, OpeningState.NOT_OPENED


@pytest.fixture(scope="module")
def papers(world: World) -> Papers:
    return Papers(world=world)


@pytest.fixture
def stage(lot: Lot, papers: Papers) -> Stage:
    return Stage(lot=lot, papers=papers)


def with_bid(collected: Collected, number: int, change: object) -> Collected:
    bids = list(collected.bids)
    bids[number] = change(bids[number])  # type: ignore[operator]
    return replace(collected, bids=tuple(bids))


def sealed_as(stage: Stage, number: int, sealed: bytes) -> Collected:
    def change(bid: CollectedBid) -> CollectedBid:
        closed: FetchedBid = replace(bid.closed, sealed=sealed)
        return replace(bid, closed=closed)

    return with_bid(stage.collected(), number, change)


def test_every_bid_opens_and_has_a_signed_result_that_a_reader_believes(stage: Stage) -> None:
    fates = stage.open()
    assert [fates[bid.package].state for bid in stage.bids] == [OPENED] * 3
    for number, bid in enumerate(stage.bids):
        kept = stage.store.results("bid")[bid.package]
        result = stage.papers.judge().result(kept.statement, "bid").payload
        assert (result.package_id, result.state, result.cause) == (bid.package, OPENED, "")
        assert result.price == f"{price_of(number):f}"
        assert [each.name for each in result.files] == ["bid_summary.json", "投标函.pdf"]
    assert stage.hidden() == []


def test_t41_a_share_that_was_sealed_for_another_bid_does_not_open_this_one_and_stops_no_other(stage: Stage) -> None:
    moved = stage.bids[0].sealed
    fates = stage.open(stage.run(collected=sealed_as(stage, 1, moved)))
    fate = fates[stage.bids[1].package]
    assert (fate.state, fate.cause, fate.party) == (NOT_OPENED, "opening.share_unreadable", Party.BIDDER)
    assert [fates[stage.bids[n].package].state for n in (0, 2)] == [OPENED, OPENED]


def test_t46_a_share_that_was_not_committed_to_opens_nothing_and_stops_no_other(stage: Stage) -> None:
    other = stage.papers.sealed(SecretBytes(b"\7" * 32), stage.bids[1].sha256)
    fates = stage.open(stage.run(collected=sealed_as(stage, 1, other)))
    fate = fates[stage.bids[1].package]
    assert (fate.state, fate.cause, fate.party) == (NOT_OPENED, "package.share_mismatch", Party.BIDDER)
    assert [fates[stage.bids[n].package].state for n in (0, 2)] == [OPENED, OPENED]


def test_no_share_and_no_key_is_on_the_disk_after_an_opening(stage: Stage) -> None:
    world = stage.lot.world
    shares = [
        share.reveal() for bid in stage.collected().bids if bid.package for share in world.shares(bid.package).values()
    ]
    stage.store.keep_fetched("bid", stage.fetched())
    stage.open()
    written = [path.read_bytes() for path in stage.lot.folder.rglob("*") if path.is_file()]
    for secret in shares:
        assert not any(secret in data or secret.hex().encode() in data for data in written)


def test_a_second_scan_opens_only_what_is_left(stage: Stage) -> None:
    first = stage.open()
    assert len(first) == 3
    assert stage.open() == {}
    (target,) = {fate.target for fate in first.values() if fate.package_id == stage.bids[1].package}
    assert target is not None
    (target / "投标函.pdf").write_bytes(b"changed")
    again = stage.open()
    assert set(again) == {stage.bids[1].package}
    assert again[stage.bids[1].package].target != target


def test_a_cancelled_opening_keeps_what_was_decided_and_goes_on(stage: Stage) -> None:
    seen: list[bytes] = []

    def check() -> None:
        if seen:
            raise RejectedError("ceremony.cancelled")

    with pytest.raises(RejectedError, match=r"ceremony\.cancelled"):
        stage.open(check=check, on_fate=lambda fate: seen.append(fate.package_id))
    assert set(seen) <= set(stage.store.results("bid"))
    assert stage.hidden() == []
    stage.open()
    assert len(stage.store.results("bid")) == 3


def test_lost_results_are_found_again_from_the_bids_and_no_file_is_written_twice(stage: Stage) -> None:
    stage.open()
    before = {path: path.stat().st_mtime_ns for path in (stage.place / "投标文件").rglob("*")}
    for path in (stage.lot.folder / "state").rglob("*.results.json"):
        path.write_text("{", encoding="utf-8")
    assert stage.store.results("bid") == {}
    fates = stage.open()
    assert [fates[bid.package].state for bid in stage.bids] == [OPENED] * 3
    assert {path: path.stat().st_mtime_ns for path in (stage.place / "投标文件").rglob("*")} == before


def test_what_failed_at_our_side_is_tried_again_and_the_bidders_fault_stands(stage: Stage) -> None:
    lost = lambda bid: replace(bid, package=None, refused="opening.package_lost", party=Party.OTHER)  # noqa: E731
    silent = lambda bid: replace(bid, refused="tender.share_not_delivered", party=Party.BIDDER)  # noqa: E731
    stage.open(stage.run(collected=with_bid(with_bid(stage.collected(), 0, lost), 1, silent)))
    again = stage.open()
    assert {package: fate.state for package, fate in again.items()} == {stage.bids[0].package: OPENED}


def test_without_the_time_key_nothing_is_tried(stage: Stage) -> None:
    with pytest.raises(RejectedError, match=r"opening\.not_fetched"):
        stage.open(stage.run(collected=stage.collected(time_key=None)))
    assert stage.store.results("bid") == {}


def test_results_that_cannot_be_told_in_one_message_are_told_with_shorter_names(lot: Lot, papers: Papers) -> None:
    stage = Stage(lot=lot, papers=papers, count=1)
    many = {f"{n:03}{'长' * 80}": b"x" for n in range(999)}
    path = lot.packed(1, lot.plan(1, many))
    package = lot.world.package(path)
    sha, share = sha256_of(path), lot.delivered(package)
    bid = replace(stage.bids[0], package=package.header.package_id, sha256=sha, sealed=papers.sealed(share, sha))
    collected = CollectedBid(closed=bid, path=path, package=package)
    fates = stage.open(stage.run(collected=stage.collected(bids=(collected,))))
    assert [fate.state for fate in fates.values()] == [OPENED]
    result = papers.judge().result(stage.store.results("bid")[bid.package].statement, "bid").payload
    assert len(result.files) == 1000
    assert max(len(each.name.encode()) for each in result.files) <= 100


def test_state_on_the_disk_is_readable_json_without_secrets(stage: Stage) -> None:
    fetched = stage.fetched()
    stage.store.keep_fetched("bid", fetched)
    assert stage.store.fetched("bid") == fetched
    names = {path.name: json.loads(path.read_text()) for path in (stage.lot.folder / "state").rglob("*.json")}
    assert set(names) == {"place.json", "bid.fetched.json"}


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("甲公司", "甲公司"),
        ("../../x", "_.._x"),
        ("a/b\\c:d", "a_b_c_d"),
        (" . ", "_"),
        ("", "_"),
        ("x" * 99, "x" * 40),
    ],
)
def test_a_bidders_name_is_no_path(name: str, safe: str) -> None:
    assert safe_name(name).lstrip(".") in {safe, safe.lstrip(".")}
    assert "/" not in safe_name(name)


def test_cancel_is_looked_for_all_the_time(stage: Stage) -> None:
    calls = count()
    stage.open(check=lambda: next(calls))
    assert next(calls) > 1


def test_a_notice_that_does_not_hold_its_room_key_is_nobodys_fault_but_ours(stage: Stage) -> None:
    another = stage.papers.room_wrap("bid", generate_p256())
    room = stage.papers.opening(stage.closing, room_wrap=another)
    fates = stage.open(stage.run(collected=stage.collected(room=room)))
    told = {(fate.state, fate.cause) for fate in fates.values()}
    assert told == {(None, "opening.room_key_wrong")}
    assert stage.store.results("bid") == {}
    assert set(stage.open()) == set(fates)  # with the true notice they are opened all the same


def test_every_folder_that_may_be_written_is_known_beforehand(stage: Stage) -> None:
    run = stage.run()
    assert run.places == run.targets
    run.targets[0].mkdir(parents=True)
    assert run.places[:2] == (run.targets[0], run.targets[0].with_name(f"{run.targets[0].name}(2)"))
