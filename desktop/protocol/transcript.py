"""The running hash of a ceremony and everything derived from it: channel keys, contexts, check code, consent bytes.

Both sides feed the exact bytes they sent or received; whoever saw other bytes gets other keys, another check code and
another consent. docs/protocol.md, Keys and transcript.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from desktop.crypto.primitives import hkdf_sha256, hmac_sha256, sha256
from desktop.protocol import codec
from desktop.protocol.challenge import Challenge
from desktop.protocol.messages import PhoneMessage
from desktop.protocol.schema import blob, fields

R_BYTES = 32
TOKEN_BYTES = 16
SECRET_BYTES = 16


def t0_of(challenge: bytes) -> bytes:
    """Return T0 of challenge bytes C."""
    return sha256(codec.encode(["BIDSEAL1/challenge", challenge]))


def t1_of(t0: bytes, claim: bytes) -> bytes:
    """Return T1 of T0 and the claim's plaintext bytes."""
    return sha256(codec.encode(["BIDSEAL1/claim", t0, claim]))


def t2_of(t1: bytes, r: bytes) -> bytes:
    """Return T2 of T1 and the revealed r."""
    return sha256(codec.encode(["BIDSEAL1/accepted", t1, r]))


def check_code(t2: bytes) -> str:
    """Return the four-digit code that both screens show."""
    return f"{int.from_bytes(t2[:8], 'big') % 10_000:04d}"


def mailbox_key(*, token: bytes, secret: bytes) -> bytes:
    """Return the key of the one message that the mailbox holds, the challenge."""
    return hkdf_sha256(ikm=secret, salt=b"", info=b"BIDSEAL1/mailbox" + token)


def reply_key(*, secret: bytes, phone_nonce: bytes, t1: bytes) -> bytes:
    """Return the key of the desktop's replies to one claimant."""
    return hkdf_sha256(ikm=secret + phone_nonce, salt=t1, info=b"BIDSEAL1/d2p")


def context(kind: PhoneMessage, transcript: bytes) -> bytes:
    """Return the HPKE info of a phone message: T0 for the claim, T2 for all others."""
    return f"BIDSEAL1/{kind}".encode("ascii") + transcript


def rotation_tag(*, rotation_key: bytes, token: bytes, elapsed_s: int) -> bytes:
    """Return the tag of the code shown `elapsed_s` seconds after the challenge; only the desktop can make it."""
    return hmac_sha256(rotation_key, token + elapsed_s.to_bytes(2, "big"))[:8]


def possession_context(t2: bytes) -> bytes:
    """Return the HPKE info (P-256) or OAEP label (RSA) of the CA's possession challenge to a new encryption key."""
    return b"BIDSEAL1/possession" + t2


def key_request(*, sign_spki: bytes, enc_spki: bytes, order_id: str, t2: bytes) -> bytes:
    """Return the bytes that a new signing key signs to ask for its certificates."""
    return b"BIDSEAL1/request\0" + codec.encode({"sign": sign_spki, "enc": enc_spki, "order": order_id, "t": t2})


def results_hash(results: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the SHA-256 that a consent carries over an answer's results."""
    return sha256(codec.encode([dict(r) for r in results]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """The plaintext of one ceremony, as the desktop hands it to the platform, which verifies the same bytes again."""

    challenge: bytes
    claim: bytes
    r: bytes
    answer: bytes

    def write(self) -> bytes:
        """Encode."""
        return codec.encode({"challenge": self.challenge, "claim": self.claim, "r": self.r, "answer": self.answer})

    @staticmethod
    def read(data: bytes) -> "Transcript":
        """Decode.

        Raises:
            RejectedError: `ceremony.malformed`.
        """
        part = blob(1, codec.MAX_BYTES)
        f = fields(codec.decode(data), {"challenge": part, "claim": part, "r": blob(R_BYTES), "answer": part})
        return Transcript(challenge=f["challenge"], claim=f["claim"], r=f["r"], answer=f["answer"])

    @property
    def t0(self) -> bytes:
        """T0, the id of the ceremony round."""
        return t0_of(self.challenge)

    @property
    def t2(self) -> bytes:
        """T2, what the consent signs."""
        return t2_of(t1_of(self.t0, self.claim), self.r)


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraTranscript:
    """The plaintext of a ceremony in camera mode: challenge and the answer that holds the claim's fields."""

    challenge: bytes
    answer: bytes

    def write(self) -> bytes:
        """Encode."""
        return codec.encode({"challenge": self.challenge, "camera": self.answer})

    @property
    def t0(self) -> bytes:
        """T0, the id of the ceremony round."""
        return t0_of(self.challenge)

    @property
    def t2(self) -> bytes:
        """What the consent signs: T0, for nothing comes between challenge and answer."""
        return self.t0


AnyTranscript = Transcript | CameraTranscript


def read_transcript(data: bytes) -> AnyTranscript:
    """Decode a transcript of either mode.

    Raises:
        RejectedError: `ceremony.malformed`.
    """
    value = codec.decode(data)
    if not isinstance(value, Mapping) or "camera" not in value:
        return Transcript.read(data)
    part = blob(1, codec.MAX_BYTES)
    f = fields(value, {"challenge": part, "camera": part})
    return CameraTranscript(challenge=f["challenge"], answer=f["camera"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What the holder agrees to.

    `t2` is T0 in camera mode; `signer_sha256` is of the certificate's DER, or of the new signing key's SPKI where there
    is no certificate yet.
    """

    challenge: Challenge
    t2: bytes
    phone_nonce: bytes
    signer_sha256: bytes
    language: str
    results_sha256: bytes

    def to_be_signed(self) -> bytes:
        """Return the consent bytes; their first byte 0x42 ("B") can never begin a DER value that a signature covers."""
        return b"BIDSEAL1/consent\0" + codec.encode(
            {
                "op": str(self.challenge.operation),
                "platform": self.challenge.platform,
                "org": self.challenge.organization,
                "code": self.challenge.credit_code,
                "t": self.t2,
                "nonce": self.phone_nonce,
                "cert": self.signer_sha256,
                "tpl": self.challenge.template_version,
                "lang": self.language,
                "results": self.results_sha256,
            }
        )
