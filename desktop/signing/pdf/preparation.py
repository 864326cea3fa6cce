"""First half of sealing: source + exactly the chosen imprints + one signature field, and what the phone is to sign.

The snapshot is only appended to (an incremental update, which is all that is written), so the source stays an exact
prefix of the result; document information and metadata are not touched. The source is read and hashed once: what comes
after it continues the same hash. Refuses before any QR is shown what cannot be sealed
honestly: encrypted, certified (DocMDP), XFA, damaged cross-references, changed since it was opened.
Source: docs/protocol.md §3, ISO 32000-2 §7.5.6 and §12.8, EN 319 142-1.
"""

import os
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import BinaryIO, cast

from pyhanko.pdf_utils.crypt import AuthStatus
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest, SignatureObject

from desktop.crypto.cades import cades_signed_attributes, signed_data_budget
from desktop.crypto.certificates import read_certificate
from desktop.crypto.hashed_file import HashedFile, hash_file
from desktop.domain.errors import RejectedError
from desktop.signing.pdf.continuation import Continuation, ContinuedSignature
from desktop.signing.pdf.encoding import EncodedImprints
from desktop.signing.pdf.foreign import disk_error, foreign_parser
from desktop.signing.pdf.geometry import Spot
from desktop.signing.pdf.imprints import ImprintPainter
from desktop.signing.pdf.model import CHUNK, ImprintPlacement, PreparedSeal, SealRequest
from desktop.signing.pdf.objects import as_dictionary, dictionary, items_of, page_at
from desktop.signing.pdf.overlap import Mark, signed_marks

_FIELD_PREFIX = "BidSeal"
#: Room for a timestamp token with its certificates.
TIMESTAMP_BYTES = 8 * 1024


class Update(IncrementalPdfFileWriter):
    """An incremental update that adds what we put in and nothing of its own accord."""

    IO_CHUNK_SIZE = CHUNK

    def __init__(self, file: BinaryIO, reader: PdfFileReader) -> None:
        super().__init__(file, prev=reader)
        # Some producers write a /Size below their highest object number; a new object there would replace an old one.
        used = (
            ref.idnum for r in range(reader.xrefs.total_revisions) for ref in reader.xrefs.explicit_refs_in_revision(r)
        )
        self._lastobj_id = max(self._lastobj_id, max(used, default=0))

    def _update_meta(self) -> None:
        """Leave document information and XMP as they are: the seal changes no word of the document."""

    def write_in_place(self) -> None:
        """Append after the last line end, adding one where the source has none."""
        stream = self.prev.stream
        stream.seek(-1, os.SEEK_END)
        if stream.read(1) not in b"\r\n":
            stream.write(b"\n")
        super().write_in_place()  # type: ignore[no-untyped-call]  # pyHanko leaves it bare


def check(path: Path) -> None:
    """Refuse what cannot be sealed; see api.check_sealable."""
    with path.open("rb") as file, foreign_parser("pdf.damaged"):
        _refuse_unsealable(open_reader(file))


def run(request: SealRequest, encoded: EncodedImprints) -> PreparedSeal:
    """Write the update; see api.prepare."""
    if not read_certificate(request.certificate_der).may_sign:
        raise RejectedError("pdf.certificate_cannot_sign")
    try:
        source = _hash_snapshot(request)
        prepared, field_name, digest = _write(request, encoded, source)
    except OSError as error:
        raise disk_error(error) from error
    return PreparedSeal(
        prepared=prepared,
        snapshot=request.snapshot,
        source_sha256=request.source_sha256,
        source_size=source.size,
        tbs_sha256=digest.document_digest,
        signed_attributes=cades_signed_attributes(digest.document_digest, request.certificate_der),
        gap_start=digest.reserved_region_start,
        gap_end=digest.reserved_region_end,
        certificate_der=request.certificate_der,
        chain=request.chain,
        field_name=field_name,
    )


def _write(
    request: SealRequest, encoded: EncodedImprints, source: HashedFile
) -> tuple[Path, str, PreparedByteRangeDigest]:
    request.work_folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix="prepared-", suffix=".pdf", dir=request.work_folder)
    prepared = Path(name)
    try:
        with (
            os.fdopen(handle, "w+b") as tail,
            Continuation(request.snapshot, source.size, tail) as file,
            foreign_parser("pdf.damaged"),
        ):
            field_name, digest = _append_update(request, cast("BinaryIO", file), encoded, source)
            _demand_unchanged(request, source)
    except BaseException:
        prepared.unlink(missing_ok=True)
        raise
    return prepared, field_name, digest


def open_reader(file: BinaryIO) -> PdfFileReader:
    """Open `file` strictly where the file allows it, leniently where real producers err harmlessly."""
    start = file.read(1024)
    file.seek(0)
    if b"%PDF-" not in start:
        raise RejectedError("pdf.not_a_pdf")
    return PdfFileReader(file, strict=False)


def _hash_snapshot(request: SealRequest) -> HashedFile:
    """Return the hash of the snapshot, which must be the one that was shown; `finish` proves it in any case."""
    known = request.hashed
    hashed = known if known is not None and known.looks_like(request.snapshot) else hash_file(request.snapshot)
    if hashed.sha256 != request.source_sha256:
        raise RejectedError("pdf.source_changed")
    return hashed


def _demand_unchanged(request: SealRequest, source: HashedFile) -> None:
    """Demand that what was read for the update was what was shown: `finish` sees only what is there then."""
    if not source.looks_like(request.snapshot):
        raise RejectedError("pdf.source_changed", "while it was prepared")


def _append_update(
    request: SealRequest, file: BinaryIO, encoded: EncodedImprints, source: HashedFile
) -> tuple[str, PreparedByteRangeDigest]:
    file.seek(0)
    reader = open_reader(file)
    _refuse_unsealable(reader)
    writer = Update(file, reader)
    painter = ImprintPainter(writer, encoded)
    _check_pages(reader, request.placements)
    spots = [painter.spot(placement) for placement in request.placements]
    if len(request.placements) > 1 and any(True for _ in enumerate_sig_fields(reader, filled_status=True)):
        # Page content must not change any more, and a field with several widgets is read by few (poppler: unsigned).
        raise RejectedError("pdf.signed_one_imprint")
    if spots:
        _refuse_overlap(writer, reader, request.placements[0].page_index, spots[0])
    _paint_content(painter, request.placements[1:])
    field_name = free_field_name(reader, _FIELD_PREFIX)
    first = request.placements[0] if request.placements else None
    spec = _field_spec(field_name, first, spots[0] if spots else None)
    steps = PdfCMSEmbedder(new_field_spec=spec).write_cms(field_name, writer)
    field = next(steps).get_object()
    if first is not None:
        appearance = painter.appearance(first, spots[0])
        field[pdf_name("/AP")] = dictionary({"/N": appearance})
    steps.send(SigObjSetup(sig_placeholder=_signature_dictionary(request, source)))
    digest, _ = steps.send(SigIOSetup(md_algorithm="sha256", in_place=True, chunk_size=CHUNK))
    return field_name, cast("PreparedByteRangeDigest", digest)


def _paint_content(painter: ImprintPainter, placements: tuple[ImprintPlacement, ...]) -> None:
    by_page: dict[int, list[ImprintPlacement]] = defaultdict(list)
    for placement in placements:
        by_page[placement.page_index].append(placement)
    for page_index, group in by_page.items():
        painter.paint_page(page_index, group)


def _check_pages(reader: PdfFileReader, placements: tuple[ImprintPlacement, ...]) -> None:
    count = int(reader.root["/Pages"]["/Count"])
    for placement in placements:
        if not 0 <= placement.page_index < count:
            raise RejectedError("pdf.page_missing", str(placement.page_index))


def _refuse_overlap(writer: Update, reader: PdfFileReader, page_index: int, spot: Spot) -> None:
    """Refuse an imprint over the mark of an earlier signature: no verifier of ours would believe it."""
    page, _ = page_at(writer, page_index)
    mark = Mark(rect=spot.rect, page=page.idnum)
    if any(mark.covers(other) for other in signed_marks(reader)):
        raise RejectedError("pdf.imprint_covers_signature")


def _field_spec(field_name: str, first: ImprintPlacement | None, spot: Spot | None) -> SigFieldSpec:
    if first is None or spot is None:
        return SigFieldSpec(field_name, on_page=0)
    rect = spot.rect
    # The stubs say int; the library rounds floats to two decimals, a hundredth of a point.
    box = cast("tuple[int, int, int, int]", (rect.left, rect.bottom, rect.right, rect.top))
    return SigFieldSpec(field_name, on_page=first.page_index, box=box)


def _signature_dictionary(request: SealRequest, source: HashedFile) -> SignatureObject:
    budget = signed_data_budget((request.certificate_der, *request.chain)) + TIMESTAMP_BYTES
    return ContinuedSignature(
        source,
        timestamp=request.signing_time,
        subfilter=SigSeedSubFilter.PADES,
        reason=request.reason or None,
        location=request.location or None,
        bytes_reserved=2 * budget,
    )


def free_field_name(reader: PdfFileReader, prefix: str) -> str:
    """Return a name for a new field that no field of the form has."""
    form = as_dictionary(reader.root.get("/AcroForm"))
    fields = (as_dictionary(item) for item in items_of(form.get("/Fields"))) if form is not None else ()
    taken = {str(field.get("/T", "")) for field in fields if field is not None}
    return next(name for n in range(1, len(taken) + 2) if (name := f"{prefix}{n}") not in taken)


def _refuse_unsealable(reader: PdfFileReader) -> None:
    if reader.encrypted:
        opens = reader.decrypt("").status is not AuthStatus.FAILED
        raise RejectedError("pdf.encrypted" if opens else "pdf.password_needed")
    root = reader.root
    perms = as_dictionary(root.get("/Perms"))
    if perms is not None and "/DocMDP" in perms:
        raise RejectedError("pdf.certified")
    form = as_dictionary(root.get("/AcroForm"))
    if form is not None and "/XFA" in form:
        raise RejectedError("pdf.xfa")
    if int(root["/Pages"]["/Count"]) < 1:
        raise RejectedError("pdf.damaged", "no pages")
    list(enumerate_sig_fields(reader))  # walks the form: a broken one must fail here and not after the scan
