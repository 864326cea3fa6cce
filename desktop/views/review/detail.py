"""The right half of the review desk: the facts applied with, and the evidence for them. Passive."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.operations import SealKind
from desktop.domain.problems import problem
from desktop.portal.records import Order, Seal
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit.base import Label
from desktop.ui.kit.progress import local_time
from desktop.ui.kit.surfaces import scrolled
from desktop.ui.theme import monospace_font
from desktop.views.review.evidence import Piece
from desktop.views.review.model import ReviewState
from desktop.views.review.picture import EvidencePane

_CODE_PIXELS = 13
_COLUMNS = 3


def kind_word(kind: SealKind) -> str:
    """Return the word for a kind of seal."""
    words = {
        SealKind.OFFICIAL: tr("企业公章"),
        SealKind.LEGAL_REPRESENTATIVE: tr("法人章"),
        SealKind.CONTRACT: tr("合同章"),
    }
    return words[kind]


def grouped(serial: str) -> str:
    """Write a serial number in groups of four."""
    return " ".join(serial[start : start + 4] for start in range(0, len(serial), 4))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing applied with; `span` columns wide."""

    word: str
    text: str
    is_code: bool = False
    span: int = 1


class Facts(QWidget):
    """Words in small print above what was applied with, three to a row; the texts can be copied."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(2)
        for column in range(_COLUMNS):
            self._grid.setColumnStretch(column, 1)
        self._cells: list[tuple[Label, Label]] = []

    def show_facts(self, facts: tuple[Fact, ...]) -> None:
        """Show `facts` in reading order."""
        while len(self._cells) < len(facts):
            self._cells.append((Label(role="caption"), Label(role="body", wrap=True, selectable=True)))
        place = 0
        for position, (word, text) in enumerate(self._cells):
            is_used = position < len(facts)
            if is_used:
                fact = facts[position]
                row, column = divmod(place, _COLUMNS)
                place += fact.span
                self._grid.addWidget(word, 3 * row, column, 1, fact.span)
                self._grid.addWidget(text, 3 * row + 1, column, 1, fact.span, Qt.AlignmentFlag.AlignTop)
                self._grid.setRowMinimumHeight(3 * row + 2, 6)
                word.setText(fact.word)
                text.setText(fact.text)
                text.setAccessibleName(f"{fact.word} {fact.text}")
                text.setFont(monospace_font(_CODE_PIXELS) if fact.is_code else self.font())
            word.setVisible(is_used)
            text.setVisible(is_used)


class Detail(QWidget):
    """Heading, facts, then two pieces of evidence side by side."""

    save_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.heading = Label(role="heading", wrap=True, name="reviewHeading")
        self.facts = Facts()
        self.panes = {piece: EvidencePane(piece) for piece in Piece}
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addWidget(self.heading)
        column.addWidget(self.facts)
        pictures = QHBoxLayout()
        pictures.setSpacing(16)
        for pane in self.panes.values():
            pane.save_requested.connect(self.save_requested)
            pictures.addWidget(pane, 1)
        column.addLayout(pictures, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inner))

    def show_state(self, state: ReviewState) -> None:
        """Draw the selected application."""
        wording = problem(state.evidence_problem).wording(current_language()) if state.evidence_problem else None
        found = {evidence.piece: evidence for evidence in state.evidence}
        shown = {Piece.SCAN, Piece.IMPRINT} if state.seal else {Piece.LICENCE, Piece.LETTER}
        for piece, pane in self.panes.items():
            pane.setVisible(piece in shown)
            words = wording.title if wording else ""
            pane.show_evidence(found.get(piece), problem=words, size_words=_size_words(state.seal, piece))
        if state.order is not None:
            self.heading.setText(state.order.organization_name)
            self.facts.show_facts(_order_facts(state.order))
        elif state.seal is not None:
            self.heading.setText(state.seal.name)
            self.facts.show_facts(_seal_facts(state.seal))


def _size_words(seal: Seal | None, piece: Piece) -> str:
    if seal is None or piece is not Piece.IMPRINT:
        return ""
    return tr("宽 {width} 毫米, 高 {height} 毫米", width=f"{seal.width_mm:.1f}", height=f"{seal.height_mm:.1f}")


def _order_facts(order: Order) -> tuple[Fact, ...]:
    return (
        Fact(word=tr("统一社会信用代码"), text=order.credit_code, is_code=True),
        Fact(word=tr("法定代表人"), text=order.legal_representative),
        Fact(word=tr("提交时间"), text=local_time(order.created_at)),
        Fact(word=tr("身份证号"), text=order.id_number_masked, is_code=True),
        Fact(word=tr("经办人"), text=order.holder_name),
        Fact(word=tr("证书算法"), text=order.suite),
    )


def _seal_facts(seal: Seal) -> tuple[Fact, ...]:
    return (
        Fact(word=tr("单位"), text=seal.organization_name, span=2),
        Fact(word=tr("印章类型"), text=kind_word(seal.kind)),
        Fact(word=tr("关联证书"), text=grouped(seal.certificate_serial), is_code=True, span=2),
        Fact(word=tr("提交时间"), text=local_time(seal.created_at)),
    )
