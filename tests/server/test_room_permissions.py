"""Who may do what in an opening room, by every kind of caller and for every object of somebody else (T34, T45)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from desktop.domain.operations import MemberRole
from desktop.domain.tendering import LotState
from desktop.server.context import Platform
from desktop.server.rules.permissions import MATRIX, Action, Role
from tests.server.client import Client
from tests.server.conftest import ADMIN_MOBILE
from tests.server.outsiders import former_member, join, other_admin, unit_of, with_ended_session
from tests.server.phone import b64
from tests.server.rooms import RoomStage

Request = Callable[[Client], Any]


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Everybody who might ask, and what each is to the first bidder's bid."""

    callers: dict[str, tuple[Client, set[Role]]]


@pytest.fixture
def cast(stage: RoomStage, operator: Client, connect: Callable[[], Client], platform: Platform, admin: Client) -> Cast:
    stage.advance(LotState.DELIVERING)
    agency = unit_of(admin)
    visitor, stranger, colleague = connect(), connect(), connect()
    stranger.sign_in("13822222222")
    account = colleague.sign_in("13833333333")["account"]
    join(platform, agency, account["id"], MemberRole.CERTIFICATE_USER)
    former, other = former_member(admin, connect, platform), other_admin(operator, connect)
    watcher = connect()
    watcher.sign_in("13844444443")
    watching = watcher.get("/api/v1/me")["account"]["id"]
    unit = stage.new_unit("旁听单位", "91360100MA35T2000X")
    join(platform, unit, watching, MemberRole.CERTIFICATE_USER)
    stage.clock.advance(61)
    ended = with_ended_session(connect, ADMIN_MOBILE)
    bidder, rival = stage.bidders[0].client, stage.bidders[1].client
    watcher.post(f"{stage.path}/sign-in", {"organization_id": unit})
    return Cast(
        callers={
            "visitor": (visitor, {Role.VISITOR}),
            "member of the agency whose session has ended": (ended, {Role.VISITOR}),
            "stranger": (stranger, set()),
            "member of another unit": (other, set()),
            "who has left the agency": (former, set()),
            "operator": (operator, {Role.OPERATOR}),
            "agency": (admin, {Role.AGENCY}),
            "user of the agency": (colleague, {Role.AGENCY}),
            "bidder": (bidder, {Role.BIDDER}),
            "rival": (rival, set()),
            "unit that signed in": (watcher, set()),
        }
    )


def requests_of(stage: RoomStage) -> dict[str, tuple[Action, Request]]:
    bidder, room = stage.bidders[0], f"{stage.path}/room"
    about = {"package": bidder.package, "envelope": "bid"}
    statement = {"statement": b64(stage.stated(stage.opening()))}
    results = {"statements": [b64(stage.stated(stage.result(bidder)))]}

    def post(path: str, body: Any) -> Request:
        return lambda c: c.send("POST", path, json=body)

    def get(path: str) -> Request:
        return lambda c: c.send("GET", path)

    run, take_part = Action.RUN_OPENING, Action.TAKE_PART_IN_OPENING
    return {
        "open": (run, post(f"{room}/open", statement)),
        "extend": (run, post(f"{room}/extend", statement)),
        "end": (run, post(f"{room}/end-delivery", {"envelope": "bid"})),
        "shares": (run, get(f"{room}/deliveries/bid")),
        "time key": (run, post(f"{room}/time-key", {"envelope": "bid"})),
        "results": (run, post(f"{room}/results", results)),
        "announce": (run, post(f"{room}/announce", {"envelope": "bid"})),
        "pass": (run, post(f"{room}/pass", results)),
        "answer": (run, post(f"{room}/answer", {**about, "text": "答复"})),
        "record": (run, lambda c: c.send("POST", f"{room}/record", files={"pdf": b"%PDF-", "bundle": b"b"})),
        "sign in": (take_part, post(f"{stage.path}/sign-in", {"organization_id": bidder.unit})),
        "deliver": (take_part, post(f"{room}/deliver", stage.delivery(bidder))),
        "confirm": (take_part, post(f"{room}/confirm", {**about, "ok": True, "text": ""})),
        "look": (Action.READ_ROOM, get(room)),
        "wait": (Action.READ_ROOM, get(f"{room}?after=0&wait=1")),
    }


def is_refused(answer: Any) -> bool:
    code = "" if answer.status_code < 400 else answer.json()["code"]
    return code in {"platform.signed_out", "platform.forbidden", "platform.not_found"}


def test_t34_every_caller_gets_exactly_what_the_matrix_says_of_a_room(stage: RoomStage, cast: Cast) -> None:
    looking = {"rival", "unit that signed in"}
    wrong = []
    for name, (action, request) in requests_of(stage).items():
        for who, (client, roles) in cast.callers.items():
            known = roles | ({Role.BIDDER} if action is Action.READ_ROOM and who in looking else set())
            # Of a bid of which nothing was said there is nothing to answer: whoever may answer is told so.
            expected = not known & MATRIX[action] or name == "answer"
            answer = request(client)
            if is_refused(answer) is not expected:
                wrong.append((name, who, answer.status_code, answer.text))
    assert wrong == []


def test_t34_who_is_refused_learns_nothing_of_a_rivals_bid(stage: RoomStage, cast: Cast) -> None:
    rival, absent = stage.bidders[1], "0" * 32
    room = f"{stage.path}/room"
    for what, more in (("deliver", {"sealed": b64(bytes(113))}), ("confirm", {"ok": True, "text": ""})):
        for package in (stage.bidders[0].package, absent):
            body = {"package": package, "envelope": "bid", **more}
            assert rival.client.refused("POST", f"{room}/{what}", json=body) == (404, "platform.not_found")
    for unit in (stage.bidders[0].unit, absent):
        assert rival.client.refused("POST", f"{stage.path}/sign-in", json={"organization_id": unit}) == (
            404,
            "platform.not_found",
        )


def test_t34_bid_is_not_reached_through_another_lot(stage: RoomStage, cast: Cast) -> None:
    bidder, path = stage.bidders[0], f"/api/v1/lots/{'0' * 32}/room/deliver"
    assert bidder.client.refused("POST", path, json=stage.delivery(bidder)) == (404, "platform.not_found")


def test_t34_agency_does_not_sign_in_for_its_own_lot(stage: RoomStage) -> None:
    stage.publish()
    body = {"organization_id": unit_of(stage.agency)}
    assert stage.agency.refused("POST", f"{stage.path}/sign-in", json=body) == (403, "platform.forbidden")


def test_t34_who_left_the_bidder_has_nothing_to_say_for_it(
    stage: RoomStage, connect: Callable[[], Client], platform: Platform
) -> None:
    stage.advance(LotState.DELIVERING)
    bidder, leaving = stage.bidders[0], connect()
    account = leaving.sign_in("13844444445")["account"]["id"]
    join(platform, bidder.unit, account, MemberRole.CERTIFICATE_USER)
    stage.act("deliver", stage.delivery(bidder), leaving)
    bidder.client.send("DELETE", f"/api/v1/organizations/{bidder.unit}/members/{account}")
    for path in ("room", "room/deliver"):
        method = "GET" if path == "room" else "POST"
        options = {} if path == "room" else {"json": stage.delivery(bidder)}
        assert leaving.refused(method, f"{stage.path}/{path}", **options) == (404, "platform.not_found")
