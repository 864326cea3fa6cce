"""`python -m tests.bids.at MOMENT ARG…` is `bidseal ARG…` on the day of a test's platform, whose lists run out."""

import sys
from datetime import datetime

from desktop.cli import main
from desktop.domain.clock import SystemClock


def run() -> int:
    moment = datetime.fromisoformat(sys.argv.pop(1))
    SystemClock.now = lambda _self: moment  # type: ignore[method-assign]
    return main()


if __name__ == "__main__":
    sys.exit(run())
