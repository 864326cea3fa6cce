"""The first panel: the unit's seals, those with something to do first. Passive."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.domain.operations import SealState
from desktop.portal.records import Seal
from desktop.ui.i18n import tr
from desktop.ui.kinds import seal_kind_word
from desktop.ui.kit import (
    Banner,
    Card,
    IconButton,
    Label,
    PrimaryButton,
    SecondaryButton,
    StatusChip,
    Tone,
    local_time,
    scrolled,
)
from desktop.views.seals.model import states_in_order
from desktop.views.seals.picture import SealPicture
from desktop.views.seals.state import SealsState
from desktop.views.seals.words import seal_status, void_words

_THUMB = 88
_SERIAL_ENDS = 6


class SealCard(Card):
    """One seal or application."""

    claim_requested = Signal(str)
    again_requested = Signal(str)

    def __init__(self, seal: Seal, *, claim_name: str, is_primary: bool) -> None:
        super().__init__(name=f"seal_{seal.seal_id}", padding=16)
        self._seal = seal
        self.picture = SealPicture(name=f"sealPicture_{seal.seal_id}", on_checker=True, side=_THUMB)
        self._name = Label(role="lead", wrap=True)
        self._facts = Label(role="muted", wrap=True)
        self._bound = Label(role="muted", wrap=True)
        self._reason = Label(role="error", wrap=True, selectable=True, name=f"sealReason_{seal.seal_id}")
        self._note = Label(role="caption", wrap=True)
        self.chip = StatusChip(name=f"sealState_{seal.seal_id}")
        self.claim: PrimaryButton | SecondaryButton | None = None
        if seal.state is SealState.APPROVED:
            kind = PrimaryButton if is_primary else SecondaryButton
            self.claim = kind(icon="smartphone", name=claim_name)
            self.claim.clicked.connect(lambda: self.claim_requested.emit(seal.seal_id))
        self.again = SecondaryButton(name=f"applyAgain_{seal.seal_id}")
        self.again.clicked.connect(lambda: self.again_requested.emit(seal.seal_id))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._lay_out()

    def say(self, state: SealsState, picture: bytes) -> None:
        """Set texts and picture."""
        seal = self._seal
        bound, has_ended, may_claim = state.bound_certificate(seal), state.has_ended(seal), state.may_be_claimed(seal)
        self.picture.show_picture(picture, is_pale=has_ended or seal.state is SealState.VOID)
        self.picture.setAccessibleName(tr("{name}的印模", name=seal.name))
        self._name.setText(seal.name)
        size = f"{seal.width_mm:g} × {seal.height_mm:g} mm"
        time = local_time(seal.created_at)
        self._facts.setText(
            tr("{kind}  ·  {size}  ·  提交于 {time}", kind=seal_kind_word(seal.kind), size=size, time=time)
        )
        holder = bound.holder_name if bound is not None else ""
        serial = _short(seal.certificate_serial)
        self._bound.setText(tr("关联证书 {holder} {serial}", holder=holder, serial=serial))
        self._bound.setToolTip(seal.certificate_serial)
        self._reason.setText(_reason(seal, has_ended=has_ended))
        self._reason.setVisible(bool(self._reason.text()))
        self._note.setText(_note(seal.state, has_ended=has_ended))
        self._note.setVisible(bool(self._note.text()))
        self.chip.set_status(*((tr("证书已到期"), Tone.WARNING) if has_ended else seal_status(seal.state)))
        self.again.setText(tr("重新申请"))
        self.again.setVisible(state.may_be_applied_for_again(seal))
        if self.claim is not None:
            self.claim.setText(tr("申领"))
            self.claim.setEnabled(may_claim)
            self.claim.setToolTip("" if may_claim else tr("请先登记本工位"))

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(4)
        for label in (self._name, self._facts, self._bound, self._reason, self._note):
            words.addWidget(label)
        words.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.again, 0, Qt.AlignmentFlag.AlignVCenter)
        if self.claim is not None:
            row.addWidget(self.claim, 0, Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(row)


class SealList(QWidget):
    """Tells by signals what the person wants."""

    apply_requested = Signal()
    claim_requested = Signal(str)
    again_requested = Signal(str)
    enrol_requested = Signal()
    refresh_requested = Signal()
    retry_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sealsOverview")
        self._drawn: tuple[tuple[tuple[str, SealState], ...], bool] | None = None
        self._cards: dict[str, SealCard] = {}
        self._title = Label(role="heading", name="sealsTab")
        self._intro = Label(role="muted", wrap=True)
        # A paragraph has its air below the line; this brings the words to the middle of the row.
        self._intro.setContentsMargins(0, 4, 0, 0)
        self.refresh = IconButton("refresh-cw", "", name="sealsRefresh")
        # The same wish twice: it is the one primary button of this page unless a claim waits.
        self.apply_primary = PrimaryButton(icon="plus", name="applySealButton")
        self.apply_secondary = SecondaryButton(icon="plus", name="applySealButton")
        self.banner = Banner(name="sealsBanner")
        self.enrol = Banner(name="enrolHint")
        self._rows = QVBoxLayout()
        self._lay_out()
        for button in (self.apply_primary, self.apply_secondary):
            button.clicked.connect(self.apply_requested)
        self.refresh.clicked.connect(self.refresh_requested)
        self.enrol.action_triggered.connect(self.enrol_requested)
        self.banner.action_triggered.connect(self.retry_requested)

    def show_state(self, state: SealsState) -> None:
        """Draw the seals."""
        self._area.setAccessibleName(tr("企业章"))
        self._title.setText(tr("企业章"))
        self._intro.setText(tr("印章与数字证书绑定; 申领后即可在签章中使用。"))
        self.refresh.set_text(tr("刷新"))
        can_claim = any(state.may_be_claimed(s) for s in state.seals)
        self.apply_primary.setVisible(not can_claim)
        self.apply_secondary.setVisible(can_claim)
        for button in (self.apply_primary, self.apply_secondary):
            button.setText(tr("申请印章"))
        self._show_enrolment(state)
        self._show_cards(state, can_claim=can_claim)

    def _show_enrolment(self, state: SealsState) -> None:
        if state.needs_enrolment:
            self.enrol.show_message(
                Tone.INFO,
                tr("本工位尚未登记, 暂不能申领印章"),
                tr("请先由本单位成员用手机登记本工位, 然后回到这里申领。"),
                action=tr("登记本工位"),
            )
        else:
            self.enrol.clear()

    def _show_cards(self, state: SealsState, *, can_claim: bool) -> None:
        seals = states_in_order(state.seals)
        wanted = (tuple((str(s.seal_id), s.state) for s in seals), can_claim)
        if wanted != self._drawn:
            self._drawn = wanted
            self._rebuild(seals, can_claim=can_claim)
        pictures = dict(state.imprints)
        for seal in seals:
            self._cards[seal.seal_id].say(state, pictures.get(seal.seal_id, b""))

    def _rebuild(self, seals: tuple[Seal, ...], *, can_claim: bool) -> None:
        for old in self._cards.values():
            self._rows.removeWidget(old)
            old.setParent(None)
            old.deleteLater()
        self._cards = {}
        first = next((s.seal_id for s in seals if s.state is SealState.APPROVED), "")
        for seal in seals:
            is_first = seal.seal_id == first
            name = "claimButton" if is_first else f"claimButton_{seal.seal_id}"
            card = SealCard(seal, claim_name=name, is_primary=is_first and can_claim)
            card.claim_requested.connect(self.claim_requested)
            card.again_requested.connect(self.again_requested)
            self._cards[seal.seal_id] = card
            self._rows.addWidget(card)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(32, 24, 32, 0)
        head.setSpacing(8)
        middle = Qt.AlignmentFlag.AlignVCenter
        head.addWidget(self._title, 0, middle)
        head.addSpacing(8)
        head.addWidget(self._intro, 1, middle)
        head.addWidget(self.refresh)
        head.addWidget(self.apply_primary)
        head.addWidget(self.apply_secondary)
        self._rows.setSpacing(12)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(32, 8, 32, 24)
        column.setSpacing(12)
        column.addWidget(self.banner)
        column.addWidget(self.enrol)
        column.addLayout(self._rows)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addLayout(head)
        self._area = scrolled(inner)
        self._area.setObjectName("sealsScroll")
        outer.addWidget(self._area, 1)
        QWidget.setTabOrder(self.apply_primary, self.apply_secondary)
        QWidget.setTabOrder(self.apply_secondary, self.refresh)


def _reason(seal: Seal, *, has_ended: bool) -> str:
    """Say why a seal cannot be used, where somebody or something ended it."""
    if seal.state is SealState.REJECTED and seal.reason:
        return tr("驳回原因: {reason}", reason=seal.reason)
    if seal.state is SealState.VOID:
        return void_words(seal)
    return tr("关联的证书已到期, 不能再用此印章盖章。") if has_ended else ""


def _note(state: SealState, *, has_ended: bool) -> str:
    if has_ended:
        return tr("请先办理证书延期, 印章会随新证书继续使用; 也可以用新证书重新申请。")
    notes = {
        SealState.PENDING_REVIEW: tr("平台正在审核, 结果会显示在这里。"),
        SealState.APPROVED: tr("用手机扫码申领, 需要在手机上输入证书密码。"),
        SealState.REJECTED: tr("点【重新申请】, 已填写的内容会保留, 请按原因更正。"),
        SealState.VOID: tr("不能再使用; 点【重新申请】, 已填写的内容会保留。"),
    }
    return notes.get(state, "")


def _short(serial: str) -> str:
    if len(serial) <= 2 * _SERIAL_ENDS:
        return serial
    return f"{serial[:_SERIAL_ENDS]}…{serial[-_SERIAL_ENDS:]}"
