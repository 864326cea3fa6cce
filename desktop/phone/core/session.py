"""One scan as the phone lives through it: the sans-I/O ceremony, the mailbox, the key store, and time.

Blocking methods for a worker thread; `cancel`, `decline`, `approve` and `extend` may come from another thread while
`wait_result` waits. Every fault ends in a named `PhoneResult` within about ten seconds: there is no state in which the
holder is left with a spinner. Source: docs/protocol.md, Ceremony; fault plan.
"""

import logging
import threading
from collections.abc import Callable

from desktop.crypto.primitives import equal
from desktop.domain.clock import Clock
from desktop.domain.errors import BidSealError, MisuseError, RejectedError, UnavailableError
from desktop.domain.operations import Operation
from desktop.domain.secret import SecretBytes
from desktop.phone.core.ceremony import Phase, PhoneCeremony
from desktop.phone.core.desk import NEW_PASSWORD, Desk
from desktop.phone.core.retry import BackOff, RelayTiming, persist
from desktop.phone.core.transport import Mailbox, MailboxGoneError
from desktop.phone.core.views import ApproveResult, ApproveState, ConsentView, PhoneOutcome, PhoneResult
from desktop.protocol.messages import Outcome, PhoneMessage, Reply, ReplyType

log = logging.getLogger(__name__)

CONSENT_S = 120
_CLOCK_WARNING_S = 600


class ScannedCeremony:
    """A scanned code. Made by `Phone.scan`, which has sent the claim already."""

    def __init__(
        self,
        *,
        core: PhoneCeremony,
        mailbox: Mailbox,
        desk: Desk,
        clock: Clock,
        timer: Clock,
        random: Callable[[int], bytes],
        timing: RelayTiming,
        language: str,
    ) -> None:
        self._core = core
        self._mailbox = mailbox
        self._desk = desk
        self._clock = clock
        self._timer = timer
        self._random = random
        self._timing = timing
        self._language = language
        self._lock = threading.RLock()
        self._reading = threading.Lock()
        self._approving = threading.Lock()
        self._over = threading.Event()
        self._result: PhoneResult | None = None
        self._has_extended = False
        self._deadline = clock.monotonic() + CONSENT_S

    # -- what can be seen ------------------------------------------------------------------------------------------

    @property
    def result(self) -> PhoneResult | None:
        """How it ended, or None while it runs."""
        with self._lock:
            return self._result

    @property
    def view(self) -> ConsentView:
        """The consent page, once accepted."""
        with self._lock:
            challenge = self._core.challenge
            # Nobody vouches for this workstation: only who stands before it can read the code (T4).
            needs_code = not challenge.is_signed and not self._core.is_near
            apart = abs(self._clock.now().timestamp() - challenge.issued_at)
            return ConsentView(
                operation=challenge.operation,
                text=self._desk.text(challenge, self._language),
                code=self._core.code if challenge.is_signed else "",
                certificates=self._desk.choices(challenge),
                needs_code=needs_code,
                needs_new_password=challenge.operation in NEW_PASSWORD,
                changes_password=challenge.operation is Operation.CHANGE_PASSWORD,
                is_signed=challenge.is_signed,
                clock_differs=apart > _CLOCK_WARNING_S,
                has_extended=self._has_extended,
                near_text=self._core.near_text if needs_code else "",
            )

    @property
    def operation(self) -> Operation:
        """What is asked for."""
        return self._core.challenge.operation

    @property
    def has_extended(self) -> bool:
        """Whether the desktop gave more time."""
        return self._has_extended

    @property
    def is_near(self) -> bool:
        """Whether the desktop has shown that it sees this phone's screen."""
        with self._lock:
            return self._core.is_near

    @property
    def may_extend(self) -> bool:
        """Whether more time may be asked for."""
        with self._lock:
            return self._result is None and self._core.may_send(PhoneMessage.EXTEND)

    def remaining_s(self) -> float:
        """Return the seconds left to consent."""
        return max(self._deadline - self._clock.monotonic(), 0.0)

    # -- waiting ---------------------------------------------------------------------------------------------------

    def wait_accepted(self, cancel: threading.Event | None = None, timeout: float | None = None) -> bool:
        """Wait for the desktop to accept the claim; True when the consent page may be shown, else see `result`."""
        cancel = cancel or threading.Event()
        until = self._timer.monotonic() + (self._timing.accept_s if timeout is None else timeout)
        self._read_while(lambda: self._core.phase is Phase.CLAIMED, cancel, until)
        if cancel.is_set():
            # The desktop may have accepted in this very moment; then it must hear that we left.
            self._read_while(lambda: self._core.phase is Phase.CLAIMED, threading.Event(), self._timer.monotonic() + 1)
            self.cancel()
        with self._lock:
            if self._core.phase is Phase.CLAIMED:
                self._end(PhoneResult(outcome=PhoneOutcome.UNREACHABLE, code="phone.desktop_silent"))
            return self._result is None

    def wait_result(self, cancel: threading.Event | None = None, timeout: float | None = None) -> PhoneResult:
        """Wait for the end; may be called from the consent page on, so that the desktop's cancel is heard at once."""
        cancel = cancel or threading.Event()
        until = None if timeout is None else self._timer.monotonic() + timeout
        self._read_while(lambda: True, cancel, until)
        result = self.result
        if result is None and not self.cancel():
            result = PhoneResult(outcome=PhoneOutcome.UNCONFIRMED, code="phone.no_receipt")
            self._end(result)
        final = self.result
        assert final is not None
        return final

    # -- the holder's acts -----------------------------------------------------------------------------------------

    def approve(
        self,
        serial: str | None,
        password: SecretBytes,
        typed_code: str = "",
        *,
        new_password: SecretBytes | None = None,
    ) -> ApproveResult:
        """Unlock the key, sign what was shown, send the answer. `new_password` of a change of it.

        Raises:
            MisuseError: the certificate is not among the view's.
        """
        with self._approving:
            with self._lock:
                if self._result is not None or not self._core.may_send(PhoneMessage.ANSWER):
                    return ApproveResult(state=ApproveState.ENDED)
                view = self.view
                if view.needs_code and not equal(typed_code.strip().encode(), self._core.code.encode()):
                    self._finish_with(PhoneMessage.DECLINE, PhoneOutcome.DECLINED, "phone.code_mismatch")
                    return ApproveResult(state=ApproveState.CODE_MISMATCH)
            try:
                return self._answer(serial, password, new_password)
            except (RejectedError, UnavailableError) as error:
                if error.code == "phone.password_weak":
                    return ApproveResult(state=ApproveState.WEAK_PASSWORD)
                # Nothing was signed: the desktop is told why, and need not wait for its time to run out.
                refused = isinstance(error, RejectedError)
                if not refused or not self._finish_with(PhoneMessage.DECLINE, PhoneOutcome.REJECTED, error.code):
                    self._fail(error)
                return ApproveResult(state=ApproveState.ENDED)

    def decline(self, reason: str = "phone.declined") -> bool:
        """Say no; False if it is too late for that."""
        return self._finish_with(PhoneMessage.DECLINE, PhoneOutcome.DECLINED, reason)

    def cancel(self) -> bool:
        """Leave; tells the desktop if it has accepted us. False if the answer is out already."""
        with self._lock:
            if self._result is not None:
                return True
            if self._core.phase in (Phase.CLAIMED, Phase.CHALLENGED, Phase.SCANNED):
                self._end(PhoneResult(outcome=PhoneOutcome.CANCELLED, code="ceremony.cancelled"))
                return True
        return self._finish_with(PhoneMessage.CANCEL, PhoneOutcome.CANCELLED, "ceremony.cancelled")

    def extend(self) -> bool:
        """Ask for another two minutes, once."""
        with self._lock:
            if self._result is not None or not self._core.may_send(PhoneMessage.EXTEND):
                return False
            frame = self._core.extend()
        try:
            self._post(frame)
        except BidSealError as error:
            self._fail(error)
            return False
        return True

    # -- small parts -----------------------------------------------------------------------------------------------

    def _answer(self, serial: str | None, password: SecretBytes, new: SecretBytes | None) -> ApproveResult:
        challenge = self._core.challenge
        unlocked = self._desk.signer(challenge, serial, password, new)
        if unlocked.signer is None:
            state = ApproveState.WRONG_PASSWORD if unlocked.tries_left else ApproveState.LOCKED
            return ApproveResult(state=state, tries_left=unlocked.tries_left)
        with self._lock:
            if self._result is not None:
                self._desk.abandon()
                return ApproveResult(state=ApproveState.ENDED)
            frame = self._core.answer(unlocked.signer, self._language)
            self._deadline = self._clock.monotonic() + self._timing.receipt_s
        self._post(frame)
        self._desk.settle()
        return ApproveResult(state=ApproveState.SENT)

    def _read_while(self, wanted: Callable[[], bool], cancel: threading.Event, until: float | None) -> None:
        """Take replies until the ceremony ends, `wanted` turns false, or it is time to stop."""
        with self._reading:
            back_off = self._back_off()
            while self._goes_on(wanted, cancel, until):
                try:
                    self._read_once(until)
                    back_off.succeeded()
                except MailboxGoneError:
                    self._gone()
                except UnavailableError as error:
                    if back_off.is_hopeless():
                        self._fail(error)
                    else:
                        back_off.wait(cancel, error)
                except RejectedError as error:
                    self._fail(error)

    def _goes_on(self, wanted: Callable[[], bool], cancel: threading.Event, until: float | None) -> bool:
        with self._lock:
            if self._result is not None or not wanted() or cancel.is_set():
                return False
            slack = self._timing.consent_slack_s
            if self._core.phase is not Phase.CLAIMED and self._clock.monotonic() > self._deadline + slack:
                self._overdue()
                return False
        return until is None or self._timer.monotonic() < until

    def _read_once(self, until: float | None) -> None:
        wait = self._timing.poll_s
        if until is not None:
            wait = max(min(wait, until - self._timer.monotonic()), 0.0)
        after = self._core.received
        for body in self._mailbox.replies(after=after, wait_s=wait, timeout_s=wait + self._timing.margin_s):
            with self._lock:
                if self._result is not None:
                    return
                reply = self._core.receive(body)
            self._act_on(reply)

    def _act_on(self, reply: Reply) -> None:
        log.info("reply %s for mailbox %s", reply.kind, self._core.token)
        if reply.kind is ReplyType.ACCEPTED:
            self._deadline = self._clock.monotonic() + CONSENT_S
        elif reply.kind is ReplyType.EXTENDED:
            self._has_extended = True
            self._deadline += CONSENT_S
        elif reply.kind is ReplyType.NEAR:
            log.info("the desktop has seen this phone: %s", self._core.is_near)
        elif reply.kind is ReplyType.STALE:
            self._end(PhoneResult(outcome=PhoneOutcome.STALE, code="ceremony.stale_code"))
        elif reply.kind is ReplyType.TAKEN:
            self._end(PhoneResult(outcome=PhoneOutcome.TAKEN, code="ceremony.taken"))
        elif reply.kind is ReplyType.ENDED:
            self._end(PhoneResult(outcome=PhoneOutcome.ENDED, code=reply.code))
        elif reply.kind is ReplyType.PROVE:
            with self._lock:
                frame = self._core.proof(self._desk.possession(reply.envelope, self._core.t2))
            self._post(frame)
        else:
            self._receipt(reply.document)

    def _receipt(self, document: bytes) -> None:
        receipt = self._core.read_receipt(document)
        if receipt.outcome in (Outcome.DONE, Outcome.PARTIAL):
            # Durable before "done" is said: after this line a crash loses nothing.
            try:
                self._desk.keep(self._core.challenge, receipt)
            except UnavailableError as error:
                # The desktop is done, this phone is not: a full disk is named, the download stays to be fetched.
                self._end(PhoneResult(outcome=PhoneOutcome.UNCONFIRMED, code=error.code))
                return
        outcome = PhoneOutcome(str(receipt.outcome))
        self._end(PhoneResult(outcome=outcome, code=receipt.code, details=receipt.results))
        self._desk.settle()

    def _finish_with(self, kind: PhoneMessage, outcome: PhoneOutcome, code: str) -> bool:
        with self._lock:
            if self._result is not None or not self._core.may_send(kind):
                return False
            frame = self._core.end(kind, code)
            self._end(PhoneResult(outcome=outcome, code=code))
        try:
            self._mailbox.post(frame, timeout_s=self._timing.margin_s)
        except BidSealError as error:
            # Nothing was signed, so nothing is lost: the desktop's own time limit ends its side.
            log.info("mailbox %s: %s did not reach the desktop: %s", self._core.token, kind, error.code)
        return True

    def _post(self, frame: bytes) -> None:
        """Send, again and again within the fault budget; the relay takes the same frame as one."""
        persist(lambda: self._mailbox.post(frame, timeout_s=self._timing.margin_s), self._back_off(), self._over)

    def _back_off(self) -> BackOff:
        return BackOff(timer=self._timer, timing=self._timing, random=self._random)

    def _gone(self) -> None:
        with self._lock:
            answered = self._core.has_answered
            outcome = PhoneOutcome.UNCONFIRMED if answered else PhoneOutcome.ENDED
            self._end(PhoneResult(outcome=outcome, code="phone.no_receipt" if answered else "phone.mailbox_gone"))

    def _overdue(self) -> None:
        answered = self._core.has_answered
        outcome = PhoneOutcome.UNCONFIRMED if answered else PhoneOutcome.EXPIRED
        self._end(PhoneResult(outcome=outcome, code="phone.no_receipt" if answered else "ceremony.answer_timeout"))

    def _fail(self, error: BidSealError) -> None:
        with self._lock:
            answered = self._core.has_answered
            if isinstance(error, MisuseError | RejectedError):
                outcome, code = PhoneOutcome.REJECTED, error.code
            elif answered:
                outcome, code = PhoneOutcome.UNCONFIRMED, "phone.no_receipt"
            else:
                outcome, code = PhoneOutcome.UNREACHABLE, error.code
            self._end(PhoneResult(outcome=outcome, code=code))

    def _end(self, result: PhoneResult) -> None:
        with self._lock:
            if self._result is None:
                log.info("mailbox %s ended: %s %s", self._core.token, result.outcome, result.code)
                self._result = result
                self._over.set()
                self._core.stop()
                self._desk.forget()
