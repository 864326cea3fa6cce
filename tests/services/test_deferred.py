"""An action that takes time to make is made when it is prepared, once, and cleaned up only if it was."""

import pytest

from desktop.domain.errors import MisuseError, RejectedError
from desktop.services.action import Preparation
from desktop.services.deferred import DeferredAction


class Noted:
    """Notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def prepare(self, preparation: Preparation) -> str:
        preparation.check()
        self.asked.append("prepare")
        return "request"

    def subject(self) -> str:
        return "a bid"

    def act(self, verified: object) -> str:
        return f"act {verified}"

    def prove(self, value: bytes) -> str:
        return f"prove {value!r}"

    def close(self) -> None:
        self.asked.append("close")


def test_it_is_made_when_it_is_prepared_and_then_does_everything_itself():
    noted, made = Noted(), []
    action = DeferredAction(lambda _check: made.append(noted) or noted)  # type: ignore[arg-type,func-returns-value]
    assert made == []
    assert action.prepare(Preparation()) == "request"
    assert (action.subject(), action.act("answer"), action.prove(b"x")) == ("a bid", "act answer", "prove b'x'")  # type: ignore[arg-type,comparison-overlap]
    action.close()
    assert noted.asked == ["prepare", "close"]


def test_what_cannot_be_made_needs_no_cleaning_up():
    def make(_check: object) -> Noted:
        raise RejectedError("opening.not_included")

    action = DeferredAction(make)  # type: ignore[arg-type]
    with pytest.raises(RejectedError, match=r"opening\.not_included"):
        action.prepare(Preparation())
    action.close()
    with pytest.raises(MisuseError):
        action.subject()


def test_making_hears_that_the_person_has_cancelled():
    def cancelled() -> None:
        raise RejectedError("general.cancelled")

    def make(check: object) -> Noted:
        check()  # type: ignore[operator]
        return Noted()

    with pytest.raises(RejectedError, match=r"general\.cancelled"):
        DeferredAction(make).prepare(Preparation(check=cancelled))  # type: ignore[arg-type]
