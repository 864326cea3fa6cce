"""Opening, inspecting and rendering a PDF through pdfium, the only user of that library.

Refuses what pdfium cannot open or what cannot be sealed: passwords, encryption, certification, XFA. A cross-reference
table that pdfium repairs on the fly is found by signing.pdf.check_sealable, which services calls as well.
"""

import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from desktop.documents.model import DocumentFacts, DocumentWarning, PageSize, RenderedPage, TextHit, TextSearch
from desktop.documents.snapshot import MAX_BYTES, Snapshot, take_snapshot
from desktop.documents.text import find_on_page, folded
from desktop.domain.errors import MisuseError, RejectedError
from desktop.domain.units import points_to_mm

_MAX_PAGES = 10_000
_MAX_RENDER_PIXELS = 64_000_000
_PASSWORD_ERROR = 4
_XFA_FORMS = (2, 3)
#: pdfium keeps process-wide state and is not thread-safe even across documents, hence one lock for the process.
_PDFIUM = threading.Lock()


def open_document(path: Path, snapshot_folder: Path, *, max_bytes: int = MAX_BYTES) -> "Document":
    """Take a private snapshot of `path` in `snapshot_folder`, inspect it and return it ready to show.

    Raises:
        RejectedError: `pdf.not_a_pdf`, `pdf.too_large`, `pdf.damaged`, `pdf.password_needed`, `pdf.encrypted`,
            `pdf.certified`, `pdf.xfa`.
        UnavailableError: `general.file_unreadable`, `general.disk_full`.
    """
    snapshot = take_snapshot(path, snapshot_folder, max_bytes=max_bytes)
    handle = None
    try:
        with _PDFIUM:
            handle = _load(snapshot.path)
            facts = _inspect(handle, path.name, snapshot)
    except BaseException:
        if handle is not None:
            with _PDFIUM:
                handle.close()
        snapshot.path.unlink(missing_ok=True)
        raise
    return Document(facts, handle)


class Document:
    """An open document; safe to use from several threads, deletes its snapshot when closed."""

    def __init__(self, facts: DocumentFacts, handle: Any) -> None:
        self.facts = facts
        self._handle: Any = handle

    def render_page(self, index: int, *, width_px: int) -> RenderedPage:
        """Draw a page `width_px` wide, form fields and visible signatures included.

        Raises:
            RejectedError: the page cannot be drawn (`pdf.damaged`).
        """
        if not 0 <= index < len(self.facts.pages) or width_px < 1:
            raise MisuseError("general.unexpected", "no such page or no width")
        with _PDFIUM:
            if self._handle is None:
                raise MisuseError("general.unexpected", "document is closed")
            return _render(self._handle, index, width_px)

    def find_text(self, words: str, *, on_page: Callable[[int, int], None] = lambda _done, _total: None) -> TextSearch:
        """Find `words` on all pages; `on_page` hears (done, total) before each and may raise to stop.

        Raises:
            RejectedError: a page cannot be read (`pdf.damaged`).
        """
        wanted, hits, empty, total = folded(words), list[TextHit](), 0, len(self.facts.pages)
        for index, size in enumerate(self.facts.pages):
            on_page(index, total)
            with _PDFIUM:  # page by page, so that drawing need not wait for the end
                if self._handle is None:
                    raise MisuseError("general.unexpected", "document is closed")
                found, has_text = _find(self._handle, index, size, wanted)
            hits += found
            empty += not has_text
        return TextSearch(hits=tuple(hits), pages_without_text=empty)

    def close(self) -> None:
        """Release the file and delete the snapshot; again is harmless."""
        with _PDFIUM:
            if self._handle is not None:
                self._handle.close()
                self._handle = None
        self.facts.snapshot.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


def _load(path: Path) -> Any:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        code = "pdf.password_needed" if getattr(error, "err_code", None) == _PASSWORD_ERROR else "pdf.damaged"
        raise RejectedError(code) from error


def _inspect(handle: Any, name: str, snapshot: Snapshot) -> DocumentFacts:
    import pypdfium2
    from pypdfium2 import raw

    if raw.FPDF_GetSecurityHandlerRevision(handle) != -1:
        raise RejectedError("pdf.encrypted")
    if raw.FPDF_GetFormType(handle) in _XFA_FORMS:
        raise RejectedError("pdf.xfa")
    count = len(handle)
    if not 0 < count <= _MAX_PAGES:
        raise RejectedError("pdf.damaged", f"{count} pages")
    signatures = _signature_count(handle)
    try:
        handle.init_forms()
        sizes = [handle.get_page_size(index) for index in range(count)]
    except pypdfium2.PdfiumError as error:
        raise RejectedError("pdf.damaged") from error
    if any(not (width > 0 and height > 0) for width, height in sizes):
        raise RejectedError("pdf.damaged", "page without size")
    warnings = []
    if signatures:
        warnings.append(DocumentWarning.ALREADY_SIGNED)
    if snapshot.has_active_content or raw.FPDFDoc_GetJavaScriptActionCount(handle) > 0:
        warnings.append(DocumentWarning.ACTIVE_CONTENT)
    return DocumentFacts(
        name=name,
        snapshot=snapshot.path,
        hashed=snapshot.hashed,
        pages=tuple(PageSize(width_mm=points_to_mm(w), height_mm=points_to_mm(h)) for w, h in sizes),
        signature_count=signatures,
        warnings=tuple(warnings),
    )


def _signature_count(handle: Any) -> int:
    """Count the filled signature fields; a certifying one (DocMDP) forbids sealing."""
    from pypdfium2 import raw

    filled = 0
    for index in range(max(0, raw.FPDF_GetSignatureCount(handle))):
        signature = raw.FPDF_GetSignatureObject(handle, index)
        if raw.FPDFSignatureObj_GetDocMDPPermission(signature) > 0:
            raise RejectedError("pdf.certified")
        filled += raw.FPDFSignatureObj_GetContents(signature, None, 0) > 0
    return filled


def _find(handle: Any, index: int, size: PageSize, words: str) -> tuple[tuple[TextHit, ...], bool]:
    import pypdfium2

    try:
        return find_on_page(handle, index, size, words)
    except pypdfium2.PdfiumError as error:
        raise RejectedError("pdf.damaged", f"page {index}") from error


def _render(handle: Any, index: int, width_px: int) -> RenderedPage:
    import pypdfium2

    try:
        page = handle[index]
        try:
            width, height = page.get_size()
            scale = width_px / width
            if width_px * height * scale > _MAX_RENDER_PIXELS:
                scale = (_MAX_RENDER_PIXELS / (width * height)) ** 0.5
            bitmap = page.render(scale=scale, rev_byteorder=True, fill_color=(255, 255, 255, 255), no_smoothtext=False)
            try:
                return RenderedPage(
                    width=bitmap.width, height=bitmap.height, stride=bitmap.stride, pixels=bytes(bitmap.buffer)
                )
            finally:
                bitmap.close()
        finally:
            page.close()
    except pypdfium2.PdfiumError as error:
        raise RejectedError("pdf.damaged", f"page {index}") from error
