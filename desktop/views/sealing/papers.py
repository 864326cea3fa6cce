"""What placing does to a document, as pure functions; the model decides to which documents."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from desktop.documents import TextHit
from desktop.formats.seal import SealObject
from desktop.services.ceremony import CeremonyView
from desktop.services.placing import Placement, centred, cross_page, kept_on, on_all_pages, on_words
from desktop.services.sealing import Job
from desktop.services.sealing_plan import PlannedScan
from desktop.views.sealing.state import Paper


def with_seal(paper: Paper, seal: SealObject, page_index: int, x_mm: float, y_mm: float) -> Paper:
    """Put `seal` on a page, its centre at a point."""
    placed = centred(seal, page_index, paper.facts.pages[page_index], x_mm, y_mm)
    return replace(paper, placed=(*paper.placed, placed))


def with_moved(paper: Paper, number: int, x_mm: float, y_mm: float) -> Paper:
    """Move an imprint; all strips of a 骑缝章 go up and down together."""
    chosen = paper.placed[number]

    def moved(index: int, each: Placement) -> Placement:
        goes_along = chosen.strip is not None and _same_strips(chosen, each)
        if index != number and not goes_along:
            return each
        x = each.x_mm if goes_along else x_mm
        return kept_on(replace(each, x_mm=x, y_mm=y_mm), paper.facts.pages[each.page_index])

    return replace(paper, placed=tuple(moved(i, each) for i, each in enumerate(paper.placed)))


def without(paper: Paper, number: int) -> Paper:
    """Take an imprint off; a 骑缝章 goes as a whole."""
    chosen = paper.placed[number]
    kept = tuple(
        each
        for index, each in enumerate(paper.placed)
        if index != number and not (chosen.strip is not None and _same_strips(chosen, each))
    )
    return replace(paper, placed=kept)


def with_every_page(paper: Paper, spot: Placement) -> Paper:
    """Put the imprint at the same spot of every page; other whole imprints of this seal go."""
    others = tuple(p for p in paper.placed if p.strip is not None or p.seal.seal_id != spot.seal.seal_id)
    return replace(paper, placed=(*others, *on_all_pages(spot, paper.facts.pages)))


def with_cross_page(paper: Paper, seal: SealObject, *, first: int, last: int, y_mm: float) -> Paper:
    """Put a 骑缝章 over pages counted from 1 (`last` 0 = the last one), in place of an earlier one of this seal.

    Raises:
        RejectedError: as `services.placing.cross_page`.
    """
    end = last or len(paper.facts.pages)
    strips = cross_page(seal, paper.facts.pages, first=first - 1, last=end - 1, y_mm=y_mm)
    others = tuple(p for p in paper.placed if p.strip is None or p.seal.seal_id != seal.seal_id)
    return replace(paper, placed=(*others, *strips))


def with_words(
    paper: Paper, seal: SealObject, hits: Iterable[TextHit], *, dx_mm: float, dy_mm: float, nth: int
) -> tuple[Paper, int]:
    """Put `seal` on words of the text; return the document and how many places that were."""
    placed = on_words(seal, hits, paper.facts.pages, dx_mm=dx_mm, dy_mm=dy_mm, nth=nth)
    new = tuple(p for p in placed if p not in paper.placed)
    return replace(paper, placed=(*paper.placed, *new)), len(placed)


def after_scan(paper: Paper, scan: PlannedScan, view: CeremonyView) -> Paper:
    """Return what has become of a document by a scan; one that has seals left goes on with what was written."""
    sealed = dict(scan.documents).get(paper.key)
    detail = next((d for d in (*view.details, *view.left_out) if d.key == paper.key), None)
    if sealed is None or detail is None:
        return paper
    if detail.code:
        return replace(paper, problem=detail.code)
    left = tuple(p for p in paper.placed if p not in sealed)
    return replace(
        paper,
        placed=left or paper.placed,
        is_done=not left,
        result=_path(detail.target),
        sha256=detail.sha256,
        scans=paper.scans + 1,
        problem="",
        level=detail.level,
        note=detail.note,
    )


def job_of(paper: Paper, placements: tuple[Placement, ...], target: Path) -> Job:
    """Say what a scan is to do with a document."""
    return Job(
        name=paper.facts.name,
        key=paper.key,
        snapshot=paper.facts.snapshot,
        source_sha256=paper.facts.sha256,
        size=paper.facts.size,
        pages=len(paper.facts.pages),
        placements=placements,
        target=target,
        supersedes=paper.sha256,
        hashed=paper.facts.hashed,
    )


def _same_strips(one: Placement, other: Placement) -> bool:
    return other.strip is not None and other.seal.seal_id == one.seal.seal_id


def _path(target: str) -> Path | None:
    return Path(target) if target else None
