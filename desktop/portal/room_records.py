"""What the platform tells of closings and opening rooms: frozen, typed, checked.

Statements stay the signed bytes that they are, for `formats` to judge. Source: docs/tendering.md §6, §9.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from desktop.domain.secret import SecretBytes
from desktop.portal.json_fields import (
    boolean,
    document,
    document_or_nothing,
    hash_of,
    identifier,
    integer,
    moment,
    package_of,
    text,
)
from desktop.portal.records import reading, time_of
from desktop.portal.tender_records import Lot, lot

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedBid:
    """A bid that was current at closing, as the platform lists it; its place in the tree shows whether that is so."""

    package: bytes
    sha256: bytes
    bidder: str
    bidder_code: str
    at_us: int
    number: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingList:
    """The closing statement and the bids that its root covers, in the order of `number`."""

    closing: bytes = field(repr=False)
    bids: tuple[ClosedBid, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedInUnit:
    """A unit that signed in to an opening (签到)."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredShare:
    """That a share was handed in for a package, and when."""

    package: bytes
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedShare:
    """A share sealed to the room key, as the agency fetches it."""

    package: bytes
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """A bidder's confirmation of what was announced, or its objection, and the agency's answer or empty."""

    package: bytes
    is_agreed: bool
    text: str
    at: datetime
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomEnvelope:
    """The opening of one envelope: signed statements by package, empty bytes and None where there is nothing yet.

    `notices` are all opening notices, oldest first.
    """

    envelope_id: str
    notices: tuple[bytes, ...] = field(repr=False)
    until: datetime | None
    deliveries: tuple[DeliveredShare, ...]
    delivered: bytes = field(repr=False)
    results: Mapping[bytes, bytes] = field(repr=False)
    passed: Mapping[bytes, bytes] = field(repr=False)
    announced_at: datetime | None
    confirmations: tuple[Confirmation, ...]

    @property
    def notice(self) -> bytes:
        """The opening notice in force."""
        return self.notices[-1] if self.notices else b""

    @property
    def delivered_packages(self) -> frozenset[bytes]:
        """Packages for which a share was handed in."""
        return frozenset(each.package for each in self.deliveries)


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledRecord:
    """Hashes of the opening record and its bundle."""

    pdf_sha256: bytes
    bundle_sha256: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomView:
    """An opening room at one moment; every change makes a higher `version`."""

    version: int
    lot: Lot
    signed_in: tuple[SignedInUnit, ...]
    closing: bytes = field(repr=False)
    envelopes: Mapping[str, RoomEnvelope]
    record: FiledRecord | None


@reading
def closing_list(d: Mapping[str, Any]) -> ClosingList:
    """Read what was closed."""
    bids = tuple(
        ClosedBid(
            package=package_of(each["package"]),
            sha256=hash_of(each["sha256"]),
            bidder=text(each["bidder"]),
            bidder_code=text(each["bcode"]),
            at_us=integer(each["at_us"]),
            number=integer(each["number"]),
            size=integer(each["size"]),
        )
        for each in d["bids"]
    )
    return ClosingList(closing=document(d["closing"]), bids=bids)


@reading
def sealed_shares(d: list[Mapping[str, Any]]) -> tuple[SealedShare, ...]:
    """Read the shares that were handed in."""
    return tuple(SealedShare(package=package_of(each["package"]), sealed=document(each["sealed"])) for each in d)


@reading
def room_view(d: Mapping[str, Any]) -> RoomView:
    """Read a room."""
    record = d["record"]
    return RoomView(
        version=integer(d["version"]),
        lot=lot(d["lot"]),
        signed_in=tuple(SignedInUnit(name=text(u["name"]), at=time_of(u["at"])) for u in d["signed_in"]),
        closing=document_or_nothing(d["closing"]),
        envelopes={identifier(name): _envelope(name, each) for name, each in d["envelopes"].items()},
        record=None if record is None else _filed(record),
    )


@reading
def time_key(d: Mapping[str, Any]) -> SecretBytes:
    """Read a released time key."""
    key = base64.b64decode(d["key"], validate=True)
    if len(key) != _KEY_BYTES:
        raise ValueError("key")
    return SecretBytes(key)


def _filed(d: Mapping[str, Any]) -> FiledRecord:
    return FiledRecord(pdf_sha256=hash_of(d["pdf_sha256"]), bundle_sha256=hash_of(d["bundle_sha256"]))


def _envelope(name: str, d: Mapping[str, Any]) -> RoomEnvelope:
    return RoomEnvelope(
        envelope_id=name,
        notices=tuple(document(each) for each in d["notices"]),
        until=moment(d["until"]),
        deliveries=tuple(
            DeliveredShare(package=package_of(each["package"]), at=time_of(each["at"])) for each in d["deliveries"]
        ),
        delivered=document_or_nothing(d["delivered"]),
        results={package_of(package): document(each) for package, each in d["results"].items()},
        passed={package_of(package): document(each) for package, each in d["passed"].items()},
        announced_at=moment(d["announced_at"]),
        confirmations=tuple(
            Confirmation(
                package=package_of(each["package"]),
                is_agreed=boolean(each["ok"]),
                text=text(each["text"]),
                at=time_of(each["at"]),
                answer=text(each["answer"] or ""),
            )
            for each in d["confirmations"]
        ),
    )
