"""Certificate passwords with the platform's help: tries counted on both sides, halves handed in, passwords reset.

A try is counted at the platform first, where it can be reached within seconds, then here, then looked at (T30). The
platform's word "locked" holds while it can be heard and is not written down: it may lock nothing for good, for then it
could destroy bids; the ten tries of this phone hold always. Nothing here needs a network to unlock a key.
Source: docs/protocol.md §5.3; threats T16, T30, T32.
"""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from desktop.crypto.certificates import read_certificate
from desktop.crypto.suites import sign
from desktop.domain.errors import BidSealError, RejectedError, UnavailableError
from desktop.domain.operations import CheckState
from desktop.domain.secret import SecretBytes
from desktop.phone.core.keystore import Keystore, Unlocked, WaitingHalf, check_new_password
from desktop.phone.core.platform_calls import Upload
from desktop.phone.core.recovery_calls import RecoveryCalls
from desktop.protocol.recovery import password_try_message

log = logging.getLogger(__name__)


class ResetStage(StrEnum):
    """Where the reset of a forgotten password stands."""

    UNAVAILABLE = "unavailable"
    NONE = "none"
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetStanding:
    """A reset; `reason` is why the review desk has rejected it."""

    stage: ResetStage
    reason: str = ""


_STAGES = {
    CheckState.PENDING_REVIEW: ResetStage.PENDING,
    CheckState.APPROVED: ResetStage.APPROVED,
    CheckState.REJECTED: ResetStage.REJECTED,
}


class PasswordGuard:
    """See the module docstring. Blocking, thread-safe."""

    def __init__(self, keystore: Keystore, calls: RecoveryCalls) -> None:
        self._keystore = keystore
        self._calls = calls
        self._lock = threading.Lock()
        #: Of each certificate the latest try that was right, until the platform has heard of it: (nonce, signature).
        self._passed: dict[str, tuple[bytes, bytes]] = {}
        #: What the platform has let go of and no file holds yet: a full disk does not cost another identity check.
        self._released: dict[str, SecretBytes] = {}
        self._locked: set[str] = set()

    def unlock(self, entry_id: str, serial: str, password: SecretBytes, *, online: bool = True) -> Unlocked:
        """Try a certificate password. `online` False: the platform is not asked, nor told.

        Raises:
            RejectedError, UnavailableError: as `Keystore.unlock`.
        """
        if self._keystore.tries_left(entry_id) == 0:
            return Unlocked(keys=None, tries_left=0)
        counted = self._begin(serial) if online else None
        if counted is not None and counted[0] < 0:
            return Unlocked(keys=None, tries_left=0)
        unlocked = self._keystore.unlock(entry_id, password)
        return self._counted(serial, unlocked, counted)

    def change_password(self, entry_id: str, old: SecretBytes, new: SecretBytes, *, online: bool = True) -> Unlocked:
        """Change a certificate password, the old one counted as any try.

        Raises:
            RejectedError, UnavailableError: as `Keystore.change_password`.
        """
        serial = self._serial(entry_id)
        check_new_password(new)
        if self._keystore.tries_left(entry_id) == 0:
            return Unlocked(keys=None, tries_left=0)
        counted = self._begin(serial) if serial and online else None
        if counted is not None and counted[0] < 0:
            return Unlocked(keys=None, tries_left=0)
        return self._counted(serial, self._keystore.change_password(entry_id, old, new), counted)

    def is_locked_by_platform(self, serial: str) -> bool:
        """Whether the platform has said, when last asked, that no try is left."""
        with self._lock:
            return serial in self._locked

    def settle(self) -> None:
        """Tell the platform what it has not heard: passwords that were right, halves that it is to keep.

        What does not get through stays for the next time; halves of which this process knows nothing wait, on disk,
        for the next unlock.
        """
        if not self._calls.is_possible:
            return
        try:
            for serial in self._waiting_proofs():
                self._end(serial)
            for waiting in self._keystore.waiting_halves():
                self._hand_in(waiting)
        except BidSealError as error:
            log.info("the platform was not told everything: %s", error.code)

    def standing(self, entry_id: str) -> ResetStanding:
        """Tell where the reset of a forgotten password stands.

        Raises:
            RejectedError: `phone.not_logged_in`, or what the platform says.
            UnavailableError: the platform does not answer.
        """
        self._demand_account()
        recovery = self._keystore.entry(entry_id).wrapped.recovery
        if recovery is None:
            return ResetStanding(stage=ResetStage.UNAVAILABLE)
        latest = next(iter(self._calls.reset_checks(self._serial(entry_id))), None)
        if latest is None or latest.has_lapsed or latest.state not in _STAGES:
            return ResetStanding(stage=ResetStage.NONE)
        return ResetStanding(stage=_STAGES[latest.state], reason=latest.reason)

    def request_reset(self, entry_id: str, papers: Sequence[Upload]) -> ResetStanding:
        """Hand in papers of identity, so that the password can be set anew once approved.

        Raises:
            RejectedError: `phone.not_logged_in`, or what the platform says of the papers.
            UnavailableError: the platform does not answer.
        """
        self._demand_account()
        self._calls.request_reset(self._serial(entry_id), papers)
        return ResetStanding(stage=ResetStage.PENDING)

    def reset_password(self, entry_id: str, new: SecretBytes) -> None:
        """Set a new password by recovery, after an approved identity check; the keys stay the same.

        Raises:
            RejectedError: `phone.not_logged_in`, `.password_weak`, `.no_recovery`, `.reset_not_approved`,
                `.recovery_mismatch`; nothing has changed.
            UnavailableError: the platform does not answer, or the disk is full; it can be tried again.
        """
        self._demand_account()
        prepared = self._keystore.prepare_reset(entry_id, new)
        half = self._release(entry_id)
        try:
            self._keystore.reset_password(prepared, half)
        except RejectedError:
            self._forget_released(entry_id)
            raise
        self._forget_released(entry_id)
        with self._lock:
            self._locked.discard(self._serial(entry_id))
        self.settle()

    # -- small parts -----------------------------------------------------------------------------------------------

    def _hand_in(self, waiting: WaitingHalf) -> None:
        try:
            self._calls.store(self._serial(waiting.entry_id), waiting.half)
        except RejectedError as error:
            # Another account's certificate, or one for which the platform keeps another half; others go on.
            log.info("recovery half of %s not taken: %s", waiting.entry_id, error.code)
            return
        self._keystore.handed_in(waiting)

    def _release(self, entry_id: str) -> SecretBytes:
        with self._lock:
            known = self._released.get(entry_id)
        if known is not None:
            return known
        try:
            half = self._calls.release(self._serial(entry_id))
        except RejectedError as error:
            if error.code == "platform.wrong_state":
                raise RejectedError("phone.reset_not_approved", error.detail) from None
            raise
        with self._lock:
            self._released[entry_id] = half
        return half

    def _forget_released(self, entry_id: str) -> None:
        with self._lock:
            self._released.pop(entry_id, None)

    def _begin(self, serial: str) -> tuple[int, bytes] | None:
        """Have a try counted: (left after it, nonce); left is -1 when it is locked; None where nobody counts."""
        if not self._calls.is_possible:
            return None
        try:
            # First: a new try takes the place of the one that was right.
            self._end(serial)
            left, nonce = self._calls.begin_try(serial)
        except RejectedError as error:
            if error.code == "platform.password_locked":
                with self._lock:
                    self._locked.add(serial)
                log.info("certificate %s: the platform says locked", serial)
                return -1, b""
            log.info("certificate %s: the platform does not count: %s", serial, error.code)
            return None
        except UnavailableError as error:
            log.info("certificate %s: counted here alone: %s", serial, error.code)
            return None
        with self._lock:
            self._locked.discard(serial)
        return left, nonce

    def _counted(self, serial: str, unlocked: Unlocked, counted: tuple[int, bytes] | None) -> Unlocked:
        if counted is None:
            return unlocked
        left, nonce = counted
        if unlocked.keys is None:
            return replace(unlocked, tries_left=min(unlocked.tries_left, left))
        signature = sign(unlocked.keys.sign, password_try_message(serial=serial, nonce=nonce))
        with self._lock:
            self._passed[serial] = (nonce, signature)
        return unlocked

    def _end(self, serial: str) -> None:
        with self._lock:
            proof = self._passed.get(serial)
        if proof is None:
            return
        try:
            self._calls.end_try(serial, nonce=proof[0], signature=proof[1])
        except RejectedError as error:
            log.info("certificate %s: the platform does not take the proof: %s", serial, error.code)
        with self._lock:
            if self._passed.get(serial) == proof:
                del self._passed[serial]

    def _waiting_proofs(self) -> tuple[str, ...]:
        with self._lock:
            return tuple(self._passed)

    def _demand_account(self) -> None:
        if not self._calls.is_possible:
            raise RejectedError("phone.not_logged_in")

    def _serial(self, entry_id: str) -> str:
        certificate = self._keystore.entry(entry_id).sign_certificate
        return str(read_certificate(certificate).serial) if certificate else ""
