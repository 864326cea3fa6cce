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
from desktop.crypto.primitives import sha256
from desktop.domain.errors import BidSealError, MisuseError, RejectedError
from desktop.formats.trust.timestamps import Expected, read_token
from desktop.signing.pdf.api import Replace, Timestamp
from desktop.signing.pdf.cms import CmsError, read_signer, with_timestamp
from desktop.signing.pdf.foreign import disk_error, foreign_parser
from desktop.signing.pdf.model import CHUNK, PreparedSeal, SealedDocument, SealLevel


def run(
    prepared: PreparedSeal, signature: bytes, target: Path, replace: Replace, timestamp: Timestamp | None
) -> SealedDocument:
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
    level, note = SealLevel.B_B, ""
    if timestamp is not None:
        content, level, note = _stamped(prepared, content, timestamp)
    try:
        whole, size = _write(prepared, content, target, replace)
    except OSError as error:
        raise disk_error(error) from error
    return SealedDocument(path=target, sha256=whole, size=size, field_name=prepared.field_name, level=level, note=note)


def _stamped(prepared: PreparedSeal, content: bytes, timestamp: Timestamp) -> tuple[bytes, SealLevel, str]:
    """Add a timestamp over the signature; whatever is the matter with it, the seal itself goes on without."""
    try:
        with foreign_parser("verify.timestamp_refused"):
            signer = read_signer(content, needs_signing_certificate=True)
            token = timestamp(sha256(signer.signature))
            read_token(token, Expected(digest_of=lambda name: hashlib.new(name, signer.signature).digest()))
            stamped = with_timestamp(content, token)
            read_signer(stamped, needs_signing_certificate=True)
    except CmsError:
        return content, SealLevel.B_B, "verify.timestamp_refused"
    except BidSealError as error:
        return content, SealLevel.B_B, error.code
    if len(stamped) > _room(prepared):
        return content, SealLevel.B_B, "verify.timestamp_refused"
    return stamped, SealLevel.B_T, ""


def _room(prepared: PreparedSeal) -> int:
    return (prepared.gap_end - prepared.gap_start - 2) // 2


def _write(prepared: PreparedSeal, content: bytes, target: Path, replace: Replace) -> tuple[bytes, int]:
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
    return whole, size


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
