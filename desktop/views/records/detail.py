"""One usage record in full, beside the list."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.domain.problems import problem
from desktop.portal.records import UsageRecord
from desktop.services.record_proof import ProofState, RecordProof
from desktop.ui.i18n import current_language, tr
from desktop.ui.kit import Card, IconButton, Label, StatusChip, Tone, local_time, scrolled
from desktop.views.certificates.fact_grid import Fact, FactGrid
from desktop.views.records.words import operation_words, reason_word, result_word

_WIDTH = 336
_WORD_WIDTH = 84


class RecordDetail(Card):
    """Shows facts, and whether the holder's phone is known to have agreed."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__(name="recordDetail", padding=16)
        self.setFixedWidth(_WIDTH)
        self.heading = Label(role="heading", wrap=True)
        self.close_button = IconButton("x", "", name="recordDetailClose")
        self.close_button.clicked.connect(self.closed)
        self.chip = StatusChip(name="recordEvidence")
        self.words = Label(role="muted", wrap=True, name="recordEvidenceWords")
        self.log_chip = StatusChip(name="recordProof")
        self.log_words = Label(role="muted", wrap=True, name="recordProofWords")
        self.facts = FactGrid(name="recordFacts", word_width=_WORD_WIDTH)
        head = QHBoxLayout()
        head.addWidget(self.heading, 1)
        head.addWidget(self.close_button)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        column.addWidget(self.chip)
        column.addWidget(self.words)
        column.addWidget(self.log_chip)
        column.addWidget(self.log_words)
        column.addWidget(self.facts)
        column.addStretch()
        self.body.addLayout(head)
        self.add(scrolled(inner, name="recordDetailArea"), 1)

    def show_record(self, record: UsageRecord, proof: RecordProof | None) -> None:
        """Show `record` and what is known of its place in the platform's log; None while that is looked for."""
        self._show_proof(proof)
        self.heading.setText(operation_words().get(record.operation, record.operation))
        self.close_button.set_text(tr("关闭"))
        self.facts.show_facts(
            [
                Fact(word=tr("结果"), text=_result(record.result)),
                Fact(word=tr("文件或标段"), text=record.subject),
                Fact(word=tr("使用者"), text=record.user_name),
                Fact(word=tr("操作时间"), text=local_time(record.at, seconds=True)),
                Fact(word=tr("平台收到"), text=local_time(record.received_at, seconds=True)),
                Fact(word=tr("证书序列号"), text=_spaced(record.certificate_serial), is_code=True),
                Fact(word=tr("扫码流程"), text=_spaced(record.ceremony), is_code=True),
                Fact(word=tr("记录摘要"), text=_spaced(record.row_hash) or tr("无"), is_code=True),
            ]
        )
        if record.has_evidence:
            self.chip.set_status(tr("手机签名已核验"), Tone.SUCCESS)
            self.words.setText(tr("平台收到记录时已用此证书核验: 持有人的手机确认并签名过这次操作。"))
        else:
            self.chip.set_status(tr("手机签名无法核验"), Tone.WARNING)
            self.words.setText(tr("这条记录不带手机的签名 (旧版客户端), 只能说明有人上报过。"))

    def _show_proof(self, proof: RecordProof | None) -> None:
        if proof is None:
            self.log_chip.set_status(tr("正在核对平台日志…"), Tone.NEUTRAL)
            self.log_words.setText(tr("正在核对这条记录是否在平台的防篡改日志中。"))
        elif proof.state is ProofState.PROVEN:
            self.log_chip.set_status(tr("平台日志已核实"), Tone.SUCCESS)
            self.log_words.setText(
                tr(
                    "本机已重新计算: 记录未被改动, 且是平台日志第 {leaf} 条 (共 {size} 条)。",
                    leaf=proof.leaf + 1,
                    size=proof.size,
                )
            )
        elif proof.state is ProofState.WRONG:
            wording = problem(proof.code).wording(current_language())
            self.log_chip.set_status(tr("平台日志核对不符"), Tone.PROBLEM)
            self.log_words.setText(f"{wording.title}: {wording.advice}")
        else:
            wording = problem(proof.code).wording(current_language())
            self.log_chip.set_status(tr("平台日志暂时无法核对"), Tone.WARNING)
            self.log_words.setText(f"{wording.title}: {wording.next_step}")


def _result(result: str) -> str:
    reason = reason_word(result)
    return f"{result_word(result)[0]}: {reason}" if reason else result_word(result)[0]


def _spaced(code: str) -> str:
    """Part a long number, so that it can be read and broken into lines."""
    return " ".join(code[n : n + 8] for n in range(0, len(code), 8))
