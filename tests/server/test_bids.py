"""Bids handed in: piece by piece, checked, receipted, replaced, withdrawn."""

import base64
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from desktop.crypto.merkle import leaf_hash
from desktop.crypto.primitives import sha256
from desktop.domain.clock import from_microseconds
from desktop.domain.operations import Verdict
from desktop.domain.tendering import LogKind
from desktop.formats.log import bid_body, log_leaf, withdrawal_body
from desktop.formats.statements import Basis, judge_receipt, read_receipt
from desktop.formats.trust import RevocationData, TrustAnchors
from desktop.protocol.statements import BidReceipt, Withdrawn, read_statement
from desktop.server.cases import log
from desktop.server.db.log_models import LogEntry
from desktop.server.db.tender_models import Bid, Upload
from tests.server.phone import PLATFORM
from tests.server.tenders import LOT, TENDER, TenderStage


@pytest.fixture
def stage(tender_stage: TenderStage) -> TenderStage:
    tender_stage.publish()
    return tender_stage


def receipt_of(bid: Any) -> BidReceipt:
    """The receipt's payload."""
    file = read_receipt(base64.b64decode(bid["receipt"]))
    return read_statement(file.receipt, BidReceipt).payload


def entry(stage: TenderStage, number: int) -> LogEntry:
    with stage.platform.db.read() as session:
        return session.get_one(LogEntry, number)


# -- accepted ------------------------------------------------------------------------------------------------------


def test_accepted_bid_has_a_receipt_that_says_everything_and_a_place_in_the_log(stage: TenderStage) -> None:
    who = stage.unit()
    package = stage.submit(who)
    (bid,) = stage.bids(who)
    receipt = receipt_of(bid)
    assert (receipt.platform, receipt.tender, receipt.lot) == (PLATFORM, TENDER, LOT)
    assert (receipt.bidder, receipt.bidder_code) == (who.unit.name, who.unit.credit_code)
    assert (receipt.sha256.hex(), receipt.size) == (package.sha256, len(package.data))
    assert (receipt.number, receipt.replaced, receipt.package_id) == (1, b"", package.package_id)
    assert from_microseconds(receipt.at_us) == stage.clock.now()
    authority = stage.platform.authority
    basis = Basis(
        anchors=TrustAnchors(roots=(authority.root,), intermediates=(authority.issuing,)),
        revocation=RevocationData(crls=(authority.root_crl([]), authority.issuing_crl([]))),
        now=stage.clock.now(),
    )
    judged = judge_receipt(base64.b64decode(bid["receipt"]), basis, platform=PLATFORM)
    assert (judged.verdict, judged.unchecked) == (Verdict.VALID, ())
    body = bid_body(
        package=receipt.package_id,
        file_sha256=receipt.sha256,
        credit_code=receipt.bidder_code,
        at_us=receipt.at_us,
        number=receipt.number,
        tender=TENDER,
        lot=LOT,
    )
    logged = entry(stage, receipt.leaf)
    assert (logged.kind, logged.body) == ("bid", sha256(body))
    with stage.platform.db.read() as session:
        leaf = leaf_hash(log_leaf(kind=LogKind.BID, at_us=logged.at_us, body_sha256=logged.body))
        assert log.inclusion(session, receipt.leaf, receipt.leaf + 1) is not None
        assert leaf == leaf_hash(log.entry_leaf(logged))


def test_file_comes_back_from_anywhere_as_it_was(stage: TenderStage) -> None:
    who = stage.unit()
    package = stage.submit(who)
    path = f"/api/v1/bids/{package.package_id.hex()}/file"
    for offset in (0, 1, len(package.data) - 1):
        answer = who.client.send("GET", path, params={"offset": offset})
        assert answer.content == package.data[offset:]
    beyond = {"offset": len(package.data)}
    assert who.client.refused("GET", path, params=beyond) == (422, "platform.bad_field")


def test_upload_goes_on_where_it_was_left_and_takes_nothing_twice(stage: TenderStage) -> None:
    who = stage.unit()
    data = stage.pack(who).data
    upload = stage.begin(who, data).json()
    assert stage.put(who, upload, 0, data[:1000]).json()["offset"] == 1000
    repeated = stage.put(who, upload, 0, data[:1000])
    assert (repeated.status_code, repeated.json()) == (409, {"code": "tender.upload_offset", "detail": "1000"})
    assert stage.put(who, upload, 2000, data[2000:]).json()["detail"] == "1000"
    again = stage.begin(who, data).json()
    assert (again["id"], again["offset"], again["state"]) == (upload["id"], 1000, "receiving")
    done = stage.put(who, upload, 1000, data[1000:]).json()
    assert done["state"] == "accepted"
    assert stage.put(who, upload, 1000, data[1000:]).json()["code"] == "tender.upload_offset"
    assert stage.begin(who, data).json() == done == who.client.get(f"/api/v1/uploads/{upload['id']}")
    assert len(stage.bids(who)) == 1


def test_two_who_send_the_same_piece_at_once_write_it_once(stage: TenderStage) -> None:
    who = stage.unit()
    data = stage.pack(who).data
    upload = stage.begin(who, data).json()
    stage.put(who, upload, 0, data[:10])
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: stage.put(who, upload, 10, data[10:]).json(), range(8)))
    assert [each["state"] for each in answers if "state" in each] == ["accepted"]
    assert {each["code"] for each in answers if "detail" in each} == {"tender.upload_offset"}
    assert len(stage.bids(who)) == 1


def test_piece_beyond_the_announced_size_is_refused(stage: TenderStage) -> None:
    who = stage.unit()
    upload = stage.begin(who, b"1234").json()
    for piece in (b"12345", b""):
        assert stage.put(who, upload, 0, piece).status_code in {413, 422}
    assert who.client.get(f"/api/v1/uploads/{upload['id']}")["offset"] == 0
    assert stage.begin(who, b"1234", size=5).json()["code"] == "platform.bad_field"


def test_disk_that_has_less_than_was_said_is_gone_back_to(stage: TenderStage) -> None:
    who = stage.unit()
    data = stage.pack(who).data
    upload = stage.begin(who, data).json()
    stage.put(who, upload, 0, data[:2000])
    stage.platform.parts.path(upload["id"]).write_bytes(data[:500])
    assert stage.put(who, upload, 2000, data[2000:]).json() == {"code": "tender.upload_offset", "detail": "500"}
    assert stage.put(who, upload, 500, data[500:]).json()["state"] == "accepted"


def test_bytes_that_a_crash_left_behind_the_end_are_cut_off(stage: TenderStage) -> None:
    who = stage.unit()
    data = stage.pack(who).data
    upload = stage.begin(who, data).json()
    stage.put(who, upload, 0, data[:2000])
    with stage.platform.parts.path(upload["id"]).open("ab") as file:
        file.write(bytes(len(data)))
    assert stage.put(who, upload, 2000, data[2000:]).json()["state"] == "accepted"


def test_unfinished_uploads_of_a_unit_are_counted(stage: TenderStage) -> None:
    who, rival = stage.unit(1), stage.unit(2)
    answers = [stage.begin(who, b"x", sha256=f"{n:064x}") for n in range(21)]
    assert [each.status_code for each in answers] == [201] * 20 + [429]
    assert stage.begin(rival, b"x").status_code == 201
    first = answers[0].json()["id"]
    assert who.client.send("DELETE", f"/api/v1/uploads/{first}").status_code == 204
    assert stage.begin(who, b"y").status_code == 201


def test_file_that_is_too_large_is_refused_before_the_first_byte(stage: TenderStage) -> None:
    answer = stage.begin(stage.unit(), b"x", size=70 * 1024**3 + 1)
    assert (answer.status_code, answer.json()["code"]) == (413, "tender.upload_too_large")


def test_file_that_is_whole_when_the_platform_ends_is_checked_at_its_next_start(stage: TenderStage) -> None:
    from desktop.server.cases.uploads import resume

    who = stage.unit()
    package = stage.pack(who)
    upload = stage.begin(who, package.data).json()
    stage.platform.parts.write(upload["id"], 0, package.data)
    with stage.platform.db.write() as session:
        row = session.get_one(Upload, upload["id"])
        row.state, row.offset, row.received_at_us = "checking", row.size, 1_795_510_800_000_000
    resume(stage.platform)
    stage.pass_deadline()
    stage.agency.get(stage.path)
    (bid,) = stage.bids(who)
    assert receipt_of(bid).at_us == 1_795_510_800_000_000


# -- replaced and withdrawn ----------------------------------------------------------------------------------------


def test_second_bid_replaces_the_first_and_names_it(stage: TenderStage) -> None:
    who = stage.unit()
    first, second = stage.submit(who), stage.submit(who)
    old, new = stage.bids(who)
    assert [(each["state"], each["number"]) for each in (old, new)] == [("replaced", 1), ("current", 2)]
    assert receipt_of(new).replaced == first.package_id
    again = stage.begin(who, first.data)
    assert (again.status_code, again.json()["code"]) == (409, "tender.package_used")
    assert stage.begin(who, second.data).json()["state"] == "accepted"


def test_receipt_tells_a_bidder_nothing_of_how_many_others_there_are(stage: TenderStage) -> None:
    for number in (1, 2, 3):
        stage.submit(stage.unit(number))
    assert [stage.bids(stage.unit(number))[0]["number"] for number in (1, 2, 3)] == [1, 1, 1]
    assert {client.get(stage.path)["bids"] for client in (stage.agency, stage.unit(1).client)} == {None}
    assert stage.agency.refused("GET", f"{stage.path}/closing") == (409, "tender.not_closed")


def test_withdrawn_bid_is_gone_and_its_consent_is_in_the_log(stage: TenderStage) -> None:
    who = stage.unit()
    package = stage.submit(who)
    transcript = stage.withdrawal(who, package)
    first, again = (stage.send("withdraw", transcript, who.client).json()["withdrawn"] for _ in range(2))
    assert first == again
    (bid,) = stage.bids(who)
    assert (bid["state"], bid["withdrawn"]) == ("withdrawn", first)
    statement = read_statement(base64.b64decode(first), Withdrawn)
    assert (statement.payload.package_id, statement.is_record_keeper) == (package.package_id, True)
    assert stage.begin(who, package.data).json()["code"] == "tender.package_used"
    other = stage.submit(who)
    assert [each["state"] for each in stage.bids(who)] == ["withdrawn", "current"]
    assert receipt_of(stage.bids(who)[1]).replaced == b""
    assert other.package_id != package.package_id
    consent = _consent_of(stage, transcript)
    assert entry(stage, statement.payload.leaf).body == sha256(consent)


def _consent_of(stage: TenderStage, transcript: bytes) -> bytes:
    from desktop.domain.operations import Operation
    from desktop.server.cases.answers import judge

    with stage.platform.db.read() as session:
        verified = judge(session, stage.platform, transcript, Operation.WITHDRAW).verified
    return withdrawal_body(consent=verified.consent, signature=verified.answer.signature)


def test_t40_only_the_bid_that_the_phone_agreed_to_is_withdrawn(stage: TenderStage) -> None:
    who, rival = stage.unit(1), stage.unit(2)
    package, others = stage.submit(who), stage.submit(rival)
    assert stage.send("withdraw", stage.withdrawal(who, others), who.client).status_code == 400
    assert stage.send("withdraw", stage.withdrawal(who, package, number=2), who.client).status_code == 400
    stolen = stage.send("withdraw", stage.withdrawal(rival, others), who.client)
    assert stolen.json()["code"] == "platform.forbidden"
    assert [stage.bids(each)[0]["state"] for each in (who, rival)] == ["current", "current"]


def test_t40_replaced_bid_is_not_withdrawn_any_more(stage: TenderStage) -> None:
    who = stage.unit()
    first = stage.submit(who)
    stage.submit(who)
    answer = stage.send("withdraw", stage.withdrawal(who, first), who.client)
    assert (answer.status_code, answer.json()["code"]) == (409, "tender.package_used")


def test_t40_withdrawal_and_replacement_after_the_deadline_are_refused(stage: TenderStage) -> None:
    who = stage.unit()
    package, replacement = stage.submit(who), stage.pack(who)
    withdrawal = stage.withdrawal(who, package)
    begun = stage.begin(who, replacement.data).json()
    stage.pass_deadline(0.001)
    late = stage.send("withdraw", withdrawal, who.client)
    assert (late.status_code, late.json()["code"]) == (409, "tender.deadline_passed")
    assert stage.put(who, begun, 0, replacement.data).json()["code"] == "tender.deadline_passed"
    assert stage.begin(who, b"another").json()["code"] == "tender.deadline_passed"
    assert [each["state"] for each in stage.bids(who)] == ["current"]


def test_t40_of_two_replacements_that_race_one_is_current(stage: TenderStage) -> None:
    who = stage.unit()
    packages = [stage.pack(who) for _ in range(6)]
    uploads = [stage.begin(who, package.data).json() for package in packages]
    with ThreadPoolExecutor(6) as pool:
        sent = pool.map(lambda n: stage.put(who, uploads[n], 0, packages[n].data).json(), range(6))
        assert {each["state"] for each in sent} <= {"accepted", "checking"}
    stage.pass_deadline()
    stage.agency.get(stage.path)
    bids = stage.bids(who)
    assert [each["state"] for each in bids] == ["replaced"] * 5 + ["current"]
    receipts = [receipt_of(each) for each in bids]
    assert [each.replaced for each in receipts] == [b"", *(each.package_id for each in receipts[:-1])]


def test_replacement_that_was_received_first_does_not_win_by_a_longer_check(stage: TenderStage) -> None:
    """What decides is the order of receipt, whoever was checked first."""
    from desktop.server.cases.checking import settle

    who = stage.unit()
    early, late = stage.pack(who), stage.pack(who)
    for package, seconds in ((late, 2), (early, 1)):
        upload = stage.begin(who, package.data).json()
        stage.platform.parts.write(upload["id"], 0, package.data)
        with stage.platform.db.write() as session:
            row = session.get_one(Upload, upload["id"])
            row.state, row.offset = "checking", row.size
            row.received_at_us = stage.now * 1_000_000 + seconds
    settle(stage.platform, stage.lot["id"], who.unit_id)
    assert [(each["package"], each["state"]) for each in stage.bids(who)] == [
        (early.package_id.hex(), "replaced"),
        (late.package_id.hex(), "current"),
    ]


def test_no_bid_stands_in_the_database_without_its_receipt_and_file(stage: TenderStage) -> None:
    for number in (1, 2):
        stage.submit(stage.unit(number))
    with stage.platform.db.read() as session:
        for bid in session.query(Bid).all():
            assert read_statement(bid.receipt, BidReceipt).payload.package_id.hex() == bid.package
            assert sha256(stage.platform.parts.path(bid.upload_id).read_bytes()).hex() == bid.sha256
