"""The phone's mobile certificates: private keys made here, wrapped at once, and the certificates that go with them.

One file for each key pair, `<id>.key`, deterministic CBOR, versioned, replaced atomically: a crash leaves the old or
the new state. A pair is pending from the moment its password is set until its certificates arrive, so that a lost
receipt never loses a key. Refuses files of another version, weak passwords, and an eleventh wrong password.
Source: docs/protocol.md, Keys and certificates; threats T29, T30.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from desktop.crypto.primitives import PasswordCost
from desktop.crypto.suites import Suite, generate_key, spki_of
from desktop.domain.errors import MisuseError, RejectedError, UnavailableError
from desktop.domain.secret import SecretBytes
from desktop.phone.core.device_secrets import DeviceSecretStore
from desktop.phone.core.passwords import Strength, strength_of, typed_text
from desktop.phone.core.tries import TryCounter
from desktop.phone.core.vault import KeyPair, WrappedKeys, check_device, open_keys, unwrap_kek, wrap_kek, wrap_keys
from desktop.protocol import codec
from desktop.protocol.codec import Value
from desktop.protocol.items import hex_id
from desktop.protocol.schema import array, blob, fields, integer, one_of, text
from desktop.store.files import as_problem, remove_leftovers, sync_folder, write_atomic

log = logging.getLogger(__name__)

_VERSION = 1
_ID_BYTES = 16
_MAX_CERTIFICATE_BYTES = 4096


class EntryState(StrEnum):
    """Whether the certificates of a key pair have arrived."""

    PENDING = "pending"
    ACTIVE = "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyEntry:
    """A key pair at rest with everything that is public about it. Certificates are DER and empty while pending."""

    entry_id: str
    state: EntryState
    order_id: str
    holder: str
    organization: str
    credit_code: str
    suite: Suite
    made_at: int
    sign_spki: bytes
    enc_spki: bytes
    wrapped: WrappedKeys
    sign_certificate: bytes = b""
    enc_certificate: bytes = b""
    chain: tuple[bytes, ...] = ()

    def write(self) -> bytes:
        """Encode the file."""
        body: dict[str, Value] = {
            "v": _VERSION,
            "id": self.entry_id,
            "state": str(self.state),
            "order": self.order_id,
            "holder": self.holder,
            "org": self.organization,
            "code": self.credit_code,
            "suite": str(self.suite),
            "made": self.made_at,
            "sign_spki": self.sign_spki,
            "enc_spki": self.enc_spki,
            "keys": self.wrapped.to_map(),
            "sign_cert": self.sign_certificate,
            "enc_cert": self.enc_certificate,
            "chain": list(self.chain),
        }
        return codec.encode(body)

    @staticmethod
    def read(data: bytes) -> "KeyEntry":
        """Decode the file.

        Raises:
            RejectedError: it is not one of ours, or of another version.
        """
        certificate = blob(0, _MAX_CERTIFICATE_BYTES)
        f = fields(
            codec.decode(data),
            {
                "v": integer(_VERSION, _VERSION),
                "id": hex_id,
                "state": one_of(EntryState),
                "order": hex_id,
                "holder": text(120),
                "org": text(120, empty=True),
                "code": text(32, empty=True),
                "suite": one_of(Suite),
                "made": integer(0, 2**40),
                "sign_spki": blob(1, 600),
                "enc_spki": blob(1, 600),
                "keys": WrappedKeys.from_map,
                "sign_cert": certificate,
                "enc_cert": certificate,
                "chain": array(certificate, maximum=4),
            },
        )
        return KeyEntry(
            entry_id=f["id"],
            state=f["state"],
            order_id=f["order"],
            holder=f["holder"],
            organization=f["org"],
            credit_code=f["code"],
            suite=f["suite"],
            made_at=f["made"],
            sign_spki=f["sign_spki"],
            enc_spki=f["enc_spki"],
            wrapped=f["keys"],
            sign_certificate=f["sign_cert"],
            enc_certificate=f["enc_cert"],
            chain=f["chain"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKeyOrder:
    """For what a new key pair is made."""

    order_id: str
    holder: str
    organization: str
    credit_code: str
    suite: Suite
    made_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlocked:
    """What came of a password: the keys, or None and how many tries are left (0: locked until reset)."""

    keys: KeyPair | None
    tries_left: int


class Keystore:
    """All key pairs of one phone. Safe to use from several threads."""

    def __init__(
        self, *, folder: Path, device: DeviceSecretStore, random: Callable[[int], bytes], cost: PasswordCost
    ) -> None:
        self._folder = folder
        self._device = device
        self._random = random
        self._cost = cost
        #: One password at a time: Argon2id takes 64 MiB each, and the count stays exact without a race to think about.
        self._lock = threading.RLock()
        remove_leftovers(folder, ".*.tmp")

    def entries(self) -> tuple[KeyEntry, ...]:
        """Return all key pairs, oldest first; a file that cannot be read is left where it is and not listed."""
        found: list[KeyEntry] = []
        for path in sorted(self._folder.glob("*.key")):
            try:
                found.append(self._read(path))
            except (RejectedError, UnavailableError) as error:
                if not path.exists():
                    continue  # discarded between listing and reading
                log.warning("key file %s is not readable: %s", path.stem, error.code)
        return tuple(sorted(found, key=lambda e: (e.made_at, e.entry_id)))

    def create_pending(self, order: NewKeyOrder, password: SecretBytes) -> tuple[KeyEntry, KeyPair]:
        """Make a key pair, set its password, and keep it durably as pending.

        Raises:
            RejectedError: `phone.password_weak`.
            UnavailableError: it could not be written; nothing was kept.
        """
        check_new_password(password)
        pair = KeyPair(sign=generate_key(order.suite), enc=generate_key(order.suite))
        entry_id = self._random(_ID_BYTES).hex()
        wrapped = wrap_keys(
            pair,
            entry_id=entry_id,
            password=password,
            device=self._device.secret(),
            cost=self._cost,
            random=self._random,
        )
        entry = KeyEntry(
            entry_id=entry_id,
            state=EntryState.PENDING,
            order_id=order.order_id,
            holder=order.holder,
            organization=order.organization,
            credit_code=order.credit_code,
            suite=order.suite,
            made_at=order.made_at,
            sign_spki=spki_of(pair.sign),
            enc_spki=spki_of(pair.enc),
            wrapped=wrapped,
        )
        self._write(entry)
        log.info("key pair %s made for order %s", entry_id, order.order_id)
        return entry, pair

    def complete(
        self, entry_id: str, *, sign_certificate: bytes, enc_certificate: bytes, chain: tuple[bytes, ...]
    ) -> KeyEntry:
        """Keep the certificates that arrived; doing it twice is the same as once. The caller has checked them."""
        with self._lock:
            entry = replace(
                self._entry(entry_id),
                state=EntryState.ACTIVE,
                sign_certificate=sign_certificate,
                enc_certificate=enc_certificate,
                chain=chain,
            )
            self._write(entry)
        log.info("key pair %s is complete", entry_id)
        return entry

    def discard(self, entry_id: str) -> None:
        """Delete a pending key pair.

        Raises:
            MisuseError: it is not pending; keys with certificates are never deleted here.
        """
        with self._lock:
            if self._entry(entry_id).state is not EntryState.PENDING:
                raise MisuseError("general.unexpected", "not pending")
            try:
                self._path(entry_id).unlink()
                sync_folder(self._folder)
                self._tries(entry_id).remove()
            except OSError as error:
                raise as_problem(error) from None

    def tries_left(self, entry_id: str) -> int:
        """Return how many wrong passwords the key pair still takes."""
        return self._tries(entry_id).left()

    def unlock(self, entry_id: str, password: SecretBytes) -> Unlocked:
        """Try a password. The try is on disk before the password is looked at.

        Raises:
            RejectedError: `phone.other_device`, `phone.key_damaged`.
            UnavailableError: the try could not be written.
        """
        with self._lock:
            entry = self._entry(entry_id)
            kek = self._kek(entry, password)
            keys = None if kek is None else open_keys(entry.wrapped, entry_id=entry_id, kek=kek)
            return Unlocked(keys=keys, tries_left=self.tries_left(entry_id))

    def change_password(self, entry_id: str, old: SecretBytes, new: SecretBytes) -> Unlocked:
        """Set a new certificate password; the keys stay the same. The result's `keys` is None if `old` is wrong.

        Raises:
            RejectedError: `phone.password_weak`; no try is counted for it.
        """
        check_new_password(new)
        with self._lock:
            entry = self._entry(entry_id)
            kek = self._kek(entry, old)
            if kek is None:
                return Unlocked(keys=None, tries_left=self.tries_left(entry_id))
            wrap = wrap_kek(
                kek,
                entry_id=entry_id,
                password=new,
                device=self._device.secret(),
                cost=self._cost,
                random=self._random,
            )
            self._write(replace(entry, wrapped=replace(entry.wrapped, wrap=wrap)))
            keys = open_keys(entry.wrapped, entry_id=entry_id, kek=kek)
            return Unlocked(keys=keys, tries_left=self.tries_left(entry_id))

    def _kek(self, entry: KeyEntry, password: SecretBytes) -> bytes | None:
        device = self._device.secret()
        check_device(entry.wrapped.wrap, device)
        tries = self._tries(entry.entry_id)
        if not tries.take():
            log.info("key pair %s is locked", entry.entry_id)
            return None
        kek = unwrap_kek(entry.wrapped.wrap, entry_id=entry.entry_id, password=password, device=device)
        if kek is not None:
            tries.give_back()
        return kek

    def _entry(self, entry_id: str) -> KeyEntry:
        return self._read(self._path(entry_id))

    def _read(self, path: Path) -> KeyEntry:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise UnavailableError("general.file_unreadable", type(error).__name__) from None
        try:
            entry = KeyEntry.read(data)
        except RejectedError as error:
            raise RejectedError("phone.key_damaged", error.detail) from None
        if entry.entry_id != path.stem:
            raise RejectedError("phone.key_damaged", "id")
        return entry

    def _write(self, entry: KeyEntry) -> None:
        write_atomic(self._path(entry.entry_id), entry.write(), private=True)

    def _path(self, entry_id: str) -> Path:
        return self._folder / f"{entry_id}.key"

    def _tries(self, entry_id: str) -> TryCounter:
        return TryCounter(self._folder / f"{entry_id}.tries")


def check_new_password(password: SecretBytes) -> None:
    """Demand a password that is worth setting.

    Raises:
        RejectedError: `phone.password_weak`.
    """
    if strength_of(typed_text(password)) is Strength.TOO_WEAK:
        raise RejectedError("phone.password_weak")
