"""Who can open a bid: one's own certificate, confirmed ones of the unit, and other holders of a share. Passive."""

from collections.abc import Callable

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from desktop.crypto.certificates import CertificateFacts
from desktop.formats.package import GroupKind
from desktop.ui.i18n import tr
from desktop.ui.kit import (
    Banner,
    Card,
    ChoiceField,
    FilePicker,
    Label,
    LinkButton,
    ListRow,
    SecondaryButton,
    Tone,
    clear_layout,
)
from desktop.views.package.key_file import SUFFIXES
from desktop.views.package.pack_state import Holding, PackState
from desktop.views.package.words import group_name

_SERIAL_END = 6
KINDS = (GroupKind.OPENING_KEY, GroupKind.TIME)


class OpenerCard(Card):
    """Tells by signals who is to be able to open the bid."""

    certificate_chosen = Signal(str)
    second_chosen = Signal(str, bool)
    confirm_requested = Signal(str)
    group_chosen = Signal(object, object)
    group_dropped = Signal(object)

    def __init__(self, *, pick: FilePicker) -> None:
        super().__init__(name="openerCard")
        self._pick = pick
        self._shown: tuple[object, ...] = ()
        self.certificate = ChoiceField(name="packCertificate")
        self.rule = Label(role="muted", wrap=True, name="openingRule")
        self.advice = Banner(name="secondPhoneAdvice")
        self._seconds, self._candidates = QVBoxLayout(), QVBoxLayout()
        self.advanced = LinkButton(icon="chevron-down", name="packAdvancedButton")
        self._more = QWidget()
        self.note = Label(role="muted", wrap=True)
        self.rows = {
            kind: ListRow(kind.value, icon="key-round", name=f"group_{kind.value}", opens=False) for kind in KINDS
        }
        self.load = {kind: SecondaryButton(icon="folder-open", name=f"loadGroup_{kind.value}") for kind in KINDS}
        self.drop = {kind: LinkButton(icon="x", name=f"dropGroup_{kind.value}") for kind in KINDS}
        self.problem = Banner(name="groupProblem")
        self._lay_out()
        self._connect()

    def show_state(self, state: PackState) -> None:
        """Draw the state."""
        self.set_title(tr("谁能解密"))
        self.certificate.set_label(tr("签名与解密证书"))
        options = [(each.key, _holder(each.certificate)) for each in state.own]
        if options != self._options() or self.certificate.value != state.serial:
            self.certificate.set_options(options, state.serial)
        self._show_rule(state)
        shown = (state.confirmed, state.seconds, state.unconfirmed, tr("谁能解密"))
        if shown != self._shown:
            self._shown = shown
            self._show_unit(state)
        self._show_advice(state)
        self._show_groups(state)

    def _options(self) -> list[tuple[str, str]]:
        box = self.certificate.box
        return [(box.itemData(n), box.itemText(n)) for n in range(box.count())]

    def _show_rule(self, state: PackState) -> None:
        own = state.holding
        names = [own.certificate.holder if own else ""]
        names += [each.holder for each in state.confirmed if each.sha256.hex() in state.seconds]
        who = f" {tr('或')} ".join(names)
        if state.groups:
            others = tr("、").join(group_name(group.kind) for group in state.groups)
            self.rule.setText(tr("解密需要 {who} 的手机, 并且还需要: {others}。", who=who, others=others))
        else:
            self.rule.setText(tr("只有 {who} 的手机能解密; 平台和招标代理都不能。", who=who))

    def _show_advice(self, state: PackState) -> None:
        if state.seconds:
            self.advice.clear()
        else:
            self.advice.show_message(
                Tone.INFO,
                tr("建议加入第二部手机"),
                tr("只有一部手机时, 手机遗失或损坏后投标文件就打不开了。请加入本单位另一张证书, 由其手机确认。"),
            )

    def _show_unit(self, state: PackState) -> None:
        clear_layout(self._seconds)
        clear_layout(self._candidates)
        for number, facts in enumerate(state.confirmed):
            self._seconds.addWidget(self._second(number, facts, chosen=facts.sha256.hex() in state.seconds))
        for number, holding in enumerate(state.unconfirmed):
            self._candidates.addLayout(self._candidate(number, holding))

    def _second(self, number: int, facts: CertificateFacts, *, chosen: bool) -> QCheckBox:
        box = QCheckBox(tr("{holder} 也能解密 (其手机已在本工位确认)", holder=_holder(facts)))
        box.setObjectName(f"second_{number}")
        box.setChecked(chosen)
        sha256 = facts.sha256.hex()
        box.toggled.connect(lambda checked: self.second_chosen.emit(sha256, checked))
        return box

    def _candidate(self, number: int, holding: Holding) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(16)
        row = ListRow(holding.key, icon="smartphone", name=f"candidate_{number}", opens=False)
        row.set_texts(_holder(holding.certificate), tr("尚未确认: 请其用手机扫码一次"))
        button = SecondaryButton(tr("扫码确认"), "qr-code", name=f"confirm_{number}")
        button.clicked.connect(_emitting(self.confirm_requested, holding.key))
        line.addWidget(row, 1)
        line.addWidget(button)
        return line

    def _show_groups(self, state: PackState) -> None:
        self.advanced.setText(tr("高级: 其他密钥"))
        self.note.setText(
            tr("招标文件要求时加入: 加入后, 除本单位外, 每一个密钥的持有人也必须交出份额, 缺一不可解密。")
        )
        for kind in KINDS:
            group = state.group(kind)
            name = group_name(kind)
            fingerprint = group.members[0].recipient.sha256.hex()[:16] if group else ""
            small = tr("SHA-256 {fingerprint}…", fingerprint=fingerprint) if group else tr("未加入")
            self.rows[kind].set_texts(name, small)
            self.load[kind].setText(tr("从文件加入"))
            self.load[kind].setAccessibleName(f"{name} {tr('从文件加入')}")
            self.drop[kind].setText(tr("移除"))
            self.drop[kind].setVisible(group is not None)
        if state.group_problem:
            self._show_more(shown=True)
            self.problem.show_problem(state.group_problem, tone=Tone.WARNING)
        else:
            self.problem.clear()

    def _show_more(self, *, shown: bool) -> None:
        self._more.setVisible(shown)
        self.advanced.set_icon("chevron-up" if shown else "chevron-down")

    def _ask(self, kind: GroupKind) -> None:
        paths = self._pick(self, group_name(kind), SUFFIXES, False)
        if paths:
            self.group_chosen.emit(paths[0], kind)

    def _connect(self) -> None:
        self.certificate.chosen.connect(self.certificate_chosen)
        self.advanced.clicked.connect(lambda: self._show_more(shown=self._more.isHidden()))
        for kind in KINDS:
            self.load[kind].clicked.connect(lambda _checked=False, k=kind: self._ask(k))
            self.drop[kind].clicked.connect(_emitting(self.group_dropped, kind))

    def _lay_out(self) -> None:
        self._seconds.setSpacing(8)
        self._candidates.setSpacing(8)
        more = QVBoxLayout(self._more)
        more.setContentsMargins(0, 0, 0, 0)
        more.setSpacing(8)
        more.addWidget(self.note)
        for kind in KINDS:
            line = QHBoxLayout()
            line.setSpacing(16)
            line.addWidget(self.rows[kind], 1)
            line.addWidget(self.drop[kind])
            line.addWidget(self.load[kind])
            more.addLayout(line)
        more.addWidget(self.problem)
        self.add(self.certificate)
        self.add(self.rule)
        self.body.addLayout(self._seconds)
        self.add(self.advice)
        self.body.addLayout(self._candidates)
        line = QHBoxLayout()
        line.addWidget(self.advanced)
        line.addStretch()
        self.body.addLayout(line)
        self.add(self._more)
        self._show_more(shown=False)


def _holder(facts: CertificateFacts) -> str:
    return f"{facts.holder} · …{facts.serial[-_SERIAL_END:]}"


def _emitting(signal: SignalInstance, value: object) -> Callable[[], None]:
    return lambda: signal.emit(value)
