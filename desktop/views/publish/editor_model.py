"""The view-model of one lot's notice: its documents, the dry run and the publication; the draft is `DraftModel`'s."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.domain.errors import BidSealError
from desktop.protocol.messages import Outcome
from desktop.protocol.notices import TenderDocument
from desktop.services.action import Preparation
from desktop.services.ceremony import CeremonyView
from desktop.services.dry_run import DryRun
from desktop.services.publishing import AmendAction, PublishAction, PublishOrder, rehearse
from desktop.services.tender_desk import basis_of, upload_documents
from desktop.services.tender_draft import TenderDraft
from desktop.services.workspace import Workspace
from desktop.ui.tasks import CancelToken, ReportProgress, TaskHandle, run
from desktop.views.publish.draft_model import DraftModel
from desktop.views.publish.state import DryState, Saving

_CANCELLED = "general.cancelled"


class EditorModel(DraftModel):
    """`ready_to_publish` when the dry run that publishing asked for has ended well."""

    ready_to_publish = Signal()

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(workspace, parent)
        self._dry: TaskHandle[DryRun] | None = None
        self._upload: TaskHandle[None] | None = None
        self._wants_to_publish = False

    def leave(self) -> None:
        """Stop what is under way as well."""
        self.cancel_dry_run()
        if self._upload is not None:
            self._upload.cancel()
        super().leave()

    def draft_changes(self) -> None:
        """Rehearse no draft that is not the one any more."""
        self.cancel_dry_run()

    # -- documents -------------------------------------------------------------------------------------------------

    def add_documents(self, paths: list[Path]) -> None:
        """Upload tender documents, one after the other."""
        lot = self.state.lot
        if lot is None or not paths or self._upload is not None:
            return
        found: list[TenderDocument] = []

        def work(progress: ReportProgress, cancel: CancelToken) -> None:
            upload_documents(
                self.workspace,
                lot.lot_id,
                tuple(paths),
                report=progress,
                check=cancel.raise_if_set,
                taken=found.append,
            )

        self._set(uploading=(0, len(paths), paths[0].name), upload_problem=("", ""))
        self._upload = run(
            work,
            lambda _nothing: self._uploaded(found, None),
            lambda error: self._uploaded(found, error),
            lambda done, total, text: self._set(uploading=(done, total, text)),
            receiver=self,
        )

    def cancel_upload(self) -> None:
        """Upload no more; what the platform has stays in the list."""
        if self._upload is not None:
            self._upload.cancel()

    def remove_document(self, name: str) -> None:
        """Take a document out of the notice; the platform's copy is then shown to nobody."""
        self.edit(documents=tuple(each for each in self.state.draft.documents if each.name != name))

    def _uploaded(self, found: list[TenderDocument], error: BidSealError | None) -> None:
        self._upload = None
        problem = ("", "") if error is None or error.code == _CANCELLED else (error.code, error.detail)
        self._set(uploading=(0, 0, ""), upload_problem=problem)
        names = {each.name for each in found}
        kept = tuple(each for each in self.state.draft.documents if each.name not in names)
        if found:
            self.edit(documents=(*kept, *found))

    # -- dry run and publishing ------------------------------------------------------------------------------------

    def start_dry_run(self) -> None:
        """Pack and open test bids for the notice as it stands, if it has no faults."""
        self._wants_to_publish = False
        if self._check():
            self._run_dry()

    def cancel_dry_run(self) -> None:
        """Stop it; it leaves nothing behind."""
        self._wants_to_publish = False
        if self._dry is not None:
            self._dry.cancel()

    def publish(self) -> None:
        """Say by `ready_to_publish` that a scan may begin: no faults, and a good dry run of exactly this notice."""
        if not self._check():
            return
        if self.state.is_amendment and not self.state.changes:
            self._set(failure="tender.nothing_changed", failure_detail="")
        elif self.state.dry.is_good:
            self.ready_to_publish.emit()
        else:
            self._wants_to_publish = True
            self._run_dry()

    def make_action(self) -> PublishAction | AmendAction:
        """Return the use case for the draft as it stands; called anew for each try."""
        order = self._order()
        return AmendAction(self.workspace, order) if self.state.is_amendment else PublishAction(self.workspace, order)

    def scan_finished(self, view: CeremonyView) -> None:
        """Take over what came of it: the lot as the platform has it now, or why not."""
        done = next(iter(view.details), None)
        if view.outcome is Outcome.DONE and not (done and done.code):
            self._set(published_number=self.state.published_number + 1)
            self.reload()
        else:
            self._set(failure=view.problem or (done.code if done else ""), failure_detail=view.detail)

    def _check(self) -> bool:
        self.judge()
        state = self.state
        self._set(is_checked=True, failure="", refused_number=state.refused_number + bool(state.findings))
        is_clear = state.saving is not Saving.CLASH
        return not state.findings and state.is_open and state.signer is not None and is_clear

    def _order(self) -> PublishOrder:
        state = self.state
        assert state.lot is not None
        assert state.signer is not None
        return PublishOrder(
            lot=state.lot,
            basis=basis_of(self.workspace, state.lot),
            draft=state.draft,
            officers=state.officers,
            signer=state.signer,
            before=state.announcement,
            saves=state.saved.number,
        )

    def _run_dry(self) -> None:
        if self._dry is not None:
            return
        draft, order = self.state.draft, self._order()

        def work(progress: ReportProgress, cancel: CancelToken) -> DryRun:
            return rehearse(self.workspace, order, Preparation(report=progress, check=cancel.raise_if_set))

        def report(done: int, total: int, text: str) -> None:
            if self.state.draft == draft:
                self._set(dry=DryState(is_running=True, done=done, total=total, text=text))

        self._set(dry=DryState(is_running=True))
        self._dry = run(work, partial(self._dry_ended, draft), partial(self._dry_failed, draft), report, receiver=self)

    def _dry_ended(self, draft: TenderDraft, outcome: DryRun) -> None:
        self._dry = None
        if self.state.draft != draft:
            return  # of a notice that has changed meanwhile
        self._set(dry=DryState(outcome=outcome))
        wants, self._wants_to_publish = self._wants_to_publish, False
        if wants and outcome.is_good:
            self.ready_to_publish.emit()

    def _dry_failed(self, draft: TenderDraft, error: BidSealError) -> None:
        self._dry, self._wants_to_publish = None, False
        if self.state.draft == draft:
            is_cancelled = error.code == _CANCELLED
            self._set(dry=DryState() if is_cancelled else DryState(code=error.code, detail=error.detail))
