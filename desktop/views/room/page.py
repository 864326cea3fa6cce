"""One room: its course, the figures, the tables, the bid in front, and what is to be done now. Passive."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.services.workspace import Workspace
from desktop.ui.dialogs import AskFolder, ask_folder
from desktop.ui.i18n import tr
from desktop.ui.kit import Banner, Card, EmptyState, FilePicker, SegmentedControl, Separator, Tone, pick_files, scrolled
from desktop.ui.page import Page
from desktop.views.lot_words import envelope_word
from desktop.views.room.bid_panel import BidPanel
from desktop.views.room.boards import AnnouncementBoard, BidsBoard
from desktop.views.room.dialogs import ExtendDialog, ask_give_up, ask_text
from desktop.views.room.doubts import doubt_words
from desktop.views.room.facts import Room
from desktop.views.room.figures import FigureRow
from desktop.views.room.head import RoomHead
from desktop.views.room.job_bar import JobBar
from desktop.views.room.model import RoomModel
from desktop.views.room.progress import count_down, figures_of, timeline_of
from desktop.views.room.state import Board, Job, RoomState
from desktop.views.room.timeline import Timeline
from desktop.views.scan import ScanOpener, open_scan

_LEAST_TABLE_PX = 96


class RoomPage(Page[RoomState]):
    """`navigate(page id, payload)` asks for another module, `left` for the list of rooms."""

    navigate = Signal(str, str)
    left = Signal()

    def __init__(
        self,
        model: RoomModel,
        workspace: Workspace,
        *,
        scan: ScanOpener = open_scan,
        pick: FilePicker = pick_files,
        ask: AskFolder = ask_folder,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("roomPage", parent)
        self.model, self._workspace = model, workspace
        self._scan, self._pick, self._ask = scan, pick, ask
        model.setParent(self)
        self.head = RoomHead()
        self.offline_bar = Banner(name="roomOffline")
        self.doubt_bar = Banner(name="roomDoubt")
        self.timeline = Timeline(name="roomTimeline")
        self.figures = FigureRow(model.clock, name="roomFigures")
        self.envelopes = SegmentedControl(name="roomEnvelope")
        self.boards = SegmentedControl(name="roomBoard")
        self.bids, self.announcement = BidsBoard(), AnnouncementBoard()
        self.nobody = EmptyState(name="roomNobody")
        self.bid = BidPanel()
        self.job = JobBar()
        self._course, self._tables = Card(name="roomCourse", padding=16), _Tables()
        self._lay_out()
        self._connect()
        self.bind(model)

    def open_work(self) -> str:
        """Say what would be lost here if the page began anew."""
        state = self.model.state
        if state.job is Job.POST_RESULTS:
            return tr("开标解密的结果尚未公布")
        return tr("评审结论尚未公布") if state.decisions and state.job is Job.JUDGE else ""

    def showEvent(self, event: QShowEvent) -> None:
        """Look whether the record was sealed meanwhile."""
        super().showEvent(event)
        self.model.look_for_sealed()

    def show_state(self, state: RoomState) -> None:
        """Draw the state."""
        room = state.room
        if room is None:
            return
        self.head.show_state(state)
        if state.is_live:
            self.offline_bar.clear()
        elif not self.offline_bar.isVisible():
            self.offline_bar.show_said(Tone.WARNING, _offline_words)
        if room.doubts:
            self.doubt_bar.show_message(Tone.WARNING, *doubt_words(room))
        else:
            self.doubt_bar.clear()
        self.timeline.set_steps(timeline_of(state))
        self._course.setVisible(not state.is_large)
        until, end = count_down(room)
        self.figures.show_figures(figures_of(state), until=until, end=end)
        self._show_choices(state)
        is_announcement = state.board is Board.ANNOUNCEMENT and _is_announced(state)
        board = self.announcement if is_announcement else self.bids
        board.show_state(state)
        self._show_nobody(room)
        is_empty = room.count == 0 or (room.count is None and not room.signed_in)
        self._tables.setCurrentWidget(self.nobody if is_empty else board)
        self.bid.show_state(state)
        self.bid.setVisible(self.bid.is_filled and not state.is_large)
        self.job.show_state(state)

    def _show_nobody(self, room: Room) -> None:
        """Say why there is no table: it is too early, or nobody has bid."""
        if room.count is None:
            text = tr("到达截止时间后, 签到单位与投标文件清单会显示在这里。")
            self.nobody.set_content("lock", tr("投标截止前保密"), text)
        else:
            text = tr("截止时间前没有单位递交投标文件。")
            self.nobody.set_content("file-lock", tr("没有收到投标文件"), text)

    def _show_choices(self, state: RoomState) -> None:
        room = state.room
        assert room is not None
        self.boards.set_options([(Board.BIDS, tr("投标文件")), (Board.ANNOUNCEMENT, tr("唱标表"))])
        self.boards.set_current(state.board if _is_announced(state) else Board.BIDS)
        self.boards.setVisible(_is_announced(state))
        self.envelopes.setVisible(room.is_double and room.count is not None)
        if room.is_double and state.envelope is not None:
            self.envelopes.set_options([(each.envelope_id, envelope_word(each.title)) for each in room.envelopes])
            self.envelopes.set_current(state.envelope.envelope_id)

    # -- intents ---------------------------------------------------------------------------------------------------

    def _act(self) -> None:
        model = self.model
        acts = {
            Job.SIGN_IN: model.sign_in,
            Job.DELIVER: self._scan_delivery,
            Job.CONFIRM_OWN: model.confirm,
            Job.OPEN_WINDOW: model.open_window,
            Job.WATCH_DELIVERY: model.end_delivery,
            Job.FETCH: self._fetch,
            Job.OPEN_BIDS: self._scan_opening,
            Job.POST_RESULTS: model.post_results,
            Job.ANNOUNCE: model.announce,
            Job.JUDGE: model.judge,
            Job.MAKE_RECORD: self._make_record,
            Job.SEAL_RECORD: self._seal_or_file,
            Job.OVER: self._ask_where,
        }
        act = acts.get(model.state.job)
        if act is not None:
            act()

    def _fetch(self) -> None:
        """Ask once for a lot where its bids and opened files are to go."""
        folder = self.model.state.folder
        if folder is None:
            self._fetch_elsewhere()
        else:
            self.model.fetch(folder)

    def _fetch_elsewhere(self) -> None:
        folder = self._ask(self, tr("投标文件与解密文件存放到"))
        if folder is not None:
            self.model.fetch(folder)

    def _scan_delivery(self) -> None:
        self._scan(
            self,
            self._workspace,
            self.model.make_delivery,
            credit_code=self._credit_code(),
            on_finished=self.model.delivery_finished,
        )

    def _scan_opening(self) -> None:
        self._scan(
            self,
            self._workspace,
            self.model.make_opening,
            credit_code=self._credit_code(),
            on_finished=self.model.opening_finished,
        )

    def _credit_code(self) -> str:
        unit = self._workspace.account.organization
        return unit.credit_code if unit is not None else ""

    def _ask_more_time(self) -> None:
        dialog = ExtendDialog(self.window())
        dialog.answered.connect(self.model.extend)
        dialog.open()

    def _ask_objection(self) -> None:
        text = tr("异议会公开显示并写入开标记录, 由代理机构答复。")
        prompt = ask_text(tr("提出异议"), tr("异议内容"), tr("提出"), text=text, parent=self.window())
        prompt.answered.connect(self.model.raise_objection)
        prompt.open()

    def _ask_answer(self) -> None:
        bid = self.model.state.bid
        if bid is None:
            return
        text = tr("答复会公开显示并写入开标记录。")
        prompt = ask_text(
            tr("答复 {name} 的异议", name=bid.name), tr("答复"), tr("答复"), text=text, parent=self.window()
        )
        prompt.answered.connect(lambda answer: self.model.answer(bid, answer))
        prompt.open()

    def _decide(self, passed: bool) -> None:  # noqa: FBT001 - a signal's value
        bid = self.model.state.bid
        if bid is None:
            return
        if passed:
            self.model.decide(bid, passed=True)
            return
        text = tr("其第二信封保持密封, 理由会公开显示并写入开标记录。")
        prompt = ask_text(tr("{name} 不通过", name=bid.name), tr("理由"), tr("不通过"), text=text, parent=self.window())
        prompt.answered.connect(lambda reason: self.model.decide(bid, passed=False, reason=reason))
        prompt.open()

    def _ask_give_up(self) -> None:
        bid = self.model.state.bid
        if bid is None:
            return
        dialog = ask_give_up(bid.name, self.window())
        dialog.accepted.connect(lambda: self.model.give_up(bid))
        dialog.open()

    def _make_record(self) -> None:
        folder = self.model.state.folder or self._ask(self, tr("开标记录存放到"))
        if folder is not None:
            self.model.make_record(folder)

    def _seal_or_file(self) -> None:
        state = self.model.state
        if state.sealed is not None:
            self.model.file_record()
        elif state.record is not None:
            self.navigate.emit("sealing", f"open:{state.record}")

    def _ask_sealed(self) -> None:
        paths = self._pick(self, tr("选择已签章的开标记录"), (".pdf",), False)
        if paths:
            self.model.choose_sealed(paths[0])

    def _ask_where(self) -> None:
        folder: Path | None = self._ask(self, tr("导出开标记录到"))
        if folder is not None:
            self.model.save_record(folder)

    def _preview(self) -> None:
        path = self.model.state.record
        if path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def _connect(self) -> None:
        model, job = self.model, self.job
        self.retry_requested.connect(model.load)
        self.head.back_requested.connect(self.left)
        self.head.enlarged.connect(lambda is_large: model.enlarge(is_large=is_large))
        self.boards.chosen.connect(model.show_board)
        self.envelopes.chosen.connect(model.show_envelope)
        for board in (self.bids, self.announcement):
            board.bid_chosen.connect(model.show_bid)
        self.bid.pass_requested.connect(self._decide)
        self.bid.answer_requested.connect(self._ask_answer)
        self.bid.give_up_requested.connect(self._ask_give_up)
        job.acted.connect(self._act)
        job.scan_again_requested.connect(self._scan_opening)
        job.extend_requested.connect(self._ask_more_time)
        job.objection_requested.connect(self._ask_objection)
        job.place_requested.connect(self._fetch_elsewhere)
        job.preview_requested.connect(self._preview)
        job.again_requested.connect(self._make_record)
        job.sealed_requested.connect(self._ask_sealed)
        job.enrol_requested.connect(lambda: self.navigate.emit("me", "enrol"))
        job.cancel_requested.connect(model.cancel)

    def _lay_out(self) -> None:
        inside: tuple[QWidget, ...] = (self.timeline, Separator(), self.job)
        for each in inside:
            self._course.add(each)
        self._tables.addWidget(self.bids)
        self._tables.addWidget(self.announcement)
        self._tables.addWidget(self.nobody)
        choices = QHBoxLayout()
        choices.setSpacing(16)
        choices.addWidget(self.figures, 1)
        choices.addWidget(self.boards, 0, Qt.AlignmentFlag.AlignBottom)
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(32, 12, 32, 24)
        column.setSpacing(12)
        for part in (self.offline_bar, self.doubt_bar, self._course):
            column.addWidget(part)
        column.addLayout(choices)
        column.addWidget(self.envelopes)
        column.addWidget(self._tables, 1)
        column.addWidget(self.bid)
        area = scrolled(below, name="roomArea")
        # Tab goes from button to table, and the area follows it.
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        top = QVBoxLayout()
        top.setContentsMargins(32, 16, 32, 0)
        top.addWidget(self.head)
        page = QVBoxLayout(self.content)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addLayout(top)
        page.addWidget(area, 1)


def _offline_words() -> tuple[str, str]:
    text = tr("所显示的是最后一次收到的情况。连接恢复后自动继续; 已取回投标文件的代理机构可用相机方式开标。")
    return tr("与平台的连接已中断"), text


class _Tables(QStackedWidget):
    """Takes what the words leave over; when that is too little the page scrolls, and no words are cut."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumHeight(_LEAST_TABLE_PX)

    def sizeHint(self) -> QSize:
        """Ask for no more than the least."""
        return QSize(super().sizeHint().width(), _LEAST_TABLE_PX)


def _is_announced(state: RoomState) -> bool:
    return state.envelope is not None and state.envelope.announced_at is not None
