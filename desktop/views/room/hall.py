"""开标大厅: the list of rooms, and the room that was entered."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.domain.clock import Clock
from desktop.services.workspace import Workspace
from desktop.ui.dialogs import AskFolder, ask_folder
from desktop.ui.kit import FilePicker, pick_files
from desktop.views.room.desk import RoomDesk
from desktop.views.room.model import RoomModel
from desktop.views.room.own_desk import OwnDesk
from desktop.views.room.page import RoomPage
from desktop.views.room.rooms_model import RoomsModel
from desktop.views.room.rooms_page import RoomsPage
from desktop.views.scan import ScanOpener, open_scan


class HallPage(QWidget):
    """`navigate(page id, payload)` asks for another module; another asks here by `receive(lot id)`."""

    navigate = Signal(str, str)

    def __init__(
        self,
        rooms: RoomsPage,
        room: RoomPage,
        *,
        desk: Callable[[str], RoomDesk],
        is_enrolled: Callable[[], bool],
        parent: QWidget | None = None,
    ) -> None:
        """`desk` makes the desk of a lot; `is_enrolled` tells whether this workstation may speak for the unit."""
        super().__init__(parent)
        self.setObjectName("hallPage")
        self.rooms, self.room = rooms, room
        self._desk, self._is_enrolled = desk, is_enrolled
        self._stack = QStackedWidget()
        self._stack.addWidget(rooms)
        self._stack.addWidget(room)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        rooms.room_chosen.connect(self.receive)
        rooms.navigate.connect(self.navigate)
        room.left.connect(self.show_rooms)
        room.navigate.connect(self.navigate)

    def receive(self, payload: str) -> None:
        """Enter the room of the lot with this id."""
        if payload:
            self._stack.setCurrentWidget(self.room)
            self.room.model.open(self._desk(payload), is_enrolled=self._is_enrolled())

    def show_rooms(self) -> None:
        """Go back to the list; the room is followed no longer."""
        self.room.model.leave()
        self._stack.setCurrentWidget(self.rooms)

    def open_work(self) -> str:
        """Say what would be lost here if the page began anew."""
        return self.room.open_work()

    def leave(self) -> None:
        """Follow no room any longer."""
        self.room.model.leave()


def make_hall(
    workspace: Workspace,
    *,
    clock: Clock,
    scan: ScanOpener = open_scan,
    pick: FilePicker = pick_files,
    ask: AskFolder = ask_folder,
) -> HallPage:
    """Put the pages together for the unit that the person works for now; `clock` keeps the platform's time."""
    unit = workspace.account.organization
    name, code = (unit.name, unit.credit_code) if unit is not None else ("", "")
    return HallPage(
        RoomsPage(RoomsModel(workspace)),
        RoomPage(RoomModel(clock, own_name=name), workspace, scan=scan, pick=pick, ask=ask),
        desk=lambda lot_id: OwnDesk(workspace, lot_id),
        is_enrolled=lambda: workspace.workstation.is_enrolled_for(code),
    )
