"""The committee: whose phone can open the opening key, and whose workstations may run the opening. Passive."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout

from desktop.services.tender_checks import Part
from desktop.services.tender_desk import Officer
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import Banner, Card, ChoiceField, Label, Tone, clear_layout
from desktop.views.publish.form_cards import shown_fault
from desktop.views.publish.state import EditorState

_SERIAL_END = 6


class PeopleCard(Card):
    """`chosen(serial, checked)`; `signer_chosen(serial)` where a person has several certificates of the agency.

    `dropped(sha256)` is of an officer in force whose certificate is not listed: replaced since, or another's.
    """

    chosen = Signal(str, bool)
    dropped = Signal(object)
    signer_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__(name="peopleCard")
        self._shown: tuple[object, ...] = ()
        self.note = Label(role="muted", wrap=True, name="peopleNote")
        self.signer = ChoiceField(name="draftSigner")
        self.advice = Banner(name="peopleAdvice")
        self.fault = Label(role="error", wrap=True, name="peopleFault")
        self.visibility = Label(role="caption", wrap=True, name="peopleVisibility")
        self._boxes = QVBoxLayout()
        self._boxes.setSpacing(8)
        self.add(self.note)
        self.add(self.signer)
        self.body.addLayout(self._boxes)
        for part in (self.fault, self.advice, self.visibility):
            self.add(part)
        self.signer.chosen.connect(self.signer_chosen)

    def show_state(self, state: EditorState, *, is_admin: bool) -> None:
        """Draw the state."""
        self.set_title(tr("开标成员"))
        if state.is_amendment:
            text = tr("以下成员的工位可以主持开标。能打开开标密钥的成员在发布时已确定, 不能更改。")
        else:
            text = tr("开标密钥在发布人的手机上生成, 只加密给以下成员; 开标时任一成员扫码一次即可解密。")
        self.note.setText(text)
        own = [(each.key, officer_words(each)) for each in state.officers if each.is_mine]
        self.signer.set_label(tr("用哪张证书签名"))
        self.signer.setVisible(len(own) > 1)
        shown = (state.officers, state.draft.officers, state.serial, state.is_open, current_language())
        if shown != self._shown:
            self._shown = shown
            self.signer.set_options(own, state.serial)
            self._draw(state)
        fault = shown_fault(state, Part.MEMBERS) or shown_fault(state, Part.OFFICERS)
        self.fault.setText(fault)
        self.fault.setVisible(bool(fault))
        self._show_advice(state)
        self.visibility.setText(tr("只有证书管理员能看到并选择本单位其他人的证书。"))
        self.visibility.setVisible(not is_admin)

    def _show_advice(self, state: EditorState) -> None:
        if len(state.draft.members) == 1 and not state.is_amendment:
            title = tr("建议至少选择两名成员")
            text = tr("只有一名成员时, 其手机遗失或损坏后, 本标段的投标文件再也无法开启。")
            self.advice.show_message(Tone.WARNING, title, text)
        else:
            self.advice.clear()

    def _draw(self, state: EditorState) -> None:
        clear_layout(self._boxes)
        for number, officer in enumerate(state.officers):
            box = QCheckBox(officer_words(officer))
            box.setObjectName(f"officer_{number}")
            box.setChecked(officer.certificate.sha256 in state.draft.officers)
            box.setEnabled(state.is_open)
            box.toggled.connect(lambda checked, key=officer.key: self.chosen.emit(key, checked))
            self._boxes.addWidget(box)
        known = {each.certificate.sha256 for each in state.officers}
        for number, sha256 in enumerate(each for each in state.draft.officers if each not in known):
            box = QCheckBox(tr("证书 {fingerprint}… (不在列表中, 可能已失效)", fingerprint=sha256.hex()[:16]))
            box.setObjectName(f"unlisted_{number}")
            box.setChecked(True)
            box.setEnabled(state.is_open)
            box.toggled.connect(lambda _checked, sha=sha256: self.dropped.emit(sha))
            self._boxes.addWidget(box)


def officer_words(officer: Officer) -> str:
    """Name a person of the agency by certificate."""
    name = f"{officer.certificate.holder} · …{officer.certificate.serial[-_SERIAL_END:]}"
    return tr("{name} (本人)", name=name) if officer.is_mine else name
