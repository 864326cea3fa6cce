"""The one place where the phone opens a socket, against a real server on this machine; and the account calls."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from desktop.domain.clock import SystemClock
from desktop.domain.errors import MisuseError, RejectedError, UnavailableError
from desktop.phone.core import Phone, RequestsHttp, fetch_profile
from desktop.phone.core.transport import MAX_BODY_BYTES
from tests.phone.phone_ca import PLATFORM_NAME
from tests.phone.phone_world import BASE_URL, World
from tests.phone.test_phone_faults import _b64, _log_in


class Handler(BaseHTTPRequestHandler):
    """Answers by path; counts what it is asked."""

    seen: list[str]
    released: threading.Event

    def do_GET(self) -> None:
        self.seen.append(self.path)
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path == "/endless":
            self.send_response(200)
            self.end_headers()
            try:
                for _ in range(MAX_BODY_BYTES // 65_536 + 10):
                    self.wfile.write(b"x" * 65_536)
            except OSError:
                return
        elif self.path == "/drip":
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            while not self.released.wait(0.05):
                try:
                    self.wfile.write(b"x")
                except OSError:
                    return
        else:
            body = json.dumps({"agent": self.headers["User-Agent"]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[tuple[RequestsHttp, list[str]]]:
    seen: list[str] = []
    released = threading.Event()
    handler = type("BoundHandler", (Handler,), {"seen": seen, "released": released})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        http = RequestsHttp(f"http://127.0.0.1:{httpd.server_address[1]}", SystemClock())
        yield http, seen
        released.set()
        http.close()
        httpd.shutdown()
        thread.join()


def test_an_answer_is_read(server: tuple[RequestsHttp, list[str]]) -> None:
    reply = server[0].send("GET", "/hello", timeout_s=5)
    assert (reply.status, json.loads(reply.body)) == (200, {"agent": "BidSeal-phone"})


def test_t25_a_redirect_is_an_answer_not_an_order(server: tuple[RequestsHttp, list[str]]) -> None:
    http, seen = server
    assert http.send("GET", "/redirect", timeout_s=5).status == 302
    assert seen == ["/redirect"]


def test_t23_an_endless_answer_is_cut_off(server: tuple[RequestsHttp, list[str]]) -> None:
    with pytest.raises(UnavailableError):
        server[0].send("GET", "/endless", timeout_s=20)


def test_a_dripping_answer_is_cut_off_in_time(server: tuple[RequestsHttp, list[str]]) -> None:
    clock = SystemClock()
    before = clock.monotonic()
    with pytest.raises(UnavailableError):
        server[0].send("GET", "/drip", timeout_s=0.3)
    assert clock.monotonic() - before < 3


def test_nobody_listening_is_unreachable() -> None:
    http = RequestsHttp("http://127.0.0.1:9", SystemClock())
    with pytest.raises(UnavailableError) as caught:
        http.send("GET", "/", timeout_s=1)
    assert caught.value.code == "phone.platform_unreachable"
    http.close()


def test_an_sms_code_is_asked_for_and_logs_in(world: World, phone: Phone) -> None:
    asked = []

    def sms(body: object, _: object) -> tuple[int, object]:
        asked.append(body)
        return 202, {"resend_after_s": 60, "valid_s": 300}

    world.relay.account["POST /api/v1/sms"] = sms
    sent = phone.send_sms(" 138-0000 0001 ")
    assert (sent.resend_after_s, sent.valid_s) == (60, 300)
    assert asked == [{"mobile": "13800000001", "purpose": "app_login"}]
    _log_in(world, phone)
    assert phone.is_logged_in
    phone.log_out()
    assert not phone.is_logged_in
    phone.log_out()


def test_the_platforms_own_word_is_passed_on(world: World, phone: Phone) -> None:
    world.relay.account["POST /api/v1/sms"] = (429, {"code": "platform.sms_too_often", "detail": ""})
    with pytest.raises(RejectedError) as caught:
        phone.send_sms("13800000001")
    assert caught.value.code == "platform.sms_too_often"
    world.relay.account["POST /api/v1/sms"] = (400, {"code": "<script>", "detail": ""})
    with pytest.raises(RejectedError) as caught:
        phone.send_sms("13800000001")
    assert caught.value.code == "phone.platform_refused"
    world.relay.account["POST /api/v1/sms"] = (500, {})
    with pytest.raises(UnavailableError):
        phone.send_sms("13800000001")


@pytest.mark.parametrize(
    "mobile", ["", "12800000001", "1380000000", "138000000011", "+8613800000001", "１３８００００００01"]
)
def test_what_is_no_mobile_number_is_not_sent(world: World, phone: Phone, mobile: str) -> None:
    with pytest.raises(RejectedError) as caught:
        phone.send_sms(mobile)
    assert caught.value.code == "phone.mobile_malformed"
    assert world.relay.requests == []


@pytest.mark.parametrize("code", ["", "12a4", "1", "123456789"])
def test_what_is_no_code_is_not_sent(phone: Phone, code: str) -> None:
    with pytest.raises(RejectedError) as caught:
        phone.log_in_by_sms("13800000001", code)
    assert caught.value.code == "phone.sms_code_malformed"


def test_listing_certificates_needs_a_login(phone: Phone, world: World) -> None:
    with pytest.raises(MisuseError):
        phone._account.issued_certificates()


def test_a_profile_is_fetched_with_the_platforms_time(world: World) -> None:
    world.relay.account["GET /api/v1/profile"] = (
        200,
        {
            "platform_id": "jxjt",
            "name": PLATFORM_NAME,
            "now": "2026-06-01T04:00:00Z",
            "root": _b64(world.ca.root),
            "issuing": [_b64(world.ca.issuing)],
        },
    )
    fetched = fetch_profile(world.relay, BASE_URL)
    assert fetched.profile == world.profile
    assert fetched.now.hour == 4
