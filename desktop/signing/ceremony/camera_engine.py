"""CameraCeremony: the desktop's side of one scan without any network, sans I/O.

    ceremony = CameraCeremony(policy=…, workstation=…, clock=…, random=…, judge=…, consume=…)
    ceremony.start(request)               # then show `ceremony.shown` in a circle
    events = ceremony.receive(text)       # whatever the camera has read
    events = ceremony.tick()

It promises what `Ceremony` promises: no effect before the answer is verified and durably consumed, one answer at most,
no end by junk. An answer counts only for the round whose challenge it was made for: it is sealed to a key that lives in
this object and dies with it (T28). Source: docs/protocol.md, Camera mode.
"""

from collections.abc import Mapping, Sequence
from typing import Unpack

from desktop.domain.errors import MisuseError, RejectedError
from desktop.protocol import cose
from desktop.protocol.camera import CameraContext, CameraKind, expect, write_message
from desktop.protocol.codec import Value
from desktop.protocol.messages import RECEIPT_USE, Outcome, Proof, Receipt
from desktop.protocol.parts import Assembler, Progress, split
from desktop.protocol.transcript import CameraTranscript
from desktop.signing.ceremony.camera_states import (
    CAMERA_TERMINAL,
    CameraState,
    CameraTrigger,
    camera_allows,
    camera_move,
)
from desktop.signing.ceremony.events import AnswerVerified, Claimed, Ended, Event, Proved, Warned
from desktop.signing.ceremony.machine import Machine, Parts
from desktop.signing.ceremony.rounds import CameraRound, CeremonyRequest

_TIMED = (CameraState.SHOWING, CameraState.READING, CameraState.PROVING, CameraState.RECEIPT)


class CameraCeremony(Machine[CameraState, CameraRound]):
    """See the module docstring. Not thread-safe: one session owns it."""

    def __init__(self, **parts: Unpack[Parts]) -> None:
        super().__init__(CameraState.NEW, **parts)
        self._assembler = Assembler()
        #: What is shown after the answer: a request for proof, or the receipt.
        self._later: tuple[str, ...] = ()

    # -- what can be seen ------------------------------------------------------------------------------------------

    @property
    def shown(self) -> tuple[str, ...]:
        """The texts to show now, one after the other, again and again; none when nothing is to be shown."""
        if self._state in (CameraState.SHOWING, CameraState.READING):
            return self._current().parts
        return self._later if self._state in (CameraState.PROVING, CameraState.RECEIPT) else ()

    @property
    def progress(self) -> Progress:
        """How much of the phone's message has been read."""
        return self._assembler.progress

    def remaining_s(self) -> float:
        """Return the seconds until the running step's time is over; 0 when none runs."""
        return max(self._deadline - self._clock.monotonic(), 0.0) if self._state in _TIMED else 0.0

    # -- what we do ------------------------------------------------------------------------------------------------

    def start(self, request: CeremonyRequest) -> list[Event]:
        """Begin.

        Raises:
            RejectedError: not by camera: a workstation that cannot sign (`ceremony.workstation_not_enrolled`), a login
                or enrolment (`ceremony.wrong_purpose`), more than eight items or more than codes can carry
                (`ceremony.too_large_for_camera`).
        """
        if not camera_allows(self._state, CameraTrigger.START):
            raise MisuseError("general.unexpected", "started twice")
        self._request = request
        self._new_round(CameraTrigger.START)
        return []

    def renew(self) -> list[Event]:
        """Show again: the same challenge after the window was hidden within its time, else a new one."""
        is_back = self._state is CameraState.PAUSED and self._clock.monotonic() < self._deadline
        if is_back:
            self._move(CameraTrigger.RENEW)
        else:
            self._new_round(CameraTrigger.RENEW)
        return []

    def hide(self) -> list[Event]:
        """Stop showing and reading because the window went to the back; `renew` goes on."""
        if camera_allows(self._state, CameraTrigger.WINDOW_HIDDEN):
            self._move(CameraTrigger.WINDOW_HIDDEN)
        return []

    def cancel(self) -> list[Event]:
        """Give up at the user's wish; past the point of effect nothing is undone, and a receipt is only put away."""
        if self._state is CameraState.RECEIPT:
            return self._end(CameraTrigger.RECEIPT_LEFT)
        if camera_allows(self._state, CameraTrigger.USER_CANCEL):
            return self._end(CameraTrigger.USER_CANCEL, "ceremony.cancelled")
        return []

    def ask_proof(self, envelope: bytes) -> list[Event]:
        """Show the CA's possession envelope to the phone; the camera then waits for its proof."""
        self._move(CameraTrigger.ASK_PROOF)
        self._show(CameraKind.PROVE, envelope)
        return []

    def finish(self, outcome: Outcome, *, code: str = "", results: Sequence[Mapping[str, Value]] = ()) -> list[Event]:
        """Say how acting on the answer went. What was done is done; the receipt is shown for a phone that wants it."""
        if outcome not in (Outcome.DONE, Outcome.PARTIAL):
            return self._end(CameraTrigger.REFUSE, code)
        receipt = Receipt(t2=self.t0, outcome=outcome, code=code, results=tuple(results)).write()
        document = cose.sign1(receipt, use=RECEIPT_USE, sign=self._workstation.sign)
        self._move(CameraTrigger.FINISH)
        self._show(CameraKind.RECEIPT, document)
        return []

    # -- what time does --------------------------------------------------------------------------------------------

    def tick(self) -> list[Event]:
        """Let time have its effect; call it at least once a second."""
        if self._state not in _TIMED or self._clock.monotonic() < self._deadline:
            return []
        if self._state is CameraState.RECEIPT:
            return self._end(CameraTrigger.RECEIPT_LEFT)
        if self._state is CameraState.PROVING:
            return self._end(CameraTrigger.PROOF_OVERDUE, "ceremony.answer_timeout")
        self._move(CameraTrigger.SHOWN_TOO_LONG)
        self._assembler.clear()
        return []

    # -- what the camera reads -------------------------------------------------------------------------------------

    def receive(self, text: str) -> list[Event]:
        """Take one text the camera has read. Whatever it is, nothing but a good answer has an effect."""
        if not camera_allows(self._state, CameraTrigger.PART) or text in self.shown:
            return []
        before = self._assembler.progress
        message = self._assembler.take(text)
        if message is None:
            if self._assembler.progress != before:
                self._move(CameraTrigger.PART)
            return []
        try:
            return self._message(message)
        except RejectedError as error:
            # Anybody may hold a code before the camera: an old answer, another phone's, this desktop's own. It is told.
            self._move(CameraTrigger.UNREADABLE)
            return [Warned(code=error.code)]

    def _message(self, message: bytes) -> list[Event]:
        if self._state is CameraState.PROVING:
            _, ciphertext = expect(message, CameraKind.PROOF)
            proof = Proof.read(self._current().open(CameraContext.PROOF, ciphertext))
            self._move(CameraTrigger.PROOF)
            return [Proved(value=proof.value)]
        _, ciphertext = expect(message, CameraKind.ANSWER)
        plaintext = self._current().open(CameraContext.ANSWER, ciphertext)
        return self._answer(CameraTranscript(challenge=self._current().challenge_bytes, answer=plaintext))

    def _answer(self, transcript: CameraTranscript) -> list[Event]:
        try:
            verified = self._judge_once(transcript)
        except RejectedError as error:
            # Made for this very round by a phone that has seen its challenge: no junk but a wrong answer.
            return self._end(CameraTrigger.BAD_ANSWER, error.code)
        self._move(CameraTrigger.GOOD_ANSWER)
        return [Claimed(phone_name=verified.claim.phone_name, check_code=""), AnswerVerified(verified=verified)]

    # -- small parts -----------------------------------------------------------------------------------------------

    def _move(self, trigger: CameraTrigger) -> None:
        self._state = camera_move(self._state, trigger)

    def _new_round(self, trigger: CameraTrigger) -> None:
        if self._request is None:
            raise MisuseError("general.unexpected", "the ceremony has not started")
        self._round = CameraRound(
            request=self._request,
            workstation=self._workstation,
            issued_at=int(self._clock.now().timestamp()),
            lifetime_s=self._policy.camera_s,
            random=self._random,
        )
        self._move(trigger)
        self._assembler.clear()
        self._deadline = self._clock.monotonic() + self._policy.camera_s

    def _show(self, kind: CameraKind, body: bytes) -> None:
        self._later = split(write_message(kind, body))
        self._deadline = self._clock.monotonic() + self._policy.camera_s

    def _end(self, trigger: CameraTrigger, code: str = "") -> list[Event]:
        self._move(trigger)
        assert self._state in CAMERA_TERMINAL
        return [Ended(state=self._state, code=code)]
