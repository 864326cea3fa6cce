"""Bids and papers on their way to the agent's workstation: resumed, held against the list, judged, kept."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from desktop.crypto.suites import generate_p256, scalar_of, spki_of
from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.tendering import Party
from desktop.formats.package import GroupKind, member_of_key
from desktop.portal.room_records import ClosingList, SealedShare
from desktop.services.opening_fetch import collect_kept, fetch_envelope, fetch_time_key, package_path
from desktop.store.openings import FetchedBid
from tests.opening.papers import Papers
from tests.opening.stage import Stage, as_closed
from tests.opening.world import Lot
from tests.package.world import World, group


def quiet(*_: object) -> None:
    """Tell nobody how far it is, and never cancel."""


#: Whose workstation fetches.
STATION = "0f" * 16


@dataclass
class PaperPlatform:
    """Answers as the platform does, from a stage; `give` changes the octets of a package on their way."""

    stage: Stage
    asked: list[tuple[bytes, int]] = field(default_factory=list)
    give: Callable[[bytes, bytes], bytes] = lambda _package, data: data
    cut_after: int = 2**40

    def __post_init__(self) -> None:
        self.files = {
            bid.package: package_path(self.stage.place, number, bid).read_bytes()
            for number, bid in enumerate(self.stage.bids)
        }
        for number, bid in enumerate(self.stage.bids):
            package_path(self.stage.place, number, bid).unlink()

    def closing(self, _lot_id: str) -> ClosingList:
        return ClosingList(closing=self.stage.closing, bids=tuple(as_closed(bid) for bid in self.stage.bids))

    def room(self, _lot_id: str) -> Any:
        notice = self.stage.papers.spoken(self.stage.papers.opening(self.stage.closing))
        envelope = SimpleNamespace(notice=notice, delivered=self.stage.delivered, passed={})
        return SimpleNamespace(envelopes={"bid": envelope})

    def deliveries(self, _lot_id: str, _envelope_id: str) -> tuple[SealedShare, ...]:
        return tuple(SealedShare(package=bid.package, sealed=bid.sealed) for bid in self.stage.bids if bid.sealed)

    def release_time_key(self, _lot_id: str, _envelope_id: str) -> Any:
        return scalar_of(self.stage.lot.time)

    def bid_file(self, package: bytes, sink: Callable[[bytes], None], *, offset: int = 0) -> None:
        self.asked.append((package, offset))
        data = self.give(package, self.files[package])[offset:]
        sink(data[: self.cut_after])
        if len(data) > self.cut_after:
            raise UnavailableError("portal.unreachable")


@pytest.fixture(scope="module")
def papers(world: World) -> Papers:
    return Papers(world=world)


@pytest.fixture
def platform(lot: Lot, papers: Papers) -> PaperPlatform:
    return PaperPlatform(Stage(lot=lot, papers=papers, silent=frozenset({2})))


def fetch(platform: PaperPlatform, **how: Any) -> Any:
    stage = platform.stage
    workspace: Any = SimpleNamespace(api=platform, workstation=SimpleNamespace(workstation_id=STATION))
    ways = {"report": quiet, "check": quiet, **how}
    return fetch_envelope(workspace, "lot", stage.papers.judge(), "bid", stage.store, **ways)


def path_of(platform: PaperPlatform, number: int) -> Path:
    return package_path(platform.stage.place, number, platform.stage.bids[number])


def test_everything_is_fetched_judged_and_kept_for_an_opening_without_a_network(platform: PaperPlatform) -> None:
    found = fetch(platform)
    first, second, third = (bid.package for bid in platform.stage.bids)
    assert found.refusals == {first: "", second: "", third: "tender.share_not_delivered"}
    assert (found.delivered, spki_of(found.time_key)) == (2, spki_of(platform.stage.lot.time))
    kept = collect_kept(platform.stage.papers.judge(), "bid", platform.stage.store, report=quiet, check=quiet)
    assert (kept.refusals, kept.time_key) == (found.refusals, None)
    assert fetch(platform).refusals == found.refusals
    assert len(platform.asked) == 3  # nothing is fetched twice


def test_a_download_that_was_cut_goes_on_where_it_stopped(platform: PaperPlatform) -> None:
    platform.cut_after = 1000
    with pytest.raises(UnavailableError, match=r"portal\.unreachable"):
        fetch(platform)
    assert path_of(platform, 0).with_suffix(f".bid.{STATION[:8]}.part").stat().st_size == 1000
    platform.cut_after = 2**40
    assert fetch(platform).refusals[platform.stage.bids[0].package] == ""
    assert platform.asked[1] == (platform.stage.bids[0].package, 1000)


def test_cancelling_keeps_what_has_arrived(platform: PaperPlatform) -> None:
    def check() -> None:
        if len(platform.asked) == 2:
            raise RejectedError("ceremony.cancelled")

    with pytest.raises(RejectedError, match=r"ceremony\.cancelled"):
        fetch(platform, check=check)
    assert path_of(platform, 0).is_file()
    assert fetch(platform).refusals[platform.stage.bids[1].package] == ""


def test_a_damaged_beginning_is_fetched_once_more_from_the_start(platform: PaperPlatform) -> None:
    part = path_of(platform, 0).with_suffix(f".bid.{STATION[:8]}.part")
    part.write_bytes(b"junk")
    assert fetch(platform).refusals[platform.stage.bids[0].package] == ""
    assert platform.asked[:2] == [(platform.stage.bids[0].package, 4), (platform.stage.bids[0].package, 0)]
    assert not part.exists()


@pytest.mark.parametrize(
    "give",
    [lambda _p, data: data[:-1], lambda _p, data: data + b"more", lambda _p, data: b"x" + data[1:], lambda _p, _d: b""],
    ids=["less", "more", "other", "nothing"],
)
def test_a_package_that_is_not_the_listed_one_is_anothers_fault_and_stops_no_other(
    platform: PaperPlatform, give: Callable[[bytes, bytes], bytes]
) -> None:
    bad = platform.stage.bids[0].package
    platform.give = lambda package, data: give(package, data) if package == bad else data
    found = fetch(platform)
    assert found.refusals[bad] == "opening.package_lost"
    assert {bid.party for bid in found.bids if bid.closed.package == bad} == {Party.OTHER}
    assert found.refusals[platform.stage.bids[1].package] == ""
    platform.give = lambda _package, data: data
    assert fetch(platform).refusals[bad] == ""


def test_a_time_key_that_was_not_announced_is_refused(platform: PaperPlatform) -> None:
    other: Any = SimpleNamespace(
        api=SimpleNamespace(release_time_key=lambda _lot, _envelope: scalar_of(generate_p256()))
    )
    with pytest.raises(RejectedError, match=r"opening\.time_key_wrong"):
        fetch_time_key(other, "lot", platform.stage.papers.envelopes[0])


def test_t48_a_package_with_another_opening_key_or_one_recipient_more_is_not_opened(lot: Lot, papers: Papers) -> None:
    stage = Stage(lot=lot, papers=papers)
    stranger = member_of_key("开标密钥", spki_of(generate_p256()))
    plan = lot.plan(3)
    (envelope,) = plan.envelopes
    own, opening, time = envelope.groups
    exchanged = group("opening", GroupKind.OPENING_KEY, stranger)
    more = group("time", GroupKind.TIME, *time.members, stranger)
    for groups in ((own, exchanged, time), (own, opening, more), (own, opening)):
        path = lot.packed(3, replace(plan, envelopes=(replace(envelope, groups=groups),)))
        bid = _listed(lot, stage, path)
        stage.store.keep_fetched("bid", replace(stage.fetched(), bids=(bid,)))
        path.rename(package_path(stage.place, 0, bid))
        (found,) = collect_kept(papers.judge(), "bid", stage.store, report=quiet, check=quiet).bids
        assert (found.refused, found.party, found.package) == ("tender.package_differs", Party.BIDDER, None)


def test_t19_another_bidders_package_under_ones_own_number_is_not_opened(lot: Lot, papers: Papers) -> None:
    stage = Stage(lot=lot, papers=papers)
    bid = replace(stage.bids[0], bidder_code="91330109MA27XXXX5N")
    stage.store.keep_fetched("bid", replace(stage.fetched(), bids=(bid,)))
    (found,) = collect_kept(papers.judge(), "bid", stage.store, report=quiet, check=quiet).bids
    assert (found.refused, found.party) == ("package.other_tender", Party.BIDDER)


def _listed(lot: Lot, stage: Stage, path: Path) -> FetchedBid:
    from desktop.store.files import sha256_of
    from tests.opening.world import NAMES, bidder_named

    package = lot.world.package(path)
    return replace(
        stage.bids[0],
        package=package.header.package_id,
        sha256=sha256_of(path),
        bidder_code=bidder_named(NAMES[3]).credit_code,
    )
