"""Members of a unit: who belongs to it, as what, until an admin ends it. The last certificate admin stays.

Who leaves loses everything that the unit gave: certificates are revoked, their seals void, open orders cancelled. Who
is no admin any more has granted nothing that is not a membership yet.
"""

from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from desktop.crypto.issuing import RevocationReason
from desktop.domain.errors import RejectedError
from desktop.domain.operations import GrantState, MemberRole, NoticeKind, OrderState
from desktop.server.cases.accounts import present
from desktop.server.cases.invalidation import invalidate
from desktop.server.cases.notices import tell
from desktop.server.cases.withdrawal import withdraw_given
from desktop.server.context import Platform
from desktop.server.db.models import (
    Account,
    Grant,
    IssuedCertificate,
    Member,
    MobileCertificate,
    Order,
    Organization,
)
from desktop.server.rules.permissions import Action, Actor, Target, demand
from desktop.server.rules.states import GRANTS, ORDERS, GrantEvent, IssuedState, OrderEvent

_REMARK = "授权已撤销"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberView:
    """A member as the unit sees it."""

    member: Member
    account: Account


def visible(platform: Platform, actor: Actor, organization_id: str) -> list[MemberView]:
    """Return the members of a unit of the caller, in the order in which they came.

    Raises:
        RejectedError: `platform.not_found`.
    """
    demand(actor, Action.LIST_MEMBERS, Target(organization_id=organization_id))
    query = (
        select(Member, Account)
        .join(Account, Account.id == Member.account_id)
        .where(Member.organization_id == organization_id)
        .order_by(Member.created_at, Member.id)
    )
    with platform.db.read() as session:
        return [MemberView(member=member, account=account) for member, account in session.execute(query)]


def change_role(
    platform: Platform, actor: Actor, organization_id: str, account_id: str, role: MemberRole
) -> MemberView:
    """Make a member certificate admin or certificate user.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`, `.last_admin`.
    """
    with platform.db.write() as session:
        demand(present(session, actor), Action.REVOKE_MEMBERSHIP, Target(organization_id=organization_id))
        member = _member(session, organization_id, account_id)
        if role is not MemberRole.CERTIFICATE_ADMIN:
            _keep_an_admin(session, member)
        if member.role != role:
            member.role = role
            if role is not MemberRole.CERTIFICATE_ADMIN:
                withdraw_given(session, platform, organization_id, account_id, by=actor.id)
            name = session.get_one(Organization, organization_id).name
            tell(session, platform, account_id, NoticeKind.ROLE_CHANGED, organization=name, role=role)
        return MemberView(member=member, account=session.get_one(Account, account_id))


def remove(platform: Platform, actor: Actor, organization_id: str, account_id: str) -> None:
    """End a membership, and with it the certificates and seals that the member had from it.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`, `.last_admin`.
    """
    with platform.db.write() as session:
        demand(present(session, actor), Action.REVOKE_MEMBERSHIP, Target(organization_id=organization_id))
        member = _member(session, organization_id, account_id)
        _keep_an_admin(session, member)
        session.delete(member)
        _take_back(session, platform, actor, organization_id, account_id)
        name = session.get_one(Organization, organization_id).name
        tell(session, platform, account_id, NoticeKind.MEMBER_REMOVED, organization=name)


def admins(session: Session, organization_id: str) -> list[str]:
    """Return the accounts of a unit's certificate admins."""
    query = select(Member.account_id).where(
        Member.organization_id == organization_id, Member.role == MemberRole.CERTIFICATE_ADMIN
    )
    return list(session.scalars(query.order_by(Member.created_at, Member.id)))


def _member(session: Session, organization_id: str, account_id: str) -> Member:
    query = select(Member).where(Member.organization_id == organization_id, Member.account_id == account_id)
    member = session.scalar(query.with_for_update())
    if member is None:
        raise RejectedError("platform.not_found")
    return member


def _keep_an_admin(session: Session, member: Member) -> None:
    others = select(func.count()).where(
        Member.organization_id == member.organization_id,
        Member.role == MemberRole.CERTIFICATE_ADMIN,
        Member.id != member.id,
    )
    if member.role == MemberRole.CERTIFICATE_ADMIN and not session.scalar(others):
        raise RejectedError("platform.last_admin")


def _take_back(session: Session, platform: Platform, actor: Actor, organization_id: str, account_id: str) -> None:
    certificates = (
        select(MobileCertificate)
        .join(IssuedCertificate, IssuedCertificate.serial == MobileCertificate.serial)
        .where(
            MobileCertificate.organization_id == organization_id,
            MobileCertificate.account_id == account_id,
            IssuedCertificate.state == IssuedState.ACTIVE,
        )
    )
    for certificate in session.scalars(certificates):
        invalidate(
            session,
            platform,
            certificate,
            reason=RevocationReason.AFFILIATION_CHANGED,
            by=actor.id,
            remark=_REMARK,
        )
    withdraw_given(session, platform, organization_id, account_id, by=actor.id)
    open_states = [str(state) for state, event in ORDERS if event is OrderEvent.CANCEL]
    session.execute(
        update(Order)
        .where(Order.organization_id == organization_id, Order.account_id == account_id, Order.state.in_(open_states))
        .values(state=OrderState.REJECTED, reason=_REMARK)
    )
    live = [str(state) for state, event in GRANTS if event is GrantEvent.REVOKE]
    session.execute(
        update(Grant)
        .where(Grant.organization_id == organization_id, Grant.account_id == account_id, Grant.state.in_(live))
        .values(state=GrantState.REVOKED, revoked_by=actor.id, revoked_at=platform.now())
    )
