"""What both ceremonies are made of, over the relay and by camera: who asks, whom they ask, and where they stand.

One answer at most has an effect, and none before it is judged and durably consumed (threats T1, T2).
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Generic, Protocol, TypedDict, TypeVar, Unpack

from desktop.domain.clock import Clock
from desktop.domain.errors import MisuseError, RejectedError
from desktop.formats.answer import VerifiedAnswer
from desktop.protocol.challenge import Challenge
from desktop.protocol.transcript import AnyTranscript
from desktop.signing.ceremony.policy import CeremonyPolicy
from desktop.signing.ceremony.rounds import CeremonyRequest, Workstation


class Parts(TypedDict):
    """What a ceremony works with; `judge` says whether an answer is good, `consume` keeps it durably, once."""

    policy: CeremonyPolicy
    workstation: Workstation
    clock: Clock
    random: Callable[[int], bytes]
    judge: Callable[[AnyTranscript], VerifiedAnswer]
    consume: Callable[[VerifiedAnswer], bool]


class AnyRound(Protocol):
    """A round of either kind."""

    @property
    def challenge(self) -> Challenge:
        """What is asked."""

    @property
    def t0(self) -> bytes:
        """The ceremony id."""


S = TypeVar("S", bound=StrEnum)
R = TypeVar("R", bound=AnyRound)


class Machine(Generic[S, R]):
    """A state machine that begins in `state` and has at most one round at a time."""

    def __init__(self, state: S, **parts: Unpack[Parts]) -> None:
        self._policy = parts["policy"]
        self._workstation = parts["workstation"]
        self._clock = parts["clock"]
        self._random = parts["random"]
        self._judge = parts["judge"]
        self._consume = parts["consume"]
        self._state = state
        self._request: CeremonyRequest | None = None
        self._round: R | None = None
        self._deadline = 0.0

    @property
    def state(self) -> S:
        """Where the ceremony stands."""
        return self._state

    @property
    def challenge(self) -> Challenge:
        """The challenge of the current round."""
        return self._current().challenge

    @property
    def t0(self) -> bytes:
        """The current round's ceremony id."""
        return self._current().t0

    def _current(self) -> R:
        if self._round is None:
            raise MisuseError("general.unexpected", "the ceremony has not started")
        return self._round

    def _judge_once(self, transcript: AnyTranscript) -> VerifiedAnswer:
        verified = self._judge(transcript)
        if not self._consume(verified):
            raise RejectedError("ceremony.already_used")
        return verified
