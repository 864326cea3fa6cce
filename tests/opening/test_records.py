"""The record of real openings of every kind: its bundle is what `bidseal verify` demands, and not made too early."""

from pathlib import Path

import pytest

from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.domain.tendering import LotState, OpeningState, PolicyGroup
from desktop.formats.bundle import Opening, Part, PartKind, judge_bundle, read_bundle
from desktop.protocol.statements import OpeningNotice, read_room_statement
from desktop.services.opening_record import file_record, gather
from desktop.services.opening_room import AgentRoom, Decision
from tests.opening.people import Bidding
from tests.opening.test_opening import (
    announce_all,
    closed,
    deliver,
    double,
    end_window,
    package_of,
    recorded,
)

NO_BIDDER = (PolicyGroup.OPENING_KEY, PolicyGroup.TIME)
FAILED = Decision(passed=False, reason="资格不符")


def judged(bidding: Bidding, room: AgentRoom, folder: Path) -> tuple[Opening, tuple[Part, ...]]:
    """Make the record, judge its bundle as anybody does, and file it."""
    _, files = recorded(bidding, folder)
    with files.bundle.open("rb") as file:
        verdict = judge_bundle(file, room.judge().basis)
        file.seek(0)
        parts = read_bundle(file)
    assert (verdict.verdict, verdict.reasons) == (Verdict.VALID, ())
    assert verdict.opening is not None
    filed = file_record(bidding.agency.workspace, bidding.lot_id, pdf=files.pdf, bundle=files.bundle)
    assert filed.lot.state is LotState.RECORDED
    return verdict.opening, parts


def opened(opening: Opening, envelope_id: str) -> int:
    return sum(each.state is OpeningState.OPENED for each in opening.results if each.envelope_id == envelope_id)


def test_record_of_an_extended_window_holds_every_notice_of_it(bidding: Bidding, tmp_path: Path) -> None:
    room = closed(bidding)
    room.open_window("bid")
    deliver(bidding, 0, 1)
    bidding.clock.advance(20 * 60)
    room.extend("bid", 15, "网络故障")
    room.extend("bid", 5, "仍有单位无法连接")
    bidding.clock.advance(31 * 60)
    room.end_delivery("bid")
    announce_all(bidding, room, "bid")
    opening, parts = judged(bidding, room, tmp_path)
    said = [read_room_statement(part.data, OpeningNotice).payload for part in parts if part.kind is PartKind.ROOM]
    assert [(each.revision, each.reason) for each in said] == [(1, ""), (2, "网络故障"), (3, "仍有单位无法连接")]
    assert opened(opening, "bid") == 2


def test_record_of_two_envelopes_is_made_once_everybody_is_decided_and_who_passed_is_opened(
    bidding: Bidding, tmp_path: Path
) -> None:
    room = double(bidding, 0, 1, 2)
    packages = [package_of(bidding, number) for number in range(3)]
    room.decide("first", {packages[0]: Decision(passed=True), packages[1]: FAILED})
    with pytest.raises(RejectedError, match=r"opening\.undecided"):
        gather(bidding.agency.workspace, bidding.lot_id, bidding.known.announcements)
    room.decide("first", {packages[2]: Decision(passed=True)})
    with pytest.raises(RejectedError, match=r"opening\.undecided"):
        gather(bidding.agency.workspace, bidding.lot_id, bidding.known.announcements)
    room.open_window("second")
    deliver(bidding, 0, envelope_id="second")
    end_window(bidding, room, "second")
    announce_all(bidding, room, "second")
    opening, _ = judged(bidding, room, tmp_path)
    assert (opened(opening, "first"), opened(opening, "second")) == (3, 1)


def test_record_of_two_envelopes_of_which_nobody_passed_has_no_second_one(bidding: Bidding, tmp_path: Path) -> None:
    room = double(bidding, 0, 1)
    with pytest.raises(RejectedError, match=r"opening\.undecided"):
        gather(bidding.agency.workspace, bidding.lot_id, bidding.known.announcements)
    room.decide("first", {package_of(bidding, number): FAILED for number in (0, 1)})
    opening, parts = judged(bidding, room, tmp_path)
    assert (opened(opening, "first"), opened(opening, "second")) == (2, 0)
    assert sum(part.kind is PartKind.PASSED for part in parts) == 2


def test_record_to_which_nobody_has_delivered_anything_is_whole(bidding: Bidding, tmp_path: Path) -> None:
    room = closed(bidding)
    room.open_window("bid")
    end_window(bidding, room)
    announce_all(bidding, room, "bid")
    opening, parts = judged(bidding, room, tmp_path)
    assert opened(opening, "bid") == 0
    assert sum(part.kind is PartKind.DELIVERED for part in parts) == 1


def test_record_of_bids_that_need_no_share_is_whole_though_the_window_was_ended_at_once(
    bidding: Bidding, tmp_path: Path
) -> None:
    bidding.publish(("bid", NO_BIDDER))
    for number in range(3):
        bidding.bid(number)
    bidding.pass_deadline()
    room = bidding.room()
    room.open_window("bid")
    room.end_delivery("bid")
    announce_all(bidding, room, "bid")
    opening, _ = judged(bidding, room, tmp_path)
    assert opened(opening, "bid") == 3
