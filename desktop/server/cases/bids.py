"""Bids that were accepted: the unit's own, their files, and the withdrawal by the bidder's phone (T40)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.domain.clock import microseconds
from desktop.domain.errors import RejectedError
from desktop.domain.operations import Operation
from desktop.domain.tendering import MIN_BIDS, BidState, LogKind
from desktop.formats.log import withdrawal_body
from desktop.formats.statements import ReceiptFile, write_receipt
from desktop.protocol.statements import Withdrawn
from desktop.protocol.tender_items import WithdrawItem
from desktop.server.cases import log
from desktop.server.cases.accounts import present
from desktop.server.cases.answers import consume, earlier_effect, judge
from desktop.server.cases.closing import close_if_due
from desktop.server.cases.lot_rows import demand_open, lot_for
from desktop.server.cases.statements import sign_statement
from desktop.server.context import Platform
from desktop.server.db.tender_models import Bid, Lot
from desktop.server.rules.permissions import Action, Actor, Target, demand
from desktop.server.rules.states import BIDS, BidEvent, follow


@dataclass(frozen=True, slots=True, kw_only=True)
class BidFile:
    """A package's file from somewhere on: `size` octets in pieces."""

    size: int
    pieces: Iterator[bytes]


def own(platform: Platform, actor: Actor, lot_id: str, organization_id: str) -> Sequence[Bid]:
    """Return the bids of a unit of the caller for a lot, in the order in which they came.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`.
    """
    query = select(Bid).where(Bid.lot_id == lot_id, Bid.organization_id == organization_id).order_by(Bid.turn)
    with platform.db.read() as session:
        lot_for(session, actor, Action.LIST_OWN_BIDS, lot_id, organization_id)
        return session.scalars(query).all()


def receipt_file(bid: Bid) -> bytes:
    """Return the receipt with its time stamp, as it is kept by the bidder."""
    return write_receipt(ReceiptFile(receipt=bid.receipt, token=bid.token))


def file(platform: Platform, actor: Actor, package: str, offset: int) -> BidFile:
    """Return a bid's file: to its unit, and to the agency of a lot that is opened (T37).

    Raises:
        RejectedError: `platform.not_found`; `platform.bad_field`: there is nothing at `offset`.
    """
    with platform.db.read() as session:
        bid = session.get(Bid, package)
        if bid is None:
            raise RejectedError("platform.not_found")
        lot = session.get_one(Lot, bid.lot_id)
    demand(actor, Action.READ_BID_FILE, _file_target(lot, bid))
    if offset >= bid.size:
        raise RejectedError("platform.bad_field", "offset")
    return BidFile(size=bid.size - offset, pieces=platform.parts.read_from(bid.upload_id, offset))


def withdraw(platform: Platform, actor: Actor, lot_id: str, transcript: bytes) -> bytes:
    """Withdraw the current bid of the unit whose phone agreed; return the platform's statement.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`; `tender.deadline_passed`, `tender.package_used`, or what is
            wrong with the answer.
    """
    close_if_due(platform, lot_id)
    with platform.db.write() as session:
        actor = present(session, actor)
        lot_for(session, actor, Action.WITHDRAW_BID, lot_id, *actor.memberships)
        answer = judge(session, platform, transcript, Operation.WITHDRAW)
        unit, item = answer.signer.organization_id, answer.verified.challenge.items[0]
        lot = lot_for(session, actor, Action.WITHDRAW_BID, lot_id, unit)
        assert isinstance(item, WithdrawItem)
        bid = session.get(Bid, item.package_id.hex(), with_for_update=True)
        if bid is None or (bid.lot_id, bid.organization_id) != (lot_id, unit) or not _is_meant(item, lot, bid):
            raise RejectedError("ceremony.wrong_purpose", "another bid")
        if bid.withdrawal is not None and earlier_effect(session, answer) == bid.package:
            return bid.withdrawal
        demand_open(platform, lot)
        if bid.state != BidState.CURRENT:
            raise RejectedError("tender.package_used", bid.package)
        consume(session, platform, answer, effect=bid.package)
        body = withdrawal_body(consent=answer.verified.consent, signature=answer.verified.answer.signature)
        bid.withdrawal = _end(session, platform, lot, bid, body)
        return bid.withdrawal


def _end(session: Session, platform: Platform, lot: Lot, bid: Bid, body: bytes) -> bytes:
    now = platform.now()
    bid.state = follow(BIDS, BidState(bid.state), BidEvent.WITHDRAW)
    statement = Withdrawn(
        platform=platform.settings.platform_id,
        at_us=microseconds(now),
        tender=lot.tender,
        lot=lot.number,
        package_id=bytes.fromhex(bid.package),
        leaf=log.append(session, LogKind.WITHDRAWN, at=now, body=body),
    )
    return sign_statement(platform, statement)


def _is_meant(item: WithdrawItem, lot: Lot, bid: Bid) -> bool:
    said = (item.tender, item.lot, item.sha256.hex(), item.number)
    return said == (lot.tender, lot.number, bid.sha256, bid.turn)


def _file_target(lot: Lot, bid: Bid) -> Target:
    """Name the agency only where the bid is one that it opens: before the closing, it is none of its business."""
    takes_part = bid.state == BidState.CURRENT and lot.bids is not None and lot.bids >= MIN_BIDS
    return Target(agency=lot.organization_id if takes_part else None, bidders=frozenset({bid.organization_id}))
