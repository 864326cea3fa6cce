"""The view-model of one room: what a bidder and what the agency can do in it.

What the bidder's workstation can find by itself (its bid in what was closed, the announcement equal to its bid) it does
without being asked, once.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from desktop.domain.clock import Clock
from desktop.domain.tendering import LotState
from desktop.services.action import Action
from desktop.services.ceremony import CeremonyView
from desktop.services.confirming import Comparison
from desktop.views.room.desk import Kept, MadeRecord, RoomDesk
from desktop.views.room.facts import Bid, Passed, Room
from desktop.views.room.live_model import LiveRoomModel
from desktop.views.room.state import GIVEN_UP, Board, Call, Job, is_record_old, undecided

_OPENED = LotState.OPENED
_ANNOUNCED = frozenset({LotState.ANNOUNCED, LotState.RECORDED})


class RoomModel(LiveRoomModel):
    """Adds the intents; each answers in the state."""

    _fate = Signal(str, str)

    def __init__(self, clock: Clock, *, own_name: str = "", parent: QObject | None = None) -> None:
        super().__init__(clock, own_name=own_name, parent=parent)
        self._done_alone: set[tuple[str, str]] = set()
        self._fate.connect(self._take_fate)

    def open(self, desk: RoomDesk, *, is_enrolled: bool = True) -> None:
        """Enter the room of `desk`; what the workstation does by itself it does anew."""
        self._done_alone.clear()
        super().open(desk, is_enrolled=is_enrolled)

    def set_enrolled(self, *, is_enrolled: bool) -> None:
        """Say whether this workstation may speak for the unit."""
        self._set(is_enrolled=is_enrolled)

    # -- looking ---------------------------------------------------------------------------------------------------

    def show_board(self, board: str) -> None:
        """Bring a table to the front."""
        self._set(board=Board(board))

    def show_envelope(self, envelope_id: str) -> None:
        """Look at another envelope."""
        self._set(viewed=envelope_id)

    def show_bid(self, package: str) -> None:
        """Bring a bid to the front."""
        self._set(selected=package)

    def enlarge(self, *, is_large: bool) -> None:
        """Draw for an audience, or for the desk."""
        self._set(is_large=is_large)

    # -- a bidder --------------------------------------------------------------------------------------------------

    def sign_in(self) -> None:
        """Sign the unit in."""
        self._call(Call.SIGN_IN, lambda desk, _room, _report, _cancel: desk.sign_in())

    def make_delivery(self) -> Action:
        """Make the scan that delivers the own share."""
        desk, room = self._here()
        return desk.deliver(room)

    def delivery_finished(self, _view: CeremonyView) -> None:
        """Look at once, whatever came of it: the watch may take a moment."""
        self.look()

    def confirm(self) -> None:
        """Confirm what was announced of the own bid."""
        self._call(Call.CONFIRM, lambda desk, room, _report, _cancel: desk.confirm(room, is_agreed=True))

    def raise_objection(self, text: str) -> None:
        """Object to what was announced of the own bid, or to its not having been opened."""
        self._call(Call.CONFIRM, lambda desk, room, _report, _cancel: desk.confirm(room, is_agreed=False, text=text))

    # -- the agency ------------------------------------------------------------------------------------------------

    def open_window(self) -> None:
        """Open the delivery, for as long as was announced."""
        self._call(Call.OPEN_WINDOW, lambda desk, room, _report, _cancel: desk.open_window(room))

    def extend(self, minutes: int, reason: str) -> None:
        """Give more time."""
        self._call(Call.EXTEND, lambda desk, room, _report, _cancel: desk.extend(room, minutes, reason))

    def end_delivery(self) -> None:
        """Take no more shares."""
        self._call(Call.END_DELIVERY, lambda desk, room, _report, _cancel: desk.end_delivery(room))

    def fetch(self, folder: Path) -> None:
        """Fetch what is to be opened into `folder`, where the opened files will go as well."""
        self._set(folder=folder)
        self._call(
            Call.FETCH,
            lambda desk, room, report, cancel: desk.fetch(room, folder, report, cancel.raise_if_set),
            self._take_fetched,
        )

    def make_opening(self) -> Action:
        """Make the scan that opens all bids."""
        desk, room = self._here()
        return desk.open_bids(room, self._tell_fate)

    def opening_finished(self, view: CeremonyView) -> None:
        """Publish what came of each bid once all have a result; without a network it stays here until later."""
        if view.details:
            self._alone(lambda desk, room, _report, _cancel: desk.kept(room), self._take_results)

    def give_up(self, bid: Bid) -> None:
        """State that a bid could not be opened here; the last one without a result completes what is published."""

        def taken(kept: object) -> None:
            self._take_fate(bid.package, GIVEN_UP)
            self._take_results(kept)

        self._call(Call.GIVE_UP, lambda desk, room, _report, _cancel: desk.give_up(room, bid), taken)

    def post_results(self) -> None:
        """Publish what came of each bid."""
        self._call(Call.POST_RESULTS, lambda desk, room, report, _cancel: desk.post_results(room, report))

    def announce(self) -> None:
        """Announce the envelope."""
        self._call(Call.ANNOUNCE, lambda desk, room, _report, _cancel: desk.announce(room))

    def decide(self, bid: Bid, *, passed: bool, reason: str = "") -> None:
        """Take down whether a bid passes; nothing is published yet."""
        self._set(decisions={**self.state.decisions, bid.package: Passed(passed=passed, reason=reason)})

    def judge(self) -> None:
        """Publish what was taken down."""
        room = self.state.room
        open_ones = {bid.package for bid in undecided(room)} if room else set()
        decisions = {package: said for package, said in self.state.decisions.items() if package in open_ones}
        self._call(Call.JUDGE, lambda desk, room, _report, _cancel: desk.judge(room, decisions))

    def answer(self, bid: Bid, text: str) -> None:
        """Answer an objection."""
        self._call(Call.ANSWER, lambda desk, room, _report, _cancel: desk.answer(room, bid, text))

    # -- the record ------------------------------------------------------------------------------------------------

    def make_record(self, folder: Path) -> None:
        """Make the opening record in `folder`."""
        self._set(folder=folder)
        self._call(
            Call.MAKE_RECORD, lambda desk, room, _report, _cancel: desk.make_record(room, folder), self._take_record
        )

    def choose_sealed(self, path: Path) -> None:
        """Take the sealed opening record."""
        self._set(sealed=path, failure="")
        self._alone(lambda desk, room, _report, _cancel: desk.keep_sealed(room, path), self._take_record)

    def look_for_sealed(self) -> None:
        """Take up the sealed copy if it lies beside the record by now, as when somebody comes back from sealing."""
        if self.state.job is Job.SEAL_RECORD and self.state.sealed is None:
            self._alone(lambda desk, room, _report, _cancel: desk.kept(room), self._take_kept)

    def file_record(self) -> None:
        """Hand the sealed record in."""
        sealed = self.state.sealed
        if sealed is not None:
            self._call(Call.FILE_RECORD, lambda desk, room, _report, _cancel: desk.file_record(room, sealed))

    def save_record(self, folder: Path) -> None:
        """Save the filed record."""

        def taken(path: object) -> None:
            self._set(saved=path)

        self._call(Call.SAVE, lambda desk, room, _report, _cancel: desk.save_record(room, folder), taken)

    # -- what the workstation does by itself -----------------------------------------------------------------------

    def room_taken(self, room: Room) -> None:
        """Take up what was left here; check the own bid in what was closed, and what was announced of it."""
        own, envelope = room.own_bid, room.envelope
        if room.is_agency:
            # Once more when the envelope is opened: a colleague may have published what is better known here.
            if room.count is not None and self._is_first(room, f"kept {room.envelope_id} {room.state is _OPENED}"):
                self._alone(lambda desk, room, _report, _cancel: desk.kept(room), self._take_kept)
            return
        if own is None:
            return
        if self._is_first(room, "closing"):
            self._alone(
                lambda desk, room, _report, _cancel: desk.is_own_bid_closed(room),
                lambda is_in: self._set(is_checked=is_in),
            )
        result = envelope.results.get(own.package) if envelope else None
        if envelope is None or result is None or not result.is_opened or room.state not in _ANNOUNCED:
            return
        if own.package not in envelope.confirmations and self._is_first(room, envelope.envelope_id):
            self._alone(lambda desk, room, _report, _cancel: desk.compare_own(room), self._take_comparison)

    def _is_first(self, room: Room, what: str) -> bool:
        key = (room.lot_id, what)
        is_first = key not in self._done_alone
        self._done_alone.add(key)
        return is_first

    def _take_comparison(self, found: object) -> None:
        """Confirm what is equal; what is not, or cannot be told here, is the person's to judge."""
        comparison = cast("Comparison", found)
        self._set(comparison=comparison)
        if comparison is Comparison.SAME:
            self._alone(lambda desk, room, _report, _cancel: desk.confirm(room, is_agreed=True), self._take_answer)

    # -- small parts -----------------------------------------------------------------------------------------------

    def _here(self) -> tuple[RoomDesk, Room]:
        assert self.desk is not None
        assert self.state.room is not None
        return self.desk, self.state.room

    def _take_fetched(self, found: object) -> None:
        codes = cast("Mapping[str, str]", found)
        good = frozenset(package for package, code in codes.items() if not code)
        self._set(fetched=good, unfetched={package: code for package, code in codes.items() if code})

    def _take_kept(self, kept: object) -> None:
        found = cast("Kept", kept)
        is_opened = self.state.is_opened_here or found.is_opened
        self._set(folder=self.state.folder or found.folder, is_opened_here=is_opened)
        if found.has_news and self.state.room is not None and self.state.room.state is _OPENED:
            self.post_results()
        if found.record is not None:
            self._take_record(found.record)
            if found.record.is_asked and self.state.job is Job.SEAL_RECORD and not is_record_old(self.state):
                self.file_record()

    def _take_record(self, made: object) -> None:
        record = cast("MadeRecord", made)
        self._set(record=record.pdf, record_version=record.version, sealed=record.sealed)

    def _take_results(self, kept: object) -> None:
        found = cast("Kept", kept)
        self._set(undecided=found.undecided, is_opened_here=found.is_opened)
        if found.is_opened:
            self.post_results()

    def _tell_fate(self, package: str, code: str) -> None:
        """Hear on the scan's thread what came of a bid."""
        if isValid(self):
            self._fate.emit(package, code)

    def _take_fate(self, package: str, code: str) -> None:
        self._set(fates={**self.state.fates, package: code})
