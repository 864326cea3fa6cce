"""What platform and opening rooms have signed, judged: statements, receipts. Form is `protocol.statements`' part."""

from desktop.formats.statements.judging import (
    Basis,
    StatementVerdict,
    judge_room_statement,
    judge_signer,
    judge_statement,
    unreadable,
    worst,
)
from desktop.formats.statements.receipts import (
    CLOCKS_APART,
    MAX_RECEIPT_BYTES,
    ReceiptFile,
    ReceiptVerdict,
    judge_receipt,
    read_receipt,
    write_receipt,
)

__all__ = [
    "CLOCKS_APART",
    "MAX_RECEIPT_BYTES",
    "Basis",
    "ReceiptFile",
    "ReceiptVerdict",
    "StatementVerdict",
    "judge_receipt",
    "judge_room_statement",
    "judge_signer",
    "judge_statement",
    "read_receipt",
    "unreadable",
    "worst",
    "write_receipt",
]
