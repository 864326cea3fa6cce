"""The world as a fixture, and the page in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.testing.driver import WindowDriver
from desktop.ui import theme
from desktop.ui.page import Phase
from desktop.ui.tokens import Mode
from desktop.views.certificates import CertificatesModel, CertificatesPage
from tests.views.certificates.world import World, make_world


@pytest.fixture
def world(tmp_path: Path, qapp: QApplication) -> Iterator[World]:
    theme.apply(qapp, Mode.LIGHT)
    with make_world(tmp_path) as made:
        made.sign_in()
        yield made


@pytest.fixture
def page(qtbot: QtBot, world: World) -> CertificatesPage:
    """The page, not shown yet."""
    made = CertificatesPage(CertificatesModel(world.workspace), pick=world.picks.pick, ask=world.picks.ask)
    qtbot.addWidget(made)
    made.resize(920, 664)
    return made


@pytest.fixture
def driver(qtbot: QtBot, page: CertificatesPage) -> WindowDriver:
    """A person before the page, once it has loaded."""
    page.show()
    qtbot.waitUntil(lambda: page.phase is not Phase.LOADING)
    return WindowDriver(page)
