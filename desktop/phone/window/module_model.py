"""Base of the view-models behind the app's modules: work on workers, nothing of one person shown to the next."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from desktop.domain.errors import BidSealError
from desktop.phone.core import Phone
from desktop.phone.core.people import MAX_PAPERS, Paper, read_paper
from desktop.phone.window.app_model import SIGNED_OUT, AppModel
from desktop.phone.window.errands import Errands
from desktop.ui.page import PageState, StateT, ViewModel

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleState(PageState):
    """A module: `is_loading` while its list comes, `is_busy` while something is sent, `notice` what was done last."""

    is_loading: bool = False
    is_busy: bool = False
    notice: str = ""
    faults: tuple[tuple[str, str], ...] = ()

    def fault(self, part: str) -> str:
        """Return the code of what is wrong at a part of the form, empty for nothing."""
        return dict(self.faults).get(part, "")


class ModuleModel(ViewModel[StateT]):
    """Subclasses load and send by `_run`; `signed_out` tells that the platform has ended the session."""

    signed_out = Signal()

    def __init__(self, blank: StateT, phone: Phone, app: AppModel, parent: QObject | None = None) -> None:
        super().__init__(blank, parent)
        self._blank = blank
        self._phone = phone
        self._app = app
        self._errands = Errands(self)
        self._round = 0

    def forget(self) -> None:
        """Drop everything: another person, or another unit, is here. What is still on its way is not shown."""
        self._round += 1
        self._state = self._blank
        self.changed.emit()

    def stop(self) -> None:
        """Wind up when the window goes."""
        self._round += 1
        self._errands.wind_up()

    def dismiss(self) -> None:
        """Put away what was said last."""
        self._set(problem_code="", problem_detail="", notice="")

    # -- for subclasses --------------------------------------------------------------------------------------------

    def _run(
        self,
        work: Callable[[], T],
        on_done: Callable[[T], object],
        on_error: Callable[[BidSealError], object] | None = None,
    ) -> None:
        asked = self._round

        def done(result: Any) -> None:
            if asked == self._round:
                on_done(result)

        def failed(error: BidSealError) -> None:
            if asked != self._round:
                return
            (on_error or self._failed)(error)
            if error.code == SIGNED_OUT:
                self.signed_out.emit()

        self._errands.run(work, done, failed)

    def _load(self, work: Callable[[], T], on_done: Callable[[T], object]) -> None:
        """Load what the page shows."""
        self._set(is_loading=True)
        self._run(work, on_done)

    def _send(self, work: Callable[[], T], on_done: Callable[[T], object]) -> None:
        """Send something; not twice at once."""
        if self.state.is_busy:  # type: ignore[attr-defined]  # every state here is a ModuleState
            return
        self._set(is_busy=True, problem_code="", problem_detail="", notice="")
        self._run(work, on_done)

    def _failed(self, error: BidSealError) -> None:
        self._set(is_loading=False, is_busy=False, problem_code=error.code, problem_detail=error.detail)

    def _set_fault(self, part: str, code: str) -> None:
        others = tuple(f for f in self.state.faults if f[0] != part)  # type: ignore[attr-defined]
        self._set(faults=(*others, (part, code)) if code else others)


class WithPapers(ModuleModel[StateT]):
    """A form to which papers are added; its state has `papers`."""

    PART = "papers"

    def attach(self, paths: list[Path]) -> None:
        """Take papers from files."""
        if len(self._papers) + len(paths) > MAX_PAPERS:
            self._set_fault(self.PART, "phone.papers_too_many")
            return
        self._run(
            lambda: tuple(read_paper(path) for path in paths),
            self._attached,
            lambda error: self._set_fault(self.PART, error.code),
        )

    def detach(self, place: int) -> None:
        """Take a paper back out."""
        papers = self._papers
        self._set(papers=papers[:place] + papers[place + 1 :])
        self._set_fault(self.PART, "")

    @property
    def _papers(self) -> tuple[Paper, ...]:
        papers: tuple[Paper, ...] = self.state.papers  # type: ignore[attr-defined]
        return papers

    def _attached(self, papers: tuple[Paper, ...]) -> None:
        self._set(papers=(*self._papers, *papers))
        self._set_fault(self.PART, "")
