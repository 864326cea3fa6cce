"""The line of filters above the records. Nothing is asked before the person says so by button or Enter."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from desktop.ui.i18n import tr
from desktop.ui.kit import ChoiceField, KitFrame, LinkButton, PrimaryButton, TextField
from desktop.views.records.state import Fault, RecordsState, Wanted
from desktop.views.records.words import DONE, FAILED, operation_words

_ALL = "all"
_LABEL_PX = 20
#: Beside the least widths below: who gets what a wide window has to give.
_STRETCHES = (2, 1, 2, 1, 1, 4)
_DAY_PX, _NAME_PX, _CHOICE_CHARACTERS = 110, 84, 4


class FilterBar(KitFrame):
    """`searched` carries what is wanted, `reset_requested` that nothing is narrowed any more."""

    searched = Signal(object)
    reset_requested = Signal()

    def __init__(self) -> None:
        super().__init__("recordsFilters")
        self.operation = ChoiceField(name="recordsOperation")
        self.result = ChoiceField(name="recordsResult")
        self.user = TextField(name="recordsUser")
        self.since = TextField(name="recordsSince")
        self.until = TextField(name="recordsUntil")
        self.text = TextField(name="recordsText")
        self.search = PrimaryButton(icon="search", name="recordsSearch")
        self.reset = LinkButton(name="recordsReset")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        fields = (
            (self.operation, 5),
            (self.result, 3),
            (self.user, 3),
            (self.since, 4),
            (self.until, 4),
            (self.text, 5),
        )
        for field, stretch in fields:
            row.addWidget(field, stretch, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._buttons(), 0, Qt.AlignmentFlag.AlignTop)
        for choice in (self.operation, self.result):
            choice.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            choice.box.setMinimumContentsLength(_CHOICE_CHARACTERS)
        for day in (self.since, self.until):
            day.setMinimumWidth(_DAY_PX)
        self.user.setMinimumWidth(_NAME_PX)
        self._shown = Wanted()
        self.search.clicked.connect(self._search)
        self.reset.clicked.connect(self.reset_requested)
        for line in (self.user, self.since, self.until, self.text):
            line.submitted.connect(self._search)
        for choice in (self.operation, self.result):
            choice.chosen.connect(self._search)
        self._built()

    def _buttons(self) -> QWidget:
        """Lay the buttons out beside the fields, whose labels stand above them."""
        beside = QWidget()
        row = QHBoxLayout(beside)
        row.setContentsMargins(0, _LABEL_PX, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.search)
        row.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignVCenter)
        return beside

    def show_state(self, state: RecordsState) -> None:
        """Say the words; the fields keep what is being typed until something else was asked for."""
        self._say_words(is_admin=state.is_admin)
        if state.wanted != self._shown:
            self._shown = state.wanted
            self._fill(state.wanted)
        no_day = tr("没有这个日期, 格式: 2026-11-24")
        self.since.set_error(no_day if Fault.SINCE in state.faults else "")
        order = tr("早于开始日期") if Fault.ORDER in state.faults else ""
        self.until.set_error(no_day if Fault.UNTIL in state.faults else order)
        self.user.setVisible(state.is_admin)

    def _say_words(self, *, is_admin: bool) -> None:
        self.operation.set_label(tr("操作类型"))
        self.operation.set_options([(_ALL, tr("全部")), *operation_words().items()])
        self.result.set_label(tr("结果"))
        self.result.set_options([(_ALL, tr("全部")), (DONE, tr("成功")), (FAILED, tr("未成功"))])
        self.user.set_label(tr("使用者"), tr("完整姓名") if is_admin else "")
        self.since.set_label(tr("开始日期"), "2026-11-24")
        self.until.set_label(tr("结束日期"), "2026-11-24")
        self.text.set_label(tr("文件或标段"), tr("包含的文字"))
        self.search.setText(tr("查询"))
        self.reset.setText(tr("重置"))

    def _fill(self, wanted: Wanted) -> None:
        self.operation.box.setCurrentIndex(max(self.operation.box.findData(wanted.operation or _ALL), 0))
        self.result.box.setCurrentIndex(max(self.result.box.findData(wanted.result or _ALL), 0))
        self.user.set_value(wanted.user)
        self.since.set_value(wanted.since)
        self.until.set_value(wanted.until)
        self.text.set_value(wanted.text)

    def _search(self) -> None:
        operation, result = self.operation.value, self.result.value
        self.searched.emit(
            Wanted(
                operation="" if operation == _ALL else operation,
                result="" if result == _ALL else result,
                user=self.user.value.strip(),
                since=self.since.value.strip(),
                until=self.until.value.strip(),
                text=self.text.value.strip(),
            )
        )

    def clear(self) -> None:
        """Take out what was typed and perhaps never asked for."""
        self._fill(Wanted())
