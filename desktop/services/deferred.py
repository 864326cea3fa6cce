"""An action that takes time to make: it is made when it is prepared, on the session's thread; no page waits for it."""

from collections.abc import Callable

from desktop.domain.errors import MisuseError
from desktop.formats.answer import VerifiedAnswer
from desktop.services.action import Action, AskProof, Finish, Preparation
from desktop.signing.ceremony import CeremonyRequest


class DeferredAction:
    """`make` gets the call that raises when the user has cancelled."""

    def __init__(self, make: Callable[[Callable[[], None]], Action]) -> None:
        self._make = make
        self._made: Action | None = None

    def prepare(self, preparation: Preparation) -> CeremonyRequest:
        """Make the action and prepare it."""
        self._made = self._make(preparation.check)
        return self._made.prepare(preparation)

    def subject(self) -> str:
        """Say what it is about."""
        return self._action.subject()

    def act(self, verified: VerifiedAnswer) -> Finish | AskProof:
        """Carry it out."""
        return self._action.act(verified)

    def prove(self, value: bytes) -> Finish:
        """Go on after the phone's proof."""
        return self._action.prove(value)

    def close(self) -> None:
        """Clean up what was made, if anything was."""
        if self._made is not None:
            self._made.close()

    @property
    def _action(self) -> Action:
        if self._made is None:
            raise MisuseError("general.unexpected", "not prepared")
        return self._made
