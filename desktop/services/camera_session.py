"""A ceremony by camera: codes on the screen, texts from the camera, and no network at all.

The session itself opens no mailbox and asks nobody. What the use case does with the answer is its own matter; with
`offline` it is told to keep off the network as well. docs/protocol.md, Camera mode.
"""

import logging
from collections.abc import Callable
from dataclasses import replace

from desktop.domain.errors import MisuseError
from desktop.protocol.display import consent_text
from desktop.protocol.messages import Outcome
from desktop.services.action import Action
from desktop.services.ceremony_view import CeremonyView, Stage
from desktop.services.session import Command, ScanSession, Seen, SessionParts
from desktop.signing.ceremony import (
    CameraCeremony,
    CameraState,
    CloseMailbox,
    DeleteMailbox,
    OpenMailbox,
    SendReply,
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


class CameraSession(ScanSession):
    """One scan by camera from preparation to receipt. `workstation` must be enrolled."""

    _ceremony: CameraCeremony
    _renewable = frozenset({CameraState.SHOWING, CameraState.READING, CameraState.PAUSED})

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

    # -- the thread ------------------------------------------------------------------------------------------------

    def _step(self, message: Seen | Command | None) -> None:
        if isinstance(message, Seen):
            self._carry_out(self._ceremony.receive(message.text))
        elif message is not None:
            self._obey(message)
        self._carry_out(self._ceremony.tick())

    def _deliver(self, event: OpenMailbox | CloseMailbox | DeleteMailbox | SendReply) -> None:
        """Nothing goes to a relay: the state machine of a camera wants nothing delivered."""
        raise MisuseError("general.unexpected", type(event).__name__)

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
