"""The one order of a bundle's documents, and which of them are about the opening of one envelope.

Nothing signs the order; with one only, two honest hands make the same bundle, and every document has its envelope.
Source: docs/tendering.md §7.
"""

from collections.abc import Iterable

from desktop.domain.errors import RejectedError
from desktop.formats.bundle.model import Part, PartKind

_PLACES = {
    PartKind.ANNOUNCEMENT: 0,
    PartKind.CLOSING: 1,
    PartKind.BID: 2,
    PartKind.ROOM: 3,
    PartKind.DELIVERY: 4,
    PartKind.DELIVERED: 5,
    PartKind.RESULT: 6,
    PartKind.PASSED: 6,
    PartKind.CONFIRMED: 7,
    PartKind.HEAD: 8,
}
_OF_AN_OPENING = range(_PLACES[PartKind.ROOM], _PLACES[PartKind.HEAD])
#: What may stand last of an envelope, before the notice that opens the next one.
_ENDS = frozenset({PartKind.DELIVERED, PartKind.RESULT, PartKind.PASSED, PartKind.CONFIRMED})


def divide(parts: Iterable[Part]) -> tuple[tuple[Part, ...], ...]:
    """Return the documents of each envelope's opening, having demanded the order of all.

    Raises:
        RejectedError: `record.contradiction`: one stands where it may not; `record.incomplete`: an opening without
            its notice.
    """
    openings: list[list[Part]] = []
    before = PartKind.ANNOUNCEMENT
    for part in parts:
        is_next = part.kind is PartKind.ROOM and before in _ENDS
        if _PLACES[part.kind] < _PLACES[before] and not is_next:
            raise RejectedError("record.contradiction", f"{part.kind} after {before}")
        if part.kind is PartKind.ROOM and before is not PartKind.ROOM:
            openings.append([])
        if _PLACES[part.kind] in _OF_AN_OPENING:
            if not openings:
                raise RejectedError("record.incomplete", f"{part.kind} without a notice of opening")
            openings[-1].append(part)
        before = part.kind
    return tuple(map(tuple, openings))
