"""The phone's side of one ceremony, without I/O: bytes in, bytes out, one table of phases.

    ceremony = PhoneCeremony(profile=…, trust=…, random=…, phone_name=…, qr=read_qr(text, profile.base_url))
    ceremony.take_challenge(body)        # what the mailbox held
    frame = ceremony.claim()             # … ACCEPTED comes in by receive()
    frame = ceremony.answer(signer, language)
    ceremony.receive(body)               # PROVE, RECEIPT, ENDED

It promises: each message type is sent at most once; nothing is signed before `accepted` was checked against the
challenge's commitment (T50); "done" is said only on the desktop's receipt. It refuses challenges of other platforms,
of workstations that nobody of the same unit has enrolled (T4), and messages out of turn.
Source: docs/protocol.md, Ceremony.
"""

from collections.abc import Callable
from enum import StrEnum

from desktop.crypto.primitives import aead_open, equal, hpke_seal, sha256
from desktop.crypto.suites import load_point
from desktop.domain.errors import MisuseError, RejectedError
from desktop.domain.operations import Operation
from desktop.phone.core.answers import check_enrolment_item, consented
from desktop.phone.core.profile import PlatformProfile
from desktop.phone.core.signer import Signer
from desktop.phone.core.trust import Trust
from desktop.protocol import codec, cose
from desktop.protocol.challenge import Challenge, read_challenge
from desktop.protocol.items import ISSUING
from desktop.protocol.messages import (
    NONCE_BYTES,
    RECEIPT_USE,
    Claim,
    Outcome,
    PhoneMessage,
    Proof,
    Reason,
    Receipt,
    Reply,
    ReplyType,
    write_frame,
)
from desktop.protocol.near import VALUE_BYTES as NEAR_BYTES
from desktop.protocol.near import write_near
from desktop.protocol.qr import RelayQr
from desktop.protocol.transcript import (
    check_code,
    context,
    mailbox_key,
    reply_key,
    t0_of,
    t1_of,
    t2_of,
)

SLOT_BYTES = 16
_MAX_NAME_BYTES = 64


class Phase(StrEnum):
    """Where the phone stands."""

    SCANNED = "scanned"
    CHALLENGED = "challenged"
    CLAIMED = "claimed"
    CONSENT = "consent"
    ANSWERED = "answered"
    PROVING = "proving"
    PROVED = "proved"
    ENDED = "ended"


_P, _M, _R = Phase, PhoneMessage, ReplyType

#: Every move; what is not listed is refused.
TRANSITIONS: dict[tuple[Phase, PhoneMessage | ReplyType], Phase] = {
    (_P.CHALLENGED, _M.CLAIM): _P.CLAIMED,
    (_P.CLAIMED, _R.ACCEPTED): _P.CONSENT,
    (_P.CLAIMED, _R.STALE): _P.ENDED,
    (_P.CLAIMED, _R.TAKEN): _P.ENDED,
    (_P.CONSENT, _M.ANSWER): _P.ANSWERED,
    (_P.CONSENT, _M.DECLINE): _P.ENDED,
    (_P.CONSENT, _M.CANCEL): _P.ENDED,
    (_P.CONSENT, _M.EXTEND): _P.CONSENT,
    (_P.CONSENT, _R.EXTENDED): _P.CONSENT,
    (_P.CONSENT, _R.NEAR): _P.CONSENT,
    (_P.CONSENT, _R.ENDED): _P.ENDED,
    (_P.ANSWERED, _R.EXTENDED): _P.ANSWERED,
    (_P.ANSWERED, _R.NEAR): _P.ANSWERED,
    (_P.ANSWERED, _R.PROVE): _P.PROVING,
    (_P.ANSWERED, _R.RECEIPT): _P.ENDED,
    (_P.ANSWERED, _R.ENDED): _P.ENDED,
    (_P.PROVING, _M.PROOF): _P.PROVED,
    (_P.PROVING, _R.ENDED): _P.ENDED,
    (_P.PROVED, _R.RECEIPT): _P.ENDED,
    (_P.PROVED, _R.ENDED): _P.ENDED,
}


class PhoneCeremony:
    """See the module docstring. Not thread-safe: its owner holds a lock."""

    def __init__(
        self,
        *,
        profile: PlatformProfile,
        trust: Trust,
        random: Callable[[int], bytes],
        phone_name: str,
        qr: RelayQr,
    ) -> None:
        self._profile = profile
        self._trust = trust
        self._random = random
        self._phone_name = clean_name(phone_name)
        self._qr = qr
        self._nonce = random(NONCE_BYTES)
        self.slot = random(SLOT_BYTES).hex()
        self.token = qr.token.hex()
        self.phase = Phase.SCANNED
        self._challenge: Challenge | None = None
        self._t0 = b""
        self._t1 = b""
        self._t2 = b""
        self._reply_key = b""
        self._received = 0
        self._sent: set[PhoneMessage] = set()
        self._near = random(NEAR_BYTES)
        self._is_near = False

    @property
    def challenge(self) -> Challenge:
        """The challenge, once taken."""
        if self._challenge is None:
            raise MisuseError("general.unexpected", "no challenge yet")
        return self._challenge

    @property
    def t2(self) -> bytes:
        """T2, once accepted."""
        if not self._t2:
            raise MisuseError("general.unexpected", "not accepted yet")
        return self._t2

    @property
    def code(self) -> str:
        """The check code, once accepted."""
        return check_code(self.t2)

    @property
    def near_text(self) -> str:
        """What to show to the camera of the computer in front, in place of typing its code."""
        return write_near(self._near)

    @property
    def is_near(self) -> bool:
        """Whether the desktop has shown that it sees this phone's screen."""
        return self._is_near

    @property
    def has_answered(self) -> bool:
        """Whether the answer went out, so that only the desktop knows how it ends."""
        return PhoneMessage.ANSWER in self._sent

    @property
    def received(self) -> int:
        """How many replies were taken; also the position in the slot to go on from."""
        return self._received

    def may_send(self, kind: PhoneMessage) -> bool:
        """Tell whether a message may be sent now; each type goes out at most once."""
        return (self.phase, kind) in TRANSITIONS and kind not in self._sent

    def take_challenge(self, body: bytes) -> Challenge:
        """Decrypt and judge what the mailbox held.

        Raises:
            RejectedError: not for this code, malformed, of another platform, or of a workstation not to be trusted.
        """
        if self.phase is not Phase.SCANNED:
            raise MisuseError("general.unexpected", "challenge twice")
        key = mailbox_key(token=self._qr.token, secret=self._qr.secret)
        data = aead_open(key=key, counter=0, ciphertext=body)
        challenge = read_challenge(data)
        if challenge.is_camera:
            raise RejectedError("ceremony.wrong_purpose", "for the camera only")
        if challenge.platform != self._profile.platform_id or challenge.platform_name != self._profile.name:
            raise RejectedError("phone.other_platform", challenge.platform)
        if challenge.is_signed:
            self._trust.check_workstation(challenge)
        load_point(challenge.ephemeral_key)
        check_enrolment_item(challenge)
        self._challenge, self._t0 = challenge, t0_of(data)
        self.phase = Phase.CHALLENGED
        return challenge

    def claim(self) -> bytes:
        """Return the claim's frame."""
        claim = Claim(
            elapsed_s=self._qr.elapsed_s, tag=self._qr.tag, phone_name=self._phone_name, nonce=self._nonce
        ).write()
        self._t1 = t1_of(self._t0, claim)
        self._reply_key = reply_key(secret=self._qr.secret, phone_nonce=self._nonce, t1=self._t1)
        return self._seal(PhoneMessage.CLAIM, claim, self._t0)

    def receive(self, body: bytes) -> Reply:
        """Take one reply of the desktop, in order.

        Raises:
            RejectedError: unreadable, or out of turn.
        """
        plaintext = aead_open(key=self._reply_key, counter=self._received, ciphertext=body)
        reply = Reply.read(plaintext)
        following = TRANSITIONS.get((self.phase, reply.kind))
        if following is None:
            raise RejectedError("ceremony.malformed", f"{reply.kind} in {self.phase}")
        if reply.kind is ReplyType.PROVE and self.challenge.operation not in ISSUING:
            raise RejectedError("ceremony.wrong_purpose", "proof asked for")
        if reply.kind is ReplyType.NEAR:
            # Another value is another phone's code that stood before the same camera: nothing is proved by it.
            self._is_near = self._is_near or (not self.challenge.is_signed and equal(reply.near, self._near))
        if reply.kind is ReplyType.ACCEPTED:
            if not equal(sha256(reply.r), self.challenge.r_hash):
                raise RejectedError("ceremony.signature_invalid", "r does not fit its commitment")
            self._t2 = t2_of(self._t1, reply.r)
        self._received += 1
        self.phase = following
        return reply

    def answer(self, signer: Signer, language: str) -> bytes:
        """Sign what was shown and return the answer's frame.

        Raises:
            RejectedError: the challenge as a whole must not be served; nothing was signed.
        """
        challenge = self.challenge
        if not self.may_send(PhoneMessage.ANSWER):
            raise MisuseError("general.unexpected", f"answer in {self.phase}")
        answer = consented(
            challenge,
            signer,
            t2=self.t2,
            phone_nonce=self._nonce,
            language=language,
            trust=self._trust,
            random=self._random,
        )
        return self._seal(PhoneMessage.ANSWER, answer.write(), self.t2)

    def proof(self, value: bytes) -> bytes:
        """Return the frame that shows possession of the new encryption key."""
        return self._seal(PhoneMessage.PROOF, Proof(value=value).write(), self.t2)

    def end(self, kind: PhoneMessage, reason: str) -> bytes:
        """Return the frame of a decline or cancel."""
        return self._seal(kind, Reason(code=reason).write(), self.t2)

    def extend(self) -> bytes:
        """Return the frame that asks for more time, once."""
        return self._seal(PhoneMessage.EXTEND, Reason(code="phone.more_time").write(), self.t2)

    def stop(self) -> None:
        """End here without a word: the phone has found something wrong, or the other side is gone."""
        self.phase = Phase.ENDED

    def read_receipt(self, document: bytes) -> Receipt:
        """Check and read the desktop's receipt.

        Raises:
            RejectedError: `phone.receipt_invalid`: not signed as it must be, or of another ceremony.
        """
        return check_receipt(self.challenge, document, t2=self.t2)

    def _seal(self, kind: PhoneMessage, plaintext: bytes, transcript: bytes) -> bytes:
        if not self.may_send(kind):
            raise MisuseError("general.unexpected", f"{kind} in {self.phase}")
        recipient = load_point(self.challenge.ephemeral_key)
        ciphertext = hpke_seal(recipient=recipient, info=context(kind, transcript), plaintext=plaintext)
        self._sent.add(kind)
        self.phase = TRANSITIONS[self.phase, kind]
        return write_frame(kind, ciphertext)


def check_receipt(challenge: Challenge, document: bytes, *, t2: bytes) -> Receipt:
    """Check and read a receipt for a challenge; `t2` is T0 in camera mode.

    Raises:
        RejectedError: `phone.receipt_invalid`: not signed as it must be, or of another ceremony.
    """
    try:
        body = document
        if challenge.is_signed:
            body = cose.open1(document, use=RECEIPT_USE, key=load_point(challenge.workstation_key))
        receipt = Receipt.read(body)
    except RejectedError as error:
        raise RejectedError("phone.receipt_invalid", error.detail) from None
    if not equal(receipt.t2, t2):
        raise RejectedError("phone.receipt_invalid", "another ceremony")
    is_good = receipt.outcome in (Outcome.DONE, Outcome.PARTIAL)
    brings = challenge.operation in {*ISSUING, Operation.CLAIM_SEAL}
    if is_good and (receipt.results or brings) and len(receipt.results) != len(challenge.items):
        raise RejectedError("phone.receipt_invalid", "results and items differ in number")
    return receipt


def clean_name(name: str) -> str:
    """Return a phone's name in the form that may stand in a message."""
    return codec.clean_text(name, max_bytes=_MAX_NAME_BYTES) or "phone"
