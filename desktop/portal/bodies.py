"""A request's body that is handed to the connection a little at a time.

Sent as one piece, four megabytes have to leave within one timeout: a line that is slow but alive would count as dead,
and nobody would hear how far they are, or could stop them, until they have all left.
"""

from collections.abc import Callable, Iterator

#: What leaves at once, and has one timeout of its own.
_PIECE_BYTES = 16 * 1024


class ToldBody:
    """Octets of which `tell` is told how many have left, before each piece; what it raises ends the request."""

    def __init__(self, octets: bytes, tell: Callable[[int], None]) -> None:
        self._octets, self._tell = octets, tell
        self._left = 0

    def __len__(self) -> int:
        """Return how many octets there are in all: the Content-Length."""
        return len(self._octets)

    def __iter__(self) -> Iterator[bytes]:
        """Give the pieces."""
        while piece := self.read(_PIECE_BYTES):
            yield piece

    def read(self, size: int) -> bytes:
        """Return the next piece; empty at the end."""
        self._tell(self._left)
        piece = self._octets[self._left : self._left + min(size, _PIECE_BYTES)]
        self._left += len(piece)
        return piece
