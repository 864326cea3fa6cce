"""The engine in camera mode on a bench, and a phone of our own that answers by codes and can misbehave."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from desktop.crypto.primitives import hpke_seal
from desktop.crypto.suites import generate_p256, load_point
from desktop.domain.clock import ManualClock
from desktop.domain.operations import Operation
from desktop.formats.answer import VerifiedAnswer, verify_answer
from desktop.protocol.camera import (
    CameraAnswer,
    CameraContext,
    CameraKind,
    context,
    expect,
    read_message,
    write_message,
)
from desktop.protocol.challenge import RELAY_ONLY, read_challenge
from desktop.protocol.messages import Answer, Claim, Proof
from desktop.protocol.parts import Assembler, split
from desktop.protocol.transcript import AnyTranscript, t0_of
from desktop.signing.ceremony import (
    AnswerVerified,
    CameraCeremony,
    CeremonyPolicy,
    Claimed,
    Ended,
    Event,
    Proved,
    Warned,
)
from tests.ceremony.bench import NOW, Holder, ProbePhone, holder, make_workstation, request_of

CAMERA_OPERATIONS = [o for o in Operation if o not in RELAY_ONLY]


def read_codes(texts: "tuple[str, ...] | list[str]") -> bytes:
    """What a patient camera makes of codes."""
    assembler = Assembler()
    (message,) = [m for m in map(assembler.take, texts) if m is not None]
    return message


class CameraProbe(ProbePhone):
    """A phone that has read the desktop's codes; T0 stands where a relay ceremony has T2."""

    def __init__(self, shown: "tuple[str, ...]", *, name: str = "张三的手机", nonce: bytes = b"\x07" * 32) -> None:
        _, self.challenge_bytes = expect(read_codes(shown), CameraKind.CHALLENGE)
        self.challenge = read_challenge(self.challenge_bytes)
        self.t0 = t0_of(self.challenge_bytes)
        self.name = name
        self.nonce = nonce
        self.claim_bytes = Claim(elapsed_s=0, tag=bytes(8), phone_name=name, nonce=nonce).write()

    @property
    def t2(self) -> bytes:
        return self.t0

    def camera_answer(self, signer: Holder, **changes: Any) -> bytes:
        answer = Answer.read(self.challenge.operation, self.answer_bytes(signer, **changes))
        return CameraAnswer(phone_name=self.name, nonce=self.nonce, answer=answer).write()

    def codes(
        self,
        plaintext: bytes,
        *,
        kind: CameraKind = CameraKind.ANSWER,
        info: bytes | None = None,
    ) -> tuple[str, ...]:
        name = CameraContext.PROOF if kind is CameraKind.PROOF else CameraContext.ANSWER
        sealed = hpke_seal(
            recipient=load_point(self.challenge.ephemeral_key),
            info=context(name, self.t0) if info is None else info,
            plaintext=plaintext,
        )
        return split(write_message(kind, sealed))

    def shown_answer(self, signer: Holder, **changes: Any) -> tuple[str, ...]:
        return self.codes(self.camera_answer(signer, **changes))

    def shown_proof(self, value: bytes) -> tuple[str, ...]:
        return self.codes(Proof(value=value).write(), kind=CameraKind.PROOF)


@dataclass
class CameraBench:
    """The engine with everything it wanted done written down, and nothing done."""

    enrolled: bool = True
    known: dict[str, bytes] = field(default_factory=lambda: {holder().serial: holder().certificate})
    seed: int = 1
    consumed: set[bytes] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.clock = ManualClock(NOW)
        self.events: list[Event] = []
        self.judged: list[AnyTranscript] = []
        self.ceremony = CameraCeremony(
            policy=CeremonyPolicy(),
            workstation=make_workstation(enrolled=self.enrolled),
            clock=self.clock,
            random=Random(self.seed).randbytes,
            judge=self._judge,
            consume=self._consume,
        )

    def start(self, operation: Operation = Operation.SEAL, **changes: Any) -> "CameraBench":
        self.take(self.ceremony.start(request_of(operation, **changes)))
        return self

    def take(self, events: list[Event]) -> list[Event]:
        self.events += events
        return events

    def phone(self, **options: Any) -> CameraProbe:
        return CameraProbe(self.ceremony.shown, **options)

    def read(self, texts: "tuple[str, ...] | list[str]") -> list[Event]:
        """Hold codes before the camera."""
        return [e for text in texts for e in self.take(self.ceremony.receive(text))]

    def shown_message(self) -> tuple[CameraKind, bytes]:
        return read_message(read_codes(self.ceremony.shown))

    def tick(self, seconds: float = 0.0) -> list[Event]:
        self.clock.advance(seconds)
        return self.take(self.ceremony.tick())

    @property
    def ended(self) -> Ended | None:
        return next((e for e in self.events if isinstance(e, Ended)), None)

    @property
    def warnings(self) -> list[str]:
        return [e.code for e in self.events if isinstance(e, Warned)]

    @property
    def verified(self) -> list[VerifiedAnswer]:
        return [e.verified for e in self.events if isinstance(e, AnswerVerified)]

    @property
    def claims(self) -> list[Claimed]:
        return [e for e in self.events if isinstance(e, Claimed)]

    @property
    def proofs(self) -> list[bytes]:
        return [e.value for e in self.events if isinstance(e, Proved)]

    def _judge(self, transcript: AnyTranscript) -> VerifiedAnswer:
        self.judged.append(transcript)
        return verify_answer(transcript, signer_of=self.known.get)

    def _consume(self, verified: VerifiedAnswer) -> bool:
        if verified.t0 in self.consumed:
            return False
        self.consumed.add(verified.t0)
        return True


def fresh_keys() -> Mapping[str, Any]:
    """Arguments of an answer to a download."""
    return {"enc_key": generate_p256()}
