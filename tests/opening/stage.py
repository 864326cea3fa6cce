"""A lot that is closed and delivered, collected on the agent's workstation: nothing is missing but the opening key."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desktop.portal.room_records import ClosedBid, SealedShare
from desktop.protocol.notices import write_announcement
from desktop.protocol.statements import Closing, read_statement
from desktop.services.opening_bids import BidFate
from desktop.services.opening_fetch import Collected, CollectedBid, package_path
from desktop.services.opening_run import OpeningRun
from desktop.store.files import sha256_of
from desktop.store.openings import FetchedBid, FetchedEnvelope, OpeningStore
from tests.opening.papers import AFTERWARDS, LOT, PLATFORM, TENDER, Papers
from tests.opening.world import NAMES, Lot, bidder_named
from tests.package.world import DEADLINE

_MICRO = 1_000_000


@dataclass(kw_only=True)
class Stage:
    """Papers and bids of one lot with `count` bidders, all of whom have delivered but those in `silent`."""

    lot: Lot
    papers: Papers
    count: int = 3
    silent: frozenset[int] = frozenset()
    bids: list[FetchedBid] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.place = self.lot.folder / "agent"
        self.store = OpeningStore(self.lot.folder / "state", platform=PLATFORM, tender=TENDER, lot=LOT)
        self.store.keep_place(self.place)
        (self.place / "packages").mkdir(parents=True, exist_ok=True)
        self.bids = [self._bid(number) for number in range(self.count)]
        self.closing = self.papers.stated(self.papers.closing([as_closed(bid) for bid in self.bids]))
        shares = [SealedShare(package=bid.package, sealed=bid.sealed) for bid in self.bids if bid.sealed]
        self.delivered = self.papers.stated(self.papers.delivered(shares))

    def _bid(self, number: int) -> FetchedBid:
        path = self.lot.packed(number)
        package = self.lot.world.package(path)
        sha = sha256_of(path)
        sealed = b"" if number in self.silent else self.papers.sealed(self.lot.delivered(package), sha)
        bid = FetchedBid(
            package=package.header.package_id,
            sha256=sha,
            bidder=bidder_named(NAMES[number]).name,
            bidder_code=bidder_named(NAMES[number]).credit_code,
            at_us=(DEADLINE - 100 + number) * _MICRO,
            number=1,
            size=path.stat().st_size,
            sealed=sealed,
        )
        path.rename(package_path(self.place, number, bid))
        return bid

    def fetched(self) -> FetchedEnvelope:
        notice = self.papers.spoken(self.papers.opening(self.closing))
        return FetchedEnvelope(
            announcements=(write_announcement(self.papers.announcement()),),
            closing=self.closing,
            notice=notice,
            delivered=self.delivered,
            bids=tuple(self.bids),
        )

    def collected(self, **changes: Any) -> Collected:
        """Collect without judging anew."""
        values: dict[str, Any] = {
            "judge": self.papers.judge(),
            "closing": read_statement(self.closing, Closing),
            "closing_statement": self.closing,
            "envelope": self.papers.envelopes[0],
            "room": self.papers.opening(self.closing),
            "bids": tuple(self._collected(number, bid) for number, bid in enumerate(self.bids)),
            "time_key": self.lot.time,
        }
        return Collected(**{**values, **changes})

    def _collected(self, number: int, bid: FetchedBid) -> CollectedBid:
        path = package_path(self.place, number, bid)
        return CollectedBid(closed=bid, path=path, package=self.lot.world.package(path))

    def run(self, **changes: Any) -> OpeningRun:
        values: dict[str, Any] = {
            "collected": self.collected(),
            "store": self.store,
            "place": self.place,
            "speak": self.papers.spoken,
            "now": lambda: AFTERWARDS,
        }
        return OpeningRun(**{**values, **changes})

    def open(self, run: OpeningRun | None = None, **how: Any) -> dict[bytes, BidFate]:
        """Open with the lot's opening key."""
        ways: dict[str, Any] = {
            "report": lambda _done, _total: None,
            "check": lambda: None,
            "on_fate": lambda _fate: None,
        }
        return dict((run or self.run()).open(self.lot.opening, **{**ways, **how}))

    def hidden(self) -> list[Path]:
        """Everything that no run should have left."""
        return [*self.place.rglob(".*"), *(self.lot.folder / "state").rglob(".*")]


def as_closed(bid: FetchedBid) -> ClosedBid:
    return ClosedBid(
        package=bid.package,
        sha256=bid.sha256,
        bidder=bid.bidder,
        bidder_code=bid.bidder_code,
        at_us=bid.at_us,
        number=bid.number,
        size=bid.size,
    )
