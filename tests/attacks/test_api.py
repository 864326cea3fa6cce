"""Attack: the platform's doors, asked for other people's things, from web pages, with odd requests and guesses.

The sweep takes every route of the application with every id that one unit owns, and asks as each other account.
"""

import base64
import http.client
import json
import logging
import re
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI

from desktop.domain.clock import ManualClock
from desktop.server.context import Platform
from desktop.testing.rig import TINY_PNG
from tests.server.client import Client
from tests.server.conftest import *  # noqa: F403 - its fixtures, whichever they are
from tests.server.conftest import CONTROL
from tests.server.outsiders import former_member, other_admin
from tests.server.phone import Ceremonies, Keys, b64, order_form, papers, place_order, seal_files, seal_form, usage
from tests.server.test_account_security import ask_codes
from tests.server.test_members import GRANTEE, give, submit, unit_of

STRANGER = "13922222222"
ABSENT = "0" * 32


@pytest.fixture
def stranger(connect: Callable[[], Client]) -> Client:
    """Somebody with an account and nothing else."""
    someone = connect()
    someone.sign_in(STRANGER)
    return someone


@pytest.fixture
def owned(  # noqa: PLR0917 - one of everything
    admin: Client,
    keys: Keys,
    operator: Client,
    connect: Callable[[], Client],
    clock: ManualClock,
    platform: Platform,
) -> dict[str, str]:
    """The ids of everything that the first unit has, by the name of the path parameter."""
    form = seal_form(keys.serial)
    seal = admin._json(admin.send("POST", "/api/v1/seals", data=form, files=seal_files()))
    (order,) = admin.get("/api/v1/orders")
    (workstation,) = admin.get("/api/v1/workstations")
    assert operator.get("/api/v1/review/seals")
    grant = give(admin)
    grantee = connect()
    grantee.sign_in(GRANTEE["mobile"])
    check = submit(grantee, grant)
    clock.advance(61)  # since the code of the admin's login
    (session, *_) = admin.get("/api/v1/sessions")
    change = admin.post("/api/v1/me/mobile/changes", ask_codes(admin, "13899999999"))
    admin.post("/api/v1/records", usage(keys, at=platform.now().isoformat()))
    (record, *_) = admin.get("/api/v1/records")
    return {
        "record_id": str(record["id"]),
        "organization_id": unit_of(admin),
        "account_id": admin.get("/api/v1/me")["account"]["id"],
        "grant_id": grant["id"],
        "check_id": check["id"],
        "number": "0",
        "session_id": session["id"],
        "change_id": change["id"],
        "order_id": order["id"],
        "seal_id": seal["id"],
        "workstation_id": workstation["id"],
        "serial": keys.serial,
        "which": "licence",
    }


#: Swept by tests of their own, where lots and rooms stand: tests/server/test_tender_permissions, test_room_permissions.
SWEPT_ELSEWHERE = tuple(f"/api/v1/{what}/" for what in ("tenders", "lots", "uploads", "bids"))


def own_routes(app: FastAPI) -> list[tuple[str, str]]:
    found = []
    for path, operations in app.openapi()["paths"].items():
        if path.startswith("/api/") and "{" in path and not path.startswith(SWEPT_ELSEWHERE):
            found += [(method.upper(), path) for method in operations]
    return found


def filled(path: str, ids: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda part: ids[part[1]], path)


PAPERS = [("papers", ("a.png", TINY_PNG, "image/png"))]
#: What is sent as a form with files.
FORMS: dict[str, dict[str, Any]] = {
    "change": {"data": {"organization_name": "乙公司"}, "files": PAPERS},
    "reissue": {"files": PAPERS},
    "password-reset": {"files": PAPERS},
    "identity-check": {"data": {"name": "李四光", "id_number": "36010219900101123X"}, "files": PAPERS},
}
BODIES: dict[str, dict[str, Any]] = {
    "recovery": {"half": b64(bytes(32))},
    "passed": {"nonce": b64(bytes(32)), "signature": b64(bytes(64))},
    "role": {"role": "certificate_user"},
    "grants": GRANTEE | {"mobile": "13866667777"},
    "possession": {"transcript": b64(b"x")},
    "certificate": {"transcript": b64(b"x"), "proof": b64(b"x")},
    "claim": {"transcript": b64(b"x")},
    "revoke": {"reason": ""},
}


def ask(caller: Client, method: str, path: str) -> tuple[int, str]:
    last = path.rsplit("/", 1)[-1]
    how = FORMS.get(last) or {"json": BODIES.get(last, {"approve": True, "reason": "x"})}
    answer = caller.send(method, path, **({} if method in ("GET", "DELETE") else how))
    return answer.status_code, answer.text


@pytest.fixture(params=["a stranger", "the admin of another unit", "an admin who has left"])
def outsider(  # noqa: PLR0917 - whom it takes to make each
    request: pytest.FixtureRequest,
    stranger: Client,
    admin: Client,
    operator: Client,
    connect: Callable[[], Client],
    platform: Platform,
) -> Client:
    """Everybody who has no say in the first unit, however close."""
    if request.param == "a stranger":
        return stranger
    if request.param == "the admin of another unit":
        return other_admin(operator, connect)
    return former_member(admin, connect, platform)


def test_t34_no_route_gives_or_changes_what_another_account_owns(
    app: FastAPI, outsider: Client, admin: Client, owned: dict[str, str]
) -> None:
    before = [admin.get(f"/api/v1/{what}") for what in ("orders", "seals", "workstations", "certificates")]
    routes = own_routes(app)
    assert len(routes) >= 10
    absent = dict.fromkeys(owned, ABSENT) | {"which": "licence", "number": "0", "record_id": "987654"}
    for method, path in routes:
        status, text = ask(outsider, method, filled(path, owned))
        assert status in (403, 404), (method, path, text)
        nothing = ask(outsider, method, filled(path, absent))
        assert (status, text) == nothing, f"{method} {path} tells an outsider that the id exists"
        assert ask(Client(outsider.base_url, ""), method, filled(path, owned))[0] == 401, path
    assert before == [admin.get(f"/api/v1/{what}") for what in ("orders", "seals", "workstations", "certificates")]


def test_the_owner_reaches_what_the_stranger_does_not(admin: Client, owned: dict[str, str]) -> None:
    assert admin.send("GET", f"/api/v1/seals/{owned['seal_id']}/imprint").status_code == 200
    assert admin.send("DELETE", f"/api/v1/workstations/{owned['workstation_id']}").status_code == 204


def test_t34_lists_of_a_stranger_are_empty(stranger: Client, owned: dict[str, str]) -> None:
    assert owned
    for what in ("orders", "seals", "workstations", "certificates", "records"):
        assert stranger.get(f"/api/v1/{what}") == []


@pytest.mark.parametrize(
    "bent",
    [
        "../{}", "%2e%2e/{}", "{}%00", "{}/", "{}%2f..", "{}?x=1#", "{}%0a", "%20{}", "{};a=b", "{}.json", "\uff10{}",
    ],
)  # fmt: skip
def test_no_bent_id_reaches_an_object_of_somebody_else(stranger: Client, owned: dict[str, str], bent: str) -> None:
    answer = stranger.send("GET", f"/api/v1/seals/{bent.format(owned['seal_id'])}/imprint")
    assert 400 <= answer.status_code < 500, answer.text


# -- a web page in the user's browser ----------------------------------------------------------------------------------


def raw(base: str, request: bytes) -> bytes:
    """Send bytes as they are; requests would tidy them up."""
    place = urlsplit(base)
    with socket.create_connection((place.hostname, place.port), timeout=10) as line:
        line.sendall(request)
        found = b""
        while part := line.recv(65536):
            found += part
    return found


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "127.0.0.1.evil.example", "evil.example:127.0.0.1", "127.0.0.1@evil.example", "localhost.",
        "[::1]", "", "0.0.0.0", "127.1", "2130706433", "127.0.0.1 evil.example", "LOCALHOST.evil.example",
    ],
)  # fmt: skip
def test_t45_a_rebound_host_name_is_not_served(base_url: str, host: str) -> None:
    answer = raw(base_url, f"GET /api/v1/profile HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 4"), answer[:80]
    assert b"platform_id" not in answer


def test_t45_two_host_headers_and_an_absolute_target_do_not_get_around_the_host_check(
    base_url: str, expected_warnings: list[logging.LogRecord]
) -> None:
    port = urlsplit(base_url).port
    good, evil = f"Host: 127.0.0.1:{port}\r\n", "Host: evil.example\r\n"
    for hosts in (good + evil, evil + good):
        answer = raw(base_url, f"GET /api/v1/profile HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 4"), answer[:80]
    target = "GET http://evil.example/api/v1/profile HTTP/1.1\r\n"
    answer = raw(base_url, f"{target}{evil}Connection: close\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 4")
    honest = raw(base_url, f"GET /api/v1/profile HTTP/1.1\r\n{good}Connection: close\r\n\r\n".encode())
    assert honest.startswith(b"HTTP/1.1 200")


def test_t45_no_answer_allows_another_origin(client: Client, admin: Client) -> None:
    for caller, method, path in (
        (client, "GET", "/api/v1/profile"),
        (admin, "GET", "/api/v1/me"),
        (client, "OPTIONS", "/api/v1/sms"),
        (client, "POST", "/api/v1/sessions/nonce"),
    ):
        answer = caller.send(
            method, path, headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        )
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]
        assert "set-cookie" not in {name.lower() for name in answer.headers}


def test_t45_a_form_of_a_web_page_cannot_send_json(client: Client) -> None:
    body = json.dumps({"mobile": STRANGER, "purpose": "login"})
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = client.send("POST", "/api/v1/sms", data=body, headers={"Content-Type": kind})
        assert answer.status_code == 422, kind
    assert client.outbox(STRANGER) == []
    assert client.send("POST", "/api/v1/sms", json=json.loads(body)).status_code == 202


# -- guesses -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("guess", ["", "0", CONTROL[:-1], CONTROL + "0", CONTROL.upper(), "\xff"])
def test_control_endpoints_refuse_every_guess(client: Client, guess: str) -> None:
    for method, path in (("GET", "/control/outbox"), ("GET", "/control/health"), ("POST", "/control/shutdown")):
        headers = {"X-BidSeal-Control": guess.encode("latin-1")}
        assert client.refused(method, path, headers=headers) == (403, "platform.forbidden")
    assert client.refused("GET", f"/control/health?X-BidSeal-Control={CONTROL}")[0] == 403


@pytest.mark.parametrize(
    "value",
    [1, 1.0, True, None, [], {}, ["13922222222"], {"$ne": ""}, "1392222222２", "+8613922222222", "13922222222\0", ""],
)
def test_a_mobile_number_of_another_type_or_script_is_refused(client: Client, value: Any) -> None:
    answer = client.send("POST", "/api/v1/sms", json={"mobile": value, "purpose": "login"})
    assert answer.status_code in (400, 422)
    answer = client.send("POST", "/api/v1/sessions/sms", json={"mobile": STRANGER, "code": value})
    assert answer.status_code in (400, 422)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("organization_name", "江西省\u202e司公"), ("organization_name", "a\0b"),
        ("holder_name", "张\ud800伟".encode("utf-8", "surrogatepass").decode("latin-1") + "\x80"),
        ("holder_name", "x" * 65), ("credit_code", "９１360000MA35XA712T"), ("id_number", "36010219900307771８"),
        ("suite", "RSA-1024"), ("suite", "p-256"), ("legal_representative", "\x1b[2J"),
    ],
)  # fmt: skip
def test_text_that_would_lie_in_a_certificate_is_refused(stranger: Client, field: str, value: str) -> None:
    answer = stranger.send("POST", "/api/v1/orders", data=order_form() | {field: value}, files=papers())
    assert answer.status_code in (400, 422), answer.text
    assert value not in answer.text
    assert stranger.get("/api/v1/orders") == []


def test_fields_that_only_the_review_desk_sets_are_not_taken_from_an_applicant(stranger: Client) -> None:
    extra = {"state": "approved", "account_id": ABSENT, "organization_id": ABSENT, "reviewed_by": "x", "id": ABSENT}
    answer = stranger.send("POST", "/api/v1/orders", data=order_form() | extra, files=papers())
    if answer.status_code == 201:
        order = answer.json()
        assert (order["state"], order["id"] == ABSENT) == ("pending_review", False)
    else:
        assert answer.status_code == 422
    assert place_order(stranger)["state"] == "pending_review" if answer.status_code == 422 else True


# -- other people's answers --------------------------------------------------------------------------------------------


def test_t49_a_stockpiled_nonce_is_worth_nothing_without_an_own_scan(
    client: Client, ceremonies: Ceremonies, keys: Keys
) -> None:
    nonces = [client.post("/api/v1/sessions/nonce")["nonce"] for _ in range(20)]
    assert len(set(nonces)) == 20
    v = b"\x07" * 32
    transcript = ceremonies.login(keys, nonce=base64.b64decode(nonces[0]), v=v)
    for wrong in (b"", b"\x08" * 32, v + b"\0", v[:-1]):
        body = {"transcript": b64(transcript), "v": b64(wrong)}
        assert client.send("POST", "/api/v1/sessions/qr", json=body).status_code in (400, 409)
    assert (
        client.send("POST", "/api/v1/sessions/qr", json={"transcript": b64(transcript), "v": b64(v)}).status_code == 200
    )
    again = client.send("POST", "/api/v1/sessions/qr", json={"transcript": b64(transcript), "v": b64(v)})
    assert again.status_code == 409


def test_a_caller_cannot_choose_the_session_he_will_be_given(client: Client, connect: Callable[[], Client]) -> None:
    fixed = "f" * 64
    victim = connect()
    victim.token = fixed
    session = victim.sign_in(STRANGER)
    assert session["token"] != fixed
    client.token = fixed
    assert client.refused("GET", "/api/v1/me") == (401, "platform.signed_out")


def test_signed_out_means_signed_out_for_every_copy_of_the_token(
    stranger: Client, connect: Callable[[], Client]
) -> None:
    thief = connect()
    thief.token = stranger.token
    assert thief.get("/api/v1/me")
    assert stranger.send("DELETE", "/api/v1/sessions/current").status_code == 204
    assert thief.refused("GET", "/api/v1/me") == (401, "platform.signed_out")


def test_a_request_of_two_lengths_smuggles_nothing(base_url: str, expected_warnings: list[logging.LogRecord]) -> None:
    port = urlsplit(base_url).port
    head = f"POST /api/v1/sms HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
    both = head + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /control/health HTTP/1.1\r\n\r\n"
    answer = raw(base_url, both.encode())
    assert answer.count(b"HTTP/1.1 2") == 0
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    line.request("GET", "/api/v1/time")
    assert line.getresponse().status == 200
    line.close()


def test_records_cannot_be_written_for_a_certificate_of_another_unit(
    stranger: Client, keys: Keys, platform: Platform
) -> None:
    record = usage(keys, at=platform.now().isoformat())
    assert stranger.refused("POST", "/api/v1/records", json=record) == (404, "platform.not_found")
