"""The ceremony's state machine, sans I/O: bytes and ticks in, events out.

    ceremony = Ceremony(policy=…, workstation=…, clock=…, random=…, judge=…, consume=…)
    events = ceremony.start(request)          # then carry the events out
    events = ceremony.receive(token, slot, frame)
    events = ceremony.tick()

It promises: no effect before the answer is verified and durably consumed; one answer at most; a claim of a code that is
no longer shown is refused; junk from the relay or from a photographer never ends a ceremony; every path ends in a named
state. It refuses to decide whether a certificate's path is good: that is the injected judge.
Source: docs/protocol.md, Ceremony; ADR 0003.
"""

from desktop.signing.ceremony.engine import Ceremony, CeremonyPolicy
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
from desktop.signing.ceremony.rounds import CeremonyRequest, Workstation
from desktop.signing.ceremony.transitions import TERMINAL, TRANSITIONS, State, Trigger, diagram

__all__ = [
    "TERMINAL",
    "TRANSITIONS",
    "AnswerVerified",
    "Ceremony",
    "CeremonyPolicy",
    "CeremonyRequest",
    "Claimed",
    "CloseMailbox",
    "DeleteMailbox",
    "Ended",
    "Event",
    "OpenMailbox",
    "Proved",
    "SendReply",
    "State",
    "Trigger",
    "Warned",
    "Workstation",
    "diagram",
]
