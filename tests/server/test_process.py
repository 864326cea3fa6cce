"""The embedded platform as a process: starts, tells who it is, survives a restart, ends with its parent."""

import base64
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import requests

from desktop.crypto.certificates import read_certificate
from desktop.domain.errors import MisuseError, UnavailableError
from desktop.server.demo import AGENCY_NAME, AGENT_MOBILE, OPERATOR_MOBILE
from desktop.server.embedded import EmbeddedAddress, EmbeddedPlatform
from desktop.server.settings import ServerSettings
from tests.server.client import Client
from tests.server.databases import Databases


def health(address: EmbeddedAddress) -> requests.Response:
    return requests.get(
        f"{address.base_url}/control/health", headers={"X-BidSeal-Control": address.control_token}, timeout=10
    )


def test_embedded_platform_starts_tells_who_it_is_and_stops(tmp_path: Path, databases: Databases) -> None:
    platform = EmbeddedPlatform(tmp_path / "state", settings=databases.settings(tmp_path / "state"))
    address = platform.start()
    assert health(address).json()["status"] == "ok"
    profile = requests.get(f"{address.base_url}/api/v1/profile", timeout=10).json()
    assert base64.b64decode(profile["root"]) == address.root
    assert (profile["platform_id"], profile["name"]) == (address.platform_id, address.name)
    assert read_certificate(address.root).is_ca
    assert address.control_token not in repr(address)
    client = Client(address.base_url, address.control_token)
    assert client.sign_in(OPERATOR_MOBILE)["account"]["role"] == "operator"
    client.close()
    agent = Client(address.base_url, address.control_token)
    agent.sign_in(AGENT_MOBILE)
    (unit,) = agent.get("/api/v1/me")["organizations"]
    assert (unit["name"], unit["kind"]) == (AGENCY_NAME, "agency")
    (order,) = agent.get("/api/v1/orders")
    assert order["state"] == "approved"
    agent.close()
    platform.stop()
    platform.stop()
    assert platform.is_running is False
    with pytest.raises(requests.ConnectionError):
        health(address)
    assert (tmp_path / "state" / "server.log").read_text(encoding="utf-8") == ""


def test_embedded_platform_is_the_same_after_a_restart_with_a_new_control_token(
    tmp_path: Path, databases: Databases
) -> None:
    platform = EmbeddedPlatform(tmp_path / "state", settings=databases.settings(tmp_path / "state"))
    first = platform.start()
    with pytest.raises(MisuseError):
        platform.start()
    platform.stop()
    second = platform.start()
    platform.stop()
    assert (first.root, first.issuing) == (second.root, second.issuing)
    assert first.control_token != second.control_token


def test_platform_ends_when_its_parents_pipe_closes(tmp_path: Path, databases: Databases) -> None:
    told = {
        "state_folder": str(tmp_path / "state"),
        "platform_id": "demo",
        "name": "演示",
        "public_base_url": "http://pki.bidseal.invalid",
        "database_url": databases.new(),
        "demo": False,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "desktop.server.process"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(told).encode() + b"\n")
    process.stdin.flush()
    ready = json.loads(process.stdout.readline())
    assert 0 < ready["port"] < 65536
    # A long poll is open while the parent dies; it must not hold the process.
    waiting = requests.Session()
    base = f"http://127.0.0.1:{ready['port']}/relay/v1/mailboxes/{'a' * 32}"
    owner = {"X-Mailbox-Owner": "ab" * 32}
    waiting.put(f"{base}?ttl=60", data=b"challenge", headers=owner, timeout=10)
    poll = waiting.get(f"{base}/inbox?wait=1", headers=owner, timeout=10)
    assert poll.json() == {"next": 0, "messages": []}
    process.stdin.close()
    assert process.wait(10) == 0
    process.stdout.close()
    waiting.close()


def test_shutdown_by_the_control_endpoint(tmp_path: Path, databases: Databases) -> None:
    platform = EmbeddedPlatform(tmp_path / "state", settings=databases.settings(tmp_path / "state"))
    address = platform.start()
    assert requests.post(f"{address.base_url}/control/shutdown", timeout=10).status_code == 403
    answer = requests.post(
        f"{address.base_url}/control/shutdown", headers={"X-BidSeal-Control": address.control_token}, timeout=10
    )
    assert answer.json() == {"status": "stopping"}
    process = platform._process
    assert process is not None
    assert process.wait(10) == 0
    platform.stop()


def test_platform_that_cannot_start_says_so_and_leaves_no_process(tmp_path: Path, databases: Databases) -> None:
    (tmp_path / "state" / "pki").mkdir(parents=True)
    (tmp_path / "state" / "pki" / "root.cer").write_bytes(b"damaged")
    platform = EmbeddedPlatform(tmp_path / "state", settings=databases.settings(tmp_path / "state"))
    with pytest.raises(UnavailableError, match=r"platform\.not_started"):
        platform.start()
    assert platform.is_running is False
    assert "platform.state_damaged" in (tmp_path / "state" / "server.log").read_text(encoding="utf-8")


def test_settings_show_no_control_token(tmp_path: Path) -> None:
    assert "topsecret" not in repr(ServerSettings(state_folder=tmp_path, control_token="topsecret"))


@pytest.mark.slow
def test_killed_platform_has_lost_nothing_that_it_acknowledged(tmp_path: Path, databases: Databases) -> None:
    platform = EmbeddedPlatform(tmp_path / "state", settings=databases.settings(tmp_path / "state"))
    acknowledged: list[str] = []
    root = b""
    for round_number in range(6):
        address = platform.start()
        assert root in {b"", address.root}
        root = address.root
        process = platform._process
        assert process is not None
        enough = threading.Event()

        def ask(address: EmbeddedAddress = address, base: int = round_number * 1000, enough: Any = enough) -> None:
            for n in range(1000):
                mobile = f"1380{base + n:07d}"
                try:
                    answer = requests.post(
                        f"{address.base_url}/api/v1/sms", json={"mobile": mobile, "purpose": "login"}, timeout=10
                    )
                except requests.RequestException:
                    return
                if answer.status_code == 202:
                    acknowledged.append(mobile)
                if n >= 3:
                    enough.set()
                if answer.status_code == 429:
                    return

        asking = threading.Thread(target=ask)
        asking.start()
        assert enough.wait(30)
        process.kill()
        process.wait(10)
        asking.join(30)
        platform.stop()
    address = platform.start()
    client = Client(address.base_url, address.control_token)
    lost = [mobile for mobile in acknowledged if not client.outbox(mobile)]
    client.close()
    platform.stop()
    assert lost == []
    assert len(acknowledged) >= 18
