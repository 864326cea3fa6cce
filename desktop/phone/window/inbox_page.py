"""短信: what the demonstration's gateway sent to this phone."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout

from desktop.phone.window.app_model import AppModel
from desktop.phone.window.base import PhonePage, clear_layout
from desktop.phone.window.inbox import Sms
from desktop.phone.window.parts import Nothing
from desktop.phone.window.states import AppState
from desktop.ui.i18n import tr
from desktop.ui.kit import KitFrame, Label, LinkButton, local_time


class SmsCard(KitFrame):
    """One text message; its code can be copied."""

    def __init__(self, sms: Sms, number: int) -> None:
        super().__init__(f"sms_{number}", "card")
        self.copy = LinkButton(tr("复制验证码"), "copy", name=f"smsCopy_{number}")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 8)
        column.setSpacing(4)
        head = tr("发至 {mobile} · {time}", mobile=sms.mobile, time=local_time(sms.sent_at))
        column.addWidget(Label(head, "caption"))
        column.addWidget(Label(sms.text, "body", wrap=True, selectable=True))
        column.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignLeft)
        self.copy.setVisible(bool(sms.code))


class InboxPage(PhonePage[AppState]):
    """短信: what the platform's gateway sent to this number."""

    code_taken = Signal(object)

    def __init__(self, model: AppModel) -> None:
        super().__init__("inboxPage")
        self._shown: object = None
        self.nav.back_requested.connect(model.back)
        self.empty = Nothing("message-square-text", "inboxEmpty")
        self._list = QVBoxLayout()
        self._list.setSpacing(12)
        self.column.addWidget(self.empty)
        self.column.addLayout(self._list)
        self.column.addStretch(1)
        self.bind(model)

    def show_state(self, state: AppState) -> None:
        """Draw `state`."""
        self.nav.set_title(tr("短信"))
        self.empty.setVisible(not state.messages)
        self.empty.set_texts(tr("暂无短信"), tr("演示平台发出的短信会显示在这里。"))
        key = (state.messages, tr("复制验证码"))
        if key == self._shown:
            return
        self._shown = key
        clear_layout(self._list)
        for number, sms in enumerate(state.messages):
            card = SmsCard(sms, number)
            card.copy.clicked.connect(lambda _=False, sms=sms: self.code_taken.emit(sms))
            self._list.addWidget(card)
