"""The documents of a lot: those of the tender, uploaded, and those that a bid must hold, named. Passive."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.tendering import DocumentKind
from desktop.protocol.notices import RequiredDocument, TenderDocument
from desktop.services.tender_checks import Part
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import (
    ANY_FILE,
    Banner,
    Card,
    ChoiceField,
    Column,
    DataTable,
    FilePicker,
    IconButton,
    Label,
    LinkButton,
    ProgressPanel,
    Row,
    SecondaryButton,
    TextField,
    clear_layout,
    dropped_files,
)
from desktop.views.package.words import size_words
from desktop.views.publish.envelope_card import envelope_words
from desktop.views.publish.form_cards import shown_fault
from desktop.views.publish.state import EditorState
from desktop.views.publish.words import kind_words

_ROW_PX, _HEAD_PX, _MOST_ROWS = 40, 42, 6
_SIZE_PX, _HASH_PX, _KIND_PX = 104, 168, 136
_HASH_SHOWN = 16


class DocumentsCard(Card):
    """招标文件: dropped or chosen, uploaded at once, in the notice by their hashes."""

    files_chosen = Signal(list)
    remove_requested = Signal(str)
    cancel_requested = Signal()

    def __init__(self, *, pick: FilePicker) -> None:
        super().__init__(name="documentsCard")
        self.setAcceptDrops(True)
        self._pick = pick
        self.note = Label(role="muted", wrap=True, name="documentsNote")
        self.table = DataTable(name="documentsTable")
        self.add_button = SecondaryButton(icon="upload", name="documentsAdd")
        self.remove = IconButton("trash-2", "", name="documentsRemove")
        self.progress = ProgressPanel(name="documentsProgress")
        self.problem = Banner(name="documentsProblem")
        self.fault = Label(role="error", wrap=True, name="documentsFault")
        line = QHBoxLayout()
        line.addWidget(self.add_button)
        line.addStretch()
        line.addWidget(self.remove)
        self.add(self.note)
        self.add(self.table)
        self.body.addLayout(line)
        below: tuple[QWidget, ...] = (self.progress, self.problem, self.fault)
        for part in below:
            self.add(part)
        self.add_button.clicked.connect(self._ask)
        self.remove.clicked.connect(self._remove)
        self.progress.cancel_requested.connect(self.cancel_requested)

    def show_state(self, state: EditorState) -> None:
        """Draw the state."""
        self.set_title(tr("招标文件"))
        self.note.setText(tr("把文件拖到这里或点击上传; 投标人下载后按公告中签名的哈希核对。每份最大 64 MB。"))
        self.add_button.setText(tr("上传文件"))
        self.remove.set_text(tr("移除"))
        documents, (done, total, name) = state.draft.documents, state.uploading
        self.table.setVisible(bool(documents))
        self.table.set_accessible_name(tr("招标文件"))
        columns = [
            Column(title=tr("文件名")),
            Column(title=tr("大小"), width=_SIZE_PX, is_number=True),
            Column(title="SHA-256", width=_HASH_PX, is_code=True),
        ]
        self.table.set_content(columns, [_document_row(each) for each in documents])
        self.table.setFixedHeight(_HEAD_PX + _ROW_PX * min(max(len(documents), 1), _MOST_ROWS))
        self.add_button.setEnabled(state.is_open and not total)
        self.remove.setEnabled(state.is_open)
        self.remove.setVisible(bool(documents))
        self.progress.setVisible(total > 0)
        self.progress.set_progress(done, total, tr("正在上传 {name}", name=name))
        code, detail = state.upload_problem
        if code:
            self.problem.show_problem(code, detail)
        else:
            self.problem.clear()
        fault = shown_fault(state, Part.DOCUMENTS)
        self.fault.setText(fault)
        self.fault.setVisible(bool(fault))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files dropped anywhere on the card."""
        if event.mimeData().hasUrls() and self.add_button.isEnabled():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Upload what was dropped."""
        paths = dropped_files(event)
        if paths:
            self.files_chosen.emit(paths)
            event.acceptProposedAction()

    def _ask(self) -> None:
        paths = self._pick(self, tr("招标文件"), ANY_FILE, True)
        if paths:
            self.files_chosen.emit(paths)

    def _remove(self) -> None:
        if self.table.selected_key:
            self.remove_requested.emit(self.table.selected_key)


class RequiredRow(QWidget):
    """One document that a bid must hold."""

    edited = Signal(str, object)
    remove_requested = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self._language = ""
        self.name = TextField(name=f"{name}Name")
        self.kind = ChoiceField(name=f"{name}Kind")
        self.kind.setFixedWidth(_KIND_PX)
        self.remove = IconButton("trash-2", "", name=f"{name}Remove")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.name, 1)
        row.addWidget(self.kind)
        row.addWidget(self.remove)
        self.name.changed.connect(lambda text: self.edited.emit("name", text))
        self.kind.chosen.connect(lambda value: self.edited.emit("kind", DocumentKind(value)))
        self.remove.clicked.connect(self.remove_requested)

    def show_required(self, required: RequiredDocument) -> None:
        """Draw it; what is being typed is left alone."""
        self.name.set_label("", tr("文件名称, 例如: 投标函"))
        self.name.set_value(required.name)
        self.remove.set_text(tr("移除"))
        if self._language != current_language():
            self._language = current_language()
            self.kind.box.setAccessibleName(tr("文件格式"))
            self.kind.set_options([(kind.value, kind_words(kind)) for kind in DocumentKind], required.kind.value)
        elif self.kind.value != required.kind.value:
            self.kind.box.setCurrentIndex(self.kind.box.findData(required.kind.value))


class RequiredCard(Card):
    """投标文件组成: the checklist that every bidder gets; positions count in the whole list of the draft."""

    add_requested = Signal(str)
    edited = Signal(int, str, object)
    remove_requested = Signal(int)

    def __init__(self) -> None:
        super().__init__(name="requiredCard")
        self._shape: tuple[object, ...] = ()
        self._rows: dict[int, RequiredRow] = {}
        self._faults: dict[str, Label] = {}
        self.note = Label(role="muted", wrap=True, name="requiredNote")
        self._lists = QVBoxLayout()
        self._lists.setSpacing(12)
        self.add(self.note)
        self.body.addLayout(self._lists)

    def show_state(self, state: EditorState) -> None:
        """Draw the lists of the envelopes in use; widgets are made anew only when a row came or went."""
        self.set_title(tr("投标文件组成"))
        self.note.setText(tr("投标人按此清单准备文件; 缺少任何一份时不能打包。没有要求时可以留空。"))
        used = [each.envelope_id for each in state.draft.used]
        required = state.draft.required
        owners = tuple(each.envelope_id for each in required)
        shape = (state.draft_number, tuple(used), owners, state.is_open, current_language())
        if shape != self._shape:
            self._shape = shape
            self._build(state, used)
        for envelope_id, label in self._faults.items():
            fault = shown_fault(state, Part.REQUIRED, envelope_id)
            label.setText(fault)
            label.setVisible(bool(fault))
        for position, row in self._rows.items():
            row.show_required(required[position])

    def _build(self, state: EditorState, used: list[str]) -> None:
        focus = next((n for n, row in self._rows.items() if row.name.edit.hasFocus()), -1)
        clear_layout(self._lists)
        self._rows, self._faults = {}, {}
        for envelope_id in used:
            if len(used) > 1:
                self._lists.addWidget(Label(envelope_words(envelope_id), role="strong"))
            for position, each in enumerate(state.draft.required):
                if each.envelope_id == envelope_id:
                    self._lists.addWidget(self._row(position, is_open=state.is_open))
            self._faults[envelope_id] = Label(role="error", wrap=True, name=f"{envelope_id}RequiredFault")
            self._lists.addWidget(self._faults[envelope_id])
            more = LinkButton(tr("增加一份文件"), "plus", name=f"{envelope_id}RequiredAdd")
            more.setEnabled(state.is_open)
            more.clicked.connect(lambda _checked=False, e=envelope_id: self.add_requested.emit(e))
            line = QHBoxLayout()
            line.addWidget(more)
            line.addStretch()
            self._lists.addLayout(line)
        if focus in self._rows:
            self._rows[focus].name.edit.setFocus()

    def _row(self, position: int, *, is_open: bool) -> RequiredRow:
        row = RequiredRow(f"required_{position}")
        row.setEnabled(is_open)
        row.edited.connect(lambda name, value: self.edited.emit(position, name, value))
        row.remove_requested.connect(lambda: self.remove_requested.emit(position))
        self._rows[position] = row
        return row


def _document_row(document: TenderDocument) -> Row:
    shown = document.sha256.hex()[:_HASH_SHOWN]
    return Row(key=document.name, cells=(document.name, size_words(document.size), f"{shown}…"))
