"""Submitting a bid: once, with a judged receipt on the disk before anybody is told, or clearly not (T19, T39)."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from desktop.crypto.suites import generate_p256, sign
from desktop.domain.errors import BidSealError, RejectedError, UnavailableError
from desktop.portal import bodies
from desktop.services import receipts, submitting
from desktop.services.events import Changed
from desktop.services.own_bids import kept_receipts
from desktop.services.receipts import receipt_path
from desktop.services.submitting import Control, Step, SubmitJob, submit
from desktop.services.tenders import open_lot
from desktop.services.workspace import Workspace
from desktop.store.bids import BidNotes
from tests.bids.conftest import Bidder
from tests.submission.world import Agency, SmallPlatform, World


def code_of(desk: Workspace, job: SubmitJob, control: Control | None = None) -> str:
    with pytest.raises(BidSealError) as caught:
        submit(desk, job, control or Control())
    return caught.value.code


def test_a_bid_is_submitted_and_its_receipt_stands_beside_it(
    desk: Workspace, platform: SmallPlatform, job: SubmitJob
) -> None:
    steps: list[Step] = []
    heard: list[Changed] = []
    desk.bus.subscribe(heard.append)
    done = submit(desk, job, Control(report=lambda step, _done, _total: steps.append(step)))
    assert done.path == receipt_path(job.package) == job.package.with_name("投标文件.bid.receipt")
    assert done.path.read_bytes() == done.judged.data
    assert done.judged.receipt.number == len(platform.receipts) == 1
    assert {Step.CHECKING, Step.SENDING} <= set(steps)
    assert Changed.TENDERS in heard
    done.path.unlink()  # where the receipt went with its package, the lot's own copy is held against the closing
    known = open_lot(desk, job.lot_id)
    assert kept_receipts(known, credit_code=job.credit_code) == (done.judged.receipt,)
    assert kept_receipts(known, credit_code="91430000MA4L2B6X82") == ()
    (note,) = BidNotes(desk.folder.bids).of(job.credit_code, desk.clock.now())
    assert (note.submitted_lot, note.path) == (job.lot_id, str(job.package))


def test_the_same_bid_again_is_the_same_submission(desk: Workspace, platform: SmallPlatform, job: SubmitJob) -> None:
    first = submit(desk, job, Control())
    again = submit(desk, job, Control())
    assert (again.path, again.judged.receipt) == (first.path, first.judged.receipt)
    assert len(platform.receipts) == 1
    assert len(list(job.package.parent.glob("*.receipt"))) == 1


def cancel_at_2000(step: Step, done: int, _total: int) -> None:
    """Be the user who has enough once 2,000 octets have left."""
    if step is Step.SENDING and done >= 2000:
        raise RejectedError("general.cancelled")


def test_a_submission_goes_on_where_it_was_cancelled(
    desk: Workspace, platform: SmallPlatform, job: SubmitJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submitting, "MAX_PART_BYTES", 1000)
    assert code_of(desk, job, Control(report=cancel_at_2000)) == "general.cancelled"
    (taken,) = platform.uploads.values()
    assert (len(taken.data), taken.state) == (2000, "receiving")
    assert not receipt_path(job.package).exists()
    starts: list[int] = []
    submit(desk, job, Control(report=lambda s, done, _t: starts.append(done) if s is Step.SENDING else None))
    assert starts[0] == 2000
    assert len(platform.receipts) == 1


def test_a_submission_is_cancelled_in_the_middle_of_a_part_and_nothing_of_that_part_counts(
    desk: Workspace, platform: SmallPlatform, job: SubmitJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "_PIECE_BYTES", 1000)
    assert code_of(desk, job, Control(report=cancel_at_2000)) == "general.cancelled"
    (taken,) = platform.uploads.values()
    assert (len(taken.data), taken.state) == (0, "receiving")
    submit(desk, job, Control())
    assert len(platform.receipts) == 1


def test_a_refused_bid_is_told_with_the_platforms_reason(
    desk: Workspace, platform: SmallPlatform, job: SubmitJob
) -> None:
    platform.refuse = "package.content_changed"
    assert code_of(desk, job) == "package.content_changed"
    assert not receipt_path(job.package).exists()


WRONG: list[dict[str, Any]] = [
    {"sha256": bytes(32)},
    {"package_id": bytes(16)},
    {"size": 1},
    {"tender": "JXJT-2026-019"},
    {"lot": "A2"},
    {"bidder_code": "91430000MA4L2B6X82"},
    {"platform": "another"},
]


@pytest.mark.parametrize("changes", WRONG, ids=lambda c: next(iter(c)))
def test_t39_a_receipt_of_something_else_is_none(
    desk: Workspace, platform: SmallPlatform, job: SubmitJob, changes: dict[str, Any]
) -> None:
    platform.changes = changes
    assert code_of(desk, job) == "bid.receipt_wrong"
    assert not receipt_path(job.package).exists()


def test_t39_a_receipt_one_microsecond_after_the_deadline_is_none(
    desk: Workspace, platform: SmallPlatform, world: World, job: SubmitJob
) -> None:
    platform.changes = {"at_us": world.notice.deadline * 1_000_000 + 1}
    assert code_of(desk, job) == "bid.receipt_wrong"


def test_a_receipt_by_another_key_is_none(
    desk: Workspace, platform: SmallPlatform, world: World, job: SubmitJob
) -> None:
    stranger = generate_p256()
    platform.signer = (lambda message: sign(stranger, message), world.authority.record_keeper)
    assert code_of(desk, job) == "bid.receipt_wrong"
    agency = Agency(authority=world.authority)
    platform.uploads.clear()
    platform.signer = (lambda message: sign(agency.key, message), agency.certificate)
    assert code_of(desk, job) == "bid.receipt_wrong"
    assert not receipt_path(job.package).exists()


def test_a_receipt_that_cannot_be_written_is_said_and_fetched_again(
    desk: Workspace, platform: SmallPlatform, job: SubmitJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> Path:
        raise UnavailableError("general.disk_full", "OSError")

    with monkeypatch.context() as patched:
        patched.setattr(receipts, "write_new", full)
        assert code_of(desk, job) == "bid.receipt_not_kept"
    assert submit(desk, job, Control()).path.is_file()
    assert len(platform.receipts) == 1


def test_another_file_in_the_receipts_place_is_left_alone(desk: Workspace, job: SubmitJob) -> None:
    receipt_path(job.package).write_bytes(b"somebody's notes")
    done = submit(desk, job, Control())
    assert receipt_path(job.package).read_bytes() == b"somebody's notes"
    assert done.path != receipt_path(job.package)
    assert done.path.read_bytes() == done.judged.data


def test_t19_a_bid_for_another_lot_or_of_another_unit_is_not_sent(
    bidder: Bidder, desk: Workspace, platform: SmallPlatform, world: World, job: SubmitJob
) -> None:
    other_unit = replace(job, credit_code="91430000MA4L2B6X82")
    assert code_of(desk, other_unit) == "bid.package_other_unit"
    assert code_of(desk, replace(job, package=bidder.pack())) == "bid.package_other_lot"
    without_keys = bidder.pack(
        bidder.order(
            bidder.envelope(not_before=world.notice.deadline),
            tender=world.notice.tender,
            lot=world.notice.lot,
            deadline=world.now + timedelta(days=1),
        )
    )
    assert code_of(desk, replace(job, package=without_keys)) == "tender.package_differs"
    assert code_of(desk, replace(job, package=job.package.with_name("x.bid"))) == "general.file_unreadable"
    assert platform.uploads == {}


def test_a_bid_packed_before_an_amendment_stays_good(desk: Workspace, world: World, job: SubmitJob) -> None:
    later = world.notice.deadline + 3600
    world.amend(deadline=later, envelopes=tuple(replace(e, not_before=later) for e in world.notice.envelopes))
    assert submit(desk, job, Control()).judged.receipt.number == 1
