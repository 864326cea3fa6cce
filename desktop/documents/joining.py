"""PDFs of our own making, one behind the other in one file. Not for a stranger's: nothing is looked at."""

import io

from desktop.documents.document import _PDFIUM


class PdfJoin:
    """Takes whole PDFs in turn; holds all in memory. Close it."""

    def __init__(self) -> None:
        import pypdfium2

        with _PDFIUM:
            self._joined = pypdfium2.PdfDocument.new()

    def add(self, pdf: bytes) -> int:
        """Put the pages of `pdf` behind what is there, and return how many there are now."""
        import pypdfium2

        with _PDFIUM:
            part = pypdfium2.PdfDocument(pdf)
            try:
                self._joined.import_pages(part)
            finally:
                part.close()
            return len(self._joined)

    def read(self) -> bytes:
        """Return the one PDF."""
        out = io.BytesIO()
        with _PDFIUM:
            self._joined.save(out)
        return out.getvalue()

    def close(self) -> None:
        """Let go of everything."""
        with _PDFIUM:
            self._joined.close()
