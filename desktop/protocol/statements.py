"""What the platform and the agency's workstations sign about a lot: tree heads, receipts, closings, openings, results.

Every statement is a frozen dataclass whose fields carry their name on the wire and their check, so that writer and
reader cannot differ. `read_statement` and `read_room_statement` answer for form, encoding and signatures; whether the
signer is to be believed is the caller's: path, dates and `is_record_keeper` for a platform statement, `is_by_officer`
for a room statement, and for both that `platform` is the expected one. docs/tendering.md §4, §6; ADR 0006.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from dataclasses import fields as fields_of
from typing import Any, ClassVar, Generic, Self, TypeVar

from desktop.crypto.certificates import RECORD_KEEPER_EKU, CertificateFacts, read_certificate
from desktop.crypto.primitives import HPKE_OVERHEAD_BYTES, sha256
from desktop.crypto.suites import as_p256, load_point, verify
from desktop.domain.errors import RejectedError
from desktop.domain.tendering import MIN_BIDS, OpeningState, Party
from desktop.protocol import codec, cose
from desktop.protocol.codec import Value
from desktop.protocol.enrolment import Enrolment, enrolment_statement, read_enrolment
from desktop.protocol.notices import Notice, known_envelope, money
from desktop.protocol.schema import Check, array, blob, boolean, fields, integer, one_of, text, time

_VERSION = 1
_HASH, _POINT, _PACKAGE = 32, 65, 16
#: A scalar in HPKE.
_ROOM_WRAP = HPKE_OVERHEAD_BYTES + 32
_MAX_CERTIFICATE_BYTES = 4096
MAX_BIDS, MAX_OPENED_FILES = 1_000_000, 1000
_MAX_SAFE = 2**53 - 1
#: Microseconds since 1970-01-01 UTC.
micros = integer(0, _MAX_SAFE)
_count = integer(0, MAX_BIDS)


def _wire(name: str, check: Check) -> dict[str, Any]:
    """Say what a field is called on the wire, and what may stand there."""
    return {"name": name, "check": check}


def _package_or_nothing(value: Value) -> bytes:
    if not isinstance(value, bytes) or len(value) not in (0, _PACKAGE):
        raise RejectedError("ceremony.malformed", "package")
    return value


class _Wired:
    """A dataclass that is one map on the wire."""

    __slots__ = ()

    def to_map(self) -> dict[str, Value]:
        """Return the wire map."""
        return {each.metadata["name"]: _plain(getattr(self, each.name)) for each in fields_of(self)}  # type: ignore[arg-type]

    @classmethod
    def from_map(cls, value: Value) -> Self:
        """Check a wire map.

        Raises:
            RejectedError: `ceremony.malformed`.
        """
        return cls(**_checked(cls, value, {}))


def _checked(cls: type, value: Value, more: Mapping[str, Check]) -> dict[str, Any]:
    known = fields_of(cls)
    f = fields(value, {**more, **{each.metadata["name"]: each.metadata["check"] for each in known}})
    return {each.name: f[each.metadata["name"]] for each in known}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, _Wired):
        return value.to_map()
    return str(value) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True, kw_only=True)
class _Statement(_Wired):
    """What every statement says; `USE` separates the kinds under the signature."""

    USE: ClassVar[str] = ""
    platform: str = field(metadata=_wire("platform", text(64)))

    def write(self) -> bytes:
        """Return the payload.

        Raises:
            RejectedError: `ceremony.malformed`: a value may not stand there.
        """
        data = codec.encode({"v": _VERSION, **self.to_map()})
        if not codec.fits(data) or type(self).read(data) != self:
            raise RejectedError("ceremony.malformed", self.USE)
        return data

    @classmethod
    def read(cls, data: bytes) -> Self:
        """Read a payload.

        Raises:
            RejectedError: `ceremony.malformed`, `ceremony.key_not_allowed`.
        """
        statement = cls(**_checked(cls, codec.decode(data), {"v": integer(_VERSION, _VERSION)}))
        statement.check()
        return statement

    def check(self) -> None:
        """Demand what no single field can say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformStatement(_Statement):
    """Signed by the platform's record key; `at_us` is the moment that it speaks of, by the platform's clock."""

    at_us: int = field(metadata=_wire("at", micros))


@dataclass(frozen=True, slots=True, kw_only=True)
class Head(PlatformStatement):
    """The log's tree head."""

    USE: ClassVar[str] = "BIDSEAL1/head"
    size: int = field(metadata=_wire("size", integer(0, _MAX_SAFE)))
    root: bytes = field(metadata=_wire("root", blob(_HASH)))


@dataclass(frozen=True, slots=True, kw_only=True)
class BidReceipt(PlatformStatement):
    """A bid was there at `at_us`; `number` counts the lot's bids, `replaced` is the package before, or empty."""

    USE: ClassVar[str] = "BIDSEAL1/bid-receipt"
    tender: str = field(metadata=_wire("tender", text(64)))
    lot: str = field(metadata=_wire("lot", text(64)))
    bidder: str = field(metadata=_wire("bidder", text(120)))
    bidder_code: str = field(metadata=_wire("bcode", text(32)))
    package_id: bytes = field(metadata=_wire("package", blob(_PACKAGE)))
    sha256: bytes = field(metadata=_wire("sha", blob(_HASH)))
    size: int = field(metadata=_wire("size", integer(1, _MAX_SAFE)))
    manifest_sha256: bytes = field(metadata=_wire("manifest", blob(_HASH)))
    number: int = field(metadata=_wire("number", integer(1, MAX_BIDS)))
    leaf: int = field(metadata=_wire("leaf", integer(0, _MAX_SAFE)))
    replaced: bytes = field(metadata=_wire("prev", _package_or_nothing))


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn(PlatformStatement):
    """A bid was withdrawn at `at_us`."""

    USE: ClassVar[str] = "BIDSEAL1/withdrawn"
    tender: str = field(metadata=_wire("tender", text(64)))
    lot: str = field(metadata=_wire("lot", text(64)))
    package_id: bytes = field(metadata=_wire("package", blob(_PACKAGE)))
    leaf: int = field(metadata=_wire("leaf", integer(0, _MAX_SAFE)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing(PlatformStatement):
    """The lot was closed at `at_us` with `count` bids under `root`; `opens` says whether they are enough."""

    USE: ClassVar[str] = "BIDSEAL1/closing"
    tender: str = field(metadata=_wire("tender", text(64)))
    lot: str = field(metadata=_wire("lot", text(64)))
    deadline: int = field(metadata=_wire("deadline", time))
    notice_sha256: bytes = field(metadata=_wire("notice", blob(_HASH)))
    count: int = field(metadata=_wire("count", _count))
    root: bytes = field(metadata=_wire("root", blob(_HASH)))
    opens: bool = field(metadata=_wire("opens", boolean))

    def check(self) -> None:
        """Demand that `opens` follows from the number of bids."""
        if self.opens != (self.count >= MIN_BIDS):
            raise RejectedError("ceremony.malformed", "opens and count")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered(PlatformStatement):
    """The delivery window of an envelope ended at `at_us` with `count` deliveries under `root`."""

    USE: ClassVar[str] = "BIDSEAL1/delivered"
    tender: str = field(metadata=_wire("tender", text(64)))
    lot: str = field(metadata=_wire("lot", text(64)))
    envelope_id: str = field(metadata=_wire("env", known_envelope))
    count: int = field(metadata=_wire("count", _count))
    root: bytes = field(metadata=_wire("root", blob(_HASH)))


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomStatement(_Statement):
    """Signed by an enrolled workstation of the agency, about one envelope of one lot."""

    tender: str = field(metadata=_wire("tender", text(64)))
    lot: str = field(metadata=_wire("lot", text(64)))
    envelope_id: str = field(metadata=_wire("env", known_envelope))


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningNotice(RoomStatement):
    """The room is open: bidders seal their shares to `room_key` (a point) until `until` (seconds).

    `room_wrap` is the private scalar of that key, sealed to the envelope's opening key (room_key.py).
    `closing_sha256` is `Signed.document_sha256` of the closing. A `revision` above 1 extends the window, for a reason.
    """

    USE: ClassVar[str] = "BIDSEAL1/room"
    room_key: bytes = field(metadata=_wire("room", blob(_POINT)))
    room_wrap: bytes = field(metadata=_wire("wrap", blob(_ROOM_WRAP)))
    closing_sha256: bytes = field(metadata=_wire("closing", blob(_HASH)))
    until: int = field(metadata=_wire("until", time))
    revision: int = field(metadata=_wire("rev", integer(1, 1000)))
    reason: str = field(metadata=_wire("reason", text(500, empty=True)))

    def check(self) -> None:
        """Demand a key that can be sealed to, and a reason for each extension."""
        load_point(self.room_key)
        if self.revision > 1 and not self.reason:
            raise RejectedError("ceremony.malformed", "extended without a reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedFile(_Wired):
    """A file that an opened envelope held."""

    name: str = field(metadata=_wire("name", text(255)))
    size: int = field(metadata=_wire("size", integer(0, 2**40)))
    sha256: bytes = field(metadata=_wire("sha", blob(_HASH)))


@dataclass(frozen=True, slots=True, kw_only=True)
class BidResult(RoomStatement):
    """What the opening of one bid's envelope came to; `cause` is a catalogue code, `at` in epoch seconds."""

    USE: ClassVar[str] = "BIDSEAL1/result"
    package_id: bytes = field(metadata=_wire("package", blob(_PACKAGE)))
    state: OpeningState = field(metadata=_wire("state", one_of(OpeningState)))
    cause: str = field(metadata=_wire("cause", text(64, empty=True)))
    party: Party = field(metadata=_wire("party", one_of(Party)))
    files: tuple[OpenedFile, ...] = field(metadata=_wire("files", array(OpenedFile.from_map, maximum=MAX_OPENED_FILES)))
    price: str = field(metadata=_wire("price", money))
    bid_bond: str = field(metadata=_wire("bond", money))
    duration_days: int = field(metadata=_wire("days", integer(0, 100_000)))
    quality: str = field(metadata=_wire("quality", text(500, empty=True)))
    project_manager: str = field(metadata=_wire("manager", text(120, empty=True)))
    at: int = field(metadata=_wire("at", time))

    def check(self) -> None:
        """Demand a cause and a party exactly where a bid was not opened."""
        is_opened = self.state is OpeningState.OPENED
        if is_opened != (not self.cause) or is_opened != (self.party is Party.NOBODY):
            raise RejectedError("ceremony.malformed", "state, cause and party")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed(RoomStatement):
    """Whether a bid passed the first envelope's review, so that its second one is opened."""

    USE: ClassVar[str] = "BIDSEAL1/passed"
    package_id: bytes = field(metadata=_wire("package", blob(_PACKAGE)))
    passed: bool = field(metadata=_wire("passed", boolean))
    reason: str = field(metadata=_wire("reason", text(500, empty=True)))
    at: int = field(metadata=_wire("at", time))


P = TypeVar("P", bound=PlatformStatement)
R = TypeVar("R", bound=RoomStatement)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed(Generic[P]):
    """A platform statement whose signature is good; `document` is the COSE_Sign1."""

    payload: P
    document: bytes
    signer: CertificateFacts

    @property
    def document_sha256(self) -> bytes:
        """Hash by which other statements name this one."""
        return sha256(self.document)

    @property
    def is_record_keeper(self) -> bool:
        """Whether the signer's certificate is for this; its path and dates are looked at elsewhere."""
        return RECORD_KEEPER_EKU in self.signer.extended_usages and not self.signer.is_ca


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomSigned(Generic[R]):
    """A room statement whose signature is good, and whose workstation `officer` enrolled for its own unit."""

    payload: R
    document: bytes
    workstation_key: bytes
    workstation_name: str
    enrolled_at: int
    officer: CertificateFacts

    def is_by_officer(self, notice: Notice) -> bool:
        """Tell whether it may speak for the lot of `notice`; the officer's path and dates are looked at elsewhere."""
        spoken, said = self.payload, (notice.platform, notice.tender, notice.lot)
        return self.officer.sha256 in notice.officers and (spoken.platform, spoken.tender, spoken.lot) == said


def write_statement(payload: PlatformStatement, *, sign: Callable[[bytes], bytes], signer: bytes) -> bytes:
    """Return a platform statement; `sign` is the record key's raw r‖s signature, `signer` its certificate (DER)."""
    return codec.encode({"doc": cose.sign1(payload.write(), use=payload.USE, sign=sign), "signer": signer})


def read_statement(data: bytes, kind: type[P]) -> Signed[P]:
    """Read a platform statement of one kind.

    Raises:
        RejectedError: `ceremony.malformed`, `ceremony.signature_invalid` (which another kind is, too), or what a
            certificate that cannot be read says.
    """
    outer = fields(codec.decode(data), {"doc": blob(1, codec.MAX_BYTES), "signer": blob(1, _MAX_CERTIFICATE_BYTES)})
    signer = read_certificate(outer["signer"])
    payload = cose.open1(outer["doc"], use=kind.USE, key=as_p256(signer.public_key))
    return Signed(payload=kind.read(payload), document=outer["doc"], signer=signer)


def write_room_statement(
    payload: RoomStatement,
    *,
    sign: Callable[[bytes], bytes],
    workstation_key: bytes,
    workstation_name: str,
    enrolment: Enrolment,
) -> bytes:
    """Return a room statement; `sign` is the workstation key's raw r‖s signature, the unit is that of its enrolment."""
    officer = read_certificate(enrolment.certificate)
    return codec.encode(
        {
            "doc": cose.sign1(payload.write(), use=payload.USE, sign=sign),
            "key": workstation_key,
            "name": workstation_name,
            "org": officer.organization,
            "code": officer.credit_code,
            "enrol": enrolment.to_map(),
        }
    )


def read_room_statement(data: bytes, kind: type[R]) -> RoomSigned[R]:
    """Read a room statement of one kind with the enrolment of its workstation.

    Raises:
        RejectedError: `ceremony.malformed`, `ceremony.signature_invalid`, `ceremony.workstation_not_enrolled`, or what
            a certificate that cannot be read says.
    """
    f = fields(
        codec.decode(data),
        {
            "doc": blob(1, codec.MAX_BYTES),
            "key": blob(_POINT),
            "name": text(64),
            "org": text(120),
            "code": text(32),
            "enrol": read_enrolment,
        },
    )
    payload = kind.read(cose.open1(f["doc"], use=kind.USE, key=load_point(f["key"])))
    officer = read_certificate(f["enrol"].certificate)
    if not officer.may_sign or (officer.organization, officer.credit_code) != (f["org"], f["code"]):
        raise RejectedError("ceremony.workstation_not_enrolled", "enrolled by another organization")
    enrolled = enrolment_statement(
        platform=payload.platform,
        credit_code=f["code"],
        workstation_key=f["key"],
        workstation_name=f["name"],
        issued_at=f["enrol"].issued_at,
    )
    if not verify(officer.public_key, enrolled, f["enrol"].signature):
        raise RejectedError("ceremony.signature_invalid", "enrolment")
    return RoomSigned(
        payload=payload,
        document=f["doc"],
        workstation_key=f["key"],
        workstation_name=f["name"],
        enrolled_at=f["enrol"].issued_at,
        officer=officer,
    )
