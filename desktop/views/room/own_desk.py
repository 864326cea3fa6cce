"""The desk of one lot's room at this workstation: the services of the opening behind the port of the view-model.

Announcements are judged when the room is entered and when the lot has a newer revision; the agency's part is made once,
for it holds what was fetched.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from desktop.crypto.certificates import CertificateFacts
from desktop.domain.errors import RejectedError, UnavailableError
from desktop.portal.room_records import ClosedBid, ClosingList, RoomView
from desktop.services.action import Action, ItemResult
from desktop.services.confirming import Comparison, confirm_own
from desktop.services.opening_evidence import Judge
from desktop.services.opening_fetch import DIFFERS
from desktop.services.opening_record import file_record, find_sealed, gather, save_record, write_record
from desktop.services.opening_room import AgentRoom, Decision
from desktop.services.tenders import KnownLot, open_lot
from desktop.services.workspace import Workspace
from desktop.store.openings import KeptRecord
from desktop.views.package.holdings import usable_holdings
from desktop.views.package.pack_state import Holding
from desktop.views.room.bidder_part import BidderPart
from desktop.views.room.desk import Check, Kept, MadeRecord, Report
from desktop.views.room.facts import Bid, Passed, Room
from desktop.views.room.reading import RoomReader

_HIDDEN = "platform.not_found"
_WHOLE = 100


class OwnDesk:
    """See `RoomDesk`. Thread-safe: the watch asks while calls are under way."""

    def __init__(self, workspace: Workspace, lot_id: str) -> None:
        self._workspace, self._lot_id = workspace, lot_id
        unit = workspace.account.organization
        self._code = unit.credit_code if unit else ""
        self._unit_id = unit.organization_id if unit else ""
        self._reader = RoomReader(own_code=self._code)
        self._lock = threading.Lock()
        self._known: KnownLot | None = None
        self._holdings: tuple[Holding, ...] = ()
        self._listed: ClosingList | None = None
        self._view: RoomView | None = None
        self._agent: AgentRoom | None = None

    # -- everybody -------------------------------------------------------------------------------------------------

    def room(self, after: int | None = None, wait_s: int = 0) -> Room:
        """Ask for the room."""
        with self._lock:
            known = self._know()
        try:
            view = self._workspace.api.room(self._lot_id, after=after, wait_s=wait_s)
        except RejectedError as error:
            if error.code != _HIDDEN:
                raise
            return self._reader.lot(known.lot, known.notice)
        return self._read(view)

    def save_record(self, room: Room, folder: Path) -> Path:  # noqa: ARG002 - of the room that was read last
        """Save the filed record."""
        if self._view is None:
            raise RejectedError(_HIDDEN, "record")
        return save_record(self._workspace, self._lot_id, self._view, folder).pdf

    # -- a bidder --------------------------------------------------------------------------------------------------

    def sign_in(self) -> Room:
        """Sign the unit in."""
        return self._read(self._workspace.api.sign_in_to_opening(self._lot_id, self._unit_id))

    def is_own_bid_closed(self, room: Room) -> bool:  # noqa: ARG002 - of the room that was read last
        """Prove that the own bid is in what the platform has closed, as it was submitted last."""
        own = self._own()
        self._bidder().demand_as_submitted(own)
        return own is not None

    def deliver(self, room: Room) -> Action:
        """Make the scan that delivers the own share."""
        own = self._own()
        self._bidder().demand_as_submitted(own)
        if own is None:
            raise RejectedError("room.not_taking_part", room.lot)
        return self._bidder().deliver(own, _present(room))

    def compare_own(self, room: Room) -> Comparison:
        """Hold what was announced of the own bid against the bid itself."""
        own = self._own()
        if own is None or self._view is None:
            return Comparison.UNKNOWN
        return self._bidder().compare(self._view, self._judge(), own, _present(room))

    def confirm(self, room: Room, *, is_agreed: bool, text: str = "") -> Room:
        """Confirm what was announced of the own bid, or object."""
        own = self._own()
        if own is None:
            raise RejectedError("room.not_taking_part", room.lot)
        view = confirm_own(
            self._workspace,
            self._lot_id,
            package=own.package,
            envelope_id=_present(room),
            is_agreed=is_agreed,
            text=text,
        )
        return self._read(view)

    # -- the agency ------------------------------------------------------------------------------------------------

    def open_window(self, room: Room) -> Room:
        """Make a room key and publish the opening notice."""
        return self._read(self._agency().open_window(_next_envelope(room)))

    def extend(self, room: Room, minutes: int, reason: str) -> Room:
        """Give more time."""
        return self._read(self._agency().extend(_present(room), minutes, reason))

    def end_delivery(self, room: Room) -> Room:
        """Take no more shares."""
        return self._read(self._agency().end_delivery(_present(room)))

    def kept(self, room: Room) -> Kept:
        """Tell what an earlier run has left of the present envelope's opening."""
        agency, record = self._agency(), self._agency().store.record()
        told = room.envelope.results if room.envelope else {}
        standing = agency.standing(
            _present(room), {bytes.fromhex(package): result.party for package, result in told.items()}
        )
        return Kept(
            folder=agency.store.place(),
            is_opened=standing.is_complete,
            undecided=frozenset(package.hex() for package in standing.undecided),
            has_news=bool(standing.news),
            record=None if record is None else _made(record),
        )

    def fetch(self, room: Room, folder: Path, report: Report, check: Check) -> Mapping[str, str]:
        """Fetch what is to be opened; where the platform is away, take up what was fetched before, if that is all."""

        def report_percent(done: int, total: int, text: str) -> None:  # bytes at first, bids while they are judged
            report(_WHOLE * done // max(total, 1), _WHOLE, text)

        self._agency().choose_place(folder)
        found = self._collect(_present(room), report_percent, check)
        return {package.hex(): code for package, code in found.items()}

    def open_bids(self, room: Room, on_fate: Callable[[str, str], None]) -> Action:
        """Make the scan that opens all bids; after a restart what was fetched is taken up first."""
        agency, envelope_id = self._agency(), _present(room)
        if not agency.is_ready(envelope_id):
            self._collect(envelope_id, _nobody_waits, _nobody_waits)

        def tell(result: ItemResult) -> None:
            on_fate(result.key, result.code)

        return agency.release(envelope_id, self._officer(), on_fate=tell)

    def give_up(self, room: Room, bid: Bid) -> Kept:
        """State that a bid without a result could not be opened here."""
        self._agency().give_up(_present(room), bytes.fromhex(bid.package))
        return self.kept(room)

    def post_results(self, room: Room, report: Report) -> Room:
        """Publish what came of each bid."""
        return self._read(self._agency().post_results(_present(room), report=report))

    def announce(self, room: Room) -> Room:
        """Announce the envelope."""
        return self._read(self._agency().announce(_present(room)))

    def judge(self, room: Room, decisions: Mapping[str, Passed]) -> Room:
        """Publish which bids' second envelope is opened."""
        said = {
            bytes.fromhex(package): Decision(passed=each.passed, reason=each.reason)
            for package, each in decisions.items()
        }
        return self._read(self._agency().decide(_present(room), said))

    def answer(self, room: Room, bid: Bid, text: str) -> Room:
        """Answer an objection."""
        return self._read(self._agency().answer(_present(room), bytes.fromhex(bid.package), text))

    def make_record(self, room: Room, folder: Path) -> MadeRecord:  # noqa: ARG002 - of the room at the platform
        """Make the opening record's PDF and bundle."""
        record = gather(self._workspace, self._lot_id, self._know().announcements)
        files = write_record(self._workspace, record, folder)
        kept = KeptRecord(pdf=files.pdf, bundle=files.bundle, version=record.room.version)
        self._agency().store.keep_record(kept)
        return _made(kept)

    def keep_sealed(self, room: Room, pdf: Path) -> MadeRecord:
        """Note the sealed copy of the record."""
        return _made(self._keep_sealed(room, pdf, is_asked=False))

    def file_record(self, room: Room, pdf: Path) -> Room:
        """Hand the sealed record in, with the bundle that was made with it."""
        kept = self._keep_sealed(room, pdf, is_asked=True)
        return self._read(file_record(self._workspace, self._lot_id, pdf=pdf, bundle=kept.bundle))

    # -- small parts -----------------------------------------------------------------------------------------------

    def _collect(self, envelope_id: str, report: Report, check: Check) -> Mapping[bytes, str]:
        """Have everything for an envelope at hand: fetched, or without a network as an earlier run has left it.

        Raises:
            UnavailableError: the platform is away, and not every package is here.
        """
        agency = self._agency()
        try:
            return agency.fetch(envelope_id, report=report, check=check)
        except UnavailableError:
            if agency.store.fetched(envelope_id) is None:
                raise
            found = agency.take_up(envelope_id, report=report, check=check)
            if DIFFERS in found.values():
                agency.forget(envelope_id)
                raise
            return found

    def _keep_sealed(self, room: Room, pdf: Path, *, is_asked: bool) -> KeptRecord:
        store = self._agency().store
        record = store.record()
        if record is None:
            raise RejectedError("opening.record_missing", room.lot)
        is_asked = is_asked or (record.is_asked and record.sealed == pdf)
        kept = replace(record, sealed=pdf, is_asked=is_asked)
        store.keep_record(kept)
        return kept

    def _know(self, revision: int = 0) -> KnownLot:
        """Return the judged lot, asking again where there is a newer revision."""
        if self._known is None or self._known.notice.revision < revision:
            self._known = open_lot(self._workspace, self._lot_id)
            self._holdings = usable_holdings(self._workspace)[0]
            self._agent = None
        return self._known

    def _judge(self) -> Judge:
        return Judge.of(self._workspace, self._know().announcements)

    def _read(self, view: RoomView) -> Room:
        with self._lock:
            self._know(view.lot.revision)
            try:
                room = self._reader.room(view, self._judge(), self._closed_bids)
            except RejectedError:
                # In a long opening the revocation lists may have grown old: with fresh ones it is judged once more.
                self._workspace.trust.refresh()
                room = self._reader.room(view, self._judge(), self._closed_bids)
            if self._view is None or view.version >= self._view.version:
                self._view = view
            return room

    def _closed_bids(self) -> tuple[ClosedBid, ...]:
        if self._listed is None:
            self._listed = self._workspace.api.closing(self._lot_id)
        return self._listed.bids

    def _own(self) -> ClosedBid | None:
        return None if self._listed is None else self._bidder().closed_bid(self._listed, self._judge())

    def _bidder(self) -> BidderPart:
        return BidderPart(
            self._workspace, self._know(), credit_code=self._code, unit_id=self._unit_id, holdings=self._holdings
        )

    def _agency(self) -> AgentRoom:
        if self._agent is None:
            self._agent = AgentRoom(self._workspace, self._lot_id, self._know().announcements)
        return self._agent

    def _officer(self) -> CertificateFacts:
        """Return the person's certificate that may run this opening.

        Raises:
            RejectedError: there is none (`opening.not_officer`).
        """
        officers = self._know().notice.officers
        for holding in self._holdings:
            if holding.certificate.sha256 in officers:
                return holding.certificate
        raise RejectedError("opening.not_officer", self._code)


def _made(record: KeptRecord) -> MadeRecord:
    """Return a kept record as the room shows it; a sealed copy that lies beside it need not be chosen."""
    sealed = record.sealed if record.sealed is not None and record.sealed.is_file() else find_sealed(record.pdf)
    return MadeRecord(
        pdf=record.pdf, version=record.version, sealed=sealed, is_asked=record.is_asked and sealed is not None
    )


def _nobody_waits(*_told: object) -> None:
    """Report to nobody, and never stop."""


def _present(room: Room) -> str:
    return room.envelope.envelope_id if room.envelope else ""


def _next_envelope(room: Room) -> str:
    """Return the envelope whose window comes next: the first, or the one after the announced one."""
    if room.envelope is None or room.envelope.announced_at is None:
        return _present(room)
    return room.envelopes[room.envelopes.index(room.envelope) + 1].envelope_id
