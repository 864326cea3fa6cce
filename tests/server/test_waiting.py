"""Who waits for a room: woken by a change and by the clock, never missed, bounded, and in nobody's way."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from desktop.domain.tendering import LotState
from desktop.server.app import create_app
from desktop.server.threaded import ThreadedServer
from desktop.server.waiting import Waiters
from tests.server.conftest import Counted
from tests.server.rooms import RoomStage

#: More than a server has threads for requests.
MANY = 60


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(asyncio.wait_for(work, 10))


async def wait(waiters: Waiters, topic: str, seconds: float = 20) -> bool:
    with waiters.turn(topic) as turn:
        return await turn.over(seconds)


def test_change_wakes_all_who_wait_for_it_and_nobody_else() -> None:
    async def scene() -> list[bool]:
        waiters = Waiters()
        mine = [asyncio.create_task(wait(waiters, "mine")) for _ in range(3)]
        other = asyncio.create_task(wait(waiters, "other"))
        await asyncio.sleep(0)
        waiters.wake("mine")
        woken = await asyncio.gather(*mine)
        assert not other.done()
        waiters.wake("other")
        assert await other
        assert len(waiters) == 0
        return woken

    assert run(scene()) == [True] * 3


def test_change_between_looking_and_waiting_is_not_missed() -> None:
    async def scene() -> bool:
        waiters = Waiters()
        with waiters.turn("room") as turn:
            threading.Thread(target=waiters.wake, args=("room",)).start()
            return await turn.over(20)

    assert run(scene()) is True


def test_waiting_ends_when_the_time_is_over() -> None:
    assert run(wait(Waiters(), "room", 0)) is True


def test_longest_waiting_is_sent_home_where_too_many_wait() -> None:
    async def scene() -> list[bool]:
        waiters = Waiters(limit=2)
        tasks = [asyncio.create_task(wait(waiters, "room")) for _ in range(3)]
        assert await tasks[0] is False
        waiters.wake("room")
        return await asyncio.gather(*tasks[1:])

    assert run(scene()) == [True, True]


@pytest.mark.parametrize(("count", "pause_s"), [(0, 0), (100, 0), (200, 1), (5000, 2)])
def test_changes_are_gathered_only_where_very_many_wait(count: int, pause_s: float) -> None:
    async def scene() -> float:
        waiters = Waiters()
        tasks = [asyncio.create_task(wait(waiters, "room")) for _ in range(count)]
        await asyncio.sleep(0)
        found = waiters.pause_s
        waiters.stop()
        await asyncio.gather(*tasks)
        return found

    assert run(scene()) == pause_s


def test_end_of_the_process_sends_everybody_home_and_keeps_nobody_waiting() -> None:
    async def scene() -> list[bool]:
        waiters = Waiters()
        task = asyncio.create_task(wait(waiters, "room"))
        await asyncio.sleep(0)
        waiters.stop()
        return [await task, await wait(waiters, "room")]

    assert run(scene()) == [False, False]


def test_wake_after_the_loop_has_ended_is_no_fault() -> None:
    waiters = Waiters()

    async def scene() -> None:
        turn = waiters.turn("room")
        turn.__enter__()  # and never leaves

    run(scene())
    waiters.wake("room")


# -- at the platform ---------------------------------------------------------------------------------------------------


def test_room_is_answered_at_once_where_it_is_newer_than_what_was_seen(stage: RoomStage) -> None:
    stage.advance(LotState.DELIVERING)
    version = stage.view()["version"]
    assert stage.agency.get(f"{stage.path}/room", params={"after": version - 1, "wait": 25})["version"] == version
    assert stage.agency.get(f"{stage.path}/room", params={"after": version, "wait": 0})["version"] == version


def test_many_wait_and_hear_of_a_share_while_others_are_served(stage: RoomStage) -> None:
    stage.advance(LotState.DELIVERING)
    version, bidder = stage.view()["version"], stage.bidders[0]
    clients = [stage.connect() for _ in range(MANY)]
    for client in clients:
        client.token = stage.agency.token
    with ThreadPoolExecutor(MANY) as people:
        params = {"after": version, "wait": 25}
        waiting = [people.submit(client.get, f"{stage.path}/room", params=params) for client in clients]
        stage.until_waiting(MANY)
        assert stage.view()["version"] == version  # somebody else is served meanwhile
        stage.until_no_connection()
        stage.act("deliver", stage.delivery(bidder), bidder.client)
        rooms = [each.result(20) for each in waiting]
    assert {room["version"] for room in rooms} == {version + 1}
    assert all(len(room["envelopes"]["bid"]["deliveries"]) == 1 for room in rooms)
    assert len(stage.platform.waiters) == 0


def test_waiting_client_hears_that_the_window_has_ended_though_nobody_did_anything(stage: RoomStage) -> None:
    stage.advance(LotState.DELIVERING)
    room = stage.view()
    left = stage.window_end() - stage.clock.now().timestamp()
    stage.clock.advance(left - 0.2)  # the rest passes while the client waits
    with ThreadPoolExecutor(1) as people:
        params = {"after": room["version"], "wait": 25}
        waiting = people.submit(stage.agency.get, f"{stage.path}/room", params=params)
        stage.until_waiting(1)
        stage.clock.advance(0.3)
        assert waiting.result(20)["lot"]["state"] == "delivered"


def test_waiting_client_hears_that_the_lot_was_closed_at_its_deadline(stage: RoomStage) -> None:
    stage.publish()
    room = stage.view()
    with ThreadPoolExecutor(1) as people:
        params = {"after": room["version"], "wait": 25}
        waiting = people.submit(stage.agency.get, f"{stage.path}/room", params=params)
        stage.until_waiting(1)
        stage.clock.advance(stage.notice.deadline - stage.clock.now().timestamp() + 1)
        assert waiting.result(20)["lot"]["state"] == "closed"


def test_request_without_effect_wakes_nobody_for_nothing(stage: RoomStage) -> None:
    stage.advance(LotState.DELIVERING)
    bidder = stage.bidders[0]
    body = stage.delivery(bidder)
    version = stage.act("deliver", body, bidder.client)["version"]
    with ThreadPoolExecutor(1) as people:
        waiting = people.submit(stage.agency.get, f"{stage.path}/room", params={"after": version, "wait": 25})
        stage.until_waiting(1)
        stage.act("deliver", body, bidder.client)
        assert not waiting.done()
        stage.deliver(stage.bidders[1:2])
        assert waiting.result(20)["version"] == version + 1


# -- restart -----------------------------------------------------------------------------------------------------------


def restart_in(stage: RoomStage, state: LotState) -> list[LotState]:
    """Bring the lot to a state, go on with it at a platform that was started anew, and return what it went through."""
    stage.advance(state)
    before = stage.view()
    app = create_app(stage.platform.settings, stage.clock, Counted("restarted"))
    with ThreadedServer(app) as url:
        for client in (stage.agency, *(bidder.client for bidder in stage.bidders)):
            client.base_url = url
        stage.platform = app.state.platform
        assert stage.view() == before
        return stage.finish()


STATES = [LotState.CLOSED, LotState.DELIVERING, LotState.DELIVERED, LotState.OPENED, LotState.ANNOUNCED]


@pytest.mark.parametrize("state", STATES)
def test_restarted_platform_goes_on_in_every_state(stage: RoomStage, state: LotState) -> None:
    assert restart_in(stage, state) == [*STATES[STATES.index(state) + 1 :], LotState.RECORDED]
