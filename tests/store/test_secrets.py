"""The workstation's key and the remembered session, with a keyring, without one, and when one of the two is lost."""

import os
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring

from desktop.crypto.suites import P256PrivateKey, export_pkcs8, point_of
from desktop.domain.errors import UnavailableError
from desktop.store.secrets import SecretStore, WorkstationKeyStore
from tests.conftest import InMemoryKeyring


@pytest.fixture
def no_keyring(memory_keyring: InMemoryKeyring) -> Iterator[None]:
    """A machine without a keyring, as a bare Debian is."""
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    yield
    keyring.set_keyring(memory_keyring)


def store(tmp_path: Path) -> WorkstationKeyStore:
    return WorkstationKeyStore(tmp_path / "workstation.key", SecretStore("test"))


def same(a: P256PrivateKey, b: P256PrivateKey) -> bool:
    return point_of(a) == point_of(b)


def test_a_secret_comes_back_until_it_is_deleted() -> None:
    secrets = SecretStore("one")
    assert secrets.get("session") is None
    assert secrets.set("session", "值")
    assert secrets.get("session") == "值"
    secrets.delete("session")
    secrets.delete("session")
    assert secrets.get("session") is None


def test_two_data_folders_share_no_secret() -> None:
    assert SecretStore("one").set("session", "a")
    assert SecretStore("two").get("session") is None


@pytest.mark.usefixtures("no_keyring")
def test_without_a_keyring_nothing_is_kept_and_nothing_breaks() -> None:
    secrets = SecretStore("one")
    assert not secrets.set("session", "a")
    assert secrets.get("session") is None
    assert not secrets.is_usable()
    secrets.delete("session")


def test_the_key_is_the_same_after_a_restart(tmp_path: Path) -> None:
    assert same(store(tmp_path).load_or_make(), store(tmp_path).load_or_make())
    assert [p.name for p in tmp_path.iterdir()] == ["workstation.key"]


@pytest.mark.usefixtures("no_keyring")
def test_without_a_keyring_the_key_is_the_same_after_a_restart(tmp_path: Path) -> None:
    assert same(store(tmp_path).load_or_make(), store(tmp_path).load_or_make())
    if os.name != "nt":
        assert all(p.stat().st_mode & 0o077 == 0 for p in tmp_path.iterdir())


def test_the_file_holds_no_bare_key(tmp_path: Path) -> None:
    key = store(tmp_path).load_or_make()
    kept = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert export_pkcs8(key)[-40:] not in kept


def test_a_lost_wrapping_key_means_a_new_workstation(tmp_path: Path, memory_keyring: InMemoryKeyring) -> None:
    old = store(tmp_path).load_or_make()
    memory_keyring._passwords.clear()
    new = store(tmp_path).load_or_make()
    assert not same(old, new)
    assert same(new, store(tmp_path).load_or_make())


@pytest.mark.parametrize("content", [b"", b"junk", bytes(200)])
def test_a_damaged_key_file_means_a_new_workstation(tmp_path: Path, content: bytes) -> None:
    old = store(tmp_path).load_or_make()
    (tmp_path / "workstation.key").write_bytes(content)
    new = store(tmp_path).load_or_make()
    assert not same(old, new)
    assert same(new, store(tmp_path).load_or_make())


def test_a_locked_keyring_costs_no_enrolment(tmp_path: Path, memory_keyring: InMemoryKeyring) -> None:
    old = store(tmp_path).load_or_make()
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    with pytest.raises(UnavailableError) as caught:
        store(tmp_path).load_or_make()
    assert caught.value.code == "general.keyring_locked"
    keyring.set_keyring(memory_keyring)
    assert same(old, store(tmp_path).load_or_make())


def test_a_keyring_entry_that_is_no_key_means_a_new_workstation(tmp_path: Path) -> None:
    old = store(tmp_path).load_or_make()
    SecretStore("test").set("workstation", "not base64!")
    assert not same(old, store(tmp_path).load_or_make())


def test_a_key_file_that_cannot_be_read_now_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = store(tmp_path).load_or_make()

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "held")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", refuse)
        with pytest.raises(UnavailableError) as caught:
            store(tmp_path).load_or_make()
    assert caught.value.code == "general.file_unreadable"
    assert same(old, store(tmp_path).load_or_make())
