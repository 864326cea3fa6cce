"""A document as the person opened it: private snapshot, facts, page images.

Refuses what is no PDF, too large, or not to be opened; never modifies the file that was opened. Only this package uses
pdfium. Source: docs/protocol.md §3 (everything after opening reads the snapshot alone).
"""

from desktop.documents.document import Document, open_document
from desktop.documents.model import DocumentFacts, DocumentWarning, PageSize, RenderedPage, TextHit, TextSearch

__all__ = [
    "Document",
    "DocumentFacts",
    "DocumentWarning",
    "PageSize",
    "RenderedPage",
    "TextHit",
    "TextSearch",
    "open_document",
]
