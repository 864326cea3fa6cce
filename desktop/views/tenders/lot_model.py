"""The view-model of one lot: its notice, the bid in preparation, submission, and the bids that were submitted.

Whatever is put together is on the disk with the next breath of a worker; a crash, a logout or another unit loses none.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop.domain.clock import Clock
from desktop.domain.errors import BidSealError
from desktop.protocol.messages import Outcome
from desktop.protocol.notices import TenderDocument
from desktop.services import bidding
from desktop.services.bid_checks import FileFacts, check_bid
from desktop.services.bidding import Openers, pack_order
from desktop.services.ceremony import CeremonyView
from desktop.services.events import Changed
from desktop.services.opening import OpenJob, RehearseAction
from desktop.services.packing import PackAction
from desktop.services.recipients import PinAction
from desktop.services.submitting import Step, SubmitJob, Submitted
from desktop.services.tenders import fetch_document
from desktop.services.withdrawing import WithdrawAction
from desktop.services.workspace import Workspace
from desktop.store.bid_drafts import BidDraft, DraftStore, TypedSummary
from desktop.ui.page import Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, TaskHandle, run
from desktop.views.package.pack_checks import target_name
from desktop.views.package.pack_model import free_name
from desktop.views.package.pack_state import Holding
from desktop.views.tenders.lot_work import DraftSaver, Loaded, jobs_to_rehearse, load_lot, look_again, send
from desktop.views.tenders.state import LotPageState, Sending

_RELOAD = frozenset({Changed.SESSION, Changed.CERTIFICATES, Changed.WORKSTATION, Changed.RECIPIENTS, Changed.TENDERS})
#: After these a submission has not come to an end, and can be gone on with.
_UNFINISHED = frozenset({"general.cancelled", "bid.submission_unclear", "bid.receipt_not_kept", "bid.receipt_unsure"})
_UNFINISHED_AREAS = ("portal.", "general.")


class LotModel(ViewModel[LotPageState]):
    """`rehearsal_ready` when the package was judged and its opening can be rehearsed; `written` names a new file."""

    rehearsal_ready = Signal()
    written = Signal(object)
    _changed_elsewhere = Signal(object)

    def __init__(self, workspace: Workspace, *, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(LotPageState(), parent)
        self.workspace, self._clock = workspace, clock
        self._lot_id = ""
        self._others: tuple[Holding, ...] = ()
        self._jobs: tuple[OpenJob, ...] = ()
        self._asked = ""
        self._packing = BidDraft()
        self._saver = DraftSaver(self)
        self._saver.told.connect(lambda code: self._set(draft_problem=code))
        self._loading: TaskHandle[Loaded] | None = None
        self._sending: TaskHandle[Any] | None = None
        self._fetching: TaskHandle[Path] | None = None
        unsubscribe = workspace.bus.subscribe(self._changed_elsewhere.emit)
        self._changed_elsewhere.connect(self._on_change)
        self.destroyed.connect(unsubscribe)

    # -- the lot ---------------------------------------------------------------------------------------------------

    @property
    def lot_id(self) -> str:
        """The platform's id of the lot shown, "" for none."""
        return self._lot_id

    def open(self, lot_id: str) -> None:
        """Show a lot."""
        if lot_id != self._lot_id and self.state.sending is None:
            self._lot_id = lot_id
            self._state = LotPageState()
            self.changed.emit()
        self.load()

    def load(self) -> None:
        """Fetch everything anew; what is being prepared stays as it is."""
        if not self._lot_id:
            return
        if self._loading is not None:
            self._loading.discard()
        if self.state.known is None:
            self._set(phase=Phase.LOADING)
        work = partial(load_lot, self.workspace, self._lot_id, self._saver.newest)
        self._loading = run(work, self._take, self._failed, receiver=self)

    def fetch(self, document: TenderDocument) -> None:
        """Download a tender document."""
        known = self.state.known
        if known is None or self.state.fetching[1]:
            return

        def work(progress: ReportProgress, cancel: CancelToken) -> Path:
            return fetch_document(self.workspace, known, document, report=progress, check=cancel.raise_if_set)

        def done(_path: Path) -> None:
            self._set(fetching=(0, 0, ""), fetched=self.state.fetched | {document.sha256.hex()})

        def told(count: int, total: int, name: str) -> None:
            self._set(fetching=(count, total, name))

        self._set(fetching=(0, document.size, document.name), failure="")
        self._fetching = run(work, done, self._not_fetched, told, receiver=self)

    def cancel_fetching(self) -> None:
        """Download no further."""
        if self._fetching is not None:
            self._fetching.cancel()

    # -- the bid in preparation ------------------------------------------------------------------------------------

    def add_files(self, envelope_id: str, paths: list[Path], need: str = "") -> None:
        """Put files into an envelope, or one in the place of a required document."""
        self._change(bidding.add_files(self.state.draft, envelope_id, paths, need=need))
        self.look_at_files()

    def remove_file(self, envelope_id: str, path: str) -> None:
        """Take a file out; the file itself is not touched."""
        self._change(bidding.remove_file(self.state.draft, envelope_id, path))

    def move_file(self, envelope_id: str, path: str, step: int) -> None:
        """Move a further file up (-1) or down (1)."""
        self._change(bidding.move_file(self.state.draft, envelope_id, path, step))

    def type_summary(self, summary: TypedSummary) -> None:
        """Take over what was typed of the announcement items."""
        self._change(replace(self.state.draft, summary=summary))

    def choose_certificate(self, serial: str) -> None:
        """Sign and open with another certificate; who else can open is chosen anew."""
        if serial != self.state.draft.serial:
            self._change(replace(self.state.draft, serial=serial, seconds=()))
        self._look_at_unit()

    def choose_second(self, sha256: str, *, chosen: bool) -> None:
        """Let a confirmed certificate of the unit open the bid too, or not."""
        kept = [each for each in self.state.draft.seconds if each != sha256]
        self._change(replace(self.state.draft, seconds=(*kept, sha256) if chosen else tuple(kept)))

    def save_as(self, target: Path) -> None:
        """Give the package this place."""
        self._change(replace(self.state.draft, target=str(target)))

    def look_at_files(self) -> None:
        """See on a worker what the files are now, and take sealed results in place of their sources."""
        draft = self.state.draft

        def work(progress: ReportProgress, cancel: CancelToken) -> tuple[BidDraft, dict[str, FileFacts]]:
            progress(0, 0)
            cancel.raise_if_set()
            return look_again(draft)

        run(work, partial(self._take_facts, draft), lambda _error: None, receiver=self)

    # -- scans -----------------------------------------------------------------------------------------------------

    def proposed_target(self) -> Path | None:
        """Return where the package will go: as chosen, else beside its first file."""
        draft, known = self.state.draft, self.state.known
        if draft.target:
            return Path(draft.target)
        if not draft.files or known is None:
            return None
        return Path(draft.files[0].path).with_name(target_name(known.notice.tender, known.notice.lot))

    def pack_action(self) -> PackAction:
        """Return the use case that packs the draft; called anew for each try."""
        state, target = self.state, self.proposed_target()
        assert state.known is not None
        assert state.holding is not None
        assert target is not None
        openers = Openers(
            certificate=state.holding.certificate,
            encryption_certificate=state.holding.encryption.der,
            seconds=tuple(each.der for each in state.confirmed if each.sha256.hex() in state.draft.seconds),
        )
        self._packing = state.draft
        order = pack_order(state.known.announcement, state.draft, openers, target=free_name(target))
        return PackAction(self.workspace, order)

    def packed(self, view: CeremonyView) -> None:
        """Take over what came of packing; what was changed during the scan is not in the package."""
        done = next(iter(view.details), None)
        if done is not None and done.target and not done.code:
            self._change(replace(self.state.draft.with_package(done.target, self._packing), submitting=""))
            self._set(receipt=None, failure="")
        else:
            self._set(failure=view.problem or (done.code if done else ""), failure_detail=view.detail)

    def prepare_rehearsal(self) -> None:
        """Judge the package on a worker; `rehearsal_ready` follows."""
        known = self.state.known
        if known is None or self.state.sending is not None:
            return
        self._set(sending=Sending(), failure="", failure_detail="")
        work = partial(jobs_to_rehearse, self.workspace, known, Path(self.state.draft.package))

        def told(done: int, total: int, _text: str) -> None:
            self._set(sending=Sending(done=done, total=total))

        self._sending = run(work, self._take_jobs, self._not_judged, told, receiver=self)

    def rehearse_action(self) -> RehearseAction:
        """Return the use case of the rehearsal."""
        assert self.state.holding is not None
        return RehearseAction(
            self.workspace,
            certificate=self.state.holding.certificate,
            encryption_certificate=self.state.holding.encryption.der,
            jobs=self._jobs,
        )

    def rehearsed(self, view: CeremonyView) -> None:
        """Take over what came of the rehearsal."""
        if view.outcome is Outcome.DONE:
            self._change(replace(self.state.draft, is_rehearsed=True))

    def withdraw_action(self, package: bytes) -> WithdrawAction:
        """Return the use case that withdraws a submitted bid."""
        bid = next(each for each in self.state.bids if each.package == package)
        assert self.state.known is not None
        assert self.state.holding is not None
        assert bid.judged is not None
        return WithdrawAction(
            self.workspace,
            certificate=self.state.holding.certificate,
            lot_id=self._lot_id,
            notice=self.state.known.notice,
            receipt=bid.judged.receipt,
            folder=self.state.known.folder,
        )

    def withdrawn(self, _view: CeremonyView) -> None:
        """Ask what the bid is now, whatever the scan came to."""
        self.load()

    def confirm_action(self, serial: str) -> PinAction:
        """Return the use case in which that certificate's phone confirms it; called anew for each try."""
        holding = next(each for each in self._candidates() if each.key == serial)
        self._asked = holding.encryption.sha256.hex()
        return PinAction(self.workspace, certificate=holding.certificate, encryption_certificate=holding.encryption.der)

    def confirmed_by_phone(self, view: CeremonyView) -> None:
        """Choose the certificate that was confirmed: that is what the scan was for."""
        self._look_at_unit()
        if view.outcome is Outcome.DONE:
            self.choose_second(self._asked, chosen=True)

    # -- submission ------------------------------------------------------------------------------------------------

    def submit(self) -> None:
        """Submit the package, or go on with it."""
        unit, known = self.workspace.account.organization, self.state.known
        if unit is None or known is None or self.state.sending is not None:
            return
        self._change(replace(self.state.draft, submitting=self.state.draft.package))
        job = SubmitJob(
            lot_id=self._lot_id,
            organization_id=unit.organization_id,
            credit_code=unit.credit_code,
            package=Path(self.state.draft.package),
        )
        self._set(sending=Sending(), failure="", failure_detail="")
        work = partial(send, self.workspace, job)
        self._sending = run(work, self._submitted, self._not_submitted, self._told, receiver=self)

    def cancel_sending(self) -> None:
        """Stop sending; what has arrived stays with the platform, and it can be gone on with."""
        if self._sending is not None:
            self._sending.cancel()

    def write(self, write: Callable[[], Path]) -> None:
        """Write a receipt where a person wants it, on a worker; `written` follows."""

        def work(progress: ReportProgress, cancel: CancelToken) -> Path:
            progress(0, 0)
            cancel.raise_if_set()
            return write()

        run(work, self.written.emit, self._not_done, receiver=self)

    def finish(self) -> None:
        """Stop what is under way and write what waits to be: the pages go."""
        self.cancel_sending()
        self.cancel_fetching()
        self._saver.flush()

    # -- small parts -----------------------------------------------------------------------------------------------

    def _take(self, found: Loaded) -> None:
        self._others = found.others
        before = self.state
        is_first = before.known is None
        self._set(
            phase=Phase.NORMAL,
            problem_code="",
            problem_detail="",
            known=found.known,
            draft=found.draft if is_first else before.draft,
            facts=found.facts if is_first else before.facts,
            own=found.own,
            bids=found.bids,
            bids_problem=found.bids_problem,
            receipt=found.receipt if is_first or found.draft.package == before.draft.package else before.receipt,
            fetched=found.fetched,
        )
        self._look_at_unit()
        self.judge()

    def judge(self) -> None:
        """Check the draft by the notice and by the time of now."""
        if self.state.known is not None:
            now = self._clock.now()
            found = check_bid(self.state.known.notice, self.state.draft, dict(self.state.facts), now=now)
            self._set(findings=found)

    def _change(self, draft: BidDraft) -> None:
        unit, known = self.workspace.account.organization, self.state.known
        if known is None or unit is None:
            return
        self._set(draft=draft)
        self._saver.save(DraftStore(known.folder, unit.credit_code), draft)
        self.judge()

    def _take_facts(self, asked: BidDraft, found: tuple[BidDraft, dict[str, FileFacts]]) -> None:
        draft, facts = found
        if self.state.draft.files == asked.files:
            self._set(facts=facts)
            self._change(replace(self.state.draft, files=draft.files))

    def _take_jobs(self, jobs: tuple[OpenJob, ...]) -> None:
        self._jobs = jobs
        self._set(sending=None)
        self.rehearsal_ready.emit()

    def _told(self, done: int, total: int, step: str) -> None:
        if self.state.sending is not None:
            self._set(sending=Sending(step=Step(step), done=done, total=total))

    def _submitted(self, done: Submitted) -> None:
        self._set(sending=None, receipt=done.judged)
        self._change(replace(self.state.draft, submitting=""))
        self.load()

    def _not_submitted(self, error: BidSealError) -> None:
        is_unfinished = error.code in _UNFINISHED or error.code.startswith(_UNFINISHED_AREAS)
        if not is_unfinished:
            self._change(replace(self.state.draft, submitting=""))
        is_cancelled = error.code == "general.cancelled"
        self._set(sending=None, failure="" if is_cancelled else error.code, failure_detail=error.detail)

    def _not_fetched(self, error: BidSealError) -> None:
        is_cancelled = error.code == "general.cancelled"
        self._set(fetching=(0, 0, ""), failure="" if is_cancelled else error.code, failure_detail=error.detail)

    def _not_judged(self, error: BidSealError) -> None:
        self._set(sending=None)
        if error.code != "general.cancelled":
            self._not_done(error)

    def _not_done(self, error: BidSealError) -> None:
        self._set(failure=error.code, failure_detail=error.detail)

    def _failed(self, error: BidSealError) -> None:
        if self.state.known is None or not error.code.startswith("portal."):
            self._fail(error)
        else:
            self._not_done(error)  # what is at hand is still good to work with

    def _on_change(self, change: object) -> None:
        if self.state.known is None or self.workspace.account.account is None:
            return
        if change in _RELOAD:
            self.load()
        elif change is Changed.DOCUMENTS:
            self.look_at_files()

    def _candidates(self) -> tuple[Holding, ...]:
        holding = self.state.holding
        return (*self._others, *(each for each in self.state.own if each != holding))

    def _look_at_unit(self) -> None:
        holding = self.state.holding
        if holding is None:
            return
        unit = holding.certificate.credit_code
        pins = {each.certificate.sha256: each.certificate for each in self.workspace.pins.of(unit)}
        pins.pop(holding.encryption.sha256, None)
        self._set(
            is_enrolled=self.workspace.workstation.is_enrolled_for(unit),
            confirmed=tuple(pins.values()),
            unconfirmed=tuple(
                each
                for each in self._candidates()
                if each.certificate.credit_code == unit and each.encryption.sha256 not in pins
            ),
        )
