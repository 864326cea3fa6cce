"""The notice of a lot: what it is, until when, who can open a bid, tender documents, amendments. Passive."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.protocol.notices import Notice
from desktop.services.tenders import KnownLot
from desktop.ui.i18n import tr
from desktop.ui.kit import (
    Banner,
    Card,
    Cell,
    Column,
    DataTable,
    Label,
    ProgressPanel,
    Row,
    SecondaryButton,
    Tone,
    local_time,
)
from desktop.views.certificates.fact_grid import Fact, FactGrid
from desktop.views.lot_words import envelope_word
from desktop.views.package.words import money_words, size_words
from desktop.views.tenders.state import LotPageState
from desktop.views.tenders.words import group_words

_ROW_PX, _HEAD_PX, _MOST_ROWS = 40, 42, 6
_WORD_PX = 112


class NoticeView(QWidget):
    """Tells by `document_requested` and `open_requested` which tender document (SHA-256 in hex) is wanted."""

    document_requested = Signal(str)
    open_requested = Signal(str)
    cancel_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("noticeView")
        self.early = Banner(name="noticeEarly")
        self.facts_card, self.documents_card = Card(name="noticeFacts"), Card(name="noticeDocuments")
        self.changes_card = Card(name="noticeChanges")
        self.facts = FactGrid(name="noticeFactGrid", word_width=_WORD_PX)
        self.documents = DataTable(name="documentsTable")
        self.none = Label(role="muted", name="documentsNone")
        self.fetch = SecondaryButton(icon="download", name="documentFetch")
        self.show_document = SecondaryButton(icon="external-link", name="documentOpen")
        self.progress = ProgressPanel(name="documentProgress")
        self.changes = FactGrid(name="changesGrid", word_width=_WORD_PX)
        self._fetched: frozenset[str] = frozenset()
        self._is_fetching = False
        self._lay_out()
        self.fetch.clicked.connect(lambda: self.document_requested.emit(self.documents.selected_key))
        self.show_document.clicked.connect(lambda: self.open_requested.emit(self.documents.selected_key))
        self.documents.row_activated.connect(self._activate)
        self.documents.row_selected.connect(lambda _key: self._enable())
        self.progress.cancel_requested.connect(self.cancel_requested)

    def show_state(self, state: LotPageState) -> None:
        """Draw the notice in force."""
        known = state.known
        if known is None:
            return
        self._show_early(known)
        self.facts_card.set_title(tr("招标公告"))
        self.facts.show_facts(_facts(known.notice))
        self._show_documents(known.notice, state)
        self.changes_card.setVisible(len(known.announcements) > 1)
        self.changes_card.set_title(tr("澄清与变更"))
        notices = [each.notice for each in known.announcements]
        self.changes.show_facts(
            [
                Fact(word=tr("第 {revision} 版", revision=after.revision), text=amendment_words(before, after))
                for before, after in reversed(list(pairwise(notices)))
            ]
        )

    def _show_early(self, known: KnownLot) -> None:
        if known.is_readable_early:
            self.early.show_message(
                Tone.WARNING,
                tr("招标代理与平台共同即可在截止前读取该投标文件"),
                tr("此标段的开标条件不含投标人证书。如有疑问, 请在递交前向招标人提出。"),
            )
        else:
            self.early.clear()

    def _show_documents(self, notice: Notice, state: LotPageState) -> None:
        self._fetched, self._is_fetching = state.fetched, bool(state.fetching[1])
        self.documents_card.set_title(tr("招标文件"))
        self.none.setText(tr("此标段没有上传招标文件。"))
        self.none.setVisible(not notice.documents)
        self.documents.setVisible(bool(notice.documents))
        self.documents.set_accessible_name(tr("招标文件"))
        columns = [
            Column(title=tr("文件名")),
            Column(title=tr("大小"), width=96, is_number=True),
            Column(title=tr("状态"), width=128),
        ]
        rows = [
            Row(
                key=each.sha256.hex(),
                cells=(each.name, size_words(each.size), _fetched_cell(is_here=each.sha256.hex() in state.fetched)),
            )
            for each in notice.documents
        ]
        self.documents.set_content(columns, rows)
        self.documents.setFixedHeight(_HEAD_PX + _ROW_PX * min(max(len(rows), 1), _MOST_ROWS))
        if rows and not self.documents.selected_key:
            self.documents.select(rows[0].key)
        self.fetch.setText(tr("下载并核对"))
        self.show_document.setText(tr("打开"))
        for button in (self.fetch, self.show_document):
            button.setVisible(bool(rows))
        done, total, name = state.fetching
        self.progress.setVisible(total > 0)
        self.progress.set_progress(done, total, tr("正在下载 {name}…", name=name))
        self._enable()

    def _enable(self) -> None:
        key = self.documents.selected_key
        self.fetch.setEnabled(bool(key) and key not in self._fetched and not self._is_fetching)
        self.show_document.setEnabled(key in self._fetched)

    def _activate(self, key: str) -> None:
        (self.open_requested if key in self._fetched else self.document_requested).emit(key)

    def _lay_out(self) -> None:
        self.facts_card.add(self.facts)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.fetch)
        line.addWidget(self.show_document)
        line.addStretch()
        for part in (self.none, self.documents, self.progress):
            self.documents_card.add(part)
        self.documents_card.body.addLayout(line)
        self.changes_card.add(self.changes)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 8, 16, 24)
        column.setSpacing(16)
        for card in (self.early, self.changes_card, self.facts_card, self.documents_card):
            column.addWidget(card)
        column.addStretch()


def amendment_words(before: Notice, after: Notice) -> str:
    """Say what an amendment has changed."""
    parts = []
    if after.deadline != before.deadline:
        was, now = _moment(before.deadline), _moment(after.deadline)
        parts.append(tr("投标截止时间由 {old} 延至 {new}", old=was, new=now))
    old = {each.sha256: each.name for each in before.documents}
    new = {each.sha256: each.name for each in after.documents}
    parts += [tr("新增招标文件 {name}", name=name) for sha, name in new.items() if sha not in old]
    parts += [tr("撤下招标文件 {name}", name=name) for sha, name in old.items() if sha not in new]
    if after.required != before.required:
        parts.append(tr("必须提交的文件有变化"))
    if after.price_limit != before.price_limit:
        limit = money_words(Decimal(after.price_limit)) if after.price_limit else ""
        parts.append(tr("最高投标限价改为 {limit}", limit=limit) if limit else tr("取消了最高投标限价"))
    if after.window_minutes != before.window_minutes:
        parts.append(tr("交付解密时限改为 {minutes} 分钟", minutes=after.window_minutes))
    return "\n".join(parts) or tr("名称或经办人有变化")


def _facts(notice: Notice) -> list[Fact]:
    facts = [
        Fact(word=tr("项目"), text=f"{notice.tender} · {notice.tender_name}"),
        Fact(word=tr("标段"), text=f"{notice.lot} · {notice.lot_name}"),
        Fact(word=tr("招标人"), text=notice.purchaser),
        Fact(word=tr("招标代理"), text=f"{notice.agency} ({notice.agency_code})"),
        Fact(word=tr("投标截止时间"), text=_moment(notice.deadline)),
    ]
    for envelope in notice.envelopes:
        text = tr("{time} 起可开启; 需要 {groups}", time=_moment(envelope.not_before), groups=group_words(envelope))
        facts.append(Fact(word=envelope_word(envelope.title), text=text))
    limit = money_words(Decimal(notice.price_limit)) if notice.price_limit else tr("不设")
    facts.append(Fact(word=tr("最高投标限价"), text=limit))
    facts.append(Fact(word=tr("交付解密时限"), text=tr("截止后 {minutes} 分钟", minutes=notice.window_minutes)))
    return facts


def _fetched_cell(*, is_here: bool) -> Cell:
    return Cell(text=tr("已核对"), tone=Tone.SUCCESS) if is_here else Cell(text=tr("未下载"), tone=Tone.NEUTRAL)


def _moment(seconds: int) -> str:
    return local_time(datetime.fromtimestamp(seconds, UTC))
