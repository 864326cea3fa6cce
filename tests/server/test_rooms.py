"""The opening room from sign-in to the record, as agency and bidders meet it through the API."""

from collections.abc import Callable

import pytest

from desktop.crypto.suites import scalar_of
from desktop.domain.clock import ManualClock
from desktop.domain.tendering import LotState
from desktop.server.context import Platform
from tests.server.client import Client
from tests.server.phone import Keys
from tests.server.rooms import RoomStage, decoded


@pytest.fixture
def stage(
    platform: Platform, clock: ManualClock, admin: Client, keys: Keys, connect: Callable[[], Client]
) -> RoomStage:
    """A lot of one envelope, not published yet."""
    return RoomStage(platform=platform, clock=clock, keys=keys, agency=admin, connect=connect)


@pytest.fixture
def two(stage: RoomStage) -> RoomStage:
    """A lot of two envelopes (双信封)."""
    stage.envelopes = ("first", "second")
    return stage


def test_one_envelope_is_opened_from_closing_to_record(stage: RoomStage) -> None:
    stage.publish()
    for bidder in stage.bidders:
        bidder.client.post(f"{stage.path}/sign-in", {"organization_id": bidder.unit})
    stage.close()
    assert stage.view()["lot"]["state"] == "closed"
    stage.open_room()
    stage.deliver(stage.bidders)
    room = stage.end_delivery()
    assert (room["lot"]["state"], room["envelopes"]["bid"]["delivered"] is not None) == ("delivered", True)
    shares = stage.agency.get(f"{stage.path}/room/deliveries/bid")
    assert [share["package"] for share in shares] == [bidder.package for bidder in stage.bidders]
    key = stage.act("time-key", {"envelope": "bid"})["key"]
    assert decoded(key) == scalar_of(stage.time_key).reveal()
    assert stage.report(stage.result(each) for each in stage.bidders)["lot"]["state"] == "opened"
    assert stage.announce()["lot"]["state"] == "announced"
    assert stage.record().json()["record"] is not None
    assert stage.state is LotState.RECORDED
