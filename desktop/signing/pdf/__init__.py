"""Sealing and verifying PDF files without network and without keys: the phone signs, this package prepares and embeds.

Refuses to seal what is encrypted, certified, XFA or damaged, and to call anything valid that it cannot account for byte
by byte. Importing it is cheap: pyHanko is loaded by the first call. Source: docs/protocol.md §3, ISO 32000-2 §12.8,
EN 319 142-1 (PAdES B-B, B-T, B-LT).
"""

from desktop.signing.pdf.api import (
    add_document_timestamp,
    check_sealable,
    extend_lt,
    finish,
    new_batch,
    prepare,
    replace_file,
    verify_pdf,
)
from desktop.signing.pdf.model import (
    ImprintPlacement,
    LongTermEvidence,
    PreparedSeal,
    SealedDocument,
    SealLevel,
    SealRequest,
)
from desktop.signing.pdf.verdict import PdfVerdict, SignatureVerdict

__all__ = [
    "ImprintPlacement",
    "LongTermEvidence",
    "PdfVerdict",
    "PreparedSeal",
    "SealLevel",
    "SealRequest",
    "SealedDocument",
    "SignatureVerdict",
    "add_document_timestamp",
    "check_sealable",
    "extend_lt",
    "finish",
    "new_batch",
    "prepare",
    "replace_file",
    "verify_pdf",
]
