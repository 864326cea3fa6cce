"""Pixels of a widget at any ratio of device pixels to logical ones, and what a QR reader makes of them."""

import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget


def draw(widget: QWidget, ratio: float) -> QImage:
    """The widget as a screen of `ratio` would show it."""
    image = QImage(widget.size() * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.magenta)
    painter = QPainter(image)
    widget.render(painter, QPoint(0, 0))
    painter.end()
    return image


def as_array(image: QImage) -> NDArray[np.uint8]:
    """(h, w, 3) uint8 RGB."""
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(rgb.constBits(), np.uint8).reshape(rgb.height(), rgb.bytesPerLine())
    return rows[:, : rgb.width() * 3].reshape(rgb.height(), rgb.width(), 3).copy()


def decode(pixels: NDArray[np.uint8]) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(pixels)]
