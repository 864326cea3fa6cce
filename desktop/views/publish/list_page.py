"""The list of an agency's lots with their states and deadlines, and the form of a new one. Passive."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.portal.tender_records import Lot
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import (
    Banner,
    Card,
    Cell,
    Column,
    DataTable,
    EmptyState,
    IconButton,
    KitFrame,
    Label,
    LinkButton,
    PrimaryButton,
    Row,
    SecondaryButton,
    TextField,
    foot_row,
    local_time,
)
from desktop.ui.page import Page
from desktop.views.lot_words import lot_state_word
from desktop.views.publish.list_model import LotsModel
from desktop.views.publish.state import LotsState, NewFault, NewLot, NewPart

_STATE_PX, _TIME_PX, _LOT_PX, _NUMBER_PX = 144, 152, 96, 152


class NewLotCard(Card):
    """The form of a new lot; a project whose number is known already gets another lot."""

    submitted = Signal(object)
    cancelled = Signal()
    touched = Signal(object)

    def __init__(self) -> None:
        super().__init__(name="newLotForm")
        self._filled = 0
        self.fields = {
            NewPart.NUMBER: TextField(name="newLotNumber"),
            NewPart.NAME: TextField(name="newLotProject"),
            NewPart.PURCHASER: TextField(name="newLotPurchaser"),
            NewPart.LOT: TextField(name="newLotLot"),
            NewPart.LOT_NAME: TextField(name="newLotName"),
        }
        self.failure = Banner(name="newLotFailure")
        self.cancel = SecondaryButton(name="newLotCancel")
        self.submit = PrimaryButton(name="newLotSubmit")
        self._note = Label(role="caption", wrap=True)
        self._lay_out()
        self.cancel.clicked.connect(self.cancelled)
        self.submit.clicked.connect(self._submit)
        for part, field in self.fields.items():
            field.edit.textEdited.connect(lambda _text, p=part: self.touched.emit(p))
            field.submitted.connect(self._submit)

    @property
    def typed(self) -> NewLot:
        """What stands in the fields."""
        return NewLot(**{part.value: field.value for part, field in self.fields.items()})

    @property
    def is_typed(self) -> bool:
        """Whether something stands in the fields."""
        return any(field.value.strip() for field in self.fields.values())

    def show_state(self, state: LotsState) -> None:
        """Say everything; empty the fields only when another form has begun."""
        self.set_title(tr("新建标段"))
        if state.form_number != self._filled:
            self._filled = state.form_number
            for field in self.fields.values():
                field.set_value("")
            self.fields[NewPart.NUMBER].edit.setFocus()
        self.fields[NewPart.NUMBER].set_label(tr("招标编号"), tr("例如: JXJT-2026-118"))
        self.fields[NewPart.NAME].set_label(tr("项目名称"))
        self.fields[NewPart.PURCHASER].set_label(tr("招标人"))
        self.fields[NewPart.LOT].set_label(tr("标段编号"), tr("例如: JD-01"))
        self.fields[NewPart.LOT_NAME].set_label(tr("标段名称"))
        faults = dict(state.faults)
        for part, field in self.fields.items():
            field.set_error(_fault(faults[part]) if part in faults else "")
        self._note.setText(tr("编号发布后不能更改。招标编号已存在时, 在该项目下增加标段。"))
        self.cancel.setText(tr("取消"))
        self.submit.setText(tr("正在创建…") if state.is_creating else tr("创建"))
        self.submit.setEnabled(not state.is_creating)
        if state.failure:
            self.failure.show_problem(state.failure, state.failure_detail)
        else:
            self.failure.clear()

    def _submit(self) -> None:
        self.submitted.emit(self.typed)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        grid.addWidget(self.fields[NewPart.NUMBER], 0, 0)
        grid.addWidget(self.fields[NewPart.NAME], 0, 1)
        grid.addWidget(self.fields[NewPart.PURCHASER], 1, 0, 1, 2)
        grid.addWidget(self.fields[NewPart.LOT], 2, 0)
        grid.addWidget(self.fields[NewPart.LOT_NAME], 2, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 2)
        self.body.addLayout(grid)
        self.add(self.failure)
        self.body.addLayout(foot_row(self._note, self.cancel, self.submit))


class LotsPage(Page[LotsState]):
    """Double click or Enter opens a lot."""

    def __init__(self, model: LotsModel) -> None:
        super().__init__("lotsPage")
        self.model = model
        model.setParent(self)
        self._drawn: tuple[object, ...] = ()
        self.search = TextField(name="lotsSearch")
        self.refresh = IconButton("refresh-cw", "", name="lotsRefresh")
        self.add = PrimaryButton(icon="plus", name="newLotButton")
        self.form = NewLotCard()
        self.table = DataTable(name="lotsTable")
        self.nothing = EmptyState(name="lotsNothing")
        self.more = LinkButton(icon="chevron-down", name="lotsMore")
        self.open = SecondaryButton(icon="chevron-right", name="lotsOpen")
        self._card, self._blank = KitFrame("lotsCard", "card"), QWidget()
        self._body = QStackedWidget()
        self._lay_out()
        self._connect()
        self.bind(model)

    def showEvent(self, event: QShowEvent) -> None:
        """Look anew: colleagues and the clock change lots meanwhile."""
        super().showEvent(event)
        self.model.load()

    def show_state(self, state: LotsState) -> None:
        """Draw the state."""
        self.empty.set_content(
            "gavel",
            tr("还没有招标项目"),
            tr("新建标段后填写招标公告、上传招标文件, 演练一次开标, 再用手机扫码发布。"),
            tr("新建标段"),
        )
        self.search.set_label("", tr("按编号或名称查找"))
        has_any = bool(state.lots) or self.model.is_searching
        for part in (self.search, self.refresh):  # beside the form of the very first lot there is nothing to find
            part.setVisible(has_any or not state.is_adding)
        self.refresh.set_text(tr("刷新"))
        self.add.setText(tr("新建标段"))
        self.add.setVisible(not state.is_adding)
        self.form.setVisible(state.is_adding)
        self.form.show_state(state)
        self.table.set_accessible_name(tr("标段"))
        self.nothing.set_content("search", tr("没有符合条件的标段"), tr("换一个编号或名称再查找。"))
        drawn = (state.lots, current_language())
        if drawn != self._drawn:
            self._drawn = drawn
            self.table.set_content(_columns(), [_row(lot) for lot in state.lots])
        nothing = self.nothing if has_any or not state.is_adding else self._blank
        self._body.setCurrentWidget(self._card if state.lots or state.is_loading else nothing)
        if state.lots and not self.table.selected_key:
            self.table.select(state.lots[0].lot_id)
        self.open.setText(tr("打开标段"))
        self.open.setVisible(bool(state.lots))
        self.more.setText(tr("正在查找…") if state.is_loading else tr("更早的标段"))
        self.more.setVisible(bool(state.more_from))
        self.more.setEnabled(not state.is_loading)

    def _connect(self) -> None:
        model = self.model
        self.retry_requested.connect(model.load)
        self.empty.action_triggered.connect(model.open_form_at_once)
        self.refresh.clicked.connect(model.load)
        self.search.submitted.connect(lambda: model.search(self.search.value))
        self.search.changed.connect(lambda text: model.search(text) if not text else None)
        self.add.clicked.connect(model.open_form)
        self.form.cancelled.connect(model.close_form)
        self.form.submitted.connect(model.create)
        self.form.touched.connect(model.touch)
        self.more.clicked.connect(model.load_more)
        self.table.row_activated.connect(model.opened)
        self.open.clicked.connect(self._open)

    def _open(self) -> None:
        if self.table.selected_key:
            self.model.opened.emit(self.table.selected_key)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.search, 1)
        head.addWidget(self.refresh)
        head.addWidget(self.add)
        inside = QVBoxLayout(self._card)
        inside.setContentsMargins(8, 4, 8, 8)
        inside.addWidget(self.table)
        foot = QHBoxLayout()
        foot.addWidget(self.more)
        foot.addStretch()
        foot.addWidget(self.open)
        self._body.addWidget(self._card)
        self._body.addWidget(self.nothing)
        self._body.addWidget(self._blank)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(16)
        column.addLayout(head)
        column.addWidget(self.form)
        column.addWidget(self._body, 1)
        column.addLayout(foot)


def _fault(fault: NewFault) -> str:
    return tr("请填写") if fault is NewFault.MISSING else tr("内容过长, 或包含不允许的字符")


def _columns() -> list[Column]:
    return [
        Column(title=tr("招标编号"), width=_NUMBER_PX),
        Column(title=tr("项目名称")),
        Column(title=tr("标段"), width=_LOT_PX),
        Column(title=tr("标段名称")),
        Column(title=tr("投标截止时间"), width=_TIME_PX),
        Column(title=tr("状态"), width=_STATE_PX),
    ]


def _row(lot: Lot) -> Row:
    word, tone = lot_state_word(lot.state)
    return Row(
        key=lot.lot_id,
        cells=(
            lot.tender,
            lot.tender_name,
            lot.lot,
            lot.lot_name,
            local_time(lot.deadline) if lot.deadline else tr("未发布"),
            Cell(text=word, tone=tone),
        ),
    )
