"""What needs the person's attention, worked out from what the platform and this workstation say. Pure.

The order is that of urgency; the first one gets the page's primary button.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from desktop.domain.operations import CertificateState, GrantState, OrderKind, OrderState, SealState
from desktop.portal.records import Certificate, Order, Seal
from desktop.portal.unit_records import Grant
from desktop.store.bids import BidNote
from desktop.store.journal import Entry

_LOGIN = "login"
_UNDER_WAY = (OrderState.PENDING_REVIEW, OrderState.APPROVED)
_USABLE = (CertificateState.VALID, CertificateState.EXPIRES_SOON)
_MOST_INTERRUPTED = 3
_MOST_BIDS = 3
_LAST_DAY = timedelta(days=1)


class NeedKind(StrEnum):
    """Why something needs attention."""

    LOG_CONTRADICTED = "log_contradicted"
    BID_DUE = "bid_due"
    BID_OPENING = "bid_opening"
    INTERRUPTED = "interrupted"
    CERTIFICATE_EXPIRED = "certificate_expired"
    DOWNLOAD = "download"
    CLAIM_CERTIFICATE = "claim_certificate"
    ORDER_CERTIFICATE = "order_certificate"
    ORDER_REJECTED = "order_rejected"
    ENROL = "enrol"
    CLAIM_SEAL = "claim_seal"
    SEAL_REJECTED = "seal_rejected"
    APPLY_FOR_SEAL = "apply_for_seal"
    EXPIRES_SOON = "expires_soon"
    ORDER_IN_REVIEW = "order_in_review"
    IDENTITY_IN_REVIEW = "identity_in_review"
    SEAL_IN_REVIEW = "seal_in_review"
    RECORDS_WAIT = "records_wait"
    BID_PREPARED = "bid_prepared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing to attend to. `subject` names it for a person, `target` for the page that deals with it.

    `lot_id` is of a bid that was submitted to the platform.

    `until` is its time: of a bid and a certificate the end, of the others the beginning.
    """

    kind: NeedKind
    subject: str = ""
    target: str = ""
    operation: str = ""
    reason: str = ""
    until: datetime | None = None
    lot_id: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that the needs follow from; certificates and seals of the organization acted for.

    `claimable` are the open grants to the person, of whatever organization; `bids` are those prepared on this
    workstation, `waiting` counts its usage records that the platform does not have yet; `is_contradicted`: the
    platform's log does not go together with what this workstation has seen of it.
    """

    orders: tuple[Order, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    seals: tuple[Seal, ...] = ()
    claimable: tuple[Grant, ...] = ()
    is_enrolled: bool = False
    interrupted: tuple[Entry, ...] = ()
    bids: tuple[BidNote, ...] = ()
    waiting: int = 0
    is_contradicted: bool = False
    now: datetime | None = None


def needs(situation: Situation) -> tuple[Need, ...]:
    """Return what needs attention, the most urgent first."""
    mine = tuple(c for c in situation.certificates if c.mine)
    usable = tuple(c for c in mine if c.state in _USABLE)
    found = [
        *_bids(situation.bids, situation.now),
        *_interrupted(situation.interrupted),
        *_certificates(mine, usable, situation.orders),
        *_claims(situation.claimable),
        *_orders(situation.orders, has_usable=bool(usable) or bool(situation.claimable)),
        *(_seals(situation.seals, usable) if usable else ()),
    ]
    if usable and not situation.is_enrolled:
        found.append(Need(kind=NeedKind.ENROL))
    if situation.is_contradicted:
        found.append(Need(kind=NeedKind.LOG_CONTRADICTED))
    if situation.waiting:
        found.append(Need(kind=NeedKind.RECORDS_WAIT, count=situation.waiting))
    urgency = list(NeedKind)
    return tuple(sorted(found, key=lambda need: urgency.index(need.kind)))


def _bids(bids: tuple[BidNote, ...], now: datetime | None) -> list[Need]:
    """A bid is urgent on its last day, and again when it is to be opened; one that was never finished cannot be.

    One that was submitted is in nobody's way until its opening.
    """
    found = []
    for bid in bids:
        if bid.submitted_lot and (now is None or bid.deadline > now):
            continue
        kind = NeedKind.BID_PREPARED
        if now is not None and bid.deadline <= now:
            kind = NeedKind.BID_OPENING
        elif now is not None and bid.deadline - now <= _LAST_DAY:
            kind = NeedKind.BID_DUE
        if bid.path or kind is not NeedKind.BID_OPENING:
            subject = f"{bid.tender} · {bid.lot}"
            found.append(
                Need(kind=kind, subject=subject, target=bid.path, until=bid.deadline, lot_id=bid.submitted_lot)
            )
    return found[:_MOST_BIDS]


def _interrupted(entries: tuple[Entry, ...]) -> list[Need]:
    """A login cut short harms nobody and is not told."""
    told = [entry for entry in entries if entry.operation != _LOGIN]
    return [_cut_short(entry) for entry in told[:_MOST_INTERRUPTED]]


def _cut_short(entry: Entry) -> Need:
    return Need(
        kind=NeedKind.INTERRUPTED,
        subject=entry.subject,
        target=entry.ceremony_id.hex(),
        operation=entry.operation,
        until=entry.consumed_at,
    )


def _claims(grants: tuple[Grant, ...]) -> list[Need]:
    """Granted certificates that wait for their grantee, or for the review of the papers."""
    return [
        Need(
            kind=NeedKind.IDENTITY_IN_REVIEW if g.state is GrantState.PENDING_REVIEW else NeedKind.CLAIM_CERTIFICATE,
            subject=g.organization_name,
            target=g.grant_id,
            reason=g.reason,
            until=g.created_at,
        )
        for g in grants
    ]


def _certificates(
    mine: tuple[Certificate, ...], usable: tuple[Certificate, ...], orders: tuple[Order, ...]
) -> list[Need]:
    """A certificate that was followed, or whose renewal is under way, needs nobody's attention."""
    renewing = {o.predecessor for o in orders if o.kind is OrderKind.RENEW and o.state in _UNDER_WAY}
    soon = [
        Need(kind=NeedKind.EXPIRES_SOON, subject=c.organization_name, target=c.serial, until=c.not_after)
        for c in mine
        if c.state is CertificateState.EXPIRES_SOON and not c.successor and c.serial not in renewing
    ]
    if usable:
        return soon
    return [
        Need(kind=NeedKind.CERTIFICATE_EXPIRED, subject=c.organization_name, target=c.serial, until=c.not_after)
        for c in mine
        if c.state is CertificateState.EXPIRED
    ][:1]


def _orders(orders: tuple[Order, ...], *, has_usable: bool) -> list[Need]:
    """The newest order for each unit and certificate counts; without any one should be placed, unless there is one."""
    newest: dict[tuple[str, str], Order] = {}
    for order in sorted(orders, key=lambda o: o.created_at):
        newest[order.credit_code, order.predecessor] = order
    kinds = {
        OrderState.APPROVED: NeedKind.DOWNLOAD,
        OrderState.PENDING_REVIEW: NeedKind.ORDER_IN_REVIEW,
        OrderState.REJECTED: NeedKind.ORDER_REJECTED,
    }
    found = [
        Need(kind=kinds[o.state], subject=o.organization_name, target=o.order_id, reason=o.reason, until=o.created_at)
        for o in newest.values()
        if o.state in kinds
    ]
    if not found and not has_usable:
        found.append(Need(kind=NeedKind.ORDER_CERTIFICATE))
    return found


def _seals(seals: tuple[Seal, ...], usable: tuple[Certificate, ...]) -> list[Need]:
    """Only seals bound to one's own certificates: nobody else's can be claimed here."""
    serials = {c.serial for c in usable}
    mine = [s for s in seals if s.certificate_serial in serials and s.state is not SealState.VOID]
    if not mine:
        return [Need(kind=NeedKind.APPLY_FOR_SEAL)]
    kinds = {
        SealState.APPROVED: NeedKind.CLAIM_SEAL,
        SealState.PENDING_REVIEW: NeedKind.SEAL_IN_REVIEW,
        SealState.REJECTED: NeedKind.SEAL_REJECTED,
    }
    good = {s.kind for s in mine if s.state is not SealState.REJECTED}
    return [
        Need(kind=kinds[s.state], subject=s.name, target=s.seal_id, reason=s.reason, until=s.created_at)
        for s in mine
        if s.state in kinds and not (s.state is SealState.REJECTED and s.kind in good)
    ]
