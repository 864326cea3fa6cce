"""The record bundle (`.bidrecord`): everything that was signed in an opening, one document after the other.

Source: docs/tendering.md §7.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from desktop.domain.errors import RejectedError
from desktop.protocol import codec
from desktop.protocol.notices import known_envelope
from desktop.protocol.schema import blob, boolean, fields, one_of, text
from desktop.protocol.statements import micros

MAX_PARTS = 100_000
_PACKAGE, _HASH = 16, 32


class PartKind(StrEnum):
    """What a document of a bundle is."""

    ANNOUNCEMENT = "ann"
    CLOSING = "closing"
    BID = "bid"
    ROOM = "room"
    DELIVERY = "delivery"
    DELIVERED = "delivered"
    RESULT = "result"
    PASSED = "passed"
    CONFIRMED = "confirmed"
    HEAD = "head"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One document as it was signed or, for `bid`, `delivery` and `confirmed`, as it stands in a tree."""

    kind: PartKind
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class BidLeaf:
    """A bid that took part."""

    package: bytes
    sha256: bytes
    credit_code: str
    at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """A bidder's confirmation or objection, as the platform took it down."""

    package: bytes
    envelope_id: str
    ok: bool
    text: str
    at_us: int


def write_bundle(parts: Iterable[Part]) -> bytes:
    """Return the bundle of `parts`, in their order, which has to be the one of order.py."""
    return b"".join(codec.encode({"kind": str(part.kind), "data": part.data}) for part in parts)


def read_bundle(file: BinaryIO) -> tuple[Part, ...]:
    """Read a bundle; nothing in it is judged.

    Raises:
        RejectedError: `ceremony.malformed`.
    """
    parts: list[Part] = []
    for data in codec.read_sequence(file):
        f = fields(codec.decode(data), {"kind": one_of(PartKind), "data": blob(1, codec.MAX_BYTES)})
        parts.append(Part(kind=f["kind"], data=f["data"]))
        if len(parts) > MAX_PARTS:
            raise RejectedError("ceremony.malformed", "too many parts")
    return tuple(parts)


def read_bid_leaf(data: bytes) -> BidLeaf:
    """Read the data of a bid's leaf.

    Raises:
        RejectedError: `ceremony.malformed`.
    """
    known = {"package": blob(_PACKAGE), "sha": blob(_HASH), "code": text(32), "at": micros}
    f = fields(_named(data, "BIDSEAL1/bid", tuple(known)), known)
    return BidLeaf(package=f["package"], sha256=f["sha"], credit_code=f["code"], at_us=f["at"])


def read_delivery_leaf(data: bytes) -> bytes:
    """Read the data of a delivery's leaf and return its package.

    Raises:
        RejectedError: `ceremony.malformed`.
    """
    known = {"package": blob(_PACKAGE), "sealed": blob(_HASH)}
    package: bytes = fields(_named(data, "BIDSEAL1/delivery", tuple(known)), known)["package"]
    return package


def read_confirmed(data: bytes) -> Confirmed:
    """Read a confirmation.

    Raises:
        RejectedError: `ceremony.malformed`.
    """
    f = fields(
        codec.decode(data),
        {
            "package": blob(_PACKAGE),
            "env": known_envelope,
            "ok": boolean,
            "text": text(2000, empty=True),
            "at": micros,
        },
    )
    return Confirmed(package=f["package"], envelope_id=f["env"], ok=f["ok"], text=f["text"], at_us=f["at"])


def _named(data: bytes, use: str, names: tuple[str, ...]) -> dict[str, codec.Value]:
    """Return an array that begins with its use as a map, so that its parts are checked as fields are."""
    value = codec.decode(data)
    if not isinstance(value, list) or value[:1] != [use] or len(value) != len(names) + 1:
        raise RejectedError("ceremony.malformed", use)
    return dict(zip(names, value[1:], strict=True))
