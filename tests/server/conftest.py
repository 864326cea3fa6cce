"""A platform per test, copied from one that was started once: migrated database, keys and certificates."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI

from desktop.domain.clock import ManualClock
from desktop.server.app import create_app
from desktop.server.context import Platform, open_platform
from desktop.server.demo import OPERATOR_MOBILE, seed
from desktop.server.settings import ServerSettings
from desktop.server.threaded import ThreadedServer
from tests.server.client import Client
from tests.server.databases import Databases, lend
from tests.server.phone import Ceremonies, Keys, download, enrol, place_order

if TYPE_CHECKING:
    from tests.server.rooms import RoomStage

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ADMIN_MOBILE = "13811111111"
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
def shared_databases() -> Iterator[Databases]:
    yield from lend()


@pytest.fixture
def databases() -> Iterator[Databases]:
    yield from lend()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, shared_databases: Databases) -> ServerSettings:
    settings = shared_databases.settings(tmp_path_factory.mktemp("platform") / "state")
    open_platform(settings, ManualClock(START), Counted("template")).close()
    return settings


@pytest.fixture
def clock(request: pytest.FixtureRequest) -> ManualClock:
    clock = ManualClock(START)
    if "keys" in request.fixturenames:
        clock.advance(60)  # the furnished platform has sent its people their codes at START
    return clock


@pytest.fixture(scope="session")
def furnished(
    template: ServerSettings, tmp_path_factory: pytest.TempPathFactory, shared_databases: Databases
) -> tuple[ServerSettings, Keys]:
    """A platform whose first unit has an admin with a certificate and an enrolled desktop; and the admin's keys."""
    clock, keys = ManualClock(START), Keys()
    settings = shared_databases.copy(template, tmp_path_factory.mktemp("furnished") / "state", control_token=CONTROL)
    app = create_app(settings, clock, Counted("furnished"))
    seed(app.state.platform)
    with ThreadedServer(app) as url:
        admin, operator = Client(url, CONTROL), Client(url, CONTROL)
        admin.sign_in(ADMIN_MOBILE)
        operator.sign_in(OPERATOR_MOBILE)
        order = place_order(admin)
        operator.post(f"/api/v1/review/orders/{order['id']}", {"approve": True, "reason": ""})
        ceremonies = Ceremonies(clock.now, Counted("furnished ceremonies"))
        download(admin, ceremonies, order, keys)
        keys.station = enrol(admin, ceremonies, keys)
        admin.close()
        operator.close()
    return settings, keys


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path, databases: Databases) -> ServerSettings:
    if "keys" in request.fixturenames:
        source = request.getfixturevalue("furnished")[0]
    else:
        source = request.getfixturevalue("template")
    return databases.copy(source, tmp_path / "state", control_token=CONTROL)


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
    client.sign_in(ADMIN_MOBILE)
    return client


@pytest.fixture
def keys(furnished: tuple[ServerSettings, Keys]) -> Keys:
    """The keys of the certificate admin of the first unit, with certificates issued."""
    return furnished[1]


@pytest.fixture
def tender_stage(  # noqa: PLR0917 - everybody takes part
    platform: Platform,
    clock: ManualClock,
    admin: Client,
    keys: Keys,
    connect: Callable[[], Client],
    ceremonies: Ceremonies,
    tmp_path: Path,
) -> Any:
    """A lot that the first unit, an agency here, may publish; and as many bidders as are asked for."""
    from tests.server.tenders import TenderStage

    folder = tmp_path / "bidders"
    folder.mkdir()
    return TenderStage(
        platform=platform,
        clock=clock,
        keys=keys,
        agency=admin,
        connect=connect,
        ceremonies=ceremonies,
        folder=folder,
    )


@pytest.fixture
def stage(
    platform: Platform, clock: ManualClock, admin: Client, keys: Keys, connect: Callable[[], Client]
) -> "RoomStage":
    """A lot of one envelope, not published yet, and what its opening takes."""
    from tests.server.rooms import RoomStage

    return RoomStage(
        platform=platform, clock=clock, keys=keys, agency=admin, agency_mobile=ADMIN_MOBILE, connect=connect
    )


@pytest.fixture
def two(stage: "RoomStage") -> "RoomStage":
    """The same with two envelopes (双信封)."""
    stage.envelopes = ("first", "second")
    return stage
