"""The page with the seals on it: shows, takes clicks and drags in millimetres, decides nothing."""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QCursor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.documents import PageSize, RenderedPage
from desktop.services.placing import Placement
from desktop.ui.focus_ring import WANTS_RING
from desktop.ui.i18n import tr
from desktop.ui.theme import current

_MARGIN_PX = 24
_NUDGE_MM = 1.0
_FINE_MM = 0.1
_ARROWS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}


def image_of(page: RenderedPage) -> QImage:
    """Return a page picture that owns its pixels."""
    return QImage(page.pixels, page.width, page.height, page.stride, QImage.Format.Format_RGB888).copy()


class PageCanvas(QWidget):
    """One page. Signals carry millimetres from the top left corner of the page as displayed."""

    clicked_at = Signal(float, float)
    moved = Signal(int, float, float)
    selected = Signal(int)
    remove_requested = Signal()
    zoom_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pageCanvas")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty(WANTS_RING, True)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._size = PageSize(width_mm=210.0, height_mm=297.0)
        self._picture: QPixmap | None = None
        self._placed: tuple[tuple[int, Placement], ...] = ()
        self._selected = -1
        self._can_place = False
        self._scale = 1.0
        self._grab: tuple[int, QPointF] | None = None
        self._stamps: dict[str, QPixmap] = {}

    @property
    def pixels_per_mm(self) -> float:
        """The scale on screen, in device independent pixels."""
        return self._scale

    def show_page(self, size: PageSize, width_px: int) -> None:
        """Lay the page out `width_px` wide; its picture follows by `set_picture`."""
        self._size = size
        self._scale = width_px / size.width_mm
        self._picture = None
        self.setFixedSize(width_px + 2 * _MARGIN_PX, round(size.height_mm * self._scale) + 2 * _MARGIN_PX)
        self.update()

    def set_picture(self, page: RenderedPage) -> None:
        """Show the drawn page."""
        self._picture = QPixmap.fromImage(image_of(page))
        self.update()

    def set_placed(self, placed: tuple[tuple[int, Placement], ...], selected: int, *, can_place: bool) -> None:
        """Show the imprints of this page, each with its number."""
        self._placed, self._selected, self._can_place = placed, selected, can_place
        self.setAccessibleName(tr("页面, 已放置 {count} 个印章", count=len(placed)))
        self.update()

    def point_at(self, x_mm: float, y_mm: float) -> QPointF:
        """Return where a point of the page is on this widget."""
        return QPointF(_MARGIN_PX + x_mm * self._scale, _MARGIN_PX + y_mm * self._scale)

    # -- painting --------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw paper, page picture, imprints and the frame of the selected one."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        paper = QRectF(_MARGIN_PX, _MARGIN_PX, self._size.width_mm * self._scale, self._size.height_mm * self._scale)
        painter.fillRect(paper.translated(0, 2), QColor(0, 0, 0, 40))
        painter.fillRect(paper, Qt.GlobalColor.white)
        if self._picture is not None:
            painter.drawPixmap(paper, self._picture, QRectF(self._picture.rect()))
        for number, placed in self._placed:
            area = self._area(placed)
            painter.drawPixmap(area, self._stamp(placed), self._part(placed))
            if number == self._selected:
                painter.setPen(QPen(QColor(current().colours.focus), 2, Qt.PenStyle.DashLine))
                painter.drawRect(area)

    def _area(self, placed: Placement) -> QRectF:
        corner = self.point_at(placed.x_mm, placed.y_mm)
        return QRectF(corner.x(), corner.y(), placed.width_mm * self._scale, placed.height_mm * self._scale)

    def _part(self, placed: Placement) -> QRectF:
        """Return what of the seal's picture is drawn: all of it, or the columns of a strip."""
        picture, strip = self._stamp(placed), placed.strip
        if strip is None:
            return QRectF(picture.rect())
        return QRectF(strip.start, 0, strip.stop - strip.start, picture.height())

    def _stamp(self, placed: Placement) -> QPixmap:
        key = placed.seal.seal_id
        if key not in self._stamps:
            self._stamps[key] = QPixmap.fromImage(QImage.fromData(placed.seal.imprint_png))
        return self._stamps[key]

    # -- mouse and keys --------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select what is under the mouse; on the bare page, or with Ctrl over a seal, put the seal in hand there."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        over = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier) and self._can_place
        hit = None if over else self._hit(event.position())
        if hit is not None:
            number, placed = hit
            self._grab = (number, event.position() - self._area(placed).topLeft())
            self.selected.emit(number)
            return
        x_mm, y_mm = self._to_mm(event.position())
        if self._can_place and 0 <= x_mm <= self._size.width_mm and 0 <= y_mm <= self._size.height_mm:
            self.clicked_at.emit(x_mm, y_mm)
        else:
            self.selected.emit(-1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the grabbed imprint."""
        if self._grab is not None:
            number, offset = self._grab
            self.moved.emit(number, *self._to_mm(event.position() - offset))
            return
        over = self._hit(event.position()) is not None
        shape = Qt.CursorShape.SizeAllCursor if over else Qt.CursorShape.CrossCursor
        self.setCursor(QCursor(shape if over or self._can_place else Qt.CursorShape.ArrowCursor))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go."""
        self._grab = None

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let go as well when the window loses the mouse."""
        self._grab = None
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the selected imprint by 1 mm (0.1 mm with Shift), delete it, or place the seal by Enter."""
        key = Qt.Key(event.key())
        chosen = next((p for n, p in self._placed if n == self._selected), None)
        if chosen is not None and key in _ARROWS:
            dx, dy = _ARROWS[key]
            step = _FINE_MM if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _NUDGE_MM
            self.moved.emit(self._selected, chosen.x_mm + dx * step, chosen.y_mm + dy * step)
        elif chosen is not None and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_requested.emit()
        elif self._can_place and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.clicked_at.emit(self._size.width_mm * 0.75, self._size.height_mm * 0.8)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl; otherwise the scroll area scrolls."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_requested.emit(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    def _hit(self, point: QPointF) -> tuple[int, Placement] | None:
        return next(((n, p) for n, p in reversed(self._placed) if self._area(p).contains(point)), None)

    def _to_mm(self, point: QPointF) -> tuple[float, float]:
        return (point.x() - _MARGIN_PX) / self._scale, (point.y() - _MARGIN_PX) / self._scale
