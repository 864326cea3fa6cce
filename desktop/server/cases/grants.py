"""Grants (授权): a certificate admin lets a person have a certificate of the unit. Manual, section 9; threat T34.

The person signs in with the mobile number of the grant, shows papers that prove to be who the grant names, and is a
member once the review desk has seen them; then an approved order waits to be downloaded. Refused: a grant by anybody
else than an admin of that very unit, and papers of another person than the one granted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.crypto.suites import Suite
from desktop.domain.errors import RejectedError
from desktop.domain.operations import (
    CheckPurpose,
    GrantState,
    MemberRole,
    NoticeKind,
    OrderKind,
    OrderState,
)
from desktop.server.cases import papers
from desktop.server.cases.accounts import present
from desktop.server.cases.members import admins
from desktop.server.cases.notices import tell
from desktop.server.cases.withdrawal import withdraw
from desktop.server.context import Platform
from desktop.server.db.models import Account, Grant, IdentityCheck, Member, Order, Organization
from desktop.server.rules import people
from desktop.server.rules.permissions import Action, Actor, Target, demand
from desktop.server.rules.states import GRANTS, GrantEvent, follow

MAX_OPEN = 50
_ID_NUMBER = b"id_number"
_OPEN = (GrantState.INVITED, GrantState.PENDING_REVIEW, GrantState.REJECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRequest:
    """A grant as it came in, unchecked."""

    name: str
    id_number: str
    mobile: str
    role: MemberRole

    def __repr__(self) -> str:
        """Leave the personal data out."""
        return f"GrantRequest(role={self.role})"


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantView:
    """A grant with what is shown beside it."""

    grant: Grant
    organization: Organization
    granted_by: str
    id_number_masked: str


def give(platform: Platform, actor: Actor, organization_id: str, request: GrantRequest) -> GrantView:
    """Grant.

    Raises:
        RejectedError: a field is not acceptable; `platform.not_found`, `.forbidden`, `.grant_exists`,
            `.already_member`, `.too_many_pending`.
    """
    demand(actor, Action.GRANT_MEMBERSHIP, Target(organization_id=organization_id))
    number = people.id_number(request.id_number)
    grant = Grant(
        id=platform.new_id(),
        organization_id=organization_id,
        granted_by=actor.id,
        role=request.role,
        state=GrantState.INVITED,
        name=people.name(request.name, "name"),
        mobile=people.mobile(request.mobile),
        id_number=platform.vault.seal(_ID_NUMBER, number.encode()),
        id_number_index=platform.vault.index(_ID_NUMBER, number.encode()),
        created_at=platform.now(),
    )
    with platform.db.write() as session:
        demand(present(session, actor), Action.GRANT_MEMBERSHIP, Target(organization_id=organization_id))
        _check_new(session, grant)
        session.add(grant)
        session.flush()
        account = session.scalar(select(Account).where(Account.mobile == grant.mobile))
        organization = session.get_one(Organization, organization_id)
        if account is not None:
            tell(session, platform, account.id, NoticeKind.GRANTED, organization=organization.name, role=grant.role)
        return _view(session, platform, grant)


def of_organization(platform: Platform, actor: Actor, organization_id: str) -> list[GrantView]:
    """Return the grants of a unit that the caller administers, newest first.

    Raises:
        RejectedError: `platform.not_found`, `platform.forbidden`.
    """
    demand(actor, Action.GRANT_MEMBERSHIP, Target(organization_id=organization_id))
    query = select(Grant).where(Grant.organization_id == organization_id)
    with platform.db.read() as session:
        rows = session.scalars(query.order_by(Grant.created_at.desc(), Grant.id).limit(200))
        return [_view(session, platform, grant) for grant in rows]


def to_self(platform: Platform, actor: Actor) -> list[GrantView]:
    """Return the open grants to the caller's mobile number: the certificates to be claimed (待申领的证书)."""
    with platform.db.read() as session:
        account = session.get_one(Account, actor.id)
        query = select(Grant).where(Grant.mobile == account.mobile, Grant.state.in_(_OPEN))
        return [_view(session, platform, g) for g in session.scalars(query.order_by(Grant.created_at, Grant.id))]


def submit(
    platform: Platform, actor: Actor, grant_id: str, *, name: str, id_number: str, contents: Sequence[bytes]
) -> IdentityCheck:
    """Hand in the papers of the person granted.

    Raises:
        RejectedError: `platform.not_found`, `.wrong_state`; `.identity_differs` when it is not the person granted, or
            the account is somebody else's; a paper is not acceptable.
    """
    number = people.id_number(id_number)
    index = platform.vault.index(_ID_NUMBER, number.encode())
    with platform.db.read() as session:  # before anything is kept of whoever may not hand it in
        _claimed(session, actor, grant_id, name, index)
    kept = papers.keep(platform, contents)
    with platform.db.write() as session:
        account, grant = _claimed(session, actor, grant_id, name, index)
        grant.state = follow(GRANTS, GrantState(grant.state), GrantEvent.SUBMIT)
        grant.account_id = account.id
        purpose = CheckPurpose.GRANT
        return papers.hand_in(session, platform, account_id=account.id, purpose=purpose, subject=grant.id, kept=kept)


def decide(session: Session, platform: Platform, actor: Actor, check: IdentityCheck, *, approve: bool) -> None:
    """Do what the decision on a grantee's papers means: a member with an order to download, or another try.

    Raises:
        RejectedError: `platform.own_application` for who granted; `.wrong_state`, `.identity_taken`,
            `.identity_differs`, `.already_member`.
    """
    grant = session.get_one(Grant, check.subject, with_for_update=True)
    if grant.granted_by == actor.id:
        raise RejectedError("platform.own_application")
    grant.state = follow(GRANTS, GrantState(grant.state), GrantEvent.APPROVE if approve else GrantEvent.REJECT)
    grant.reason = check.reason
    organization = session.get_one(Organization, grant.organization_id)
    if not approve:
        tell(session, platform, check.account_id, NoticeKind.GRANT_REJECTED, organization=organization.name)
        return
    account = session.get_one(Account, check.account_id, with_for_update=True)
    _check_identity(session, account, grant)
    _check_not_member(session, organization.id, account.id)
    account.name, account.id_number, account.id_number_index = grant.name, grant.id_number, grant.id_number_index
    session.add(
        Member(
            id=platform.new_id(),
            organization_id=organization.id,
            account_id=account.id,
            role=grant.role,
            created_at=platform.now(),
        )
    )
    session.add(_order(platform, actor, grant, account, organization))
    for admin in admins(session, organization.id):
        tell(session, platform, admin, NoticeKind.MEMBER_ADDED, organization=organization.name, name=grant.name)
    tell(
        session,
        platform,
        account.id,
        NoticeKind.ORDER_APPROVED,
        order_kind=OrderKind.GRANT,
        organization=organization.name,
    )


def revoke(platform: Platform, actor: Actor, grant_id: str) -> GrantView:
    """Take back a grant that is not a membership yet; a member is removed as one.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`, `.wrong_state`.
    """
    with platform.db.write() as session:
        grant = session.get(Grant, grant_id, with_for_update=True)
        if grant is None:
            raise RejectedError("platform.not_found")
        target = Target(organization_id=grant.organization_id)
        demand(present(session, actor), Action.REVOKE_MEMBERSHIP, target)
        if grant.state == GrantState.ACTIVE:
            raise RejectedError("platform.wrong_state", "a member by now")
        withdraw(session, platform, grant, by=actor.id)
        return _view(session, platform, grant)


def _claimed(session: Session, actor: Actor, grant_id: str, name: str, index: str) -> tuple[Account, Grant]:
    """Return the caller's account and the grant that it may hand in papers for."""
    account, grant = session.get_one(Account, actor.id), session.get(Grant, grant_id)
    if grant is None or grant.mobile != account.mobile:
        raise RejectedError("platform.not_found")
    if (name.strip(), index) != (grant.name, grant.id_number_index):
        raise RejectedError("platform.identity_differs")
    _check_identity(session, account, grant)
    follow(GRANTS, GrantState(grant.state), GrantEvent.SUBMIT)
    return account, grant


def _check_new(session: Session, grant: Grant) -> None:
    query = select(Grant.mobile, Grant.id_number_index).where(
        Grant.organization_id == grant.organization_id, Grant.state.in_(_OPEN)
    )
    waiting = session.execute(query).all()
    if any(grant.mobile == mobile or grant.id_number_index == index for mobile, index in waiting):
        raise RejectedError("platform.grant_exists")
    if len(waiting) >= MAX_OPEN:
        raise RejectedError("platform.too_many_pending")
    members = (
        select(Account.mobile, Account.id_number_index)
        .join(Member, Member.account_id == Account.id)
        .where(Member.organization_id == grant.organization_id)
    )
    if any(grant.mobile == mobile or grant.id_number_index == index for mobile, index in session.execute(members)):
        raise RejectedError("platform.already_member")


def _check_identity(session: Session, account: Account, grant: Grant) -> None:
    known = account.id_number_index
    if known is not None and (known, account.name) != (grant.id_number_index, grant.name):
        raise RejectedError("platform.identity_differs")
    other = select(Account.id).where(Account.id_number_index == grant.id_number_index, Account.id != account.id)
    if session.scalar(other) is not None:
        raise RejectedError("platform.identity_taken")


def _check_not_member(session: Session, organization_id: str, account_id: str) -> None:
    query = select(Member.id).where(Member.organization_id == organization_id, Member.account_id == account_id)
    if session.scalar(query) is not None:
        raise RejectedError("platform.already_member")


def _order(platform: Platform, actor: Actor, grant: Grant, account: Account, organization: Organization) -> Order:
    return Order(
        id=platform.new_id(),
        kind=OrderKind.GRANT,
        papers="",
        account_id=account.id,
        organization_id=organization.id,
        state=OrderState.APPROVED,
        organization_name=organization.name,
        credit_code=organization.credit_code,
        legal_representative=organization.legal_representative,
        holder_name=grant.name,
        id_number=grant.id_number,
        id_number_index=grant.id_number_index,
        suite=Suite.P256,
        licence="",
        letter="",
        created_at=platform.now(),
        reviewed_by=actor.id,
        reviewed_at=platform.now(),
    )


def _view(session: Session, platform: Platform, grant: Grant) -> GrantView:
    number = platform.vault.open(_ID_NUMBER, grant.id_number).decode()
    return GrantView(
        grant=grant,
        organization=session.get_one(Organization, grant.organization_id),
        granted_by=session.get_one(Account, grant.granted_by).name,
        id_number_masked=people.masked_id_number(number),
    )
