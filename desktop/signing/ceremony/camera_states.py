"""The states of a ceremony in camera mode and every move between them, in one table.

The relay's table without what needs a channel: no claim, no decline, no time for consent. The phone says nothing before
its answer, which the camera reads part by part. docs/ceremony-states.md holds the diagram; a test compares them.
"""

from enum import StrEnum

from desktop.signing.ceremony.transitions import step


class CameraState(StrEnum):
    """Where a ceremony in camera mode stands."""

    NEW = "new"
    SHOWING = "showing"
    READING = "reading"
    PAUSED = "paused"
    ACTING = "acting"
    PROVING = "proving"
    RECEIPT = "receipt"
    DONE = "done"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REFUSED = "refused"


class CameraTrigger(StrEnum):
    """What moves it."""

    START = "start"
    SHOWN_TOO_LONG = "shown too long"
    WINDOW_HIDDEN = "window hidden"
    RENEW = "renew"
    PART = "part read"
    UNREADABLE = "unreadable message"
    GOOD_ANSWER = "good answer"
    BAD_ANSWER = "bad answer"
    USER_CANCEL = "user cancels"
    ASK_PROOF = "ask for proof"
    PROOF = "proof"
    PROOF_OVERDUE = "proof overdue"
    FINISH = "finish"
    REFUSE = "refuse"
    RECEIPT_LEFT = "receipt left"


CAMERA_TERMINAL = frozenset({CameraState.DONE, CameraState.CANCELLED, CameraState.EXPIRED, CameraState.REFUSED})

_S, _T = CameraState, CameraTrigger

CAMERA_TRANSITIONS: dict[tuple[CameraState, CameraTrigger], CameraState] = {
    (_S.NEW, _T.START): _S.SHOWING,
    (_S.SHOWING, _T.RENEW): _S.SHOWING,
    (_S.SHOWING, _T.PART): _S.READING,
    (_S.SHOWING, _T.UNREADABLE): _S.SHOWING,
    (_S.SHOWING, _T.GOOD_ANSWER): _S.ACTING,
    (_S.SHOWING, _T.BAD_ANSWER): _S.REFUSED,
    (_S.SHOWING, _T.SHOWN_TOO_LONG): _S.PAUSED,
    (_S.SHOWING, _T.WINDOW_HIDDEN): _S.PAUSED,
    (_S.SHOWING, _T.USER_CANCEL): _S.CANCELLED,
    (_S.READING, _T.RENEW): _S.SHOWING,
    (_S.READING, _T.PART): _S.READING,
    (_S.READING, _T.UNREADABLE): _S.SHOWING,
    (_S.READING, _T.GOOD_ANSWER): _S.ACTING,
    (_S.READING, _T.BAD_ANSWER): _S.REFUSED,
    (_S.READING, _T.SHOWN_TOO_LONG): _S.PAUSED,
    (_S.READING, _T.WINDOW_HIDDEN): _S.PAUSED,
    (_S.READING, _T.USER_CANCEL): _S.CANCELLED,
    (_S.PAUSED, _T.RENEW): _S.SHOWING,
    (_S.PAUSED, _T.USER_CANCEL): _S.CANCELLED,
    (_S.ACTING, _T.ASK_PROOF): _S.PROVING,
    (_S.ACTING, _T.FINISH): _S.RECEIPT,
    (_S.ACTING, _T.REFUSE): _S.REFUSED,
    (_S.PROVING, _T.PART): _S.PROVING,
    (_S.PROVING, _T.UNREADABLE): _S.PROVING,
    (_S.PROVING, _T.PROOF): _S.ACTING,
    (_S.PROVING, _T.PROOF_OVERDUE): _S.EXPIRED,
    (_S.PROVING, _T.USER_CANCEL): _S.CANCELLED,
    (_S.PROVING, _T.REFUSE): _S.REFUSED,
    (_S.RECEIPT, _T.RECEIPT_LEFT): _S.DONE,
}


def camera_move(state: CameraState, trigger: CameraTrigger) -> CameraState:
    """Return the state after `trigger`.

    Raises:
        MisuseError: the table has no such move.
    """
    return step(CAMERA_TRANSITIONS, state, trigger)


def camera_allows(state: CameraState, trigger: CameraTrigger) -> bool:
    """Tell whether the table has a move for `trigger` in `state`."""
    return (state, trigger) in CAMERA_TRANSITIONS
