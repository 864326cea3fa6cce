"""A relay that reads, swaps, replays, delays, reorders, drops and forges everything, as its random seed says.

`Adversary` decides about bytes; `EvilRelay` is the port of desktop.portal.relay.RelayClient in memory, with the phone's
side beside it. Everything that ever passes is kept in `seen` for the search for leaks.
"""

import threading
from random import Random

from desktop.crypto.primitives import hpke_seal
from desktop.crypto.suites import generate_p256
from desktop.domain.errors import RejectedError, UnavailableError
from desktop.portal.relay import InboxMessage, RelayClient
from desktop.protocol.messages import PhoneMessage, write_frame

WAIT_S = 0.02


class Adversary:
    """What to do with each message. `honesty` is the chance that one passes untouched as well."""

    def __init__(self, random: Random, *, honesty: float, corpus: list[bytes]) -> None:
        self.random = random
        self.honesty = honesty
        #: Frames of this and of earlier ceremonies.
        self.corpus = corpus
        self.tricks = 0
        self._held: list[tuple[str, bytes]] = []

    def towards_desktop(self, slot: str, frame: bytes) -> list[tuple[str, bytes]]:
        """Return what arrives at the desktop in place of one frame of the phone."""
        self.corpus.append(frame)
        out: list[tuple[str, bytes]] = []
        while self.random.random() < 0.6:
            out += self._trick(slot, frame)
        if self.random.random() < self.honesty:
            out.append((slot, frame))
        else:
            self._held.append((slot, frame))
        if self._held and self.random.random() < 0.5:
            out.append(self._held.pop(self.random.randrange(len(self._held))))
        # What is delivered before the honest frame is the adversary's choice as well.
        if self.random.random() < 0.3:
            self.random.shuffle(out)
        return out

    def towards_phone(self, bodies: list[bytes]) -> list[bytes]:
        """Return what the phone reads in place of the desktop's replies."""
        out = list(bodies)
        if not out or self.random.random() < self.honesty:
            return out
        self.tricks += 1
        choice = self.random.randrange(5)
        if choice == 0:
            self.random.shuffle(out)
        elif choice == 1:
            out.insert(self.random.randrange(len(out) + 1), self._forged(out[0]))
        elif choice == 2:
            out.append(self.random.choice(out))
        elif choice == 3:
            out.pop(self.random.randrange(len(out)))
        else:
            at = self.random.randrange(len(out))
            out[at] = self._flipped(out[at])
        return out

    def challenge(self, body: bytes, others: list[bytes]) -> bytes:
        """Return what the phone finds in the mailbox (T5)."""
        if self.random.random() < self.honesty:
            return body
        self.tricks += 1
        return self.random.choice([self._flipped(body), body[:-1], body + b"\x00", *others])

    def _trick(self, slot: str, frame: bytes) -> list[tuple[str, bytes]]:
        self.tricks += 1
        other_slot = self.random.randbytes(16).hex()
        kind = self.random.choice(list(PhoneMessage))
        guess = hpke_seal(recipient=generate_p256().public_key(), info=self.random.randbytes(40), plaintext=b"\xa0")
        return self.random.choice(
            [
                [(slot, frame), (slot, frame)],
                [(other_slot, frame)],
                [(self.random.choice([slot, other_slot]), self.random.choice(self.corpus))],
                [(slot, self._flipped(frame))],
                [(slot, self._forged(frame))],
                [(slot, self.random.randbytes(self.random.randrange(200)))],
                [(self.random.choice(["", "../../x", "A" * 32, slot + "0"]), frame)],
                [(slot, write_frame(kind, guess))],
            ]
        )

    def _flipped(self, data: bytes) -> bytes:
        at = self.random.randrange(len(data))
        return data[:at] + bytes([data[at] ^ (1 << self.random.randrange(8))]) + data[at + 1 :]

    def _forged(self, like: bytes) -> bytes:
        return self.random.randbytes(len(like))


class EvilRelay(RelayClient):
    """In place of the desktop's client of the relay; `post`, `fetch` and `challenge` are the phone's side."""

    def __init__(self, adversary: Adversary) -> None:
        self.adversary = adversary
        self.seen: list[bytes] = []
        self.boxes: dict[bytes, bytes] = {}
        self._inbox: dict[bytes, list[InboxMessage]] = {}
        self._replies: dict[str, list[bytes]] = {}
        self._ended: set[bytes] = set()
        self._changed = threading.Condition()

    # -- desktop -------------------------------------------------------------------------------------------------------

    def open(self, *, token: bytes, owner: bytes, challenge: bytes, ttl_s: int) -> None:
        with self._changed:
            self._see(token, owner, challenge, str(ttl_s).encode())
            self.boxes[token] = challenge
            self._inbox[token] = []
            self._changed.notify_all()

    def inbox(
        self, *, token: bytes, owner: bytes, after: int, wait_s: int = 25
    ) -> tuple[int, tuple[InboxMessage, ...]]:
        with self._changed:
            self._see(token, owner, f"after={after}&wait={wait_s}".encode())
            self._changed.wait_for(lambda: self._inbox[token] or token in self._ended, WAIT_S * 10)
            if token in self._ended:
                raise RejectedError("platform.mailbox_gone")
            if self.adversary.random.random() < 0.05:
                raise UnavailableError("portal.unreachable")
            waiting, self._inbox[token] = self._inbox[token], []
            return self.adversary.random.randrange(-5, 1000), tuple(waiting)

    def reply(self, *, token: bytes, owner: bytes, slot: str, body: bytes) -> None:
        with self._changed:
            self._see(token, owner, slot.encode(), body)
            self._replies.setdefault(slot, []).append(body)
            self._changed.notify_all()

    def close(self, *, token: bytes, owner: bytes) -> None:
        self._see(token, owner)

    def delete(self, *, token: bytes, owner: bytes, linger_s: int = 0) -> None:
        with self._changed:
            self._see(token, owner, f"linger={linger_s}".encode())
            self._ended.add(token)
            self._changed.notify_all()

    # -- phone ---------------------------------------------------------------------------------------------------------

    def challenge(self, token: bytes) -> bytes:
        with self._changed:
            others = [body for other, body in self.boxes.items() if other != token]
            return self.adversary.challenge(self.boxes[token], others)

    def post(self, token: bytes, slot: str, frame: bytes) -> None:
        with self._changed:
            self._see(slot.encode(), frame)
            for to, body in self.adversary.towards_desktop(slot, frame):
                self._inbox[token].append(InboxMessage(slot=to, body=body))
            self._changed.notify_all()

    def fetch(self, slot: str, after: int, *, wanted: int, timeout_s: float) -> list[bytes]:
        """Wait until the desktop has said `wanted` things, or for `timeout_s`; return what the phone gets to read."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._replies.get(slot, [])) >= wanted, timeout_s)
            return self.adversary.towards_phone(self._replies.get(slot, [])[after:])

    def _see(self, *parts: bytes) -> None:
        self.seen += parts
