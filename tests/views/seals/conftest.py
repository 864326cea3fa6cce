"""The world as a fixture, with a certified company, and the page in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.domain.operations import SealKind
from desktop.phone.core import Phone
from desktop.signing.imprint.stamping import ScanConditions, stamp_on_paper
from desktop.signing.imprint.synthetic import SealText
from desktop.testing.demo_files import drawn_seal
from desktop.testing.driver import WindowDriver
from desktop.ui import theme
from desktop.ui.page import Phase
from desktop.ui.tokens import Mode
from desktop.views.seals import SealsModel, SealsPage
from tests.views.certificates.world import NAME, World, make_world
from tests.views.seals.shots import Stand


@pytest.fixture
def world(tmp_path: Path, qapp: QApplication) -> Iterator[World]:
    theme.apply(qapp, Mode.LIGHT)
    with make_world(tmp_path) as made:
        made.sign_in()
        yield made


@pytest.fixture
def phone(world: World) -> Phone:
    """The company's phone with its certificate."""
    return world.certify()


@pytest.fixture(scope="session")
def official_png() -> bytes:
    """An official seal as drawn: RGBA, as an imprint is."""
    return drawn_seal(SealKind.OFFICIAL, SealText(name=NAME, digits="3601020012345"))


@pytest.fixture(scope="session")
def stamped_sheet(official_png: bytes) -> bytes:
    """A good scan of it, with the resolution that scanners state."""
    return stamp_on_paper(official_png, 7, ScanConditions(seal_mm=42.0)).jpeg


@pytest.fixture
def stand() -> Stand:
    """The camera on the table."""
    return Stand()


@pytest.fixture
def page(qtbot: QtBot, world: World, stand: Stand, tmp_path: Path) -> SealsPage:
    """The page, not shown yet; what it saves goes to `tmp_path`."""
    made = SealsPage(
        SealsModel(world.workspace),
        pick=world.picks.pick,
        cameras=stand.cameras,
        ask=lambda _parent, name: tmp_path / name,
    )
    qtbot.addWidget(made)
    made.resize(920, 664)
    return made


@pytest.fixture
def driver(qtbot: QtBot, page: SealsPage, phone: Phone) -> WindowDriver:
    """A person with a certificate before the page, once it has loaded."""
    page.show()
    qtbot.waitUntil(lambda: page.phase is not Phase.LOADING and bool(page.model.state.choices))
    return WindowDriver(page)
