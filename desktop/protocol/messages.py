"""Messages after the challenge: claim, answer, proof and the small ones from the phone; replies from the desktop.

Phone → desktop messages are HPKE-sealed to the challenge's ephemeral key, each type at most once in a ceremony.
Desktop → phone replies are AES-256-GCM under the channel key with a counter. docs/protocol.md, Messages.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from desktop.domain.operations import Operation
from desktop.protocol import codec
from desktop.protocol.codec import Value
from desktop.protocol.items import MAX_ITEMS, MAX_SIGNATURE_BYTES, read_result, serial
from desktop.protocol.near import VALUE_BYTES
from desktop.protocol.schema import Check, array, blob, fields, integer, one_of, text

NONCE_BYTES = 32
TAG_BYTES = 8
MAX_ELAPSED_S = 0xFFFF


class PhoneMessage(StrEnum):
    """Types that a phone sends; the type names the HPKE context and is visible to the relay."""

    CLAIM = "claim"
    ANSWER = "answer"
    DECLINE = "decline"
    EXTEND = "extend"
    CANCEL = "cancel"
    PROOF = "proof"


class ReplyType(StrEnum):
    """Types that a desktop sends back to one claimant."""

    ACCEPTED = "accepted"
    STALE = "stale"
    TAKEN = "taken"
    PROVE = "prove"
    EXTENDED = "extended"
    NEAR = "near"
    ENDED = "ended"
    RECEIPT = "receipt"


class Outcome(StrEnum):
    """How a ceremony ended, as the receipt says it to the phone."""

    DONE = "done"
    PARTIAL = "partial"
    REFUSED = "refused"
    FAILED = "failed"


def write_frame(kind: PhoneMessage, ciphertext: bytes) -> bytes:
    """Return what the mailbox carries from phone to desktop."""
    return codec.encode({"t": str(kind), "ct": ciphertext})


def read_frame(data: bytes) -> tuple[PhoneMessage, bytes]:
    """Read a mailbox frame.

    Raises:
        RejectedError: `ceremony.malformed`.
    """
    f = fields(codec.decode(data), {"t": one_of(PhoneMessage), "ct": blob(1, codec.MAX_BYTES)})
    return f["t"], f["ct"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The phone says which code it scanned and who it is; `nonce` is its share of the channel key."""

    elapsed_s: int
    tag: bytes
    phone_name: str
    nonce: bytes

    def write(self) -> bytes:
        """Encode."""
        return codec.encode({"elapsed": self.elapsed_s, "tag": self.tag, "phone": self.phone_name, "nonce": self.nonce})

    @staticmethod
    def read(data: bytes) -> "Claim":
        """Decode.

        Raises:
            RejectedError: `ceremony.malformed`.
        """
        f = fields(
            codec.decode(data, max_bytes=1024),
            {
                "elapsed": integer(0, MAX_ELAPSED_S),
                "tag": blob(TAG_BYTES),
                "phone": text(64),
                "nonce": blob(NONCE_BYTES),
            },
        )
        return Claim(elapsed_s=f["elapsed"], tag=f["tag"], phone_name=f["phone"], nonce=f["nonce"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The phone's answer. `certificate` is empty for a download, which has none yet; `signature` is the consent's."""

    certificate: str
    results: tuple[Mapping[str, Any], ...]
    signature: bytes
    language: str

    def write(self) -> bytes:
        """Encode."""
        return codec.encode(self.to_map())

    def to_map(self) -> dict[str, Value]:
        """Return the fields as they stand in a message."""
        return {
            "cert": self.certificate,
            "results": [dict(r) for r in self.results],
            "sig": self.signature,
            "lang": self.language,
        }

    @staticmethod
    def read(operation: Operation, data: bytes) -> "Answer":
        """Decode an answer to a challenge of `operation`.

        Raises:
            RejectedError: `ceremony.malformed`.
        """
        return Answer.from_fields(fields(codec.decode(data), Answer.checks(operation)))

    @staticmethod
    def checks(operation: Operation) -> dict[str, Check]:
        """Return the checks of the fields, for a message that holds them."""
        return {
            "cert": lambda v: "" if v == "" else serial(v),
            "results": array(lambda v: read_result(operation, v), minimum=1, maximum=MAX_ITEMS),
            "sig": blob(64, MAX_SIGNATURE_BYTES),
            "lang": text(8),
        }

    @staticmethod
    def from_fields(f: Mapping[str, Any]) -> "Answer":
        """Return the answer of checked fields."""
        return Answer(certificate=f["cert"], results=f["results"], signature=f["sig"], language=f["lang"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a phone declined or cancelled: a catalogue code such as `phone.declined`."""

    code: str

    def write(self) -> bytes:
        """Encode."""
        return codec.encode({"reason": self.code})

    @staticmethod
    def read(data: bytes) -> "Reason":
        """Decode.

        Raises:
            RejectedError: `ceremony.malformed`.
        """
        return Reason(code=fields(codec.decode(data, max_bytes=256), {"reason": text(64)})["reason"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The 32 bytes that only the holder of the new encryption key can return."""

    value: bytes

    def write(self) -> bytes:
        """Encode."""
        return codec.encode({"proof": self.value})

    @staticmethod
    def read(data: bytes) -> "Proof":
        """Decode.

        Raises:
            RejectedError: `ceremony.malformed`.
        """
        return Proof(value=fields(codec.decode(data, max_bytes=256), {"proof": blob(32)})["proof"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One message of the desktop to its claimant; which fields are set follows from the type."""

    kind: ReplyType
    r: bytes = b""
    envelope: bytes = b""
    document: bytes = b""
    code: str = ""
    near: bytes = b""

    def write(self) -> bytes:
        """Encode with exactly the fields that the type has."""
        body: dict[str, Value] = {"t": str(self.kind)}
        values: dict[str, Value] = {"r": self.r, "env": self.envelope, "doc": self.document, "code": self.code}
        values["near"] = self.near
        for name in _REPLY_FIELDS[self.kind]:
            body[name] = values[name]
        return codec.encode(body)

    @staticmethod
    def read(data: bytes) -> "Reply":
        """Decode.

        Raises:
            RejectedError: `ceremony.malformed`.
        """
        value = codec.decode(data)
        kind = fields({"t": value.get("t", "")} if isinstance(value, dict) else value, {"t": one_of(ReplyType)})["t"]
        checks = {"r": blob(32), "env": blob(1, 1024), "doc": blob(1, codec.MAX_BYTES), "code": text(64)}
        checks["near"] = blob(VALUE_BYTES)
        f = fields(value, {"t": one_of(ReplyType), **{n: checks[n] for n in _REPLY_FIELDS[kind]}})
        return Reply(
            kind=kind,
            r=f.get("r", b""),
            envelope=f.get("env", b""),
            document=f.get("doc", b""),
            code=f.get("code", ""),
            near=f.get("near", b""),
        )


_REPLY_FIELDS: dict[ReplyType, tuple[str, ...]] = {
    ReplyType.ACCEPTED: ("r",),
    ReplyType.STALE: (),
    ReplyType.TAKEN: (),
    ReplyType.PROVE: ("env",),
    ReplyType.EXTENDED: (),
    ReplyType.NEAR: ("near",),
    ReplyType.ENDED: ("code",),
    ReplyType.RECEIPT: ("doc",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The outcome that a phone waits for; `t2` (in camera mode T0) ties it to the ceremony, `results` to the items."""

    t2: bytes
    outcome: Outcome
    code: str = ""
    results: tuple[Mapping[str, Value], ...] = field(default=())

    def write(self) -> bytes:
        """Encode the body; an enrolled workstation wraps it as COSE_Sign1."""
        return codec.encode(
            {
                "t2": self.t2,
                "outcome": str(self.outcome),
                "code": self.code,
                "results": [dict(r) for r in self.results],
            }
        )

    @staticmethod
    def read(data: bytes) -> "Receipt":
        """Decode the body.

        Raises:
            RejectedError: `ceremony.malformed`.
        """
        f = fields(
            codec.decode(data),
            {
                "t2": blob(32),
                "outcome": one_of(Outcome),
                "code": text(64, empty=True),
                "results": array(_result_map, maximum=MAX_ITEMS),
            },
        )
        return Receipt(t2=f["t2"], outcome=f["outcome"], code=f["code"], results=f["results"])


def _result_map(value: Value) -> Mapping[str, Value]:
    return fields(value, {}, dict.fromkeys(_RECEIPT_RESULT_FIELDS, lambda v: v))


#: name, sha256: a sealed file; error: why an item failed; sign_cert, enc_cert, chain: a download; seal: a claimed seal.
_RECEIPT_RESULT_FIELDS = ("name", "sha256", "error", "sign_cert", "enc_cert", "chain", "seal")

RECEIPT_USE = "BIDSEAL1/receipt"
