"""The deadline: what came in time is there, what came a millisecond late is not, and the root says which (T39, T40)."""

import base64
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import pytest

from desktop.crypto.merkle import EMPTY_ROOT, leaf_hash, root_of
from desktop.crypto.primitives import sha256
from desktop.domain.clock import microseconds
from desktop.domain.errors import UnavailableError
from desktop.formats.log import bid_leaf
from desktop.formats.statements import read_receipt
from desktop.protocol.statements import BidReceipt, Closing, read_statement
from desktop.server.cases import checking
from desktop.server.cases.closing import close_due, close_if_due
from desktop.server.db.log_models import LogEntry
from desktop.server.db.tender_models import Bid, Lot, Upload
from tests.server.tenders import HOUR, TenderStage

MILLISECOND = 0.001
#: More bids than a machine with few cores can check at once.
UPLOADS, UNITS = 50, 10


@pytest.fixture
def stage(tender_stage: TenderStage) -> TenderStage:
    tender_stage.publish()
    return tender_stage


@dataclass(frozen=True, kw_only=True)
class Closed:
    """A closing as a reader finds it."""

    statement: Closing
    bids: list[Any]

    @property
    def root(self) -> bytes:
        """The root of the bids that are listed."""
        return root_of(
            leaf_hash(
                bid_leaf(
                    package=bytes.fromhex(bid["package"]),
                    file_sha256=bytes.fromhex(bid["sha256"]),
                    credit_code=bid["bcode"],
                    at_us=bid["at_us"],
                )
            )
            for bid in self.bids
        )


def closing_of(stage: TenderStage) -> Closed:
    answer = stage.agency.get(f"{stage.path}/closing")
    signed = read_statement(base64.b64decode(answer["closing"]), Closing)
    assert signed.is_record_keeper
    return Closed(statement=signed.payload, bids=answer["bids"])


def test_closing_names_all_current_bids_under_one_root_and_everybody_gets_it(stage: TenderStage) -> None:
    packages = [stage.submit(stage.unit(number)) for number in (1, 2, 3, 4)]
    withdrawn = stage.withdrawal(stage.unit(4), packages[3])
    assert stage.send("withdraw", withdrawn, stage.unit(4).client).status_code == 200
    packages[0] = stage.submit(stage.unit(1))
    stage.pass_deadline(MILLISECOND)
    closed = closing_of(stage)
    assert [bid["package"] for bid in closed.bids] == [packages[n].package_id.hex() for n in (1, 2, 0)]
    said = closed.statement
    assert (said.count, said.opens, said.root) == (3, True, closed.root)
    assert (said.deadline, said.at_us) == (stage.announcement().notice.deadline, microseconds(stage.clock.now()))
    assert said.notice_sha256 == stage.announcement().notice_sha256
    for number in (1, 2, 3, 4):
        assert stage.unit(number).client.get(f"{stage.path}/closing") == stage.agency.get(f"{stage.path}/closing")
    lot = stage.unit(1).client.get(stage.path)
    assert (lot["state"], lot["bids"], base64.b64decode(lot["closing"]) != b"") == ("closed", 3, True)
    with stage.platform.db.read() as session:
        logged = [each.body for each in session.query(LogEntry).all() if each.kind == "closed"]
    assert logged == [sha256(base64.b64decode(lot["closing"]))]


@pytest.mark.parametrize(("bids", "state"), [(0, "failed"), (2, "failed"), (3, "closed")])
def test_fewer_than_three_bids_open_nothing(stage: TenderStage, bids: int, state: str) -> None:
    for number in range(1, bids + 1):
        stage.submit(stage.unit(number))
    stage.pass_deadline()
    assert stage.agency.get(stage.path)["state"] == state
    closed = closing_of(stage)
    assert (closed.statement.count, closed.statement.opens) == (bids, bids >= 3)
    assert closed.statement.root == (closed.root if bids else EMPTY_ROOT)


def test_lot_is_closed_once_and_stays_so_when_the_clock_is_set_back(stage: TenderStage) -> None:
    stage.submit(stage.unit())
    stage.pass_deadline()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: close_if_due(stage.platform, stage.lot["id"]), range(8)))
    first = closing_of(stage)
    stage.clock.set_wall(stage.clock.now().replace(hour=1))
    close_due(stage.platform)
    assert closing_of(stage) == first
    assert stage.begin(stage.unit(), b"after all").json()["code"] == "tender.deadline_passed"


def test_lot_is_closed_by_the_clock_although_nobody_asks(stage: TenderStage) -> None:
    stage.submit(stage.unit())
    stage.pass_deadline()
    waiting = threading.Event()
    for _ in range(100):
        with stage.platform.db.read() as session:
            if session.get_one(Lot, stage.lot["id"]).closing is not None:
                return
        waiting.wait(0.1)
    raise AssertionError("still open")


# -- a millisecond (T39) -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("by", "is_late"), [(-MILLISECOND, False), (0, False), (MILLISECOND, True)])
def test_t39_last_byte_decides_to_the_millisecond(stage: TenderStage, by: float, *, is_late: bool) -> None:
    who = stage.unit()
    data = stage.pack(who).data
    upload = stage.begin(who, data).json()
    stage.put(who, upload, 0, data[:-1])
    stage.pass_deadline(by)
    answer = stage.put(who, upload, len(data) - 1, data[-1:])
    if is_late:
        assert (answer.status_code, answer.json()["code"]) == (409, "tender.deadline_passed")
    else:
        assert answer.json()["state"] == "accepted"
    stage.pass_deadline()
    assert closing_of(stage).statement.count == (not is_late)


def test_t39_bid_put_into_the_database_after_the_deadline_is_found_by_the_root(stage: TenderStage) -> None:
    for number in (1, 2, 3):
        stage.submit(stage.unit(number))
    stage.pass_deadline()
    honest = closing_of(stage)
    assert honest.statement.root == honest.root
    late = stage.pack(stage.unit(4))
    with stage.platform.db.write() as session:
        model = session.query(Bid).first()
        assert model is not None
        upload = Upload(
            id="f" * 32,
            lot_id=model.lot_id,
            organization_id=stage.unit(4).unit_id,
            account_id=model.account_id,
            sha256=late.sha256,
            size=len(late.data),
            offset=len(late.data),
            state="accepted",
            code="",
            received_at_us=model.at_us,
            created_at=stage.clock.now(),
        )
        session.add(upload)
        session.flush()
        taken = {column.name: getattr(model, column.name) for column in Bid.__table__.columns}
        session.add(Bid(**{**taken, "package": late.package_id.hex(), "number": 9, "upload_id": upload.id}))
    forged = closing_of(stage)
    assert len(forged.bids) == 4
    assert forged.statement == honest.statement
    assert forged.root != forged.statement.root


def test_t39_removed_bid_is_found_by_the_root(stage: TenderStage) -> None:
    for number in (1, 2, 3, 4):
        stage.submit(stage.unit(number))
    stage.pass_deadline()
    closing_of(stage)
    with stage.platform.db.write() as session:
        session.delete(session.query(Bid).order_by(Bid.number).first())
    forged = closing_of(stage)
    assert forged.root != forged.statement.root


def test_upload_that_was_never_finished_ends_with_the_deadline(stage: TenderStage) -> None:
    who = stage.unit()
    data = stage.pack(who).data
    upload = stage.begin(who, data).json()
    stage.put(who, upload, 0, data[:-1])
    stage.pass_deadline()
    assert closing_of(stage).statement.count == 0
    seen = who.client.get(f"/api/v1/uploads/{upload['id']}")
    assert (seen["state"], seen["code"]) == ("refused", "tender.deadline_passed")


# -- what came in time is waited for -------------------------------------------------------------------------------


def whole(stage: TenderStage, number: int) -> None:
    """Let a bidder's file be whole, and its check still to come, as when the platform ended in between."""
    who = stage.unit(number)
    package = stage.pack(who)
    upload = stage.begin(who, package.data).json()
    stage.platform.parts.write(upload["id"], 0, package.data)
    with stage.platform.db.write() as session:
        row = session.get_one(Upload, upload["id"])
        row.state, row.offset, row.received_at_us = "checking", row.size, microseconds(stage.clock.now())


def test_closing_waits_for_what_came_in_time_and_is_not_checked_yet(stage: TenderStage) -> None:
    for number in (1, 2, 3):
        whole(stage, number)
    stage.pass_deadline()
    closed = closing_of(stage)
    assert (closed.statement.count, closed.statement.root) == (3, closed.root)


def test_lot_stays_open_while_a_bid_that_came_in_time_cannot_be_checked(
    stage: TenderStage, monkeypatch: pytest.MonkeyPatch, expected_warnings: list[Any]
) -> None:
    whole(stage, 1)

    def fail(*_: object, **__: object) -> None:
        raise UnavailableError("general.file_unreadable")

    with monkeypatch.context() as patch:
        patch.setattr(checking, "verify_package", fail)
        stage.pass_deadline()
        assert stage.agency.refused("GET", f"{stage.path}/closing") == (409, "tender.not_closed")
        assert stage.begin(stage.unit(2), b"late").json()["code"] == "tender.deadline_passed"
    assert expected_warnings
    assert closing_of(stage).statement.count == 1


def test_t39_file_whose_last_byte_is_being_written_at_the_deadline_is_waited_for(
    stage: TenderStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is on the disk in time; that it is on record only after the deadline must not lose it."""
    who = stage.unit()
    data = stage.pack(who).data
    upload = stage.begin(who, data).json()
    stage.pass_deadline(-MILLISECOND)
    is_read, may_go_on = threading.Event(), threading.Event()
    db, real = stage.platform.db, type(stage.platform.db).write

    def held(self: Any) -> Any:
        if threading.current_thread() is sender:
            is_read.set()
            assert may_go_on.wait(10)
        return real(self)

    monkeypatch.setattr(type(db), "write", held)
    answers: list[Any] = []
    from desktop.server.cases.accounts import actor_of
    from desktop.server.cases.uploads import receive

    actor = actor_of(stage.platform, who.client.token)
    sender = threading.Thread(target=lambda: answers.append(receive(stage.platform, actor, upload["id"], 0, data)))
    sender.start()
    assert is_read.wait(10)
    stage.pass_deadline(MILLISECOND)
    with ThreadPoolExecutor(1) as pool:
        closing = pool.submit(close_if_due, stage.platform, stage.lot["id"])
        may_go_on.set()
        closing.result(20)
    sender.join(20)
    assert answers[0].upload.state == "accepted"
    assert closing_of(stage).statement.count == 1


def test_t39_under_fifty_parallel_uploads_every_receipt_is_in_time_and_every_refusal_is_not(stage: TenderStage) -> None:
    units = [stage.unit(number) for number in range(1, UNITS + 1)]
    jobs = [(units[n % UNITS], stage.pack(units[n % UNITS], size=500)) for n in range(UPLOADS)]
    begun = [stage.begin(who, package.data).json() for who, package in jobs]
    deadline_us = stage.announcement().notice.deadline * 1_000_000
    for (who, package), upload in zip(jobs, begun, strict=True):
        stage.put(who, upload, 0, package.data[:-1])

    def finish(n: int) -> Any:
        who, package = jobs[n]
        return stage.put(who, begun[n], len(package.data) - 1, package.data[-1:]).json()

    stage.pass_deadline(-MILLISECOND)
    answers: dict[int, Any] = {0: finish(0)}
    is_over = threading.Event()

    def tick() -> None:
        """Let two milliseconds pass in small steps, while everybody sends and somebody asks for the closing."""
        steps = 0
        while not is_over.wait(0.02):
            if steps < 40:
                stage.clock.advance(0.00005)
            steps += 1
            close_if_due(stage.platform, stage.lot["id"])

    ticking = threading.Thread(target=tick)
    ticking.start()
    with ThreadPoolExecutor(UPLOADS) as pool:
        answers |= dict(zip(range(1, UPLOADS - 1), pool.map(finish, range(1, UPLOADS - 1)), strict=True))
    is_over.set()
    ticking.join()
    stage.pass_deadline(MILLISECOND)
    answers[UPLOADS - 1] = finish(UPLOADS - 1)
    check_everything(stage, begun, answers, deadline_us)


def check_everything(stage: TenderStage, begun: list[Any], answers: dict[int, Any], deadline_us: int) -> None:
    closed = closing_of(stage)
    with stage.platform.db.read() as session:
        rows = [session.get_one(Upload, upload["id"]) for upload in begun]
        bids = session.query(Bid).all()
    accepted = [row for row in rows if row.state == "accepted"]
    refused = [row for row in rows if row.state == "refused"]
    assert len(accepted) + len(refused) == UPLOADS
    assert accepted
    assert refused
    assert all(row.received_at_us is not None and row.received_at_us <= deadline_us for row in accepted)
    assert all(row.received_at_us is None or row.received_at_us > deadline_us for row in refused)
    for n, row in enumerate(rows):
        said = answers[n]
        if row.state == "accepted":
            assert said["state"] in {"accepted", "checking"}, said
        else:
            assert said["code"] == "tender.deadline_passed", said
    receipts = [read_statement(bid.receipt, BidReceipt).payload for bid in bids]
    assert {receipt.sha256.hex() for receipt in receipts} == {row.sha256 for row in accepted}
    assert all(receipt.at_us <= deadline_us < closed.statement.at_us for receipt in receipts)
    last = {bid.organization_id: bid for bid in sorted(bids, key=lambda bid: (bid.at_us, bid.number))}
    assert {bid["package"] for bid in closed.bids} == {bid.package for bid in last.values()}
    assert (closed.root, len(closed.bids)) == (closed.statement.root, closed.statement.count)
    assert all(read_receipt(base64.b64decode(each["receipt"])) for each in answers.values() if each.get("receipt"))


def test_extended_deadline_is_the_one_that_counts(stage: TenderStage) -> None:
    who = stage.unit()
    before = stage.announcement().notice
    later = before.deadline + HOUR
    moved = tuple(replace(each, not_before=later) for each in before.envelopes)
    stage.send("amend", stage.amended(stage.next_notice(deadline=later, envelopes=moved)))
    stage.clock.advance(HOUR + 60)
    stage.submit(who)
    stage.pass_deadline()
    assert closing_of(stage).statement.deadline == later


def test_amendment_and_closing_are_told_to_who_bids_and_to_nobody_else(stage: TenderStage) -> None:
    who, other = stage.unit(1), stage.unit(2)
    stage.submit(who)
    stage.send("amend", stage.amended(stage.next_notice(lot_name="一标段(变更)")))
    stage.pass_deadline()
    closing_of(stage)
    kinds = [each["kind"] for each in who.client.get("/api/v1/notices")["notices"]]
    assert [kind for kind in kinds if kind.startswith("lot_")] == ["lot_failed", "lot_amended"]
    assert "lot_failed" in {each["kind"] for each in stage.agency.get("/api/v1/notices")["notices"]}
    assert not any(each["kind"].startswith("lot_") for each in other.client.get("/api/v1/notices")["notices"])
