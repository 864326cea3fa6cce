"""The list of platforms: shipped, own and added; each with data of its own, each trusted by its own root only."""

from pathlib import Path

import pytest

from desktop.domain.errors import RejectedError
from desktop.portal.profile import read_profile
from desktop.services.platforms import KnownPlatform, Origin, Platforms, platform_key
from desktop.store.paths import DataFolder
from desktop.store.secrets import SecretStore
from desktop.store.settings import SettingsStore
from desktop.ui.resources import PLATFORMS
from tests.portal.profiles import write


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(root=tmp_path / "data")


@pytest.fixture
def platforms(folder: DataFolder) -> Platforms:
    return Platforms(folder, PLATFORMS)


def add(platforms: Platforms, path: Path) -> KnownPlatform:
    return platforms.add(platforms.look_at(path))


def test_at_first_the_default_platform_is_named_and_none_can_be_used(platforms: Platforms) -> None:
    (only,) = platforms.all()
    assert (only.profile.name, only.origin) == ("江西交投集团招标采购交易平台", Origin.SHIPPED)
    assert only.problem == "portal.profile_incomplete"
    assert platforms.chosen() is None


def test_an_added_platform_is_used_once_it_is_chosen(platforms: Platforms, tmp_path: Path) -> None:
    added = add(platforms, write(tmp_path / "new.json"))
    assert platforms.chosen() is None
    platforms.choose(added.key)
    found = platforms.chosen()
    assert found is not None
    assert found.profile == read_profile(tmp_path / "new.json")
    assert found.folder.profile.is_file()


def test_the_full_profile_of_the_default_platform_takes_the_place_of_the_shipped_one(
    platforms: Platforms, tmp_path: Path
) -> None:
    add(platforms, write(tmp_path / "full.json", profile_id="jxjt", platform_id="jxjt"))
    (only,) = platforms.all()
    assert (only.origin, only.problem) == (Origin.ADDED, "")
    # `jxjt` is what the settings of a new workstation name.
    chosen = platforms.chosen()
    assert chosen is not None
    assert chosen.key == only.key


def test_each_platform_has_data_of_its_own_and_the_settings_are_shared(
    platforms: Platforms, folder: DataFolder, tmp_path: Path
) -> None:
    first = add(platforms, write(tmp_path / "a.json")).folder
    second = add(platforms, write(tmp_path / "b.json", profile_id="ganzhou")).folder
    for place in ("journal", "trust", "seals", "recipients", "workstation_key", "workstation", "lock", "outputs"):
        assert len({getattr(each, place) for each in (folder, first, second)}) == 3
    assert first.settings == second.settings == folder.settings
    assert first.logs == second.logs == folder.logs


def test_another_root_is_another_platform_even_with_the_same_id(platforms: Platforms, tmp_path: Path) -> None:
    first = add(platforms, write(tmp_path / "a.json"))
    other = platforms.look_at(write(tmp_path / "b.json", "乙"))
    assert not other.is_known
    second = platforms.add(other)
    assert first.folder.root != second.folder.root
    assert len([k for k in platforms.all() if k.origin is Origin.ADDED]) == 2


def test_the_same_root_with_a_new_address_replaces_the_old_entry_and_keeps_its_data(
    platforms: Platforms, tmp_path: Path
) -> None:
    before = add(platforms, write(tmp_path / "a.json"))
    before.folder.trust.mkdir()
    moved = platforms.look_at(write(tmp_path / "b.json", base_url="https://new.example.com"))
    assert moved.is_known
    after = platforms.add(moved)
    assert after.folder == before.folder
    assert after.folder.trust.is_dir()
    (added,) = [k for k in platforms.all() if k.origin is Origin.ADDED]
    assert added.profile.base_url == "https://new.example.com"


def test_t26_a_new_address_under_the_old_root_gets_no_remembered_session(
    platforms: Platforms, folder: DataFolder, tmp_path: Path
) -> None:
    """The root stands in every profile: whoever hands out a file with another address must not get the token."""
    known = [add(platforms, write(tmp_path / "a.json", "甲")).folder, folder]
    write(folder.profile, "乙", profile_id="own")
    names = ("nanchang", "own")
    stores = [SecretStore.of_platform(name, place) for name, place in zip(names, known, strict=True)]
    for store in stores:
        assert store.set("session", "a token")
        assert store.set("workstation", "a key")
    add(platforms, write(tmp_path / "a.json", "甲"))  # the same again
    add(platforms, write(tmp_path / "b.json", "乙", profile_id="own"))
    assert [store.get("session") for store in stores] == ["a token", "a token"]
    add(platforms, write(tmp_path / "c.json", "甲", base_url="https://evil.example"))
    add(platforms, write(tmp_path / "d.json", "乙", profile_id="own", base_url="https://evil.example"))
    assert [store.get("session") for store in stores] == [None, None]
    assert [store.get("workstation") for store in stores] == ["a key", "a key"]


def test_removing_takes_it_off_the_list_and_leaves_its_data(platforms: Platforms, tmp_path: Path) -> None:
    added = add(platforms, write(tmp_path / "a.json"))
    added.folder.journal.write_bytes(b"x")
    platforms.choose(added.key)
    platforms.remove(added.key, current="another")
    assert [k.origin for k in platforms.all()] == [Origin.SHIPPED]
    assert added.folder.journal.read_bytes() == b"x"
    assert platforms.chosen() is None


def test_the_platform_in_use_cannot_be_removed(platforms: Platforms, tmp_path: Path) -> None:
    added = add(platforms, write(tmp_path / "a.json"))
    with pytest.raises(RejectedError) as caught:
        platforms.remove(added.key, current=added.key)
    assert caught.value.code == "portal.profile_in_use"
    assert added.folder.profile.is_file()


def test_a_file_that_only_names_a_platform_cannot_be_added(platforms: Platforms, tmp_path: Path) -> None:
    with pytest.raises(RejectedError) as caught:
        platforms.look_at(write(tmp_path / "a.json", base_url=None, root=None, issuing=None))
    assert caught.value.code == "portal.profile_incomplete"


def test_a_damaged_profile_of_one_keeps_nobody_from_the_others(platforms: Platforms, tmp_path: Path) -> None:
    broken = add(platforms, write(tmp_path / "a.json"))
    add(platforms, write(tmp_path / "b.json", profile_id="ganzhou"))
    broken.folder.profile.write_text("{", encoding="utf-8")
    assert [k.profile.profile_id for k in platforms.all()] == ["ganzhou", "jxjt"]


def test_a_profile_put_into_another_ones_folder_is_not_believed(platforms: Platforms, tmp_path: Path) -> None:
    added = add(platforms, write(tmp_path / "a.json"))
    added.folder.profile.write_bytes(write(tmp_path / "b.json", "乙").read_bytes())
    assert [k.origin for k in platforms.all()] == [Origin.SHIPPED]


def test_the_folders_own_profile_is_used_where_no_other_is_chosen(
    platforms: Platforms, folder: DataFolder, tmp_path: Path
) -> None:
    folder.root.mkdir()
    write(folder.profile, profile_id="own")
    own = platforms.chosen()
    assert own is not None
    assert (own.origin, own.folder) == (Origin.OWN, folder)
    added = add(platforms, write(tmp_path / "b.json", "乙"))
    platforms.choose(added.key)
    chosen = platforms.chosen()
    assert chosen is not None
    assert chosen.folder == added.folder
    # From within the part of one platform the list is the same.
    assert Platforms(added.folder, PLATFORMS).all() == platforms.all()


def test_choosing_leaves_the_other_settings(platforms: Platforms, folder: DataFolder, tmp_path: Path) -> None:
    from dataclasses import replace

    store = SettingsStore(folder.settings)
    store.save(replace(store.load(), theme="dark"))
    platforms.choose(add(platforms, write(tmp_path / "a.json")).key)
    assert store.load().theme == "dark"


def test_the_key_is_a_name_that_every_file_system_takes(tmp_path: Path) -> None:
    key = platform_key(read_profile(write(tmp_path / "a.json")))
    assert key.replace("-", "").isalnum()
    assert key.isascii()
    assert key == key.lower()
