"""通知: what the platform told the account, each with the way to what it is about. Passive."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.portal.unit_records import Notice
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit.base import TONE_COLOUR, TONE_ICON, Label, Tone
from desktop.ui.kit.buttons import LinkButton, SecondaryButton
from desktop.ui.kit.progress import local_time
from desktop.ui.kit.surfaces import Banner, Card, Icon, Separator, StatusChip
from desktop.ui.page import LookAgain, Page
from desktop.views.me.frame import framed
from desktop.views.me.notice_words import notice_words
from desktop.views.me.notices_model import NoticesModel, NoticesState


class NoticesSection(Page[NoticesState]):
    """`navigate(page id, payload)` when the person follows a notice."""

    navigate = Signal(str, str)

    def __init__(self, model: NoticesModel, parent: QWidget | None = None) -> None:
        super().__init__("noticesSection", parent)
        self.model = model
        self.banner = Banner(name="noticesBanner")
        self.card = Card(name="noticesCard")
        self.all_read = SecondaryButton(icon="check", name="markAllReadButton")
        self.more = LinkButton(name="moreNoticesButton")
        self.rows = QVBoxLayout()
        self.rows.setSpacing(12)
        self._drawn: list[QWidget] = []
        self._shown: tuple[object, ...] = ()
        self.card.add_action(self.all_read)
        self.card.body.addLayout(self.rows)
        self.card.add(self.more)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(framed(self.banner, self.card, name="noticesArea"))
        self.all_read.clicked.connect(model.mark_all_read)
        self.more.clicked.connect(model.more)
        self.retry_requested.connect(model.open)
        LookAgain(self, model.count).want(wanted=True)
        if model.parent() is None:
            model.setParent(self)
        self.bind(model)

    def show_state(self, state: NoticesState) -> None:
        """Draw the list; the rows only when they differ, so that the focus stays."""
        title = tr("通知 ({count} 条未读)", count=state.unread) if state.unread else tr("通知")
        self.card.set_title(title)
        self.all_read.setText(tr("全部标为已读"))
        self.all_read.setEnabled(state.unread > 0 and not state.is_busy)
        self.more.setText(tr("更早的通知"))
        self.more.setVisible(state.has_more)
        self.more.setEnabled(not state.is_busy)
        self.empty.set_content("bell", tr("还没有通知"), tr("订单、证书、印章的审核结果和账号安全提醒会出现在这里。"))
        if state.problem_code:
            self.banner.show_problem(state.problem_code, state.problem_detail)
        else:
            self.banner.clear()
        shown = (state.notices, current_language())
        if shown != self._shown:
            self._shown = shown
            self._draw(state.notices)

    def showEvent(self, event: QShowEvent) -> None:
        """Look anew."""
        super().showEvent(event)
        self.model.open()

    def _draw(self, notices: tuple[Notice, ...]) -> None:
        focused = self.focusWidget()
        name = focused.objectName() if focused is not None and focused in self.card.findChildren(QWidget) else ""
        for old in self._drawn:
            old.hide()
            old.deleteLater()
        self._drawn = []
        for position, notice in enumerate(notices):
            if position:
                line = Separator()
                self._drawn.append(line)
                self.rows.addWidget(line)
            row = self._row(notice)
            self._drawn.append(row)
            self.rows.addWidget(row)
            again = row.findChild(QWidget, name) if name else None
            if again is not None:
                again.setFocus()

    def _row(self, notice: Notice) -> QWidget:
        said = notice_words(notice.kind, notice.details)
        is_unread = notice.read_at is None
        made = QWidget()
        made.setObjectName(f"notice_{notice.number}")
        title = Label(said.title, "strong" if is_unread else "body", wrap=True)
        text = Label(said.text, "muted", wrap=True, selectable=True)
        foot = QHBoxLayout()
        foot.setSpacing(16)
        foot.addWidget(Label(local_time(notice.created_at), "caption"))
        if said.page:
            follow = LinkButton(tr("查看"), name=f"followNotice_{notice.number}")
            follow.setAccessibleName(tr("查看: {title}", title=said.title))
            follow.clicked.connect(lambda: self._follow(notice.number, said.page, said.payload))
            foot.addWidget(follow)
        if is_unread:
            read = LinkButton(tr("标为已读"), name=f"readNotice_{notice.number}")
            read.setAccessibleName(tr("标为已读: {title}", title=said.title))
            read.clicked.connect(lambda: self.model.mark_read(notice.number))
            foot.addWidget(read)
        foot.addStretch()
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(title)
        words.addWidget(text)
        words.addLayout(foot)
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        icon = Icon(TONE_ICON[said.tone], TONE_COLOUR[said.tone] if is_unread else "muted", 20)
        side = QVBoxLayout()
        side.addWidget(icon)
        side.addStretch()
        row.addLayout(side)
        row.addLayout(words, 1)
        if is_unread:
            chip = QVBoxLayout()
            chip.addWidget(StatusChip(tr("未读"), Tone.INFO, name=f"unread_{notice.number}"))
            chip.addStretch()
            row.addLayout(chip)
        return made

    def _follow(self, number: int, page: str, payload: str) -> None:
        self.model.mark_read(number)
        self.navigate.emit(page, payload)
