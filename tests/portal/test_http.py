"""The platform's client: fixed address, no redirects, caps, TLS, every failure in our own terms (T23, T25, T26)."""

import socket
import ssl
from collections.abc import Callable
from contextlib import closing
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from desktop.domain.errors import BidSealError, RejectedError, UnavailableError
from desktop.domain.problems import problem
from desktop.portal import connections, http
from desktop.portal.bodies import ToldBody
from desktop.portal.http import HttpClient, check_address
from desktop.portal.profile import read_profile
from tests.portal.conftest import Platform, reply
from tests.portal.profiles import write
from tests.submission.line import Fault, Line

Serve = Callable[..., Platform]

UNSAFE = [
    "http://bidding.example.com",
    "http://169.254.169.254",
    "http://10.0.0.1:8080",
    "http://192.168.1.1",
    "http://0.0.0.0:80",
    "http://[::ffff:169.254.169.254]",
    "http://[::ffff:10.0.0.1]:80",
    "http://[fe80::1]",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "http://2130706433",
    "http://0x7f000001",
    "http://127.1",
    "file:///etc/passwd",
    "ftp://127.0.0.1",
    "gopher://127.0.0.1:70",
    "javascript:alert(1)",
    "//127.0.0.1",
    "127.0.0.1:80",
    "",
    "https://",
    "https://user@bidding.example.com",
    "https://user:secret@bidding.example.com",
    "https://bidding.example.com@169.254.169.254",
    "https://bidding.example.com/path",
    "https://bidding.example.com?query",
    "https://bidding.example.com#part",
    "http://127.0.0.1:80@169.254.169.254",
    "https://bidding.example.com:port",
    "https://bidding.example.com:99999",
    "http://[::1",
    "https://bidding.example.com\n.evil.com",
    "https://bidding example.com",
]


@pytest.fixture
def sockets(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every attempt to connect or to resolve a name; nothing of it happens."""
    tried: list[Any] = []

    def record(*arguments: Any, **_: Any) -> Any:
        tried.append(arguments)
        raise OSError("no socket in this test")

    monkeypatch.setattr(socket, "create_connection", record)
    monkeypatch.setattr(socket, "getaddrinfo", record)
    monkeypatch.setattr(socket.socket, "connect", record)
    return tried


@pytest.mark.parametrize("url", UNSAFE)
def test_t25_an_unsafe_address_is_refused_before_any_socket(url: str, sockets: list[Any]) -> None:
    with pytest.raises(RejectedError) as caught:
        HttpClient(url)
    assert caught.value.code == "portal.address_refused"
    assert sockets == []


@pytest.mark.parametrize(
    "url", ["https://bidding.example.com", "https://bidding.example.com:8443", "http://127.0.0.1:80", "http://[::1]:80"]
)
def test_t25_a_safe_address_is_kept_as_it_is(url: str, sockets: list[Any]) -> None:
    assert check_address(url) == HttpClient(url).base_url == url
    assert sockets == []


@pytest.mark.parametrize("url", [u for u in UNSAFE if u])
def test_t26_a_profile_with_an_unsafe_address_is_refused(url: str, tmp_path: Path, sockets: list[Any]) -> None:
    path = write(tmp_path / "platform.json", base_url=url)
    with pytest.raises(RejectedError) as caught:
        read_profile(path)
    assert caught.value.code == "portal.address_refused"
    assert sockets == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_t25_a_redirect_leads_nowhere(serve: Serve, status: int) -> None:
    elsewhere = serve(reply(200, b"{}"))
    platform = serve(reply(status, Location=elsewhere.url + "/stolen"))
    client = HttpClient(platform.url)
    with pytest.raises(RejectedError) as caught:
        client.json("POST", "/api", json_body={"secret": 1})
    client.close()
    assert caught.value.code == "portal.bad_answer"
    assert (platform.asked, elsewhere.asked) == (["/api"], [])


def test_t26_an_interceptor_with_a_certificate_of_its_own_learns_no_request(serve: Serve, tls: ssl.SSLContext) -> None:
    interceptor = serve(reply(200, b"{}"), tls)
    client = HttpClient(f"https://localhost:{interceptor.port}")
    with pytest.raises(UnavailableError) as caught:
        client.json("POST", "/api/v1/sessions/sms", json_body={"code": "123456"})
    client.close()
    assert caught.value.code == "portal.tls"
    assert interceptor.asked == []


def test_t26_the_same_server_is_spoken_to_when_its_certificate_is_trusted(
    serve: Serve, tls: ssl.SSLContext, tls_files: tuple[Path, Path]
) -> None:
    platform = serve(reply(200, b'{"ok": true}'), tls)
    client = HttpClient(f"https://localhost:{platform.port}", verify=str(tls_files[0]))
    assert client.json("GET", "/api") == {"ok": True}
    client.close()


def test_t26_plain_http_where_tls_is_due_is_refused(serve: Serve) -> None:
    platform = serve(reply(200, b"{}"))
    client = HttpClient(f"https://localhost:{platform.port}")
    with pytest.raises(UnavailableError) as caught:
        client.json("GET", "/api")
    client.close()
    assert caught.value.code in ("portal.tls", "portal.unreachable")
    assert platform.asked == []


def test_a_proxy_of_the_environment_sees_nothing_that_stays_on_this_machine(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, platform = serve(reply(200, b'"proxy"')), serve(reply(200, b'"platform"'))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    client = HttpClient(platform.url)
    assert client.json("GET", "/api") == "platform"
    client.close()
    assert proxy.asked == []


def test_t23_an_answer_larger_than_allowed_is_cut_off(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_BODY_BYTES", 100_000)
    platform = serve(reply(200, b"x" * 100_001))
    client = HttpClient(platform.url)
    with pytest.raises(RejectedError) as caught:
        client.request("GET", "/")
    assert (caught.value.code, caught.value.detail) == ("portal.bad_answer", "too much")
    fitting = serve(reply(200, b"x" * 100_000))
    client.close()
    client = HttpClient(fitting.url)
    assert len(client.request("GET", "/")) == 100_000
    client.close()


def test_t23_a_compressed_bomb_is_cut_off_while_it_inflates(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    import gzip

    monkeypatch.setattr(http, "MAX_BODY_BYTES", 1_000_000)
    bomb = gzip.compress(bytes(50_000_000))
    platform = serve(reply(200, bomb, **{"Content-Encoding": "gzip"}))
    client = HttpClient(platform.url)
    with pytest.raises(RejectedError) as caught:
        client.request("GET", "/")
    client.close()
    assert caught.value.code == "portal.bad_answer"


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (400, b'{"code": "platform.sms_code_wrong", "detail": "x"}', RejectedError, "platform.sms_code_wrong"),
        (401, b'{"code": "portal.signed_out", "detail": ""}', RejectedError, "portal.signed_out"),
        (401, b"", RejectedError, "portal.signed_out"),
        (404, b"<html>not found</html>", RejectedError, "portal.bad_answer"),
        (429, b'{"code": "platform.slow_down"}', RejectedError, "platform.slow_down"),
        (418, b"[]", RejectedError, "portal.bad_answer"),
        (400, b"null", RejectedError, "portal.bad_answer"),
        (400, b"[" * 5000, RejectedError, "portal.bad_answer"),
        (500, b"Traceback (most recent call last)", UnavailableError, "portal.failing"),
        (502, b"", UnavailableError, "portal.failing"),
        (503, b'{"code": "general.disk_full"}', UnavailableError, "portal.failing"),
    ],
)
def test_every_refusal_has_a_name(serve: Serve, status: int, body: bytes, kind: type[BidSealError], code: str) -> None:
    client = HttpClient(serve(reply(status, body)).url)
    with pytest.raises(kind) as caught:
        client.json("GET", "/api")
    client.close()
    assert caught.value.code == code
    assert problem(code).zh.title


def test_a_code_of_nobodys_catalogue_is_shown_as_some_problem() -> None:
    assert problem("no.such.code").zh.next_step


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"\xff\xff", b"[" * 100_000])
def test_an_answer_that_is_no_json_is_named(serve: Serve, body: bytes) -> None:
    client = HttpClient(serve(reply(200, body)).url)
    with pytest.raises(RejectedError) as caught:
        client.json("GET", "/api")
    client.close()
    assert caught.value.code == "portal.bad_answer"


def test_nobody_listening_is_named(serve: Serve) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        client = HttpClient(f"http://127.0.0.1:{free.getsockname()[1]}")
        with pytest.raises(UnavailableError) as caught:
            client.request("GET", "/")
    client.close()
    assert caught.value.code == "portal.unreachable"


def test_a_platform_that_does_not_answer_in_time_is_named(serve: Serve) -> None:
    import threading

    over = threading.Event()
    platform = serve(lambda _handler: over.wait(10) and None)
    client = HttpClient(platform.url)
    with pytest.raises(UnavailableError) as caught:
        client.request("GET", "/", read_timeout_s=0.1)
    over.set()
    client.close()
    assert caught.value.code == "portal.timeout"


def test_a_body_that_stops_half_way_is_named_and_never_taken_for_whole(serve: Serve) -> None:
    def half(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"x" * 500)
        handler.close_connection = True

    client = HttpClient(serve(half).url)
    with pytest.raises(UnavailableError) as caught:
        client.request("GET", "/")
    client.close()
    assert caught.value.code == "portal.unreachable"


def test_a_body_that_drips_is_given_up_after_the_read_timeout(serve: Serve) -> None:
    import threading

    over = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"x")
        handler.wfile.flush()
        over.wait(10)

    client = HttpClient(serve(drip).url)
    with pytest.raises(UnavailableError) as caught:
        client.request("GET", "/", read_timeout_s=0.2)
    over.set()
    client.close()
    assert caught.value.code in ("portal.timeout", "portal.unreachable")


def demand_given_up(serve: Serve, begin: Callable[[BaseHTTPRequestHandler], object], again: bytes) -> None:
    """Ask a platform that after its beginning drips `again` for ever; each wait is short, the whole would never end."""
    import threading

    over = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        begin(handler)
        while not over.wait(0.02):
            handler.wfile.write(again)
            handler.wfile.flush()

    client = HttpClient(serve(drip).url)
    with pytest.raises(UnavailableError) as caught:
        client.request("GET", "/", read_timeout_s=2)
    over.set()
    client.close()
    assert caught.value.code == "portal.timeout"


def test_t23_a_body_that_never_stops_dripping_is_given_up(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "WHOLE_ANSWER_S", 0.3)

    def head(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "200")
        handler.end_headers()

    demand_given_up(serve, head, b"x")


@pytest.mark.parametrize(
    ("first", "again"),
    [(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"), (b"", b"HTTP/1.1 100 Continue\r\n\r\n")],
    ids=["headers", "continue"],
)
def test_t23_a_head_that_never_ends_is_given_up(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, first: bytes, again: bytes
) -> None:
    monkeypatch.setattr(connections, "HEAD_S", 0.3)
    demand_given_up(serve, lambda handler: handler.wfile.write(first), again)


def test_a_body_on_a_line_that_is_slow_but_alive_leaves_in_pieces_that_have_each_their_own_time(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "CONNECT_TIMEOUT_S", 0.5)
    octets, told = bytes(20 * 1024 * 1024), list[int]()
    with closing(Line(serve(reply(200, b"taken")).port)) as line:
        line.begin(lambda _number: Fault(rate=8_000_000))
        with closing(HttpClient(f"http://127.0.0.1:{line.port}")) as client:
            with pytest.raises(UnavailableError, match=r"portal\.unreachable"):
                client.request("PUT", "/", body=octets)
            assert client.request("PUT", "/", body=ToldBody(octets, told.append)) == b"taken"
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0, len(octets))
    assert len(told) > 1000
