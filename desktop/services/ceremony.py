"""A ceremony in the world: one thread that owns the state machine, feeds it and carries out what it wants.

Relay waiters, the window and the clock only post to the inbox. Snapshots (`CeremonyView`) are published to a plain
callback on this thread. Whatever happens, the session ends in a named state and its threads end with it.
Source: design.md §2 (Engine), docs/protocol.md §1.
"""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

from desktop.domain.clock import Clock
from desktop.domain.errors import BidSealError, RejectedError, UnavailableError
from desktop.domain.operations import Operation
from desktop.domain.problems import UNEXPECTED
from desktop.formats.answer import VerifiedAnswer
from desktop.portal.relay import RelayClient
from desktop.protocol.display import ConsentText, consent_text
from desktop.protocol.items import SECRET_RESULTS
from desktop.protocol.messages import Outcome
from desktop.protocol.transcript import AnyTranscript
from desktop.services.action import Action, AskProof, Finish, ItemResult, Preparation
from desktop.services.mailbox import MailboxListener
from desktop.signing.ceremony import (
    TERMINAL,
    AnswerVerified,
    Ceremony,
    CeremonyPolicy,
    Claimed,
    CloseMailbox,
    DeleteMailbox,
    Ended,
    Event,
    OpenMailbox,
    Proved,
    SendReply,
    State,
    Warned,
    Workstation,
)
from desktop.store.journal import EntryState, Journal

log = logging.getLogger(__name__)

_TICK_S = 0.2
_REPLY_TRIES = 3
_LINGER_S = 30
_MAX_LOSSES = 3


class Stage(StrEnum):
    """What the page shows."""

    PREPARING = "preparing"
    SHOWING = "showing"
    PAUSED = "paused"
    CLAIMED = "claimed"
    ACTING = "acting"
    DONE = "done"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class CeremonyView:
    """Everything a page needs to show a ceremony. `problem` and `warning` are catalogue codes."""

    stage: Stage
    operation: Operation | None = None
    qr_text: str = ""
    remaining_s: int = 0
    text: ConsentText | None = None
    phone_name: str = ""
    check_code: str = ""
    code_is_typed: bool = False
    warning: str = ""
    offline: bool = False
    problem: str = ""
    detail: str = ""
    progress: tuple[int, int, str] = (0, 0, "")
    details: tuple[ItemResult, ...] = ()
    left_out: tuple[ItemResult, ...] = ()
    outcome: Outcome | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self.stage in (Stage.DONE, Stage.PROBLEM)


_STAGES: dict[State, Stage] = {
    State.SHOWING: Stage.SHOWING,
    State.PAUSED: Stage.PAUSED,
    State.CLAIMED: Stage.CLAIMED,
    State.ACTING: Stage.ACTING,
    State.PROVING: Stage.ACTING,
    State.DONE: Stage.DONE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionParts:
    """What every session of this workstation works with."""

    relay: RelayClient
    base_url: str
    clock: Clock
    random: Callable[[int], bytes]
    policy: CeremonyPolicy
    journal: Journal
    judge: Callable[[AnyTranscript], VerifiedAnswer]


@dataclass(frozen=True, slots=True)
class _Frame:
    token: bytes
    slot: str
    body: bytes


@dataclass(frozen=True, slots=True)
class _Link:
    online: bool


@dataclass(frozen=True, slots=True)
class _Opened:
    token: bytes


@dataclass(frozen=True, slots=True)
class _Lost:
    token: bytes
    code: str


class _Command(StrEnum):
    CANCEL = "cancel"
    RENEW = "renew"
    HIDE = "hide"
    STOP = "stop"


class Session:
    """One scan from preparation to receipt. `workstation` says who asks; `language` is of the lines shown here."""

    def __init__(
        self,
        *,
        parts: SessionParts,
        workstation: Workstation,
        action: Action,
        publish: Callable[[CeremonyView], None],
        language: str = "zh",
    ) -> None:
        self._parts = parts
        self._action = action
        self._publish = publish
        self._language = language
        self._inbox: queue.Queue[_Frame | _Link | _Opened | _Lost | _Command] = queue.Queue()
        self._cancelled = threading.Event()
        self._mailboxes: dict[bytes, MailboxListener] = {}
        self._view = CeremonyView(stage=Stage.PREPARING)
        self._ceremony = Ceremony(
            policy=parts.policy,
            workstation=workstation,
            clock=parts.clock,
            random=parts.random,
            judge=self._judge,
            consume=self._consume,
        )
        self._consumed: bytes | None = None
        #: The current round's mailbox, and whether it stands: no code is shown that no phone could follow.
        self._token = b""
        self._is_open = False
        self._losses = 0
        self._thread = threading.Thread(target=self._run, name="ceremony", daemon=True)

    # -- called by the window, from any thread ---------------------------------------------------------------------

    def start(self) -> None:
        """Begin preparing; views follow."""
        self._thread.start()

    def cancel(self) -> None:
        """Give up unless the effect has already begun."""
        self._cancelled.set()
        self._inbox.put(_Command.CANCEL)

    def renew(self) -> None:
        """Show a new code."""
        self._inbox.put(_Command.RENEW)

    def hide(self) -> None:
        """The window went to the back."""
        self._inbox.put(_Command.HIDE)

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait for the end; return whether it came."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    # -- the thread ------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._live()
        except BidSealError as error:
            self._give_up(error.code, error.detail)
        except Exception as error:
            log.exception("ceremony session failed")
            self._give_up(UNEXPECTED, type(error).__name__)
        finally:
            for mailbox in self._mailboxes.values():
                mailbox.stop(linger_s=_LINGER_S)
            for mailbox in self._mailboxes.values():
                mailbox.join()
            self._action.close()

    def _live(self) -> None:
        self._show(self._view)
        request = self._action.prepare(Preparation(report=self._report, check=self._check, leave_out=self._leave_out))
        self._check()
        self._carry_out(self._ceremony.start(request))
        while self._ceremony.state not in TERMINAL:
            self._refresh()
            self._step()
        if not self._view.is_over:
            self._refresh()

    def _step(self) -> None:
        try:
            message = self._inbox.get(timeout=_TICK_S)
        except queue.Empty:
            self._carry_out(self._ceremony.tick())
            return
        if isinstance(message, _Frame):
            self._carry_out(self._ceremony.receive(message.token, message.slot, message.body))
        elif isinstance(message, _Link):
            self._view = replace(self._view, offline=not message.online)
        elif isinstance(message, _Opened):
            self._is_open = self._is_open or message.token == self._token
        elif isinstance(message, _Lost):
            self._mailbox_lost(message)
        else:
            self._obey(message)
        self._carry_out(self._ceremony.tick())

    def _obey(self, command: _Command) -> None:
        if command is _Command.CANCEL:
            self._carry_out(self._ceremony.cancel())
        elif command is _Command.HIDE:
            self._carry_out(self._ceremony.hide())
        elif self._ceremony.state in (State.SHOWING, State.PAUSED):
            self._carry_out(self._ceremony.renew())

    def _mailbox_lost(self, lost: _Lost) -> None:
        """The relay has dropped a mailbox: show a new code, or end where a phone was talking through it."""
        if lost.token != self._token:
            return
        self._losses += 1
        if self._ceremony.state is State.SHOWING and self._losses <= _MAX_LOSSES:
            self._carry_out(self._ceremony.renew())
        elif self._ceremony.state not in (State.PAUSED, *TERMINAL):
            raise UnavailableError("ceremony.relay_unreachable", lost.code)

    # -- carrying out ----------------------------------------------------------------------------------------------

    def _carry_out(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, OpenMailbox):
                self._open(event)
            elif isinstance(event, SendReply | CloseMailbox | DeleteMailbox):
                self._deliver(event)
            elif isinstance(event, Claimed):
                self._show(replace(self._view, phone_name=event.phone_name, check_code=event.check_code))
            elif isinstance(event, Warned):
                log.info("ceremony warning %s", event.code)
                self._show(replace(self._view, warning=event.code))
            elif isinstance(event, AnswerVerified):
                self._refresh()
                self._act(partial(self._action.act, event.verified))
            elif isinstance(event, Proved):
                self._act(partial(self._action.prove, event.value))
            else:
                self._ended(event)

    def _deliver(self, event: SendReply | CloseMailbox | DeleteMailbox) -> None:
        mailbox = self._mailboxes[event.token]
        if isinstance(event, SendReply):
            mailbox.reply(event.slot, event.body, tries=_REPLY_TRIES)
        elif isinstance(event, CloseMailbox):
            mailbox.close()
        else:
            mailbox.stop(linger_s=_LINGER_S)

    def _open(self, event: OpenMailbox) -> None:
        listener = MailboxListener(
            relay=self._parts.relay,
            token=event.token,
            owner=event.owner,
            on_open=lambda: self._inbox.put(_Opened(event.token)),
            on_frame=lambda slot, body: self._inbox.put(_Frame(event.token, slot, body)),
            on_link=lambda online: self._inbox.put(_Link(online)),
            on_lost=lambda code: self._inbox.put(_Lost(event.token, code)),
        )
        self._mailboxes[event.token] = listener
        self._token, self._is_open = event.token, False
        listener.start(challenge=event.challenge, ttl_s=event.ttl_s)
        challenge = self._ceremony.challenge
        self._view = replace(
            self._view,
            operation=challenge.operation,
            text=consent_text(challenge, self._language),
            code_is_typed=not challenge.is_signed,
        )

    def _act(self, effect: Callable[[], Finish | AskProof]) -> None:
        """Run the use case. Its failure is the ceremony's, told to the phone and to the user alike."""
        try:
            step = effect()
        except RejectedError as error:
            self._view = replace(self._view, detail=error.detail)
            step = Finish(outcome=Outcome.REFUSED, code=error.code)
        except UnavailableError as error:
            self._view = replace(self._view, detail=error.detail)
            step = Finish(outcome=Outcome.FAILED, code=error.code)
        except Exception as error:
            log.exception("the effect of a verified answer failed")
            self._view = replace(self._view, detail=type(error).__name__)
            step = Finish(outcome=Outcome.FAILED, code=UNEXPECTED)
        if isinstance(step, AskProof):
            self._carry_out(self._ceremony.ask_proof(step.envelope))
            return
        self._view = replace(self._view, details=step.details, outcome=step.outcome)
        good = step.outcome in (Outcome.DONE, Outcome.PARTIAL)
        if self._consumed is not None:
            result = "; ".join(d.target for d in step.details) if good else step.code
            self._note(self._consumed, EntryState.DONE if good else EntryState.FAILED, result)
        self._carry_out(self._ceremony.finish(step.outcome, code=step.code, results=step.results))

    def _note(self, ceremony_id: bytes, state: EntryState, result: str) -> None:
        """Write the end into the journal; what was done stays done and is told, even where that cannot be written."""
        try:
            self._parts.journal.finish(ceremony_id, state, result)
        except UnavailableError as error:
            log.info("end of a ceremony not journalled: %s", error.code)

    def _judge(self, transcript: AnyTranscript) -> VerifiedAnswer:
        try:
            return self._parts.judge(transcript)
        except UnavailableError as error:
            # Who cannot be asked cannot vouch: fail closed, and say which it was.
            raise RejectedError(error.code, error.detail) from None

    def _consume(self, verified: VerifiedAnswer) -> bool:
        operation = verified.challenge.operation
        try:
            consumed = self._parts.journal.consume(
                verified.t0,
                operation=str(operation),
                subject=self._action.subject(),
                # A share opens a bid: it is written nowhere.
                answer=b"" if operation in SECRET_RESULTS else verified.transcript.write(),
                at=self._parts.clock.now(),
            )
        except UnavailableError as error:
            # Not durable means not consumed: the answer must not take effect, and the phone must hear why.
            raise RejectedError(error.code, error.detail) from None
        if consumed:
            self._consumed = verified.t0
        return consumed

    # -- showing ---------------------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        stage = _STAGES.get(self._ceremony.state)
        if stage is None:
            return
        code = self._ceremony.code() if self._is_open else None
        self._show(
            replace(
                self._view,
                stage=stage,
                qr_text=code.write(self._parts.base_url) if code else "",
                remaining_s=int(self._ceremony.remaining_s()),
                warning="" if stage is Stage.PAUSED else self._view.warning,
            )
        )

    def _give_up(self, code: str, detail: str) -> None:
        """End after a fault of our own; a phone that waits is told, so that it need not time out."""
        acting = self._ceremony.state is State.ACTING
        events = self._ceremony.finish(Outcome.FAILED, code=code) if acting else self._ceremony.cancel()
        for event in events:
            if isinstance(event, SendReply):
                self._deliver(event)
        self._fail(code, detail)

    def _ended(self, event: Ended) -> None:
        if event.state is State.DONE:
            self._show(replace(self._view, stage=Stage.DONE, qr_text="", remaining_s=0, problem=event.code))
        else:
            self._fail(event.code, self._view.detail)

    def _fail(self, code: str, detail: str) -> None:
        self._show(replace(self._view, stage=Stage.PROBLEM, qr_text="", remaining_s=0, problem=code, detail=detail))

    def _report(self, done: int, total: int, text: str) -> None:
        self._show(replace(self._view, progress=(done, total, text)))

    def _leave_out(self, items: tuple[ItemResult, ...]) -> None:
        self._view = replace(self._view, left_out=items)

    def _check(self) -> None:
        if self._cancelled.is_set():
            raise RejectedError("ceremony.cancelled")

    def _show(self, view: CeremonyView) -> None:
        if view != self._view or view.stage is Stage.PREPARING:
            self._view = view
            self._publish(view)
