"""Accounts and sessions: login by SMS code or by a phone's answer, who a bearer token is, logout."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from desktop.crypto.primitives import sha256
from desktop.domain.errors import RejectedError
from desktop.domain.operations import MemberRole, PlatformRole
from desktop.server.context import Platform
from desktop.server.db.models import Account, Member, Organization, UserSession
from desktop.server.rules import people
from desktop.server.rules.permissions import VISITOR, Actor

SESSION_LIFE = timedelta(hours=12)
TOKEN_BYTES = 32


class Method(StrEnum):
    """How a session was begun."""

    SMS = "sms"
    #: By SMS code in the mobile app.
    APP = "app"
    PASSWORD = "password"  # noqa: S105 - a way to sign in, no password
    PHONE = "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A unit of an account, and as what the account belongs to it."""

    organization: Organization
    role: MemberRole


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A session that was just begun; the only moment at which its token is known."""

    token: str
    expires_at: datetime
    account: Account
    memberships: tuple[Membership, ...]
    created: bool

    def __repr__(self) -> str:
        """Leave the token out."""
        return f"SignedIn(account={self.account.id})"


def find_or_create(session: Session, platform: Platform, mobile: str) -> tuple[Account, bool]:
    """Return the account of a mobile number that has just been proven, and whether it is new."""
    account = session.scalar(select(Account).where(Account.mobile == mobile))
    if account is not None:
        return account, False
    account = Account(id=platform.new_id(), mobile=mobile, name="", role=PlatformRole.BIDDER, created_at=platform.now())
    session.add(account)
    session.flush()
    return account, True


def begin_session(
    session: Session,
    platform: Platform,
    account: Account,
    *,
    method: Method,
    device: str = "",
    created: bool = False,
    certificate_serial: str | None = None,
) -> SignedIn:
    """Begin a session of `account`; `device` is what the client calls itself."""
    name = people.remark(device, "device", limit=people.MAX_NAME_CHARACTERS)
    token, now = platform.random(TOKEN_BYTES).hex(), platform.now()
    session.execute(delete(UserSession).where(UserSession.expires_at <= now))
    row = UserSession(
        token_hash=_hash(token),
        account_id=account.id,
        certificate_serial=certificate_serial,
        created_at=now,
        expires_at=now + SESSION_LIFE,
        method=method,
        device=name,
    )
    session.add(row)
    return SignedIn(
        token=token,
        expires_at=row.expires_at,
        account=account,
        memberships=memberships_of(session, account.id),
        created=created,
    )


def memberships_of(session: Session, account_id: str) -> tuple[Membership, ...]:
    """Return the units of an account, by name."""
    query = (
        select(Organization, Member.role)
        .join(Member, Member.organization_id == Organization.id)
        .where(Member.account_id == account_id)
        .order_by(Organization.name, Organization.id)
    )
    return tuple(Membership(organization=o, role=MemberRole(role)) for o, role in session.execute(query))


def actor_of(platform: Platform, token: str | None) -> Actor:
    """Return who a bearer token is; no token is a visitor.

    Raises:
        RejectedError: a token that is unknown, expired or ended (`platform.signed_out`).
    """
    if token is None:
        return VISITOR
    token_hash = _hash(token)
    with platform.db.read() as session:
        row = session.get(UserSession, token_hash)
        if row is None or row.ended_at is not None or row.expires_at <= platform.now():
            raise RejectedError("platform.signed_out")
        account = session.get_one(Account, row.account_id)
        return Actor(
            account_id=account.id,
            platform_role=PlatformRole(account.role),
            memberships=_memberships(session, account.id),
            session_hash=token_hash,
        )


def present(session: Session, actor: Actor) -> Actor:
    """Return the caller with the memberships of this very moment: a write may have come between (T34)."""
    return replace(actor, memberships=_memberships(session, actor.id))


def _memberships(session: Session, account_id: str) -> dict[str, MemberRole]:
    members = session.execute(select(Member.organization_id, Member.role).where(Member.account_id == account_id))
    return {organization: MemberRole(role) for organization, role in members}


def end_session(platform: Platform, actor: Actor) -> None:
    """End the caller's session."""
    with platform.db.write() as session:
        session.execute(
            update(UserSession).where(UserSession.token_hash == actor.session_hash).values(ended_at=platform.now())
        )


def sessions_of(platform: Platform, actor: Actor) -> list[UserSession]:
    """Return the caller's living sessions, newest first."""
    query = select(UserSession).where(
        UserSession.account_id == actor.id, UserSession.ended_at.is_(None), UserSession.expires_at > platform.now()
    )
    with platform.db.read() as session:
        return list(session.scalars(query.order_by(UserSession.created_at.desc(), UserSession.token_hash)))


def end_one(platform: Platform, actor: Actor, session_id: str) -> None:
    """End one of the caller's sessions by its public id.

    Raises:
        RejectedError: `platform.not_found`.
    """
    with platform.db.write() as session:
        living = select(UserSession).where(UserSession.account_id == actor.id, UserSession.ended_at.is_(None))
        row = next((r for r in session.scalars(living) if public_id(r) == session_id), None)
        if row is None:
            raise RejectedError("platform.not_found")
        row.ended_at = platform.now()


def end_others(session: Session, platform: Platform, account_id: str, *, but: str = "") -> int:
    """End the sessions of an account but the one with the token hash `but`; return how many."""
    ended = session.execute(
        update(UserSession)
        .where(UserSession.account_id == account_id, UserSession.ended_at.is_(None), UserSession.token_hash != but)
        .values(ended_at=platform.now())
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def public_id(row: UserSession) -> str:
    """Return what a session is called in lists: the beginning of its hash, from which no token can be made."""
    return row.token_hash[:32]


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hex()
