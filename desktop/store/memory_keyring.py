"""Keyrings for tests: one that forgets with the test, and none at all. The machine's own is never asked."""

from collections.abc import Iterator
from contextlib import contextmanager

import keyring
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import PasswordDeleteError


class MemoryKeyring(KeyringBackend):
    """Keeps passwords as long as it lives."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._passwords: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """Return the password, or None."""
        return self._passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep the password."""
        self._passwords[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget the password."""
        if self._passwords.pop((service, username), None) is None:
            raise PasswordDeleteError(username)


@contextmanager
def memory_keyring() -> Iterator[None]:
    """Use a keyring that forgets."""
    with _keyring(MemoryKeyring()):
        yield


@contextmanager
def no_keyring() -> Iterator[None]:
    """Be on a machine without a keyring."""
    with _keyring(NoKeyring()):  # type: ignore[no-untyped-call]
        yield


@contextmanager
def _keyring(mine: KeyringBackend) -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(mine)
    try:
        yield
    finally:
        keyring.set_keyring(before)
