"""The ceremony's state machine, sans I/O: bytes and ticks in, events out.

    ceremony = Ceremony(policy=…, workstation=…, clock=…, random=…, judge=…, consume=…)
    events = ceremony.start(request)          # then carry the events out
    events = ceremony.receive(token, slot, frame)
    events = ceremony.tick()

It promises: no effect before the answer is verified and durably consumed; one answer at most; a claim of a code that is
no longer shown is refused; junk from the relay or from a photographer never ends a ceremony; every path ends in a named
state. It refuses to decide whether a certificate's path is good: that is the injected judge. `CameraCeremony` is the
same without a network: codes to show, and texts that a camera has read.
Source: docs/protocol.md, Ceremony; ADR 0003.
"""

from desktop.signing.ceremony.camera_engine import CameraCeremony
from desktop.signing.ceremony.camera_states import CAMERA_TERMINAL, CAMERA_TRANSITIONS, CameraState, CameraTrigger
from desktop.signing.ceremony.engine import Ceremony
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
from desktop.signing.ceremony.policy import CeremonyPolicy
from desktop.signing.ceremony.rounds import CeremonyRequest, Workstation
from desktop.signing.ceremony.transitions import TERMINAL, TRANSITIONS, State, Trigger, diagram, drawn

__all__ = [
    "CAMERA_TERMINAL",
    "CAMERA_TRANSITIONS",
    "TERMINAL",
    "TRANSITIONS",
    "AnswerVerified",
    "CameraCeremony",
    "CameraState",
    "CameraTrigger",
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
    "drawn",
]
