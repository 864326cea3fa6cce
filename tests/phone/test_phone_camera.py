"""The phone without a network: the same consent, codes instead of frames, and no connection anywhere."""

from dataclasses import replace

import pytest

from desktop.crypto.suites import generate_p256, point_of, sign
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Operation
from desktop.phone.core import ApproveState, CameraScan, Phone, PhoneOutcome, secret_password
from desktop.protocol.camera import CameraKind, write_message
from desktop.protocol.challenge import Challenge, workstation_id_of, write_challenge
from desktop.protocol.messages import Outcome
from desktop.protocol.parts import split
from desktop.signing.ceremony import CameraState
from tests.phone.camera_world import CameraDesktop, look_at, read_challenge
from tests.phone.phone_world import (
    OTHER_CODE,
    PASSWORD,
    Desktop,
    World,
    claim_item,
    download_request,
    login_request,
    seal_item,
    unit_request,
)


@pytest.fixture
def desktop(world: World) -> CameraDesktop:
    return CameraDesktop(world)


@pytest.fixture
def offline(world: World, equipped: Phone) -> Phone:
    """A phone with a certificate, far from every network."""
    world.relay.requests.clear()
    return equipped


def seal(desktop: CameraDesktop, phone: Phone, names: tuple[str, ...] = ("投标函.pdf",)) -> CameraScan:
    certificate = phone.certificates()[0]
    items = [seal_item(certificate.sign_certificate, name) for name in names]
    return read_challenge(phone, desktop.show_codes(unit_request(Operation.SEAL, certificate.serial, *items)))


def approve(scan: CameraScan, phone: Phone) -> None:
    assert scan.approve(phone.certificates()[0].serial, secret_password(PASSWORD)).state is ApproveState.SENT


def test_a_sealing_goes_from_screen_to_screen_and_ends_with_the_receipt(
    world: World, desktop: CameraDesktop, offline: Phone
) -> None:
    scan = seal(desktop, offline, ("商务标.pdf", "技术标.pdf"))
    view = scan.view
    assert [lines[0] for lines in view.text.items] == ["商务标.pdf", "技术标.pdf"]
    assert (view.is_signed, view.needs_code, view.code) == (True, False, "")
    assert scan.parts == ()
    approve(scan, offline)
    assert scan.result is None
    desktop.watch(scan)
    assert desktop.verified is not None
    assert desktop.verified.claim.phone_name == "张三的手机"
    assert desktop.engine.state is CameraState.RECEIPT
    assert look_at(scan, desktop) == []
    assert scan.result is not None
    assert (scan.result.outcome, len(scan.result.details)) == (PhoneOutcome.DONE, 2)
    assert world.relay.requests == []


def test_a_claimed_seal_reaches_the_phone_in_the_receipts_codes(
    world: World, desktop: CameraDesktop, offline: Phone
) -> None:
    serial = offline.certificates()[0].serial
    codes = desktop.show_codes(unit_request(Operation.CLAIM_SEAL, serial, claim_item(world)))
    scan = read_challenge(offline, codes)
    assert scan.needs_receipt
    approve(scan, offline)
    desktop.watch(scan)
    look_at(scan, desktop)
    assert scan.result is not None
    assert scan.result.outcome is PhoneOutcome.DONE
    assert [s.name for s in offline.seals()] == ["公章"]
    assert world.relay.requests == []


@pytest.mark.parametrize("suite", ["P-256", "RSA-2048"])
def test_a_download_proves_its_key_and_brings_the_certificate(
    world: World, desktop: CameraDesktop, phone: Phone, suite: str
) -> None:
    scan = read_challenge(phone, desktop.show_codes(download_request(suite)))
    assert scan.view.needs_new_password
    assert scan.approve(None, secret_password(PASSWORD)).state is ApproveState.SENT
    answer = scan.parts
    desktop.watch(scan)
    assert desktop.engine.state is CameraState.PROVING
    assert look_at(scan, desktop) == []
    assert scan.parts != answer
    assert look_at(scan, desktop) == []
    desktop.watch(scan)
    assert desktop.engine.state is CameraState.RECEIPT
    look_at(scan, desktop)
    assert scan.result is not None
    assert scan.result.outcome is PhoneOutcome.DONE
    assert [c.suite for c in phone.certificates()] == [suite]
    assert world.relay.requests == []


def test_leaving_without_a_receipt_is_said_to_be_unconfirmed(desktop: CameraDesktop, offline: Phone) -> None:
    scan = seal(desktop, offline)
    approve(scan, offline)
    assert not scan.decline()
    assert scan.leave().outcome is PhoneOutcome.UNCONFIRMED
    assert scan.parts == ()


def test_who_declines_shows_nothing_and_the_desktop_waits_for_the_next(desktop: CameraDesktop, offline: Phone) -> None:
    scan = seal(desktop, offline)
    assert scan.decline()
    desktop.watch(scan)
    assert desktop.engine.state is CameraState.SHOWING
    assert scan.leave().outcome is PhoneOutcome.DECLINED
    again = read_challenge(offline, desktop.engine.shown)
    approve(again, offline)
    desktop.watch(again)
    assert desktop.verified is not None


def test_a_wrong_password_is_counted_as_always(desktop: CameraDesktop, offline: Phone) -> None:
    scan = seal(desktop, offline)
    result = scan.approve(offline.certificates()[0].serial, secret_password("Falsch-2026"))
    assert (result.state, result.tries_left) == (ApproveState.WRONG_PASSWORD, 9)
    assert scan.parts == ()
    approve(scan, offline)
    assert offline.certificates()[0].tries_left == 10


def test_ten_minutes_of_reading_end_the_scan(world: World, desktop: CameraDesktop, offline: Phone) -> None:
    scan = seal(desktop, offline)
    world.clock.advance(601)
    assert scan.approve(offline.certificates()[0].serial, secret_password(PASSWORD)).state is ApproveState.ENDED
    assert scan.leave().outcome is PhoneOutcome.EXPIRED


def test_the_computers_other_codes_do_not_disturb_a_phone_that_waits(desktop: CameraDesktop, offline: Phone) -> None:
    scan = seal(desktop, offline)
    approve(scan, offline)
    assert look_at(scan, desktop) == []
    for text in ("https://evil.example", *split(write_message(CameraKind.ANSWER, b"x"))):
        assert scan.take_text(text) == ""
    assert scan.result is None


# -- what a phone refuses ---------------------------------------------------------------------------------------------


def refused(phone: Phone, codes: tuple[str, ...]) -> str:
    with pytest.raises(RejectedError) as caught:
        read_challenge(phone, codes)
    return caught.value.code


def codes_of(challenge: Challenge, desktop: CameraDesktop) -> tuple[str, ...]:
    data = write_challenge(challenge, lambda message: sign(desktop.key, message))
    return split(write_message(CameraKind.CHALLENGE, data))


def test_t04_a_workstation_enrolled_by_another_unit_is_refused(
    world: World, desktop: CameraDesktop, offline: Phone
) -> None:
    desktop.enrolment = world.enrolment(desktop.key, desktop.name, credit_code=OTHER_CODE)
    codes = desktop.show_codes(unit_request(Operation.SEAL, offline.certificates()[0].serial, seal_item(b"x")))
    assert refused(offline, codes) == "ceremony.workstation_not_enrolled"


def test_t04_a_stranger_with_a_copied_enrolment_is_refused(
    world: World, desktop: CameraDesktop, offline: Phone
) -> None:
    seal(desktop, offline)
    stranger = CameraDesktop(world)
    point = point_of(stranger.key)
    challenge = replace(desktop.engine.challenge, workstation_key=point, workstation_id=workstation_id_of(point))
    assert refused(offline, codes_of(challenge, stranger)) == "ceremony.signature_invalid"


def test_another_platforms_challenge_is_refused(desktop: CameraDesktop, offline: Phone) -> None:
    seal(desktop, offline)
    for challenge in (
        replace(desktop.engine.challenge, platform="other"),
        replace(desktop.engine.challenge, platform_name="别的平台"),
    ):
        assert refused(offline, codes_of(challenge, desktop)) == "phone.other_platform"


def test_t08_a_relay_challenge_shown_as_codes_is_refused(world: World, desktop: CameraDesktop, offline: Phone) -> None:
    seal(desktop, offline)
    challenge = replace(desktop.engine.challenge, is_camera=False, r_hash=bytes(32))
    assert refused(offline, codes_of(challenge, desktop)) == "ceremony.wrong_purpose"


def test_t08_a_camera_challenge_in_a_mailbox_is_refused(world: World, desktop: CameraDesktop, offline: Phone) -> None:
    """A desktop of our own that asks over the relay, but signs that it asks by camera."""
    from desktop.crypto.primitives import aead_seal
    from desktop.protocol.qr import read_qr
    from desktop.protocol.transcript import mailbox_key
    from tests.phone.phone_world import BASE_URL

    seal(desktop, offline)
    data = write_challenge(desktop.engine.challenge, lambda message: sign(desktop.key, message))
    relay = Desktop(world, enrolled=True)
    text = relay.show(login_request())
    code = read_qr(text, BASE_URL)
    key = mailbox_key(token=code.token, secret=code.secret)
    world.relay.boxes[code.token.hex()].challenge = aead_seal(key=key, counter=0, plaintext=data)
    with pytest.raises(RejectedError) as caught:
        offline.scan(text)
    assert caught.value.code == "ceremony.wrong_purpose"


@pytest.mark.parametrize("body", [b"", b"\xff", b"\xa0", write_message(CameraKind.RECEIPT, b"x")])
def test_messages_that_are_no_challenge_are_refused(offline: Phone, body: bytes) -> None:
    with pytest.raises(RejectedError) as caught:
        offline.take_camera_challenge(body)
    assert caught.value.code in {"ceremony.malformed", "ceremony.wrong_purpose"}


@pytest.mark.parametrize("how", ["another workstation", "another ceremony", "unsigned", "before the answer"])
def test_a_receipt_that_is_not_to_be_believed_confirms_nothing(
    world: World, desktop: CameraDesktop, offline: Phone, how: str
) -> None:
    scan = seal(desktop, offline)
    if how != "before the answer":
        approve(scan, offline)
    liar = CameraDesktop(world)
    other = seal(liar, offline)
    approve(other, offline)
    liar.watch(other)
    receipt = liar.engine.shown
    if how == "another workstation":
        liar.engine._round.t0 = scan._core.t0  # type: ignore[union-attr]
        liar.engine._state = CameraState.ACTING
        liar.finish(Outcome.DONE)
        receipt = liar.engine.shown
    elif how == "unsigned":
        from desktop.protocol.messages import Receipt

        plain = Receipt(t2=scan._core.t0, outcome=Outcome.DONE).write()
        receipt = split(write_message(CameraKind.RECEIPT, plain))
    said = [problem for problem in map(scan.take_text, receipt) if problem]
    assert said == ([] if how == "before the answer" else ["phone.receipt_invalid"])
    assert scan.result is None


def test_a_key_made_for_a_download_whose_request_is_refused_does_not_stay(
    world: World, desktop: CameraDesktop, phone: Phone
) -> None:
    scan = read_challenge(phone, desktop.show_codes(download_request("P-256")))
    assert scan.approve(None, secret_password("1234")).state is ApproveState.WEAK_PASSWORD
    assert phone.unfinished_downloads() == ()
    assert generate_p256() is not None
