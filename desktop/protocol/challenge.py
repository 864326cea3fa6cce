"""The challenge: what the desktop asks, bound to this workstation, this ceremony round and this moment.

On the wire it is either the plain map (workstation not enrolled: login, download, reissue, enrolment) or a COSE_Sign1
of it by the workstation's key, whose enrolment by a member's certificate travels inside. C, the exact bytes, begin the
transcript. A challenge for the camera (no network, no freshness, no check code) says so in a signed field, so that an
answer of one mode never counts in the other. docs/protocol.md, Challenge, Camera mode.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from desktop.crypto.primitives import sha256
from desktop.crypto.suites import load_point
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Operation
from desktop.protocol import codec, cose
from desktop.protocol.codec import Value
from desktop.protocol.enrolment import Enrolment, enrolment_statement, read_enrolment
from desktop.protocol.items import TENDERING, Item, read_items, serial
from desktop.protocol.schema import array, blob, fields, integer, one_of, text, time

__all__ = [
    "CAMERA_ITEMS",
    "MAX_CHALLENGE_BYTES",
    "RELAY_ONLY",
    "TEMPLATE_VERSION",
    "UNSIGNED_OPERATIONS",
    "VERSION",
    "Challenge",
    "Enrolment",
    "enrolment_statement",
    "read_challenge",
    "workstation_id_of",
    "write_challenge",
]

VERSION = 1
#: Version of the display text templates (protocol/display.py).
TEMPLATE_VERSION = 1
#: As much as the mailbox takes, with room for the encryption.
MAX_CHALLENGE_BYTES = 192 * 1024
_COSE_USE = "BIDSEAL1/challenge"
#: What the workstation's signature adds, and a little more.
_SIGNED_BYTES = 128

#: Operations that a phone takes from a workstation that nobody has enrolled.
UNSIGNED_OPERATIONS = frozenset({Operation.LOGIN, Operation.DOWNLOAD, Operation.REISSUE, Operation.ENROL_WORKSTATION})

#: Operations that cannot go by camera: a login is for the platform, an enrolment is of a workstation that cannot sign.
RELAY_ONLY = frozenset({Operation.LOGIN, Operation.ENROL_WORKSTATION})
#: Items of one ceremony by camera: more would take longer to show than a person holds a phone.
CAMERA_ITEMS = 8


class _Mode(StrEnum):
    """Values of the field `mode`; a challenge for the relay has none."""

    CAMERA = "camera"


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """One round of a ceremony. Times are whole seconds since the epoch; keys are uncompressed P-256 points.

    `r_hash` is empty exactly in camera mode (`is_camera`), which has no accepted step.
    """

    operation: Operation
    platform: str
    platform_name: str
    workstation_id: bytes
    workstation_name: str
    organization: str
    credit_code: str
    items: tuple[Item, ...]
    certificates: tuple[str, ...]
    ephemeral_key: bytes
    nonce: bytes
    r_hash: bytes
    issued_at: int
    lifetime_s: int
    template_version: int = TEMPLATE_VERSION
    workstation_key: bytes = b""
    enrolment: Enrolment | None = None
    is_camera: bool = False

    def to_map(self) -> dict[str, Value]:
        """Return the wire map."""
        body: dict[str, Value] = {
            "v": VERSION,
            "op": str(self.operation),
            "platform": self.platform,
            "pname": self.platform_name,
            "ws": self.workstation_id,
            "ws_name": self.workstation_name,
            "org": self.organization,
            "code": self.credit_code,
            "items": [i.to_map() for i in self.items],
            "certs": list(self.certificates),
            "key": self.ephemeral_key,
            "nonce": self.nonce,
            "iat": self.issued_at,
            "ttl": self.lifetime_s,
            "tpl": self.template_version,
        }
        if self.is_camera:
            body["mode"] = str(_Mode.CAMERA)
        else:
            body["rh"] = self.r_hash
        if self.enrolment is not None:
            body["ws_key"] = self.workstation_key
            body["enrol"] = self.enrolment.to_map()
        return body

    @property
    def is_signed(self) -> bool:
        """Whether an enrolled workstation signs it."""
        return self.enrolment is not None


def workstation_id_of(workstation_key: bytes) -> bytes:
    """Return the self-certifying id of a workstation: the first 16 bytes of SHA-256 over its public point."""
    return sha256(workstation_key)[:16]


def write_challenge(challenge: Challenge, sign: Callable[[bytes], bytes] | None) -> bytes:
    """Return C. `sign` (raw r‖s by the workstation key) is wanted exactly when the challenge carries an enrolment.

    Raises:
        RejectedError: more than one challenge holds (`ceremony.too_large`): fewer items, several scans.
    """
    body = codec.encode(challenge.to_map())
    if len(body) > MAX_CHALLENGE_BYTES - _SIGNED_BYTES or not codec.fits(body):
        raise RejectedError("ceremony.too_large", f"{len(challenge.items)} items, {len(body)} bytes")
    if challenge.enrolment is None:
        return body
    if sign is None:
        raise RejectedError("ceremony.malformed", "enrolled challenge without a signer")
    return cose.sign1(body, use=_COSE_USE, sign=sign)


def read_challenge(data: bytes) -> Challenge:
    """Read C; the workstation's signature is checked here, its enrolment by the caller who knows whom to trust.

    Raises:
        RejectedError: `ceremony.malformed`, `ceremony.signature_invalid`, `ceremony.version_unknown`.
    """
    if len(data) > MAX_CHALLENGE_BYTES:
        raise RejectedError("ceremony.malformed", "too long")
    signed = cose.is_sign1(data)
    body = cose.payload_of(data)[0] if signed else data
    challenge = _from_value(codec.decode(body))
    if signed != challenge.is_signed:
        raise RejectedError("ceremony.malformed", "signature and enrolment go together")
    if signed:
        if workstation_id_of(challenge.workstation_key) != challenge.workstation_id:
            raise RejectedError("ceremony.malformed", "workstation id")
        cose.open1(data, use=_COSE_USE, key=load_point(challenge.workstation_key))
    elif challenge.operation not in UNSIGNED_OPERATIONS or challenge.is_camera:
        raise RejectedError("ceremony.workstation_not_enrolled")
    if challenge.is_camera and challenge.operation in RELAY_ONLY:
        raise RejectedError("ceremony.wrong_purpose", f"{challenge.operation} by camera")
    if challenge.is_camera and len(challenge.items) > CAMERA_ITEMS:
        raise RejectedError("ceremony.malformed", "too many items for the camera")
    return challenge


def _from_value(value: Value) -> Challenge:
    _check_version(value)
    f = fields(
        value,
        {
            "v": integer(VERSION, VERSION),
            "op": one_of(Operation),
            "platform": text(64),
            "pname": text(120),
            "ws": blob(16),
            "ws_name": text(64),
            "org": text(120, empty=True),
            "code": text(32, empty=True),
            "items": lambda v: v,
            "certs": array(serial, maximum=16),
            "key": blob(65),
            "nonce": blob(32),
            "iat": time,
            "ttl": integer(1, 86_400),
            "tpl": integer(TEMPLATE_VERSION, TEMPLATE_VERSION),
        },
        {"ws_key": blob(65), "enrol": read_enrolment, "rh": blob(32), "mode": one_of(_Mode)},
    )
    if ("rh" in f) == ("mode" in f):
        raise RejectedError("ceremony.malformed", "either rh or mode")
    if f["op"] in TENDERING and len(f["certs"]) != 1:
        raise RejectedError("ceremony.malformed", "one certificate wanted")
    if ("ws_key" in f) != ("enrol" in f):
        raise RejectedError("ceremony.malformed", "enrolment is incomplete")
    return Challenge(
        operation=f["op"],
        platform=f["platform"],
        platform_name=f["pname"],
        workstation_id=f["ws"],
        workstation_name=f["ws_name"],
        organization=f["org"],
        credit_code=f["code"],
        items=read_items(f["op"], f["items"]),
        certificates=f["certs"],
        ephemeral_key=f["key"],
        nonce=f["nonce"],
        r_hash=f.get("rh", b""),
        issued_at=f["iat"],
        lifetime_s=f["ttl"],
        template_version=f["tpl"],
        workstation_key=f.get("ws_key", b""),
        enrolment=f.get("enrol"),
        is_camera="mode" in f,
    )


def _check_version(value: Value) -> None:
    """Say "newer version" rather than "malformed" where that is the cause, so that the user knows to update."""
    if isinstance(value, dict) and isinstance(value.get("v"), int) and value["v"] != VERSION:
        raise RejectedError("ceremony.version_unknown", str(value["v"]))
