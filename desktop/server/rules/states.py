"""What may become what: orders, seals and certificates, each in one table. Everything not in a table is refused."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from desktop.domain.errors import RejectedError
from desktop.domain.operations import OrderState, SealState

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)


class OrderEvent(StrEnum):
    """What can happen to an order."""

    APPROVE = "approve"
    REJECT = "reject"
    ISSUE = "issue"


class SealEvent(StrEnum):
    """What can happen to a seal."""

    APPROVE = "approve"
    REJECT = "reject"
    CLAIM = "claim"
    VOID = "void"


class IssuedState(StrEnum):
    """State of a certificate as the CA keeps it; expiry is a matter of the date, not of a state."""

    ACTIVE = "active"
    REVOKED = "revoked"


class CertificateEvent(StrEnum):
    """What can happen to an issued certificate."""

    REVOKE = "revoke"


ORDERS: Mapping[tuple[OrderState, OrderEvent], OrderState] = {
    (OrderState.PENDING_REVIEW, OrderEvent.APPROVE): OrderState.APPROVED,
    (OrderState.PENDING_REVIEW, OrderEvent.REJECT): OrderState.REJECTED,
    (OrderState.APPROVED, OrderEvent.ISSUE): OrderState.COMPLETED,
}

SEALS: Mapping[tuple[SealState, SealEvent], SealState] = {
    (SealState.PENDING_REVIEW, SealEvent.APPROVE): SealState.APPROVED,
    (SealState.PENDING_REVIEW, SealEvent.REJECT): SealState.REJECTED,
    (SealState.APPROVED, SealEvent.CLAIM): SealState.CLAIMED,
    (SealState.PENDING_REVIEW, SealEvent.VOID): SealState.VOID,
    (SealState.APPROVED, SealEvent.VOID): SealState.VOID,
    (SealState.CLAIMED, SealEvent.VOID): SealState.VOID,
}

CERTIFICATES: Mapping[tuple[IssuedState, CertificateEvent], IssuedState] = {
    (IssuedState.ACTIVE, CertificateEvent.REVOKE): IssuedState.REVOKED,
}


def follow(table: Mapping[tuple[S, E], S], state: S, event: E) -> S:
    """Return the state after `event`.

    Raises:
        RejectedError: the table has no such step (`platform.wrong_state`).
    """
    after = table.get((state, event))
    if after is None:
        raise RejectedError("platform.wrong_state", f"{event} while {state}")
    return after
