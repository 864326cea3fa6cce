"""T4, live relay: a workstation nobody vouches for gets nothing until the holder has typed what its screen shows."""

from collections.abc import Callable

import pytest

from desktop.domain.errors import RejectedError
from desktop.phone.core import ApproveState, Phone, PhoneOutcome, secret_password
from desktop.phone.core.session import ScannedCeremony
from desktop.signing.ceremony import CeremonyRequest
from tests.phone.phone_ca import CREDIT_CODE, ORGANIZATION
from tests.phone.phone_world import (
    OTHER_CODE,
    PASSWORD,
    Desktop,
    World,
    download_request,
    enrol_request,
    login_request,
)

RequestOf = Callable[[Desktop], CeremonyRequest]


def _login(_: Desktop) -> CeremonyRequest:
    return login_request(organization=ORGANIZATION, credit_code=CREDIT_CODE)


def _download(_: Desktop) -> CeremonyRequest:
    return download_request()


EVERY = pytest.mark.parametrize("request_of", [_login, _download, enrol_request], ids=["login", "download", "enrol"])


def shown(phone: Phone, desktop: Desktop, request_of: RequestOf) -> ScannedCeremony:
    scanned = phone.scan(desktop.show(request_of(desktop)))
    assert scanned.wait_accepted()
    return scanned


def approve(scanned: ScannedCeremony, code: str, password: str = PASSWORD) -> ApproveState:
    """Answer with the phone's own certificate, or with a new one where there is none to choose."""
    choices = scanned.view.certificates
    return scanned.approve(choices[0].serial if choices else None, secret_password(password), code).state


def frames(world: World, scanned: ScannedCeremony) -> int:
    return len(world.relay.boxes[scanned._core.token].frames)


@EVERY
def test_t04_the_phone_keeps_the_code_of_a_strange_workstation_to_itself(
    world: World, equipped: Phone, request_of: RequestOf
) -> None:
    view = shown(equipped, Desktop(world, enrolled=False), request_of).view
    assert view.needs_code
    assert view.code == ""
    assert not view.is_signed


@EVERY
def test_t04_a_strange_workstation_gets_its_answer_for_the_typed_code(
    world: World, equipped: Phone, request_of: RequestOf
) -> None:
    desktop = Desktop(world, enrolled=False)
    scanned = shown(equipped, desktop, request_of)
    assert approve(scanned, f" {desktop.check_code} ") is ApproveState.SENT
    assert scanned.wait_result(timeout=5).outcome is PhoneOutcome.DONE
    assert desktop.verified is not None


def _next(code: str) -> str:
    return f"{(int(code) + 1) % 10_000:04d}"


def _full_width(code: str) -> str:
    return "".join(chr(ord("\N{FULLWIDTH DIGIT ZERO}") + int(digit)) for digit in code)


@EVERY
@pytest.mark.parametrize(
    "typed_for",
    [_next, lambda _: "", lambda code: code[:3], lambda code: code + "0", _full_width],
    ids=["another", "nothing", "three digits", "five digits", "full width"],
)
def test_t04_a_wrong_code_declines_and_nothing_is_signed(
    world: World, equipped: Phone, request_of: RequestOf, typed_for: Callable[[str], str]
) -> None:
    desktop = Desktop(world, enrolled=False)
    scanned = shown(equipped, desktop, request_of)
    before = frames(world, scanned)
    assert approve(scanned, typed_for(desktop.check_code)) is ApproveState.CODE_MISMATCH
    result = scanned.wait_result(timeout=5)
    assert (result.outcome, result.code) == (PhoneOutcome.DECLINED, "phone.code_mismatch")
    assert desktop.ended is not None
    assert desktop.ended.code == "ceremony.code_mismatch"
    assert desktop.verified is None
    assert not scanned._core.has_answered
    assert frames(world, scanned) == before + 1  # the decline
    # No keys were made for a download, and the password was not even tried.
    assert equipped.unfinished_downloads() == ()
    assert equipped.certificates()[0].tries_left == 10


@EVERY
def test_t04_there_is_no_second_try(world: World, equipped: Phone, request_of: RequestOf) -> None:
    desktop = Desktop(world, enrolled=False)
    scanned = shown(equipped, desktop, request_of)
    approve(scanned, _next(desktop.check_code))
    assert approve(scanned, desktop.check_code) is ApproveState.ENDED
    assert desktop.verified is None


def test_t04_a_wrong_code_with_a_wrong_password_spends_no_try(world: World, equipped: Phone) -> None:
    desktop = Desktop(world, enrolled=False)
    scanned = shown(equipped, desktop, enrol_request)
    assert approve(scanned, _next(desktop.check_code), "wrong-password-1") is ApproveState.CODE_MISMATCH
    assert equipped.certificates()[0].tries_left == 10


@EVERY
def test_t04_an_enrolled_workstation_needs_no_typing(world: World, equipped: Phone, request_of: RequestOf) -> None:
    desktop = Desktop(world, enrolled=True)
    scanned = shown(equipped, desktop, request_of)
    view = scanned.view
    assert view.is_signed
    assert not view.needs_code
    assert view.code == desktop.check_code
    assert approve(scanned, "") is ApproveState.SENT
    assert scanned.wait_result(timeout=5).outcome is PhoneOutcome.DONE


@EVERY
def test_t04_a_stranger_does_not_save_the_typing_by_an_enrolment_of_his_own(
    world: World, equipped: Phone, request_of: RequestOf
) -> None:
    desktop = Desktop(world, enrolled=True)
    desktop.enrolment = world.enrolment(desktop.key, desktop.name, credit_code=OTHER_CODE)
    with pytest.raises(RejectedError) as caught:
        equipped.scan(desktop.show(request_of(desktop)))
    assert caught.value.code == "ceremony.workstation_not_enrolled"
    assert desktop.claimed is None
