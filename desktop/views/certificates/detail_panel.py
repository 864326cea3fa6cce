"""The third panel: one certificate, what it says and whether its path holds. Passive."""

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.operations import CertificateState, OrderState, Verdict
from desktop.domain.problems import problem
from desktop.portal.records import Certificate
from desktop.ui.i18n import current_language, tr
from desktop.ui.kinds import order_kind_word
from desktop.ui.kit import (
    Banner,
    Card,
    Icon,
    IconButton,
    Label,
    SecondaryButton,
    StatusChip,
    VerdictBadge,
    clear_layout,
    local_time,
    scrolled,
)
from desktop.views.certificates.fact_grid import Fact, FactGrid
from desktop.views.certificates.follow_state import Way
from desktop.views.certificates.password_card import PasswordCard
from desktop.views.certificates.reset_model import ResetState
from desktop.views.certificates.state import CertificatesState, ChainWord, Detail, Link
from desktop.views.certificates.words import certificate_status, grouped

_VERDICT = {
    ChainWord.GOOD: Verdict.VALID,
    ChainWord.BAD: Verdict.INVALID,
    ChainWord.CANNOT_TELL: Verdict.CANNOT_TELL,
}
_STEP = 24
_CAN_SEAL = (CertificateState.VALID, CertificateState.EXPIRES_SOON)


class DetailPanel(QWidget):
    """Tells by signals that the person wants to go back or to export."""

    back_requested = Signal()
    export_requested = Signal()
    seal_requested = Signal(str)
    way_requested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("certificateDetail")
        self._drawn: tuple[tuple[Link, ...], str] | None = None
        self.back = IconButton("arrow-left", "", name="certificateBack")
        self.title = Label(role="heading", wrap=True, name="certificateTitle")
        self.chip = StatusChip(name="certificateState")
        self.export = SecondaryButton(icon="save", name="exportButton")
        self.seal = SecondaryButton(icon="stamp", name="sealWithButton")
        self._serial = ""
        self.banner = Banner(name="certificateBanner")
        self.verdict = VerdictBadge(name="certificateVerdict")
        self._holder = Card(name="certificateHolder")
        self._manage = Card(name="certificateManage")
        self.ways = {
            Way.RENEW: SecondaryButton(icon="calendar", name="renewButton"),
            Way.CHANGE: SecondaryButton(icon="pen-line", name="changeButton"),
            Way.REISSUE: SecondaryButton(icon="smartphone", name="reissueButton"),
        }
        self._way_notes = {way: Label(role="caption", wrap=True) for way in self.ways}
        self.followed = Label(role="muted", wrap=True, name="certificateFollowed")
        self.facts = FactGrid(name="certificateFacts")
        self.password = PasswordCard()
        self._keys = Card(name="certificateKeys")
        self._sign_title, self._enc_title = Label(role="strong"), Label(role="strong")
        self.sign, self.enc = FactGrid(name="signFacts"), FactGrid(name="encFacts")
        self._path = Card(name="certificatePath")
        self.links = QVBoxLayout()
        self._lay_out()
        self.back.clicked.connect(self.back_requested)
        self.export.clicked.connect(self.export_requested)
        self.seal.clicked.connect(lambda: self.seal_requested.emit(self._serial))
        for way, button in self.ways.items():
            button.clicked.connect(lambda _checked=False, w=way: self.way_requested.emit(w))

    def show_state(self, state: CertificatesState, reset: ResetState, now: datetime) -> None:
        """Draw the certificate looked at; `now` is the platform's time."""
        certificate, detail = state.certificate, state.detail
        if certificate is None or detail is None:
            return
        self._say()
        self.title.setText(certificate.organization_name)
        self.chip.set_status(*certificate_status(certificate.state))
        self.facts.show_facts(_facts(certificate, now))
        self.sign.show_facts(_key_facts(certificate.serial, tr("登录、签章的数字签名"), detail.sign_sha256))
        self.enc.show_facts(_key_facts(certificate.enc_serial, tr("加密与解密投标文件"), detail.enc_sha256))
        self._show_path(detail)
        for way, button in self.ways.items():
            button.setVisible(way in state.ways)
            self._way_notes[way].setVisible(way in state.ways)
        self.followed.setText(_followed_words(state))
        self.followed.setVisible(bool(self.followed.text()))
        self._manage.setVisible(bool(state.ways) or bool(self.followed.text()))
        self.export.setEnabled(bool(detail.links))
        self._serial = certificate.serial
        self.seal.setVisible(certificate.mine and certificate.state in _CAN_SEAL)
        self.password.show_certificate(certificate, reset)
        if state.problem_code:
            self.banner.show_problem(state.problem_code, state.problem_detail)
        else:
            self.banner.clear()

    def _show_path(self, detail: Detail) -> None:
        words = tr("签发链完整, 未发现吊销")
        if detail.problem_code:
            wording = problem(detail.problem_code).wording(current_language())
            words = wording.advice
        self.verdict.set_verdict(_VERDICT.get(detail.word), words)
        wanted = (detail.links, tr("根证书"))
        if wanted == self._drawn:
            return
        self._drawn = wanted
        clear_layout(self.links)
        for depth, link in enumerate(detail.links):
            self.links.addWidget(_link_row(link, depth, is_leaf=depth == len(detail.links) - 1))

    def _say(self) -> None:
        self._area.setAccessibleName(tr("证书信息"))
        self.back.set_text(tr("返回"))
        self.export.setText(tr("导出公钥证书"))
        self.seal.setText(tr("用此证书签章"))
        self._holder.set_title(tr("证书信息"))
        self._keys.set_title(tr("两张证书"))
        self._sign_title.setText(tr("签名证书"))
        self._enc_title.setText(tr("加密证书"))
        self._path.set_title(tr("签发链"))
        self._manage.set_title(tr("证书管理"))
        self.ways[Way.RENEW].setText(tr("证书延期"))
        self.ways[Way.CHANGE].setText(tr("证书变更"))
        self.ways[Way.REISSUE].setText(tr("补办"))
        self._way_notes[Way.RENEW].setText(tr("到期前 3 个月内可办理; 印章随新证书继续使用。"))
        self._way_notes[Way.CHANGE].setText(tr("单位名称已变更时办理; 绑定的印章将作废, 需要重新申请。"))
        self._way_notes[Way.REISSUE].setText(tr("手机遗失、更换或卸载了应用时办理; 需要实名认证。"))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(24, 24, 32, 0)
        head.setSpacing(12)
        top = Qt.AlignmentFlag.AlignVCenter
        head.addWidget(self.back, 0, top)
        head.addWidget(self.title, 1, top)
        head.addWidget(self.chip, 0, top)
        head.addWidget(self.seal, 0, top)
        head.addWidget(self.export, 0, top)
        self._holder.add(self.facts)
        for part in (self._sign_title, self.sign, self._enc_title, self.enc):
            self._keys.add(part)
        self._manage.add(self.followed)
        for way, button in self.ways.items():
            line = QHBoxLayout()
            line.setSpacing(16)
            line.addWidget(button)
            line.addWidget(self._way_notes[way], 1, Qt.AlignmentFlag.AlignVCenter)
            self._manage.body.addLayout(line)
        self.links.setSpacing(8)
        self._path.body.addLayout(self.links)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(32, 8, 32, 24)
        column.setSpacing(16)
        column.addWidget(self.banner)
        column.addWidget(self.verdict)
        pair = QHBoxLayout()
        pair.setSpacing(16)
        left = QVBoxLayout()
        left.setSpacing(16)
        left.addWidget(self._holder)
        left.addWidget(self._manage)
        left.addWidget(self._path)
        left.addStretch()
        pair.addLayout(left, 1)
        right = QVBoxLayout()
        right.setSpacing(16)
        right.addWidget(self._keys)
        right.addWidget(self.password)
        right.addStretch()
        pair.addLayout(right, 1)
        column.addLayout(pair)
        column.addStretch()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addLayout(head)
        self._area = scrolled(inner)
        self._area.setObjectName("certificateScroll")
        outer.addWidget(self._area, 1)


def _facts(certificate: Certificate, now: datetime) -> list[Fact]:
    begin, end = local_time(certificate.not_before)[:10], local_time(certificate.not_after)[:10]
    days = (certificate.not_after - now).days
    left = tr("{begin} 至 {end}, 剩余 {days} 天", begin=begin, end=end, days=days)
    return [
        Fact(word=tr("单位"), text=certificate.organization_name),
        Fact(word=tr("信用代码"), text=certificate.credit_code, is_code=True),
        Fact(word=tr("持证人"), text=certificate.holder_name),
        Fact(word=tr("算法"), text=certificate.suite),
        Fact(word=tr("有效期"), text=left if days >= 0 else tr("{begin} 至 {end}", begin=begin, end=end)),
        Fact(word=tr("密钥位置"), text=tr("手机, 不可导出")),
    ]


def _followed_words(state: CertificatesState) -> str:
    certificate = state.certificate
    if certificate is None:
        return ""
    if certificate.successor:
        serial = grouped(certificate.successor)
        return tr("已由新证书 {serial} 接替。旧密钥保留在手机中, 用于解密以前的投标文件。", serial=serial)
    open_ones = [
        o for o in state.orders if o.predecessor == certificate.serial and o.state is OrderState.PENDING_REVIEW
    ]
    kinds = tr("、").join(order_kind_word(o.kind) for o in open_ones)
    return tr("办理中: {kinds}, 待审核", kinds=kinds) if kinds else ""


def _key_facts(serial: str, use: str, fingerprint: str) -> list[Fact]:
    return [
        Fact(word=tr("序列号"), text=grouped(serial), is_code=True),
        Fact(word=tr("用途"), text=use),
        Fact(word=tr("SHA-256 指纹"), text=grouped(fingerprint), is_code=True),
    ]


def _link_row(link: Link, depth: int, *, is_leaf: bool) -> QWidget:
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(depth * _STEP, 0, 0, 0)
    line.setSpacing(12)
    kinds = {0: tr("根证书")}
    kind = tr("本证书") if is_leaf else kinds.get(depth, tr("签发证书"))
    words = QVBoxLayout()
    words.setSpacing(2)
    words.addWidget(Label(link.name, "strong", wrap=True))
    until = local_time(link.not_after)[:10]
    words.addWidget(Label(tr("{kind}, 有效期至 {until}", kind=kind, until=until), "caption", wrap=True))
    icon = "file-badge" if is_leaf else "shield-check"
    line.addWidget(Icon(icon, "primary", 24), 0, Qt.AlignmentFlag.AlignTop)
    line.addLayout(words, 1)
    return row
