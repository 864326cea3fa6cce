"""How strong a login password is, while it is being typed: three bars, a word, and never colour alone."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from desktop.domain.passwords import Strength
from desktop.ui.i18n import tr
from desktop.ui.kit.base import TONE_COLOUR, KitFrame, Label, Tone
from desktop.ui.theme import current

_TONES = {
    Strength.WEAK: Tone.PROBLEM,
    Strength.FAIR: Tone.WARNING,
    Strength.GOOD: Tone.SUCCESS,
    Strength.STRONG: Tone.SUCCESS,
}
_BAR, _GAP, _HEIGHT = 48, 4, 6


def strength_word(strength: Strength) -> str:
    """Return the word for a strength."""
    words = {
        Strength.WEAK: tr("太弱, 不能使用"),
        Strength.FAIR: tr("一般"),
        Strength.GOOD: tr("良好"),
        Strength.STRONG: tr("很强"),
    }
    return words[strength]


class StrengthMeter(KitFrame):
    """Hidden while nothing is typed."""

    def __init__(self, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, "", parent)
        self._strength: Strength | None = None
        self._bars = _Bars()
        self.word = Label(role="caption", name=f"{name}Word")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._bars)
        row.addWidget(self.word, 1)
        self.hide()
        self._built()

    def show_strength(self, strength: Strength | None) -> None:
        """Show a strength, or nothing."""
        self._strength = strength
        self._bars.strength = strength
        self._bars.update()
        self.retranslate()
        self.setVisible(strength is not None)

    def retranslate(self) -> None:
        """Say the word."""
        if self._strength is not None:
            self.word.setText(tr("强度: {word}", word=strength_word(self._strength)))
            self.word.set_tone(_TONES[self._strength])
            self.setAccessibleName(self.word.text())


class _Bars(QWidget):
    """Three bars, of which as many are filled as the password is strong; a weak one fills none."""

    def __init__(self) -> None:
        super().__init__()
        self.strength: Strength | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(3 * _BAR + 2 * _GAP, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.strength is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        filled = QColor(getattr(current().colours, TONE_COLOUR[_TONES[self.strength]]))
        for number in range(3):
            painter.setBrush(filled if number < self.strength else QColor(current().colours.track))
            painter.drawRoundedRect(QRectF(number * (_BAR + _GAP), 0, _BAR, _HEIGHT), 3, 3)
