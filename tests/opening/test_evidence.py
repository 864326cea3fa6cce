"""The papers of an opening: honest ones are believed, and each forgery is refused by the name of what it forges."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from desktop.crypto.suites import generate_p256
from desktop.domain.errors import RejectedError
from desktop.formats.trust import RevocationData
from desktop.portal.room_records import ClosedBid, SealedShare
from desktop.protocol.statements import BidReceipt, Passed
from desktop.services.delivering import demand_passed, own_closed_bid
from desktop.services.opening_evidence import CLOSING, DELIVERED, ROOM, check_deliveries
from desktop.services.own_bids import demand_closed_as_submitted
from tests.opening.papers import LOT, PLATFORM, TENDER, Papers, closed_bid, envelope_of
from tests.opening.world import NAMES, bidder_named
from tests.package.world import DEADLINE, World
from tests.pdf.pki import DAY, NOW

BIDS = tuple(
    closed_bid(n, package=bytes([n]) * 16, file_sha256=bytes([n]) * 32, bidder=bidder_named(NAMES[n]))
    for n in range(1, 5)
)
SHARES = tuple(SealedShare(package=bid.package, sealed=b"sealed" + bid.package) for bid in BIDS[:3])


@pytest.fixture(scope="module")
def papers(world: World) -> Papers:
    return Papers(world=world)


def refused(act: Any) -> str:
    with pytest.raises(RejectedError) as found:
        act()
    return found.value.code


def test_an_honest_closing_with_its_list_is_believed(papers: Papers) -> None:
    closing = papers.judge().closing(papers.stated(papers.closing(BIDS)))
    papers.judge().closed_bids(closing, BIDS)
    own = own_closed_bid(papers.judge(), closing, BIDS, package=BIDS[2].package, sha256=BIDS[2].sha256)
    assert own == BIDS[2]


@pytest.mark.parametrize(
    "change",
    [
        {"tender": "T-2"},
        {"lot": "2"},
        {"platform": "other"},
        {"notice_sha256": bytes(32)},
        {"deadline": DEADLINE - 1},
        {"at_us": DEADLINE * 1_000_000 - 1},
    ],
    ids=lambda change: next(iter(change)),
)
def test_t52_a_closing_of_something_else_or_before_the_deadline_is_refused(
    papers: Papers, change: dict[str, Any]
) -> None:
    data = papers.stated(papers.closing(BIDS, **change))
    assert refused(lambda: papers.judge().closing(data)) == CLOSING


def test_t52_a_closing_that_is_not_the_record_keepers_is_refused(papers: Papers) -> None:
    statement = papers.closing(BIDS)
    assert refused(lambda: papers.judge().closing(papers.stated(statement, papers.officer))) == CLOSING
    assert refused(lambda: papers.judge().closing(papers.stated(statement)[:-1] + b"\0")) == CLOSING
    assert refused(lambda: papers.judge().closing(b"")) == CLOSING
    revoked = RevocationData(crls=papers.world.pki.crls((papers.keeper, NOW - DAY)))
    assert refused(lambda: papers.judge(revocation=revoked).closing(papers.stated(statement))) == CLOSING


LISTS: dict[str, tuple[ClosedBid, ...]] = {
    "one bid less": BIDS[:-1],
    "one bid more": (*BIDS, replace(BIDS[0], package=bytes(16), bidder_code="x")),
    "another order": (BIDS[1], BIDS[0], *BIDS[2:]),
    "another file": (replace(BIDS[0], sha256=bytes(32)), *BIDS[1:]),
    "another unit": (replace(BIDS[0], bidder_code="9133"), *BIDS[1:]),
    "another time": (replace(BIDS[0], at_us=BIDS[0].at_us + 1), *BIDS[1:]),
}


@pytest.mark.parametrize("what", LISTS)
def test_t39_a_list_that_is_not_the_signed_one_is_refused(papers: Papers, what: str) -> None:
    closing = papers.judge().closing(papers.stated(papers.closing(BIDS)))
    assert refused(lambda: papers.judge().closed_bids(closing, LISTS[what])) == CLOSING


def test_t39_a_bid_after_the_deadline_is_refused_even_where_the_platform_signed_it(papers: Papers) -> None:
    late = (*BIDS[:-1], replace(BIDS[-1], at_us=DEADLINE * 1_000_000 + 1))
    closing = papers.judge().closing(papers.stated(papers.closing(late)))
    assert refused(lambda: papers.judge().closed_bids(closing, late)) == CLOSING
    just = (*BIDS[:-1], replace(BIDS[-1], at_us=DEADLINE * 1_000_000))
    papers.judge().closed_bids(papers.judge().closing(papers.stated(papers.closing(just))), just)


def test_two_bids_of_one_unit_are_refused(papers: Papers) -> None:
    twice = (*BIDS, replace(BIDS[0], package=bytes(16)))
    closing = papers.judge().closing(papers.stated(papers.closing(twice)))
    assert refused(lambda: papers.judge().closed_bids(closing, twice)) == CLOSING


def test_an_own_bid_that_is_left_out_or_exchanged_is_noticed(papers: Papers) -> None:
    closing = papers.judge().closing(papers.stated(papers.closing(BIDS[:3])))

    def own(package: bytes, sha256: bytes) -> str:
        judge = papers.judge()
        return refused(lambda: own_closed_bid(judge, closing, BIDS[:3], package=package, sha256=sha256))

    assert own(BIDS[3].package, BIDS[3].sha256) == "opening.not_included"
    assert own(BIDS[0].package, bytes(32)) == "opening.not_included"


def test_an_officers_opening_notice_is_believed(papers: Papers) -> None:
    data = papers.stated(papers.closing(BIDS))
    closing = papers.judge().closing(data)
    found = papers.judge().opening_notice(papers.spoken(papers.opening(data)), closing, "bid")
    assert found.payload.until == DEADLINE + 1800


@pytest.mark.parametrize(
    "change",
    [{"tender": "T-2"}, {"platform": "other"}, {"closing_sha256": bytes(32)}, {"envelope_id": "first"}],
    ids=lambda change: next(iter(change)),
)
def test_an_opening_notice_about_something_else_is_refused(papers: Papers, change: dict[str, Any]) -> None:
    data = papers.stated(papers.closing(BIDS))
    closing = papers.judge().closing(data)
    notice = papers.spoken(papers.opening(data, **change))
    assert refused(lambda: papers.judge().opening_notice(notice, closing, "bid")) == ROOM


def test_t48_a_room_key_that_is_not_an_officers_word_is_refused(papers: Papers) -> None:
    data = papers.stated(papers.closing(BIDS))
    closing = papers.judge().closing(data)
    by_stranger = papers.spoken(papers.opening(data), papers.stranger)
    by_bidder = papers.spoken(papers.opening(data), papers.world.signer)
    honest = papers.spoken(papers.opening(data))
    revoked = RevocationData(crls=papers.world.pki.crls((papers.officer, NOW - DAY)))
    for judge, notice in (
        (papers.judge(), by_stranger),
        (papers.judge(), honest[:-1] + b"\0"),
        (papers.judge(revocation=revoked), honest),
        (papers.judge(revocation=RevocationData()), honest),
    ):
        assert refused(lambda judge=judge, notice=notice: judge.opening_notice(notice, closing, "bid")) == ROOM
    assert refused(lambda: papers.judge().opening_notice(by_bidder, closing, "bid")) == ROOM


def test_deliveries_under_the_published_root_are_believed(papers: Papers) -> None:
    delivered = papers.judge().delivered(papers.stated(papers.delivered(SHARES)), "bid")
    assert check_deliveries(delivered, BIDS, SHARES) == {each.package: each.sealed for each in SHARES}
    nothing = papers.judge().delivered(papers.stated(papers.delivered(())), "bid")
    assert check_deliveries(nothing, BIDS, ()) == {}


DELIVERIES: dict[str, tuple[SealedShare, ...]] = {
    "one came afterwards": (*SHARES, SealedShare(package=BIDS[3].package, sealed=b"late")),
    "one went": SHARES[:-1],
    "one was exchanged": (*SHARES[:-1], replace(SHARES[-1], sealed=b"another")),
    "one was moved": (*SHARES[:-1], replace(SHARES[-1], package=BIDS[3].package)),
    "one is of no bid": (*SHARES[:-1], replace(SHARES[-1], package=bytes(16))),
    "one is there twice": (*SHARES, SHARES[0]),
}


@pytest.mark.parametrize("what", DELIVERIES)
def test_t47_deliveries_that_are_not_the_published_ones_are_refused(papers: Papers, what: str) -> None:
    delivered = papers.judge().delivered(papers.stated(papers.delivered(SHARES)), "bid")
    assert refused(lambda: check_deliveries(delivered, BIDS, DELIVERIES[what])) == DELIVERED


def test_the_end_of_another_envelopes_delivery_is_refused(papers: Papers) -> None:
    data = papers.stated(papers.delivered(SHARES, "first"))
    assert refused(lambda: papers.judge().delivered(data, "bid")) == DELIVERED


def test_t37_no_second_share_is_given_on_the_platforms_word_that_the_bid_passed(world: World) -> None:
    envelopes = tuple(envelope_of(world, each) for each in ("first", "second"))
    papers = Papers(world=world, envelopes=envelopes, opening_keys=(world.opening_key, generate_p256()))
    own, rival = BIDS[0].package, BIDS[1].package

    def give(decision: bytes, envelope_id: str = "second") -> None:
        room: Any = SimpleNamespace(envelopes={"first": SimpleNamespace(passed={own: decision} if decision else {})})
        demand_passed(papers.judge(), room, package=own, envelope_id=envelope_id)

    def said(package: bytes, *, passed: bool, envelope_id: str = "first") -> Passed:
        about = papers.about(envelope_id)
        return Passed(**about, package_id=package, passed=passed, reason="" if passed else "资格不符", at=DEADLINE + 60)

    give(papers.spoken(said(own, passed=True)))
    give(b"", "first")
    nothing, failed, other = b"", papers.spoken(said(own, passed=False)), papers.spoken(said(rival, passed=True))
    for decision in (nothing, failed, other):
        assert refused(lambda decision=decision: give(decision)) == "room.not_taking_part"
    of_second = papers.spoken(said(own, passed=True, envelope_id="second"))
    by_stranger = papers.spoken(said(own, passed=True), papers.stranger)
    for decision in (of_second, by_stranger):
        assert refused(lambda decision=decision: give(decision)) == ROOM


def receipt(number: int, bid: ClosedBid, **changes: Any) -> BidReceipt:
    said = BidReceipt(
        platform=PLATFORM,
        tender=TENDER,
        lot=LOT,
        bidder=bid.bidder,
        bidder_code=bid.bidder_code,
        package_id=bid.package,
        sha256=bid.sha256,
        size=bid.size,
        manifest_sha256=bytes(32),
        number=number,
        leaf=number,
        replaced=b"",
        at_us=bid.at_us,
    )
    return replace(said, **changes)


def closed_as(own: ClosedBid | None, *receipts: BidReceipt, is_withdrawn: bool = False) -> None:
    demand_closed_as_submitted(receipts, own, is_withdrawn=lambda _said: is_withdrawn)


def test_bid_that_was_closed_as_it_was_submitted_last_here_or_later_elsewhere_is_in_order() -> None:
    first, second, elsewhere = BIDS[:3]
    closed_as(second, receipt(1, first), receipt(2, second))
    closed_as(elsewhere, receipt(1, first), receipt(2, second))
    closed_as(None, receipt(1, first), is_withdrawn=True)
    closed_as(None)
    closed_as(first)  # submitted at another workstation


def test_t39_bid_with_a_receipt_that_the_platform_has_left_out_is_missed() -> None:
    assert refused(lambda: closed_as(None, receipt(1, BIDS[0]))) == "opening.not_included"


@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_t40_bid_that_had_been_replaced_and_was_closed_all_the_same_is_refused(is_withdrawn: bool) -> None:
    first, second = BIDS[:2]
    kept = receipt(1, first), receipt(2, second)
    later = replace(first, at_us=second.at_us + 1)
    for own in (first, later, replace(second, sha256=bytes(32))):
        assert refused(lambda own=own: closed_as(own, *kept, is_withdrawn=is_withdrawn)) == "opening.not_included"
