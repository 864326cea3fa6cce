"""Second half of sealing: put the phone's signature into the prepared file and give it the name the person chose.

Everything is proven in the pass that writes: the source prefix, the ByteRange digest and the signature. A file that
changed anywhere between display and now is not sealed (threat T7). The target appears whole or not at all; the input is
never written to. Source: docs/protocol.md §3, RFC 5652 §5.
"""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import BinaryIO

from desktop.crypto.cades import cades_signed_attributes, cades_signed_data
from desktop.domain.errors import MisuseError, RejectedError
from desktop.signing.pdf.api import Replace
from desktop.signing.pdf.foreign import disk_error
from desktop.signing.pdf.model import CHUNK, PreparedSeal, SealedDocument


def run(prepared: PreparedSeal, signature: bytes, target: Path, replace: Replace) -> SealedDocument:
    """Embed the phone's signature; see api.finish."""
    attributes = cades_signed_attributes(prepared.tbs_sha256, prepared.certificate_der)
    if attributes != prepared.signed_attributes:
        raise MisuseError("general.unexpected", "signed attributes do not belong to the prepared file")
    content = cades_signed_data(
        signed_attributes=attributes,
        signature=signature,
        certificate_der=prepared.certificate_der,
        chain=prepared.chain,
    )
    _refuse_own_files(prepared, target)
    if _file_sha256(prepared.snapshot) != prepared.source_sha256:
        raise RejectedError("pdf.source_changed", "snapshot")
    try:
        return _write(prepared, content, target, replace)
    except OSError as error:
        raise disk_error(error) from error


def _write(prepared: PreparedSeal, content: bytes, target: Path, replace: Replace) -> SealedDocument:
    handle, name = tempfile.mkstemp(prefix=".bidseal-", suffix=".part", dir=target.parent)
    temp = Path(name)
    try:
        with os.fdopen(handle, "wb") as out, prepared.prepared.open("rb") as source:
            whole, size = _embed(prepared, content, source, out)
            out.flush()
            os.fsync(out.fileno())
        replace(temp, target)
    except BaseException:
        temp.unlink(missing_ok=True)
        raise
    return SealedDocument(path=target, sha256=whole, size=size, field_name=prepared.field_name)


def _embed(prepared: PreparedSeal, content: bytes, source: BinaryIO, out: BinaryIO) -> tuple[bytes, int]:
    """Copy `source` with the gap filled; every byte written was hashed in this same pass."""
    room = prepared.gap_end - prepared.gap_start - 2
    digits = content.hex().encode("ascii")
    if len(digits) > room:
        raise MisuseError("general.unexpected", "signature larger than its place")
    prefix, ranges, whole = hashlib.sha256(), hashlib.sha256(), hashlib.sha256()

    def copy(count: int | None, *hashes: "hashlib._Hash") -> None:
        left = count
        while left is None or left:
            chunk = source.read(CHUNK if left is None else min(CHUNK, left))
            if not chunk:
                break
            for each in (*hashes, whole):
                each.update(chunk)
            out.write(chunk)
            left = None if left is None else left - len(chunk)

    copy(prepared.source_size, prefix, ranges)
    copy(prepared.gap_start - prepared.source_size, ranges)
    gap = b"<" + digits.ljust(room, b"0") + b">"
    whole.update(gap)
    out.write(gap)
    source.seek(prepared.gap_end)
    copy(None, ranges)
    if prefix.digest() != prepared.source_sha256 or ranges.digest() != prepared.tbs_sha256:
        raise RejectedError("pdf.source_changed", "prepared file")
    return whole.digest(), out.tell()


def _refuse_own_files(prepared: PreparedSeal, target: Path) -> None:
    for own in (prepared.snapshot, prepared.prepared):
        if target.exists() and own.exists() and target.samefile(own):
            raise RejectedError("pdf.target_is_source")


def _file_sha256(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        raise RejectedError("pdf.source_changed", "snapshot is gone") from None
