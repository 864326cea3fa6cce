"""Every step of an opening room asked for in every state of its lot: done, done already, or refused without a trace.

What each state allows is written down here once more; a step that is not listed leaves lot, room and log as they were.
"""

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from desktop.domain.tendering import LotState
from desktop.server.cases import log
from desktop.server.cases.room_rows import version_of
from desktop.server.db.tender_models import Lot
from desktop.server.rules.rooms import STEPS, RoomStep
from desktop.server.rules.states import LOTS, LotEvent
from tests.server.phone import b64
from tests.server.rooms import MINUTE, WINDOW, RoomStage

Ask = Callable[[RoomStage, str], Any]
S = LotState


def statement(stage: RoomStage, what: str, payload: Any) -> Any:
    return stage.send(stage.agency, what, {"statement": b64(stage.stated(payload))})


def extension(stage: RoomStage, envelope: str) -> Any:
    until = int(stage.clock.now().timestamp()) + 2 * WINDOW * MINUTE
    return statement(stage, "extend", stage.opening(envelope, until=until, revision=2, reason="网络中断"))


def results(stage: RoomStage, envelope: str) -> Any:
    each = [b64(stage.stated(stage.result(bidder, envelope))) for bidder in stage.bidders]
    return stage.send(stage.agency, "results", {"statements": each})


def sign_in(stage: RoomStage, _envelope: str) -> Any:
    bidder = stage.bidders[0]
    return bidder.client.send("POST", f"{stage.path}/sign-in", json={"organization_id": bidder.unit})


def said(stage: RoomStage, envelope: str) -> Any:
    bidder = stage.bidders[0]
    body = {"package": bidder.package, "envelope": envelope, "ok": False, "text": "异议"}
    return stage.send(bidder.client, "confirm", body)


ASKED: Mapping[str, Ask] = {
    "sign_in": sign_in,
    "open": lambda stage, envelope: statement(stage, "open", stage.opening(envelope)),
    "extend": extension,
    "deliver": lambda stage, envelope: stage.send(
        stage.bidders[0].client, "deliver", stage.delivery(stage.bidders[0], envelope)
    ),
    "end": lambda stage, envelope: stage.send(stage.agency, "end-delivery", {"envelope": envelope}),
    "shares": lambda stage, envelope: stage.agency.send("GET", f"{stage.path}/room/deliveries/{envelope}"),
    "time_key": lambda stage, envelope: stage.send(stage.agency, "time-key", {"envelope": envelope}),
    "results": results,
    "announce": lambda stage, envelope: stage.send(stage.agency, "announce", {"envelope": envelope}),
    "pass": lambda stage, _envelope: stage.send(
        stage.agency, "pass", {"statements": [b64(stage.stated(stage.passed(stage.bidders[0])))]}
    ),
    "confirm": said,
    "answer": lambda stage, envelope: stage.send(
        stage.agency, "answer", {"package": stage.bidders[0].package, "envelope": envelope, "text": "答复"}
    ),
    "record": lambda stage, _envelope: stage.record(),
}
#: What is asked for by which name, so that no event and no step is forgotten.
BY_NAME = {
    "open": LotEvent.OPEN_ROOM,
    "extend": LotEvent.EXTEND_ROOM,
    "end": LotEvent.END_DELIVERY,
    "results": LotEvent.OPEN_BIDS,
    "announce": LotEvent.ANNOUNCE,
    "record": LotEvent.RECORD,
    "sign_in": RoomStep.SIGN_IN,
    "deliver": RoomStep.DELIVER,
    "shares": RoomStep.TAKE_DELIVERIES,
    "time_key": RoomStep.TAKE_TIME_KEY,
    "pass": RoomStep.DECIDE,
    "confirm": RoomStep.CONFIRM,
    "answer": RoomStep.ANSWER,
}
#: What has an effect, and the state after it. A second envelope is meant where the state says so.
DOES: Mapping[tuple[S, str], S] = {
    (S.PUBLISHED, "sign_in"): S.PUBLISHED,
    (S.CLOSED, "sign_in"): S.CLOSED,
    (S.CLOSED, "open"): S.DELIVERING,
    (S.DELIVERING, "sign_in"): S.DELIVERING,
    (S.DELIVERING, "extend"): S.DELIVERING,
    (S.DELIVERING, "deliver"): S.DELIVERING,
    (S.DELIVERED, "time_key"): S.DELIVERED,
    (S.DELIVERED, "results"): S.OPENED,
    (S.OPENED, "time_key"): S.OPENED,
    (S.OPENED, "announce"): S.ANNOUNCED,
    (S.ANNOUNCED, "time_key"): S.ANNOUNCED,
    (S.ANNOUNCED, "confirm"): S.ANNOUNCED,
    (S.ANNOUNCED, "record"): S.RECORDED,
    (S.FAILED, "record"): S.RECORDED,
}
#: What is answered as if it had been done, and changes nothing.
REPEATED = (
    {(state, "shares") for state in (S.DELIVERED, S.OPENED, S.ANNOUNCED, S.RECORDED)}
    | {(state, "end") for state in (S.DELIVERED, S.OPENED, S.ANNOUNCED, S.RECORDED)}
    | {(state, "announce") for state in (S.ANNOUNCED, S.RECORDED)}
    | {(S.OPENED, "results"), (S.RECORDED, "record")}
)
#: What is refused by a name of its own: shares are missing, the window is over, nothing was said that has an answer.
OWN_NAMES = {"room.shares_missing", "room.over"}


def trace(stage: RoomStage) -> tuple[str, int, int]:
    with stage.platform.db.read() as session:
        state = session.get_one(Lot, stage.lot_id).state
        return state, version_of(session, stage.lot_id), log.size(session)


def ask_all(stage: RoomStage, state: LotState, envelope: str, does: Mapping[tuple[S, str], S]) -> list[str]:
    """Ask for everything that has no effect; return what was answered otherwise than it must be."""
    wrong, before = [], trace(stage)
    for name, ask in ASKED.items():
        if (state, name) in does:
            continue
        answer = ask(stage, envelope)
        if (state, name) in REPEATED:
            is_right = answer.status_code == 200
        else:
            code = answer.json()["code"]
            nothing_said = name == "answer" and (answer.status_code, code) == (404, "platform.not_found")
            refused = answer.status_code == 409 and code in OWN_NAMES | {"platform.wrong_state"}
            is_right = refused or nothing_said
        if not is_right or trace(stage) != before:
            wrong.append(f"{name}: {answer.status_code} {answer.text}")
    return wrong


@pytest.mark.parametrize("state", [state for state in LotState if state is not LotState.DRAFT])
def test_step_that_a_state_does_not_allow_leaves_no_trace(stage: RoomStage, state: LotState) -> None:
    stage.advance(state)
    assert stage.state is state
    assert ask_all(stage, state, "bid", DOES) == []


#: What is done, but told to nobody before the closing.
UNTOLD = {(S.PUBLISHED, "sign_in")}


@pytest.mark.parametrize(("state", "name"), list(DOES))
def test_step_that_a_state_allows_is_done(stage: RoomStage, state: LotState, name: str) -> None:
    stage.advance(state)
    before = trace(stage)
    answer = ASKED[name](stage, "bid")
    assert answer.status_code == 200, answer.text
    after = trace(stage)
    assert after[0] == DOES[state, name]
    if (state, name) in UNTOLD:
        assert after[1:] == before[1:]
        return
    assert after[1] > before[1]
    assert after[2] > before[2]


#: While the second envelope is at work: what else has an effect, asked of the second.
SECOND: Mapping[tuple[S, str], S] = {step: after for step, after in DOES.items() if step[0] not in {S.CLOSED, S.FAILED}}


@pytest.mark.parametrize("state", [S.DELIVERING, S.DELIVERED, S.OPENED, S.ANNOUNCED, S.RECORDED])
def test_second_envelope_allows_no_other_step_than_the_first(two: RoomStage, state: LotState) -> None:
    two.second_not_before = 0
    two.advance(state, "second")
    assert ask_all(two, state, "second", SECOND) == []


@pytest.mark.parametrize("state", [S.DELIVERING, S.DELIVERED, S.OPENED])
def test_first_envelope_stays_done_while_the_second_is_at_work(two: RoomStage, state: LotState) -> None:
    two.advance(state, "second")
    before = trace(two)
    again = {"shares"}  # what was delivered may be fetched again
    aside = {"sign_in", "time_key", "confirm"}
    for name in ASKED.keys() - aside:
        answer = ASKED[name](two, "first")
        assert (answer.status_code == 200) is (name in again), f"{name}: {answer.text}"
    assert trace(two) == before


def test_draft_has_no_room(stage: RoomStage) -> None:
    stage.publish()
    stage.put_state(LotState.DRAFT)
    for name, ask in ASKED.items():
        if name not in {"open", "extend"}:  # a draft has no closing that they could name
            answer = ask(stage, "bid")
            assert (answer.status_code, answer.json()["code"]) == (404, "platform.not_found"), name
    assert stage.agency.refused("GET", f"{stage.path}/room") == (404, "platform.not_found")


def test_every_event_of_a_room_and_every_step_is_asked_for() -> None:
    assert set(BY_NAME) == set(ASKED)
    before_the_room = {LotEvent.PUBLISH, LotEvent.AMEND, LotEvent.CLOSE, LotEvent.FAIL}
    events = {event for event in BY_NAME.values() if isinstance(event, LotEvent)}
    assert events == set(LotEvent) - before_the_room
    assert {step for step in BY_NAME.values() if isinstance(step, RoomStep)} == set(RoomStep) - {RoomStep.REPORT}


def test_tables_allow_what_is_promised_here() -> None:
    for (state, event), after in LOTS.items():
        for name, asked in BY_NAME.items():
            if asked is event and (state, name) != (S.ANNOUNCED, "open"):  # of a second envelope
                # The end of the delivery is asked for elsewhere, once no share is missing.
                assert DOES.get((state, name), S.DELIVERED) is after
    for step, states in STEPS.items():
        names = [name for name, asked in BY_NAME.items() if asked is step]
        for name, state in itertools.product(names, LotState):
            if (state, name) in DOES or (state, name) in REPEATED:
                assert state in states
