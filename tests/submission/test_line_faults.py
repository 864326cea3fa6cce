"""A line that is cut, silent, doubled or answered by a gateway: each upload ends exactly once, or clearly not.

Whatever happened on the way, going on afterwards over a good line ends with one bid at the platform and one receipt.
"""

from collections.abc import Callable, Iterator

import pytest

from desktop.domain.errors import BidSealError
from desktop.portal import http, tender_api
from desktop.services import submitting
from desktop.services.receipts import receipt_path
from desktop.services.submitting import Control, SubmitJob, submit
from desktop.services.workspace import Workspace
from tests.bids.conftest import Bidder
from tests.submission.line import GOOD, Fault, Line
from tests.submission.world import SmallPlatform, talking_to

#: What a submission over a bad line may end with; everything else would be a wrong word.
TOLD = {"portal.unreachable", "portal.timeout", "portal.failing", "portal.bad_answer", "bid.submission_unclear"}


@pytest.fixture
def line(platform: SmallPlatform) -> Iterator[Line]:
    made = Line(platform.port)
    yield made
    made.close()


@pytest.fixture
def behind(bidder: Bidder, line: Line) -> Iterator[Workspace]:
    """The workstation at the end of the line."""
    with talking_to(bidder.workspace, line.port) as workspace:
        yield workspace


class Trial:
    """Submits over a line that fails as it is told, then over a good one, and counts what came of it."""

    def __init__(self, desk: Workspace, line: Line, platform: SmallPlatform, job: SubmitJob) -> None:
        self.desk, self.line, self.platform, self.job = desk, line, platform, job
        self.done = self.refused = 0

    def run(self, fault: Callable[[int], Fault]) -> None:
        self.platform.uploads.clear()
        self.platform.receipts.clear()
        receipt_path(self.job.package).unlink(missing_ok=True)
        self.desk.http.close()
        with talking_to(self.desk, self.line.port) as desk:
            self.line.begin(fault)
            told = _told(desk, self.job)
            assert told in TOLD | {""}
            assert receipt_path(self.job.package).is_file() == (not told)
            self.done += not told
            self.refused += bool(told)
            self.line.begin(lambda _number: GOOD)
            submit(desk, self.job, Control())
        assert len(self.platform.receipts) == 1
        assert receipt_path(self.job.package).is_file()

    def measure(self) -> tuple[int, int]:
        """Return how many octets a submission without faults sends there and gets back."""
        self.run(lambda _number: GOOD)
        self.platform.uploads.clear()
        self.platform.receipts.clear()
        receipt_path(self.job.package).unlink()
        with talking_to(self.desk, self.line.port) as desk:
            self.line.begin(lambda _number: GOOD)
            submit(desk, self.job, Control())
        return self.line.there, self.line.back


def _told(desk: Workspace, job: SubmitJob) -> str:
    """Submit; return the code that it ended with, empty for done."""
    try:
        submit(desk, job, Control())
    except BidSealError as error:
        return error.code
    return ""


@pytest.fixture
def trial(behind: Workspace, line: Line, platform: SmallPlatform, job: SubmitJob) -> Trial:
    return Trial(behind, line, platform, job)


def test_a_line_cut_once_after_every_so_many_octets_costs_no_bid(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submitting, "MAX_PART_BYTES", 4096)
    there, back = trial.measure()
    assert min(there, back) > 2000
    for octets in range(0, there, there // 12):
        trial.run(lambda number, n=octets: Fault(cut_there=n) if number == 0 else GOOD)
    for octets in range(0, back, back // 12):
        trial.run(lambda number, n=octets: Fault(cut_back=n) if number == 0 else GOOD)
    assert trial.done > 5


def test_a_line_that_is_always_cut_ends_clearly(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submitting, "MAX_PART_BYTES", 4096)
    monkeypatch.setattr(submitting, "_LEAST_PART_BYTES", 512)
    for octets in (0, 1, 300, 900, 4000):
        trial.run(lambda _number, n=octets: Fault(cut_there=n))
        trial.run(lambda _number, n=octets: Fault(cut_back=n))
    assert trial.refused > 2


def test_a_silent_line_is_given_up_and_gone_on_with(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "READ_TIMEOUT_S", 0.3)
    monkeypatch.setattr(tender_api, "_PART_TIMEOUT_S", 0.3)
    there, _back = trial.measure()
    for octets in range(200, there, there // 3):
        trial.run(lambda number, n=octets: Fault(stall_there=n) if number == 0 else GOOD)


def test_requests_that_arrive_twice_make_one_bid(trial: Trial) -> None:
    trial.run(lambda _number: Fault(twice=True))
    assert trial.done == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_gateway_that_answers_for_the_platform_costs_no_bid(trial: Trial, when: str) -> None:
    for bad in range(4):
        trial.run(lambda number, n=bad: Fault(bad_gateway=when) if number <= n else GOOD)
