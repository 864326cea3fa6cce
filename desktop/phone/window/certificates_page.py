"""数字证书: the person's certificates and their states, orders on their way, certificates to claim (manual 3, 9F)."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.operations import GrantState, OrderKind, OrderState
from desktop.phone.core import UnfinishedDownload
from desktop.phone.core.platform_views import Grant, Order
from desktop.phone.window.app_model import AppModel
from desktop.phone.window.base import PhonePage
from desktop.phone.window.certificates_model import (
    CertificateItem,
    CertificatesModel,
    CertificatesState,
    Tab,
    items_of,
    open_grants,
    open_orders,
)
from desktop.phone.window.follow_model import FollowModel
from desktop.phone.window.parts import ListArea, Pressable
from desktop.phone.window.words import certificate_state_word, grant_state_word, order_state_word, role_word
from desktop.ui.i18n import tr
from desktop.ui.kinds import order_kind_word
from desktop.ui.kit import (
    Banner,
    DangerButton,
    ElidedLabel,
    Icon,
    KitFrame,
    Label,
    PrimaryButton,
    SecondaryButton,
    SegmentedControl,
    StatusChip,
    Tone,
    local_time,
)


class CertificateCard(Pressable):
    """One certificate in the list."""

    def __init__(self, item: CertificateItem) -> None:
        super().__init__(f"certificate_{item.serial}")
        word, tone = certificate_state_word(item.state, is_locked=item.is_locked)
        column = _column(self, "file-badge", item.holder, word, tone)
        column.addWidget(Label(item.organization, "body", wrap=True))
        column.addWidget(ElidedLabel(tr("序列号 {serial}", serial=item.serial), "caption"))
        column.addWidget(Label(tr("有效期至 {date}", date=local_time(item.not_after)[:10]), "caption"))
        note = _place(item)
        if note:
            label = Label(note, "caption", wrap=True)
            label.set_tone(Tone.WARNING)
            column.addWidget(label)
        self.setAccessibleName(f"{item.holder} {item.organization} {word} {note}".strip())


class OrderCard(KitFrame):
    """An order on its way to a certificate; an approved one is downloaded by scanning."""

    download_requested = Signal()

    def __init__(self, order: Order) -> None:
        super().__init__(f"order_{order.order_id}", "card")
        word, tone = order_state_word(order.state)
        column = _column(self, "download", order_kind_word(order.kind), word, tone)
        column.addWidget(Label(f"{order.organization_name} · {order.holder_name}", "body", wrap=True))
        if order.state is OrderState.APPROVED:
            column.addWidget(Label(download_words(), "caption", wrap=True))
            fetch = PrimaryButton(tr("下载"), "scan-line", name=f"orderDownload_{order.order_id}")
            fetch.setAccessibleName(tr("扫码下载 {name} 的证书", name=order.holder_name))
            fetch.clicked.connect(self.download_requested)
            column.addWidget(fetch)
        elif order.state is OrderState.REJECTED:
            why = Label(tr("驳回原因: {reason}", reason=order.reason or "-"), "caption", wrap=True)
            why.set_tone(Tone.PROBLEM)
            column.addWidget(why)
        else:
            column.addWidget(
                Label(
                    tr("提交于 {time}, 平台审核通过后即可下载。", time=local_time(order.created_at)),
                    "caption",
                    wrap=True,
                )
            )
        self.setAccessibleName(f"{order_kind_word(order.kind)} {order.organization_name} {word}")


class GrantCard(Pressable):
    """A granted certificate that waits to be claimed."""

    def __init__(self, grant: Grant) -> None:
        super().__init__(f"claimable_{grant.grant_id}")
        word, tone = grant_state_word(grant.state)
        column = _column(self, "id-card", grant.organization_name, word, tone)
        text = tr("{role} · 授权人 {by}", role=role_word(grant.role), by=grant.granted_by)
        column.addWidget(Label(text, "caption", wrap=True))
        if grant.state is GrantState.REJECTED and grant.reason:
            why = Label(tr("驳回原因: {reason}", reason=grant.reason), "caption", wrap=True)
            why.set_tone(Tone.PROBLEM)
            column.addWidget(why)
        if grant.state is not GrantState.PENDING_REVIEW:
            claim = PrimaryButton(tr("申领"), name=f"claim_{grant.grant_id}")
            claim.setAccessibleName(tr("申领 {name} 的证书", name=grant.organization_name))
            claim.clicked.connect(self.activated)
            column.addWidget(claim)
        self.setAccessibleName(f"{grant.organization_name} {word} {text}")


class UnfinishedCard(KitFrame):
    """A download whose certificates have not arrived."""

    def __init__(self, download: UnfinishedDownload, app: AppModel) -> None:
        super().__init__(f"unfinished_{download.entry_id}", "card")
        fetch = SecondaryButton(tr("从平台取回"), name=f"unfinishedFetch_{download.entry_id}")
        drop = DangerButton(tr("放弃"), name=f"unfinishedDiscard_{download.entry_id}")
        fetch.clicked.connect(app.complete_downloads)
        drop.clicked.connect(lambda: app.discard(download.entry_id))
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        buttons.addWidget(fetch, 1)
        buttons.addWidget(drop, 1)
        column = _column(self, "key-round", download.holder, tr("待取回"), Tone.WARNING)
        column.addWidget(Label(download.organization, "body", wrap=True))
        column.addWidget(Label(tr("密钥生成于 {time}", time=local_time(download.made_at)), "caption"))
        column.addLayout(buttons)


class CertificatesPage(PhonePage[CertificatesState]):
    """See the module docstring."""

    scan_requested = Signal()

    def __init__(self, app: AppModel, model: CertificatesModel, follow: FollowModel) -> None:
        super().__init__("certificatesPage")
        self._app, self._model, self._follow = app, model, follow
        self.nav.back_requested.connect(app.back)
        self.tabs = SegmentedControl(name="certificatesTab")
        self.tabs.chosen.connect(model.show_tab)
        self.local_problem = Banner(name="certificatesLocalProblem")
        self.notice = Banner(name="certificatesNotice")
        self.list = ListArea("certificates", "file-badge")
        self.list.retry.connect(model.refresh)
        self._foot = Label(role="caption", name="certificatesHow", wrap=True)
        for widget in (self.tabs, self.local_problem, self.notice, self.list, self._foot):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.bind(model)
        self.look_at(app)

    def show_state(self, state: CertificatesState) -> None:
        """Draw both states."""
        self.nav.set_title(tr("数字证书"))
        claimable = self._claimable(state)
        words = tr("待申领的证书 ({count})", count=len(claimable)) if claimable else tr("待申领的证书")
        self.tabs.set_options([(Tab.MINE, tr("我的证书")), (Tab.CLAIMABLE, words)])
        self.tabs.set_current(state.tab)
        self._show_notice()
        is_mine = state.tab is Tab.MINE
        items = self._mine(state) if is_mine else claimable
        key = (state.tab, state.has_loaded)
        self.list.show_items(state, items, self._make, is_loading=state.is_loading and not state.has_loaded, key=key)
        if is_mine:
            self.list.empty.set_texts(
                tr("还没有数字证书"), tr("在电脑客户端提交证书申请, 审核通过后点【下载】, 再用手机扫码。")
            )
        else:
            self.list.empty.set_texts(
                tr("没有待申领的证书"), tr("本单位证书管理员在【授权管理】中添加您之后, 证书会出现在这里。")
            )
        self._foot.setText(tr("申领需先完成实名认证; 审核通过后再下载证书, 密钥在本手机生成。"))
        self._foot.setVisible(not is_mine and bool(claimable))

    def _show_notice(self) -> None:
        app = self._app.state
        if app.problem_code:
            self.local_problem.show_problem(app.problem_code, app.problem_detail)
        else:
            self.local_problem.clear()
        notices = {"completed": tr("证书已取回"), "nothing_yet": tr("平台上还没有这些证书")}
        if app.notice in notices:
            self.notice.show_message(Tone.INFO, notices[app.notice])
        else:
            self.notice.clear()

    def _mine(self, state: CertificatesState) -> tuple[object, ...]:
        app = self._app.state
        return (*open_orders(state.orders), *items_of(app.certificates, state.listed), *app.unfinished)

    @staticmethod
    def _claimable(state: CertificatesState) -> tuple[object, ...]:
        ready = [o for o in state.orders if o.kind is OrderKind.GRANT and o.state is OrderState.APPROVED]
        return (*open_grants(state.claimable), *ready)

    def _make(self, item: object) -> QWidget:
        if isinstance(item, Order):
            order = OrderCard(item)
            order.download_requested.connect(self.scan_requested)
            return order
        if isinstance(item, UnfinishedDownload):
            return UnfinishedCard(item, self._app)
        if isinstance(item, Grant):
            grant = GrantCard(item)
            grant.activated.connect(lambda: self._follow.begin_claim(item))
            return grant
        assert isinstance(item, CertificateItem)
        card = CertificateCard(item)
        card.activated.connect(lambda: self._open(item))
        return card

    def _open(self, item: CertificateItem) -> None:
        self._model.select(item.serial)
        self._app.show_certificate(item.local.entry_id if item.local is not None else "")


def download_words() -> str:
    """Say how an approved order becomes a certificate on this phone."""
    return tr("在电脑客户端【数字证书】中点【下载】, 再用本手机扫码并设置证书密码; 密钥在本手机生成。")


def _place(item: CertificateItem) -> str:
    if item.is_followed:
        return tr("已由新证书接替, 旧密钥保留用于解密")
    if not item.is_here:
        return tr("密钥不在本手机; 更换手机或卸载后请补办")
    return ""


def _column(frame: KitFrame, icon: str, title: str, word: str, tone: Tone) -> QVBoxLayout:
    head = QHBoxLayout()
    head.setSpacing(8)
    head.addWidget(Icon(icon, "primary", 20))
    head.addWidget(Label(title, "lead", wrap=True), 1)
    head.addWidget(StatusChip(word, tone))
    column = QVBoxLayout(frame)
    column.setContentsMargins(16, 14, 16, 14)
    column.setSpacing(6)
    column.addLayout(head)
    return column
