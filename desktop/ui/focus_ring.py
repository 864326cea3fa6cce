"""Shows where the keyboard is on what has no look of its own for it: tables, lists, areas that scroll, drawings.

A frame is laid over the widget that has the focus; it takes no room and no mouse. Fields, buttons and rows show their
focus by the style sheet. Source: WCAG 2.2, 2.4.7.
"""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QPlainTextEdit, QTextEdit, QWidget
from shiboken6 import isValid

from desktop.ui.theme import current

#: Property of a widget of another kind that asks for the frame.
WANTS_RING = "wantsFocusRing"
_WIDTH, _RADIUS = 2, 4


class FocusRing(QWidget):
    """The frame over one widget."""

    def __init__(self, target: QWidget) -> None:
        super().__init__(target)
        self.setObjectName("focusRing")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setGeometry(target.rect())
        target.installEventFilter(self)
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as the widget."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the frame."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(current().colours.focus), _WIDTH))
        inset = _WIDTH / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), _RADIUS, _RADIUS)


class FocusRings(QObject):
    """Moves the frame with the focus, in all windows of the application."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._ring: FocusRing | None = None
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._move)

    def _move(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self._ring is not None and isValid(self._ring):
            self._ring.hide()
            self._ring.deleteLater()
        self._ring = FocusRing(new) if new is not None and wants_ring(new) else None


def wants_ring(widget: QWidget) -> bool:
    """Tell whether nothing else shows the focus of `widget`."""
    if isinstance(widget, QPlainTextEdit | QTextEdit):
        return False
    return isinstance(widget, QAbstractScrollArea) or bool(widget.property(WANTS_RING))
