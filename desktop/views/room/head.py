"""The head of a room: the way back, which lot it is and at what, and the large type for an audience. Passive."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from desktop.ui.i18n import tr
from desktop.ui.kit import ElidedLabel, IconButton, KitFrame, SecondaryButton, StatusChip
from desktop.views.lot_words import lot_state_word
from desktop.views.room.state import RoomState


class RoomHead(KitFrame):
    """`enlarged(is_large)` asks for the other size."""

    back_requested = Signal()
    enlarged = Signal(bool)

    def __init__(self) -> None:
        super().__init__("roomHead")
        self.back = IconButton("arrow-left", "", name="roomBack")
        self.title = ElidedLabel(role="heading", name="roomTitle")
        self.small = ElidedLabel(role="muted", name="roomLot")
        self.chip = StatusChip(name="roomState")
        self.large = SecondaryButton(icon="monitor", name="roomLarge")
        self._is_large = False
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.title)
        words.addWidget(self.small)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.back)
        row.addLayout(words, 1)
        row.addWidget(self.chip)
        row.addWidget(self.large)
        self.back.clicked.connect(self.back_requested)
        self.large.clicked.connect(lambda: self.enlarged.emit(not self._is_large))
        self._built()

    def show_state(self, state: RoomState) -> None:
        """Draw the state."""
        room = state.room
        if room is None:
            return
        self._is_large = state.is_large
        self.title.setText(f"{room.tender_name} · {room.lot_name}")
        parts = (
            f"{room.tender} · {room.lot}",
            tr("招标人 {name}", name=room.purchaser),
            tr("代理机构 {name}", name=room.agency),
        )
        self.small.setText("   ".join(parts))
        self.chip.set_status(*lot_state_word(room.state))
        self.large.setText(tr("退出大字") if state.is_large else tr("大字显示"))

    def retranslate(self) -> None:
        """Say the way back."""
        self.back.set_text(tr("返回开标大厅列表"))
