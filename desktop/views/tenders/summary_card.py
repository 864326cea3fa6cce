"""唱标要素: what is announced of a bid at the opening; only what the notice asks for. Passive."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout

from desktop.domain.money import read_amount
from desktop.domain.tendering import SummaryField
from desktop.protocol.notices import Notice
from desktop.services.bid_checks import Finding, FindingKind, value_of
from desktop.store.bid_drafts import TypedSummary
from desktop.ui.i18n import tr
from desktop.ui.kit import Banner, Card, Label, TextField, Tone
from desktop.views.package.words import money_words
from desktop.views.tenders.words import field_finding_words, field_word
from desktop.views.typed_words import amount_help

_MONEY = frozenset({SummaryField.PRICE, SummaryField.BOND})


class SummaryCard(Card):
    """`typed(TypedSummary)` with every change."""

    typed = Signal(object)

    def __init__(self) -> None:
        super().__init__(name="bidSummaryCard")
        self.note = Label(role="muted", wrap=True, name="bidSummaryNote")
        self.limit = Banner(name="priceLimit")
        self.fields = {each: TextField(name=f"summary_{each.value}") for each in SummaryField}
        self._asked: frozenset[SummaryField] = frozenset()
        self._limit = ""
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(16)
        for number, field in enumerate(self.fields.values()):
            grid.addWidget(field, number // 2, number % 2)
            field.changed.connect(lambda _text: self._tell())
        for side in (0, 1):
            grid.setColumnStretch(side, 1)
        self.add(self.note)
        self.body.addLayout(grid)
        self.add(self.limit)

    def begin(self, notice: Notice, typed: TypedSummary) -> None:
        """Show the fields that a notice asks for, with what was typed before."""
        self._asked = frozenset(field for each in notice.envelopes for field in each.fields)
        self._limit = notice.price_limit
        self.setVisible(bool(self._asked))
        for which, field in self.fields.items():
            field.setVisible(which in self._asked)
            field.blockSignals(True)
            field.set_value(value_of(typed, which))
            field.blockSignals(False)

    def show_findings(self, findings: tuple[Finding, ...]) -> None:
        """Say the words anew, and what is wrong at a field where something was typed."""
        self.set_title(tr("唱标要素"))
        self.note.setText(tr("开标时宣读的内容, 与投标文件一起加密; 开标前任何人都看不到。"))
        wrong = {each.field: each for each in findings if each.field is not None and each.blocks}
        for which, field in self.fields.items():
            field.set_label(field_word(which))
            field.set_help(amount_help(field.value) if which in _MONEY else "")
            found = wrong.get(which)
            is_told = found is not None and found.kind is not FindingKind.FIELD_MISSING
            field.set_error(field_finding_words(found) if found is not None and is_told else "")
        if any(each.kind is FindingKind.PRICE_ABOVE_LIMIT for each in findings):
            text = tr("最高投标限价 {limit}", limit=money_words(read_amount(self._limit)))
            self.limit.show_message(Tone.WARNING, tr("报价高于最高投标限价: 可以递交, 但开标时会被标记"), text)
        else:
            self.limit.clear()

    def _tell(self) -> None:
        value = {which: field.value for which, field in self.fields.items()}
        self.typed.emit(
            TypedSummary(
                price=value[SummaryField.PRICE],
                duration=value[SummaryField.DURATION],
                quality=value[SummaryField.QUALITY],
                manager=value[SummaryField.MANAGER],
                bond=value[SummaryField.BOND],
            )
        )
