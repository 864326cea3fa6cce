"""The sealing page: thumbnails, the page with its seals, and the column of choices. Passive."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from desktop.documents import RenderedPage
from desktop.domain.problems import problem
from desktop.protocol.items import MAX_ITEMS
from desktop.services.placing import Placement
from desktop.ui.dialogs import AskFolder, ask_folder
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import (
    Banner,
    DropZone,
    FilePicker,
    IconButton,
    Label,
    ProgressPanel,
    Tone,
    dropped_files,
    pick_files,
)
from desktop.ui.page import Page
from desktop.views.sealing.canvas import PageCanvas
from desktop.views.sealing.model import ZOOMS, SealingModel
from desktop.views.sealing.paper_list import PaperList
from desktop.views.sealing.side import FileBar, SidePanel
from desktop.views.sealing.state import SealingState
from desktop.views.sealing.thumbs import THUMB_WIDTH_PX, Thumbnails

_MARGIN_PX = 56
_MIN_PAGE_PX = 240
_AIR_PX = 8


class SealingPage(Page[SealingState]):
    """`navigate(page id, payload)` asks for another module; `scan` opens the scan dialog (views.scan.open_scan)."""

    navigate = Signal(str, str)

    def __init__(
        self,
        model: SealingModel,
        *,
        scan: Callable[..., Any],
        pick: FilePicker = pick_files,
        ask: AskFolder = ask_folder,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("sealingPage", parent)
        self._model = model
        model.setParent(self)
        self._scan = scan
        self._pick = pick
        self._ask_folder = ask
        self._drawn: tuple[str, int, int] = ("", -1, 0)
        self.setAcceptDrops(True)
        self.drop = DropZone(name="sealDrop", suffixes=(".pdf",), several=True, icon="file-text", pick=pick)
        self.files = FileBar()
        self.thumbs = Thumbnails()
        self.canvas = PageCanvas()
        self.list = PaperList()
        self.desk = QScrollArea()
        self.side = SidePanel()
        self.notice = Banner(name="sealingRefused")
        self.progress = ProgressPanel(name="sealingProgress")
        self.place = Label(role="muted", name="pageNumber")
        self.zoom_out = IconButton("zoom-out", "", name="zoomOutButton")
        self.zoom_in = IconButton("zoom-in", "", name="zoomInButton")
        self._desk = QStackedWidget()
        self._lay_out()
        self._connect()
        self.bind(model)

    def receive(self, payload: str) -> None:
        """Do what another page asks: "certificate:SERIAL" = seal with it; "open:PATH" = seal this document.

        Several documents stand in lines of their own.
        """
        what, _, value = payload.partition(":")
        if what == "certificate":
            self._model.prefer_certificate(value)
        elif what == "open":
            self._model.open_files([Path(line) for line in value.splitlines()])

    def open_work(self) -> str:
        """Say what would be lost here if the page began anew."""
        count = len(self._model.state.open_papers)
        return tr("签章页有 {count} 个尚未签章的文件", count=count) if count else ""

    def show_state(self, state: SealingState) -> None:
        """Draw the state."""
        self.desk.setAccessibleName(tr("文件页面"))
        self._say_words(state)
        self._show_notice(state)
        done, total, which = state.work
        self.progress.setVisible(total > 0)
        words = {"search": tr("正在查找文字…"), "stamp": tr("正在补加时间戳…")}
        self.progress.set_progress(done, total, words.get(which, tr("正在打开文件…")))
        paper = state.paper
        self._desk.setCurrentIndex(0 if paper is None else 2 if state.shows_list else 1)
        self.files.setVisible(paper is not None)
        self.side.show_state(state)
        if paper is None:
            self._drawn = ("", -1, 0)
            return
        self.files.show_papers(state.papers, state.current, shows_list=state.shows_list)
        self.list.show_state(state)
        marked = frozenset(p.page_index for p in paper.placed)
        self.thumbs.show_document(paper.key, paper.facts.pages, state.page_index, marked)
        self._draw_page(state)
        here = tuple((n, p) for n, p in enumerate(paper.placed) if p.page_index == state.page_index)
        self.canvas.set_placed(here, state.selected, can_place=state.seal is not None and not paper.is_done)
        if 0 <= state.selected < len(paper.placed):
            self._keep_in_sight(paper.placed[state.selected])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fit the page anew when the desk changes its width."""
        if watched is self.desk.viewport() and event.type() == QEvent.Type.Resize:
            self._draw_page(self._model.state)
        return super().eventFilter(watched, event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take PDF files dropped anywhere on the page."""
        if _pdfs(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        self._model.open_files(_pdfs(event))

    # -- drawing ---------------------------------------------------------------------------------------------------

    def _draw_page(self, state: SealingState) -> None:
        paper = state.paper
        if paper is None:
            return
        size = paper.facts.pages[state.page_index]
        # The room beside a scroll bar, there or not: else the bar's coming and going would change the page for ever.
        beside_bar = self.desk.width() - self.desk.verticalScrollBar().sizeHint().width()
        room = max(beside_bar - _MARGIN_PX, _MIN_PAGE_PX)
        width = round(room * state.zoom)
        wanted = (paper.key, state.page_index, width)
        if wanted != self._drawn:
            self._drawn = wanted
            self.canvas.show_page(size, width)
            ratio = self.devicePixelRatioF()
            self._model.request_page(paper.key, state.page_index, round(width * ratio))

    def _keep_in_sight(self, placed: Placement) -> None:
        """Scroll to the selected imprint: it may have been placed or moved by keys, below what is shown."""
        x_mm, y_mm = placed.x_mm + placed.width_mm / 2, placed.y_mm + placed.height_mm / 2
        centre = self.canvas.point_at(x_mm, y_mm).toPoint()
        reach = round(max(placed.width_mm, placed.height_mm) / 2 * self.canvas.pixels_per_mm) + _AIR_PX
        self.desk.ensureVisible(centre.x(), centre.y(), reach, reach)

    def _take_drawn(self, key: str, index: int, page: RenderedPage) -> None:
        wanted_key, wanted_index, width = self._drawn
        if page.width == THUMB_WIDTH_PX:
            self.thumbs.take(key, index, page)
        elif (key, index) == (wanted_key, wanted_index) and page.width == round(width * self.devicePixelRatioF()):
            self.canvas.set_picture(page)

    def _show_notice(self, state: SealingState) -> None:
        if state.refused:
            words = [(name, problem(code).wording(current_language())) for name, code in state.refused]
            name, first = words[0]
            title = f"{name}: {first.title}" if name else first.title
            others = "".join(f"\n{other}: {wording.title}" for other, wording in words[1:])
            self.notice.show_message(Tone.PROBLEM, title, f"{first.advice}{others}")
        elif state.paper is not None and state.paper.facts.warnings:
            wording = problem(state.paper.facts.warnings[0]).wording(current_language())
            self.notice.show_message(Tone.INFO, wording.title, wording.cause)
        else:
            self.notice.clear()

    def _say_words(self, state: SealingState) -> None:
        self.drop.set_texts(
            tr("把要签章的 PDF 拖到这里"),
            tr("一次最多 {count} 个文件; 原文件不会被改动, 签章后另存一份。", count=MAX_ITEMS),
        )
        has_certificate = bool(state.certificates)
        self.empty.set_content(
            "stamp",
            tr("还没有可用的印章") if has_certificate else tr("还没有可用的证书"),
            tr("签章需要一枚已申领的电子印章。") if has_certificate else tr("请先申请并下载数字证书。"),
            tr("去申请印章") if has_certificate else tr("去申请证书"),
        )
        self.zoom_out.set_text(tr("缩小"))
        self.zoom_in.set_text(tr("放大"))
        paper = state.paper
        if paper is not None:
            page = paper.facts.pages[state.page_index]
            self.place.setText(
                tr(
                    "第 {page} / {pages} 页 · {width} × {height} mm · {zoom}%",
                    page=state.page_index + 1,
                    pages=len(paper.facts.pages),
                    width=round(page.width_mm),
                    height=round(page.height_mm),
                    zoom=round(state.zoom * 100),
                )
            )

    # -- wiring ----------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        model = self._model
        self.retry_requested.connect(model.load)
        self.empty.action_triggered.connect(self._leave_empty)
        self.drop.files_chosen.connect(model.open_files)
        self.files.paper_chosen.connect(model.show_paper)
        self.files.close_requested.connect(model.close_paper)
        self.files.open_requested.connect(self._ask_files)
        self.thumbs.page_chosen.connect(model.show_page)
        self.thumbs.wanted.connect(lambda i: model.request_page(model.state.current, i, THUMB_WIDTH_PX))
        model.page_drawn.connect(self._take_drawn)
        self.canvas.clicked_at.connect(model.place)
        self.canvas.moved.connect(model.move)
        self.canvas.selected.connect(model.select)
        self.canvas.remove_requested.connect(model.remove_selected)
        self.canvas.zoom_requested.connect(self._zoom)
        self.zoom_in.clicked.connect(lambda: self._zoom(1))
        self.zoom_out.clicked.connect(lambda: self._zoom(-1))
        self.progress.cancel_requested.connect(model.cancel_work)
        self.files.list_requested.connect(lambda shown: model.show_list(shown=shown))
        self.list.paper_chosen.connect(model.show_paper)
        self.list.retry_requested.connect(self._retry)
        self.list.time_requested.connect(model.add_timestamps)
        side = self.side
        placing = side.placing
        placing.every_page_requested.connect(lambda x, y, all_: model.place_everywhere(x, y, all_papers=all_))
        placing.across_requested.connect(lambda a, b, y, all_: model.place_across(a, b, y, all_papers=all_))
        placing.words_requested.connect(
            lambda text, x, y, nth, all_: model.place_on_words(text, x, y, nth, all_papers=all_)
        )
        side.time_requested.connect(lambda: model.add_timestamps([model.state.current]))
        side.certificate_chosen.connect(model.choose_certificate)
        side.seal_chosen.connect(model.choose_seal)
        side.position_edited.connect(lambda x, y: model.move(model.state.selected, x, y))
        side.all_pages_requested.connect(model.selected_on_all_pages)
        side.remove_requested.connect(model.remove_selected)
        side.enrol_requested.connect(lambda: self.navigate.emit("me", "enrol"))
        side.scan_requested.connect(self._start_scan)
        side.folder_requested.connect(self._change_folder)
        side.show_requested.connect(self._show_result)

    def _start_scan(self) -> None:
        state = self._model.state
        scans = state.plan.scans
        certificate = state.certificate_of(scans[0]) if scans else None
        if certificate is not None:
            self._scan(
                self,
                self._model.workspace,
                self._model.make_action,
                credit_code=certificate.credit_code,
                on_finished=self._model.scan_finished,
            )

    def _retry(self) -> None:
        """Try again: open what was not opened again, or scan for what was not sealed."""
        if any(p.is_stale for p in self._model.state.papers):
            self._model.open_stale()
        else:
            self._start_scan()

    def _change_folder(self) -> None:
        folder = self._ask_folder(self, tr("保存签章后的文件到"))
        if folder is not None:
            self._model.save_to(folder)

    def _show_result(self) -> None:
        paper = self._model.state.paper
        if paper is not None and paper.result is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(paper.result.parent)))

    def _leave_empty(self) -> None:
        self.navigate.emit("seals" if self._model.state.certificates else "certificates", "new")

    def _ask_files(self) -> None:
        paths = self._pick(self, tr("添加文件"), (".pdf",), True)
        if paths:
            self._model.open_files(paths)

    def _zoom(self, step: int) -> None:
        zoom = self._model.state.zoom
        following = [z for z in ZOOMS if (z > zoom if step > 0 else z < zoom)]
        if following:
            self._model.set_zoom(following[0] if step > 0 else following[-1])

    def _lay_out(self) -> None:
        self.desk.setObjectName("pageScroll")
        self.desk.setWidget(self.canvas)
        self.desk.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.desk.setFrameShape(QScrollArea.Shape.NoFrame)
        self.desk.viewport().installEventFilter(self)
        foot = QHBoxLayout()
        foot.addWidget(self.place, 1)
        foot.addWidget(self.zoom_out)
        foot.addWidget(self.zoom_in)
        page = QVBoxLayout()
        page.addWidget(self.desk, 1)
        page.addLayout(foot)
        desk = QWidget()
        row = QHBoxLayout(desk)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.thumbs)
        row.addLayout(page, 1)
        self._desk.addWidget(self.drop)
        self._desk.addWidget(desk)
        self._desk.addWidget(self.list)
        left = QVBoxLayout()
        left.setContentsMargins(24, 24, 0, 16)
        left.setSpacing(16)
        left.addWidget(self.notice)
        left.addWidget(self.progress)
        left.addWidget(self.files)
        left.addWidget(self._desk, 1)
        outer = QHBoxLayout(self.content)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(left, 1)
        outer.addWidget(self.side)


def _pdfs(event: QDropEvent) -> list[Path]:
    return [p for p in dropped_files(event) if p.suffix.lower() == ".pdf"]
