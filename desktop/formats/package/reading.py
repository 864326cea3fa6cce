"""Reading a bid package: every byte accounted for before anything in it is used.

Structure, digests, signature, binding of each share and of each payload are checked here, in this order; whether the
signer is to be trusted is verdict.py's part. Refuses whatever docs/bid-package.md does not describe.
"""

from collections.abc import Callable
from typing import BinaryIO

from desktop.crypto.certificates import read_certificate
from desktop.crypto.cms_mark import Mark
from desktop.crypto.cms_share import MAX_ENVELOPE_BYTES, read_share
from desktop.crypto.cms_signed import MAX_SIGNATURE_FILE_BYTES, PackageSignature, read_package_signature
from desktop.crypto.enveloped import MAX_HEAD_BYTES, TRAILER_BYTES, read_payload_head
from desktop.crypto.primitives import equal, sha256
from desktop.domain.errors import RejectedError
from desktop.formats.package.container import hash_large, read_container, read_small
from desktop.formats.package.documents import MAX_JSON_BYTES, read_header
from desktop.formats.package.manifest import (
    HEADER_NAME,
    MANIFEST_NAME,
    MAX_MANIFEST_BYTES,
    MIMETYPE,
    MIMETYPE_NAME,
    SIGNATURE_NAME,
    differing_name,
    write_manifest,
)
from desktop.formats.package.model import BidHeader, BidPackage, Envelope, Group, StoredPayload
from desktop.formats.package.streams import read_exactly
from desktop.formats.package.zipping import ZipEntry


def entry_names(header: BidHeader) -> list[str]:
    """Return the names of a package's entries in their order."""
    names = [MIMETYPE_NAME, HEADER_NAME]
    for envelope in header.envelopes:
        names += [envelope.payload_name, *(envelope.share_name(group) for group in envelope.groups)]
    return [*names, MANIFEST_NAME, SIGNATURE_NAME]


def read_package(file: BinaryIO, size: int, progress: Callable[[int, int], None]) -> BidPackage:
    """Read a package of `size` bytes.

    Raises:
        RejectedError: a `package.*` code that names what is wrong; nothing else for any bytes.
    """
    entries = read_container(file, size)
    if read_small(file, entries[0], len(MIMETYPE)) != MIMETYPE:
        raise RejectedError("package.not_a_package", "mimetype")
    if len(entries) < 2 or entries[1].name != HEADER_NAME.encode():  # noqa: PLR2004 - mimetype and bid.json
        raise RejectedError("package.damaged", HEADER_NAME)
    header_bytes = read_small(file, entries[1], MAX_JSON_BYTES)
    header = read_header(header_bytes)
    names = entry_names(header)
    if [entry.name for entry in entries] != [name.encode("ascii") for name in names]:
        raise RejectedError("package.damaged", "entries")
    return _read_parts(file, dict(zip(names, entries, strict=True)), header, header_bytes, progress)


def _read_parts(
    file: BinaryIO,
    entries: dict[str, ZipEntry],
    header: BidHeader,
    header_bytes: bytes,
    progress: Callable[[int, int], None],
) -> BidPackage:
    manifest = read_small(file, entries[MANIFEST_NAME], MAX_MANIFEST_BYTES)
    signature_der = read_small(file, entries[SIGNATURE_NAME], MAX_SIGNATURE_FILE_BYTES)
    shares: dict[tuple[str, str], bytes] = {}
    hashes: dict[str, bytes] = {HEADER_NAME: sha256(header_bytes)}
    marks: dict[str, Mark] = {}
    for envelope in header.envelopes:
        large = envelope.payload_name
        hashes[large], marks[large] = hash_large(file, entries[large], progress)
        for group in envelope.groups:
            name = envelope.share_name(group)
            der = read_small(file, entries[name], MAX_ENVELOPE_BYTES)
            shares[envelope.envelope_id, group.group_id], hashes[name] = der, sha256(der)
    signature = _check_signature(manifest, signature_der, hashes)
    for envelope in header.envelopes:
        for group in envelope.groups:
            _check_share(header, envelope, group, shares[envelope.envelope_id, group.group_id])
    return BidPackage(
        header=header,
        signer=read_certificate(signature.certificate),
        signing_time=signature.signing_time,
        manifest_sha256=signature.message_digest,
        chain=signature.chain,
        shares=shares,
        payloads={
            each.envelope_id: _payload(file, entries[each.payload_name], header, marks[each.payload_name])
            for each in header.envelopes
        },
    )


def _check_signature(manifest: bytes, signature_der: bytes, hashes: dict[str, bytes]) -> PackageSignature:
    expected = write_manifest(list(hashes.items()))
    if manifest != expected:
        raise RejectedError("package.content_changed", differing_name(expected, manifest, list(hashes)))
    signature = read_package_signature(signature_der)
    if not equal(signature.message_digest, sha256(manifest)):
        raise RejectedError("package.content_changed", MANIFEST_NAME)
    return signature


def _check_share(header: BidHeader, envelope: Envelope, group: Group, der: bytes) -> None:
    """Demand that a share is enveloped to exactly the recipients that were signed for, and for this bid alone."""
    wraps = read_share(der).wraps
    label = header.label(envelope, group)
    if not all(equal(wrap.label, label) for wrap in wraps):
        raise RejectedError("package.wrong_binding", envelope.share_name(group))
    if {wrap.key_id for wrap in wraps} != {recipient.sha256 for recipient in group.recipients}:
        raise RejectedError("package.recipient_unexpected", envelope.share_name(group))


def _payload(file: BinaryIO, entry: ZipEntry, header: BidHeader, mark: Mark) -> StoredPayload:
    if entry.size < TRAILER_BYTES:
        raise RejectedError("package.envelope_unreadable", "too short")
    file.seek(entry.data_offset)
    first = read_exactly(file, min(MAX_HEAD_BYTES, entry.size))
    file.seek(entry.data_offset + entry.size - TRAILER_BYTES)
    head = read_payload_head(first, read_exactly(file, TRAILER_BYTES), entry.size)
    if head.key_id != header.package_id:
        raise RejectedError("package.wrong_binding", "payload")
    return StoredPayload(offset=entry.data_offset, size=entry.size, mark=mark, head=head)
