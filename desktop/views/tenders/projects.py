"""投标项目: the lots to bid for, and beside them the jobs with bid packages as files."""

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.ui.i18n import tr
from desktop.ui.kit import SegmentedControl
from desktop.views.package import OpenPage, PackPage
from desktop.views.tenders.page import TendersPage

TENDERS, PACK, OPEN, REHEARSE = "tenders", "pack", "open", "rehearse"


class ProjectsPage(QWidget):
    """`navigate(page id, payload)` asks for another module.

    Another asks here by `receive`: "rehearse:PATH", or "tenders:LOT" with the platform's id of a lot.
    """

    navigate = Signal(str, str)

    def __init__(self, tenders: TendersPage, pack: PackPage, opening: OpenPage, rehearsal: OpenPage) -> None:
        super().__init__()
        self.setObjectName("projectsPage")
        self.jobs = SegmentedControl(name="packageJob")
        self._stack, self._pack, self._tenders = QStackedWidget(), pack, tenders
        self._pages: dict[str, TendersPage | PackPage | OpenPage] = {
            TENDERS: tenders,
            PACK: pack,
            OPEN: opening,
            REHEARSE: rehearsal,
        }
        for page in self._pages.values():
            self._stack.addWidget(page)
            page.navigate.connect(self.navigate)
        head = QHBoxLayout()
        head.setContentsMargins(32, 24, 24, 8)
        head.addWidget(self.jobs)
        head.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        self.jobs.chosen.connect(self.show_job)
        pack.rehearse_requested.connect(self._rehearse)
        self._say()

    @property
    def job(self) -> TendersPage | PackPage | OpenPage:
        """The page in front."""
        return self._pages[self.jobs.current]

    def show_job(self, job: str) -> None:
        """Bring a job to the front."""
        self.jobs.set_current(job)
        self._stack.setCurrentWidget(self._pages[job])

    def receive(self, payload: str) -> None:
        """Show the job that another page names, with the bid it is about if there is one."""
        job, _, path = payload.partition(":")
        self.show_job(job)
        page = self._pages[job]
        if path and isinstance(page, TendersPage | OpenPage):
            page.receive(path)

    def open_work(self) -> str:
        """Say what would be lost here if the page began anew."""
        state = self._pack.model.state
        has_files = any(box.files for box in state.boxes)
        packing = tr("正在准备的投标文件尚未加密") if has_files and state.result is None else ""
        return "; ".join(each for each in (self._tenders.open_work(), packing) if each)

    def changeEvent(self, event: QEvent) -> None:
        """Say everything again in the new language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._say()

    def _rehearse(self, path: str) -> None:
        self.receive(f"{REHEARSE}:{path}")

    def _say(self) -> None:
        self.jobs.set_options(
            [
                (TENDERS, tr("招标项目")),
                (PACK, tr("加密投标文件")),
                (OPEN, tr("解密")),
                (REHEARSE, tr("演练解密")),
            ]
        )
