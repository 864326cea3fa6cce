"""The user's choices, each declared once with its default and allowed values.

An unreadable file or value reads as the default: settings never keep the client from starting.
"""

import json
import threading
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from desktop.store.files import write_atomic

_ALLOWED: dict[str, frozenset[Any]] = {
    "language": frozenset({"zh", "en"}),
    "theme": frozenset({"light", "dark", "contrast", "system"}),
    "proxy_mode": frozenset({"system", "none", "manual"}),
}
_MAX_FRESHNESS_S = 15
#: Of all who change something: the list of platforms has an object of its own, for the one file.
_CHANGING = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Defaults are what a new workstation has.

    `freshness_s`: how old a scanned code may be (1 to 15). `camera`: index of the camera, -1 = the first one there is.
    The proxy's password is in the keyring, never here.
    """

    language: str = "zh"
    theme: str = "light"
    platform_profile: str = "jxjt"
    freshness_s: int = 5
    last_mobile: str = ""
    remember_session: bool = True
    last_folder: str = ""
    camera: int = -1
    proxy_mode: str = "system"
    proxy_host: str = ""
    proxy_port: int = 0
    proxy_user: str = ""


class SettingsStore:
    """Reads and writes `settings.json`. Thread-safe."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Settings:
        """Return the stored settings; a missing, damaged or foreign value is its default."""
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return Settings()
        if not isinstance(stored, dict):
            return Settings()
        good: dict[str, Any] = {}
        for field in fields(Settings):
            value = stored.get(field.name)
            if type(value) is type(field.default) and value in _ALLOWED.get(field.name, {value}):
                good[field.name] = value
        settings = replace(Settings(), **good)
        return replace(settings, freshness_s=min(max(settings.freshness_s, 1), _MAX_FRESHNESS_S))

    def save(self, settings: Settings) -> None:
        """Store `settings`, all of them; who has chosen some calls `change`.

        Raises:
            UnavailableError: the disk refuses.
        """
        write_atomic(self._path, json.dumps(asdict(settings), ensure_ascii=False, indent=2).encode())

    def change(self, **changes: Any) -> Settings:
        """Store some values and leave the others as they are stored now; return all.

        Raises:
            UnavailableError: the disk refuses.
        """
        with _CHANGING:
            changed = replace(self.load(), **changes)
            self.save(changed)
        return changed
