"""A bidder with everything, a lot, a packed bid, and the small platform that takes it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.services.submitting import SubmitJob
from desktop.services.workspace import Workspace
from tests.bids.conftest import Bidder, bidder
from tests.submission.line import Line
from tests.submission.trial import Trial
from tests.submission.world import LOT_ID, UNIT_ID, SmallPlatform, World, make_world, talking_to

__all__ = ["bidder"]


@pytest.fixture
def world(request: pytest.FixtureRequest, bidder: Bidder, tmp_path: Path) -> World:
    """A lot of the usual kind, or of the one that a test is parametrized with."""
    return make_world(tmp_path / "state" / "platform", bidder.clock, getattr(request, "param", None))


@pytest.fixture
def platform(world: World) -> Iterator[SmallPlatform]:
    small = SmallPlatform(world)
    small.start()
    yield small
    small.stop()


@pytest.fixture
def desk(bidder: Bidder, platform: SmallPlatform) -> Iterator[Workspace]:
    with talking_to(bidder.workspace, platform.port) as workspace:
        yield workspace


@pytest.fixture
def job(bidder: Bidder, world: World) -> SubmitJob:
    """A bid for the lot, packed and signed by phone."""
    from datetime import UTC, datetime

    deadline = datetime.fromtimestamp(world.notice.deadline, UTC)
    envelope = bidder.envelope(not_before=world.notice.deadline, other_groups=world.groups)
    package = bidder.pack(bidder.order(envelope, tender=world.notice.tender, lot=world.notice.lot, deadline=deadline))
    return SubmitJob(lot_id=LOT_ID, organization_id=UNIT_ID, credit_code=bidder.company.credit_code, package=package)


@pytest.fixture
def line(platform: SmallPlatform) -> Iterator[Line]:
    made = Line(platform.port)
    yield made
    made.close()


@pytest.fixture
def trial(bidder: Bidder, line: Line, platform: SmallPlatform, job: SubmitJob) -> Trial:
    """The workstation at the end of a line."""
    return Trial(bidder.workspace, line, platform, job)
