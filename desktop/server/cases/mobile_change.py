"""Another bound mobile number (manual section 12, threat T33).

Both numbers must have read their codes, and the login password is asked for where there is one; who has lost the old
number shows papers of identity instead. Either way the change waits, the account and the old number are told, and
every session of the account can cancel it until it takes effect. Then all sessions end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from desktop.domain.errors import RejectedError
from desktop.domain.operations import CheckPurpose, CheckState, MobileChangeState, NoticeKind
from desktop.server.cases import papers, passwords, sms_login
from desktop.server.cases.mobile_settling import settle
from desktop.server.cases.notices import tell
from desktop.server.cases.sms_login import Purpose
from desktop.server.context import Platform
from desktop.server.db.models import Account, IdentityCheck, MobileChange
from desktop.server.rules import people
from desktop.server.rules.permissions import Actor
from desktop.server.rules.states import CHECKS, MOBILE_CHANGES, CheckEvent, MobileChangeEvent, follow

DELAY = timedelta(hours=24)
#: Without a word from the old number its owner gets longer to object.
DELAY_LOST = timedelta(hours=72)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRequest:
    """A wish to change, with its proofs."""

    new_mobile: str
    new_code: str
    old_code: str
    password: str = ""

    def __repr__(self) -> str:
        """Leave the proofs out."""
        return "ChangeRequest()"


def send_codes(platform: Platform, actor: Actor, new_mobile: str, *, with_old: bool, address: str = "") -> None:
    """Send codes to the new number and, unless it is lost, to the old one; both or none.

    Raises:
        RejectedError: `platform.mobile_invalid`, `.mobile_taken` (the new number is the old one), `.sms_too_often`,
            `.slow_down`.
    """
    people.mobile(new_mobile)
    with platform.db.read() as session:
        old_mobile = session.get_one(Account, actor.id).mobile
    if new_mobile == old_mobile:
        raise RejectedError("platform.mobile_taken", "own")
    wanted = [(new_mobile, Purpose.MOBILE_NEW), *([(old_mobile, Purpose.MOBILE_OLD)] if with_old else [])]
    sms_login.send_codes(platform, wanted, address=address)


def plan(platform: Platform, actor: Actor, request: ChangeRequest) -> MobileChange:
    """Plan a change that both numbers agree to.

    Raises:
        RejectedError: `platform.password_wrong`, `.password_paused`, `.code_wrong`, `.mobile_taken`, `.change_pending`.
    """
    with platform.db.read() as session:
        account = session.get_one(Account, actor.id)
    if account.password is not None:
        passwords.demand_password(platform, account.mobile, request.password)
    old = (account.mobile, request.old_code, Purpose.MOBILE_OLD)
    sms_login.prove(platform, old, (request.new_mobile, request.new_code, Purpose.MOBILE_NEW))
    with platform.db.write() as session:
        return _plan(session, platform, actor.id, request.new_mobile, DELAY)


def plan_without_old(
    platform: Platform, actor: Actor, *, new_mobile: str, new_code: str, contents: Sequence[bytes]
) -> IdentityCheck:
    """Ask for a change whose old number is lost; the review desk looks at the papers first.

    Raises:
        RejectedError: `platform.code_wrong`, `.mobile_taken`, `.change_pending`; an account without a known identity
            (`.identity_differs`); a paper is not acceptable.
    """
    papers.check(contents)
    sms_login.prove(platform, (new_mobile, new_code, Purpose.MOBILE_NEW))
    kept = papers.keep(platform, contents)  # after the proof: nobody without one fills the disk
    with platform.db.write() as session:
        if session.get_one(Account, actor.id).id_number is None:
            raise RejectedError("platform.identity_differs")
        _check_free(session, actor.id, new_mobile)
        purpose = CheckPurpose.MOBILE_CHANGE
        if session.scalar(_waiting(actor.id)) is not None:
            raise RejectedError("platform.change_pending")
        told = people.masked_mobile(new_mobile)
        tell(session, platform, actor.id, NoticeKind.MOBILE_CHANGE_REQUESTED, mobile=told)
        return papers.hand_in(session, platform, account_id=actor.id, purpose=purpose, subject=new_mobile, kept=kept)


def withdraw(platform: Platform, actor: Actor, check_id: str) -> IdentityCheck:
    """Withdraw a request of a lost number that the review desk has not decided on.

    Raises:
        RejectedError: `platform.not_found`, `platform.wrong_state`.
    """
    with platform.db.write() as session:
        check = session.get(IdentityCheck, check_id)
        if check is None or check.account_id != actor.id or check.purpose != CheckPurpose.MOBILE_CHANGE:
            raise RejectedError("platform.not_found")
        check.state = follow(CHECKS, CheckState(check.state), CheckEvent.CANCEL)
        told = people.masked_mobile(check.subject)
        tell(session, platform, actor.id, NoticeKind.MOBILE_CHANGE_CANCELLED, mobile=told)
        return check


def decide(session: Session, platform: Platform, actor: Actor, check: IdentityCheck, *, approve: bool) -> None:
    """Plan the change of a person whose papers were accepted."""
    del actor
    if not approve:
        tell(session, platform, check.account_id, NoticeKind.CHECK_REJECTED, purpose=check.purpose)
        return
    _plan(session, platform, check.account_id, check.subject, DELAY_LOST)


def visible(platform: Platform, actor: Actor) -> list[MobileChange]:
    """Return the caller's changes, newest first."""
    with platform.db.write() as session:
        settle(session, platform)
        query = select(MobileChange).where(MobileChange.account_id == actor.id)
        return list(session.scalars(query.order_by(MobileChange.created_at.desc(), MobileChange.id).limit(50)))


def cancel(platform: Platform, actor: Actor, change_id: str) -> MobileChange:
    """Cancel a change that has not taken effect.

    Raises:
        RejectedError: `platform.not_found`, `platform.wrong_state`.
    """
    with platform.db.write() as session:
        settle(session, platform)
        change = session.get(MobileChange, change_id)
        if change is None or change.account_id != actor.id:
            raise RejectedError("platform.not_found")
        change.state = follow(MOBILE_CHANGES, MobileChangeState(change.state), MobileChangeEvent.CANCEL)
        change.decided_at = platform.now()
        told = people.masked_mobile(change.new_mobile)
        tell(session, platform, actor.id, NoticeKind.MOBILE_CHANGE_CANCELLED, mobile=told)
        return change


def _plan(session: Session, platform: Platform, account_id: str, new_mobile: str, delay: timedelta) -> MobileChange:
    _check_free(session, account_id, new_mobile)
    account, now = session.get_one(Account, account_id), platform.now()
    change = MobileChange(
        id=platform.new_id(),
        account_id=account_id,
        old_mobile=account.mobile,
        new_mobile=new_mobile,
        state=MobileChangeState.PENDING,
        created_at=now,
        effective_at=now + delay,
    )
    session.add(change)
    masked = people.masked_mobile(new_mobile)
    tell(session, platform, account_id, NoticeKind.MOBILE_CHANGE_PLANNED, mobile=masked)
    hours = int(delay.total_seconds()) // 3600
    text = f"【{platform.settings.name}】您的账号将在 {hours} 小时后改绑 {masked}。若非本人操作, 请登录后取消。"
    platform.sms.send(session, mobile=account.mobile, text=text, code="", now=now)
    return change


def _waiting(account_id: str) -> Select[IdentityCheck]:
    return select(IdentityCheck).where(
        IdentityCheck.account_id == account_id,
        IdentityCheck.purpose == CheckPurpose.MOBILE_CHANGE,
        IdentityCheck.state == CheckState.PENDING_REVIEW,
    )


def _check_free(session: Session, account_id: str, new_mobile: str) -> None:
    if session.scalar(select(Account.id).where(Account.mobile == new_mobile)) is not None:
        raise RejectedError("platform.mobile_taken")
    pending = select(MobileChange.id).where(
        MobileChange.account_id == account_id, MobileChange.state == MobileChangeState.PENDING
    )
    if session.scalar(pending) is not None:
        raise RejectedError("platform.change_pending")
