"""What all kit widgets share: labels that refuse markup, names for tests and screen readers, a hook for re-dressing.

File names and texts of other people reach the screen, so no label, button or tooltip interprets markup.
"""

import re
from enum import StrEnum
from html import escape

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QLayout, QSizePolicy, QWidget


class Tone(StrEnum):
    """Meaning of a colour; always accompanied by a word or an icon."""

    NEUTRAL = "neutral"
    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    PROBLEM = "problem"


#: Colour token and icon of each tone.
TONE_COLOUR = {
    Tone.NEUTRAL: "muted",
    Tone.INFO: "info",
    Tone.SUCCESS: "success",
    Tone.WARNING: "warning",
    Tone.PROBLEM: "problem",
}
TONE_ICON = {
    Tone.NEUTRAL: "info",
    Tone.INFO: "info",
    Tone.SUCCESS: "circle-check",
    Tone.WARNING: "triangle-alert",
    Tone.PROBLEM: "circle-x",
}

_LINE_HEIGHT = 130
_BREAK = "\u200b"
_LONG_WORD = re.compile(r"[!-~]{16,}")


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set the dynamic property `name` that the style sheet selects by, and have it looked at again."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def clear_layout(layout: QLayout) -> None:
    """Take everything out of `layout`, and out of the layouts in it, and delete the widgets."""
    while (entry := layout.takeAt(0)) is not None:
        inner, widget = entry.layout(), entry.widget()
        if inner is not None:
            clear_layout(inner)
        if widget is not None:
            widget.setParent(None)
            widget.deleteLater()


def announce(widget: QWidget) -> None:
    """Have a screen reader say the accessible name of `widget` now, although the focus is elsewhere."""
    QAccessible.updateAccessibility(QAccessibleEvent(widget, QAccessible.Event.Alert))


def plain_tooltip(text: str) -> str:
    """Return a tooltip that shows `text` as it is, wrapped, with no markup interpreted."""
    return f'<p style="white-space: pre-wrap">{escape(text)}</p>' if text else ""


class KitFrame(QFrame):
    """Base of composite widgets. Subclasses call `self._built()` last in `__init__` and override the two hooks."""

    _is_built = False

    def __init__(self, name: str = "", kind: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        if kind:
            self.setProperty("kind", kind)

    def retranslate(self) -> None:
        """Say the widget's own words again, in the current language."""

    def retheme(self) -> None:
        """Tint icons again, with the current tokens."""

    def _built(self) -> None:
        self._is_built = True
        self.retheme()
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Call the hooks when language or theme change."""
        super().changeEvent(event)
        if not self._is_built:
            return
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.StyleChange:
            self.retheme()


class Label(QLabel):
    """Plain text in one role of the type scale.

    Roles: title, heading, lead, strong, body, muted, warning, caption, error, code.
    Wrapped text needs more air between its lines than QLabel gives plain text, so it is shown as a paragraph, escaped.
    """

    def __init__(
        self, text: str = "", role: str = "body", *, name: str = "", wrap: bool = False, selectable: bool = False
    ) -> None:
        super().__init__()
        self._plain, self._is_paragraph, self._is_copied = "", wrap, selectable
        self.setTextFormat(Qt.TextFormat.RichText if wrap else Qt.TextFormat.PlainText)
        self.setText(text)
        self.setObjectName(name)
        self.setProperty("role", role)
        self.setWordWrap(wrap)
        if not wrap:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        else:
            self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
        if selectable:
            self.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )

    def setText(self, text: str) -> None:
        """Show `text` as it is; nothing in it is taken for markup."""
        self._plain = text
        super().setText(_paragraph(text, breakable=not self._is_copied) if self._is_paragraph else text)

    def text(self) -> str:
        """Return the text as it was set."""
        return self._plain

    def clear(self) -> None:
        """Show nothing."""
        self.setText("")

    def set_tone(self, tone: Tone) -> None:
        """Colour the text by its meaning."""
        restyle(self, "tone", tone.value)

    def set_code(self, *, is_code: bool = True) -> None:
        """Write numbers that are compared character by character in the face where all are equally wide."""
        restyle(self, "face", "code" if is_code else "")


def _paragraph(text: str, *, breakable: bool) -> str:
    # A long file name without blanks may break anywhere; not where it is copied, the mark would be copied with it.
    broken = _LONG_WORD.sub(lambda word: _BREAK.join(word.group()), text) if breakable else text
    lines = escape(broken, quote=False).replace("\n", "<br>")
    return f'<p style="line-height: {_LINE_HEIGHT}%">{lines}</p>' if text else ""


class ElidedLabel(Label):
    """One line that loses its middle when short of room, so that a file's extension stays; the tooltip has it all."""

    def __init__(self, text: str = "", role: str = "body", *, name: str = "") -> None:
        super().__init__(text, role, name=name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """Any width will do."""
        return QSize(48, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Offer the whole text as a tooltip when it does not fit."""
        super().resizeEvent(event)
        self._offer_tooltip()

    def setText(self, text: str) -> None:
        """Set the whole text."""
        super().setText(text)
        self._offer_tooltip()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw as much as fits."""
        painter = QPainter(self)
        area = self.contentsRect()
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, area.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(area, int(self.alignment() | Qt.TextFlag.TextSingleLine), shown)

    def _offer_tooltip(self) -> None:
        fits = self.fontMetrics().horizontalAdvance(self.text()) <= self.contentsRect().width()
        self.setToolTip("" if fits else plain_tooltip(self.text()))


def diagnostic(code: str, detail: str) -> str:
    """Return the text to copy for support: code and technical detail, never contents."""
    return f"BidSeal\ncode: {code}\ndetail: {detail or '-'}"
