"""The bids that the unit has submitted for a lot, each with its receipt: print, keep, withdraw. Passive."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.problems import problem
from desktop.domain.tendering import BidState
from desktop.services.own_bids import SubmittedBid
from desktop.services.receipts import Judged
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import (
    Banner,
    Card,
    Cell,
    Column,
    DangerButton,
    DataTable,
    Label,
    LinkButton,
    Row,
    SecondaryButton,
    Tone,
    local_time,
)
from desktop.views.certificates.fact_grid import Fact, FactGrid
from desktop.views.package.words import size_words
from desktop.views.tenders.state import LotPageState
from desktop.views.tenders.words import bid_state_word

_ROW_PX, _HEAD_PX, _MOST_ROWS = 40, 42, 5
_WORD_PX = 112


class BidsView(QWidget):
    """`withdraw_requested`, `print_requested` and `keep_requested` name the package (hex)."""

    withdraw_requested = Signal(str)
    print_requested = Signal(str)
    keep_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("bidsView")
        self._bids: tuple[SubmittedBid, ...] = ()
        self._is_open, self._newest = False, ""
        self.problem = Banner(name="bidsProblem")
        self.card, self.receipt_card = Card(name="bidsCard"), Card(name="receiptCard")
        self.none = Label(role="muted", wrap=True, name="bidsNone")
        self.table = DataTable(name="bidsTable")
        self.withdraw = DangerButton(icon="x", name="bidWithdraw")
        self.bad = Banner(name="receiptBad")
        self.facts = FactGrid(name="receiptFacts", word_width=_WORD_PX)
        self.print = SecondaryButton(icon="printer", name="receiptPrint")
        self.keep = LinkButton(icon="save", name="receiptKeep")
        self._lay_out()
        self.table.row_selected.connect(lambda _key: self._show_receipt())
        self.withdraw.clicked.connect(lambda: self.withdraw_requested.emit(self.table.selected_key))
        self.print.clicked.connect(lambda: self.print_requested.emit(self.table.selected_key))
        self.keep.clicked.connect(lambda: self.keep_requested.emit(self.table.selected_key))

    def show_state(self, state: LotPageState) -> None:
        """Draw the bids."""
        self._bids, self._is_open = state.bids, state.is_open and state.sending is None
        if state.bids_problem:
            self.problem.show_problem(state.bids_problem, tone=Tone.WARNING)
        else:
            self.problem.clear()
        self.card.set_title(tr("本单位递交的投标文件"))
        self.none.setText(tr("还没有递交过投标文件。准备好后在【投标文件】中递交。"))
        self.none.setVisible(not state.bids)
        self.table.setVisible(bool(state.bids))
        self.table.set_accessible_name(tr("本单位递交的投标文件"))
        self.table.set_content(_columns(), [_row(bid) for bid in state.bids])
        self.table.setFixedHeight(_HEAD_PX + _ROW_PX * min(max(len(state.bids), 1), _MOST_ROWS))
        newest = state.bids[0].package.hex() if state.bids else ""
        if newest != self._newest:  # what has just been submitted is in front
            self._newest = newest
            self.table.select(newest)
        self.withdraw.setText(tr("撤回投标"))
        self.withdraw.setVisible(bool(state.bids))
        self._show_receipt()

    def _show_receipt(self) -> None:
        bid = next((each for each in self._bids if each.package.hex() == self.table.selected_key), None)
        self.receipt_card.setVisible(bid is not None)
        is_current = bid is not None and bid.state is BidState.CURRENT and bid.judged is not None
        self.withdraw.setEnabled(is_current and self._is_open)
        if bid is None:
            return
        self.receipt_card.set_title(tr("回执"))
        self.print.setText(tr("打印回执"))
        self.keep.setText(tr("保存回执"))
        for button in (self.print, self.keep):
            button.setVisible(bid.judged is not None)
        if bid.judged is None:
            self.bad.show_problem(bid.problem)
        else:
            self.bad.clear()
        self.facts.show_facts(receipt_facts(bid.judged) if bid.judged is not None else [])

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.addStretch()
        line.addWidget(self.withdraw)
        self.card.add(self.none)
        self.card.add(self.table)
        self.card.body.addLayout(line)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.print)
        buttons.addWidget(self.keep)
        buttons.addStretch()
        self.receipt_card.add(self.bad)
        self.receipt_card.add(self.facts)
        self.receipt_card.body.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 8, 16, 24)
        column.setSpacing(16)
        for part in (self.problem, self.card, self.receipt_card):
            column.addWidget(part)
        column.addStretch(1)


def receipt_facts(judged: Judged) -> list[Fact]:
    """Return what a receipt says, for the screen and for print."""
    said = judged.receipt
    stamped = (
        f"{local_time(judged.stamped_at)} · {judged.service}" if judged.stamped_at is not None else tr("没有时间戳")
    )
    facts = [
        Fact(word=tr("项目"), text=said.tender),
        Fact(word=tr("标段"), text=said.lot),
        Fact(word=tr("投标人"), text=f"{said.bidder} ({said.bidder_code})"),
        Fact(word=tr("接收时间"), text=_exact(judged)),
        Fact(word=tr("递交序号"), text=tr("第 {number} 份", number=said.number)),
        Fact(word=tr("文件大小"), text=tr("{size} ({bytes} 字节)", size=size_words(said.size), bytes=f"{said.size:,}")),
        Fact(word=tr("投标包编号"), text=said.package_id.hex(), is_code=True),
        Fact(word="SHA-256", text=said.sha256.hex(), is_code=True),
        Fact(word=tr("时间戳"), text=stamped),
        Fact(word=tr("存证序号"), text=str(said.leaf)),
    ]
    if said.replaced:
        facts.append(Fact(word=tr("替换了"), text=said.replaced.hex(), is_code=True))
    return facts


def _exact(judged: Judged) -> str:
    """Write the moment to the thousandth second: an argument about a deadline is about that."""
    return f"{local_time(judged.received_at)}:{judged.received_at:%S}.{judged.received_at.microsecond // 1000:03}"


def _columns() -> list[Column]:
    return [
        Column(title=tr("份号"), width=72, is_number=True),
        Column(title=tr("接收时间"), width=160),
        Column(title=tr("大小"), width=104, is_number=True),
        Column(title=tr("投标包编号"), is_code=True),
        Column(title=tr("状态"), width=112),
    ]


def _row(bid: SubmittedBid) -> Row:
    word, tone = bid_state_word(bid.state)
    if bid.judged is None:
        word, tone = problem(bid.problem).wording(current_language()).title, Tone.PROBLEM
    at = local_time(bid.judged.received_at) if bid.judged is not None else "—"
    size = size_words(bid.judged.receipt.size) if bid.judged is not None else "—"
    return Row(
        key=bid.package.hex(),
        cells=(str(bid.number), at, size, bid.package.hex(), Cell(text=word, tone=tone)),
    )
