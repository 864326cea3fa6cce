"""Login password, bound mobile number, sessions (manual section 12; threats T31, T33)."""

import asyncio
import itertools
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.clock import ManualClock
from desktop.domain.errors import RejectedError
from desktop.domain.passwords import Strength, strength_of
from desktop.server.cases import limits, phone_login, sms_login
from desktop.server.cases.sms_login import Purpose
from desktop.server.context import Platform
from desktop.server.db.models import Account, AddressCount
from desktop.server.sms import outbox
from tests.server.client import Client
from tests.server.conftest import ADMIN_MOBILE
from tests.server.phone import Keys, png

PASSWORD = "青山绿水 2026 投标"
NEW_MOBILE = "13822222222"
HOUR = 3600


@pytest.fixture
def admin(admin: Client, clock: ManualClock) -> Client:
    """The admin, a minute after the code of the login: the number may be sent the next."""
    clock.advance(60)
    return admin


def code_to(client: Client, mobile: str) -> str:
    return client.outbox(mobile)[0]["code"]


def set_password(client: Client, mobile: str = ADMIN_MOBILE, new: str = PASSWORD) -> Any:
    client.post("/api/v1/me/password/code")
    return client.post("/api/v1/me/password", {"new": new, "code": code_to(client, mobile)})


def log_in(client: Client, password: str, mobile: str = ADMIN_MOBILE, **more: str) -> Any:
    return client.send("POST", "/api/v1/sessions/password", json={"mobile": mobile, "password": password, **more})


@pytest.mark.parametrize(
    ("password", "strength"),
    [
        ("", Strength.WEAK),
        ("Ab1!x", Strength.WEAK),
        ("aaaaaaaaaaaaaaaa", Strength.WEAK),
        ("12345678", Strength.WEAK),
        ("abcdefghijkl", Strength.WEAK),
        ("password1", Strength.WEAK),
        ("Passw0rd!", Strength.WEAK),
        ("13811111111", Strength.WEAK),
        ("a11111111", Strength.WEAK),
        ("hgwtkzlq", Strength.WEAK),
        ("hgwtk4lq", Strength.FAIR),
        ("hgwtk4lqhgwt", Strength.GOOD),
        ("correct horse battery", Strength.STRONG),
        (PASSWORD, Strength.GOOD),
        ("x" * 10 + "abcde" * 24, Strength.WEAK),
    ],
)
def test_strength_is_judged_by_length_and_by_what_is_known(password: str, strength: Strength) -> None:
    assert strength_of(password, mobile=ADMIN_MOBILE) is strength


@given(st.text(max_size=200))
def test_any_text_has_a_strength(password: str) -> None:
    assert strength_of(password) in set(Strength)


def test_password_is_set_by_code_and_signs_in(admin: Client, keys: Keys, connect: Callable[[], Client]) -> None:
    assert admin.get("/api/v1/me")["account"]["has_password"] is False
    assert set_password(admin) == {"strength": Strength.GOOD}
    assert admin.get("/api/v1/me")["account"]["has_password"] is True
    session = log_in(connect(), PASSWORD, device="前台电脑").json()
    assert session["account"] == admin.get("/api/v1/me")["account"]
    listed = {(s["method"], s["device"], s["current"]) for s in admin.get("/api/v1/sessions")}
    assert listed == {("sms", "", True), ("password", "前台电脑", False)}
    assert admin.get("/api/v1/notices")["notices"][0]["kind"] == "password_changed"


def test_password_is_changed_by_the_old_one_and_ends_other_sessions(
    admin: Client, keys: Keys, connect: Callable[[], Client]
) -> None:
    set_password(admin)
    other = connect()
    other.token = log_in(other, PASSWORD).json()["token"]
    body = {"new": PASSWORD + " neu", "old": "falsch und lang"}
    assert admin.refused("POST", "/api/v1/me/password", json=body) == (400, "platform.password_wrong")
    admin.post("/api/v1/me/password", body | {"old": PASSWORD})
    assert other.refused("GET", "/api/v1/me") == (401, "platform.signed_out")
    assert admin.get("/api/v1/me")["account"]["has_password"] is True
    assert log_in(other, PASSWORD).status_code == 400
    assert log_in(other, PASSWORD + " neu").status_code == 200


def test_password_needs_a_proof_and_strength(admin: Client, keys: Keys) -> None:
    for body, code in (
        ({"new": PASSWORD}, "platform.code_wrong"),
        ({"new": PASSWORD, "code": "000000"}, "platform.code_wrong"),
        ({"new": PASSWORD, "old": ""}, "platform.code_wrong"),
        ({"new": PASSWORD, "old": "x"}, "platform.password_wrong"),
        ({"new": "12345678", "code": "000000"}, "platform.password_weak"),
    ):
        assert admin.refused("POST", "/api/v1/me/password", json=body) == (400, code)


def test_login_code_does_not_set_a_password(admin: Client, keys: Keys, clock: ManualClock) -> None:
    clock.advance(61)
    admin.post("/api/v1/sms", {"mobile": ADMIN_MOBILE, "purpose": "login"})
    body = {"new": PASSWORD, "code": code_to(admin, ADMIN_MOBILE)}
    assert admin.refused("POST", "/api/v1/me/password", json=body) == (400, "platform.code_wrong")
    for purpose in ("set_password", "mobile_new"):
        body = {"mobile": ADMIN_MOBILE, "purpose": purpose}
        assert admin.refused("POST", "/api/v1/sms", json=body) == (422, "platform.bad_request")


def test_t31_number_without_account_and_account_without_password_answer_alike(
    admin: Client, keys: Keys, connect: Callable[[], Client]
) -> None:
    set_password(admin)
    client = connect()
    client.sign_in("13844444444")
    answers = [log_in(client, "wrong and long", mobile) for mobile in (ADMIN_MOBILE, "13844444444", "13855555555")]
    assert {a.status_code for a in answers} == {400}
    assert len({a.content for a in answers}) == 1


@pytest.mark.parametrize("mobile", [ADMIN_MOBILE, "13855555555"])
def test_t31_ten_passwords_in_a_quarter_of_an_hour_whoever_it_is(
    admin: Client, keys: Keys, connect: Callable[[], Client], clock: ManualClock, mobile: str
) -> None:
    set_password(admin)
    clients = [connect() for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: log_in(clients[n % 8], "wrong and long", mobile), range(14)))
    assert sorted(a.status_code for a in answers) == [400] * 10 + [429] * 4
    refused = log_in(clients[0], PASSWORD, mobile)
    assert refused.json() == {"code": "platform.password_paused", "detail": "900"}
    clock.advance(15 * 60)
    assert log_in(clients[0], PASSWORD, mobile).status_code == (200 if mobile == ADMIN_MOBILE else 400)


def test_password_stands_in_the_database_as_argon2id_only(admin: Client, keys: Keys, platform: Platform) -> None:
    set_password(admin)
    with platform.db.read() as session:
        kept = session.query(Account).filter_by(mobile=ADMIN_MOBILE).one().password
    assert kept is not None
    assert kept.startswith("argon2id$3$65536$1$")
    hasher = platform.passwords
    assert hasher.hash(PASSWORD) != hasher.hash(PASSWORD)
    assert (hasher.matches(PASSWORD, kept), hasher.matches(PASSWORD + "!", kept)) == (True, False)
    assert hasher.matches("", None) is False


def test_sessions_are_listed_and_ended_one_by_one_or_all_others(
    admin: Client, keys: Keys, connect: Callable[[], Client], clock: ManualClock
) -> None:
    admin.post("/api/v1/sessions/end-others")  # the one in which the unit was furnished
    others = [connect() for _ in range(3)]
    for other in others:
        clock.advance(61)
        other.sign_in(ADMIN_MOBILE)
    stranger = connect()
    stranger.sign_in("13844444444")
    listed = admin.get("/api/v1/sessions")
    assert [s["current"] for s in listed] == [False, False, False, True]
    newest = listed[0]["id"]
    assert stranger.refused("DELETE", f"/api/v1/sessions/{newest}") == (404, "platform.not_found")
    assert admin.send("DELETE", f"/api/v1/sessions/{newest}").status_code == 204
    assert others[2].refused("GET", "/api/v1/me") == (401, "platform.signed_out")
    assert admin.refused("DELETE", f"/api/v1/sessions/{newest}") == (404, "platform.not_found")
    assert admin.post("/api/v1/sessions/end-others") == {"ended": 2}
    assert len(admin.get("/api/v1/sessions")) == 1
    assert len(stranger.get("/api/v1/sessions")) == 1


def ask_codes(client: Client, new: str = NEW_MOBILE, old: str = ADMIN_MOBILE) -> dict[str, str]:
    client.post("/api/v1/me/mobile/codes", {"new_mobile": new})
    return {"new_mobile": new, "new_code": code_to(client, new), "old_code": code_to(client, old)}


def test_t33_number_changes_when_both_have_agreed_and_a_day_has_passed(
    admin: Client, keys: Keys, connect: Callable[[], Client], clock: ManualClock
) -> None:
    change = admin.post("/api/v1/me/mobile/changes", ask_codes(admin))
    assert (change["state"], change["old_masked"], change["new_masked"]) == ("pending", "138****1111", "138****2222")
    assert "24 小时" in admin.outbox(ADMIN_MOBILE)[0]["text"]
    assert admin.get("/api/v1/me")["account"]["mobile_masked"] == "138****1111"
    assert admin.get("/api/v1/notices")["notices"][0]["kind"] == "mobile_change_planned"
    clock.advance(24 * HOUR)
    fresh = connect()
    session = fresh.sign_in(NEW_MOBILE)
    assert (session["created"], session["account"]["id"]) == (False, keys_account(fresh))
    assert [c["state"] for c in fresh.get("/api/v1/me/mobile/changes")] == ["applied"]
    assert admin.refused("GET", "/api/v1/me") == (401, "platform.signed_out")
    assert connect().sign_in(ADMIN_MOBILE)["created"] is True


def keys_account(client: Client) -> str:
    return str(client.get("/api/v1/me")["account"]["id"])


def test_t33_thief_of_a_session_cannot_change_the_number(admin: Client, keys: Keys, clock: ManualClock) -> None:
    set_password(admin)
    clock.advance(61)
    codes = ask_codes(admin)
    path = "/api/v1/me/mobile/changes"
    for missing in ({"old_code": "000000"}, {"password": ""}, {"password": "falsch und lang"}):
        assert admin.refused("POST", path, json=codes | {"password": PASSWORD} | missing)[0] == 400
    clock.advance(61)
    swapped = ask_codes(admin)
    swapped["old_code"], swapped["new_code"] = swapped["new_code"], swapped["old_code"]
    assert admin.refused("POST", path, json=swapped | {"password": PASSWORD}) == (400, "platform.code_wrong")
    assert admin.get(path) == []


def test_planned_change_is_cancelled_by_its_account_only(
    admin: Client, keys: Keys, connect: Callable[[], Client], clock: ManualClock
) -> None:
    change = admin.post("/api/v1/me/mobile/changes", ask_codes(admin))
    path = f"/api/v1/me/mobile/changes/{change['id']}/cancel"
    stranger = connect()
    stranger.sign_in("13844444444")
    assert stranger.refused("POST", path) == (404, "platform.not_found")
    assert admin.post(path)["state"] == "cancelled"
    assert admin.refused("POST", path) == (409, "platform.wrong_state")
    clock.advance(25 * HOUR)
    assert connect().sign_in(NEW_MOBILE)["created"] is True


def test_change_to_a_number_with_an_account_is_refused_and_one_of_a_time(
    admin: Client, keys: Keys, connect: Callable[[], Client], clock: ManualClock
) -> None:
    connect().sign_in("13844444444")
    clock.advance(61)
    body = ask_codes(admin, "13844444444")
    assert admin.refused("POST", "/api/v1/me/mobile/changes", json=body) == (409, "platform.mobile_taken")
    clock.advance(61)
    admin.post("/api/v1/me/mobile/changes", ask_codes(admin))
    clock.advance(61)
    body = ask_codes(admin, "13866666666")
    assert admin.refused("POST", "/api/v1/me/mobile/changes", json=body) == (409, "platform.change_pending")


def test_number_that_got_an_account_meanwhile_is_left_to_it(
    admin: Client, keys: Keys, connect: Callable[[], Client], clock: ManualClock
) -> None:
    admin.post("/api/v1/me/mobile/changes", ask_codes(admin))
    clock.advance(61)
    other = connect()
    assert other.sign_in(NEW_MOBILE)["created"] is True
    clock.advance(25 * HOUR)
    admin.sign_in(ADMIN_MOBILE)
    assert [c["state"] for c in admin.get("/api/v1/me/mobile/changes")] == ["cancelled"]


def test_lost_number_changes_after_an_identity_check_and_three_days(
    admin: Client, keys: Keys, operator: Client, connect: Callable[[], Client], clock: ManualClock
) -> None:
    admin.post("/api/v1/me/mobile/codes", {"new_mobile": NEW_MOBILE, "with_old": False})
    assert len(admin.outbox(ADMIN_MOBILE)) == 2  # the logins
    form = {"new_mobile": NEW_MOBILE, "new_code": code_to(admin, NEW_MOBILE)}
    check = admin.post("/api/v1/me/mobile/lost", data=form, files={"papers": ("证件.png", png())})
    assert admin.get("/api/v1/me/mobile/changes") == []
    seen = operator.post(f"/api/v1/review/checks/{check['id']}", {"approve": True})
    assert (seen["name"], seen["purpose"]) == ("张三丰", "mobile_change")
    clock.advance(10 * HOUR)
    (change,) = admin.get("/api/v1/me/mobile/changes")
    assert change["state"] == "pending"
    clock.advance(62 * HOUR)
    assert connect().sign_in(NEW_MOBILE)["created"] is False


def ask_for_lost(client: Client, new: str = NEW_MOBILE) -> Any:
    client.post("/api/v1/me/mobile/codes", {"new_mobile": new, "with_old": False})
    form = {"new_mobile": new, "new_code": code_to(client, new)}
    return client.post("/api/v1/me/mobile/lost", data=form, files={"papers": ("证件.png", png())})


def test_request_for_a_lost_number_is_masked_told_and_withdrawn_by_its_account_only(
    admin: Client, keys: Keys, operator: Client, connect: Callable[[], Client]
) -> None:
    check = ask_for_lost(admin)
    assert check["subject"] == "138****2222"
    assert [c["subject"] for c in operator.get("/api/v1/review/checks")] == ["138****2222"]
    assert admin.get("/api/v1/notices")["notices"][0]["kind"] == "mobile_change_requested"
    path = f"/api/v1/me/mobile/lost/{check['id']}/cancel"
    stranger = connect()
    stranger.sign_in("13844444444")
    assert stranger.refused("POST", path) == (404, "platform.not_found")
    assert admin.post(path)["state"] == "cancelled"
    assert admin.refused("POST", path) == (409, "platform.wrong_state")
    decision = {"approve": True}
    refused = operator.refused("POST", f"/api/v1/review/checks/{check['id']}", json=decision)
    assert refused == (409, "platform.wrong_state")
    assert admin.get("/api/v1/me/mobile/changes") == []


def test_second_request_for_a_lost_number_waits_for_the_first(admin: Client, keys: Keys) -> None:
    ask_for_lost(admin)
    admin.post("/api/v1/me/mobile/codes", {"new_mobile": "13866666666", "with_old": False})
    form = {"new_mobile": "13866666666", "new_code": code_to(admin, "13866666666")}
    refused = admin.refused("POST", "/api/v1/me/mobile/lost", data=form, files={"papers": ("证件.png", png())})
    assert refused == (409, "platform.change_pending")


def test_login_in_the_app_is_told_from_one_at_the_desktop(client: Client) -> None:
    client.post("/api/v1/sms", {"mobile": ADMIN_MOBILE, "purpose": "app_login"})
    body = {"mobile": ADMIN_MOBILE, "code": code_to(client, ADMIN_MOBILE), "purpose": "app_login"}
    client.token = client.post("/api/v1/sessions/sms", body)["token"]
    assert [s["method"] for s in client.get("/api/v1/sessions")] == ["app"]


def test_wrong_code_of_two_is_named_and_spends_neither(admin: Client, keys: Keys) -> None:
    codes = ask_codes(admin)
    path = "/api/v1/me/mobile/changes"
    for wrong in ("old", "new"):
        bent = f"{(int(codes[f'{wrong}_code']) + 1) % 1_000_000:06d}"
        answer = admin.send("POST", path, json=codes | {f"{wrong}_code": bent})
        assert answer.json() == {"code": "platform.code_wrong", "detail": f"mobile_{wrong}"}
    assert admin.post(path, codes)["state"] == "pending"
    assert admin.refused("POST", path, json=codes) == (400, "platform.code_wrong")


def test_notices_are_counted_and_marked_all_at_once_up_to_the_one_seen(
    admin: Client, keys: Keys, connect: Callable[[], Client], clock: ManualClock
) -> None:
    stranger = connect()
    stranger.sign_in("13844444444")
    clock.advance(61)
    set_password(stranger, "13844444444")
    admin.post("/api/v1/me/mobile/changes", ask_codes(admin))
    seen = admin.get("/api/v1/notices")["notices"]
    change = admin.get("/api/v1/me/mobile/changes")[0]["id"]
    admin.post(f"/api/v1/me/mobile/changes/{change}/cancel")  # told while the list was being read
    assert admin.get("/api/v1/notices/unread") == {"unread": len(seen) + 1}
    assert admin.post("/api/v1/notices/read-all", {"until": seen[0]["id"]}) == {"unread": 1}
    left = [n["kind"] for n in admin.get("/api/v1/notices")["notices"] if n["read_at"] is None]
    assert left == ["mobile_change_cancelled"]
    assert stranger.get("/api/v1/notices/unread") == {"unread": 1}
    for body in ({"until": -1}, {"until": 2**31}, {}, {"until": 1, "account_id": "x"}):
        assert admin.refused("POST", "/api/v1/notices/read-all", json=body) == (422, "platform.bad_request")


def test_t31_app_and_desktop_codes_of_a_day_count_together(platform: Platform, clock: ManualClock) -> None:
    purposes = itertools.cycle(Purpose)
    for _ in range(10):
        sms_login.send_code(platform, ADMIN_MOBILE, next(purposes))
        clock.advance(61)
    for purpose in Purpose:
        with pytest.raises(RejectedError, match=r"platform\.sms_too_often: day"):
            sms_login.send_code(platform, ADMIN_MOBILE, purpose)
    sms_login.send_code(platform, NEW_MOBILE)
    clock.advance(24 * HOUR - 10 * 61)
    sms_login.send_code(platform, ADMIN_MOBILE)


def test_t31_number_gets_one_code_a_minute_whatever_it_is_for(platform: Platform, clock: ManualClock) -> None:
    for number, (first, second) in enumerate(itertools.permutations(Purpose, 2)):
        mobile, other = f"1390000{number:04d}", f"1391111{number:04d}"
        sms_login.send_code(platform, mobile, first)
        clock.advance(13)
        with pytest.raises(RejectedError, match=r"platform\.sms_too_often: 47"):
            sms_login.send_code(platform, mobile, second)
        sms_login.send_code(platform, other, second)
        clock.advance(47)
        sms_login.send_code(platform, mobile, second)
        clock.advance(60)


def test_t31_parallel_requests_of_app_and_desktop_send_one_code(platform: Platform) -> None:
    def ask(purpose: Purpose) -> bool:
        try:
            sms_login.send_code(platform, ADMIN_MOBILE, purpose)
        except RejectedError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, [*Purpose] * 3)) == 1
    with platform.db.read() as session:
        assert len(outbox(session, platform.vault, ADMIN_MOBILE)) == 1


def test_codes_of_a_change_are_sent_to_both_numbers_or_to_none(admin: Client, keys: Keys, clock: ManualClock) -> None:
    admin.post("/api/v1/sms", {"mobile": ADMIN_MOBILE, "purpose": "login"})
    path = "/api/v1/me/mobile/codes"
    assert admin.refused("POST", path, json={"new_mobile": NEW_MOBILE}) == (429, "platform.sms_too_often")
    assert admin.outbox(NEW_MOBILE) == []
    assert admin.refused("POST", path, json={"new_mobile": ADMIN_MOBILE}) == (409, "platform.mobile_taken")
    clock.advance(60)
    assert admin.post(path, {"new_mobile": NEW_MOBILE})["resend_after_s"] == 60
    assert admin.outbox(NEW_MOBILE)[0]["code"] != admin.outbox(ADMIN_MOBILE)[0]["code"]


@pytest.mark.parametrize(
    ("host", "whose"),
    [
        ("127.0.0.1", ""),
        ("::1", ""),
        ("::ffff:127.0.0.1", ""),
        (None, ""),
        ("testclient", ""),
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
    ],
)
def test_address_is_a_customers_and_this_machine_is_none(host: str | None, whose: str) -> None:
    assert limits.address_of(host) == whose


def test_t31_one_address_gets_thirty_codes_an_hour_whatever_the_number(platform: Platform, clock: ManualClock) -> None:
    for n in range(30):
        sms_login.send_code(platform, f"1390000{n:04d}", address="203.0.113.7")
    with pytest.raises(RejectedError, match=r"platform\.slow_down"):
        sms_login.send_code(platform, "13911111111", address="203.0.113.7")
    sms_login.send_code(platform, "13911111111", address="203.0.113.8")
    with platform.db.read() as session:
        assert not [row for row in session.query(AddressCount) if "203.0" in row.address]
    clock.advance(HOUR)
    sms_login.send_code(platform, "13922222222", address="203.0.113.7")


def test_t31_one_address_cannot_take_all_the_login_nonces(platform: Platform, clock: ManualClock) -> None:
    for _ in range(limits.MOST[limits.Counted.NONCE]):
        phone_login.new_nonce(platform, address="203.0.113.7")
    with pytest.raises(RejectedError, match=r"platform\.slow_down: nonce"):
        phone_login.new_nonce(platform, address="203.0.113.7")
    assert phone_login.new_nonce(platform, address="203.0.113.8")
    clock.advance(HOUR)
    assert phone_login.new_nonce(platform, address="203.0.113.7")


def call(app: FastAPI, host: str, path: str, body: dict[str, Any]) -> int:
    """Send one request as if from `host`."""
    content = json.dumps(body).encode()
    status: list[int] = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")],
        "client": (host, 1),
        "server": ("127.0.0.1", 80),
        "scheme": "http",
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            status.append(message["status"])

    asyncio.run(app(scope, receive, send))
    return status[0]


def test_t31_address_is_the_peers_own_and_counts_at_every_way_in(app: FastAPI) -> None:
    guesses = [
        ("/api/v1/sessions/sms", {"code": "000000"}),
        ("/api/v1/sessions/password", {"password": "wrong and long"}),
    ]
    way = itertools.cycle(guesses)
    statuses = []
    for n in range(limits.MOST[limits.Counted.SIGN_IN] + 2):
        path, body = next(way)
        if path.endswith("password") and n > 20:
            path, body = guesses[0]
        statuses.append(call(app, "203.0.113.7", path, {"mobile": f"1390000{n:04d}", **body}))
    assert statuses == [400] * limits.MOST[limits.Counted.SIGN_IN] + [429] * 2
    for path, body in guesses:
        assert call(app, "203.0.113.7", path, {"mobile": ADMIN_MOBILE, **body}) == 429
        assert call(app, "203.0.113.9", path, {"mobile": ADMIN_MOBILE, **body}) == 400
