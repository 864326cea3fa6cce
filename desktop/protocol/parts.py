"""A message of camera mode as a sequence of QR texts, and back again from whatever a camera reads.

    text = "BS1" ‖ base45(id (4) ‖ index (2) ‖ total (2) ‖ chunk)        at most 147 characters: QR version 6-M

Parts may come in any order, several times, and mixed with other codes. What a camera sees is hostile: sizes are judged
before anything is kept, only a few messages are collected at a time, and a message counts only when the SHA-256 of the
whole begins with its id (threat T23). docs/protocol.md, Camera mode.
"""

from dataclasses import dataclass, field

from desktop.crypto.primitives import equal, sha256
from desktop.domain.errors import MisuseError, RejectedError
from desktop.protocol import base45

PREFIX = "BS1"
CHUNK_BYTES = 88
MAX_PARTS = 2048
MAX_MESSAGE_BYTES = MAX_PARTS * CHUNK_BYTES
#: Characters of a full part; no part is longer.
MAX_TEXT = len(PREFIX) + (8 + CHUNK_BYTES) // 2 * 3
#: Messages collected at the same time; a further one displaces the one with the fewest parts, of those the oldest.
MAX_CANDIDATES = 8
_ID_BYTES = 4
_HEAD_BYTES = _ID_BYTES + 2 + 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One code: the part `index` (from 0) of `total` of the message whose SHA-256 begins with `message_id`."""

    message_id: bytes
    index: int
    total: int
    chunk: bytes

    def write(self) -> str:
        """Return the code's text."""
        return PREFIX + base45.encode(
            self.message_id + self.index.to_bytes(2, "big") + self.total.to_bytes(2, "big") + self.chunk
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How much of the message that is furthest has been read; 0 of 0 before the first part."""

    have: int = 0
    total: int = 0


def split(message: bytes) -> tuple[str, ...]:
    """Return the texts of `message`, in order; they are shown in a circle.

    Raises:
        RejectedError: too long for codes (`ceremony.too_large_for_camera`).
    """
    if not message:
        raise MisuseError("general.unexpected", "empty message")
    if len(message) > MAX_MESSAGE_BYTES:
        raise RejectedError("ceremony.too_large_for_camera", str(len(message)))
    chunks = [message[at : at + CHUNK_BYTES] for at in range(0, len(message), CHUNK_BYTES)]
    message_id = sha256(message)[:_ID_BYTES]
    return tuple(
        Part(message_id=message_id, index=index, total=len(chunks), chunk=chunk).write()
        for index, chunk in enumerate(chunks)
    )


def read_part(text: str) -> Part:
    """Read one text.

    Raises:
        RejectedError: no part of ours (`ceremony.malformed`).
    """
    if not text.startswith(PREFIX) or len(text) > MAX_TEXT:
        raise RejectedError("ceremony.malformed", "no part")
    data = base45.decode(text[len(PREFIX) :])
    if len(data) <= _HEAD_BYTES:
        raise RejectedError("ceremony.malformed", "part length")
    part = Part(
        message_id=data[:_ID_BYTES],
        index=int.from_bytes(data[_ID_BYTES : _ID_BYTES + 2], "big"),
        total=int.from_bytes(data[_ID_BYTES + 2 : _HEAD_BYTES], "big"),
        chunk=data[_HEAD_BYTES:],
    )
    if not part.index < part.total <= MAX_PARTS:
        raise RejectedError("ceremony.malformed", "part number")
    if len(part.chunk) != CHUNK_BYTES and part.index + 1 != part.total:
        raise RejectedError("ceremony.malformed", "short part before the last")
    return part


@dataclass(slots=True, kw_only=True)
class _Candidate:
    total: int
    chunks: dict[int, bytes] = field(default_factory=dict)

    def contradicts(self, part: Part) -> bool:
        return part.total != self.total or self.chunks.get(part.index, part.chunk) != part.chunk


class Assembler:
    """Collects parts until one message is whole. Sans I/O; keeps at most `MAX_CANDIDATES` times `MAX_MESSAGE_BYTES`."""

    def __init__(self) -> None:
        #: By id; the one that took a part last stands last.
        self._candidates: dict[bytes, _Candidate] = {}
        self.ignored = 0

    @property
    def progress(self) -> Progress:
        """Say how far the message is of which the latest part was read."""
        if not self._candidates:
            return Progress()
        latest = next(reversed(self._candidates.values()))
        return Progress(have=len(latest.chunks), total=latest.total)

    def take(self, text: str) -> bytes | None:
        """Take what a camera read; return the message once it is whole (its parts are forgotten then).

        Texts that are no part are counted in `ignored` and change nothing. A part that contradicts an earlier one of
        its id begins that message anew; so does one whose message, whole, is not what its id says.
        """
        try:
            part = read_part(text)
        except RejectedError:
            self.ignored += 1
            return None
        candidate = self._candidates.pop(part.message_id, None)
        if candidate is None or candidate.contradicts(part):
            candidate = _Candidate(total=part.total)
            if len(self._candidates) >= MAX_CANDIDATES:
                del self._candidates[min(self._candidates, key=lambda i: len(self._candidates[i].chunks))]
        candidate.chunks[part.index] = part.chunk
        if len(candidate.chunks) == candidate.total:
            return _whole(part.message_id, candidate)
        self._candidates[part.message_id] = candidate
        return None

    def clear(self) -> None:
        """Forget everything collected."""
        self._candidates.clear()


def _whole(message_id: bytes, candidate: _Candidate) -> bytes | None:
    message = b"".join(candidate.chunks[index] for index in range(candidate.total))
    return message if equal(sha256(message)[:_ID_BYTES], message_id) else None
