"""The opening room's rules, without a database: what may be done in which state of a lot, and what a window may be.

Steps that move a lot from state to state stand in rules/states.py (`LOTS`); here are those that leave it where it is.
docs/tendering.md §6, §8.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from desktop.crypto.primitives import HPKE_OVERHEAD_BYTES
from desktop.domain.errors import RejectedError
from desktop.domain.tendering import LotState, OpeningState, Party
from desktop.protocol.notices import Notice
from desktop.protocol.statements import BidResult, OpeningNotice

#: An officer's workstation may be a little ahead, its request a little late.
TOLERANCE = timedelta(minutes=2)
#: No window ends later than this from now on, however often it is extended.
LONGEST = timedelta(days=1)
#: HPKE of a share.
SEALED_BYTES = HPKE_OVERHEAD_BYTES + 32
#: A share is replaced, and a result objected to, by hand: more often than this it is a machine that has gone wrong.
MAX_DELIVERIES, MAX_CONFIRMATIONS = 20, 20
#: The one cause that the platform knows by itself.
SHARE_NOT_DELIVERED = "tender.share_not_delivered"


class RoomStep(StrEnum):
    """What is done in a room without moving the lot to another state."""

    SIGN_IN = "sign_in"
    DELIVER = "deliver"
    TAKE_DELIVERIES = "take_deliveries"
    TAKE_TIME_KEY = "take_time_key"
    REPORT = "report"
    DECIDE = "decide"
    CONFIRM = "confirm"
    ANSWER = "answer"


#: While the second envelope is at work, the first one has been announced.
_AFTER_FIRST = frozenset({LotState.DELIVERING, LotState.DELIVERED, LotState.OPENED})
_AFTER_DELIVERY = frozenset({LotState.DELIVERING, LotState.DELIVERED, LotState.OPENED, LotState.ANNOUNCED})

STEPS: Mapping[RoomStep, frozenset[LotState]] = {
    RoomStep.SIGN_IN: frozenset({LotState.PUBLISHED, LotState.CLOSED, LotState.DELIVERING}),
    RoomStep.DELIVER: frozenset({LotState.DELIVERING}),
    RoomStep.TAKE_DELIVERIES: _AFTER_DELIVERY | {LotState.RECORDED},
    RoomStep.TAKE_TIME_KEY: _AFTER_DELIVERY,
    RoomStep.REPORT: frozenset({LotState.DELIVERED, LotState.OPENED}),
    RoomStep.DECIDE: frozenset({LotState.ANNOUNCED}),
    RoomStep.CONFIRM: _AFTER_FIRST | {LotState.ANNOUNCED},
    RoomStep.ANSWER: _AFTER_FIRST | {LotState.ANNOUNCED},
}


def demand_step(step: RoomStep, state: LotState) -> None:
    """Demand that the state allows a step.

    Raises:
        RejectedError: `platform.wrong_state`.
    """
    if state not in STEPS[step]:
        raise RejectedError("platform.wrong_state", f"{step} while {state}")


def next_envelope(notice: Notice, envelope_id: str) -> str:
    """Return the envelope that comes after one, "" after the last; after "" comes the first."""
    ids = [envelope.envelope_id for envelope in notice.envelopes]
    follower = ids.index(envelope_id) + 1 if envelope_id else 0
    return ids[follower] if follower < len(ids) else ""


def demand_window(notice: Notice, opening: OpeningNotice, now: datetime) -> None:
    """Demand that a first opening notice gives bidders the time that was announced, no less and hardly more.

    Raises:
        RejectedError: `room.window_length`.
    """
    promised = timedelta(minutes=notice.window_minutes)
    left = timedelta(seconds=opening.until - now.timestamp())
    if not promised - TOLERANCE <= left <= promised + TOLERANCE:
        raise RejectedError("room.window_length", f"{int(left.total_seconds())} s")


def demand_extension(opening: OpeningNotice, until: int, now: datetime) -> None:
    """Demand that an extension makes the window longer, and not endless.

    Raises:
        RejectedError: `room.window_length`.
    """
    if not until < opening.until <= (now + LONGEST).timestamp():
        raise RejectedError("room.window_length", f"from {until} to {opening.until}")


def demand_plausible(result: BidResult, *, needs_share: bool, has_share: bool) -> None:
    """Demand that a result agrees with what the platform itself knows of the share.

    Whatever else is wrong with a bid, a missing share comes first, and is its bidder's: a record that says otherwise
    would be false (formats.bundle).

    Raises:
        RejectedError: `room.result_contradicts`.
    """
    is_missing, says_missing = needs_share and not has_share, result.cause == SHARE_NOT_DELIVERED
    if is_missing != says_missing or (says_missing and result.party is not Party.BIDDER):
        raise RejectedError("room.result_contradicts", result.package_id.hex())


def may_replace(known: BidResult) -> bool:
    """Tell whether another result may take this one's place.

    A bid that was opened stays opened as it was, and what the bidder is to blame for stays. What failed at the
    agency's side is tried again, until it is announced.
    """
    return known.state is OpeningState.NOT_OPENED and known.party is Party.OTHER


def is_same_result(known: BidResult, told: BidResult) -> bool:
    """Tell whether two results say the same, whenever they were found: an opening was done twice after a crash."""
    return _timeless(known) == _timeless(told)


def _timeless(result: BidResult) -> Sequence[object]:
    return [value for name, value in result.to_map().items() if name != "at"]
