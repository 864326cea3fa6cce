"""Line icons, drawn from SVG files in the colour that the place asks for.

QtSvg draws `currentColor` black, so the word is replaced by the colour before rendering (measured, facts of the
dependencies). Refuses unknown names at once: a missing icon is our bug, not an empty square on screen.
"""

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop.domain.errors import MisuseError
from desktop.ui.resources import ICONS

#: What buttons and menus use; a size between is scaled from the next one.
_SIZES = (16, 20)
_RATIOS = (1, 2)


@lru_cache(maxsize=256)
def icon(name: str, colour: str, disabled_colour: str = "", room: int = 0) -> QIcon:
    """Return the icon `name` in `colour` (`#RRGGBB`), for buttons and menus.

    `room` pixels at its right stay free: a style puts the words of a button hard by its icon.

    Raises:
        MisuseError: there is no such icon.
    """
    made = QIcon()
    for size in _SIZES:
        for ratio in _RATIOS:
            made.addPixmap(_roomy(pixmap(name, colour, size, float(ratio)), room), QIcon.Mode.Normal)
            if disabled_colour:
                made.addPixmap(_roomy(pixmap(name, disabled_colour, size, float(ratio)), room), QIcon.Mode.Disabled)
    return made


def untinted(picture: QPixmap) -> QIcon:
    """Return a picture for a list; what it shows keeps its colours where the line is chosen."""
    made = QIcon()
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
        made.addPixmap(picture, mode)
    return made


def _roomy(drawn: QPixmap, room: int) -> QPixmap:
    if not room:
        return drawn
    ratio = drawn.devicePixelRatio()
    wide = QPixmap(drawn.width() + round(room * ratio), drawn.height())
    wide.setDevicePixelRatio(ratio)
    wide.fill(Qt.GlobalColor.transparent)
    painter = QPainter(wide)
    painter.drawPixmap(0, 0, drawn)
    painter.end()
    return wide


@lru_cache(maxsize=512)
def pixmap(name: str, colour: str, size: int, ratio: float = 1.0, folder: Path = ICONS) -> QPixmap:
    """Draw the icon `name` into `size` × `size` logical pixels at `ratio` device pixels each."""
    renderer = QSvgRenderer(QByteArray(_coloured(name, colour, folder)))
    drawn = QPixmap(QSize(size, size) * ratio)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, drawn.width(), drawn.height()))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn


def _coloured(name: str, colour: str, folder: Path) -> bytes:
    path = folder / f"{name}.svg"
    if not path.is_file():
        raise MisuseError("general.unexpected", f"no icon {name}")
    return path.read_bytes().replace(b"currentColor", colour.encode("ascii"))
