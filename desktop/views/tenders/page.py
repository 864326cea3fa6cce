"""招标项目 as a bidder sees them: the list of lots, and the lot that was chosen."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.ui.i18n import tr
from desktop.views.tenders.lot_page import LotPage
from desktop.views.tenders.lots_page import LotsPage


class TendersPage(QWidget):
    """`navigate(page id, payload)` asks for another module; another asks here by `receive(lot id)`."""

    navigate = Signal(str, str)

    def __init__(self, lots: LotsPage, lot: LotPage) -> None:
        super().__init__()
        self.setObjectName("tendersPage")
        self.lots, self.lot = lots, lot
        self._stack = QStackedWidget()
        self._stack.addWidget(lots)
        self._stack.addWidget(lot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        lots.lot_chosen.connect(self.receive)
        lot.left.connect(self.show_lots)
        lot.navigate.connect(self.navigate)

    def receive(self, lot_id: str) -> None:
        """Show the lot with this id; without one, what was shown last."""
        if lot_id:
            self.lot.model.open(lot_id)
            self._stack.setCurrentWidget(self.lot)

    def show_lots(self) -> None:
        """Go back to the list; what is under way in the lot goes on."""
        self._stack.setCurrentWidget(self.lots)

    def open_work(self) -> str:
        """Say what would be stopped here if the page began anew; what is being prepared is on the disk."""
        return tr("投标文件正在递交") if self.lot.model.state.sending is not None else ""
