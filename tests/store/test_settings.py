"""Settings never keep the client from starting: what cannot be read is its default."""

import json
from pathlib import Path
from typing import Any

import pytest

from desktop.domain.errors import UnavailableError
from desktop.store.settings import Settings, SettingsStore


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    mine = Settings(language="en", theme="dark", freshness_s=7, last_mobile="13800138000", last_folder="D:/投标")
    SettingsStore(tmp_path / "settings.json").save(mine)
    assert SettingsStore(tmp_path / "settings.json").load() == mine


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b'"text"', b"[" * 5000])
def test_a_damaged_file_reads_as_defaults(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "settings.json").write_bytes(content)
    assert SettingsStore(tmp_path / "settings.json").load() == Settings()


def test_a_missing_file_or_a_folder_in_its_place_reads_as_defaults(tmp_path: Path) -> None:
    assert SettingsStore(tmp_path / "none").load() == Settings()
    assert SettingsStore(tmp_path).load() == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("language", "fr"),
        ("language", 7),
        ("theme", None),
        ("theme", ["light"]),
        ("freshness_s", "5"),
        ("freshness_s", True),
        ("remember_session", 1),
        ("last_mobile", {}),
        ("unknown", "x"),
    ],
)
def test_a_foreign_value_is_its_default_and_the_others_stay(tmp_path: Path, name: str, value: Any) -> None:
    stored = {"platform_profile": "other", name: value}
    (tmp_path / "settings.json").write_text(json.dumps(stored), encoding="utf-8")
    assert SettingsStore(tmp_path / "settings.json").load() == Settings(platform_profile="other")


@pytest.mark.parametrize(("stored", "used"), [(0, 1), (-5, 1), (1, 1), (15, 15), (16, 15), (10**9, 15)])
def test_freshness_stays_within_what_the_protocol_allows(tmp_path: Path, stored: int, used: int) -> None:
    (tmp_path / "settings.json").write_text(json.dumps({"freshness_s": stored}), encoding="utf-8")
    assert SettingsStore(tmp_path / "settings.json").load().freshness_s == used


def test_settings_that_cannot_be_saved_are_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnavailableError) as caught:
        SettingsStore(tmp_path / "file" / "settings.json").save(Settings())
    assert caught.value.code == "general.file_unwritable"
