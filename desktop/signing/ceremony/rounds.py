"""One round of a ceremony: everything that is new with each renewed QR, and the channels to its claimants.

Ephemeral private key, rotation key and secrets live here, in memory only, and die with the round.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from desktop.crypto.primitives import aead_seal, equal, hpke_open, sha256
from desktop.crypto.suites import P256PrivateKey, generate_p256, point_of
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Operation
from desktop.protocol.camera import CameraContext, CameraKind, write_message
from desktop.protocol.camera import context as camera_context
from desktop.protocol.challenge import CAMERA_ITEMS, RELAY_ONLY, Challenge, Enrolment, write_challenge
from desktop.protocol.items import Item
from desktop.protocol.messages import MAX_ELAPSED_S, Claim, PhoneMessage, Reply
from desktop.protocol.parts import split
from desktop.protocol.qr import RelayQr
from desktop.protocol.transcript import (
    R_BYTES,
    SECRET_BYTES,
    TOKEN_BYTES,
    check_code,
    context,
    mailbox_key,
    reply_key,
    rotation_tag,
    t0_of,
    t1_of,
    t2_of,
)

_OWNER_BYTES = 32
_NONCE_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Workstation:
    """Who asks: the platform it works with, its own key and, once enrolled, the member's word for it."""

    platform: str
    platform_name: str
    workstation_id: bytes
    name: str
    key_point: bytes
    sign: Callable[[bytes], bytes]
    enrolment: Enrolment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CeremonyRequest:
    """What is asked. `certificates` are the allowed serial numbers; empty means the phone's holder chooses (login)."""

    operation: Operation
    items: tuple[Item, ...]
    organization: str = ""
    credit_code: str = ""
    certificates: tuple[str, ...] = ()


def make_challenge(
    request: CeremonyRequest,
    workstation: Workstation,
    *,
    key: P256PrivateKey,
    nonce: bytes,
    r_hash: bytes,
    issued_at: int,
    lifetime_s: int,
) -> Challenge:
    """Return the challenge of a request; without `r_hash` it is for the camera."""
    return Challenge(
        operation=request.operation,
        platform=workstation.platform,
        platform_name=workstation.platform_name,
        workstation_id=workstation.workstation_id,
        workstation_name=workstation.name,
        organization=request.organization,
        credit_code=request.credit_code,
        items=request.items,
        certificates=request.certificates,
        ephemeral_key=point_of(key),
        nonce=nonce,
        r_hash=r_hash,
        issued_at=issued_at,
        lifetime_s=lifetime_s,
        workstation_key=workstation.key_point if workstation.enrolment else b"",
        enrolment=workstation.enrolment,
        is_camera=not r_hash,
    )


class CameraRound:
    """The secrets and the challenge of one round in camera mode, whole before it is shown."""

    def __init__(
        self,
        *,
        request: CeremonyRequest,
        workstation: Workstation,
        issued_at: int,
        lifetime_s: int,
        random: Callable[[int], bytes],
    ) -> None:
        if workstation.enrolment is None:
            raise RejectedError("ceremony.workstation_not_enrolled")
        if request.operation in RELAY_ONLY:
            raise RejectedError("ceremony.wrong_purpose", f"{request.operation} by camera")
        if len(request.items) > CAMERA_ITEMS:
            raise RejectedError("ceremony.too_large_for_camera", f"{len(request.items)} items")
        self._key: P256PrivateKey = generate_p256()
        self.challenge = make_challenge(
            request,
            workstation,
            key=self._key,
            nonce=random(_NONCE_BYTES),
            r_hash=b"",
            issued_at=issued_at,
            lifetime_s=lifetime_s,
        )
        self.challenge_bytes = write_challenge(self.challenge, workstation.sign)
        self.t0 = t0_of(self.challenge_bytes)
        self.parts = split(write_message(CameraKind.CHALLENGE, self.challenge_bytes))

    def open(self, kind: CameraContext, ciphertext: bytes) -> bytes:
        """Decrypt what the phone shows.

        Raises:
            RejectedError: not for this round.
        """
        return hpke_open(key=self._key, info=camera_context(kind, self.t0), ciphertext=ciphertext)


@dataclass(slots=True, kw_only=True)
class Channel:
    """Replies to one claimant, numbered from zero under its own key."""

    slot: str
    claim: Claim
    claim_bytes: bytes
    t1: bytes
    key: bytes
    counter: int = 0
    seen: set[PhoneMessage] = field(default_factory=set)

    def seal(self, reply: Reply) -> bytes:
        """Encrypt the next reply."""
        body = aead_seal(key=self.key, counter=self.counter, plaintext=reply.write())
        self.counter += 1
        return body


class Round:
    """The secrets and the challenge of one shown code sequence."""

    def __init__(
        self,
        *,
        request: CeremonyRequest,
        workstation: Workstation,
        issued_at: int,
        lifetime_s: int,
        started: float,
        random: Callable[[int], bytes],
    ) -> None:
        self.started = started
        self.lifetime_s = lifetime_s
        self.token = random(TOKEN_BYTES)
        self.owner = random(_OWNER_BYTES)
        self._secret = random(SECRET_BYTES)
        self._rotation_key = random(32)
        self.r = random(R_BYTES)
        self._key: P256PrivateKey = generate_p256()
        self._claimed: set[bytes] = set()
        self.challenge = make_challenge(
            request,
            workstation,
            key=self._key,
            nonce=random(_NONCE_BYTES),
            r_hash=sha256(self.r),
            issued_at=issued_at,
            lifetime_s=lifetime_s,
        )
        self.challenge_bytes = write_challenge(self.challenge, workstation.sign)
        self.t0 = t0_of(self.challenge_bytes)

    def mailbox_body(self) -> bytes:
        """Return the challenge encrypted for the mailbox: the one message under that key."""
        return aead_seal(
            key=mailbox_key(token=self.token, secret=self._secret), counter=0, plaintext=self.challenge_bytes
        )

    def code_at(self, now: float) -> RelayQr:
        """Return the code to show at monotonic second `now`."""
        elapsed = self.elapsed(now)
        return RelayQr(token=self.token, secret=self._secret, elapsed_s=elapsed, tag=self._tag(elapsed))

    def elapsed(self, now: float) -> int:
        """Return whole seconds since the round began."""
        return min(max(int(now - self.started), 0), MAX_ELAPSED_S)

    def open_claim(self, slot: str, ciphertext: bytes) -> Channel:
        """Decrypt a claim and derive its channel; freshness is not judged here.

        Raises:
            RejectedError: not a claim for this round.
        """
        plaintext = hpke_open(key=self._key, info=context(PhoneMessage.CLAIM, self.t0), ciphertext=ciphertext)
        claim = Claim.read(plaintext)
        t1 = t1_of(self.t0, plaintext)
        key = reply_key(secret=self._secret, phone_nonce=claim.nonce, t1=t1)
        return Channel(slot=slot, claim=claim, claim_bytes=plaintext, t1=t1, key=key)

    def is_repeated(self, channel: Channel) -> bool:
        """Tell whether this very claim came before, and remember it.

        Its reply key and counter are spent: a second reply would be encrypted under the same nonce, and whoever
        replays claims (the relay can) could read and forge replies from then on.
        """
        if channel.t1 in self._claimed:
            return True
        self._claimed.add(channel.t1)
        return False

    def is_fresh(self, claim: Claim, now: float, within_s: int) -> bool:
        """Tell whether the claimed code is one that we showed, at most `within_s` seconds ago."""
        if not equal(claim.tag, self._tag(claim.elapsed_s)):
            return False
        return 0 <= self.elapsed(now) - claim.elapsed_s <= within_s

    def t2(self, channel: Channel) -> bytes:
        """Return T2 for an accepted channel."""
        return t2_of(channel.t1, self.r)

    def check_code(self, channel: Channel) -> str:
        """Return the four digits for an accepted channel."""
        return check_code(self.t2(channel))

    def open_message(self, channel: Channel, kind: PhoneMessage, ciphertext: bytes) -> bytes:
        """Decrypt a message of the accepted phone; each type counts once.

        Raises:
            RejectedError: repeated, or not for this ceremony.
        """
        if kind in channel.seen:
            raise RejectedError("ceremony.already_used", str(kind))
        plaintext = hpke_open(key=self._key, info=context(kind, self.t2(channel)), ciphertext=ciphertext)
        channel.seen.add(kind)
        return plaintext

    def _tag(self, elapsed: int) -> bytes:
        return rotation_tag(rotation_key=self._rotation_key, token=self.token, elapsed_s=elapsed)
