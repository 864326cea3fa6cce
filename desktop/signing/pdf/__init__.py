"""Sealing and verifying PDF files without network and without keys: the phone signs, this package prepares and embeds.

Refuses to seal what is encrypted, certified, XFA or damaged, and to call anything valid that it cannot account for byte
by byte. Importing it is cheap: pyHanko is loaded by the first call. Source: docs/protocol.md §3, ISO 32000-2 §12.8,
EN 319 142-1 (PAdES B-B).
"""

from desktop.signing.pdf.api import check_sealable, finish, prepare, replace_file, verify_pdf
from desktop.signing.pdf.model import ImprintPlacement, PreparedSeal, SealedDocument, SealRequest
from desktop.signing.pdf.verdict import PdfVerdict, SignatureVerdict

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
    "replace_file",
    "verify_pdf",
]
