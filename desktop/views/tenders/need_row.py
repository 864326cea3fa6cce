"""One required document of a bid: what it has to be, which file it is, dropped or chosen. Passive."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from desktop.domain.tendering import DocumentKind
from desktop.protocol.notices import RequiredDocument
from desktop.services.bid_checks import FileFacts
from desktop.store.bid_drafts import DraftFile
from desktop.ui.i18n import tr
from desktop.ui.kit import (
    ANY_FILE,
    ElidedLabel,
    FilePicker,
    Icon,
    IconButton,
    KitFrame,
    Label,
    LinkButton,
    StatusChip,
    Tone,
    dropped_files,
)
from desktop.views.package.words import size_words
from desktop.views.tenders.words import kind_word

_SUFFIXES = {DocumentKind.PDF: (".pdf",), DocumentKind.XML: (".xml",), DocumentKind.XLSX: (".xlsx", ".xls")}


class NeedRow(KitFrame):
    """`file_chosen(path)` and `removed` tell what is wished for it."""

    file_chosen = Signal(object)
    removed = Signal()

    def __init__(self, required: RequiredDocument, *, name: str, pick: FilePicker) -> None:
        super().__init__(name, "listRow")
        self.setAcceptDrops(True)
        self._required, self._pick = required, pick
        self.icon = Icon("file-text", "muted", 20)
        self.title = Label(role="strong", name=f"{name}Title")
        self.file = ElidedLabel(role="muted", name=f"{name}File")
        self.chip = StatusChip(name=f"{name}Chip")
        self.choose = LinkButton(icon="plus", name=f"{name}Choose")
        self.remove = IconButton("x", "", name=f"{name}Remove")
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.title)
        texts.addWidget(self.file)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 8, 8, 8)
        line.setSpacing(12)
        line.addWidget(self.icon)
        line.addLayout(texts, 1)
        line.addWidget(self.chip)
        line.addWidget(self.choose)
        line.addWidget(self.remove)
        self.choose.clicked.connect(self._ask)
        self.remove.clicked.connect(self.removed)

    def show_file(self, file: DraftFile | None, facts: FileFacts | None) -> None:
        """Draw what it is, and the file that was given for it."""
        self.title.setText(f"{self._required.name} ({kind_word(self._required.kind)})")
        self.remove.setVisible(file is not None)
        self.remove.set_text(tr("移除 {name}", name=self._required.name))
        self.choose.setText(tr("更换") if file is not None else tr("选择文件"))
        self.choose.set_icon("refresh-cw" if file is not None else "plus")
        self.choose.setAccessibleName(f"{self._required.name} {self.choose.text()}")
        self.setAccessibleName(self._required.name)
        if file is None:
            self.icon.set_icon("file-text", "muted")
            self.file.setText(tr("把文件拖到这里, 或点【选择文件】"))
            self.chip.set_status(tr("缺少"), Tone.WARNING)
            return
        size = facts.size if facts is not None else None
        self.file.setText(file.name if size is None else f"{file.name} · {size_words(size)}")
        self._show_chip(facts)

    def _show_chip(self, facts: FileFacts | None) -> None:
        if facts is None:
            self.icon.set_icon("file-text", "muted")
            self.chip.set_status(tr("正在查看"), Tone.NEUTRAL)
        elif facts.size is None:
            self.icon.set_icon("circle-alert", "problem")
            self.chip.set_status(tr("找不到"), Tone.PROBLEM)
        elif facts.is_pdf and not facts.is_signed:
            self.icon.set_icon("file-text", "warning")
            self.chip.set_status(tr("未签章"), Tone.WARNING)
        else:
            self.icon.set_icon("circle-check", "success")
            self.chip.set_status(tr("已签章") if facts.is_pdf else tr("已添加"), Tone.SUCCESS)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a file."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the first of what was dropped."""
        paths = dropped_files(event)
        if paths:
            self.file_chosen.emit(paths[0])
            event.acceptProposedAction()

    def _ask(self) -> None:
        suffixes = _SUFFIXES.get(self._required.kind, ANY_FILE)
        paths = self._pick(self, self._required.name, suffixes, False)
        if paths:
            self.file_chosen.emit(paths[0])
