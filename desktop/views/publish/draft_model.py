"""The view-model of one lot's draft: opened, written, kept on the platform as it is written, judged as it stands.

A colleague may be writing it as well. What the platform refuses, because another version is there by now, goes on
standing in the fields; the person chooses which version goes on, and the other one is kept here as a copy.
"""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer

from desktop.domain.errors import BidSealError
from desktop.domain.tendering import DocumentKind
from desktop.protocol.notices import RequiredDocument
from desktop.services.draft_copies import DraftCopy
from desktop.services.draft_saves import CHANGED, DraftKept, DraftLine
from desktop.services.tender_checks import Signer, check_draft
from desktop.services.tender_desk import LotWork, basis_of
from desktop.services.tender_draft import TenderDraft
from desktop.services.tender_notice import Change, build_notice, changes
from desktop.services.workspace import Workspace
from desktop.ui.page import Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, TaskHandle, run
from desktop.views.publish.state import DryState, EditorState, Saving

_SAVE_AFTER_MS = 1_200


class DraftModel(ViewModel[EditorState]):
    """Owns the draft; `EditorModel` publishes it."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(EditorState(), parent)
        self.workspace = workspace
        self._wanted = ""
        self._loading: TaskHandle[LotWork] | None = None
        self._lines: dict[str, DraftLine] = {}
        self._line: DraftLine | None = None
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
        """Fetch the lot again, as after a refused wish; what was not saved is kept."""
        if self.state.lot is not None:
            self._saver.stop()
            self._put_away()
            self._load(self.state.lot.lot_id)

    def retry(self) -> None:
        """Fetch again the lot that could not be had."""
        if self._wanted:
            self._load(self._wanted)

    def leave(self) -> None:
        """Keep what was typed, on the platform or else here, as before another lot or another page."""
        self._saver.stop()
        self._put_away()
        self._line = None
        self._stop_loading()

    def _stop_loading(self) -> None:
        """Hear no more of a lot that was asked for: it would take the place of the one that is worked on."""
        if self._loading is not None:
            self._loading.discard()

    def _load(self, lot_id: str) -> None:
        self._stop_loading()
        self._wanted = lot_id

        def work(progress: ReportProgress, cancel: CancelToken) -> LotWork:
            progress(0, 1)
            cancel.raise_if_set()
            return line.open()

        line = self._lines.setdefault(lot_id, DraftLine(self.workspace, lot_id))
        self._loading = run(work, self._take, self._fail, receiver=self)

    def _take(self, work: LotWork) -> None:
        own = [each.key for each in work.officers if each.is_mine]
        self._line = self._lines[work.lot.lot_id]
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
            saved=work.saved,
            copies=work.copies,
            clash=None,
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
        """Keep the draft on the platform now, unless a colleague's version waits to be looked at."""
        self._saver.stop()
        if self.state.is_open and self.state.saving is not Saving.CLASH:
            self._save(self.state.draft)

    # -- two at one draft ------------------------------------------------------------------------------------------

    def take_theirs(self) -> None:
        """Go on from the colleague's version; what stands in the fields becomes a copy."""
        if self.state.clash is not None:
            self._put_away()
            own = self._own_copy()
            others = (each for each in self.state.clash.copies if each.draft != own.draft)
            self._take(replace(self.state.clash, copies=(own, *others)))

    def keep_mine(self) -> None:
        """Go on from what stands in the fields; the colleague's version becomes a copy."""
        work, mine = self.state.clash, self.state.draft
        if work is None:
            return
        theirs = DraftCopy(draft=work.draft, by=work.saved.by, at=work.saved.at or self.workspace.clock.now())
        self._take(work)
        self._go_on_from(mine, aside=theirs)

    def take_copy(self, copy: DraftCopy) -> None:
        """Go on from a version that is kept here; the one in the fields takes its place."""
        self._go_on_from(copy.draft, aside=self._own_copy())

    def _own_copy(self) -> DraftCopy:
        return DraftCopy(draft=self.state.draft, by="", at=self.workspace.clock.now())

    def _go_on_from(self, draft: TenderDraft, *, aside: DraftCopy) -> None:
        """Put a version into the fields, made to follow what is in force by now, and keep it on the platform."""
        self._put(replace(draft, amends=self.state.draft.amends))
        self._set(draft_number=self.state.draft_number + 1)
        self._save(self.state.draft, aside=aside)

    def drop_copy(self, copy: DraftCopy) -> None:
        """Keep a version here no longer."""
        line = self._line
        if line is None:
            return

        def work(progress: ReportProgress, cancel: CancelToken) -> tuple[DraftCopy, ...]:
            progress(0, 1)
            cancel.raise_if_set()
            return line.drop(copy.draft)

        run(work, lambda copies: self._set(copies=copies), partial(self._not_saved, line), receiver=self)

    # -- saving ----------------------------------------------------------------------------------------------------

    def _save(self, draft: TenderDraft, aside: DraftCopy | None = None) -> None:
        line = self._line
        self._saver.stop()
        if line is None:
            return
        turn = line.turn()

        def work(progress: ReportProgress, cancel: CancelToken) -> DraftKept:
            progress(0, 1)
            cancel.raise_if_set()
            return line.save(draft, turn, aside=aside)

        self._set(saving=Saving.SAVING)
        run(work, partial(self._kept, line, draft, turn), partial(self._not_saved, line), receiver=self)

    def _put_away(self) -> None:
        """Keep what is in the fields and not on the platform, wherever that can be; nobody waits for it."""
        line, draft = self._line, self.state.draft
        if line is None or not self.state.is_open or self.state.saving is Saving.SAVED:
            return
        turn, is_refused = line.turn(), self.state.saving is Saving.CLASH

        def work(progress: ReportProgress, cancel: CancelToken) -> None:
            progress(0, 1)
            cancel.raise_if_set()
            if is_refused:
                line.set_aside(draft)
            else:
                line.save_somewhere(draft, turn)

        run(work, lambda _nothing: None, partial(self._not_saved, line), receiver=self)

    def _kept(self, line: DraftLine, draft: TenderDraft, turn: int, kept: DraftKept) -> None:
        if line is not self._line or self.state.saving is Saving.CLASH or turn != line.newest:
            return  # of a later save there will be word
        copies = tuple(each for each in kept.copies if each.draft != self.state.draft)
        saving = Saving.SAVED if self.state.draft == draft else Saving.CHANGED
        self._set(saved=kept.saved, copies=copies, saving=saving)

    def _not_saved(self, line: DraftLine, error: BidSealError) -> None:
        """Say so; what was typed stays here and is kept with the next change, or when somebody asks again."""
        if line is not self._line or self.state.saving is Saving.CLASH:
            return
        if error.code == CHANGED:
            self._look_at_theirs(line)
        else:
            self._set(saving=Saving.FAILED, failure=error.code, failure_detail=error.detail)

    def _look_at_theirs(self, line: DraftLine) -> None:
        """Fetch the colleague's version; from here on nothing is saved before the person has chosen."""
        self._saver.stop()
        self._set(saving=Saving.CLASH, failure="")

        def work(progress: ReportProgress, cancel: CancelToken) -> LotWork:
            progress(0, 1)
            cancel.raise_if_set()
            return line.open()

        def failed(error: BidSealError) -> None:
            if line is self._line:
                self._set(failure=error.code, failure_detail=error.detail)

        run(work, partial(self._clash, line), failed, receiver=self)

    def _clash(self, line: DraftLine, work: LotWork) -> None:
        """Let the person choose, unless both have written the same."""
        if line is not self._line:
            return
        if work.draft == self.state.draft:
            self._take(work)
        else:
            self._set(clash=work)

    def draft_changes(self) -> None:
        """Hear that the draft is about to be another one."""

    def _put(self, draft: TenderDraft) -> None:
        if draft == self.state.draft:
            return
        self.draft_changes()
        is_refused = self.state.saving is Saving.CLASH
        self._set(draft=draft, saving=Saving.CLASH if is_refused else Saving.CHANGED, dry=DryState(), failure="")
        if not is_refused:
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


def _with(hashes: tuple[bytes, ...], sha256: bytes, *, chosen: bool) -> tuple[bytes, ...]:
    others = tuple(each for each in hashes if each != sha256)
    return (*others, sha256) if chosen else others
