"""Surfaces and small signs: card, line, banner, chip, verdict, row."""

from collections.abc import Callable
from math import ceil

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from desktop.domain.operations import Verdict
from desktop.ui.i18n import current_language, tr
from desktop.ui.icons import pixmap
from desktop.ui.kit.base import (
    TONE_COLOUR,
    TONE_ICON,
    ElidedLabel,
    KitFrame,
    Label,
    Tone,
    announce,
    diagnostic,
    restyle,
)
from desktop.ui.kit.buttons import LinkButton
from desktop.ui.theme import current

_ROW_PX = 40


class Icon(QLabel):
    """A small picture of the icon set, tinted by a colour token; says nothing to a screen reader."""

    def __init__(self, icon: str = "", colour: str = "muted", size: int = 20) -> None:
        super().__init__()
        self._icon, self._colour, self._size = icon, colour, size
        self.setFixedSize(size, size)
        self.retheme()

    def set_icon(self, icon: str, colour: str) -> None:
        """Show another icon in another colour token."""
        self._icon, self._colour = icon, colour
        self.retheme()

    def changeEvent(self, event: QEvent) -> None:
        """Tint it again in a new theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.retheme()

    def retheme(self) -> None:
        """Tint it again."""
        # Qt may announce a style before our constructor has run.
        if getattr(self, "_icon", ""):
            colour = getattr(current().colours, self._colour)
            self.setPixmap(pixmap(self._icon, colour, self._size, float(ceil(self.devicePixelRatioF()))))


class Card(KitFrame):
    """A white area with an optional heading; put widgets into `body`, buttons beside the heading by `add_action`."""

    def __init__(self, title: str = "", *, name: str = "", padding: int = 24, parent: QWidget | None = None) -> None:
        super().__init__(name, "card", parent)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(padding, padding, padding, padding)
        outer.setSpacing(16)
        self._title = Label(title, "heading")
        self._head = QWidget()
        self._actions = QHBoxLayout(self._head)
        self._actions.setContentsMargins(0, 0, 0, 0)
        self._actions.setSpacing(8)
        self._actions.addWidget(self._title, 1)
        self._head.setVisible(bool(title))
        self.body = QVBoxLayout()
        self.body.setSpacing(16)
        outer.addWidget(self._head)
        outer.addLayout(self.body, 1)
        self._built()

    def set_title(self, title: str) -> None:
        """Set the heading."""
        self._title.setText(title)
        self._head.setVisible(True)

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        """Put `widget` below what is there."""
        self.body.addWidget(widget, stretch)

    def add_action(self, widget: QWidget) -> None:
        """Put `widget` at the right of the heading."""
        self._actions.addWidget(widget)
        self._head.setVisible(True)


class Separator(QFrame):
    """A hair line."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "line")
        self.setFixedHeight(1)


class Banner(KitFrame):
    """A message in its place: hidden until `show_message`; the diagnostic, if any, can be copied.

    `is_narrow` puts the links below the words, for a column at the side that has no room for both beside each other.
    """

    action_triggered = Signal()

    def __init__(self, *, name: str = "banner", is_narrow: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(name, "banner", parent)
        self._tone = Tone.INFO
        self._diagnostic = ""
        self._saying: Callable[[], tuple[str, str]] | None = None
        self._icon = Icon("info", "info")
        self._title = Label(role="strong", wrap=True, selectable=True)
        self._text = Label(role="body", wrap=True, selectable=True)
        self._action = LinkButton(name=f"{name}Action")
        self._copy = LinkButton(icon="copy", name=f"{name}Copy")
        self._action.clicked.connect(self.action_triggered)
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._diagnostic))
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 8)
        row.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._title)
        words.addWidget(self._text)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        for link in (self._action, self._copy):
            if is_narrow:
                words.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
            else:
                row.addWidget(link, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()
        self._built()

    def show_message(self, tone: Tone, title: str, text: str = "", *, action: str = "", diagnostic: str = "") -> None:
        """Show a short sentence, more words below it, a link and a diagnostic to copy; all but the first optional."""
        self._tone, self._diagnostic, self._saying = tone, diagnostic, None
        restyle(self, "tone", tone.value)
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self._copy.setVisible(bool(diagnostic))
        self.setAccessibleName(f"{title} {text}".strip())
        self.retheme()
        self.show()
        announce(self)

    def show_said(self, tone: Tone, say: Callable[[], tuple[str, str]]) -> None:
        """Show the sentence and the words of `say`, and again in each language until something else is shown.

        For what is said once; a page that draws its state draws it in the new language by itself.
        """
        self.show_message(tone, *say())
        self._saying = say

    def show_problem(self, code: str, detail: str = "", *, tone: Tone = Tone.PROBLEM, action: str = "") -> None:
        """Show the catalogue entry of `code`: what, why, next step; `detail` goes into the diagnostic only."""
        from desktop.domain.problems import problem  # a window without one does not wait for the catalogue

        wording = problem(code).wording(current_language())
        self.show_message(tone, wording.title, wording.advice, action=action, diagnostic=diagnostic(code, detail))

    def clear(self) -> None:
        """Say nothing any more."""
        self.hide()

    def retheme(self) -> None:
        """Tint the sign."""
        self._icon.set_icon(TONE_ICON[self._tone], TONE_COLOUR[self._tone])

    def retranslate(self) -> None:
        """Say the copy button's words, and what is said of itself."""
        self._copy.setText(tr("复制诊断信息"))
        if self._saying is not None and not self.isHidden():
            self.show_said(self._tone, self._saying)


class StatusChip(KitFrame):
    """A state in one or two words on a tinted ground."""

    def __init__(
        self, text: str = "", tone: Tone = Tone.NEUTRAL, *, name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(name, "chip", parent)
        self._label = Label(role="caption")
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 10, 0)
        row.addWidget(self._label)
        self.setFixedHeight(24)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.set_status(text, tone)
        self._built()

    def set_status(self, text: str, tone: Tone = Tone.NEUTRAL) -> None:
        """Show another state."""
        self._label.setText(text)
        self._label.set_tone(tone)
        restyle(self, "tone", tone.value)
        self.setAccessibleName(text)


_VERDICTS = {
    Verdict.VALID: (Tone.SUCCESS, "shield-check"),
    Verdict.INVALID: (Tone.PROBLEM, "circle-x"),
    Verdict.CANNOT_TELL: (Tone.WARNING, "circle-question-mark"),
    Verdict.UNSIGNED: (Tone.INFO, "file-text"),
}


def verdict_word(verdict: Verdict) -> str:
    """Return the word for `verdict` in the current language."""
    words = {
        Verdict.VALID: tr("验证通过"),
        Verdict.INVALID: tr("验证不通过"),
        Verdict.CANNOT_TELL: tr("无法判定"),
        Verdict.UNSIGNED: tr("未签名"),
    }
    return words[verdict]


class VerdictBadge(KitFrame):
    """A verdict as icon, word and colour, with one sentence. Hidden until `set_verdict`; "cannot tell" is amber."""

    def __init__(self, *, name: str = "verdict", parent: QWidget | None = None) -> None:
        super().__init__(name, "verdict", parent)
        self._verdict: Verdict | None = None
        self._icon = Icon("shield-check", "success", 32)
        self._word = Label(role="heading")
        self._detail = Label(role="body", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 24, 12)
        row.setSpacing(16)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._word)
        words.addWidget(self._detail)
        row.addWidget(self._icon)
        row.addLayout(words, 1)
        self.hide()
        self._built()

    @property
    def verdict(self) -> Verdict | None:
        """The verdict shown, None while hidden."""
        return self._verdict

    def set_verdict(self, verdict: Verdict | None, detail: str = "") -> None:
        """Show `verdict` and the sentence `detail`; None hides the badge."""
        self._verdict = verdict
        self.setVisible(verdict is not None)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        self.retheme()
        self.retranslate()

    def retheme(self) -> None:
        """Tint sign and word."""
        if self._verdict is not None:
            tone, icon = _VERDICTS[self._verdict]
            restyle(self, "tone", tone.value)
            self._word.set_tone(tone)
            self._icon.set_icon(icon, TONE_COLOUR[tone])

    def retranslate(self) -> None:
        """Say the word."""
        if self._verdict is not None:
            self._word.setText(verdict_word(self._verdict))
            self.setAccessibleName(f"{self._word.text()} {self._detail.text()}".strip())


class ListRow(KitFrame):
    """One thing in a short list: icon, name, small print, state, and a chevron when it can be opened."""

    activated = Signal(str)

    def __init__(self, key: str, *, icon: str = "", name: str = "", opens: bool = True) -> None:
        super().__init__(name, "row")
        self.setProperty("opens", opens)
        self._key, self._opens = key, opens
        self._title = ElidedLabel(role="body")
        self._small = ElidedLabel(role="caption")
        self.chip = StatusChip()
        self.chip.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(12)
        self.setMinimumHeight(_ROW_PX)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._small)
        if icon:
            row.addWidget(Icon(icon))
        row.addLayout(words, 1)
        row.addWidget(self.chip)
        if opens:
            row.addWidget(Icon("chevron-right", size=16))
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._built()

    @property
    def key(self) -> str:
        """What `activated` tells."""
        return self._key

    def set_texts(self, title: str, small: str = "") -> None:
        """Set name and small print."""
        self._title.setText(title)
        self._small.setText(small)
        self._small.setVisible(bool(small))
        # Two lines never share the room of one, however short of it the page is.
        self.setMinimumHeight(max(_ROW_PX, self.sizeHint().height()))
        self.setAccessibleName(f"{title} {small}".strip())

    def set_status(self, text: str, tone: Tone = Tone.NEUTRAL) -> None:
        """Show a state at the right."""
        self.chip.set_status(text, tone)
        self.chip.setVisible(bool(text))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open it."""
        if self._opens and self.rect().contains(event.position().toPoint()):
            self.activated.emit(self._key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open it by Enter or Space."""
        if self._opens and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.activated.emit(self._key)
        else:
            super().keyPressEvent(event)


def scrolled(content: QWidget, *, name: str = "", label: str = "") -> QScrollArea:
    """Return a frameless area that scrolls `content` vertically, called `label` by a screen reader."""
    area = QScrollArea()
    area.setObjectName(name)
    area.setAccessibleName(label or tr("页面内容"))
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    content.setProperty("role", "scrolled")
    area.setWidget(content)
    return area
