"""Where the phone's device secret lives: the half of a key's protection that is not the certificate password.

A real phone keeps it in its hardware key store. The virtual phone has none and keeps it in a file beside the keys: who
copies the folder has both halves, so only the certificate password protects them then (docs/threat-model.md, T29).
"""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.secret import SecretBytes
from desktop.store.files import write_atomic

SECRET_BYTES = 32


class DeviceSecretStore(Protocol):
    """Holds one secret of 32 bytes, made at first use."""

    def secret(self) -> SecretBytes:
        """Return the secret; always the same one on the same device."""
        ...


class MemoryDeviceSecrets:
    """A secret that lives as long as the object: for tests."""

    def __init__(self, secret: bytes) -> None:
        self._secret = SecretBytes(secret)

    def secret(self) -> SecretBytes:
        """Return the secret."""
        return self._secret


class FileDeviceSecrets:
    """Demo only: the secret as a file in the phone's folder."""

    def __init__(self, folder: Path, random: Callable[[int], bytes]) -> None:
        self._path = folder / "device.secret"
        self._random = random
        self._lock = threading.Lock()

    def secret(self) -> SecretBytes:
        """Return the secret, making it first if there is none.

        Raises:
            UnavailableError: the file cannot be read or written.
            RejectedError: `phone.key_damaged`, the file is not what we wrote.
        """
        with self._lock:
            return self._read_or_make()

    def _read_or_make(self) -> SecretBytes:
        try:
            value = self._path.read_bytes()
        except FileNotFoundError:
            value = self._random(SECRET_BYTES)
            write_atomic(self._path, value, private=True)
        except OSError as error:
            raise UnavailableError("general.file_unreadable", type(error).__name__) from None
        if len(value) != SECRET_BYTES:
            raise RejectedError("phone.key_damaged", "device secret")
        return SecretBytes(value)
