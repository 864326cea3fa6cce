"""The view-model of an agency's lots: a page of them, more on demand, and the form of a new one."""

from PySide6.QtCore import QObject, Signal

from desktop.domain.errors import BidSealError
from desktop.portal.tender_records import Lot
from desktop.protocol.codec import is_clean_text
from desktop.services.events import Changed
from desktop.services.tender_desk import create_lot, own_lots
from desktop.services.workspace import Workspace
from desktop.ui.page import Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, run
from desktop.views.publish.state import LotsState, NewFault, NewLot, NewPart

_MAX_BYTES = {
    NewPart.NUMBER: 64,
    NewPart.NAME: 120,
    NewPart.PURCHASER: 120,
    NewPart.LOT: 64,
    NewPart.LOT_NAME: 120,
}


class LotsModel(ViewModel[LotsState]):
    """`opened(lot id)` when a lot is to be worked on."""

    opened = Signal(str)
    _changed_elsewhere = Signal(object)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(LotsState(), parent)
        self.workspace = workspace
        self._text = ""
        unsubscribe = workspace.bus.subscribe(self._changed_elsewhere.emit)
        self._changed_elsewhere.connect(self._on_change)
        self.destroyed.connect(unsubscribe)

    @property
    def is_searching(self) -> bool:
        """Whether a number or name was typed."""
        return bool(self._text)

    def load(self) -> None:
        """Fetch the newest lots."""
        if self.state.is_loading:
            return
        if not self.state.lots:
            self._set(phase=Phase.LOADING)
        self._fetch("")

    def search(self, text: str) -> None:
        """Show the lots whose number or name holds `text`."""
        if text.strip() != self._text:
            self._text = text.strip()
            self._set(lots=(), is_loading=False)
            self._fetch("")

    def load_more(self) -> None:
        """Fetch the lots that come after."""
        if self.state.more_from and not self.state.is_loading:
            self._fetch(self.state.more_from)

    # -- a new lot -------------------------------------------------------------------------------------------------

    def open_form(self) -> None:
        """Begin a new lot."""
        self._set(is_adding=True, form_number=self.state.form_number + 1, faults=(), failure="")

    def open_form_at_once(self) -> None:
        """Begin the first lot where there is none yet."""
        self._set(phase=Phase.NORMAL)
        self.open_form()

    def close_form(self) -> None:
        """Think better of it."""
        phase = self.state.phase if self.state.lots else Phase.EMPTY
        self._set(phase=phase, is_adding=False, faults=(), failure="")

    def touch(self, part: NewPart) -> None:
        """Somebody corrects this field."""
        self._set(faults=tuple(each for each in self.state.faults if each[0] is not part))

    def create(self, typed: NewLot) -> None:
        """Create the lot if the form is good, and open it."""
        faults = check_new(typed)
        self._set(faults=faults, failure="", failure_detail="")
        if faults or self.state.is_creating:
            return
        clean = NewLot(**{part.value: value.strip() for part, value in values_of(typed).items()})

        def work(progress: ReportProgress, cancel: CancelToken) -> Lot:
            progress(0, 1)
            cancel.raise_if_set()
            return create_lot(
                self.workspace,
                number=clean.number,
                name=clean.name,
                purchaser=clean.purchaser,
                lot=clean.lot,
                lot_name=clean.lot_name,
            )

        self._set(is_creating=True)
        run(work, self._created, self._not_created, receiver=self)

    def _created(self, lot: Lot) -> None:
        self._set(is_creating=False, is_adding=False, phase=Phase.NORMAL, lots=(lot, *self.state.lots))
        self.opened.emit(lot.lot_id)

    def _not_created(self, error: BidSealError) -> None:
        self._set(is_creating=False, failure=error.code, failure_detail=error.detail)

    # -- small parts -----------------------------------------------------------------------------------------------

    def _fetch(self, before: str) -> None:
        text = self._text

        def work(progress: ReportProgress, cancel: CancelToken) -> tuple[tuple[Lot, ...], str]:
            progress(0, 1)
            cancel.raise_if_set()
            return own_lots(self.workspace, text, before=before)

        def done(found: tuple[tuple[Lot, ...], str]) -> None:
            if text != self._text:
                return  # of a search that was replaced meanwhile
            lots, more_from = found
            kept = self.state.lots if before else ()
            phase = Phase.NORMAL if kept or lots or text or self.state.is_adding else Phase.EMPTY
            self._set(phase=phase, lots=(*kept, *lots), more_from=more_from, is_loading=False, problem_code="")

        def failed(error: BidSealError) -> None:
            self._set(is_loading=False)
            if not self.state.lots:
                self._fail(error)

        self._set(is_loading=True)
        run(work, done, failed, receiver=self)

    def _on_change(self, change: object) -> None:
        if change is Changed.TENDERS:
            self.load()


def values_of(typed: NewLot) -> dict[NewPart, str]:
    """Return what was typed by field."""
    return {part: getattr(typed, part.value) for part in NewPart}


def check_new(typed: NewLot) -> tuple[tuple[NewPart, NewFault], ...]:
    """Return what is wrong with the form of a new lot."""
    found: list[tuple[NewPart, NewFault]] = []
    for part, value in values_of(typed).items():
        plain = value.strip()
        if not plain:
            found.append((part, NewFault.MISSING))
        elif not is_clean_text(plain) or len(plain.encode()) > _MAX_BYTES[part]:
            found.append((part, NewFault.NOT_CLEAN))
    return tuple(found)
