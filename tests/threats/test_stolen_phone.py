"""T29: who has stolen the key files guesses against Argon2id and the device secret; short passwords are refused.

What remains is said in docs/threat-model.md: with the device secret beside them (the virtual phone) the files are
attacked at the price of one derivation a guess, and only a long password is out of reach.
"""

import os
import shutil
from pathlib import Path

import pytest

from desktop.crypto.primitives import PasswordCost
from desktop.crypto.suites import Suite
from desktop.domain.errors import RejectedError
from desktop.phone.core import FileDeviceSecrets, Phone, secret_password
from desktop.phone.core.keystore import Keystore, NewKeyOrder
from desktop.testing.rig import CHEAP
from tests.phone.conftest import world
from tests.phone.phone_world import World

__all__ = ["world"]

PASSWORD = "Correct-Horse-29"
#: The floor of protocol.md: 64 MiB and three passes for each guess.
MEMORY_KIB, PASSES = 64 * 1024, 3


def order() -> NewKeyOrder:
    return NewKeyOrder(
        order_id="0" * 32, holder="张伟", organization="江西公司", credit_code="x", suite=Suite.P256, made_at=1
    )


def keystore(folder: Path, *, cost: PasswordCost = CHEAP) -> Keystore:
    device = FileDeviceSecrets(folder, os.urandom)
    return Keystore(folder=folder / "keys", random=os.urandom, device=device, cost=cost)


def test_t29_key_files_without_the_device_secret_open_by_no_password_not_even_the_right_one(tmp_path: Path) -> None:
    home, loot = tmp_path / "home", tmp_path / "loot"
    entry, _ = keystore(home).create_pending(order(), secret_password(PASSWORD))[:2]
    shutil.copytree(home / "keys", loot / "keys")
    thief = keystore(loot)
    for guess in (PASSWORD, "Correct-Horse-28", "12345678a"):
        with pytest.raises(RejectedError, match=r"phone\.other_device"):
            thief.unlock(entry.entry_id, secret_password(guess))
    assert keystore(home).unlock(entry.entry_id, secret_password(PASSWORD)).keys is not None


@pytest.mark.parametrize("pin", ["123456", "482913", "00000000", "19900307"])
def test_t29_a_password_of_digits_that_falls_in_hours_is_not_set(tmp_path: Path, pin: str) -> None:
    with pytest.raises(RejectedError, match=r"phone\.password_weak"):
        keystore(tmp_path).create_pending(order(), secret_password(pin))
    assert list((tmp_path / "keys").glob("*.key")) == []


def test_t29_every_guess_at_a_shipped_phone_costs_the_full_derivation(world: World, tmp_path: Path) -> None:
    made = Phone(
        folder=tmp_path / "shipped",
        profile=world.phone().profile,
        clock=world.clock,
        random=os.urandom,
        http=world.relay,
        device_secrets=FileDeviceSecrets(tmp_path / "shipped", os.urandom),
        cost=None,
        name="手机",
    )
    entry = made._keystore.create_pending(order(), secret_password(PASSWORD))[0]
    cost = entry.wrapped.wrap.cost
    assert cost.memory_kib >= MEMORY_KIB
    assert cost.iterations >= PASSES
