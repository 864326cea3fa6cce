"""A card that shows one model: heading, form, and in its place what went wrong. Passive."""

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.ui.kit.base import Label
from desktop.ui.kit.surfaces import Banner, Card
from desktop.ui.page import PageState, ViewModel

WORD_WIDTH = 112

StateT = TypeVar("StateT", bound=PageState)


class FormCard(Card, Generic[StateT]):
    """Subclasses build on `body`, call `bind(model)` last, and say everything in `show_state`, `tr` included."""

    _current: Callable[[], StateT] | None = None  # the card says its words before it has a model

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self.banner = Banner(name=f"{name}Banner")
        self._problem = ("", "")
        self.add(self.banner)

    def bind(self, model: ViewModel[StateT]) -> None:
        """Show `model` now and whenever it changes; a model without a parent becomes this card's."""
        if model.parent() is None:
            model.setParent(self)
        self._current = lambda: model.state
        model.changed.connect(self._show)
        self._show()

    def show_state(self, state: StateT) -> None:
        """Draw `state`; called on each change and in each language."""
        raise NotImplementedError

    def retranslate(self) -> None:
        """Say everything again."""
        self._show()

    def _show(self) -> None:
        if self._current is None:
            return
        state = self._current()
        problem = (state.problem_code, state.problem_detail)
        if not state.problem_code:
            self.banner.clear()
        elif problem != self._problem or not self.banner.isVisibleTo(self):
            self.banner.show_problem(*problem)
        self._problem = problem
        self.show_state(state)


class Rows:
    """Words at the left, controls at the right, below each other in one column."""

    def __init__(self) -> None:
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(16)
        self.grid.setVerticalSpacing(16)
        self.grid.setColumnStretch(1, 1)

    def add(self, control: QWidget, *, fills: bool = False) -> Label:
        """Add a row and return its word's label."""
        word = Label(role="body")
        word.setMinimumWidth(WORD_WIDTH)
        row = self.grid.rowCount()
        self.grid.addWidget(word, row, 0, Qt.AlignmentFlag.AlignVCenter)
        if fills:
            self.grid.addWidget(control, row, 1)
        else:
            self.grid.addWidget(control, row, 1, Qt.AlignmentFlag.AlignLeft)
        return word

    def note(self, label: QWidget) -> None:
        """Add small print below the last row."""
        self.grid.addWidget(label, self.grid.rowCount(), 1)
