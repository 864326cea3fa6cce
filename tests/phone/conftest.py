import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.domain.secret import SecretBytes
from desktop.phone.core import ApproveState, HttpReply, Phone, PhoneOutcome, secret_password
from desktop.phone.window.application import build_window
from desktop.phone.window.states import Screen
from desktop.ui import theme
from desktop.ui.i18n import Language, Languages
from desktop.ui.tokens import Mode
from tests.phone.phone_hand import SESSION, Eyes, Hand
from tests.phone.phone_world import PASSWORD, Desktop, World, download_request

if TYPE_CHECKING:
    from tests.phone.app_world import App


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def phone(world: World) -> Phone:
    return world.phone()


def equip(world: World, phone: Phone) -> Phone:
    """Download one certificate."""
    desktop = Desktop(world, enrolled=False)
    scanned = phone.scan(desktop.show(download_request()))
    assert scanned.wait_accepted()
    assert scanned.approve(None, secret_password(PASSWORD), desktop.check_code).state is ApproveState.SENT
    assert scanned.wait_result(timeout=5).outcome is PhoneOutcome.DONE
    return phone


@pytest.fixture
def equipped(world: World, phone: Phone) -> Phone:
    """A phone that has downloaded one certificate."""
    return equip(world, phone)


@pytest.fixture
def eyes() -> Eyes:
    return Eyes()


@pytest.fixture
def outbox(world: World) -> list[dict[str, str]]:
    """The embedded platform's outbox behind its control call."""
    sent: list[dict[str, str]] = []
    honest = world.relay.send

    def send(
        method: str, path: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None, timeout_s: float
    ) -> HttpReply:
        if path.startswith("/control/outbox"):
            allowed = (headers or {}).get("X-BidSeal-Control") == "c0ntrol"
            return HttpReply(status=200 if allowed else 403, body=json.dumps(sent).encode())
        return honest(method, path, body=body, headers=headers, timeout_s=timeout_s)

    world.relay.send = send  # type: ignore[method-assign]
    world.relay.account["POST /api/v1/sms"] = (202, {"resend_after_s": 60, "valid_s": 300})
    world.relay.account["POST /api/v1/sessions/sms"] = (200, SESSION)
    return sent


@pytest.fixture
def languages(qapp: QApplication) -> Iterator[Languages]:
    theme.apply(qapp, Mode.LIGHT)
    chosen = Languages()
    yield chosen
    chosen.use(Language.CHINESE)


@pytest.fixture
def open_window(
    qtbot: QtBot, world: World, eyes: Eyes, languages: Languages, outbox: list[dict[str, str]]
) -> Callable[[Phone], Hand]:
    def opened(phone: Phone) -> Hand:
        window = build_window(
            phone,
            clock=world.clock,
            http=world.relay,
            languages=languages,
            control=SecretBytes(b"c0ntrol"),
            grab=eyes.grab,
            decode=eyes.decode,
            decode_image=lambda _: list(eyes.texts),
        )
        qtbot.addWidget(window)
        return Hand(qtbot, window)

    return opened


@pytest.fixture
def fresh(phone: Phone, open_window: Callable[[Phone], Hand]) -> Hand:
    return open_window(phone)


@pytest.fixture
def hand(equipped: Phone, open_window: Callable[[Phone], Hand]) -> Hand:
    """The hand on a phone that holds a certificate and is logged in."""
    made = open_window(equipped)
    made.window.app.log_in("13800000001", "482913")
    made.wait(lambda: made.window.app.state.screen is Screen.HOME)
    return made


@pytest.fixture
def make_app(
    request: pytest.FixtureRequest, qtbot: QtBot, _bidseal_languages: Languages, _bidseal_state: Path
) -> Iterator[Callable[..., "App"]]:
    """Phones on the test's real platform; the first one is the company's, if there is a `bidseal_company`."""
    from tests.phone.app_world import App

    platform, clock = request.getfixturevalue("bidseal_platform"), request.getfixturevalue("bidseal_clock")
    made: list[App] = []

    def make(name: str = "phone", **how: bool | str) -> App:
        app = App(qtbot, platform, clock, _bidseal_languages, _bidseal_state / name, **how)
        made.append(app)
        return app

    yield make
    for app in made:
        app.window.close()
        app.http.close()


@pytest.fixture
def second_desk(_bidseal_state: Path, _bidseal_keyring: None) -> Path:
    """The folder of another workstation of the test's platform."""
    return _bidseal_state / "second"


@pytest.fixture
def app(make_app: Callable[..., "App"]) -> "App":
    """The phone of the company's person, or a new one, at its login page."""
    return make_app()
