"""The delivery window: opened by an officer's workstation, shares handed in, ended, and what the agency then gets.

Shares lie here sealed to the room key; they are given to the agency only after the window has ended, and so is the
platform's time key: whoever has not delivered by then has not seen anybody's price either (T47). docs/tendering.md §6.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.domain.errors import RejectedError
from desktop.domain.tendering import LogKind
from desktop.formats.log import time_key_body
from desktop.protocol.notices import Notice
from desktop.protocol.statements import Closing, OpeningNotice, read_room_statement, read_statement
from desktop.server.cases.platform_time import demand_agreement
from desktop.server.cases.room_officers import stated_by_officer
from desktop.server.cases.room_rows import (
    OPENING,
    bids_to_open,
    decided,
    deliveries,
    last_of,
)
from desktop.server.cases.room_windows import end_window
from desktop.server.cases.rooms import Visit, visit, visit_of_bid
from desktop.server.cases.time_keys import TIME_KEY_CONTEXT
from desktop.server.context import Platform
from desktop.server.db.room_models import Delivery, RoomEnvelope
from desktop.server.db.tender_models import TimeKey
from desktop.server.rules.permissions import Action, Actor
from desktop.server.rules.rooms import (
    MAX_DELIVERIES,
    SEALED_BYTES,
    RoomStep,
    demand_extension,
    demand_window,
    next_envelope,
)
from desktop.server.rules.states import LotEvent


def open_room(platform: Platform, actor: Actor, lot_id: str, statement: bytes) -> None:
    """Open the room of the next envelope; the same statement again changes nothing.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`, `.wrong_state`; `room.statement`, `room.window_length`,
            `room.undecided`, or what is wrong with the statement.
    """
    with visit(platform, actor, lot_id, Action.RUN_OPENING) as found:
        notice = found.notice()
        signed = stated_by_officer(found, notice, statement, OpeningNotice)
        opening = signed.payload
        if _newest(found, opening.envelope_id) == statement:
            return
        following = next_envelope(notice, found.lot.envelope)
        found.move(LotEvent.OPEN_ROOM)
        if opening.envelope_id != following:
            raise RejectedError("platform.wrong_state", f"next is {following or 'the record'}")
        if opening.revision != 1:
            raise RejectedError("room.statement", "revision")
        _demand_closing(found, opening)
        demand_window(notice, opening, found.now)
        _demand_somebody(found, notice, opening.envelope_id)
        found.lot.envelope = opening.envelope_id
        found.session.add(
            RoomEnvelope(
                lot_id=lot_id,
                envelope=opening.envelope_id,
                room_key=opening.room_key,
                revision=opening.revision,
                until=opening.until,
            )
        )
        found.keep(opening.envelope_id, OPENING, "", outcome="", statement=statement)


def extend(platform: Platform, actor: Actor, lot_id: str, statement: bytes) -> None:
    """Extend the delivery window while it is open; the same statement again changes nothing.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`, `.wrong_state`; `room.statement`, `room.window_length`, or
            what is wrong with the statement.
    """
    with visit(platform, actor, lot_id, Action.RUN_OPENING) as found:
        opening = stated_by_officer(found, found.notice(), statement, OpeningNotice).payload
        newest = _newest(found, opening.envelope_id)
        if newest == statement:
            return
        found.move(LotEvent.EXTEND_ROOM)
        row, _ = found.current_envelope(opening.envelope_id)
        if opening.revision != row.revision + 1:
            raise RejectedError("room.statement", "revision")
        # What was delivered already is sealed to the first one.
        wrap = read_room_statement(newest, OpeningNotice).payload.room_wrap
        if (opening.room_key, opening.room_wrap) != (row.room_key, wrap):
            raise RejectedError("room.statement", "another room key")
        _demand_closing(found, opening)
        demand_extension(opening, row.until, found.now)
        row.revision, row.until = opening.revision, opening.until
        found.keep(opening.envelope_id, OPENING, "", outcome="", statement=statement)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedShare:
    """A share as it was handed in."""

    package: str
    envelope_id: str
    sealed: bytes


def deliver(platform: Platform, actor: Actor, lot_id: str, share: SealedShare) -> None:
    """Take a bidder's share; the same again changes nothing, another takes its place while the window is open.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`, `.wrong_state`, `.bad_field`, `.slow_down`; `room.over`,
            `room.not_taking_part`, `room.no_share_needed`.
    """
    if len(share.sealed) != SEALED_BYTES:
        raise RejectedError("platform.bad_field", "sealed")
    with visit_of_bid(platform, actor, lot_id, share.package) as (found, bid):
        known = found.session.get(Delivery, (lot_id, share.envelope_id, share.package))
        if known is not None and known.sealed == share.sealed:
            return
        window = found.session.get(RoomEnvelope, (lot_id, share.envelope_id))
        if window is not None and (window.delivered is not None or found.now.timestamp() > window.until):
            raise RejectedError("room.over")
        found.demand(RoomStep.DELIVER)
        row, described = found.current_envelope(share.envelope_id)
        if not described.needs_bidder:
            raise RejectedError("room.no_share_needed")
        if bid.package not in {b.package for b in bids_to_open(found.session, found.lot, found.notice(), row.envelope)}:
            raise RejectedError("room.not_taking_part", bid.state)
        if known is None:
            known = Delivery(lot_id=lot_id, envelope=share.envelope_id, package=share.package, count=0)
            found.session.add(known)
        if known.count >= MAX_DELIVERIES:
            raise RejectedError("platform.slow_down", "deliveries")
        known.sealed, known.count, known.account_id, known.at = share.sealed, known.count + 1, actor.id, found.now
        found.record(LogKind.SHARE, share.sealed)


def end_delivery(platform: Platform, actor: Actor, lot_id: str, envelope_id: str) -> None:
    """End the window before its time, once no share is missing; ended already, nothing changes.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`, `.wrong_state`; `room.shares_missing`.
    """
    with visit(platform, actor, lot_id, Action.RUN_OPENING) as found:
        row, described = found.current_envelope(envelope_id)
        if row.delivered is not None:
            return
        if described.needs_bidder and found.now.timestamp() <= row.until:
            expected = bids_to_open(found.session, found.lot, found.notice(), envelope_id)
            missing = {bid.package for bid in expected} - _delivered(found.session, lot_id, envelope_id)
            if missing:
                raise RejectedError("room.shares_missing", f"{len(missing)}")
        end_window(found.session, platform, found.lot, found.now)


def sealed_shares(platform: Platform, actor: Actor, lot_id: str, envelope_id: str) -> list[Delivery]:
    """Return what was delivered, once the window has ended.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`, `.wrong_state`.
    """
    with visit(platform, actor, lot_id, Action.RUN_OPENING, step=RoomStep.TAKE_DELIVERIES) as found:
        if found.envelope(envelope_id).delivered is None:
            raise RejectedError("platform.wrong_state", "delivery has not ended")
        return deliveries(found.session, lot_id, envelope_id)


def release_time_key(platform: Platform, actor: Actor, lot_id: str, envelope_id: str) -> bytes:
    """Return the platform's time key of an envelope, 32 octets; it was logged before.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`, `.wrong_state`; `room.no_time_key`, `room.not_before`.
        UnavailableError: `room.clock_disagrees`.
    """
    with visit(platform, actor, lot_id, Action.RUN_OPENING, step=RoomStep.TAKE_TIME_KEY) as found:
        described, row = found.notice().envelope(envelope_id), found.envelope(envelope_id)
        if described is None or row.delivered is None:
            raise RejectedError("platform.wrong_state", "delivery has not ended")
        query = select(TimeKey).where(TimeKey.lot_id == lot_id, TimeKey.envelope == envelope_id)
        key = found.session.scalar(query)
        if key is None or key.spki != described.time_key:
            raise RejectedError("room.no_time_key")
        demand_agreement(found.session, platform)
        if found.now.timestamp() < described.not_before:
            raise RejectedError("room.not_before")
        if row.time_key_at is None:
            row.time_key_at = found.now
            body = time_key_body(tender=found.lot.tender, lot=found.lot.number, envelope=envelope_id, spki=key.spki)
            found.record(LogKind.TIME_KEY, body)
    # Only now: the log entry is durable.
    return platform.vault.open(TIME_KEY_CONTEXT, key.scalar)


def _newest(found: Visit, envelope_id: str) -> bytes:
    """Return the newest opening notice of an envelope, empty where its room was not opened."""
    known = last_of(found.session, found.lot.id, envelope_id, OPENING, "")
    return known.statement if known is not None else b""


def _demand_closing(found: Visit, opening: OpeningNotice) -> None:
    closing = read_statement(found.lot.closing or b"", Closing)
    if opening.closing_sha256 != closing.document_sha256:
        raise RejectedError("room.statement", "another closing")


def _demand_somebody(found: Visit, notice: Notice, envelope_id: str) -> None:
    """Demand that there is something to open: behind the first envelope, that all is decided and somebody passed."""
    first = notice.envelopes[0].envelope_id
    if envelope_id == first:
        return
    review = decided(found.session, found.lot.id, first)
    if review.undecided or not review.passed:
        raise RejectedError("room.undecided", f"{len(review.undecided)}")


def _delivered(session: Session, lot_id: str, envelope_id: str) -> set[str]:
    return {row.package for row in deliveries(session, lot_id, envelope_id)}
