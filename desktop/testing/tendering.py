"""What people do in 开标大厅: a bidder signs in, delivers, objects; the agency runs the opening to its record.

Each step is done by the controls that a person sees, and ends when its result is in the room.
"""

from collections.abc import Mapping
from pathlib import Path

from desktop.testing.actors import OfficeWorker, PhoneHolder
from desktop.testing.driver import NotAsExpectedError, wait_until
from desktop.ui.page import Phase
from desktop.views.room import RoomPage, RoomsPage
from desktop.views.room.facts import Room
from desktop.views.room.state import Job


def room_page(worker: OfficeWorker) -> RoomPage:
    """Return the page of the room that was entered."""
    return worker.screen.find("roomPage", RoomPage)


def room_of(worker: OfficeWorker) -> Room:
    """Return the room as it is shown."""
    room = room_page(worker).model.state.room
    if room is None:
        raise NotAsExpectedError("no room was entered")
    return room


def enter_room(worker: OfficeWorker, lot_id: str) -> None:
    """Go to the list of rooms and enter the one of a lot; a bidder comes there from its project's page."""
    if worker.screen.is_visible("nav_room"):
        worker.screen.click("nav_room")
    else:
        worker.client.go("room", "")
    if worker.screen.is_visible("roomBack"):
        worker.screen.click("roomBack")
    rooms = worker.screen.find("roomsPage", RoomsPage)
    wait_until(lambda: any(lot.lot_id == lot_id for lot in rooms.model.state.lots), "the room to be listed")
    rooms.table.select(lot_id)
    worker.screen.click("roomsEnter")
    page = room_page(worker)
    wait_until(lambda: page.phase is Phase.NORMAL, "the room")


def await_job(worker: OfficeWorker, job: Job) -> None:
    """Wait until the room asks for `job`: news from the others come by themselves."""
    page = room_page(worker)
    wait_until(lambda: page.model.state.job is job, f"{job} to be next; it is {page.model.state.job}")


# -- a bidder ----------------------------------------------------------------------------------------------------------


def sign_in_to_opening(worker: OfficeWorker) -> None:
    """Sign the unit in (签到)."""
    _act(worker, Job.SIGN_IN)
    await_job(worker, Job.AWAIT_DEADLINE)


def deliver_share(worker: OfficeWorker, phone: PhoneHolder) -> None:
    """Deliver the own share by one scan."""
    await_job(worker, Job.DELIVER)
    worker.screen.click("roomAct")
    _agree(worker, phone)
    await_job(worker, Job.DELIVERED)


def await_own_confirmation(worker: OfficeWorker) -> None:
    """Wait until the workstation has confirmed by itself what was announced of the own bid."""
    page = room_page(worker)

    def is_confirmed() -> bool:
        room = page.model.state.room
        own, envelope = (room.own_bid, room.envelope) if room else (None, None)
        return own is not None and envelope is not None and own.package in envelope.confirmations

    wait_until(is_confirmed, "the own bid to be confirmed")


def object_to_announcement(worker: OfficeWorker, text: str) -> None:
    """Object to what was announced."""
    worker.screen.click("roomObject")
    worker.screen.type_text("textPromptField", text)
    worker.screen.click("textPromptConfirm")
    _rest(worker)


# -- the agency --------------------------------------------------------------------------------------------------------


def open_delivery(worker: OfficeWorker) -> None:
    """Open the delivery window."""
    _act(worker, Job.OPEN_WINDOW)
    await_job(worker, Job.WATCH_DELIVERY)


def extend_delivery(worker: OfficeWorker, reason: str) -> None:
    """Give a quarter of an hour more."""
    worker.screen.click("roomExtend")
    worker.screen.type_text("extendReason", reason)
    worker.screen.click("extendConfirm")
    _rest(worker)


def await_deliveries(worker: OfficeWorker, count: int) -> None:
    """Wait until so many have delivered; it is seen live."""
    page = room_page(worker)

    def delivered() -> int:
        envelope = page.model.state.envelope
        return len(envelope.deliveries) if envelope else 0

    wait_until(lambda: delivered() == count, f"{count} deliveries")


def end_delivery(worker: OfficeWorker) -> None:
    """End the delivery before its time, once everybody has delivered."""
    _act(worker, Job.WATCH_DELIVERY)
    await_job(worker, Job.FETCH)


def fetch_bids(worker: OfficeWorker, folder: Path) -> None:
    """Fetch all bids into a folder."""
    worker.hand.hold(folder)
    _act(worker, Job.FETCH)
    await_job(worker, Job.OPEN_BIDS)


def open_all_bids(worker: OfficeWorker, phone: PhoneHolder) -> None:
    """Open all bids by one scan; the results are published."""
    await_job(worker, Job.OPEN_BIDS)
    worker.screen.click("roomAct")
    _agree(worker, phone)
    await_job(worker, Job.ANNOUNCE)


def open_what_can_be(worker: OfficeWorker, phone: PhoneHolder) -> None:
    """Scan for all bids where some cannot be opened on this computer: nothing is published before they are decided."""
    await_job(worker, Job.OPEN_BIDS)
    worker.screen.click("roomAct")
    _agree(worker, phone)
    wait_until(lambda: bool(room_page(worker).model.state.undecided), "what is left")


def give_up(worker: OfficeWorker, bidder: str) -> None:
    """Give up the bid of a bidder, which a scan has left without a result."""
    _choose(worker, bidder)
    worker.screen.click("roomGiveUp")
    worker.screen.click("confirmDialogConfirm")
    wait_until(lambda: not room_page(worker).model.state.undecided, "the bid to be decided")
    _rest(worker)


def announce(worker: OfficeWorker) -> None:
    """Announce (唱标)."""
    _act(worker, Job.ANNOUNCE)
    worker.screen.find("roomAnnouncement")


def answer_objection(worker: OfficeWorker, bidder: str, text: str) -> None:
    """Answer the objection of a bidder."""
    _choose(worker, bidder)
    worker.screen.click("roomAnswer")
    worker.screen.type_text("textPromptField", text)
    worker.screen.click("textPromptConfirm")
    _rest(worker)


def judge_first_envelopes(worker: OfficeWorker, refused: Mapping[str, str]) -> None:
    """Let all bids pass but the `refused`, whose bidders are named with the reasons, and publish it."""
    await_job(worker, Job.JUDGE)
    for bid in room_of(worker).bids:
        _choose(worker, bid.name)
        if bid.name in refused:
            worker.screen.click("roomRefuse")
            worker.screen.type_text("textPromptField", refused[bid.name])
            worker.screen.click("textPromptConfirm")
        elif worker.screen.is_visible("roomPass"):
            worker.screen.click("roomPass")
    _act(worker, Job.JUDGE)


def make_record(worker: OfficeWorker, folder: Path) -> Path:
    """Make the opening record and return its PDF, to be sealed; `folder` counts where bids were fetched nowhere."""
    worker.hand.hold(folder)
    _act(worker, Job.MAKE_RECORD)
    await_job(worker, Job.SEAL_RECORD)
    record = room_page(worker).model.state.record
    if record is None:
        raise NotAsExpectedError("there is no record")
    return record


def file_record(worker: OfficeWorker, sealed: Path) -> None:
    """Hand the sealed record in."""
    worker.hand.hold(sealed)
    worker.screen.click("roomSealedFile")
    _act(worker, Job.SEAL_RECORD)
    await_job(worker, Job.OVER)


def save_record(worker: OfficeWorker, folder: Path) -> Path:
    """Save the filed record into a folder and return its PDF."""
    worker.hand.hold(folder)
    _act(worker, Job.OVER)
    worker.screen.find("roomSaved")
    saved = room_page(worker).model.state.saved
    if saved is None:
        raise NotAsExpectedError("nothing was saved")
    return saved


# -- small parts -------------------------------------------------------------------------------------------------------


def _act(worker: OfficeWorker, job: Job) -> None:
    await_job(worker, job)
    worker.screen.click("roomAct")
    _rest(worker)


def _rest(worker: OfficeWorker) -> None:
    page = room_page(worker)
    wait_until(lambda: page.model.state.work is None, "what is under way to end")
    if page.model.state.failure:
        raise NotAsExpectedError(f"{page.model.state.failure} {page.model.state.failure_detail}")


def _choose(worker: OfficeWorker, bidder: str) -> None:
    page = room_page(worker)
    bid = next((each for each in room_of(worker).bids if each.name == bidder), None)
    if bid is None:
        raise NotAsExpectedError(f"no bid of {bidder}")
    for board in (page.bids, page.announcement):
        if board.isVisible():
            board.table.select(bid.package)
    wait_until(lambda: page.model.state.selected == bid.package, "the bid in front")


def _agree(worker: OfficeWorker, phone: PhoneHolder) -> None:
    phone.scan(worker.screen)
    phone.approve(typed_code=worker.code_to_type(phone))
    worker.finish_scan()
    phone.put_away()
