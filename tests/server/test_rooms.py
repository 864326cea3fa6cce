"""The opening room from sign-in to the record, as agency and bidders meet it through the API."""

from dataclasses import replace
from typing import Any

import pytest

from desktop.crypto.merkle import leaf_hash, root_of
from desktop.crypto.primitives import hpke_open, sha256
from desktop.crypto.suites import generate_p256, point_of, scalar_of
from desktop.domain.tendering import LogKind, LotState, Party, PolicyGroup
from desktop.formats.log import delivery_leaf, step_body
from desktop.protocol.statements import Delivered, OpeningNotice, read_room_statement, read_statement
from desktop.server.cases import log
from desktop.server.db.log_models import LogEntry
from desktop.server.db.models import Organization
from desktop.server.db.tender_models import Lot
from tests.server.phone import b64
from tests.server.rooms import MINUTE, PRICES, WINDOW, Bidder, RoomStage, decoded


def refused(answer: object) -> str:
    """Return the code of a refusal that is no fault."""
    assert 400 <= answer.status_code < 500, answer.text  # type: ignore[attr-defined]
    return str(answer.json()["code"])  # type: ignore[attr-defined]


def kinds(stage: RoomStage) -> list[str]:
    with stage.platform.db.read() as session:
        return [entry.kind for entry in session.query(LogEntry).order_by(LogEntry.number)]


def test_one_envelope_is_opened_from_closing_to_record(stage: RoomStage) -> None:
    stage.publish()
    for bidder in stage.bidders:
        bidder.client.post(f"{stage.path}/sign-in", {"organization_id": bidder.unit})
    stage.close()
    assert stage.view()["lot"]["state"] == "closed"
    stage.open_room()
    assert stage.deliver_all()["lot"]["state"] == "delivered"
    shares = stage.agency.get(f"{stage.path}/room/deliveries/bid")
    assert [share["package"] for share in shares] == [bidder.package for bidder in stage.bidders]
    key = stage.act("time-key", {"envelope": "bid"})["key"]
    assert decoded(key) == scalar_of(stage.time_key).reveal()
    assert stage.report(stage.result(each) for each in stage.bidders)["lot"]["state"] == "opened"
    assert stage.announce()["lot"]["state"] == "announced"
    assert stage.record().json()["record"] == {
        "pdf_sha256": sha256(b"%PDF-1.7 record").hex(),
        "bundle_sha256": sha256(b"bundle").hex(),
    }
    assert stage.state is LotState.RECORDED
    room, share = LogKind.ROOM, LogKind.SHARE
    assert kinds(stage)[-15:] == (
        # the closing, three signed in, the room, its shares and their end
        [LogKind.CLOSED]
        + [room] * 4
        + [share] * 3
        + [LogKind.DELIVERED, LogKind.TIME_KEY]
        # a result each, the announcement, the record
        + [room] * 4
        + [LogKind.RECORD]
    )
    for which, content in (("pdf", b"%PDF-1.7 record"), ("bundle", b"bundle")):
        answer = stage.bidders[0].client.send("GET", f"{stage.path}/room/record/{which}")
        assert (answer.status_code, answer.content) == (200, content)


def test_lot_that_failed_is_recorded_without_a_room(stage: RoomStage) -> None:
    stage.advance(LotState.FAILED)
    assert refused(stage.send(stage.agency, "open", {"statement": b64(stage.stated(stage.opening()))})) == (
        "platform.wrong_state"
    )
    assert stage.record().status_code == 200
    assert stage.state is LotState.RECORDED


# -- sign-in -----------------------------------------------------------------------------------------------------------


def test_nobody_is_told_before_the_closing_who_has_signed_in(stage: RoomStage) -> None:
    stage.publish()
    for bidder in stage.bidders[:2]:
        bidder.client.post(f"{stage.path}/sign-in", {"organization_id": bidder.unit})
    first, second, third = (bidder.client for bidder in stage.bidders)
    assert [unit["name"] for unit in stage.view(first)["signed_in"]] == ["投标单位1"]
    assert [unit["name"] for unit in stage.view(second)["signed_in"]] == ["投标单位2"]
    assert stage.view(third)["signed_in"] == stage.view()["signed_in"] == []
    stage.close()
    assert [unit["name"] for unit in stage.view(third)["signed_in"]] == ["投标单位1", "投标单位2"]


def test_t34_neither_log_nor_version_tells_before_the_closing_who_has_signed_in(stage: RoomStage) -> None:
    stage.publish()
    first, second, _ = stage.bidders
    before = stage.view(first.client)["version"]
    guesses = {sha256(_signing_in(stage, bidder)).hex() for bidder in (first, second)}
    for bidder in (first, second):
        bidder.client.post(f"{stage.path}/sign-in", {"organization_id": bidder.unit})
    assert stage.view(first.client)["version"] == before
    assert not guesses & _logged(stage)
    stage.close()
    assert guesses <= _logged(stage)


def test_whoever_signs_in_after_the_closing_is_logged_at_once(stage: RoomStage) -> None:
    stage.publish()
    stage.close()
    bidder = stage.bidders[0]
    bidder.client.post(f"{stage.path}/sign-in", {"organization_id": bidder.unit})
    assert sha256(_signing_in(stage, bidder)).hex() in _logged(stage)


def _signing_in(stage: RoomStage, bidder: Bidder) -> bytes:
    """What the log is over; everything in it is known to everybody."""
    with stage.platform.db.read() as session:
        lot, unit = session.get_one(Lot, stage.lot_id), session.get_one(Organization, bidder.unit)
        return step_body(step="signed_in", tender=lot.tender, lot=lot.number, envelope="", by=unit.credit_code)


def _logged(stage: RoomStage) -> set[str]:
    with stage.platform.db.read() as session:
        return {entry.body.hex() for entry in log.entries(session, 0, log.MAX_ENTRIES)}


def test_signing_in_twice_is_once(stage: RoomStage) -> None:
    stage.publish()
    bidder = stage.bidders[0]
    rooms = [bidder.client.post(f"{stage.path}/sign-in", {"organization_id": bidder.unit}) for _ in range(2)]
    assert rooms[0] == rooms[1]
    assert len(rooms[0]["signed_in"]) == 1


# -- window ------------------------------------------------------------------------------------------------------------


def test_room_shows_the_notice_to_everybody(stage: RoomStage) -> None:
    stage.advance(LotState.DELIVERING)
    for who in (stage.agency, stage.bidders[2].client):
        envelope = stage.view(who)["envelopes"]["bid"]
        notice = read_room_statement(decoded(envelope["notice"]), OpeningNotice).payload
        assert notice == stage.opening()
        assert envelope["notices"] == [envelope["notice"]]


@pytest.mark.parametrize("minutes", [0, WINDOW - 3, WINDOW + 3, 24 * 60])
def test_window_is_as_long_as_announced(stage: RoomStage, minutes: int) -> None:
    stage.advance(LotState.CLOSED)
    until = int(stage.clock.now().timestamp()) + minutes * MINUTE
    body = {"statement": b64(stage.stated(stage.opening(until=until)))}
    assert refused(stage.send(stage.agency, "open", body)) == "room.window_length"
    assert stage.state is LotState.CLOSED


def test_opening_the_room_again_with_the_same_statement_changes_nothing(stage: RoomStage) -> None:
    stage.advance(LotState.CLOSED)
    body = {"statement": b64(stage.stated(stage.opening()))}
    assert stage.act("open", body) == stage.act("open", body)


@pytest.mark.parametrize(
    "bent", [{"closing_sha256": bytes(32)}, {"tender": "JX-2"}, {"lot": "02"}, {"platform": "other"}, {"revision": 2}]
)
def test_opening_notice_about_something_else_is_refused(stage: RoomStage, bent: dict[str, object]) -> None:
    stage.advance(LotState.CLOSED)
    about = {"reason": "x"} if "revision" in bent else {}
    # An enrolment is for one platform, so one for another cannot even be read.
    expected = "ceremony.signature_invalid" if "platform" in bent else "room.statement"
    statement = stage.stated(replace(stage.opening(), **bent, **about))  # type: ignore[arg-type]
    assert refused(stage.send(stage.agency, "open", {"statement": b64(statement)})) == expected
    assert stage.state is LotState.CLOSED


def test_window_is_extended_with_a_reason_and_all_can_read_it(stage: RoomStage) -> None:
    stage.advance(LotState.DELIVERING)
    until = int(stage.clock.now().timestamp()) + 2 * WINDOW * MINUTE
    longer = stage.opening(until=until, revision=2, reason="一家投标单位网络中断")
    body = {"statement": b64(stage.stated(longer))}
    assert stage.act("extend", body) == stage.act("extend", body)
    stage.pass_window()
    stage.deliver(stage.bidders)  # in time, thanks to the extension
    envelope = stage.view(stage.bidders[0].client)["envelopes"]["bid"]
    assert len(envelope["notices"]) == 2
    assert read_room_statement(decoded(envelope["notice"]), OpeningNotice).payload.reason == longer.reason


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"revision": 3}, "room.statement"),
        ({"revision": 1, "reason": ""}, "room.statement"),
        ({"room_key": None}, "room.statement"),
        ({"room_wrap": b"\1" * 113}, "room.statement"),
        ({"closing_sha256": bytes(32)}, "room.statement"),
        ({"until": WINDOW * MINUTE}, "room.window_length"),
        ({"until": 25 * 60 * MINUTE}, "room.window_length"),
    ],
)
def test_extension_that_breaks_the_rules_is_refused(stage: RoomStage, changed: dict[str, Any], code: str) -> None:
    stage.advance(LotState.DELIVERING)
    now = int(stage.clock.now().timestamp())
    values: dict[str, Any] = {"revision": 2, "reason": "网络中断", "until": 2 * WINDOW * MINUTE} | changed
    values["until"] += now
    if "room_key" in values:
        values["room_key"] = point_of(generate_p256())
    body = {"statement": b64(stage.stated(stage.opening(**values)))}
    before = stage.view()
    assert refused(stage.send(stage.agency, "extend", body)) == code
    assert stage.view() == before


def test_window_that_is_over_is_not_extended(stage: RoomStage) -> None:
    stage.advance(LotState.DELIVERING)
    stage.pass_window()
    until = int(stage.clock.now().timestamp()) + WINDOW * MINUTE
    body = {"statement": b64(stage.stated(stage.opening(until=until, revision=2, reason="迟")))}
    assert refused(stage.send(stage.agency, "extend", body)) == "platform.wrong_state"
    assert stage.state is LotState.DELIVERED


# -- shares ------------------------------------------------------------------------------------------------------------


def test_share_is_replaced_while_the_window_is_open_and_each_is_logged(stage: RoomStage) -> None:
    stage.advance(LotState.DELIVERING)
    bidder = stage.bidders[0]
    first, second = stage.delivery(bidder), stage.delivery(bidder)
    for body in (first, first, second):
        stage.act("deliver", body, bidder.client)
    assert kinds(stage).count("share") == 2
    stage.deliver(stage.bidders[1:])
    stage.end_delivery()
    shares = stage.agency.get(f"{stage.path}/room/deliveries/bid")
    assert shares[0] == {"package": bidder.package, "sealed": second["sealed"]}


def test_share_reaches_the_agency_as_it_was_sealed(stage: RoomStage) -> None:
    stage.advance(LotState.DELIVERED)
    for bidder, share in zip(stage.bidders, stage.agency.get(f"{stage.path}/room/deliveries/bid"), strict=True):
        opened = hpke_open(key=stage.room_key, info=b"BIDSEAL1/deliver", ciphertext=decoded(share["sealed"]))
        assert opened == sha256(bidder.package.encode() + b"bid")


def test_delivered_statement_covers_exactly_the_shares(stage: RoomStage) -> None:
    stage.advance(LotState.DELIVERING)
    stage.deliver(stage.bidders[:2])
    stage.pass_window()
    statement = decoded(stage.view()["envelopes"]["bid"]["delivered"])
    delivered = read_statement(statement, Delivered)
    shares = stage.agency.get(f"{stage.path}/room/deliveries/bid")
    leaves = [
        leaf_hash(delivery_leaf(package=bytes.fromhex(share["package"]), sealed=decoded(share["sealed"])))
        for share in shares
    ]
    assert delivered.is_record_keeper
    assert (delivered.payload.count, delivered.payload.root) == (2, root_of(leaves))
    assert kinds(stage).count("delivered") == 1


def test_window_is_not_ended_early_while_a_share_is_missing(stage: RoomStage) -> None:
    stage.advance(LotState.DELIVERING)
    stage.deliver(stage.bidders[:2])
    assert refused(stage.send(stage.agency, "end-delivery", {"envelope": "bid"})) == "room.shares_missing"
    stage.deliver(stage.bidders[2:])
    assert stage.end_delivery() == stage.end_delivery()


@pytest.mark.parametrize("size", [0, 32, 112, 114])
def test_share_of_another_length_is_refused(stage: RoomStage, size: int) -> None:
    stage.advance(LotState.DELIVERING)
    bidder = stage.bidders[0]
    body = stage.delivery(bidder) | {"sealed": b64(bytes(size))}
    assert refused(stage.send(bidder.client, "deliver", body)) == "platform.bad_field"


def test_share_for_another_envelope_is_refused(two: RoomStage) -> None:
    two.advance(LotState.DELIVERING, "first")
    bidder = two.bidders[0]
    assert refused(two.send(bidder.client, "deliver", two.delivery(bidder, "second"))) == "platform.wrong_state"
    assert refused(two.send(bidder.client, "deliver", two.delivery(bidder, "bid"))) == "platform.wrong_state"


def test_machine_that_replaces_its_share_without_end_is_slowed_down(stage: RoomStage) -> None:
    stage.advance(LotState.DELIVERING)
    bidder = stage.bidders[0]
    answers = [stage.send(bidder.client, "deliver", stage.delivery(bidder)).status_code for _ in range(21)]
    assert answers == [200] * 20 + [429]


def test_envelope_without_a_bidder_group_takes_no_share_and_needs_none(stage: RoomStage) -> None:
    stage.groups = (PolicyGroup.OPENING_KEY, PolicyGroup.TIME)
    stage.advance(LotState.DELIVERING)
    bidder = stage.bidders[0]
    assert refused(stage.send(bidder.client, "deliver", stage.delivery(bidder))) == "room.no_share_needed"
    stage.end_delivery()
    assert stage.report(stage.result(each) for each in stage.bidders)["lot"]["state"] == "opened"


def test_envelope_without_a_time_group_has_no_time_key(stage: RoomStage) -> None:
    stage.groups = (PolicyGroup.BIDDER, PolicyGroup.OPENING_KEY)
    stage.advance(LotState.DELIVERED)
    assert refused(stage.send(stage.agency, "time-key", {"envelope": "bid"})) == "room.no_time_key"


def test_time_key_is_logged_once_and_given_again(stage: RoomStage) -> None:
    stage.advance(LotState.DELIVERED)
    keys = [stage.act("time-key", {"envelope": "bid"})["key"] for _ in range(2)]
    assert keys[0] == keys[1]
    assert kinds(stage).count("time_key") == 1


# -- results -----------------------------------------------------------------------------------------------------------


def test_every_bid_has_one_result_before_anything_is_announced(stage: RoomStage) -> None:
    stage.advance(LotState.DELIVERED)
    results = [stage.result(each) for each in stage.bidders]
    assert stage.report(results[:2])["lot"]["state"] == "delivered"
    assert refused(stage.send(stage.agency, "announce", {"envelope": "bid"})) == "platform.wrong_state"
    assert stage.report(results[2:])["lot"]["state"] == "opened"


def test_results_again_after_a_crash_of_the_workstation_change_nothing(stage: RoomStage) -> None:
    stage.advance(LotState.DELIVERED)
    stage.report(stage.result(each) for each in stage.bidders[:2])
    before = stage.view()["envelopes"]["bid"]["results"]
    stage.clock.advance(60)  # found anew, and signed anew
    after = stage.report(stage.result(each) for each in stage.bidders)["envelopes"]["bid"]["results"]
    assert {package: after[package] for package in before} == before


def test_result_that_stands_is_not_changed_and_the_whole_request_has_no_effect(stage: RoomStage) -> None:
    stage.advance(LotState.DELIVERED)
    stage.report([stage.result(stage.bidders[0])])
    lower = stage.result(stage.bidders[0], price="1.00")
    for change in (lower, stage.not_opened(stage.bidders[0], cause="package.damaged", party=Party.OTHER)):
        both = [stage.result(stage.bidders[1]), change]
        body = {"statements": [b64(stage.stated(each)) for each in both]}
        assert refused(stage.send(stage.agency, "results", body)) == "room.result_differs"
    assert len(stage.view()["envelopes"]["bid"]["results"]) == 1


def test_what_failed_at_the_agency_is_tried_again_until_it_is_announced(stage: RoomStage) -> None:
    stage.advance(LotState.DELIVERED)
    failed = [stage.not_opened(each, cause="general.disk_full", party=Party.OTHER) for each in stage.bidders]
    assert stage.report(failed)["lot"]["state"] == "opened"
    stage.report([stage.result(stage.bidders[0])])
    stage.announce()
    body = {"statements": [b64(stage.stated(stage.result(stage.bidders[1])))]}
    assert refused(stage.send(stage.agency, "results", body)) == "platform.wrong_state"


@pytest.mark.parametrize("which", ["withdrawn", "unknown"])
def test_result_of_a_bid_that_takes_no_part_is_refused(stage: RoomStage, which: str) -> None:
    stage.publish(bids=4)
    stage.withdraw(stage.bidders[3])
    stage.close()
    stage.open_room()
    withdrawn = stage.bidders.pop()
    stage.deliver_all()
    other = Bidder(client=withdrawn.client, unit="", package="0" * 32, sha256=b"", number=1)
    body = {"statements": [b64(stage.stated(stage.result({"withdrawn": withdrawn}.get(which, other))))]}
    assert refused(stage.send(stage.agency, "results", body)) == "room.not_taking_part"


def test_withdrawn_bid_delivers_nothing_and_keeps_nobody_waiting(stage: RoomStage) -> None:
    stage.publish(bids=4)
    withdrawn = stage.bidders.pop(0)
    stage.withdraw(withdrawn)
    stage.close()
    stage.open_room()
    assert refused(stage.send(withdrawn.client, "deliver", stage.delivery(withdrawn))) == "room.not_taking_part"
    stage.deliver_all()
    assert stage.report(stage.result(each) for each in stage.bidders)["lot"]["state"] == "opened"


def test_bad_bid_has_a_cause_and_a_party_and_the_others_are_opened(stage: RoomStage) -> None:
    stage.advance(LotState.DELIVERED)
    bad = stage.not_opened(stage.bidders[1], cause="package.share_mismatch", party=Party.BIDDER)
    good = [stage.result(each) for each in (stage.bidders[0], stage.bidders[2])]
    stage.report([bad])
    assert stage.report(good)["lot"]["state"] == "opened"
    assert len(stage.announce()["envelopes"]["bid"]["results"]) == 3


# -- two envelopes -----------------------------------------------------------------------------------------------------


def test_second_envelope_is_opened_for_those_who_passed_and_stays_sealed_for_the_others(two: RoomStage) -> None:
    two.advance(LotState.OPENED, "first")
    two.announce("first")
    failed = two.bidders.pop(1)
    two.decide([two.passed(each) for each in two.bidders])
    early = {"statement": b64(two.stated(two.opening("second")))}
    assert refused(two.send(two.agency, "open", early)) == "room.undecided"
    two.decide([two.passed(failed, passed=False, reason="资格不符")])
    two.open_room("second")
    assert refused(two.send(failed.client, "deliver", two.delivery(failed, "second"))) == "room.not_taking_part"
    two.deliver_all("second")
    body = {"statements": [b64(two.stated(two.result(failed, "second")))]}
    assert refused(two.send(two.agency, "results", body)) == "room.not_taking_part"
    assert two.report(two.result(each, "second") for each in two.bidders)["lot"]["state"] == "opened"
    two.announce("second")
    assert two.record().status_code == 200


def test_when_nobody_passed_the_record_follows_the_first_envelope(two: RoomStage) -> None:
    two.advance(LotState.OPENED, "first")
    two.announce("first")
    assert refused(two.record()) == "room.envelope_left"
    two.decide([two.passed(each, passed=False, reason="不合格") for each in two.bidders])
    body = {"statement": b64(two.stated(two.opening("second")))}
    assert refused(two.send(two.agency, "open", body)) == "room.undecided"
    assert two.record().status_code == 200


def test_record_waits_for_the_second_envelope_of_those_who_passed(two: RoomStage) -> None:
    two.advance(LotState.ANNOUNCED, "first")
    assert refused(two.record()) == "room.envelope_left"


def test_decision_needs_a_reason_against_a_bid_and_can_change_until_the_room_is_opened(two: RoomStage) -> None:
    two.advance(LotState.OPENED, "first")
    two.announce("first")
    bidder = two.bidders[0]
    body = {"statements": [b64(two.stated(two.passed(bidder, passed=False)))]}
    assert refused(two.send(two.agency, "pass", body)) == "room.reason_missing"
    two.decide([two.passed(bidder, passed=False, reason="资格不符")])
    two.decide([two.passed(each) for each in two.bidders])
    two.open_room("second")
    assert refused(two.send(two.agency, "pass", body)) == "platform.wrong_state"


def test_bid_that_was_not_opened_cannot_pass(two: RoomStage) -> None:
    two.advance(LotState.DELIVERED, "first")
    bad = two.not_opened(two.bidders[0], "first", cause="package.damaged")
    two.report([bad, *(two.result(each, "first") for each in two.bidders[1:])])
    two.announce("first")
    body = {"statements": [b64(two.stated(two.passed(two.bidders[0])))]}
    assert refused(two.send(two.agency, "pass", body)) == "room.not_taking_part"
    two.decide([two.passed(each) for each in two.bidders[1:]])
    two.open_room("second")


def test_envelopes_are_opened_in_their_order(two: RoomStage) -> None:
    two.advance(LotState.CLOSED)
    body = {"statement": b64(two.stated(two.opening("second")))}
    assert refused(two.send(two.agency, "open", body)) == "platform.wrong_state"
    two.open_room("first")


# -- what is said, and the record --------------------------------------------------------------------------------------


def test_objection_is_answered_once_and_everybody_reads_both(stage: RoomStage) -> None:
    stage.advance(LotState.ANNOUNCED)
    first, second, third = stage.bidders
    about = {"package": first.package, "envelope": "bid"}
    objection = {**about, "ok": False, "text": "报价小写有误"}
    assert stage.act("confirm", objection, first.client) == stage.act("confirm", objection, first.client)
    stage.act("confirm", {"package": second.package, "envelope": "bid", "ok": True, "text": ""}, second.client)
    reply = {**about, "text": "以大写为准"}
    assert stage.act("answer", reply) == stage.act("answer", reply)
    assert refused(stage.send(stage.agency, "answer", {**about, "text": "另一答复"})) == "room.answered"
    said = stage.view(third.client)["envelopes"]["bid"]["confirmations"]
    assert [(each["package"], each["ok"], each["text"], each["answer"]) for each in said] == [
        (first.package, False, "报价小写有误", "以大写为准"),
        (second.package, True, "", None),
    ]
    assert kinds(stage).count("confirmed") == 3


def test_objection_needs_words(stage: RoomStage) -> None:
    stage.advance(LotState.ANNOUNCED)
    bidder = stage.bidders[0]
    body = {"package": bidder.package, "envelope": "bid", "ok": False, "text": " "}
    assert refused(stage.send(bidder.client, "confirm", body)) == "room.reason_missing"


def test_first_envelope_is_objected_to_while_the_second_is_at_work(two: RoomStage) -> None:
    two.advance(LotState.DELIVERING, "second")
    bidder = two.bidders[0]
    body = {"package": bidder.package, "envelope": "first", "ok": False, "text": "评审有误"}
    two.act("confirm", body, bidder.client)
    assert refused(two.send(bidder.client, "confirm", {**body, "envelope": "second"})) == "platform.wrong_state"


@pytest.mark.parametrize(("pdf", "bundle"), [(b"<html>", b"bundle"), (b"%PDF-1.7", b"")])
def test_record_that_is_none_is_refused(stage: RoomStage, pdf: bytes, bundle: bytes) -> None:
    stage.advance(LotState.ANNOUNCED)
    assert refused(stage.record(pdf, bundle)) == "platform.bad_field"
    assert stage.state is LotState.ANNOUNCED


def test_record_is_never_replaced(stage: RoomStage) -> None:
    stage.advance(LotState.ANNOUNCED)
    assert stage.record().json() == stage.record().json()
    assert refused(stage.record(b"%PDF-1.7 another")) == "platform.wrong_state"
    assert kinds(stage).count("record") == 1


def test_prices_are_in_the_results_that_are_announced(stage: RoomStage) -> None:
    """The positive twin of T47: what is looked for there is there in the end."""
    stage.advance(LotState.ANNOUNCED)
    found = stage.view(stage.bidders[0].client)["envelopes"]["bid"]["results"]
    assert all(price.encode() in b"".join(map(decoded, found.values())) for price in PRICES[:3])
