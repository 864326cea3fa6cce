"""The view-model of one lot's notice: the draft, kept on the platform as it is written, dry run and publication."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.domain.errors import BidSealError
from desktop.domain.tendering import DocumentKind
from desktop.protocol.messages import Outcome
from desktop.protocol.notices import RequiredDocument, TenderDocument
from desktop.services.action import Preparation
from desktop.services.ceremony import CeremonyView
from desktop.services.dry_run import DryRun
from desktop.services.publishing import AmendAction, PublishAction, PublishOrder, rehearse
from desktop.services.tender_checks import Signer, check_draft
from desktop.services.tender_desk import LotWork, basis_of, open_work, save_draft, upload_documents
from desktop.services.tender_draft import TenderDraft
from desktop.services.tender_notice import Change, build_notice, changes
from desktop.services.workspace import Workspace
from desktop.ui.page import Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, TaskHandle, run
from desktop.views.publish.state import DryState, EditorState, Saving

_SAVE_AFTER_MS = 1_200
_CANCELLED = "general.cancelled"


class EditorModel(ViewModel[EditorState]):
    """`ready_to_publish` when the dry run that publishing asked for has ended well."""

    ready_to_publish = Signal()

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(EditorState(), parent)
        self.workspace = workspace
        self._dry: TaskHandle[DryRun] | None = None
        self._upload: TaskHandle[None] | None = None
        self._wants_to_publish = False
        self._wanted = ""
        self._saver = QTimer(self)
        self._saver.setSingleShot(True)
        self._saver.setInterval(_SAVE_AFTER_MS)
        self._saver.timeout.connect(self.save)

    # -- the lot ---------------------------------------------------------------------------------------------------

    def open(self, lot_id: str) -> None:
        """Work on a lot."""
        self.leave()
        self._state = EditorState(draft_number=self.state.draft_number)
        self.changed.emit()
        self._load(lot_id)

    def reload(self) -> None:
        """Fetch the lot again, as after a refused wish."""
        if self.state.lot is not None:
            self._load(self.state.lot.lot_id)

    def retry(self) -> None:
        """Fetch again the lot that could not be had."""
        if self._wanted:
            self._load(self._wanted)

    def leave(self) -> None:
        """Keep what was typed and stop what is under way, as before another lot or another page."""
        self.cancel_dry_run()
        if self._upload is not None:
            self._upload.cancel()
        if self.state.saving in {Saving.CHANGED, Saving.FAILED}:
            self.save()

    def _load(self, lot_id: str) -> None:
        self._wanted = lot_id

        def work(progress: ReportProgress, cancel: CancelToken) -> LotWork:
            progress(0, 1)
            cancel.raise_if_set()
            return open_work(self.workspace, lot_id)

        run(work, self._take, self._fail, receiver=self)

    def _take(self, work: LotWork) -> None:
        own = [each.key for each in work.officers if each.is_mine]
        unit = next((m for m in self.workspace.account.memberships if m.organization_id == work.lot.agency_id), None)
        self._set(
            phase=Phase.NORMAL,
            problem_code="",
            lot=work.lot,
            announcement=work.announcement,
            draft=work.draft,
            draft_number=self.state.draft_number + 1,
            officers=work.officers,
            serial=self.state.serial if self.state.serial in own else next(iter(own), ""),
            is_enrolled=unit is not None and self.workspace.workstation.is_enrolled_for(unit.credit_code),
            saving=Saving.SAVED,
            is_checked=False,
            dry=DryState(),
            failure="",
        )
        self.judge()

    # -- the draft -------------------------------------------------------------------------------------------------

    def edit(self, **values: Any) -> None:
        """Change the draft; it is kept on the platform a moment later, and what is wrong with it is said at once."""
        self._put(replace(self.state.draft, **values))

    def edit_envelope(self, envelope_id: str, **values: Any) -> None:
        """Change one envelope."""
        self._put(self.state.draft.with_envelope(envelope_id, **values))

    def add_required(self, envelope_id: str) -> None:
        """Demand one more document, to be named."""
        new = RequiredDocument(envelope_id=envelope_id, name="", kind=DocumentKind.PDF)
        self.edit(required=(*self.state.draft.required, new))

    def change_required(self, position: int, **values: Any) -> None:
        """Rename a required document or change its kind; `position` in the whole list."""
        required = list(self.state.draft.required)
        required[position] = replace(required[position], **values)
        self.edit(required=tuple(required))

    def remove_required(self, position: int) -> None:
        """Demand a document no more."""
        required = self.state.draft.required
        self.edit(required=required[:position] + required[position + 1 :])

    def choose_certificate(self, serial: str) -> None:
        """Publish with another of the person's own certificates."""
        self._set(serial=serial)
        self.judge()

    def choose_officer(self, serial: str, *, chosen: bool) -> None:
        """Let somebody run the opening and, as long as there is no opening key, open it too; or not."""
        officer = next(each for each in self.state.officers if each.key == serial)
        draft = self.state.draft
        officers = _with(draft.officers, officer.certificate.sha256, chosen=chosen)
        if self.state.is_amendment:
            self.edit(officers=officers)
        else:
            self.edit(officers=officers, members=_with(draft.members, officer.encryption.sha256, chosen=chosen))

    def drop_officer(self, sha256: bytes) -> None:
        """Let the holder of a certificate that is not listed any more run the opening no longer."""
        self.edit(officers=_with(self.state.draft.officers, sha256, chosen=False))

    def save(self) -> None:
        """Keep the draft on the platform now."""
        lot, draft = self.state.lot, self.state.draft
        self._saver.stop()
        if lot is None or not self.state.is_open:
            return

        def work(progress: ReportProgress, cancel: CancelToken) -> None:
            progress(0, 1)
            cancel.raise_if_set()
            save_draft(self.workspace, lot.lot_id, draft)

        def done(_nothing: None) -> None:
            if self.state.lot is not None and self.state.lot.lot_id == lot.lot_id:
                self._set(saving=Saving.SAVED if self.state.draft == draft else Saving.CHANGED)

        self._set(saving=Saving.SAVING)
        run(work, done, self._not_saved, receiver=self)

    def _not_saved(self, error: BidSealError) -> None:
        """Say so; what was typed stays here and is kept with the next change, or when somebody asks again."""
        self._set(saving=Saving.FAILED, failure=error.code, failure_detail=error.detail)

    def _put(self, draft: TenderDraft) -> None:
        if draft == self.state.draft:
            return
        self.cancel_dry_run()
        self._set(draft=draft, saving=Saving.CHANGED, dry=DryState(), failure="")
        self._saver.start()
        self.judge()

    def judge(self) -> None:
        """Look at the draft again: what is wrong by now, and what it would change of the notice in force."""
        state, now = self.state, self.workspace.clock.now()
        before = state.announcement
        signer = state.signer
        findings = check_draft(
            state.draft,
            now=now,
            before=before.notice if before else None,
            signer=Signer(signing=signer.certificate.sha256, encryption=signer.encryption.sha256) if signer else None,
        )
        is_past = before is not None and datetime.fromtimestamp(before.notice.deadline, UTC) <= now
        self._set(findings=findings, is_past=is_past)
        self._set(changes=self._changes() if before is not None and not findings else ())

    def _changes(self) -> tuple[Change, ...]:
        before, lot = self.state.announcement, self.state.lot
        assert before is not None
        assert lot is not None
        after = build_notice(self.state.draft, basis_of(self.workspace, lot), time_keys={}, before=before)
        return changes(before.notice, after, name_of=self._name_of)

    def _name_of(self, sha256: bytes) -> str:
        found = (each for each in self.state.officers if each.certificate.sha256 == sha256)
        return next((each.certificate.holder for each in found), sha256.hex()[:8])

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
        return not state.findings and state.is_open and state.signer is not None

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


def _with(hashes: tuple[bytes, ...], sha256: bytes, *, chosen: bool) -> tuple[bytes, ...]:
    others = tuple(each for each in hashes if each != sha256)
    return (*others, sha256) if chosen else others
