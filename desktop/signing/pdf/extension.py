"""Making a sealed file last: a document timestamp for its time (B-T), the evidence for its certificates (B-LT).

Each is one more incremental update: what was sealed stays an exact prefix, and the target appears whole or not at all.
A file sealed while the time stamping service was down gets its time by a document timestamp (EN 319 142-1 §6.3 allows
either), never by rewriting the signature inside a file that others may hold already. Refuses files that nobody signed.
Source: EN 319 142-1 §5.4-5.5, ISO 32000-2 §12.8.4-12.8.5.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, enumerate_sig_fields
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp

from desktop.domain.errors import RejectedError
from desktop.signing.pdf.api import Replace, Timestamp
from desktop.signing.pdf.dss import write_store
from desktop.signing.pdf.foreign import disk_error, foreign_parser
from desktop.signing.pdf.model import CHUNK, LongTermEvidence, SealedDocument, SealLevel
from desktop.signing.pdf.preparation import TIMESTAMP_BYTES, Update, free_field_name, open_reader

_FIELD_PREFIX = "BidSealTime"


def add_evidence(source: Path, target: Path, evidence: LongTermEvidence, replace: Replace) -> SealedDocument:
    """Append a DSS; see api.extend_lt."""

    def append(file: BinaryIO, reader: PdfFileReader) -> str:
        writer = Update(file, reader)
        write_store(writer, reader, evidence)
        writer.write_in_place()
        return ""

    return _extend(source, target, append, SealLevel.B_LT, replace)


def append_evidence(file: BinaryIO, evidence: LongTermEvidence) -> None:
    """Append a DSS to a sealed file that is open for reading and writing."""
    reader = _signed_reader(file)
    writer = Update(file, reader)
    write_store(writer, reader, evidence)
    writer.write_in_place()


def add_time(source: Path, target: Path, timestamp: Timestamp, replace: Replace) -> SealedDocument:
    """Append a document timestamp; see api.add_document_timestamp."""

    def append(file: BinaryIO, reader: PdfFileReader) -> str:
        field_name = free_field_name(reader, _FIELD_PREFIX)
        steps = PdfCMSEmbedder(new_field_spec=SigFieldSpec(field_name, on_page=0)).write_cms(
            field_name, Update(file, reader)
        )
        next(steps)
        place = DocumentTimestamp(bytes_reserved=2 * TIMESTAMP_BYTES)  # type: ignore[no-untyped-call]  # bare in pyHanko
        steps.send(SigObjSetup(sig_placeholder=place))
        digest, _ = steps.send(SigIOSetup(md_algorithm="sha256", in_place=True, chunk_size=CHUNK))
        token = timestamp(digest.document_digest)
        if len(token) > TIMESTAMP_BYTES:
            raise RejectedError("verify.timestamp_refused", "token too large")
        steps.send(token)
        return field_name

    return _extend(source, target, append, SealLevel.B_T, replace)


def _extend(
    source: Path,
    target: Path,
    append: Callable[[BinaryIO, PdfFileReader], str],
    level: SealLevel,
    replace: Replace,
) -> SealedDocument:
    """Copy `source` beside `target`, let `append` write its update there, and move the result over `target`."""
    try:
        handle, name = tempfile.mkstemp(prefix=".bidseal-", suffix=".part", dir=target.parent)
        temp = Path(name)
        try:
            with os.fdopen(handle, "w+b") as file:
                with source.open("rb") as original:
                    shutil.copyfileobj(original, file, CHUNK)
                with foreign_parser("pdf.damaged"):
                    field_name = append(file, _signed_reader(file))
                digest, size = _digest(file)
                os.fsync(file.fileno())
            replace(temp, target)
        except BaseException:
            temp.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise disk_error(error) from error
    return SealedDocument(path=target, sha256=digest, size=size, field_name=field_name, level=level)


def _signed_reader(file: BinaryIO) -> PdfFileReader:
    file.flush()
    file.seek(0)
    reader = open_reader(file)
    if reader.encrypted:
        raise RejectedError("pdf.encrypted")
    if not any(True for _ in enumerate_sig_fields(reader, filled_status=True)):
        raise RejectedError("pdf.not_signed")
    return reader


def _digest(file: BinaryIO) -> tuple[bytes, int]:
    file.flush()
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    return digest.digest(), file.tell()
