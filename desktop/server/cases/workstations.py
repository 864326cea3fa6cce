"""Workstations: enrolled by a member's certificate in a phone ceremony, listed, removed."""

from dataclasses import dataclass

from sqlalchemy import select

from desktop.crypto.primitives import sha256
from desktop.domain.errors import RejectedError
from desktop.domain.operations import NoticeKind, Operation
from desktop.protocol.challenge import workstation_id_of
from desktop.protocol.items import EnrolItem
from desktop.server.cases.answers import consume, earlier_effect, judge
from desktop.server.cases.notices import tell
from desktop.server.context import Platform
from desktop.server.db.models import Account, Organization, Workstation
from desktop.server.rules.permissions import MATRIX, Action, Actor, Target, demand, roles_of


def enrol(platform: Platform, actor: Actor, transcript: bytes) -> Workstation:
    """Register an enrolment; the same transcript again gives the same workstation.

    Raises:
        RejectedError: the caller does not belong to the unit, or what is wrong with the answer.
    """
    with platform.db.write() as session:
        answer = judge(session, platform, transcript, Operation.ENROL_WORKSTATION)
        challenge, item, signer = answer.verified.challenge, answer.verified.challenge.items[0], answer.signer
        assert isinstance(item, EnrolItem)
        demand(actor, Action.ENROL_WORKSTATION, Target(organization_id=signer.organization_id))
        if workstation_id_of(item.workstation_key) != challenge.workstation_id:
            raise RejectedError("ceremony.wrong_purpose", "another workstation")
        key_hash = sha256(item.workstation_key).hex()
        query = select(Workstation).where(
            Workstation.organization_id == signer.organization_id, Workstation.key_hash == key_hash
        )
        row = session.scalar(query.with_for_update())
        if row is not None and earlier_effect(session, answer) == row.id:
            return row
        row = row or Workstation(id=platform.new_id(), organization_id=signer.organization_id, key_hash=key_hash)
        row.name, row.certificate_serial, row.enrolled_by = item.name, signer.serial, signer.account_id
        row.enrolled_at, row.transcript = platform.now(), transcript
        session.add(row)
        consume(session, platform, answer, effect=row.id)
        tell(session, platform, signer.account_id, NoticeKind.WORKSTATION_ENROLLED, name=row.name)
        return row


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkstationView:
    """A workstation as the caller sees it: which unit's, who enrolled it, whether the caller may remove it."""

    workstation: Workstation
    organization_name: str
    enrolled_by: str
    may_remove: bool


def visible(platform: Platform, actor: Actor) -> list[WorkstationView]:
    """Return the workstations of the caller's units, newest first."""
    query = (
        select(Workstation, Organization.name, Account.name)
        .join(Organization, Organization.id == Workstation.organization_id)
        .join(Account, Account.id == Workstation.enrolled_by)
        .where(Workstation.organization_id.in_(list(actor.memberships)))
        .order_by(Workstation.enrolled_at.desc(), Workstation.id)
    )
    with platform.db.read() as session:
        return [_view(actor, *row) for row in session.execute(query)]


def view(platform: Platform, actor: Actor, row: Workstation) -> WorkstationView:
    """Return one workstation as the caller sees it."""
    with platform.db.read() as session:
        organization = session.get_one(Organization, row.organization_id)
        return _view(actor, row, organization.name, session.get_one(Account, row.enrolled_by).name)


def _view(actor: Actor, row: Workstation, organization_name: str, enrolled_by: str) -> WorkstationView:
    return WorkstationView(
        workstation=row,
        organization_name=organization_name,
        enrolled_by=enrolled_by,
        may_remove=bool(roles_of(actor, _target(row)) & MATRIX[Action.REMOVE_WORKSTATION]),
    )


def remove(platform: Platform, actor: Actor, workstation_id: str) -> None:
    """Remove a workstation.

    Raises:
        RejectedError: `platform.not_found`, `platform.forbidden`.
    """
    with platform.db.write() as session:
        row = session.get(Workstation, workstation_id)
        if row is None:
            raise RejectedError("platform.not_found")
        demand(actor, Action.REMOVE_WORKSTATION, _target(row))
        session.delete(row)
        tell(session, platform, row.enrolled_by, NoticeKind.WORKSTATION_REMOVED, name=row.name)


def _target(row: Workstation) -> Target:
    return Target(organization_id=row.organization_id, owners=frozenset({row.enrolled_by}))
