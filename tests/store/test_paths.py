"""The data folder is found where it is now; one that was moved is followed, and never begun anew."""

import json
from pathlib import Path

import pytest

from desktop.domain.errors import UnavailableError
from desktop.store.paths import DataFolder, data_folder


def say_moved(old: Path, new: Path) -> None:
    old.mkdir(exist_ok=True)
    DataFolder(root=old).moved.write_text(json.dumps({"to": str(new)}), encoding="utf-8")


def test_a_folder_that_was_moved_is_followed_to_the_end(tmp_path: Path) -> None:
    first, second, third = tmp_path / "a", tmp_path / "b", tmp_path / "c"
    third.mkdir()
    (third / "settings.json").touch()
    say_moved(first, second)
    say_moved(second, third)
    assert data_folder(first).root == third


def test_the_variable_is_followed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "settings.json").touch()
    say_moved(tmp_path / "a", tmp_path / "b")
    monkeypatch.setenv("BIDSEAL_DATA", str(tmp_path / "a"))
    assert data_folder().root == tmp_path / "b"


def test_a_place_that_is_away_is_said_and_not_made_anew(tmp_path: Path) -> None:
    say_moved(tmp_path / "a", tmp_path / "usb")
    with pytest.raises(UnavailableError) as caught:
        data_folder(tmp_path / "a")
    assert caught.value.code == "general.data_folder_away"
    assert not (tmp_path / "usb").exists()


def test_the_empty_place_of_a_disk_that_is_not_there_is_no_new_workstation(tmp_path: Path) -> None:
    """A mount point stays when its disk goes; a workstation begun in it would overwrite the key in the keyring."""
    (tmp_path / "usb").mkdir()
    say_moved(tmp_path / "a", tmp_path / "usb")
    with pytest.raises(UnavailableError) as caught:
        data_folder(tmp_path / "a")
    assert caught.value.code == "general.data_folder_away"


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"from": "x"}'])
def test_a_damaged_word_of_a_move_is_no_reason_to_take_up_the_old_folder(tmp_path: Path, content: str) -> None:
    (tmp_path / "moved.json").write_text(content, encoding="utf-8")
    with pytest.raises(UnavailableError):
        data_folder(tmp_path)


def test_folders_that_lead_to_each_other_end_in_words(tmp_path: Path) -> None:
    say_moved(tmp_path / "a", tmp_path / "b")
    say_moved(tmp_path / "b", tmp_path / "a")
    with pytest.raises(UnavailableError):
        data_folder(tmp_path / "a")


def test_a_folder_that_was_never_moved_is_itself(tmp_path: Path) -> None:
    assert data_folder(tmp_path) == DataFolder(root=tmp_path)


def test_the_trust_of_every_platform_is_found(tmp_path: Path) -> None:
    folder = DataFolder(root=tmp_path)
    folder.part("b").trust.mkdir(parents=True)
    folder.part("a").trust.mkdir(parents=True)
    assert folder.trust_folders == (folder.trust, folder.part("a").trust, folder.part("b").trust)
