"""What the opening came to: a statement of the officer's workstation for each bid, the announcement, who passed.

Until the announcement results are the agency's alone. Every bid gets one result, whatever was wrong with it; none keeps
the others from theirs. docs/tendering.md §6.
"""

from collections.abc import Sequence

from desktop.domain.errors import RejectedError
from desktop.domain.tendering import LotState, OpeningState
from desktop.protocol.notices import Notice
from desktop.protocol.statements import BidResult, Passed, read_room_statement
from desktop.server.cases.room_officers import stated_by_officer
from desktop.server.cases.room_rows import (
    HAS_FAILED,
    HAS_PASSED,
    PASSED,
    RESULT,
    bids_to_open,
    deliveries,
    last_of,
    newest,
)
from desktop.server.cases.rooms import Visit, visit
from desktop.server.context import Platform
from desktop.server.rules.permissions import Action, Actor
from desktop.server.rules.rooms import (
    RoomStep,
    demand_plausible,
    is_same_result,
    may_replace,
    next_envelope,
)
from desktop.server.rules.states import LotEvent

MAX_STATEMENTS = 200


def report(platform: Platform, actor: Actor, lot_id: str, statements: Sequence[bytes]) -> None:
    """Take results; with the last one the envelope is opened. The same again changes nothing.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`, `.wrong_state`; `room.statement`, `room.not_taking_part`,
            `room.result_contradicts`, `room.result_differs`, or what is wrong with a statement; then none is taken.
    """
    with visit(platform, actor, lot_id, Action.RUN_OPENING, step=RoomStep.REPORT) as found:
        notice, envelope_id = found.notice(), found.lot.envelope
        _, described = found.current_envelope(envelope_id)
        expected = {bid.package for bid in bids_to_open(found.session, found.lot, notice, envelope_id)}
        shares = {row.package for row in deliveries(found.session, lot_id, envelope_id)}
        for data in statements:
            result = stated_by_officer(found, notice, data, BidResult).payload
            package = result.package_id.hex()
            if result.envelope_id != envelope_id or package not in expected:
                raise RejectedError("room.not_taking_part", package)
            demand_plausible(result, needs_share=described.needs_bidder, has_share=package in shares)
            _take(found, result, data)
        if found.state is LotState.DELIVERED and expected <= newest(found.session, lot_id, envelope_id, RESULT).keys():
            found.move(LotEvent.OPEN_BIDS)


def announce(platform: Platform, actor: Actor, lot_id: str, envelope_id: str) -> None:
    """Announce the results to everybody in the room (唱标); announced already, nothing changes.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`, `.wrong_state`.
    """
    with visit(platform, actor, lot_id, Action.RUN_OPENING) as found:
        row, _ = found.current_envelope(envelope_id)
        if row.announced_at is not None:
            return
        found.move(LotEvent.ANNOUNCE)
        row.announced_at = found.now
        found.record_step("announced", envelope_id=envelope_id, by=found.notice().agency_code)


def decide(platform: Platform, actor: Actor, lot_id: str, statements: Sequence[bytes]) -> None:
    """Take decisions on whose second envelope is opened; the last one about a bid counts until that room is opened.

    Raises:
        RejectedError: `platform.not_found`, `.forbidden`, `.wrong_state`; `room.statement`, `room.not_taking_part`,
            `room.reason_missing`, or what is wrong with a statement; then none is taken.
    """
    with visit(platform, actor, lot_id, Action.RUN_OPENING, step=RoomStep.DECIDE) as found:
        notice, envelope_id = found.notice(), found.lot.envelope
        if not next_envelope(notice, envelope_id):
            raise RejectedError("platform.wrong_state", "no further envelope")
        opened = {
            package
            for package, row in newest(found.session, lot_id, envelope_id, RESULT).items()
            if row.outcome == OpeningState.OPENED
        }
        for data in statements:
            _decide(found, notice, data, opened)


def _take(found: Visit, result: BidResult, data: bytes) -> None:
    package = result.package_id.hex()
    known = last_of(found.session, found.lot.id, result.envelope_id, RESULT, package)
    if known is not None:
        before = read_room_statement(known.statement, BidResult).payload
        if is_same_result(before, result):
            return
        if not may_replace(before):
            raise RejectedError("room.result_differs", package)
    found.keep(result.envelope_id, RESULT, package, outcome=result.state, statement=data)


def _decide(found: Visit, notice: Notice, data: bytes, opened: set[str]) -> None:
    decision = stated_by_officer(found, notice, data, Passed).payload
    package = decision.package_id.hex()
    if decision.envelope_id != found.lot.envelope or package not in opened:
        raise RejectedError("room.not_taking_part", package)
    if not decision.passed and not decision.reason:
        raise RejectedError("room.reason_missing", package)
    known = last_of(found.session, found.lot.id, decision.envelope_id, PASSED, package)
    if known is not None:
        before = read_room_statement(known.statement, Passed).payload
        if (before.passed, before.reason) == (decision.passed, decision.reason):
            return
    outcome = HAS_PASSED if decision.passed else HAS_FAILED
    found.keep(decision.envelope_id, PASSED, package, outcome=outcome, statement=data)
