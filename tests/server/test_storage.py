"""Files of the platform on a disk that takes, syncs or removes nothing: kept, or a named problem (fault plan)."""

import errno
from pathlib import Path

import pytest

from desktop.domain.errors import UnavailableError
from desktop.domain.secret import SecretBytes
from desktop.server import storage
from desktop.server.storage import FolderStore, write_private
from desktop.server.vault import Vault
from tests.server.conftest import Counted


def test_hidden_file_that_a_bad_disk_does_not_let_go_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stuck(_path: Path, *, missing_ok: bool = False) -> None:
        raise OSError(errno.EIO, "bad disk")

    monkeypatch.setattr(Path, "unlink", stuck)
    write_private(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"new"


def test_file_whose_name_could_not_be_made_durable_is_told_kept_only_when_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, synced = tmp_path / "files", list[Path]()
    store = FolderStore(folder, Vault(SecretBytes(b"\x08" * 32), Counted("vault")))

    def bad(path: Path) -> None:
        if path.parent == folder:
            raise OSError(errno.EIO, "bad disk")

    monkeypatch.setattr(storage, "sync_folder", bad)
    for _try in range(2):  # the second time the file is there already
        with pytest.raises(UnavailableError, match=r"general\.file_unwritable"):
            store.put(b"content")
    monkeypatch.setattr(storage, "sync_folder", synced.append)
    address = store.put(b"content")
    assert synced == [folder / address[:2]]
    assert store.get(address) == b"content"
