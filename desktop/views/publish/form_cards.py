"""What is typed about a lot: names, times, price limit. Passive."""

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout

from desktop.services.tender_checks import Fault, Finding, Part
from desktop.services.tender_draft import TenderDraft
from desktop.ui.i18n import tr
from desktop.ui.kit import Card, Label, TextField
from desktop.views.publish.state import EditorState
from desktop.views.publish.words import fault_words
from desktop.views.typed_words import amount_help, moment_help

#: What is no mistake yet while somebody is still writing.
_ONLY_CHECKED = frozenset({Fault.MISSING, Fault.NOT_ACCEPTED})


def shown_fault(state: EditorState, part: Part, envelope: str = "") -> str:
    """Say what is wrong at a field; what is merely missing only after somebody wanted to publish."""
    found: Finding | None = next(
        (each for each in state.findings if each.part is part and each.envelope == envelope), None
    )
    if found is None or (found.fault in _ONLY_CHECKED and not state.is_checked):
        return ""
    return fault_words(found)


class FieldsCard(Card):
    """A card of text fields of the draft; `edited(name, text)` as somebody types."""

    edited = Signal(str, str)

    def __init__(self, name: str, fields: dict[Part, TextField]) -> None:
        super().__init__(name=name)
        self.fields = fields
        self._filled = -1
        for part, field in fields.items():
            field.changed.connect(lambda text, p=part: self.edited.emit(p.value, text))

    def fill(self, state: EditorState, values: dict[Part, str], frozen: frozenset[Part] = frozenset()) -> None:
        """Put the draft's texts in where it came from outside; say the faults."""
        if state.draft_number != self._filled:
            self._filled = state.draft_number
            for part, field in self.fields.items():
                field.set_value(values[part])
        for part, field in self.fields.items():
            field.set_error(shown_fault(state, part))
            field.setEnabled(state.is_open and part not in frozen)


class BasicsCard(FieldsCard):
    """基本信息."""

    def __init__(self) -> None:
        super().__init__(
            "basicsCard",
            {
                Part.TENDER_NAME: TextField(name="draftTenderName"),
                Part.LOT_NAME: TextField(name="draftLotName"),
                Part.PURCHASER: TextField(name="draftPurchaser"),
            },
        )
        self.numbers = Label(role="muted", wrap=True, name="draftNumbers")
        self.add(self.numbers)
        for field in self.fields.values():
            self.add(field)

    def show_state(self, state: EditorState) -> None:
        """Draw the state."""
        self.set_title(tr("基本信息"))
        if state.lot is not None:
            self.numbers.setText(
                tr(
                    "招标编号 {tender} · 标段编号 {lot} · {agency}",
                    tender=state.lot.tender,
                    lot=state.lot.lot,
                    agency=state.lot.agency,
                )
            )
        self.fields[Part.TENDER_NAME].set_label(tr("项目名称"))
        self.fields[Part.LOT_NAME].set_label(tr("标段名称"))
        self.fields[Part.PURCHASER].set_label(tr("招标人"))
        draft = state.draft
        self.fill(
            state,
            {
                Part.TENDER_NAME: draft.tender_name,
                Part.LOT_NAME: draft.lot_name,
                Part.PURCHASER: draft.purchaser,
            },
        )


class TimesCard(FieldsCard):
    """时间: deadline and delivery window; when an envelope may be opened stands with the envelope."""

    def __init__(self) -> None:
        super().__init__(
            "timesCard", {Part.DEADLINE: TextField(name="draftDeadline"), Part.WINDOW: TextField(name="draftWindow")}
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.addWidget(self.fields[Part.DEADLINE], 0, 0)
        grid.addWidget(self.fields[Part.WINDOW], 0, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self.body.addLayout(grid)

    def show_state(self, state: EditorState, now: datetime) -> None:
        """Draw the state; `now` is for the time that is left."""
        self.set_title(tr("时间"))
        self.fields[Part.DEADLINE].set_label(tr("投标截止时间 (北京时间)"), "2026-12-01 09:30")
        self.fields[Part.WINDOW].set_label(tr("交付解密时限 (分钟)"), "30")
        self.fields[Part.DEADLINE].set_help(moment_help(state.draft.deadline, now))
        self.fields[Part.WINDOW].set_help(tr("截止后投标人用手机交出解密份额的时间"))
        self.fill(state, {Part.DEADLINE: state.draft.deadline, Part.WINDOW: state.draft.window})


class LimitCard(FieldsCard):
    """最高投标限价."""

    def __init__(self) -> None:
        super().__init__("limitCard", {Part.LIMIT: TextField(name="draftLimit")})
        self.add(self.fields[Part.LIMIT])

    def show_state(self, state: EditorState) -> None:
        """Draw the state."""
        self.set_title(tr("最高投标限价"))
        field = self.fields[Part.LIMIT]
        field.set_label(tr("限价 (元), 没有时留空"), "12345678.90")
        field.set_help(_amount_help(state.draft))
        self.fill(state, {Part.LIMIT: state.draft.price_limit})


def _amount_help(draft: TenderDraft) -> str:
    words = tr("超过限价的报价在唱标时标出, 不会被拒收")
    said = amount_help(draft.price_limit)
    return f"{said} · {words}" if said else words
