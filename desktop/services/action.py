"""What a ceremony is for: the port between the session, which knows phones, and a use case, which knows its effect."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from desktop.domain.errors import MisuseError
from desktop.formats.answer import VerifiedAnswer
from desktop.protocol.codec import Value
from desktop.protocol.messages import Outcome
from desktop.signing.ceremony import CeremonyRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """The effect is done (or not): what the receipt says and what the page shows.

    `results` go to the phone; `details` stay here (paths of sealed files and the like), in the order of the items;
    what was left out of the scan follows.
    """

    outcome: Outcome
    code: str = ""
    results: tuple[Mapping[str, Value], ...] = ()
    details: tuple["ItemResult", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AskProof:
    """The platform wants the phone to prove its new encryption key first."""

    envelope: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemResult:
    """Fate of one item: `code` is empty after a success; `target` is what came of it (a path, a serial number).

    `level` of a sealed file is B-B, B-T or B-LT; `note` is the catalogue code of why it is not B-LT; `sha256` its hash.
    `key` is what the caller knows the item by.
    """

    name: str
    target: str = ""
    code: str = ""
    level: str = ""
    note: str = ""
    key: str = ""
    sha256: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """Progress of `prepare` and `act`: `report` takes (done, total, text); `check` raises when the user has cancelled.

    `leave_out` takes what was wanted and will not be part of the scan, with the reasons.
    `offline`: keep off the network, now and in the effect, and live with what is at hand.
    """

    report: Callable[[int, int, str], None] = field(default=lambda _done, _total, _text: None)
    check: Callable[[], None] = field(default=lambda: None)
    leave_out: Callable[[tuple[ItemResult, ...]], None] = field(default=lambda _items: None)
    offline: bool = False


def end_of_items(results: Sequence[Mapping[str, Value]], details: tuple[ItemResult, ...], *, failure: str) -> Finish:
    """Say how the items of one scan ended: all, some or none; `failure` is the catalogue code where none was done."""
    failed = sum("error" in result for result in results)
    if failed == len(results):
        return Finish(outcome=Outcome.FAILED, code=failure, results=tuple(results), details=details)
    outcome = Outcome.PARTIAL if failed else Outcome.DONE
    return Finish(outcome=outcome, results=tuple(results), details=details)


class WithoutProof:
    """Of a use case that asks the phone for no proof."""

    def prove(self, value: bytes) -> Finish:
        """Never asked for."""
        raise MisuseError("general.unexpected", f"{type(self).__name__}: proof of {len(value)} bytes")


class Action(Protocol):
    """One use case. All methods block and run on the session's thread; errors are BidSealErrors."""

    def prepare(self, preparation: Preparation) -> CeremonyRequest:
        """Make everything that must stand before the code is shown. May be called once."""
        ...

    def subject(self) -> str:
        """Say in a few words what it is about, for journal and records (file names, an order)."""
        ...

    def act(self, verified: VerifiedAnswer) -> Finish | AskProof:
        """Carry out the effect of a verified and consumed answer."""
        ...

    def prove(self, value: bytes) -> Finish:
        """Go on after the phone's proof; only called after `AskProof`."""
        ...

    def close(self) -> None:
        """Clean up, whatever happened; called exactly once."""
        ...
