"""Scan and imprint one over the other: side by side is not enough to see a stroke that differs. Passive.

Ways of looking: overlaid (the imprint half transparent over the seal on the scan), blinking from one to the other, and
each alone. Space or Enter changes by hand what blinking changes by itself.
"""

from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QImage, QKeyEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.domain.problems import running
from desktop.signing.imprint.comparison import Comparison
from desktop.signing.imprint.model import QualityReason
from desktop.ui.i18n import tr
from desktop.ui.kit.base import KitFrame, Label, Tone
from desktop.ui.kit.buttons import SegmentedControl
from desktop.ui.kit.surfaces import StatusChip
from desktop.ui.theme import current

_BLINK_MS = 600
_HEIGHT = 260
_OVERLAY = 0.55
_PADDING = 12


class Look(StrEnum):
    """How the two are shown."""

    OVERLAY = "overlay"
    BLINK = "blink"
    SCAN = "scan"
    IMPRINT = "imprint"


class Overlay(QWidget):
    """Draws the seal on the scan, the imprint, or both."""

    def __init__(self, *, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setMinimumHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._ground, self._imprint = QPixmap(), QPixmap()
        self.look = Look.OVERLAY
        self.shows_imprint = False

    def show_pictures(self, ground: bytes, imprint: bytes) -> None:
        """Take the two pictures; empty = none."""
        self._ground = QPixmap.fromImage(QImage.fromData(ground))
        self._imprint = QPixmap.fromImage(QImage.fromData(imprint))
        self.update()

    def change(self) -> None:
        """Show the other of the two."""
        self.shows_imprint = not self.shows_imprint
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Change by Space or Enter."""
        if event.key() in {Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.change()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw what is looked at, on white as on paper."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        colours = current().colours
        painter.setPen(QColor(colours.focus if self.hasFocus() else colours.border))
        painter.setBrush(QColor(colours.sunken))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        if self._ground.isNull():
            return
        room = QSize(self.width() - 2 * _PADDING, self.height() - 2 * _PADDING).expandedTo(QSize(1, 1))
        size = self._ground.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(QPointF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2), size)
        painter.fillRect(place, Qt.GlobalColor.white)
        is_imprint = self.look is Look.IMPRINT or (self.look is Look.BLINK and self.shows_imprint)
        if not is_imprint:
            painter.drawPixmap(place, self._ground, QRectF(self._ground.rect()))
        if is_imprint:
            painter.drawPixmap(place, self._imprint, QRectF(self._imprint.rect()))
        elif self.look is Look.OVERLAY:
            # In a colour that no ink has, so that what differs keeps the colour of its ink.
            painter.setOpacity(_OVERLAY)
            painter.drawPixmap(place, _tinted(self._imprint), QRectF(self._imprint.rect()))


class ComparePane(KitFrame):
    """The overlay with its ways of looking, and whether the imprint comes from the scan."""

    def __init__(self, *, name: str = "compare") -> None:
        super().__init__(f"{name}Pane")
        self._comparison: Comparison | None = None
        self._is_expected = False
        self.title = Label(role="label")
        self.chip = StatusChip(name=f"{name}Verdict")
        self.looks = SegmentedControl(name=f"{name}Look")
        self.overlay = Overlay(name=f"{name}Overlay")
        self.note = Label(role="caption", wrap=True, name=f"{name}Note")
        self._blink = QTimer(self)
        self._blink.setInterval(_BLINK_MS)
        self._blink.timeout.connect(self.overlay.change)
        self.looks.chosen.connect(lambda look: self.choose(Look(look)))
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self.title)
        head.addWidget(self.chip)
        head.addStretch(1)
        head.addWidget(self.looks)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.overlay, 1)
        column.addWidget(self.note)
        self._built()

    def choose(self, look: Look) -> None:
        """Look in another way."""
        self.overlay.look = look
        if look is Look.BLINK and self.isVisible():
            self._blink.start()
        else:
            self._blink.stop()
        self.overlay.update()
        self.retranslate()

    def show_comparison(self, comparison: Comparison | None) -> None:
        """Show what was found; None = still being compared."""
        if comparison is not self._comparison:
            self._comparison = comparison
            shown = comparison or Comparison(overlap=None)
            self.overlay.show_pictures(shown.ground_png, shown.imprint_png)
        self.retranslate()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop blinking unseen."""
        super().hideEvent(event)
        self._blink.stop()
        self.overlay.look = Look.OVERLAY if self.overlay.look is Look.BLINK else self.overlay.look

    def retranslate(self) -> None:
        """Say everything in the current language."""
        self.title.setText(tr("比对"))
        self.looks.set_options(
            [
                (Look.OVERLAY.value, tr("叠加")),
                (Look.BLINK.value, tr("交替闪烁")),
                (Look.SCAN.value, tr("扫描件")),
                (Look.IMPRINT.value, tr("印模")),
            ]
        )
        self.looks.set_current(self.overlay.look.value)
        self.overlay.setAccessibleName(tr("扫描件与印模比对"))
        self.chip.set_status(*_verdict(self._comparison))
        self.note.setText(_note(self._comparison, self.overlay.look))


def _verdict(comparison: Comparison | None) -> tuple[str, Tone]:
    if comparison is None:
        return tr("正在比对…"), Tone.NEUTRAL
    if comparison.overlap is None:
        return tr("无法比对"), Tone.WARNING
    percent = f"{comparison.overlap * 100:.0f}%"
    if comparison.is_same:
        return tr("与扫描件一致 {percent}", percent=percent), Tone.SUCCESS
    return tr("与扫描件不一致 {percent}", percent=percent), Tone.PROBLEM


def _note(comparison: Comparison | None, look: Look) -> str:
    if comparison is None:
        return ""
    if comparison.overlap is None:
        return tr("扫描件中没有找到印章, 请对照两张图片判断。")
    words = [] if comparison.is_same else [tr("提交的印模不是从这张扫描件截取的, 请勿通过。")]
    if comparison.width_mm is not None and comparison.height_mm is not None:
        size = f"{comparison.width_mm:.1f} × {comparison.height_mm:.1f}"
        words.append(tr("扫描件上量得 {size} 毫米。", size=size))
    if QualityReason.SEVERAL_SEALS in comparison.reasons:
        words.append(tr("扫描件中有多枚印章。"))
    if look is Look.OVERLAY:
        words.append(tr("蓝绿色为印模; 露出原色的笔画只在扫描件中。"))
    return running(*words)


def _tinted(pixmap: QPixmap) -> QPixmap:
    """Return the imprint in one colour, its transparency kept."""
    tinted = QPixmap(pixmap.size())
    tinted.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tinted)
    painter.drawPixmap(0, 0, pixmap)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(tinted.rect(), QColor(0, 140, 130))
    painter.end()
    return tinted
