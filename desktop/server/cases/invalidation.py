"""The end of a mobile certificate: revoked, logins by it ended, its seals void or to be claimed again; at once.

All of it happens in the caller's transaction, so that nobody sees a revoked certificate with a living seal (T14).
"""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from desktop.crypto.issuing import RevocationReason
from desktop.domain.operations import NoticeKind, OrderState, SealState
from desktop.server.cases import issued
from desktop.server.cases.notices import tell
from desktop.server.context import Platform
from desktop.server.db.models import MobileCertificate, Order, Seal, UserSession
from desktop.server.rules.states import ORDERS, SEALS, OrderEvent, SealEvent, follow


def invalidate(
    session: Session,
    platform: Platform,
    certificate: MobileCertificate,
    *,
    reason: RevocationReason,
    by: str,
    remark: str,
    seals: SealEvent = SealEvent.VOID,
    order_id: str = "",
) -> None:
    """Revoke both halves of `certificate`; `seals` is what happens to the seals bound to it.

    Other open orders for what was to follow the certificate are cancelled; `order_id` is the cause, which goes on.

    Raises:
        RejectedError: it is revoked already (`platform.wrong_state`).
    """
    now = platform.now()
    for serial in (certificate.serial, certificate.enc_serial):
        issued.revoke(session, serial, at=now, reason=reason, by=by)
    session.execute(
        update(UserSession).where(UserSession.certificate_serial == certificate.serial).values(ended_at=now)
    )
    _cancel_orders(session, certificate.serial, remark, but=order_id)
    tell(session, platform, certificate.account_id, NoticeKind.CERTIFICATE_REVOKED, serial=certificate.serial)
    touched = _apply(session, certificate.serial, seals, remark)
    if touched and seals is SealEvent.VOID:
        tell(session, platform, certificate.account_id, NoticeKind.SEALS_VOID, serial=certificate.serial)


def _cancel_orders(session: Session, predecessor: str, remark: str, *, but: str) -> None:
    for order in session.scalars(select(Order).where(Order.predecessor == predecessor, Order.id != but)):
        after = ORDERS.get((OrderState(order.state), OrderEvent.CANCEL))
        if after is not None:
            order.state, order.reason = after, remark
    session.flush()


def _apply(session: Session, serial: str, event: SealEvent, remark: str) -> int:
    touched = 0
    for seal in session.scalars(select(Seal).where(Seal.certificate_serial == serial)):
        if (SealState(seal.state), event) not in SEALS:
            continue
        seal.state = follow(SEALS, SealState(seal.state), event)
        touched += 1
        if event is SealEvent.RELEASE:
            seal.object = seal.claimed_at = None
        else:
            seal.reason = remark
    session.flush()
    return touched
