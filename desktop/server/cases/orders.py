"""Certificate orders: placed by the future holder, reviewed by an operator, never by the applicant (threat T15).

The first approved order of a credit code makes the unit, and its applicant certificate admin. A stranger's later order
for the same credit code is refused with the admin's masked name.
"""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desktop.crypto.suites import Suite
from desktop.domain.errors import RejectedError
from desktop.domain.operations import MemberRole, NoticeKind, OrderKind, OrderState, OrganizationKind
from desktop.server.cases import papers, successions
from desktop.server.cases.notices import tell
from desktop.server.context import Platform
from desktop.server.db.models import Account, Member, MobileCertificate, Order, Organization
from desktop.server.rules import images, people
from desktop.server.rules.permissions import Action, Actor, Target, demand
from desktop.server.rules.states import ORDERS, OrderEvent, follow

MAX_PENDING = 5
#: The review desk works from the oldest; nobody reads a longer list.
REVIEW_LIMIT = 200
_ID_NUMBER = b"id_number"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """An order as it came in, unchecked."""

    organization_name: str
    credit_code: str
    legal_representative: str
    holder_name: str
    id_number: str
    suite: str
    licence: bytes
    letter: bytes

    def __repr__(self) -> str:
        """Leave the personal data out."""
        return "OrderRequest()"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """An order with what is shown beside it."""

    order: Order
    id_number_masked: str
    certificate_serial: str | None


def place(platform: Platform, actor: Actor, request: OrderRequest) -> OrderView:
    """Place an order.

    Raises:
        RejectedError: a field or file is not acceptable; `platform.organization_exists`, `.order_pending`,
            `.too_many_pending`, `.identity_differs`.
    """
    images.paper(request.licence)
    images.paper(request.letter)
    number = people.id_number(request.id_number)
    order = Order(
        id=platform.new_id(),
        kind=OrderKind.NEW,
        papers="",
        account_id=actor.id,
        state=OrderState.PENDING_REVIEW,
        organization_name=people.name(request.organization_name, "organization_name"),
        credit_code=people.credit_code(request.credit_code),
        legal_representative=people.name(request.legal_representative, "legal_representative"),
        holder_name=people.name(request.holder_name, "holder_name"),
        id_number=platform.vault.seal(_ID_NUMBER, number.encode()),
        id_number_index=platform.vault.index(_ID_NUMBER, number.encode()),
        suite=_suite(request.suite),
        created_at=platform.now(),
    )
    # Before the transaction: a database that waits for a disk full of scans makes everybody wait.
    order.licence, order.letter = platform.files.put(request.licence), platform.files.put(request.letter)
    with platform.db.write() as session:
        account = session.get_one(Account, actor.id, with_for_update=True)
        _check_identity(account, order)
        _check_pending(session, order)
        organization = _organization(session, order.credit_code)
        if organization is not None:
            _check_member(session, organization, order)
            order.organization_id = organization.id
        session.add(order)
    return OrderView(order=order, id_number_masked=people.masked_id_number(number), certificate_serial=None)


def own(platform: Platform, actor: Actor) -> list[OrderView]:
    """Return the caller's orders, newest first."""
    with platform.db.read() as session:
        query = select(Order).where(Order.account_id == actor.id)
        return [view(session, platform, order) for order in session.scalars(query.order_by(*_NEWEST))]


def to_review(platform: Platform, state: OrderState) -> list[OrderView]:
    """Return orders in a state, oldest first."""
    with platform.db.read() as session:
        query = select(Order).where(Order.state == state).order_by(Order.created_at, Order.id).limit(REVIEW_LIMIT)
        return [view(session, platform, order) for order in session.scalars(query)]


def review(
    platform: Platform,
    actor: Actor,
    order_id: str,
    *,
    approve: bool,
    reason: str,
    kind: OrganizationKind = OrganizationKind.BIDDER,
) -> OrderView:
    """Decide on an order; a rejection needs a reason. `kind` is what a unit will be that this order is the first of.

    Raises:
        RejectedError: `platform.not_found`, `.own_application`, `.wrong_state`, `.bad_field`,
            `.organization_exists`, `.identity_taken`, `.identity_differs`.
    """
    text = people.remark(reason, "reason")
    if not approve and not text:
        raise RejectedError("platform.bad_field", "reason")
    try:
        with platform.db.write() as session:
            order = session.get(Order, order_id, with_for_update=True)
            if order is None:
                raise RejectedError("platform.not_found")
            if order.account_id == actor.id:
                raise RejectedError("platform.own_application")
            event = OrderEvent.APPROVE if approve else OrderEvent.REJECT
            order.state = follow(ORDERS, OrderState(order.state), event)
            order.reason, order.reviewed_by, order.reviewed_at = text or None, actor.id, platform.now()
            if approve and order.kind == OrderKind.NEW:
                _admit(session, platform, order, kind)
            elif approve:
                successions.approve(session, platform, actor, order)
            told = NoticeKind.ORDER_APPROVED if approve else NoticeKind.ORDER_REJECTED
            tell(session, platform, order.account_id, told, order_kind=order.kind, organization=order.organization_name)
            session.flush()
            return view(session, platform, order)
    except IntegrityError:  # the same unit or person was approved in another order at this very moment
        raise RejectedError("platform.wrong_state", "try again") from None


def paper(platform: Platform, order_id: str, which: str) -> tuple[bytes, str]:
    """Return an order's "licence" or "letter", or one of its further papers by number, and its media type.

    Raises:
        RejectedError: `platform.not_found`.
    """
    with platform.db.read() as session:
        order = session.get(Order, order_id)
    if order is None:
        raise RejectedError("platform.not_found")
    if which.isdecimal():
        return papers.read(platform, order.papers, int(which))
    return papers.read(platform, order.licence if which == "licence" else order.letter, 0)


def shown(platform: Platform, order_id: str) -> OrderView:
    """Return one order as it is shown, after a case has let the caller have it."""
    with platform.db.read() as session:
        return view(session, platform, session.get_one(Order, order_id))


def view(session: Session, platform: Platform, order: Order) -> OrderView:
    """Return an order as it is shown."""
    number = platform.vault.open(_ID_NUMBER, order.id_number).decode()
    serial = session.scalar(select(MobileCertificate.serial).where(MobileCertificate.order_id == order.id))
    return OrderView(order=order, id_number_masked=people.masked_id_number(number), certificate_serial=serial)


def for_download(session: Session, actor: Actor, order_id: str) -> Order:
    """Return an order that the caller may download the certificate of, locked.

    Raises:
        RejectedError: `platform.not_found`.
    """
    order = session.get(Order, order_id, with_for_update=True)
    if order is None:
        raise RejectedError("platform.not_found")
    demand(actor, Action.DOWNLOAD_CERTIFICATE, Target(owners=frozenset({order.account_id})))
    return order


_NEWEST = (Order.created_at.desc(), Order.id)


def _suite(text: str) -> Suite:
    try:
        return Suite(text)
    except ValueError:
        raise RejectedError("platform.bad_field", "suite") from None


def _organization(session: Session, credit_code: str) -> Organization | None:
    return session.scalar(select(Organization).where(Organization.credit_code == credit_code))


def _check_identity(account: Account, order: Order) -> None:
    if account.id_number_index is not None and (account.id_number_index, account.name) != (
        order.id_number_index,
        order.holder_name,
    ):
        raise RejectedError("platform.identity_differs")


def _check_pending(session: Session, order: Order) -> None:
    query = select(Order.credit_code).where(
        Order.account_id == order.account_id, Order.state == OrderState.PENDING_REVIEW, Order.kind == OrderKind.NEW
    )
    pending = list(session.scalars(query))
    if order.credit_code in pending:
        raise RejectedError("platform.order_pending")
    if len(pending) >= MAX_PENDING:
        raise RejectedError("platform.too_many_pending")


def _check_member(session: Session, organization: Organization, order: Order) -> None:
    query = select(func.count()).where(Member.organization_id == organization.id, Member.account_id == order.account_id)
    if not session.scalar(query):
        raise RejectedError("platform.organization_exists", _masked_admin(session, organization))
    if organization.name != order.organization_name:
        raise RejectedError("platform.bad_field", "organization_name")


def _masked_admin(session: Session, organization: Organization) -> str:
    query = (
        select(Account.name)
        .join(Member, Member.account_id == Account.id)
        .where(Member.organization_id == organization.id, Member.role == MemberRole.CERTIFICATE_ADMIN)
        .order_by(Member.created_at, Member.id)
        .limit(1)
    )
    return people.masked_name(session.scalar(query) or "")


def _admit(session: Session, platform: Platform, order: Order, kind: OrganizationKind) -> None:
    """Let the approved order's applicant be who it says, in the unit it names."""
    account = session.get_one(Account, order.account_id, with_for_update=True)
    _check_identity(account, order)
    other = select(Account.id).where(Account.id_number_index == order.id_number_index, Account.id != account.id)
    if session.scalar(other) is not None:
        raise RejectedError("platform.identity_taken")
    account.name, account.id_number, account.id_number_index = (
        order.holder_name,
        order.id_number,
        order.id_number_index,
    )
    organization = _organization(session, order.credit_code)
    if organization is not None:
        _check_member(session, organization, order)
        order.organization_id = organization.id
        return
    now = platform.now()
    organization = Organization(
        id=platform.new_id(),
        kind=kind,
        name=order.organization_name,
        credit_code=order.credit_code,
        legal_representative=order.legal_representative,
        created_at=now,
    )
    session.add(organization)
    session.flush()
    member = Member(
        id=platform.new_id(),
        organization_id=organization.id,
        account_id=account.id,
        role=MemberRole.CERTIFICATE_ADMIN,
        created_at=now,
    )
    session.add(member)
    order.organization_id = organization.id
