"""Sealing and verifying PDF files without network and without keys: the phone signs, this package prepares and embeds.

Refuses to seal what is encrypted, certified, XFA or damaged, and to call anything valid that it cannot account for byte
by byte. Source: docs/protocol.md §3, ISO 32000-2 §12.8, EN 319 142-1 (PAdES B-B). Public names are re-exported here.
"""

from desktop.signing.pdf.finish import finish
from desktop.signing.pdf.model import ImprintPlacement, PreparedSeal, SealedDocument, SealRequest
from desktop.signing.pdf.prepare import check_sealable, prepare
from desktop.signing.pdf.verdict import PdfVerdict, SignatureVerdict
from desktop.signing.pdf.verify import verify_pdf

__all__ = [
    "ImprintPlacement",
    "PdfVerdict",
    "PreparedSeal",
    "SealRequest",
    "SealedDocument",
    "SignatureVerdict",
    "check_sealable",
    "finish",
    "prepare",
    "verify_pdf",
]
