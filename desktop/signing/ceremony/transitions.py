"""All states of a ceremony on the desktop and every move between them, in one table.

A trigger that the table does not list for a state is refused: as MisuseError if we caused it, left aside if a peer did.
docs/ceremony-states.md holds the diagram generated from this table; a test compares them.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import TypeVar

from desktop.domain.errors import MisuseError

S = TypeVar("S", bound=StrEnum)
T = TypeVar("T", bound=StrEnum)


class State(StrEnum):
    """Where a ceremony stands."""

    NEW = "new"
    SHOWING = "showing"
    PAUSED = "paused"
    CLAIMED = "claimed"
    ACTING = "acting"
    PROVING = "proving"
    DONE = "done"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REFUSED = "refused"


class Trigger(StrEnum):
    """What moves it."""

    START = "start"
    ROUND_OVER = "round over"
    SHOWN_TOO_LONG = "shown too long"
    WINDOW_HIDDEN = "window hidden"
    RENEW = "renew"
    FRESH_CLAIM = "fresh claim"
    STALE_CLAIM = "stale claim"
    LATER_CLAIM = "later claim"
    EXTEND = "extend"
    NEAR = "phone seen"
    GOOD_ANSWER = "good answer"
    BAD_ANSWER = "bad answer"
    DECLINE = "decline"
    PHONE_CANCEL = "phone cancels"
    USER_CANCEL = "user cancels"
    ANSWER_OVERDUE = "answer overdue"
    ASK_PROOF = "ask for proof"
    PROOF = "proof"
    PROOF_OVERDUE = "proof overdue"
    FINISH = "finish"
    REFUSE = "refuse"


TERMINAL = frozenset({State.DONE, State.DECLINED, State.CANCELLED, State.EXPIRED, State.REFUSED})

_S, _T = State, Trigger

TRANSITIONS: dict[tuple[State, Trigger], State] = {
    (_S.NEW, _T.START): _S.SHOWING,
    (_S.SHOWING, _T.ROUND_OVER): _S.SHOWING,
    (_S.SHOWING, _T.SHOWN_TOO_LONG): _S.PAUSED,
    (_S.SHOWING, _T.WINDOW_HIDDEN): _S.PAUSED,
    (_S.SHOWING, _T.RENEW): _S.SHOWING,
    (_S.SHOWING, _T.STALE_CLAIM): _S.SHOWING,
    (_S.SHOWING, _T.FRESH_CLAIM): _S.CLAIMED,
    (_S.SHOWING, _T.USER_CANCEL): _S.CANCELLED,
    (_S.PAUSED, _T.RENEW): _S.SHOWING,
    (_S.PAUSED, _T.STALE_CLAIM): _S.PAUSED,
    (_S.PAUSED, _T.FRESH_CLAIM): _S.CLAIMED,
    (_S.PAUSED, _T.USER_CANCEL): _S.CANCELLED,
    (_S.CLAIMED, _T.LATER_CLAIM): _S.CLAIMED,
    (_S.CLAIMED, _T.EXTEND): _S.CLAIMED,
    (_S.CLAIMED, _T.NEAR): _S.CLAIMED,
    (_S.CLAIMED, _T.GOOD_ANSWER): _S.ACTING,
    (_S.CLAIMED, _T.BAD_ANSWER): _S.REFUSED,
    (_S.CLAIMED, _T.DECLINE): _S.DECLINED,
    (_S.CLAIMED, _T.PHONE_CANCEL): _S.CANCELLED,
    (_S.CLAIMED, _T.USER_CANCEL): _S.CANCELLED,
    (_S.CLAIMED, _T.ANSWER_OVERDUE): _S.EXPIRED,
    (_S.ACTING, _T.LATER_CLAIM): _S.ACTING,
    (_S.ACTING, _T.ASK_PROOF): _S.PROVING,
    (_S.ACTING, _T.FINISH): _S.DONE,
    (_S.ACTING, _T.REFUSE): _S.REFUSED,
    (_S.PROVING, _T.LATER_CLAIM): _S.PROVING,
    (_S.PROVING, _T.PROOF): _S.ACTING,
    (_S.PROVING, _T.PROOF_OVERDUE): _S.EXPIRED,
    (_S.PROVING, _T.PHONE_CANCEL): _S.CANCELLED,
    (_S.PROVING, _T.USER_CANCEL): _S.CANCELLED,
    (_S.PROVING, _T.REFUSE): _S.REFUSED,
}


def move(state: State, trigger: Trigger) -> State:
    """Return the state after `trigger`.

    Raises:
        MisuseError: the table has no such move.
    """
    return step(TRANSITIONS, state, trigger)


def allows(state: State, trigger: Trigger) -> bool:
    """Tell whether the table has a move for `trigger` in `state`."""
    return (state, trigger) in TRANSITIONS


def step(table: Mapping[tuple[S, T], S], state: S, trigger: T) -> S:
    """Return the state after `trigger` by a table.

    Raises:
        MisuseError: the table has no such move.
    """
    try:
        return table[state, trigger]
    except KeyError:
        raise MisuseError("general.unexpected", f"no move from {state} by {trigger}") from None


def diagram() -> str:
    """Return the table as a Mermaid state diagram."""
    return drawn(TRANSITIONS, TERMINAL)


def drawn(table: Mapping[tuple[S, T], S], terminal: Collection[S]) -> str:
    """Return a table as a Mermaid state diagram, moves with the same ends on one line; its first move begins."""
    joined: dict[tuple[S, S], list[T]] = {}
    for (source, trigger), target in table.items():
        joined.setdefault((source, target), []).append(trigger)
    first = next(iter(table))[0]
    lines = ["stateDiagram-v2", f"    [*] --> {first}"]
    lines += [f"    {a} --> {b}: {' / '.join(triggers)}" for (a, b), triggers in joined.items()]
    lines += [f"    {state} --> [*]" for state in type(first) if state in terminal]
    return "\n".join(lines) + "\n"
