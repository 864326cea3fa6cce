"""A story's platform: the real one in its own process, with a clock that its player can put forward.

Days lie between the publication of a tender and its opening; a story takes two minutes. The platform that ships has no
such door: this module puts it there, behind the control token that only the starter of the process knows.
"""

import sys
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Query

from desktop.domain.clock import SystemClock
from desktop.server.api.access import ControlPermit
from desktop.server.process import read_settings, run

MODULE = "desktop.testing.platform_process"
_MOST_S = 400 * 24 * 3600


class ForwardClock(SystemClock):
    """The machine's clocks, the wall clock `behind_s` seconds behind, then put forward by what is told; never back."""

    def __init__(self, behind_s: int = 0) -> None:
        self._ahead = -timedelta(seconds=behind_s)

    def now(self) -> datetime:
        """Return the machine's wall time and what it was put forward by."""
        return super().now() + self._ahead

    def put_forward(self, seconds: float) -> None:
        """Let `seconds` (>= 0) pass at once."""
        self._ahead += timedelta(seconds=max(seconds, 0))


def main() -> int:
    """Read the settings from stdin, and from the command line how many seconds behind it begins; and serve."""
    settings, demo = read_settings()
    clock = ForwardClock(int(sys.argv[1]))

    def extend(app: FastAPI, control: str) -> None:
        router = APIRouter(prefix="/control", dependencies=[Depends(ControlPermit(control))])

        @router.post("/clock", status_code=204)
        def put_forward(seconds: Annotated[float, Query(ge=0, le=_MOST_S)]) -> None:
            clock.put_forward(seconds)

        app.include_router(router)

    run(settings, demo=demo, clock=clock, extend=extend)
    return 0


if __name__ == "__main__":
    sys.exit(main())
