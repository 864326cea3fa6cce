"""The home page: greeting, what needs attention, the three everyday jobs, what happened lately. Passive."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.portal.records import UsageRecord
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit.base import Label, Tone
from desktop.ui.kit.buttons import LinkButton
from desktop.ui.kit.progress import Countdown, local_time
from desktop.ui.kit.surfaces import Card, ListRow, Separator, scrolled
from desktop.ui.page import Page
from desktop.views.home.model import HomeModel, HomeState
from desktop.views.home.needs import Need, NeedKind
from desktop.views.home.parts import Disc, NeedRow, Tile
from desktop.views.home.words import OPERATION_ICONS, greeting, need_words
from desktop.views.records.words import DONE, operation_words, reason_word, result_word

_ICONS = {str(operation): icon for operation, icon in OPERATION_ICONS.items()}


class HomePage(Page[HomeState]):
    """`navigate(page id, payload)` asks for another module and what it should open."""

    navigate = Signal(str, str)

    def __init__(self, model: HomeModel, parent: QWidget | None = None) -> None:
        super().__init__("homePage", parent)
        self.model = model
        self.hello = Label(role="title", wrap=True, name="homeGreeting")
        self.organization = Label(role="muted", wrap=True, name="homeOrganization")
        self.seal = Tile("quickSeal", "stamp")
        self.bids = Tile("quickBids", "file-lock")
        self.verify = Tile("quickVerify", "shield-check")
        self.attention = Label(role="heading")
        self.recent_title = Label(role="heading")
        self.all_records = LinkButton(icon="history", name="homeAllRecords")
        self.needs_card = Card(name="homeNeeds", padding=0)
        self.recent_card = Card(name="homeRecent", padding=8)
        self._drawn_needs: tuple[object, ...] = ()
        self._drawn_recent: tuple[object, ...] = ()
        self._lay_out()
        self.seal.activated.connect(lambda: self.navigate.emit("sealing", ""))
        self.bids.activated.connect(lambda: self.navigate.emit("projects", ""))
        self.verify.activated.connect(lambda: self.navigate.emit("verify", ""))
        self.all_records.clicked.connect(lambda: self.navigate.emit("records", ""))
        self.retry_requested.connect(model.open)
        if model.parent() is None:
            model.setParent(self)
        self.bind(model)

    def show_state(self, state: HomeState) -> None:
        """Draw everything; the lists only when they differ, so that the focus stays where it is."""
        self.hello.setText(greeting(state.name, state.now))
        self.organization.setText(state.organization or tr("尚未加入单位: 首个证书订单通过后, 单位会显示在这里"))
        self.attention.setText(tr("待办事项"))
        self.recent_title.setText(tr("本单位最近的操作") if state.is_admin else tr("最近的操作"))
        self.all_records.setText(tr("全部使用记录"))
        self.seal.set_words(tr("文件签章"), tr("打开 PDF, 放好印章, 手机扫码"))
        if state.is_agent:
            self.bids.set_words(tr("开标解密"), tr("一次扫码, 打开多份投标文件"))
        else:
            self.bids.set_words(tr("加密 / 解密"), tr("加密投标文件, 开标时用手机解密"))
        self.verify.set_words(tr("验签"), tr("检查签章是否有效、文件是否改动"))
        needs = (state.needs, current_language())
        if needs != self._drawn_needs:
            self._drawn_needs = needs
            self._draw_needs(state.needs)
        recent = (state.recent, state.is_admin, current_language())
        if recent != self._drawn_recent:
            self._drawn_recent = recent
            self._draw_recent(state.recent, is_admin=state.is_admin)

    def showEvent(self, event: QShowEvent) -> None:
        """Look anew."""
        super().showEvent(event)
        self.model.open()

    def _draw_needs(self, needs: tuple[Need, ...]) -> None:
        _clear(self.needs_card)
        for position, need in enumerate(needs):
            if position:
                self.needs_card.add(Separator())
            self.needs_card.add(self._need_row(position, need))
        if not needs:
            self.needs_card.add(_all_done())

    def _need_row(self, position: int, need: Need) -> NeedRow:
        words = need_words(need)
        dismiss = tr("知道了") if need.kind is NeedKind.INTERRUPTED else ""
        countdown = None
        if need.kind in {NeedKind.BID_DUE, NeedKind.BID_PREPARED}:
            countdown = Countdown(self.model.clock, name=f"needLeft_{position}")
            countdown.set_deadline(need.until)
        name = f"need_{need.kind}_{position}"
        row = NeedRow(name, words, is_first=position == 0, dismiss=dismiss, countdown=countdown)
        row.acted.connect(lambda: self.navigate.emit(words.page, words.payload))
        row.dismissed.connect(lambda: self.model.dismiss(need.target))
        return row

    def _draw_recent(self, recent: tuple[UsageRecord, ...], *, is_admin: bool) -> None:
        _clear(self.recent_card)
        for position, record in enumerate(recent):
            row = _recent_row(position, record, is_admin=is_admin)
            row.activated.connect(lambda number: self.navigate.emit("records", number))
            self.recent_card.add(row)
        if not recent:
            nothing = Label(tr("还没有操作。扫码登录、签章、加密或解密后会显示在这里。"), "muted", wrap=True)
            nothing.setContentsMargins(16, 16, 16, 16)
            self.recent_card.add(nothing)

    def _lay_out(self) -> None:
        for card in (self.needs_card, self.recent_card):
            card.body.setSpacing(0)
        tiles = QHBoxLayout()
        tiles.setSpacing(16)
        for tile in (self.seal, self.bids, self.verify):
            tiles.addWidget(tile, 1)
        lately = QHBoxLayout()
        lately.addWidget(self.recent_title, 1)
        lately.addWidget(self.all_records)
        head = QVBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.hello)
        head.addWidget(self.organization)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(32, 24, 32, 32)
        column.setSpacing(12)
        column.addLayout(head)
        column.addSpacing(12)
        column.addWidget(self.attention)
        column.addWidget(self.needs_card)
        column.addSpacing(4)
        column.addLayout(tiles)
        column.addSpacing(12)
        column.addLayout(lately)
        column.addWidget(self.recent_card)
        column.addStretch(1)
        outer = QVBoxLayout(self.content)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inner))


def _recent_row(position: int, record: UsageRecord, *, is_admin: bool) -> ListRow:
    row = ListRow(str(record.number), icon=_ICONS.get(record.operation, "history"), name=f"recent_{position}")
    operation = operation_words().get(record.operation, record.operation)
    title = tr("{operation} · {subject}", operation=operation, subject=record.subject) if record.subject else operation
    reason = "" if record.result == DONE else reason_word(record.result)
    who = record.user_name if is_admin else ""
    row.set_texts(title, "  ·  ".join(part for part in (local_time(record.at), who, reason) if part))
    row.set_status(*result_word(record.result))
    return row


def _all_done() -> QWidget:
    box = QWidget()
    box.setObjectName("homeAllDone")
    row = QHBoxLayout(box)
    row.setContentsMargins(24, 16, 24, 16)
    row.setSpacing(16)
    row.addWidget(Disc("check", Tone.SUCCESS))
    row.addWidget(
        Label(tr("没有待办事项, 证书、印章和工位都已就绪。"), "body", wrap=True), 1, Qt.AlignmentFlag.AlignVCenter
    )
    return box


def _clear(card: Card) -> None:
    while (item := card.body.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
