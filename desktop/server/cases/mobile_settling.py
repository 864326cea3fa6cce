"""Changes of number take effect when their time has come: at the next login of anybody, and when they are looked at."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.domain.operations import MobileChangeState, NoticeKind
from desktop.server.cases.accounts import end_others
from desktop.server.cases.notices import tell
from desktop.server.context import Platform
from desktop.server.db.models import Account, MobileChange
from desktop.server.rules.people import masked_mobile
from desktop.server.rules.states import MOBILE_CHANGES, MobileChangeEvent, follow


def settle(session: Session, platform: Platform) -> None:
    """Apply the changes that are due; one whose number has got an account meanwhile is cancelled."""
    due = select(MobileChange).where(
        MobileChange.state == MobileChangeState.PENDING, MobileChange.effective_at <= platform.now()
    )
    for change in session.scalars(due.order_by(MobileChange.effective_at, MobileChange.id)):
        account = session.get_one(Account, change.account_id)
        taken = session.scalar(select(Account.id).where(Account.mobile == change.new_mobile)) is not None
        event = MobileChangeEvent.CANCEL if taken else MobileChangeEvent.APPLY
        change.state = follow(MOBILE_CHANGES, MobileChangeState(change.state), event)
        change.decided_at = platform.now()
        told = {"mobile": masked_mobile(change.new_mobile)}
        if taken:
            tell(session, platform, account.id, NoticeKind.MOBILE_CHANGE_CANCELLED, **told)
            continue
        account.mobile = change.new_mobile
        end_others(session, platform, account.id)
        tell(session, platform, account.id, NoticeKind.MOBILE_CHANGED, **told)
        session.flush()
