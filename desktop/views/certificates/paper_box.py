"""Where one paper is uploaded: a place to drop it, and the file once it is taken. Passive."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.ui.i18n import tr
from desktop.ui.kit import Card, DropZone, ElidedLabel, Icon, Label, LinkButton
from desktop.ui.kit.drop import FilePicker
from desktop.views.certificates.checks import Paper

SUFFIXES = (".pdf", ".jpg", ".jpeg", ".png")
_KIB = 1024


class PaperBox(QWidget):
    """`chosen` carries the list of paths from the drop zone."""

    chosen = Signal(list)
    removed = Signal()

    def __init__(self, *, name: str, icon: str, pick: FilePicker) -> None:
        super().__init__()
        self._title = Label(role="label")
        self.zone = DropZone(name=name, suffixes=SUFFIXES, icon=icon, pick=pick)
        self.file = Card(name=f"{name}File", padding=16)
        self._name = ElidedLabel(role="strong", name=f"{name}Name")
        self._size = Label(role="caption")
        self.remove = LinkButton(name=f"{name}Remove")
        self.error = Label(role="error", wrap=True, name=f"{name}Fault")
        self.zone.files_chosen.connect(self.chosen)
        self.remove.clicked.connect(self.removed)
        self._lay_out()

    def show_paper(self, title: str, paper: Paper | None, fault: str) -> None:
        """Show what is there and, in words, what is wrong with it."""
        self._title.setText(title)
        self.zone.setVisible(paper is None)
        self.file.setVisible(paper is not None)
        self.zone.set_texts(tr("拖入{title}", title=title), tr("PDF、JPG 或 PNG, 不超过 5 MB"))
        self.remove.setText(tr("移除"))
        if paper is not None:
            self._name.setText(paper.name)
            self._size.setText(size_words(len(paper.content)))
        self.error.setText(fault)
        self.error.setVisible(bool(fault))

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._name)
        words.addWidget(self._size)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(Icon("file-check", "success", 24))
        row.addLayout(words, 1)
        row.addWidget(self.remove)
        self.file.body.addLayout(row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._title)
        column.addWidget(self.zone)
        column.addWidget(self.file)
        column.addWidget(self.error)
        column.addStretch()


def size_words(count: int) -> str:
    """Say the size of a paper."""
    return f"{count / _KIB / _KIB:.1f} MB" if count >= _KIB * _KIB else f"{max(count // _KIB, 1)} KB"
