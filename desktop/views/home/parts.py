"""The home page's parts: one row for each need, a tile for each everyday job."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.ui.icons import pixmap
from desktop.ui.kit.base import TONE_COLOUR, KitFrame, Label, Tone
from desktop.ui.kit.buttons import IconButton, KitButton, PrimaryButton, SecondaryButton
from desktop.ui.kit.progress import Countdown
from desktop.ui.kit.surfaces import Icon
from desktop.ui.theme import current
from desktop.views.home.words import NeedWords

_DISC = 40


class Disc(KitFrame):
    """An icon on a tinted disc: the tone is told by the words beside it as well."""

    def __init__(self, icon: str, tone: Tone) -> None:
        super().__init__()
        self._icon, self._tone = icon, tone
        self.setFixedSize(_DISC, _DISC)
        self._built()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw disc and icon."""
        colours = current().colours
        name = TONE_COLOUR[self._tone]
        ground = colours.sunken if self._tone is Tone.NEUTRAL else getattr(colours, f"{name}_ground")
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        painter.drawEllipse(QRectF(self.rect()))
        side = _DISC // 2
        picture = pixmap(self._icon, getattr(colours, name), side, self.devicePixelRatioF())
        painter.drawPixmap((_DISC - side) // 2, (_DISC - side) // 2, picture)


class NeedRow(QWidget):
    """What needs attention, and the one action for it; an interrupted operation can also be put away.

    With a `countdown` the time left stands before the action.
    """

    acted = Signal()
    dismissed = Signal()

    def __init__(
        self, name: str, words: NeedWords, *, is_first: bool, dismiss: str = "", countdown: Countdown | None = None
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        kind: type[KitButton] = PrimaryButton if is_first else SecondaryButton
        self.action = kind(words.action, name=f"{name}Action")
        self.action.clicked.connect(self.acted)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addStretch()
        texts.addWidget(Label(words.title, "lead", wrap=True))
        texts.addWidget(Label(words.text, "muted", wrap=True))
        texts.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 16, 24, 16)
        row.setSpacing(16)
        row.addWidget(Disc(words.icon, words.tone), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(texts, 1)
        if countdown is not None:
            row.addWidget(countdown, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.action, 0, Qt.AlignmentFlag.AlignVCenter)
        if dismiss:
            away = IconButton("x", dismiss, name=f"{name}Dismiss")
            away.clicked.connect(self.dismissed)
            row.addWidget(away, 0, Qt.AlignmentFlag.AlignVCenter)


class Tile(KitFrame):
    """A large way to an everyday job; pressed by mouse, Enter or Space."""

    activated = Signal()

    def __init__(self, name: str, icon: str) -> None:
        super().__init__(name, "card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._title = Label(role="lead")
        self._text = Label(role="muted", wrap=True)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addStretch()
        texts.addWidget(self._title)
        texts.addWidget(self._text)
        texts.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 16, 16, 16)
        row.setSpacing(16)
        row.addWidget(Icon(icon, "primary", 24))
        row.addLayout(texts, 1)
        row.addWidget(Icon("chevron-right", size=16))
        self._built()

    def set_words(self, title: str, text: str) -> None:
        """Set the job and a sentence on it."""
        self._title.setText(title)
        self._text.setText(text)
        self.setAccessibleName(f"{title} {text}")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show where the keyboard is."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(current().colours.focus), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 12, 12)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        if self.rect().contains(event.position().toPoint()):
            self.activated.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go there by Enter or Space."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.activated.emit()
        else:
            super().keyPressEvent(event)
