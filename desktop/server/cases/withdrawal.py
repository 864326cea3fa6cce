"""The end of a grant that is not a membership yet: nobody can claim it, and papers for it are not looked at."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.domain.operations import CheckPurpose, CheckState, GrantState
from desktop.server.context import Platform
from desktop.server.db.models import Grant, IdentityCheck
from desktop.server.rules.states import CHECKS, GRANTS, CheckEvent, GrantEvent, follow


def withdraw(session: Session, platform: Platform, grant: Grant, *, by: str) -> None:
    """Revoke `grant` and cancel the identity checks for it.

    Raises:
        RejectedError: it is revoked already (`platform.wrong_state`).
    """
    grant.state = follow(GRANTS, GrantState(grant.state), GrantEvent.REVOKE)
    grant.revoked_by, grant.revoked_at = by, platform.now()
    query = select(IdentityCheck).where(IdentityCheck.purpose == CheckPurpose.GRANT, IdentityCheck.subject == grant.id)
    for check in session.scalars(query):
        after = CHECKS.get((CheckState(check.state), CheckEvent.CANCEL))
        if after is not None:
            check.state = after


def withdraw_given(session: Session, platform: Platform, organization_id: str, account_id: str, *, by: str) -> None:
    """Withdraw what an admin has granted and nobody has come of: who is no admin any more lets nobody in (T34)."""
    query = select(Grant).where(
        Grant.organization_id == organization_id,
        Grant.granted_by == account_id,
        Grant.state.in_((GrantState.INVITED, GrantState.PENDING_REVIEW, GrantState.REJECTED)),
    )
    for grant in session.scalars(query.with_for_update()):
        withdraw(session, platform, grant, by=by)
