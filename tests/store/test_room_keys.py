"""Room keys: made once, the same after a restart, never replaced by a new one."""

import contextlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring

from desktop.crypto.suites import point_of
from desktop.domain.errors import UnavailableError
from desktop.store.room_keys import RoomKeyStore
from desktop.store.secrets import ROOMS_SECRET, SecretStore

LOT = {"platform": "demo", "tender": "T-1", "lot": "1"}


def store(folder: Path) -> RoomKeyStore:
    return RoomKeyStore(folder, SecretStore("test"), os.urandom)


def point(folder: Path, envelope_id: str = "bid") -> bytes:
    return point_of(store(folder).load_or_make(**LOT, envelope_id=envelope_id))


def test_a_room_has_no_key_until_one_is_made_and_then_always_the_same(tmp_path: Path) -> None:
    assert store(tmp_path).load(**LOT, envelope_id="bid") is None
    made = point(tmp_path)
    assert point(tmp_path) == made
    found = store(tmp_path).load(**LOT, envelope_id="bid")
    assert found is not None
    assert point_of(found) == made


def test_every_envelope_and_lot_has_a_key_of_its_own(tmp_path: Path) -> None:
    first, second = point(tmp_path, "first"), point(tmp_path, "second")
    other = point_of(store(tmp_path).load_or_make(**{**LOT, "lot": "2"}, envelope_id="first"))
    assert len({first, second, other}) == 3


def test_rooms_that_are_opened_at_once_all_find_their_keys_again(
    tmp_path: Path, memory_keyring: KeyringBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    lots = ("1", "2", "3", "4")
    met = threading.Barrier(len(lots))
    ask = memory_keyring.get_password

    def ask_slowly(service: str, username: str) -> str | None:
        with contextlib.suppress(threading.BrokenBarrierError):
            met.wait(0.1)  # whoever is let in here beside another finds the keyring as empty as that one does
        return ask(service, username)

    monkeypatch.setattr(memory_keyring, "get_password", ask_slowly)
    with ThreadPoolExecutor(len(lots)) as rooms:
        made = list(rooms.map(lambda lot: store(tmp_path).load_or_make(**{**LOT, "lot": lot}, envelope_id="bid"), lots))
    for lot, key in zip(lots, made, strict=True):
        found = store(tmp_path).load(**{**LOT, "lot": lot}, envelope_id="bid")
        assert found is not None
        assert point_of(found) == point_of(key)


def test_the_file_alone_does_not_hold_the_key(tmp_path: Path) -> None:
    point(tmp_path)
    SecretStore("test").delete(ROOMS_SECRET)
    with pytest.raises(UnavailableError, match=r"opening\.room_key_lost"):
        store(tmp_path).load(**LOT, envelope_id="bid")
    assert [path.suffix for path in tmp_path.iterdir()] == [".room"]


def test_a_lost_wrapping_key_makes_no_new_key_in_place_of_one_that_was_announced(tmp_path: Path) -> None:
    made = point(tmp_path)
    kept = SecretStore("test").get(ROOMS_SECRET)
    SecretStore("test").delete(ROOMS_SECRET)
    for envelope_id in ("bid", "second"):
        with pytest.raises(UnavailableError, match=r"opening\.room_key_lost"):
            point(tmp_path, envelope_id)
    assert kept is not None
    SecretStore("test").set(ROOMS_SECRET, kept)
    assert point(tmp_path) == made


def test_a_locked_keyring_is_said_to_be_locked(tmp_path: Path) -> None:
    point(tmp_path)
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    with pytest.raises(UnavailableError, match=r"general\.keyring_locked"):
        point(tmp_path)


def test_without_a_keyring_the_key_survives_a_restart(tmp_path: Path) -> None:
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    assert point(tmp_path) == point(tmp_path)
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())


def test_a_damaged_file_is_a_named_problem(tmp_path: Path) -> None:
    point(tmp_path)
    (path,) = tmp_path.glob("*.room")
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(UnavailableError, match=r"opening\.room_key_lost"):
        point(tmp_path)


def test_keys_are_not_moved_between_rooms(tmp_path: Path) -> None:
    point(tmp_path, "first")
    (path,) = tmp_path.glob("*.room")
    point(tmp_path, "second")
    (other,) = set(tmp_path.glob("*.room")) - {path}
    other.write_bytes(path.read_bytes())
    with pytest.raises(UnavailableError, match=r"opening\.room_key_lost"):
        point(tmp_path, "second")
