"""Files are old or new, never torn; every trouble of the disk has a name, and the old content stays."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import pytest

from desktop.domain.errors import UnavailableError
from desktop.domain.problems import problem
from desktop.store.files import remove_leftovers, replace, write_atomic


def windows_error(winerror: int) -> PermissionError:
    """What `os.replace` raises on Windows while a virus scanner (32) or a viewer (5) holds the target."""
    error = PermissionError(errno.EACCES, "held by another program")
    error.winerror = winerror  # type: ignore[attr-defined]  # exists on Windows only
    return error


def failing_times(times: int, error: OSError) -> Callable[[Path, Any], Path]:
    """`Path.replace` that fails a number of times, then works."""
    real, left = Path.replace, [times]

    def attempt(self: Path, target: Any) -> Path:
        if left[0]:
            left[0] -= 1
            raise error
        return real(self, target)

    return attempt


def test_new_content_replaces_the_old_whole(tmp_path: Path) -> None:
    target = tmp_path / "一个 文件.json"
    write_atomic(target, b"old")
    write_atomic(target, b"new")
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_missing_folders_are_made(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a" / "b" / "c", b"x")
    assert (tmp_path / "a" / "b" / "c").read_bytes() == b"x"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no mode bits; the folder's rights hold there")
def test_private_files_are_readable_by_the_user_alone(tmp_path: Path) -> None:
    write_atomic(tmp_path / "key", b"x", private=True)
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("winerror", [5, 32])
def test_a_target_held_for_a_moment_is_replaced_once_it_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, winerror: int
) -> None:
    temp, target, pauses = tmp_path / "temp", tmp_path / "target", list[float]()
    temp.write_bytes(b"new")
    target.write_bytes(b"old")
    monkeypatch.setattr(Path, "replace", failing_times(9, windows_error(winerror)))
    replace(temp, target, pause=pauses.append)
    assert target.read_bytes() == b"new"
    assert len(pauses) == 9
    assert pauses == sorted(pauses)
    assert sum(pauses) < 15.0


@pytest.mark.parametrize("winerror", [5, 32])
def test_a_target_held_for_good_keeps_its_content_and_the_new_one_is_left_to_save_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, winerror: int
) -> None:
    temp, target, pauses = tmp_path / "temp", tmp_path / "target", list[float]()
    temp.write_bytes(b"new")
    target.write_bytes(b"old")
    monkeypatch.setattr(Path, "replace", failing_times(99, windows_error(winerror)))
    with pytest.raises(UnavailableError) as caught:
        replace(temp, target, pause=pauses.append)
    assert caught.value.code == "general.file_unwritable"
    assert (target.read_bytes(), temp.read_bytes()) == (b"old", b"new")
    assert len(pauses) == 9


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "general.disk_full"),
        (errno.EDQUOT, "general.disk_full"),
        (errno.EIO, "general.file_unwritable"),
        (errno.EROFS, "general.file_unwritable"),
    ],
)
@pytest.mark.parametrize("call", ["open", "fsync", "write", "replace"])
def test_a_disk_that_refuses_is_named_and_the_old_content_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str, call: str
) -> None:
    target = tmp_path / "settings.json"
    write_atomic(target, b"old")

    def refuse(*_: Any, **__: Any) -> Any:
        raise OSError(number, os.strerror(number))

    class Full:
        """A file whose disk is full when it is written to."""

        def __init__(self, descriptor: int) -> None:
            self._descriptor = descriptor

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            os.close(self._descriptor)

        write = staticmethod(refuse)

    with monkeypatch.context() as patch:
        if call == "write":
            patch.setattr(os, "fdopen", lambda descriptor, _mode: Full(descriptor))
        elif call == "replace":
            patch.setattr(Path, "replace", refuse)
        else:
            patch.setattr(os, call, refuse)
        with pytest.raises(UnavailableError) as caught:
            write_atomic(target, b"new" * 1000)
    assert caught.value.code == code
    assert problem(code).zh.next_step
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UnavailableError) as caught:
        write_atomic(tmp_path / "file" / "inside", b"x")
    assert caught.value.code == "general.file_unwritable"


def test_leftovers_of_a_killed_run_are_removed_and_nothing_else(tmp_path: Path) -> None:
    for name in (".a.12.tmp", ".b.34.tmp", "a", "tmp"):
        (tmp_path / name).touch()
    assert remove_leftovers(tmp_path, ".*.tmp") == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "tmp"]
