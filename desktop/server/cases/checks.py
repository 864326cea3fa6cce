"""Identity checks (实名认证) at the review desk: papers seen by an operator, who is never the one they are of.

What an approval means is the business of its purpose; it happens in the transaction of the decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.domain.errors import RejectedError
from desktop.domain.operations import CheckPurpose, CheckState
from desktop.server.cases import grants, mobile_change, papers, recovery
from desktop.server.context import Platform
from desktop.server.db.models import Account, Grant, IdentityCheck
from desktop.server.rules import people
from desktop.server.rules.permissions import Actor
from desktop.server.rules.states import CHECKS, CheckEvent, follow

REVIEW_LIMIT = 200
_ID_NUMBER = b"id_number"


class Decide(Protocol):
    """What a decision means for its purpose."""

    def __call__(
        self, session: Session, platform: Platform, actor: Actor, check: IdentityCheck, *, approve: bool
    ) -> None:
        """Do it, in the transaction of the decision."""
        ...


DECISIONS: Mapping[CheckPurpose, Decide] = {
    CheckPurpose.GRANT: grants.decide,
    CheckPurpose.PASSWORD_RESET: recovery.decide,
    CheckPurpose.MOBILE_CHANGE: mobile_change.decide,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """A check with the person whom the papers must show."""

    check: IdentityCheck
    name: str
    id_number_masked: str


def own(platform: Platform, actor: Actor) -> list[CheckView]:
    """Return the caller's checks, newest first."""
    query = select(IdentityCheck).where(IdentityCheck.account_id == actor.id)
    with platform.db.read() as session:
        rows = session.scalars(query.order_by(IdentityCheck.created_at.desc(), IdentityCheck.id).limit(REVIEW_LIMIT))
        return [view(session, platform, check) for check in rows]


def to_review(platform: Platform, state: CheckState) -> list[CheckView]:
    """Return checks in a state, oldest first."""
    query = select(IdentityCheck).where(IdentityCheck.state == state)
    with platform.db.read() as session:
        rows = session.scalars(query.order_by(IdentityCheck.created_at, IdentityCheck.id).limit(REVIEW_LIMIT))
        return [view(session, platform, check) for check in rows]


def review(platform: Platform, actor: Actor, check_id: str, *, approve: bool, reason: str) -> CheckView:
    """Decide on a check; a rejection needs a reason.

    Raises:
        RejectedError: `platform.not_found`, `.own_application`, `.wrong_state`, `.bad_field`, or what the purpose says.
    """
    text = people.remark(reason, "reason")
    if not approve and not text:
        raise RejectedError("platform.bad_field", "reason")
    with platform.db.write() as session:
        check = session.get(IdentityCheck, check_id, with_for_update=True)
        if check is None:
            raise RejectedError("platform.not_found")
        if check.account_id == actor.id:
            raise RejectedError("platform.own_application")
        check.state = follow(CHECKS, CheckState(check.state), CheckEvent.APPROVE if approve else CheckEvent.REJECT)
        check.reason, check.reviewed_by, check.reviewed_at = text or None, actor.id, platform.now()
        DECISIONS[CheckPurpose(check.purpose)](session, platform, actor, check, approve=approve)
        session.flush()
        return view(session, platform, check)


def paper(platform: Platform, check_id: str, number: int) -> tuple[bytes, str]:
    """Return one paper of a check and its media type.

    Raises:
        RejectedError: `platform.not_found`.
    """
    with platform.db.read() as session:
        check = session.get(IdentityCheck, check_id)
    if check is None:
        raise RejectedError("platform.not_found")
    return papers.read(platform, check.papers, number)


def view(session: Session, platform: Platform, check: IdentityCheck) -> CheckView:
    """Return a check as it is shown: of a grant, the person granted; else the account's own identity."""
    grant = session.get(Grant, check.subject) if check.purpose == CheckPurpose.GRANT else None
    if grant is not None:
        name, sealed = grant.name, grant.id_number
    else:
        account = session.get_one(Account, check.account_id)
        name, sealed = account.name, account.id_number or b""
    masked = people.masked_id_number(platform.vault.open(_ID_NUMBER, sealed).decode()) if sealed else ""
    return CheckView(check=check, name=name, id_number_masked=masked)
