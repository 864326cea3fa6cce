"""Secrets of the workstation: session token and the workstation's own key. No key of a certificate is ever here.

The operating system's keyring holds tokens and a wrapping key only (Windows limits entries to about 1,280 characters).
Where there is no keyring the session is not remembered and the wrapping key lies beside the key file, readable by the
user alone; docs/threat-model.md says what that means.
"""

import base64
import logging
import os
from collections.abc import Callable
from pathlib import Path

from desktop.crypto.primitives import aead_open, aead_seal
from desktop.crypto.suites import P256PrivateKey, export_pkcs8, generate_p256, load_pkcs8
from desktop.domain.errors import RejectedError, UnavailableError
from desktop.store.files import write_atomic
from desktop.store.paths import DataFolder

log = logging.getLogger(__name__)

_SERVICE = "BidSeal"
_KEY_BYTES = 32
#: Name of the remembered session's entry.
SESSION_SECRET = "session"  # noqa: S105 - a name
_WORKSTATION = "workstation"
#: Names of all entries of one platform: they move with the data folder.
PLATFORM_SECRETS = (SESSION_SECRET, _WORKSTATION)


class SecretStore:
    """Named short secrets in the operating system's keyring."""

    def __init__(self, scope: str) -> None:
        self._scope = scope

    @classmethod
    def of_platform(cls, profile_id: str, folder: DataFolder) -> "SecretStore":
        """Return the secrets of one platform on this workstation."""
        return cls(f"{profile_id}@{folder.root}")

    def get(self, name: str) -> str | None:
        """Return the secret, or None when there is none or no keyring."""
        import keyring
        from keyring.errors import KeyringError

        try:
            return keyring.get_password(_SERVICE, f"{self._scope}/{name}")
        except KeyringError as error:
            log.info("keyring not usable: %s", type(error).__name__)
            return None

    def is_usable(self) -> bool:
        """Tell whether there is a keyring that answers now; a locked one does not."""
        import keyring
        from keyring.errors import KeyringError

        try:
            keyring.get_password(_SERVICE, f"{self._scope}/probe")
        except KeyringError:
            return False
        return True

    def set(self, name: str, value: str) -> bool:
        """Keep the secret; return False when it could not be kept."""
        import keyring
        from keyring.errors import KeyringError

        try:
            keyring.set_password(_SERVICE, f"{self._scope}/{name}", value)
        except KeyringError as error:
            log.info("keyring not usable: %s", type(error).__name__)
            return False
        return True

    def delete(self, name: str) -> None:
        """Forget the secret, if it is there."""
        import keyring
        from keyring.errors import KeyringError

        try:
            keyring.delete_password(_SERVICE, f"{self._scope}/{name}")
        except KeyringError as error:
            log.info("keyring entry not deleted: %s", type(error).__name__)


class WorkstationKeyStore:
    """The workstation's P-256 key: made once, kept wrapped."""

    def __init__(self, path: Path, secrets: SecretStore, random: Callable[[int], bytes] = os.urandom) -> None:
        self._path = path
        self._secrets = secrets
        self._random = random

    def load_or_make(self) -> P256PrivateKey:
        """Return the key, making one on first use or when the stored one cannot be unwrapped any more.

        A new key means a new workstation: it must be enrolled again, and says so by its new id.

        Raises:
            UnavailableError: there is a key, but the keyring that unwraps it does not answer now
                (`general.keyring_locked`), or its file cannot be read (`general.file_unreadable`); overwriting it would
                cost every enrolment.
        """
        wrapping = self._wrapping_key()
        if wrapping is not None and self._path.is_file():
            try:
                key = load_pkcs8(aead_open(key=wrapping, counter=0, ciphertext=_read(self._path)))
            except RejectedError:
                log.info("workstation key cannot be unwrapped; a new one is made")
            else:
                assert isinstance(key, P256PrivateKey)
                return key
        if wrapping is None and self._path.is_file() and not self._secrets.is_usable():
            raise UnavailableError("general.keyring_locked")
        return self._make()

    def _make(self) -> P256PrivateKey:
        key = generate_p256()
        wrapping = self._random(_KEY_BYTES)
        if self._secrets.set(_WORKSTATION, base64.b64encode(wrapping).decode("ascii")):
            self._beside.unlink(missing_ok=True)
        else:
            write_atomic(self._beside, wrapping, private=True)
        sealed = aead_seal(key=wrapping, counter=0, plaintext=export_pkcs8(key))
        write_atomic(self._path, sealed, private=True)
        return key

    def _wrapping_key(self) -> bytes | None:
        stored = self._secrets.get(_WORKSTATION)
        if stored:
            try:
                return base64.b64decode(stored, validate=True)
            except ValueError:
                return b""  # not what we wrote: it unwraps nothing
        return _read(self._beside) if self._beside.is_file() else None

    @property
    def _beside(self) -> Path:
        return self._path.with_suffix(".wrap")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnavailableError("general.file_unreadable", type(error).__name__) from None
