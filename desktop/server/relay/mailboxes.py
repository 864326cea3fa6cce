"""Mailboxes: a challenge, slots with frames from phones, replies of the desktop. In memory, ciphertext only.

Anyone who knows a token may read the challenge and open a slot; only the owner secret reads the inbox, replies, closes
and deletes (threat T51). Everything is capped before it is kept; a mailbox vanishes at its expiry, judged by the
monotonic clock. Runs on one event loop, so no lock; each waiter is one future. Source: docs/protocol.md §1, relay.
"""

import asyncio
import heapq
from dataclasses import dataclass, field

from desktop.crypto.primitives import equal, sha256
from desktop.domain.clock import Clock
from desktop.domain.errors import RejectedError

MAX_BODY_BYTES = 256 * 1024
MAX_TTL_S = 900
MAX_WAIT_S = 25
MAX_LINGER_S = 60
MAX_SLOTS = 8
MAX_FRAMES_OF_SLOT = 8
MAX_REPLIES_OF_SLOT = 16
MAX_WAITERS_OF_SLOT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one relay process keeps at most."""

    mailboxes: int = 20_000
    total_bytes: int = 256 * 1024 * 1024


@dataclass(slots=True)
class _Waiting:
    """Those who wait for the same thing."""

    futures: list["asyncio.Future[bool]"] = field(default_factory=list)

    def wake(self) -> None:
        """Let all of them look again."""
        for future in self.futures:
            _settle(future, look_again=True)

    def make_room(self) -> None:
        """Send the longest waiting home: mostly a connection that was lost without a word."""
        while len(self.futures) >= MAX_WAITERS_OF_SLOT:
            _settle(self.futures.pop(0), look_again=False)


@dataclass(slots=True)
class _Slot:
    """One claimant: how many frames came, what was replied."""

    frames: list[bytes] = field(default_factory=list)
    replies: list[bytes] = field(default_factory=list)
    waiting: _Waiting = field(default_factory=_Waiting)


@dataclass(slots=True)
class _Mailbox:
    owner_hash: bytes
    challenge: bytes
    expires_at: float
    size: int
    inbox: list[tuple[str, bytes]] = field(default_factory=list)
    slots: dict[str, _Slot] = field(default_factory=dict)
    is_closed: bool = False
    is_ended: bool = False
    waiting: _Waiting = field(default_factory=_Waiting)

    def wake_all(self) -> None:
        self.waiting.wake()
        for slot in self.slots.values():
            slot.waiting.wake()


class Mailboxes:
    """All mailboxes of one process."""

    def __init__(self, clock: Clock, limits: Limits | None = None) -> None:
        self._clock = clock
        self._limits = limits or Limits()
        self._boxes: dict[str, _Mailbox] = {}
        self._expiries: list[tuple[float, str]] = []
        self._bytes = 0
        self._is_stopped = False

    def __len__(self) -> int:
        self._sweep()
        return len(self._boxes)

    def create(self, token: str, *, owner: bytes, challenge: bytes, ttl_s: int) -> bool:
        """Create a mailbox; return False when it is there already, the same.

        Raises:
            RejectedError: `platform.mailbox_exists`, `platform.slow_down`.
        """
        self._sweep()
        known = self._boxes.get(token)
        if known is not None:
            if known.is_ended or not equal(known.owner_hash, sha256(owner)) or known.challenge != challenge:
                raise RejectedError("platform.mailbox_exists")
            return False
        if len(self._boxes) >= self._limits.mailboxes:
            raise RejectedError("platform.slow_down", "mailboxes")
        self._reserve(len(challenge))
        expires_at = self._clock.monotonic() + min(ttl_s, MAX_TTL_S)
        self._boxes[token] = _Mailbox(
            owner_hash=sha256(owner), challenge=challenge, expires_at=expires_at, size=len(challenge)
        )
        heapq.heappush(self._expiries, (expires_at, token))
        return True

    def challenge(self, token: str) -> bytes:
        """Return the challenge.

        Raises:
            RejectedError: `platform.mailbox_gone`.
        """
        box = self._box(token)
        if box.is_ended:
            raise RejectedError("platform.mailbox_gone")
        return box.challenge

    def put_frame(self, token: str, slot_id: str, frame: bytes) -> int:
        """Queue a phone's frame and return how many its slot holds; a repeated frame is queued once.

        Raises:
            RejectedError: `platform.mailbox_gone`, `_closed`, `_full`, `platform.slow_down`.
        """
        box = self._box(token)
        slot = box.slots.get(slot_id)
        if slot is not None and frame in slot.frames:
            return len(slot.frames)
        if box.is_ended or (slot is None and box.is_closed):
            raise RejectedError("platform.mailbox_closed")
        if slot is None and len(box.slots) >= MAX_SLOTS:
            raise RejectedError("platform.mailbox_full", "slots")
        if slot is not None and len(slot.frames) >= MAX_FRAMES_OF_SLOT:
            raise RejectedError("platform.mailbox_full", "frames")
        self._reserve(len(frame), box)
        slot = box.slots.setdefault(slot_id, _Slot())
        slot.frames.append(frame)
        box.inbox.append((slot_id, frame))
        box.waiting.wake()
        return len(slot.frames)

    def put_reply(self, token: str, owner: bytes, slot_id: str, reply: bytes) -> int:
        """Append the desktop's reply to a slot and return its index; repeating the last one changes nothing.

        Raises:
            RejectedError: `platform.mailbox_gone`, `_full`, `platform.slow_down`.
        """
        box = self._own(token, owner)
        slot = self._slot(box, slot_id)
        if slot.replies and slot.replies[-1] == reply:
            return len(slot.replies) - 1
        if len(slot.replies) >= MAX_REPLIES_OF_SLOT:
            raise RejectedError("platform.mailbox_full", "replies")
        self._reserve(len(reply), box)
        slot.replies.append(reply)
        slot.waiting.wake()
        return len(slot.replies) - 1

    async def inbox(
        self, token: str, owner: bytes, *, after: int, wait_s: float
    ) -> tuple[int, list[tuple[str, bytes]]]:
        """Return the frames behind position `after`, waiting up to `wait_s` for the first.

        Raises:
            RejectedError: `platform.mailbox_gone`, also while waiting.
        """
        deadline = asyncio.get_running_loop().time() + min(wait_s, MAX_WAIT_S)
        while True:
            box = self._own(token, owner)
            found = box.inbox[after:]
            if found or not await self._wait(box, box.waiting, deadline):
                return max(after, 0) + len(found), found

    async def replies(self, token: str, slot_id: str, *, after: int, wait_s: float) -> tuple[int, list[bytes]]:
        """Return the replies of a slot behind position `after`, waiting up to `wait_s` for the first.

        Raises:
            RejectedError: `platform.mailbox_gone`, also while waiting.
        """
        deadline = asyncio.get_running_loop().time() + min(wait_s, MAX_WAIT_S)
        while True:
            box = self._box(token)
            slot = self._slot(box, slot_id)
            found = slot.replies[after:]
            if not found and box.is_ended:
                raise RejectedError("platform.mailbox_gone")
            if found or not await self._wait(box, slot.waiting, deadline):
                return max(after, 0) + len(found), found

    def close(self, token: str, owner: bytes) -> None:
        """Open no further slots.

        Raises:
            RejectedError: `platform.mailbox_gone`.
        """
        self._own(token, owner).is_closed = True

    def delete(self, token: str, owner: bytes, *, linger_s: int = 0) -> None:
        """End a mailbox; replies already sent stay readable for `linger_s`.

        Raises:
            RejectedError: `platform.mailbox_gone`.
        """
        box = self._own(token, owner)
        box.is_ended = box.is_closed = True
        if linger_s <= 0:
            self._drop(token)
            return
        expires_at = min(box.expires_at, self._clock.monotonic() + min(linger_s, MAX_LINGER_S))
        box.expires_at = expires_at
        heapq.heappush(self._expiries, (expires_at, token))
        box.wake_all()

    def stop(self) -> None:
        """Let everybody who waits go home: the process is about to end."""
        self._is_stopped = True
        for box in self._boxes.values():
            box.wake_all()

    async def _wait(self, box: _Mailbox, waiting: _Waiting, deadline: float) -> bool:
        """Wait until something happened; False when the time is over and the caller should answer as things are."""
        loop = asyncio.get_running_loop()
        left_s = min(deadline - loop.time(), box.expires_at - self._clock.monotonic())
        if self._is_stopped or deadline <= loop.time():
            return False
        waiting.make_room()
        future: asyncio.Future[bool] = loop.create_future()
        waiting.futures.append(future)
        timer = loop.call_later(max(left_s, 0), lambda: _settle(future, look_again=True))
        try:
            return await future
        finally:
            timer.cancel()
            if future in waiting.futures:
                waiting.futures.remove(future)

    def _box(self, token: str) -> _Mailbox:
        self._sweep()
        box = self._boxes.get(token)
        if box is None:
            raise RejectedError("platform.mailbox_gone")
        return box

    def _own(self, token: str, owner: bytes) -> _Mailbox:
        """Return a mailbox of this owner; to anybody else it is not there."""
        box = self._box(token)
        if box.is_ended or not equal(box.owner_hash, sha256(owner)):
            raise RejectedError("platform.mailbox_gone")
        return box

    @staticmethod
    def _slot(box: _Mailbox, slot_id: str) -> _Slot:
        slot = box.slots.get(slot_id)
        if slot is None:
            raise RejectedError("platform.mailbox_gone", "slot")
        return slot

    def _reserve(self, size: int, box: _Mailbox | None = None) -> None:
        if self._bytes + size > self._limits.total_bytes:
            raise RejectedError("platform.slow_down", "bytes")
        self._bytes += size
        if box is not None:
            box.size += size

    def _drop(self, token: str) -> None:
        box = self._boxes.pop(token)
        self._bytes -= box.size
        box.wake_all()

    def _sweep(self) -> None:
        now = self._clock.monotonic()
        while self._expiries and self._expiries[0][0] <= now:
            _, token = heapq.heappop(self._expiries)
            box = self._boxes.get(token)
            if box is not None and box.expires_at <= now:
                self._drop(token)


def _settle(future: "asyncio.Future[bool]", *, look_again: bool) -> None:
    if not future.done():
        future.set_result(look_again)
