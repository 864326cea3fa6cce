"""What the room's page needs of the services, in one place: the port that its view-model works on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from desktop.services.action import Action
from desktop.services.confirming import Comparison
from desktop.views.room.facts import Bid, Passed, Room

Report = Callable[[int, int, str], None]
Check = Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeRecord:
    """The opening record that was made here, of the room's `version`; `sealed` is its sealed copy, if there is one.

    `is_asked`: it was to be handed in, and no answer has come.
    """

    pdf: Path
    version: int
    sealed: Path | None = None
    is_asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What this workstation has kept: the folder for bids and opened files, and which bids have their result.

    `is_opened`: every bid of the present envelope has one, here or in the room; `undecided` are the packages fetched
    here that have none. `has_news`: some result found here is not in the room, or better than the one there.
    `record` is the opening record, where it was made here.
    """

    folder: Path | None = None
    is_opened: bool = False
    undecided: frozenset[str] = frozenset()
    has_news: bool = False
    record: MadeRecord | None = None


class RoomDesk(Protocol):
    """One lot's room at this workstation. All methods block and raise BidSealErrors; each returns the room after it."""

    def room(self, after: int | None = None, wait_s: int = 0) -> Room:
        """Ask for the room, waiting up to `wait_s` for a version above `after`; an outsider sees the lot alone."""
        ...

    def sign_in(self) -> Room:
        """Sign the unit in."""
        ...

    def is_own_bid_closed(self, room: Room) -> bool:
        """Prove that the own bid is in what the platform has closed."""
        ...

    def deliver(self, room: Room) -> Action:
        """Make the scan that delivers the own share."""
        ...

    def compare_own(self, room: Room) -> Comparison:
        """Hold what was announced of the own bid against the bid itself."""
        ...

    def confirm(self, room: Room, *, is_agreed: bool, text: str = "") -> Room:
        """Confirm what was announced of the own bid, or object."""
        ...

    def open_window(self, room: Room) -> Room:
        """Make a room key and publish the opening notice, for as long as was announced."""
        ...

    def extend(self, room: Room, minutes: int, reason: str) -> Room:
        """Give more time."""
        ...

    def end_delivery(self, room: Room) -> Room:
        """Take no more shares."""
        ...

    def kept(self, room: Room) -> Kept:
        """Tell what an earlier run has left of the present envelope's opening."""
        ...

    def fetch(self, room: Room, folder: Path, report: Report, check: Check) -> Mapping[str, str]:
        """Fetch and verify what is to be opened; return by package the code of what is wrong, "" for nothing."""
        ...

    def open_bids(self, room: Room, on_fate: Callable[[str, str], None]) -> Action:
        """Make the scan that opens all bids; `on_fate` hears package and code of each, "" = opened, on its thread."""
        ...

    def give_up(self, room: Room, bid: Bid) -> Kept:
        """State that a bid without a result could not be opened here; nothing is published yet."""
        ...

    def post_results(self, room: Room, report: Report) -> Room:
        """Publish what came of each bid."""
        ...

    def announce(self, room: Room) -> Room:
        """Announce the envelope."""
        ...

    def judge(self, room: Room, decisions: Mapping[str, Passed]) -> Room:
        """Publish which bids' second envelope is opened."""
        ...

    def answer(self, room: Room, bid: Bid, text: str) -> Room:
        """Answer an objection."""
        ...

    def make_record(self, room: Room, folder: Path) -> MadeRecord:
        """Make the opening record's PDF and bundle in `folder`."""
        ...

    def keep_sealed(self, room: Room, pdf: Path) -> MadeRecord:
        """Note the sealed copy of the record, so that no restart asks for it again."""
        ...

    def file_record(self, room: Room, pdf: Path) -> Room:
        """Hand the sealed record in; as long as there is no answer, it is noted that it was asked for."""
        ...

    def save_record(self, room: Room, folder: Path) -> Path:
        """Save the filed record's PDF and bundle into a folder; return the PDF."""
        ...
