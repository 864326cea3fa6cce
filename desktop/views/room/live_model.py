"""The live part of a room's view-model: it enters, follows, notices the deadline, and runs one call at a time.

The room comes by the watch, and a call's answer ends in the same place as news from others; an older version never
replaces a newer one. What comes of a room that was left is shown in no other.
"""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import isValid

from desktop.domain.clock import Clock
from desktop.domain.errors import BidSealError
from desktop.domain.tendering import LotState
from desktop.services.room_watch import RoomWatch
from desktop.ui.page import Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, TaskHandle, run
from desktop.views.room.course import next_end
from desktop.views.room.desk import RoomDesk
from desktop.views.room.facts import Room
from desktop.views.room.state import Board, Call, RoomState, Work

T = TypeVar("T")
_TICK_MS = 1000
CANCELLED = "general.cancelled"

#: What a call does: it gets the desk, the room as it is, and a way to report; it returns something for its taker.
Do = Callable[[RoomDesk, Room, ReportProgress, CancelToken], object]


class LiveRoomModel(ViewModel[RoomState]):
    """Owns the state of one room from `open` to `leave`."""

    #: Carries what the watch has heard to this thread, as a call to make.
    _heard = Signal(object)

    def __init__(self, clock: Clock, *, own_name: str = "", parent: QObject | None = None) -> None:
        """`clock` keeps the platform's time; `own_name` is the unit as the room calls it."""
        super().__init__(RoomState(), parent)
        self.clock, self.own_name = clock, own_name
        self.desk: RoomDesk | None = None
        self._watch: RoomWatch[Room] | None = None
        self._running: TaskHandle[object] | None = None
        self._looked_at_end: datetime | None = None
        self._ticks = QTimer(self)
        self._ticks.setInterval(_TICK_MS)
        self._ticks.timeout.connect(self._tick)
        self._heard.connect(self._hear)

    # -- entering and leaving --------------------------------------------------------------------------------------

    def open(self, desk: RoomDesk, *, is_enrolled: bool = True) -> None:
        """Enter the room of `desk`."""
        self.leave()
        self.desk = desk
        fresh = RoomState(is_enrolled=is_enrolled, is_large=self.state.is_large)
        self._set(**{each.name: getattr(fresh, each.name) for each in fields(fresh)})
        self.load()

    def leave(self) -> None:
        """Follow it no longer."""
        self._follow_no_more()
        if self._running is not None:
            self._running.discard()
            self._running = None
        self._ticks.stop()
        self.desk = None

    def load(self) -> None:
        """Ask for the room, then follow it."""
        desk = self.desk
        if desk is None:
            return
        self._follow_no_more()
        if self.state.room is None:
            self._set(phase=Phase.LOADING)
        entered, failed = self._of(desk, self._enter), self._of(desk, self._fail)
        run(lambda progress, cancel: _asked(desk, progress, cancel), entered, failed, receiver=self)

    def cancel(self) -> None:
        """Stop what is under way, where it can be."""
        if self._running is not None:
            self._running.cancel()

    # -- what arrives ----------------------------------------------------------------------------------------------

    def take(self, room: Room) -> None:
        """Show a room, unless a newer one is shown already."""
        known = self.state.room
        if known is not None and (room.lot_id != known.lot_id or room.version < known.version):
            return
        has_moved_on = known is not None and known.envelope_id != room.envelope_id
        is_announced = known is not None and known.state is not room.state and room.state is LotState.ANNOUNCED
        board = Board.ANNOUNCEMENT if is_announced else Board.BIDS if has_moved_on else self.state.board
        self._set(
            phase=Phase.NORMAL,
            room=room,
            now=self.clock.now(),
            has_signed_in=any(unit.name == self.own_name for unit in room.signed_in),
            board=board,
            problem_code="",
            problem_detail="",
        )
        if has_moved_on:
            self._set(viewed="", fetched=frozenset(), unfetched={}, comparison=None)
            self._set(fates={}, undecided=frozenset(), is_opened_here=False)
        self.room_taken(room)

    def room_taken(self, room: Room) -> None:
        """Hear of each room that is shown."""

    def _of(self, desk: RoomDesk, take: Callable[[T], object]) -> Callable[[T], None]:
        """Return what takes something that comes of `desk`, as long as that is the one before which we are."""

        def taking(found: T) -> None:
            if self.desk is desk:
                take(found)

        return taking

    def _post(self, take: Callable[[T], object], value: T) -> None:
        """Have something taken that the watch has heard, from its thread, unless the model has gone meanwhile."""
        if isValid(self):
            self._heard.emit(partial(take, value))

    def _hear(self, call: Callable[[], None]) -> None:
        call()

    def _enter(self, room: Room) -> None:
        self._ticks.start()
        self.take(room)
        self._follow(room)

    def _follow(self, room: Room) -> None:
        desk = self.desk
        if desk is None or self._watch is not None or not room.is_entered:
            return
        self._watch = RoomWatch(
            desk.room,
            on_room=partial(self._post, self._of(desk, self.take)),
            on_link=partial(self._post, self._of(desk, lambda online: self._set(is_live=online))),
            on_lost=partial(self._post, self._of(desk, self._fail)),
        )
        self._watch.start(after=room.version)

    def _follow_no_more(self) -> None:
        if self._watch is not None:
            self._watch.stop()
            self._watch = None
        self._set(is_live=True)

    def _tick(self) -> None:
        """Notice deadline and end of the window, and look at once: the watch may be in the middle of a long poll."""
        now, room = self.clock.now(), self.state.room
        if room is None:
            return
        if (now > room.deadline) != self.state.is_past_deadline:
            self._set(now=now)
        end = next_end(room)
        if end is not None and now > end and end != self._looked_at_end:
            self._looked_at_end = end
            self.look()

    def look(self) -> None:
        """Ask for the room beside the watch."""
        self._alone(lambda desk, _room, _report, _cancel: desk.room(), self._take_answer)

    # -- calls -----------------------------------------------------------------------------------------------------

    def _call(self, call: Call, do: Do, done: Callable[[object], None] | None = None) -> None:
        """Run `do` off the GUI thread unless another call is under way; its answer is a room unless `done` takes it."""
        desk, room = self.desk, self.state.room
        if desk is None or room is None or self.state.work is not None:
            return
        self._set(work=Work(call=call), failure="", failure_detail="", saved=None)

        def work(progress: ReportProgress, cancel: CancelToken) -> object:
            cancel.raise_if_set()
            return do(desk, room, progress, cancel)

        def ended(answer: object) -> None:
            self._set(work=None)
            (done or self._take_answer)(answer)

        self._running = run(work, ended, self._not_done, self._progress, receiver=self)

    def _alone(self, do: Do, done: Callable[[object], None]) -> None:
        """Run `do` beside the calls, unasked."""
        desk, room = self.desk, self.state.room
        if desk is None or room is None:
            return

        def work(progress: ReportProgress, cancel: CancelToken) -> object:
            cancel.raise_if_set()
            return do(desk, room, progress, cancel)

        run(work, self._of(desk, done), self._of(desk, self._not_done_alone), receiver=self)

    def _take_answer(self, room: object) -> None:
        assert isinstance(room, Room)
        self.take(room)
        self._follow(room)

    def _progress(self, done: int, total: int, text: str) -> None:
        if self.state.work is not None:
            self._set(work=replace(self.state.work, done=done, total=total, text=text))

    def _not_done(self, error: BidSealError) -> None:
        self._set(work=None)
        self._not_done_alone(error)

    def _not_done_alone(self, error: BidSealError) -> None:
        """Say what went wrong; a call that is under way beside it goes on."""
        is_cancelled = error.code == CANCELLED
        self._set(failure="" if is_cancelled else error.code, failure_detail=error.detail)


def _asked(desk: RoomDesk, progress: ReportProgress, cancel: CancelToken) -> Room:
    progress(0, 0)
    cancel.raise_if_set()
    return desk.room()
