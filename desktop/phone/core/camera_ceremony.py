"""The phone's side of one ceremony without any network, without I/O: messages that its camera has read, codes to show.

    ceremony = CameraPhoneCeremony(profile=…, trust=…, random=…, phone_name=…, message=assembler.take(text))
    parts = ceremony.answer(signer, language)     # show them in a circle
    reply = ceremony.take(message)                # the desktop's request for proof, or its receipt

It promises what `PhoneCeremony` promises as far as a challenge for the camera allows: nothing tells a phone how old
such a challenge is, so a photograph of it can be answered; the answer is worth something only to the desktop that made
it. Refuses challenges that are not for the camera, of other platforms, or of workstations that nobody of the same unit
has enrolled. Source: docs/protocol.md, Camera mode.
"""

from collections.abc import Callable
from enum import StrEnum

from desktop.crypto.primitives import hpke_seal
from desktop.crypto.suites import load_point
from desktop.domain.errors import MisuseError, RejectedError
from desktop.phone.core.answers import consented
from desktop.phone.core.ceremony import check_receipt, clean_name
from desktop.phone.core.profile import PlatformProfile
from desktop.phone.core.signer import Signer
from desktop.phone.core.trust import Trust
from desktop.protocol.camera import CameraAnswer, CameraContext, CameraKind, context, expect, write_message
from desktop.protocol.challenge import read_challenge
from desktop.protocol.items import ISSUING
from desktop.protocol.messages import NONCE_BYTES, Proof, Receipt
from desktop.protocol.parts import split
from desktop.protocol.transcript import t0_of


class CameraPhase(StrEnum):
    """Where the phone stands."""

    CONSENT = "consent"
    ANSWERED = "answered"
    PROVED = "proved"
    ENDED = "ended"


_CONTEXTS = {CameraKind.ANSWER: CameraContext.ANSWER, CameraKind.PROOF: CameraContext.PROOF}


class CameraPhoneCeremony:
    """See the module docstring. Not thread-safe: its owner holds a lock."""

    def __init__(
        self,
        *,
        profile: PlatformProfile,
        trust: Trust,
        random: Callable[[int], bytes],
        phone_name: str,
        message: bytes,
    ) -> None:
        """Take and judge a challenge.

        Raises:
            RejectedError: no challenge for the camera, malformed, of another platform, or of a workstation not to be
                trusted.
        """
        _, data = expect(message, CameraKind.CHALLENGE)
        challenge = read_challenge(data)
        if not challenge.is_camera:
            raise RejectedError("ceremony.wrong_purpose", "not for the camera")
        if challenge.platform != profile.platform_id or challenge.platform_name != profile.name:
            raise RejectedError("phone.other_platform", challenge.platform)
        trust.check_workstation(challenge)
        load_point(challenge.ephemeral_key)
        self.challenge = challenge
        self.t0 = t0_of(data)
        self.phase = CameraPhase.CONSENT
        self._trust = trust
        self._random = random
        self._phone_name = clean_name(phone_name)
        self._nonce = random(NONCE_BYTES)

    @property
    def has_answered(self) -> bool:
        """Whether an answer was shown, so that only the desktop knows how it ends."""
        return self.phase in (CameraPhase.ANSWERED, CameraPhase.PROVED)

    def answer(self, signer: Signer, language: str) -> tuple[str, ...]:
        """Sign what was shown and return the codes to show.

        Raises:
            RejectedError: the challenge as a whole must not be served; nothing was signed.
        """
        if self.phase is not CameraPhase.CONSENT:
            raise MisuseError("general.unexpected", f"answer in {self.phase}")
        said = consented(
            self.challenge,
            signer,
            t2=self.t0,
            phone_nonce=self._nonce,
            language=language,
            trust=self._trust,
            random=self._random,
        )
        answer = CameraAnswer(phone_name=self._phone_name, nonce=self._nonce, answer=said)
        parts = self._seal(CameraKind.ANSWER, answer.write())
        self.phase = CameraPhase.ANSWERED
        return parts

    def take(self, message: bytes) -> Receipt | bytes:
        """Take what the desktop shows after the answer: its receipt, or the CA's envelope of a request for proof.

        Raises:
            RejectedError: neither, out of turn, or a receipt that is not to be believed; nothing has changed.
        """
        kind, body = expect(message, CameraKind.RECEIPT, CameraKind.PROVE)
        if kind is CameraKind.PROVE:
            if self.challenge.operation not in ISSUING or self.phase is not CameraPhase.ANSWERED:
                raise RejectedError("ceremony.wrong_purpose", "proof asked for")
            return body
        if not self.has_answered:
            raise RejectedError("ceremony.wrong_purpose", "receipt before an answer")
        return check_receipt(self.challenge, body, t2=self.t0)

    def proof(self, value: bytes) -> tuple[str, ...]:
        """Return the codes that show possession of the new encryption key, once."""
        if self.phase is not CameraPhase.ANSWERED:
            raise MisuseError("general.unexpected", f"proof in {self.phase}")
        parts = self._seal(CameraKind.PROOF, Proof(value=value).write())
        self.phase = CameraPhase.PROVED
        return parts

    def stop(self) -> None:
        """End here."""
        self.phase = CameraPhase.ENDED

    def _seal(self, kind: CameraKind, plaintext: bytes) -> tuple[str, ...]:
        recipient = load_point(self.challenge.ephemeral_key)
        info = context(_CONTEXTS[kind], self.t0)
        return split(write_message(kind, hpke_seal(recipient=recipient, info=info, plaintext=plaintext)))
