"""Login by mobile number and password, and setting that password (manual section 12).

The same limits and the same answer for numbers with an account, without one, and without a password (T31). A try is
counted, in a transaction of its own, before the password is looked at.
"""

from datetime import timedelta
from math import ceil

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from desktop.domain.errors import RejectedError
from desktop.domain.operations import NoticeKind
from desktop.domain.passwords import MAX_CHARACTERS, Strength, strength_of
from desktop.server.cases import limits, sms_login
from desktop.server.cases.accounts import Method, SignedIn, begin_session, end_others
from desktop.server.cases.mobile_settling import settle
from desktop.server.cases.notices import tell
from desktop.server.cases.sms_login import Purpose
from desktop.server.context import Platform
from desktop.server.db.models import Account, PasswordTries
from desktop.server.rules import people
from desktop.server.rules.permissions import Actor

TRIES = 10
WINDOW = timedelta(minutes=15)


def sign_in(platform: Platform, mobile: str, password: str, *, address: str = "", device: str = "") -> SignedIn:
    """Begin a session by password.

    Raises:
        RejectedError: `platform.mobile_invalid`, `.password_wrong`, `.password_paused`, `.slow_down`.
    """
    people.mobile(mobile)
    with platform.db.write() as session:
        settle(session, platform)
    kept = _try(platform, mobile, address)
    if len(password) > MAX_CHARACTERS or not platform.passwords.matches(password, kept):
        raise RejectedError("platform.password_wrong")
    with platform.db.write() as session:
        account = session.scalar(select(Account).where(Account.mobile == mobile))
        if account is None or account.password != kept:  # changed at this very moment
            raise RejectedError("platform.password_wrong")
        session.execute(delete(PasswordTries).where(PasswordTries.mobile == mobile))
        return begin_session(session, platform, account, method=Method.PASSWORD, device=device)


def set_password(platform: Platform, actor: Actor, *, new: str, old: str = "", code: str = "") -> Strength:
    """Set the login password, shown to be the holder's wish by the old one or by a code to the bound number.

    All other sessions end. Returns how strong it is.

    Raises:
        RejectedError: `platform.password_weak`, `.password_wrong`, `.password_paused`, `.code_wrong`.
    """
    with platform.db.read() as session:
        account = session.get_one(Account, actor.id)
    strength = strength_of(new, mobile=account.mobile)
    if strength is Strength.WEAK:
        raise RejectedError("platform.password_weak")
    if old:
        demand_password(platform, account.mobile, old)
    else:
        sms_login.prove(platform, (account.mobile, code, Purpose.SET_PASSWORD))
    kept = platform.passwords.hash(new)
    with platform.db.write() as session:
        session.get_one(Account, actor.id).password = kept
        end_others(session, platform, actor.id, but=actor.session_hash)
        tell(session, platform, actor.id, NoticeKind.PASSWORD_CHANGED)
    return strength


def demand_password(platform: Platform, mobile: str, password: str) -> None:
    """Demand the login password of the account with `mobile`; a try like any other.

    Raises:
        RejectedError: `platform.password_wrong`, `.password_paused`, `.slow_down`.
    """
    kept = _try(platform, mobile, "")
    if len(password) > MAX_CHARACTERS or not platform.passwords.matches(password, kept):
        raise RejectedError("platform.password_wrong")
    with platform.db.write() as session:
        session.execute(delete(PasswordTries).where(PasswordTries.mobile == mobile))


def _try(platform: Platform, mobile: str, address: str) -> str | None:
    """Count a try and return the hash that is kept for the number, if any."""
    with platform.db.write() as session:
        limits.count(session, platform, limits.Counted.SIGN_IN, address)
        _count(session, platform, mobile)
        return session.scalar(select(Account.password).where(Account.mobile == mobile))


def _count(session: Session, platform: Platform, mobile: str) -> None:
    now = platform.now()
    session.execute(delete(PasswordTries).where(PasswordTries.started_at <= now - WINDOW))
    row = session.get(PasswordTries, mobile)
    if row is None:
        row = PasswordTries(mobile=mobile, started_at=now, tries=0)
        session.add(row)
    if row.tries >= TRIES:
        wait = row.started_at + WINDOW - now
        raise RejectedError("platform.password_paused", str(ceil(wait.total_seconds())))
    row.tries += 1
    session.flush()
