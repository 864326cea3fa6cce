"""The page of a room before hand-made rooms, in a person's hands; what it would scan is noted."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.domain.clock import ManualClock
from desktop.testing.driver import WindowDriver, wait_until
from desktop.testing.prepared import MORNING
from desktop.ui import theme
from desktop.ui.page import Phase
from desktop.ui.tokens import Mode
from desktop.views.room import RoomModel, RoomPage
from desktop.views.room.facts import Room
from tests.views.room.rooms import OWN, HandMadeDesk


class Hall:
    """One room's page; `enter` opens it before a hand-made desk."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.clock = ManualClock(MORNING)
        self.scans: list[Callable[[], object]] = []
        self.picked: list[Path] = []
        self.folder = folder
        self.model = RoomModel(self.clock, own_name=OWN)
        self.page = RoomPage(
            self.model,
            SimpleNamespace(account=SimpleNamespace(organization=None)),  # type: ignore[arg-type]  # for scans alone
            scan=lambda _parent, _workspace, action, **_rest: self.scans.append(action),
            pick=lambda *_asked: self.picked,
            ask=lambda *_asked: self.folder,
        )
        qtbot.addWidget(self.page)
        self.page.resize(1080, 764)
        self.page.show()
        self.driver = WindowDriver(self.page)

    def enter(self, room: Room, *, is_enrolled: bool = True) -> HandMadeDesk:
        desk = HandMadeDesk(room)
        self.model.open(desk, is_enrolled=is_enrolled)
        wait_until(lambda: self.page.phase is Phase.NORMAL, "the room")
        return desk

    def act(self) -> None:
        """Press the primary button and wait for what comes of it."""
        self.driver.click("roomAct")
        self.rest()

    def rest(self) -> None:
        wait_until(lambda: self.model.state.work is None, "the end of what is under way")

    def change(self, **changes: Any) -> None:
        """Put into the state what a long story would have brought."""
        self.model._set(**changes)

    def rows(self, table: str = "roomBids") -> list[list[str]]:
        """The table as it is read."""
        shown = self.driver.find(table).model()  # type: ignore[attr-defined]  # a DataTable
        return [
            [str(shown.data(shown.index(row, column))) for column in range(shown.columnCount())]
            for row in range(shown.rowCount())
        ]


@pytest.fixture
def hall(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Hall]:
    theme.apply(qapp, Mode.LIGHT)
    made = Hall(qtbot, tmp_path)
    yield made
    made.model.leave()
