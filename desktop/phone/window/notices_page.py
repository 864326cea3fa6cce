"""通知: what the account is told of, newest first; what is new has a mark."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from desktop.phone.core.platform_views import Notice
from desktop.phone.window.app_model import AppModel
from desktop.phone.window.base import PhonePage
from desktop.phone.window.notices_model import NoticesModel, NoticesState
from desktop.phone.window.parts import ListArea
from desktop.phone.window.words import notice_words
from desktop.ui.i18n import tr
from desktop.ui.kit import KitFrame, Label, SecondaryButton, StatusChip, Tone, local_time


class NoticeCard(KitFrame):
    """One notice."""

    def __init__(self, notice: Notice) -> None:
        super().__init__(f"notice_{notice.number}", "card")
        title, about = notice_words(notice)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Label(title, "strong", wrap=True), 1)
        if not notice.is_read:
            head.addWidget(StatusChip(tr("未读"), Tone.INFO))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(4)
        column.addLayout(head)
        if about:
            column.addWidget(Label(about, "body", wrap=True))
        column.addWidget(Label(local_time(notice.created_at), "caption"))
        self.setAccessibleName(" ".join((title, about, "" if notice.is_read else tr("未读"))).strip())


class NoticesPage(PhonePage[NoticesState]):
    """See the module docstring."""

    def __init__(self, app: AppModel, model: NoticesModel) -> None:
        super().__init__("noticesPage")
        self.nav.back_requested.connect(app.back)
        self.list = ListArea("notices", "bell")
        self.list.retry.connect(model.refresh)
        self.more = SecondaryButton(name="noticesMore")
        self.more.clicked.connect(model.load_more)
        self.column.addWidget(self.list)
        self.column.addWidget(self.more)
        self.column.addStretch(1)
        self.bind(model)

    def show_state(self, state: NoticesState) -> None:
        """Draw the notices."""
        self.nav.set_title(tr("通知"))
        self.list.show_items(state, state.notices, NoticeCard, is_loading=state.is_loading and not state.notices)
        self.list.empty.set_texts(tr("暂无通知"), tr("证书、印章、授权和账号安全的变动会在这里告知。"))
        self.more.setVisible(state.has_more)
        self.more.setEnabled(not state.is_loading)
        self.more.setText(tr("正在加载…") if state.is_loading else tr("加载更多"))
