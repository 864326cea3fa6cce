"""One scan without a network: consent as always, then codes for the computer's camera, then, if wanted, its receipt.

The answer is handed over by showing it; only the receipt that the computer shows says what came of it. Leaving before
is allowed and ends in UNCONFIRMED: look at the computer. Nothing here opens a connection.
Source: docs/protocol.md, Camera mode.
"""

import logging
import threading

from desktop.domain.clock import Clock
from desktop.domain.errors import RejectedError, UnavailableError
from desktop.domain.operations import Operation
from desktop.domain.secret import SecretBytes
from desktop.phone.core.camera_ceremony import CameraPhase, CameraPhoneCeremony
from desktop.phone.core.desk import NEW_PASSWORD, Desk
from desktop.phone.core.views import ApproveResult, ApproveState, ConsentView, PhoneOutcome, PhoneResult
from desktop.protocol.items import ISSUING
from desktop.protocol.messages import Outcome, Receipt
from desktop.protocol.parts import Assembler, Progress

log = logging.getLogger(__name__)

#: Nobody waits at the other end of a line, and the phone cannot judge the challenge's age: the computer's own limit.
CAMERA_CONSENT_S = 600
_CLOCK_WARNING_S = 600


class CameraScan:
    """A challenge read by camera. Made by `Phone.take_camera_challenge`. Thread-safe."""

    def __init__(self, *, core: CameraPhoneCeremony, desk: Desk, clock: Clock, language: str) -> None:
        self._core = core
        self._desk = desk
        self._clock = clock
        self._language = language
        self._lock = threading.RLock()
        self._approving = threading.Lock()
        self._assembler = Assembler()
        self._result: PhoneResult | None = None
        self._parts: tuple[str, ...] = ()
        self._deadline = clock.monotonic() + CAMERA_CONSENT_S

    # -- what can be seen ------------------------------------------------------------------------------------------

    @property
    def result(self) -> PhoneResult | None:
        """How it ended, or None while it runs."""
        with self._lock:
            return self._result

    @property
    def operation(self) -> Operation:
        """What is asked for."""
        return self._core.challenge.operation

    @property
    def view(self) -> ConsentView:
        """The consent page."""
        challenge = self._core.challenge
        apart = abs(self._clock.now().timestamp() - challenge.issued_at)
        return ConsentView(
            operation=challenge.operation,
            text=self._desk.text(challenge, self._language),
            code="",
            certificates=self._desk.choices(challenge),
            needs_code=False,
            needs_new_password=challenge.operation in NEW_PASSWORD,
            changes_password=challenge.operation is Operation.CHANGE_PASSWORD,
            is_signed=True,
            clock_differs=apart > _CLOCK_WARNING_S,
            has_extended=False,
        )

    @property
    def parts(self) -> tuple[str, ...]:
        """The codes to show in a circle; empty before the holder has agreed."""
        with self._lock:
            return self._parts

    @property
    def progress(self) -> Progress:
        """How much of what the computer shows has been read."""
        return self._assembler.progress

    @property
    def needs_receipt(self) -> bool:
        """Whether the computer's codes must be read to get what was asked for (certificates, a seal)."""
        return self.operation in {*ISSUING, Operation.CLAIM_SEAL}

    def remaining_s(self) -> float:
        """Return the seconds left to consent."""
        return max(self._deadline - self._clock.monotonic(), 0.0)

    # -- the holder's acts -----------------------------------------------------------------------------------------

    def approve(
        self, serial: str | None, password: SecretBytes, *, new_password: SecretBytes | None = None
    ) -> ApproveResult:
        """Unlock the key, sign what was shown; `parts` then holds the answer. `new_password` of a change of it.

        Raises:
            MisuseError: the certificate is not among the view's.
        """
        with self._approving:
            if self.result is not None or self._core.phase is not CameraPhase.CONSENT:
                return ApproveResult(state=ApproveState.ENDED)
            if self.remaining_s() <= 0:
                self._end(PhoneResult(outcome=PhoneOutcome.EXPIRED, code="ceremony.answer_timeout"))
                return ApproveResult(state=ApproveState.ENDED)
            try:
                return self._answer(serial, password, new_password)
            except (RejectedError, UnavailableError) as error:
                if error.code == "phone.password_weak":
                    return ApproveResult(state=ApproveState.WEAK_PASSWORD)
                self._desk.abandon()
                self._end(PhoneResult(outcome=PhoneOutcome.REJECTED, code=error.code))
                return ApproveResult(state=ApproveState.ENDED)

    def decline(self, reason: str = "phone.declined") -> bool:
        """Say no; False if the answer was shown already. Nobody is told: the computer goes on showing its codes."""
        with self._lock:
            if self._result is not None or self._core.has_answered:
                return False
            self._end(PhoneResult(outcome=PhoneOutcome.DECLINED, code=reason))
            return True

    def cancel(self) -> bool:
        """Leave; False if the answer was shown already (`leave` then says that it is not confirmed)."""
        return self.result is not None or self.decline("ceremony.cancelled")

    def leave(self) -> PhoneResult:
        """End without a receipt: handed over, not confirmed. Returns how it ended."""
        with self._lock:
            if not self.cancel():
                self._end(PhoneResult(outcome=PhoneOutcome.UNCONFIRMED, code="phone.no_receipt"))
            assert self._result is not None
            return self._result

    def take_text(self, text: str) -> str:
        """Take what the phone's camera has read after the answer; return a problem's code, or "" (look at `result`).

        Texts that are not of this ceremony change nothing; the holder looks on.
        """
        with self._lock:
            if self._result is not None or not self._core.has_answered:
                return ""
            message = self._assembler.take(text)
            if message is None:
                return ""
            try:
                said = self._core.take(message)
                if isinstance(said, Receipt):
                    self._receipt(said)
                else:
                    self._parts = self._core.proof(self._desk.possession(said, self._core.t0))
            except RejectedError as error:
                log.info("camera: message left aside: %s", error.code)
                # The computer shows its challenge until it has read our answer, and its request until it has our proof.
                return "" if error.code == "ceremony.wrong_purpose" else error.code
            return ""

    # -- small parts -----------------------------------------------------------------------------------------------

    def _answer(self, serial: str | None, password: SecretBytes, new: SecretBytes | None) -> ApproveResult:
        unlocked = self._desk.signer(self._core.challenge, serial, password, new)
        if unlocked.signer is None:
            state = ApproveState.WRONG_PASSWORD if unlocked.tries_left else ApproveState.LOCKED
            return ApproveResult(state=state, tries_left=unlocked.tries_left)
        with self._lock:
            if self._result is not None:
                self._desk.abandon()
                return ApproveResult(state=ApproveState.ENDED)
            self._parts = self._core.answer(unlocked.signer, self._language)
        return ApproveResult(state=ApproveState.SENT)

    def _receipt(self, receipt: Receipt) -> None:
        if receipt.outcome in (Outcome.DONE, Outcome.PARTIAL):
            # Durable before "done" is said: after this line a crash loses nothing.
            try:
                self._desk.keep(self._core.challenge, receipt)
            except UnavailableError as error:
                self._end(PhoneResult(outcome=PhoneOutcome.UNCONFIRMED, code=error.code))
                return
        outcome = PhoneOutcome(str(receipt.outcome))
        self._end(PhoneResult(outcome=outcome, code=receipt.code, details=receipt.results))

    def _end(self, result: PhoneResult) -> None:
        with self._lock:
            if self._result is None:
                log.info("camera ceremony ended: %s %s", result.outcome, result.code)
                self._result = result
                self._parts = ()
                self._core.stop()
                self._desk.forget()
