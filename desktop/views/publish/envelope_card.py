"""Envelopes and their opening policies: one or two, when and by whom they can be opened, what bids state. Passive."""

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.tendering import PolicyGroup, SummaryField
from desktop.protocol.notices import FIRST_ENVELOPE
from desktop.services.tender_checks import Part
from desktop.services.tender_draft import ENVELOPE_IDS, PRICED
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import Banner, Card, ChoiceField, Label, SegmentedControl, Separator, TextField, Tone
from desktop.views.publish.form_cards import shown_fault
from desktop.views.publish.state import EditorState
from desktop.views.publish.words import POLICIES, early_words, field_words, policy_id, policy_words
from desktop.views.typed_words import moment_help


class EnvelopeBox(QWidget):
    """One envelope; `edited(name, value)` names a field of the draft's envelope."""

    edited = Signal(str, object)

    def __init__(self, envelope_id: str) -> None:
        super().__init__()
        self._id, self._filled = envelope_id, -1
        self._options: tuple[object, ...] = ()
        self.setObjectName(f"envelope_{envelope_id}")
        self.heading = Label(role="strong")
        self.title = TextField(name=f"{envelope_id}Title")
        self.opening = TextField(name=f"{envelope_id}Opening")
        self.policy = ChoiceField(name=f"{envelope_id}Policy")
        self.policy_note = Label(role="caption", wrap=True, name=f"{envelope_id}PolicyNote")
        self.warning = Banner(name=f"{envelope_id}EarlyWarning")
        self.accept = QCheckBox()
        self.accept.setObjectName(f"{envelope_id}Accept")
        self.fault = Label(role="error", wrap=True, name=f"{envelope_id}PolicyFault")
        self.fields_label = Label(role="label")
        self.fields = {field: QCheckBox() for field in SummaryField}
        for field, box in self.fields.items():
            box.setObjectName(f"{envelope_id}Field_{field}")
        self._lay_out()
        self._connect()

    def show_state(self, state: EditorState, now: datetime) -> None:
        """Draw the envelope of the state's draft."""
        draft = state.draft.envelope(self._id)
        is_new = state.is_open and not state.is_amendment
        self._say(state, now)
        if state.draft_number != self._filled:
            self._filled = state.draft_number
            self.title.set_value(draft.title)
            self.opening.set_value(draft.opening)
        self.title.set_error(shown_fault(state, Part.TITLE, self._id))
        self.title.setEnabled(is_new)
        self.opening.set_error(shown_fault(state, Part.OPENING, self._id))
        self.opening.setEnabled(state.is_open)
        self._show_policy(state, is_new=is_new)
        for field, box in self.fields.items():
            box.setText(field_words(field))
            box.setVisible(not (self._id == FIRST_ENVELOPE and field in PRICED))
            box.blockSignals(True)
            box.setChecked(field in draft.fields)
            box.blockSignals(False)
            box.setEnabled(is_new)

    def _say(self, state: EditorState, now: datetime) -> None:
        draft = state.draft.envelope(self._id)
        self.heading.setText(envelope_words(self._id))
        self.title.set_label(tr("信封名称 (写入投标文件包)"))
        self.opening.set_label(tr("开标不早于 (北京时间), 留空为截止时间"), "2026-12-01 09:30")
        self.opening.set_help(moment_help(draft.opening, now))
        self.policy.set_label(tr("解密需要"))
        self.fields_label.setText(tr("投标人必须填写的唱标要素"))
        self.accept.setText(tr("我明确选择没有投标人参与的策略"))

    def _show_policy(self, state: EditorState, *, is_new: bool) -> None:
        draft = state.draft.envelope(self._id)
        wanted = policy_id(draft.groups)
        options = (current_language(), wanted)
        if options != self._options:
            self._options = options
            self.policy.set_options([(name, policy_words(name)) for name in POLICIES], wanted)
        self.policy.setEnabled(is_new)
        has_bidder = PolicyGroup.BIDDER in draft.groups
        self.policy_note.setText(
            tr("缺少任何一方都不能解密; 截止之前, 招标代理与平台合在一起也不能。") if has_bidder else ""
        )
        self.policy_note.setVisible(has_bidder)
        self.accept.setVisible(not has_bidder)
        if has_bidder:
            self.warning.clear()
        else:
            text = tr("每个标段页面和投标人的手机上都会显示这句话。建议使用默认策略。")
            self.warning.show_message(Tone.WARNING, early_words(), text)
        self.accept.blockSignals(True)
        self.accept.setChecked(draft.accepts_early_reading)
        self.accept.blockSignals(False)
        self.accept.setEnabled(is_new)
        fault = shown_fault(state, Part.POLICY, self._id)
        self.fault.setText(fault)
        self.fault.setVisible(bool(fault))

    def _choose_policy(self, name: str) -> None:
        self.edited.emit("groups", POLICIES[name])

    def _choose_fields(self) -> None:
        chosen = tuple(field for field, box in self.fields.items() if box.isChecked())
        self.edited.emit("fields", chosen)

    def _connect(self) -> None:
        self.title.changed.connect(lambda text: self.edited.emit("title", text))
        self.opening.changed.connect(lambda text: self.edited.emit("opening", text))
        self.policy.chosen.connect(self._choose_policy)
        self.accept.toggled.connect(lambda checked: self.edited.emit("accepts_early_reading", checked))
        for box in self.fields.values():
            box.toggled.connect(lambda _checked: self._choose_fields())

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.addWidget(self.title, 0, 0)
        grid.addWidget(self.opening, 0, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        boxes = QHBoxLayout()
        boxes.setSpacing(24)
        for box in self.fields.values():
            boxes.addWidget(box)
        boxes.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.heading)
        column.addLayout(grid)
        for part in (self.policy, self.policy_note, self.warning, self.accept, self.fault, self.fields_label):
            column.addWidget(part)
        column.addLayout(boxes)


class EnvelopesCard(Card):
    """信封与开标策略; `edited(envelope id, name, value)`."""

    double_chosen = Signal(bool)
    edited = Signal(str, str, object)

    def __init__(self) -> None:
        super().__init__(name="envelopesCard")
        self.kind = SegmentedControl(name="draftEnvelopes")
        self.note = Label(role="muted", wrap=True, name="envelopesNote")
        self.boxes = {envelope_id: EnvelopeBox(envelope_id) for envelope_id in ENVELOPE_IDS}
        self._line = Separator()
        line = QHBoxLayout()
        line.addWidget(self.kind)
        line.addStretch()
        self.body.addLayout(line)
        self.add(self.note)
        for envelope_id, box in self.boxes.items():
            box.edited.connect(lambda name, value, e=envelope_id: self.edited.emit(e, name, value))
            if envelope_id == ENVELOPE_IDS[-1]:
                self.add(self._line)
            self.add(box)
        self.kind.chosen.connect(lambda which: self.double_chosen.emit(which == "double"))

    def show_state(self, state: EditorState, now: datetime) -> None:
        """Draw the envelopes in use."""
        self.set_title(tr("信封与开标策略"))
        self.kind.set_options([("single", tr("单信封")), ("double", tr("双信封"))])
        self.kind.set_current("double" if state.draft.is_double else "single")
        self.kind.setEnabled(state.is_open and not state.is_amendment)
        if state.is_amendment:
            self.note.setText(
                tr("已发布的信封、策略与唱标要素不能更改, 已加密的投标文件因此始终有效; 开标时间只能推后。")
            )
        elif state.draft.is_double:
            self.note.setText(tr("先开商务技术信封; 报价信封在其后单独开启, 未通过的投标不再开启。"))
        else:
            self.note.setText(tr("全部内容在同一信封中, 截止后一次开启。"))
        used = {each.envelope_id for each in state.draft.used}
        self._line.setVisible(state.draft.is_double)
        for envelope_id, box in self.boxes.items():
            box.setVisible(envelope_id in used)
            box.show_state(state, now)


def envelope_words(envelope_id: str) -> str:
    """Return the word for an envelope here; its title in the package is another thing."""
    return {
        ENVELOPE_IDS[0]: tr("投标信封"),
        ENVELOPE_IDS[1]: tr("第一信封: 商务技术"),
        ENVELOPE_IDS[2]: tr("第二信封: 报价"),
    }[envelope_id]
