"""The disk begins while a large file grows; what goes wrong there is never lost."""

import errno
import os
import threading
from pathlib import Path

import pytest

from desktop.formats.package.streams import EarlySync

NAME = "package-sync"


def test_large_file_is_written_to_the_disk_before_it_is_complete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    synced, real = threading.Event(), os.fsync

    def fsync(descriptor: int) -> None:
        real(descriptor)
        synced.set()

    monkeypatch.setattr(os, "fsync", fsync)
    with (tmp_path / "large").open("xb", buffering=0) as file, EarlySync(file, every=10) as early:
        file.write(bytes(10))
        early.wrote(10)
        assert synced.wait(10)
        file.write(bytes(5))
        early.wrote(5)
    assert (tmp_path / "large").read_bytes() == bytes(15)
    assert NAME not in {thread.name for thread in threading.enumerate()}


def test_small_file_needs_no_thread(tmp_path: Path):
    with (tmp_path / "small").open("xb") as file, EarlySync(file, every=10) as early:
        file.write(bytes(9))
        early.wrote(9)
        assert NAME not in {thread.name for thread in threading.enumerate()}


def test_fault_of_the_disk_which_the_system_tells_only_once_is_raised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fsync(descriptor: int) -> None:
        raise OSError(errno.EIO, f"bad block under {descriptor}")

    monkeypatch.setattr(os, "fsync", fsync)
    with (tmp_path / "large").open("xb") as file:
        early = EarlySync(file, every=10)
        early.wrote(10)
        with pytest.raises(OSError, match="bad block"):
            early.__exit__(None, None, None)
