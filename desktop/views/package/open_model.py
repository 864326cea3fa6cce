"""The view-model of opening bids, or of rehearsing it: each bid is verified first and succeeds or fails by itself."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.domain.errors import BidSealError
from desktop.protocol.items import MAX_ITEMS
from desktop.services.action import ItemResult
from desktop.services.ceremony import CeremonyView
from desktop.services.events import Changed
from desktop.services.opening import OpenAction, OpenJob, RehearseAction, inspect_package
from desktop.services.share_file import ExportedShare, read_shares
from desktop.services.workspace import Workspace
from desktop.ui.page import Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, TaskHandle, run
from desktop.views.package.holdings import usable_holdings
from desktop.views.package.open_state import Bid, OpenState, known_shares
from desktop.views.package.pack_state import Holding

_RELOAD = frozenset({Changed.SESSION, Changed.CERTIFICATES, Changed.WORKSTATION})
_MIB = 1024 * 1024


class OpenModel(ViewModel[OpenState]):
    """Owns the list of bids and the loaded shares."""

    _changed_elsewhere = Signal(object)
    _looked_at = Signal(object)

    def __init__(self, workspace: Workspace, *, is_rehearsal: bool = False, parent: QObject | None = None) -> None:
        super().__init__(OpenState(is_rehearsal=is_rehearsal), parent)
        self.workspace = workspace
        self._looking: TaskHandle[None] | None = None
        self._asked: tuple[str, ...] = ()
        self._opening: OpenAction | None = None
        unsubscribe = workspace.bus.subscribe(self._changed_elsewhere.emit)
        self._changed_elsewhere.connect(self._on_change)
        self._looked_at.connect(self._take)
        self.destroyed.connect(unsubscribe)

    # -- what there is ---------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Find out which certificates can open."""
        if not self.state.own:
            self._set(phase=Phase.LOADING)

        def work(progress: ReportProgress, cancel: CancelToken) -> tuple[Holding, ...]:
            progress(0, 1)
            cancel.raise_if_set()
            return usable_holdings(self.workspace)[0]

        run(work, self._take_holdings, self._fail, receiver=self)

    def choose_certificate(self, serial: str) -> None:
        """Open with another certificate."""
        self._set(serial=serial)
        holding = self.state.holding
        if holding is not None:
            enrolled = self.workspace.workstation.is_enrolled_for(holding.certificate.credit_code)
            self._set(is_enrolled=enrolled)

    def choose_envelope(self, envelope_id: str) -> None:
        """Open another envelope of the same bids."""
        self._set(envelope_id=envelope_id, failure="")

    def add_bids(self, paths: list[Path]) -> None:
        """Verify bids on a worker, one after the other; what was opened stays."""
        if self._looking is not None and self._looking.is_running:
            self._looking.cancel()
        kept = tuple(bid for bid in self.state.bids if bid.path not in paths and (bid.verdict or bid.problem))
        unlooked = tuple(bid.path for bid in self.state.bids if bid.path not in paths and bid not in kept)
        new = tuple(dict.fromkeys((*unlooked, *paths)))
        bids = (*kept, *(Bid(path=path) for path in new))
        self._set(bids=bids, current=self.state.current or bids[0].key, checking=(0, 1, new[0].name), failure="")
        self._looking = run(
            partial(self._look_at_all, new),
            lambda _nothing: self._set(checking=(0, 0, "")),
            self._stopped,
            lambda done, total, text: self._set(checking=(done, total, text)),
            receiver=self,
        )

    def cancel(self) -> None:
        """Stop looking; what was verified stays."""
        if self._looking is not None:
            self._looking.cancel()

    def show_bid(self, key: str) -> None:
        """Bring a bid to the front."""
        self._set(current=key)

    def remove_bid(self, key: str) -> None:
        """Take a bid off the list; neither it nor what was opened is touched."""
        bids = tuple(bid for bid in self.state.bids if bid.key != key)
        self._set(bids=bids, current=bids[0].key if bids else "", failure="")
        self._choose_an_envelope()

    def save_to(self, folder: Path) -> None:
        """Make the new folders in `folder`."""
        self._set(folder=folder)

    def load_shares(self, paths: list[Path]) -> None:
        """Read share files of other groups."""

        def work(progress: ReportProgress, cancel: CancelToken) -> tuple[ExportedShare, ...]:
            found: list[ExportedShare] = []
            for number, path in enumerate(paths):
                progress(number, len(paths), path.name)
                cancel.raise_if_set()
                found += read_shares(path)
            return tuple(found)

        run(work, self._take_shares, lambda error: self._set(share_problem=error.code), receiver=self)

    # -- the scan --------------------------------------------------------------------------------------------------

    def make_action(self) -> OpenAction | RehearseAction:
        """Return the use case for all bids that are ready, at most 128; called anew for each try."""
        holding = self.state.holding
        assert holding is not None
        ready = self.state.ready[:MAX_ITEMS]
        self._asked = tuple(bid.key for bid in ready)
        taken: set[Path] = set()
        jobs = tuple(self._job(bid, taken) for bid in ready)
        if self.state.is_rehearsal:
            return RehearseAction(
                self.workspace,
                certificate=holding.certificate,
                encryption_certificate=holding.encryption.der,
                jobs=jobs,
            )
        self._opening = OpenAction(
            self.workspace, certificate=holding.certificate, encryption_certificate=holding.encryption.der, jobs=jobs
        )
        return self._opening

    def scan_finished(self, view: CeremonyView) -> None:
        """Take over what came of each bid."""
        fates = dict(zip(self._asked, view.details, strict=False))
        bids = tuple(self._after(bid, fates[bid.key]) if bid.key in fates else bid for bid in self.state.bids)
        first = next((key for key in self._asked if key in fates and not fates[key].code), self.state.current)
        self._set(bids=bids, failure=view.problem if not fates else "", current=first)
        self._opening = None

    # -- small parts -----------------------------------------------------------------------------------------------

    def _after(self, bid: Bid, fate: ItemResult) -> Bid:
        if fate.code:
            return replace(bid, failure=fate.code)
        if self._opening is None:
            return replace(bid, failure="", done=self.state.envelope_id)
        target = Path(fate.target)
        return replace(
            bid, failure="", done=self.state.envelope_id, target=target, opened=self._opening.opened.get(target)
        )

    def _job(self, bid: Bid, taken: set[Path]) -> OpenJob:
        assert bid.verdict is not None
        assert bid.verdict.package is not None
        target = free_folder(bid.path, self.state.folder, self.state.envelope_id, taken)
        taken.add(target)
        return OpenJob(
            path=bid.path,
            package=bid.verdict.package,
            envelope_id=self.state.envelope_id,
            target=target,
            shares=known_shares(bid, self.state.envelope_id, self.state.shares),
        )

    def _on_change(self, change: object) -> None:
        if change in _RELOAD and self.state.phase is not Phase.LOADING and self.workspace.account.account is not None:
            self.load()

    def _take_holdings(self, own: tuple[Holding, ...]) -> None:
        serials = [each.key for each in own]
        chosen = self.state.serial if self.state.serial in serials else next(iter(serials), "")
        phase = Phase.NORMAL if own else Phase.EMPTY
        self._set(phase=phase, own=own, problem_code="", problem_detail="")
        self.choose_certificate(chosen)

    def _look_at_all(self, paths: tuple[Path, ...], progress: ReportProgress, cancel: CancelToken) -> None:
        sizes = [_size(path) for path in paths]
        total, before = max(sum(sizes) // _MIB, 1), 0
        self.workspace.trust.refresh()
        for path, size in zip(paths, sizes, strict=True):
            report = partial(_report, progress, before, total, path.name)
            report(0, 0)
            cancel.raise_if_set()
            self._looked_at.emit(self._look_at(path, report, cancel))
            before += size

    def _look_at(self, path: Path, report: Callable[[int, int], None], cancel: CancelToken) -> Bid:
        try:
            verdict = inspect_package(self.workspace, path, report=report, check=cancel.raise_if_set)
        except BidSealError as error:
            if cancel.is_set():
                raise
            return Bid(path=path, problem=error.code)
        cancel.raise_if_set()
        return Bid(path=path, verdict=verdict)

    def _take(self, found: Bid) -> None:
        if any(bid.key == found.key for bid in self.state.bids):
            self._set(bids=tuple(found if bid.key == found.key else bid for bid in self.state.bids))
            self._choose_an_envelope()

    def _choose_an_envelope(self) -> None:
        known = [identity for identity, _title in self.state.envelopes]
        if self.state.envelope_id not in known:
            self._set(envelope_id=next(iter(known), ""))

    def _stopped(self, error: BidSealError) -> None:
        """Take those off that were not looked at: never leave one that looks as if it were being worked on."""
        if self._looking is not None and self._looking.is_running:
            return
        bids = tuple(bid for bid in self.state.bids if bid.verdict or bid.problem)
        failure = "" if error.code == "general.cancelled" else error.code
        current = (
            self.state.current if any(b.key == self.state.current for b in bids) else (bids[0].key if bids else "")
        )
        self._set(bids=bids, current=current, checking=(0, 0, ""), failure=failure)

    def _take_shares(self, found: tuple[ExportedShare, ...]) -> None:
        # Several for one group stay side by side: which is the true one, each bid's commitments tell.
        new = tuple(each for each in found if each not in self.state.shares)
        self._set(shares=(*self.state.shares, *new), share_problem="")


def free_folder(bid: Path, folder: Path | None, envelope_id: str, taken: set[Path]) -> Path:
    """Return a new folder beside the bid (or in `folder`): `name_已解密`, then `name_已解密(2)`."""
    place = bid.parent if folder is None else folder
    stem = f"{bid.stem}_已解密" if envelope_id == "bid" else f"{bid.stem}_{envelope_id}_已解密"
    number, path = 1, place / stem
    while path in taken or path.exists():
        number += 1
        path = place / f"{stem}({number})"
    return path


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _report(progress: ReportProgress, before: int, total: int, name: str, done: int, _of: int) -> None:
    progress(min((before + done) // _MIB, total), total, name)
