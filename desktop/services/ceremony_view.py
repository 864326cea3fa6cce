"""What a page sees of a ceremony: one frozen snapshot after the other, the same for relay and camera."""

from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.operations import Operation
from desktop.protocol.display import ConsentText
from desktop.protocol.messages import Outcome
from desktop.services.action import ItemResult


class Stage(StrEnum):
    """What the page shows."""

    PREPARING = "preparing"
    SHOWING = "showing"
    PAUSED = "paused"
    CLAIMED = "claimed"
    ACTING = "acting"
    #: Camera mode: the phone must read a request and show a proof.
    PROVING = "proving"
    #: Camera mode: done, and the codes of the receipt are shown for a phone that wants to know.
    RECEIPT = "receipt"
    DONE = "done"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class CeremonyView:
    """Everything a page needs to show a ceremony. `problem` and `warning` are catalogue codes.

    In camera mode (`is_camera`) `codes` are shown one after the other, and `read` of `to_read` parts of the phone's
    message have been seen.
    """

    stage: Stage
    operation: Operation | None = None
    qr_text: str = ""
    remaining_s: int = 0
    text: ConsentText | None = None
    phone_name: str = ""
    check_code: str = ""
    code_is_typed: bool = False
    warning: str = ""
    offline: bool = False
    problem: str = ""
    detail: str = ""
    progress: tuple[int, int, str] = (0, 0, "")
    details: tuple[ItemResult, ...] = ()
    left_out: tuple[ItemResult, ...] = ()
    outcome: Outcome | None = None
    is_camera: bool = False
    codes: tuple[str, ...] = ()
    read: int = 0
    to_read: int = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self.stage in (Stage.DONE, Stage.PROBLEM)

    @property
    def has_result(self) -> bool:
        """Whether it is known how it ended; only a receipt may still be shown."""
        return self.is_over or self.stage is Stage.RECEIPT
