"""Login by SMS code. What happens and how long it takes does not depend on whether the number has an account (T31).

Limits: for each number one code in 60 s and ten a day, whatever for; five tries a code, five minutes; for each address
what limits.py says. A try is counted before it is looked at. Sending to a number locks the row that counts for it, so
parallel requests send one code, be they for the app, the desktop or a new password.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desktop.crypto.primitives import equal
from desktop.domain.errors import RejectedError
from desktop.server.cases import limits
from desktop.server.cases.accounts import Method, SignedIn, begin_session, find_or_create
from desktop.server.cases.mobile_settling import settle
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
#: In place of a purpose: the row that counts what was sent to a number for any of them.
_ANY = ""


class Purpose(StrEnum):
    """What a code is for; a code for one is none for another, but all of a number share its minute and its day."""

    LOGIN = "login"
    APP_LOGIN = "app_login"
    SET_PASSWORD = "set_password"  # noqa: S105 - a purpose, no password
    MOBILE_OLD = "mobile_old"
    MOBILE_NEW = "mobile_new"


_WORDS = {
    Purpose.LOGIN: "登录验证码",
    Purpose.APP_LOGIN: "登录验证码",
    Purpose.SET_PASSWORD: "设置登录密码的验证码",
    Purpose.MOBILE_OLD: "更换手机号的验证码 (原手机号)",
    Purpose.MOBILE_NEW: "更换手机号的验证码 (新手机号)",
}


def send_code(platform: Platform, mobile: str, purpose: Purpose = Purpose.LOGIN, *, address: str = "") -> None:
    """Send a code; `address` is who asks, as limits.address_of gives it.

    Raises:
        RejectedError: `platform.mobile_invalid`, `platform.sms_too_often`, `platform.slow_down`.
    """
    send_codes(platform, [(mobile, purpose)], address=address)


def send_codes(platform: Platform, wanted: Sequence[tuple[str, Purpose]], *, address: str = "") -> None:
    """Send a code to each number for its purpose, or none at all where one of them may not be sent now.

    Raises:
        RejectedError: as `send_code`; the detail of `platform.sms_too_often` is the seconds to wait, or "day".
    """
    for mobile, _ in wanted:
        people.mobile(mobile)
    codes = [draw_code(platform) for _ in wanted]
    try:
        with platform.db.write() as session:
            for (mobile, purpose), code in zip(wanted, codes, strict=True):
                limits.count(session, platform, limits.Counted.SMS, address)
                _count(session, platform, mobile, purpose, code)
                text = f"【{platform.settings.name}】{_WORDS[purpose]} {code}, 5 分钟内有效。请勿告诉他人。"
                platform.sms.send(session, mobile=mobile, text=text, code=code, now=platform.now())
    except IntegrityError:  # two first requests for one number at the same moment
        raise RejectedError("platform.sms_too_often", str(int(RESEND_AFTER.total_seconds()))) from None


def sign_in(
    platform: Platform,
    mobile: str,
    code: str,
    purpose: Purpose = Purpose.LOGIN,
    *,
    address: str = "",
    device: str = "",
) -> SignedIn:
    """Redeem a code; an unknown number gets an account.

    Raises:
        RejectedError: `platform.mobile_invalid`, `platform.code_wrong`, `platform.slow_down`.
    """
    _try(platform, mobile, purpose, address)
    with platform.db.write() as session:
        redeem(session, platform, mobile, code, purpose)
        settle(session, platform)
        account, created = find_or_create(session, platform, mobile)
        method = Method.APP if purpose is Purpose.APP_LOGIN else Method.SMS
        return begin_session(session, platform, account, created=created, method=method, device=device)


def prove(platform: Platform, *shown: tuple[str, str, Purpose]) -> None:
    """Demand that whoever calls has read the codes that were sent: (number, code, purpose) each.

    All are spent then, or, where one of them is wrong, none; a try was counted for each.

    Raises:
        RejectedError: `platform.mobile_invalid`, `platform.code_wrong`; the detail is the purpose of the wrong one.
    """
    for mobile, _, purpose in shown:
        _try(platform, mobile, purpose, "")
    with platform.db.write() as session:
        for mobile, code, purpose in shown:
            redeem(session, platform, mobile, code, purpose)


def redeem(session: Session, platform: Platform, mobile: str, code: str, purpose: Purpose) -> None:
    """Compare and spend a code whose try was counted before."""
    row = session.get_one(SmsNumber, (mobile, purpose), with_for_update=True)
    if row.code_hash is None or not equal(row.code_hash.encode(), _hash(platform, mobile, code).encode()):
        raise RejectedError("platform.code_wrong", purpose)
    row.code_hash, row.tries_left = None, 0


def _try(platform: Platform, mobile: str, purpose: Purpose, address: str) -> None:
    """Count a try, in a transaction of its own: whatever comes after, it was one."""
    people.mobile(mobile)
    with platform.db.write() as session:
        limits.count(session, platform, limits.Counted.SIGN_IN, address)
        tried = session.execute(
            update(SmsNumber)
            .where(
                SmsNumber.mobile == mobile,
                SmsNumber.purpose == purpose,
                SmsNumber.tries_left > 0,
                SmsNumber.code_expires_at > platform.now(),
            )
            .values(tries_left=SmsNumber.tries_left - 1)
        )
        counted = tried.rowcount == 1  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
    if not counted:
        raise RejectedError("platform.code_wrong", purpose)


def draw_code(platform: Platform) -> str:
    """Draw six digits from the platform's randomness; 2^64 is so large that the bias is none."""
    return f"{int.from_bytes(platform.random(8), 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def _count(session: Session, platform: Platform, mobile: str, purpose: Purpose, code: str) -> None:
    now = platform.now()
    sent = select(func.count()).where(SmsNumber.purpose == _ANY, SmsNumber.last_sent_at > now - timedelta(minutes=1))
    if (session.scalar(sent) or 0) >= CODES_A_MINUTE:
        raise RejectedError("platform.slow_down", "sms")
    number, row = (_row(session, mobile, key, now) for key in (_ANY, purpose))
    pause = timedelta(seconds=platform.settings.sms_pause_s)
    wait = max(row.last_sent_at + RESEND_AFTER, number.last_sent_at + pause) - now
    if wait > timedelta():
        raise RejectedError("platform.sms_too_often", str(ceil(wait.total_seconds())))
    if now - number.day_started_at >= _DAY:
        number.day_started_at, number.sent_today = now, 0
    if number.sent_today >= CODES_A_DAY:
        raise RejectedError("platform.sms_too_often", "day")
    number.last_sent_at, number.sent_today = now, number.sent_today + 1
    row.last_sent_at, row.sent_today = now, row.sent_today + 1
    row.code_hash, row.code_expires_at, row.tries_left = _hash(platform, mobile, code), now + CODE_LIFE, TRIES
    session.flush()


def _row(session: Session, mobile: str, purpose: str, now: datetime) -> SmsNumber:
    """Return a row, locked; a new one has sent nothing."""
    row = session.get(SmsNumber, (mobile, purpose), with_for_update=True)
    if row is None:
        row = SmsNumber(
            mobile=mobile,
            purpose=purpose,
            last_sent_at=now - _DAY,
            day_started_at=now,
            sent_today=0,
            code_expires_at=now,
            tries_left=0,
        )
        session.add(row)
        session.flush()
    return row


def _hash(platform: Platform, mobile: str, code: str) -> str:
    return platform.vault.index(_CONTEXT, f"{mobile}\0{code}".encode("utf-8", "replace"))
