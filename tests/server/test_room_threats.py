"""Threats to an opening room: clocks, shares that are missing, whoever would like to know a price before it counts."""

import base64
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from desktop.crypto.primitives import sha256
from desktop.domain.tendering import LotState, OpeningState, Party
from desktop.protocol.statements import BidResult, read_room_statement
from desktop.server.db.log_models import LogEntry
from desktop.server.db.models import IssuedCertificate
from tests.server.phone import Ceremonies, Workstation, b64, enrol
from tests.server.rooms import MINUTE, PRICES, WINDOW, Bidder, RoomStage, decoded

HOUR = 3600
DAY = 24 * HOUR


def code_of(answer: Any) -> str:
    assert 400 <= answer.status_code < 600, answer.text
    return str(answer.json()["code"])


def ask_time_key(stage: RoomStage, envelope: str = "bid") -> Any:
    return stage.send(stage.agency, "time-key", {"envelope": envelope})


# -- T37, T38: time ----------------------------------------------------------------------------------------------------


def test_t37_time_key_is_not_given_before_the_delivery_has_ended(stage: RoomStage) -> None:
    stage.publish()
    assert code_of(ask_time_key(stage)) == "platform.wrong_state"
    stage.close()
    assert code_of(ask_time_key(stage)) == "platform.wrong_state"
    stage.open_room()
    stage.deliver(stage.bidders)
    assert code_of(ask_time_key(stage)) == "platform.wrong_state"
    stage.end_delivery()
    assert ask_time_key(stage).status_code == 200


def test_t37_time_key_of_an_envelope_is_not_given_before_its_time(two: RoomStage) -> None:
    two.second_not_before = 2 * DAY
    two.advance(LotState.DELIVERED, "first")
    assert ask_time_key(two, "first").status_code == 200
    assert code_of(ask_time_key(two, "second")) == "platform.wrong_state"
    two.report(two.result(each, "first") for each in two.bidders)
    two.announce("first")
    two.decide(two.passed(each) for each in two.bidders)
    two.open_room("second")
    two.deliver_all("second")
    assert code_of(ask_time_key(two, "second")) == "room.not_before"
    left = two.notice.envelopes[1].not_before - two.clock.now().timestamp()
    two.clock.advance(left - 1)
    two.sign_in_again()
    assert code_of(ask_time_key(two, "second")) == "room.not_before"
    two.clock.advance(1)
    assert ask_time_key(two, "second").status_code == 200


def test_t37_lot_that_failed_gives_no_time_key(stage: RoomStage) -> None:
    stage.advance(LotState.FAILED)
    assert code_of(ask_time_key(stage)) == "platform.wrong_state"


def test_t38_setting_the_platforms_clock_back_reopens_no_window(stage: RoomStage) -> None:
    stage.advance(LotState.DELIVERING)
    stage.deliver(stage.bidders[:2])
    inside = stage.clock.now()
    stage.pass_window()
    late = stage.bidders[2]
    assert code_of(stage.send(late.client, "deliver", stage.delivery(late))) == "room.over"
    stage.clock.set_wall(inside)
    assert code_of(stage.send(late.client, "deliver", stage.delivery(late))) == "room.over"
    assert stage.state is LotState.DELIVERED


def test_t38_no_moment_comes_back_even_where_nobody_had_looked_at_this_lot(stage: RoomStage) -> None:
    stage.advance(LotState.DELIVERING)
    inside = stage.clock.now()
    stage.pass_window()
    bidder = stage.bidders[0]
    stage.see_the_time()  # anything else that the platform does
    stage.clock.set_wall(inside)
    assert code_of(stage.send(bidder.client, "deliver", stage.delivery(bidder))) == "room.over"


def test_t38_time_key_is_kept_while_the_clock_stands_behind_what_was_seen(stage: RoomStage) -> None:
    stage.advance(LotState.DELIVERED)
    now = stage.clock.now()
    stage.clock.set_wall(now - timedelta(seconds=61))
    answer = ask_time_key(stage)
    assert (answer.status_code, code_of(answer)) == (503, "room.clock_disagrees")
    stage.clock.set_wall(now - timedelta(seconds=59))  # as much as a time server moves
    assert ask_time_key(stage).status_code == 200


@pytest.mark.parametrize("off", [-DAY, DAY])
def test_t38_workstation_a_day_off_opens_no_room(stage: RoomStage, off: int) -> None:
    stage.advance(LotState.CLOSED)
    until = int(stage.clock.now().timestamp()) + off + WINDOW * MINUTE
    body = {"statement": b64(stage.stated(stage.opening(until=until)))}
    assert code_of(stage.send(stage.agency, "open", body)) == "room.window_length"
    stage.open_room()


# -- T42, T47: shares --------------------------------------------------------------------------------------------------


def test_t42_share_that_was_not_delivered_is_the_bidders_cause_logged_and_stops_nobody(stage: RoomStage) -> None:
    stage.advance(LotState.DELIVERING)
    lost, *others = stage.bidders
    stage.deliver(others)
    stage.pass_window()
    assert stage.view()["lot"]["state"] == "delivered"
    stage.report([stage.not_opened(lost), *(stage.result(each) for each in others)])
    room = stage.announce()["envelopes"]["bid"]
    statement = decoded(room["results"][lost.package])
    told = read_room_statement(statement, BidResult).payload
    assert (told.state, told.cause, told.party) == (
        OpeningState.NOT_OPENED,
        "tender.share_not_delivered",
        Party.BIDDER,
    )
    with stage.platform.db.read() as session:
        assert sha256(statement) in {entry.body for entry in session.query(LogEntry)}
    for other in others:
        opened = read_room_statement(decoded(room["results"][other.package]), BidResult).payload
        assert opened.state is OpeningState.OPENED


@pytest.mark.parametrize(
    "claim",
    [
        lambda stage, bidder: stage.result(bidder),
        lambda stage, bidder: stage.not_opened(bidder, party=Party.OTHER),
        lambda stage, bidder: stage.not_opened(bidder, cause="opening.package_lost", party=Party.OTHER),
        lambda stage, bidder: stage.not_opened(bidder, cause="opening.given_up", party=Party.OTHER),
        lambda stage, bidder: stage.not_opened(bidder, cause="package.damaged"),
    ],
    ids=["opened", "blamed on another", "lost", "given up", "another fault"],
)
def test_t42_result_that_contradicts_a_missing_share_is_refused(
    stage: RoomStage, claim: Callable[[RoomStage, Bidder], BidResult]
) -> None:
    stage.advance(LotState.DELIVERING)
    stage.deliver(stage.bidders[1:])
    stage.pass_window()
    body = {"statements": [b64(stage.stated(claim(stage, stage.bidders[0])))]}
    assert code_of(stage.send(stage.agency, "results", body)) == "room.result_contradicts"


def test_bid_that_the_platform_has_lost_keeps_nobody_waiting_and_is_the_bidders_where_its_share_is_missing_too(
    stage: RoomStage,
) -> None:
    stage.advance(LotState.DELIVERING)
    lost, *others = stage.bidders
    stage.deliver(others)
    stage.pass_window()
    told = stage.not_opened(lost)  # whatever became of its file
    assert stage.report([told, *(stage.result(each) for each in others)])["lot"]["state"] == "opened"


def test_t42_agency_cannot_say_of_a_delivered_share_that_it_was_not(stage: RoomStage) -> None:
    stage.advance(LotState.DELIVERED)
    body = {"statements": [b64(stage.stated(stage.not_opened(stage.bidders[0])))]}
    assert code_of(stage.send(stage.agency, "results", body)) == "room.result_contradicts"


def prices_in(text: str) -> set[str]:
    """Return the prices that stand in an answer, or in any document within."""
    documents = [base64.b64decode(found) for found in re.findall(r"[A-Za-z0-9+/]{40,}={0,2}", text)]
    everything = text.encode() + b"".join(documents)
    return {price for price in PRICES if price.encode() in everything}


def test_t47_whoever_has_not_delivered_sees_no_price_until_it_is_too_late(stage: RoomStage) -> None:
    stage.advance(LotState.DELIVERING)
    late, *others = stage.bidders
    stage.deliver(others)
    stage.pass_window()
    stage.act("time-key", {"envelope": "bid"})
    stage.report([stage.not_opened(late), *(stage.result(each) for each in others)])
    assert stage.state is LotState.OPENED  # the agency knows the prices
    assert prices_in(json.dumps(stage.view())) == set(PRICES[1:3])
    for who in (bidder.client for bidder in stage.bidders):
        answer = who.send("GET", f"{stage.path}/room").text
        assert (json.loads(answer)["envelopes"]["bid"]["results"], prices_in(answer)) == ({}, set())
        assert code_of(who.send("GET", f"{stage.path}/room/deliveries/bid")) == "platform.forbidden"
    assert code_of(stage.send(late.client, "deliver", stage.delivery(late))) == "room.over"
    stage.announce()
    assert prices_in(late.client.send("GET", f"{stage.path}/room").text) == set(PRICES[1:3])
    assert code_of(stage.send(late.client, "deliver", stage.delivery(late))) == "room.over"


def test_t47_agency_gets_no_share_while_the_window_is_open(stage: RoomStage) -> None:
    stage.advance(LotState.DELIVERING)
    stage.deliver(stage.bidders)
    answer = stage.agency.send("GET", f"{stage.path}/room/deliveries/bid")
    assert code_of(answer) == "platform.wrong_state"
    sealed = [stage.delivery(each)["sealed"] for each in stage.bidders]
    shown = json.dumps(stage.view())
    assert not any(each in shown for each in sealed)
    stage.end_delivery()
    assert len(stage.agency.get(f"{stage.path}/room/deliveries/bid")) == 3


# -- T4, T34: who speaks for the agency --------------------------------------------------------------------------------


def open_by(stage: RoomStage, station: Workstation) -> Any:
    body = {"statement": b64(stage.stated(stage.opening(), station))}
    return stage.send(stage.agency, "open", body)


def test_t34_workstation_that_was_removed_speaks_for_nobody(stage: RoomStage) -> None:
    stage.advance(LotState.CLOSED)
    (station,) = stage.agency.get("/api/v1/workstations")
    assert stage.agency.send("DELETE", f"/api/v1/workstations/{station['id']}").status_code == 204
    assert stage.keys.station is not None
    assert code_of(open_by(stage, stage.keys.station)) == "ceremony.workstation_not_enrolled"


def test_t34_officer_whose_certificate_was_revoked_speaks_for_nobody(stage: RoomStage) -> None:
    stage.advance(LotState.CLOSED)
    with stage.platform.db.write() as session:
        session.get_one(IssuedCertificate, stage.keys.serial).state = "revoked"
    assert stage.keys.station is not None
    assert code_of(open_by(stage, stage.keys.station)) == "ceremony.certificate_invalid"


def test_t34_workstation_of_the_agency_that_no_officer_enrolled_opens_nothing(
    stage: RoomStage, ceremonies: Ceremonies
) -> None:
    stage.other_officers = (sha256(b"another member's certificate"),)
    stage.advance(LotState.CLOSED)
    station = enrol(stage.agency, ceremonies, stage.keys)
    assert code_of(open_by(stage, station)) == "room.statement"


def test_t34_second_workstation_of_the_same_officer_goes_on_where_the_first_has_stopped(
    stage: RoomStage, ceremonies: Ceremonies
) -> None:
    stage.advance(LotState.CLOSED)
    station = enrol(stage.agency, ceremonies, stage.keys)
    assert open_by(stage, station).status_code == 200


def test_t34_enrolment_is_not_made_up_by_the_workstation_itself(stage: RoomStage) -> None:
    stage.advance(LotState.CLOSED)
    honest = stage.keys.station
    assert honest is not None
    stranger = Workstation(enrolment=honest.enrolment)
    assert code_of(open_by(stage, stranger)) == "ceremony.signature_invalid"


def test_t45_statement_with_a_changed_byte_is_refused_wherever_it_is_changed(stage: RoomStage) -> None:
    stage.advance(LotState.CLOSED)
    honest = stage.stated(stage.opening())
    for place in range(0, len(honest), 17):
        bent = bytearray(honest)
        bent[place] ^= 1
        answer = stage.send(stage.agency, "open", {"statement": b64(bytes(bent))})
        assert 400 <= answer.status_code < 500, (place, answer.text)
    for cut in (0, 1, len(honest) // 2, len(honest) - 1):
        answer = stage.send(stage.agency, "open", {"statement": b64(honest[:cut])})
        assert 400 <= answer.status_code < 500, (cut, answer.text)
    assert stage.state is LotState.CLOSED
    assert stage.act("open", {"statement": b64(honest)})["lot"]["state"] == "delivering"


def test_t35_every_step_of_an_opening_is_an_entry_of_the_log(stage: RoomStage) -> None:
    stage.advance(LotState.RECORDED)
    with stage.platform.db.read() as session:
        entries = session.query(LogEntry).order_by(LogEntry.number).all()
    assert [entry.number for entry in entries] == list(range(len(entries)))
    # room, three shares, their end, three results, announcement, record
    kinds = [entry.kind for entry in entries][-10:]
    assert kinds == ["room", "share", "share", "share", "delivered", "room", "room", "room", "room", "record"]
