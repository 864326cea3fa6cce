"""What the platform tells of members, grants, identity checks and notices: frozen, typed, checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desktop.domain.ids import AccountId, OrganizationId
from desktop.domain.operations import CheckPurpose, CheckState, GrantState, MemberRole
from desktop.portal.records import reading, time_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member of a unit; `is_self` where it is the caller."""

    account_id: AccountId
    name: str
    mobile_masked: str
    role: MemberRole
    since: datetime
    is_self: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A grant. To its grantee, who has yet to show who it is, `name` and `granted_by` are masked."""

    grant_id: str
    organization_id: OrganizationId
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
class IdentityCheck:
    """An identity check; `name` and `id_number_masked` are told to the review desk only."""

    check_id: str
    purpose: CheckPurpose
    subject: str
    state: CheckState
    papers: int
    created_at: datetime
    reason: str
    name: str
    id_number_masked: str
    #: Approved, and not used in time.
    has_lapsed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something the account is told of. `kind` is a NoticeKind, or one of a newer platform."""

    number: int
    kind: str
    details: Mapping[str, str]
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """A page of notices, newest first, and how many of all are unread."""

    unread: int
    notices: tuple[Notice, ...]


@reading
def member(d: Mapping[str, Any]) -> Member:
    """Read a member."""
    return Member(
        account_id=AccountId(d["account_id"]),
        name=d["name"],
        mobile_masked=d["mobile_masked"],
        role=MemberRole(d["role"]),
        since=time_of(d["since"]),
        is_self=bool(d["self"]),
    )


@reading
def grant(d: Mapping[str, Any]) -> Grant:
    """Read a grant."""
    return Grant(
        grant_id=d["id"],
        organization_id=OrganizationId(d["organization_id"]),
        organization_name=d["organization_name"],
        name=d["name"],
        id_number_masked=d["id_number_masked"],
        mobile_masked=d["mobile_masked"],
        role=MemberRole(d["role"]),
        state=GrantState(d["state"]),
        granted_by=d["granted_by"],
        reason=d["reason"] or "",
        created_at=time_of(d["created_at"]),
    )


@reading
def identity_check(d: Mapping[str, Any]) -> IdentityCheck:
    """Read an identity check."""
    return IdentityCheck(
        check_id=d["id"],
        purpose=CheckPurpose(d["purpose"]),
        subject=d["subject"],
        state=CheckState(d["state"]),
        papers=int(d["papers"]),
        created_at=time_of(d["created_at"]),
        reason=d["reason"] or "",
        name=d.get("name", ""),
        id_number_masked=d.get("id_number_masked", ""),
        has_lapsed=d.get("lapsed") is True,
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
        created_at=time_of(d["created_at"]),
        read_at=time_of(d["read_at"]) if d["read_at"] else None,
    )
