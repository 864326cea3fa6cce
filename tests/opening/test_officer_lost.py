"""An officer's phone is lost, or the certificate expires, in the middle of an opening: colleagues and bidders go on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desktop.crypto.certificates import CertificateFacts
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Verdict
from desktop.domain.tendering import LotState, OpeningState, PolicyGroup
from desktop.formats.bundle import judge_bundle
from desktop.phone.core import Phone
from desktop.server.cases import room_officers
from desktop.server.db.models import MobileCertificate as Held
from desktop.services.opening_evidence import EXPIRED, REVOKED, Doubt, Paper
from desktop.services.opening_record import file_record
from desktop.services.opening_room import AgentRoom, Decision
from desktop.views.room.facts import Room
from desktop.views.room.own_desk import OwnDesk
from tests.opening.people import Bidding, Unit
from tests.opening.test_opening import (
    EVERY,
    announce_all,
    closed,
    deliver,
    delivery,
    end_window,
    open_all,
    package_of,
    quiet,
    recorded,
    results,
    text_of,
)

Colleague = tuple[Phone, CertificateFacts, bytes]


def second_officer(bidding: Bidding, *envelopes: tuple[str, tuple[PolicyGroup, ...]]) -> Colleague:
    """Publish with two officers, bid and close; return the second."""
    phone, certificate, encryption = bidding.agency.second_phone()
    bidding.publish(*envelopes, colleagues=((certificate, encryption),))
    for number in range(3):
        bidding.bid(number)
    bidding.pass_deadline()
    return phone, certificate, encryption


def closed_with_two_officers(bidding: Bidding) -> tuple[AgentRoom, Colleague]:
    """Close a lot of one envelope; return the first officer's room and the second officer."""
    colleague = second_officer(bidding)
    return bidding.room(), colleague


def lose_phone(bidding: Bidding) -> None:
    """Revoke the first officer's certificate a minute later, as at a reissue (补办)."""
    bidding.clock.advance(60)
    bidding.platform.operator.revoke_certificate(bidding.agency.certificate.serial, "key_compromise")
    bidding.clock.advance(60)


@contextmanager
def at_the_colleagues(bidding: Bidding, colleague: Colleague) -> Iterator[AgentRoom]:
    """Go on at the second officer's own computer."""
    before = bidding.agency.phone
    bidding.agency.phone = colleague[0]
    try:
        with bidding.agency.new_computer():
            yield bidding.room()
    finally:
        bidding.agency.phone = before


def open_as(bidding: Bidding, room: AgentRoom, colleague: Colleague, envelope_id: str = "bid") -> None:
    room.fetch(envelope_id, report=quiet, check=quiet)
    bidding.agency.done(room.release(envelope_id, colleague[1]), colleague[0])
    room.post_results(envelope_id, report=quiet)
    room.announce(envelope_id)


def seen_by(bidding: Bidding, unit: Unit) -> Room:
    """The room as that unit's page shows it."""
    return OwnDesk(unit.workspace, bidding.lot_id).room()


def told(doubts: tuple[Doubt, ...]) -> set[tuple[Paper, str]]:
    return {(doubt.paper, doubt.code) for doubt in doubts}


def test_t42_officer_lost_during_the_window_is_made_good_by_a_colleagues_extension(
    bidding: Bidding, tmp_path: Path
) -> None:
    room, colleague = closed_with_two_officers(bidding)
    room.open_window("bid")
    deliver(bidding, 0)
    lose_phone(bidding)
    assert bidding.bidders[1].refused(delivery(bidding, 1)) == "opening.officer_lapsed"
    for unit in (bidding.agency, *bidding.bidders):
        (doubt,) = seen_by(bidding, unit).doubts
        assert (doubt.paper, doubt.code, doubt.signer) == (Paper.OPENING_NOTICE, REVOKED, "王代理")
    with pytest.raises(RejectedError, match=r"ceremony\.certificate_invalid"):
        room.extend("bid", 15, "手机遗失")

    with at_the_colleagues(bidding, colleague) as other:
        other.extend("bid", 15, "开标人员手机遗失, 证书已吊销")
        assert seen_by(bidding, bidding.bidders[1]).doubts == ()
        deliver(bidding, 1, 2)
        other.end_delivery("bid")
        open_as(bidding, other, colleague)
        assert {each.state for each in results(bidding, other).values()} == {OpeningState.OPENED}
        assert seen_by(bidding, bidding.bidders[0]).doubts == ()
        _, files = recorded(bidding, tmp_path)
        with files.bundle.open("rb") as file:  # which holds the first notice, too: who extends it vouches for it
            verdict = judge_bundle(file, other.judge().basis)
        assert verdict.verdict is Verdict.VALID
        assert f"开标通知由{bidding.agency.company.name}王代理签名,其证书已于" in text_of(files.pdf)
        filed = file_record(bidding.agency.workspace, bidding.lot_id, pdf=files.pdf, bundle=files.bundle)
    assert filed.lot.state is LotState.RECORDED


def test_t42_officer_lost_after_the_window_stops_no_opening_and_everybody_is_told(
    bidding: Bidding, tmp_path: Path
) -> None:
    room, colleague = closed_with_two_officers(bidding)
    room.open_window("bid")
    deliver(bidding, 0, 1, 2)
    end_window(bidding, room)
    lose_phone(bidding)
    with at_the_colleagues(bidding, colleague) as other:
        open_as(bidding, other, colleague)
        for unit in (bidding.agency, *bidding.bidders):
            seen = seen_by(bidding, unit)
            assert (seen.state, told(seen.doubts)) == (LotState.ANNOUNCED, {(Paper.OPENING_NOTICE, REVOKED)})
        _, files = recorded(bidding, tmp_path)
        with files.bundle.open("rb") as file:
            verdict = judge_bundle(file, other.judge().basis)
    assert (verdict.verdict, [each.code for each in verdict.reasons]) == (Verdict.CANNOT_TELL, [REVOKED])
    assert f"开标通知由{bidding.agency.company.name}王代理签名,其证书已于" in text_of(files.pdf)


def test_t42_what_a_lost_officer_has_announced_is_still_recorded(bidding: Bidding, tmp_path: Path) -> None:
    room, colleague = closed_with_two_officers(bidding)
    room.open_window("bid")
    deliver(bidding, 0, 1, 2)
    end_window(bidding, room)
    open_all(bidding, room)
    room.post_results("bid", report=quiet)
    room.announce("bid")
    lose_phone(bidding)
    with at_the_colleagues(bidding, colleague):
        seen = seen_by(bidding, bidding.agency)
        assert told(seen.doubts) == {(Paper.OPENING_NOTICE, REVOKED), (Paper.RESULT, REVOKED)}
        _, files = recorded(bidding, tmp_path)
    assert f"开标通知、开标结果由{bidding.agency.company.name}王代理签名" in text_of(files.pdf)


def test_t42_officer_lost_between_two_envelopes_keeps_no_share_of_the_second_from_being_given(
    bidding: Bidding,
) -> None:
    colleague = second_officer(bidding, ("first", EVERY), ("second", EVERY))
    room = bidding.room()
    room.open_window("first")
    deliver(bidding, 0, 1, 2, envelope_id="first")
    room.end_delivery("first")
    announce_all(bidding, room, "first")
    room.decide("first", {package_of(bidding, number): Decision(passed=True) for number in range(3)})
    lose_phone(bidding)
    with at_the_colleagues(bidding, colleague) as other:
        other.open_window("second")
        deliver(bidding, 0, 1, 2, envelope_id="second")
        other.end_delivery("second")
        open_as(bidding, other, colleague, "second")
        seen = seen_by(bidding, bidding.bidders[0])
    of_first = {(paper, REVOKED) for paper in (Paper.OPENING_NOTICE, Paper.RESULT, Paper.PASSED)}
    assert (seen.state, told(seen.doubts)) == (LotState.ANNOUNCED, of_first)
    assert {doubt.envelope_id for doubt in seen.doubts} == {"first"}


def test_t34_officer_revoked_before_the_deadline_opens_no_room_for_anybody(
    bidding: Bidding, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A platform that takes such an officer's notice all the same convinces nobody."""
    monkeypatch.setattr(room_officers, "usable_certificate", lambda session, _, serial: session.get(Held, serial))
    bidding.publish()
    for number in range(3):
        bidding.bid(number)
    lose_phone(bidding)
    bidding.pass_deadline()
    bidding.room().open_window("bid")
    assert bidding.bidders[0].refused(delivery(bidding, 0)) == "opening.room_untrusted"
    for unit in (bidding.agency, *bidding.bidders):
        with pytest.raises(RejectedError, match=r"opening\.room_untrusted"):
            seen_by(bidding, unit)


def test_filed_room_is_read_when_the_officers_certificate_has_expired(bidding: Bidding, tmp_path: Path) -> None:
    room = closed(bidding)
    room.open_window("bid")
    deliver(bidding, 0, 1, 2)
    room.end_delivery("bid")
    open_all(bidding, room)
    room.post_results("bid", report=quiet)
    room.announce("bid")
    _, files = recorded(bidding, tmp_path)
    file_record(bidding.agency.workspace, bidding.lot_id, pdf=files.pdf, bundle=files.bundle)
    bidding.clock.advance(400 * 86400)
    for unit in (bidding.agency, bidding.bidders[0]):
        unit.workspace.close()
        unit.open()
        desk = OwnDesk(unit.workspace, bidding.lot_id)
        seen = desk.room()
        assert seen.state is LotState.RECORDED
        assert told(seen.doubts) == {(Paper.OPENING_NOTICE, EXPIRED), (Paper.RESULT, EXPIRED)}
        assert desk.save_record(seen, tmp_path).is_file()
