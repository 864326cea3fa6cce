"""The words of a printed receipt, in the language of the screen."""

from pathlib import Path

from desktop.crypto.primitives import sha256
from desktop.services.receipt_pdf import ReceiptWords, write_receipt_pdf
from desktop.services.receipts import Judged
from desktop.ui.i18n import tr
from desktop.views.tenders.bids_view import receipt_facts


def print_receipt(judged: Judged, target: Path) -> Path:
    """Write the receipt as a PDF; return its path."""
    lines = [(fact.word, fact.text) for fact in receipt_facts(judged)]
    lines.append((tr("回执指纹"), sha256(judged.data).hex()))
    note = tr("本页便于存档; 具有证明力的是平台签名的回执文件 (.receipt), 可用本软件或 bidseal verify 离线核验。")
    return write_receipt_pdf(ReceiptWords(title=tr("投标文件递交回执"), lines=tuple(lines), note=note), target)
