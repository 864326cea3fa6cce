"""A submission over a line that fails, then gone on with over a good one; what came of it is counted, not asserted.

So that a careless client and a careless platform can be seen to fail the drill.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import pytest

from desktop.domain.errors import BidSealError
from desktop.portal import connections, http, tender_api
from desktop.services import submitting
from desktop.services.receipts import receipt_path
from desktop.services.submitting import Control, SubmitJob, submit
from desktop.services.workspace import Workspace
from tests.submission.line import GOOD, Fault, Line
from tests.submission.world import SmallPlatform, talking_to

#: What a submission over a bad line may end with; everything else would be a wrong word.
TOLD = {"portal.unreachable", "portal.timeout", "portal.failing", "portal.bad_answer", "bid.submission_unclear"}

#: As the product has them; all that waits for a line.
TIMEOUTS = (
    (http, "CONNECT_TIMEOUT_S"),
    (http, "READ_TIMEOUT_S"),
    (http, "WHOLE_ANSWER_S"),
    (connections, "HEAD_S"),
    (tender_api, "_PART_TIMEOUT_S"),
    (submitting, "_LONG_PART_S"),
)

Faults = Callable[[int], Fault]
Submit = Callable[[Workspace, SubmitJob, Control], object]


def once(fault: Fault) -> Faults:
    """Break the first connection; the next ones are good."""
    return lambda number: fault if number == 0 else GOOD


def always(fault: Fault) -> Faults:
    """Break every connection."""
    return lambda _number: fault


@dataclass(slots=True, kw_only=True)
class Counts:
    """What came of a number of trials; `wrong` names the places where something was lost, doubled or wrongly said."""

    places: int = 0
    receipts: int = 0
    named: Counter[str] = field(default_factory=Counter)
    bids: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def line(self, name: str) -> str:
        """Return the row of docs/fault-drills.md."""
        named = ", ".join(f"{code} {count}" for code, count in sorted(self.named.items()))
        bids = ", ".join(f"{bids} at {count}" for bids, count in sorted(self.bids.items()))
        return (
            f"| {name} | {self.places} | {self.receipts} | {self.named.total()} ({named or 'none'}) "
            f"| {bids} | {len(self.wrong)} |"
        )


class Trial:
    """Submits over a line that fails as it is told, then over a good one. `submit` may be a careless one."""

    def __init__(self, desk: Workspace, line: Line, platform: SmallPlatform, job: SubmitJob) -> None:
        self.desk, self.line, self.platform, self.job = desk, line, platform, job
        self.submit: Submit = submit
        self.control = Control()
        #: Called when the bad line is over.
        self.mend: Callable[[], None] = lambda: None
        self.counts = Counts()

    def run(self, faults: Faults, where: str = "") -> str:
        """Return the code that it was ended with over the bad line, empty for done."""
        self._reset()
        told = self._told(faults)
        self._judge(told, where)
        self.mend()
        after = self._told(always(GOOD))
        bids = len(self.platform.receipts)
        self.counts.bids[bids] += 1
        if after or bids != 1 or not receipt_path(self.job.package).is_file():
            self.counts.wrong.append(f"{where}: {told or 'done'}, then {after or 'done'} with {bids} bids")
        return told

    def run_in_a_hurry(self, faults: Faults, seconds: float, where: str = "") -> str:
        """Run with all timeouts as short as that on the bad line, so that waiting for them takes no time."""
        with pytest.MonkeyPatch.context() as patched:
            for module, name in TIMEOUTS:
                patched.setattr(module, name, seconds)
            self.mend = patched.undo
            return self.run(faults, where)

    def sweep(self, name: str, faults: Iterable[Faults]) -> None:
        """Run at each of the places, and start counting anew before the first."""
        self.counts = Counts()
        for number, each in enumerate(faults):
            self.run(each, f"{name} {number}")

    def measure(self) -> tuple[int, int]:
        """Return how many octets a submission without faults sends there and gets back."""
        self._reset()
        assert self._told(always(GOOD)) == ""
        return self.line.there, self.line.back

    def _reset(self) -> None:
        self.platform.uploads.clear()
        self.platform.receipts.clear()
        receipt_path(self.job.package).unlink(missing_ok=True)

    def _told(self, faults: Faults) -> str:
        """Submit over connections of its own, and return the code that it ended with."""
        self.line.begin(faults)
        with talking_to(self.desk, self.line.port) as desk:
            try:
                self.submit(desk, self.job, self.control)
            except BidSealError as error:
                return error.code
        return ""

    def _judge(self, told: str, where: str) -> None:
        counts = self.counts
        counts.places += 1
        counts.receipts += not told
        counts.named.update([told] if told else [])
        if told not in TOLD | {""}:
            counts.wrong.append(f"{where}: {told}")
        if receipt_path(self.job.package).is_file() == bool(told):
            counts.wrong.append(f"{where}: {told or 'done'}, and the receipt is {'there' if told else 'not there'}")
