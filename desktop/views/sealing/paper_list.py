"""All opened documents at once: what is on each before the scan, what became of each after it. Passive."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.problems import problem
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import Cell, Column, DataTable, Label, LinkButton, Row, Tone
from desktop.views.sealing.state import Paper, SealingState


class PaperList(QWidget):
    """A table of the documents; a row opens its document."""

    paper_chosen = Signal(str)
    retry_requested = Signal()
    time_requested = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("paperList")
        self._lacking: list[str] = []
        self.summary = Label(role="lead", wrap=True, name="paperListSummary")
        self.retry = LinkButton(icon="refresh-cw", name="retryFailedButton")
        self.add_time = LinkButton(icon="clock", name="addTimesButton")
        self.table = DataTable(name="paperTable")
        self.table.row_activated.connect(self.paper_chosen)
        self.retry.clicked.connect(self.retry_requested)
        self.add_time.clicked.connect(lambda: self.time_requested.emit(self._lacking))
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self.summary, 1)
        head.addWidget(self.add_time)
        head.addWidget(self.retry)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self.table, 1)

    def show_state(self, state: SealingState) -> None:
        """Draw the state."""
        done = sum(1 for p in state.papers if p.is_done)
        failed = len(state.failed)
        self.summary.setText(
            tr("已签章 {done} 个, 未完成 {failed} 个, 共 {count} 个", done=done, failed=failed, count=len(state.papers))
        )
        self.retry.setText(tr("重试未完成的 {count} 个文件", count=failed))
        self.retry.setVisible(failed > 0 and not state.work[1])
        self._lacking = [p.key for p in state.papers if p.lacks_time]
        self.add_time.setText(tr("为 {count} 个文件补加时间戳", count=len(self._lacking)))
        self.add_time.setVisible(bool(self._lacking) and not state.work[1])
        self.table.set_accessible_name(tr("已打开的文件"))
        columns = (
            Column(title=tr("文件")),
            Column(title=tr("页数"), width=56, is_number=True),
            Column(title=tr("印章"), width=72, is_number=True),
            Column(title=tr("状态"), width=136),
            Column(title=tr("结果")),
        )
        problems = dict(state.plan.problems)
        rows = [_row(p, p.problem or problems.get(p.key, "")) for p in state.papers]
        self.table.set_content(columns, rows)


def _row(paper: Paper, code: str) -> Row:
    return Row(
        key=paper.key,
        cells=(
            paper.facts.name,
            str(len(paper.facts.pages)),
            str(len(paper.placed)) if paper.placed else "–",
            _state_cell(paper, code),
            _words(paper, code),
        ),
    )


def _state_cell(paper: Paper, code: str) -> Cell:
    if code:
        return Cell(text=tr("未完成"), tone=Tone.PROBLEM)
    if paper.is_done:
        return Cell(text=tr("已签章"), tone=Tone.SUCCESS)
    if paper.scans:
        return Cell(text=tr("继续扫码"), tone=Tone.INFO)
    if paper.placed:
        return Cell(text=tr("待签章"), tone=Tone.INFO)
    return Cell(text=tr("未放置印章"), tone=Tone.NEUTRAL)


def _words(paper: Paper, code: str) -> str:
    """Say why not, or the name of the sealed file and how far its time is proven."""
    if code:
        return problem(code).wording(current_language()).title
    parts = [paper.result.name] if isinstance(paper.result, Path) else []
    if paper.note:
        parts.append(tr("未加时间戳: {why}", why=problem(paper.note).wording(current_language()).title))
    elif paper.level in ("B-T", "B-LT"):
        parts.append(tr("含可信时间戳 ({level})", level=paper.level))
    return " · ".join(parts)
