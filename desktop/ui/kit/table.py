"""A list of records: 40 px rows, digits of equal width, middle elision with the whole text as tooltip, keyboard first.

Where an audience reads along it is drawn large (`set_large`).

The table knows no records: the page hands it rows of texts under a key and hears the key back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from desktop.ui.kit.base import TONE_COLOUR, Tone, plain_tooltip, restyle
from desktop.ui.theme import current, monospace_font

_PADDING = 12
_CHIP_HEIGHT, _LARGE_CHIP_HEIGHT = 24, 36
_CELL = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column; `width` 0 takes the room that is left. `is_code` = serial numbers and hashes, in monospace."""

    title: str
    width: int = 0
    is_number: bool = False
    is_code: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A text; with a tone it is shown as a status chip."""

    text: str
    tone: Tone | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record: `key` comes back in the signals; cells are texts or `Cell`s, one per column."""

    key: str
    cells: tuple[str | Cell, ...]


class _Rows(QAbstractTableModel):
    """The rows as a Qt model."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.columns: Sequence[Column] = ()
        self.rows: Sequence[Row] = ()

    def replace(self, columns: Sequence[Column], rows: Sequence[Row]) -> None:
        self.beginResetModel()
        self.columns, self.rows = columns, rows
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        cell = self.rows[index.row()].cells[index.column()]
        if role == _CELL:
            return cell if isinstance(cell, Cell) else Cell(text=cell)
        text = cell.text if isinstance(cell, Cell) else cell
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return text
        return plain_tooltip(text) if role == Qt.ItemDataRole.ToolTipRole else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None


class _Painter(QStyledItemDelegate):
    """Draws the ground by the style sheet, then the text or chip itself."""

    def __init__(self, rows: _Rows, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = rows
        self.is_large = False

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(super().sizeHint(option, index).width(), _row_height(is_large=self.is_large))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        ground = QStyleOptionViewItem(option)
        self.initStyleOption(ground, index)
        cell: Cell = index.data(_CELL)
        ground.text = ""
        view: QWidget = option.widget
        view.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, ground, painter, view)
        rect: QRect = option.rect
        area = rect.adjusted(_PADDING, 0, -_PADDING, 0)
        painter.save()
        if cell.tone is not None:
            state: QStyle.StateFlag = option.state
            is_selected = bool(state & QStyle.StateFlag.State_Selected)
            _draw_chip(painter, area, cell, is_large=self.is_large, is_selected=is_selected)
        else:
            self._draw_text(painter, area, cell.text, self._rows.columns[index.column()])
        painter.restore()

    def _draw_text(self, painter: QPainter, area: QRect, text: str, column: Column) -> None:
        chosen = current()
        if column.is_code:
            painter.setFont(monospace_font(chosen.type.caption + 1))
        elif self.is_large:
            font = painter.font()
            font.setPixelSize(chosen.type.title)
            painter.setFont(font)
        side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, area.width())
        painter.setPen(QColor(chosen.colours.text))
        painter.drawText(area, int(side | Qt.AlignmentFlag.AlignVCenter), shown)


def _row_height(*, is_large: bool) -> int:
    sizes = current().sizes
    return sizes.row_large if is_large else sizes.row


def _draw_chip(painter: QPainter, area: QRect, cell: Cell, *, is_large: bool, is_selected: bool) -> None:
    text, tone = cell.text, cell.tone
    if not text or tone is None:
        return
    chosen = current()
    font = painter.font()
    font.setPixelSize(chosen.type.heading if is_large else chosen.type.caption)
    painter.setFont(font)
    metrics = QFontMetrics(font)
    width = min(metrics.horizontalAdvance(text) + 20, area.width())
    height = _LARGE_CHIP_HEIGHT if is_large else _CHIP_HEIGHT
    chip = QRectF(area.left(), area.center().y() - height / 2 + 0.5, width, height)
    name = TONE_COLOUR[tone]
    ground = chosen.colours.sunken if tone is Tone.NEUTRAL else getattr(chosen.colours, f"{name}_ground")
    if is_selected:  # the ground of a selected row is much like some of those
        ground = chosen.colours.surface
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ground))
    painter.drawRoundedRect(chip, height / 2, height / 2)
    painter.setPen(QColor(getattr(chosen.colours, name)))
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(width) - 16)
    painter.drawText(chip, int(Qt.AlignmentFlag.AlignCenter), shown)


class DataTable(QTableView):
    """Records, one selected at a time; Enter or a double click activates."""

    row_selected = Signal(str)
    row_activated = Signal(str)

    def __init__(self, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._rows = _Rows(self)
        self.setModel(self._rows)
        self._painter = _Painter(self._rows, self)
        self.setItemDelegate(self._painter)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(current().sizes.row)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setMinimumSectionSize(48)
        self.doubleClicked.connect(lambda index: self.row_activated.emit(self._rows.rows[index.row()].key))
        self.selectionModel().currentRowChanged.connect(self._tell_selection)

    def set_accessible_name(self, name: str) -> None:
        """Say to a screen reader what is listed."""
        self.setAccessibleName(name)

    def set_content(self, columns: Sequence[Column], rows: Sequence[Row]) -> None:
        """Show `rows` under `columns`; what was selected stays selected where its key is still there."""
        if (tuple(columns), tuple(rows)) == (self._rows.columns, self._rows.rows):
            return
        kept = self.selected_key
        self._rows.replace(tuple(columns), tuple(rows))
        header = self.horizontalHeader()
        for position, column in enumerate(columns):
            mode = QHeaderView.ResizeMode.Interactive if column.width else QHeaderView.ResizeMode.Stretch
            header.setSectionResizeMode(position, mode)
            if column.width:
                header.resizeSection(position, column.width)
        self.select(kept)

    def set_large(self, *, large: bool) -> None:
        """Draw rows that can be read from the back of a room, or those of a desk."""
        self._painter.is_large = large
        self.verticalHeader().setDefaultSectionSize(_row_height(is_large=large))
        restyle(self.horizontalHeader(), "large", large)
        self.viewport().update()

    @property
    def selected_key(self) -> str:
        """The key of the selected row, empty if none is."""
        index = self.selectionModel().currentIndex()
        return self._rows.rows[index.row()].key if index.isValid() else ""

    def select(self, key: str) -> None:
        """Select the row of `key`, if it is there."""
        for position, row in enumerate(self._rows.rows):
            if row.key == key:
                self.selectRow(position)
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Activate by Enter."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.selected_key:
            self.row_activated.emit(self.selected_key)
        else:
            super().keyPressEvent(event)

    def _tell_selection(self, index: QModelIndex) -> None:
        if index.isValid():
            self.row_selected.emit(self._rows.rows[index.row()].key)
