"""The list of rooms: which lot, until when, and where its opening is. Passive."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.portal.tender_records import Lot
from desktop.ui.i18n import tr
from desktop.ui.kit import (
    Cell,
    Column,
    DataTable,
    IconButton,
    KitFrame,
    Label,
    LinkButton,
    PrimaryButton,
    Row,
    local_time,
)
from desktop.ui.page import Page
from desktop.views.lot_words import lot_state_word
from desktop.views.room.rooms_model import RoomsModel
from desktop.views.room.state import RoomsState


class RoomsPage(Page[RoomsState]):
    """`room_chosen(lot id)` asks for a room, `navigate(page id, payload)` for another module."""

    room_chosen = Signal(str)
    navigate = Signal(str, str)

    def __init__(self, model: RoomsModel, parent: QWidget | None = None) -> None:
        super().__init__("roomsPage", parent)
        self.model = model
        model.setParent(self)
        self.about = Label(role="muted", wrap=True, name="roomsAbout")
        self.refresh = IconButton("refresh-cw", "", name="roomsRefresh")
        self.table = DataTable(name="roomsTable")
        self.files = LinkButton(icon="file-lock", name="roomsFiles")
        self.enter = PrimaryButton(icon="log-in", name="roomsEnter")
        self._lay_out()
        self.retry_requested.connect(model.load)
        for asked in (self.files.clicked, self.empty.action_triggered):
            asked.connect(lambda: self.navigate.emit("opening", ""))
        self.refresh.clicked.connect(model.load)
        self.table.row_activated.connect(self.room_chosen)
        self.table.row_selected.connect(lambda _key: self.enter.setEnabled(True))
        self.enter.clicked.connect(lambda: self.room_chosen.emit(self.table.selected_key))
        self.bind(model)

    def showEvent(self, event: QShowEvent) -> None:
        """Look anew."""
        super().showEvent(event)
        self.model.load()

    def show_state(self, state: RoomsState) -> None:
        """Draw the list."""
        self.about.setText(tr("每个标段一间开标大厅: 签到、交付、开标、唱标、异议与归档都在这里实时进行。"))
        self.refresh.set_text(tr("刷新"))
        self.enter.setText(tr("进入开标大厅"))
        self.files.setText(tr("解密投标文件包"))
        self.files.setVisible(state.is_agent)
        if state.is_agent:
            text = tr("发布招标项目后, 各标段的开标大厅会列在这里。")
        else:
            text = tr("招标项目发布后, 各标段的开标大厅会列在这里。")
        files = tr("解密投标文件包") if state.is_agent else ""
        self.empty.set_content("gavel", tr("还没有开标大厅"), text, files)
        self.table.set_accessible_name(tr("开标大厅"))
        self.table.set_content(_columns(), [_row(lot) for lot in state.lots])
        if state.lots and not self.table.selected_key:
            self.table.select(state.lots[0].lot_id)
        self.enter.setEnabled(bool(self.table.selected_key))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.about, 1, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.refresh)
        card = KitFrame("roomsCard", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(8, 4, 8, 8)
        inside.addWidget(self.table)
        foot = QHBoxLayout()
        foot.addWidget(self.files)
        foot.addStretch()
        foot.addWidget(self.enter)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(16)
        column.addLayout(head)
        column.addWidget(card, 1)
        column.addLayout(foot)


def _columns() -> list[Column]:
    return [
        Column(title=tr("项目")),
        Column(title=tr("标段")),
        Column(title=tr("投标截止时间"), width=152),
        Column(title=tr("投标文件"), width=128, is_number=True),
        Column(title=tr("状态"), width=128),
    ]


def _row(lot: Lot) -> Row:
    word, tone = lot_state_word(lot.state)
    return Row(
        key=lot.lot_id,
        cells=(
            f"{lot.tender} · {lot.tender_name}",
            f"{lot.lot} · {lot.lot_name}",
            local_time(lot.deadline) if lot.deadline is not None else "—",
            "—" if lot.bids is None else str(lot.bids),
            Cell(text=word, tone=tone),
        ),
    )
