"""A line that is slow, and one that drips: a bid with its receipt, or a named problem, in a bounded time.

The fault plan says 50 octets a second. That is tried with all timeouts a tenth, and the line ten times as fast.
"""

import time

import pytest

from desktop.portal import tender_api
from desktop.services.submitting import MAX_TRIES, Control, Step
from tests.submission.line import Fault
from tests.submission.trial import TIMEOUTS, Trial, always, once

SLOW_BYTES_S = 50


class Watch:
    """What a user sees of a submission."""

    def __init__(self) -> None:
        self.sent: list[int] = []
        self.retries = 0
        self.control = Control(report=self._report)

    def _report(self, step: Step, done: int, _total: int) -> None:
        if step is Step.SENDING:
            self.sent.append(done)
        self.retries += step is Step.RETRYING


@pytest.fixture
def watch(trial: Trial) -> Watch:
    made = Watch()
    trial.control = made.control
    return made


def test_a_part_that_is_too_large_for_the_line_is_followed_by_smaller_ones_until_the_bid_is_there(
    trial: Trial, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tender_api, "_PART_TIMEOUT_S", 1.0)
    assert trial.run(always(Fault(rate=6000))) == ""
    assert trial.counts.wrong == []
    assert watch.retries > 0
    assert len(set(watch.sent)) > 2  # the whole, a quarter of it, and what then could be larger again


def test_a_line_that_begins_to_drip_while_a_bid_is_sent_ends_with_a_named_problem(trial: Trial, watch: Watch) -> None:
    there, _back = trial.measure()
    told = trial.run_in_a_hurry(lambda number: Fault(rate=10, slow_from=there // 2 if number == 0 else 0), seconds=0.3)
    assert told == "bid.submission_unclear"  # all of it had been handed to the line
    assert trial.counts.wrong == []
    assert watch.retries == MAX_TRIES - 1


def test_a_line_that_drips_only_once_costs_no_bid(trial: Trial) -> None:
    there, _back = trial.measure()
    for octets in range(0, there, there // 4):
        trial.run_in_a_hurry(once(Fault(rate=10, slow_from=octets)), seconds=1.0)
    assert trial.counts.wrong == []
    assert trial.counts.receipts > 1


@pytest.mark.slow
def test_a_bid_gets_through_a_line_of_fifty_octets_a_second(
    trial: Trial, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = 10
    for module, name in TIMEOUTS:
        monkeypatch.setattr(module, name, getattr(module, name) / by)
    begun = time.monotonic()
    told = trial.run(always(Fault(rate=SLOW_BYTES_S * by)))
    took = by * (time.monotonic() - begun)
    print(f"50 octets a second: {told or 'done'} after {took:.0f} s, {watch.retries} retries")  # noqa: T201
    assert told == ""
    assert trial.counts.wrong == []
    assert watch.retries < MAX_TRIES
