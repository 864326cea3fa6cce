"""The usage records page: whose records, filters, one page of them, the detail of one, export. Passive."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.portal.records import UsageRecord
from desktop.services.export import ExportKind
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import (
    Banner,
    Cell,
    Column,
    DataTable,
    EmptyState,
    IconButton,
    Label,
    ProgressPanel,
    Row,
    SecondaryButton,
    Tone,
    local_time,
)
from desktop.ui.page import Page
from desktop.views.records.detail import RecordDetail
from desktop.views.records.filters import FilterBar
from desktop.views.records.model import RecordsModel
from desktop.views.records.state import ExportRun, RecordsState
from desktop.views.records.words import operation_words, result_word, scope_words

#: Asks where to save a file proposed as `name`; None when the person thinks better of it.
AskTarget = Callable[[QWidget, str], Path | None]

_USER_COLUMN, _SERIAL_COLUMN = 2, 3
_CANCELLED = "general.cancelled"


def ask_target(parent: QWidget, name: str) -> Path | None:
    """Ask by the system's dialog, which need not ask about replacing: nothing is."""
    keep = QFileDialog.Option.DontConfirmOverwrite
    chosen, _filter = QFileDialog.getSaveFileName(parent, tr("另存"), name, f"*{Path(name).suffix}", options=keep)
    return Path(chosen) if chosen else None


class RecordsPage(Page[RecordsState]):
    """Holds no records: every change draws the model's page anew."""

    def __init__(self, model: RecordsModel, *, ask: AskTarget = ask_target, parent: QWidget | None = None) -> None:
        super().__init__("recordsPage", parent)
        self.model, self._ask = model, ask
        self._drawn: tuple[object, ...] = ()
        self.scope = Label(role="muted", wrap=True, name="recordsScope")
        self.refresh = IconButton("refresh-cw", "", name="recordsRefresh")
        self.xlsx = SecondaryButton(icon="download", name="exportXlsx")
        self.pdf = SecondaryButton(icon="download", name="exportPdf")
        self.log = SecondaryButton(icon="shield-check", name="exportLog")
        self.filters = FilterBar()
        self.contradicted = Banner(name="recordsContradicted")
        self.waiting = Banner(name="recordsWaiting")
        self.progress = ProgressPanel(name="exportProgress")
        self.told = Banner(name="exportTold")
        self.table = DataTable(name="recordsTable")
        self.nothing = EmptyState(name="recordsNothing")
        self.detail = RecordDetail()
        self.number = Label(role="muted", name="recordsPageNumber")
        self.previous = SecondaryButton(icon="chevron-left", name="recordsPrevious")
        self.next = SecondaryButton(icon="chevron-right", name="recordsNext")
        self._lay_out()
        self._connect(model)
        if model.parent() is None:
            model.setParent(self)
        self.bind(model)

    def showEvent(self, event: QShowEvent) -> None:
        """Look anew: others use their certificates meanwhile."""
        super().showEvent(event)
        self.model.load()

    def receive(self, payload: str) -> None:
        """Show the detail of the record that another page names by its number."""
        if payload.isdecimal():
            self.model.show(int(payload))

    def open_work(self) -> str:
        """Say what would be lost here if the page began anew."""
        return tr("使用记录正在导出") if self.model.state.is_exporting else ""

    def show_state(self, state: RecordsState) -> None:
        """Draw everything; the rows only when they differ."""
        self._say_words(state)
        self.filters.show_state(state)
        self._show_rows(state)
        record = state.looked_at
        self.detail.setVisible(record is not None)
        for column in (_USER_COLUMN, _SERIAL_COLUMN):  # the detail says both
            self.table.setColumnHidden(column, record is not None)
        if record is not None:
            self.detail.show_record(record, state.proof)
        self.previous.setEnabled(state.page > 1 and not state.is_loading)
        self.next.setEnabled(state.has_next and not state.is_loading)
        for button in (self.xlsx, self.pdf):
            button.setEnabled(bool(state.records) and not state.is_exporting)
        if state.is_contradicted:
            self.contradicted.show_problem("record.split_view", "")
        else:
            self.contradicted.clear()
        self.log.setEnabled(not state.is_exporting)
        self._show_waiting(state.waiting)
        self._show_export(state.export)

    # -- parts -----------------------------------------------------------------------------------------------------

    def _say_words(self, state: RecordsState) -> None:
        self.scope.setText("\n".join(part for part in (state.organization, scope_words(state)) if part))
        self.refresh.set_text(tr("刷新"))
        self.xlsx.setText(tr("导出 Excel"))
        self.pdf.setText(tr("导出 PDF"))
        self.log.setText(tr("导出平台日志"))
        self.log.setToolTip(tr("全平台的防篡改日志, 只含摘要; 用【验签】可离线核对是否被改动。"))
        self.previous.setText(tr("较新的记录"))
        self.next.setText(tr("较早的记录"))
        self.number.setText(tr("第 {page} 页", page=state.page))
        self.table.set_accessible_name(tr("使用记录"))
        self.empty.set_content(
            "history",
            tr("还没有使用记录"),
            tr("用手机扫码登录、签章、加密或解密后, 每一次操作都会记在这里。"),
        )
        self.nothing.set_content("search", tr("没有符合条件的记录"), tr("放宽日期或其他条件后再查询。"))

    def _show_rows(self, state: RecordsState) -> None:
        drawn = (state.records, current_language())
        if drawn != self._drawn:
            self._drawn = drawn
            operations = operation_words()
            self.table.set_content(_columns(), [_row(record, operations.get) for record in state.records])
            self.table.scrollToTop()
        self._body.setCurrentWidget(self.table if state.records else self.nothing)

    def _show_waiting(self, waiting: int) -> None:
        if not waiting:
            self.waiting.clear()
            return
        self.waiting.show_message(
            Tone.WARNING,
            tr("{count} 条记录尚未上传", count=waiting),
            tr("它们保存在本工位, 由本单位成员登录并联网后自动补传。"),
        )

    def _show_export(self, run: ExportRun | None) -> None:
        self.progress.setVisible(run is not None and run.is_running)
        if run is None or run.is_running:
            self.told.clear()
            self.progress.set_progress(run.done if run else 0, 0, tr("正在导出符合条件的全部记录…"))
        elif run.path is not None:
            where = str(run.path)
            if run.files > 1:
                where = tr("记录较多, 分为 {files} 个文件, 第一个是 {path}", files=run.files, path=where)
            self.told.show_message(Tone.SUCCESS, tr("已导出 {count} 条记录", count=run.done), where)
        elif run.problem == _CANCELLED:
            self.told.show_message(Tone.INFO, tr("已取消导出"), tr("没有写入任何文件。"))
        else:
            self.told.show_problem(run.problem, run.detail)

    def _export(self, kind: ExportKind) -> None:
        title = tr("平台日志") if kind is ExportKind.LOG else tr("使用记录")
        target = self._ask(self, f"{title}.{kind}")
        if target is not None:
            suffix = f".{kind}"
            named = target if target.suffix.lower() == suffix else target.with_name(target.name + suffix)
            self.model.export(named, kind)

    def _follow(self, key: str) -> None:
        """Let an open detail follow the arrow keys; a focus that comes by Tab opens none."""
        if self.model.state.selected:
            self.model.select(int(key))

    def _close_detail(self) -> None:
        self.model.select(0)
        self.table.setFocus()

    def _reset(self) -> None:
        self.filters.clear()
        self.model.reset()

    def _connect(self, model: RecordsModel) -> None:
        self.retry_requested.connect(model.load)
        self.refresh.clicked.connect(model.load)
        self.filters.searched.connect(model.search)
        self.filters.reset_requested.connect(self._reset)
        self.previous.clicked.connect(model.previous_page)
        self.next.clicked.connect(model.next_page)
        self.table.clicked.connect(lambda _index: model.select(int(self.table.selected_key)))
        self.table.row_selected.connect(self._follow)
        self.table.row_activated.connect(lambda key: model.select(int(key)))
        self.detail.closed.connect(self._close_detail)
        self.xlsx.clicked.connect(lambda: self._export(ExportKind.XLSX))
        self.pdf.clicked.connect(lambda: self._export(ExportKind.PDF))
        self.log.clicked.connect(lambda: self._export(ExportKind.LOG))
        self.progress.cancel_requested.connect(model.cancel_export)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.scope, 1)
        for button in (self.refresh, self.xlsx, self.pdf, self.log):
            head.addWidget(button)
        self._body = QStackedWidget()
        self._body.addWidget(self.table)
        self._body.addWidget(self.nothing)
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addWidget(self._body, 1)
        middle.addWidget(self.detail)
        self.detail.hide()
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.number, 1)
        foot.addWidget(self.previous)
        foot.addWidget(self.next)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self.filters)
        for part in (self.contradicted, self.waiting, self.progress, self.told):
            column.addWidget(part)
        column.addLayout(middle, 1)
        column.addLayout(foot)


def _columns() -> list[Column]:
    return [
        Column(title=tr("操作时间"), width=136),
        Column(title=tr("操作类型"), width=168),
        Column(title=tr("使用者"), width=76),
        Column(title=tr("证书序列号"), width=140, is_code=True),
        Column(title=tr("文件或标段")),
        Column(title=tr("结果"), width=96),
    ]


def _row(record: UsageRecord, operation: Callable[[str, str], str]) -> Row:
    word, tone = result_word(record.result)
    return Row(
        key=str(record.number),
        cells=(
            local_time(record.at),
            operation(record.operation, record.operation),
            record.user_name,
            record.certificate_serial,
            record.subject,
            Cell(text=word, tone=tone),
        ),
    )
