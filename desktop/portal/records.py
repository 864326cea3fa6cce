"""What the platform tells of accounts, orders, certificates, workstations and seals: frozen, typed, checked."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from desktop.domain.errors import RejectedError
from desktop.domain.ids import AccountId, OrderId, OrganizationId, SealId, SerialNumber
from desktop.domain.operations import (
    CertificateState,
    MemberRole,
    OrderKind,
    OrderState,
    OrganizationKind,
    PlatformRole,
    SealKind,
    SealState,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person at the platform."""

    account_id: AccountId
    name: str
    mobile_masked: str
    role: PlatformRole
    has_password: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """An organization the account belongs to, and as what; `kind` is what the organization is to tenders."""

    organization_id: OrganizationId
    name: str
    credit_code: str
    role: MemberRole
    kind: OrganizationKind = OrganizationKind.BIDDER


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A session. `token` is the bearer; never log it."""

    token: str
    expires_at: datetime
    account: Account
    organizations: tuple[Membership, ...]
    created: bool

    def __repr__(self) -> str:
        """Leave the token out."""
        return f"SignedIn(account={self.account.account_id})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A certificate order."""

    order_id: OrderId
    state: OrderState
    organization_name: str
    credit_code: str
    legal_representative: str
    holder_name: str
    id_number_masked: str
    suite: str
    created_at: datetime
    reason: str
    certificate_serial: str
    #: What the order is for; `predecessor` is the certificate that it follows, "" for a first one and a grant.
    kind: OrderKind = OrderKind.NEW
    predecessor: str = ""
    papers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """An issued mobile certificate: signing and encryption certificate as one."""

    serial: SerialNumber
    enc_serial: SerialNumber
    organization_id: OrganizationId
    organization_name: str
    credit_code: str
    holder_name: str
    suite: str
    state: CertificateState
    not_before: datetime
    not_after: datetime
    sign_cert: bytes
    enc_cert: bytes
    mine: bool
    #: The certificate that has followed this one; "" while there is none.
    successor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A seal or the application for it."""

    seal_id: SealId
    state: SealState
    kind: SealKind
    name: str
    organization_id: OrganizationId
    organization_name: str
    certificate_serial: str
    width_mm: float
    height_mm: float
    created_at: datetime
    reason: str
    imprint_sha256: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRecord:
    """A line of the usage records; none of before has evidence. `leaf`: the number of its entry in the log."""

    number: int
    operation: str
    certificate_serial: str
    user_name: str
    subject: str
    result: str
    ceremony: str
    organization_id: str
    at: datetime
    received_at: datetime
    row_hash: str
    has_evidence: bool
    leaf: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordContent:
    """Everything that a record's hash covers."""

    record: UsageRecord
    account_id: str
    place: int
    consent: bytes = field(repr=False)
    signature: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCertificates:
    """What a completed download brings."""

    sign_cert: bytes
    enc_cert: bytes
    chain: tuple[bytes, ...]
    #: Signed objects of the seals that go on with this certificate, by id.
    seals: tuple[tuple[SealId, bytes], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformIdentity:
    """What the platform says of itself; to be compared with the profile, not believed."""

    platform_id: str
    name: str
    now: datetime
    root: bytes
    issuing: tuple[bytes, ...]


def reading(build: Callable[[Any], T]) -> Callable[[Any], T]:
    """Turn any missing or mistyped field of a JSON answer into `portal.bad_answer`."""

    def read(document: Any) -> T:
        try:
            return build(document)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise RejectedError("portal.bad_answer", f"{build.__name__} {type(error).__name__}") from None

    return read


def time_of(text: str) -> datetime:
    """Read an ISO-8601 time, which must carry its zone."""
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError("time without zone")
    return value


@reading
def account(d: Mapping[str, Any]) -> Account:
    """Read an account."""
    return Account(
        account_id=AccountId(d["id"]),
        name=d["name"],
        mobile_masked=d["mobile_masked"],
        role=PlatformRole(d["role"]),
        has_password=bool(d.get("has_password")),
    )


@reading
def membership(d: Mapping[str, Any]) -> Membership:
    """Read a membership."""
    return Membership(
        organization_id=OrganizationId(d["id"]),
        name=d["name"],
        credit_code=d["credit_code"],
        role=MemberRole(d["member_role"]),
        kind=OrganizationKind(d.get("kind", OrganizationKind.BIDDER)),
    )


@reading
def signed_in(d: Mapping[str, Any]) -> SignedIn:
    """Read a session."""
    return SignedIn(
        token=str(d["token"]),
        expires_at=time_of(d["expires_at"]),
        account=account(d["account"]),
        organizations=tuple(membership(o) for o in d["organizations"]),
        created=bool(d["created"]),
    )


@reading
def order(d: Mapping[str, Any]) -> Order:
    """Read an order."""
    return Order(
        order_id=OrderId(d["id"]),
        state=OrderState(d["state"]),
        organization_name=d["organization_name"],
        credit_code=d["credit_code"],
        legal_representative=d["legal_representative"],
        holder_name=d["holder_name"],
        id_number_masked=d["id_number_masked"],
        suite=d["suite"],
        created_at=time_of(d["created_at"]),
        reason=d["reason"] or "",
        certificate_serial=d["certificate_serial"] or "",
        kind=OrderKind(d["kind"]),
        predecessor=d["predecessor"] or "",
        papers=int(d["papers"]),
    )


@reading
def certificate(d: Mapping[str, Any]) -> Certificate:
    """Read a certificate."""
    return Certificate(
        serial=SerialNumber(d["serial"]),
        enc_serial=SerialNumber(d["enc_serial"]),
        organization_id=OrganizationId(d["organization_id"]),
        organization_name=d["organization_name"],
        credit_code=d["credit_code"],
        holder_name=d["holder_name"],
        suite=d["suite"],
        state=CertificateState(d["state"]),
        not_before=time_of(d["not_before"]),
        not_after=time_of(d["not_after"]),
        sign_cert=base64.b64decode(d["sign_cert"]),
        enc_cert=base64.b64decode(d["enc_cert"]),
        mine=bool(d["mine"]),
        successor=d["successor"] or "",
    )


@reading
def seal(d: Mapping[str, Any]) -> Seal:
    """Read a seal."""
    return Seal(
        seal_id=SealId(d["id"]),
        state=SealState(d["state"]),
        kind=SealKind(d["kind"]),
        name=d["name"],
        organization_id=OrganizationId(d["organization_id"]),
        organization_name=d["organization_name"],
        certificate_serial=d["certificate_serial"],
        width_mm=float(d["width_mm"]),
        height_mm=float(d["height_mm"]),
        created_at=time_of(d["created_at"]),
        reason=d["reason"] or "",
        imprint_sha256=bytes.fromhex(d["imprint_sha256"]),
    )


@reading
def usage_record(d: Mapping[str, Any]) -> UsageRecord:
    """Read a usage record."""
    return UsageRecord(
        number=int(d["id"]),
        operation=d["operation"],
        certificate_serial=d["certificate_serial"],
        user_name=d["user_name"],
        subject=d["subject"],
        result=d["result"],
        ceremony=d["ceremony"],
        organization_id=d["organization_id"],
        at=time_of(d["at"]),
        received_at=time_of(d["received_at"]),
        row_hash=d["row_hash"] or "",
        has_evidence=bool(d["has_evidence"]),
        leaf=None if d["leaf"] is None else int(d["leaf"]),
    )


@reading
def record_content(d: Mapping[str, Any]) -> RecordContent:
    """Read a usage record with its evidence."""
    return RecordContent(
        record=usage_record(d),
        account_id=str(d["account_id"]),
        place=int(d["number"]),
        consent=base64.b64decode(d["consent"], validate=True),
        signature=base64.b64decode(d["signature"], validate=True),
    )


@reading
def issued(d: Mapping[str, Any]) -> IssuedCertificates:
    """Read freshly issued certificates."""
    return IssuedCertificates(
        sign_cert=base64.b64decode(d["sign_cert"]),
        enc_cert=base64.b64decode(d["enc_cert"]),
        chain=tuple(base64.b64decode(c) for c in d["chain"]),
        seals=tuple((SealId(s["id"]), base64.b64decode(s["seal"])) for s in d["seals"]),
    )


@reading
def identity(d: Mapping[str, Any]) -> PlatformIdentity:
    """Read the platform's profile answer."""
    return PlatformIdentity(
        platform_id=d["platform_id"],
        name=d["name"],
        now=time_of(d["now"]),
        root=base64.b64decode(d["root"]),
        issuing=tuple(base64.b64decode(c) for c in d["issuing"]),
    )


@reading
def platform_time(d: Mapping[str, Any]) -> datetime:
    """Read the platform's time."""
    return time_of(d["now"])
