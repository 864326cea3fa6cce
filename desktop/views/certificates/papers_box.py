"""Where several papers are uploaded: a place to drop them, and a list of those taken. Passive."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.ui.i18n import tr
from desktop.ui.kit import Card, DropZone, ElidedLabel, Icon, Label, LinkButton, clear_layout
from desktop.ui.kit.drop import FilePicker
from desktop.views.certificates.checks import Paper
from desktop.views.certificates.paper_box import SUFFIXES, size_words


class PapersBox(QWidget):
    """`chosen` carries a list of paths, `removed` the position of a paper."""

    chosen = Signal(list)
    removed = Signal(int)

    def __init__(self, *, name: str, icon: str, pick: FilePicker) -> None:
        super().__init__()
        self._box_name = name
        self._drawn: tuple[tuple[Paper, ...], str] | None = None
        self.zone = DropZone(name=name, suffixes=SUFFIXES, several=True, icon=icon, pick=pick)
        self.zone.files_chosen.connect(self.chosen)
        self.error = Label(role="error", wrap=True, name=f"{name}Fault")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._rows)
        column.addWidget(self.zone)
        column.addWidget(self.error)

    def show_papers(self, title: str, papers: tuple[Paper, ...], fault: str, *, most: int) -> None:
        """Show what is there and, in words, what is wrong with it."""
        self.zone.set_texts(title, tr("PDF、JPG 或 PNG, 可多选, 每份不超过 5 MB, 最多 {most} 份", most=most))
        self.zone.setVisible(len(papers) < most)
        self.error.setText(fault)
        self.error.setVisible(bool(fault))
        wanted = (papers, tr("移除"))
        if wanted == self._drawn:
            return
        self._drawn = wanted
        clear_layout(self._rows)
        for position, paper in enumerate(papers):
            self._rows.addWidget(self._row(position, paper))

    def _row(self, position: int, paper: Paper) -> QWidget:
        card = Card(name=f"{self._box_name}File{position}", padding=12)
        remove = LinkButton(tr("移除"), name=f"{self._box_name}Remove{position}")
        remove.setAccessibleName(tr("移除 {name}", name=paper.name))
        remove.clicked.connect(lambda: self.removed.emit(position))
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(Icon("file-check", "success", 24))
        row.addWidget(ElidedLabel(paper.name, "strong"), 1)
        row.addWidget(Label(size_words(len(paper.content)), "caption"))
        row.addWidget(remove)
        card.body.addLayout(row)
        return card
