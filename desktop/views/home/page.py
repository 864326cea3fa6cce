"""The home page: greeting, what needs attention, two everyday jobs, what happened lately. Passive."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.problems import problem
from desktop.store.journal import Entry, EntryState
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit.base import Label, Tone
from desktop.ui.kit.progress import local_time
from desktop.ui.kit.surfaces import Card, ListRow, Separator, scrolled
from desktop.ui.page import Page
from desktop.views.home.model import HomeModel, HomeState
from desktop.views.home.needs import Need, NeedKind
from desktop.views.home.parts import Disc, NeedRow, Tile
from desktop.views.home.words import OPERATION_ICONS, greeting, need_words, operation_word, state_word


class HomePage(Page[HomeState]):
    """`navigate(page id, payload)` asks for another module and what it should open."""

    navigate = Signal(str, str)

    def __init__(self, model: HomeModel, parent: QWidget | None = None) -> None:
        super().__init__("homePage", parent)
        self.model = model
        self.hello = Label(role="title", wrap=True, name="homeGreeting")
        self.organization = Label(role="muted", wrap=True, name="homeOrganization")
        self.seal = Tile("quickSeal", "stamp")
        self.verify = Tile("quickVerify", "shield-check")
        self.attention = Label(role="heading")
        self.recent_title = Label(role="heading")
        self.needs_card = Card(name="homeNeeds", padding=0)
        self.recent_card = Card(name="homeRecent", padding=8)
        self._drawn_needs: tuple[object, ...] = ()
        self._drawn_recent: tuple[object, ...] = ()
        self._lay_out()
        self.seal.activated.connect(lambda: self.navigate.emit("sealing", ""))
        self.verify.activated.connect(lambda: self.navigate.emit("verify", ""))
        self.retry_requested.connect(model.open)
        if model.parent() is None:
            model.setParent(self)
        self.bind(model)

    def show_state(self, state: HomeState) -> None:
        """Draw everything; the lists only when they differ, so that the focus stays where it is."""
        self.hello.setText(greeting(state.name, state.now))
        self.organization.setText(state.organization or tr("尚未加入单位: 首个证书订单通过后, 单位会显示在这里"))
        self.attention.setText(tr("待办事项"))
        self.recent_title.setText(tr("本工位最近的操作"))
        self.seal.set_words(tr("文件签章"), tr("打开 PDF, 放好印章, 手机扫码确认"))
        self.verify.set_words(tr("验签"), tr("检查文件的签章是否有效、是否被改动"))
        needs = (state.needs, current_language())
        if needs != self._drawn_needs:
            self._drawn_needs = needs
            self._draw_needs(state.needs)
        recent = (state.recent, current_language())
        if recent != self._drawn_recent:
            self._drawn_recent = recent
            self._draw_recent(state.recent)

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
        row = NeedRow(f"need_{need.kind}_{position}", words, is_first=position == 0, dismiss=dismiss)
        row.acted.connect(lambda: self.navigate.emit(words.page, words.payload))
        row.dismissed.connect(lambda: self.model.dismiss(need.target))
        return row

    def _draw_recent(self, recent: tuple[Entry, ...]) -> None:
        _clear(self.recent_card)
        for position, entry in enumerate(recent):
            self.recent_card.add(_recent_row(position, entry))
        if not recent:
            nothing = Label(tr("还没有操作。扫码登录、下载证书、签章后会显示在这里。"), "muted", wrap=True)
            nothing.setContentsMargins(16, 16, 16, 16)
            self.recent_card.add(nothing)

    def _lay_out(self) -> None:
        for card in (self.needs_card, self.recent_card):
            card.body.setSpacing(0)
        tiles = QHBoxLayout()
        tiles.setSpacing(16)
        tiles.addWidget(self.seal, 1)
        tiles.addWidget(self.verify, 1)
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
        column.addWidget(self.recent_title)
        column.addWidget(self.recent_card)
        column.addStretch(1)
        outer = QVBoxLayout(self.content)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inner))


def _recent_row(position: int, entry: Entry) -> ListRow:
    row = ListRow(entry.ceremony_id.hex(), icon=OPERATION_ICONS.get(entry.operation, "history"), opens=False)
    row.setObjectName(f"recent_{position}")
    operation = operation_word(entry.operation)
    title = tr("{operation} · {subject}", operation=operation, subject=entry.subject) if entry.subject else operation
    small = local_time(entry.consumed_at)
    if entry.state is EntryState.FAILED and entry.result:
        small = f"{small}  ·  {problem(entry.result).wording(current_language()).title}"
    row.set_texts(title, small)
    row.set_status(*state_word(entry.state))
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
