"""Mailboxes: who may do what, caps, expiry, waiting (threats T23, T27, T51)."""

import asyncio
import base64
import contextlib
import threading
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.clock import ManualClock
from desktop.domain.errors import RejectedError
from desktop.server.relay.mailboxes import Limits, Mailboxes
from tests.server.client import Client

TOKEN, SLOT, OTHER_SLOT = "a" * 32, "1" * 32, "2" * 32
OWNER, THIEF = b"\x01" * 32, b"\x02" * 32


@pytest.fixture
def boxes(clock: ManualClock) -> Mailboxes:
    made = Mailboxes(clock)
    made.create(TOKEN, owner=OWNER, challenge=b"challenge", ttl_s=60)
    return made


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def refused(code: str) -> Any:
    return pytest.raises(RejectedError, match=f"platform.{code}")


def inbox(boxes: Mailboxes, *, after: int = 0, owner: bytes = OWNER, wait_s: float = 0) -> Any:
    return run(boxes.inbox(TOKEN, owner, after=after, wait_s=wait_s))


def replies(boxes: Mailboxes, *, after: int = 0, slot: str = SLOT) -> Any:
    return run(boxes.replies(TOKEN, slot, after=after, wait_s=0))


def test_frames_arrive_in_order_and_replies_go_back(boxes: Mailboxes) -> None:
    assert boxes.challenge(TOKEN) == b"challenge"
    assert boxes.put_frame(TOKEN, SLOT, b"claim") == 1
    assert boxes.put_frame(TOKEN, OTHER_SLOT, b"late claim") == 1
    assert boxes.put_frame(TOKEN, SLOT, b"answer") == 2
    assert inbox(boxes) == (3, [(SLOT, b"claim"), (OTHER_SLOT, b"late claim"), (SLOT, b"answer")])
    assert inbox(boxes, after=2) == (3, [(SLOT, b"answer")])
    assert inbox(boxes, after=3) == (3, [])
    assert boxes.put_reply(TOKEN, OWNER, SLOT, b"accepted") == 0
    assert boxes.put_reply(TOKEN, OWNER, OTHER_SLOT, b"taken") == 0
    assert replies(boxes) == (1, [b"accepted"])
    assert replies(boxes, slot=OTHER_SLOT) == (1, [b"taken"])


def test_repeated_requests_have_one_effect(boxes: Mailboxes) -> None:
    assert boxes.create(TOKEN, owner=OWNER, challenge=b"challenge", ttl_s=60) is False
    for _ in range(3):
        assert boxes.put_frame(TOKEN, SLOT, b"claim") == 1
        assert boxes.put_reply(TOKEN, OWNER, SLOT, b"accepted") == 0
    assert inbox(boxes) == (1, [(SLOT, b"claim")])
    assert replies(boxes) == (1, [b"accepted"])


def test_token_in_use_is_refused_to_others_and_with_another_challenge(boxes: Mailboxes) -> None:
    with refused("mailbox_exists"):
        boxes.create(TOKEN, owner=THIEF, challenge=b"challenge", ttl_s=60)
    with refused("mailbox_exists"):
        boxes.create(TOKEN, owner=OWNER, challenge=b"another", ttl_s=60)


def test_t51_without_the_owner_secret_nothing_is_read_closed_or_deleted(boxes: Mailboxes) -> None:
    boxes.put_frame(TOKEN, SLOT, b"claim")
    attempts: list[Callable[[], Any]] = [
        lambda: inbox(boxes, owner=THIEF),
        lambda: boxes.put_reply(TOKEN, THIEF, SLOT, b"accepted"),
        lambda: boxes.close(TOKEN, THIEF),
        lambda: boxes.delete(TOKEN, THIEF),
    ]
    for attempt in attempts:
        with refused("mailbox_gone"):
            attempt()
    assert inbox(boxes) == (1, [(SLOT, b"claim")])


def test_closed_mailbox_takes_frames_of_known_slots_only(boxes: Mailboxes) -> None:
    boxes.put_frame(TOKEN, SLOT, b"claim")
    boxes.close(TOKEN, OWNER)
    assert boxes.put_frame(TOKEN, SLOT, b"answer") == 2
    with refused("mailbox_closed"):
        boxes.put_frame(TOKEN, OTHER_SLOT, b"claim")


def test_t23_slots_frames_and_replies_are_capped(boxes: Mailboxes) -> None:
    for n in range(8):
        boxes.put_frame(TOKEN, f"{n:032x}", b"claim")
    with refused("mailbox_full"):
        boxes.put_frame(TOKEN, f"{8:032x}", b"claim")
    for n in range(7):
        boxes.put_frame(TOKEN, f"{0:032x}", f"{n}".encode())
    with refused("mailbox_full"):
        boxes.put_frame(TOKEN, f"{0:032x}", b"ninth")
    assert boxes.put_frame(TOKEN, f"{0:032x}", b"claim") == 8
    for n in range(16):
        boxes.put_reply(TOKEN, OWNER, f"{0:032x}", f"{n}".encode())
    with refused("mailbox_full"):
        boxes.put_reply(TOKEN, OWNER, f"{0:032x}", b"seventeenth")


def test_t23_process_keeps_a_bounded_number_of_mailboxes_and_bytes(clock: ManualClock) -> None:
    boxes = Mailboxes(clock, Limits(mailboxes=2, total_bytes=100))
    boxes.create("0" * 32, owner=OWNER, challenge=b"x" * 40, ttl_s=60)
    boxes.create("1" * 32, owner=OWNER, challenge=b"x" * 40, ttl_s=90)
    with refused("slow_down"):
        boxes.create("2" * 32, owner=OWNER, challenge=b"x", ttl_s=60)
    with refused("slow_down"):
        boxes.put_frame("1" * 32, SLOT, b"x" * 21)
    boxes.put_frame("1" * 32, SLOT, b"x" * 20)
    clock.advance(60)
    boxes.put_frame("1" * 32, SLOT, b"y" * 40)
    boxes.delete("1" * 32, OWNER)
    boxes.create("3" * 32, owner=OWNER, challenge=b"x" * 100, ttl_s=60)
    assert len(boxes) == 1


def test_mailbox_vanishes_at_its_expiry_by_the_monotonic_clock(boxes: Mailboxes, clock: ManualClock) -> None:
    clock.set_wall(clock.now().replace(year=2030))
    assert boxes.challenge(TOKEN) == b"challenge"
    clock.advance(59)
    assert boxes.challenge(TOKEN) == b"challenge"
    clock.advance(1)
    with refused("mailbox_gone"):
        boxes.challenge(TOKEN)
    assert len(boxes) == 0
    assert boxes.create(TOKEN, owner=THIEF, challenge=b"new", ttl_s=10_000) is True
    clock.advance(900)
    assert len(boxes) == 0


def test_deleted_mailbox_is_gone_at_once(boxes: Mailboxes) -> None:
    boxes.put_frame(TOKEN, SLOT, b"claim")
    boxes.delete(TOKEN, OWNER)
    for attempt in (lambda: boxes.challenge(TOKEN), lambda: replies(boxes), lambda: inbox(boxes)):
        with refused("mailbox_gone"):
            attempt()


def test_lingering_mailbox_still_gives_replies_and_takes_nothing(boxes: Mailboxes, clock: ManualClock) -> None:
    boxes.put_frame(TOKEN, SLOT, b"claim")
    boxes.put_reply(TOKEN, OWNER, SLOT, b"receipt")
    boxes.delete(TOKEN, OWNER, linger_s=20)
    assert replies(boxes) == (1, [b"receipt"])
    with refused("mailbox_gone"):
        replies(boxes, after=1)
    with refused("mailbox_closed"):
        boxes.put_frame(TOKEN, SLOT, b"more")
    for attempt in (lambda: boxes.challenge(TOKEN), lambda: inbox(boxes), lambda: boxes.delete(TOKEN, OWNER)):
        with refused("mailbox_gone"):
            attempt()
    clock.advance(20)
    with refused("mailbox_gone"):
        replies(boxes)
    assert len(boxes) == 0


def test_waiting_desktop_hears_of_a_frame_at_once(boxes: Mailboxes) -> None:
    async def story() -> Any:
        waiting = asyncio.create_task(boxes.inbox(TOKEN, OWNER, after=0, wait_s=25))
        await asyncio.sleep(0)
        assert not waiting.done()
        boxes.put_frame(TOKEN, SLOT, b"claim")
        return await asyncio.wait_for(waiting, 5)

    assert run(story()) == (1, [(SLOT, b"claim")])


def test_waiting_phone_hears_of_its_own_reply_only(boxes: Mailboxes) -> None:
    async def story() -> Any:
        boxes.put_frame(TOKEN, SLOT, b"claim")
        boxes.put_frame(TOKEN, OTHER_SLOT, b"claim")
        waiting = asyncio.create_task(boxes.replies(TOKEN, SLOT, after=0, wait_s=25))
        await asyncio.sleep(0)
        boxes.put_reply(TOKEN, OWNER, OTHER_SLOT, b"taken")
        for _ in range(3):
            await asyncio.sleep(0)
        assert not waiting.done()
        boxes.put_reply(TOKEN, OWNER, SLOT, b"accepted")
        return await asyncio.wait_for(waiting, 5)

    assert run(story()) == (1, [b"accepted"])


def test_waiting_phone_is_told_when_the_mailbox_is_deleted(boxes: Mailboxes) -> None:
    async def story() -> None:
        boxes.put_frame(TOKEN, SLOT, b"claim")
        waiting = asyncio.create_task(boxes.replies(TOKEN, SLOT, after=0, wait_s=25))
        await asyncio.sleep(0)
        boxes.delete(TOKEN, OWNER)
        with refused("mailbox_gone"):
            await asyncio.wait_for(waiting, 5)

    run(story())


def test_wait_ends_empty_when_nothing_comes(boxes: Mailboxes) -> None:
    assert inbox(boxes, wait_s=0.01) == (0, [])


def test_fifth_waiter_at_one_place_sends_the_first_home(boxes: Mailboxes) -> None:
    async def story() -> Any:
        waiting = [asyncio.create_task(boxes.inbox(TOKEN, OWNER, after=0, wait_s=25)) for _ in range(5)]
        assert await asyncio.wait_for(waiting[0], 5) == (0, [])
        assert not any(task.done() for task in waiting[1:])
        boxes.put_frame(TOKEN, SLOT, b"claim")
        return await asyncio.wait_for(asyncio.gather(*waiting[1:]), 5)

    assert run(story()) == [(1, [(SLOT, b"claim")])] * 4


def test_stop_sends_all_waiters_home(boxes: Mailboxes) -> None:
    async def story() -> Any:
        waiting = [asyncio.create_task(boxes.inbox(TOKEN, OWNER, after=0, wait_s=25)) for _ in range(4)]
        await asyncio.sleep(0)
        boxes.stop()
        return await asyncio.wait_for(asyncio.gather(*waiting), 5)

    assert run(story()) == [(0, [])] * 4


def test_abandoned_wait_leaves_nothing_behind(boxes: Mailboxes) -> None:
    async def story() -> None:
        for _ in range(20):
            waiting = asyncio.create_task(boxes.inbox(TOKEN, OWNER, after=0, wait_s=25))
            await asyncio.sleep(0)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting

    run(story())


def test_ten_thousand_phones_wait_and_each_gets_its_own_reply(clock: ManualClock) -> None:
    boxes, count = Mailboxes(clock), 10_000

    async def story() -> list[Any]:
        tokens = [f"{n:032x}" for n in range(count)]
        for token in tokens:
            boxes.create(token, owner=OWNER, challenge=b"c", ttl_s=60)
            boxes.put_frame(token, SLOT, b"claim")
        waiting = [asyncio.create_task(boxes.replies(token, SLOT, after=0, wait_s=25)) for token in tokens]
        await asyncio.sleep(0)
        for token in reversed(tokens):
            boxes.put_reply(token, OWNER, SLOT, token.encode())
        return await asyncio.gather(*waiting)

    assert run(story()) == [(1, [f"{n:032x}".encode()]) for n in range(count)]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["create", "frame", "reply", "close", "delete", "linger", "wait"]),
        st.sampled_from(["a" * 32, "b" * 32, "c" * 32]),
        st.sampled_from(["1" * 32, "2" * 32]),
        st.sampled_from([OWNER, THIEF]),
        st.binary(min_size=1, max_size=30),
    ),
    max_size=60,
)


@given(STEPS)
def test_t23_whatever_was_done_all_room_is_free_again_when_all_has_expired(steps: list[Any]) -> None:
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    boxes = Mailboxes(clock, Limits(total_bytes=100))
    for what, token, slot, owner, body in steps:
        acts: dict[str, Callable[[], Any]] = {
            "create": lambda t=token, o=owner, b=body: boxes.create(t, owner=o, challenge=b, ttl_s=len(b)),
            "frame": lambda t=token, s=slot, b=body: boxes.put_frame(t, s, b),
            "reply": lambda t=token, o=owner, s=slot, b=body: boxes.put_reply(t, o, s, b),
            "close": lambda t=token, o=owner: boxes.close(t, o),
            "delete": lambda t=token, o=owner: boxes.delete(t, o),
            "linger": lambda t=token, o=owner: boxes.delete(t, o, linger_s=20),
            "wait": lambda b=body: clock.advance(len(b) / 4),
        }
        with contextlib.suppress(RejectedError):
            acts[what]()
    clock.advance(900)
    assert len(boxes) == 0
    assert boxes.create("d" * 32, owner=OWNER, challenge=b"x" * 100, ttl_s=1) is True


# -- over HTTP ---------------------------------------------------------------------------------------------------------

PATH = f"/relay/v1/mailboxes/{TOKEN}"
OWN = {"X-Mailbox-Owner": "ab" * 32}


def create(client: Client, body: bytes = b"challenge", **options: Any) -> Any:
    return client.send("PUT", f"{PATH}?ttl=60", data=body, headers=OWN, **options)


def test_whole_exchange_over_http(client: Client) -> None:
    assert create(client).status_code == 201
    assert create(client).status_code == 200
    got = client.send("GET", f"{PATH}/challenge")
    assert (got.content, got.headers["Content-Type"]) == (b"challenge", "application/octet-stream")
    frame = client.send("POST", f"{PATH}/slots/{SLOT}", data=b"\x00claim")
    assert (frame.status_code, frame.json()) == (202, {"queued": 1})
    got_inbox = client.get(f"{PATH}/inbox?after=0&wait=0", headers=OWN)
    assert got_inbox == {
        "next": 1,
        "messages": [{"slot": SLOT, "body": base64.b64encode(b"\x00claim").decode()}],
    }
    assert client.send("POST", f"{PATH}/replies/{SLOT}", data=b"r", headers=OWN).json() == {"index": 0}
    assert client.get(f"{PATH}/slots/{SLOT}?after=0&wait=0") == {"next": 1, "messages": ["cg=="]}
    assert client.send("POST", f"{PATH}/close", headers=OWN).status_code == 204
    assert client.refused("POST", f"{PATH}/slots/{OTHER_SLOT}", data=b"x") == (410, "platform.mailbox_closed")
    assert client.send("DELETE", f"{PATH}?linger=5", headers=OWN).status_code == 204
    assert client.get(f"{PATH}/slots/{SLOT}?after=0&wait=0")["messages"] == ["cg=="]
    assert client.refused("GET", f"{PATH}/slots/{SLOT}?after=1&wait=25") == (404, "platform.mailbox_gone")


def test_long_poll_over_http_ends_with_the_frame(client: Client, connect: Callable[[], Client]) -> None:
    create(client)
    got: list[Any] = []
    other = connect()
    waiting = threading.Thread(target=lambda: got.append(other.get(f"{PATH}/inbox?wait=25", headers=OWN)))
    waiting.start()
    client.send("POST", f"{PATH}/slots/{SLOT}", data=b"claim")
    waiting.join(10)
    assert [m["slot"] for m in got[0]["messages"]] == [SLOT]


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("PUT", "/relay/v1/mailboxes/XYZ?ttl=60", {"data": b"x", "headers": OWN}, 422),
        ("PUT", f"/relay/v1/mailboxes/{'A' * 32}?ttl=60", {"data": b"x", "headers": OWN}, 422),
        ("PUT", f"{PATH}?ttl=901", {"data": b"x", "headers": OWN}, 422),
        ("PUT", f"{PATH}?ttl=60", {"data": b"x"}, 422),
        ("PUT", f"{PATH}?ttl=60", {"data": b"", "headers": OWN}, 422),
        ("PUT", f"{PATH}?ttl=60", {"data": b"x" * (256 * 1024 + 1), "headers": OWN}, 413),
        ("PUT", f"{PATH}?ttl=60", {"data": b"x" * (1024 * 1024 + 1), "headers": OWN}, 413),
        ("GET", f"{PATH}/inbox?wait=26", {"headers": OWN}, 422),
        ("GET", f"{PATH}/inbox?after=-1", {"headers": OWN}, 422),
        ("GET", f"{PATH}/inbox", {"headers": OWN}, 404),
        ("POST", f"{PATH}/slots/{SLOT}", {"data": b"x"}, 404),
    ],
)
def test_request_outside_the_contract_is_refused(
    client: Client, method: str, path: str, options: dict[str, Any], status: int
) -> None:
    assert client.refused(method, path, **options)[0] == status


def test_full_mailbox_says_when_to_come_back(client: Client) -> None:
    create(client)
    for n in range(8):
        client.send("POST", f"{PATH}/slots/{n:032x}", data=b"claim")
    answer = client.send("POST", f"{PATH}/slots/{8:032x}", data=b"claim")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "5")


def test_t23_body_without_a_length_is_capped_while_it_streams(client: Client) -> None:
    def endless() -> Any:
        for _ in range(64):
            yield b"x" * 64 * 1024

    assert client.refused("PUT", f"{PATH}?ttl=60", data=endless(), headers=OWN) == (413, "platform.too_large")


def test_t27_relay_logs_no_payload_and_no_token(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    import logging

    caplog.set_level(logging.DEBUG)
    create(client, b"secret-challenge-bytes")
    client.send("POST", f"{PATH}/slots/{SLOT}", data=b"secret-frame-bytes")
    client.get(f"{PATH}/inbox", headers=OWN)
    ours = [r.getMessage() for r in caplog.records if r.name.partition(".")[0] in {"desktop", "uvicorn", "fastapi"}]
    for secret in ("secret", TOKEN, SLOT, "ab" * 32):
        assert not [line for line in ours if secret in line]
