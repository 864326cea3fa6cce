"""The scale sheet as a PDF of one page: two frames of marks to stamp into, and a ruler to check the printer by."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QPageSize, QPainter, QPdfWriter, QPen
from PySide6.QtWidgets import QApplication

from desktop.signing.imprint.scale_sheet import FRAMES, PAGE_MM, Frame, mark_cells
from desktop.ui.i18n import tr

FILE_NAME = "印章校准纸.pdf"
_DPI = 1200
_MM = _DPI / 25.4
_RULER_MM = 100


def scale_sheet_pdf() -> bytes:
    """Draw the page in the language of the screen."""
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_DPI)
    writer.setPageSize(QPageSize(QSizeF(*PAGE_MM), QPageSize.Unit.Millimeter))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setTitle(tr("印章校准纸"))
    painter = QPainter(writer)
    painter.scale(_MM, _MM)
    _words(painter, 18, 12, tr("印章校准纸"), size_mm=6.5, is_bold=True)
    how = tr("请按实际大小 (100%) 打印在 A4 白纸上, 不要选“适合页面”。在四个黑色方块之间盖章, 然后用摄像头拍摄。")
    _words(painter, 30, 24, how, size_mm=3.6)
    titles = (tr("企业公章、合同章"), tr("法人章"))
    for frame, title in zip(FRAMES, titles, strict=True):
        _words(painter, frame.y_mm - frame.mark_mm - 9, 8, title, size_mm=4.2, is_bold=True)
        _draw_frame(painter, frame)
    _draw_ruler(painter, 268)
    painter.end()
    buffer.close()
    return bytes(content.data())


def _draw_frame(painter: QPainter, frame: Frame) -> None:
    cell = frame.mark_mm / 6
    for number, x, y in frame.marks():
        for row, cells in enumerate(mark_cells(number)):
            for column, is_black in enumerate(cells):
                if is_black:
                    left, top = frame.x_mm + x + column * cell, frame.y_mm + y + row * cell
                    # A little larger, so that no hair line of white is left between two cells.
                    painter.fillRect(QRectF(left, top, cell + 0.02, cell + 0.02), Qt.GlobalColor.black)


def _draw_ruler(painter: QPainter, top: float) -> None:
    left = (PAGE_MM[0] - _RULER_MM) / 2
    painter.setPen(QPen(QColor("#000000"), 0.2))
    painter.drawLine(QRectF(left, top, _RULER_MM, 0).topLeft(), QRectF(left, top, _RULER_MM, 0).topRight())
    for mm in range(0, _RULER_MM + 1, 10):
        height = 4.0 if mm % 50 == 0 else 2.5
        tick = QRectF(left + mm, top - height, 0, height)
        painter.drawLine(tick.topLeft(), tick.bottomLeft())
    _words(painter, top + 2, 8, tr("打印后请用尺核对: 此线长 100 毫米"), size_mm=3.6)


def _words(painter: QPainter, top: float, height: float, text: str, *, size_mm: float, is_bold: bool = False) -> None:
    """Write centred lines at `top`; sizes in mm."""
    painter.save()
    # Fonts have whole pixels only: written ten times as large.
    painter.scale(0.1, 0.1)
    font = QFont(QApplication.font())
    font.setPixelSize(round(size_mm * 10))
    font.setBold(is_bold)
    painter.setFont(font)
    painter.setPen(QColor("#000000"))
    flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
    painter.drawText(QRectF(250, top * 10, PAGE_MM[0] * 10 - 500, height * 10), flags, text)
    painter.restore()
