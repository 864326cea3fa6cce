"""The view-model of the notices: the list for my page, and the number of unread ones for the bell in the header.

The composition root makes one for the window and may hand it to my page; `count` is cheap and may be called by a timer.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from desktop.domain.errors import BidSealError
from desktop.portal.unit_records import Notice, Notices
from desktop.services import notices as service
from desktop.services.events import Changed
from desktop.services.workspace import Workspace
from desktop.ui.page import PageState, Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, TaskHandle, run

#: As many as the platform gives at once: a full page may have another behind it.
_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesState(PageState):
    """What the list shows. `unread` counts all of the account's, listed or not."""

    notices: tuple[Notice, ...] = ()
    unread: int = 0
    has_more: bool = False
    is_busy: bool = False


class NoticesModel(ViewModel[NoticesState]):
    """Owns list and number. `unread_changed` with each new number, also at the beginning and after logging out (0)."""

    unread_changed = Signal(int)
    _heard = Signal(object)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(NoticesState(), parent)
        self._workspace = workspace
        self._owner = self._present_owner()
        self._told = -1
        self._counting: TaskHandle[int] | None = None
        self._looking: TaskHandle[Notices] | None = None
        self._heard.connect(self._on_heard)
        self.destroyed.connect(workspace.bus.subscribe(self._heard.emit))

    # -- intents ---------------------------------------------------------------------------------------------------

    def count(self) -> None:
        """Ask for the number of unread notices alone."""
        if self._counting is not None and self._counting.is_running:
            return

        def work(progress: ReportProgress, cancel: CancelToken) -> int:  # noqa: ARG001 - one short request
            return service.unread_count(self._workspace)

        # Who cannot be asked now is asked again; a bell is no place for an error.
        self._counting = run(work, self._on_counted, _unheard, receiver=self)

    def learn(self, unread: int) -> None:
        """Take the number that somebody else has asked for."""
        self._on_counted(unread)

    def open(self) -> None:
        """Read the newest notices; what is shown stays until then."""
        if self._looking is not None:
            self._looking.discard()

        def work(progress: ReportProgress, cancel: CancelToken) -> Notices:  # noqa: ARG001 - one short request
            return service.list_notices(self._workspace)

        self._looking = run(work, self._on_seen, self._on_not_seen)

    def more(self) -> None:
        """Read the notices before the last one listed."""
        if self.state.is_busy or not self.state.notices:
            return
        before = self.state.notices[-1].number
        self._set(is_busy=True)

        def work(progress: ReportProgress, cancel: CancelToken) -> Notices:  # noqa: ARG001 - one short request
            return service.list_notices(self._workspace, before=before)

        run(work, self._on_more, self._on_not_done)

    def mark_read(self, number: int) -> None:
        """Mark one notice as read."""
        found = next((n for n in self.state.notices if n.number == number), None)
        if found is None or found.read_at is not None:
            return
        self._show_read(number, number)

        def work(progress: ReportProgress, cancel: CancelToken) -> int:  # noqa: ARG001 - two short requests
            return service.mark_read(self._workspace, number)

        run(work, self._on_counted, self._on_not_marked)

    def mark_all_read(self) -> None:
        """Mark everything as read that is not newer than the list."""
        if self.state.is_busy or not self.state.notices:
            return
        until = self.state.notices[0].number
        self._set(is_busy=True, problem_code="", problem_detail="")

        def work(progress: ReportProgress, cancel: CancelToken) -> int:  # noqa: ARG001 - one short request
            return service.mark_all_read(self._workspace, until=until)

        def done(unread: int) -> None:
            self._set(is_busy=False)
            self._show_read(0, until)
            self._on_counted(unread)

        run(work, done, self._on_not_done, receiver=self)

    # -- outcomes --------------------------------------------------------------------------------------------------

    def _show_read(self, first: int, last: int) -> None:
        now: datetime = self._workspace.clock.now()
        shown = tuple(
            replace(n, read_at=now) if first <= n.number <= last and n.read_at is None else n
            for n in self.state.notices
        )
        self._set(notices=shown)

    def _tell(self, unread: int) -> None:
        self._set(unread=unread)
        if unread != self._told:
            self._told = unread
            self.unread_changed.emit(unread)

    def _on_counted(self, unread: int) -> None:
        has_new = unread > self.state.unread and self.state.phase is not Phase.LOADING
        self._tell(unread)
        if has_new:
            self.open()

    def _on_seen(self, seen: Notices) -> None:
        self._set(
            phase=Phase.NORMAL if seen.notices else Phase.EMPTY,
            notices=seen.notices,
            has_more=len(seen.notices) >= _PAGE,
            problem_code="",
            problem_detail="",
        )
        self._tell(seen.unread)

    def _on_more(self, seen: Notices) -> None:
        self._set(is_busy=False, notices=(*self.state.notices, *seen.notices), has_more=len(seen.notices) >= _PAGE)
        self._tell(seen.unread)

    def _on_not_seen(self, error: BidSealError) -> None:
        if self.state.notices:
            self._set(problem_code=error.code, problem_detail=error.detail)
        else:
            self._fail(error)

    def _on_not_done(self, error: BidSealError) -> None:
        self._set(is_busy=False, problem_code=error.code, problem_detail=error.detail)

    def _on_not_marked(self, error: BidSealError) -> None:
        self._set(problem_code=error.code, problem_detail=error.detail)
        self.open()

    def _present_owner(self) -> str:
        account = self._workspace.account.account
        return account.account_id if account else ""

    def _on_heard(self, change: Changed) -> None:
        owner = self._present_owner()
        if owner != self._owner:
            self._owner = owner
            self._set(phase=Phase.LOADING, notices=(), has_more=False, is_busy=False, problem_code="")
            self._tell(0)
        if owner and change not in {Changed.NOTICES, Changed.SESSION_ENDED}:
            self.count()


def _unheard(_error: BidSealError) -> None:
    """Nothing is said."""
