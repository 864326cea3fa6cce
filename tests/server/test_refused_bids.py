"""Bids that are not taken: of rivals, for something else, otherwise than asked, damaged, hostile (T19, T41, T48)."""

import logging
from dataclasses import replace
from typing import Any

import pytest

from desktop.crypto.suites import generate_p256, spki_of
from tests.server.bidders import BiddingUnit, Package, signed_anew
from tests.server.tenders import HOUR, TenderStage


@pytest.fixture
def stage(tender_stage: TenderStage) -> TenderStage:
    tender_stage.publish()
    return tender_stage


def refused(stage: TenderStage, who: BiddingUnit, data: bytes) -> str:
    """Hand in a file that must be refused; return why."""
    upload = stage.upload(who, data)
    assert upload["state"] == "refused", upload
    assert upload["receipt"] is None
    assert not stage.platform.parts.path(upload["id"]).exists()
    return str(upload["code"])


def test_t19_package_that_a_rival_hands_in_whole_is_refused(stage: TenderStage) -> None:
    who, rival = stage.unit(1), stage.unit(2)
    package = stage.pack(who)
    assert refused(stage, rival, package.data) == "package.other_tender"
    assert stage.upload(who, package.data)["state"] == "accepted"


def test_t19_package_that_a_rival_has_signed_anew_is_refused(stage: TenderStage) -> None:
    who, rival = stage.unit(1), stage.unit(2)
    package = stage.pack(who)
    taken = signed_anew(package, rival, stage.clock.now())
    assert refused(stage, rival, taken) == "package.signer_not_bidder"
    assert refused(stage, who, taken) == "package.signer_not_bidder"
    assert stage.upload(who, signed_anew(package, who, stage.clock.now()))["state"] == "accepted"


@pytest.mark.parametrize("changed", [{"tender": "JX-2"}, {"lot": "02"}, {"platform": "other"}], ids=str)
def test_t19_package_for_something_else_is_refused(stage: TenderStage, changed: dict[str, str]) -> None:
    who = stage.unit()
    assert refused(stage, who, stage.pack(who, **changed).data) == "package.other_tender"


def test_package_id_of_another_bid_is_refused(stage: TenderStage) -> None:
    who, rival = stage.unit(1), stage.unit(2)
    stage.submit(who)
    stage.packed -= 1  # draws the same id once more
    twin = stage.pack(rival)
    assert refused(stage, rival, twin.data) == "tender.package_used"


def bent_packages(stage: TenderStage, who: BiddingUnit) -> dict[str, Package]:
    """Packages that are good bids for this lot, but not as its notice asks."""
    asked = stage.announcement()
    (envelope,), (key,) = asked.notice.envelopes, asked.keys

    def other(**changed: Any) -> Package:
        return stage.pack(who, replace(asked, notice=replace(asked.notice, **changed)))

    return {
        "title": other(envelopes=(replace(envelope, title="另一个"),)),
        "opening": stage.pack(who, replace(asked, keys=(spki_of(generate_p256()),))),
        "time": other(envelopes=(replace(envelope, time_key=spki_of(generate_p256())),)),
        "early": other(envelopes=(replace(envelope, not_before=envelope.not_before - 1),)),
        "deadline": other(deadline=asked.notice.deadline - 1),
        "id": other(envelopes=(replace(envelope, envelope_id="first"),)),
        "without bidder": other(envelopes=(replace(envelope, groups=envelope.groups[1:]),)),
        "without time": other(envelopes=(replace(envelope, groups=envelope.groups[:2]),)),
        "two": stage.pack(
            who,
            replace(
                asked,
                notice=replace(asked.notice, envelopes=(envelope, replace(envelope, envelope_id="second"))),
                keys=(key, key),
            ),
        ),
    }


def test_t48_package_with_other_envelopes_groups_or_keys_than_asked_is_refused(stage: TenderStage) -> None:
    who = stage.unit()
    bent = bent_packages(stage, who)
    assert {name: refused(stage, who, package.data) for name, package in bent.items()} == dict.fromkeys(
        bent, "tender.package_differs"
    )
    stage.submit(who)


def test_bid_that_was_packed_for_an_earlier_revision_stays_good(stage: TenderStage) -> None:
    who = stage.unit()
    before = stage.announcement()
    packed = stage.pack(who)
    later = before.notice.deadline + HOUR
    moved = tuple(replace(each, not_before=later) for each in before.notice.envelopes)
    assert stage.send("amend", stage.amended(stage.next_notice(deadline=later, envelopes=moved))).status_code == 200
    assert stage.upload(who, packed.data)["state"] == "accepted"
    mixed = replace(before, notice=replace(before.notice, deadline=later))
    assert refused(stage, who, stage.pack(who, mixed).data) == "tender.package_differs"
    stage.submit(who)


# -- hostile files (T41) -------------------------------------------------------------------------------------------


def test_t41_files_that_are_no_package_are_refused_by_name_and_others_go_on(stage: TenderStage) -> None:
    who, rival = stage.unit(1), stage.unit(2)
    good = stage.pack(who).data
    files = {
        "plaintext": b"%PDF-1.7 our price is 1,234,567.80",
        "zip": b"PK\x05\x06" + bytes(18),
        "one byte": b"x",
        "cut": good[:-1],
        "longer": good + b"\0",
        "flipped": good[:200] + bytes([good[200] ^ 1]) + good[201:],
        "payload flipped": good[: len(good) // 3] + bytes([good[len(good) // 3] ^ 1]) + good[len(good) // 3 + 1 :],
        "zeros": bytes(len(good)),
    }
    codes = {name: refused(stage, who, data) for name, data in files.items()}
    assert all(code.startswith("package.") for code in codes.values()), codes
    stage.submit(rival)
    assert stage.upload(who, good)["state"] == "accepted"


def test_t41_file_that_makes_the_check_stumble_is_refused_and_the_lot_is_closed(
    stage: TenderStage, monkeypatch: pytest.MonkeyPatch, expected_warnings: list[logging.LogRecord]
) -> None:
    from desktop.server.cases import checking

    def stumble(*_: object, **__: object) -> None:
        raise ValueError("a bug of ours")

    with monkeypatch.context() as patch:
        patch.setattr(checking, "verify_package", stumble)
        assert refused(stage, stage.unit(), stage.pack(stage.unit()).data) == "general.unexpected"
    assert len(expected_warnings) == 1
    stage.submit(stage.unit())
    stage.pass_deadline()
    assert stage.agency.get(stage.path)["state"] == "failed"


def test_file_that_was_damaged_on_its_way_is_sent_again(stage: TenderStage) -> None:
    who = stage.unit()
    data = stage.pack(who).data
    upload = stage.begin(who, data).json()
    damaged = stage.put(who, upload, 0, data[:-1] + bytes([data[-1] ^ 1])).json()
    assert (damaged["state"], damaged["code"]) == ("refused", "tender.upload_damaged")
    assert stage.put(who, upload, 0, data).json()["code"] == "tender.upload_damaged"
    again = stage.begin(who, data).json()
    assert (again["id"], again["state"], again["offset"], again["code"]) == (upload["id"], "receiving", 0, "")
    assert stage.put(who, again, 0, data).json()["state"] == "accepted"


def test_bidder_whose_certificate_was_revoked_hands_in_nothing(stage: TenderStage) -> None:
    from desktop.crypto.issuing import RevocationReason
    from desktop.server.cases.issued import revoke

    who = stage.unit()
    package = stage.pack(who)
    account = who.client.get("/api/v1/me")["account"]["id"]
    with stage.platform.db.write() as session:
        revoke(session, who.keys.serial, at=stage.clock.now(), reason=RevocationReason.UNSPECIFIED, by=account)
    assert refused(stage, who, package.data) == "ceremony.certificate_invalid"
    stage.clock.advance(1)
    assert refused(stage, who, package.data).startswith(("verify.", "trust."))
