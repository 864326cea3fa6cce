"""A phone with a desktop: each operation from scan to receipt."""

import pytest

from desktop.domain.operations import Operation
from desktop.phone.core import ApproveState, Phone, PhoneOutcome, secret_password
from desktop.protocol.messages import Outcome
from tests.phone.phone_ca import CREDIT_CODE, ORGANIZATION
from tests.phone.phone_world import (
    BASE_URL,
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


@pytest.mark.parametrize("suite", ["P-256", "RSA-2048"])
def test_download_ends_with_a_certificate_on_the_phone(world: World, phone: Phone, suite: str) -> None:
    desktop = Desktop(world, enrolled=False)
    scanned = phone.scan(desktop.show(download_request(suite)))
    assert scanned.wait_accepted()
    view = scanned.view
    assert view.needs_new_password
    assert view.certificates == ()
    assert scanned.approve(None, secret_password(PASSWORD), desktop.check_code).state is ApproveState.SENT
    result = scanned.wait_result(timeout=5)
    assert (result.outcome, result.code) == (PhoneOutcome.DONE, "")
    (certificate,) = phone.certificates()
    assert (certificate.holder, certificate.organization, certificate.suite) == ("张三", ORGANIZATION, suite)
    assert certificate.tries_left == 10
    assert phone.unfinished_downloads() == ()


def test_login_from_a_strange_workstation_needs_the_code_typed(world: World, equipped: Phone) -> None:
    desktop = Desktop(world, enrolled=False)
    scanned = equipped.scan(desktop.show(login_request()))
    assert scanned.wait_accepted()
    assert scanned.view.needs_code
    assert scanned.view.code == ""
    serial = equipped.certificates()[0].serial
    approved = scanned.approve(serial, secret_password(PASSWORD), desktop.check_code)
    assert approved.state is ApproveState.SENT
    assert scanned.wait_result(timeout=5).outcome is PhoneOutcome.DONE
    assert desktop.verified is not None
    assert desktop.verified.answer.certificate == serial


def test_a_wrong_code_ends_the_scan_at_the_first_try(world: World, equipped: Phone) -> None:
    desktop = Desktop(world, enrolled=False)
    scanned = equipped.scan(desktop.show(login_request()))
    assert scanned.wait_accepted()
    wrong = f"{(int(desktop.check_code) + 1) % 10_000:04d}"
    serial = equipped.certificates()[0].serial
    assert scanned.approve(serial, secret_password(PASSWORD), wrong).state is ApproveState.CODE_MISMATCH
    result = scanned.wait_result(timeout=5)
    assert (result.outcome, result.code) == (PhoneOutcome.DECLINED, "phone.code_mismatch")
    assert desktop.ended is not None
    assert desktop.ended.code == "ceremony.code_mismatch"
    assert desktop.verified is None
    right = scanned.approve(serial, secret_password(PASSWORD), desktop.check_code)
    assert right.state is ApproveState.ENDED


def test_login_from_an_enrolled_workstation_shows_the_code(world: World, equipped: Phone) -> None:
    desktop = Desktop(world, enrolled=True)
    scanned = equipped.scan(desktop.show(login_request(organization=ORGANIZATION, credit_code=CREDIT_CODE)))
    assert scanned.wait_accepted()
    assert not scanned.view.needs_code
    assert scanned.view.code == desktop.check_code


def test_enrolment_is_signed_with_the_members_certificate(world: World, equipped: Phone) -> None:
    desktop = Desktop(world, enrolled=False)
    scanned = equipped.scan(desktop.show(enrol_request(desktop)))
    assert scanned.wait_accepted()
    scanned.approve(equipped.certificates()[0].serial, secret_password(PASSWORD), desktop.check_code)
    assert scanned.wait_result(timeout=5).outcome is PhoneOutcome.DONE
    assert desktop.verified is not None


def test_t15_a_seal_of_the_seal_maker_is_kept_with_its_imprint(world: World, equipped: Phone) -> None:
    serial = equipped.certificates()[0].serial
    desktop = Desktop(world, enrolled=True)
    scanned = equipped.scan(desktop.show(unit_request(Operation.CLAIM_SEAL, serial, claim_item(world))))
    assert scanned.wait_accepted()
    scanned.approve(serial, secret_password(PASSWORD))
    assert scanned.wait_result(timeout=5).outcome is PhoneOutcome.DONE
    (seal,) = equipped.seals()
    assert (seal.name, seal.width_mm, seal.imprint_png) == ("公章", 42.0, world.seal_imprint)
    assert seal.certificate_sha256 == equipped.certificates()[0].sha256


def test_sealing_signs_every_document_of_the_batch(world: World, equipped: Phone) -> None:
    certificate = equipped.certificates()[0]
    desktop = Desktop(world, enrolled=True)
    items = [seal_item(certificate.sign_certificate, f"文件{n}.pdf") for n in range(3)]
    scanned = equipped.scan(desktop.show(unit_request(Operation.SEAL, certificate.serial, *items)))
    assert scanned.wait_accepted()
    assert [c.serial for c in scanned.view.certificates] == [certificate.serial]
    assert [lines[0] for lines in scanned.view.text.items] == ["文件0.pdf", "文件1.pdf", "文件2.pdf"]
    scanned.approve(certificate.serial, secret_password(PASSWORD))
    result = scanned.wait_result(timeout=5)
    assert result.outcome is PhoneOutcome.DONE
    assert [d["name"] for d in result.details] == ["文件0.pdf", "文件1.pdf", "文件2.pdf"]


def test_t22_t53_other_attributes_are_not_signed_and_the_rest_is(world: World, equipped: Phone) -> None:
    certificate = equipped.certificates()[0]
    good = seal_item(certificate.sign_certificate, "好.pdf")
    altered = bytearray(good.signed_attributes)
    altered[-1] ^= 1
    bad = seal_item(certificate.sign_certificate, "坏.pdf", attributes=bytes(altered))
    desktop = Desktop(world, enrolled=True)
    scanned = equipped.scan(desktop.show(unit_request(Operation.SEAL, certificate.serial, good, bad)))
    assert scanned.wait_accepted()
    scanned.approve(certificate.serial, secret_password(PASSWORD))
    result = scanned.wait_result(timeout=5)
    assert result.outcome is PhoneOutcome.PARTIAL
    assert result.details[1]["error"] == "phone.attributes_differ"
    assert desktop.verified is not None
    assert set(desktop.verified.answer.results[0]) == {"sig"}


def test_declining_reaches_the_desktop_and_signs_nothing(world: World, equipped: Phone) -> None:
    desktop = Desktop(world, enrolled=False)
    scanned = equipped.scan(desktop.show(login_request()))
    assert scanned.wait_accepted()
    assert scanned.decline()
    assert scanned.wait_result(timeout=5).outcome is PhoneOutcome.DECLINED
    assert desktop.ended is not None
    assert desktop.ended.code == "ceremony.declined"
    assert not scanned.decline()


def test_cancel_on_the_phone_reaches_the_desktop(world: World, equipped: Phone) -> None:
    desktop = Desktop(world, enrolled=False)
    scanned = equipped.scan(desktop.show(login_request()))
    assert scanned.wait_accepted()
    assert scanned.cancel()
    assert desktop.ended is not None
    assert desktop.ended.code == "ceremony.cancelled"
    assert scanned.wait_result(timeout=5).outcome is PhoneOutcome.CANCELLED


def test_cancel_on_the_desktop_is_heard_on_the_consent_page(world: World, equipped: Phone) -> None:
    desktop = Desktop(world, enrolled=False)
    scanned = equipped.scan(desktop.show(login_request()))
    assert scanned.wait_accepted()
    desktop.carry_out(desktop.ceremony.cancel())
    result = scanned.wait_result(timeout=5)
    assert (result.outcome, result.code) == (PhoneOutcome.ENDED, "ceremony.cancelled")
    serial = equipped.certificates()[0].serial
    assert scanned.approve(serial, secret_password(PASSWORD)).state is ApproveState.ENDED


def test_a_stale_code_asks_to_scan_again(world: World, equipped: Phone) -> None:
    desktop = Desktop(world, enrolled=False)
    text = desktop.show(login_request())
    world.clock.advance(6)
    scanned = equipped.scan(text)
    assert not scanned.wait_accepted()
    assert scanned.result is not None
    assert (scanned.result.outcome, scanned.result.code) == (PhoneOutcome.STALE, "ceremony.stale_code")
    assert equipped.scan(desktop.code()).wait_accepted()


def test_the_second_phone_is_told_that_the_code_is_taken(world: World, equipped: Phone) -> None:
    text = Desktop(world, enrolled=False).show(login_request())
    assert equipped.scan(text).wait_accepted()
    second = equipped.scan(text)
    assert not second.wait_accepted()
    assert second.result is not None
    assert second.result.outcome is PhoneOutcome.TAKEN


def test_more_time_is_given_once(world: World, equipped: Phone) -> None:
    desktop = Desktop(world, enrolled=False)
    scanned = equipped.scan(desktop.show(login_request()))
    assert scanned.wait_accepted()
    before = scanned.remaining_s()
    assert scanned.extend()
    assert not scanned.extend()
    assert scanned.wait_result(timeout=0.1).outcome is PhoneOutcome.CANCELLED
    assert scanned.remaining_s() == before + 120
    assert scanned.view.has_extended


def test_a_wrong_password_may_be_tried_again_and_counts(world: World, equipped: Phone) -> None:
    desktop = Desktop(world, enrolled=False)
    scanned = equipped.scan(desktop.show(login_request()))
    assert scanned.wait_accepted()
    serial, code = equipped.certificates()[0].serial, desktop.check_code
    wrong = scanned.approve(serial, secret_password("wrong-password-1"), code)
    assert (wrong.state, wrong.tries_left) == (ApproveState.WRONG_PASSWORD, 9)
    assert scanned.approve(serial, secret_password(PASSWORD), code).state is ApproveState.SENT
    assert scanned.wait_result(timeout=5).outcome is PhoneOutcome.DONE
    assert equipped.certificates()[0].tries_left == 10


def test_a_refusal_by_the_platform_is_shown_with_its_words(world: World, equipped: Phone) -> None:
    desktop = Desktop(world, enrolled=False)
    desktop.on_verified = lambda _: desktop.finish(Outcome.REFUSED, code="platform.nonce_used")
    scanned = equipped.scan(desktop.show(login_request()))
    assert scanned.wait_accepted()
    scanned.approve(equipped.certificates()[0].serial, secret_password(PASSWORD), desktop.check_code)
    result = scanned.wait_result(timeout=5)
    assert (result.outcome, result.code) == (PhoneOutcome.REFUSED, "platform.nonce_used")


def test_a_weak_new_password_is_refused_and_another_may_be_set(world: World, phone: Phone) -> None:
    desktop = Desktop(world, enrolled=False)
    scanned = phone.scan(desktop.show(download_request()))
    assert scanned.wait_accepted()
    code = desktop.check_code
    assert scanned.approve(None, secret_password("123456"), code).state is ApproveState.WEAK_PASSWORD
    assert phone.unfinished_downloads() == ()
    assert scanned.approve(None, secret_password(PASSWORD), code).state is ApproveState.SENT
    assert scanned.wait_result(timeout=5).outcome is PhoneOutcome.DONE


def test_only_relay_paths_of_the_profile_are_ever_asked(world: World, equipped: Phone) -> None:
    assert BASE_URL.startswith("http://127.0.0.1")
    assert all(r.split()[1].startswith("/relay/v1/mailboxes/") for r in world.relay.requests)
