"""An opening at a real platform, by the windows of an agency and a bidder, with two more bidders at their desks."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.app import make_client
from desktop.domain.clock import ManualClock
from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.problems import problem
from desktop.domain.tendering import LotState
from desktop.store.memory_keyring import no_keyring
from desktop.testing import OfficeWorker, PhoneHolder, wait_until
from desktop.testing import tendering as at
from desktop.testing.hand import FileHand
from desktop.testing.prepared import MORNING, copy_state, sign_in
from desktop.testing.rig import CHEAP, scan_by_camera
from desktop.ui.i18n import Languages
from desktop.views.room.facts import Passed, Room
from desktop.views.room.own_desk import OwnDesk
from desktop.views.room.state import Job
from tests.views.room.world import Actor, RoomWorld, people, prepare

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

Window = Callable[[Actor], OfficeWorker]
Phone = Callable[[Actor], PhoneHolder]


@pytest.fixture(scope="session")
def submitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("room")
    with no_keyring():
        prepare(folder)
    return folder


@pytest.fixture
def world(submitted: Path, tmp_path: Path) -> Iterator[RoomWorld]:
    copy_state(submitted, tmp_path / "state")
    with no_keyring(), people(tmp_path / "state", ManualClock(MORNING)) as made:
        yield made


@pytest.fixture
def window(world: RoomWorld, _bidseal_languages: Languages) -> Iterator[Window]:
    workers: list[OfficeWorker] = []

    def open_window(actor: Actor) -> OfficeWorker:
        hand = FileHand()
        client = make_client(actor.workspace, _bidseal_languages, pick=hand, ask=hand.choose_folder)
        client.start()
        workers.append(OfficeWorker(client, hand))
        at.enter_room(workers[-1], world.lot_id)
        return workers[-1]

    yield open_window
    for worker in workers:
        worker.close()


@pytest.fixture
def phone(world: RoomWorld, _bidseal_languages: Languages) -> Iterator[Phone]:
    holders: list[PhoneHolder] = []

    def take(actor: Actor) -> PhoneHolder:
        holder = PhoneHolder.with_new_phone(
            actor.folder / "phone",
            world.platform,
            mobile=actor.company.mobile,
            languages=_bidseal_languages,
            clock=world.clock,
            cost=CHEAP,
        )
        holders.append(holder)
        holder.log_in(actor.company.mobile)
        return holder

    yield take
    for holder in holders:
        holder.close()


def nothing(*_told: object) -> None:
    """Hear of progress and go on."""


def open_envelope(world: RoomWorld, desk: OwnDesk, folder: Path) -> Room:
    """Run one envelope from its window to the announcement, without windows; return the room."""
    desk.open_window(desk.room())
    for actor in world.bidders:
        own = OwnDesk(actor.workspace, world.lot_id)
        room = own.room()
        assert room.own_bid is not None
        assert room.envelope is not None
        if room.takes_part(room.own_bid, room.envelope):
            actor.scan(own.deliver(room))
    room = desk.end_delivery(desk.room())
    desk.fetch(room, folder, nothing, nothing)
    world.agency.scan(desk.open_bids(room, nothing))
    return desk.announce(desk.post_results(room, nothing))


def deliver(world: RoomWorld, *actors: Actor) -> None:
    """Deliver without a window."""
    for actor in actors:
        desk = OwnDesk(actor.workspace, world.lot_id)
        actor.scan(desk.deliver(desk.room()))


def rows(worker: OfficeWorker, table: str) -> list[list[str]]:
    shown = worker.screen.find(table).model()  # type: ignore[attr-defined]  # a DataTable
    return [
        [str(shown.data(shown.index(row, column))) for column in range(shown.columnCount())]
        for row in range(shown.rowCount())
    ]


def test_opening_from_sign_in_to_announcement_is_live_at_both_windows(
    world: RoomWorld, window: Window, phone: Phone, tmp_path: Path
) -> None:
    first, second, third = world.bidders
    agent, bidder = window(world.agency), window(first)
    at.sign_in_to_opening(bidder)
    agent.screen.find("roomNobody")  # nobody is told before the deadline who will bid
    world.close()
    at.await_job(agent, Job.OPEN_WINDOW)
    wait_until(lambda: "本工位已核对" in at.room_page(bidder).job.text.text(), "the own bid to be proven closed")
    at.open_delivery(agent)
    at.deliver_share(bidder, phone(first))
    at.await_deliveries(agent, 1)
    at.extend_delivery(agent, "两家投标人网络中断")
    deliver(world, second, third)
    at.await_deliveries(agent, 3)
    at.end_delivery(agent)
    at.fetch_bids(agent, tmp_path / "开标")
    world.clock.advance(61)
    at.open_all_bids(agent, phone(world.agency))
    at.announce(agent)
    prices = [["1", second.company.name, "1,100,000.50"], ["2", first.company.name, "1,200,000.00"]]
    prices.append(["3", third.company.name, "1,300,000.00"])
    assert [row[:3] for row in rows(agent, "roomAnnouncement")] == prices
    assert [row[7] for row in rows(agent, "roomAnnouncement")] == ["", "", "超最高限价"]
    bidder.screen.find("roomAnnouncement")
    assert [row[:3] for row in rows(bidder, "roomAnnouncement")] == prices
    at.await_own_confirmation(bidder)
    at.object_to_announcement(bidder, "请复核第三名的限价标记")
    wait_until(lambda: not at.room_page(agent).job.act.isEnabled(), "the objection at the agency")
    at.answer_objection(agent, first.company.name, "已复核, 超过最高投标限价")
    record = at.make_record(agent, tmp_path)
    assert record.parent == tmp_path / "开标"
    at.file_record(agent, record)
    at.await_job(bidder, Job.OVER)
    saved = at.save_record(bidder, tmp_path / "归档")
    assert saved.read_bytes() == record.read_bytes()
    assert saved.with_suffix(".bidrecord").read_bytes() == record.with_suffix(".bidrecord").read_bytes()


def test_bid_whose_bidder_delivers_nothing_is_recorded_with_cause_and_party_and_stops_no_other(
    world: RoomWorld, window: Window, phone: Phone, tmp_path: Path
) -> None:
    first, second, third = world.bidders
    agent = window(world.agency)
    world.close()
    at.open_delivery(agent)
    deliver(world, first, third)
    at.await_deliveries(agent, 2)
    assert not at.room_page(agent).job.act.isEnabled()
    world.clock.advance(31 * 60)
    at.await_job(agent, Job.FETCH)  # the window has ended by itself
    at.fetch_bids(agent, tmp_path / "开标")
    at.open_all_bids(agent, phone(world.agency))
    fates = {row[1]: (row[5], row[6]) for row in rows(agent, "roomBids")}
    title = problem("tender.share_not_delivered").zh.title
    assert fates[second.company.name] == ("未能解密", f"投标人原因: {title}")
    assert [fates[each.company.name][0] for each in (first, third)] == ["已解密", "已解密"]


def test_room_goes_on_by_itself_when_the_platform_is_back(world: RoomWorld, window: Window) -> None:
    first = world.bidders[0]
    bidder = window(first)
    at.sign_in_to_opening(bidder)
    world.platform.stop()
    bidder.screen.find("roomOffline")
    world.platform.start()
    bidder.screen.wait_gone("roomOffline")
    world.close()
    at.await_job(bidder, Job.AWAIT_WINDOW)


def test_revocation_lists_that_have_grown_old_meanwhile_are_fetched_before_a_paper_is_refused(world: RoomWorld) -> None:
    agency = world.agency
    desk = OwnDesk(agency.workspace, world.lot_id)
    desk.room()
    world.clock.advance(8 * 24 * 3600)
    sign_in(agency.workspace, world.platform, agency.company.mobile)
    assert desk.room().count == 3


def test_second_envelope_of_a_bid_that_did_not_pass_stays_sealed_to_the_filed_record(tmp_path: Path) -> None:
    (place := tmp_path / "开标").mkdir()
    with no_keyring():
        prepare(tmp_path / "state", is_double=True)
    with no_keyring(), people(tmp_path / "state", ManualClock(MORNING)) as world:
        desk = OwnDesk(world.agency.workspace, world.lot_id)
        world.close()
        room = open_envelope(world, desk, place)
        first, _second = room.envelopes
        assert {result.price for result in first.results.values()} == {None}
        refused = room.bids[2]
        passed = {bid.package: Passed(passed=bid != refused, reason="业绩不满足") for bid in room.bids}
        desk.judge(room, passed)
        room = open_envelope(world, desk, place)
        opened = room.envelopes[1].results
        assert room.envelope_id == "second"
        assert set(opened) == {bid.package for bid in room.bids[:2]}
        assert all(result.price is not None for result in opened.values())
        room = desk.file_record(room, desk.make_record(room, place).pdf)
        assert room.state is LotState.RECORDED


def test_bid_that_this_computer_cannot_open_is_given_up_and_every_window_says_so(
    world: RoomWorld, window: Window, phone: Phone, tmp_path: Path
) -> None:
    first, second, third = world.bidders
    agent, bidder = window(world.agency), window(first)
    world.close()
    at.open_delivery(agent)
    deliver(world, first, second, third)
    at.await_deliveries(agent, 3)
    at.end_delivery(agent)
    at.fetch_bids(agent, tmp_path / "开标")
    (package,) = (tmp_path / "开标" / "packages").glob("0001-*.bid")
    package.write_bytes(b"damaged on this disk after it was verified")
    at.open_what_can_be(agent, phone(world.agency))
    at.give_up(agent, first.company.name)
    at.announce(agent)
    at.await_job(bidder, Job.CHECK_OWN)
    for worker in (agent, bidder):
        worker.screen.click("roomBoard_bids")
        ((state, cause),) = (row[5:7] for row in rows(worker, "roomBids") if row[1].startswith(first.company.name))
        assert (state, cause) == ("未能解密", f"非投标人原因: {problem('opening.given_up').zh.title}")
    assert at.make_record(agent, tmp_path).exists()


def test_record_that_was_sealed_before_a_restart_is_found_and_filed_without_another_scan(
    world: RoomWorld, tmp_path: Path
) -> None:
    workspace = world.agency.workspace
    world.close()
    desk = OwnDesk(workspace, world.lot_id)
    room = open_envelope(world, desk, tmp_path)
    made = desk.make_record(room, tmp_path)
    assert (made.sealed, made.is_asked) == (None, False)
    again = OwnDesk(workspace, world.lot_id)
    room = again.room()
    assert again.kept(room).record == made
    sealed = made.pdf.with_name("开标记录_已签章.pdf")
    sealed.write_bytes(made.pdf.read_bytes() + b"signature")
    found = OwnDesk(workspace, world.lot_id)
    record = found.kept(room).record
    assert record is not None
    assert record.sealed == sealed
    world.platform.stop()
    with pytest.raises(UnavailableError):
        found.file_record(room, sealed)
    world.platform.start()
    last = OwnDesk(workspace, world.lot_id)
    kept = last.kept(last.room()).record
    assert kept is not None
    assert (kept.sealed, kept.is_asked) == (sealed, True)
    assert last.file_record(room, sealed).state is LotState.RECORDED


def test_record_whose_files_are_gone_is_made_again(world: RoomWorld, tmp_path: Path) -> None:
    world.close()
    desk = OwnDesk(world.agency.workspace, world.lot_id)
    room = open_envelope(world, desk, tmp_path)
    made = desk.make_record(room, tmp_path)
    made.pdf.with_suffix(".bidrecord").unlink()
    assert desk.kept(room).record is None
    with pytest.raises(RejectedError, match=r"opening\.record_missing"):
        desk.file_record(room, made.pdf)


def test_agency_opens_by_camera_without_the_platform_and_publishes_when_it_is_back(
    world: RoomWorld, tmp_path: Path
) -> None:
    desk = OwnDesk(world.agency.workspace, world.lot_id)
    world.close()
    room = desk.open_window(desk.room())
    deliver(world, *world.bidders)
    room = desk.end_delivery(room)
    desk.fetch(room, tmp_path, nothing, nothing)
    world.platform.stop()
    fates: dict[str, str] = {}
    view, _result = scan_by_camera(
        world.agency.workspace,
        world.agency.phone,
        desk.open_bids(room, fates.__setitem__),
        credit_code=world.agency.company.credit_code,
    )
    assert view.problem == ""
    assert fates == dict.fromkeys((bid.package for bid in room.bids), "")
    world.platform.start()
    assert OwnDesk(world.agency.workspace, world.lot_id).kept(room).is_opened
    assert desk.post_results(room, nothing).state is LotState.OPENED
