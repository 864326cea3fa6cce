"""Certificate passwords on a real platform: tries counted on both sides, resets that need a person (T30, T32).

The honest run stands beside each attack. What the platform alone refuses is in tests/server/test_recovery.py, what the
phone alone counts in tests/phone.
"""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from desktop.domain.errors import RejectedError
from desktop.phone.core import Phone, secret_password
from desktop.phone.core.guard import ResetStage
from desktop.phone.core.keystore import Unlocked
from desktop.testing import OfficeWorker, PhoneHolder, Platform, PreparedCompany
from desktop.testing.bidding import open_bid
from desktop.testing.rig import PASSWORD
from desktop.views.certificates.reset_model import latest_reset
from tests.views.certificates.world import PNG, World, make_world
from tests.views.package.desk import make_bid

NEW, WRONG = "Nanchang-2031-New", "Jiujiang-2030-Wrong"
PAPERS = [("paper-1.png", PNG, "image/png")]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with make_world(tmp_path) as made:
        made.sign_in()
        yield made


@pytest.fixture
def phone(world: World) -> Phone:
    """A phone with a certificate, logged in; the platform has its half of the recovery secret."""
    made = world.certify()
    log_in(world, made)
    made.settle()
    return made


def log_in(world: World, phone: Phone) -> None:
    world.clock.advance(61)
    phone.send_sms(world.company.mobile)
    phone.log_in_by_sms(world.company.mobile, world.handle.sms_code(world.company.mobile))


def entry_of(phone: Phone) -> str:
    (certificate,) = phone.certificates()
    return certificate.entry_id


def attempt(phone: Phone, password: str) -> Unlocked:
    """Try a password as a consent does."""
    (certificate,) = phone.certificates()
    unlocked = phone._guard.unlock(certificate.entry_id, certificate.serial, secret_password(password))
    phone.settle()
    return unlocked


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for each password that was really looked at."""
    from desktop.phone.core import keystore as module

    seen: list[str] = []
    real = module.unwrap_kek

    def counting(*args: object, **kwargs: object) -> bytes | None:
        seen.append("x")
        return real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "unwrap_kek", counting)
    return seen


# -- T30 ---------------------------------------------------------------------------------------------------------------


def test_t30_a_restored_backup_of_the_phone_gives_no_eleventh_try_while_the_platform_is_there(
    world: World, phone: Phone, looked_at: list[str]
) -> None:
    """The thief puts the phone's folder back after each try and starts it anew, so its own count is always nought."""
    folder, backup = world.folder / "phone", world.folder / "backup"
    shutil.copytree(folder, backup)
    stolen = phone
    for _ in range(14):
        attempt(stolen, WRONG)
        shutil.rmtree(folder)
        shutil.copytree(backup, folder)
        stolen = world.phone()
        stolen._account.calls.begin(phone._account.calls._token.reveal().decode())  # type: ignore[union-attr]
    assert len(looked_at) == 10
    assert attempt(stolen, PASSWORD).keys is None


def test_t30_the_clock_set_back_gives_no_eleventh_try(world: World, phone: Phone, looked_at: list[str]) -> None:
    for _ in range(12):
        attempt(phone, WRONG)
        world.clock.advance(-3600)
    assert len(looked_at) == 10
    assert phone.certificates()[0].is_locked


def test_t30_fifty_at_once_are_tried_ten_times_on_both_sides(phone: Phone, looked_at: list[str]) -> None:
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: attempt(phone, WRONG), range(50)))
    assert len(looked_at) == 10
    assert all(r.keys is None for r in results)
    with pytest.raises(RejectedError) as caught:
        phone._guard._calls.begin_try(phone.certificates()[0].serial)
    assert caught.value.code == "platform.password_locked"


def test_t30_nine_wrong_passwords_and_the_right_one_start_the_count_anew_on_both_sides(
    world: World, phone: Phone
) -> None:
    """The honest twin: somebody who mistypes is not locked out, however often that happens."""
    for _ in range(3):
        for left in range(9, 0, -1):
            assert attempt(phone, WRONG).tries_left == left
        assert attempt(phone, PASSWORD).keys is not None
    assert phone.certificates()[0].tries_left == 10
    serial = phone.certificates()[0].serial
    left, _ = phone._guard._calls.begin_try(serial)
    assert left == 9


def test_t30_without_the_platform_ten_wrong_passwords_lock_all_the_same(
    world: World, phone: Phone, looked_at: list[str]
) -> None:
    world.platform.stop()
    for _ in range(11):
        attempt(phone, WRONG)
    assert len(looked_at) == 10
    assert attempt(phone, PASSWORD).keys is None


# -- T32 ---------------------------------------------------------------------------------------------------------------


def test_an_approval_that_has_lapsed_is_no_dead_end(world: World, phone: Phone) -> None:
    """Who comes back on the fourth day can hand papers in again, on the phone and at the desk, and loses no key."""
    entry, serial = entry_of(phone), phone.certificates()[0].serial

    def approve() -> None:
        phone.request_reset(entry, PAPERS)
        (check,) = world.operator().checks_to_review()
        world.operator().review_check(check.check_id, approve=True)

    approve()
    assert phone.reset_standing(entry).stage is ResetStage.APPROVED
    assert latest_reset(world.workspace.api.identity_checks(), serial) is not None
    world.later(3)
    log_in(world, phone)
    assert phone.reset_standing(entry).stage is ResetStage.NONE
    assert latest_reset(world.workspace.api.identity_checks(), serial) is None
    approve()
    assert phone.reset_standing(entry).stage is ResetStage.APPROVED
    phone.reset_password(entry, secret_password(NEW))
    assert attempt(phone, NEW).keys is not None


def test_t32_no_password_is_set_without_an_approved_identity_check(world: World, phone: Phone) -> None:
    """Whoever has the phone and its session, and even the platform's refusal, gets nowhere without the review."""
    entry = entry_of(phone)

    def refused() -> str:
        with pytest.raises(RejectedError) as caught:
            phone.reset_password(entry, secret_password(NEW))
        assert attempt(phone, NEW).keys is None
        return caught.value.code

    assert refused() == "phone.reset_not_approved"
    phone.request_reset(entry, PAPERS)
    assert refused() == "phone.reset_not_approved"
    (check,) = world.operator().checks_to_review()
    world.operator().review_check(check.check_id, approve=False, reason="照片不清晰")
    standing = phone.reset_standing(entry)
    assert (standing.stage, standing.reason) == (ResetStage.REJECTED, "照片不清晰")
    assert refused() == "phone.reset_not_approved"
    assert attempt(phone, PASSWORD).keys is not None


def test_t32_an_approval_is_for_one_reset_and_one_phone(world: World, phone: Phone) -> None:
    """A second reset, and one on a phone with another key, are refused; the first one is honest and holds."""
    entry = entry_of(phone)
    phone.request_reset(entry, PAPERS)
    (check,) = world.operator().checks_to_review()
    world.operator().review_check(check.check_id, approve=True)
    assert phone.reset_standing(entry).stage is ResetStage.APPROVED
    phone.reset_password(entry, secret_password(NEW))
    assert attempt(phone, PASSWORD).keys is None
    assert attempt(phone, NEW).keys is not None
    with pytest.raises(RejectedError) as caught:
        phone.reset_password(entry, secret_password(PASSWORD))
    assert caught.value.code == "phone.reset_not_approved"
    assert attempt(phone, NEW).keys is not None


def test_t32_the_platform_alone_opens_no_key(world: World, phone: Phone) -> None:
    """What the platform releases is worth nothing without the phone's own half, which only its device secret opens."""
    from desktop.domain.secret import SecretBytes
    from desktop.phone.core.recovery_wrap import open_recovery

    entry = entry_of(phone)
    phone.request_reset(entry, PAPERS)
    (check,) = world.operator().checks_to_review()
    world.operator().review_check(check.check_id, approve=True)
    half = phone._guard._calls.release(phone.certificates()[0].serial)
    row = phone._keystore.entry(entry).wrapped.recovery
    assert row is not None
    device = phone._keystore._device.secret()
    assert open_recovery(row, entry_id=entry, device=SecretBytes(bytes(32)), platform_half=half) is None
    assert open_recovery(row, entry_id=entry, device=device, platform_half=half) is not None


# Said by the offscreen platform whenever a window with a minimum size is shown.
@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_t32_a_bid_sealed_before_the_reset_opens_after_it(
    bidseal_window: OfficeWorker,
    bidseal_phone: PhoneHolder,
    bidseal_company: PreparedCompany,
    bidseal_platform: Platform,
) -> None:
    """The honest twin of all above: password forgotten, ten wrong tries, identity check, and nothing is lost."""
    bid = make_bid(bidseal_window, bidseal_phone, bidseal_company)
    phone = bidseal_phone.phone
    phone.settle()
    (before,) = phone.certificates()
    for _ in range(10):
        attempt(phone, WRONG)
    assert attempt(phone, bidseal_company.password).keys is None
    phone.request_reset(before.entry_id, PAPERS)
    operator = bidseal_platform.operator
    (check,) = operator.checks_to_review()
    operator.review_check(check.check_id, approve=True)
    phone.reset_password(before.entry_id, secret_password(NEW))
    (after,) = phone.certificates()
    assert (after.sha256, after.tries_left) == (before.sha256, 10)
    approve = bidseal_phone.approve
    bidseal_phone.approve = lambda *_args, **how: approve(NEW, **how)  # type: ignore[method-assign]
    assert sorted(p.name for p in open_bid(bidseal_window, bidseal_phone, bid).rglob("*.pdf")) == ["投标函.pdf"]
