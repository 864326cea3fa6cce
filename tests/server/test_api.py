"""The API as a whole: one error shape, hosts, headers, limits, and no 5xx whatever comes (threats T22, T25, T45)."""

import json
import logging
import re
import socket
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.domain.problems import CATALOGUE
from desktop.server.api.errors import STATUS
from desktop.server.context import Platform
from tests.server.client import Client
from tests.server.phone import Keys, seal_files, seal_form

JSON = {"Content-Type": "application/json"}


def test_unknown_places_and_methods_are_answered_in_the_one_shape(client: Client) -> None:
    assert client.refused("GET", "/nope") == (404, "platform.not_found")
    assert client.refused("GET", "/api/v1/sms") == (405, "platform.bad_request")
    assert client.send("GET", "/api/v1/sms").headers["Allow"] == "POST"
    assert client.refused("POST", "/api/v1/sms", data="{", headers=JSON) == (422, "platform.bad_request")
    assert client.refused("POST", "/api/v1/sms", json={"mobile": 1, "purpose": "login"})[0] == 422
    assert client.refused("GET", "/docs") == (404, "platform.not_found")


def test_t45_fields_nobody_asked_for_are_refused(client: Client) -> None:
    body = {"mobile": "13812345678", "purpose": "login", "role": "operator"}
    assert client.refused("POST", "/api/v1/sms", json=body) == (422, "platform.bad_request")


def test_t45_request_under_a_foreign_host_name_is_refused(client: Client) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "", "[::1]", "169.254.169.254"):
        status = client.send("GET", "/api/v1/time", headers={"Host": host}).status_code
        assert status in (400, 422), host
    port = client.base_url.rsplit(":", 1)[1]
    for host in ("127.0.0.1", f"localhost:{port}", "pki.bidseal.invalid"):
        assert client.send("GET", "/api/v1/time", headers={"Host": host}).status_code == 200


def test_answers_carry_headers_that_keep_browsers_out(client: Client) -> None:
    for path in ("/api/v1/time", "/nope", "/api/v1/me"):
        headers = client.send("GET", path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert headers["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in headers
        assert "Server" not in headers


def test_t25_no_request_makes_the_platform_redirect(client: Client) -> None:
    for path in ("//evil.example/", "/api/v1/orders/", "/api/v1//time", "/pki/root.cer/"):
        assert client.send("GET", path).status_code in (401, 404, 422)


def test_t22_deep_and_odd_json_is_refused_quickly(client: Client) -> None:
    bodies = ["[" * 10_000, '{"mobile":' * 5_000, '{"mobile":NaN}', '{"mobile":"\\ud800","purpose":"login"}', "\0", '"']
    for body in bodies:
        answer = client.send("POST", "/api/v1/sms", data=body, headers=JSON)
        assert (answer.status_code, answer.json()["code"]) in {
            (422, "platform.bad_request"),
            (400, "platform.mobile_invalid"),
            (400, "platform.bad_request"),
        }
        assert answer.elapsed.total_seconds() < 2


def test_t23_bodies_beyond_the_limit_are_refused_before_they_are_read(client: Client) -> None:
    too_much = "x" * (1024 * 1024 + 1)
    assert client.refused("POST", "/api/v1/sms", data=too_much, headers=JSON) == (413, "platform.too_large")
    for length in ("1048577", "9999999999999999999"):
        answer = client.send("POST", "/api/v1/sms", data=b"", headers={**JSON, "Content-Length": length})
        assert answer.status_code == 413


def test_t22_request_that_is_no_http_is_refused(client: Client, expected_warnings: list[logging.LogRecord]) -> None:
    for length in ("-1", "1e3", "5, 6"):
        answer = client.send("POST", "/api/v1/sms", data=b"", headers={**JSON, "Content-Length": length})
        assert answer.status_code == 400
    assert {record.getMessage() for record in expected_warnings} == {"Invalid HTTP request received."}


def test_t23_upload_beyond_the_limit_is_refused(admin: Client, keys: Keys) -> None:
    scan = b"\x89PNG\r\n\x1a\n" + bytes(10 * 1024 * 1024)
    refused = admin.refused("POST", "/api/v1/seals", data=seal_form(keys.serial), files=seal_files(scan=scan))
    assert refused == (413, "platform.file_too_large")
    scan = bytes(25 * 1024 * 1024)
    refused = admin.refused("POST", "/api/v1/seals", data=seal_form(keys.serial), files=seal_files(scan=scan))
    assert refused == (413, "platform.too_large")


def test_t36_unexpected_error_is_one_answer_and_its_text_is_not_logged(
    client: Client, platform: Platform, expected_warnings: list[logging.LogRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_revoked: object) -> bytes:
        raise ValueError("11010519491231002X")

    monkeypatch.setattr(platform.authority, "root_crl", fail)
    assert client.refused("GET", "/pki/root.crl") == (500, "platform.failing")
    (record,) = expected_warnings
    assert "ValueError" in record.getMessage()
    assert "test_api.py" in record.getMessage()
    assert "11010519491231002X" not in record.getMessage()
    assert record.exc_info is None
    assert client.send("GET", "/pki/issuing.crl").status_code == 200


def test_t23_caller_that_leaves_in_the_middle_of_a_body_is_no_error(client: Client, base_url: str) -> None:
    port = int(base_url.rsplit(":", 1)[1])
    for path in ("/api/v1/sms", f"/relay/v1/mailboxes/{'a' * 32}?ttl=60"):
        method = "PUT" if "relay" in path else "POST"
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Mailbox-Owner: {'ab' * 32}\r\nContent-Length: 99\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(head.encode() + b"{")
    assert client.send("GET", "/api/v1/time").status_code == 200


def test_every_code_that_the_platform_raises_is_in_the_catalogue() -> None:
    from pathlib import Path

    import desktop.server

    folder = Path(next(iter(desktop.server.__path__)))
    sources = [p.read_text(encoding="utf-8") for p in [*folder.rglob("*.py"), folder.parent / "crypto/issuing.py"]]
    raised = {code for source in sources for code in re.findall(r'"((?:platform|ceremony|general)\.[a-z_]+)"', source)}
    raised.remove("platform.sqlite")  # a file
    assert len(raised) > 40
    assert raised <= set(CATALOGUE)
    assert set(STATUS) <= set(CATALOGUE)


def test_control_endpoints_need_their_token_and_are_absent_without_one(client: Client, app: FastAPI) -> None:
    for path in ("/control/health", "/control/outbox"):
        assert client.refused("GET", path) == (403, "platform.forbidden")
        wrong = {"X-BidSeal-Control": "ä".encode().decode("latin-1")}
        assert client.refused("GET", path, headers=wrong) == (403, "platform.forbidden")


def test_platform_without_a_control_token_has_no_control_endpoints(
    template: Any, tmp_path: Any, clock: Any, databases: Any
) -> None:
    from desktop.server.app import create_app
    from desktop.server.threaded import ThreadedServer
    from tests.server.conftest import Counted

    with ThreadedServer(create_app(databases.copy(template, tmp_path / "open"), clock, Counted("open"))) as url:
        client = Client(url, "")
        assert client.refused("GET", "/control/health") == (404, "platform.not_found")
        client.close()


# -- fuzzing every route of the OpenAPI document -----------------------------------------------------------------------

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=40),
    st.sampled_from(
        ["", "0" * 32, "f" * 64, "13812345678", "AAAA", "../../etc/passwd", "' OR 1=1 --", "\ufeff", "١٢٣"]
    ),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if path != "/control/shutdown"
    ]


def body_fields(document: dict[str, Any], operation: dict[str, Any]) -> tuple[str, list[str]]:
    """Return the media type and the field names of an operation's body."""
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        name = content["schema"].get("$ref", "").rsplit("/", 1)[-1]
        return media_type, list(document["components"]["schemas"].get(name, {}).get("properties", {}))
    return "", []


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_t45_no_route_answers_garbage_with_a_server_error(
    data: st.DataObject, admin: Client, operator: Client, client: Client, app: FastAPI
) -> None:
    document = app.openapi()
    found = operations(document)
    assert len(found) > 40
    for method, path, operation in found:
        caller = data.draw(st.sampled_from([admin, operator, client]))
        filled = re.sub(
            r"\{\w+\}", lambda _: data.draw(st.sampled_from(["0" * 32, "%00", "x", "..", "%F0%9F%92%A9"])), path
        )
        params = {p["name"]: str(data.draw(SCALARS)) for p in operation.get("parameters", []) if p["in"] == "query"}
        options: dict[str, Any] = {"params": params} if data.draw(st.booleans()) else {}
        media_type, fields = body_fields(document, operation)
        if media_type == "application/json":
            value = data.draw(st.fixed_dictionaries(dict.fromkeys(fields, VALUES)) | VALUES)
            options |= {"data": json.dumps(value), "headers": JSON}
        elif media_type == "multipart/form-data":
            options["files"] = {name: ("f", data.draw(st.binary(max_size=40))) for name in fields}
        elif method in {"PUT", "POST"}:
            options["data"] = data.draw(st.binary(min_size=1, max_size=60))
        answer = caller.send(method, filled, **options)
        assert answer.status_code < 500, (method, filled, answer.text)
        if answer.status_code >= 400:
            assert set(answer.json()) == {"code", "detail"}
            assert answer.json()["code"] in CATALOGUE


@pytest.mark.parametrize("path", ["/api/v1/orders", "/api/v1/seals"])
def test_t22_broken_multipart_is_refused(admin: Client, path: str) -> None:
    for body in (
        b"",
        b"--x",
        b"--x\r\n\r\n--x--",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"y" * 100,
    ):
        answer = admin.send("POST", path, data=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
        assert answer.status_code in (400, 422), answer.text
        assert answer.json()["code"] == "platform.bad_request"


def test_openapi_document_names_every_route_once(app: FastAPI, connect: Callable[[], Client]) -> None:
    document = connect().get("/openapi.json")
    assert document == app.openapi()
    assert len(operations(document)) == len({(m, p) for m, p, _ in operations(document)})
