"""The data folder moves whole or not at all, whenever it is cut off; the old one is kept."""

import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from desktop.domain.clock import SystemClock
from desktop.domain.errors import BidSealError, UnavailableError
from desktop.portal.profile import read_profile
from desktop.services import moving
from desktop.services.moving import carry_out, drop_plan, plan_move, planned_move
from desktop.services.proxy import workstation_secrets
from desktop.services.workspace import Workspace, open_workspace
from desktop.store.instance import InstanceLock
from desktop.store.memory_keyring import no_keyring
from desktop.store.paths import DataFolder, data_folder
from desktop.store.secrets import SecretStore
from tests.portal.profiles import write


def open_at(folder: DataFolder) -> Workspace:
    return open_workspace(
        profile=read_profile(folder.profile), folder=folder, clock=SystemClock(), random=os.urandom, name="工位"
    )


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """A workstation in use: a key, a remembered session, a platform beside the first, and files of all kinds."""
    made = DataFolder(root=tmp_path / "数据")
    for place, title in ((made, "甲"), (made.part("other"), "乙")):
        place.root.mkdir(parents=True)
        write(place.profile, title, profile_id="own" if place is made else "other")
        workspace = open_at(place)
        assert workspace.workstation.workstation_id
        SecretStore.of_platform(workspace.profile.profile_id, place).set("session", "a remembered session")
        (place.root / "records").mkdir(exist_ok=True)
        (place.root / "records" / "一条.json").write_text("{}", encoding="utf-8")
        workspace.close()
    made.work.mkdir()
    (made.work / "snapshot.pdf").write_bytes(b"x")
    workstation_secrets(made).set("proxy", "Geheim-77")
    return made


def content(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
        and path.name not in {"moved.json", "move.json"}
        and not path.name.startswith("instance.lock")
        and "work" not in path.relative_to(root).parts
    }


def test_all_data_moves_and_the_workstation_is_the_same(folder: DataFolder, tmp_path: Path) -> None:
    before = content(folder.root)
    held = open_at(folder)
    identity = held.workstation.workstation_id
    held.close()
    target = tmp_path / "新" / "位置"
    plan_move(folder, target)
    assert planned_move(folder) == target
    assert data_folder(folder.root) == folder  # nothing has happened yet
    told: list[tuple[int, int]] = []
    new = carry_out(folder, report=lambda done, total: told.append((done, total)))
    assert new.root == target
    assert content(target) == before == content(folder.root)
    assert data_folder(folder.root) == new
    assert planned_move(folder) is None
    assert told
    folder.moved.unlink()  # nobody can open the old one else
    for old, place in ((folder, new), (folder.part("other"), new.part("other"))):
        moved = open_at(place)
        assert SecretStore.of_platform(moved.profile.profile_id, place).get("session") == "a remembered session"
        assert moved.workstation.workstation_id == open_at(old).workstation.workstation_id
        moved.close()
    assert open_at(new).workstation.workstation_id == identity
    assert workstation_secrets(new).get("proxy") == "Geheim-77"
    assert not (target / ".bidseal-move").exists()


def test_without_a_plan_nothing_moves(folder: DataFolder) -> None:
    assert carry_out(folder) == folder


def test_a_plan_can_be_dropped(folder: DataFolder, tmp_path: Path) -> None:
    plan_move(folder, tmp_path / "new")
    drop_plan(folder)
    assert carry_out(folder) == folder


@pytest.mark.parametrize("where", ["inside", "around", "full", "file", "same"])
def test_a_target_that_is_not_free_is_refused_when_it_is_chosen(folder: DataFolder, tmp_path: Path, where: str) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "somebodys.txt").write_text("x", encoding="utf-8")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    targets = {
        "inside": folder.root / "new",
        "around": tmp_path,
        "full": tmp_path / "full",
        "file": tmp_path / "file",
        "same": folder.root,
    }
    with pytest.raises(BidSealError) as caught:
        plan_move(folder, targets[where])
    assert caught.value.code == "general.folder_in_use"
    assert planned_move(folder) is None


def test_a_target_that_is_too_small_is_refused(
    folder: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from types import SimpleNamespace

    monkeypatch.setattr(moving.shutil, "disk_usage", lambda _path: SimpleNamespace(free=1000))
    with pytest.raises(UnavailableError) as caught:
        plan_move(folder, tmp_path / "new")
    assert caught.value.code == "general.disk_full"


def test_a_target_that_was_filled_meanwhile_is_left_as_it_is(folder: DataFolder, tmp_path: Path) -> None:
    plan_move(folder, tmp_path / "new")
    (tmp_path / "new" / "somebodys.txt").write_text("x", encoding="utf-8")
    with pytest.raises(BidSealError) as caught:
        carry_out(folder)
    assert caught.value.code == "general.folder_in_use"
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["somebodys.txt"]
    assert data_folder(folder.root) == folder
    assert planned_move(folder) is None


def test_while_another_window_works_in_the_folder_the_move_waits(folder: DataFolder, tmp_path: Path) -> None:
    plan_move(folder, tmp_path / "new")
    lock = InstanceLock(folder.part("other").lock)
    with pytest.raises(UnavailableError) as caught:
        carry_out(folder)
    lock.close()
    assert caught.value.code == "general.data_folder_busy"
    assert list((tmp_path / "new").iterdir()) == []
    assert carry_out(folder).root == tmp_path / "new"


def test_while_a_second_window_works_in_the_folder_the_move_waits(folder: DataFolder, tmp_path: Path) -> None:
    """The second window has not the lock, and the first, which had, is closed and started again for the move."""
    first, second = open_at(folder), open_at(folder)
    assert not second.lock.is_held
    plan_move(folder, tmp_path / "new")
    first.close()
    with pytest.raises(UnavailableError) as caught:
        carry_out(folder)
    assert caught.value.code == "general.data_folder_busy"
    assert planned_move(folder) == tmp_path / "new"
    second.close()
    assert carry_out(folder).root == tmp_path / "new"


def test_who_starts_while_the_folder_moves_does_not_work_in_the_old_one(folder: DataFolder, tmp_path: Path) -> None:
    """A double click: what the second would write into the old folder would be lost to the new one."""
    plan_move(folder, tmp_path / "new")
    refused: list[str] = []

    def start(_done: int, _total: int) -> None:
        for place in (folder, folder.part("other")):
            with pytest.raises(UnavailableError) as caught:
                open_at(place)
            refused.append(caught.value.code)

    carry_out(folder, report=start)
    start(0, 0)  # it had looked for the folder before the move was done
    assert set(refused) == {"general.data_folder_busy"}
    open_at(DataFolder(root=tmp_path / "new")).close()


def test_a_key_that_the_keyring_does_not_give_up_now_stays_where_it_is(folder: DataFolder, tmp_path: Path) -> None:
    plan_move(folder, tmp_path / "new")
    with no_keyring(), pytest.raises(UnavailableError) as caught:
        carry_out(folder)
    assert caught.value.code == "general.keyring_locked"
    assert data_folder(folder.root) == folder
    assert carry_out(folder).root == tmp_path / "new"


@pytest.mark.parametrize("cut", range(12))
def test_cut_off_at_any_file_the_old_folder_is_the_one_and_the_next_start_finishes(
    folder: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    """As by a kill: nothing is tidied up."""
    before = content(folder.root)
    plan_move(folder, tmp_path / "new")
    real, count = moving.os.fsync, [0]

    class Killed(BaseException):
        pass

    def fsync(descriptor: int) -> None:
        real(descriptor)
        count[0] += 1
        if count[0] > cut:
            raise Killed

    monkeypatch.setattr(moving.os, "fsync", fsync)
    with pytest.raises(Killed):
        carry_out(folder)
    monkeypatch.setattr(moving.os, "fsync", real)
    assert content(folder.root) == before
    assert data_folder(folder.root) == folder
    assert carry_out(folder).root == tmp_path / "new"
    assert content(tmp_path / "new") == before


def test_what_somebody_has_put_beside_a_copy_cut_off_is_not_removed(
    folder: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_move(folder, tmp_path / "new")

    class Killed(BaseException):
        pass

    def killed(_secrets: object) -> None:
        raise Killed

    real = moving._carry
    monkeypatch.setattr(moving, "_carry", killed)
    with pytest.raises(Killed):
        carry_out(folder)
    monkeypatch.setattr(moving, "_carry", real)
    theirs = [tmp_path / "new" / name for name in ("标书.docx", "records/标书.docx")]
    for path in theirs:
        path.write_text("mine", encoding="utf-8")
    with pytest.raises(BidSealError) as caught:
        carry_out(folder)
    assert caught.value.code == "general.folder_in_use"
    assert [path.read_text(encoding="utf-8") for path in theirs] == ["mine", "mine"]
    assert data_folder(folder.root) == folder


def test_a_copy_that_differs_is_found_and_removed(
    folder: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_move(folder, tmp_path / "new")
    real = moving.shutil.copystat

    def spoil(source: Path, copy: Path, **_: Any) -> None:
        real(source, copy)
        if copy.name == "journal.sqlite":
            copy.write_bytes(b"\0" + copy.read_bytes()[1:])

    monkeypatch.setattr(moving.shutil, "copystat", spoil)
    with pytest.raises(UnavailableError) as caught:
        carry_out(folder)
    assert caught.value.code == "general.copy_differs"
    assert list((tmp_path / "new").iterdir()) == []
    assert data_folder(folder.root) == folder
    sqlite3.connect(folder.journal).close()
