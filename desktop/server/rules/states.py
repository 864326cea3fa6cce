"""What may become what: each kind of thing in one table. Everything not in a table is refused.

docs/platform-states.md shows them, drawn from these tables.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from desktop.domain.errors import RejectedError
from desktop.domain.operations import CheckState, GrantState, MobileChangeState, OrderState, SealState
from desktop.domain.tendering import BidState, LotState, UploadState

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)


class OrderEvent(StrEnum):
    """What can happen to an order."""

    APPROVE = "approve"
    REJECT = "reject"
    ISSUE = "issue"
    CANCEL = "cancel"


class SealEvent(StrEnum):
    """What can happen to a seal."""

    APPROVE = "approve"
    REJECT = "reject"
    CLAIM = "claim"
    VOID = "void"
    #: The certificate was lost with its phone: to be claimed again with the next, without a new review.
    RELEASE = "release"
    #: The certificate was renewed or issued anew: bound to the next one, otherwise as it was.
    REBIND = "rebind"


class IssuedState(StrEnum):
    """State of a certificate as the CA keeps it; expiry is a matter of the date, not of a state."""

    ACTIVE = "active"
    REVOKED = "revoked"


class CertificateEvent(StrEnum):
    """What can happen to an issued certificate."""

    REVOKE = "revoke"


class GrantEvent(StrEnum):
    """What can happen to a grant; the grantee submits papers of identity."""

    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    REVOKE = "revoke"


class CheckEvent(StrEnum):
    """What can happen to an identity check; to use it is to spend the permission that came of it."""

    APPROVE = "approve"
    REJECT = "reject"
    CANCEL = "cancel"
    USE = "use"


class MobileChangeEvent(StrEnum):
    """What can happen to a planned change of number."""

    APPLY = "apply"
    CANCEL = "cancel"


class LotEvent(StrEnum):
    """What can happen to a lot; from `open_room` on, envelope by envelope."""

    PUBLISH = "publish"
    AMEND = "amend"
    CLOSE = "close"
    #: Fewer bids than it takes.
    FAIL = "fail"
    OPEN_ROOM = "open_room"
    EXTEND_ROOM = "extend_room"
    END_DELIVERY = "end_delivery"
    OPEN_BIDS = "open_bids"
    ANNOUNCE = "announce"
    RECORD = "record"


class BidEvent(StrEnum):
    """What can happen to a submitted bid before the deadline; afterwards nothing can."""

    REPLACE = "replace"
    WITHDRAW = "withdraw"


class UploadEvent(StrEnum):
    """What can happen to an upload."""

    #: Its last byte is durable.
    COMPLETE = "complete"
    ACCEPT = "accept"
    REFUSE = "refuse"
    #: The bidder sends the same file once more.
    RESTART = "restart"


ORDERS: Mapping[tuple[OrderState, OrderEvent], OrderState] = {
    (OrderState.PENDING_REVIEW, OrderEvent.APPROVE): OrderState.APPROVED,
    (OrderState.PENDING_REVIEW, OrderEvent.REJECT): OrderState.REJECTED,
    (OrderState.APPROVED, OrderEvent.ISSUE): OrderState.COMPLETED,
    (OrderState.PENDING_REVIEW, OrderEvent.CANCEL): OrderState.REJECTED,
    (OrderState.APPROVED, OrderEvent.CANCEL): OrderState.REJECTED,
}

SEALS: Mapping[tuple[SealState, SealEvent], SealState] = {
    (SealState.PENDING_REVIEW, SealEvent.APPROVE): SealState.APPROVED,
    (SealState.PENDING_REVIEW, SealEvent.REJECT): SealState.REJECTED,
    (SealState.APPROVED, SealEvent.CLAIM): SealState.CLAIMED,
    (SealState.PENDING_REVIEW, SealEvent.VOID): SealState.VOID,
    (SealState.APPROVED, SealEvent.VOID): SealState.VOID,
    (SealState.CLAIMED, SealEvent.VOID): SealState.VOID,
    (SealState.PENDING_REVIEW, SealEvent.RELEASE): SealState.PENDING_REVIEW,
    (SealState.APPROVED, SealEvent.RELEASE): SealState.APPROVED,
    (SealState.CLAIMED, SealEvent.RELEASE): SealState.APPROVED,
    (SealState.PENDING_REVIEW, SealEvent.REBIND): SealState.PENDING_REVIEW,
    (SealState.APPROVED, SealEvent.REBIND): SealState.APPROVED,
    (SealState.CLAIMED, SealEvent.REBIND): SealState.CLAIMED,
}

CERTIFICATES: Mapping[tuple[IssuedState, CertificateEvent], IssuedState] = {
    (IssuedState.ACTIVE, CertificateEvent.REVOKE): IssuedState.REVOKED,
}

GRANTS: Mapping[tuple[GrantState, GrantEvent], GrantState] = {
    (GrantState.INVITED, GrantEvent.SUBMIT): GrantState.PENDING_REVIEW,
    (GrantState.REJECTED, GrantEvent.SUBMIT): GrantState.PENDING_REVIEW,
    (GrantState.PENDING_REVIEW, GrantEvent.APPROVE): GrantState.ACTIVE,
    (GrantState.PENDING_REVIEW, GrantEvent.REJECT): GrantState.REJECTED,
    (GrantState.INVITED, GrantEvent.REVOKE): GrantState.REVOKED,
    (GrantState.PENDING_REVIEW, GrantEvent.REVOKE): GrantState.REVOKED,
    (GrantState.REJECTED, GrantEvent.REVOKE): GrantState.REVOKED,
    (GrantState.ACTIVE, GrantEvent.REVOKE): GrantState.REVOKED,
}

CHECKS: Mapping[tuple[CheckState, CheckEvent], CheckState] = {
    (CheckState.PENDING_REVIEW, CheckEvent.APPROVE): CheckState.APPROVED,
    (CheckState.PENDING_REVIEW, CheckEvent.REJECT): CheckState.REJECTED,
    (CheckState.PENDING_REVIEW, CheckEvent.CANCEL): CheckState.CANCELLED,
    (CheckState.APPROVED, CheckEvent.USE): CheckState.USED,
}

MOBILE_CHANGES: Mapping[tuple[MobileChangeState, MobileChangeEvent], MobileChangeState] = {
    (MobileChangeState.PENDING, MobileChangeEvent.APPLY): MobileChangeState.APPLIED,
    (MobileChangeState.PENDING, MobileChangeEvent.CANCEL): MobileChangeState.CANCELLED,
}

LOTS: Mapping[tuple[LotState, LotEvent], LotState] = {
    (LotState.DRAFT, LotEvent.PUBLISH): LotState.PUBLISHED,
    (LotState.PUBLISHED, LotEvent.AMEND): LotState.PUBLISHED,
    (LotState.PUBLISHED, LotEvent.CLOSE): LotState.CLOSED,
    (LotState.PUBLISHED, LotEvent.FAIL): LotState.FAILED,
    (LotState.CLOSED, LotEvent.OPEN_ROOM): LotState.DELIVERING,
    (LotState.DELIVERING, LotEvent.EXTEND_ROOM): LotState.DELIVERING,
    (LotState.DELIVERING, LotEvent.END_DELIVERY): LotState.DELIVERED,
    (LotState.DELIVERED, LotEvent.OPEN_BIDS): LotState.OPENED,
    (LotState.OPENED, LotEvent.ANNOUNCE): LotState.ANNOUNCED,
    (LotState.ANNOUNCED, LotEvent.OPEN_ROOM): LotState.DELIVERING,
    (LotState.ANNOUNCED, LotEvent.RECORD): LotState.RECORDED,
    (LotState.FAILED, LotEvent.RECORD): LotState.RECORDED,
}

BIDS: Mapping[tuple[BidState, BidEvent], BidState] = {
    (BidState.CURRENT, BidEvent.REPLACE): BidState.REPLACED,
    (BidState.CURRENT, BidEvent.WITHDRAW): BidState.WITHDRAWN,
}

UPLOADS: Mapping[tuple[UploadState, UploadEvent], UploadState] = {
    (UploadState.RECEIVING, UploadEvent.COMPLETE): UploadState.CHECKING,
    (UploadState.RECEIVING, UploadEvent.REFUSE): UploadState.REFUSED,
    (UploadState.CHECKING, UploadEvent.ACCEPT): UploadState.ACCEPTED,
    (UploadState.CHECKING, UploadEvent.REFUSE): UploadState.REFUSED,
    (UploadState.REFUSED, UploadEvent.RESTART): UploadState.RECEIVING,
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
