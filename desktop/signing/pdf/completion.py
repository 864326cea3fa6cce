"""Second half of sealing: the snapshot, the update with the phone's signature, and the evidence, in one new file.

Everything is proven in the one pass that writes, and hashed once in it: the source prefix, the ByteRange digest, the
whole. A file that changed anywhere between display and now is not sealed (threat T7). The target appears whole or not
at all; the input is never written to. Source: docs/protocol.md §7, RFC 5652 §5.
"""

import hashlib
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from desktop.crypto.cades import cades_signed_attributes, cades_signed_data
from desktop.crypto.primitives import sha256
from desktop.domain.errors import BidSealError, MisuseError, RejectedError
from desktop.formats.trust.timestamps import Expected, read_token
from desktop.signing.pdf.api import Evidence, Replace, Timestamp
from desktop.signing.pdf.cms import CmsError, read_signer, with_timestamp
from desktop.signing.pdf.extension import append_evidence
from desktop.signing.pdf.foreign import disk_error, foreign_parser
from desktop.signing.pdf.model import CHUNK, PreparedSeal, SealedDocument, SealLevel


def run(
    prepared: PreparedSeal,
    signature: bytes,
    target: Path,
    replace: Replace,
    lasting: tuple[Timestamp | None, Evidence | None],
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
    timestamp, evidence = lasting
    level, note = SealLevel.B_B, ""
    if timestamp is not None:
        content, level, note = _stamped(prepared, content, timestamp)
    written = Written(level=level, note=note, evidence=evidence if level is SealLevel.B_T else None)
    try:
        _write(prepared, content, target, replace, written)
    except OSError as error:
        raise disk_error(error) from error
    return SealedDocument(
        path=target,
        sha256=written.state.digest(),
        size=written.size,
        field_name=prepared.field_name,
        level=written.level,
        note=written.note,
    )


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


@dataclass(slots=True, kw_only=True)
class Written:
    """What was written so far, how long it will last, and what is to make it last longer."""

    level: SealLevel
    note: str
    evidence: Evidence | None
    state: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    size: int = 0


def _write(prepared: PreparedSeal, content: bytes, target: Path, replace: Replace, written: Written) -> None:
    handle, name = tempfile.mkstemp(prefix=".bidseal-", suffix=".part", dir=target.parent)
    temp = Path(name)
    try:
        with os.fdopen(handle, "w+b") as out:
            _embed(prepared, content, out, written)
            if written.evidence is not None:
                _lengthen(out, written.evidence, written)
            out.flush()
            os.fsync(out.fileno())
        replace(temp, target)
    except BaseException:
        temp.unlink(missing_ok=True)
        raise


def _embed(prepared: PreparedSeal, content: bytes, out: BinaryIO, written: Written) -> None:
    """Write the snapshot and the update with its gap filled; every byte written was hashed in this same pass."""
    room = prepared.gap_end - prepared.gap_start - 2
    digits = content.hex().encode("ascii")
    if len(digits) > room:
        raise MisuseError("general.unexpected", "signature larger than its place")
    state = written.state
    _copy_snapshot(prepared, out, state)
    update = prepared.prepared.read_bytes()
    start, stop = prepared.gap_start - prepared.source_size, prepared.gap_end - prepared.source_size
    ranges = state.copy()
    ranges.update(update[:start] + update[stop:])
    if ranges.digest() != prepared.tbs_sha256:
        raise RejectedError("pdf.source_changed", "prepared file")
    signed = update[:start] + b"<" + digits.ljust(room, b"0") + b">" + update[stop:]
    state.update(signed)
    out.write(signed)
    written.size = prepared.source_size + len(signed)


def _copy_snapshot(prepared: PreparedSeal, out: BinaryIO, state: "hashlib._Hash") -> None:
    try:
        source = prepared.snapshot.open("rb", buffering=0)
    except OSError:
        raise RejectedError("pdf.source_changed", "snapshot is gone") from None
    size = 0
    # Hashing and writing let go of the interpreter: the two go on side by side.
    with source, ThreadPoolExecutor(1, thread_name_prefix="hashing") as pool:
        while chunk := source.read(CHUNK):
            hashing = pool.submit(state.update, chunk)
            out.write(chunk)
            hashing.result()
            size += len(chunk)
    if size != prepared.source_size or state.digest() != prepared.source_sha256:
        raise RejectedError("pdf.source_changed", "snapshot")


def _lengthen(out: BinaryIO, evidence: Evidence, written: Written) -> None:
    """Append the evidence (EN 319 142-1 §5.4); where that fails the file stays as it was, sealed and stamped."""
    try:
        made = evidence()
        with foreign_parser("pdf.damaged"):
            append_evidence(out, made)
    except (BidSealError, OSError) as error:
        out.seek(written.size)
        out.truncate()
        written.note = error.code if isinstance(error, BidSealError) else disk_error(error).code
        return
    out.seek(written.size)
    while chunk := out.read(CHUNK):
        written.state.update(chunk)
        written.size += len(chunk)
    written.level = SealLevel.B_LT


def _refuse_own_files(prepared: PreparedSeal, target: Path) -> None:
    for own in (prepared.snapshot, prepared.prepared):
        if target.exists() and own.exists() and target.samefile(own):
            raise RejectedError("pdf.target_is_source")
