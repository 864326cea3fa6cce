"""The picture of a webcam with the frame into which a code is held: whole, mirrored as one sees oneself in a mirror.

A sheet on the table is shown as it lies (`is_mirrored=False`): nobody finds himself in it.

Only shows; refuses to keep a picture after `clear`, so that nothing of the room stays on screen when the camera is off.
"""

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui.theme import current

_FRAME_SHARE = 0.72
_ARM_SHARE = 0.16
_PEN = 3.0
_HALO = 6.0


class Viewfinder(QWidget):
    """Letterboxed preview; `flash` answers a code that was read."""

    def __init__(self, *, name: str = "viewfinder", is_mirrored: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_mirrored = is_mirrored
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._image: QImage | None = None
        self._flash = QTimer(self)
        self._flash.setSingleShot(True)
        self._flash.setInterval(current().durations.motion)
        self._flash.timeout.connect(self.update)

    @property
    def image(self) -> QImage | None:
        """The picture now shown, as the camera gave it."""
        return self._image

    def show_image(self, image: QImage) -> None:
        """Show `image` in place of the one before."""
        self._image = image
        self.update()

    def clear(self) -> None:
        """Show nothing and forget the picture."""
        self._image = None
        self._flash.stop()
        self.update()

    def flash(self) -> None:
        """Colour the frame for a moment."""
        self._flash.start()
        self.update()

    def picture_rect(self) -> QRectF:
        """The place of the picture: the whole of it, as large as fits."""
        room = QRectF(self.rect())
        if self._image is None or self._image.isNull():
            return room
        size = self._image.deviceIndependentSize().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(QPointF(0, 0), size)
        place.moveCenter(room.center())
        return place

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw ground, picture and frame."""
        look = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()), look.radii.control, look.radii.control)
        painter.setClipPath(outline)
        painter.fillPath(outline, QColor(look.colours.rail))
        if self._image is not None:
            place = self.picture_rect()
            painter.save()
            if self._is_mirrored:
                painter.translate(place.left() + place.right(), 0)
                painter.scale(-1, 1)
            painter.drawImage(place, self._image)
            painter.restore()
        is_flashing = self._flash.isActive()
        # Over a picture of any brightness: a light line on a dark one.
        self._draw_frame(painter, QColor(0, 0, 0, 110), _HALO)
        self._draw_frame(painter, QColor("#34D399" if is_flashing else "#FFFFFF"), _PEN)

    def _draw_frame(self, painter: QPainter, colour: QColor, width: float) -> None:
        place = self.picture_rect()
        side = min(place.width(), place.height()) * _FRAME_SHARE
        frame = QRectF(0, 0, side, side)
        frame.moveCenter(place.center())
        arm = side * _ARM_SHARE
        painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        for corner, right, down in (
            (frame.topLeft(), 1, 1),
            (frame.topRight(), -1, 1),
            (frame.bottomLeft(), 1, -1),
            (frame.bottomRight(), -1, -1),
        ):
            painter.drawLine(QLineF(corner, corner + QPointF(right * arm, 0)))
            painter.drawLine(QLineF(corner, corner + QPointF(0, down * arm)))
