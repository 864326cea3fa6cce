"""Tenders on the phone: opening keys are made, kept apart and released only after the closing (T9, T48, T52)."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from desktop.crypto.certificates import read_certificate
from desktop.crypto.cms_share import ShareRecipient, open_share, seal_share
from desktop.crypto.primitives import sha256
from desktop.crypto.suites import generate_p256, p256_of_scalar, sign, spki_of, verify
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Operation
from desktop.domain.secret import SecretBytes
from desktop.phone.core import Phone, PhoneOutcome, secret_password
from desktop.phone.core.views import PhoneResult
from desktop.protocol.notices import (
    FIRST_ENVELOPE,
    SECOND_ENVELOPE,
    Announcement,
    opening_key_label,
    signed_text,
    write_notice,
)
from desktop.protocol.tender_items import WithdrawItem, amend_tender_item
from tests.phone.camera_world import CameraDesktop, look_at, read_challenge
from tests.phone.phone_ca import ENC, NOW, SIGN, Ca
from tests.phone.phone_world import OTHER_CODE, PASSWORD, World, unit_request
from tests.phone.tender_world import DEADLINE, Lot, RecordKeeper, envelope


@pytest.fixture
def lot(world: World, equipped: Phone) -> Lot:
    return Lot(world, equipped)


def refused(lot: Lot, result: PhoneResult) -> str:
    """Demand that the phone gave nothing; return the code that it names."""
    assert result.outcome is PhoneOutcome.REJECTED
    assert lot.desktop.verified is None
    return result.code


def everything_the_relay_saw(world: World) -> bytes:
    assert all(box.frames for box in world.relay.boxes.values())
    return b"".join(
        [box.challenge + b"".join(body for _, body in box.frames) for box in world.relay.boxes.values()]
        + [body for box in world.relay.boxes.values() for bodies in box.slots.values() for body in bodies]
        + [text.encode() for text in world.relay.requests]
    )


def everything_on_the_phone(world: World) -> bytes:
    return b"".join(path.read_bytes() for path in world.folder.rglob("*") if path.is_file())


def scalar_for_colleague(lot: Lot, announcement: Announcement, number: int) -> bytes:
    """Open an envelope with the other member's key: what the committee holds against a lost phone."""
    label = opening_key_label(
        announcement.notice, announcement.notice.envelopes[number].envelope_id, announcement.keys[number]
    )
    return open_share(
        announcement.wraps[number], key=lot.colleague, key_id=sha256(lot.colleague_certificate), label=label
    ).reveal()


# -- create ----------------------------------------------------------------------------------------------------------


def test_opening_keys_are_made_for_each_envelope_and_enveloped_to_the_whole_committee(lot: Lot) -> None:
    announcement = lot.announce()

    assert len(announcement.keys) == len(set(announcement.keys)) == 2
    for number, spki in enumerate(announcement.keys):
        scalar = SecretBytes(scalar_for_colleague(lot, announcement, number))
        assert spki_of(p256_of_scalar(scalar)) == spki
    own = read_certificate(lot.own.sign_certificate).public_key
    assert verify(own, signed_text(announcement.notice_bytes, announcement.keys), announcement.signature)


def test_the_consent_page_names_the_lot_the_groups_and_the_committee(lot: Lot) -> None:
    scanned, _ = lot.scan(Operation.CREATE_OPENING_KEY, lot.create_item())

    (lines,) = scanned.view.text.items
    assert lines[:2] == ("JXJT-2026-017 · 赣江二桥维修工程", "S1 · 一标段")
    assert lines[3] == "解密需要: 投标人 + 开标密钥 + 平台时间份额"
    assert [line.split()[1] for line in lines if line.startswith("开标密钥成员")] == ["张三", "李四"]


def test_the_opening_key_made_is_nowhere_in_clear(lot: Lot, world: World) -> None:
    announcement = lot.announce()

    for number in range(2):
        scalar = scalar_for_colleague(lot, announcement, number)
        assert scalar not in everything_the_relay_saw(world)
        assert scalar not in everything_on_the_phone(world)
        assert lot.desktop.verified is not None
        assert scalar not in lot.desktop.verified.transcript.write()


def _stranger(lot: Lot) -> bytes:
    return Ca().leaf(generate_p256().public_key(), holder="李四", key_usage=ENC)


def _other_unit(lot: Lot) -> bytes:
    return lot.world.ca.leaf(generate_p256().public_key(), holder="李四", credit_code=OTHER_CODE, key_usage=ENC)


def _signing(lot: Lot) -> bytes:
    return lot.world.ca.leaf(generate_p256().public_key(), holder="李四", key_usage=SIGN)


def _expired(lot: Lot) -> bytes:
    return lot.world.ca.leaf(
        generate_p256().public_key(), holder="李四", key_usage=ENC, not_after=NOW - timedelta(hours=1)
    )


@pytest.mark.parametrize("stranger", [_stranger, _other_unit, _signing, _expired])
def test_t48_no_opening_key_is_made_for_a_committee_with_a_stranger(lot: Lot, stranger: Callable[[Lot], bytes]) -> None:
    item = lot.create_item(members=(lot.own.enc_certificate, stranger(lot)))

    assert refused(lot, lot.scan(Operation.CREATE_OPENING_KEY, item)[1]) == "phone.member_not_allowed"


def test_t48_an_opening_key_that_this_phone_could_not_use_is_not_made(lot: Lot) -> None:
    item = lot.create_item(members=(lot.colleague_certificate,))

    assert refused(lot, lot.scan(Operation.CREATE_OPENING_KEY, item)[1]) == "phone.opening_key_not_ours"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"platform": "other"}, "phone.notice_mismatch"),
        ({"agency_code": OTHER_CODE}, "phone.notice_mismatch"),
        ({"officers": (bytes(32),)}, "phone.not_officer"),
    ],
)
@pytest.mark.parametrize("operation", [Operation.CREATE_OPENING_KEY, Operation.AMEND_TENDER])
def test_a_notice_of_another_unit_or_without_its_signer_as_officer_is_not_signed(
    lot: Lot, operation: Operation, changes: dict[str, Any], code: str
) -> None:
    notice = replace(lot.notice, **changes)
    item: Any = lot.create_item(notice)
    if operation is Operation.AMEND_TENDER:
        amended = replace(notice, revision=2, previous=bytes(32))
        item = amend_tender_item(write_notice(amended), tuple(spki_of(generate_p256()) for _ in range(2)))

    assert refused(lot, lot.scan(operation, item)[1]) == code


# -- amend, withdraw -------------------------------------------------------------------------------------------------


def test_an_amendment_is_signed_over_the_new_notice_and_the_old_keys(lot: Lot) -> None:
    announcement = lot.announce()
    later = replace(lot.notice, revision=2, previous=announcement.notice_sha256, window_minutes=60)
    item = amend_tender_item(write_notice(later), announcement.keys)

    scanned, result = lot.scan(Operation.AMEND_TENDER, item)

    assert result.is_success
    assert scanned.view.text.title == "发布澄清与变更"
    message = signed_text(write_notice(later), announcement.keys)
    assert verify(read_certificate(lot.own.sign_certificate).public_key, message, lot.result["sig"])


def test_a_withdrawal_is_the_consent_and_nothing_else(lot: Lot) -> None:
    item = WithdrawItem(
        tender="JXJT-2026-017",
        tender_name="赣江二桥维修工程",
        lot="S1",
        lot_name="一标段",
        package_id=bytes(16),
        sha256=bytes(32),
        number=3,
    )

    scanned, result = lot.scan(Operation.WITHDRAW, item)

    assert result.is_success
    assert lot.result == {}
    assert scanned.view.text.items[0][2:] == ("投标包 00000000 · 第 3 份", "撤回后该投标文件不再参加开标")


def test_t09_what_is_signed_for_a_notice_is_no_consent_and_no_document(lot: Lot) -> None:
    announcement = lot.announce()
    message = signed_text(announcement.notice_bytes, announcement.keys)

    assert message.startswith(b"BIDSEAL1/notice\0")
    assert lot.desktop.verified is not None
    assert not lot.desktop.verified.consent.startswith(b"BIDSEAL1/notice")
    own = read_certificate(lot.own.sign_certificate).public_key
    assert not verify(own, message, lot.desktop.verified.answer.signature)
    assert not verify(own, lot.desktop.verified.consent, announcement.signature)


# -- release ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("envelope_id", [FIRST_ENVELOPE, SECOND_ENVELOPE])
def test_t52_after_the_closing_the_opening_key_of_the_envelope_asked_for_is_released(
    lot: Lot, world: World, envelope_id: str
) -> None:
    announcement = lot.announce()

    scanned, result = lot.scan(Operation.RELEASE_OPENING_KEY, lot.release_item(announcement, envelope_id=envelope_id))

    assert result.is_success
    assert scanned.view.text.title == "开标解密"
    number = (FIRST_ENVELOPE, SECOND_ENVELOPE).index(envelope_id)
    assert lot.result == {"key": scalar_for_colleague(lot, announcement, number)}
    assert spki_of(p256_of_scalar(SecretBytes(lot.result["key"]))) == announcement.keys[number]
    assert lot.result["key"] not in everything_the_relay_saw(world)
    assert lot.result["key"] not in everything_on_the_phone(world)


def test_t52_by_camera_the_opening_key_is_released_into_the_sealed_answer_only(lot: Lot, world: World) -> None:
    item = lot.release_item(lot.announce())
    desktop = CameraDesktop(world)
    before = len(world.relay.requests)
    request = unit_request(Operation.RELEASE_OPENING_KEY, lot.own.serial, item)

    scan = read_challenge(lot.phone, desktop.show_codes(request))
    scan.approve(lot.own.serial, secret_password(PASSWORD))
    desktop.watch(scan)
    assert look_at(scan, desktop) == []

    assert scan.result is not None
    assert scan.result.is_success
    assert desktop.verified is not None
    key = desktop.verified.answer.results[0]["key"]
    assert spki_of(p256_of_scalar(SecretBytes(key))) == item.announcement.keys[0]
    assert len(world.relay.requests) == before
    assert key not in everything_on_the_phone(world)


def _no_record_keeper(lot: Lot, _: Announcement) -> dict[str, Any]:
    return {"keeper": lot.make_keeper(keeps_records=False)}


def _keeper_out_of_date(lot: Lot, _: Announcement) -> dict[str, Any]:
    return {"keeper": lot.make_keeper(until=NOW - timedelta(minutes=11))}


def _keeper_of_another_platform(lot: Lot, _: Announcement) -> dict[str, Any]:
    key = generate_p256()
    return {"keeper": RecordKeeper(key=key, certificate=Ca().leaf(key.public_key(), keeps_records=True))}


def _signed_by_an_officer(lot: Lot, _: Announcement) -> dict[str, Any]:
    """The agent's own key, under the platform's root, but not for this."""
    key = generate_p256()
    return {"keeper": RecordKeeper(key=key, certificate=lot.world.ca.leaf(key.public_key()))}


def _with(**changes: Any) -> Callable[[Lot, Announcement], dict[str, Any]]:
    def made(lot: Lot, announcement: Announcement) -> dict[str, Any]:
        return {"closing": lot.closing(announcement, **changes)}

    return made


EARLY: dict[str, Callable[[Lot, Announcement], dict[str, Any]]] = {
    "signed by no record keeper": _no_record_keeper,
    "signed by a record keeper out of date": _keeper_out_of_date,
    "signed under another root": _keeper_of_another_platform,
    "signed by the agent": _signed_by_an_officer,
    "of another platform": _with(platform="other"),
    "of another tender": _with(tender="JXJT-2026-018"),
    "of another lot": _with(lot="S2"),
    "of another notice": _with(notice_sha256=sha256(b"revision 2")),
    "of another deadline": _with(deadline=DEADLINE - 60),
    "before the deadline": _with(at_us=DEADLINE * 1_000_000 - 1),
    "in the future": _with(at_us=int((NOW + timedelta(minutes=6)).timestamp()) * 1_000_000),
    "with too few bids": _with(count=2, opens=False),
}


@pytest.mark.parametrize("case", EARLY)
def test_t52_no_opening_key_is_released_by_a_closing(lot: Lot, case: str) -> None:
    announcement = lot.announce()
    lot.desktop.verified = None
    item = lot.release_item(announcement, **EARLY[case](lot, announcement))

    assert refused(lot, lot.scan(Operation.RELEASE_OPENING_KEY, item)[1]) == "phone.not_closed"


def test_t52_no_opening_key_is_asked_for_with_something_else_than_a_closing(lot: Lot) -> None:
    """Without a closing, or with one whose signature is not good, there is no such challenge to show."""
    announcement = lot.announce()
    wrong = RecordKeeper(key=generate_p256(), certificate=lot.keeper.certificate)

    with pytest.raises(RejectedError) as caught:
        lot.release_item(announcement, keeper=wrong)

    assert caught.value.code == "ceremony.signature_invalid"


def test_t52_an_envelope_stays_sealed_until_its_own_time(lot: Lot, world: World) -> None:
    later = int((NOW + timedelta(hours=2)).timestamp())
    lot.notice = replace(lot.notice, envelopes=(envelope(FIRST_ENVELOPE), envelope(SECOND_ENVELOPE, not_before=later)))
    announcement = lot.announce()
    lot.desktop.verified = None
    item = lot.release_item(announcement, envelope_id=SECOND_ENVELOPE)

    assert refused(lot, lot.scan(Operation.RELEASE_OPENING_KEY, item)[1]) == "phone.opening_too_early"
    assert lot.scan(Operation.RELEASE_OPENING_KEY, lot.release_item(announcement))[1].is_success
    world.clock.advance(2 * 3600)
    assert lot.scan(Operation.RELEASE_OPENING_KEY, item)[1].is_success


def test_t52_a_clock_a_little_behind_the_platform_s_stops_no_opening(lot: Lot) -> None:
    announcement = lot.announce()
    ahead = int((NOW + timedelta(minutes=4)).timestamp()) * 1_000_000

    item = lot.release_item(announcement, lot.closing(announcement, at_us=ahead))

    assert lot.scan(Operation.RELEASE_OPENING_KEY, item)[1].is_success


def test_t52_a_record_keeper_replaced_after_the_closing_stops_no_opening(lot: Lot) -> None:
    announcement = lot.announce()
    former = lot.make_keeper(until=NOW - timedelta(minutes=5))

    item = lot.release_item(announcement, keeper=former)

    assert lot.scan(Operation.RELEASE_OPENING_KEY, item)[1].is_success


def test_an_opening_key_that_was_not_announced_is_not_released(lot: Lot) -> None:
    """The envelope of another lot's key under this lot's announcement, or two of one lot swapped."""
    honest = lot.announce()
    swapped = replace(honest, wraps=honest.wraps[::-1])
    lot.desktop.verified = None

    item = lot.release_item(swapped)

    assert refused(lot, lot.scan(Operation.RELEASE_OPENING_KEY, item)[1]) == "phone.opening_key_mismatch"


def test_only_an_officer_of_the_lot_releases_its_opening_key(lot: Lot) -> None:
    honest = lot.announce()
    lot.desktop.verified = None
    notice_bytes = write_notice(lot.officer_of(lot.colleague_certificate))
    others = replace(honest, notice=lot.officer_of(lot.colleague_certificate), notice_bytes=notice_bytes)

    item = lot.release_item(others)

    assert refused(lot, lot.scan(Operation.RELEASE_OPENING_KEY, item)[1]) == "phone.not_officer"


def test_a_phone_outside_the_committee_has_no_opening_key_to_release(lot: Lot) -> None:
    """An officer named by a later notice, whom the key was never enveloped to."""
    honest = lot.announce()
    lot.desktop.verified = None
    foreign = replace(honest, wraps=tuple(_only_for(lot, honest, number) for number in range(2)))

    item = lot.release_item(foreign)

    assert refused(lot, lot.scan(Operation.RELEASE_OPENING_KEY, item)[1]) == "phone.opening_key_not_ours"


def _only_for(lot: Lot, announcement: Announcement, number: int) -> bytes:
    label = opening_key_label(
        announcement.notice, announcement.notice.envelopes[number].envelope_id, announcement.keys[number]
    )
    member = ShareRecipient(key_id=sha256(lot.colleague_certificate), spki=spki_of(lot.colleague))
    scalar = SecretBytes(scalar_for_colleague(lot, announcement, number))
    return seal_share(scalar, (member,), label=label, random=os.urandom)


def test_t52_no_opening_key_is_released_for_a_notice_that_the_agency_has_not_signed(lot: Lot) -> None:
    lot.notice = replace(
        lot.notice,
        deadline=DEADLINE + 3600,
        envelopes=tuple(replace(each, not_before=DEADLINE + 3600) for each in lot.notice.envelopes),
    )
    honest = lot.announce()
    lot.notice = replace(
        lot.notice,
        deadline=DEADLINE,
        envelopes=tuple(replace(each, not_before=DEADLINE) for each in lot.notice.envelopes),
    )
    earlier = replace(honest, notice=lot.notice, notice_bytes=write_notice(lot.notice))
    stranger = generate_p256()
    keys = earlier.keys
    by_other_unit = replace(
        earlier,
        certificate=lot.world.ca.leaf(stranger.public_key(), credit_code=OTHER_CODE, key_usage=SIGN),
        signature=sign(stranger, signed_text(earlier.notice_bytes, keys)),
    )
    for forged in (earlier, by_other_unit):
        lot.desktop.verified = None
        _, result = lot.scan(Operation.RELEASE_OPENING_KEY, lot.release_item(forged))
        assert refused(lot, result) == "phone.notice_not_signed"
