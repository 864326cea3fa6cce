"""The review desk: what waits at the left, the one looked at in the middle, the decision at its foot. Passive."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.domain.operations import OrganizationKind
from desktop.portal.records import Order, Seal
from desktop.portal.unit_records import IdentityCheck
from desktop.ui.i18n import tr
from desktop.ui.kinds import order_kind_word, seal_kind_word
from desktop.ui.kit.base import Label
from desktop.ui.kit.buttons import DangerButton, IconButton, PrimaryButton, SegmentedControl
from desktop.ui.kit.progress import local_time
from desktop.ui.kit.states import EmptyState
from desktop.ui.kit.surfaces import Banner, Card, Separator
from desktop.ui.kit.table import Column, DataTable, Row
from desktop.ui.page import Page
from desktop.views.review.detail import Detail, purpose_word
from desktop.views.review.evidence import Piece
from desktop.views.review.model import Decision, Desk, ReviewModel, ReviewState
from desktop.views.review.reject import RejectDialog

_LIST_WIDTH = 320
_NARROW, _WIDE = 116, 160

#: The list is short and new; the year stands in the detail.
_AFTER_YEAR = len("2026-")

#: Asks where to save a file proposed as `name`; None when the person thinks better of it.
AskTarget = Callable[[QWidget, str], Path | None]


def ask_target(parent: QWidget, name: str) -> Path | None:
    """Ask by the system's dialog."""
    chosen, _filter = QFileDialog.getSaveFileName(parent, tr("另存"), name)
    return Path(chosen) if chosen else None


class ReviewPage(Page[ReviewState]):
    """Emits `notified(text)` after a decision, for a toast."""

    notified = Signal(str)

    def __init__(self, model: ReviewModel, *, ask: AskTarget = ask_target, parent: QWidget | None = None) -> None:
        super().__init__("reviewPage", parent)
        self.model, self._ask = model, ask
        self._drafts: dict[str, str] = {}
        self._told = 0
        self.desks = SegmentedControl(name="reviewDesk")
        self.refresh = IconButton("refresh-cw", tr("刷新"), name="reviewRefresh")
        self.orders = DataTable(name="orderTable")
        self.changes = DataTable(name="changeTable")
        self.seals = DataTable(name="sealTable")
        self.checks = DataTable(name="checkTable")
        self._tables = {
            Desk.ORDERS: self.orders,
            Desk.CHANGES: self.changes,
            Desk.SEALS: self.seals,
            Desk.CHECKS: self.checks,
        }
        self.banner = Banner(name="reviewBanner")
        self.detail = Detail()
        self.nothing = EmptyState(name="reviewNothing")
        self.unit_kind = SegmentedControl(name="reviewUnitKind")
        self.approve = PrimaryButton(icon="check", name="approveButton")
        self.reject = DangerButton(name="rejectButton")
        self.hint = Label(role="caption", wrap=True)
        self._lay_out()
        self._connect(model)
        if model.parent() is None:
            model.setParent(self)
        self.bind(model)

    def open_work(self) -> str:
        """Say what would be lost here if the page began anew: reasons that were typed and not sent."""
        state = self.model.state
        waiting: set[str] = {each.order_id for each in (*state.orders, *state.changes)}
        waiting.update(each.seal_id for each in state.seals)
        waiting.update(each.check_id for each in state.checks)
        begun = any(text.strip() for identity, text in self._drafts.items() if identity in waiting)
        return tr("填写中的驳回理由尚未提交") if begun else ""

    def show_state(self, state: ReviewState) -> None:
        """Draw lists, detail and decision."""
        self._say_words(state)
        self.desks.set_current(state.desk.value)
        self.orders.set_content(_order_columns(), [_order_row(order) for order in state.orders])
        self.seals.set_content(_seal_columns(), [_seal_row(seal) for seal in state.seals])
        self.changes.set_content(_change_columns(), [_change_row(order) for order in state.changes])
        self.checks.set_content(_check_columns(), [_check_row(check) for check in state.checks])
        self.changes.select(state.change_id)
        self.checks.select(state.check_id)
        self.orders.select(state.order_id)
        self.seals.select(state.seal_id)
        self.lists.setCurrentWidget(self._tables[state.desk])
        has_one = bool(state.selected_id)
        self.work.setCurrentIndex(0 if has_one else 1)
        if has_one:
            self.detail.show_state(state)
        self.unit_kind.setVisible(state.desk is Desk.ORDERS)
        self.unit_kind.set_current(state.unit_kind.value)
        may_decide = has_one and state.has_all_evidence and not state.is_deciding
        self.approve.setEnabled(may_decide)
        self.reject.setEnabled(has_one and not state.is_deciding)
        self._show_problem(state)
        self._tell(state.last)

    def showEvent(self, event: QShowEvent) -> None:
        """Look anew: others may have applied or decided."""
        super().showEvent(event)
        self.model.open()

    # -- words -----------------------------------------------------------------------------------------------------

    def _say_words(self, state: ReviewState) -> None:
        orders = tr("证书订单 {count}", count=len(state.orders))
        seals = tr("印章申请 {count}", count=len(state.seals))
        changes = tr("变更与补办 {count}", count=len(state.changes))
        checks = tr("实名认证 {count}", count=len(state.checks))
        self.desks.set_options(
            [
                (Desk.ORDERS.value, orders),
                (Desk.CHANGES.value, changes),
                (Desk.SEALS.value, seals),
                (Desk.CHECKS.value, checks),
            ]
        )
        self.refresh.set_text(tr("刷新"))
        self.orders.set_accessible_name(tr("待审核的证书订单"))
        self.seals.set_accessible_name(tr("待审核的印章申请"))
        self.changes.set_accessible_name(tr("待审核的延期、变更和补办"))
        self.checks.set_accessible_name(tr("待审核的实名认证"))
        self.unit_kind.set_options(
            [
                (OrganizationKind.BIDDER.value, tr("投标单位")),
                (OrganizationKind.AGENCY.value, tr("招标代理")),
            ]
        )
        self.approve.setText(tr("通过"))
        self.reject.setText(tr("驳回"))
        self.hint.setText(tr("材料与填写内容一致才可通过; 不能审核本人的申请。"))
        nothing = {
            Desk.ORDERS: tr("没有待审核的证书订单"),
            Desk.CHANGES: tr("没有待审核的延期、变更和补办"),
            Desk.SEALS: tr("没有待审核的印章申请"),
            Desk.CHECKS: tr("没有待审核的实名认证"),
        }
        self.nothing.set_content("clipboard-check", nothing[state.desk], tr("新的申请提交后会出现在这里。"))
        self.empty.set_content(
            "clipboard-check", tr("没有待审核的申请"), tr("新的证书订单和印章申请提交后会出现在这里。"), tr("刷新")
        )

    def _show_problem(self, state: ReviewState) -> None:
        if not state.problem_code:
            self.banner.clear()
            return
        self.banner.show_problem(state.problem_code, state.problem_detail)

    def _tell(self, last: Decision | None) -> None:
        if last is None or last.number == self._told:
            return
        self._told = last.number
        if last.is_approval:
            self.notified.emit(tr("已通过: {name}", name=last.name))
        else:
            self.notified.emit(tr("已驳回: {name}", name=last.name))

    # -- intents ---------------------------------------------------------------------------------------------------

    def _ask_reason(self) -> None:
        state = self.model.state
        identity = state.selected_id
        dialog = RejectDialog(state.subject, self._drafts.get(identity, ""), self)
        dialog.typed.connect(lambda text: self._drafts.update({identity: text}))
        dialog.answered.connect(self.model.reject)
        dialog.open()

    def _save(self, piece: str) -> None:
        evidence = next((e for e in self.model.state.evidence if e.piece == piece), None)
        if evidence is None:
            return
        target = self._ask(self, f"{piece}.{evidence.extension}".rstrip("."))
        if target is not None:
            self.model.save_evidence(Piece(piece), target)

    # -- building --------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.lists = QStackedWidget()
        for table in self._tables.values():
            self.lists.addWidget(table)
        head = QHBoxLayout()
        head.addWidget(self.desks)
        head.addStretch()
        head.addWidget(self.refresh)
        waiting = Card(name="reviewList", padding=8)
        waiting.setFixedWidth(_LIST_WIDTH)
        waiting.add(self.lists, 1)
        self.work = QStackedWidget()
        self.work.addWidget(self._build_desk())
        self.work.addWidget(self.nothing)
        looked_at = Card(name="reviewDetail", padding=0)
        looked_at.add(self.work, 1)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(waiting)
        row.addWidget(looked_at, 1)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(32, 16, 32, 24)
        column.setSpacing(16)
        column.addLayout(head)
        column.addWidget(self.banner)
        column.addLayout(row, 1)

    def _build_desk(self) -> QWidget:
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 12, 24, 16)
        foot.setSpacing(16)
        foot.addWidget(self.hint, 1, Qt.AlignmentFlag.AlignVCenter)
        foot.addWidget(self.unit_kind)
        foot.addWidget(self.reject)
        foot.addWidget(self.approve)
        desk = QWidget()
        column = QVBoxLayout(desk)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.detail, 1)
        column.addWidget(Separator())
        column.addLayout(foot)
        return desk

    def _connect(self, model: ReviewModel) -> None:
        self.desks.chosen.connect(lambda desk: model.choose(Desk(desk)))
        self.refresh.clicked.connect(model.open)
        self.empty.action_triggered.connect(model.open)
        self.retry_requested.connect(model.open)
        for desk, table in self._tables.items():
            table.row_selected.connect(lambda key, d=desk: self._select(d, key))
        self.detail.save_requested.connect(self._save)
        self.unit_kind.chosen.connect(lambda kind: model.choose_unit_kind(OrganizationKind(kind)))
        self.approve.clicked.connect(model.approve)
        self.reject.clicked.connect(self._ask_reason)

    def _select(self, desk: Desk, key: str) -> None:
        # The other table, out of sight, also tells its selection when its rows are replaced.
        if self.model.state.desk is desk:
            self.model.select(key)


def _order_columns() -> list[Column]:
    return [Column(title=tr("单位")), Column(title=tr("提交时间"), width=_NARROW)]


def _order_row(order: Order) -> Row:
    return Row(key=order.order_id, cells=(order.organization_name, local_time(order.created_at)[_AFTER_YEAR:]))


def _change_columns() -> list[Column]:
    return [Column(title=tr("单位")), Column(title=tr("类型"), width=_NARROW)]


def _change_row(order: Order) -> Row:
    return Row(key=order.order_id, cells=(order.organization_name, order_kind_word(order.kind)))


def _check_columns() -> list[Column]:
    return [Column(title=tr("姓名")), Column(title=tr("事项"), width=_WIDE)]


def _check_row(check: IdentityCheck) -> Row:
    return Row(key=check.check_id, cells=(check.name, purpose_word(check.purpose)))


def _seal_columns() -> list[Column]:
    return [Column(title=tr("印章")), Column(title=tr("印章类型"), width=_NARROW)]


def _seal_row(seal: Seal) -> Row:
    return Row(key=seal.seal_id, cells=(seal.name, seal_kind_word(seal.kind)))
