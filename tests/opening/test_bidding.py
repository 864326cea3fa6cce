"""A bidder at the platform itself: submitted, withdrawn by phone, replaced, too late (T40), over lines that are cut."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from desktop.domain.errors import BidSealError, RejectedError
from desktop.domain.tendering import BidState
from desktop.portal.http import HttpClient
from desktop.services.own_bids import SubmittedBid, list_own_bids, receipt_at_hand
from desktop.services.receipts import receipt_path
from desktop.services.submitting import Control, SubmitJob, submit
from desktop.services.tenders import list_lots, open_lot
from desktop.services.withdrawing import WithdrawAction
from desktop.services.workspace import Workspace
from tests.opening.people import Bidding, Unit
from tests.submission.line import GOOD, Fault, Line


def bids_of(bidding: Bidding, unit: Unit) -> tuple[SubmittedBid, ...]:
    known = open_lot(unit.workspace, bidding.lot_id)
    return list_own_bids(
        unit.workspace, known, organization_id=unit.organization_id, credit_code=unit.company.credit_code
    )


def withdrawal(bidding: Bidding, unit: Unit, bid: SubmittedBid) -> WithdrawAction:
    known = open_lot(unit.workspace, bidding.lot_id)
    assert bid.judged is not None
    return WithdrawAction(
        unit.workspace,
        certificate=unit.certificate,
        lot_id=bidding.lot_id,
        notice=known.notice,
        receipt=bid.judged.receipt,
        folder=known.folder,
    )


def again(bidding: Bidding, unit: Unit, package: Path) -> SubmitJob:
    return SubmitJob(
        lot_id=bidding.lot_id,
        organization_id=unit.organization_id,
        credit_code=unit.company.credit_code,
        package=package,
    )


def test_a_bid_is_listed_with_its_receipt_and_withdrawn_by_phone(bidding: Bidding) -> None:
    bidding.publish()
    bidder = bidding.bidders[0]
    assert [lot.lot_id for lot in list_lots(bidder.workspace)] == [bidding.lot_id]
    package = bidding.bid(0)
    (bid,) = bids_of(bidding, bidder)
    assert (bid.state, bid.number, bid.problem) == (BidState.CURRENT, 1, "")
    known = open_lot(bidder.workspace, bidding.lot_id)
    at_hand = receipt_at_hand(bidder.workspace, known, package, credit_code=bidder.company.credit_code)
    assert at_hand is not None
    assert bid.judged is not None
    assert (at_hand.receipt, at_hand.data) == (bid.judged.receipt, bid.judged.data)
    assert at_hand.stamped_at is not None
    bidder.done(withdrawal(bidding, bidder, bid))
    (bid,) = bids_of(bidding, bidder)
    assert (bid.state, bid.problem) == (BidState.WITHDRAWN, "")
    assert (known.folder / f"{bid.package.hex()}.withdrawn").is_file()


def test_another_bid_takes_the_place_of_the_first_and_the_same_again_changes_nothing(bidding: Bidding) -> None:
    bidding.publish()
    bidder = bidding.bidders[0]
    first = bidding.bid(0)
    second = bidding.bid(0)
    assert second != first
    newest, oldest = bids_of(bidding, bidder)
    assert (newest.state, oldest.state) == (BidState.CURRENT, BidState.REPLACED)
    assert newest.judged is not None
    assert newest.judged.receipt.replaced == oldest.package
    done = submit(bidder.workspace, again(bidding, bidder, second), Control())
    assert done.judged.receipt == newest.judged.receipt
    assert len(bids_of(bidding, bidder)) == 2


def test_t40_nothing_is_withdrawn_or_submitted_after_the_deadline(bidding: Bidding) -> None:
    bidding.publish()
    bidder, late = bidding.bidders[0], bidding.bidders[1]
    bidding.bid(0)
    package = bidding.bid(1)
    (bid,) = bids_of(bidding, bidder)
    action = withdrawal(bidding, bidder, bid)
    late_copy = package.with_name("1(2).bid")
    package.rename(late_copy)
    bidding.pass_deadline()
    view, _result = bidder.scan(action)
    assert view.problem.startswith("tender.")
    (bid,) = bids_of(bidding, bidder)
    assert bid.state is BidState.CURRENT
    # What was submitted in time still gives its receipt, to whoever asks again.
    done = submit(late.workspace, again(bidding, late, late_copy), Control())
    assert done.judged.receipt.at_us <= bidding.notice.deadline * 1_000_000
    with pytest.raises(RejectedError, match=r"^tender\."):
        bidding.bid(2)


@pytest.fixture
def line(bidding: Bidding) -> Iterator[Line]:
    port = urlsplit(bidding.platform.base_url).port
    assert port is not None
    made = Line(port)
    yield made
    made.close()


@contextmanager
def over(line: Line, workspace: Workspace) -> Iterator[Workspace]:
    """Give the workspace with its lots at the end of the line."""
    client = HttpClient(f"http://127.0.0.1:{line.port}")
    api = copy(workspace.api)
    api._http = client
    yield replace(workspace, api=api)
    client.close()


def told(workspace: Workspace, job: SubmitJob) -> str:
    try:
        submit(workspace, job, Control())
    except BidSealError as error:
        return error.code
    return ""


def test_a_line_cut_anywhere_costs_the_platform_no_bid_and_makes_none_twice(bidding: Bidding, line: Line) -> None:
    bidding.publish()
    bidder = bidding.bidders[0]
    package = bidding.bid(0)
    with over(line, bidder.workspace) as workspace:
        assert told(workspace, again(bidding, bidder, package)) == ""
        there, back = line.there, line.back
    cuts = [Fault(cut_there=there * part // 5 + 700) for part in range(5)]
    cuts += [Fault(cut_back=back * part // 3) for part in range(3)]
    for fault in cuts:
        job = again(bidding, bidder, bidding.pack(0))
        with over(line, bidder.workspace) as workspace:
            line.begin(lambda number, f=fault: f if number == 0 else GOOD)
            code = told(workspace, job)
            assert receipt_path(job.package).is_file() == (not code)
            line.begin(lambda _number: GOOD)
            assert told(workspace, job) == ""
        assert receipt_path(job.package).is_file()
    found = bids_of(bidding, bidder)
    assert [bid.state for bid in found] == [BidState.CURRENT, *[BidState.REPLACED] * len(cuts)]
    assert [bid.number for bid in found] == list(range(len(cuts) + 1, 0, -1))
