"""Certificates that follow another: renewal (延期), change of name (变更), reissue (补办). Manual, sections 5 to 7.

All are orders of the holder for one certificate, decided at the review desk, downloaded like a first one. What else
happens, happens in the transaction of its cause:

    renewal   issue: approved and claimed seals are bound to the new certificate, claimed ones signed again and returned
    change    approval: the unit has its new name, the old certificate is revoked, its seals are void
    reissue   approval: the old certificate is revoked, its seals wait; issue: they can be claimed with the new one
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.crypto.issuing import RevocationReason
from desktop.domain.errors import RejectedError
from desktop.domain.operations import OrderKind, OrderState
from desktop.server.cases import papers, seals
from desktop.server.cases.answers import usable_certificate
from desktop.server.cases.invalidation import invalidate
from desktop.server.cases.members import admins
from desktop.server.context import Platform
from desktop.server.db.models import Account, IssuedCertificate, MobileCertificate, Order, Organization
from desktop.server.rules import people
from desktop.server.rules.lifetimes import EXPIRES_SOON
from desktop.server.rules.permissions import Action, Actor, Target, demand
from desktop.server.rules.states import SealEvent

_ACTIONS = {
    OrderKind.RENEW: Action.RENEW_CERTIFICATE,
    OrderKind.CHANGE: Action.CHANGE_CERTIFICATE,
    OrderKind.REISSUE: Action.REISSUE_CERTIFICATE,
}
_OPEN = (OrderState.PENDING_REVIEW, OrderState.APPROVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    """An order for the certificate that follows `serial`; `organization_name` is the new one of a change."""

    kind: OrderKind
    serial: str
    organization_name: str = ""
    papers: Sequence[bytes] = ()


def place(platform: Platform, actor: Actor, request: Succession) -> Order:
    """Place the order.

    Raises:
        RejectedError: the certificate is not the caller's or does not hold; `platform.not_yet_renewable`,
            `.order_pending`, `.wrong_state`, or a field or paper is not acceptable.
    """
    name = people.name(request.organization_name, "organization_name") if request.kind is OrderKind.CHANGE else ""
    with platform.db.read() as session:
        _entitled(session, platform, actor, request, name)
    kept = papers.keep(platform, request.papers, at_least=0 if request.kind is OrderKind.RENEW else 1)
    with platform.db.write() as session:
        certificate, organization = _entitled(session, platform, actor, request, name)
        account = session.get_one(Account, certificate.account_id)
        if account.id_number is None or account.id_number_index is None:
            raise RejectedError("platform.identity_differs")
        order = Order(
            id=platform.new_id(),
            kind=request.kind,
            predecessor=certificate.serial,
            papers=kept,
            account_id=account.id,
            organization_id=organization.id,
            state=OrderState.PENDING_REVIEW,
            organization_name=name or organization.name,
            credit_code=organization.credit_code,
            legal_representative=organization.legal_representative,
            holder_name=certificate.holder_name,
            id_number=account.id_number,
            id_number_index=account.id_number_index,
            suite=certificate.suite,
            licence="",
            letter="",
            created_at=platform.now(),
        )
        session.add(order)
    return order


def approve(session: Session, platform: Platform, actor: Actor, order: Order) -> None:
    """Do what an approval means for the old certificate.

    Raises:
        RejectedError: the old certificate no longer holds; it would give the unit another name (`.wrong_state`) and is
            no admin's.
    """
    assert order.predecessor is not None
    certificate = usable_certificate(session, platform, order.predecessor)
    if order.kind == OrderKind.RENEW:
        return
    if order.kind == OrderKind.CHANGE:
        organization = session.get_one(Organization, certificate.organization_id, with_for_update=True)
        if organization.name != order.organization_name and order.account_id not in admins(session, organization.id):
            raise RejectedError("platform.wrong_state", "the unit has another name by now")
        organization.name = order.organization_name
        invalidate(
            session,
            platform,
            certificate,
            reason=RevocationReason.AFFILIATION_CHANGED,
            by=actor.id,
            order_id=order.id,
            remark="单位名称已变更, 请重新申请",
        )
    else:
        invalidate(
            session,
            platform,
            certificate,
            reason=RevocationReason.SUPERSEDED,
            by=actor.id,
            order_id=order.id,
            remark="证书已补办",
            seals=SealEvent.RELEASE,
        )


def complete(session: Session, platform: Platform, order: Order, serial: str) -> None:
    """Bind the seals of the old certificate to the new one, where they go on.

    Raises:
        RejectedError: a renewed certificate was revoked or has expired meanwhile.
    """
    if order.kind not in {OrderKind.RENEW, OrderKind.REISSUE}:
        return
    assert order.predecessor is not None
    if order.kind == OrderKind.RENEW:
        usable_certificate(session, platform, order.predecessor)
    seals.rebind(session, platform, order.predecessor, serial)


def successor_of(session: Session, serial: str) -> str | None:
    """Return the certificate that was issued after `serial`, if there is one."""
    query = (
        select(MobileCertificate.serial)
        .join(Order, Order.id == MobileCertificate.order_id)
        .where(Order.predecessor == serial)
    )
    return session.scalar(query)


def _entitled(
    session: Session, platform: Platform, actor: Actor, request: Succession, name: str
) -> tuple[MobileCertificate, Organization]:
    kind, serial = request.kind, request.serial
    found = session.get(MobileCertificate, serial)
    if found is None:
        raise RejectedError("platform.not_found")
    unit = found.organization_id
    demand(actor, _ACTIONS[kind], Target(organization_id=unit, owners=frozenset({found.account_id})))
    certificate, organization = usable_certificate(session, platform, serial), session.get_one(Organization, unit)
    if kind is OrderKind.CHANGE and name != organization.name:
        demand(actor, Action.RENAME_ORGANIZATION, Target(organization_id=unit))
    if kind is OrderKind.CHANGE and name == _name_in(session, certificate):
        raise RejectedError("platform.bad_field", "organization_name")
    expiry = session.get_one(IssuedCertificate, serial).not_after
    if kind is OrderKind.RENEW and expiry - platform.now() >= EXPIRES_SOON:
        raise RejectedError("platform.not_yet_renewable")
    is_open = select(Order.id).where(Order.predecessor == serial, Order.kind == kind, Order.state.in_(_OPEN))
    if session.scalar(is_open) is not None:
        raise RejectedError("platform.order_pending")
    if successor_of(session, serial) is not None:
        raise RejectedError("platform.wrong_state", "followed by another")
    return certificate, organization


def _name_in(session: Session, certificate: MobileCertificate) -> str:
    return session.get_one(Order, certificate.order_id).organization_name
