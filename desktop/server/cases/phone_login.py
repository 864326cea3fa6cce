"""Login by a phone's answer (threats T1, T2, T49): one nonce, one session, only for the holder of v."""

from datetime import timedelta

from sqlalchemy import delete, func, select, update

from desktop.crypto.primitives import equal, sha256
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Operation
from desktop.protocol.items import LoginItem
from desktop.server.cases import limits
from desktop.server.cases.accounts import Method, SignedIn, begin_session
from desktop.server.cases.answers import consume, judge
from desktop.server.cases.mobile_settling import settle
from desktop.server.context import Platform
from desktop.server.db.models import Account, LoginNonce

NONCE_BYTES = 32
NONCE_LIFE = timedelta(minutes=10)
MAX_NONCES = 20_000


def new_nonce(platform: Platform, *, address: str = "") -> bytes:
    """Give a one-time nonce; only its hash is kept. `address` is who asks, as limits.address_of gives it.

    Raises:
        RejectedError: too many are out or went to this address, for anybody may ask (`platform.slow_down`).
    """
    nonce = platform.random(NONCE_BYTES)
    with platform.db.write() as session:
        limits.count(session, platform, limits.Counted.NONCE, address)
        session.execute(delete(LoginNonce).where(LoginNonce.expires_at <= platform.now()))
        if (session.scalar(select(func.count()).select_from(LoginNonce)) or 0) >= MAX_NONCES:
            raise RejectedError("platform.slow_down", "nonces")
        session.add(LoginNonce(nonce_hash=sha256(nonce).hex(), expires_at=platform.now() + NONCE_LIFE))
    return nonce


def sign_in(platform: Platform, transcript: bytes, v: bytes, *, device: str = "") -> SignedIn:
    """Begin a session of the holder whose phone answered.

    Raises:
        RejectedError: `platform.nonce_used`, `ceremony.already_used`, or what is wrong with the answer.
    """
    with platform.db.write() as session:
        answer = judge(session, platform, transcript, Operation.LOGIN)
        item = answer.verified.challenge.items[0]
        assert isinstance(item, LoginItem)
        if not equal(sha256(v), item.v_hash):
            raise RejectedError("ceremony.wrong_purpose", "v")
        now = platform.now()
        consumed = session.execute(
            update(LoginNonce)
            .where(
                LoginNonce.nonce_hash == sha256(item.nonce).hex(),
                LoginNonce.consumed_at.is_(None),
                LoginNonce.expires_at > now,
            )
            .values(consumed_at=now)
        )
        if consumed.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
            raise RejectedError("platform.nonce_used")
        account = session.get_one(Account, answer.signer.account_id)
        consume(session, platform, answer, effect=account.id)
        settle(session, platform)
        serial = answer.signer.serial
        return begin_session(session, platform, account, method=Method.PHONE, device=device, certificate_serial=serial)
