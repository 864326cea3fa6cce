"""The quiet half of the login page: whose platform this is and what the client is for, drawn on the rail's ground."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui.i18n import tr
from desktop.ui.icons import pixmap
from desktop.ui.kit.base import KitFrame
from desktop.ui.theme import current

_WIDTH = 400
_MARGIN = 40
_ICON = 20
_WRAP = int(Qt.TextFlag.TextWordWrap)


class BrandPane(KitFrame):
    """Product, platform and three promises; one accessible text for all of it."""

    def __init__(self, platform_name: str, parent: QWidget | None = None) -> None:
        super().__init__("brandPane", "", parent)
        self._platform_name = platform_name
        self.setFixedWidth(_WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self._built()

    def retranslate(self) -> None:
        """Tell a screen reader, and draw again."""
        promises = " ".join(text for _, text in _promises())
        self.setAccessibleName(f"{_product()} {self._platform_name} {promises}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw ground, ring and words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(current().colours.rail))
        self._draw_ring(painter)
        bottom = self._draw_words(painter)
        self._draw_promises(painter, bottom + 40)

    def _draw_ring(self, painter: QPainter) -> None:
        """A seal's rings, half out of sight: the theme without the noise."""
        centre = QPointF(self.width() - 40, self.height() - 24)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for radius, width in ((184.0, 10.0), (166.0, 2.0), (96.0, 2.0)):
            painter.setPen(QPen(QColor(current().colours.rail_hover), width))
            painter.drawEllipse(centre, radius, radius)

    def _draw_words(self, painter: QPainter) -> float:
        colours, sizes = current().colours, current().type
        top = max(self.height() * 0.2, 48)
        painter.setPen(QPen(QColor(colours.rail_marker), 3))
        painter.drawLine(QPointF(_MARGIN, top), QPointF(_MARGIN + 32, top))
        top = self._draw_text(painter, top + 24, _product(), colours.rail_text, sizes.title + 4, bold=True)
        return self._draw_text(painter, top + 12, self._platform_name, colours.rail_muted, sizes.lead)

    def _draw_promises(self, painter: QPainter, top: float) -> None:
        colours, sizes = current().colours, current().type
        for icon, text in _promises():
            picture = pixmap(icon, colours.rail_muted, _ICON, self.devicePixelRatioF())
            painter.drawPixmap(QPointF(_MARGIN, top), picture)
            indent = _ICON + 12
            bottom = self._draw_text(painter, top, text, colours.rail_text, sizes.body, indent=indent)
            top = max(bottom, top + _ICON) + 20

    def _draw_text(
        self, painter: QPainter, top: float, text: str, colour: str, pixels: int, *, indent: int = 0, bold: bool = False
    ) -> float:
        font = QFont(self.font())
        font.setPixelSize(pixels)
        font.setWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        room = QRectF(_MARGIN + indent, top, self.width() - 2 * _MARGIN - indent, self.height())
        needed = painter.boundingRect(room, _WRAP, text)
        painter.drawText(needed, _WRAP, text)
        return float(needed.bottom())


def _product() -> str:
    return tr("投标签章客户端")


def _promises() -> tuple[tuple[str, str], ...]:
    return (
        ("smartphone", tr("私钥只在手机里, 证书密码只在手机上输入")),
        ("scan-line", tr("每次登录、签章都在手机上看清再确认")),
        ("shield-check", tr("每次用章都留有记录, 可随时查验")),
    )
