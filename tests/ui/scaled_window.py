"""Run with QT_SCALE_FACTOR set: the shell with its QR card at odd places; prints what the pixels of the window say."""

import json
import sys

import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

from desktop.ui import theme
from desktop.ui.gallery_sheets import shell
from desktop.ui.qr_code import QrCode
from desktop.ui.tokens import Mode
from tests.ui.pixels import as_array, decode


def main() -> None:
    app = QApplication(["scaled"])
    theme.apply(app, Mode.DARK)
    window = shell()
    window.resize(1283, 777)
    window.show()
    for _ in range(3):
        app.processEvents()
    code = window.page("stamp").findChild(QrCode)
    image = window.grab().toImage()
    ratio = image.devicePixelRatio()
    corner = code.mapTo(window, QPoint(0, 0))
    left, top, side = int(corner.x() * ratio) + 16, int(corner.y() * ratio) + 16, int(code.width() * ratio) - 32
    grey = as_array(image)[top : top + side, left : left + side, 0]
    _, columns = np.nonzero(grey == 0)
    told = {
        "ratio": ratio,
        "texts": decode(as_array(image)),
        "greys": [int(grey_level) for grey_level in np.unique(grey)],
        "symbol_px": int(columns.max() - columns.min() + 1),
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
