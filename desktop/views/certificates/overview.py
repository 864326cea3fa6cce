"""The first panel: orders that wait for something, then the certificates, then what is over. Passive."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.domain.operations import GrantState, OrderKind, OrderState
from desktop.portal.records import Certificate, Order
from desktop.portal.unit_records import Grant
from desktop.ui.i18n import tr
from desktop.ui.kinds import order_kind_word
from desktop.ui.kit import (
    Card,
    Cell,
    Column,
    DataTable,
    Icon,
    IconButton,
    Label,
    PrimaryButton,
    Row,
    SecondaryButton,
    StatusChip,
    clear_layout,
    local_time,
    scrolled,
)
from desktop.ui.theme import current
from desktop.views.certificates.state import CertificatesState
from desktop.views.certificates.unit_parts import grant_status, role_word
from desktop.views.certificates.words import certificate_status, order_status

_HEADER = 37


class OrderCard(Card):
    """One order that waits: for a download, for a correction, or for the review."""

    download_requested = Signal(str)
    again_requested = Signal(str)

    def __init__(self, order: Order, *, is_first: bool) -> None:
        super().__init__(name=f"order_{order.order_id}", padding=16)
        self._order = order
        self._organization = Label(role="lead", wrap=True)
        self._facts = Label(role="muted", wrap=True)
        self._note = Label(role="caption", wrap=True)
        self._reason = Label(role="error", wrap=True, selectable=True, name=f"orderReason_{order.order_id}")
        self._chip = StatusChip()
        self.button: PrimaryButton | SecondaryButton | None = None
        if order.state is OrderState.APPROVED:
            name = "downloadButton" if is_first else f"downloadButton_{order.order_id}"
            kind = PrimaryButton if is_first else SecondaryButton
            self.button = kind(icon="smartphone", name=name)
            self.button.clicked.connect(lambda: self.download_requested.emit(order.order_id))
        elif order.state is OrderState.REJECTED:
            self.button = SecondaryButton(icon="pen-line", name=f"orderAgain_{order.order_id}")
            self.button.clicked.connect(lambda: self.again_requested.emit(order.order_id))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._lay_out()

    def say(self) -> None:
        """Set all texts."""
        order = self._order
        self._organization.setText(order.organization_name)
        self._facts.setText(
            tr(
                "{kind}  ·  持证人 {holder}  ·  算法 {suite}  ·  提交于 {time}",
                kind=order_kind_word(order.kind),
                holder=order.holder_name,
                suite=order.suite,
                time=local_time(order.created_at),
            )
        )
        self._chip.set_status(*order_status(order.state))
        self._reason.setText(tr("驳回原因: {reason}", reason=order.reason) if order.reason else "")
        self._reason.setVisible(order.state is OrderState.REJECTED and bool(order.reason))
        notes = {
            OrderState.APPROVED: _approved_words(order.kind),
            OrderState.PENDING_REVIEW: tr("平台正在审核, 结果会显示在这里。"),
            OrderState.REJECTED: tr("更正后可重新提交。"),
        }
        self._note.setText(notes.get(order.state, ""))
        if self.button is not None:
            self.button.setText(tr("下载") if order.state is OrderState.APPROVED else tr("修改后重新提交"))

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(4)
        for label in (self._organization, self._facts, self._reason, self._note):
            words.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(16)
        middle = Qt.AlignmentFlag.AlignVCenter
        row.addWidget(Icon("file-badge", "primary", 32), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self._chip, 0, middle)
        if self.button is not None:
            row.addWidget(self.button, 0, middle)
        self.body.addLayout(row)


def _approved_words(kind: OrderKind) -> str:
    plain = tr("用手机扫码下载; 密钥在手机中生成, 证书密码在手机上设置, 不经过本机。")
    if kind is OrderKind.CHANGE:
        return tr("原证书已吊销, 绑定的印章已作废; 下载新证书后请重新申请印章。") + plain
    if kind is OrderKind.REISSUE:
        return tr("原证书已吊销; 请用新手机扫码下载, 之后印章可直接申领。") + plain
    return plain


class ClaimCard(Card):
    """One granted certificate that waits for its grantee (待申领的证书)."""

    claim_requested = Signal(str)

    def __init__(self, grant: Grant, *, is_first: bool) -> None:
        super().__init__(name=f"claim_{grant.grant_id}", padding=16)
        name = "claimButton" if is_first else f"claimButton_{grant.grant_id}"
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(Label(grant.organization_name, "lead", wrap=True))
        facts = tr(
            "被授权人 {name}  ·  {role}  ·  授权人 {by}",
            name=grant.name,
            role=role_word(grant.role),
            by=grant.granted_by,
        )
        words.addWidget(Label(facts, "muted", wrap=True))
        if grant.state is GrantState.REJECTED:
            words.addWidget(Label(tr("驳回原因: {reason}", reason=grant.reason), "error", wrap=True, selectable=True))
        waits = grant.state is GrantState.PENDING_REVIEW
        note = tr("身份材料审核中, 通过后即可下载证书。") if waits else tr("完成实名认证后即可下载证书。")
        words.addWidget(Label(note, "caption", wrap=True))
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(Icon("id-card", "primary", 32), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(StatusChip(*grant_status(grant.state)), 0, Qt.AlignmentFlag.AlignVCenter)
        if not waits:
            button = SecondaryButton(tr("申领"), name=name)
            button.clicked.connect(lambda: self.claim_requested.emit(grant.grant_id))
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(row)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)


class Overview(QWidget):
    """Tells by signals what the person wants."""

    order_requested = Signal()
    again_requested = Signal(str)
    download_requested = Signal(str)
    certificate_opened = Signal(str)
    refresh_requested = Signal()
    claim_requested = Signal(str)
    unit_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("certificatesOverview")
        self._drawn: tuple[tuple[Order, ...], str] | None = None
        self._intro = Label(role="muted", wrap=True)
        # A paragraph has its air below the line; this brings the words to the middle of the row.
        self._intro.setContentsMargins(0, 4, 0, 0)
        self.refresh = IconButton("refresh-cw", "", name="certificatesRefresh")
        # The same wish twice: it is the one primary button of this page unless a download waits.
        self.new_primary = PrimaryButton(icon="plus", name="newOrderButton")
        self.new_secondary = SecondaryButton(icon="plus", name="newOrderButton")
        self.unit = SecondaryButton(icon="users", name="unitButton")
        self._claims_title = Label(role="heading")
        self._claims = QVBoxLayout()
        self._drawn_claims: tuple[object, ...] = ()
        self._waiting = QVBoxLayout()
        self._todo_title = Label(role="heading")
        self.certificates_card = Card(name="certificatesCard", padding=8)
        self.certificates_title = Label(role="heading")
        self.certificates = DataTable(name="certificateTable")
        self.history_title = Label(role="heading")
        self.history_card = Card(name="orderHistoryCard", padding=8)
        self.history = DataTable(name="orderTable")
        self._lay_out()
        for button in (self.new_primary, self.new_secondary):
            button.clicked.connect(self.order_requested)
        self.refresh.clicked.connect(self.refresh_requested)
        self.unit.clicked.connect(self.unit_requested)
        self.certificates.row_activated.connect(self.certificate_opened)
        self.certificates.clicked.connect(lambda _index: self.certificate_opened.emit(self.certificates.selected_key))

    def show_state(self, state: CertificatesState) -> None:
        """Draw the lists."""
        self._say()
        waiting = state.open_orders
        has_download = any(o.state is OrderState.APPROVED for o in waiting)
        self.new_primary.setVisible(not has_download)
        self.new_secondary.setVisible(has_download)
        self.unit.setVisible(state.in_unit)
        self._show_claims(state.claimable)
        self._show_waiting(waiting)
        self._todo_title.setVisible(bool(waiting))
        has_certificates = bool(state.certificates)
        self.certificates_title.setVisible(has_certificates)
        self.certificates_card.setVisible(has_certificates)
        self.certificates.set_content(_columns(), [_row(c) for c in state.certificates])
        _fit(self.certificates, len(state.certificates))
        past = state.past_orders
        self.history_title.setVisible(bool(past))
        self.history_card.setVisible(bool(past))
        self.history.set_content(_history_columns(), [_history_row(o) for o in past])
        _fit(self.history, len(past))

    def _show_claims(self, grants: tuple[Grant, ...]) -> None:
        self._claims_title.setVisible(bool(grants))
        wanted = (grants, tr("申领"))
        if wanted == self._drawn_claims:
            return
        self._drawn_claims = wanted
        clear_layout(self._claims)
        for position, grant in enumerate(grants):
            card = ClaimCard(grant, is_first=position == 0)
            card.claim_requested.connect(self.claim_requested)
            self._claims.addWidget(card)

    def _show_waiting(self, orders: tuple[Order, ...]) -> None:
        wanted = (orders, tr("下载"))
        if wanted == self._drawn:
            return
        self._drawn = wanted
        clear_layout(self._waiting)
        first = next((o.order_id for o in orders if o.state is OrderState.APPROVED), "")
        for order in orders:
            card = OrderCard(order, is_first=order.order_id == first)
            card.download_requested.connect(self.download_requested)
            card.again_requested.connect(self.again_requested)
            card.say()
            self._waiting.addWidget(card)

    def _say(self) -> None:
        self._area.setAccessibleName(tr("数字证书列表"))
        self._intro.setText(tr("数字证书保存在手机里。登录、签章都用手机扫码, 私钥不会离开手机。"))
        self.refresh.set_text(tr("刷新"))
        for button in (self.new_primary, self.new_secondary):
            button.setText(tr("申请数字证书"))
        self.unit.setText(tr("授权管理"))
        self._claims_title.setText(tr("待申领的证书"))
        self._todo_title.setText(tr("待办"))
        self.certificates_title.setText(tr("我的证书"))
        self.certificates.set_accessible_name(tr("数字证书列表"))
        self.history_title.setText(tr("订单记录"))
        self.history.set_accessible_name(tr("订单记录"))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._intro, 1, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.refresh)
        head.addWidget(self.unit)
        head.addWidget(self.new_primary)
        head.addWidget(self.new_secondary)
        self._waiting.setSpacing(8)
        self.certificates_card.add(self.certificates)
        self.history_card.add(self.history)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(32, 8, 32, 24)
        column.setSpacing(12)
        self._claims.setSpacing(8)
        column.addWidget(self._claims_title)
        column.addLayout(self._claims)
        column.addWidget(self._todo_title)
        column.addLayout(self._waiting)
        column.addSpacing(8)
        column.addWidget(self.certificates_title)
        column.addWidget(self.certificates_card)
        column.addSpacing(8)
        column.addWidget(self.history_title)
        column.addWidget(self.history_card)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        head.setContentsMargins(32, 24, 32, 0)
        outer.addLayout(head)
        self._area = scrolled(inner)
        self._area.setObjectName("certificatesScroll")
        outer.addWidget(self._area, 1)
        QWidget.setTabOrder(self.new_primary, self.new_secondary)
        QWidget.setTabOrder(self.new_secondary, self.refresh)
        QWidget.setTabOrder(self.refresh, self.unit)


def _fit(table: DataTable, rows: int) -> None:
    """Make the table as tall as its rows: the page scrolls, not the table."""
    table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.setFixedHeight(_HEADER + rows * current().sizes.row + 2)


def _columns() -> list[Column]:
    return [
        Column(title=tr("单位")),
        Column(title=tr("持证人"), width=72),
        Column(title=tr("证书序列号"), width=136, is_code=True),
        Column(title=tr("算法"), width=92),
        Column(title=tr("密钥位置"), width=80),
        Column(title=tr("有效期至"), width=104),
        Column(title=tr("状态"), width=124),
    ]


def _row(certificate: Certificate) -> Row:
    word, tone = certificate_status(certificate.state)
    return Row(
        key=certificate.serial,
        cells=(
            certificate.organization_name,
            certificate.holder_name,
            certificate.serial,
            certificate.suite,
            tr("手机"),
            local_time(certificate.not_after)[:10],
            Cell(text=word, tone=tone),
        ),
    )


def _history_columns() -> list[Column]:
    return [
        Column(title=tr("单位")),
        Column(title=tr("持证人"), width=88),
        Column(title=tr("类型"), width=96),
        Column(title=tr("提交时间"), width=152),
        Column(title=tr("状态"), width=112),
    ]


def _history_row(order: Order) -> Row:
    word, tone = order_status(order.state)
    return Row(
        key=order.order_id,
        cells=(
            order.organization_name,
            order.holder_name,
            order_kind_word(order.kind),
            local_time(order.created_at),
            Cell(text=word, tone=tone),
        ),
    )
