"""The large figures over a room: how many have signed in, bid, delivered; and how long there is. Passive."""

from datetime import datetime

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from desktop.domain.clock import Clock
from desktop.ui.i18n import tr
from desktop.ui.kit import Countdown, KitFrame, Label, restyle

_FIGURE_PX = 80


class Figure(KitFrame):
    """A number with a word above it; `<name>Value` is the number."""

    def __init__(self, *, name: str) -> None:
        super().__init__(name)
        self.word = Label(role="muted")
        self.value = Label(role="title", name=f"{name}Value")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.word)
        column.addWidget(self.value)
        self._built()

    def set_texts(self, word: str, value: str) -> None:
        """Say what it is, and how much."""
        self.word.setText(word)
        self.value.setText(value)
        self.setAccessibleName(f"{word} {value}")


class TimeLeft(KitFrame):
    """The time left by the platform's clock, as large as the figures, and until when."""

    def __init__(self, clock: Clock, *, name: str) -> None:
        super().__init__(name)
        self.word = Label(role="muted", name=f"{name}Word")
        self.countdown = Countdown(clock, name=f"{name}Value")
        restyle(self.countdown, "role", "title")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.word)
        column.addWidget(self.countdown)
        self._built()

    def show_end(self, word: str, end: datetime | None) -> None:
        """Count towards `end`, None for nothing to wait for."""
        self.word.setText(word)
        self.countdown.set_deadline(end)
        self.setVisible(end is not None)
        self.setAccessibleName(word)


class FigureRow(KitFrame):
    """Up to four figures in a row, and the time left at the right."""

    MOST = 4

    def __init__(self, clock: Clock, *, name: str) -> None:
        super().__init__(name)
        self.figures = tuple(Figure(name=f"{name}_{number}") for number in range(self.MOST))
        self.left = TimeLeft(clock, name=f"{name}Left")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(40)
        for figure in self.figures:
            figure.setMinimumWidth(_FIGURE_PX)
            row.addWidget(figure)
        row.addWidget(self.left)
        row.addStretch()
        self._built()

    def show_figures(
        self, figures: tuple[tuple[str, str], ...], *, until: str = "", end: datetime | None = None
    ) -> None:
        """Show (word, value) pairs, and the time left until `end`, which `until` words."""
        for number, figure in enumerate(self.figures):
            is_there = number < len(figures)
            figure.setVisible(is_there)
            if is_there:
                figure.set_texts(*figures[number])
        self.left.show_end(until, end)

    def retranslate(self) -> None:
        """Say to a screen reader what these are."""
        self.setAccessibleName(tr("开标进展"))
