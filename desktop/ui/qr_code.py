"""A text as a QR code that any camera reads: black on white in every theme, whole device pixels per module.

The quiet zone is four modules (ISO/IEC 18004 §6.3.8). The code with its quiet zone is at least 260 logical pixels wide
up to version 13. Refuses to keep a text after `clear`: a claimed code leaves the memory of the widget as well.
"""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui.theme import current

QUIET_MODULES = 4
_VEIL_GRID = 26


class QrCode(QWidget):
    """Shows one code, nothing after `clear`, or a veil that holds nothing of the code while `is_veiled`."""

    def __init__(self, *, name: str = "qrCode", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        side = current().sizes.qr
        self.setFixedSize(side, side)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._text = ""
        self._modules: QImage | None = None
        self._mask: int | None = None
        self._is_veiled = False

    def sizeHint(self) -> QSize:
        """The fixed side."""
        return self.size()

    def set_payload(self, text: str) -> None:
        """Show `text`; about 1 ms for what a ceremony shows, so it may change each second."""
        if text == self._text:
            return
        # Choosing among eight masks is most of the work; the one chosen first serves the codes that follow.
        import segno  # when the first code is shown; no window waits for it

        code = segno.make(text, error="m", micro=False, boost_error=False, mask=self._mask)
        self._mask = code.mask
        self._text = text
        self._modules = _image(code.matrix)
        self.update()

    def clear(self) -> None:
        """Show nothing and forget the text."""
        self._text, self._modules, self._mask = "", None, None
        self.update()

    def set_veiled(self, *, veiled: bool) -> None:
        """Hide the code behind a blurred pattern that is the same for every code."""
        self._is_veiled = veiled
        self.update()

    @property
    def has_code(self) -> bool:
        """Whether a readable code is on screen."""
        return self._modules is not None and not self._is_veiled

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the white ground, then the modules."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#FFFFFF"))
        painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        if self._is_veiled:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            inner = QRectF(self.rect()).adjusted(24, 24, -24, -24)
            painter.drawImage(inner, _veil())
        elif self._modules is not None:
            painter.drawImage(self._target(painter, self._modules.width()), self._modules)

    def _target(self, painter: QPainter, modules: int) -> QRectF:
        """Return the place of the code in logical pixels, whose edges fall on device pixels."""
        to_device = painter.deviceTransform()
        ratio = to_device.m11()
        per_module = int(min(self.width(), self.height()) * ratio) // (modules + 2 * QUIET_MODULES)
        side = per_module * modules
        origin = to_device.map(QPointF(0, 0))
        left = round(origin.x() + (self.width() * ratio - side) / 2)
        top = round(origin.y() + (self.height() * ratio - side) / 2)
        inverted, _ = to_device.inverted()
        return inverted.mapRect(QRectF(left, top, side, side))


def modules(text: str) -> tuple[bytearray, ...]:
    """Return the code that `QrCode` shows for `text`, rows of 0 and 1, without quiet zone."""
    import segno

    return segno.make(text, error="m", micro=False, boost_error=False).matrix


def _image(matrix: tuple[bytearray, ...]) -> QImage:
    """Return one pixel per module, without quiet zone."""
    side = len(matrix)
    pixels = b"".join(bytes(0 if module else 255 for module in row) for row in matrix)
    return QImage(pixels, side, side, side, QImage.Format.Format_Grayscale8).copy()


def _veil() -> QImage:
    """Return a pattern of greys that looks like a code out of focus when stretched."""
    pixels = bytes(_grey(x, y) for y in range(_VEIL_GRID) for x in range(_VEIL_GRID))
    return QImage(pixels, _VEIL_GRID, _VEIL_GRID, _VEIL_GRID, QImage.Format.Format_Grayscale8).copy()


def _grey(x: int, y: int) -> int:
    # Digits of a scrambled position: even enough to look random, the same each time.
    return 236 if (x * 2654435761 ^ y * 2246822519 ^ x * y * 40503) >> 7 & 1 else 164
