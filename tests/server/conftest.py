"""A platform per test, copied from one that was started once: migrated database, keys and certificates."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from desktop.domain.clock import ManualClock
from desktop.server.app import create_app
from desktop.server.context import Platform, open_platform
from desktop.server.demo import OPERATOR_MOBILE, seed
from desktop.server.settings import ServerSettings
from desktop.server.threaded import ThreadedServer
from tests.server.client import Client
from tests.server.phone import Ceremonies, Keys, download, place_order

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CONTROL = "control-token-of-the-tests"


class Counted:
    """Randomness that is another in every call and the same in every run."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._calls = 0

    def __call__(self, size: int) -> bytes:
        self._calls += 1
        return hashlib.shake_256(f"{self._seed}/{self._calls}".encode()).digest(size)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("platform") / "state"
    open_platform(ServerSettings(state_folder=folder), ManualClock(START), Counted("template")).close()
    return folder


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def settings(template: Path, tmp_path: Path) -> ServerSettings:
    shutil.copytree(template, tmp_path / "state")
    return ServerSettings(state_folder=tmp_path / "state", control_token=CONTROL)


@pytest.fixture
def app(settings: ServerSettings, clock: ManualClock) -> Iterator[FastAPI]:
    app = create_app(settings, clock, Counted("test"))
    yield app
    app.state.platform.close()


@pytest.fixture
def platform(app: FastAPI) -> Platform:
    found: Platform = app.state.platform
    return found


@pytest.fixture
def base_url(app: FastAPI) -> Iterator[str]:
    with ThreadedServer(app) as url:
        yield url


@pytest.fixture
def connect(base_url: str) -> Iterator[Callable[[], Client]]:
    """Make further clients, each with its own session."""
    clients: list[Client] = []

    def make() -> Client:
        clients.append(Client(base_url, CONTROL))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(connect: Callable[[], Client]) -> Client:
    return connect()


@pytest.fixture
def ceremonies(clock: ManualClock) -> Ceremonies:
    return Ceremonies(clock.now, Counted("ceremonies"))


@pytest.fixture
def operator(connect: Callable[[], Client], platform: Platform) -> Client:
    seed(platform)
    client = connect()
    client.sign_in(OPERATOR_MOBILE)
    return client


@pytest.fixture
def approve(operator: Client) -> Callable[[Any], Any]:
    """Approve an order or a seal at the review desk."""

    def decide(thing: Any) -> Any:
        kind = "seals" if "imprint_sha256" in thing else "orders"
        return operator.post(f"/api/v1/review/{kind}/{thing['id']}", {"approve": True, "reason": ""})

    return decide


@pytest.fixture
def admin(connect: Callable[[], Client]) -> Client:
    client = connect()
    client.sign_in("13811111111")
    return client


@pytest.fixture
def keys(admin: Client, approve: Callable[[Any], Any], ceremonies: Ceremonies) -> Keys:
    """The keys of the certificate admin of the first unit, with certificates issued."""
    found = Keys()
    order = place_order(admin)
    approve(order)
    download(admin, ceremonies, order, found)
    return found
