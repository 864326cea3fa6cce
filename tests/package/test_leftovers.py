"""What a killed run left behind goes, and nothing else. All that a kill leaves: see tests/drills."""

from pathlib import Path

import pytest

from desktop.domain.errors import RejectedError
from desktop.formats.package import FolderTarget, remove_leftovers
from desktop.formats.package.leftovers import hidden_beside
from desktop.formats.package.packing import plain_replace


def test_leftovers_of_this_target_go_and_everything_else_stays(tmp_path: Path):
    folder = tmp_path / ".x.bid.0123456789ab.tmp"
    (folder / "parts").mkdir(parents=True)
    (folder / "parts" / "0").write_bytes(b"plaintext")
    (tmp_path / ".x.bid.aaaaaaaaaaaa.tmp").write_bytes(b"ciphertext")
    stay = ("x.bid", ".x.bid.tmp", ".y.bid.0123456789ab.tmp", ".x.bid.0123456789ab.tmp.old", ".xxbid.0123456789ab.tmp")
    for name in stay:
        (tmp_path / name).touch()
    assert remove_leftovers(tmp_path / "x.bid") == 2
    assert {path.name for path in tmp_path.iterdir()} == set(stay)


def test_what_cannot_be_deleted_is_said_and_keeps_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for number in range(3):
        (tmp_path / f".x.bid.{number:012x}.tmp").write_bytes(b"plaintext")
    real = Path.unlink

    def unlink(path: Path, *, missing_ok: bool = False) -> None:
        if path.name.endswith("1.tmp"):
            raise PermissionError(path.name)
        real(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", unlink)
    with pytest.raises(PermissionError):
        remove_leftovers(tmp_path / "x.bid")
    assert [path.name for path in tmp_path.iterdir()] == [".x.bid.000000000001.tmp"]


def test_two_names_that_are_one_on_this_disk_replace_nothing(tmp_path: Path):
    """As "LANGER~1.TXT" and "langer name.txt" may be on Windows: what was unpacked is never written over."""
    target = FolderTarget(tmp_path / "out", replace=plain_replace)
    for index, data in enumerate((b"first", b"second")):
        with target.create(index) as file:
            file.write(data)
    with pytest.raises(RejectedError, match="file_name"):
        target.commit(["a.txt", "a.txt"])
    target.discard()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["长" * 85, "x" * 255, "标书.bid"])
def test_longest_name_that_a_disk_takes_can_be_prepared_and_cleaned(tmp_path: Path, name: str):
    target, other = tmp_path / name, tmp_path / (name[:-1] + "y")
    for each in (target, other):
        hidden_beside(each, bytes(6)).mkdir()
    assert remove_leftovers(target) == 1
    assert [path.name for path in tmp_path.iterdir()] == [hidden_beside(other, bytes(6)).name]
