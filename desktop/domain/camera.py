"""What may be said of a camera: shared by `desktop.camera`, which runs it, and the window that shows it."""

from dataclasses import dataclass
from enum import StrEnum


class CameraState(StrEnum):
    """State of a camera source. The failures are named like their problem codes: `camera.<state>`."""

    OPENING = "opening"
    RUNNING = "running"
    BLACK = "black"
    STALLED = "stalled"
    ABSENT = "absent"
    BUSY = "busy"
    DENIED = "denied"
    UNPLUGGED = "unplugged"
    STOPPED = "stopped"

    @property
    def is_problem(self) -> bool:
        """Whether it has words in the problem catalogue."""
        return self not in {CameraState.OPENING, CameraState.RUNNING, CameraState.STOPPED}

    @property
    def problem_code(self) -> str:
        """The code in the problem catalogue; of problems only."""
        return f"camera.{self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraDevice:
    """A camera of this computer; `name` is empty where the system does not tell it."""

    index: int
    name: str = ""
