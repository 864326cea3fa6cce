"""The view-model of the list of lots."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from desktop.domain.errors import BidSealError
from desktop.portal.tender_records import Lot
from desktop.services.events import Changed
from desktop.services.tenders import list_lots
from desktop.services.workspace import Workspace
from desktop.ui.page import Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, TaskHandle, run
from desktop.views.tenders.state import LotsState

PAGE = 50


class LotsModel(ViewModel[LotsState]):
    """Asks for a page after the other; a search begins anew."""

    _changed_elsewhere = Signal(object)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(LotsState(), parent)
        self.workspace = workspace
        self._loading: TaskHandle[tuple[Lot, ...]] | None = None
        unsubscribe = workspace.bus.subscribe(self._changed_elsewhere.emit)
        self._changed_elsewhere.connect(self._on_change)
        self.destroyed.connect(unsubscribe)

    def load(self) -> None:
        """Ask for the newest lots."""
        self._ask("")

    def search(self, text: str) -> None:
        """Show the lots with these words in their names or numbers."""
        self._set(text=text.strip())
        self._ask("")

    def load_more(self) -> None:
        """Ask for the next page, of older ones."""
        if self.state.lots and self.state.has_more:
            self._ask(self.state.lots[-1].lot_id)

    def _ask(self, before: str) -> None:
        if self._loading is not None:
            self._loading.discard()
        if not self.state.lots and not self.state.text:
            self._set(phase=Phase.LOADING)
        self._set(is_loading=True)

        def work(progress: ReportProgress, cancel: CancelToken) -> tuple[Lot, ...]:
            progress(0, 0)
            cancel.raise_if_set()
            return list_lots(self.workspace, self.state.text, before=before)

        self._loading = run(work, partial(self._take, before), self._failed, receiver=self)

    def _take(self, before: str, found: tuple[Lot, ...]) -> None:
        lots = (*self.state.lots, *found) if before else found
        is_empty = not lots and not self.state.text
        self._set(
            lots=lots,
            has_more=len(found) == PAGE,
            is_loading=False,
            phase=Phase.EMPTY if is_empty else Phase.NORMAL,
            problem_code="",
            problem_detail="",
        )

    def _failed(self, error: BidSealError) -> None:
        self._set(is_loading=False)
        self._fail(error)

    def _on_change(self, change: object) -> None:
        if change in {Changed.TENDERS, Changed.SESSION} and self.workspace.account.account is not None:
            self.load()
