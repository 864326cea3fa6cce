"""The view-model of the list of rooms: published lots, those at work and near their deadline first."""

from PySide6.QtCore import QObject

from desktop.domain.tendering import LotState
from desktop.portal.tender_records import Lot
from desktop.services.workspace import Workspace
from desktop.ui.page import Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, run
from desktop.views.room.state import RoomsState

_MOST_LOTS = 100
#: The order of the list: what is at work, what comes, what is over.
_AT_WORK = frozenset({LotState.CLOSED, LotState.DELIVERING, LotState.DELIVERED, LotState.OPENED, LotState.ANNOUNCED})
_OVER = frozenset({LotState.FAILED, LotState.RECORDED})


class RoomsModel(ViewModel[RoomsState]):
    """Owns the list."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(RoomsState(is_agent=workspace.account.is_agent), parent)
        self._workspace = workspace

    def load(self) -> None:
        """Look anew; what is shown stays until the answer is there."""
        if self._workspace.account.account is None:
            return
        if self.state.phase is not Phase.NORMAL:
            self._set(phase=Phase.LOADING)

        def work(progress: ReportProgress, cancel: CancelToken) -> tuple[Lot, ...]:
            progress(0, 0)
            cancel.raise_if_set()
            return self._workspace.api.lots(limit=_MOST_LOTS)

        run(work, self._take, self._fail, receiver=self)

    def _take(self, lots: tuple[Lot, ...]) -> None:
        # An agency sees the rooms of its own lots; whoever bids may enter any.
        shown = [lot for lot in lots if lot.deadline is not None and (lot.is_agency or not self.state.is_agent)]
        phase = Phase.NORMAL if shown else Phase.EMPTY
        self._set(phase=phase, lots=tuple(sorted(shown, key=_order)), problem_code="", problem_detail="")


def _order(lot: Lot) -> tuple[int, float]:
    when = lot.deadline.timestamp() if lot.deadline is not None else 0.0
    if lot.state in _AT_WORK:
        return 0, when
    return (2, -when) if lot.state in _OVER else (1, when)
