"""What a killed run left in the user's folders goes at the next start, and nothing else does."""

from pathlib import Path

import pytest

from desktop.store.outputs import OutputFolders


def test_half_written_files_of_a_killed_run_go_and_the_users_files_stay(tmp_path: Path) -> None:
    folder = tmp_path / "投标 文件"
    folder.mkdir()
    for name in (".bidseal-ab12.part", "投标文件.pdf", "x.part", ".bidseal-notes"):
        (folder / name).touch()
    OutputFolders(tmp_path / "outputs.json").note([folder, folder])
    again = OutputFolders(tmp_path / "outputs.json")
    assert again.clean() == 1
    assert sorted(p.name for p in folder.iterdir()) == [".bidseal-notes", "x.part", "投标文件.pdf"]
    assert again.clean() == 0
    assert list(tmp_path.glob("outputs*")) == []


def test_finished_writing_is_not_cleaned_up_after(tmp_path: Path) -> None:
    outputs = OutputFolders(tmp_path / "outputs.json")
    outputs.note([tmp_path])
    outputs.forget()
    (tmp_path / ".bidseal-of-another.part").touch()
    assert outputs.clean() == 0


@pytest.mark.parametrize("content", [b"", b"{", b"7", b'["/no/such/folder"]', b"[null]", b"\xff"])
def test_a_damaged_note_keeps_nobody_from_starting(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "outputs.json").write_bytes(content)
    assert OutputFolders(tmp_path / "outputs.json").clean() == 0


def test_a_note_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    OutputFolders(tmp_path / "file" / "outputs.json").note([tmp_path])


def test_a_place_that_cannot_be_cleaned_now_spares_no_other_and_is_cleaned_later(tmp_path: Path) -> None:
    """A stick that is pulled out after a kill: plaintext elsewhere goes at once, plaintext on it when it is back."""
    cleaned: list[str] = []
    away = True

    def clean_target(target: Path) -> int:
        if away and target.name == "stick":
            raise FileNotFoundError(target.name)
        cleaned.append(target.name)
        return 1

    outputs = OutputFolders(tmp_path / "outputs.json")
    here = tmp_path / "here"
    here.mkdir()
    (here / ".bidseal-ab.part").touch()
    outputs.note([tmp_path / "gone", here], targets=[tmp_path / "a", tmp_path / "stick", tmp_path / "z"])
    assert outputs.clean(clean_target) == 3
    assert (cleaned, list(here.iterdir())) == (["a", "z"], [])
    away = False
    (tmp_path / "gone").mkdir()
    assert outputs.clean(clean_target) == 3
    assert "stick" in cleaned
    assert list(tmp_path.glob("outputs*")) == []


def test_who_has_finished_forgets_nothing_of_others_who_still_write(tmp_path: Path) -> None:
    """A timestamp that is done while a bid is being opened: the bid's plaintext is found all the same after a kill."""
    cleaned: list[str] = []
    opening, stamping = (OutputFolders(tmp_path / "outputs.json") for _ in range(2))
    opening.note((), targets=[tmp_path / "解密"])
    stamping.note([tmp_path])
    stamping.forget()
    OutputFolders(tmp_path / "outputs.json").clean(lambda target: cleaned.append(target.name) or 1)
    assert cleaned == ["解密"]
    assert list(tmp_path.glob("outputs*")) == []


def test_what_could_not_be_cleaned_is_remembered_through_later_work(tmp_path: Path) -> None:
    """Plaintext on a stick that is away at the start: sealing something meanwhile does not make it forgotten."""
    path = tmp_path / "outputs.json"
    OutputFolders(path).note((), targets=[tmp_path / "stick"])

    def away(target: Path) -> int:
        raise FileNotFoundError(target.name)

    OutputFolders(path).clean(away)
    later = OutputFolders(path)
    later.note([tmp_path])
    later.forget()
    cleaned: list[str] = []
    OutputFolders(path).clean(lambda target: cleaned.append(target.name) or 1)
    assert cleaned == ["stick"]


def test_own_cleaning_leaves_the_half_written_files_of_others(tmp_path: Path) -> None:
    path, theirs = tmp_path / "outputs.json", tmp_path / ".bidseal-ab12.part"
    own, other = OutputFolders(path), OutputFolders(path)
    own.note((), targets=[tmp_path / "解密"])
    other.note([tmp_path])
    theirs.touch()
    assert own.clean_own(lambda _target: 1) == 1
    assert theirs.exists()
    assert OutputFolders(path).clean() == 1
    assert not theirs.exists()
