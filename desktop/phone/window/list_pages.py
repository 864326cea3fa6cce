"""数字证书, 电子印章, 短信: lists and details of what is on the phone."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.domain.operations import CertificateState
from desktop.phone.core import PhoneCertificate, StoredSeal, UnfinishedDownload
from desktop.phone.window.app_model import AppModel
from desktop.phone.window.base import PhonePage, ProblemBanner, clear_layout
from desktop.phone.window.inbox import Sms
from desktop.phone.window.states import AppState
from desktop.ui.i18n import tr
from desktop.ui.kinds import seal_kind_word
from desktop.ui.kit import (
    Banner,
    DangerButton,
    ElidedLabel,
    Icon,
    KitFrame,
    Label,
    LinkButton,
    SecondaryButton,
    StatusChip,
    Tone,
    local_time,
)

_IMPRINT = 96


def certificate_state_word(certificate: PhoneCertificate) -> tuple[str, Tone]:
    """Return the word and tone of a certificate's state."""
    if certificate.is_locked:
        return tr("已锁定"), Tone.PROBLEM
    words = {
        CertificateState.VALID: (tr("有效"), Tone.SUCCESS),
        CertificateState.EXPIRES_SOON: (tr("即将到期"), Tone.WARNING),
        CertificateState.EXPIRED: (tr("已过期"), Tone.PROBLEM),
        CertificateState.REVOKED: (tr("已吊销"), Tone.PROBLEM),
    }
    return words[certificate.state]


class Nothing(QWidget):
    """An empty list: a sign, what is missing, how it comes."""

    def __init__(self, icon: str, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._title = Label(role="lead", wrap=True)
        self._text = Label(role="muted", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 88, 12, 24)
        column.setSpacing(10)
        column.addWidget(Icon(icon, "muted", 48), 0, Qt.AlignmentFlag.AlignHCenter)
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(label)

    def set_texts(self, title: str, text: str) -> None:
        """Set the words."""
        self._title.setText(title)
        self._text.setText(text)


class CertificateCard(KitFrame):
    """One certificate in the list."""

    activated = Signal(str)

    def __init__(self, certificate: PhoneCertificate) -> None:
        super().__init__(f"certificate_{certificate.serial}", "card")
        self._entry_id = certificate.entry_id
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        word, tone = certificate_state_word(certificate)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Icon("badge-check", "primary", 20))
        head.addWidget(Label(certificate.holder, "lead"), 1)
        head.addWidget(StatusChip(word, tone))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(Label(certificate.organization, "body", wrap=True))
        column.addWidget(ElidedLabel(tr("序列号 {serial}", serial=certificate.serial), "caption"))
        column.addWidget(Label(tr("有效期至 {date}", date=local_time(certificate.not_after)[:10]), "caption"))
        self.setAccessibleName(f"{certificate.holder} {certificate.organization} {word}")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the detail."""
        if self.rect().contains(event.position().toPoint()):
            self.activated.emit(self._entry_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the detail by Enter or Space."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.activated.emit(self._entry_id)
        else:
            super().keyPressEvent(event)


class UnfinishedCard(KitFrame):
    """A download whose certificates have not arrived."""

    def __init__(self, download: UnfinishedDownload, model: AppModel) -> None:
        super().__init__(f"unfinished_{download.entry_id}", "card")
        fetch = SecondaryButton(tr("从平台取回"), name=f"unfinishedFetch_{download.entry_id}")
        drop = DangerButton(tr("放弃"), name=f"unfinishedDiscard_{download.entry_id}")
        fetch.clicked.connect(model.complete_downloads)
        drop.clicked.connect(lambda: model.discard(download.entry_id))
        head = QHBoxLayout()
        head.addWidget(Label(download.holder, "lead"), 1)
        head.addWidget(StatusChip(tr("待取回"), Tone.WARNING))
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        buttons.addWidget(fetch, 1)
        buttons.addWidget(drop, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(Label(download.organization, "body", wrap=True))
        column.addWidget(Label(tr("密钥生成于 {time}", time=local_time(download.made_at)), "caption"))
        column.addLayout(buttons)


class CertificatesPage(PhonePage[AppState]):
    """数字证书: the list, unfinished downloads below it."""

    def __init__(self, model: AppModel) -> None:
        super().__init__("certificatesPage")
        self._model = model
        self._shown: object = None
        self.nav.back_requested.connect(model.back)
        self.problem = ProblemBanner(name="certificatesProblem")
        self.notice = Banner(name="certificatesNotice")
        self.empty = Nothing("badge-check", "certificatesEmpty")
        self._list = QVBoxLayout()
        self._list.setSpacing(12)
        for widget in (self.problem, self.notice, self.empty):
            self.column.addWidget(widget)
        self.column.addLayout(self._list)
        self.column.addStretch(1)
        self.bind(model)

    def show_state(self, state: AppState) -> None:
        """Draw `state`."""
        self.nav.set_title(tr("数字证书"))
        self.problem.show_code(state)
        notices = {"completed": tr("证书已取回"), "nothing_yet": tr("平台上还没有这些证书")}
        if state.notice in notices:
            self.notice.show_message(Tone.INFO, notices[state.notice])
        else:
            self.notice.clear()
        self.empty.setVisible(not state.certificates and not state.unfinished)
        self.empty.set_texts(tr("还没有数字证书"), tr("在电脑客户端提交证书申请, 审核通过后点【下载】, 再用手机扫码。"))
        key = (state.certificates, state.unfinished, tr("有效"))
        if key == self._shown:
            return
        self._shown = key
        clear_layout(self._list)
        for certificate in state.certificates:
            card = CertificateCard(certificate)
            card.activated.connect(self._model.show_certificate)
            self._list.addWidget(card)
        if state.unfinished:
            self._list.addWidget(Label(tr("未完成的下载"), "lead"))
        for download in state.unfinished:
            self._list.addWidget(UnfinishedCard(download, self._model))


class SealCard(KitFrame):
    """A claimed seal with its imprint on white."""

    def __init__(self, seal: StoredSeal, *, is_bound: bool) -> None:
        super().__init__(f"seal_{seal.seal_id}", "card")
        picture = QLabel()
        picture.setFixedSize(_IMPRINT, _IMPRINT)
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        loaded = QPixmap()
        if loaded.loadFromData(seal.imprint_png):
            size = QSize(_IMPRINT, _IMPRINT) * 2
            scaled = loaded.scaled(size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
            scaled.setDevicePixelRatio(2)
            picture.setPixmap(scaled)
        picture.setAccessibleName(tr("印模: {name}", name=seal.name))
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(Label(seal.name, "lead", wrap=True))
        size_text = tr("{width} × {height} 毫米", width=f"{seal.width_mm:g}", height=f"{seal.height_mm:g}")
        words.addWidget(Label(f"{_kind(seal)} · {size_text}", "caption", wrap=True))
        if seal.not_after is not None:
            words.addWidget(Label(tr("有效期至 {date}", date=local_time(seal.not_after)[:10]), "caption"))
        chip = StatusChip(tr("可用"), Tone.SUCCESS) if is_bound else StatusChip(tr("证书不在本机"), Tone.WARNING)
        words.addWidget(chip, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.setAccessibleName(f"{seal.name} {_kind(seal)}")


class SealsPage(PhonePage[AppState]):
    """电子印章: the claimed seals."""

    def __init__(self, model: AppModel) -> None:
        super().__init__("sealsPage")
        self._shown: object = None
        self.nav.back_requested.connect(model.back)
        self.empty = Nothing("stamp", "sealsEmpty")
        self._list = QVBoxLayout()
        self._list.setSpacing(12)
        self.column.addWidget(self.empty)
        self.column.addLayout(self._list)
        self.column.addStretch(1)
        self.bind(model)

    def show_state(self, state: AppState) -> None:
        """Draw `state`."""
        self.nav.set_title(tr("电子印章"))
        self.empty.setVisible(not state.seals)
        self.empty.set_texts(tr("还没有电子印章"), tr("在电脑客户端申请印章, 审核通过后点【申领】, 再用手机扫码。"))
        bound = {c.sha256 for c in state.certificates}
        key = (state.seals, frozenset(bound), tr("可用"))
        if key == self._shown:
            return
        self._shown = key
        clear_layout(self._list)
        for seal in state.seals:
            self._list.addWidget(SealCard(seal, is_bound=seal.certificate_sha256 in bound))


class SmsCard(KitFrame):
    """One text message; its code can be copied."""

    def __init__(self, sms: Sms, number: int) -> None:
        super().__init__(f"sms_{number}", "card")
        self.copy = LinkButton(tr("复制验证码"), "copy", name=f"smsCopy_{number}")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 8)
        column.setSpacing(4)
        head = tr("发至 {mobile} · {time}", mobile=sms.mobile, time=local_time(sms.sent_at))
        column.addWidget(Label(head, "caption"))
        column.addWidget(Label(sms.text, "body", wrap=True, selectable=True))
        column.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignLeft)
        self.copy.setVisible(bool(sms.code))


class InboxPage(PhonePage[AppState]):
    """短信: what the platform's gateway sent to this number."""

    code_taken = Signal(object)

    def __init__(self, model: AppModel) -> None:
        super().__init__("inboxPage")
        self._shown: object = None
        self.nav.back_requested.connect(model.back)
        self.empty = Nothing("message-square-text", "inboxEmpty")
        self._list = QVBoxLayout()
        self._list.setSpacing(12)
        self.column.addWidget(self.empty)
        self.column.addLayout(self._list)
        self.column.addStretch(1)
        self.bind(model)

    def show_state(self, state: AppState) -> None:
        """Draw `state`."""
        self.nav.set_title(tr("短信"))
        self.empty.setVisible(not state.messages)
        self.empty.set_texts(tr("暂无短信"), tr("演示平台发出的短信会显示在这里。"))
        key = (state.messages, tr("复制验证码"))
        if key == self._shown:
            return
        self._shown = key
        clear_layout(self._list)
        for number, sms in enumerate(state.messages):
            card = SmsCard(sms, number)
            card.copy.clicked.connect(lambda _=False, sms=sms: self.code_taken.emit(sms))
            self._list.addWidget(card)


def _kind(seal: StoredSeal) -> str:
    return "" if seal.kind is None else seal_kind_word(seal.kind)
