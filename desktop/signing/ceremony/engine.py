"""Ceremony: the desktop's side of one scan."""

from collections.abc import Mapping, Sequence
from typing import Unpack

from desktop.domain.errors import MisuseError, RejectedError
from desktop.protocol import cose
from desktop.protocol.codec import Value
from desktop.protocol.items import hex_id
from desktop.protocol.messages import (
    RECEIPT_USE,
    Outcome,
    PhoneMessage,
    Proof,
    Reason,
    Receipt,
    Reply,
    ReplyType,
    read_frame,
)
from desktop.protocol.near import read_near
from desktop.protocol.qr import RelayQr
from desktop.protocol.transcript import Transcript
from desktop.signing.ceremony.events import (
    AnswerVerified,
    Claimed,
    CloseMailbox,
    DeleteMailbox,
    Ended,
    Event,
    OpenMailbox,
    Proved,
    SendReply,
    Warned,
)
from desktop.signing.ceremony.machine import Machine, Parts
from desktop.signing.ceremony.rounds import CeremonyRequest, Channel, Round
from desktop.signing.ceremony.transitions import TERMINAL, State, Trigger, allows, move

_ENDED_BY: dict[Trigger, str] = {
    Trigger.DECLINE: "ceremony.declined",
    Trigger.PHONE_CANCEL: "ceremony.cancelled",
    Trigger.USER_CANCEL: "ceremony.cancelled",
    Trigger.ANSWER_OVERDUE: "ceremony.answer_timeout",
    Trigger.PROOF_OVERDUE: "ceremony.answer_timeout",
}


#: What a phone may have found wrong with what it was asked to sign; every other reason is the holder's own.
_REFUSALS = frozenset(
    {
        "phone.bid_mismatch",
        "phone.recipient_missing",
        "phone.recipient_not_ours",
        "phone.attributes_differ",
        "phone.workstation_mismatch",
        "phone.key_damaged",
    }
)

#: Proximity codes that are sent back in one ceremony at most.
_MAX_SEEN = 8


class Ceremony(Machine[State, Round]):
    """See the package docstring. Not thread-safe: one session owns it."""

    def __init__(self, **parts: Unpack[Parts]) -> None:
        super().__init__(State.NEW, **parts)
        #: The round before a renewal: its last codes may still be on their way to us.
        self._previous: Round | None = None
        self._accepted: Channel | None = None
        #: Proximity codes sent back; another phone's may have been in sight as well.
        self._seen: set[str] = set()
        self._shown_since = 0.0

    # -- what can be seen ------------------------------------------------------------------------------------------

    def code(self) -> RelayQr | None:
        """Return the code to show at this second, or None when none is to be shown."""
        if self._state is not State.SHOWING:
            return None
        return self._current().code_at(self._clock.monotonic())

    def remaining_s(self) -> float:
        """Return the seconds until the running step's time is over; 0 when none runs."""
        if self._state in TERMINAL or self._state in (State.NEW, State.PAUSED, State.ACTING):
            return 0.0
        return max(self._deadline - self._clock.monotonic(), 0.0)

    # -- what we do ------------------------------------------------------------------------------------------------

    def start(self, request: CeremonyRequest) -> list[Event]:
        """Begin: returns the mailbox to open."""
        self._move(Trigger.START)
        self._request = request
        self._shown_since = self._clock.monotonic()
        return self._new_round()

    def renew(self) -> list[Event]:
        """Show a new code at the user's wish, counting the time shown anew."""
        self._move(Trigger.RENEW)
        self._shown_since = self._clock.monotonic()
        return self._new_round()

    def hide(self) -> list[Event]:
        """Stop showing because the window went to the back; `renew` shows again."""
        if self._state is State.SHOWING:
            self._move(Trigger.WINDOW_HIDDEN)
        return []

    def cancel(self) -> list[Event]:
        """Give up at the user's wish; past the point of effect it is too late and nothing happens."""
        return self._end(Trigger.USER_CANCEL) if allows(self._state, Trigger.USER_CANCEL) else []

    def see(self, text: str) -> list[Event]:
        """Take a text that this workstation's camera has read: the accepted phone's code, in place of the typed one.

        Whatever else is seen changes nothing. Only the phone knows whether it is its own value that comes back.
        """
        if not allows(self._state, Trigger.NEAR) or self._current().challenge.is_signed or text in self._seen:
            return []
        try:
            value = read_near(text)
        except RejectedError:
            return []
        if len(self._seen) >= _MAX_SEEN:
            return []
        self._seen.add(text)
        self._move(Trigger.NEAR)
        return [self._reply(Reply(kind=ReplyType.NEAR, near=value))]

    def ask_proof(self, envelope: bytes) -> list[Event]:
        """Hand the CA's possession envelope to the phone."""
        self._move(Trigger.ASK_PROOF)
        self._deadline = self._clock.monotonic() + self._policy.proof_s
        return [self._reply(Reply(kind=ReplyType.PROVE, envelope=envelope))]

    def finish(self, outcome: Outcome, *, code: str = "", results: Sequence[Mapping[str, Value]] = ()) -> list[Event]:
        """Say how acting on the answer went: the receipt that the phone waits for."""
        good = outcome in (Outcome.DONE, Outcome.PARTIAL)
        self._move(Trigger.FINISH if good else Trigger.REFUSE)
        round_, channel = self._current(), self._channel()
        receipt = Receipt(t2=round_.t2(channel), outcome=outcome, code=code, results=tuple(results)).write()
        if round_.challenge.is_signed:
            receipt = cose.sign1(receipt, use=RECEIPT_USE, sign=self._workstation.sign)
        return [
            self._reply(Reply(kind=ReplyType.RECEIPT, document=receipt)),
            DeleteMailbox(token=round_.token),
            Ended(state=self._state, code=code),
        ]

    # -- what time does --------------------------------------------------------------------------------------------

    def tick(self) -> list[Event]:
        """Let time have its effect; call it at least once a second."""
        now = self._clock.monotonic()
        events = self._forget_previous(now)
        if self._state is State.SHOWING:
            if now - self._shown_since >= self._policy.shown_s:
                self._move(Trigger.SHOWN_TOO_LONG)
            elif now >= self._deadline:
                self._move(Trigger.ROUND_OVER)
                events += self._new_round()
        elif self._state is State.CLAIMED and now >= self._deadline:
            events += self._end(Trigger.ANSWER_OVERDUE)
        elif self._state is State.PROVING and now >= self._deadline:
            events += self._end(Trigger.PROOF_OVERDUE)
        return events

    # -- what the phone says ---------------------------------------------------------------------------------------

    def receive(self, token: bytes, slot: str, frame: bytes) -> list[Event]:
        """Take one frame out of a mailbox. Whatever it holds, nothing but a good answer has an effect."""
        if self._state in TERMINAL:
            return []
        try:
            kind, ciphertext = read_frame(frame)
            if kind is PhoneMessage.CLAIM:
                return self._claim(token, slot, ciphertext)
            if self._accepted is None or slot != self._accepted.slot or token != self._current().token:
                return []
            return self._message(kind, ciphertext)
        except RejectedError as error:
            # Anybody who knows the mailbox may post junk; it must not end a ceremony (T51). It is told, not obeyed.
            return [Warned(code=error.code)]

    def _claim(self, token: bytes, slot: str, ciphertext: bytes) -> list[Event]:
        round_ = next((r for r in (self._round, self._previous) if r and r.token == token), None)
        if round_ is None:
            return []
        if self._accepted is not None and slot == self._accepted.slot:
            return []
        channel = round_.open_claim(hex_id(slot), ciphertext)
        if round_.is_repeated(channel):
            return []
        now = self._clock.monotonic()
        if not round_.is_fresh(channel.claim, now, self._policy.freshness_s):
            if allows(self._state, Trigger.STALE_CLAIM):
                self._move(Trigger.STALE_CLAIM)
            return [self._to(round_, channel, ReplyType.STALE), Warned(code="ceremony.stale_code")]
        if not allows(self._state, Trigger.FRESH_CLAIM):
            self._move(Trigger.LATER_CLAIM)
            return [self._to(round_, channel, ReplyType.TAKEN), Warned(code="ceremony.taken")]
        self._move(Trigger.FRESH_CLAIM)
        return self._accept(round_, channel, now)

    def _accept(self, round_: Round, channel: Channel, now: float) -> list[Event]:
        unused = self._previous if round_ is self._round else self._round
        self._round, self._previous, self._accepted = round_, None, channel
        self._deadline = now + self._policy.answer_s
        events: list[Event] = [
            CloseMailbox(token=round_.token),
            self._reply(Reply(kind=ReplyType.ACCEPTED, r=round_.r)),
            Claimed(phone_name=channel.claim.phone_name, check_code=round_.check_code(channel)),
        ]
        if unused is not None:
            events.append(DeleteMailbox(token=unused.token))
        return events

    def _message(self, kind: PhoneMessage, ciphertext: bytes) -> list[Event]:
        if not allows(self._state, _EXPECTED[kind]):
            return []
        round_, channel = self._current(), self._channel()
        plaintext = round_.open_message(channel, kind, ciphertext)
        if kind is PhoneMessage.ANSWER:
            return self._answer(round_, channel, plaintext)
        if kind is PhoneMessage.PROOF:
            proof = Proof.read(plaintext)
            self._move(Trigger.PROOF)
            return [Proved(value=proof.value)]
        if kind is PhoneMessage.EXTEND:
            self._move(Trigger.EXTEND)
            self._deadline += self._policy.answer_s
            return [self._reply(Reply(kind=ReplyType.EXTENDED))]
        reason = Reason.read(plaintext).code
        code = "ceremony.code_mismatch" if reason == "phone.code_mismatch" else reason if reason in _REFUSALS else ""
        return self._end(_EXPECTED[kind], code=code)

    def _answer(self, round_: Round, channel: Channel, plaintext: bytes) -> list[Event]:
        transcript = Transcript(
            challenge=round_.challenge_bytes, claim=channel.claim_bytes, r=round_.r, answer=plaintext
        )
        try:
            verified = self._judge_once(transcript)
        except RejectedError as error:
            # It came from the accepted phone over its own channel: this is no junk but a wrong answer.
            return self._end(Trigger.BAD_ANSWER, code=error.code)
        self._move(Trigger.GOOD_ANSWER)
        return [AnswerVerified(verified=verified)]

    # -- small parts -----------------------------------------------------------------------------------------------

    def _move(self, trigger: Trigger) -> None:
        self._state = move(self._state, trigger)

    def _channel(self) -> Channel:
        if self._accepted is None:
            raise MisuseError("general.unexpected", "no phone was accepted")
        return self._accepted

    def _new_round(self) -> list[Event]:
        assert self._request is not None
        now = self._clock.monotonic()
        events = self._drop(self._previous)
        self._previous = self._round
        self._round = Round(
            request=self._request,
            workstation=self._workstation,
            issued_at=int(self._clock.now().timestamp()),
            lifetime_s=self._policy.round_s,
            started=now,
            random=self._random,
        )
        self._deadline = now + self._policy.round_s
        whole_life = self._policy.round_s + 2 * self._policy.answer_s + self._policy.proof_s
        opened = OpenMailbox(
            token=self._round.token,
            owner=self._round.owner,
            challenge=self._round.mailbox_body(),
            ttl_s=whole_life,
        )
        return [*events, opened]

    def _forget_previous(self, now: float) -> list[Event]:
        previous = self._previous
        if previous is None or now - previous.started <= previous.lifetime_s + self._policy.freshness_s:
            return []
        self._previous = None
        return self._drop(previous)

    @staticmethod
    def _drop(round_: Round | None) -> list[Event]:
        return [] if round_ is None else [DeleteMailbox(token=round_.token)]

    def _end(self, trigger: Trigger, *, code: str = "") -> list[Event]:
        self._move(trigger)
        code = code or _ENDED_BY[trigger]
        events: list[Event] = []
        if self._accepted is not None:
            events.append(self._reply(Reply(kind=ReplyType.ENDED, code=code)))
        events += [*self._drop(self._previous), *self._drop(self._round), Ended(state=self._state, code=code)]
        self._previous = None
        return events

    def _reply(self, reply: Reply) -> SendReply:
        channel = self._channel()
        return SendReply(token=self._current().token, slot=channel.slot, body=channel.seal(reply))

    @staticmethod
    def _to(round_: Round, channel: Channel, kind: ReplyType) -> SendReply:
        return SendReply(token=round_.token, slot=channel.slot, body=channel.seal(Reply(kind=kind)))


_EXPECTED: dict[PhoneMessage, Trigger] = {
    PhoneMessage.ANSWER: Trigger.GOOD_ANSWER,
    PhoneMessage.DECLINE: Trigger.DECLINE,
    PhoneMessage.EXTEND: Trigger.EXTEND,
    PhoneMessage.CANCEL: Trigger.PHONE_CANCEL,
    PhoneMessage.PROOF: Trigger.PROOF,
}
