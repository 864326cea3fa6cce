"""The pattern of every page: a frozen `State`, a `ViewModel` that owns it, a passive `Page` that shows it.

A page holds no data and does no I/O: it draws what `State` says and calls intent methods of its model. The base page
draws four of the five faces (loading, empty, problem, offline) itself; the fifth, normal, is the page's `content`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from desktop.domain.errors import BidSealError
from desktop.ui.kit.states import EmptyState, OfflineView, ProblemView, Skeleton

_LOOK_AGAIN_MS = 10_000


class Phase(StrEnum):
    """Which of its five faces a page shows."""

    LOADING = "loading"
    EMPTY = "empty"
    NORMAL = "normal"
    PROBLEM = "problem"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageState:
    """Base of every page's state. `problem_code` is of the catalogue, `problem_detail` for the diagnostic only."""

    phase: Phase = Phase.LOADING
    problem_code: str = ""
    problem_detail: str = ""


StateT = TypeVar("StateT", bound=PageState)


class ViewModel(QObject, Generic[StateT]):
    """Owns a page's state; subclasses add intent methods. Emits `changed` once for each real change."""

    changed = Signal()

    def __init__(self, state: StateT, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state

    @property
    def state(self) -> StateT:
        """The state to render."""
        return self._state

    def _set(self, **changes: Any) -> None:
        changed = replace(self._state, **changes)
        if changed != self._state:
            self._state = changed
            self.changed.emit()

    def _fail(self, error: BidSealError) -> None:
        """Show `error` in place of the page's content; usable as `on_error` of a task."""
        offline = error.code in {"portal.unreachable", "portal.timeout"}
        phase = Phase.OFFLINE if offline else Phase.PROBLEM
        self._set(phase=phase, problem_code=error.code, problem_detail=error.detail)


class LookAgain(QObject):
    """Calls `look` from time to time while that is wanted and `page` is in sight: something is decided elsewhere."""

    def __init__(self, page: QWidget, look: Callable[[], object], *, interval_ms: int = _LOOK_AGAIN_MS) -> None:
        super().__init__(page)
        self._page, self._wanted = page, False
        self._timer = QTimer(self)
        self._timer.setInterval(interval_ms)
        self._timer.timeout.connect(look)
        page.installEventFilter(self)

    @property
    def is_looking(self) -> bool:
        """Whether it will look again."""
        return self._timer.isActive()

    def want(self, *, wanted: bool) -> None:
        """Say whether there is something to look for."""
        self._wanted = wanted
        self._decide(is_in_sight=self._page.isVisible())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Rest while the page is out of sight."""
        if watched is self._page and event.type() in {QEvent.Type.Show, QEvent.Type.Hide}:
            self._decide(is_in_sight=event.type() == QEvent.Type.Show)
        return False

    def _decide(self, *, is_in_sight: bool) -> None:
        if not (self._wanted and is_in_sight):
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()


class Page(QWidget, Generic[StateT]):
    """Base of every page: build the normal face on `self.content`, then call `bind(model)` at the end of `__init__`.

    `show_state(state)` sets every text (through `tr`) and value; it is called on each change of state and of language.
    """

    retry_requested = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.content = QWidget()
        self.content.setObjectName(f"{name}Content")
        self.skeleton = Skeleton()
        self.empty = EmptyState()
        self.problem = ProblemView()
        self.offline = OfflineView()
        self.problem.retry_requested.connect(self.retry_requested)
        self.offline.retry_requested.connect(self.retry_requested)
        self._stack = QStackedLayout()
        self._faces: dict[Phase, QWidget] = {
            Phase.NORMAL: self.content,
            Phase.LOADING: self.skeleton,
            Phase.EMPTY: self.empty,
            Phase.PROBLEM: self.problem,
            Phase.OFFLINE: self.offline,
        }
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(self._stack)
        # Only now: a stack shows its first face at once, and one without a parent would be a window for a moment.
        for face in self._faces.values():
            self._stack.addWidget(face)
        self._current: Callable[[], StateT] | None = None

    def bind(self, model: ViewModel[StateT]) -> None:
        """Render `model` now and whenever it changes."""
        self._current = lambda: model.state
        model.changed.connect(self._show)
        self._show()

    def show_state(self, state: StateT) -> None:
        """Draw `state`; called in every phase, so that the empty face can be worded here as well."""
        raise NotImplementedError

    @property
    def phase(self) -> Phase:
        """The face now shown."""
        return next(phase for phase, face in self._faces.items() if face is self._stack.currentWidget())

    def changeEvent(self, event: QEvent) -> None:
        """Say everything again in the new language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and self._current is not None:
            self._show()

    def _show(self) -> None:
        if self._current is None:
            return
        state = self._current()
        if state.phase in {Phase.PROBLEM, Phase.OFFLINE}:
            self.problem.show_problem(state.problem_code, state.problem_detail)
        self.skeleton.set_active(active=state.phase is Phase.LOADING)
        self.show_state(state)
        self._stack.setCurrentWidget(self._faces[state.phase])
