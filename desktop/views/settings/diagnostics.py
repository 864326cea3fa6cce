"""The diagnostics file: checked, redacted, written where the person says; cancelled at any time without a trace."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QProgressBar, QWidget

from desktop.domain.errors import BidSealError
from desktop.services.connection import ConnectionCheck, Probe
from desktop.services.diagnostics import export_diagnostics
from desktop.services.workspace import Workspace
from desktop.ui.i18n import tr
from desktop.ui.kit.base import Label, Tone
from desktop.ui.kit.buttons import LinkButton, SecondaryButton
from desktop.ui.page import PageState, Phase, ViewModel
from desktop.ui.tasks import CANCELLED, CancelToken, ReportProgress, TaskHandle, run
from desktop.views.settings.form_card import FormCard

#: (parent, title, suggested file) → where to write, None when the person thinks better of it.
AskTarget = Callable[[QWidget, str, Path], Path | None]


def ask_target(parent: QWidget, title: str, suggested: Path) -> Path | None:
    """Ask by the system's dialog."""
    chosen = QFileDialog.getSaveFileName(parent, title, str(suggested), "*.zip")[0]
    return Path(chosen) if chosen else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosticsState(PageState):
    """How far the export is; `written` is the file, "" = none yet."""

    phase: Phase = Phase.NORMAL
    is_running: bool = False
    done: int = 0
    total: int = 0
    written: str = ""


class DiagnosticsModel(ViewModel[DiagnosticsState]):
    """Owns the export."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(DiagnosticsState(), parent)
        self._workspace = workspace
        self._running: TaskHandle[Path] | None = None

    @property
    def suggested(self) -> str:
        """A name with the day in it."""
        return f"bidseal-diagnostics-{self._workspace.clock.now():%Y%m%d-%H%M}.zip"

    def export(self, target: Path) -> None:
        """Check the connection, then write the file."""
        if self.state.is_running:
            return
        total = len(Probe) + 1
        self._set(is_running=True, done=0, total=total, written="", problem_code="", problem_detail="")

        def work(progress: ReportProgress, cancel: CancelToken) -> Path:
            findings = []
            for finding in ConnectionCheck(self._workspace).run(check=cancel.raise_if_set):
                findings.append(finding)
                progress(len(findings), total)
            return export_diagnostics(self._workspace, target, findings, check=cancel.raise_if_set)

        self._running = run(work, self._on_written, self._on_problem, self._on_progress, receiver=self)

    def cancel(self) -> None:
        """Stop at the next step."""
        if self._running is not None:
            self._running.cancel()

    def _on_progress(self, done: int, total: int, _text: str) -> None:
        self._set(done=done, total=total)

    def _on_written(self, target: Path) -> None:
        self._set(is_running=False, written=str(target))

    def _on_problem(self, error: BidSealError) -> None:
        code = "" if error.code == CANCELLED else error.code
        self._set(is_running=False, problem_code=code, problem_detail=error.detail if code else "")


class DiagnosticsCard(FormCard[DiagnosticsState]):
    """What the file holds, the button, the progress."""

    def __init__(self, model: DiagnosticsModel, *, ask: AskTarget = ask_target) -> None:
        super().__init__("diagnosticsCard")
        self.model, self._ask = model, ask
        self.words = Label(role="body", wrap=True)
        self.button = SecondaryButton(icon="download", name="diagnosticsButton")
        self.progress = QProgressBar()
        self.progress.setObjectName("diagnosticsProgress")
        self.progress.setTextVisible(False)
        self.count = Label(role="muted", name="diagnosticsCount")
        self.cancel = LinkButton(icon="x", name="diagnosticsCancel")
        self.outcome = Label(role="body", wrap=True, name="diagnosticsOutcome")
        self.outcome.set_tone(Tone.SUCCESS)
        self.show_file = LinkButton(icon="folder-open", name="diagnosticsShow")
        self.add(self.words)
        line = QHBoxLayout()
        line.setSpacing(16)
        line.addWidget(self.button)
        line.addWidget(self.progress, 1000)
        line.addWidget(self.count)
        line.addWidget(self.cancel)
        line.addWidget(self.outcome, 1000)
        line.addWidget(self.show_file)
        line.addStretch(1)
        self.body.addLayout(line)
        self.button.clicked.connect(self._choose)
        self.cancel.clicked.connect(model.cancel)
        self.show_file.clicked.connect(self._show_folder)
        self._built()
        self.bind(model)

    def show_state(self, state: DiagnosticsState) -> None:
        """Draw where the export is."""
        self.set_title(tr("诊断信息"))
        self.words.setText(
            tr("导出版本、设置、连接检查结果与最近 7 天的日志, 供技术支持使用。已去除密码、验证码、手机号与身份证号。")
        )
        self.button.setText(tr("导出诊断文件…"))
        self.button.setEnabled(not state.is_running)
        self.cancel.setText(tr("取消"))
        self.show_file.setText(tr("打开所在文件夹"))
        for part in (self.progress, self.count, self.cancel):
            part.setVisible(state.is_running)
        self.progress.setRange(0, max(state.total, 1))
        self.progress.setValue(state.done)
        self.count.setText(tr("{done} / {total}", done=state.done, total=state.total))
        self.outcome.setText(tr("已保存: {file}", file=Path(state.written).name) if state.written else "")
        for part in (self.outcome, self.show_file):
            part.setVisible(bool(state.written))

    def _choose(self) -> None:
        target = self._ask(self, tr("导出诊断文件"), Path.home() / self.model.suggested)
        if target is not None:
            self.model.export(target)

    def _show_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(self.model.state.written).parent)))
