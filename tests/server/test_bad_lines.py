"""The product's own sender against the real platform, over a line that is cut, doubled, or answered by a gateway.

Whatever happens on the way: an upload ends as exactly one bid, or the sender is told that it has not, and going on ends
as that one bid. (tests/submission does the same from the sender's side, against a platform of its own.)
"""

import base64
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from desktop.domain.errors import BidSealError
from desktop.domain.tendering import BidState, LotState, UploadState
from desktop.formats.statements import read_receipt
from desktop.portal.api import PlatformApi
from desktop.portal.http import HttpClient
from desktop.protocol.statements import BidReceipt, Closing, Withdrawn, read_statement
from desktop.server.context import Platform
from desktop.server.db.log_models import LogEntry
from desktop.services import submitting
from desktop.services.submitting import Control, SubmitJob
from tests.server.bidders import BiddingUnit, Package
from tests.server.tenders import DOCUMENT, TenderStage
from tests.submission.line import GOOD, Fault, Line
from tests.submission.trial import TOLD, Faults, always, once

#: The complete sweep cuts the line after every so many octets, there and back.
EVERY = 64


@pytest.fixture
def stage(tender_stage: TenderStage) -> TenderStage:
    tender_stage.publish()
    return tender_stage


@pytest.fixture
def line(base_url: str) -> Iterator[Line]:
    made = Line(urlsplit(base_url).port or 0)
    yield made
    made.close()


class Sender:
    """The product's sender at the end of the line."""

    def __init__(self, stage: TenderStage, line: Line) -> None:
        self.stage, self.line, self.who = stage, line, stage.unit()
        self.runs = self.done = 0
        self.told: list[str] = []

    def send(self, package: Package) -> Any:
        client = HttpClient(f"http://127.0.0.1:{self.line.port}")
        api = PlatformApi(client, lambda: self.who.client.token)
        job = SubmitJob(
            lot_id=self.stage.lot["id"],
            organization_id=self.who.unit_id,
            credit_code=self.who.unit.credit_code,
            package=package.path,
        )
        try:
            with package.path.open("rb") as file:
                digest, size = bytes.fromhex(package.sha256), len(package.data)
                workspace = cast("Any", SimpleNamespace(api=api))
                return submitting._Sending(workspace, job, Control(), file=file, digest=digest, size=size).run()
        finally:
            client.close()

    def run(self, faults: Faults) -> tuple[int, int]:
        """Send a new package over a bad line, then go on over a good one; count the bids that came of it.

        Return how many octets went there and back over the first connection of the bad line.
        """
        package = self.stage.pack(self.who)
        self.runs += 1
        self.line.begin(faults)
        try:
            assert self.send(package).state is UploadState.ACCEPTED
            self.done += 1
        except BidSealError as error:
            self.told.append(error.code)
        went = self.line.there, self.line.back
        self.line.begin(always(GOOD))
        assert set(self.told) <= TOLD
        upload = self.send(package)
        assert upload.state is UploadState.ACCEPTED
        (bid,) = (each for each in self.stage.bids(self.who) if each["sha256"] == package.sha256)
        assert base64.b64decode(bid["receipt"]) == upload.receipt
        assert bid["state"] == "current"
        assert logged_bids(self.stage.platform) == len(self.stage.bids(self.who))
        return went


def cuts(sender: Sender, *, there: int, back: int, resets: bool = False) -> Iterator[Fault]:
    """Send once over a good line; then cut at every so many octets of as long a conversation."""
    long_there, long_back = sender.run(always(GOOD))
    for octets in range(0, long_there, there):
        yield Fault(cut_there=octets, resets=resets)
    for octets in range(0, long_back, back):
        yield Fault(cut_back=octets, resets=resets)


def logged_bids(platform: Platform) -> int:
    with platform.db.read() as session:
        return session.scalar(select(func.count()).where(LogEntry.kind == "bid")) or 0


@pytest.fixture
def sender(stage: TenderStage, line: Line) -> Sender:
    return Sender(stage, line)


def test_line_that_is_cut_after_every_so_many_octets_makes_one_bid_of_each_upload(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submitting, "MAX_PART_BYTES", 4096)
    for fault in cuts(sender, there=1500, back=300):
        sender.run(once(fault))
    assert sender.done > 8


@pytest.mark.slow
@pytest.mark.parametrize("resets", [False, True], ids=["cut", "reset"])
def test_line_that_is_cut_anywhere_in_the_conversation_makes_one_bid_of_each_upload(
    sender: Sender, monkeypatch: pytest.MonkeyPatch, resets: bool
) -> None:
    """Prints how many; that each upload is one bid `run` asserts."""
    monkeypatch.setattr(submitting, "MAX_PART_BYTES", 4096)
    faults = list(cuts(sender, there=EVERY, back=EVERY, resets=resets))
    for fault in faults:
        sender.run(once(fault))
    found = sender.stage.bids(sender.who)
    print(  # noqa: T201 - a drill tells what it did
        f"{'reset' if resets else 'cut'} every {EVERY} octets: {len(faults)} places, {sender.done} with a receipt, "
        f"{len(sender.told)} named, {len(found)} bids of {sender.runs} uploads"
    )
    assert len(found) == sender.runs == len(faults) + 1
    assert len(faults) > 100


def test_line_that_is_always_cut_ends_clearly(sender: Sender) -> None:
    for octets in (0, 900, 4000):
        sender.run(always(Fault(cut_there=octets)))
        sender.run(always(Fault(cut_back=octets)))
    assert len(sender.told) > 2


def test_requests_that_arrive_twice_make_one_bid(sender: Sender) -> None:
    sender.run(always(Fault(twice=True)))
    assert sender.done == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_gateway_that_answers_for_the_platform_costs_no_bid(sender: Sender, when: str) -> None:
    for bad in range(3):
        sender.run(lambda number, n=bad: Fault(bad_gateway=when) if number <= n else GOOD)


def test_products_client_reads_everything_that_the_platform_says_of_a_lot(stage: TenderStage) -> None:
    who: BiddingUnit = stage.unit()
    client = HttpClient(stage.agency.base_url)
    bidder, agency = (PlatformApi(client, lambda t=token: t) for token in (who.client.token, stage.agency.token))
    package = stage.submit(who)
    (lot,), (tender,) = bidder.lots("赣江"), agency.tenders()
    detail = bidder.lot(lot.lot_id)
    assert (lot.state, lot.bids, lot.is_agency, tender.number) == (LotState.PUBLISHED, None, False, lot.tender)
    assert (detail.lot, len(detail.announcements), detail.closing, detail.draft) == (lot, 1, b"", None)
    assert detail.saved is None
    before = agency.lot(lot.lot_id).saved
    assert before is not None
    saved = agency.save_draft(lot.lot_id, {"note": "变更"}, after=before.number)
    assert (agency.lot(lot.lot_id).draft, agency.lot(lot.lot_id).saved) == ({"note": "变更"}, saved)
    taken = bytearray()
    bidder.tender_document(lot.lot_id, stage.announcement().notice.documents[0].sha256, taken.extend)
    assert bytes(taken) == DOCUMENT
    (bid,) = bidder.own_bids(lot.lot_id, who.unit_id)
    assert (bid.package, bid.state, bid.number, bid.withdrawn) == (package.package_id, BidState.CURRENT, 1, b"")
    assert read_statement(read_receipt(bid.receipt).receipt, BidReceipt).payload.package_id == bid.package
    taken.clear()
    bidder.bid_file(bid.package, taken.extend, offset=7)
    assert bytes(taken) == package.data[7:]
    withdrawn = bidder.withdraw(lot.lot_id, stage.withdrawal(who, package))
    assert read_statement(withdrawn, Withdrawn).payload.package_id == bid.package
    stage.pass_deadline()
    closing = agency.closing(lot.lot_id)
    assert read_statement(closing.closing, Closing).payload.count == 0
    client.close()
