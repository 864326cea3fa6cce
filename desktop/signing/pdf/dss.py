"""The document security store: certificates, OCSP responses and CRLs kept inside the file for later.

Reading believes nothing: every piece is only offered to formats.trust. Refuses filters and sizes beyond what such data
needs, so that a store cannot be a bomb (threat T23). Source: EN 319 142-1 §5.4.2, ISO 32000-2 §12.8.4.3.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from desktop.domain.errors import RejectedError
from desktop.formats.trust import RevocationData
from desktop.signing.pdf.foreign import foreign_parser
from desktop.signing.pdf.model import LongTermEvidence
from desktop.signing.pdf.objects import array, as_dictionary, dictionary, items_of, resolve

_MAX_ITEMS = 100
_MAX_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """What a file's DSS holds, unproven."""

    certificates: tuple[bytes, ...] = field(default=(), repr=False)
    revocation: RevocationData = field(default_factory=RevocationData, repr=False)


def read_store(reader: PdfFileReader) -> Store:
    """Return what the newest DSS of a file holds; what cannot be read of it is left out.

    Raises:
        RejectedError: its structure breaks the parser (`pdf.damaged`).
    """
    with foreign_parser("pdf.damaged"):
        found = as_dictionary(reader.root.get("/DSS"))
        if found is None:
            return Store()
        return Store(
            certificates=tuple(der for der in _contents(found, "/Certs") if _is_certificate(der)),
            revocation=RevocationData(crls=tuple(_contents(found, "/CRLs")), ocsps=tuple(_contents(found, "/OCSPs"))),
        )


def write_store(writer: IncrementalPdfFileWriter, reader: PdfFileReader, evidence: LongTermEvidence) -> None:
    """Add `evidence` to the file's DSS in the update being written; what is there stays and is not written twice."""
    old = as_dictionary(reader.root.get("/DSS"))
    made = dictionary({"/Type": pdf_name("/DSS")})
    if old is not None:
        made.update({key: old.raw_get(key) for key in old})
    for key, ders in (("/Certs", evidence.certificates), ("/OCSPs", evidence.ocsps), ("/CRLs", evidence.crls)):
        kept = list(items_of(old.get(key))) if old is not None and key in old else []
        known = set(_contents(old, key)) if old is not None else set()
        added = [writer.add_object(_stream(der)) for der in dict.fromkeys(ders) if der not in known]
        if kept or added:
            made[pdf_name(key)] = array([*kept, *added])
    writer.root[pdf_name("/DSS")] = writer.add_object(made)
    writer.update_root()  # type: ignore[no-untyped-call]  # pyHanko leaves it bare


def _is_certificate(der: bytes) -> bool:
    try:
        with foreign_parser("pdf.damaged"):
            _ = asn1_x509.Certificate.load(der, strict=True).native
            x509.load_der_x509_certificate(der)
    except RejectedError:
        return False
    return True


def _stream(der: bytes) -> generic.StreamObject:
    return generic.StreamObject(stream_data=der)


def _contents(store: generic.DictionaryObject, key: str) -> Iterator[bytes]:
    items: Iterable[object] = items_of(store.get(key))
    for number, item in enumerate(items):
        if number >= _MAX_ITEMS:
            return
        stream = resolve(item)
        content = _decoded(stream) if isinstance(stream, generic.StreamObject) else None
        if content:
            yield content


def _decoded(stream: generic.StreamObject) -> bytes | None:
    raw = stream.encoded_data
    if len(raw) > _MAX_BYTES or "/DecodeParms" in stream:
        return None
    filters = resolve(stream.get("/Filter"))
    if filters is None:
        return bytes(raw)
    if [str(each) for each in items_of(filters)] != ["/FlateDecode"] and filters != "/FlateDecode":
        return None
    try:
        return zlib.decompressobj().decompress(raw, _MAX_BYTES)
    except zlib.error:
        return None
