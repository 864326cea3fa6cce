"""Packing a bid: everything but the signature first, then the phone signs, then the file takes its name.

The plaintext is read once, in 1 MiB pieces, and never written anywhere: the inner ZIP exists only as a stream into the
cipher. Between the two steps there is a temp file beside the target that holds ciphertext only. Refuses files that
change while they are read. Source: docs/bid-package.md.
"""

import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from desktop.crypto.certificates import read_certificate
from desktop.crypto.cms_labels import PACKAGE_ID_BYTES
from desktop.crypto.cms_signed import package_signed_attributes, package_signed_data, read_package_signature
from desktop.crypto.enveloped import SLACK_BYTES, TRAILER_BYTES, PayloadEncryptor
from desktop.crypto.primitives import sha256
from desktop.domain.errors import BidSealError, RejectedError
from desktop.formats.package.container import ContainerState, ContainerWriter
from desktop.formats.package.documents import write_header, write_summary
from desktop.formats.package.leftovers import hidden_beside
from desktop.formats.package.manifest import (
    HEADER_NAME,
    MANIFEST_NAME,
    MIMETYPE,
    MIMETYPE_NAME,
    SIGNATURE_NAME,
    write_manifest,
)
from desktop.formats.package.model import BidHeader
from desktop.formats.package.names import SUMMARY_NAME
from desktop.formats.package.plan import Keys, PackagePlan, PlannedEnvelope, SourceFile, make_keys
from desktop.formats.package.streams import BUFFER_BYTES, Digester, EarlySync, Ring, unreadable, unwritable, write_piece
from desktop.formats.package.zipping import INNER_FLAGS, ZipEntry, descriptor, local_header, tail

Progress = Callable[[int, int], None]
Replace = Callable[[Path, Path], None]


def no_progress(done: int, total: int) -> None:
    """Take no notice of `done` of `total` bytes."""


def plain_replace(temp: Path, target: Path) -> None:
    """Rename; the services inject desktop.store.files.replace, which waits for virus scanners."""
    temp.replace(target)


class PackageDraft:
    """A package that lacks only its signature. Exactly one of `complete` and `discard` ends it."""

    def __init__(
        self,
        *,
        header: BidHeader,
        digests: list[tuple[str, bytes]],
        written: ContainerState,
        temp: Path,
        target: Path,
        replace: Replace,
    ) -> None:
        self.header = header
        self.digests = tuple(digest for _, digest in digests)
        self.manifest = write_manifest(digests)
        self._written, self._temp, self._target, self._replace = written, temp, target, replace

    @property
    def manifest_sha256(self) -> bytes:
        """What the phone signs for: SHA-256 of the manifest."""
        return sha256(self.manifest)

    def signed_attributes(self, certificate_der: bytes, signing_time: datetime) -> bytes:
        """Return the bytes to be signed by the certificate's key."""
        return package_signed_attributes(self.manifest_sha256, certificate_der, signing_time)

    def complete(
        self, *, signed_attributes: bytes, signature: bytes, certificate_der: bytes, chain: tuple[bytes, ...] = ()
    ) -> Path:
        """Put the phone's wire signature in and give the file its name; return its path.

        Raises:
            RejectedError: not this certificate's signature over this manifest (`ceremony.signature_invalid`), or not a
                certificate of the bidder (`package.signer_not_bidder`). The draft stays.
            UnavailableError: the disk is full or the file cannot be written; the draft stays.
        """
        facts = read_certificate(certificate_der)
        if facts.credit_code != self.header.bidder.credit_code or not facts.may_sign:
            raise RejectedError("package.signer_not_bidder", facts.serial)
        signed = package_signed_data(
            signed_attributes=signed_attributes, signature=signature, certificate_der=certificate_der, chain=chain
        )
        if read_package_signature(signed).message_digest != self.manifest_sha256:
            raise RejectedError("ceremony.signature_invalid", "another manifest")
        entries, offset = self._written
        try:
            with self._temp.open("r+b") as file:
                file.seek(offset)
                file.truncate()
                writer = ContainerWriter(file, entries=entries, offset=offset)
                writer.add(SIGNATURE_NAME, signed)
                writer.finish()
                file.flush()
                os.fsync(file.fileno())
            self._replace(self._temp, self._target)
        except OSError as error:
            raise unwritable(error) from None
        return self._target

    def discard(self) -> None:
        """Give up: nothing is left on the disk, or, where it refuses, ciphertext that `remove_leftovers` finds."""
        _remove(self._temp)


def prepare_package(
    plan: PackagePlan,
    target: Path,
    *,
    random: Callable[[int], bytes],
    progress: Progress = no_progress,
    replace: Replace = plain_replace,
) -> PackageDraft:
    """Pack everything but the signature into a temp file beside `target`.

    `progress` gets the plaintext bytes done and their total; what it raises cancels, and nothing is left behind.

    Raises:
        RejectedError: the plan or a file is not allowed (`package.*`).
        UnavailableError: a file cannot be read or the package not written.
    """
    keys = make_keys(plan, package_id=random(PACKAGE_ID_BYTES), random=random)
    sources = {each.envelope_id: _Source(each) for each in plan.envelopes}
    counter = _Counter(progress, sum(source.total for source in sources.values()))
    temp = hidden_beside(target, os.urandom(6))
    try:
        with temp.open("xb") as file:
            writer = ContainerWriter(file)
            digests = _write_entries(writer, keys, sources, counter, random)
    except OSError as error:
        _remove(temp)
        raise unwritable(error) from None
    except BaseException:
        _remove(temp)
        raise
    return PackageDraft(
        header=keys.header, digests=digests, written=writer.state, temp=temp, target=target, replace=replace
    )


def _remove(temp: Path) -> None:
    with suppress(OSError):
        temp.unlink(missing_ok=True)


def _write_entries(
    writer: ContainerWriter,
    keys: Keys,
    sources: dict[str, "_Source"],
    counter: "_Counter",
    random: Callable[[int], bytes],
) -> list[tuple[str, bytes]]:
    """Write everything but the signature; return names and SHA-256 of what the manifest lists."""
    header = write_header(keys.header)
    writer.add(MIMETYPE_NAME, MIMETYPE)
    writer.add(HEADER_NAME, header)
    digests = [(HEADER_NAME, sha256(header))]
    for envelope in keys.header.envelopes:
        payload = _Payload(keys, sources[envelope.envelope_id], counter, random)
        writer.add_stream(envelope.payload_name, payload.size, payload.write)
        digests.append((envelope.payload_name, payload.sha256))
        for group in envelope.groups:
            share = keys.shares[envelope.envelope_id, group.group_id]
            writer.add(envelope.share_name(group), share)
            digests.append((envelope.share_name(group), sha256(share)))
    writer.add(MANIFEST_NAME, write_manifest(digests))
    return digests


class _Counter:
    """Adds up plaintext bytes over all envelopes."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def add(self, count: int) -> None:
        self._done += count
        self._progress(self._done, self._total)


class _Source:
    """The inner ZIP of one envelope as a stream whose length is known beforehand."""

    def __init__(self, envelope: PlannedEnvelope) -> None:
        self.envelope_id = envelope.envelope_id
        self._summary = write_summary(envelope.summary)
        self._files = [(file, _size(file)) for file in envelope.files]
        sizes = [(SUMMARY_NAME, len(self._summary)), *((file.name, size) for file, size in self._files)]
        blanks, offset = [], 0
        for name, size in sizes:
            blank = ZipEntry(name=name.encode("utf-8"), offset=offset, size=size, crc=0)
            blanks.append(blank)
            offset = blank.data_offset + size + len(descriptor(blank))
        self._blanks, self._tail_offset = blanks, offset
        self.total = offset + len(tail(blanks, offset, INNER_FLAGS))

    def pieces(self) -> Iterator[memoryview]:
        """Yield the stream; each piece is valid until the next is asked for."""
        buffer = bytearray(BUFFER_BYTES)
        done: list[ZipEntry] = []
        contents = [iter((memoryview(self._summary),)), *(_read(file, size, buffer) for file, size in self._files)]
        for blank, content in zip(self._blanks, contents, strict=True):
            yield memoryview(local_header(blank, INNER_FLAGS))
            crc = 0
            for piece in content:
                crc = zlib.crc32(piece, crc)
                yield piece
            entry = ZipEntry(name=blank.name, offset=blank.offset, size=blank.size, crc=crc)
            done.append(entry)
            yield memoryview(descriptor(entry))
        directory = memoryview(tail(done, self._tail_offset, INNER_FLAGS))
        for start in range(0, len(directory), BUFFER_BYTES):
            yield directory[start : start + BUFFER_BYTES]


class _Payload:
    """Encrypts one envelope into the container, hashing in the same pass."""

    def __init__(self, keys: Keys, source: _Source, counter: _Counter, random: Callable[[int], bytes]) -> None:
        self._source, self._counter = source, counter
        self._encryptor = PayloadEncryptor(
            kek=keys.keks[source.envelope_id],
            key_id=keys.header.package_id,
            content_bytes=source.total,
            random=random,
        )
        self.size = len(self._encryptor.head) + source.total + TRAILER_BYTES
        self.sha256 = b""

    def write(self, file: BinaryIO) -> int:
        """Write the payload and return its CRC-32."""
        ring = Ring(SLACK_BYTES)
        with Digester() as digester, EarlySync(file) as early:

            def put(data: memoryview) -> None:
                digester.update(data)
                write_piece(file, data)
                early.wrote(len(data))

            put(memoryview(self._encryptor.head))
            for piece in self._source.pieces():
                out = ring.take()
                put(memoryview(out)[: self._encryptor.update(piece, out)])
                self._counter.add(len(piece))
            put(memoryview(self._encryptor.finish()))
            digester.cut()
            ((self.sha256, crc),) = digester.results()
        return crc


def _size(file: SourceFile) -> int:
    try:
        return file.path.stat().st_size
    except OSError as error:
        raise unreadable(error) from None


def _read(source: SourceFile, size: int, buffer: bytearray) -> Iterator[memoryview]:
    try:
        with source.path.open("rb", buffering=0) as file:
            left = size
            while left:
                view = memoryview(buffer)[: min(left, BUFFER_BYTES)]
                count = file.readinto(view) or 0
                if not count:
                    raise RejectedError("package.file_changed", source.name)
                left -= count
                yield view[:count]
            if file.read(1):
                raise RejectedError("package.file_changed", source.name)
    except BidSealError:
        raise
    except OSError as error:
        raise unreadable(error) from None
