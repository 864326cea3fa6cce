"""The view-model of sealing: documents, placements, and the action that a scan carries out."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.crypto.certificates import CertificateFacts, read_certificate
from desktop.documents import Document, RenderedPage, open_document
from desktop.domain.errors import BidSealError
from desktop.domain.operations import CertificateState, SealState
from desktop.formats.seal import SealObject
from desktop.protocol.items import MAX_ITEMS
from desktop.services.ceremony import CeremonyView
from desktop.services.events import Changed
from desktop.services.placing import Placement
from desktop.services.sealing import Job, SealAction, free_target
from desktop.services.seals import load_seal
from desktop.services.workspace import Workspace
from desktop.signing.pdf import check_sealable
from desktop.ui.page import Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, TaskHandle, run
from desktop.views.sealing.placing import Placed, centred, fits, kept_on, on_all_pages
from desktop.views.sealing.state import Paper, SealingState

_USABLE = (CertificateState.VALID, CertificateState.EXPIRES_SOON)
_RELOAD = frozenset({Changed.SESSION, Changed.CERTIFICATES, Changed.SEALS, Changed.WORKSTATION})
ZOOMS = (0.5, 0.75, 1.0, 1.5, 2.0, 3.0)

_Means = tuple[tuple[CertificateFacts, tuple[SealObject, ...]], ...]


class SealingModel(ViewModel[SealingState]):
    """Owns the opened documents; `page_drawn(key, index, RenderedPage)` answers `request_page`."""

    page_drawn = Signal(str, int, object)
    _changed_elsewhere = Signal(object)
    _came = Signal(object, object, str)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(SealingState(), parent)
        self.workspace = workspace
        self._documents: dict[str, Document] = {}
        self._means: _Means = ()
        self._opening: TaskHandle[None] | None = None
        self._number = 0
        unsubscribe = workspace.bus.subscribe(self._changed_elsewhere.emit)
        self._changed_elsewhere.connect(self._on_change)
        self._came.connect(self._opened)
        self.destroyed.connect(unsubscribe)

    # -- certificates and seals ------------------------------------------------------------------------------------

    def load(self) -> None:
        """Find out which certificates of the person have which usable seals."""
        if not self._means:
            self._set(phase=Phase.LOADING)
        run(self._fetch_means, self._take_means, self._fail, receiver=self)

    def choose_certificate(self, serial: str) -> None:
        """Sign with another certificate: placements of seals that are not bound to it go."""
        seals = next((s for c, s in self._means if c.serial == serial), ())
        ids = {s.seal_id for s in seals}
        papers = tuple(
            replace(p, placed=tuple(m for m in p.placed if m.seal.seal_id in ids)) for p in self.state.papers
        )
        organization = next((c.credit_code for c, _ in self._means if c.serial == serial), "")
        self._set(
            serial=serial,
            seals=seals,
            seal_id=seals[0].seal_id if seals else "",
            papers=papers,
            selected=-1,
            is_enrolled=self.workspace.workstation.is_enrolled_for(organization),
        )

    def choose_seal(self, seal_id: str) -> None:
        """Take another seal in hand."""
        self._set(seal_id=seal_id)

    # -- documents -------------------------------------------------------------------------------------------------

    def open_files(self, paths: list[Path]) -> None:
        """Open documents on a worker, one after the other; refusals are listed with their reasons."""
        room = MAX_ITEMS - len(self.state.marked) - sum(1 for p in self.state.papers if not p.placed and not p.result)
        refused = tuple((p.name, "ceremony.too_many_documents") for p in paths[max(room, 0) :])
        self._set(opening=(0, len(paths)), refused=refused)
        self._opening = run(
            partial(self._open_all, paths[: max(room, 0)]),
            self._opened_all,
            self._opening_failed,
            lambda done, total, _text: self._set(opening=(done, total)),
            receiver=self,
        )

    def cancel_opening(self) -> None:
        """Stop opening; what is open stays."""
        if self._opening is not None:
            self._opening.cancel()

    def show_paper(self, key: str) -> None:
        """Bring a document to the front."""
        self._set(current=key, page_index=0, selected=-1)

    def close_paper(self, key: str) -> None:
        """Put a document away; its source file is not touched."""
        document = self._documents.pop(key, None)
        if document is not None:
            document.close()
        papers = tuple(p for p in self.state.papers if p.key != key)
        current = self.state.current if self.state.current != key else (papers[0].key if papers else "")
        self._set(papers=papers, current=current, page_index=0, selected=-1)

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
        if paper is None or state.seal is None or paper.result is not None:
            return
        page = paper.facts.pages[state.page_index]
        if not fits(state.seal, page):
            self._set(refused=((paper.facts.name, "pdf.page_too_small"),))
            return
        placed = centred(state.seal, state.page_index, page, x_mm, y_mm)
        self._replace_paper(replace(paper, placed=(*paper.placed, placed)), selected=len(paper.placed))

    def move(self, number: int, x_mm: float, y_mm: float) -> None:
        """Move an imprint; it stays on its page."""
        paper = self.state.paper
        if paper is None or not 0 <= number < len(paper.placed) or paper.result is not None:
            return
        old = paper.placed[number]
        moved = kept_on(replace(old, x_mm=x_mm, y_mm=y_mm), paper.facts.pages[old.page_index])
        placed = (*paper.placed[:number], moved, *paper.placed[number + 1 :])
        self._replace_paper(replace(paper, placed=placed), selected=number)

    def select(self, number: int) -> None:
        """Select an imprint of the page in front, -1 for none."""
        self._set(selected=number)

    def remove_selected(self) -> None:
        """Take the selected imprint off."""
        paper, number = self.state.paper, self.state.selected
        if paper is not None and 0 <= number < len(paper.placed) and paper.result is None:
            placed = paper.placed[:number] + paper.placed[number + 1 :]
            self._replace_paper(replace(paper, placed=placed), selected=-1)

    def selected_on_all_pages(self) -> None:
        """Put the selected imprint at the same spot of every page."""
        paper, number = self.state.paper, self.state.selected
        if paper is None or not 0 <= number < len(paper.placed) or paper.result is not None:
            return
        chosen = paper.placed[number]
        others = tuple(p for p in paper.placed if p.seal.seal_id != chosen.seal.seal_id)
        everywhere = tuple(p for p in on_all_pages(chosen, paper.facts.pages))
        self._replace_paper(replace(paper, placed=(*others, *everywhere)), selected=-1)

    # -- signing ---------------------------------------------------------------------------------------------------

    def make_action(self) -> SealAction:
        """Return the use case for all documents that bear a seal; called anew for each try."""
        certificate = self.state.certificate
        assert certificate is not None
        taken: set[Path] = set()
        jobs: list[Job] = []
        for paper in self.state.marked:
            target = free_target(paper.source, folder=self.state.folder, taken=frozenset(taken))
            taken.add(target)
            jobs.append(_job(paper, target))
        return SealAction(self.workspace, certificate=certificate, jobs=tuple(jobs))

    def save_to(self, folder: Path | None) -> None:
        """Put sealed files into `folder`, or beside their originals again."""
        self._set(folder=folder)

    def scan_finished(self, view: CeremonyView) -> None:
        """Take over what came of each document."""
        marked = {p.key: d for p, d in zip(self.state.marked, view.details, strict=False)}
        papers = tuple(
            replace(
                p,
                problem=marked[p.key].code,
                result=_path(marked[p.key].target, marked[p.key].code),
                level=marked[p.key].level,
                note=marked[p.key].note,
            )
            if p.key in marked
            else p
            for p in self.state.papers
        )
        self._set(papers=papers, selected=-1)

    # -- small parts -----------------------------------------------------------------------------------------------

    def _on_change(self, change: object) -> None:
        if change in _RELOAD and self.state.phase is not Phase.LOADING and self.workspace.account.account is not None:
            self.load()

    def _fetch_means(self, progress: ReportProgress, cancel: CancelToken) -> _Means:
        progress(0, 1)
        records = self.workspace.api.seals()
        means: list[tuple[CertificateFacts, tuple[SealObject, ...]]] = []
        for certificate in self.workspace.api.certificates():
            cancel.raise_if_set()
            if not certificate.mine or certificate.state not in _USABLE:
                continue
            facts = read_certificate(certificate.sign_cert)
            claimed = [r for r in records if r.certificate_serial == facts.serial and r.state is SealState.CLAIMED]
            means.append((facts, tuple(load_seal(self.workspace, r, facts) for r in claimed)))
        return tuple(means)

    def _take_means(self, means: _Means) -> None:
        self._means = means
        serials = [c.serial for c, _ in means]
        with_seals = [c.serial for c, seals in means if seals]
        chosen = self.state.serial if self.state.serial in serials else next(iter(with_seals or serials), "")
        phase = Phase.NORMAL if with_seals else Phase.EMPTY
        self._set(phase=phase, certificates=tuple(c for c, _ in means), problem_code="", problem_detail="")
        if chosen:
            self.choose_certificate(chosen)

    def _open_all(self, paths: list[Path], progress: ReportProgress, cancel: CancelToken) -> None:
        for number, path in enumerate(paths):
            progress(number, len(paths), path.name)
            if cancel.is_set():
                return
            try:
                document = open_document(path, self.workspace.folder.work)
                try:
                    check_sealable(document.facts.snapshot)
                except BidSealError:
                    document.close()
                    raise
            except BidSealError as error:
                self._came.emit(path, None, error.code)
            else:
                self._came.emit(path, document, "")

    def _opened(self, path: Path, document: Document | None, code: str) -> None:
        if document is None:
            self._set(refused=(*self.state.refused, (path.name, code)))
            return
        self._number += 1
        key = f"paper{self._number}"
        self._documents[key] = document
        paper = Paper(key=key, source=path, facts=document.facts)
        self._set(papers=(*self.state.papers, paper), current=key, page_index=0, selected=-1)

    def _opened_all(self, _nothing: None) -> None:
        self._set(opening=(0, 0))

    def _opening_failed(self, error: BidSealError) -> None:
        refused = self.state.refused if error.code == "general.cancelled" else (*self.state.refused, ("", error.code))
        self._set(opening=(0, 0), refused=refused)

    def _replace_paper(self, paper: Paper, *, selected: int) -> None:
        papers = tuple(paper if p.key == paper.key else p for p in self.state.papers)
        self._set(papers=papers, selected=selected)


def _job(paper: Paper, target: Path) -> Job:
    return Job(
        name=paper.facts.name,
        snapshot=paper.facts.snapshot,
        source_sha256=paper.facts.sha256,
        size=paper.facts.size,
        pages=len(paper.facts.pages),
        placements=tuple(_placement(p) for p in paper.placed),
        target=target,
    )


def _placement(placed: Placed) -> Placement:
    return Placement(seal=placed.seal, page_index=placed.page_index, x_mm=placed.x_mm, y_mm=placed.y_mm)


def _path(target: str, code: str) -> Path | None:
    return Path(target) if target and not code else None
