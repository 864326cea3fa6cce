"""证书详情: identity, serial numbers, validity, place of the key; 证书延期, 证书变更, 补办, certificate password."""

from PySide6.QtCore import Qt, Signal

from desktop.domain.operations import CertificateState, OrderKind, OrderState
from desktop.phone.core.platform_views import Order
from desktop.phone.window.app_model import AppModel
from desktop.phone.window.base import Facts, PhonePage, in_groups
from desktop.phone.window.certificates_model import CertificateItem, CertificatesModel, CertificatesState, items_of
from desktop.phone.window.certificates_page import download_words
from desktop.phone.window.follow_model import FollowModel, Way
from desktop.phone.window.password_model import ForgottenModel
from desktop.phone.window.states import Screen
from desktop.phone.window.words import certificate_state_word
from desktop.ui.i18n import tr
from desktop.ui.kinds import order_kind_word
from desktop.ui.kit import Banner, Card, Label, PrimaryButton, SecondaryButton, StatusChip, Tone, local_time

_ALL_TRIES = 10
_OPEN = (OrderState.PENDING_REVIEW, OrderState.APPROVED)


class CertificatePage(PhonePage[CertificatesState]):
    """See the module docstring."""

    scan_requested = Signal()

    def __init__(self, app: AppModel, model: CertificatesModel, follow: FollowModel, forgotten: ForgottenModel) -> None:
        super().__init__("certificatePage")
        self._app, self._model, self._follow = app, model, follow
        self.nav.back_requested.connect(app.back)
        self.notice = Banner(name="certificateNotice")
        self.chip = StatusChip(name="certificateState")
        self.holder = Label(role="title", name="certificateHolder", wrap=True)
        self.facts = Facts("certificateFacts")
        self.order = Banner(name="certificateOrder")
        self.download = PrimaryButton(icon="scan-line", name="certificateDownload")
        self.renew = SecondaryButton(icon="clock", name="certificateRenew")
        self.rename = SecondaryButton(icon="pen-line", name="certificateChange")
        self.reissue = SecondaryButton(icon="refresh-cw", name="certificateReissue")
        self.change = SecondaryButton(icon="key-round", name="certificateChangePassword")
        self.reset = SecondaryButton(icon="id-card", name="certificateForgotten")
        self.locked = Banner(name="certificateLocked")
        self._hint = Label(role="caption", name="certificateHint", wrap=True)
        card = Card(name="certificateCard", padding=16)
        card.add(self.holder)
        card.body.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignLeft)
        card.add(self.facts)
        buttons = (self.renew, self.rename, self.reissue, self.change, self.reset)
        for widget in (self.notice, self.locked, card, self.order, self.download, *buttons, self._hint):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.download.clicked.connect(self.scan_requested)
        self.renew.clicked.connect(lambda: self._begin(Way.RENEW))
        self.rename.clicked.connect(lambda: self._begin(Way.CHANGE))
        self.reissue.clicked.connect(lambda: self._begin(Way.REISSUE))
        self.change.clicked.connect(lambda: app.open(Screen.PASSWORD))
        self.reset.clicked.connect(lambda: forgotten.begin(app.state.selected))
        self.bind(model)
        self.look_at(app)

    @property
    def item(self) -> CertificateItem | None:
        """The certificate shown."""
        app, state = self._app.state, self._model.state
        items = items_of(app.certificates, state.listed)
        if app.selected:
            return next((i for i in items if i.local is not None and i.local.entry_id == app.selected), None)
        return next((i for i in items if i.serial == state.selected), None)

    def show_state(self, state: CertificatesState) -> None:
        """Draw the certificate."""
        self.nav.set_title(tr("证书详情"))
        self.download.setText(tr("扫码下载"))
        self.renew.setText(tr("证书延期"))
        self.rename.setText(tr("证书变更"))
        self.reissue.setText(tr("证书补办"))
        self.change.setText(tr("修改证书密码"))
        self.reset.setText(tr("忘记密码 · 重置密码"))
        if self._app.state.notice == "password_changed":
            self.notice.show_message(Tone.SUCCESS, tr("证书密码已修改"))
        else:
            self.notice.clear()
        item = self.item
        if item is None:
            return
        self.chip.set_status(*certificate_state_word(item.state, is_locked=item.is_locked))
        self.holder.setText(item.holder)
        self.facts.set_rows(_facts(item))
        self._show_ways(item, state)

    def _show_ways(self, item: CertificateItem, state: CertificatesState) -> None:
        order = next((o for o in state.orders if o.predecessor == item.serial and o.state in _OPEN), None)
        self._show_order(order)
        is_own = item.listed is not None and item.listed.mine
        may_follow = is_own and item.is_alive and order is None
        self.renew.setEnabled(may_follow and item.state is CertificateState.EXPIRES_SOON)
        self.rename.setEnabled(may_follow)
        self.reissue.setEnabled(may_follow)
        self.change.setEnabled(item.local is not None and not item.local.is_locked)
        self.reset.setEnabled(item.local is not None)
        if item.local is not None and item.local.is_locked:
            text = tr("密码已连续输错十次。请通过实名认证重置密码, 密钥和证书不变。")
            self.locked.show_message(Tone.PROBLEM, tr("证书密码已锁定"), text)
        else:
            self.locked.clear()
        self._hint.setText(_hint(item, state, has_order=order is not None))
        self._hint.setVisible(bool(self._hint.text()))

    def _show_order(self, order: Order | None) -> None:
        self.download.setVisible(order is not None and order.state is OrderState.APPROVED)
        if order is None:
            self.order.clear()
            return
        kind = order_kind_word(OrderKind(order.kind))
        if order.state is OrderState.APPROVED:
            self.order.show_message(Tone.SUCCESS, tr("{kind}: 已通过, 待下载", kind=kind), download_words())
        else:
            text = tr("提交于 {time}, 平台审核通过后即可下载。", time=local_time(order.created_at))
            self.order.show_message(Tone.INFO, tr("{kind}: 待审核", kind=kind), text)

    def _begin(self, way: Way) -> None:
        item = self.item
        if item is not None:
            self._follow.begin(way, item)


def _facts(item: CertificateItem) -> tuple[tuple[str, str], ...]:
    rows = [(tr("单位"), item.organization)]
    local, listed = item.local, item.listed
    code = local.credit_code if local is not None else listed.credit_code if listed is not None else ""
    rows += [(tr("信用代码"), code), (tr("签名证书"), in_groups(item.serial))]
    if local is not None:
        rows += [(tr("加密证书"), in_groups(local.enc_serial)), (tr("算法"), local.suite)]
    begin = local.not_before if local is not None else listed.not_before if listed is not None else None
    if begin is not None:
        rows.append((tr("生效"), local_time(begin)))
    rows.append((tr("到期"), local_time(item.not_after)))
    rows.append((tr("密钥位置"), tr("仅在本手机") if local is not None else tr("不在本手机")))
    if local is not None and local.tries_left < _ALL_TRIES:
        rows.append((tr("密码"), tr("还可输错 {count} 次", count=local.tries_left)))
    return tuple(rows)


def _hint(item: CertificateItem, state: CertificatesState, *, has_order: bool) -> str:
    if not state.has_loaded:
        words = tr("连接平台后可办理延期、变更和补办。")
    elif item.listed is None:
        words = tr("平台的列表中没有此证书。")
    elif item.is_followed:
        words = tr("已由新证书接替, 旧密钥保留用于解密")
    elif not item.is_alive:
        words = tr("证书已失效, 不能再办理。请在电脑客户端重新申请证书。")
    elif item.state is not CertificateState.EXPIRES_SOON and not has_order:
        words = tr("到期前 3 个月起可申请延期。")
    else:
        words = ""
    return words
