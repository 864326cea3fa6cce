"""Keys at rest: passwords, counting, crashes, files that are not ours."""

import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.crypto.primitives import PasswordCost
from desktop.crypto.suites import Suite, export_pkcs8, load_spki, sign, verify
from desktop.domain.errors import MisuseError, RejectedError, UnavailableError
from desktop.phone.core import FileDeviceSecrets, MemoryDeviceSecrets, Strength, secret_password, strength_of
from desktop.phone.core.keystore import KeyEntry, Keystore, NewKeyOrder
from desktop.store import files
from tests.phone.phone_world import CHEAP, PASSWORD

GOOD, WRONG = secret_password(PASSWORD), secret_password("Anhui-2027")
ORDER = NewKeyOrder(
    order_id="ab" * 16, holder="张三", organization="甲公司", credit_code="", suite=Suite.P256, made_at=1_780_000_000
)


def store_in(folder: Path, device: bytes = bytes(32)) -> Keystore:
    folder.mkdir(exist_ok=True)
    return Keystore(folder=folder, device=MemoryDeviceSecrets(device), random=os.urandom, cost=CHEAP)


@pytest.fixture
def store(tmp_path: Path) -> Keystore:
    return store_in(tmp_path / "keys")


@pytest.fixture
def entry(store: Keystore) -> KeyEntry:
    return store.create_pending(ORDER, GOOD)[0]


def test_the_right_password_gives_the_keys_that_were_made(store: Keystore, entry: KeyEntry) -> None:
    keys = store.unlock(entry.entry_id, GOOD).keys
    assert keys is not None
    assert verify(load_spki(entry.sign_spki), b"text", sign(keys.sign, b"text"))
    assert verify(load_spki(entry.enc_spki), b"text", sign(keys.enc, b"text"))


def test_no_key_lies_readable_in_the_folder(store: Keystore, tmp_path: Path) -> None:
    entry, pair = store.create_pending(ORDER, GOOD)
    raw = b"".join(p.read_bytes() for p in (tmp_path / "keys").rglob("*") if p.is_file())
    for key in (pair.sign, pair.enc):
        private = key.private_numbers().private_value.to_bytes(32, "big")  # type: ignore[union-attr]
        assert private not in raw
        assert export_pkcs8(key) not in raw
    assert PASSWORD.encode() not in raw
    assert "…" in repr(pair)
    assert PASSWORD not in repr(GOOD)
    assert entry.entry_id.encode() in raw


def test_t30_exactly_ten_wrong_passwords_then_locked_even_for_the_right_one(store: Keystore, entry: KeyEntry) -> None:
    left = [store.unlock(entry.entry_id, WRONG).tries_left for _ in range(12)]
    assert left == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0]
    assert store.unlock(entry.entry_id, GOOD).keys is None


def test_t30_the_ninth_wrong_password_still_leaves_the_right_one(store: Keystore, entry: KeyEntry) -> None:
    for _ in range(9):
        store.unlock(entry.entry_id, WRONG)
    unlocked = store.unlock(entry.entry_id, GOOD)
    assert unlocked.keys is not None
    assert unlocked.tries_left == 10


def test_t30_a_restart_does_not_give_tries_back(store: Keystore, entry: KeyEntry, tmp_path: Path) -> None:
    for _ in range(4):
        store.unlock(entry.entry_id, WRONG)
    again = store_in(tmp_path / "keys")
    assert again.tries_left(entry.entry_id) == 6


def test_t30_fifty_parallel_wrong_passwords_are_tried_ten_times(
    store: Keystore, entry: KeyEntry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from desktop.phone.core import keystore as module

    tried: list[str] = []
    real = module.unwrap_kek

    def counting(*args: object, **kwargs: object) -> bytes | None:
        tried.append("x")
        return real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "unwrap_kek", counting)
    # Five processes' worth of stores on the same folder: their locks know nothing of each other.
    stores = [store, *(store_in(tmp_path / "keys") for _ in range(4))]
    gate = threading.Barrier(50)

    def attempt(n: int) -> None:
        gate.wait()
        stores[n % 5].unlock(entry.entry_id, WRONG)

    threads = [threading.Thread(target=attempt, args=(n,)) for n in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tried) == 10
    assert store.tries_left(entry.entry_id) == 0


def test_t30_the_try_is_on_disk_before_the_password_is_looked_at(
    store: Keystore, entry: KeyEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    from desktop.phone.core import keystore as module

    def power_cut(*_: object, **__: object) -> bytes | None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "unwrap_kek", power_cut)
    with pytest.raises(KeyboardInterrupt):
        store.unlock(entry.entry_id, GOOD)
    assert store.tries_left(entry.entry_id) == 9


def test_a_disk_that_cannot_count_keeps_the_password_from_being_tried(
    store: Keystore, entry: KeyEntry, tmp_path: Path
) -> None:
    (tmp_path / "keys" / f"{entry.entry_id}.tries").write_bytes(b"in the way")
    with pytest.raises(UnavailableError):
        store.unlock(entry.entry_id, GOOD)


def test_a_copied_folder_does_not_open_without_the_device_secret(
    store: Keystore, entry: KeyEntry, tmp_path: Path
) -> None:
    thief = store_in(tmp_path / "keys", device=bytes([1]) * 32)
    with pytest.raises(RejectedError) as caught:
        thief.unlock(entry.entry_id, GOOD)
    assert caught.value.code == "phone.other_device"
    assert store.tries_left(entry.entry_id) == 10


def test_t21_a_cost_below_the_floor_is_refused(store: Keystore, entry: KeyEntry, tmp_path: Path) -> None:
    from desktop.protocol import codec

    path = tmp_path / "keys" / f"{entry.entry_id}.key"
    body = codec.decode(path.read_bytes())
    assert isinstance(body, dict)
    body["keys"]["password"]["memory_kib"] = 8
    path.write_bytes(codec.encode(body))
    with pytest.raises(RejectedError) as caught:
        store.unlock(entry.entry_id, GOOD)
    assert caught.value.code == "phone.key_damaged"
    with pytest.raises(RejectedError):
        PasswordCost(iterations=3, memory_kib=4096)


@pytest.mark.parametrize("where", [0.1, 0.5, 0.9])
def test_a_damaged_file_is_named_and_hides_no_other(
    store: Keystore, entry: KeyEntry, tmp_path: Path, where: float, expected_warnings: list[logging.LogRecord]
) -> None:
    other = store.create_pending(ORDER, GOOD)[0]
    path = tmp_path / "keys" / f"{entry.entry_id}.key"
    data = bytearray(path.read_bytes())
    path.write_bytes(data[: int(len(data) * where)])
    with pytest.raises(RejectedError) as caught:
        store.unlock(entry.entry_id, GOOD)
    assert caught.value.code == "phone.key_damaged"
    assert [e.entry_id for e in store.entries()] == [other.entry_id]
    assert "not readable" in expected_warnings[0].getMessage()


def test_every_flipped_byte_of_a_key_file_is_noticed_or_harmless(store: Keystore, entry: KeyEntry) -> None:
    data = entry.write()
    for position in range(0, len(data), 7):
        altered = bytearray(data)
        altered[position] ^= 0x10
        try:
            read = KeyEntry.read(bytes(altered))
        except RejectedError:
            continue
        assert read != entry


def test_a_new_password_replaces_the_old_and_keeps_the_keys(store: Keystore, entry: KeyEntry) -> None:
    new = secret_password("十二个字的证书密码足够长了")
    assert store.change_password(entry.entry_id, WRONG, new).keys is None
    assert store.change_password(entry.entry_id, GOOD, new).keys is not None
    assert store.unlock(entry.entry_id, GOOD).keys is None
    keys = store.unlock(entry.entry_id, new).keys
    assert keys is not None
    assert verify(load_spki(entry.sign_spki), b"text", sign(keys.sign, b"text"))


def test_completing_twice_is_the_same_as_once_and_a_complete_pair_is_not_discarded(
    store: Keystore, entry: KeyEntry
) -> None:
    for _ in range(2):
        store.complete(entry.entry_id, sign_certificate=b"s", enc_certificate=b"e", chain=(b"c",))
    assert len(store.entries()) == 1
    with pytest.raises(MisuseError):
        store.discard(entry.entry_id)


def test_a_discarded_download_leaves_nothing(store: Keystore, entry: KeyEntry, tmp_path: Path) -> None:
    store.unlock(entry.entry_id, WRONG)
    store.discard(entry.entry_id)
    assert list((tmp_path / "keys").iterdir()) == []


class _Cut(BaseException):
    """The power goes."""


def _cuts(monkeypatch: pytest.MonkeyPatch, calls: tuple[str, ...], at: int) -> Iterator[None]:
    count = 0

    def wrap(real: object) -> object:
        def call(*args: object, **kwargs: object) -> object:
            nonlocal count
            count += 1
            if count == at:
                raise _Cut
            return real(*args, **kwargs)  # type: ignore[operator]

        return call

    with monkeypatch.context() as patch:
        for name in calls:
            patch.setattr(files.os, name, wrap(getattr(os, name)))
        yield


@pytest.mark.parametrize("at", range(1, 6))
def test_a_cut_at_any_step_of_a_replacement_leaves_old_or_new(
    store: Keystore, entry: KeyEntry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    new = secret_password("Another-2026")
    for _ in _cuts(monkeypatch, ("open", "fdopen", "fsync", "replace"), at):
        try:
            store.change_password(entry.entry_id, GOOD, new)
            finished = True
        except _Cut:
            finished = False
    again = store_in(tmp_path / "keys")
    (kept,) = again.entries()
    opens = [p for p in (GOOD, new) if again.unlock(kept.entry_id, p).keys is not None]
    assert len(opens) == 1
    assert not finished or opens == [new]


@pytest.mark.parametrize(
    ("password", "strength"),
    [
        ("123456", Strength.TOO_WEAK),
        ("12345678", Strength.TOO_WEAK),
        ("abcdefgh", Strength.TOO_WEAK),
        ("1111111111111111", Strength.TOO_WEAK),
        ("abcdefg1", Strength.WITH_DEVICE),
        ("密码密码密码密码1", Strength.WITH_DEVICE),
        ("correct horse battery", Strength.ALONE),
        ("123456789012", Strength.ALONE),
    ],
)
def test_t29_the_strength_of_a_password_is_named(password: str, strength: Strength) -> None:
    assert strength_of(password) is strength


def test_the_same_password_typed_composed_or_decomposed_is_one() -> None:
    assert secret_password("caf\u00e9-2026") == secret_password("cafe\u0301-2026")


def test_the_demo_device_secret_is_one_for_all_who_ask_first_at_once(tmp_path: Path) -> None:
    secrets = FileDeviceSecrets(tmp_path, os.urandom)
    gate, found = threading.Barrier(8), []

    def ask() -> None:
        gate.wait()
        found.append(secrets.secret().reveal())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1


def test_the_demo_device_secret_is_made_once(tmp_path: Path) -> None:
    first = FileDeviceSecrets(tmp_path, os.urandom).secret()
    assert FileDeviceSecrets(tmp_path, os.urandom).secret() == first
    (tmp_path / "device.secret").write_bytes(b"short")
    with pytest.raises(RejectedError):
        FileDeviceSecrets(tmp_path, os.urandom).secret()


def test_a_download_discarded_while_the_list_is_read_is_just_not_there(
    store: Keystore, entry: KeyEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = Path.read_bytes

    def gone(path: Path) -> bytes:
        path.unlink()
        return honest(path)

    monkeypatch.setattr(Path, "read_bytes", gone)
    assert store.entries() == ()
