"""What goes from screen to camera and back when there is no network: messages and the phone's answer.

A message is a map with its kind, split into codes by `protocol.parts`. The desktop's challenge and receipt are signed
by the enrolled workstation; what the phone says is HPKE-sealed to the challenge's ephemeral key, under contexts that no
relay ceremony uses. docs/protocol.md, Camera mode.
"""

from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.errors import RejectedError
from desktop.domain.operations import Operation
from desktop.protocol import codec
from desktop.protocol.messages import NONCE_BYTES, Answer
from desktop.protocol.parts import MAX_MESSAGE_BYTES
from desktop.protocol.schema import blob, fields, one_of, text


class CameraKind(StrEnum):
    """Kinds of messages: challenge, prove and receipt are the desktop's, answer and proof the phone's."""

    CHALLENGE = "challenge"
    ANSWER = "answer"
    PROVE = "prove"
    PROOF = "proof"
    RECEIPT = "receipt"


class CameraContext(StrEnum):
    """Names of the HPKE contexts of what the phone says."""

    ANSWER = "camera_answer"
    PROOF = "camera_proof"


def context(kind: CameraContext, t0: bytes) -> bytes:
    """Return the HPKE info of a phone's message in camera mode."""
    return f"BIDSEAL1/{kind}".encode("ascii") + t0


def write_message(kind: CameraKind, body: bytes) -> bytes:
    """Return the message that is split into codes."""
    return codec.encode({"t": str(kind), "body": body})


def read_message(data: bytes) -> tuple[CameraKind, bytes]:
    """Read a whole message.

    Raises:
        RejectedError: `ceremony.malformed`.
    """
    f = fields(
        codec.decode(data, max_bytes=MAX_MESSAGE_BYTES),
        {"t": one_of(CameraKind), "body": blob(1, MAX_MESSAGE_BYTES)},
    )
    return f["t"], f["body"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraAnswer:
    """The phone's answer over T0, with what it says of itself in a claim elsewhere."""

    phone_name: str
    nonce: bytes
    answer: Answer

    def write(self) -> bytes:
        """Encode."""
        return codec.encode({"phone": self.phone_name, "nonce": self.nonce, **self.answer.to_map()})

    @staticmethod
    def read(operation: Operation, data: bytes) -> "CameraAnswer":
        """Decode an answer to a challenge of `operation`.

        Raises:
            RejectedError: `ceremony.malformed`.
        """
        checks = {"phone": text(64), "nonce": blob(NONCE_BYTES), **Answer.checks(operation)}
        f = fields(codec.decode(data), checks)
        return CameraAnswer(phone_name=f["phone"], nonce=f["nonce"], answer=Answer.from_fields(f))


def expect(data: bytes, *kinds: CameraKind) -> tuple[CameraKind, bytes]:
    """Read a whole message that must be of one of `kinds`.

    Raises:
        RejectedError: `ceremony.malformed`, or another kind (`ceremony.wrong_purpose`).
    """
    kind, body = read_message(data)
    if kind not in kinds:
        raise RejectedError("ceremony.wrong_purpose", kind)
    return kind, body
