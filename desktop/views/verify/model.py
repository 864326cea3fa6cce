"""The view-model of verification: each file is judged on a worker by the same code as `bidseal verify`."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.domain.errors import BidSealError
from desktop.formats.evidence import EvidenceVerdict, heads_in, is_called_evidence, judge_evidence
from desktop.formats.package import PackageVerdict, is_called_package, verify_package
from desktop.services.timestamping import Stamped, add_timestamp, lacks_time
from desktop.services.workspace import Workspace
from desktop.signing.pdf import PdfVerdict, verify_pdf
from desktop.store.heads import kept_heads
from desktop.ui.page import PageState, Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, TaskHandle, run

AnyVerdict = PdfVerdict | PackageVerdict | EvidenceVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One file: its verdict, or the problem why it could not be read; neither while it is being judged.

    `note` is the catalogue code of why no timestamp could be added, or why the new file does not last longer.
    """

    path: Path
    verdict: AnyVerdict | None = None
    problem: str = ""
    detail: str = ""
    note: str = ""

    @property
    def lacks_time(self) -> bool:
        """Whether it has a good signature whose time nothing proves."""
        return isinstance(self.verdict, PdfVerdict) and lacks_time(self.verdict)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyState(PageState):
    """Newest file first. `running` is (done, total), (0, 0) at rest; `is_online` whether revocation is up to date."""

    phase: Phase = Phase.NORMAL
    files: tuple[Judged, ...] = ()
    running: tuple[int, int] = (0, 0)
    is_online: bool = True


class VerifyModel(ViewModel[VerifyState]):
    """Judges files one after the other."""

    _judged = Signal(object)
    _online = Signal(bool)
    _stamped = Signal(object, object, str)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(VerifyState(), parent)
        self._workspace = workspace
        self._task: TaskHandle[None] | None = None
        self._judged.connect(self._take)
        self._notes: dict[Path, str] = {}
        self._stamped.connect(self._take_stamped)
        self._online.connect(lambda online: self._set(is_online=online))

    def verify(self, paths: list[Path]) -> None:
        """Judge `paths`; what was judged before stays below."""
        if self._task is not None and self._task.is_running:
            self._task.cancel()
        kept = tuple(f for f in self.state.files if f.path not in paths and (f.verdict or f.problem))
        self._set(files=(*(Judged(path=p) for p in paths), *kept), running=(0, len(paths)))
        self._task = run(
            partial(self._judge_all, tuple(paths)),
            lambda _nothing: self._set(running=(0, 0)),
            self._stopped,
            lambda done, total, _text: self._set(running=(done, total)),
            receiver=self,
        )

    def add_time(self, path: Path) -> None:
        """Write a copy of the file with a timestamp beside it, and judge that."""
        if self.state.running != (0, 0):
            return
        self._set(running=(0, 1))
        self._task = run(
            partial(self._stamp, path), lambda _nothing: self._set(running=(0, 0)), self._stopped, receiver=self
        )

    def cancel(self) -> None:
        """Stop: in the middle of a bid package, which may be large, or after the PDF in hand."""
        if self._task is not None:
            self._task.cancel()

    def clear(self) -> None:
        """Forget all verdicts."""
        self.cancel()
        self._set(files=())

    def _stamp(self, path: Path, progress: ReportProgress, cancel: CancelToken) -> None:
        progress(0, 1, path.name)
        cancel.raise_if_set()
        try:
            self._stamped.emit(path, add_timestamp(self._workspace, path), "")
        except BidSealError as error:
            self._stamped.emit(path, None, error.code)

    def _take_stamped(self, path: Path, stamped: Stamped | None, code: str) -> None:
        """Show the new file above the old one, or say at the old one why there is none."""
        if stamped is None:
            self._set(files=tuple(replace(f, note=code) if f.path == path else f for f in self.state.files))
            return
        self._set(running=(0, 0), files=tuple(replace(f, note="") if f.path == path else f for f in self.state.files))
        self._notes[stamped.path] = stamped.note
        self.verify([stamped.path])

    def _judge_all(self, paths: tuple[Path, ...], progress: ReportProgress, cancel: CancelToken) -> None:
        self._online.emit(self._workspace.trust.refresh())
        for number, path in enumerate(paths):
            progress(number, len(paths), path.name)
            cancel.raise_if_set()
            try:
                verdict = self._judge(path, cancel)
            except BidSealError as error:
                cancel.raise_if_set()
                self._judged.emit(Judged(path=path, problem=error.code, detail=error.detail))
            else:
                self._judged.emit(Judged(path=path, verdict=verdict))

    def _judge(self, path: Path, cancel: CancelToken) -> AnyVerdict:
        trust, now = self._workspace.trust, self._workspace.clock.now()
        if is_called_evidence(path):
            known = heads_in(kept_heads(self._workspace.folder.heads_folders))
            return judge_evidence(path, self._workspace.heads.basis(), known=known)
        if not is_called_package(path):
            return verify_pdf(path, anchors=trust.anchors, revocation=trust.revocation(), now=now)

        def look_up(_done: int, _total: int) -> None:
            cancel.raise_if_set()

        verdict = verify_package(path, anchors=trust.anchors, revocation=trust.revocation(), now=now, progress=look_up)
        cancel.raise_if_set()  # what was given up in the middle is no verdict
        return verdict

    def _take(self, judged: Judged) -> None:
        judged = replace(judged, note=self._notes.get(judged.path, ""))
        self._set(files=tuple(judged if f.path == judged.path else f for f in self.state.files))

    def _stopped(self, error: BidSealError) -> None:
        """Name what was not judged: never leave a file that looks as if it were being worked on."""
        files = tuple(f if f.verdict or f.problem else replace(f, problem=error.code) for f in self.state.files)
        self._set(files=files, running=(0, 0))
