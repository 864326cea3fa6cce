"""What the page of a lot does on worker threads: fetch and judge the lot, look at the files, keep the draft."""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.domain.errors import BidSealError, RejectedError
from desktop.formats.package import BidPackage
from desktop.services.bid_checks import FileFacts
from desktop.services.bidding import look_at, take_sealed
from desktop.services.opening import OpenJob, inspect_package
from desktop.services.own_bids import SubmittedBid, list_own_bids, receipt_at_hand
from desktop.services.receipts import Judged
from desktop.services.submitting import Control, Step, SubmitJob, Submitted, submit
from desktop.services.tenders import KnownLot, document_path, open_lot
from desktop.services.workspace import Workspace
from desktop.store.bid_drafts import BidDraft, DraftStore
from desktop.store.files import sha256_of
from desktop.ui.tasks import CancelToken, ReportProgress, run
from desktop.views.package.holdings import usable_holdings
from desktop.views.package.pack_state import Holding


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Everything about a lot that was fetched at once."""

    known: KnownLot
    draft: BidDraft
    facts: Mapping[str, FileFacts]
    own: tuple[Holding, ...]
    others: tuple[Holding, ...]
    bids: tuple[SubmittedBid, ...]
    bids_problem: str
    receipt: Judged | None
    fetched: frozenset[str]


def load_lot(
    workspace: Workspace,
    lot_id: str,
    newest: Callable[[DraftStore], BidDraft],
    progress: ReportProgress,
    cancel: CancelToken,
) -> Loaded:
    """Fetch a lot, the own bids and certificates; look at the newest draft and its files as they are on this disk."""
    progress(0, 0)
    known = open_lot(workspace, lot_id)
    cancel.raise_if_set()
    own, others = usable_holdings(workspace)
    unit = workspace.account.organization
    if unit is None:
        raise RejectedError("platform.not_found", "no unit")
    draft, facts = look_again(newest(DraftStore(known.folder, unit.credit_code)))
    cancel.raise_if_set()
    bids: tuple[SubmittedBid, ...] = ()
    problem = ""
    try:
        bids = list_own_bids(workspace, known, organization_id=unit.organization_id, credit_code=unit.credit_code)
    except BidSealError as error:
        problem = error.code
    receipt = None
    if draft.package:
        receipt = receipt_at_hand(workspace, known, Path(draft.package), credit_code=unit.credit_code)
    return Loaded(
        known=known,
        draft=draft,
        facts=facts,
        own=own,
        others=others,
        bids=bids,
        bids_problem=problem,
        receipt=receipt,
        fetched=fetched_documents(known),
    )


def fetched_documents(known: KnownLot) -> frozenset[str]:
    """Return the hashes (hex) of the tender documents that are on this disk as the notice signs them."""
    found = set()
    for document in known.notice.documents:
        try:
            if sha256_of(document_path(known, document)) == document.sha256:
                found.add(document.sha256.hex())
        except RejectedError:
            continue  # a name that no file may have
    return frozenset(found)


def look_again(draft: BidDraft) -> tuple[BidDraft, dict[str, FileFacts]]:
    """Return the draft with sealed results in place of their sources, and what all its files are now."""
    facts = {file.path: look_at(Path(file.path)) for file in draft.files}
    taken = take_sealed(draft, facts)
    new = {file.path: facts.get(file.path) or look_at(Path(file.path)) for file in taken.files}
    return taken, new


def jobs_to_rehearse(
    workspace: Workspace, known: KnownLot, path: Path, progress: ReportProgress, cancel: CancelToken
) -> tuple[OpenJob, ...]:
    """Judge the package and return the envelopes whose opening the own phone can rehearse."""
    verdict = inspect_package(workspace, path, report=progress, check=cancel.raise_if_set)
    if verdict.package is None:
        raise RejectedError(verdict.reasons[0].code if verdict.reasons else "package.damaged", path.name)
    package: BidPackage = verdict.package
    return tuple(
        OpenJob(path=path, package=package, envelope_id=each.envelope_id, target=path.parent)
        for each in known.notice.envelopes
        if each.needs_bidder
    )


def send(workspace: Workspace, job: SubmitJob, progress: ReportProgress, cancel: CancelToken) -> Submitted:
    """Submit a package; the step stands in the text of each report."""

    def report(step: Step, done: int, total: int) -> None:
        progress(done, total, str(step))

    return submit(workspace, job, Control(report=report, check=cancel.raise_if_set, pause=cancel.wait))


class DraftSaver(QObject):
    """Writes drafts on a worker, one after the other; of several of one lot that wait only the newest is written.

    `told` with the catalogue code of why the last one could not be written, "" when it was.
    """

    told = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._waiting: dict[Path, tuple[DraftStore, BidDraft]] = {}
        self._is_busy = False

    def save(self, store: DraftStore, draft: BidDraft) -> None:
        """Have a draft written."""
        with self._lock:
            self._waiting[store.path] = (store, draft)
        if not self._is_busy:
            self._is_busy = True
            self._begin()

    def newest(self, store: DraftStore) -> BidDraft:
        """Return the draft as it was saved last, be it on the disk yet or not."""
        with self._lock:
            waiting = self._waiting.get(store.path)
            return store.read() if waiting is None else waiting[1]

    def flush(self) -> None:
        """Write at once what waits: the window closes."""
        while self._waiting:
            with suppress(BidSealError):  # the disk refuses it; nobody is there any more to be told
                self._write()

    def _begin(self) -> None:
        def work(progress: ReportProgress, cancel: CancelToken) -> None:  # noqa: ARG001 - a draft is written whole
            self._write()

        run(work, lambda _nothing: self._written(""), lambda error: self._written(error.code), receiver=self)

    def _write(self) -> None:
        """Write what waits; under the lock, so that no older one comes after it."""
        with self._lock:
            while self._waiting:
                _path, (store, draft) = self._waiting.popitem()
                store.write(draft)

    def _written(self, code: str) -> None:
        self.told.emit(code)
        with self._lock:
            is_more = bool(self._waiting)
        self._is_busy = is_more
        if is_more:
            self._begin()
