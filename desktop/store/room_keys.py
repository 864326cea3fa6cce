"""Room keys of the tender agent: one for each envelope of a lot, durable before anybody seals a share to it.

Each lies in a file of its own, sealed under a key derived from one wrapping key in the keyring and a random salt; where
there is no keyring the wrapping key lies beside the files (docs/threat-model.md). A key is never replaced: shares that
were sealed to it open with no other. Worth nothing without the opening key. Source: docs/tendering.md §6.
"""

import base64
import threading
from collections.abc import Callable
from pathlib import Path

from desktop.crypto.primitives import aead_open, aead_seal, hkdf_sha256, sha256
from desktop.crypto.suites import P256PrivateKey, generate_p256, p256_of_scalar, scalar_of
from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.secret import SecretBytes
from desktop.protocol import codec
from desktop.store.files import make_folder, write_atomic
from desktop.store.secrets import ROOMS_SECRET, SecretStore

_KEY_BYTES = 32
_INFO = b"BIDSEAL1/room-key"
#: Suffix of a key file; the wrapping key, where it has to lie there, is called otherwise.
_SUFFIX, _BESIDE = ".room", "rooms.wrap"
_MAKING = threading.Lock()


class RoomKeyStore:
    """Makes room keys and gives them back after a restart."""

    def __init__(self, folder: Path, secrets: SecretStore, random: Callable[[int], bytes]) -> None:
        self._folder, self._secrets, self._random = folder, secrets, random

    def load(self, *, platform: str, tender: str, lot: str, envelope_id: str) -> P256PrivateKey | None:
        """Return the key of an envelope's room, None where none was ever made.

        Raises:
            UnavailableError: there is one, but it cannot be unwrapped (`opening.room_key_lost`) or not now
                (`general.keyring_locked`), or its file cannot be read.
        """
        name = _name(platform, tender, lot, envelope_id)
        stored = self._read(name)
        if stored is None:
            return None
        wrapping = self._wrapping_key()
        if wrapping is None:
            raise UnavailableError("opening.room_key_lost" if self._secrets.is_usable() else "general.keyring_locked")
        try:
            salt, sealed = stored[:_KEY_BYTES], stored[_KEY_BYTES:]
            key = hkdf_sha256(ikm=wrapping, salt=salt, info=_INFO + name.encode("ascii"))
            return p256_of_scalar(SecretBytes(aead_open(key=key, counter=0, ciphertext=sealed)))
        except RejectedError as error:
            raise UnavailableError("opening.room_key_lost", error.code) from None

    def load_or_make(self, *, platform: str, tender: str, lot: str, envelope_id: str) -> P256PrivateKey:
        """Return the key of an envelope's room, making it if there is none; it is durable when this returns.

        Raises:
            UnavailableError: as load, or it cannot be written.
        """
        # Rooms of two lots may be opened at once: a second wrapping key would take the place of the first.
        with _MAKING:
            found = self.load(platform=platform, tender=tender, lot=lot, envelope_id=envelope_id)
            return self._make(_name(platform, tender, lot, envelope_id)) if found is None else found

    def _make(self, name: str) -> P256PrivateKey:
        make_folder(self._folder)
        made, salt = generate_p256(), self._random(_KEY_BYTES)
        key = hkdf_sha256(ikm=self._wrapping_key() or self._make_wrapping_key(), salt=salt, info=_INFO + name.encode())
        sealed = aead_seal(key=key, counter=0, plaintext=scalar_of(made).reveal())
        write_atomic(self._folder / f"{name}{_SUFFIX}", salt + sealed, private=True)
        return made

    def _read(self, name: str) -> bytes | None:
        try:
            return (self._folder / f"{name}{_SUFFIX}").read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UnavailableError("general.file_unreadable", type(error).__name__) from None

    def _wrapping_key(self) -> bytes | None:
        stored = self._secrets.get(ROOMS_SECRET)
        try:
            if stored:
                return base64.b64decode(stored, validate=True)
            return (self._folder / _BESIDE).read_bytes()
        except (OSError, ValueError):
            return None

    def _make_wrapping_key(self) -> bytes:
        """Make the wrapping key; never in place of one that has only gone out of reach.

        Raises:
            UnavailableError: keys of rooms are there already (`opening.room_key_lost`, `general.keyring_locked`).
        """
        try:
            has_keys = any(path.suffix == _SUFFIX for path in self._folder.iterdir())
        except OSError as error:
            raise UnavailableError("general.file_unreadable", type(error).__name__) from None
        if has_keys:
            raise UnavailableError("opening.room_key_lost" if self._secrets.is_usable() else "general.keyring_locked")
        wrapping = self._random(_KEY_BYTES)
        if not self._secrets.set(ROOMS_SECRET, base64.b64encode(wrapping).decode("ascii")):
            write_atomic(self._folder / _BESIDE, wrapping, private=True)
        return wrapping


def _name(platform: str, tender: str, lot: str, envelope_id: str) -> str:
    return sha256(codec.encode([platform, tender, lot, envelope_id])).hex()[:_KEY_BYTES]
