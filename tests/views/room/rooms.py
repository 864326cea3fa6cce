"""Rooms made by hand, at each step of an opening; and a desk that answers from them."""
# ruff: noqa: ARG002 - the desk's names

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from desktop.domain.errors import BidSealError
from desktop.domain.tendering import LotState, Party
from desktop.services.action import Action
from desktop.services.confirming import Comparison
from desktop.testing.prepared import MORNING
from desktop.views.room.desk import Kept, MadeRecord
from desktop.views.room.facts import Bid, Confirmation, Passed, Result, Room, RoomEnvelope, SignedIn

DEADLINE = MORNING - timedelta(minutes=40)
NAMES = (
    "江西赣江建设工程有限公司",
    "南昌滕王建筑集团有限公司",
    "九江长虹路桥工程有限公司",
    "赣州客家建工集团股份有限公司",
    "上饶三清市政工程有限公司",
)
PRICES = (Decimal("12345678.90"), Decimal("12199000.00"), Decimal("13500000.00"), Decimal("12199000.00"), None)
OWN = NAMES[0]


def package(number: int) -> str:
    """The package of bid `number`, from 1."""
    return f"{number:032x}"


def bids(count: int = 5, *, own: bool = False) -> tuple[Bid, ...]:
    return tuple(
        Bid(
            package=package(n),
            number=n,
            name=NAMES[n - 1],
            code=f"91360100MA35TEST{n}X",
            received_at=DEADLINE - timedelta(hours=30 - 5 * n, seconds=7 * n),
            sha256=bytes([n]) * 32,
            size=n * 3_400_000,
            is_own=own and n == 1,
        )
        for n in range(1, count + 1)
    )


def envelope(envelope_id: str = "bid", title: str = "投标文件", **changes: Any) -> RoomEnvelope:
    return RoomEnvelope(envelope_id=envelope_id, title=title, not_before=DEADLINE, **changes)


def room(state: LotState, *, is_agency: bool = True, count: int | None = 5, **changes: Any) -> Room:
    """A room in `state`, of a lot with one envelope unless `envelopes` says otherwise."""
    fields: dict[str, Any] = {
        "lot_id": "lot1",
        "version": 1,
        "state": state,
        "tender": "JXJT-2026-118",
        "tender_name": "赣江新区市政道路改造工程施工招标",
        "lot": "1",
        "lot_name": "一标段: 道路与管网",
        "purchaser": "赣江新区城市建设投资有限公司",
        "agency": "江西省招标咨询集团有限公司",
        "deadline": DEADLINE,
        "is_agency": is_agency,
        "window_minutes": 30,
        "price_limit": Decimal("13000000.00"),
        "signed_in": tuple(SignedIn(name=n, at=DEADLINE - timedelta(minutes=30 - i)) for i, n in enumerate(NAMES[:4])),
        "closed_at": DEADLINE,
        "count": count,
        "opens": count is not None and count >= 3,
        "bids": bids(count or 0, own=not is_agency),
        "envelopes": (envelope(),),
    }
    return Room(**{**fields, **changes})


def before_deadline(*, is_agency: bool = True, **changes: Any) -> Room:
    """Nobody is told who else is here."""
    fields = {
        "signed_in": (),
        "count": None,
        "closed_at": None,
        "deadline": MORNING + timedelta(minutes=12),
        **changes,
    }
    return room(LotState.PUBLISHED, is_agency=is_agency, **fields)


def closed(**changes: Any) -> Room:
    return room(LotState.CLOSED, **changes)


def failed(**changes: Any) -> Room:
    return room(LotState.FAILED, count=2, **changes)


def delivering(*delivered: int, envelope_id: str = "bid", **changes: Any) -> Room:
    """The window of the one envelope is open; the bids with these numbers have delivered."""
    one = envelope(
        until=MORNING + timedelta(minutes=17),
        revision=1,
        deliveries={package(n): MORNING - timedelta(minutes=10 - n) for n in delivered},
    )
    return room(LotState.DELIVERING, envelope_id=envelope_id, envelopes=(one,), **changes)


def delivered(*numbers: int, **changes: Any) -> Room:
    at = delivering(*numbers, **changes)
    return replace(at, state=LotState.DELIVERED, envelopes=(replace(at.envelopes[0], is_delivered=True),))


def results(*opened: int, missed: tuple[int, ...] = (), bad: tuple[int, ...] = ()) -> Mapping[str, Result]:
    found = {
        package(n): Result(
            is_opened=True,
            at=MORNING,
            price=PRICES[n - 1],
            bond=Decimal("200000.00"),
            days=180 + n,
            quality="合格",
            manager="张建国",
            files=4,
        )
        for n in opened
    }
    found |= {
        package(n): Result(is_opened=False, cause="tender.share_not_delivered", party=Party.BIDDER, at=MORNING)
        for n in missed
    }
    return found | {
        package(n): Result(is_opened=False, cause="package.payload_damaged", party=Party.OTHER, at=MORNING) for n in bad
    }


def opened(**changes: Any) -> Room:
    at = delivered(1, 2, 3, 4, **changes)
    one = replace(at.envelopes[0], results=results(1, 2, 3, missed=(5,), bad=(4,)))
    return replace(at, state=LotState.OPENED, envelopes=(one,))


def announced(**changes: Any) -> Room:
    at = opened(**changes)
    said = {
        package(1): Confirmation(ok=True, at=MORNING),
        package(2): Confirmation(ok=False, text="唱标工期与我方投标函不一致, 请核对。", at=MORNING),
    }
    one = replace(at.envelopes[0], announced_at=MORNING, confirmations=said)
    return replace(at, state=LotState.ANNOUNCED, envelopes=(one,))


def double(state: LotState, *, at: str = "first", passed: Mapping[str, Passed] | None = None, **changes: Any) -> Room:
    """A room of 双信封 after the announcement of the first envelope, or at the second."""
    first = envelope(
        "first",
        "第一信封: 商务技术",
        until=MORNING,
        revision=1,
        is_delivered=True,
        deliveries={package(n): MORNING for n in range(1, 6)},
        results={p: replace(r, price=None, bond=None) for p, r in results(1, 2, 3, 4, 5).items()},
        announced_at=MORNING,
        passed=passed or {},
    )
    second = envelope("second", "第二信封: 报价")
    if at == "second":
        second = replace(
            second,
            until=MORNING + timedelta(minutes=9),
            revision=2,
            reason="一家投标人网络中断",
            deliveries={package(1): MORNING},
        )
    return room(state, envelope_id=at, envelopes=(first, second), **changes)


class HandMadeDesk:
    """Answers every call with the room that it holds; notes what it was asked."""

    def __init__(self, held: Room) -> None:
        self.held = held
        self.asked: list[tuple[object, ...]] = []
        self.error: BidSealError | None = None
        self.bad: dict[str, str] = {}
        self.comparison = Comparison.SAME
        self.remains = Kept()

    def show(self, held: Room) -> None:
        """Hold another room, one version later."""
        self.held = replace(held, version=self.held.version + 1)

    def _answer(self, *asked: object) -> Room:
        if self.error is not None:
            raise self.error
        self.asked.append(asked)
        return self.held

    def room(self, after: int | None = None, wait_s: int = 0) -> Room:
        if self.error is not None:
            raise self.error
        return self.held

    def sign_in(self) -> Room:
        return self._answer("sign_in")

    def is_own_bid_closed(self, room: Room) -> bool:
        self.asked.append(("is_own_bid_closed",))
        return True

    def deliver(self, room: Room) -> Action:
        raise NotImplementedError

    def compare_own(self, room: Room) -> Comparison:
        self.asked.append(("compare_own",))
        return self.comparison

    def confirm(self, room: Room, *, is_agreed: bool, text: str = "") -> Room:
        return self._answer("confirm", is_agreed, text)

    def open_window(self, room: Room) -> Room:
        return self._answer("open_window")

    def extend(self, room: Room, minutes: int, reason: str) -> Room:
        return self._answer("extend", minutes, reason)

    def end_delivery(self, room: Room) -> Room:
        return self._answer("end_delivery")

    def kept(self, room: Room) -> Kept:
        return self.remains

    def fetch(
        self, room: Room, folder: Path, report: Callable[[int, int, str], None], check: Callable[[], None]
    ) -> Mapping[str, str]:
        report(1, 2, "…")
        self._answer("fetch", folder)
        return {bid.package: self.bad.get(bid.package, "") for bid in room.bids}

    def open_bids(self, room: Room, on_fate: Callable[[str, str], None]) -> Action:
        raise NotImplementedError

    def give_up(self, room: Room, bid: Bid) -> Kept:
        self._answer("give_up", bid.package)
        left = self.remains.undecided - {bid.package}
        self.remains = replace(self.remains, undecided=left, is_opened=not left)
        return self.remains

    def post_results(self, room: Room, report: Callable[[int, int, str], None]) -> Room:
        return self._answer("post_results")

    def announce(self, room: Room) -> Room:
        return self._answer("announce")

    def judge(self, room: Room, decisions: Mapping[str, Passed]) -> Room:
        return self._answer("judge", dict(decisions))

    def answer(self, room: Room, bid: Bid, text: str) -> Room:
        return self._answer("answer", bid.package, text)

    def make_record(self, room: Room, folder: Path) -> MadeRecord:
        self._answer("make_record", folder)
        return MadeRecord(pdf=Path("record.pdf"), version=self.held.version)

    def keep_sealed(self, room: Room, pdf: Path) -> MadeRecord:
        self._answer("keep_sealed", pdf)
        return MadeRecord(pdf=Path("record.pdf"), version=self.held.version, sealed=pdf)

    def file_record(self, room: Room, pdf: Path) -> Room:
        return self._answer("file_record", pdf)

    def save_record(self, room: Room, folder: Path) -> Path:
        self._answer("save_record", folder)
        return folder / "record.pdf"


def later(seconds: int) -> datetime:
    return MORNING + timedelta(seconds=seconds)
