"""A strange workstation whose camera sees the phone needs no typed code; one that does not see it does (T4)."""

import os

import pytest

from desktop.phone.core import ApproveState, Phone, PhoneOutcome, ScannedCeremony, secret_password
from desktop.protocol.near import read_near, write_near
from tests.phone.phone_ca import CREDIT_CODE, ORGANIZATION
from tests.phone.phone_world import PASSWORD, Desktop, World, login_request


@pytest.fixture
def desktop(world: World) -> Desktop:
    return Desktop(world, enrolled=False)


def scanned(phone: Phone, desktop: Desktop) -> ScannedCeremony:
    scan = phone.scan(desktop.show(login_request()))
    assert scan.wait_accepted()
    return scan


def hear(scan: ScannedCeremony) -> None:
    """Read what the desktop has said since."""
    scan._read_while(lambda: not scan._core.is_near, scan._over, scan._timer.monotonic() + 0.2)


def approve(scan: ScannedCeremony, phone: Phone, code: str = "") -> ApproveState:
    return scan.approve(phone.certificates()[0].serial, secret_password(PASSWORD), code).state


def test_a_desktop_that_sees_the_phone_needs_no_code(desktop: Desktop, equipped: Phone) -> None:
    scan = scanned(equipped, desktop)
    assert scan.view.needs_code
    desktop.carry_out(desktop.ceremony.see(scan.view.near_text))
    hear(scan)
    assert not scan.view.needs_code
    assert scan.view.near_text == ""
    assert approve(scan, equipped) is ApproveState.SENT
    assert scan.wait_result(timeout=5).outcome is PhoneOutcome.DONE


def test_t04_a_remote_attacker_who_cannot_see_the_screen_still_needs_the_typed_code(
    desktop: Desktop, equipped: Phone
) -> None:
    """His desktop answers the scan and knows every byte that was sent; the value is in none of them."""
    scan = scanned(equipped, desktop)
    value = read_near(scan.view.near_text)
    sent = b"".join(body for box in desktop.world.relay.boxes.values() for _, body in box.frames)
    assert value not in sent
    for guess in (bytes(16), os.urandom(16), bytes([value[0] ^ 1]) + value[1:]):
        desktop.carry_out(desktop.ceremony.see(write_near(guess)))
    hear(scan)
    assert scan.view.needs_code
    assert approve(scan, equipped, "") is ApproveState.CODE_MISMATCH
    assert scan.wait_result(timeout=5).outcome is PhoneOutcome.DECLINED
    assert desktop.verified is None


def test_another_phones_code_before_the_same_camera_does_no_harm(desktop: Desktop, equipped: Phone) -> None:
    scan = scanned(equipped, desktop)
    desktop.carry_out(desktop.ceremony.see(write_near(os.urandom(16))))
    desktop.carry_out(desktop.ceremony.see(scan.view.near_text))
    hear(scan)
    hear(scan)
    assert not scan.view.needs_code


def test_each_scan_shows_another_value(world: World, desktop: Desktop, equipped: Phone) -> None:
    first = scanned(equipped, desktop).view.near_text
    second = scanned(equipped, Desktop(world, enrolled=False)).view.near_text
    assert first != second


def test_an_enrolled_workstation_asks_for_neither(world: World, equipped: Phone) -> None:
    request = login_request(organization=ORGANIZATION, credit_code=CREDIT_CODE)
    scan = equipped.scan(Desktop(world, enrolled=True).show(request))
    assert scan.wait_accepted()
    assert (scan.view.needs_code, scan.view.near_text) == (False, "")
