"""The right column of opening: certificate, envelope, place, missing shares, and the one primary button. Passive."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.protocol.items import MAX_ITEMS
from desktop.ui.i18n import tr
from desktop.ui.kit import (
    Banner,
    ChoiceField,
    ElidedLabel,
    FilePicker,
    Label,
    LinkButton,
    PrimaryButton,
    Tone,
)
from desktop.views.lot_words import envelope_word
from desktop.views.package.open_state import OpenState

_WIDTH_PX = 288
_SERIAL_END = 6
SHARE_SUFFIXES = (".json", ".shares", ".txt")


class OpenSide(QWidget):
    """Says what was chosen."""

    certificate_chosen = Signal(str)
    envelope_chosen = Signal(str)
    folder_requested = Signal()
    shares_chosen = Signal(list)
    scan_requested = Signal()
    enrol_requested = Signal()

    def __init__(self, name: str, *, pick: FilePicker) -> None:
        super().__init__()
        self.setObjectName(f"{name}Side")
        self.setFixedWidth(_WIDTH_PX)
        self._pick = pick
        self.certificate = ChoiceField(name=f"{name}Certificate")
        self.envelope = ChoiceField(name=f"{name}Envelope")
        self.place_label = Label(role="label")
        self.place = ElidedLabel(role="body", name=f"{name}Place")
        self.change_place = LinkButton(name=f"{name}PlaceButton")
        self.explanation = Label(role="muted", wrap=True)
        self.notice = Banner(name=f"{name}Notice", is_narrow=True)
        self.missing = Banner(name=f"{name}Missing", is_narrow=True)
        self.failure = Banner(name=f"{name}Failure", is_narrow=True)
        self.rest = Label(role="muted", wrap=True, name=f"{name}Rest")
        self.scan = PrimaryButton(icon="qr-code", name=f"{name}Button")
        self._lay_out()
        self.certificate.chosen.connect(self.certificate_chosen)
        self.envelope.chosen.connect(self.envelope_chosen)
        self.change_place.clicked.connect(self.folder_requested)
        self.missing.action_triggered.connect(self._ask_shares)
        self.notice.action_triggered.connect(self.enrol_requested)
        self.scan.clicked.connect(self.scan_requested)

    def show_state(self, state: OpenState) -> None:
        """Draw the state."""
        self.certificate.set_label(tr("解密证书"))
        options = [(e.key, f"{e.certificate.holder} · …{e.certificate.serial[-_SERIAL_END:]}") for e in state.own]
        self.certificate.set_options(options, state.serial)
        self.envelope.set_label(tr("信封"))
        options = [(identity, envelope_word(title)) for identity, title in state.envelopes]
        self.envelope.set_options(options, state.envelope_id)
        self.envelope.setVisible(len(state.envelopes) > 1)
        self._show_place(state)
        self._show_notice(state)
        self._show_missing(state)
        count = min(len(state.ready), MAX_ITEMS)
        if state.is_rehearsal:
            self.scan.setText(tr("扫码演练 ({count} 份)", count=count) if count > 1 else tr("扫码演练"))
        else:
            self.scan.setText(tr("扫码解密 ({count} 份)", count=count) if count > 1 else tr("扫码解密"))
        self.rest.setVisible(len(state.ready) > count)
        self.rest.setText(tr("一次最多 {count} 份, 其余的请再扫一次。", count=MAX_ITEMS))
        self.scan.setEnabled(count > 0 and state.is_enrolled and state.checking[1] == 0)
        if state.failure:
            self.failure.show_problem(state.failure)
        else:
            self.failure.clear()

    def _show_place(self, state: OpenState) -> None:
        for part in (self.place_label, self.place, self.change_place):
            part.setVisible(not state.is_rehearsal)
        self.place_label.setText(tr("解密到"))
        self.place.setText(str(state.folder) if state.folder is not None else tr("每份文件旁的新文件夹"))
        self.change_place.setText(tr("更改"))
        if state.is_rehearsal:
            text = tr("手机证明它能打开本单位的密钥; 不解密任何文件, 截止前随时可以演练。")
        else:
            text = tr("一次扫码打开全部所列文件; 全部内容核对无误后才会出现在新文件夹里。")
        self.explanation.setText(text)

    def _show_notice(self, state: OpenState) -> None:
        if state.is_enrolled:
            self.notice.clear()
        else:
            text = tr("解密前需由本单位成员用手机登记本工位。")
            self.notice.show_message(Tone.WARNING, tr("本工位尚未登记"), text, action=tr("去登记"))

    def _show_missing(self, state: OpenState) -> None:
        if state.share_problem:
            self.missing.show_problem(state.share_problem, tone=Tone.WARNING, action=tr("另选文件"))
        elif state.missing and not state.is_rehearsal:
            names = tr("、").join(state.missing)
            self.missing.show_message(
                Tone.WARNING,
                tr("还缺其他密钥的份额"),
                tr("缺少: {names}。请向其持有人索取份额文件后载入。", names=names),
                action=tr("载入份额"),
            )
        elif state.shares:
            self.missing.show_message(Tone.INFO, tr("已载入 {count} 个份额", count=len(state.shares)))
        else:
            self.missing.clear()

    def _ask_shares(self) -> None:
        paths = self._pick(self, tr("载入份额"), SHARE_SUFFIXES, True)
        if paths:
            self.shares_chosen.emit(paths)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 24, 24, 24)
        column.setSpacing(16)
        column.addWidget(self.certificate)
        column.addWidget(self.envelope)
        column.addWidget(self.explanation)
        place = QVBoxLayout()
        place.setSpacing(4)
        place.addWidget(self.place_label)
        place.addWidget(self.place)
        place.addWidget(self.change_place)
        column.addLayout(place)
        for banner in (self.notice, self.missing, self.failure):
            column.addWidget(banner)
        column.addStretch()
        column.addWidget(self.rest)
        column.addWidget(self.scan)
