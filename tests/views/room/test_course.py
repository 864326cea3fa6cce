"""Where an opening is, what each bid is at, who is first, and whose turn it is: rooms at each step of the protocol."""

from dataclasses import replace

import pytest

from desktop.domain.tendering import LotState, Party
from desktop.testing.prepared import MORNING
from desktop.views.room.course import Fate, Local, Step, announced_lines, bid_lines, left_out, step_of, steps_of
from desktop.views.room.facts import Confirmation, Passed, Result, Room
from desktop.views.room.state import Job, RoomState
from tests.views.room import rooms as r

P = r.package
ALL_PASSED = {P(n): Passed(passed=True) for n in range(1, 6)}


def state_of(room: Room, **changes: object) -> RoomState:
    return replace(RoomState(room=room, now=MORNING), **changes)  # type: ignore[arg-type]


def fates(room: Room, local: Local | None = None) -> list[Fate]:
    return [line.fate for line in bid_lines(room, room.envelope, local or Local())]


STEPS = [
    (r.before_deadline(), Step.SIGN_IN),
    (r.closed(), Step.DELIVERY),
    (r.failed(), Step.RECORD),
    (r.delivering(1), Step.DELIVERY),
    (r.delivered(1, 2, 3), Step.OPENING),
    (r.opened(), Step.ANNOUNCEMENT),
    (r.announced(), Step.CONFIRMATION),
    (r.double(LotState.ANNOUNCED), Step.CONFIRMATION),
    (r.double(LotState.ANNOUNCED, passed=ALL_PASSED), Step.SECOND),
    (r.double(LotState.DELIVERING, at="second", passed=ALL_PASSED), Step.SECOND),
    (r.double(LotState.OPENED, at="second", passed=ALL_PASSED), Step.SECOND),
    (r.double(LotState.ANNOUNCED, at="second", passed=ALL_PASSED), Step.RECORD),
    (r.room(LotState.RECORDED), None),
]


@pytest.mark.parametrize(("room", "step"), STEPS)
def test_each_state_of_a_lot_is_one_step_of_the_room(room: Room, step: Step | None):
    assert step_of(room, is_past_deadline=False) is step


def test_room_between_deadline_and_closing_is_at_the_deadline():
    assert step_of(r.before_deadline(), is_past_deadline=True) is Step.DEADLINE


def test_only_two_envelopes_have_the_step_of_the_second():
    assert Step.SECOND not in steps_of(r.closed())
    assert Step.SECOND in steps_of(r.double(LotState.ANNOUNCED))


def test_lot_with_too_few_bids_leaves_the_opening_out_before_and_after_its_record():
    assert Step.OPENING in left_out(r.failed())
    assert Step.OPENING in left_out(replace(r.failed(), state=LotState.RECORDED))
    assert left_out(r.room(LotState.RECORDED)) == frozenset()


# -- what each bid is at -----------------------------------------------------------------------------------------------


def test_bids_are_awaited_until_they_have_delivered_and_missed_once_the_window_has_ended():
    assert fates(r.closed()) == [Fate.SEALED] * 5
    assert fates(r.delivering(1, 3)) == [Fate.DELIVERED, Fate.AWAITED, Fate.DELIVERED, Fate.AWAITED, Fate.AWAITED]
    assert fates(r.delivered(1, 3)) == [Fate.DELIVERED, Fate.MISSED, Fate.DELIVERED, Fate.MISSED, Fate.MISSED]


def test_bid_that_was_not_opened_has_a_cause_and_a_party_and_stops_no_other():
    lines = bid_lines(r.opened(), r.opened().envelope)
    assert [line.fate for line in lines] == [Fate.OPENED] * 3 + [Fate.NOT_OPENED] * 2
    assert (lines[3].cause, lines[3].party) == ("package.payload_damaged", Party.OTHER)
    assert (lines[4].cause, lines[4].party) == ("tender.share_not_delivered", Party.BIDDER)


def test_what_this_workstation_knows_comes_before_the_platform_does_and_never_against_it():
    local = Local(fetched=frozenset({P(1), P(2)}), unfetched={P(3): "package.damaged"}, fates={P(2): ""})
    assert fates(r.delivered(1, 2, 3), local)[:3] == [Fate.FETCHED, Fate.OPENED, Fate.UNFIT]
    assert fates(r.opened(), Local(fates={P(1): "package.payload_damaged"}))[0] is Fate.OPENED


def test_second_envelope_of_a_bid_that_did_not_pass_is_kept_sealed():
    passed = ALL_PASSED | {P(3): Passed(passed=False, reason="业绩不满足")}
    room = r.double(LotState.DELIVERING, at="second", passed=passed)
    assert fates(room)[:3] == [Fate.DELIVERED, Fate.AWAITED, Fate.KEPT_SEALED]
    assert not room.takes_part(room.bids[2], room.envelopes[1])


# -- the announcement --------------------------------------------------------------------------------------------------


def test_announcement_is_in_the_order_of_prices_and_unopened_bids_come_last():
    room = r.announced()
    lines = announced_lines(room, room.envelopes[0])
    assert [(line.rank, line.line.bid.number) for line in lines] == [(1, 2), (2, 1), (3, 3), (None, 4), (None, 5)]


def test_equal_prices_share_a_rank():
    room = r.announced()
    equal = {P(n): Result(is_opened=True, price=r.PRICES[n - 1]) for n in (1, 2, 4)}
    lines = announced_lines(room, replace(room.envelopes[0], results=equal))
    assert [(line.rank, line.line.bid.number) for line in lines[:3]] == [(1, 2), (1, 4), (3, 1)]


def test_price_above_the_limit_is_flagged_and_ranked_all_the_same():
    room = r.announced()
    third = announced_lines(room, room.envelopes[0])[2]
    assert (third.is_above_limit, third.rank) == (True, 3)
    without = replace(room, price_limit=None)
    assert not any(line.is_above_limit for line in announced_lines(without, without.envelopes[0]))


# -- whose turn it is --------------------------------------------------------------------------------------------------

AGENCY = [
    (r.before_deadline(), {}, Job.AWAIT_DEADLINE),
    (r.closed(), {}, Job.OPEN_WINDOW),
    (r.failed(), {}, Job.MAKE_RECORD),
    (r.delivering(1), {}, Job.WATCH_DELIVERY),
    (r.delivered(1, 2), {}, Job.FETCH),
    (r.delivered(1, 2), {"fetched": frozenset({P(1), P(2)})}, Job.OPEN_BIDS),
    (r.delivered(1, 2), {"fetched": frozenset({P(1)}), "unfetched": {P(2): "package.damaged"}}, Job.OPEN_BIDS),
    (r.delivered(1, 2), {"is_opened_here": True}, Job.POST_RESULTS),
    (r.opened(), {}, Job.ANNOUNCE),
    (r.announced(), {}, Job.MAKE_RECORD),
    (r.announced(), {"record": "record.pdf"}, Job.SEAL_RECORD),
    (r.double(LotState.ANNOUNCED), {}, Job.JUDGE),
    (r.double(LotState.ANNOUNCED, passed=ALL_PASSED), {}, Job.OPEN_WINDOW),
    (
        r.double(LotState.ANNOUNCED, passed={P(n): Passed(passed=False, reason="不符") for n in range(1, 6)}),
        {},
        Job.MAKE_RECORD,
    ),
    (r.double(LotState.ANNOUNCED, at="second", passed=ALL_PASSED), {}, Job.MAKE_RECORD),
    (r.room(LotState.RECORDED), {}, Job.OVER),
]


@pytest.mark.parametrize(("room", "changes", "job"), AGENCY)
def test_agency_has_one_thing_to_do_at_each_step(room: Room, changes: dict[str, object], job: Job):
    assert state_of(room, **changes).job is job


BIDDER = [
    (r.before_deadline(is_agency=False), {}, Job.SIGN_IN),
    (r.before_deadline(is_agency=False), {"has_signed_in": True}, Job.AWAIT_DEADLINE),
    (r.closed(is_agency=False), {}, Job.AWAIT_WINDOW),
    (r.failed(is_agency=False), {}, Job.FAILED),
    (r.delivering(2, is_agency=False), {}, Job.DELIVER),
    (r.delivering(1, is_agency=False), {}, Job.DELIVERED),
    (r.delivered(1, 2, 3, is_agency=False), {}, Job.AWAIT_OPENING),
    (r.delivered(2, 3, 4, is_agency=False), {}, Job.MISSED),
    (r.opened(is_agency=False), {}, Job.AWAIT_ANNOUNCEMENT),
    (r.announced(is_agency=False), {}, Job.CHECK_OWN),
    (replace(r.delivering(1), is_agency=False), {}, Job.NO_PART),
    (
        r.double(LotState.DELIVERING, at="second", passed={P(1): Passed(passed=False, reason="不符")}, is_agency=False),
        {},
        Job.NO_PART,
    ),
    (r.room(LotState.RECORDED, is_agency=False), {}, Job.OVER),
]


@pytest.mark.parametrize(("room", "changes", "job"), BIDDER)
def test_bidder_has_one_thing_to_do_or_to_wait_for_at_each_step(room: Room, changes: dict[str, object], job: Job):
    assert state_of(room, **changes).job is job


def test_objection_is_open_until_the_agency_has_answered():
    said = Confirmation(ok=False, text="工期有误")
    assert said.is_open_objection
    assert not replace(said, answer="已核对无误").is_open_objection
    assert not Confirmation(ok=True).is_open_objection
