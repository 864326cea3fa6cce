"""Login by SMS code. What happens and how long it takes does not depend on whether the number has an account (T31).

Limits, for each number and purpose: one code in 60 s, ten a day, five tries a code, five minutes. A try is counted
before it is looked at. Sending to a number locks its row, so parallel requests send one code.
"""

from datetime import timedelta
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desktop.crypto.primitives import equal
from desktop.domain.errors import RejectedError
from desktop.server.cases.accounts import SignedIn, begin_session, find_or_create
from desktop.server.context import Platform
from desktop.server.db.models import SmsNumber
from desktop.server.rules import people

RESEND_AFTER = timedelta(seconds=60)
CODE_LIFE = timedelta(minutes=5)
CODES_A_DAY = 10
#: To all numbers together; a flood over many numbers costs the platform money and their owners peace.
CODES_A_MINUTE = 120
TRIES = 5
CODE_DIGITS = 6
_DAY = timedelta(days=1)
_CONTEXT = b"sms"


class Purpose(StrEnum):
    """What a code is for; a code for one is none for the other, and neither keeps the other waiting."""

    LOGIN = "login"
    APP_LOGIN = "app_login"


def send_code(platform: Platform, mobile: str, purpose: Purpose = Purpose.LOGIN) -> None:
    """Send a login code.

    Raises:
        RejectedError: `platform.mobile_invalid`, `platform.sms_too_often`, `platform.slow_down`.
    """
    people.mobile(mobile)
    code = draw_code(platform)
    try:
        with platform.db.write() as session:
            _count(session, platform, mobile, purpose, code)
            text = f"【{platform.settings.name}】登录验证码 {code}, 5 分钟内有效。请勿告诉他人。"
            platform.sms.send(session, mobile=mobile, text=text, code=code, now=platform.now())
    except IntegrityError:  # two first requests for one number at the same moment
        raise RejectedError("platform.sms_too_often") from None


def sign_in(platform: Platform, mobile: str, code: str, purpose: Purpose = Purpose.LOGIN) -> SignedIn:
    """Redeem a code; an unknown number gets an account.

    Raises:
        RejectedError: `platform.mobile_invalid`, `platform.code_wrong`.
    """
    people.mobile(mobile)
    now = platform.now()
    with platform.db.write() as session:
        tried = session.execute(
            update(SmsNumber)
            .where(
                SmsNumber.mobile == mobile,
                SmsNumber.purpose == purpose,
                SmsNumber.tries_left > 0,
                SmsNumber.code_expires_at > now,
            )
            .values(tries_left=SmsNumber.tries_left - 1)
        )
        counted = tried.rowcount == 1  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
    if not counted:
        raise RejectedError("platform.code_wrong")
    with platform.db.write() as session:
        row = session.get_one(SmsNumber, (mobile, purpose), with_for_update=True)
        if row.code_hash is None or not equal(row.code_hash.encode(), _hash(platform, mobile, code).encode()):
            raise RejectedError("platform.code_wrong")
        row.code_hash, row.tries_left = None, 0
        account, created = find_or_create(session, platform, mobile)
        return begin_session(session, platform, account, created=created)


def draw_code(platform: Platform) -> str:
    """Draw six digits from the platform's randomness; 2^64 is so large that the bias is none."""
    return f"{int.from_bytes(platform.random(8), 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def _count(session: Session, platform: Platform, mobile: str, purpose: Purpose, code: str) -> None:
    now = platform.now()
    sent = select(func.count()).where(SmsNumber.last_sent_at > now - timedelta(minutes=1))
    if (session.scalar(sent) or 0) >= CODES_A_MINUTE:
        raise RejectedError("platform.slow_down", "sms")
    row = session.get(SmsNumber, (mobile, purpose), with_for_update=True)
    if row is None:
        row = SmsNumber(mobile=mobile, purpose=purpose, last_sent_at=now - _DAY, day_started_at=now, sent_today=0)
        session.add(row)
    if now - row.day_started_at >= _DAY:
        row.day_started_at, row.sent_today = now, 0
    if now - row.last_sent_at < RESEND_AFTER or row.sent_today >= CODES_A_DAY:
        raise RejectedError("platform.sms_too_often")
    row.last_sent_at, row.sent_today = now, row.sent_today + 1
    row.code_hash, row.code_expires_at, row.tries_left = _hash(platform, mobile, code), now + CODE_LIFE, TRIES
    session.flush()


def _hash(platform: Platform, mobile: str, code: str) -> str:
    return platform.vault.index(_CONTEXT, f"{mobile}\0{code}".encode("utf-8", "replace"))
