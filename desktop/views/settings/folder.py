"""The data folder: shown, opened, moved. The move is planned here and done at the next start (services.moving)."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from desktop.domain.errors import BidSealError
from desktop.services.moving import drop_plan, plan_move, planned_move
from desktop.store.paths import DataFolder
from desktop.ui.dialogs import AskFolder, ask_folder
from desktop.ui.i18n import tr
from desktop.ui.kit.base import ElidedLabel, Label
from desktop.ui.kit.buttons import LinkButton, SecondaryButton
from desktop.ui.page import PageState, Phase, ViewModel
from desktop.ui.tasks import CancelToken, ReportProgress, run
from desktop.views.settings.form_card import FormCard


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderState(PageState):
    """Where the data is; `planned` is where it will be after the next start, "" = here."""

    phase: Phase = Phase.NORMAL
    folder: str = ""
    planned: str = ""
    is_planning: bool = False


class FolderModel(ViewModel[FolderState]):
    """Owns the data folder's plan."""

    def __init__(self, folder: DataFolder, parent: QObject | None = None) -> None:
        super().__init__(FolderState(folder=str(folder.base), planned=_text(planned_move(folder))), parent)
        self._folder = folder

    def plan(self, target: Path) -> None:
        """Have the data moved at the next start."""

        def work(progress: ReportProgress, cancel: CancelToken) -> None:  # noqa: ARG001 - looks at names and sizes
            plan_move(self._folder, target)

        self._set(is_planning=True, problem_code="", problem_detail="")
        run(work, lambda _nothing: self._show_plan(), self._on_problem, receiver=self)

    def stay(self) -> None:
        """Drop the plan."""
        drop_plan(self._folder)
        self._show_plan()

    def _show_plan(self) -> None:
        self._set(planned=_text(planned_move(self._folder)), is_planning=False, problem_code="", problem_detail="")

    def _on_problem(self, error: BidSealError) -> None:
        self._set(is_planning=False, problem_code=error.code, problem_detail=error.detail)


class FolderCard(FormCard[FolderState]):
    """Path, open, move."""

    def __init__(self, model: FolderModel, *, ask: AskFolder = ask_folder) -> None:
        super().__init__("folderCard")
        self.model, self._ask = model, ask
        self.folder = ElidedLabel(name="settingsFolder")
        self.open_button = LinkButton(icon="folder-open", name="settingsFolderOpen")
        self.move_button = SecondaryButton(name="settingsFolderMove")
        self.planned = Label(role="body", wrap=True, name="settingsFolderPlanned")
        self.stay_button = LinkButton(icon="x", name="settingsFolderStay")
        self.note = Label(role="caption", wrap=True)
        line = QHBoxLayout()
        line.setSpacing(16)
        line.addWidget(self.folder, 1)
        line.addWidget(self.open_button)
        line.addWidget(self.move_button)
        plan = QHBoxLayout()
        plan.setSpacing(16)
        plan.addWidget(self.planned, 1)
        plan.addWidget(self.stay_button)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addLayout(line)
        column.addLayout(plan)
        column.addWidget(self.note)
        self.body.addLayout(column)
        self.open_button.clicked.connect(self._open)
        self.move_button.clicked.connect(self._choose)
        self.stay_button.clicked.connect(model.stay)
        self._built()
        self.bind(model)

    def show_state(self, state: FolderState) -> None:
        """Draw folder and plan."""
        self.set_title(tr("数据目录"))
        self.folder.setText(state.folder)
        self.folder.setAccessibleName(tr("数据目录 {folder}", folder=state.folder))
        self.open_button.setText(tr("打开"))
        self.move_button.setText(tr("移动…"))
        self.move_button.setEnabled(not state.is_planning)
        self.planned.setText(tr("下次启动时移到 {place}", place=state.planned) if state.planned else "")
        self.stay_button.setText(tr("取消移动"))
        for part in (self.planned, self.stay_button):
            part.setVisible(bool(state.planned))
        self.note.setText(tr("移动在下次启动时进行: 先复制并逐个核对, 再切换到新位置; 原目录保留不删。"))

    def _open(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self.model.state.folder))

    def _choose(self) -> None:
        target = self._ask(self, tr("选择一个空文件夹"))
        if target is not None:
            self.model.plan(target)


def _text(path: Path | None) -> str:
    return "" if path is None else str(path)
