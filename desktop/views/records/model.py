"""The view-model of the usage records: one page at a time by its key, filters, detail, export.

Which records these are the platform decides: the unit's for its admin, else the person's own. Refuses to ask with days
that are none. Never holds more than one page, however many there are.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop.domain.errors import BidSealError
from desktop.portal.api import UsageFilter
from desktop.portal.records import UsageRecord
from desktop.services.events import Changed
from desktop.services.export import Exported, ExportForm, ExportKind, export_records, pages_of
from desktop.services.log_export import export_log
from desktop.services.record_proof import ProofState, RecordProof, prove_record
from desktop.services.workspace import Workspace
from desktop.ui.page import Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, TaskHandle, run
from desktop.views.records.state import ExportRun, RecordsState, Wanted, faults, platform_filter
from desktop.views.records.words import export_form

PAGE_ROWS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What a look has brought: one record more than a page, if there are more, and how many wait here."""

    records: tuple[UsageRecord, ...]
    waiting: int
    is_contradicted: bool


class RecordsModel(ViewModel[RecordsState]):
    """Owns the page; `load` fills it."""

    _heard = Signal(object)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(RecordsState(), parent)
        self._workspace = workspace
        #: Before which record each page up to the present one begins.
        self._begins: list[int | None] = [None]
        self._looking: TaskHandle[_Look] | None = None
        self._export: TaskHandle[Exported] | None = None
        self._proving: TaskHandle[RecordProof] | None = None
        #: The record that `proof` is of, or will be.
        self._proven = 0
        self._seen_by = ("", "", False)
        self._may_hand_in = False
        self._wish = 0
        self._heard.connect(self._on_heard)
        self.destroyed.connect(workspace.bus.subscribe(self._heard.emit))

    # -- intents ---------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Look at the present page anew, then hand in what was done without a network and still waits here."""
        self._may_hand_in = True
        self._fetch()

    def search(self, wanted: Wanted) -> None:
        """Look for other records, from the newest on; days that are none are said and nothing is asked."""
        wrong = faults(wanted)
        self._set(faults=wrong)
        if not wrong:
            self._begin(wanted)

    def reset(self) -> None:
        """Look at all records again."""
        self.search(Wanted())

    def next_page(self) -> None:
        """Look at the older records."""
        if self.state.has_next and not self.state.is_loading:
            self._begins.append(self.state.records[-1].number)
            self._turn()

    def previous_page(self) -> None:
        """Look at the newer records."""
        if len(self._begins) > 1 and not self.state.is_loading:
            self._begins.pop()
            self._turn()

    def select(self, number: int) -> None:
        """Look at the detail of a record, 0 for none."""
        self._set(selected=number)
        self._prove()

    def show(self, number: int) -> None:
        """Look at the newest records and at the detail of the one with this number, if it is among them."""
        self._wish = number
        self._begin(Wanted())

    def export(self, target: Path, kind: ExportKind) -> None:
        """Write all records that are asked for, on all pages, or the platform's whole log, to a new file."""
        if self.state.is_exporting:
            return
        self._set(export=ExportRun())
        form = export_form(self.state, self._workspace.clock.now())
        work = partial(self._write, self._asked(), form, target, kind)
        self._export = run(work, self._on_exported, self._on_not_exported, self._on_export_progress)

    def cancel_export(self) -> None:
        """Stop the export; no file is left."""
        if self._export is not None:
            self._export.cancel()

    # -- looking ---------------------------------------------------------------------------------------------------

    def _fetch(self) -> None:
        """Ask for the present page; what is shown stays until the answer is there."""
        account = self._workspace.account
        if self._looking is not None:
            self._looking.discard()
        if account.account is None:
            return
        organization = account.organization
        self._seen_by = self._who()
        if self.state.phase is not Phase.NORMAL:
            self._set(phase=Phase.LOADING)
        self._set(organization=organization.name if organization else "", is_admin=account.is_admin, is_loading=True)
        look = partial(self._look, self._asked(), self._begins[-1])
        self._looking = run(look, self._on_look, self._on_failed)

    def _asked(self) -> UsageFilter:
        return platform_filter(self.state.wanted, self._seen_by[1])

    def _begin(self, wanted: Wanted) -> None:
        self._begins = [None]
        self._set(wanted=wanted, page=1, selected=0, export=self.state.export if self.state.is_exporting else None)
        self._fetch()

    def _turn(self) -> None:
        self._set(page=len(self._begins), selected=0)
        self._fetch()

    def _look(
        self,
        asked: UsageFilter,
        before: int | None,
        progress: ReportProgress,  # noqa: ARG002 - a short request
        cancel: CancelToken,
    ) -> _Look:
        cancel.raise_if_set()
        records = self._workspace.api.usage_records(asked, limit=PAGE_ROWS + 1, before=before)
        self._workspace.heads.look()
        waiting, heads = self._workspace.records.waiting, self._workspace.heads
        return _Look(records=records, waiting=waiting, is_contradicted=heads.is_contradicted)

    def _on_look(self, look: _Look) -> None:
        shown = look.records[:PAGE_ROWS]
        wish, self._wish = self._wish, 0
        is_empty = not shown and not self.state.is_narrowed and self.state.page == 1
        self._set(
            phase=Phase.EMPTY if is_empty else Phase.NORMAL,
            records=shown,
            selected=wish or self.state.selected,
            has_next=len(look.records) > PAGE_ROWS,
            waiting=look.waiting,
            is_contradicted=look.is_contradicted,
            is_loading=False,
            problem_code="",
            problem_detail="",
        )
        self._prove()
        if look.waiting and self._may_hand_in:
            self._may_hand_in = False
            run(self._hand_in, self._on_handed_in, lambda _error: None)

    def _hand_in(self, progress: ReportProgress, cancel: CancelToken) -> int:  # noqa: ARG002 - ends by itself
        cancel.raise_if_set()
        return self._workspace.records.flush()

    def _on_handed_in(self, left: int) -> None:
        is_news = left < self.state.waiting
        self._set(waiting=left)
        if is_news:
            self._fetch()

    # -- proving ---------------------------------------------------------------------------------------------------

    def _prove(self) -> None:
        """Look for the record looked at in the platform's log, once."""
        record, proof = self.state.looked_at, self.state.proof
        if self._proving is not None and (record is None or record.number != self._proven):
            self._proving.discard()
        if record is None:
            self._proven = 0
            self._set(proof=None)
        elif record.number != self._proven or (proof is not None and proof.state is ProofState.UNKNOWN):
            self._proven = record.number
            self._set(proof=None)
            self._proving = run(partial(self._look_for, record.number), self._on_proof, lambda _error: None)

    def _look_for(self, number: int, progress: ReportProgress, cancel: CancelToken) -> RecordProof:  # noqa: ARG002
        cancel.raise_if_set()
        return prove_record(self._workspace, number)

    def _on_proof(self, proof: RecordProof) -> None:
        if proof.number == self._proven:
            self._set(proof=proof, is_contradicted=self._workspace.heads.is_contradicted)

    def _on_failed(self, error: BidSealError) -> None:
        self._set(is_loading=False)
        self._fail(error)

    # -- exporting -------------------------------------------------------------------------------------------------

    def _write(
        self,
        asked: UsageFilter,
        form: ExportForm,
        target: Path,
        kind: ExportKind,
        *,
        progress: ReportProgress,
        cancel: CancelToken,
    ) -> Exported:
        if kind is ExportKind.LOG:
            report = partial(_told, progress)
            return export_log(self._workspace, target, report=report, check=cancel.raise_if_set)
        return export_records(
            pages_of(self._workspace.api, asked),
            form,
            target,
            kind=kind,
            report=partial(_told, progress),
            check=cancel.raise_if_set,
        )

    def _on_export_progress(self, done: int, _total: int, _text: str) -> None:
        self._set(export=ExportRun(done=done))

    def _on_exported(self, exported: Exported) -> None:
        self._set(export=ExportRun(done=exported.count, path=exported.path, files=len(exported.paths)))

    def _on_not_exported(self, error: BidSealError) -> None:
        self._set(export=ExportRun(problem=error.code, detail=error.detail))

    # -- hearing ---------------------------------------------------------------------------------------------------

    def _on_heard(self, change: Changed) -> None:
        if change is Changed.SESSION and self._who() != self._seen_by:
            self._forget()
            return
        if change in {Changed.SESSION, Changed.RECORDS, Changed.LOG_CONTRADICTED}:
            self.load()

    def _who(self) -> tuple[str, str, bool]:
        """Return whose view it is: person, unit, and whether as its admin."""
        account = self._workspace.account
        person, organization = account.account, account.organization
        return (
            str(person.account_id) if person else "",
            str(organization.organization_id) if organization else "",
            account.is_admin,
        )

    def _forget(self) -> None:
        """Show nothing of another person or unit while the records come that are for this one."""
        cleared: dict[str, Any] = {"records": (), "has_next": False, "export": None, "faults": frozenset()}
        self.cancel_export()
        self._set(phase=Phase.LOADING, **cleared)
        self._begin(Wanted())


def _told(progress: ReportProgress, done: int) -> None:
    """Say how much is done of what nobody has counted."""
    progress(done, 0)
