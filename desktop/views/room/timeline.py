"""The course of an opening in one line: what is done and when, where it is, what comes. Passive.

Unlike the kit's StepIndicator it holds eight steps in either language: the words stand below the dots.
"""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from desktop.ui.i18n import tr
from desktop.ui.icons import pixmap
from desktop.ui.kit.base import KitFrame
from desktop.ui.theme import current

_DOT = 24.0
_TOP, _GAP, _LINE_PX = 4.0, 8.0, 20.0
_LEAST_STEP_PX = 84
_CHECK_PX, _INSET = 14, 5


class Mark(StrEnum):
    """What has become of a step."""

    DONE = "done"
    HERE = "here"
    AHEAD = "ahead"
    #: It will not come: a lot with too few bids is not opened.
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineStep:
    """One step; `note` is the hour of its end, or what it waits for; may be empty."""

    word: str
    mark: Mark
    note: str = ""


class Timeline(KitFrame):
    """Draws the steps over its whole width; a screen reader hears where it is."""

    def __init__(self, *, name: str) -> None:
        super().__init__(name)
        self._steps: tuple[TimelineStep, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._built()

    @property
    def steps(self) -> tuple[TimelineStep, ...]:
        """What is shown."""
        return self._steps

    def set_steps(self, steps: tuple[TimelineStep, ...]) -> None:
        """Show `steps` in their order."""
        if steps == self._steps:
            return
        self._steps = steps
        here = next((n for n, step in enumerate(steps) if step.mark is Mark.HERE), len(steps) - 1)
        word = steps[here].word if steps else ""
        self.setAccessibleName(
            tr("第 {number} 步, 共 {total} 步: {name}", number=here + 1, total=len(steps), name=word)
        )
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the dots, and two lines of words below."""
        return QSize(_LEAST_STEP_PX * max(len(self._steps), 1), int(_TOP + _DOT + _GAP + 2 * _LINE_PX))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw lines, dots and words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = self.width() / max(len(self._steps), 1)
        for number, step in enumerate(self._steps):
            middle = width * (number + 0.5)
            if number:
                self._draw_line(painter, middle - width, middle, is_done=step.mark in {Mark.DONE, Mark.HERE})
            self._draw_dot(painter, middle, number, step)
            self._draw_words(painter, QRectF(middle - width / 2, _TOP + _DOT + _GAP, width, _LINE_PX), step)

    def _draw_line(self, painter: QPainter, start: float, end: float, *, is_done: bool) -> None:
        colours = current().colours
        painter.setPen(QPen(QColor(colours.primary if is_done else colours.border_strong), 2 if is_done else 1))
        edge, high = _DOT / 2 + _GAP, _TOP + _DOT / 2
        painter.drawLine(QPointF(start + edge, high), QPointF(end - edge, high))

    def _draw_dot(self, painter: QPainter, middle: float, number: int, step: TimelineStep) -> None:
        colours = current().colours
        dot = QRectF(middle - _DOT / 2, _TOP, _DOT, _DOT)
        is_here, is_done = step.mark is Mark.HERE, step.mark is Mark.DONE
        painter.setPen(QColor(colours.primary if is_here or is_done else colours.border_strong))
        painter.setBrush(QColor(colours.primary if is_here else colours.primary_tint if is_done else colours.surface))
        painter.drawEllipse(dot.adjusted(0.5, 0.5, -0.5, -0.5))
        if step.mark in {Mark.DONE, Mark.LEFT_OUT}:
            sign, colour = ("check", colours.primary) if is_done else ("minus", colours.muted)
            picture = pixmap(sign, colour, _CHECK_PX, 2.0)
            painter.drawPixmap(dot.adjusted(_INSET, _INSET, -_INSET, -_INSET), picture, QRectF(picture.rect()))
        else:
            painter.setPen(QColor(colours.on_primary if is_here else colours.muted))
            painter.drawText(dot, int(Qt.AlignmentFlag.AlignCenter), str(number + 1))

    def _draw_words(self, painter: QPainter, line: QRectF, step: TimelineStep) -> None:
        chosen, plain = current(), painter.font()
        font = painter.font()
        font.setBold(step.mark is Mark.HERE)
        painter.setFont(font)
        painter.setPen(QColor(chosen.colours.text if step.mark is not Mark.AHEAD else chosen.colours.muted))
        self._draw_line_of_text(painter, line, step.word)
        font.setBold(False)
        font.setPixelSize(chosen.type.caption)
        painter.setFont(font)
        painter.setPen(QColor(chosen.colours.muted))
        self._draw_line_of_text(painter, line.translated(0, _LINE_PX), step.note)
        painter.setFont(plain)

    @staticmethod
    def _draw_line_of_text(painter: QPainter, line: QRectF, text: str) -> None:
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(line.width()) - 4)
        painter.drawText(line, int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter), shown)
