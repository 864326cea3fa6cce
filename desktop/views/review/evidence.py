"""What an applicant handed in, fetched and made ready to look at; blocking, called on a worker.

Refuses an imprint that is not the one applied with (its SHA-256 differs): the reviewer must see what will be stamped.
A paper is told by its first bytes, never by its name (threat T23).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from desktop.crypto.certificates import read_certificate
from desktop.crypto.primitives import sha256
from desktop.documents import RenderedPage, open_document
from desktop.domain.errors import BidSealError, RejectedError
from desktop.portal.api import PlatformApi
from desktop.portal.records import Order, Seal
from desktop.portal.unit_records import IdentityCheck

_PREVIEW_WIDTH_PX = 1240
_KINDS = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"), (b"%PDF-", "pdf"))


class Piece(StrEnum):
    """One piece of evidence."""

    LICENCE = "licence"
    LETTER = "letter"
    SCAN = "scan"
    IMPRINT = "imprint"
    PAPER_1 = "paper1"
    PAPER_2 = "paper2"
    PAPER_3 = "paper3"
    PAPER_4 = "paper4"
    PAPER_5 = "paper5"
    PAPER_6 = "paper6"
    PAPER_7 = "paper7"
    PAPER_8 = "paper8"


#: Numbered papers: of changes, reissues and identity checks.
NUMBERED = tuple(piece for piece in Piece if piece.value.startswith("paper"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A file as handed in. `extension` is "" when its kind is unknown; `page` is the first page of a PDF."""

    piece: Piece
    data: bytes = field(repr=False)
    extension: str
    page: RenderedPage | None = None

    @property
    def is_picture(self) -> bool:
        """Whether `data` is a picture to show."""
        return self.extension in {"png", "jpg"}


def order_evidence(api: PlatformApi, order: Order, work: Path) -> tuple[Evidence, ...]:
    """Fetch licence and letter, or the papers of an order that follows; a PDF comes with its first page drawn.

    Raises:
        BidSealError: the platform does not hand them out.
    """
    if order.predecessor:
        return _numbered(order.papers, lambda number: api.order_file(order.order_id, str(number)), work)
    return tuple(_told(piece, api.order_file(order.order_id, piece.value), work) for piece in _PAPERS)


def present_name(api: PlatformApi, order: Order) -> str:
    """Return the unit's name in the certificate that an order follows, "" for a first one.

    Raises:
        BidSealError: the platform does not hand the certificate out.
    """
    return read_certificate(api.certificate_by_serial(order.predecessor)).organization if order.predecessor else ""


def check_evidence(api: PlatformApi, check: IdentityCheck, work: Path) -> tuple[Evidence, ...]:
    """Fetch the papers of an identity check.

    Raises:
        BidSealError: the platform does not hand them out.
    """
    return _numbered(check.papers, lambda number: api.check_file(check.check_id, number), work)


def expected_pieces(order: Order | None, seal: Seal | None, check: IdentityCheck | None) -> tuple[Piece, ...]:
    """Return which pieces an application comes with; a renewal comes with none."""
    if seal is not None:
        return (Piece.SCAN, Piece.IMPRINT)
    if check is not None:
        return NUMBERED[: check.papers]
    if order is not None:
        return NUMBERED[: order.papers] if order.predecessor else _PAPERS
    return ()


def _numbered(count: int, fetch: Callable[[int], bytes], work: Path) -> tuple[Evidence, ...]:
    return tuple(_told(piece, fetch(number), work) for number, piece in enumerate(NUMBERED[:count]))


def seal_evidence(api: PlatformApi, seal: Seal, work: Path) -> tuple[Evidence, ...]:
    """Fetch scan and imprint.

    Raises:
        BidSealError: the platform does not hand them out, or hands out another imprint.
    """
    imprint = api.seal_imprint(seal.seal_id)
    if sha256(imprint) != seal.imprint_sha256:
        raise RejectedError("portal.bad_answer", "imprint differs from the application")
    return (_told(Piece.SCAN, api.seal_scan(seal.seal_id), work), _told(Piece.IMPRINT, imprint, work))


_PAPERS = (Piece.LICENCE, Piece.LETTER)


def _told(piece: Piece, data: bytes, work: Path) -> Evidence:
    extension = next((name for start, name in _KINDS if data.startswith(start)), "")
    page = _first_page(data, work) if extension == "pdf" else None
    return Evidence(piece=piece, data=data, extension=extension, page=page)


def _first_page(data: bytes, work: Path) -> RenderedPage | None:
    """Draw the first page; None when the PDF cannot be shown, which the reviewer sees and may reject for."""
    work.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=work) as folder:
        path = Path(folder) / "paper.pdf"
        path.write_bytes(data)
        try:
            with open_document(path, Path(folder)) as document:
                return document.render_page(0, width_px=_PREVIEW_WIDTH_PX)
        except BidSealError:
            return None
