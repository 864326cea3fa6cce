"""A forgotten certificate password: two halves, a reset that no crash can turn into a lost key, tries counted twice."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.crypto.certificates import read_certificate
from desktop.crypto.primitives import hpke_open, hpke_seal
from desktop.crypto.suites import P256PrivateKey, P256PublicKey, load_spki, sign, verify
from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.operations import Operation
from desktop.phone.core import ApproveState, HttpReply, MemoryDeviceSecrets, Phone, PhoneOutcome, secret_password
from desktop.phone.core.guard import ResetStage
from desktop.phone.core.keystore import KeyEntry, Keystore, NewKeyOrder
from desktop.phone.core.recovery_wrap import RecoveryWrap, open_recovery
from desktop.protocol import codec
from desktop.protocol.items import ChangePasswordItem, SuccessorItem
from desktop.signing.ceremony import CeremonyRequest
from desktop.store import files
from tests.phone.phone_ca import CREDIT_CODE, ORGANIZATION
from tests.phone.phone_hand import SESSION
from tests.phone.phone_world import CHEAP, PASSWORD, Desktop, World, unit_request, unreachable
from tests.phone.recovery_world import PlatformRecovery
from tests.phone.test_phone_keystore import ORDER

OLD, NEW, WRONG = secret_password(PASSWORD), secret_password("Anhui-2099-New"), secret_password("Wrong-2026")


def opens(phone: Phone, *passwords: object) -> list[bool]:
    """Which passwords open the phone's one key; each right one gives the tries back."""
    (certificate,) = phone.certificates()
    return [phone._keystore.unlock(certificate.entry_id, p).keys is not None for p in passwords]


@pytest.fixture
def recovery(world: World, equipped: Phone) -> PlatformRecovery:
    (certificate,) = equipped.certificates()
    made = PlatformRecovery(world, certificate.serial)
    world.relay.account["POST /api/v1/sessions/sms"] = (200, SESSION)
    world.relay.account["GET /api/v1/certificates"] = (200, [])
    equipped.log_in_by_sms("13800000001", "482913")
    equipped.settle()
    return made


@pytest.fixture
def entry_id(equipped: Phone) -> str:
    return equipped.certificates()[0].entry_id


def file_of(world: World, entry_id: str) -> Path:
    return world.folder / "phone" / "keys" / f"{entry_id}.key"


def recovery_row(world: World, entry_id: str) -> RecoveryWrap:
    row = KeyEntry.read(file_of(world, entry_id).read_bytes()).wrapped.recovery
    assert row is not None
    return row


# -- the halves --------------------------------------------------------------------------------------------------------


def test_the_platform_gets_its_half_and_the_file_then_holds_only_the_phones(
    world: World, recovery: PlatformRecovery, entry_id: str
) -> None:
    assert recovery.half is not None
    row = recovery_row(world, entry_id)
    assert row.is_handed_in
    raw = file_of(world, entry_id).read_bytes()
    assert recovery.half not in raw


def test_neither_half_opens_the_key_without_the_other_or_the_device(
    world: World, recovery: PlatformRecovery, entry_id: str
) -> None:
    from desktop.domain.secret import SecretBytes

    assert recovery.half is not None
    row, device, half = recovery_row(world, entry_id), world.device.secret(), SecretBytes(recovery.half)
    assert open_recovery(row, entry_id=entry_id, device=device, platform_half=half) is not None
    for changed in (
        {"platform_half": SecretBytes(bytes(32))},
        {"device": SecretBytes(bytes([9]) * 32)},
        {"entry_id": "00" * 16},
    ):
        wanted = {"entry_id": entry_id, "device": device, "platform_half": half} | changed
        assert open_recovery(row, **wanted) is None, changed  # type: ignore[arg-type]


def test_a_half_that_could_not_be_handed_in_waits_on_disk_under_the_key_and_goes_with_the_next_unlock(
    world: World, equipped: Phone, entry_id: str
) -> None:
    # Nobody was logged in at the download; then the phone is switched off and on.
    made = PlatformRecovery(world, equipped.certificates()[0].serial)
    assert not recovery_row(world, entry_id).is_handed_in
    world.relay.account["POST /api/v1/sessions/sms"] = (200, SESSION)
    again = _signed_in(world)
    again.settle()
    assert made.half is None, "without the password nobody knows the half, not even this phone"
    assert opens(again, OLD) == [True]
    world.relay.fault = unreachable
    again.settle()
    assert made.half is None
    world.relay.fault = lambda *_: None
    again.settle()
    assert made.half is not None
    assert recovery_row(world, entry_id).is_handed_in


def test_a_lost_answer_to_the_half_is_followed_by_the_same_half(world: World, equipped: Phone, entry_id: str) -> None:
    made = PlatformRecovery(world, equipped.certificates()[0].serial)
    world.relay.account["POST /api/v1/sessions/sms"] = (200, SESSION)
    equipped.log_in_by_sms("13800000001", "482913")
    made.at = lambda step: _lose() if step == "stored" else None
    equipped.settle()
    kept = made.half
    assert kept is not None
    assert not recovery_row(world, entry_id).is_handed_in
    made.at = lambda _: None
    assert opens(world.phone(), OLD) == [True]
    equipped.settle()
    assert made.half == kept
    assert recovery_row(world, entry_id).is_handed_in


def _lose() -> None:
    raise UnavailableError("phone.platform_unreachable", "the answer got lost")


def test_a_file_of_the_first_version_opens_and_has_recovery_from_then_on(
    world: World, recovery: PlatformRecovery, entry_id: str
) -> None:
    path = file_of(world, entry_id)
    body = codec.decode(path.read_bytes())
    assert isinstance(body, dict)
    assert body["v"] == 2
    body["v"] = 1
    del body["keys"]["recovery"]
    path.write_bytes(codec.encode(body))
    recovery.half = None
    phone = _signed_in(world)
    assert phone.reset_standing(entry_id).stage is ResetStage.UNAVAILABLE
    with pytest.raises(RejectedError) as caught:
        phone.reset_password(entry_id, NEW)
    assert caught.value.code == "phone.no_recovery"
    assert opens(phone, OLD) == [True]
    phone.settle()
    assert recovery.half is not None
    recovery.approvals = 1
    phone.reset_password(entry_id, NEW)
    assert opens(world.phone(), OLD, NEW) == [False, True]


@pytest.mark.parametrize(("version", "has_row"), [(1, True), (2, False), (3, True)])
def test_a_version_that_does_not_fit_what_the_file_holds_is_refused(
    world: World, recovery: PlatformRecovery, entry_id: str, version: int, *, has_row: bool
) -> None:
    body = codec.decode(file_of(world, entry_id).read_bytes())
    assert isinstance(body, dict)
    body["v"] = version
    if not has_row:
        del body["keys"]["recovery"]
    with pytest.raises(RejectedError):
        KeyEntry.read(codec.encode(body))


# -- the reset ---------------------------------------------------------------------------------------------------------


def test_a_reset_keeps_the_keys_and_what_was_encrypted_to_them(
    world: World, equipped: Phone, recovery: PlatformRecovery, entry_id: str
) -> None:
    entry = KeyEntry.read(file_of(world, entry_id).read_bytes())
    recipient = load_spki(entry.enc_spki)
    assert isinstance(recipient, P256PublicKey)
    sealed = hpke_seal(recipient=recipient, info=b"bid", plaintext=b"share")
    for _ in range(10):
        opens(equipped, WRONG)
    assert opens(equipped, OLD) == [False], "locked"
    recovery.approvals = 1
    equipped.reset_password(entry_id, NEW)
    unlocked = world.phone()._keystore.unlock(entry_id, NEW)
    assert unlocked.keys is not None
    assert unlocked.tries_left == 10
    assert verify(load_spki(entry.sign_spki), b"text", sign(unlocked.keys.sign, b"text"))
    assert isinstance(unlocked.keys.enc, P256PrivateKey)
    assert hpke_open(key=unlocked.keys.enc, info=b"bid", ciphertext=sealed) == b"share"
    assert opens(equipped, OLD) == [False]


def test_after_a_reset_the_old_pair_of_halves_is_worth_nothing_and_the_new_one_resets_again(
    world: World, equipped: Phone, recovery: PlatformRecovery, entry_id: str
) -> None:
    from desktop.domain.secret import SecretBytes

    first = recovery.half
    assert first is not None
    recovery.approvals = 1
    equipped.reset_password(entry_id, NEW)
    assert recovery.half not in (None, first)
    row = recovery_row(world, entry_id)
    assert row.is_handed_in
    halves = {"entry_id": entry_id, "device": world.device.secret(), "platform_half": SecretBytes(first)}
    assert open_recovery(row, **halves) is None  # type: ignore[arg-type]
    recovery.approvals = 1
    world.phone()
    equipped.reset_password(entry_id, OLD)
    assert opens(world.phone(), NEW, OLD) == [False, True]


_MAY_NOT: list[tuple[Callable[[PlatformRecovery, Phone], None], str]] = [
    (lambda r, _p: setattr(r, "approvals", 0), "phone.reset_not_approved"),
    (lambda r, _p: setattr(r, "half", bytes(32)), "phone.recovery_mismatch"),
    (lambda _r, p: p.log_out(), "phone.not_logged_in"),
]


@pytest.mark.parametrize("case", _MAY_NOT, ids=[code for _, code in _MAY_NOT])
def test_a_reset_that_may_not_be_changes_nothing(
    world: World,
    equipped: Phone,
    recovery: PlatformRecovery,
    entry_id: str,
    case: tuple[Callable[[PlatformRecovery, Phone], None], str],
) -> None:
    change, code = case
    recovery.approvals = 1
    change(recovery, equipped)
    before = file_of(world, entry_id).read_bytes()
    with pytest.raises(RejectedError) as caught:
        equipped.reset_password(entry_id, NEW)
    assert caught.value.code == code
    assert file_of(world, entry_id).read_bytes() == before
    assert opens(equipped, OLD) == [True]


def test_a_weak_password_or_a_full_disk_does_not_spend_the_approval(
    equipped: Phone, recovery: PlatformRecovery, entry_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recovery.approvals = 1
    with pytest.raises(RejectedError) as caught:
        equipped.reset_password(entry_id, secret_password("123456"))
    assert caught.value.code == "phone.password_weak"
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", _full)
        with pytest.raises(UnavailableError):
            equipped.reset_password(entry_id, NEW)
    assert recovery.approvals == 1
    equipped.reset_password(entry_id, NEW)


def _full(*_: object) -> int:
    raise OSError(28, "No space left on device")


def test_a_disk_that_fills_after_the_release_costs_no_second_identity_check(
    equipped: Phone, recovery: PlatformRecovery, entry_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recovery.approvals = 1
    with monkeypatch.context() as patch:
        patch.setattr(files.os, "fsync", _full)
        with pytest.raises(UnavailableError) as caught:
            equipped.reset_password(entry_id, NEW)
        assert caught.value.code == "general.disk_full"
    assert recovery.approvals == 0
    assert opens(equipped, OLD, NEW) == [True, False]
    equipped.reset_password(entry_id, NEW)
    assert opens(equipped, OLD, NEW) == [False, True]


class _Cut(BaseException):
    """The power goes."""


class _Steps:
    """Counts what a reset does to disk and platform, and cuts the power at one of the steps."""

    def __init__(self, at: int) -> None:
        self.at, self.count, self.names = at, 0, []  # type: ignore[var-annotated]

    def step(self, name: str) -> None:
        self.count += 1
        if self.count <= self.at:
            self.names.append(name)
        if self.count >= self.at:
            raise _Cut  # and nothing more happens, tidying up neither

    def watch(self, patch: pytest.MonkeyPatch, recovery: PlatformRecovery) -> None:
        recovery.at = self.step
        for name in ("open", "fdopen", "fsync"):
            patch.setattr(files.os, name, self._before(name, getattr(os, name)))
        for name in ("unlink", "replace"):
            patch.setattr(Path, name, self._before(name, getattr(Path, name)))

    def _before(self, name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **kwargs: object) -> object:
            self.step(name)
            return real(*args, **kwargs)

        return call


def _reset_cut_at(at: int, equipped: Phone, recovery: PlatformRecovery, entry_id: str) -> tuple[_Steps, bool]:
    steps = _Steps(at)
    with pytest.MonkeyPatch.context() as patch:
        steps.watch(patch, recovery)
        try:
            equipped.reset_password(entry_id, NEW)
        except _Cut:
            return steps, False
        finally:
            recovery.at = lambda _: None
    return steps, True


def test_power_cut_at_any_step_of_a_reset_leaves_a_key_that_opens_or_can_be_reset_again(
    world: World, equipped: Phone, recovery: PlatformRecovery, entry_id: str, tmp_path: Path
) -> None:
    """Locked by ten wrong tries; the cut comes at each call to disk and platform in turn, until none is left."""
    for _ in range(10):
        opens(equipped, WRONG)
    shutil.copytree(world.folder / "phone", tmp_path / "before")
    half, cuts, finished = recovery.half, [], False
    for at in range(1, 200):
        shutil.rmtree(world.folder / "phone")
        shutil.copytree(tmp_path / "before", world.folder / "phone")
        recovery.half, recovery.released, recovery.approvals = half, False, 1
        steps, finished = _reset_cut_at(at, _signed_in(world), recovery, entry_id)
        again = _signed_in(world)
        opening = [] if again.certificates()[0].is_locked else opens(again, OLD, NEW)
        if finished:
            assert opening == [False, True]
            break
        cuts.append(steps.names[-1])
        # Never torn: at most one of them opens; and where the new one does not, the platform's half still does.
        assert opening in ([], [True, False], [False, True]), (at, steps.names)
        if opening != [False, True]:
            recovery.approvals = 1
            again.reset_password(entry_id, NEW)
            assert opens(again, OLD, NEW) == [False, True], (at, steps.names)
        # And the pair of halves that is left is a good one: the next forgotten password is no loss either.
        again.settle()
        recovery.approvals = 1
        again.reset_password(entry_id, OLD)
        assert opens(world.phone(), NEW, OLD) == [False, True], (at, steps.names)
    assert finished, "the loop ended before the reset did"
    assert {"release", "released", "store", "stored", "replace", "fsync", "unlink"} <= set(cuts), " ".join(cuts)


def _signed_in(world: World) -> Phone:
    phone = world.phone()
    phone.log_in_by_sms("13800000001", "482913")
    return phone


# -- tries -------------------------------------------------------------------------------------------------------------


def approve(phone: Phone, password: object) -> object:
    (certificate,) = phone.certificates()
    return phone._guard.unlock(certificate.entry_id, certificate.serial, password)


def test_a_try_is_counted_on_both_sides_and_a_right_password_gives_both_back(
    equipped: Phone, recovery: PlatformRecovery
) -> None:
    for left in (9, 8, 7):
        assert approve(equipped, WRONG).tries_left == left  # type: ignore[attr-defined]
        assert recovery.left == left
    assert approve(equipped, OLD).keys is not None  # type: ignore[attr-defined]
    assert recovery.left == 6
    equipped.settle()
    assert recovery.left == 10


def test_a_proof_that_did_not_get_through_goes_before_the_next_try(
    world: World, equipped: Phone, recovery: PlatformRecovery
) -> None:
    for _ in range(12):
        assert approve(equipped, OLD).keys is not None  # type: ignore[attr-defined]
    assert recovery.left == 9


def test_the_platforms_lock_holds_while_it_is_heard_and_is_shown(
    world: World, equipped: Phone, recovery: PlatformRecovery
) -> None:
    recovery.left = 0
    unlocked = approve(equipped, OLD)
    assert (unlocked.keys, unlocked.tries_left) == (None, 0)  # type: ignore[attr-defined]
    assert equipped.certificates()[0].is_locked
    # Not written down: a platform that says so for good could make sealed bids unreadable.
    assert not world.phone().certificates()[0].is_locked
    world.relay.fault = unreachable
    assert approve(equipped, OLD).keys is not None  # type: ignore[attr-defined]


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_a_platform_that_does_not_count_does_not_keep_the_key_from_opening(
    world: World, equipped: Phone, recovery: PlatformRecovery, status: int
) -> None:
    world.relay.fault = lambda _method, path: HttpReply(status=status, body=b"{}") if "password-tries" in path else None
    assert approve(equipped, WRONG).tries_left == 9  # type: ignore[attr-defined]
    assert approve(equipped, OLD).keys is not None  # type: ignore[attr-defined]


def test_a_locked_key_asks_the_platform_for_no_further_try(equipped: Phone, recovery: PlatformRecovery) -> None:
    for _ in range(10):
        opens(equipped, WRONG)
    assert approve(equipped, OLD).keys is None  # type: ignore[attr-defined]
    assert recovery.left == 10


def test_a_new_phone_needs_no_platform_to_make_a_key(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir()
    store = Keystore(folder=folder, device=MemoryDeviceSecrets(bytes(32)), random=os.urandom, cost=CHEAP)
    order: NewKeyOrder = ORDER
    entry, _ = store.create_pending(order, OLD)
    assert entry.wrapped.recovery is not None
    assert store.waiting_halves() == (), "nothing is handed in before there is a certificate"


# -- the ceremonies about a certificate --------------------------------------------------------------------------------


def renewal_request(serial: str, suite: str = "P-256") -> CeremonyRequest:
    item = SuccessorItem(order_id="ef" * 16, holder="张三", suite=suite, old_serial=serial)
    return unit_request(Operation.RENEW, serial, item)


def test_a_renewal_takes_the_old_password_for_the_new_keys_and_leaves_the_old_ones_where_they_are(
    world: World, equipped: Phone
) -> None:
    (old,) = equipped.certificates()
    recipient = load_spki(read_certificate(old.enc_certificate).spki)
    assert isinstance(recipient, P256PublicKey)
    sealed = hpke_seal(recipient=recipient, info=b"bid", plaintext=b"share")
    desktop = Desktop(world, enrolled=True)
    scanned = equipped.scan(desktop.show(renewal_request(old.serial)))
    assert scanned.wait_accepted()
    view = scanned.view
    assert (view.text.title, view.needs_new_password, [c.serial for c in view.certificates]) == (
        "证书延期",
        False,
        [old.serial],
    )
    assert view.text.items[0][-2:] == (f"原证书: {old.serial}", "原解密密钥保留在本手机")
    assert scanned.approve(old.serial, WRONG).state is ApproveState.WRONG_PASSWORD
    assert equipped.unfinished_downloads() == (), "no key is made for a wrong password"
    assert scanned.approve(old.serial, OLD).state is ApproveState.SENT
    assert scanned.wait_result(timeout=5).outcome is PhoneOutcome.DONE
    assert desktop.verified is not None
    assert desktop.verified.signer is not None
    assert desktop.verified.signer.serial == old.serial
    kept, new = sorted(equipped.certificates(), key=lambda c: c.serial != old.serial)
    assert kept == old
    assert new.serial != old.serial
    for certificate in (kept, new):
        assert equipped._keystore.unlock(certificate.entry_id, OLD).keys is not None
    keys = equipped._keystore.unlock(old.entry_id, OLD).keys
    assert keys is not None
    assert isinstance(keys.enc, P256PrivateKey)
    assert hpke_open(key=keys.enc, info=b"bid", ciphertext=sealed) == b"share"


def test_a_renewal_is_refused_by_a_phone_that_does_not_hold_the_old_certificate(world: World, equipped: Phone) -> None:
    desktop = Desktop(world, enrolled=True)
    with pytest.raises(RejectedError) as caught:
        equipped.scan(desktop.show(renewal_request("AB")))
    assert caught.value.code == "phone.no_certificate"
    (own,) = equipped.certificates()
    with pytest.raises(RejectedError) as caught:
        equipped.scan(desktop.show(renewal_request(own.serial, suite="SM2")))
    assert caught.value.code == "ceremony.key_not_allowed"


@pytest.mark.parametrize("operation", [Operation.RENEW, Operation.CHANGE_PASSWORD])
def test_what_is_about_another_certificate_is_not_answered_with_the_one_that_is_listed(
    world: World, equipped: Phone, operation: Operation
) -> None:
    (own,) = equipped.certificates()
    items = {
        Operation.RENEW: SuccessorItem(order_id="ef" * 16, holder="张三", suite="P-256", old_serial="AB"),
        Operation.CHANGE_PASSWORD: ChangePasswordItem(holder="张三", serial_number="AB"),
    }
    desktop = Desktop(world, enrolled=True)
    with pytest.raises(RejectedError) as caught:
        equipped.scan(desktop.show(unit_request(operation, own.serial, items[operation])))
    assert caught.value.code == "phone.no_certificate"


def test_a_reissue_sets_a_new_password_and_needs_no_old_key(world: World) -> None:
    phone = world.phone("another")
    item = SuccessorItem(order_id="ef" * 16, holder="张三", suite="P-256", old_serial="AB12")
    request = CeremonyRequest(
        operation=Operation.REISSUE, items=(item,), organization=ORGANIZATION, credit_code=CREDIT_CODE
    )
    desktop = Desktop(world, enrolled=False)
    scanned = phone.scan(desktop.show(request))
    assert scanned.wait_accepted()
    assert (scanned.view.text.title, scanned.view.needs_new_password) == ("证书补办", True)
    assert scanned.approve(None, NEW, desktop.check_code).state is ApproveState.SENT
    assert scanned.wait_result(timeout=5).outcome is PhoneOutcome.DONE
    (certificate,) = phone.certificates()
    assert certificate.holder == "张三"


def change_request(serial: str) -> CeremonyRequest:
    return unit_request(Operation.CHANGE_PASSWORD, serial, ChangePasswordItem(holder="张三", serial_number=serial))


def test_a_change_of_password_by_ceremony_is_answered_by_the_same_key_and_holds(
    world: World, equipped: Phone, recovery: PlatformRecovery
) -> None:
    (own,) = equipped.certificates()
    desktop = Desktop(world, enrolled=True)
    scanned = equipped.scan(desktop.show(change_request(own.serial)))
    assert scanned.wait_accepted()
    assert scanned.view.changes_password
    weak = scanned.approve(own.serial, OLD, new_password=secret_password("123456"))
    assert weak.state is ApproveState.WEAK_PASSWORD
    wrong = scanned.approve(own.serial, WRONG, new_password=NEW)
    assert (wrong.state, wrong.tries_left) == (ApproveState.WRONG_PASSWORD, 9)
    assert recovery.left == 9
    assert scanned.approve(own.serial, OLD, new_password=NEW).state is ApproveState.SENT
    assert scanned.wait_result(timeout=5).outcome is PhoneOutcome.DONE
    assert desktop.verified is not None
    assert desktop.verified.signer is not None
    assert desktop.verified.signer.sha256 == own.sha256
    assert opens(world.phone(), OLD, NEW) == [False, True]
    assert recovery.left == 10
    # What went over the relay holds neither password.
    carried = b"".join(body for box in world.relay.boxes.values() for _, body in box.frames)
    assert PASSWORD.encode() not in carried + desktop.verified.transcript.write()
