"""A ceremony over the relay: mailboxes, their listeners, and the state machine that judges what comes out of them.

Relay waiters, the window and the clock only post to the inbox of the session's thread.
Source: design.md §2 (Engine), docs/protocol.md §1.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from desktop.domain.errors import UnavailableError
from desktop.protocol.display import consent_text
from desktop.protocol.messages import Outcome
from desktop.services.action import Action
from desktop.services.ceremony_view import CeremonyView, Stage
from desktop.services.mailbox import MailboxListener
from desktop.services.session import Command, ScanSession, Seen, SessionParts
from desktop.signing.ceremony import (
    TERMINAL,
    Ceremony,
    CloseMailbox,
    DeleteMailbox,
    OpenMailbox,
    SendReply,
    State,
    Workstation,
)

__all__ = ["CeremonyView", "Session", "SessionParts", "Stage"]

log = logging.getLogger(__name__)

_REPLY_TRIES = 3
_LINGER_S = 30
_MAX_LOSSES = 3

_STAGES: dict[State, Stage] = {
    State.SHOWING: Stage.SHOWING,
    State.PAUSED: Stage.PAUSED,
    State.CLAIMED: Stage.CLAIMED,
    State.ACTING: Stage.ACTING,
    State.PROVING: Stage.ACTING,
    State.DONE: Stage.DONE,
}


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


class Session(ScanSession):
    """One scan from preparation to receipt. `workstation` says who asks; `language` is of the lines shown here."""

    _ceremony: Ceremony
    _renewable = frozenset({State.SHOWING, State.PAUSED})

    def __init__(
        self,
        *,
        parts: SessionParts,
        workstation: Workstation,
        action: Action,
        publish: Callable[[CeremonyView], None],
        language: str = "zh",
    ) -> None:
        super().__init__(parts=parts, action=action, publish=publish, view=CeremonyView(stage=Stage.PREPARING))
        self._language = language
        self._mailboxes: dict[bytes, MailboxListener] = {}
        self._ceremony = Ceremony(
            policy=parts.policy,
            workstation=workstation,
            clock=parts.clock,
            random=parts.random,
            judge=self._judge,
            consume=self._consume,
        )
        #: The current round's mailbox, and whether it stands: no code is shown that no phone could follow.
        self._token = b""
        self._is_open = False
        self._losses = 0

    # -- the thread ------------------------------------------------------------------------------------------------

    def _wind_up(self) -> None:
        for mailbox in self._mailboxes.values():
            mailbox.stop(linger_s=_LINGER_S)
        for mailbox in self._mailboxes.values():
            mailbox.join()

    def _step(self, message: _Frame | _Link | _Opened | _Lost | Seen | Command | None) -> None:
        if isinstance(message, _Frame):
            self._carry_out(self._ceremony.receive(message.token, message.slot, message.body))
        elif isinstance(message, _Link):
            self._show(replace(self._view, offline=not message.online))
        elif isinstance(message, _Opened):
            self._is_open = self._is_open or message.token == self._token
        elif isinstance(message, Seen):
            self._carry_out(self._ceremony.see(message.text))
        elif isinstance(message, _Lost):
            self._mailbox_lost(message)
        elif message is not None:
            self._obey(message)
        self._carry_out(self._ceremony.tick())

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

    def _deliver(self, event: OpenMailbox | CloseMailbox | DeleteMailbox | SendReply) -> None:
        if isinstance(event, OpenMailbox):
            self._open(event)
            return
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
