"""The files of one envelope: dropped or chosen, listed, put in order, taken out. Passive."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.problems import problem
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import (
    ANY_FILE,
    Banner,
    Column,
    DataTable,
    DropZone,
    FilePicker,
    IconButton,
    Label,
    LinkButton,
    Row,
    Tone,
    dropped_files,
)
from desktop.views.package.pack_state import Box, PackFile, Refusal
from desktop.views.package.words import size_words

_ROW_PX, _HEAD_PX = 40, 42
_MOST_ROWS = 6
_SIZE_PX = 104


class _Files(DataTable):
    """Deletes by key, and moves by Alt and an arrow."""

    remove_requested = Signal()
    move_requested = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the keys of the list."""
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        if event.key() == Qt.Key.Key_Delete:
            self.remove_requested.emit()
        elif alt and event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self.move_requested.emit(-1 if event.key() == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)


class FileBox(QWidget):
    """Tells by signals what was chosen for it, and which file is to move or to go."""

    files_chosen = Signal(list)
    remove_requested = Signal(str)
    move_requested = Signal(str, int)

    def __init__(self, name: str, *, pick: FilePicker) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAcceptDrops(True)
        self._pick, self._title = pick, ""
        self.title = Label(role="strong", name=f"{name}Title")
        self.total = Label(role="muted", name=f"{name}Total")
        self.drop = DropZone(name=f"{name}Drop", suffixes=ANY_FILE, several=True, pick=pick)
        self.table = _Files(name=f"{name}Table")
        self.more = LinkButton(icon="plus", name=f"{name}More")
        self.up = IconButton("chevron-up", "", name=f"{name}Up")
        self.down = IconButton("chevron-down", "", name=f"{name}Down")
        self.remove = IconButton("trash-2", "", name=f"{name}Remove")
        self.notice = Banner(name=f"{name}Refused")
        self.fault = Label(role="error", wrap=True, name=f"{name}Fault")
        self._bar = QWidget()
        self._names: list[str] = []
        self._lay_out()
        self._connect()

    def show_box(self, title: str, box: Box, fault: str) -> None:
        """Draw the files, what was not taken, and what is missing."""
        self._title = title
        self.title.setText(title)
        self.drop.set_texts(tr("把文件拖到这里"), tr("签章后的 PDF、清单 XML、表格等, 按顺序原样装入。"))
        self.more.setText(tr("添加文件"))
        self.up.set_text(tr("上移"))
        self.down.set_text(tr("下移"))
        self.remove.set_text(tr("移除"))
        has_files = bool(box.files)
        self.drop.setVisible(not has_files)
        self.table.setVisible(has_files)
        self._bar.setVisible(has_files)
        self.table.set_accessible_name(title)
        columns = [Column(title=tr("文件名")), Column(title=tr("大小"), width=_SIZE_PX, is_number=True)]
        self.table.set_content(columns, [_row(file) for file in box.files])
        if has_files and not self.table.selected_key:
            self.table.select(box.files[0].name)
        self.table.setFixedHeight(_HEAD_PX + _ROW_PX * min(max(len(box.files), 1), _MOST_ROWS))
        self._names = [file.name for file in box.files]
        self._offer_moves()
        self.total.setText(tr("{count} 个文件 · {size}", count=len(box.files), size=size_words(box.size)))
        self._show_refused(box.refused)
        self.fault.setText(fault)
        self.fault.setVisible(bool(fault))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files dropped anywhere on the box."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what was dropped."""
        paths = dropped_files(event)
        if paths:
            self.files_chosen.emit(paths)
            event.acceptProposedAction()

    def _show_refused(self, refused: tuple[Refusal, ...]) -> None:
        if not refused:
            self.notice.clear()
            return
        first = refused[0]
        if first.is_clash:
            title = tr("{name} 与已添加的文件重名", name=first.name)
            text = tr("文件名只有大小写或全半角不同也算重名。请改名后再添加。")
        else:
            wording = problem(first.code).wording(current_language())
            title, text = f"{first.name}: {wording.title}", wording.advice
        others = tr("、").join(each.name for each in refused[1:])
        if others:
            text += "\n" + tr("同样没有添加: {names}", names=others)
        self.notice.show_message(Tone.WARNING, title, text)

    def _offer_moves(self) -> None:
        chosen = self.table.selected_key
        self.up.setEnabled(chosen in self._names[1:])
        self.down.setEnabled(chosen in self._names[:-1])

    def _ask(self) -> None:
        paths = self._pick(self, self._title, ANY_FILE, True)
        if paths:
            self.files_chosen.emit(paths)

    def _remove(self) -> None:
        if self.table.selected_key:
            self.remove_requested.emit(self.table.selected_key)

    def _move(self, step: int) -> None:
        if self.table.selected_key:
            self.move_requested.emit(self.table.selected_key, step)

    def _connect(self) -> None:
        self.drop.files_chosen.connect(self.files_chosen)
        self.more.clicked.connect(self._ask)
        self.remove.clicked.connect(self._remove)
        self.up.clicked.connect(lambda: self._move(-1))
        self.down.clicked.connect(lambda: self._move(1))
        self.table.row_selected.connect(self._offer_moves)
        self.table.remove_requested.connect(self._remove)
        self.table.move_requested.connect(self._move)

    def _lay_out(self) -> None:
        bar = QHBoxLayout(self._bar)
        bar.setContentsMargins(0, 0, 0, 0)
        bar.setSpacing(8)
        bar.addWidget(self.more)
        bar.addWidget(self.total, 1)
        for button in (self.up, self.down, self.remove):
            bar.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.title, self.drop, self.table, self._bar, self.notice, self.fault):
            column.addWidget(part)


def _row(file: PackFile) -> Row:
    return Row(key=file.name, cells=(file.name, size_words(file.size)))
