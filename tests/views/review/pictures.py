"""Evidence to review, drawn on the spot: papers, a scan, an imprint, a small PDF."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPageSize, QPainter, QPdfWriter, QPen


def paper_png(title: str, *, width: int = 900, height: int = 620) -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("#FBF6E6"))
    painter = QPainter(image)
    painter.setPen(QPen(QColor("#A8261B"), 12))
    painter.drawRect(20, 20, width - 40, height - 40)
    font = QFont("WenQuanYi Micro Hei")
    font.setPixelSize(64)
    painter.setFont(font)
    painter.setPen(QColor("#222222"))
    painter.drawText(QRectF(0, 80, width, 100), int(Qt.AlignmentFlag.AlignCenter), title)
    painter.end()
    return encoded(image)


def imprint_png(*, transparent: bool = True, side: int = 480) -> bytes:
    image = QImage(side, side, QImage.Format.Format_RGBA8888)
    image.fill(Qt.GlobalColor.transparent if transparent else QColor("#EFEBE2"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor("#D7261E"), side / 32))
    painter.drawEllipse(QRectF(image.rect()).adjusted(24, 24, -24, -24))
    font = QFont("WenQuanYi Micro Hei")
    font.setPixelSize(side // 4)
    painter.setFont(font)
    painter.drawText(image.rect(), int(Qt.AlignmentFlag.AlignCenter), "★")
    painter.end()
    return encoded(image)


def encoded(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def paper_pdf(text: str) -> bytes:
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setPageSize(QPageSize(QSizeF(210, 297), QPageSize.Unit.Millimeter))
    writer.setPageMargins(QMarginsF(20, 20, 20, 20))
    painter = QPainter(writer)
    font = QFont("WenQuanYi Micro Hei")
    font.setPointSize(24)
    painter.setFont(font)
    painter.drawText(200, 600, text)
    painter.end()
    buffer.close()
    return bytes(content.data())
