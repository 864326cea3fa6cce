"""One bid in full: the verdict in words, what it says of itself, and, once opened, what is announced and was in it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.operations import Verdict
from desktop.domain.problems import problem
from desktop.formats.package import OpenedEnvelope
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import (
    Banner,
    Card,
    Column,
    DataTable,
    Label,
    LinkButton,
    Row,
    SecondaryButton,
    Tone,
    VerdictBadge,
)
from desktop.views.certificates.fact_grid import Fact, FactGrid
from desktop.views.package.facts import package_facts
from desktop.views.package.open_state import Bid
from desktop.views.package.words import size_words, summary_lines, verdict_sentence

_ROW_PX, _HEAD_PX, _MOST_ROWS = 40, 42, 8
_WORD_PX = 112


class BidDetail(QWidget):
    """Passive; `folder_requested` and `remove_requested` are about the bid shown."""

    folder_requested = Signal()
    remove_requested = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(f"{name}Detail")
        self.opened_card, self.card = Card(name=f"{name}Opened"), Card(name=f"{name}Package")
        self.summary = FactGrid(name=f"{name}Summary", word_width=_WORD_PX)
        self.files = DataTable(name=f"{name}Files")
        self.show_folder = SecondaryButton(icon="folder-open", name=f"{name}ShowFolder")
        self.copy = LinkButton(icon="copy", name=f"{name}CopyList")
        self.badge = VerdictBadge(name=f"{name}Verdict")
        self.sentence = Label(role="body", wrap=True, name=f"{name}Sentence")
        self.reasons = Label(role="muted", wrap=True, selectable=True, name=f"{name}Reasons")
        self.early = Banner(name=f"{name}Early")
        self.failure = Banner(name=f"{name}BidFailure")
        self.facts = FactGrid(name=f"{name}Facts", word_width=_WORD_PX)
        self.remove = LinkButton(icon="x", name=f"{name}RemoveBid")
        self._opened: OpenedEnvelope | None = None
        self._lay_out()
        self.show_folder.clicked.connect(self.folder_requested)
        self.remove.clicked.connect(self.remove_requested)
        self.copy.clicked.connect(self._copy_list)

    def show_bid(self, bid: Bid) -> None:
        """Draw it."""
        self._opened = bid.opened
        self.opened_card.setVisible(bid.opened is not None)
        if bid.opened is not None:
            self._show_opened(bid.opened)
        self.card.set_title(bid.path.name)
        self.remove.setText(tr("移出列表"))
        self._show_verdict(bid)
        if bid.failure:
            self.failure.show_problem(bid.failure)
        else:
            self.failure.clear()
        package = bid.verdict.package if bid.verdict else None
        self.facts.setVisible(package is not None)
        self.facts.show_facts(package_facts(package) if package else [])
        if package is not None and package.header.is_openable_without_bidder:
            self.early.show_message(Tone.WARNING, tr("招标代理与平台共同即可在截止前读取该投标文件"))
        else:
            self.early.clear()

    def _show_verdict(self, bid: Bid) -> None:
        verdict = bid.verdict
        codes = [reason.code for reason in verdict.reasons] if verdict else []
        if bid.problem:
            codes = [bid.problem]
            self.badge.set_verdict(Verdict.CANNOT_TELL)
            self.sentence.setText(problem(bid.problem).wording(current_language()).title)
        else:
            self.badge.set_verdict(verdict.verdict if verdict else None)
            self.sentence.setText(verdict_sentence(verdict) if verdict else tr("正在检查…"))
        self.reasons.setText("\n".join(_reason(code) for code in dict.fromkeys(codes)))
        self.reasons.setVisible(bool(codes))

    def _show_opened(self, opened: OpenedEnvelope) -> None:
        self.opened_card.set_title(tr("已解密"))
        self.show_folder.setText(tr("打开文件夹"))
        self.copy.setText(tr("复制文件清单"))
        self.summary.show_facts([Fact(word=word, text=text) for word, text in summary_lines(opened.summary)])
        columns = [
            Column(title=tr("文件名")),
            Column(title=tr("大小"), width=96, is_number=True),
            Column(title="SHA-256", width=232, is_code=True),
        ]
        rows = [Row(key=f.name, cells=(f.name, size_words(f.size), f.sha256.hex())) for f in opened.files]
        self.files.set_accessible_name(tr("解密得到的文件"))
        self.files.set_content(columns, rows)
        self.files.setFixedHeight(_HEAD_PX + _ROW_PX * min(len(rows), _MOST_ROWS))

    def _copy_list(self) -> None:
        if self._opened is not None:
            lines = [f"{file.sha256.hex()}  {file.size}  {file.name}" for file in self._opened.files]
            QGuiApplication.clipboard().setText("\n".join(lines))

    def _lay_out(self) -> None:
        self.opened_card.add(self.summary)
        self.opened_card.add(self.files)
        line = QHBoxLayout()
        line.addWidget(self.show_folder)
        line.addWidget(self.copy)
        line.addStretch()
        self.opened_card.body.addLayout(line)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.sentence)
        words.addWidget(self.reasons)
        words.addStretch()
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addLayout(words, 1)
        head.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        self.card.add_action(self.remove)
        self.card.body.addLayout(head)
        for part in (self.failure, self.early, self.facts):
            self.card.add(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self.opened_card)
        column.addWidget(self.card)
        column.addStretch()


def _reason(code: str) -> str:
    wording = problem(code).wording(current_language())
    return f"{wording.title}: {wording.advice}"
