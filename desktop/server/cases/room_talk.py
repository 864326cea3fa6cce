"""What bidders say to what was announced of their bids, and what the agency answers. docs/tendering.md §6."""

from sqlalchemy import select

from desktop.domain.clock import microseconds
from desktop.domain.errors import RejectedError
from desktop.domain.tendering import LogKind
from desktop.formats.log import answer_body, confirmation_body
from desktop.server.cases.room_rows import bids_to_open
from desktop.server.cases.rooms import Visit, visit, visit_of_bid
from desktop.server.context import Platform
from desktop.server.db.room_models import Confirmation
from desktop.server.db.tender_models import Bid
from desktop.server.rules import people
from desktop.server.rules.permissions import Action, Actor
from desktop.server.rules.rooms import MAX_CONFIRMATIONS, RoomStep


def confirm(
    platform: Platform, actor: Actor, lot_id: str, *, package: str, envelope_id: str, is_confirmed: bool, text: str
) -> None:
    """Confirm what was announced of an own bid, or object to it for a reason; the same again changes nothing.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`, `.wrong_state`, `.bad_field`, `.slow_down`;
            `room.reason_missing`, `room.not_taking_part`.
    """
    words = people.remark(text, "text")
    if not is_confirmed and not words:
        raise RejectedError("room.reason_missing")
    with visit_of_bid(platform, actor, lot_id, package) as (found, bid):
        found.demand(RoomStep.CONFIRM)
        _demand_announced(found, bid, envelope_id)
        said = _said(found, package, envelope_id)
        if said and (said[-1].is_confirmed, said[-1].text) == (is_confirmed, words):
            return
        if len(said) >= MAX_CONFIRMATIONS:
            raise RejectedError("platform.slow_down", "confirmations")
        row = Confirmation(
            lot_id=lot_id,
            envelope=envelope_id,
            package=package,
            is_confirmed=is_confirmed,
            text=words,
            account_id=actor.id,
            at=found.now,
        )
        found.session.add(row)
        body = confirmation_body(
            package=bytes.fromhex(package), envelope=envelope_id, ok=is_confirmed, text=words, at_us=_us(found)
        )
        found.record(LogKind.CONFIRMED, body)


def answer(platform: Platform, actor: Actor, lot_id: str, *, package: str, envelope_id: str, text: str) -> None:
    """Answer the last thing that was said of a bid; an answer is given once, and the same again changes nothing.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`, `.wrong_state`, `.bad_field`; `room.answered`.
    """
    words = people.remark(text, "text")
    if not words:
        raise RejectedError("platform.bad_field", "text")
    with visit(platform, actor, lot_id, Action.RUN_OPENING, step=RoomStep.ANSWER) as found:
        said = _said(found, package, envelope_id)
        if not said:
            raise RejectedError("platform.not_found")
        last = said[-1]
        if last.answer == words:
            return
        if last.answer is not None:
            raise RejectedError("room.answered")
        last.answer, last.answered_by, last.answered_at = words, actor.id, found.now
        body = answer_body(package=bytes.fromhex(package), envelope=envelope_id, text=words, at_us=_us(found))
        found.record(LogKind.CONFIRMED, body)


def _demand_announced(found: Visit, bid: Bid, envelope_id: str) -> None:
    if found.envelope(envelope_id).announced_at is None:
        raise RejectedError("platform.wrong_state", "not announced yet")
    if bid.package not in {b.package for b in bids_to_open(found.session, found.lot, found.notice(), envelope_id)}:
        raise RejectedError("room.not_taking_part", bid.state)


def _said(found: Visit, package: str, envelope_id: str) -> list[Confirmation]:
    query = (
        select(Confirmation)
        .where(
            Confirmation.lot_id == found.lot.id,
            Confirmation.envelope == envelope_id,
            Confirmation.package == package,
        )
        .order_by(Confirmation.id)
    )
    return list(found.session.scalars(query))


def _us(found: Visit) -> int:
    return microseconds(found.now)
