"""What every scan does, whatever carries it: one thread, an inbox, the use case's effect, the journal, the snapshots.

A subclass owns a state machine, feeds it and carries out what it wants. Snapshots are published to a plain callback on
this thread. Whatever happens, the session ends in a named state and its threads end with it.
Source: design.md §2 (Engine).
"""

import logging
import queue
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from desktop.domain.clock import Clock
from desktop.domain.errors import BidSealError, RejectedError, UnavailableError
from desktop.domain.problems import UNEXPECTED
from desktop.formats.answer import VerifiedAnswer
from desktop.portal.relay import RelayClient
from desktop.protocol.codec import Value
from desktop.protocol.items import SECRET_RESULTS
from desktop.protocol.messages import Outcome
from desktop.protocol.transcript import AnyTranscript
from desktop.services.action import Action, AskProof, Finish, ItemResult, Preparation
from desktop.services.ceremony_view import CeremonyView, Stage
from desktop.signing.ceremony import CeremonyPolicy, CeremonyRequest, Event
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


_PERCENT = 100


class ScanSession(ABC):
    """One scan from preparation to receipt; see the module docstring."""

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

    @abstractmethod
    def cancel(self) -> None:
        """Give up unless the effect has already begun."""

    @abstractmethod
    def renew(self) -> None:
        """Show again, or show a new code."""

    @abstractmethod
    def hide(self) -> None:
        """The window went to the back."""

    @abstractmethod
    def take_text(self, text: str) -> None:
        """Take a text that this workstation's camera has read."""

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

    @abstractmethod
    def _begin(self, request: CeremonyRequest) -> None:
        """Start the state machine."""

    @abstractmethod
    def _is_over(self) -> bool:
        """Tell whether the state machine has ended."""

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

    @abstractmethod
    def _carry_out(self, events: list[Event]) -> None:
        """Do what the state machine wants."""

    @abstractmethod
    def _ask_proof(self, envelope: bytes) -> list[Event]:
        """Have the state machine ask the phone for its proof."""

    @abstractmethod
    def _finish(self, outcome: Outcome, code: str, results: Sequence[Mapping[str, Value]]) -> list[Event]:
        """Tell the state machine how it went."""

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
            self._carry_out(self._ask_proof(step.envelope))
            return
        self._view = replace(self._view, details=step.details, outcome=step.outcome)
        good = step.outcome in (Outcome.DONE, Outcome.PARTIAL)
        if self._consumed is not None:
            result = "; ".join(d.target for d in step.details) if good else step.code
            self._note(self._consumed, EntryState.DONE if good else EntryState.FAILED, result)
        self._carry_out(self._finish(step.outcome, step.code, step.results))

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
