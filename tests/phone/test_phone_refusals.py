"""What a phone refuses, each with its honest twin in test_phone_ceremony."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from desktop.crypto.certificates import read_certificate
from desktop.crypto.primitives import aead_seal
from desktop.crypto.suites import generate_p256, point_of, sign
from desktop.domain.errors import MisuseError, RejectedError, UnavailableError
from desktop.domain.operations import Operation
from desktop.formats.answer import VerifiedAnswer
from desktop.phone.core import Phone, PhoneOutcome, PlatformProfile, secret_password
from desktop.phone.core.trust import ExpectedCertificates, Trust
from desktop.protocol.challenge import Challenge, write_challenge
from desktop.protocol.messages import Outcome, PhoneMessage
from desktop.protocol.qr import read_qr
from desktop.protocol.transcript import mailbox_key
from desktop.signing.ceremony import CeremonyRequest
from tests.phone.phone_ca import CREDIT_CODE, ENC, NOW, ORGANIZATION, Ca
from tests.phone.phone_world import (
    BASE_URL,
    OTHER_CODE,
    PASSWORD,
    Desktop,
    World,
    claim_item,
    download_request,
    enrol_request,
    login_request,
    seal_item,
    unit_request,
)


def refused(phone: Phone, text: str) -> str:
    with pytest.raises(RejectedError) as caught:
        phone.scan(text)
    return caught.value.code


def posts(world: World) -> list[str]:
    return [r for r in world.relay.requests if r.startswith("POST")]


def forge(world: World, desktop: Desktop, change: Callable[[Challenge], Challenge]) -> None:
    """Put a changed challenge into the mailbox, signed anew by the workstation."""
    qr = read_qr(desktop.code(), BASE_URL)
    changed = change(desktop.ceremony.challenge)
    body = write_challenge(changed, lambda m: sign(desktop.key, m))
    world.relay.boxes[qr.token.hex()].challenge = aead_seal(
        key=mailbox_key(token=qr.token, secret=qr.secret), counter=0, plaintext=body
    )


FOREIGN = [
    "https://evil.example/m#AAAA",
    "http://127.0.0.1:8765.evil.example/m#AAAA",
    "http://127.0.0.1:8765@evil.example/m#AAAA",
    "http://user:pw@127.0.0.1:8765/m#AAAA",
    "HTTP://127.0.0.1:8765/m#AAAA",
    "http://127.0.0.1:8766/m#AAAA",
    "http://127.0.0.1:8765/x#AAAA",
    "http://127.0.0.1:8765/m?next=//evil#AAAA",
    "http://127.0.0.1:8765/m#",
    "http://127.0.0.1:8765/m#AQAA",
    "http://127.0.0.1:8765/m#" + "A" * 200,
    "http://169.254.169.254/latest/meta-data",
    "http://[::ffff:127.0.0.1]:8765/m#AAAA",
    "http://localhost:8765/m#AAAA",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "weixin://wxpay/bizpayurl?pr=abc",
    "WIFI:T:WPA;S:guest;P:secret;;",
    "http://127.0.0.1:8765/m#\u0410\u0410\u0410\u0410",
    "",
]


@pytest.mark.parametrize("text", FOREIGN)
def test_t24_t25_a_foreign_code_opens_nothing(world: World, equipped: Phone, text: str) -> None:
    world.relay.requests.clear()
    assert refused(equipped, text) == "phone.foreign_qr"
    assert world.relay.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "https://user@example.com",
        "https://example.com/",
        "https://example.com/path",
        "https://example.com?x",
        "ftp://127.0.0.1",
        "http://127.0.0.1.example.com",
        "http://[::1",
        "https://",
        "",
    ],
)
def test_t26_an_unsafe_platform_address_is_refused(world: World, url: str) -> None:
    with pytest.raises(RejectedError) as caught:
        replace(world.profile, base_url=url)
    assert caught.value.code == "phone.profile_insecure"


@pytest.mark.parametrize(
    "url", ["https://jxjt.example", "https://jxjt.example:8443", "http://127.0.0.1:1", "http://[::1]:2"]
)
def test_a_safe_platform_address_is_taken(world: World, url: str) -> None:
    assert isinstance(replace(world.profile, base_url=url), PlatformProfile)


def test_t4_sealing_from_a_strange_workstation_is_refused_before_the_claim(world: World, equipped: Phone) -> None:
    certificate = equipped.certificates()[0]
    desktop = Desktop(world, enrolled=True)
    request = unit_request(Operation.SEAL, certificate.serial, seal_item(certificate.sign_certificate))
    text = desktop.show(request)
    # The desktop's codec refuses to write such a challenge; a hostile desktop would not.
    unsigned = replace(desktop.ceremony.challenge, enrolment=None, workstation_key=b"")
    forge(world, desktop, lambda _: unsigned)
    before = len(posts(world))
    assert refused(equipped, text) == "ceremony.workstation_not_enrolled"
    assert len(posts(world)) == before


def _foreign_unit(world: World, desktop: Desktop) -> Any:
    return world.enrolment(desktop.key, desktop.name, credit_code=OTHER_CODE)


def _foreign_ca(world: World, desktop: Desktop) -> Any:
    return world.enrolment(desktop.key, desktop.name, ca=Ca())


def _other_key(world: World, desktop: Desktop) -> Any:
    return world.enrolment(generate_p256(), desktop.name)


def _other_name(world: World, desktop: Desktop) -> Any:
    return world.enrolment(desktop.key, "另一个工位")


@pytest.mark.parametrize(
    ("enrol", "code"),
    [
        (_foreign_unit, "ceremony.workstation_not_enrolled"),
        (_foreign_ca, "ceremony.workstation_not_enrolled"),
        (_other_key, "ceremony.signature_invalid"),
        (_other_name, "ceremony.signature_invalid"),
    ],
)
def test_t4_an_enrolment_that_is_not_the_units_own_is_refused(
    world: World, equipped: Phone, enrol: Callable[[World, Desktop], Any], code: str
) -> None:
    serial = equipped.certificates()[0].serial
    desktop = Desktop(world, enrolled=True)
    desktop.enrolment = enrol(world, desktop)
    before = len(posts(world))
    assert refused(equipped, desktop.show(unit_request(Operation.CLAIM_SEAL, serial, claim_item(world)))) == code
    assert len(posts(world)) == before


def test_t4_an_expired_members_enrolment_is_refused(world: World, equipped: Phone) -> None:
    serial = equipped.certificates()[0].serial
    desktop = Desktop(world, enrolled=True)
    world.clock.advance(400 * 86_400)
    text = desktop.show(unit_request(Operation.CLAIM_SEAL, serial, claim_item(world)))
    assert refused(equipped, text) == "ceremony.workstation_not_enrolled"


@pytest.mark.parametrize("position", [0, 40, -70, -1])
def test_t5_a_challenge_altered_on_the_way_is_refused(world: World, equipped: Phone, position: int) -> None:
    desktop = Desktop(world, enrolled=False)
    text = desktop.show(login_request())
    box = world.relay.boxes[read_qr(text, BASE_URL).token.hex()]
    altered = bytearray(box.challenge)
    altered[position] ^= 1
    box.challenge = bytes(altered)
    assert refused(equipped, text) == "ceremony.message_unreadable"


def test_t5_t6_a_challenge_of_another_mailbox_is_refused(world: World, equipped: Phone) -> None:
    first, second = Desktop(world, enrolled=False), Desktop(world, enrolled=False)
    text = first.show(login_request())
    mine = world.relay.boxes[first.ceremony.code().token.hex()]  # type: ignore[union-attr]
    second.show(login_request())
    mine.challenge = world.relay.boxes[second.ceremony.code().token.hex()].challenge  # type: ignore[union-attr]
    assert refused(equipped, text) == "ceremony.message_unreadable"


@pytest.mark.parametrize(
    "change",
    [lambda c: replace(c, platform="other"), lambda c: replace(c, platform_name="江西交投集团招标采购交易平合")],
)
def test_t5_another_platforms_challenge_is_refused(
    world: World, equipped: Phone, change: Callable[[Challenge], Challenge]
) -> None:
    desktop = Desktop(world, enrolled=False)
    text = desktop.show(login_request())
    forge(world, desktop, change)
    assert refused(equipped, text) == "phone.other_platform"


def test_t4_the_enrolment_of_another_key_than_the_workstation_shown_is_refused(world: World, equipped: Phone) -> None:
    desktop = Desktop(world, enrolled=False)
    request = enrol_request(desktop)
    item = replace(request.items[0], workstation_key=point_of(generate_p256()))  # type: ignore[type-var, call-arg]
    assert refused(equipped, desktop.show(replace(request, items=(item,)))) == "phone.workstation_mismatch"


@pytest.mark.parametrize(
    "request_of",
    [
        lambda _: login_request(certificates=("ABCDEF",)),
        lambda _: login_request(organization="乙公司", credit_code=OTHER_CODE),
        lambda serial: login_request(certificates=(serial,), organization="乙公司", credit_code=OTHER_CODE),
    ],
)
def test_t10_a_phone_without_the_certificate_asked_for_does_not_claim(
    world: World, equipped: Phone, request_of: Callable[[str], CeremonyRequest]
) -> None:
    request = request_of(equipped.certificates()[0].serial)
    before = len(posts(world))
    assert refused(equipped, Desktop(world, enrolled=False).show(request)) == "phone.no_certificate"
    assert len(posts(world)) == before


def test_t10_a_phone_without_certificates_cannot_log_in(world: World, phone: Phone) -> None:
    assert refused(phone, Desktop(world, enrolled=False).show(login_request())) == "phone.no_certificate"


def test_t10_an_expired_certificate_is_not_offered(world: World, equipped: Phone) -> None:
    world.clock.advance(366 * 86_400)
    assert refused(equipped, Desktop(world, enrolled=False).show(login_request())) == "phone.no_certificate"


def test_t10_a_serial_that_is_not_a_choice_is_misuse(world: World, equipped: Phone) -> None:
    desktop = Desktop(world, enrolled=True)
    scanned = equipped.scan(desktop.show(login_request(organization=ORGANIZATION, credit_code=CREDIT_CODE)))
    assert scanned.wait_accepted()
    with pytest.raises(MisuseError):
        scanned.approve("ABC", secret_password(PASSWORD))


def test_t50_r_that_does_not_fit_its_commitment_is_refused(world: World, equipped: Phone) -> None:
    desktop = Desktop(world, enrolled=False)
    text = desktop.show(login_request())
    desktop.ceremony._round.r = bytes(32)  # type: ignore[union-attr]
    scanned = equipped.scan(text)
    assert not scanned.wait_accepted()
    assert scanned.result is not None
    assert (scanned.result.outcome, scanned.result.code) == (PhoneOutcome.REJECTED, "ceremony.signature_invalid")


def test_t50_the_code_differs_for_every_phone(world: World, equipped: Phone) -> None:
    codes = set()
    for _ in range(4):
        desktop = Desktop(world, enrolled=True)
        scanned = equipped.scan(desktop.show(login_request(organization=ORGANIZATION, credit_code=CREDIT_CODE)))
        assert scanned.wait_accepted()
        codes.add(scanned.view.code)
        scanned.decline()
    assert len(codes) > 1


def _outcome(world: World, phone: Phone, desktop: Desktop, request: CeremonyRequest, password: str = PASSWORD) -> Any:
    scanned = phone.scan(desktop.show(request))
    assert scanned.wait_accepted()
    code = desktop.check_code
    serial = scanned.view.certificates[0].serial if scanned.view.certificates else None
    scanned.approve(serial, secret_password(password), code)
    return scanned.wait_result(timeout=5)


def _swap_keys(world: World, result: dict[str, Any]) -> dict[str, Any]:
    return {**result, "sign_cert": world.ca.leaf(generate_p256().public_key())}


def _other_person(world: World, result: dict[str, Any]) -> dict[str, Any]:
    facts = read_certificate(result["sign_cert"]), read_certificate(result["enc_cert"])
    return {
        "sign_cert": world.ca.leaf(facts[0].public_key, holder="王五"),
        "enc_cert": world.ca.leaf(facts[1].public_key, holder="王五", key_usage=ENC),
        "chain": [],
    }


def _two_people(world: World, result: dict[str, Any]) -> dict[str, Any]:
    key = read_certificate(result["enc_cert"]).public_key
    return {**result, "enc_cert": world.ca.leaf(key, holder="王五", key_usage=ENC)}


def _other_unit(world: World, result: dict[str, Any]) -> dict[str, Any]:
    facts = read_certificate(result["sign_cert"]), read_certificate(result["enc_cert"])
    return {
        "sign_cert": world.ca.leaf(facts[0].public_key, credit_code=OTHER_CODE),
        "enc_cert": world.ca.leaf(facts[1].public_key, credit_code=OTHER_CODE, key_usage=ENC),
        "chain": [],
    }


def _usages_swapped(world: World, result: dict[str, Any]) -> dict[str, Any]:
    facts = read_certificate(result["sign_cert"]), read_certificate(result["enc_cert"])
    return {
        "sign_cert": world.ca.leaf(facts[0].public_key, key_usage=ENC),
        "enc_cert": world.ca.leaf(facts[1].public_key),
        "chain": [],
    }


def _foreign_root(world: World, result: dict[str, Any]) -> dict[str, Any]:
    facts = read_certificate(result["sign_cert"]), read_certificate(result["enc_cert"])
    ca = Ca("测试")
    return {
        "sign_cert": ca.leaf(facts[0].public_key),
        "enc_cert": ca.leaf(facts[1].public_key, key_usage=ENC),
        "chain": [ca.issuing, ca.root],
    }


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_swap_keys, "phone.certificate_mismatch"),
        (_other_person, "phone.certificate_mismatch"),
        (_two_people, "phone.certificate_mismatch"),
        (_other_unit, "phone.certificate_mismatch"),
        (_usages_swapped, "phone.certificate_mismatch"),
        (_foreign_root, "ceremony.certificate_invalid"),
        (lambda _w, _r: {"name": "x"}, "phone.receipt_invalid"),
    ],
)
def test_t10_certificates_that_are_not_for_this_phone_are_not_taken(
    world: World, phone: Phone, change: Callable[[World, dict[str, Any]], dict[str, Any]], code: str
) -> None:
    desktop = Desktop(world, enrolled=False)
    honest = world.issue
    world.issue = lambda holder, s, e: change(world, honest(holder, s, e))  # type: ignore[method-assign]
    result = _outcome(world, phone, desktop, download_request())
    assert (result.outcome, result.code) == (PhoneOutcome.REJECTED, code)
    assert phone.certificates() == ()
    assert len(phone.unfinished_downloads()) == 1


def test_a_seal_other_than_the_reviewed_one_is_not_taken(world: World, equipped: Phone) -> None:
    serial = equipped.certificates()[0].serial
    request = unit_request(Operation.CLAIM_SEAL, serial, claim_item(world))
    world.seal_imprint = b"\x89PNG another"
    result = _outcome(world, equipped, Desktop(world, enrolled=True), request)
    assert (result.outcome, result.code) == (PhoneOutcome.REJECTED, "phone.seal_mismatch")
    assert equipped.seals() == ()


def test_a_receipt_not_signed_by_the_enrolled_workstation_is_not_believed(world: World, equipped: Phone) -> None:
    desktop = Desktop(world, enrolled=True)
    other = generate_p256()
    request = login_request(organization=ORGANIZATION, credit_code=CREDIT_CODE)

    def act(_: VerifiedAnswer) -> None:
        desktop.key = other
        desktop.finish(Outcome.DONE)

    desktop.on_verified = act
    result = _outcome(world, equipped, desktop, request)
    assert (result.outcome, result.code) == (PhoneOutcome.REJECTED, "phone.receipt_invalid")


def test_t8_proof_is_given_for_a_download_only(world: World, equipped: Phone) -> None:
    desktop = Desktop(world, enrolled=False)
    desktop.on_verified = lambda _: desktop.carry_out(desktop.ceremony.ask_proof(os.urandom(113)))
    result = _outcome(world, equipped, desktop, login_request())
    assert (result.outcome, result.code) == (PhoneOutcome.REJECTED, "ceremony.wrong_purpose")


def test_t6_an_altered_reply_ends_the_scan_with_a_name(world: World, equipped: Phone) -> None:
    desktop = Desktop(world, enrolled=False)
    text = desktop.show(login_request())
    honest = world.relay.reply
    world.relay.reply = lambda t, s, b: honest(t, s, b[:-1] + bytes([b[-1] ^ 1]))  # type: ignore[method-assign]
    scanned = equipped.scan(text)
    assert not scanned.wait_accepted()
    assert scanned.result is not None
    assert (scanned.result.outcome, scanned.result.code) == (PhoneOutcome.REJECTED, "ceremony.message_unreadable")


def test_t6_a_reply_repeated_by_the_relay_is_refused(world: World, equipped: Phone) -> None:
    desktop = Desktop(world, enrolled=False)
    text = desktop.show(login_request())
    honest = world.relay.reply

    def twice(token: str, slot: str, body: bytes) -> None:
        honest(token, slot, body)
        honest(token, slot, body)

    world.relay.reply = twice  # type: ignore[method-assign]
    scanned = equipped.scan(text)
    assert not scanned.wait_accepted()
    assert scanned.result is not None
    assert scanned.result.code == "ceremony.message_unreadable"


def test_every_message_type_is_sent_at_most_once(world: World, equipped: Phone) -> None:
    desktop = Desktop(world, enrolled=False)
    scanned = equipped.scan(desktop.show(login_request()))
    assert scanned.wait_accepted()
    assert scanned._core.may_send(PhoneMessage.EXTEND)
    scanned.extend()
    assert not scanned._core.may_send(PhoneMessage.EXTEND)
    assert not scanned._core.may_send(PhoneMessage.CLAIM)
    with pytest.raises(MisuseError):
        scanned._core.claim()


def test_a_certificate_from_a_clock_slightly_ahead_is_good(world: World) -> None:
    trust = Trust(world.profile, world.clock)
    soon = world.ca.leaf(generate_p256().public_key(), not_before=NOW + timedelta(minutes=4))
    assert trust.issuer_of(read_certificate(soon)).der == world.ca.issuing
    later = world.ca.leaf(generate_p256().public_key(), not_before=NOW + timedelta(minutes=6))
    with pytest.raises(RejectedError):
        trust.issuer_of(read_certificate(later))


def test_an_issuing_ca_is_no_holder(world: World) -> None:
    trust = Trust(world.profile, world.clock)
    with pytest.raises(RejectedError):
        trust.issuer_of(read_certificate(world.ca.issuing))
    expected = ExpectedCertificates(sign_spki=b"x", enc_spki=b"y", holder="", organization="", credit_code="")
    with pytest.raises(RejectedError):
        trust.check_download(expected, world.ca.issuing, world.ca.issuing)


def test_a_gone_code_says_so(world: World, equipped: Phone) -> None:
    desktop = Desktop(world, enrolled=False)
    text = desktop.show(login_request())
    world.relay.boxes.clear()
    with pytest.raises(UnavailableError) as caught:
        equipped.scan(text)
    assert caught.value.code == "phone.mailbox_gone"


def test_t15_a_seal_signed_by_a_members_own_certificate_is_not_taken(world: World, equipped: Phone) -> None:
    serial = equipped.certificates()[0].serial
    key = generate_p256()
    member = world.ca.leaf(key.public_key(), holder="李四")
    world.seal_object = lambda item, verified: world.seal_made_by(key, member, item, verified)  # type: ignore[method-assign]
    request = unit_request(Operation.CLAIM_SEAL, serial, claim_item(world))
    result = _outcome(world, equipped, Desktop(world, enrolled=True), request)
    assert (result.outcome, result.code) == (PhoneOutcome.REJECTED, "phone.seal_mismatch")
    assert equipped.seals() == ()


def test_t15_a_seal_maker_of_another_root_is_not_believed(world: World, equipped: Phone) -> None:
    serial = equipped.certificates()[0].serial
    key = generate_p256()
    maker = Ca().leaf(key.public_key(), holder="制章", makes_seals=True)
    world.seal_object = lambda item, verified: world.seal_made_by(key, maker, item, verified)  # type: ignore[method-assign]
    request = unit_request(Operation.CLAIM_SEAL, serial, claim_item(world))
    result = _outcome(world, equipped, Desktop(world, enrolled=True), request)
    assert (result.outcome, result.code) == (PhoneOutcome.REJECTED, "ceremony.certificate_invalid")
    assert equipped.seals() == ()
