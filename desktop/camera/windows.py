"""What Windows tells of its cameras beyond open or not: forbidden by its privacy settings, or held by another program.

Both stand in the registry, under the consent store that the settings page writes and the system keeps; a key that is
missing says nothing. Refuses to guess: without a word from the registry a camera that does not open is absent.
Source: Windows 10 version 1903 and later, CapabilityAccessManager.
"""

import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Protocol

_STORE = r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\webcam"
_DESKTOP_PROGRAMS = rf"{_STORE}\NonPackaged"
_MACHINE, _USER = "HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER"


class Registry(Protocol):
    """The part of the Windows registry that is looked at."""

    def value(self, hive: str, key: str, name: str) -> object:
        """Return the value `name` of a key, None where there is none."""

    def keys(self, hive: str, key: str) -> list[str]:
        """Return the names of the keys below a key."""


class WindowsRegistry:
    """The registry of this computer; empty on another system."""

    def value(self, hive: str, key: str, name: str) -> object:
        """Return the value `name` of a key, None where there is none."""
        if sys.platform == "win32":
            import winreg

            with suppress(OSError), winreg.OpenKey(getattr(winreg, hive), key) as opened:
                return winreg.QueryValueEx(opened, name)[0]
        return None

    def keys(self, hive: str, key: str) -> list[str]:
        """Return the names of the keys below a key."""
        if sys.platform == "win32":
            import winreg

            with suppress(OSError), winreg.OpenKey(getattr(winreg, hive), key) as opened:
                return [winreg.EnumKey(opened, index) for index in range(winreg.QueryInfoKey(opened)[0])]
        return []


def is_denied(registry: Registry) -> bool:
    """Tell whether the privacy settings keep desktop programs from the camera."""
    switches = ((_MACHINE, _STORE), (_USER, _STORE), (_USER, _DESKTOP_PROGRAMS))
    return any(registry.value(hive, key, "Value") == "Deny" for hive, key in switches)


def is_held_by_another(registry: Registry, own_program: str = sys.executable) -> bool:
    """Tell whether another program than `own_program`, a path, uses a camera now."""
    own_key = own_program.replace("\\", "#").casefold()
    return any(
        registry.value(_USER, rf"{parent}\{program}", "LastUsedTimeStop") == 0
        for parent, program in _programs(registry)
        if program.casefold() != own_key
    )


def _programs(registry: Registry) -> Iterator[tuple[str, str]]:
    for parent in (_STORE, _DESKTOP_PROGRAMS):
        for program in registry.keys(_USER, parent):
            yield parent, program
