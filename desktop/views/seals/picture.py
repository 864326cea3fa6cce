"""Pictures of seals: the imprint on a checker, so that what is transparent can be seen; the scan with the seal marked.

Pictures come from outside: decoded by the format their first bytes claim and never larger than `_MAX_SIDE`.
"""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QImageReader, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.signing.imprint.model import Box
from desktop.ui.theme import current

_MAX_SIDE = 1600
_CHECK = 6
_PADDING = 8
_PALE = 0.35
_MARK_ROOM = 6
_FORMATS = ((b"\x89PNG", "png"), (b"\xff\xd8\xff", "jpeg"))


def decode(content: bytes) -> tuple[QImage, QSize]:
    """Return a PNG or JPEG upright, scaled down where it is large, and the size it had; null when it is neither."""
    kind = next((name for start, name in _FORMATS if content.startswith(start)), "")
    if not kind:
        return QImage(), QSize()
    buffer = QBuffer()
    buffer.setData(QByteArray(content))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(kind.encode("ascii")))
    reader.setAutoTransform(True)
    size = reader.size()
    if max(size.width(), size.height()) > _MAX_SIDE:
        reader.setScaledSize(size.scaled(QSize(_MAX_SIDE, _MAX_SIDE), Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    is_turned = not image.isNull() and (image.width() > image.height()) != (size.width() > size.height())
    return image, size.transposed() if is_turned else size


class SealPicture(QWidget):
    """Draws one picture as large as fits: an imprint on white and grey, or a scan with a frame around `box`."""

    def __init__(self, *, name: str, on_checker: bool, side: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._on_checker = on_checker
        self._content = b""
        self._pixmap, self._scaled = QPixmap(), QPixmap()
        self._full = QSize()
        self._box: Box | None = None
        self._is_pale = False
        if side:
            self.setFixedSize(side, side)
        else:
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def has_picture(self) -> bool:
        """Whether there is something to see."""
        return not self._pixmap.isNull()

    def show_picture(self, content: bytes, *, box: Box | None = None, is_pale: bool = False) -> None:
        """Show the picture of these bytes; empty or unreadable = an empty frame."""
        if content != self._content:
            self._content = content
            image, self._full = decode(content)
            self._pixmap, self._scaled = QPixmap.fromImage(image), QPixmap()
        self._box, self._is_pale = box, is_pale
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw ground, picture and frame."""
        painter = QPainter(self)
        colours = current().colours
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colours.border))
        painter.setBrush(QColor(colours.sunken))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        if not self.has_picture:
            return
        scaled = self._fit()
        size = scaled.deviceIndependentSize()
        place = QPointF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2)
        area = QRectF(place, size)
        if self._on_checker:
            draw_checker(painter, QRectF(self.rect()).adjusted(4, 4, -4, -4))
        painter.setOpacity(_PALE if self._is_pale else 1.0)
        painter.drawPixmap(place, scaled)
        painter.setOpacity(1.0)
        if self._box is not None and self._full.width() > 0:
            self._draw_box(painter, area, self._box)

    def _draw_box(self, painter: QPainter, area: QRectF, box: Box) -> None:
        factor = area.width() / self._full.width()
        frame = QRectF(
            area.left() + box.x * factor, area.top() + box.y * factor, box.width * factor, box.height * factor
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(28, 74, 128), 2))
        painter.drawRoundedRect(frame.adjusted(-_MARK_ROOM, -_MARK_ROOM, _MARK_ROOM, _MARK_ROOM), 4, 4)

    def _fit(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        room = (QSize(self.width() - 2 * _PADDING, self.height() - 2 * _PADDING) * ratio).expandedTo(QSize(1, 1))
        wanted = self._pixmap.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        if self._scaled.size() != wanted:
            smooth = Qt.TransformationMode.SmoothTransformation
            self._scaled = self._pixmap.scaled(wanted, Qt.AspectRatioMode.KeepAspectRatio, smooth)
            self._scaled.setDevicePixelRatio(ratio)
        return self._scaled


def draw_checker(painter: QPainter, area: QRectF) -> None:
    """Draw white and light grey squares, also in dark mode: this is how the imprint will lie on paper."""
    painter.save()
    painter.setClipRect(area)
    painter.fillRect(area, Qt.GlobalColor.white)
    grey = QColor(232, 232, 232)
    for row in range(int(area.height() // _CHECK) + 1):
        for column in range(row % 2, int(area.width() // _CHECK) + 1, 2):
            painter.fillRect(QRectF(area.left() + column * _CHECK, area.top() + row * _CHECK, _CHECK, _CHECK), grey)
    painter.restore()
