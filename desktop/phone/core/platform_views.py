"""What the platform tells the app of account, unit, certificates, seals and records: frozen, typed, checked.

Shown, not trusted: keys and certificates that the phone signs with are judged by `trust`, never by these.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from desktop.domain.operations import (
    CertificateState,
    GrantState,
    MemberRole,
    MobileChangeState,
    OrderKind,
    OrderState,
    SealKind,
    SealState,
)
from desktop.phone.core.platform_calls import moment, reading


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneOrganization:
    """A unit that the account belongs to, and as what."""

    name: str
    credit_code: str
    member_role: str
    organization_id: str = ""

    @property
    def is_administered(self) -> bool:
        """Whether the account is one of its certificate admins."""
        return self.member_role == MemberRole.CERTIFICATE_ADMIN


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSession:
    """Who is logged in on the phone. `created` tells that the number was registered just now."""

    account_name: str
    mobile_masked: str
    organizations: tuple[PhoneOrganization, ...]
    created: bool
    has_password: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member of a unit; `is_self` where it is the person with the phone."""

    account_id: str
    name: str
    mobile_masked: str
    role: MemberRole
    since: datetime
    is_self: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A grant; to its grantee, who has yet to show who it is, `name` and `granted_by` are masked."""

    grant_id: str
    organization_id: str
    organization_name: str
    name: str
    id_number_masked: str
    mobile_masked: str
    role: MemberRole
    state: GrantState
    granted_by: str
    reason: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantForm:
    """Whom to grant, and as what."""

    name: str
    id_number: str
    mobile: str
    role: MemberRole

    def __repr__(self) -> str:
        """Leave the personal data out."""
        return f"GrantForm(role={self.role})"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCertificate:
    """A certificate as the platform lists it; `successor` is the serial of the one that followed it, "" for none."""

    serial: str
    organization_id: str
    organization_name: str
    credit_code: str
    holder_name: str
    state: CertificateState
    not_before: datetime
    not_after: datetime
    mine: bool
    successor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A certificate order; `predecessor` is the certificate that it follows, "" for a first one and a grant."""

    order_id: str
    kind: OrderKind
    state: OrderState
    organization_name: str
    holder_name: str
    predecessor: str
    reason: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSeal:
    """A seal or the application for it."""

    seal_id: str
    state: SealState
    kind: SealKind
    name: str
    organization_id: str
    organization_name: str
    certificate_serial: str
    width_mm: float
    height_mm: float
    reason: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SealForm:
    """An application for a seal: the scan as it was chosen (name, bytes, media type), the imprint cut out of it."""

    certificate_serial: str
    kind: SealKind
    name: str
    width_mm: float
    height_mm: float
    scan: tuple[str, bytes, str] = field(repr=False)
    imprint_png: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRecord:
    """A line of the usage records."""

    number: int
    operation: str
    certificate_serial: str
    user_name: str
    subject: str
    result: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginDevice:
    """A living session; `method` is "sms", "password" or "phone", `device` what its client calls itself."""

    session_id: str
    method: str
    device: str
    created_at: datetime
    expires_at: datetime
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MobileChange:
    """A change of the bound mobile number; until `effective_at` it can be cancelled."""

    change_id: str
    old_masked: str
    new_masked: str
    state: MobileChangeState
    effective_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MobileChangeForm:
    """A change of number with its proofs; `password` where the account has one."""

    new_mobile: str
    new_code: str
    old_code: str
    password: str = ""

    def __repr__(self) -> str:
        """Leave the proofs out."""
        return "MobileChangeForm()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something the account is told of. `kind` is a NoticeKind, or one of a newer platform."""

    number: int
    kind: str
    details: Mapping[str, str]
    created_at: datetime
    is_read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """A page of notices, newest first, and how many of all are unread."""

    unread: int = 0
    notices: tuple[Notice, ...] = ()


@reading
def session(d: Mapping[str, Any]) -> PhoneSession:
    """Read who is logged in; lenient about what is only shown."""
    account, organizations = d["account"], d.get("organizations")
    return PhoneSession(
        account_name=str(account.get("name", "")),
        mobile_masked=str(account.get("mobile_masked", "")),
        organizations=tuple(
            PhoneOrganization(
                name=str(o.get("name", "")),
                credit_code=str(o.get("credit_code", "")),
                member_role=str(o.get("member_role", "")),
                organization_id=str(o.get("id", "")),
            )
            for o in (organizations if isinstance(organizations, list) else [])
            if isinstance(o, Mapping)
        ),
        created=d.get("created") is True,
        has_password=account.get("has_password") is True,
    )


@reading
def member(d: Mapping[str, Any]) -> Member:
    """Read a member."""
    return Member(
        account_id=str(d["account_id"]),
        name=str(d["name"]),
        mobile_masked=str(d["mobile_masked"]),
        role=MemberRole(d["role"]),
        since=moment(d["since"]),
        is_self=d["self"] is True,
    )


@reading
def grant(d: Mapping[str, Any]) -> Grant:
    """Read a grant."""
    return Grant(
        grant_id=str(d["id"]),
        organization_id=str(d["organization_id"]),
        organization_name=str(d["organization_name"]),
        name=str(d["name"]),
        id_number_masked=str(d["id_number_masked"]),
        mobile_masked=str(d["mobile_masked"]),
        role=MemberRole(d["role"]),
        state=GrantState(d["state"]),
        granted_by=str(d["granted_by"] or ""),
        reason=str(d["reason"] or ""),
        created_at=moment(d["created_at"]),
    )


@reading
def certificate(d: Mapping[str, Any]) -> ListedCertificate:
    """Read a certificate."""
    return ListedCertificate(
        serial=str(d["serial"]),
        organization_id=str(d["organization_id"]),
        organization_name=str(d["organization_name"]),
        credit_code=str(d["credit_code"]),
        holder_name=str(d["holder_name"]),
        state=CertificateState(d["state"]),
        not_before=moment(d["not_before"]),
        not_after=moment(d["not_after"]),
        mine=d["mine"] is True,
        successor=str(d["successor"] or ""),
    )


@reading
def order(d: Mapping[str, Any]) -> Order:
    """Read an order."""
    return Order(
        order_id=str(d["id"]),
        kind=OrderKind(d["kind"]),
        state=OrderState(d["state"]),
        organization_name=str(d["organization_name"]),
        holder_name=str(d["holder_name"]),
        predecessor=str(d["predecessor"] or ""),
        reason=str(d["reason"] or ""),
        created_at=moment(d["created_at"]),
    )


@reading
def seal(d: Mapping[str, Any]) -> ListedSeal:
    """Read a seal."""
    return ListedSeal(
        seal_id=str(d["id"]),
        state=SealState(d["state"]),
        kind=SealKind(d["kind"]),
        name=str(d["name"]),
        organization_id=str(d["organization_id"]),
        organization_name=str(d["organization_name"]),
        certificate_serial=str(d["certificate_serial"]),
        width_mm=float(d["width_mm"]),
        height_mm=float(d["height_mm"]),
        reason=str(d["reason"] or ""),
        created_at=moment(d["created_at"]),
    )


@reading
def usage_record(d: Mapping[str, Any]) -> UsageRecord:
    """Read a usage record."""
    return UsageRecord(
        number=int(d["id"]),
        operation=str(d["operation"]),
        certificate_serial=str(d["certificate_serial"]),
        user_name=str(d["user_name"]),
        subject=str(d["subject"]),
        result=str(d["result"]),
        at=moment(d["at"]),
    )


@reading
def login_device(d: Mapping[str, Any]) -> LoginDevice:
    """Read a session of the list."""
    return LoginDevice(
        session_id=str(d["id"]),
        method=str(d["method"] or ""),
        device=str(d["device"] or ""),
        created_at=moment(d["created_at"]),
        expires_at=moment(d["expires_at"]),
        is_current=d["current"] is True,
    )


@reading
def mobile_change(d: Mapping[str, Any]) -> MobileChange:
    """Read a change of number."""
    return MobileChange(
        change_id=str(d["id"]),
        old_masked=str(d["old_masked"]),
        new_masked=str(d["new_masked"]),
        state=MobileChangeState(d["state"]),
        effective_at=moment(d["effective_at"]),
    )


@reading
def notices(d: Mapping[str, Any]) -> Notices:
    """Read a page of notices."""
    return Notices(unread=int(d["unread"]), notices=tuple(_notice(n) for n in d["notices"]))


def _notice(d: Mapping[str, Any]) -> Notice:
    return Notice(
        number=int(d["id"]),
        kind=str(d["kind"]),
        details={str(name): str(value) for name, value in d["details"].items()},
        created_at=moment(d["created_at"]),
        is_read=d["read_at"] is not None,
    )
