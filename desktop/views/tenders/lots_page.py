"""The list of lots that a bidder may bid for: which, until when, and where they stand. Passive."""

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout

from desktop.domain.clock import Clock
from desktop.domain.tendering import LotState
from desktop.portal.tender_records import Lot
from desktop.ui.i18n import tr
from desktop.ui.kit import (
    Cell,
    Column,
    DataTable,
    EmptyState,
    IconButton,
    KitFrame,
    LinkButton,
    PrimaryButton,
    Row,
    TextField,
    Tone,
    local_time,
)
from desktop.ui.page import Page
from desktop.views.lot_words import lot_state_word
from desktop.views.tenders.lots_model import LotsModel
from desktop.views.tenders.state import LotsState

_AMBER_S, _RED_S = 30 * 60, 5 * 60
_SEARCH_PX = 320


class LotsPage(Page[LotsState]):
    """`lot_chosen(lot id)` asks for the page of a lot."""

    lot_chosen = Signal(str)

    def __init__(self, model: LotsModel, *, clock: Clock) -> None:
        super().__init__("lotsPage")
        self.model, self._clock = model, clock
        model.setParent(self)
        self.search = TextField(name="lotsSearch")
        self.refresh = IconButton("refresh-cw", "", name="lotsRefresh")
        self.table = DataTable(name="lotsTable")
        self.nothing = EmptyState(name="lotsNothing")
        self.more = LinkButton(icon="chevron-down", name="lotsMore")
        self.enter = PrimaryButton(icon="file-lock", name="lotsEnter")
        self._lay_out()
        self._connect()
        self.bind(model)

    def showEvent(self, event: QShowEvent) -> None:
        """Look anew: lots are published and amended elsewhere."""
        super().showEvent(event)
        self.model.load()

    def show_state(self, state: LotsState) -> None:
        """Draw the list."""
        self.search.set_label(tr("查找项目"), tr("项目、标段或招标人"))
        self.refresh.set_text(tr("刷新"))
        self.more.setText(tr("更早的标段"))
        self.enter.setText(tr("准备投标"))
        self.empty.set_content(
            "file-lock", tr("还没有招标项目"), tr("招标代理发布后, 您可以投标的标段会列在这里。"), tr("刷新")
        )
        self.nothing.set_content("search", tr("没有符合条件的标段"), tr("换一个词再查找。"))
        self.table.set_accessible_name(tr("招标项目"))
        self.table.set_content(_columns(), [_row(lot, self._clock.now()) for lot in state.lots])
        self._body.setCurrentWidget(self._card if state.lots else self.nothing)
        self.more.setVisible(state.has_more)
        if state.lots and not self.table.selected_key:
            self.table.select(state.lots[0].lot_id)
        self.enter.setEnabled(bool(self.table.selected_key))

    def _connect(self) -> None:
        self.retry_requested.connect(self.model.load)
        self.empty.action_triggered.connect(self.model.load)
        self.refresh.clicked.connect(self.model.load)
        self.more.clicked.connect(self.model.load_more)
        self.search.submitted.connect(lambda: self.model.search(self.search.value))
        self.table.row_activated.connect(self.lot_chosen)
        self.table.row_selected.connect(lambda _key: self.enter.setEnabled(True))
        self.enter.clicked.connect(lambda: self.lot_chosen.emit(self.table.selected_key))

    def _lay_out(self) -> None:
        self.search.setFixedWidth(_SEARCH_PX)
        head = QHBoxLayout()
        head.addWidget(self.search)
        head.addStretch()
        head.addWidget(self.refresh, 0, Qt.AlignmentFlag.AlignBottom)
        self._card = KitFrame("lotsCard", "card")
        inside = QVBoxLayout(self._card)
        inside.setContentsMargins(8, 4, 8, 8)
        inside.addWidget(self.table)
        self._body = QStackedWidget()
        self._body.addWidget(self._card)
        self._body.addWidget(self.nothing)
        foot = QHBoxLayout()
        foot.addWidget(self.more)
        foot.addStretch()
        foot.addWidget(self.enter)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(32, 8, 32, 24)
        column.setSpacing(16)
        column.addLayout(head)
        column.addWidget(self._body, 1)
        column.addLayout(foot)


def _columns() -> list[Column]:
    return [
        Column(title=tr("项目")),
        Column(title=tr("标段")),
        Column(title=tr("投标截止时间"), width=144),
        Column(title=tr("剩余"), width=128),
        Column(title=tr("状态"), width=136),
    ]


def _row(lot: Lot, now: datetime) -> Row:
    word, tone = lot_state_word(lot.state)
    return Row(
        key=lot.lot_id,
        cells=(
            f"{lot.tender} · {lot.tender_name}",
            f"{lot.lot} · {lot.lot_name}",
            local_time(lot.deadline) if lot.deadline is not None else "—",
            _left(lot, now),
            Cell(text=word, tone=tone),
        ),
    )


def _left(lot: Lot, now: datetime) -> Cell | str:
    """Say how long bids are still taken, amber in the last half hour and red in the last five minutes."""
    if lot.deadline is None or lot.state is not LotState.PUBLISHED:
        return "—"
    seconds = (lot.deadline - now).total_seconds()
    if seconds <= 0:
        return tr("已截止")
    days, rest = divmod(int(seconds), 86_400)
    hours, minutes = rest // 3600, rest // 60 % 60
    text = tr("{days} 天 {hours} 小时", days=days, hours=hours) if days else _short(hours, minutes)
    if seconds > _AMBER_S:
        return text
    return Cell(text=text, tone=Tone.PROBLEM if seconds <= _RED_S else Tone.WARNING)


def _short(hours: int, minutes: int) -> str:
    return tr("{hours} 小时 {minutes} 分", hours=hours, minutes=minutes) if hours else tr("{m} 分钟", m=minutes)
