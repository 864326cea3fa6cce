"""Pairs of a word and a fact, one below the other; every fact can be selected and copied."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.ui.kit import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One line; `is_code` = numbers and hashes, in monospace."""

    word: str
    text: str
    is_code: bool = False


class FactGrid(QWidget):
    """Shows facts; keeps its labels, so that a selection survives a redraw."""

    def __init__(self, *, name: str = "", word_width: int = 96) -> None:
        super().__init__()
        self.setObjectName(name)
        self._word_width = word_width
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[Label, Label]] = []

    def show_facts(self, facts: list[Fact]) -> None:
        """Show these and no others."""
        while len(self._rows) < len(facts):
            self._add_row()
        for position, (word, text) in enumerate(self._rows):
            is_used = position < len(facts)
            word.setVisible(is_used)
            text.setVisible(is_used)
            if is_used:
                _show(word, text, facts[position])

    def texts(self) -> list[str]:
        """Return the facts now shown."""
        return [text.text() for _word, text in self._rows if not text.isHidden()]

    def _add_row(self) -> None:
        number = len(self._rows)
        word, text = Label(role="muted", wrap=True), Label(wrap=True, selectable=True)
        word.setFixedWidth(self._word_width)
        top = Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(word, number, 0, top)
        self._grid.addWidget(text, number, 1, top)
        self._rows.append((word, text))


def _show(word: Label, text: Label, fact: Fact) -> None:
    word.setText(fact.word)
    if text.text() != fact.text:
        text.setText(fact.text)
    text.setAccessibleName(f"{fact.word} {fact.text}")
    text.set_code(is_code=fact.is_code)
