"""In which order seals get onto documents: as few scans as can be, shown before the first code.

Seals of one certificate stand under one signature. Seals of another certificate need a signature of their own on the
result of the one before; a signed file takes one imprint for each signature, because its pages must not change any
more. Refuses what no order can make: two 骑缝章 of different certificates, an imprint over that of another signature,
more further signatures than anybody would scan. Source: docs/protocol.md §7, ISO 32000-2 §12.8.2.2.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from desktop.protocol.items import MAX_ITEMS
from desktop.services.placing import Placement

#: Further signatures on one document that are still a plan and no mistake ("every page" on a signed file).
_MOST_STEPS = 6
_TOUCHING_MM = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a document is to bear; `is_signed` when it holds a signature already."""

    key: str
    is_signed: bool
    placements: tuple[Placement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedScan:
    """One scan: the certificate (SHA-256) and what each document gets by it."""

    certificate_sha256: bytes
    documents: tuple[tuple[str, tuple[Placement, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealingPlan:
    """The scans in their order, and the documents (key, catalogue code) that no order serves."""

    scans: tuple[PlannedScan, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()


_Step = tuple[bytes, tuple[Placement, ...]]


def plan_scans(wishes: Sequence[Wish], *, most: int = MAX_ITEMS) -> SealingPlan:
    """Return the scans that fulfil `wishes`, at most `most` documents in each."""
    queues: dict[str, deque[_Step]] = {}
    problems = []
    for wish in wishes:
        steps = _steps(wish)
        code = _problem(steps, is_signed=wish.is_signed)
        if code:
            problems.append((wish.key, code))
        elif steps:
            queues[wish.key] = deque(steps)
    scans = []
    while queues:
        certificate = _next_certificate(queues)
        due = [key for key, steps in queues.items() if steps[0][0] == certificate][:most]
        scans.append(
            PlannedScan(certificate_sha256=certificate, documents=tuple((key, queues[key].popleft()[1]) for key in due))
        )
        queues = {key: steps for key, steps in queues.items() if steps}
    return SealingPlan(scans=tuple(scans), problems=tuple(problems))


def _next_certificate(queues: dict[str, "deque[_Step]"]) -> bytes:
    """Choose whose turn it is: first who need not wait for others, so that nobody is asked more often than needed."""
    heads = [steps[0][0] for steps in queues.values()]
    later = [certificate for steps in queues.values() for certificate, _ in list(steps)[1:]]
    return min(dict.fromkeys(heads), key=lambda certificate: (later.count(certificate), -heads.count(certificate)))


def _steps(wish: Wish) -> list[_Step]:
    groups: dict[bytes, list[Placement]] = {}
    for placement in wish.placements:
        groups.setdefault(placement.seal.certificate_sha256, []).append(placement)
    steps: list[_Step] = []
    if groups and not wish.is_signed:
        first = max(groups, key=lambda certificate: _weight(groups[certificate]))
        steps.append((first, tuple(groups.pop(first))))
    steps += [(certificate, (each,)) for certificate, placements in groups.items() for each in placements]
    return steps


def _weight(placements: list[Placement]) -> tuple[bool, bool]:
    """Say how much a certificate needs to be the first: only the first signature covers strips and several imprints."""
    return any(p.strip is not None for p in placements), len(placements) > 1


def _problem(steps: list[_Step], *, is_signed: bool) -> str:
    further = steps if is_signed else steps[1:]
    if any(p.strip is not None for _, placements in further for p in placements):
        return "pdf.cross_page_signed"
    if len(steps) > _MOST_STEPS:
        return "pdf.signed_one_imprint"
    for number, (_, placements) in enumerate(steps):
        before = [p for _, earlier in steps[:number] for p in earlier]
        if any(_overlap(p, other) for p in placements for other in before):
            return "pdf.imprint_covers_signature"
    return ""


def _overlap(one: Placement, other: Placement) -> bool:
    if one.page_index != other.page_index:
        return False
    wide = min(one.x_mm + one.width_mm, other.x_mm + other.width_mm) - max(one.x_mm, other.x_mm)
    high = min(one.y_mm + one.height_mm, other.y_mm + other.height_mm) - max(one.y_mm, other.y_mm)
    return wide > _TOUCHING_MM and high > _TOUCHING_MM
