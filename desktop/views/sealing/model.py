"""The view-model of sealing: documents, placements, and the action that a scan carries out."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.documents import Document, RenderedPage, TextSearch
from desktop.domain.errors import BidSealError
from desktop.protocol.items import MAX_ITEMS
from desktop.services.ceremony import CeremonyView
from desktop.services.events import Changed
from desktop.services.placing import fits
from desktop.services.sealing import Job, SealAction, free_target
from desktop.services.sealing_plan import PlannedScan
from desktop.services.timestamping import Stamped
from desktop.services.workspace import Workspace
from desktop.ui.page import Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, TaskHandle, Work, run
from desktop.views.sealing import papers
from desktop.views.sealing.state import Paper, SealingState
from desktop.views.sealing.work import Means, fetch_means, open_all, reopen_all, search_all, stamp_all

_RELOAD = frozenset({Changed.SESSION, Changed.CERTIFICATES, Changed.SEALS, Changed.WORKSTATION})
ZOOMS = (0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
#: Files that are remembered as refused; more would be no message any more.
_MOST_REFUSED = 20


class SealingModel(ViewModel[SealingState]):
    """Owns the opened documents; `page_drawn(key, index, RenderedPage)` answers `request_page`."""

    page_drawn = Signal(str, int, object)
    _changed_elsewhere = Signal(object)
    _came = Signal(object, object, str)
    _searched = Signal(str, object)
    _reopened = Signal(str, object, str)
    _stamped = Signal(str, object, str)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(SealingState(), parent)
        self.workspace = workspace
        self._documents: dict[str, Document] = {}
        self._means: Means = ()
        self._task: TaskHandle[None] | None = None
        self._scan: PlannedScan | None = None
        self._place: Callable[..., tuple[Paper, int]] | None = None
        self._number = 0
        unsubscribe = workspace.bus.subscribe(self._changed_elsewhere.emit)
        self._changed_elsewhere.connect(self._on_change)
        self._came.connect(self._opened)
        self._searched.connect(self._take_search)
        self._reopened.connect(self._take_reopened)
        self._stamped.connect(self._take_stamped)
        self.destroyed.connect(unsubscribe)

    # -- certificates and seals ------------------------------------------------------------------------------------

    def load(self) -> None:
        """Find out which certificates of the person have which usable seals."""
        if not self._means:
            self._set(phase=Phase.LOADING)
        run(partial(fetch_means, self.workspace), self._take_means, self._fail, receiver=self)

    def prefer_certificate(self, serial: str) -> None:
        """Offer the seals of this certificate, now or as soon as it is known what there is."""
        if any(certificate.serial == serial for certificate, _ in self._means):
            self.choose_certificate(serial)
        else:
            self._set(serial=serial)

    def choose_certificate(self, serial: str) -> None:
        """Offer the seals of another certificate; placements stay, those of seals that are no longer usable go."""
        seals = next((s for c, s in self._means if c.serial == serial), ())
        usable = {s.seal_id for _, seals in self._means for s in seals}
        cleaned = tuple(
            p if p.is_done else replace(p, placed=tuple(m for m in p.placed if m.seal.seal_id in usable))
            for p in self.state.papers
        )
        is_enrolled = self.workspace.workstation.is_enrolled_for
        self._set(
            serial=serial,
            seals=seals,
            seal_id=seals[0].seal_id if seals else "",
            papers=cleaned,
            selected=-1,
            unenrolled=frozenset(c.credit_code for c, _ in self._means if not is_enrolled(c.credit_code)),
        )

    def choose_seal(self, seal_id: str) -> None:
        """Take another seal in hand."""
        self._set(seal_id=seal_id)

    # -- documents -------------------------------------------------------------------------------------------------

    def open_files(self, paths: list[Path]) -> None:
        """Open documents on a worker, one after the other; refusals are listed with their reasons."""
        room = max(MAX_ITEMS - len(self.state.open_papers), 0)
        refused = tuple((p.name, "ceremony.too_many_documents") for p in paths[room:])
        self._set(refused=refused[:_MOST_REFUSED])
        some = paths[:room]
        self._work(partial(open_all, self.workspace.folder.work, some, self._came.emit), len(some), "open")

    def cancel_work(self) -> None:
        """Stop opening, searching or stamping; what is done stays."""
        if self._task is not None:
            self._task.cancel()

    def show_paper(self, key: str) -> None:
        """Bring a document to the front."""
        self._set(current=key, page_index=0, selected=-1, shows_list=False)

    def show_list(self, *, shown: bool) -> None:
        """Show all documents with what is on them, or the one in front."""
        self._set(shows_list=shown)

    def close_paper(self, key: str) -> None:
        """Put a document away; its source file is not touched."""
        document = self._documents.pop(key, None)
        if document is not None:
            document.close()
        left = tuple(p for p in self.state.papers if p.key != key)
        current = self.state.current if self.state.current != key else (left[0].key if left else "")
        self._set(
            papers=left, current=current, page_index=0, selected=-1, shows_list=self.state.shows_list and bool(left)
        )

    def close_all(self) -> None:
        """Put all documents away, as when the window closes."""
        for paper in self.state.papers:
            self.close_paper(paper.key)

    def show_page(self, index: int) -> None:
        """Turn to a page."""
        paper = self.state.paper
        if paper is not None and 0 <= index < len(paper.facts.pages):
            self._set(page_index=index, selected=-1)

    def set_zoom(self, zoom: float) -> None:
        """Zoom; 1.0 fits the width."""
        self._set(zoom=min(max(zoom, ZOOMS[0]), ZOOMS[-1]))

    def request_page(self, key: str, index: int, width_px: int) -> None:
        """Have a page drawn; the picture comes by `page_drawn`."""
        document = self._documents.get(key)
        if document is None:
            return

        def draw(progress: ReportProgress, cancel: CancelToken) -> RenderedPage:
            cancel.raise_if_set()
            progress(0, 1)
            return document.render_page(index, width_px=width_px)

        run(draw, lambda page: self.page_drawn.emit(key, index, page), lambda _error: None, receiver=self)

    # -- placing ---------------------------------------------------------------------------------------------------

    def place(self, x_mm: float, y_mm: float) -> None:
        """Put the seal in hand on the page in front, its centre at the point."""
        state, paper = self.state, self.state.paper
        if paper is None or state.seal is None or paper.is_done:
            return
        if not fits(state.seal, paper.facts.pages[state.page_index]):
            self._set(refused=((paper.facts.name, "pdf.page_too_small"),))
            return
        self._replace(papers.with_seal(paper, state.seal, state.page_index, x_mm, y_mm), selected=len(paper.placed))

    def move(self, number: int, x_mm: float, y_mm: float) -> None:
        """Move an imprint; it stays on its page."""
        paper = self.state.paper
        if paper is not None and 0 <= number < len(paper.placed) and not paper.is_done:
            self._replace(papers.with_moved(paper, number, x_mm, y_mm), selected=number)

    def select(self, number: int) -> None:
        """Select an imprint of the page in front, -1 for none."""
        self._set(selected=number)

    def remove_selected(self) -> None:
        """Take the selected imprint off."""
        paper, number = self.state.paper, self.state.selected
        if paper is not None and 0 <= number < len(paper.placed) and not paper.is_done:
            self._replace(papers.without(paper, number), selected=-1)

    def selected_on_all_pages(self) -> None:
        """Put the selected imprint at the same spot of every page."""
        paper, number = self.state.paper, self.state.selected
        if paper is not None and 0 <= number < len(paper.placed) and not paper.is_done:
            self._replace(papers.with_every_page(paper, paper.placed[number]), selected=-1)

    def place_everywhere(self, x_mm: float, y_mm: float, *, all_papers: bool) -> None:
        """Put the seal in hand on every page, its top left corner at the point."""
        seal = self.state.seal
        if seal is not None:
            width, height = seal.width_mm / 2, seal.height_mm / 2
            self._apply(
                lambda p: papers.with_every_page(
                    p, papers.with_seal(p, seal, 0, x_mm + width, y_mm + height).placed[-1]
                ),
                all_papers=all_papers,
            )

    def place_across(self, first: int, last: int, y_mm: float, *, all_papers: bool) -> None:
        """Put the seal in hand as a 骑缝章 over pages counted from 1; `last` 0 = to the last page."""
        seal = self.state.seal
        if seal is not None:
            self._apply(
                lambda p: papers.with_cross_page(p, seal, first=first, last=last, y_mm=y_mm), all_papers=all_papers
            )

    def place_on_words(self, words: str, dx_mm: float, dy_mm: float, nth: int, *, all_papers: bool) -> None:
        """Search the text on a worker and put the seal in hand on each place found, or on the `nth` only."""
        state = self.state
        paper = state.paper
        if state.seal is None or paper is None or not words.strip():
            return
        chosen = state.open_papers if all_papers else (paper,)
        self._place = partial(papers.with_words, seal=state.seal, dx_mm=dx_mm, dy_mm=dy_mm, nth=nth)
        self._set(refused=(), found=0)
        documents = [(p.key, self._documents[p.key]) for p in chosen if not p.is_done]
        self._work(partial(search_all, words, documents, self._searched.emit), len(documents), "search")

    # -- signing ---------------------------------------------------------------------------------------------------

    def make_action(self) -> SealAction:
        """Return the use case of the next scan of the plan; called anew for each try."""
        scan = self.state.plan.scans[0]
        certificate = self.state.certificate_of(scan)
        assert certificate is not None
        by_key = {p.key: p for p in self.state.papers}
        taken: set[Path] = set()
        jobs: list[Job] = []
        for key, placements in scan.documents:
            paper = by_key[key]
            target = paper.result or free_target(paper.source, folder=self.state.folder, taken=frozenset(taken))
            taken.add(target)
            jobs.append(papers.job_of(paper, placements, target))
        self._scan = scan
        return SealAction(self.workspace, certificate=certificate, jobs=tuple(jobs))

    def save_to(self, folder: Path | None) -> None:
        """Put sealed files into `folder`, or beside their originals again."""
        self._set(folder=folder)

    def scan_finished(self, view: CeremonyView) -> None:
        """Take over what came of each document; those with seals left are opened again as they now are."""
        scan = self._scan
        if scan is None:
            return
        after = tuple(papers.after_scan(p, scan, view) for p in self.state.papers)
        several = len(scan.documents) > 1 and bool(view.details or view.left_out)
        self._set(papers=after, selected=-1, shows_list=self.state.shows_list or several)
        self.open_stale()

    def open_stale(self) -> None:
        """Open anew what has been signed once and waits for its next signature."""
        stale = [p for p in self.state.papers if p.is_stale]
        if stale:
            self._work(partial(reopen_all, self.workspace.folder.work, stale, self._reopened.emit), len(stale), "open")

    def add_timestamps(self, keys: list[str]) -> None:
        """Write a copy with a timestamp of each of these sealed documents."""
        chosen = [p for p in self.state.papers if p.key in keys and p.result is not None]
        self._set(refused=())
        self._work(partial(stamp_all, self.workspace, chosen, self._stamped.emit), len(chosen), "stamp")

    # -- work ------------------------------------------------------------------------------------------------------

    def _work(self, work: Work[None], total: int, which: str) -> None:
        """Do one piece of long work at a time, with a number and a cancel."""
        self._set(work=(0, total, which))
        self._task = run(
            work,
            lambda _nothing: self._worked(),
            self._work_failed,
            lambda done, all_, _text: self._set(work=(done, all_, which)),
            receiver=self,
        )

    def _worked(self) -> None:
        self._set(work=(0, 0, ""))

    def _work_failed(self, error: BidSealError) -> None:
        refused = self.state.refused if error.code == "general.cancelled" else (*self.state.refused, ("", error.code))
        self._set(work=(0, 0, ""), refused=refused)

    # -- small parts -----------------------------------------------------------------------------------------------

    def _on_change(self, change: object) -> None:
        if change in _RELOAD and self.state.phase is not Phase.LOADING and self.workspace.account.account is not None:
            self.load()

    def _take_means(self, means: Means) -> None:
        self._means = means
        serials = [c.serial for c, _ in means]
        with_seals = [c.serial for c, seals in means if seals]
        chosen = self.state.serial if self.state.serial in serials else next(iter(with_seals or serials), "")
        phase = Phase.NORMAL if with_seals else Phase.EMPTY
        self._set(phase=phase, certificates=tuple(c for c, _ in means), problem_code="", problem_detail="")
        if chosen:
            self.choose_certificate(chosen)

    def _opened(self, path: Path, document: Document | None, code: str) -> None:
        if document is None:
            self._refuse(path.name, code)
            return
        key = self._keep(document)
        paper = Paper(key=key, source=path, facts=document.facts)
        self._set(papers=(*self.state.papers, paper), current=key, page_index=0, selected=-1)

    def _keep(self, document: Document) -> str:
        self._number += 1
        key = f"paper{self._number}"
        self._documents[key] = document
        return key

    def _take_reopened(self, key: str, document: Document | None, code: str) -> None:
        """Go on with the file as it was just written; a new key, for its pages are to be drawn anew."""
        old = next((p for p in self.state.papers if p.key == key), None)
        if old is None or document is None:
            if document is not None:
                document.close()
            self._replace_key(key, lambda p: replace(p, problem=code))
            return
        new = self._keep(document)
        self._replace_key(key, lambda p: replace(p, key=new, facts=document.facts, problem=""))
        self._documents.pop(key).close()
        if self.state.current == key:
            self._set(current=new)

    def _take_stamped(self, key: str, stamped: Stamped | None, code: str) -> None:
        if stamped is None:
            paper = next((p for p in self.state.papers if p.key == key), None)
            self._refuse(paper.facts.name if paper else "", code)
            return
        self._replace_key(key, lambda p: replace(p, result=stamped.path, level=stamped.level, note=stamped.note))

    def _take_search(self, key: str, search: TextSearch) -> None:
        paper = next((p for p in self.state.papers if p.key == key), None)
        if paper is None or self._place is None:
            return
        placed, count = self._place(paper, hits=search.hits)
        if count:
            self._replace_key(key, lambda _p: placed)
            self._set(found=self.state.found + count)
        else:
            has_none = search.pages_without_text == len(paper.facts.pages)
            self._refuse(paper.facts.name, "pdf.no_text" if has_none else "pdf.text_not_found")

    def _apply(self, change: Callable[[Paper], Paper], *, all_papers: bool) -> None:
        """Change the document in front, or all open ones; those that cannot take it are named and stay as they are."""
        front = self.state.paper
        chosen = {p.key for p in (self.state.open_papers if all_papers else (front,)) if p is not None}
        refused: list[tuple[str, str]] = []
        changed: list[Paper] = []
        for paper in self.state.papers:
            try:
                changed.append(change(paper) if paper.key in chosen and not paper.is_done else paper)
            except BidSealError as error:
                refused.append((paper.facts.name, error.code))
                changed.append(paper)
        self._set(papers=tuple(changed), selected=-1, refused=tuple(refused[:_MOST_REFUSED]))

    def _refuse(self, name: str, code: str) -> None:
        self._set(refused=(*self.state.refused, (name, code))[:_MOST_REFUSED])

    def _replace(self, paper: Paper, *, selected: int) -> None:
        self._replace_key(paper.key, lambda _old: paper)
        self._set(selected=selected)

    def _replace_key(self, key: str, change: Callable[[Paper], Paper]) -> None:
        self._set(papers=tuple(change(p) if p.key == key else p for p in self.state.papers))
