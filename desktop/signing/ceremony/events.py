"""What a ceremony wants done or known. The session carries these out; the ceremony itself touches nothing."""

from dataclasses import dataclass

from desktop.formats.answer import VerifiedAnswer
from desktop.signing.ceremony.camera_states import CameraState
from desktop.signing.ceremony.transitions import State


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMailbox:
    """Create this mailbox and listen to it. `owner` is the secret that a QR never holds."""

    token: bytes
    owner: bytes
    challenge: bytes
    ttl_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseMailbox:
    """Take no further claims; the accepted phone goes on."""

    token: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteMailbox:
    """Nothing more is expected or said here; delete it after the replies sent so far are out."""

    token: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReply:
    """Put an encrypted reply into a claimant's slot."""

    token: bytes
    slot: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A phone was accepted; hide the code and show who it is with the check code (none in camera mode)."""

    phone_name: str
    check_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """Something suspicious or unusable came in and was left aside; tell the user."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerVerified:
    """The answer is good and consumed: act on it now."""

    verified: VerifiedAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """The phone returned what the CA enveloped to its new encryption key."""

    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The ceremony is over; `code` names the problem, empty after a success."""

    state: State | CameraState
    code: str = ""


Event = OpenMailbox | CloseMailbox | DeleteMailbox | SendReply | Claimed | Warned | AnswerVerified | Proved | Ended
