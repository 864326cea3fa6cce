"""使用记录: operation, user, certificate serial, time, result; and whose records these are (manual, 10)."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from desktop.phone.core.platform_views import UsageRecord
from desktop.phone.window.app_model import AppModel
from desktop.phone.window.base import PhonePage
from desktop.phone.window.parts import ListArea, offer
from desktop.phone.window.records_model import RecordsModel, RecordsState
from desktop.phone.window.words import operation_words, reason_word, result_word
from desktop.ui.i18n import tr
from desktop.ui.kit import ChoiceField, ElidedLabel, KitFrame, Label, SecondaryButton, StatusChip, local_time

_NEAR_THE_END = 200


class RecordCard(KitFrame):
    """One record."""

    def __init__(self, record: UsageRecord) -> None:
        super().__init__(f"record_{record.number}", "card")
        operation = operation_words().get(record.operation, record.operation)
        word, tone = result_word(record.result)
        head = QHBoxLayout()
        head.addWidget(Label(operation, "lead"), 1)
        head.addWidget(StatusChip(word, tone))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(4)
        column.addLayout(head)
        if record.subject:
            column.addWidget(Label(record.subject, "body", wrap=True))
        reason = reason_word(record.result)
        if reason:
            column.addWidget(Label(reason, "caption", wrap=True))
        time = local_time(record.at)
        column.addWidget(Label(tr("使用者 {name} · {time}", name=record.user_name, time=time), "caption", wrap=True))
        column.addWidget(ElidedLabel(tr("证书序列号 {serial}", serial=record.certificate_serial), "caption"))
        self.setAccessibleName(f"{operation} {record.user_name} {time} {word}")


class RecordsPage(PhonePage[RecordsState]):
    """See the module docstring."""

    def __init__(self, app: AppModel, model: RecordsModel) -> None:
        super().__init__("recordsPage")
        self._app, self._model = app, model
        self.nav.back_requested.connect(app.back)
        self.scope = Label(role="caption", name="recordsScope", wrap=True)
        self.operation = ChoiceField(name="recordsOperation")
        self.operation.chosen.connect(model.choose_operation)
        self.list = ListArea("records", "history")
        self.list.retry.connect(model.refresh)
        self.more = SecondaryButton(name="recordsMore")
        self.more.clicked.connect(model.load_more)
        for widget in (self.scope, self.operation, self.list, self.more):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.scroller.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.bind(model)
        self.look_at(app)

    def show_state(self, state: RecordsState) -> None:
        """Draw the records."""
        self.nav.set_title(tr("使用记录"))
        unit = self._app.state.organization
        if unit is None:
            self.scope.setText(tr("本人的使用记录"))
        elif unit.is_administered:
            self.scope.setText(tr("{name}: 单位全体成员的使用记录 (您是证书管理员)", name=unit.name))
        else:
            self.scope.setText(tr("{name}: 仅本人的使用记录 (全部记录由证书管理员查看)", name=unit.name))
        kinds = [("", tr("全部操作")), *((str(k), word) for k, word in operation_words().items())]
        offer(self.operation, kinds, state.operation)
        self.operation.set_label(tr("操作类型"))
        self.list.show_items(
            state, state.records, RecordCard, is_loading=state.is_loading and not state.records, key=state.operation
        )
        self.list.empty.set_texts(tr("还没有使用记录"), tr("用证书扫码登录、签章或解密后, 记录会出现在这里。"))
        self.more.setVisible(state.has_more)
        self.more.setEnabled(not state.is_loading)
        self.more.setText(tr("正在加载…") if state.is_loading else tr("加载更多"))

    def _scrolled(self, value: int) -> None:
        bar = self.scroller.verticalScrollBar()
        if bar.maximum() and value >= bar.maximum() - _NEAR_THE_END and self.isVisible():
            self._model.load_more()
