"""A ceremony by camera: codes on the screen, texts from the camera, and no network at all.

The session itself opens no mailbox and asks nobody. What the use case does with the answer is its own matter; with
`offline` it is told to keep off the network as well. docs/protocol.md, Camera mode.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

from desktop.protocol.codec import Value
from desktop.protocol.display import consent_text
from desktop.protocol.messages import Outcome
from desktop.services.action import Action
from desktop.services.ceremony_view import CeremonyView, Stage
from desktop.services.session import ScanSession, SessionParts
from desktop.signing.ceremony import (
    CAMERA_TERMINAL,
    AnswerVerified,
    CameraCeremony,
    CameraState,
    CeremonyRequest,
    Claimed,
    Ended,
    Event,
    Proved,
    Warned,
    Workstation,
)

log = logging.getLogger(__name__)

_STAGES: dict[CameraState, Stage] = {
    CameraState.SHOWING: Stage.SHOWING,
    CameraState.READING: Stage.SHOWING,
    CameraState.PAUSED: Stage.PAUSED,
    CameraState.ACTING: Stage.ACTING,
    CameraState.PROVING: Stage.PROVING,
    CameraState.RECEIPT: Stage.RECEIPT,
    CameraState.DONE: Stage.DONE,
}


@dataclass(frozen=True, slots=True)
class _Seen:
    text: str


class _Command(StrEnum):
    CANCEL = "cancel"
    RENEW = "renew"
    HIDE = "hide"


class CameraSession(ScanSession):
    """One scan by camera from preparation to receipt. `workstation` must be enrolled."""

    def __init__(
        self,
        *,
        parts: SessionParts,
        workstation: Workstation,
        action: Action,
        publish: Callable[[CeremonyView], None],
        language: str = "zh",
        offline: bool = True,
    ) -> None:
        view = CeremonyView(stage=Stage.PREPARING, is_camera=True)
        super().__init__(parts=parts, action=action, publish=publish, view=view, offline=offline)
        self._language = language
        #: The round whose text the view holds.
        self._text_of = b""
        self._ceremony = CameraCeremony(
            policy=parts.policy,
            workstation=workstation,
            clock=parts.clock,
            random=parts.random,
            judge=self._judge,
            consume=self._consume,
        )

    # -- called by the window, from any thread ---------------------------------------------------------------------

    def cancel(self) -> None:
        """Give up unless the effect has already begun; a receipt is put away."""
        self._cancelled.set()
        self._inbox.put(_Command.CANCEL)

    def renew(self) -> None:
        """Show again: the same challenge within its time, else a new one."""
        self._inbox.put(_Command.RENEW)

    def hide(self) -> None:
        """The window went to the back."""
        self._inbox.put(_Command.HIDE)

    def take_text(self, text: str) -> None:
        """Take a text that the camera has read; whatever it is, only the phone's answer has an effect."""
        self._inbox.put(_Seen(text))

    # -- the thread ------------------------------------------------------------------------------------------------

    def _begin(self, request: CeremonyRequest) -> None:
        self._carry_out(self._ceremony.start(request))

    def _is_over(self) -> bool:
        return self._ceremony.state in CAMERA_TERMINAL

    def _step(self, message: _Seen | _Command | None) -> None:
        if isinstance(message, _Seen):
            self._carry_out(self._ceremony.receive(message.text))
        elif message is _Command.CANCEL:
            self._carry_out(self._ceremony.cancel())
        elif message is _Command.HIDE:
            self._carry_out(self._ceremony.hide())
        elif message is _Command.RENEW and self._ceremony.state in _RENEWABLE:
            self._carry_out(self._ceremony.renew())
        self._carry_out(self._ceremony.tick())

    def _carry_out(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, Claimed):
                self._show(replace(self._view, phone_name=event.phone_name))
            elif isinstance(event, Warned):
                log.info("camera ceremony warning %s", event.code)
                self._show(replace(self._view, warning=event.code))
            elif isinstance(event, AnswerVerified):
                self._refresh()
                self._act(partial(self._action.act, event.verified))
            elif isinstance(event, Proved):
                self._act(partial(self._action.prove, event.value))
            elif isinstance(event, Ended):
                self._ended(event)

    def _ask_proof(self, envelope: bytes) -> list[Event]:
        return self._ceremony.ask_proof(envelope)

    def _finish(self, outcome: Outcome, code: str, results: Sequence[Mapping[str, Value]]) -> list[Event]:
        return self._ceremony.finish(outcome, code=code, results=results)

    # -- showing ---------------------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        stage = _STAGES.get(self._ceremony.state)
        if stage is None:
            return
        challenge, progress = self._ceremony.challenge, self._ceremony.progress
        if self._ceremony.t0 != self._text_of:
            self._text_of = self._ceremony.t0
            self._view = replace(self._view, text=consent_text(challenge, self._language))
        self._show(
            replace(
                self._view,
                stage=stage,
                operation=challenge.operation,
                codes=self._ceremony.shown,
                read=progress.have,
                to_read=progress.total,
                remaining_s=int(self._ceremony.remaining_s()),
                warning="" if progress.have or stage is not Stage.SHOWING else self._view.warning,
            )
        )

    def _wind_up(self) -> None:
        """Nothing is held: no mailbox, no listener."""

    def _give_up(self, code: str, detail: str) -> None:
        if self._ceremony.state is CameraState.ACTING:
            self._ceremony.finish(Outcome.FAILED, code=code)
        else:
            self._ceremony.cancel()
        self._fail(code, detail)

    def _ended(self, event: Ended) -> None:
        if event.state is CameraState.DONE:
            self._show(replace(self._view, stage=Stage.DONE, codes=(), remaining_s=0, problem=event.code))
        else:
            self._fail(event.code, self._view.detail)


_RENEWABLE = (CameraState.SHOWING, CameraState.READING, CameraState.PAUSED)
