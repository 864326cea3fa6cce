"""What every scan does, whatever carries it: one thread, an inbox, the use case's effect, the journal, the snapshots.

A subclass owns a state machine, feeds it and carries out what it wants. Snapshots are published to a plain callback on
this thread. Whatever happens, the session ends in a named state and its threads end with it.
Source: design.md §2 (Engine).
"""

import logging
import queue
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any

from desktop.domain.clock import Clock
from desktop.domain.errors import BidSealError, RejectedError, UnavailableError
from desktop.domain.problems import UNEXPECTED
from desktop.formats.answer import VerifiedAnswer
from desktop.portal.relay import RelayClient
from desktop.protocol.items import SECRET_RESULTS
from desktop.protocol.messages import Outcome
from desktop.protocol.transcript import AnyTranscript
from desktop.services.action import Action, AskProof, Finish, ItemResult, Preparation
from desktop.services.ceremony_view import CeremonyView, Stage
from desktop.signing.ceremony import (
    CAMERA_TERMINAL,
    TERMINAL,
    AnswerVerified,
    CameraCeremony,
    CameraState,
    Ceremony,
    CeremonyPolicy,
    CeremonyRequest,
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
)
from desktop.store.journal import EntryState, Journal

log = logging.getLogger(__name__)

_TICK_S = 0.2


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


class Command(StrEnum):
    """What the window wants of a running session."""

    CANCEL = "cancel"
    RENEW = "renew"
    HIDE = "hide"


@dataclass(frozen=True, slots=True)
class Seen:
    """A text that the camera has read."""

    text: str


_PERCENT = 100


class ScanSession(ABC):
    """One scan from preparation to receipt; see the module docstring.

    A subclass makes `_ceremony`, and says by `_renewable` in which states it may show again.
    """

    _ceremony: Ceremony | CameraCeremony
    _renewable: frozenset[State | CameraState]

    def __init__(
        self,
        *,
        parts: SessionParts,
        action: Action,
        publish: Callable[[CeremonyView], None],
        view: CeremonyView,
        offline: bool = False,
    ) -> None:
        self._parts = parts
        self._action = action
        self._publish = publish
        self._view = view
        self._offline = offline
        self._inbox: queue.Queue[Any] = queue.Queue()
        self._cancelled = threading.Event()
        self._consumed: bytes | None = None
        self._thread = threading.Thread(target=self._run, name="ceremony", daemon=True)

    # -- called by the window, from any thread ---------------------------------------------------------------------

    def start(self) -> None:
        """Begin preparing; views follow."""
        self._thread.start()

    def cancel(self) -> None:
        """Give up unless the effect has already begun; a receipt by camera is put away."""
        self._cancelled.set()
        self._inbox.put(Command.CANCEL)

    def renew(self) -> None:
        """Show again, or show a new code."""
        self._inbox.put(Command.RENEW)

    def hide(self) -> None:
        """The window went to the back."""
        self._inbox.put(Command.HIDE)

    def take_text(self, text: str) -> None:
        """Take a text that this workstation's camera has read; what it may be is the state machine's to say."""
        self._inbox.put(Seen(text))

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
            self._wind_up()
            self._action.close()

    def _live(self) -> None:
        self._show(self._view)
        request = self._action.prepare(
            Preparation(report=self._report, check=self._check, leave_out=self._leave_out, offline=self._offline)
        )
        self._check()
        self._begin(request)
        while not self._is_over():
            self._refresh()
            try:
                message = self._inbox.get(timeout=_TICK_S)
            except queue.Empty:
                message = None
            self._step(message)
        if not self._view.is_over:
            self._refresh()

    def _begin(self, request: CeremonyRequest) -> None:
        self._carry_out(self._ceremony.start(request))

    def _is_over(self) -> bool:
        return self._ceremony.state in TERMINAL | CAMERA_TERMINAL

    def _obey(self, command: Command) -> None:
        if command is Command.CANCEL:
            self._carry_out(self._ceremony.cancel())
        elif command is Command.HIDE:
            self._carry_out(self._ceremony.hide())
        elif self._ceremony.state in self._renewable:
            self._carry_out(self._ceremony.renew())

    @abstractmethod
    def _step(self, message: Any | None) -> None:
        """Feed one message of the inbox, or nothing but time."""

    @abstractmethod
    def _give_up(self, code: str, detail: str) -> None:
        """End after a fault of our own."""

    @abstractmethod
    def _wind_up(self) -> None:
        """Let go of what the session holds."""

    @abstractmethod
    def _refresh(self) -> None:
        """Show where the state machine stands."""

    # -- the effect ------------------------------------------------------------------------------------------------

    def _carry_out(self, events: list[Event]) -> None:
        """Do what the state machine wants."""
        for event in events:
            if isinstance(event, Claimed):
                self._show(replace(self._view, phone_name=event.phone_name, check_code=event.check_code))
            elif isinstance(event, Warned):
                log.info("ceremony warning %s", event.code)
                self._show(replace(self._view, warning=event.code))
            elif isinstance(event, AnswerVerified):
                self._refresh()
                self._act(partial(self._action.act, event.verified))
            elif isinstance(event, Proved):
                self._act(partial(self._action.prove, event.value))
            elif isinstance(event, Ended):
                self._ended(event)
            else:
                self._deliver(event)

    @abstractmethod
    def _deliver(self, event: OpenMailbox | CloseMailbox | DeleteMailbox | SendReply) -> None:
        """Carry a message of the state machine to the relay."""

    def _ended(self, event: Ended) -> None:
        if event.state in (State.DONE, CameraState.DONE):
            self._show(replace(self._view, stage=Stage.DONE, qr_text="", codes=(), remaining_s=0, problem=event.code))
        else:
            self._fail(event.code, self._view.detail)

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

    def _fail(self, code: str, detail: str) -> None:
        self._show(
            replace(self._view, stage=Stage.PROBLEM, qr_text="", codes=(), remaining_s=0, problem=code, detail=detail)
        )

    def _report(self, done: int, total: int, text: str) -> None:
        """Tell how far the work is, once a percent: there may be as many reports as buffers."""
        before, whole, name = self._view.progress
        if (
            (total, text) == (whole, name)
            and total > _PERCENT
            and done * _PERCENT // total == before * _PERCENT // total
        ):
            return
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
