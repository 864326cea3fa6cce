"""The two tables of a room: what each bid is at, and the announcement (唱标表), readable from afar. Passive."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout

from desktop.ui.i18n import tr
from desktop.ui.kit import Cell, Column, DataTable, KitFrame, Row, Tone, local_time
from desktop.views.room.course import AnnouncedLine, BidLine, Fate, announced_lines
from desktop.views.room.facts import Room, RoomEnvelope
from desktop.views.room.state import RoomState
from desktop.views.room.words import amount, cause_words, clock_of, confirmation_word, decision_words, fate_word

_ELLIPSIS = "—"
#: A column of the announcement and what stands in it.
_Shown = tuple[Column, Callable[[AnnouncedLine], str | Cell]]


class BidsBoard(KitFrame):
    """All bids in the order of receipt, with state, cause and responsible party in words."""

    bid_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__("bidsBoard", "card")
        self.table = DataTable(name="roomBids")
        _fill(self, self.table)
        self.table.row_selected.connect(self.bid_chosen)
        self._built()

    def show_state(self, state: RoomState) -> None:
        """Draw the rows; as long as it is not closed, nobody is told who has bid, only who is here."""
        room, envelope = state.room, state.envelope
        if room is None:
            return
        self.table.set_accessible_name(tr("投标文件"))
        if room.count is None:
            self._show_present(room)
            return
        self.table.set_large(large=state.is_large)
        if state.is_large:
            self.table.set_content(_large_bid_columns(), [_large_bid_row(line) for line in state.lines])
        else:
            has_reasons = any(_reason(state, line) for line in state.lines)
            rows = [_bid_row(state, room, line, has_reasons=has_reasons) for line in state.lines]
            self.table.set_content(_bid_columns(envelope, has_reasons=has_reasons), rows)
        self.table.select(state.selected)

    def _show_present(self, room: Room) -> None:
        columns = [
            Column(title=tr("序号"), width=64, is_number=True),
            Column(title=tr("已签到单位")),
            Column(title=tr("签到时间"), width=176),
        ]
        rows = [
            Row(key=f"present_{number}", cells=(str(number), unit.name, local_time(unit.at, seconds=True)))
            for number, unit in enumerate(room.signed_in, 1)
        ]
        self.table.set_content(columns, rows)


class AnnouncementBoard(KitFrame):
    """The prices in their order, or why there is none."""

    bid_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__("announcementBoard", "card")
        self.table = DataTable(name="roomAnnouncement")
        _fill(self, self.table)
        self.table.row_selected.connect(self.bid_chosen)
        self._built()

    def show_state(self, state: RoomState) -> None:
        """Draw the rows, large for an audience."""
        room, envelope = state.room, state.envelope
        if room is None or envelope is None:
            return
        self.table.set_accessible_name(tr("唱标表"))
        self.table.set_large(large=state.is_large)
        lines = announced_lines(room, envelope)
        shown = _large_shown(lines) if state.is_large else _shown(lines)
        rows = [Row(key=line.line.bid.package, cells=tuple(cell(line) for _, cell in shown)) for line in lines]
        self.table.set_content([column for column, _ in shown], rows)
        self.table.select(state.selected)


def _fill(frame: KitFrame, table: DataTable) -> None:
    column = QVBoxLayout(frame)
    # The card's corners stay round.
    column.setContentsMargins(8, 4, 8, 8)
    column.addWidget(table)


def _bid_columns(envelope: RoomEnvelope | None, *, has_reasons: bool) -> list[Column]:
    columns = [
        Column(title=tr("序号"), width=56, is_number=True),
        Column(title=tr("投标人")),
        Column(title=tr("递交时间"), width=160),
        Column(title=tr("签到"), width=72),
    ]
    if envelope is not None and envelope.needs_bidder:
        columns.append(Column(title=tr("交付"), width=72))
    columns.append(Column(title=tr("状态"), width=120))
    # Until there is a reason, the names have the room.
    return [*columns, Column(title=tr("原因与责任方"))] if has_reasons else columns


def _reason(state: RoomState, line: BidLine) -> str:
    return cause_words(line) or decision_words(state, line)


def _bid_row(state: RoomState, room: Room, line: BidLine, *, has_reasons: bool) -> Row:
    word, tone = fate_word(line.fate)
    envelope = state.envelope
    name = tr("{name} (本单位)", name=line.bid.name) if line.bid.is_own and not room.is_agency else line.bid.name
    cells: list[str | Cell] = [
        str(line.bid.number),
        name,
        local_time(line.bid.received_at, seconds=True),
        tr("已到") if line.has_signed_in else _ELLIPSIS,
    ]
    if envelope is not None and envelope.needs_bidder:
        cells.append(clock_of(envelope.deliveries.get(line.bid.package)) or _ELLIPSIS)
    cells.append(Cell(text=word, tone=tone))
    if has_reasons:
        cells.append(_reason(state, line))
    return Row(key=line.bid.package, cells=tuple(cells))


def _large_bid_columns() -> list[Column]:
    return [
        Column(title=tr("序号"), width=88, is_number=True),
        Column(title=tr("投标人")),
        Column(title=tr("状态"), width=216),
    ]


def _large_bid_row(line: BidLine) -> Row:
    word, tone = fate_word(line.fate)
    return Row(key=line.bid.package, cells=(str(line.bid.number), line.bid.name, Cell(text=word, tone=tone)))


def _shown(lines: Sequence[AnnouncedLine]) -> list[_Shown]:
    """Return the columns, each with its cells; items that the envelope does not have are left out."""
    has_prices = any(line.price is not None for line in lines)
    shown = [
        (Column(title=tr("报价 (元)"), width=124, is_number=True), lambda line: amount(line.price), has_prices),
        (
            Column(title=tr("保证金 (元)"), width=104, is_number=True),
            lambda line: amount(line.bond),
            _any(lines, "bond"),
        ),
        (Column(title=tr("工期 (天)"), width=72, is_number=True), _days, _any(lines, "days")),
        (Column(title=tr("质量"), width=64), lambda line: line.quality or _ELLIPSIS, _any(lines, "quality")),
        (Column(title=tr("项目负责人"), width=112), lambda line: line.manager or _ELLIPSIS, _any(lines, "manager")),
    ]
    return [
        _place_column(56, has_prices=has_prices),
        (Column(title=tr("投标人")), lambda line: line.line.bid.name),
        *((column, cell) for column, cell, is_there in shown if is_there),
        (Column(title=tr("标记"), width=104), _flag),
        (Column(title=tr("确认"), width=104), _confirmation),
    ]


def _large_shown(lines: Sequence[AnnouncedLine]) -> list[_Shown]:
    """Return those that an audience has to read from afar."""
    has_prices, has_days = any(line.price is not None for line in lines), _any(lines, "days")
    price: _Shown = (Column(title=tr("报价 (元)"), width=232, is_number=True), lambda line: amount(line.price))
    days: _Shown = (Column(title=tr("工期 (天)"), width=128, is_number=True), _days)
    return [
        _place_column(88, has_prices=has_prices),
        (Column(title=tr("投标人")), lambda line: line.line.bid.name),
        *((price,) if has_prices else ()),
        *((days,) if has_days else ()),
        (Column(title=tr("标记"), width=192), _flag),
    ]


def _any(lines: Sequence[AnnouncedLine], item: str) -> bool:
    return any(getattr(line, item) not in (None, "") for line in lines)


def _place_column(width: int, *, has_prices: bool) -> _Shown:
    """Return the rank; where an envelope has no prices there is none, and the bids are numbered."""
    if not has_prices:
        return Column(title=tr("序号"), width=width, is_number=True), lambda line: str(line.line.bid.number)
    return (
        Column(title=tr("名次"), width=width, is_number=True),
        lambda line: str(line.rank) if line.rank is not None else _ELLIPSIS,
    )


def _days(line: AnnouncedLine) -> str:
    return str(line.days) if line.days is not None else _ELLIPSIS


def _confirmation(line: AnnouncedLine) -> Cell:
    word, tone = confirmation_word(line.line)
    return Cell(text=word, tone=tone if word else None)


def _flag(line: AnnouncedLine) -> Cell:
    if line.line.fate is not Fate.OPENED:
        word, tone = fate_word(line.line.fate)
        return Cell(text=word, tone=tone)
    if line.is_above_limit:
        return Cell(text=tr("超最高限价"), tone=Tone.WARNING)
    return Cell(text="")
