"""A line that is cut, reset, silent, doubled or answered by a gateway: each upload ends exactly once, or clearly not.

Whatever happened on the way, going on afterwards over a good line ends with one bid at the platform and one receipt.
The sweeps over the whole conversation print the rows of docs/fault-drills.md (`-s`); the careless ones have to fail.
"""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from desktop.domain.errors import UnavailableError
from desktop.services import submitting
from desktop.services.submitting import Control, SubmitJob, submit
from desktop.services.workspace import Workspace
from tests.submission.line import Fault
from tests.submission.trial import Faults, Trial, always, once
from tests.submission.world import SmallPlatform

#: The complete sweep breaks the line after every so many octets, there and back.
EVERY = 64
#: A line of which every connection breaks: from 9 tries in a row on it costs much more.
EVERY_ALWAYS = 256
#: Parts, so that a small package is sent in several.
PART = 4096


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submitting, "MAX_PART_BYTES", PART)


def cuts(trial: Trial, every: int | None = None, *, places: int = 12, resets: bool = False) -> Iterator[Fault]:
    """Cut there, then back, at every `every`th octet of the whole conversation, or at so many places of it."""
    there, back = trial.measure()
    assert min(there, back) > 2000
    for octets in range(0, there, every or there // places):
        yield Fault(cut_there=octets, resets=resets)
    for octets in range(0, back, every or back // places):
        yield Fault(cut_back=octets, resets=resets)


def tell(trial: Trial, name: str) -> None:
    print(trial.counts.line(name))  # noqa: T201 - a drill tells what it did


@pytest.mark.usefixtures("parts")
def test_a_line_cut_once_after_every_so_many_octets_costs_no_bid(trial: Trial) -> None:
    trial.sweep("cut", (once(fault) for fault in cuts(trial)))
    assert trial.counts.wrong == []
    assert trial.counts.receipts > 5


@pytest.mark.usefixtures("parts")
def test_a_line_that_is_reset_once_costs_no_bid(trial: Trial) -> None:
    trial.sweep("reset", (once(fault) for fault in cuts(trial, places=6, resets=True)))
    assert trial.counts.wrong == []
    assert trial.counts.receipts > 3


@pytest.mark.usefixtures("parts")
def test_a_line_that_is_always_cut_ends_clearly(trial: Trial) -> None:
    faults = [Fault(cut_there=octets) for octets in (0, 300, 4000)] + [Fault(cut_back=n) for n in (1, 300, 900)]
    trial.sweep("cut", (always(fault) for fault in faults))
    assert trial.counts.wrong == []
    assert trial.counts.named.total() > 2


@pytest.mark.slow
@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize("resets", [False, True], ids=["cut", "reset"])
@pytest.mark.parametrize(("faults", "every"), [(once, EVERY), (always, EVERY_ALWAYS)], ids=["once", "always"])
def test_a_line_broken_after_every_octet_of_a_fine_grid_makes_each_upload_one_bid(
    trial: Trial, faults: Any, every: int, resets: bool
) -> None:
    name = f"{'reset' if resets else 'cut'} {faults.__name__}, every {every} octets"
    trial.sweep(name, (faults(fault) for fault in cuts(trial, every, resets=resets)))
    tell(trial, name)
    assert trial.counts.wrong == []
    assert trial.counts.places > 70
    assert trial.counts.receipts > 5
    assert trial.counts.named.total() > 5


def _hopeful(desk: Workspace, job: SubmitJob, control: Control) -> None:
    """Take a bid for submitted when all of it was sent."""
    try:
        submit(desk, job, control)
    except UnavailableError as error:
        if error.code != "bid.submission_unclear":
            raise


@pytest.mark.usefixtures("parts")
def test_control_a_client_that_says_submitted_without_a_receipt_fails_the_drill(trial: Trial) -> None:
    _there, back = trial.measure()
    trial.submit = _hopeful
    trial.sweep("cut", (once(Fault(cut_back=octets)) for octets in range(back // 2, back, back // 10)))
    tell(trial, "control: says submitted without a receipt")
    assert any("the receipt is not there" in each for each in trial.counts.wrong)


@pytest.mark.usefixtures("parts")
def test_control_a_platform_that_makes_a_bid_of_every_try_fails_the_drill(
    trial: Trial, platform: SmallPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries, start = count(), platform._start

    def start_anew(asked: dict[str, Any]) -> tuple[int, Any]:
        known = platform.uploads.pop(bytes.fromhex(asked["sha256"]), None)
        if known is not None:
            platform.uploads[next(tries).to_bytes(32)] = known
        return start(asked)

    monkeypatch.setattr(platform, "_start", start_anew)
    _there, back = trial.measure()
    trial.sweep("cut", (once(Fault(cut_back=octets)) for octets in range(back // 2, back, back // 10)))
    tell(trial, "control: a bid of every try")
    assert any("with 2 bids" in each for each in trial.counts.wrong)


def test_a_silent_line_is_given_up_and_gone_on_with(trial: Trial) -> None:
    there, _back = trial.measure()
    for octets in range(200, there, there // 3):
        trial.run_in_a_hurry(once(Fault(stall_there=octets)), seconds=0.5)
    assert trial.counts.wrong == []


def test_requests_that_arrive_twice_make_one_bid(trial: Trial) -> None:
    assert trial.run(always(Fault(twice=True))) == ""
    assert trial.counts.wrong == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_gateway_that_answers_for_the_platform_costs_no_bid(trial: Trial, when: str) -> None:
    def bad(last: int) -> Faults:
        return lambda number: Fault(bad_gateway=when) if number <= last else Fault()

    trial.sweep("502", (bad(last) for last in range(4)))
    assert trial.counts.wrong == []
