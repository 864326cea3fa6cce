"""`python -m desktop.phone` as the process that the demonstration starts."""

import base64
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.phone.phone_ca import PLATFORM_NAME
from tests.phone.phone_world import World

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def platform(world: World) -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []
    profile = {
        "platform_id": "jxjt",
        "name": PLATFORM_NAME,
        "now": "2026-06-01T04:00:00Z",
        "root": base64.b64encode(world.ca.root).decode(),
        "issuing": [base64.b64encode(world.ca.issuing).decode()],
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.path} {self.headers.get('X-BidSeal-Control', '')}")
            body = json.dumps(profile if self.path == "/api/v1/profile" else []).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()
        thread.join()


def start(folder: Path, url: str, *more: str, module: str = "desktop.phone") -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", module, "--folder", str(folder), "--base-url", url, *more]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.parametrize("module", ["desktop.phone", "desktop.demo_phone"])
def test_the_phone_lives_until_its_standard_input_ends(
    platform: tuple[str, list[str]], tmp_path: Path, qtbot: QtBot, module: str
) -> None:
    url, asked = platform
    process = start(tmp_path / "phone", url, "--control", "-", "--mobile", "13800000001", module=module)
    assert process.stdin is not None
    process.stdin.write(b"c0ntrol\n")
    process.stdin.flush()
    qtbot.waitUntil(lambda: any(a.startswith("/control/outbox") for a in asked), timeout=20_000)
    assert process.poll() is None
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors
    assert "/control/outbox c0ntrol" in asked


def test_an_unsafe_address_ends_the_phone_with_its_code(tmp_path: Path) -> None:
    process = start(tmp_path / "phone", "http://example.com")
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 3
    assert b"phone.profile_insecure" in errors
