"""The phone's mobile certificates: private keys made here, wrapped at once, and the certificates that go with them.

One file for each key pair, `<id>.key`, deterministic CBOR, versioned, replaced atomically: a crash leaves the old or
the new state. A pair is pending from the moment its password is set until its certificates arrive, so that a lost
receipt never loses a key. A forgotten password is reset by the recovery wrap: one replacement of the file brings the
new password and the next recovery together, so that there is no moment at which neither opens the key.
Refuses files of another version, weak passwords, and an eleventh wrong password.
Source: docs/protocol.md §5.3; threats T29, T30, T32.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from desktop.crypto.primitives import PasswordCost
from desktop.crypto.suites import Suite, generate_key, spki_of
from desktop.domain.errors import MisuseError, RejectedError, UnavailableError
from desktop.domain.secret import SecretBytes
from desktop.phone.core.device_secrets import DeviceSecretStore
from desktop.phone.core.key_file import EntryState, KeyEntry
from desktop.phone.core.passwords import Strength, strength_of, typed_text
from desktop.phone.core.recovery_wrap import handed_in, make_recovery, open_recovery, waiting_half
from desktop.phone.core.tries import TryCounter
from desktop.phone.core.vault import (
    KeyPair,
    PasswordLock,
    check_device,
    make_lock,
    open_keys,
    unwrap_kek,
    wrap_kek,
    wrap_keys,
)
from desktop.store.files import as_problem, check_writable, remove_leftovers, sync_folder, write_atomic

__all__ = ["EntryState", "KeyEntry", "Keystore", "NewKeyOrder", "PreparedReset", "Unlocked", "WaitingHalf"]

log = logging.getLogger(__name__)

_ID_BYTES = 16


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


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingHalf:
    """A platform half that the platform does not have yet; `salt` tells of which recovery wrap it is."""

    entry_id: str
    salt: bytes
    half: SecretBytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedReset:
    """A new password made ready, so that little is left to do once the platform has let go of its half."""

    entry_id: str
    lock: PasswordLock


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
        #: In memory only: on disk they lie under the KEK.
        self._waiting: dict[str, WaitingHalf] = {}
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

    def entry(self, entry_id: str) -> KeyEntry:
        """Return one key pair.

        Raises:
            RejectedError: `phone.key_damaged`.
            UnavailableError: it cannot be read.
        """
        return self._read(self._path(entry_id))

    def create_pending(self, order: NewKeyOrder, password: SecretBytes) -> tuple[KeyEntry, KeyPair]:
        """Make a key pair, set its password, and keep it durably as pending.

        Raises:
            RejectedError: `phone.password_weak`.
            UnavailableError: it could not be written; nothing was kept.
        """
        check_new_password(password)
        pair = KeyPair(sign=generate_key(order.suite), enc=generate_key(order.suite))
        entry_id = self._random(_ID_BYTES).hex()
        wrapped, half = wrap_keys(
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
        self._wait(entry, half)
        log.info("key pair %s made for order %s", entry_id, order.order_id)
        return entry, pair

    def complete(
        self, entry_id: str, *, sign_certificate: bytes, enc_certificate: bytes, chain: tuple[bytes, ...]
    ) -> KeyEntry:
        """Keep the certificates that arrived; doing it twice is the same as once. The caller has checked them."""
        with self._lock:
            entry = replace(
                self.entry(entry_id),
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
            if self.entry(entry_id).state is not EntryState.PENDING:
                raise MisuseError("general.unexpected", "not pending")
            try:
                self._path(entry_id).unlink()
                self._waiting.pop(entry_id, None)
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
            entry = self.entry(entry_id)
            kek = self._kek(entry, password)
            keys = None
            if kek is not None:
                keys = open_keys(entry.wrapped, entry_id=entry_id, kek=kek)
                self._see_to_recovery(entry, kek)
            return Unlocked(keys=keys, tries_left=self.tries_left(entry_id))

    def change_password(self, entry_id: str, old: SecretBytes, new: SecretBytes) -> Unlocked:
        """Set a new certificate password; the keys stay the same. The result's `keys` is None if `old` is wrong.

        Raises:
            RejectedError: `phone.password_weak`; no try is counted for it.
        """
        check_new_password(new)
        with self._lock:
            entry = self.entry(entry_id)
            kek = self._kek(entry, old)
            if kek is None:
                return Unlocked(keys=None, tries_left=self.tries_left(entry_id))
            lock = self._make_lock(entry_id, new)
            changed = replace(entry, wrapped=replace(entry.wrapped, wrap=wrap_kek(kek, lock, entry_id=entry_id)))
            self._write(changed)
            self._see_to_recovery(changed, kek)
            keys = open_keys(entry.wrapped, entry_id=entry_id, kek=kek)
            return Unlocked(keys=keys, tries_left=self.tries_left(entry_id))

    # -- recovery --------------------------------------------------------------------------------------------------

    def waiting_halves(self) -> tuple[WaitingHalf, ...]:
        """Return the platform halves that are known here and still to be handed in, of pairs with certificates."""
        with self._lock:
            active = {e.entry_id for e in self.entries() if e.state is EntryState.ACTIVE}
            return tuple(w for w in self._waiting.values() if w.entry_id in active)

    def handed_in(self, waiting: WaitingHalf) -> None:
        """Forget a platform half that the platform has; of a wrap that was replaced meanwhile nothing changes.

        Raises:
            UnavailableError: it could not be written; the half is handed in again later, which changes nothing.
        """
        with self._lock:
            entry = self.entry(waiting.entry_id)
            recovery = entry.wrapped.recovery
            if recovery is not None and recovery.salt == waiting.salt and not recovery.is_handed_in:
                self._write(replace(entry, wrapped=replace(entry.wrapped, recovery=handed_in(recovery))))
            known = self._waiting.get(waiting.entry_id)
            if known is not None and known.salt == waiting.salt:
                del self._waiting[waiting.entry_id]
        log.info("recovery half of %s handed in", waiting.entry_id)

    def prepare_reset(self, entry_id: str, new: SecretBytes) -> PreparedReset:
        """Make a new password ready; everything that can fail without the platform's half fails here.

        Raises:
            RejectedError: `phone.password_weak`, `phone.other_device`, `phone.no_recovery`.
            UnavailableError: the folder cannot be written.
        """
        check_new_password(new)
        with self._lock:
            entry = self.entry(entry_id)
            check_device(entry.wrapped.wrap, self._device.secret())
            if entry.wrapped.recovery is None:
                raise RejectedError("phone.no_recovery")
            check_writable(self._folder)
            return PreparedReset(entry_id=entry_id, lock=self._make_lock(entry_id, new))

    def reset_password(self, prepared: PreparedReset, platform_half: SecretBytes) -> KeyPair:
        """Open the key by recovery and lock it under the new password and a new pair of halves; the tries start anew.

        The tries go first and the file is replaced once: a crash in between leaves the old password or the new one,
        with ten tries, and the old halves as long as the new pair is not in the file.

        Raises:
            RejectedError: `phone.recovery_mismatch`, and nothing has changed; `phone.key_damaged`.
            UnavailableError: it could not be written; the old password and the old halves hold.
        """
        entry_id = prepared.entry_id
        with self._lock:
            entry, device = self.entry(entry_id), self._device.secret()
            recovery = entry.wrapped.recovery
            if recovery is None:
                raise RejectedError("phone.no_recovery")
            kek = open_recovery(recovery, entry_id=entry_id, device=device, platform_half=platform_half)
            if kek is None:
                raise RejectedError("phone.recovery_mismatch")
            keys = open_keys(entry.wrapped, entry_id=entry_id, kek=kek)
            following = make_recovery(kek, entry_id=entry_id, device=device, random=self._random)
            wrap = wrap_kek(kek, prepared.lock, entry_id=entry_id)
            self._tries(entry_id).clear()
            self._write(replace(entry, wrapped=replace(entry.wrapped, wrap=wrap, recovery=following.wrap)))
            self._wait(self.entry(entry_id), following.platform_half)
        log.info("password of key pair %s reset", entry_id)
        return keys

    def _see_to_recovery(self, entry: KeyEntry, kek: bytes) -> None:
        """With the key open: make the recovery wrap of an old file, and know the half that is still to be handed in."""
        recovery, half = entry.wrapped.recovery, None
        if recovery is None:
            device = self._device.secret()
            made = make_recovery(kek, entry_id=entry.entry_id, device=device, random=self._random)
            entry, half = replace(entry, wrapped=replace(entry.wrapped, recovery=made.wrap)), made.platform_half
            try:
                self._write(entry)
            except UnavailableError as error:
                # The key opens all the same; the next unlock tries again.
                log.info("no recovery for %s: %s", entry.entry_id, error.code)
                return
        elif not recovery.is_handed_in:
            half = waiting_half(recovery, entry_id=entry.entry_id, kek=kek)
        if half is not None:
            self._wait(entry, half)

    def _wait(self, entry: KeyEntry, half: SecretBytes) -> None:
        assert entry.wrapped.recovery is not None
        salt = entry.wrapped.recovery.salt
        with self._lock:
            self._waiting[entry.entry_id] = WaitingHalf(entry_id=entry.entry_id, salt=salt, half=half)

    def _make_lock(self, entry_id: str, password: SecretBytes) -> PasswordLock:
        return make_lock(
            entry_id=entry_id,
            password=password,
            device=self._device.secret(),
            cost=self._cost,
            random=self._random,
        )

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
