"""What the phone's pages share: rendering a state, a navigation bar, a place for problems, rows of facts."""

from collections.abc import Callable
from typing import Any, Generic

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.problems import problem, running
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import Banner, IconButton, Label, Tone, scrolled
from desktop.ui.page import PageState, StateT, ViewModel


class NavBar(QWidget):
    """Back and the page's title."""

    back_requested = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName("phoneNav")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(48)
        self.back = IconButton("chevron-left", tr("返回"), name=f"{name}Back")
        self.title = Label(role="lead", name=f"{name}Title")
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.back.clicked.connect(self.back_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.addWidget(self.back)
        row.addWidget(self.title, 1)
        balance = QWidget()
        balance.setFixedWidth(34)
        row.addWidget(balance)

    def set_title(self, title: str) -> None:
        """Set the title; says "back" again in the current language."""
        self.title.setText(title)
        self.back.set_text(tr("返回"))


class PhonePage(QWidget, Generic[StateT]):
    """Draws a state of a model; holds no data. Subclasses lay out `self.column` and implement `show_state`."""

    def __init__(self, name: str, *, has_nav: bool = True) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.nav = NavBar(name)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.nav)
        if not has_nav:
            self.nav.hide()
        content = QWidget()
        self.column = QVBoxLayout(content)
        self.column.setContentsMargins(20, 20, 20, 20)
        self.column.setSpacing(16)
        self.scroller = scrolled(content)
        outer.addWidget(self.scroller, 1)
        self.outer = outer
        #: Parts of a form, by the names that a state's `faults` use.
        self.parts: dict[str, QWidget] = {}
        self._wrong: object = ("", ())
        self._current: Callable[[], StateT] | None = None

    def bind(self, model: ViewModel[StateT]) -> None:
        """Render `model` now and whenever it changes."""
        self._current = lambda: model.state
        model.changed.connect(self.render_again)
        self.render_again()

    def look_at(self, *models: ViewModel[Any]) -> None:
        """Render again also when one of `models` changes."""
        for model in models:
            model.changed.connect(self.render_again)

    def take_focus(self) -> None:
        """Take the keyboard when the page comes up by it; Tab then goes to the page's first control."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_state(self, state: StateT) -> None:
        """Draw `state`."""
        raise NotImplementedError

    def render_again(self) -> None:
        """Draw the current state; what has just gone wrong is brought into sight."""
        if self._current is None:
            return
        state = self._current()
        self.show_state(state)
        wrong = (state.problem_code, getattr(state, "faults", ()))
        if wrong != self._wrong:
            self._wrong = wrong
            self._reveal(state)

    def _reveal(self, state: PageState) -> None:
        faults: tuple[tuple[str, str], ...] = getattr(state, "faults", ())
        widget = next((self.parts[part] for part, _ in faults if part in self.parts), None)
        if widget is None and state.problem_code:
            widget = getattr(self, "problem", None)
        if isinstance(widget, QWidget) and widget.isVisibleTo(self):
            # Once it has its place.
            QTimer.singleShot(0, widget, lambda: self.scroller.ensureWidgetVisible(widget))

    def changeEvent(self, event: QEvent) -> None:
        """Say everything again in the new language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.render_again()


class ProblemBanner(Banner):
    """A problem of the catalogue in its place: what, why, what next."""

    _said: tuple[object, ...] = ()

    def show_code(self, state: PageState, extra: str = "", *, action: str = "") -> None:
        """Show the state's problem, or nothing; `extra` is one more sentence, such as the tries left."""
        shown = (state.problem_code, extra, action, current_language())
        if shown == self._said:
            return
        # Said once, not at every change of the state: a screen reader would repeat it.
        self._said = shown
        if not state.problem_code:
            self.clear()
            return
        words = problem(state.problem_code).wording(current_language())
        text = running(words.cause, words.next_step, extra)
        self.show_message(Tone.PROBLEM, words.title, text, action=action)


class Facts(QWidget):
    """Labelled facts, one below the other; values wrap and can be selected."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(10)
        self._grid.setColumnStretch(1, 1)
        self._shown: tuple[tuple[str, str], ...] = ()

    def set_rows(self, rows: tuple[tuple[str, str], ...]) -> None:
        """Show (label, value) pairs."""
        if rows == self._shown:
            return
        self._shown = rows
        clear_layout(self._grid)
        for number, (label, value) in enumerate(rows):
            name = Label(label, "muted")
            shown = Label(value, "body", name=f"{self.objectName()}Value{number}", wrap=True, selectable=True)
            shown.setAccessibleName(f"{label} {value}")
            self._grid.addWidget(name, number, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            self._grid.addWidget(shown, number, 1)

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """What is shown."""
        return self._shown


def in_groups(serial: str) -> str:
    """Write a serial number in groups of four, which can be read aloud and break at the end of a line."""
    return " ".join(serial[start : start + 4] for start in range(0, len(serial), 4))


def clear_layout(layout: QGridLayout | QVBoxLayout) -> None:
    """Remove and delete everything in `layout`."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
