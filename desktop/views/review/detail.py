"""The right half of the review desk: the facts applied with, and the evidence for them. Passive."""

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


class Facts(QWidget):
    """Pairs of a word and what was applied with; the texts can be copied."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[Label, Label]] = []

    def show_facts(self, facts: list[tuple[str, str, bool]]) -> None:
        """Show (word, text, whether it is a code) rows."""
        while len(self._rows) < len(facts):
            self._add_row()
        for position, (word_label, text_label) in enumerate(self._rows):
            is_used = position < len(facts)
            word_label.setVisible(is_used)
            text_label.setVisible(is_used)
            if is_used:
                word, text, is_code = facts[position]
                word_label.setText(word)
                text_label.setText(text)
                text_label.setAccessibleName(f"{word} {text}")
                text_label.setFont(monospace_font(_CODE_PIXELS) if is_code else self.font())

    def _add_row(self) -> None:
        word, text = Label(role="muted"), Label(role="body", wrap=True, selectable=True)
        position = len(self._rows)
        self._grid.addWidget(word, position, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(text, position, 1)
        self._rows.append((word, text))


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
        column.addSpacing(8)
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


def _order_facts(order: Order) -> list[tuple[str, str, bool]]:
    return [
        (tr("统一社会信用代码"), order.credit_code, True),
        (tr("法定代表人"), order.legal_representative, False),
        (tr("经办人"), order.holder_name, False),
        (tr("身份证号"), order.id_number_masked, True),
        (tr("证书算法"), order.suite, False),
        (tr("提交时间"), local_time(order.created_at), False),
    ]


def _seal_facts(seal: Seal) -> list[tuple[str, str, bool]]:
    return [
        (tr("单位"), seal.organization_name, False),
        (tr("印章类型"), kind_word(seal.kind), False),
        (tr("关联证书"), grouped(seal.certificate_serial), True),
        (tr("提交时间"), local_time(seal.created_at), False),
    ]
