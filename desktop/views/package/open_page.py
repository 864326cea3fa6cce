"""The page that opens bids, and the one that rehearses it: the list, the bid in front, the choices. Passive."""

from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.domain.operations import Verdict
from desktop.domain.problems import problem
from desktop.ui.dialogs import AskFolder, ask_folder
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import (
    Cell,
    Column,
    DataTable,
    DropZone,
    FilePicker,
    LinkButton,
    ProgressPanel,
    Row,
    Tone,
    dropped_files,
    pick_files,
    scrolled,
    verdict_word,
)
from desktop.ui.page import Page
from desktop.views.package.bid_detail import BidDetail
from desktop.views.package.open_model import OpenModel
from desktop.views.package.open_side import OpenSide
from desktop.views.package.open_state import Bid, OpenState, Readiness
from desktop.views.scan import ScanOpener, open_scan

SUFFIXES = (".bid",)
_ROW_PX, _HEAD_PX, _MOST_ROWS = 40, 42, 6
_TONES = {Verdict.VALID: Tone.SUCCESS, Verdict.INVALID: Tone.PROBLEM, Verdict.CANNOT_TELL: Tone.WARNING}


class OpenPage(Page[OpenState]):
    """`navigate(page id, payload)` asks for another module."""

    navigate = Signal(str, str)

    def __init__(
        self,
        model: OpenModel,
        *,
        scan: ScanOpener = open_scan,
        pick: FilePicker = pick_files,
        ask: AskFolder = ask_folder,
        parent: QWidget | None = None,
    ) -> None:
        name = "rehearse" if model.state.is_rehearsal else "open"
        super().__init__(f"{name}Page", parent)
        self.model, self._scan, self._pick, self._ask = model, scan, pick, ask
        model.setParent(self)
        self.setAcceptDrops(True)
        self.drop = DropZone(name=f"{name}Drop", suffixes=SUFFIXES, several=True, icon="file-lock", pick=pick)
        self.progress = ProgressPanel(name=f"{name}Progress")
        self.table = DataTable(name=f"{name}Table")
        self.more = LinkButton(icon="plus", name=f"{name}More")
        self.detail = BidDetail(name)
        self.side = OpenSide(name, pick=pick)
        self._desk = QStackedWidget()
        self._lay_out()
        self._connect()
        self.bind(model)

    def show_state(self, state: OpenState) -> None:
        """Draw the state."""
        self._say(state)
        done, total, name = state.checking
        self.progress.setVisible(total > 0)
        self.progress.set_progress(done, total, tr("正在检查 {name} (MB)", name=name))
        self._desk.setCurrentIndex(1 if state.bids else 0)
        self.side.show_state(state)
        self._show_list(state)
        bid = state.bid
        self.detail.setVisible(bid is not None)
        if bid is not None:
            self.detail.show_bid(bid)

    def receive(self, payload: str) -> None:
        """Take the bid that another page names by its path."""
        self.model.add_bids([Path(payload)])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take bids dropped anywhere on the page."""
        if _bids(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what was dropped."""
        if _bids(event):
            self.model.add_bids(_bids(event))

    def _say(self, state: OpenState) -> None:
        self.empty.set_content(
            "file-lock",
            tr("还没有可用的证书"),
            tr("解密投标文件需要本单位的数字证书; 请先申请并下载。"),
            tr("去申请证书"),
        )
        if state.is_rehearsal:
            title, hint = tr("把要演练的投标文件包拖到这里"), tr("只确认手机打得开, 不解密任何文件。")
        else:
            title, hint = tr("把要解密的投标文件包拖到这里"), tr("可一次拖入多份; 先逐一检查, 再用一次扫码全部打开。")
        self.drop.set_texts(title, hint)
        self.more.setText(tr("添加投标文件包"))

    def _show_list(self, state: OpenState) -> None:
        columns = [
            Column(title=tr("文件包")),
            Column(title=tr("投标人"), width=160),
            Column(title=tr("项目 · 标段"), width=128),
            Column(title=tr("检查结果"), width=104),
            Column(title=tr("演练") if state.is_rehearsal else tr("解密"), width=136),
        ]
        self.table.set_accessible_name(tr("投标文件包"))
        self.table.set_content(columns, [_row(bid, state.readiness(bid), state) for bid in state.bids])
        self.table.select(state.current)
        self.table.setFixedHeight(_HEAD_PX + _ROW_PX * min(max(len(state.bids), 1), _MOST_ROWS))

    # -- intents ---------------------------------------------------------------------------------------------------

    def _start_scan(self) -> None:
        holding = self.model.state.holding
        if holding is not None and self.model.state.ready:
            self._scan(
                self,
                self.model.workspace,
                self.model.make_action,
                credit_code=holding.certificate.credit_code,
                on_finished=self.model.scan_finished,
            )

    def _ask_bids(self) -> None:
        paths = self._pick(self, tr("添加投标文件包"), SUFFIXES, True)
        if paths:
            self.model.add_bids(paths)

    def _ask_place(self) -> None:
        folder = self._ask(self, tr("解密到"))
        if folder is not None:
            self.model.save_to(folder)

    def _show_folder(self) -> None:
        bid = self.model.state.bid
        if bid is not None and bid.target is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(bid.target)))

    def _connect(self) -> None:
        model, side = self.model, self.side
        self.retry_requested.connect(model.load)
        self.empty.action_triggered.connect(lambda: self.navigate.emit("certificates", "new"))
        self.drop.files_chosen.connect(model.add_bids)
        self.progress.cancel_requested.connect(model.cancel)
        self.table.row_selected.connect(model.show_bid)
        self.more.clicked.connect(self._ask_bids)
        self.detail.folder_requested.connect(self._show_folder)
        self.detail.remove_requested.connect(lambda: model.remove_bid(model.state.current))
        side.certificate_chosen.connect(model.choose_certificate)
        side.envelope_chosen.connect(model.choose_envelope)
        side.folder_requested.connect(self._ask_place)
        side.shares_chosen.connect(model.load_shares)
        side.scan_requested.connect(self._start_scan)
        side.enrol_requested.connect(lambda: self.navigate.emit("me", "enrol"))

    def _lay_out(self) -> None:
        desk = QWidget()
        column = QVBoxLayout(desk)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.table)
        line = QHBoxLayout()
        line.addWidget(self.more)
        line.addStretch()
        column.addLayout(line)
        column.addWidget(scrolled(self.detail), 1)
        self._desk.addWidget(self.drop)
        self._desk.addWidget(desk)
        left = QVBoxLayout()
        left.setContentsMargins(32, 8, 16, 16)
        left.setSpacing(16)
        left.addWidget(self.progress)
        left.addWidget(self._desk, 1)
        outer = QHBoxLayout(self.content)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(left, 1)
        outer.addWidget(self.side)


def _row(bid: Bid, readiness: Readiness, state: OpenState) -> Row:
    verdict = bid.verdict
    header = verdict.package.header if verdict and verdict.package else None
    if verdict is not None:
        judged = Cell(text=verdict_word(verdict.verdict), tone=_TONES.get(verdict.verdict, Tone.NEUTRAL))
    elif bid.problem:
        judged = Cell(text=verdict_word(Verdict.CANNOT_TELL), tone=Tone.WARNING)
    else:
        judged = Cell(text=tr("检查中"), tone=Tone.NEUTRAL)
    bidder = header.bidder.name if header else ""
    where = f"{header.tender} · {header.lot}" if header else ""
    return Row(key=bid.key, cells=(bid.path.name, bidder, where, judged, _fate(bid, readiness, state)))


def _fate(bid: Bid, readiness: Readiness, state: OpenState) -> Cell:
    if readiness is Readiness.FAILED:
        return Cell(text=problem(bid.failure).wording(current_language()).title, tone=Tone.PROBLEM)
    words = {
        Readiness.CHECKING: ("…", Tone.NEUTRAL),
        Readiness.REFUSED: (tr("已排除"), Tone.PROBLEM),
        Readiness.NO_ENVELOPE: (tr("没有该信封"), Tone.NEUTRAL),
        Readiness.NOT_OURS: (tr("不是为该证书加密的"), Tone.WARNING),
        Readiness.SHARES_MISSING: (tr("还缺份额"), Tone.WARNING),
        Readiness.READY: (tr("可以演练") if state.is_rehearsal else tr("可以解密"), Tone.INFO),
        Readiness.DONE: (tr("打得开") if state.is_rehearsal else tr("已解密"), Tone.SUCCESS),
    }
    text, tone = words[readiness]
    return Cell(text=text, tone=tone)


def _bids(event: QDropEvent) -> list[Path]:
    return [path for path in dropped_files(event) if path.suffix.lower() in SUFFIXES]
