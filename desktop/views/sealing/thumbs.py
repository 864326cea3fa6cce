"""Thumbnails of a document's pages; only those in sight are ever drawn."""

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QListView, QWidget

from desktop.documents import PageSize, RenderedPage
from desktop.ui.i18n import tr
from desktop.ui.icons import untinted
from desktop.views.sealing.canvas import image_of

THUMB_WIDTH_PX = 72
_THUMB_HEIGHT_PX = 102
_Index = QModelIndex | QPersistentModelIndex


class _Pages(QAbstractListModel):
    wanted = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._pages: tuple[PageSize, ...] = ()
        self._pictures: dict[int, QPixmap] = {}
        self._asked: set[int] = set()
        self._marked: frozenset[int] = frozenset()

    def show_pages(self, pages: tuple[PageSize, ...]) -> None:
        self.beginResetModel()
        self._pages, self._pictures, self._asked = pages, {}, set()
        self.endResetModel()

    def mark(self, marked: frozenset[int]) -> None:
        if marked != self._marked:
            self._marked = marked
            self.dataChanged.emit(self.index(0), self.index(len(self._pages) - 1))

    def take(self, index: int, page: RenderedPage) -> None:
        if index < len(self._pages):
            self._pictures[index] = _framed(QPixmap.fromImage(image_of(page)))
            self.dataChanged.emit(self.index(index), self.index(index))

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._pages)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = index.row()
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{row + 1} ●" if row in self._marked else str(row + 1)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return tr("第 {page} 页", page=row + 1)
        if role == Qt.ItemDataRole.DecorationRole:
            if row not in self._pictures and row not in self._asked:
                self._asked.add(row)
                self.wanted.emit(row)
            return untinted(self._pictures.get(row) or _blank())
        return None


class Thumbnails(QListView):
    """A column of page pictures; `page_chosen(index)` on click or key."""

    page_chosen = Signal(int)
    wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("thumbnails")
        self._pages = _Pages(self)
        self._key = ""
        self.setModel(self._pages)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setFlow(QListView.Flow.TopToBottom)
        self.setWrapping(False)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setIconSize(QSize(THUMB_WIDTH_PX, _THUMB_HEIGHT_PX))
        self.setGridSize(QSize(THUMB_WIDTH_PX + 24, _THUMB_HEIGHT_PX + 40))
        self.setSpacing(8)
        self.setFixedWidth(THUMB_WIDTH_PX + 48)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._pages.wanted.connect(self.wanted)
        self.selectionModel().currentChanged.connect(self._on_current)

    def show_document(self, key: str, pages: tuple[PageSize, ...], current: int, marked: frozenset[int]) -> None:
        """Show the pages of a document and where it is turned to; `marked` pages bear a seal."""
        if key != self._key:
            self._key = key
            self._pages.show_pages(pages)
        self._pages.mark(marked)
        self.setAccessibleName(tr("页面缩略图"))
        index = self._pages.index(current)
        if index.isValid() and index != self.currentIndex():
            self.selectionModel().blockSignals(True)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.selectionModel().blockSignals(False)
            self.scrollTo(index)
            self.viewport().update()

    def take(self, key: str, index: int, page: RenderedPage) -> None:
        """Show a drawn thumbnail if it is of this document."""
        if key == self._key:
            self._pages.take(index, page)

    def _on_current(self, index: QModelIndex) -> None:
        if index.isValid():
            self.page_chosen.emit(index.row())


def _framed(picture: QPixmap) -> QPixmap:
    """Centre a page on a card of the one thumbnail size, so that landscape pages do not stretch the list."""
    card = QPixmap(THUMB_WIDTH_PX, _THUMB_HEIGHT_PX)
    card.fill(Qt.GlobalColor.transparent)
    scaled = picture.scaled(card.size(), Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    painter = QPainter(card)
    x, y = (card.width() - scaled.width()) // 2, (card.height() - scaled.height()) // 2
    painter.drawPixmap(x, y, scaled)
    painter.setPen(QColor(0, 0, 0, 60))
    painter.drawRect(x, y, scaled.width() - 1, scaled.height() - 1)
    painter.end()
    return card


def _blank() -> QPixmap:
    card = QPixmap(THUMB_WIDTH_PX, _THUMB_HEIGHT_PX)
    card.fill(QColor(255, 255, 255))
    return card
