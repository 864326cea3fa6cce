"""The right half of the review desk: the facts applied with, and the evidence for them. Passive."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from desktop.domain.operations import CheckPurpose, OrderKind
from desktop.domain.problems import problem
from desktop.portal.records import Order, Seal
from desktop.portal.unit_records import IdentityCheck
from desktop.ui.i18n import current_language, tr
from desktop.ui.kinds import order_kind_word, seal_kind_word
from desktop.ui.kit.base import Label
from desktop.ui.kit.progress import local_time
from desktop.ui.kit.surfaces import scrolled
from desktop.views.review.compare import ComparePane
from desktop.views.review.evidence import Piece, expected_pieces
from desktop.views.review.model import ReviewState
from desktop.views.review.picture import EvidencePane

_COLUMNS = 3
_PANES_IN_A_ROW = 2


def purpose_word(purpose: CheckPurpose) -> str:
    """Return the word for what an identity check is for."""
    words = {
        CheckPurpose.GRANT: tr("授权申领"),
        CheckPurpose.PASSWORD_RESET: tr("重置证书密码"),
        CheckPurpose.MOBILE_CHANGE: tr("更换手机号"),
    }
    return words[purpose]


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
                text.set_code(is_code=fact.is_code)
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
        self.compare = ComparePane()
        self._shown: tuple[Piece, ...] = ()
        self.effect = Label(role="muted", wrap=True, name="reviewEffect")
        column.addWidget(self.effect)
        self._pictures = QGridLayout()
        self._pictures.setSpacing(16)
        for side in range(_PANES_IN_A_ROW):
            self._pictures.setColumnStretch(side, 1)
        for pane in self.panes.values():
            pane.save_requested.connect(self.save_requested)
            pane.setParent(inner)
            pane.hide()
        column.addLayout(self._pictures, 1)
        column.addWidget(self.compare, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inner))

    def show_state(self, state: ReviewState) -> None:
        """Draw the selected application."""
        wording = problem(state.evidence_problem).wording(current_language()) if state.evidence_problem else None
        found = {evidence.piece: evidence for evidence in state.evidence}
        shown = expected_pieces(state.order, state.seal, state.check)
        self._arrange(shown)
        for piece, pane in self.panes.items():
            pane.setVisible(piece in shown)
            words = wording.title if wording else ""
            pane.show_evidence(found.get(piece), problem=words, size_words=_size_words(state.seal, piece))
        self.compare.setVisible(state.seal is not None and bool(state.evidence))
        self.compare.show_comparison(state.comparison)
        self.effect.setText(_effect_words(state))
        self.effect.setVisible(bool(self.effect.text()))
        if state.order is not None:
            self.heading.setText(state.order.organization_name)
            self.facts.show_facts(_order_facts(state.order, state.present_name))
        elif state.check is not None:
            self.heading.setText(state.check.name)
            self.facts.show_facts(_check_facts(state.check))
        elif state.seal is not None:
            self.heading.setText(state.seal.name)
            self.facts.show_facts(_seal_facts(state.seal))

    def _arrange(self, shown: tuple[Piece, ...]) -> None:
        if shown == self._shown:
            return
        self._shown = shown
        for pane in self.panes.values():
            self._pictures.removeWidget(pane)
        for position, piece in enumerate(shown):
            self._pictures.addWidget(self.panes[piece], *divmod(position, _PANES_IN_A_ROW))


def _effect_words(state: ReviewState) -> str:
    """Say what an approval will do beyond letting a certificate be downloaded."""
    kind = state.order.kind if state.order else None
    if kind is OrderKind.CHANGE:
        return tr("通过后: 单位名称立即更改, 原证书被吊销, 其印章全部作废。")
    if kind is OrderKind.REISSUE:
        return tr("通过后: 原证书被吊销; 已通过审核的印章可凭新证书申领。请核对身份材料与持证人一致。")
    if kind is OrderKind.RENEW:
        return tr("通过后: 可下载新证书, 印章随新证书继续使用。延期不需要材料。")
    if state.check is not None:
        return tr("请核对身份材料与上述姓名、身份证号一致。")
    return ""


def _size_words(seal: Seal | None, piece: Piece) -> str:
    if seal is None or piece is not Piece.IMPRINT:
        return ""
    return tr("宽 {width} 毫米, 高 {height} 毫米", width=f"{seal.width_mm:.1f}", height=f"{seal.height_mm:.1f}")


def _order_facts(order: Order, present_name: str) -> tuple[Fact, ...]:
    if order.predecessor:
        return _following_facts(order, present_name)
    return (
        Fact(word=tr("统一社会信用代码"), text=order.credit_code, is_code=True),
        Fact(word=tr("法定代表人"), text=order.legal_representative),
        Fact(word=tr("提交时间"), text=local_time(order.created_at)),
        Fact(word=tr("身份证号"), text=order.id_number_masked, is_code=True),
        Fact(word=tr("经办人"), text=order.holder_name),
        Fact(word=tr("证书算法"), text=order.suite),
    )


def _following_facts(order: Order, present_name: str) -> tuple[Fact, ...]:
    return (
        Fact(word=tr("类型"), text=order_kind_word(order.kind)),
        Fact(word=tr("持证人"), text=order.holder_name),
        Fact(word=tr("身份证号"), text=order.id_number_masked, is_code=True),
        Fact(word=tr("统一社会信用代码"), text=order.credit_code, is_code=True),
        Fact(word=tr("法定代表人"), text=order.legal_representative),
        Fact(word=tr("提交时间"), text=local_time(order.created_at)),
        Fact(word=tr("原证书中的单位名称"), text=present_name, span=3),
        Fact(word=tr("原证书"), text=grouped(order.predecessor), is_code=True, span=3),
    )


def _check_facts(check: IdentityCheck) -> tuple[Fact, ...]:
    return (
        Fact(word=tr("事项"), text=purpose_word(check.purpose)),
        Fact(word=tr("身份证号"), text=check.id_number_masked, is_code=True),
        Fact(word=tr("提交时间"), text=local_time(check.created_at)),
    )


def _seal_facts(seal: Seal) -> tuple[Fact, ...]:
    return (
        Fact(word=tr("单位"), text=seal.organization_name, span=2),
        Fact(word=tr("印章类型"), text=seal_kind_word(seal.kind)),
        Fact(word=tr("关联证书"), text=grouped(seal.certificate_serial), is_code=True, span=2),
        Fact(word=tr("提交时间"), text=local_time(seal.created_at)),
    )
