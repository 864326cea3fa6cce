"""Login by SMS code (threat T31)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from desktop.domain.clock import ManualClock
from desktop.server.context import Platform
from desktop.server.db.models import SmsNumber
from tests.server.client import Client

MOBILE = "13812345678"


def ask(client: Client, mobile: str = MOBILE) -> None:
    client.post("/api/v1/sms", {"mobile": mobile, "purpose": "login"})


def attempt(client: Client, code: str, mobile: str = MOBILE) -> tuple[int, str]:
    return client.refused("POST", "/api/v1/sessions/sms", json={"mobile": mobile, "code": code})


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_unknown_number_with_the_right_code_gets_an_account_and_a_session(client: Client) -> None:
    session = client.sign_in(MOBILE)
    assert session["created"] is True
    assert session["account"]["mobile_masked"] == "138****5678"
    assert session["account"]["role"] == "bidder"
    assert session["organizations"] == []
    assert client.get("/api/v1/me")["account"] == session["account"]


def test_known_number_signs_in_to_the_same_account(client: Client, clock: ManualClock) -> None:
    first = client.sign_in(MOBILE)
    clock.advance(61)
    second = client.sign_in(MOBILE)
    assert second["created"] is False
    assert second["account"] == first["account"]
    assert second["token"] != first["token"]


def test_t31_known_and_unknown_numbers_get_the_same_answer(client: Client, clock: ManualClock) -> None:
    client.sign_in(MOBILE)
    clock.advance(61)
    answers = [
        client.send("POST", "/api/v1/sms", json={"mobile": mobile, "purpose": "login"})
        for mobile in (MOBILE, "13999999999")
    ]
    assert answers[0].status_code == answers[1].status_code == 202
    assert answers[0].content == answers[1].content
    never_asked = "13700000000"
    guess = wrong(client.outbox("13999999999")[0]["code"])
    refusals = [attempt(client, guess, mobile) for mobile in (MOBILE, "13999999999", never_asked)]
    assert set(refusals) == {(400, "platform.code_wrong")}


def test_code_is_good_for_one_login_only(client: Client) -> None:
    client.sign_in(MOBILE)
    assert attempt(client, client.outbox(MOBILE)[0]["code"]) == (400, "platform.code_wrong")


def test_t31_five_wrong_tries_kill_the_code(client: Client) -> None:
    ask(client)
    code = client.outbox(MOBILE)[0]["code"]
    for _ in range(5):
        assert attempt(client, wrong(code)) == (400, "platform.code_wrong")
    assert attempt(client, code) == (400, "platform.code_wrong")


def test_right_code_at_the_fifth_try_is_accepted(client: Client) -> None:
    ask(client)
    code = client.outbox(MOBILE)[0]["code"]
    for _ in range(4):
        attempt(client, wrong(code))
    assert client.post("/api/v1/sessions/sms", {"mobile": MOBILE, "code": code})["created"] is True


def test_t31_parallel_guesses_count_exactly_five(connect: Callable[[], Client], platform: Platform) -> None:
    ask(connect())
    code = connect().outbox(MOBILE)[0]["code"]
    clients = [connect() for _ in range(20)]
    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(lambda c: attempt(c, wrong(code)), clients))
    assert set(outcomes) == {(400, "platform.code_wrong")}
    with platform.db.read() as session:
        assert session.get_one(SmsNumber, (MOBILE, "login")).tries_left == 0


def test_code_expires_after_five_minutes(client: Client, clock: ManualClock) -> None:
    ask(client)
    code = client.outbox(MOBILE)[0]["code"]
    clock.advance(300)
    assert attempt(client, code) == (400, "platform.code_wrong")


def test_second_code_within_a_minute_is_refused_and_the_first_stays_good(client: Client, clock: ManualClock) -> None:
    ask(client)
    clock.advance(59)
    response = client.send("POST", "/api/v1/sms", json={"mobile": MOBILE, "purpose": "login"})
    assert (response.status_code, response.json()["code"]) == (429, "platform.sms_too_often")
    assert response.headers["Retry-After"] == "60"
    assert len(client.outbox(MOBILE)) == 1
    clock.advance(1)
    ask(client)
    assert len(client.outbox(MOBILE)) == 2


def test_eleventh_code_of_a_day_is_refused_until_the_next_day(client: Client, clock: ManualClock) -> None:
    for _ in range(10):
        ask(client)
        clock.advance(61)
    assert client.refused("POST", "/api/v1/sms", json={"mobile": MOBILE, "purpose": "login"}) == (
        429,
        "platform.sms_too_often",
    )
    clock.advance(24 * 3600)
    ask(client)


def test_t31_flood_over_many_numbers_is_slowed_down(client: Client, clock: ManualClock) -> None:
    for n in range(120):
        ask(client, f"1390000{n:04d}")
    assert client.refused("POST", "/api/v1/sms", json={"mobile": MOBILE, "purpose": "login"}) == (
        429,
        "platform.slow_down",
    )
    clock.advance(60)
    ask(client)


def test_code_for_the_app_is_none_for_the_desktop(client: Client, clock: ManualClock) -> None:
    ask(client)
    code = client.outbox(MOBILE)[0]["code"]
    clock.advance(60)
    client.post("/api/v1/sms", {"mobile": MOBILE, "purpose": "app_login"})
    app_code = client.outbox(MOBILE)[0]["code"]
    assert attempt(client, app_code) == (400, "platform.code_wrong")
    body = {"mobile": MOBILE, "code": app_code, "purpose": "app_login"}
    assert client.post("/api/v1/sessions/sms", body)["created"] is True
    assert client.post("/api/v1/sessions/sms", {"mobile": MOBILE, "code": code})["created"] is False


def test_number_outside_the_numbering_plan_is_refused(client: Client) -> None:
    for mobile in ("12812345678", "1381234567", "138123456789", "+8613812345678", "１3812345678", ""):
        answer = client.refused("POST", "/api/v1/sms", json={"mobile": mobile, "purpose": "login"})
        assert answer == (400, "platform.mobile_invalid")


def test_code_is_kept_as_a_hash_only(client: Client, platform: Platform) -> None:
    ask(client)
    code = client.outbox(MOBILE)[0]["code"]
    with platform.db.read() as session:
        row = session.get_one(SmsNumber, (MOBILE, "login"))
        assert row.code_hash is not None
        assert code not in row.code_hash
        assert len(row.code_hash) == 64


def test_session_ends_at_logout_and_after_twelve_hours(client: Client, clock: ManualClock) -> None:
    client.sign_in(MOBILE)
    assert client.send("DELETE", "/api/v1/sessions/current").status_code == 204
    assert client.refused("GET", "/api/v1/me") == (401, "platform.signed_out")
    clock.advance(61)
    client.sign_in(MOBILE)
    clock.advance(12 * 3600 - 1)
    client.get("/api/v1/me")
    clock.advance(1)
    assert client.refused("GET", "/api/v1/me") == (401, "platform.signed_out")


def test_token_of_nobody_is_refused(client: Client) -> None:
    for token in ("0" * 64, "x", "ä"):
        client.token = token
        assert (
            client.send("GET", "/api/v1/me", headers={"Authorization": f"Bearer {token}".encode()}).status_code == 401
        )
    assert client.send("GET", "/api/v1/me", headers={"Authorization": "Basic eDp5"}).status_code == 401
