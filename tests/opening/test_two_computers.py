"""An opening over a line that breaks, and at two computers of the agency: no bid is lost or blamed for it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.tendering import LotState, OpeningState, Party
from desktop.portal.room_records import RoomView
from desktop.services.opening_room import AgentRoom, Decision
from desktop.views.room.facts import Room
from desktop.views.room.own_desk import OwnDesk
from desktop.views.room.state import Job, RoomState, may_scan_again
from tests.opening.people import Bidding
from tests.opening.test_opening import closed, deliver, double, end_window, open_all, quiet


def delivered(bidding: Bidding, *bidders: int) -> AgentRoom:
    """Bring a lot of three bids to the end of its window."""
    room = closed(bidding)
    room.open_window("bid")
    deliver(bidding, *bidders)
    end_window(bidding, room)
    return room


def desk_of(bidding: Bidding) -> OwnDesk:
    return OwnDesk(bidding.agency.workspace, bidding.lot_id)


def fetch(desk: OwnDesk, room: Room, folder: Path) -> RoomState:
    """Fetch at a workstation, and return the state that its page then has."""
    folder.mkdir(exist_ok=True)
    found = desk.fetch(room, folder, quiet, quiet)
    bad = {package: code for package, code in found.items() if code}
    return RoomState(room=room, folder=folder, fetched=frozenset(found.keys() - bad.keys()), unfetched=bad)


def give_up_one(bidding: Bidding, room: AgentRoom, folder: Path, number: int) -> bytes:
    """Open at a workstation on whose disk one package is damaged after it was fetched, and give that one up."""
    folder.mkdir(exist_ok=True)
    room.choose_place(folder)
    room.fetch("bid", report=quiet, check=quiet)
    action = room.release("bid", bidding.agency.certificate)
    for path in (folder / "packages").glob(f"{number:04}-*.bid"):
        path.write_bytes(b"damaged on this disk")
    view, _ = bidding.agency.scan(action)
    (package,) = (bytes.fromhex(detail.key) for detail in view.details if detail.code)
    room.give_up("bid", package)
    return package


def outcomes(room: AgentRoom, view: RoomView) -> dict[bytes, tuple[OpeningState, Party]]:
    told = [room.judge().result(data, "bid").payload for data in view.envelopes["bid"].results.values()]
    return {each.package_id: (each.state, each.party) for each in told}


OPENED = (OpeningState.OPENED, Party.NOBODY)


def breaking(real: Callable[..., Any], at: int) -> Callable[..., Any]:
    """Let one call fail as on a line that breaks."""
    calls = 0

    def call(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == at:
            raise UnavailableError("portal.unreachable")
        return real(*given, **named)

    return call


def test_line_that_breaks_during_the_fetch_is_said_and_costs_no_bid(
    bidding: Bidding, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = delivered(bidding, 0, 1, 2)
    desk, api = desk_of(bidding), type(bidding.agency.workspace.api)
    monkeypatch.setattr(api, "bid_file", breaking(api.bid_file, 2))
    seen = desk.room()
    with pytest.raises(UnavailableError, match=r"portal\.unreachable"):
        fetch(desk, seen, bidding.folder / "开标")
    assert fetch(desk, seen, bidding.folder / "开标").unfetched == {}
    bidding.agency.done(desk.open_bids(seen, lambda _package, _code: None))
    assert desk.kept(seen).is_opened
    desk.post_results(seen, quiet)
    view = bidding.agency.workspace.api.room(bidding.lot_id)
    assert set(outcomes(room, view).values()) == {OPENED}


def test_package_that_is_gone_from_this_disk_is_undecided_and_not_the_platforms_fault(bidding: Bidding) -> None:
    room = delivered(bidding, 0, 1, 2)
    room.fetch("bid", report=quiet, check=quiet)
    (path,) = (bidding.folder / "开标" / "packages").glob("0002-*.bid")
    path.unlink()
    again = bidding.room()
    found = again.take_up("bid", report=quiet, check=quiet)
    assert sorted(found.values()) == ["", "", "opening.package_differs"]
    view, _ = bidding.agency.scan(again.release("bid", bidding.agency.certificate))
    assert sorted(detail.code for detail in view.details) == ["", "", "opening.package_differs"]
    with pytest.raises(RejectedError, match=r"opening\.undecided"):
        again.post_results("bid", report=quiet)
    open_all(bidding, again)
    assert set(outcomes(again, again.post_results("bid", report=quiet)).values()) == {OPENED}


def test_opening_to_which_nobody_delivered_comes_to_its_end(bidding: Bidding) -> None:
    room = delivered(bidding)
    desk = desk_of(bidding)
    seen = desk.room()
    assert RoomState(room=seen).job is Job.FETCH
    assert fetch(desk, seen, bidding.folder / "开标").job is Job.OPEN_BIDS
    bidding.agency.scan(desk.open_bids(seen, lambda _package, _code: None))
    assert desk.kept(seen).is_opened
    assert desk.post_results(seen, quiet).state is LotState.OPENED
    view = bidding.agency.workspace.api.room(bidding.lot_id)
    assert set(outcomes(room, view).values()) == {(OpeningState.NOT_OPENED, Party.BIDDER)}


def test_what_each_of_two_computers_has_opened_is_opened(bidding: Bidding) -> None:
    room = delivered(bidding, 0, 1, 2)
    first = give_up_one(bidding, room, bidding.folder / "A", 1)
    with bidding.agency.new_computer():
        other = bidding.room()
        second = give_up_one(bidding, other, bidding.folder / "B", 2)
        told = outcomes(other, other.post_results("bid", report=quiet))
        assert {package for package, said in told.items() if said != OPENED} == {second}
    assert first != second
    desk = desk_of(bidding)
    seen = desk.room()
    assert desk.kept(seen).has_news
    desk.post_results(seen, quiet)
    view = bidding.agency.workspace.api.room(bidding.lot_id)
    assert set(outcomes(room, view).values()) == {OPENED}
    assert not desk.kept(desk.room()).has_news


def test_another_computer_opens_what_was_given_up_until_it_is_announced(bidding: Bidding) -> None:
    room = delivered(bidding, 0, 1, 2)
    give_up_one(bidding, room, bidding.folder / "A", 1)
    room.post_results("bid", report=quiet)
    with bidding.agency.new_computer():
        desk = desk_of(bidding)
        seen = desk.room()
        assert may_scan_again(RoomState(room=seen))
        fetch(desk, seen, bidding.folder / "B")
        bidding.agency.done(desk.open_bids(seen, lambda _package, _code: None))
        after = desk.post_results(seen, quiet)
    assert not may_scan_again(RoomState(room=after))
    view = bidding.agency.workspace.api.room(bidding.lot_id)
    assert set(outcomes(room, view).values()) == {OPENED}


def test_decision_that_a_colleague_has_published_is_not_published_over(bidding: Bidding) -> None:
    room = double(bidding, 0, 1, 2)
    one, two, three = bidding.agency.workspace.api.room(bidding.lot_id).envelopes["first"].results
    room.decide("first", {one: Decision(passed=False, reason="业绩不满足"), two: Decision(passed=True)})
    with pytest.raises(RejectedError, match=r"opening\.decided_otherwise"):
        room.decide("first", {one: Decision(passed=True), three: Decision(passed=True)})
    after = room.decide("first", {two: Decision(passed=True), three: Decision(passed=True)})
    said = [room.judge().passed(data, "first").payload for data in after.envelopes["first"].passed.values()]
    assert {each.package_id: each.passed for each in said} == {one: False, two: True, three: True}


def test_window_that_a_colleague_opens_at_the_same_moment_is_the_one_that_counts(
    bidding: Bidding, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = closed(bidding)
    api, colleague = type(bidding.agency.workspace.api), bidding.room()
    real = api.open_room

    def slower(*given: Any) -> Any:
        monkeypatch.setattr(api, "open_room", real)
        colleague.open_window("bid")
        return real(*given)

    monkeypatch.setattr(api, "open_room", slower)
    opened = room.open_window("bid")
    assert opened.envelopes["bid"].notice == bidding.agency.workspace.api.room(bidding.lot_id).envelopes["bid"].notice
    deliver(bidding, 0, 1, 2)
    end_window(bidding, room)
    open_all(bidding, room)
