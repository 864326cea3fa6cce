"""Public test support: the pytest plugin for QA teams, and the story driver.

The types of the fixtures, for annotations; see `desktop.testing.plugin` for what each fixture gives.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from desktop.testing.actors import OfficeWorker, PhoneHolder
    from desktop.testing.driver import NotAsExpectedError, WindowDriver, wait_until
    from desktop.testing.prepared import Platform, PreparedCompany

_HOMES = {
    "NotAsExpectedError": "driver",
    "OfficeWorker": "actors",
    "PhoneHolder": "actors",
    "Platform": "prepared",
    "PreparedCompany": "prepared",
    "WindowDriver": "driver",
    "wait_until": "driver",
}


def __getattr__(name: str) -> Any:
    """Import a public name at its first use: pytest loads this package on every start and must stay fast."""
    if name not in _HOMES:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f"desktop.testing.{_HOMES[name]}"), name)


__all__ = [
    "NotAsExpectedError",
    "OfficeWorker",
    "PhoneHolder",
    "Platform",
    "PreparedCompany",
    "WindowDriver",
    "wait_until",
]
