"""The whole opening at a real platform: workstations and phones of an agency and three bidders, without a window."""

from pathlib import Path
from typing import Any

import pytest

from desktop.crypto.primitives import sha256
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.domain.tendering import LotState, OpeningState, Party, PolicyGroup
from desktop.formats.bundle import judge_bundle
from desktop.phone.core import Phone
from desktop.protocol.messages import Outcome
from desktop.services.ceremony import Stage
from desktop.services.confirming import Comparison, check_own, confirm_own
from desktop.services.delivering import DeliverAction, OwnSubmission
from desktop.services.opening_evidence import Judge
from desktop.services.opening_record import Record, RecordFiles, file_record, gather, save_record, write_record
from desktop.services.opening_room import AgentRoom, Decision
from desktop.services.tenders import open_lot
from desktop.signing.pdf import ImprintPlacement
from desktop.store.files import sha256_of
from desktop.testing.rig import HeadlessScan, Scan
from tests.opening.people import Bidding
from tests.pdf.conftest import Sealer, Verifier, imprint_png
from tests.pdf.pki import Pki

EVERY = tuple(PolicyGroup)


def quiet(*_: object) -> None:
    """Tell nobody how far it is, and never cancel."""


def delivery(bidding: Bidding, number: int, envelope_id: str = "bid", **changes: Any) -> DeliverAction:
    bidder = bidding.bidders[number]
    known = open_lot(bidder.workspace, bidding.lot_id)
    values: dict[str, Any] = {
        "certificate": bidder.certificate,
        "encryption_certificate": bidder.encryption,
        "submission": OwnSubmission(
            lot_id=bidding.lot_id, announcements=known.announcements, package=bidding.packages[number]
        ),
        "envelope_id": envelope_id,
    }
    return DeliverAction(bidder.workspace, **{**values, **changes})


def deliver(bidding: Bidding, *numbers: int, envelope_id: str = "bid", phone: Phone | None = None) -> None:
    for number in numbers:
        bidding.bidders[number].done(delivery(bidding, number, envelope_id), phone)


def open_all(bidding: Bidding, room: AgentRoom, envelope_id: str = "bid") -> None:
    room.fetch(envelope_id, report=quiet, check=quiet)
    bidding.agency.done(room.release(envelope_id, bidding.agency.certificate))


def closed(bidding: Bidding, bids: tuple[int, ...] = (0, 1, 2)) -> AgentRoom:
    """Publish, bid and close."""
    bidding.publish()
    for number in bids:
        bidding.bid(number)
    bidding.pass_deadline()
    return bidding.room()


def end_window(bidding: Bidding, room: AgentRoom, envelope_id: str = "bid") -> None:
    bidding.clock.advance(31 * 60)
    room.end_delivery(envelope_id)


def announce_all(bidding: Bidding, room: AgentRoom, envelope_id: str) -> None:
    """Open an envelope whose delivery has ended, and announce what came of it."""
    open_all(bidding, room, envelope_id)
    room.post_results(envelope_id, report=quiet)
    room.announce(envelope_id)


def double(bidding: Bidding, *delivering: int) -> AgentRoom:
    """Bring a lot with two envelopes to where the first one was announced."""
    bidding.publish(("first", EVERY), ("second", EVERY))
    for number in range(3):
        bidding.bid(number)
    bidding.pass_deadline()
    room = bidding.room()
    room.open_window("first")
    deliver(bidding, *delivering, envelope_id="first")
    end_window(bidding, room, "first")
    announce_all(bidding, room, "first")
    return room


def results(bidding: Bidding, room: AgentRoom, envelope_id: str = "bid") -> dict[int, Any]:
    found = bidding.agency.workspace.api.room(bidding.lot_id).envelopes[envelope_id].results
    read = [room.judge().result(data, envelope_id).payload for data in found.values()]
    packages = {bidding.packages[n].name: n for n in bidding.packages}
    assert packages
    by_price = {f"{1_003_000 - 1000 * n}.00": n for n in range(3)}
    return {by_price.get(each.price, -1): each for each in read}


def test_a_lot_is_opened_with_one_scan_from_delivery_to_confirmation(bidding: Bidding) -> None:
    room = closed(bidding)
    room.open_window("bid")
    assert room.open_window("bid").version == room.open_window("bid").version  # once is enough
    deliver(bidding, 0, 1, 2)
    room.end_delivery("bid")
    assert set(room.fetch("bid", report=quiet, check=quiet).values()) == {""}
    view = bidding.agency.done(room.release("bid", bidding.agency.certificate))
    assert [detail.code for detail in view.details] == ["", "", ""]
    room.post_results("bid", report=quiet)
    announced = room.announce("bid")
    assert announced.lot.state is LotState.ANNOUNCED

    ranked = room.ranked("bid", announced)
    assert [(row.rank, str(row.price), row.is_above_limit) for row in ranked] == [
        (1, "1001000.00", False),
        (2, "1002000.00", True),
        (3, "1003000.00", True),
    ]
    for number, bidder in enumerate(bidding.bidders):
        known = open_lot(bidder.workspace, bidding.lot_id)
        seen = bidder.workspace.api.room(bidding.lot_id)
        (package,) = {each.package for each in bidder.workspace.api.own_bids(bidding.lot_id, bidder.organization_id)}
        own = check_own(
            bidder.workspace, Judge.of(bidder.workspace, known.announcements), seen, package=package, envelope_id="bid"
        )
        assert (own.comparison, own.result.price) == (Comparison.SAME, f"{1_003_000 - 1000 * number}.00")
        confirm_own(bidder.workspace, bidding.lot_id, package=package, envelope_id="bid", is_agreed=True)
    opened = sorted(path.name for path in Path(view.details[0].target).iterdir())
    assert opened == ["bid_summary.json", "投标函.pdf"]


def test_t42_a_lost_phone_is_made_good_by_the_second_and_a_silent_bidder_stops_nobody(bidding: Bidding) -> None:
    phone, certificate, encryption = bidding.bidders[0].second_phone()
    bidding.publish()
    bidding.bid(0, seconds=(encryption,))
    bidding.bid(1)
    bidding.bid(2)
    bidding.pass_deadline()
    room = bidding.room()
    room.open_window("bid")
    second = delivery(bidding, 0, certificate=certificate, encryption_certificate=encryption)
    bidding.bidders[0].done(second, phone)
    deliver(bidding, 1)
    end_window(bidding, room)
    refusals = room.fetch("bid", report=quiet, check=quiet)
    assert sorted(refusals.values()) == ["", "", "tender.share_not_delivered"]
    bidding.agency.done(room.release("bid", bidding.agency.certificate))
    room.post_results("bid", report=quiet)
    states = {n: each.state for n, each in results(bidding, room).items()}
    assert states == {0: OpeningState.OPENED, 1: OpeningState.OPENED, -1: OpeningState.NOT_OPENED}


def test_t47_who_is_late_can_deliver_nothing_any_more_and_has_seen_no_price(bidding: Bidding) -> None:
    room = closed(bidding)
    room.open_window("bid")
    deliver(bidding, 0, 1)
    late = delivery(bidding, 2)
    end_window(bidding, room)
    assert bidding.bidders[2].refused(late) == "opening.window_closed"
    seen = bidding.bidders[2].workspace.api.room(bidding.lot_id).envelopes["bid"]
    assert dict(seen.results) == {}
    open_all(bidding, room)
    room.post_results("bid", report=quiet)
    assert dict(bidding.bidders[2].workspace.api.room(bidding.lot_id).envelopes["bid"].results) == {}


def test_t47_in_time_it_is_delivered_again_with_another_seal_and_counts_once(bidding: Bidding) -> None:
    room = closed(bidding)
    room.open_window("bid")
    deliver(bidding, 0, 0, 1, 2)
    seen = bidding.agency.workspace.api.room(bidding.lot_id).envelopes["bid"]
    assert len(seen.deliveries) == 3
    end_window(bidding, room)
    open_all(bidding, room)
    room.post_results("bid", report=quiet)
    assert set(results(bidding, room)) == {0, 1, 2}


def test_an_opening_goes_on_after_a_restart_of_the_agents_workstation(bidding: Bidding) -> None:
    room = closed(bidding)
    room.open_window("bid")
    deliver(bidding, 0, 1, 2)
    end_window(bidding, room)
    room.fetch("bid", report=quiet, check=quiet)
    bidding.agency.workspace.close()
    bidding.agency.open()
    again = bidding.room()
    with pytest.raises(RejectedError, match=r"opening\.not_fetched"):
        again.release("bid", bidding.agency.certificate)
    again.take_up("bid", report=quiet, check=quiet)
    bidding.agency.done(again.release("bid", bidding.agency.certificate))
    again.post_results("bid", report=quiet)
    assert set(results(bidding, again)) == {0, 1, 2}


def test_the_agents_scan_needs_no_network_once_everything_was_fetched(bidding: Bidding) -> None:
    room = closed(bidding)
    room.open_window("bid")
    deliver(bidding, 0, 1, 2)
    end_window(bidding, room)
    room.fetch("bid", report=quiet, check=quiet)
    action = room.release("bid", bidding.agency.certificate)
    bidding.platform.stop()
    view = bidding.agency.unplugged(action)
    assert [detail.code for detail in view.details] == ["", "", ""]
    bidding.platform.start()
    room.post_results("bid", report=quiet)
    assert set(results(bidding, room)) == {0, 1, 2}


def test_the_second_envelope_of_a_bid_that_did_not_pass_stays_sealed(bidding: Bidding) -> None:
    bidding.publish(("first", EVERY), ("second", EVERY))
    for number in range(3):
        bidding.bid(number)
    bidding.pass_deadline()
    room = bidding.room()
    room.open_window("first")
    deliver(bidding, 0, 1, 2, envelope_id="first")
    room.end_delivery("first")
    open_all(bidding, room, "first")
    room.post_results("first", report=quiet)
    announced = room.announce("first")
    assert [row.price for row in room.ranked("first", announced)] == [None] * 3

    packages = [package_of(bidding, number) for number in range(3)]
    failed = Decision(passed=False, reason="资格不符")
    room.decide("first", {packages[0]: Decision(passed=True), packages[1]: failed, packages[2]: Decision(passed=True)})
    room.open_window("second")
    assert bidding.bidders[1].refused(delivery(bidding, 1, "second")) == "room.not_taking_part"
    deliver(bidding, 0, 2, envelope_id="second")
    room.end_delivery("second")
    assert set(room.fetch("second", report=quiet, check=quiet)) == {packages[0], packages[2]}
    bidding.agency.done(room.release("second", bidding.agency.certificate))
    room.post_results("second", report=quiet)
    announced = room.announce("second")
    assert [row.package_id for row in room.ranked("second", announced)] == [packages[2], packages[0]]


def test_nothing_is_collected_before_the_delivery_has_ended(bidding: Bidding) -> None:
    room = closed(bidding)
    room.open_window("bid")
    deliver(bidding, 0)
    with pytest.raises(RejectedError, match=r"opening\.not_fetched"):
        room.fetch("bid", report=quiet, check=quiet)


def test_only_an_officer_of_the_notice_opens(bidding: Bidding) -> None:
    bidding.publish()
    for number in range(3):
        bidding.bid(number)
    bidding.pass_deadline()
    room = bidding.room()
    room.open_window("bid")
    deliver(bidding, 0, 1, 2)
    room.end_delivery("bid")
    room.fetch("bid", report=quiet, check=quiet)
    action = room.release("bid", bidding.bidders[0].certificate)
    assert bidding.agency.refused(action) == "opening.not_officer"


def package_of(bidding: Bidding, number: int) -> bytes:
    bidder = bidding.bidders[number]
    (bid,) = bidder.workspace.api.own_bids(bidding.lot_id, bidder.organization_id)
    return bid.package


def recorded(bidding: Bidding, tmp_path: Path) -> tuple[Record, RecordFiles]:
    record = gather(bidding.agency.workspace, bidding.lot_id, bidding.known.announcements)
    return record, write_record(bidding.agency.workspace, record, tmp_path)


def text_of(pdf: Path) -> str:
    import subprocess

    done = subprocess.run(["pdftotext", "-raw", str(pdf), "-"], check=True, capture_output=True, text=True)
    return "".join(done.stdout.split()).replace("\u200b", "")


def test_the_record_of_an_opening_says_what_its_bundle_shows(bidding: Bidding, tmp_path: Path) -> None:
    room = closed(bidding)
    room.open_window("bid")
    deliver(bidding, 0, 1)
    end_window(bidding, room)
    open_all(bidding, room)
    room.post_results("bid", report=quiet)
    room.announce("bid")
    for number, ok in ((0, True), (1, False)):
        bidder = bidding.bidders[number]
        package = package_of(bidding, number)
        text = "" if ok else "工期有误"
        confirm_own(bidder.workspace, bidding.lot_id, package=package, envelope_id="bid", is_agreed=ok, text=text)
    room.answer("bid", package_of(bidding, 1), "以投标文件为准")

    _, files = recorded(bidding, tmp_path)
    with files.bundle.open("rb") as file:
        verdict = judge_bundle(file, room.judge().basis)
    assert (verdict.verdict, verdict.reasons) == (Verdict.VALID, ())
    said = text_of(files.pdf)
    for words in (
        "江西省甲建设有限公司", "1,003,000.00", "壹佰万叁仟元整", "已解密", "未解密", "因投标人原因未解密",
        "报价超过最高投标限价", "确认", "异议", "工期有误", "以投标文件为准", sha256(files.bundle.read_bytes()).hex(),
        sha256_of(bidding.packages[0]).hex(),
    ):  # fmt: skip
        assert words in said, words

    pki = Pki()
    seal = ImprintPlacement(page_index=0, x_mm=220, y_mm=150, width_mm=42, height_mm=42, png=imprint_png())
    Sealer(tmp_path, pki, pki.leaf()).seal(files.pdf, seal)
    sealed = tmp_path / "sealed.pdf"
    assert Verifier(pki)(sealed).verdict is Verdict.VALID
    filed = file_record(bidding.agency.workspace, bidding.lot_id, pdf=sealed, bundle=files.bundle)
    assert filed.lot.state is LotState.RECORDED
    saved = save_record(bidding.bidders[0].workspace, bidding.lot_id, filed, tmp_path)
    assert saved.bundle.read_bytes() == files.bundle.read_bytes()
    assert saved.pdf != files.pdf


def test_a_lot_with_too_few_bids_has_a_record_that_says_so(bidding: Bidding, tmp_path: Path) -> None:
    closed(bidding, (0, 1))
    record, files = recorded(bidding, tmp_path)
    assert record.has_failed
    with files.bundle.open("rb") as file:
        assert judge_bundle(file, bidding.room().judge().basis).verdict is Verdict.VALID
    assert "流标" in text_of(files.pdf)
    filed = file_record(bidding.agency.workspace, bidding.lot_id, pdf=files.pdf, bundle=files.bundle)
    assert filed.lot.state is LotState.RECORDED


def test_there_is_no_record_before_every_bid_has_its_result(bidding: Bidding) -> None:
    room = closed(bidding)
    room.open_window("bid")
    deliver(bidding, 0, 1, 2)
    end_window(bidding, room)
    with pytest.raises(RejectedError, match=r"opening\.undecided"):
        gather(bidding.agency.workspace, bidding.lot_id, bidding.known.announcements)


def test_a_bid_that_no_scan_opens_here_is_given_up_without_blame_and_the_others_are_announced(bidding: Bidding) -> None:
    room = closed(bidding)
    room.open_window("bid")
    deliver(bidding, 0, 1, 2)
    room.end_delivery("bid")
    room.fetch("bid", report=quiet, check=quiet)
    action = room.release("bid", bidding.agency.certificate)
    for path in (bidding.folder / "开标" / "packages").glob("0001-*.bid"):
        path.write_bytes(b"changed on this disk after it was verified")
    view, _ = bidding.agency.scan(action)
    assert sorted(detail.code for detail in view.details) == ["", "", "opening.package_differs"]
    with pytest.raises(RejectedError, match=r"opening\.undecided"):
        room.post_results("bid", report=quiet)
    (package,) = {bytes.fromhex(detail.key) for detail in view.details if detail.code}
    room.give_up("bid", package)
    with pytest.raises(RejectedError, match=r"opening\.not_fetched"):
        room.give_up("bid", package)
    view, _ = bidding.agency.scan(room.release("bid", bidding.agency.certificate))
    assert [detail.code for detail in view.details] == ["opening.package_differs"]  # tried again, and still given up
    room.post_results("bid", report=quiet)
    result = room.judge().result(room.announce("bid").envelopes["bid"].results[package], "bid").payload
    assert (result.state, result.cause, result.party) == (OpeningState.NOT_OPENED, "opening.given_up", Party.OTHER)


def test_a_computer_that_breaks_down_after_the_window_costs_nobody_a_bid(bidding: Bidding) -> None:
    room = closed(bidding)
    room.open_window("bid")
    deliver(bidding, 0, 1, 2)
    end_window(bidding, room)
    room.fetch("bid", report=quiet, check=quiet)
    with bidding.agency.new_computer():
        other = bidding.room()
        assert other.store.results("bid") == {}
        open_all(bidding, other)
        other.post_results("bid", report=quiet)
    assert {each.state for each in results(bidding, room).values()} == {OpeningState.OPENED}


def test_a_window_that_a_colleague_has_opened_is_gone_on_with(bidding: Bidding) -> None:
    opened = closed(bidding).open_window("bid")
    deliver(bidding, 0)
    with bidding.agency.new_computer():
        other = bidding.room()
        assert other.open_window("bid").envelopes["bid"].notice == opened.envelopes["bid"].notice
        other.extend("bid", 15, "开标电脑故障")
        deliver(bidding, 1, 2)
        other.end_delivery("bid")
        open_all(bidding, other)
        other.post_results("bid", report=quiet)
    assert {each.state for each in results(bidding, other).values()} == {OpeningState.OPENED}


def test_a_window_is_extended_for_a_reason_and_the_shares_before_it_still_count(bidding: Bidding) -> None:
    room = closed(bidding)
    room.open_window("bid")
    deliver(bidding, 0, 1)
    bidding.clock.advance(20 * 60)
    seen = room.extend("bid", 15, "网络故障,\n多家单位无法连接")
    notice = (
        room.judge().opening_notice(seen.envelopes["bid"].notice, room.judge().closing(seen.closing), "bid").payload
    )
    assert notice.revision == 2
    assert "网络故障" in notice.reason
    bidding.clock.advance(20 * 60)
    deliver(bidding, 2)
    room.end_delivery("bid")
    assert set(room.fetch("bid", report=quiet, check=quiet).values()) == {""}


def test_an_opening_that_is_given_up_in_the_middle_goes_on_with_the_next_scan(bidding: Bidding) -> None:
    room = closed(bidding)
    room.open_window("bid")
    deliver(bidding, 0, 1, 2)
    room.end_delivery("bid")
    room.fetch("bid", report=quiet, check=quiet)
    action = room.release("bid", bidding.agency.certificate, on_fate=lambda _result: desk.session.cancel())
    agency = bidding.agency
    desk = HeadlessScan(agency.workspace, action, credit_code=agency.company.credit_code)
    code = desk.wait(Stage.SHOWING).qr_text
    Scan(agency.phone, code, typed_code=lambda: desk.wait(Stage.CLAIMED).check_code).result()
    view = desk.end()
    assert view.problem == ""
    assert (view.outcome is Outcome.PARTIAL) is (len(room.store.results("bid")) < 3)
    agency.done(room.release("bid", agency.certificate))
    room.post_results("bid", report=quiet)
    assert set(results(bidding, room)) == {0, 1, 2}
