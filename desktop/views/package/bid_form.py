"""What is typed about a bid: what it is for, and what will be announced at the opening. Passive."""

from datetime import datetime

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.ui.i18n import tr
from desktop.ui.kit import Card, Label, TextField
from desktop.views.package.pack_checks import Fault, Faults, Field, PackInput
from desktop.views.typed_words import amount_help, moment_help


class BidForm(QObject):
    """The fields in two cards; `touched(field)` when one is being corrected."""

    touched = Signal(object)
    submitted = Signal()
    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._now: datetime | None = None
        self.fields: dict[Field, TextField] = {
            Field.TENDER: TextField(name="packTender"),
            Field.LOT: TextField(name="packLot"),
            Field.DEADLINE: TextField(name="packDeadline"),
            Field.PRICE: TextField(name="packPrice"),
            Field.DURATION: TextField(name="packDuration"),
            Field.QUALITY: TextField(name="packQuality"),
            Field.MANAGER: TextField(name="packManager"),
            Field.BOND: TextField(name="packBond"),
        }
        self.tender_card, self.summary_card = Card(name="packTenderCard"), Card(name="packSummaryCard")
        self.summary_note = Label(role="muted", wrap=True, name="summaryNote")
        self._lay_out()
        for where, field in self.fields.items():
            field.edit.textEdited.connect(lambda _text, w=where: self.touched.emit(w))
            field.changed.connect(lambda _text: self._help())
            field.changed.connect(self.changed)
            field.submitted.connect(self.submitted)

    @property
    def typed(self) -> PackInput:
        """What stands in the fields."""
        value = {where: field.value for where, field in self.fields.items()}
        return PackInput(
            tender=value[Field.TENDER],
            lot=value[Field.LOT],
            deadline=value[Field.DEADLINE],
            price=value[Field.PRICE],
            duration=value[Field.DURATION],
            quality=value[Field.QUALITY],
            manager=value[Field.MANAGER],
            bond=value[Field.BOND],
        )

    def clear(self) -> None:
        """Empty all fields but tender and deadline, which the next lot may share."""
        for where, field in self.fields.items():
            if where not in {Field.TENDER, Field.DEADLINE}:
                field.set_value("")

    def show(self, faults: Faults, now: datetime, *, is_double: bool) -> None:
        """Say everything in the language of now; `now` is for the time that is left."""
        self._now = now
        self._say(is_double=is_double)
        self._help()
        wrong = dict(faults)
        for where, field in self.fields.items():
            field.set_error(fault_words(where, wrong[where]) if where in wrong else "")

    def lead_to(self, faults: Faults) -> TextField | None:
        """Put the cursor into the first field that is wrong and return it."""
        first = next((self.fields[where] for where, _fault in faults if where in self.fields), None)
        if first is not None:
            first.edit.setFocus()
        return first

    def _say(self, *, is_double: bool) -> None:
        self.tender_card.set_title(tr("项目与标段"))
        self.summary_card.set_title(tr("唱标要素"))
        fields = self.fields
        fields[Field.TENDER].set_label(tr("项目编号"), tr("与招标文件一致"))
        fields[Field.LOT].set_label(tr("标段"), tr("与招标文件一致"))
        fields[Field.DEADLINE].set_label(tr("投标截止时间 (北京时间)"), "2026-12-01 09:30")
        fields[Field.PRICE].set_label(tr("报价 (元)"), "1234567.80")
        fields[Field.DURATION].set_label(tr("工期 (日历天)"), "180")
        fields[Field.QUALITY].set_label(tr("质量"), tr("例如: 合格"))
        fields[Field.MANAGER].set_label(tr("项目负责人"))
        fields[Field.BOND].set_label(tr("投标保证金 (元)"), "20000.00")
        if is_double:
            self.summary_note.setText(tr("报价只放入报价信封, 其余放入商务技术信封; 招标文件未要求的可以不填。"))
        else:
            self.summary_note.setText(tr("与投标文件一起加密, 开标时宣读; 招标文件未要求的可以不填。"))

    def _help(self) -> None:
        """Show beside figures what they mean, so that a slip is seen: capital characters, weekday, time left."""
        for where in (Field.PRICE, Field.BOND):
            self.fields[where].set_help(amount_help(self.fields[where].value))
        self.fields[Field.DEADLINE].set_help(
            moment_help(self.fields[Field.DEADLINE].value, self._now) if self._now is not None else ""
        )

    def _lay_out(self) -> None:
        fields = self.fields
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(16)
        grid.addWidget(fields[Field.TENDER], 0, 0)
        grid.addWidget(fields[Field.LOT], 0, 1)
        grid.addWidget(fields[Field.DEADLINE], 1, 0, 1, 2)
        self.tender_card.body.addLayout(grid)
        money = QGridLayout()
        money.setHorizontalSpacing(16)
        money.setVerticalSpacing(16)
        money.addWidget(self.summary_note, 0, 0, 1, 2)
        money.addWidget(fields[Field.PRICE], 1, 0)
        money.addWidget(fields[Field.BOND], 1, 1)
        money.addWidget(fields[Field.DURATION], 2, 0)
        money.addWidget(fields[Field.MANAGER], 2, 1)
        money.addWidget(fields[Field.QUALITY], 3, 0, 1, 2)
        for each in (grid, money):
            each.setColumnStretch(0, 1)
            each.setColumnStretch(1, 1)
        self.summary_card.body.addLayout(money)


def fault_words(where: Field, fault: Fault) -> str:
    """Say at a field what is wrong with it."""
    if fault is Fault.MISSING:
        return {
            Field.TENDER: tr("请填写项目编号"),
            Field.LOT: tr("请填写标段"),
            Field.DEADLINE: tr("请填写投标截止时间"),
            Field.FILES: tr("请添加要装入的文件"),
            Field.SECOND_FILES: tr("请添加要装入报价信封的文件"),
        }[where]
    return {
        Fault.NOT_CLEAN: tr("内容过长, 或包含不允许的字符"),
        Fault.NOT_A_TIME: tr("请按 2026-12-01 09:30 的格式填写"),
        Fault.IS_PAST: tr("该时间已经过去"),
        Fault.NOT_AN_AMOUNT: tr("请填写以元为单位的数字, 最多两位小数"),
        Fault.NOT_DAYS: tr("请填写 1 到 100000 之间的整数"),
    }[fault]
