"""Accounts, sessions and the bound number under attack (T31, T33, T34, T35); each with the honest run beside it.

Against the platform of the product over HTTP; who comes from another address calls it as ASGI, since all HTTP here is
this machine. The cases one by one stand in tests/server/test_account_security.py and test_sms_login.py.
"""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from desktop.domain.clock import ManualClock
from desktop.domain.operations import NoticeKind
from desktop.server.app import create_app
from desktop.server.cases import limits
from desktop.server.demo import OPERATOR_MOBILE, seed
from desktop.server.settings import ServerSettings
from desktop.server.threaded import ThreadedServer
from tests.server.client import Client
from tests.server.conftest import CONTROL, START, Counted
from tests.server.phone import Ceremonies, Keys, download, place_order, png

OWNER, THIEFS = "13811111111", "13866667777"
PASSWORD = "青山绿水 2026 投标"
HOUR = 3600
CHANGES = "/api/v1/me/mobile/changes"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def app(tmp_path: Path, clock: ManualClock) -> Iterator[FastAPI]:
    app = create_app(ServerSettings(state_folder=tmp_path / "state", control_token=CONTROL), clock, Counted("accounts"))
    seed(app.state.platform)
    yield app
    app.state.platform.close()


@pytest.fixture
def connect(app: FastAPI) -> Iterator[Callable[..., Client]]:
    clients: list[Client] = []
    with ThreadedServer(app) as url:

        def make(token: str = "") -> Client:
            clients.append(Client(url, CONTROL))
            clients[-1].token = token
            return clients[-1]

        yield make
        for client in clients:
            client.close()


@pytest.fixture
def owner(connect: Callable[..., Client], clock: ManualClock) -> Client:
    """Somebody with a login password, a minute after the last code."""
    client = connect()
    client.sign_in(OWNER)
    clock.advance(61)
    client.post("/api/v1/me/password/code")
    client.post("/api/v1/me/password", {"new": PASSWORD, "code": code_to(client, OWNER)})
    clock.advance(61)
    return client


@pytest.fixture
def thief(owner: Client, connect: Callable[..., Client]) -> Client:
    """Whoever got hold of the owner's session, but of neither phone nor password."""
    return connect(owner.token)


def code_to(client: Client, mobile: str) -> str:
    return client.outbox(mobile)[0]["code"]


def knock(app: FastAPI, host: str, path: str, body: dict[str, Any], **headers: str) -> tuple[int, dict[str, Any]]:
    """Send one request as if from `host`; return status and answer."""
    content, sent = json.dumps(body).encode(), list[Any]()
    raw = [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [*raw, *((name.replace("_", "-").encode(), value.encode()) for name, value in headers.items())],
        "client": (host, 1),
        "server": ("127.0.0.1", 80),
        "scheme": "http",
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    answer = b"".join(m.get("body", b"") for m in sent)
    return int(sent[0]["status"]), json.loads(answer) if answer else {}


# -- T31: guessing, enumerating, flooding --------------------------------------------------------------------------


def test_t31_many_addresses_guess_no_faster_than_one_because_the_number_counts_too(
    app: FastAPI, connect: Callable[..., Client], clock: ManualClock
) -> None:
    client = connect()
    client.post("/api/v1/sms", {"mobile": OWNER, "purpose": "login"})
    right = code_to(client, OWNER)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for n in range(8):
        status, said = knock(app, f"203.0.113.{n}", "/api/v1/sessions/sms", {"mobile": OWNER, "code": wrong})
        assert (status, said["code"]) == (400, "platform.code_wrong")
    assert client.refused("POST", "/api/v1/sessions/sms", json={"mobile": OWNER, "code": right})[0] == 400
    clock.advance(60)
    assert client.sign_in(OWNER)["created"]  # the honest run: a new code, once, from anywhere


def test_t31_flooder_is_stopped_by_its_address_and_nobody_else_is(app: FastAPI, clock: ManualClock) -> None:
    most = limits.MOST[limits.Counted.SMS]
    asked = [
        knock(app, "203.0.113.7", "/api/v1/sms", {"mobile": f"1390000{n:04d}", "purpose": "login"})
        for n in range(most + 3)
    ]
    assert [status for status, _ in asked] == [202] * most + [429] * 3
    assert asked[-1][1]["code"] == "platform.slow_down"
    body = {"mobile": OWNER, "purpose": "login"}
    # Neither a header of its own nor another spelling of its address makes it somebody else.
    for host in ("203.0.113.7", "::ffff:203.0.113.7"):
        spoof = {"x_forwarded_for": "198.51.100.1", "forwarded": "for=198.51.100.1", "x_real_ip": "198.51.100.1"}
        assert knock(app, host, "/api/v1/sms", body, **spoof)[0] == 429
    assert knock(app, "203.0.113.8", "/api/v1/sms", body)[0] == 202
    clock.advance(HOUR)
    assert knock(app, "203.0.113.7", "/api/v1/sms", body)[0] == 202


def test_t31_one_number_is_left_alone_a_minute_by_all_its_senders_together(
    app: FastAPI, owner: Client, clock: ManualClock
) -> None:
    def ask(purpose: str) -> int:
        return knock(app, "203.0.113.7", "/api/v1/sms", {"mobile": OWNER, "purpose": purpose})[0]

    before = len(owner.outbox(OWNER))
    assert ask("login") == 202
    assert ask("app_login") == 429
    assert owner.refused("POST", "/api/v1/me/password/code") == (429, "platform.sms_too_often")
    refused = owner.refused("POST", "/api/v1/me/mobile/codes", json={"new_mobile": THIEFS})
    assert refused == (429, "platform.sms_too_often")
    assert len(owner.outbox(OWNER)) == before + 1
    assert owner.outbox(THIEFS) == []
    clock.advance(60)
    assert ask("app_login") == 202


def test_t31_nothing_tells_a_number_with_an_account_from_one_without(
    app: FastAPI, owner: Client, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasher, derived = app.state.platform.passwords, list[str]()
    derive = hasher._derive
    monkeypatch.setattr(hasher, "_derive", lambda *a: (derived.append("argon2id"), derive(*a))[1])
    unknown = "13855555555"
    for path, body in (
        ("/api/v1/sms", {"purpose": "login"}),
        ("/api/v1/sessions/password", {"password": "wrong and long"}),
        ("/api/v1/sessions/sms", {"code": "000000"}),
    ):
        answers, work = [], []
        for mobile in (OWNER, unknown):
            derived.clear()
            answers.append(knock(app, "203.0.113.9", path, {"mobile": mobile, **body}))
            work.append(len(derived))
        assert answers[0] == answers[1], path
        assert work[0] == work[1], path
    texts = [owner.outbox(mobile)[0]["text"] for mobile in (OWNER, unknown)]
    assert len({"".join(c for c in text if not c.isdigit()) for text in texts}) == 1
    assert owner.get("/api/v1/me")["account"]["has_password"]


def test_t31_password_guesses_rest_after_ten_and_the_owner_still_gets_in_by_code(
    owner: Client, connect: Callable[..., Client]
) -> None:
    guesser = connect()
    for _ in range(10):
        body = {"mobile": OWNER, "password": "wrong and long"}
        assert guesser.refused("POST", "/api/v1/sessions/password", json=body) == (400, "platform.password_wrong")
    body = {"mobile": OWNER, "password": PASSWORD}
    assert guesser.refused("POST", "/api/v1/sessions/password", json=body) == (429, "platform.password_paused")
    assert connect().sign_in(OWNER)["created"] is False
    assert owner.get("/api/v1/me")


# -- T33: the thief of a session and the number --------------------------------------------------------------------


def thiefs_ways(thief: Client, codes: dict[str, str]) -> list[tuple[int, str]]:
    """Everything that the thief can send without the owner's phone and password."""
    guess = {"new_mobile": THIEFS, "new_code": codes["new_code"], "old_code": "000000"}
    return [
        thief.refused("POST", CHANGES, json=guess),
        thief.refused("POST", CHANGES, json=guess | {"password": "wrong and long"}),
        thief.refused("POST", CHANGES, json=guess | {"old_code": codes["new_code"], "password": "wrong"}),
        thief.refused("POST", "/api/v1/me/password", json={"new": "thief knows best", "code": "000000"}),
        thief.refused("POST", "/api/v1/me/password", json={"new": "thief knows best", "code": codes["new_code"]}),
        thief.refused("POST", "/api/v1/me/password", json={"new": "thief knows best", "old": "wrong and long"}),
    ]


def test_t33_session_alone_changes_neither_number_nor_password(
    owner: Client, thief: Client, connect: Callable[..., Client], clock: ManualClock
) -> None:
    thief.post("/api/v1/me/mobile/codes", {"new_mobile": THIEFS})
    codes = {"new_code": code_to(thief, THIEFS)}  # the code to the number that is the thief's own
    assert {status for status, _ in thiefs_ways(thief, codes)} == {400}
    assert owner.get(CHANGES) == []
    clock.advance(100 * HOUR)
    assert connect().sign_in(THIEFS)["created"] is True
    fresh = connect()
    assert fresh.sign_in(OWNER)["created"] is False
    assert fresh.get("/api/v1/me")["account"]["mobile_masked"] == "138****1111"


def test_t33_owner_with_both_phones_and_the_password_changes_the_number_after_a_day(
    owner: Client, thief: Client, connect: Callable[..., Client], clock: ManualClock
) -> None:
    owner.post("/api/v1/me/mobile/codes", {"new_mobile": THIEFS})
    change = {
        "new_mobile": THIEFS,
        "new_code": code_to(owner, THIEFS),
        "old_code": code_to(owner, OWNER),
        "password": PASSWORD,
    }
    assert owner.post(CHANGES, change)["state"] == "pending"
    assert "24 小时后改绑" in owner.outbox(OWNER)[0]["text"]
    clock.advance(24 * HOUR - 1)
    assert connect().sign_in(OWNER)["created"] is False
    clock.advance(1)
    assert connect().sign_in(THIEFS)["created"] is False
    # Whoever had a session of the account has none now.
    assert thief.refused("GET", "/api/v1/me") == (401, "platform.signed_out")


def test_t33_stolen_session_and_stolen_codes_still_leave_the_owner_a_day_to_stop_it(
    owner: Client, thief: Client, connect: Callable[..., Client], clock: ManualClock
) -> None:
    thief.post("/api/v1/me/mobile/codes", {"new_mobile": THIEFS})
    body = {"new_mobile": THIEFS, "new_code": code_to(thief, THIEFS), "old_code": code_to(thief, OWNER)}
    thief.post(CHANGES, body | {"password": PASSWORD})
    notices = thief.get("/api/v1/notices")["notices"]
    thief.post("/api/v1/notices/read-all", {"until": notices[0]["id"]})
    clock.advance(23 * HOUR)
    fresh = connect()
    fresh.sign_in(OWNER)
    # Read, but not gone: the thief cannot take a notice away.
    assert fresh.get("/api/v1/notices")["notices"][0]["kind"] == NoticeKind.MOBILE_CHANGE_PLANNED
    (change,) = fresh.get(CHANGES)
    assert fresh.post(f"{CHANGES}/{change['id']}/cancel")["state"] == "cancelled"
    fresh.post("/api/v1/sessions/end-others")
    clock.advance(48 * HOUR)
    assert connect().sign_in(THIEFS)["created"] is True


def test_t33_lost_number_needs_a_checked_identity_the_review_and_three_days(
    owner: Client, thief: Client, connect: Callable[..., Client], clock: ManualClock
) -> None:
    def ask() -> Any:
        thief.post("/api/v1/me/mobile/codes", {"new_mobile": THIEFS, "with_old": False})
        form = {"new_mobile": THIEFS, "new_code": code_to(thief, THIEFS)}
        return thief.send("POST", "/api/v1/me/mobile/lost", data=form, files={"papers": ("证件.png", png())})

    assert ask().json()["code"] == "platform.identity_differs"  # nobody could compare the papers with anything
    operator = connect()
    operator.sign_in(OPERATOR_MOBILE)
    order = place_order(owner)
    operator.post(f"/api/v1/review/orders/{order['id']}", {"approve": True, "reason": ""})
    clock.advance(61)
    check = ask().json()
    assert owner.get("/api/v1/notices")["notices"][0]["kind"] == NoticeKind.MOBILE_CHANGE_REQUESTED
    rejection = {"approve": False, "reason": "证件与实名信息不符"}
    operator.post(f"/api/v1/review/checks/{check['id']}", rejection)
    assert owner.get(CHANGES) == []
    clock.advance(61)
    second = ask().json()
    operator.post(f"/api/v1/review/checks/{second['id']}", {"approve": True})
    assert "72 小时后改绑" in owner.outbox(OWNER)[0]["text"]  # the old number hears of it, lost or not
    (change,) = owner.get(CHANGES)
    assert owner.post(f"{CHANGES}/{change['id']}/cancel")["state"] == "cancelled"


# -- T34: other people's accounts ----------------------------------------------------------------------------------


def test_t34_no_account_touches_sessions_changes_or_notices_of_another(
    owner: Client, connect: Callable[..., Client], clock: ManualClock
) -> None:
    owner.post("/api/v1/me/mobile/codes", {"new_mobile": THIEFS})
    body = {"new_mobile": THIEFS, "new_code": code_to(owner, THIEFS), "old_code": code_to(owner, OWNER)}
    change = owner.post(CHANGES, body | {"password": PASSWORD})
    (session,) = owner.get("/api/v1/sessions")
    notice = owner.get("/api/v1/notices")["notices"][0]
    stranger = connect()
    stranger.sign_in("13844444444")
    for method, path in (
        ("DELETE", f"/api/v1/sessions/{session['id']}"),
        ("POST", f"{CHANGES}/{change['id']}/cancel"),
        ("POST", f"/api/v1/me/mobile/lost/{change['id']}/cancel"),
    ):
        assert stranger.refused(method, path) == (404, "platform.not_found")
    stranger.send("POST", "/api/v1/notices/read", json={"ids": [notice["id"]]})
    stranger.post("/api/v1/notices/read-all", {"until": 2**31 - 1})
    stranger.post("/api/v1/sessions/end-others")
    assert stranger.get(CHANGES) == []
    assert stranger.get("/api/v1/notices")["notices"] == []
    assert owner.get("/api/v1/notices")["notices"][0]["read_at"] is None
    assert [s["id"] for s in owner.get("/api/v1/sessions")] == [session["id"]]
    # The owner may do all of it.
    assert owner.post(f"{CHANGES}/{change['id']}/cancel")["state"] == "cancelled"
    assert owner.send("DELETE", f"/api/v1/sessions/{session['id']}").status_code == 204
    assert owner.refused("GET", "/api/v1/me") == (401, "platform.signed_out")


def test_t34_account_is_no_field_of_any_request_about_accounts(owner: Client) -> None:
    """Mass assignment: who the caller is comes from the session alone."""
    mine = owner.get("/api/v1/me")["account"]["id"]
    for path, body in (
        ("/api/v1/me/password", {"new": PASSWORD + " 2", "old": PASSWORD}),
        ("/api/v1/me/mobile/codes", {"new_mobile": THIEFS}),
        (CHANGES, {"new_mobile": THIEFS, "new_code": "000000", "old_code": "000000"}),
        ("/api/v1/notices/read", {"ids": []}),
        ("/api/v1/notices/read-all", {"until": 0}),
    ):
        for extra in ({"account_id": mine}, {"role": "operator"}, {"mobile": OWNER}):
            refused = owner.refused("POST", path, json=body | extra)
            assert refused == (422, "platform.bad_request"), (path, extra)
    assert owner.post("/api/v1/me/password", {"new": PASSWORD + " 2", "old": PASSWORD})["strength"] >= 1


# -- T35: what is recorded of an account ---------------------------------------------------------------------------


def test_t35_no_route_edits_or_removes_notices_records_or_the_history_of_a_change(app: FastAPI) -> None:
    def routes(found: Any) -> Iterator[APIRoute]:
        for route in getattr(getattr(found, "original_router", None) or found, "routes", None) or []:
            if isinstance(route, APIRoute):
                yield route
            else:
                yield from routes(route)

    ways = {(method, route.path) for route in routes(app) for method in route.methods}
    assert ("GET", "/api/v1/notices") in ways  # the walk sees them
    assert ("GET", "/api/v1/records") in ways
    for method, path in ways:
        if path.startswith(("/api/v1/notices", "/api/v1/records", CHANGES)):
            assert method in {"GET", "POST"}, (method, path)


def test_t35_history_of_an_account_keeps_its_order_and_times_whatever_is_sent_later(
    owner: Client, clock: ManualClock
) -> None:
    ceremonies = Ceremonies(clock.now, Counted("history"))
    operator = Client(owner.base_url, CONTROL)
    operator.sign_in(OPERATOR_MOBILE)
    order = place_order(owner)
    operator.post(f"/api/v1/review/orders/{order['id']}", {"approve": True, "reason": ""})
    download(owner, ceremonies, order, Keys())
    operator.close()
    before = owner.get("/api/v1/notices")["notices"]
    clock.advance(HOUR)
    owner.post("/api/v1/me/password", {"new": PASSWORD + " 2", "old": PASSWORD})
    clock.set_wall(START)  # the platform's clock is set back
    owner.post("/api/v1/me/password", {"new": PASSWORD, "old": PASSWORD + " 2"})
    after = owner.get("/api/v1/notices")["notices"]
    assert after[2:] == before
    assert [n["id"] for n in after] == sorted((n["id"] for n in after), reverse=True)
    assert [n["kind"] for n in after[:2]] == ["password_changed"] * 2
