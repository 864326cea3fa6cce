from pathlib import Path

import pytest

from desktop.phone.core import ApproveState, Phone, PhoneOutcome, secret_password
from tests.phone.phone_world import PASSWORD, Desktop, World, download_request


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def phone(world: World) -> Phone:
    return world.phone()


@pytest.fixture
def equipped(world: World, phone: Phone) -> Phone:
    """A phone that has downloaded one certificate."""
    desktop = Desktop(world, enrolled=False)
    scanned = phone.scan(desktop.show(download_request()))
    assert scanned.wait_accepted()
    assert scanned.approve(None, secret_password(PASSWORD), desktop.check_code).state is ApproveState.SENT
    assert scanned.wait_result(timeout=5).outcome is PhoneOutcome.DONE
    return phone
