"""Opening an envelope with its shares: nothing reaches its place before the last byte was proven.

Each share is held against its commitment, then the key against its own (threat T46); the payload is decrypted and
taken apart in one pass that also looks at its mark, so what is opened is what was signed even if the file was exchanged
meanwhile. Files go to a hidden folder under numbers; only when tag, mark, directory, names and CRCs are right do they
get their names and their place. Refuses everything that docs/bid-package.md does not describe. Source: RFC 5083 §2.2.
"""

import os
import shutil
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Protocol

from desktop.crypto.cms_labels import KEK_ROLE, SHARE_BYTES, commitment
from desktop.crypto.cms_mark import Marker
from desktop.crypto.enveloped import SLACK_BYTES, TRAILER_BYTES, PayloadDecryptor
from desktop.crypto.primitives import equal
from desktop.domain.errors import MisuseError, RejectedError
from desktop.domain.secret import SecretBytes
from desktop.formats.package.documents import MAX_JSON_BYTES, read_summary
from desktop.formats.package.leftovers import hidden_beside
from desktop.formats.package.model import BidPackage, Envelope, OpenedEnvelope, OpenedFile, StoredPayload
from desktop.formats.package.names import MAX_NAME_BYTES, SUMMARY_NAME, check_names
from desktop.formats.package.packing import Progress, Replace
from desktop.formats.package.plan import MAX_FILES, combine
from desktop.formats.package.streams import (
    BUFFER_BYTES,
    Digester,
    EarlySync,
    Ring,
    read_exactly,
    sync_folder,
    unreadable,
    unwritable,
    write_piece,
)
from desktop.formats.package.zipping import (
    CENTRAL_MARK,
    DESCRIPTOR_BYTES,
    INNER_FLAGS,
    LOCAL_BYTES,
    LOCAL_EXTRA_BYTES,
    ZipEntry,
    descriptor,
    local_header,
    tail,
)

_BAD = "package.payload_damaged"


class Target(Protocol):
    """Where opened files go."""

    def create(self, index: int) -> BinaryIO:
        """Open the file that is to become number `index`, out of everybody's sight."""
        ...

    def commit(self, names: list[str]) -> None:
        """Give the files their names and their place, at once."""
        ...

    def discard(self) -> None:
        """Delete everything that was not committed."""
        ...


class FolderTarget:
    """A folder that comes into being whole: a hidden folder beside it, renamed at the end.

    With `may_stand` one that is there already and holds exactly the same files is left as it is.
    """

    def __init__(self, folder: Path, *, replace: Replace, may_stand: bool = False) -> None:
        """Take the place.

        Raises:
            RejectedError: there is something already (`package.target_exists`).
        """
        if folder.exists() and not may_stand:
            raise RejectedError("package.target_exists", folder.name)
        self._folder, self._replace, self._may_stand = folder, replace, may_stand
        self._hidden = hidden_beside(folder, os.urandom(6))
        self._parts, self._named = self._hidden / "parts", self._hidden / "named"

    def create(self, index: int) -> BinaryIO:
        """Open a numbered file in the hidden folder."""
        self._parts.mkdir(mode=0o700, parents=True, exist_ok=True)
        return (self._parts / str(index)).open("xb")

    def commit(self, names: list[str]) -> None:
        """Name the files and move the folder to its place; two names that are one here are refused."""
        try:
            if self._may_stand and self._folder.exists():
                self._demand_same(names)
                return
            self._named.mkdir(mode=0o700)
            for index, name in enumerate(names):
                part, named = self._parts / str(index), self._named / name
                if named.exists():  # the disk takes two names for one, as with short names on Windows
                    raise RejectedError("package.file_name", name[:64])
                with part.open("r+b") as file:
                    os.fsync(file.fileno())
                part.replace(named)
            sync_folder(self._named)
            self._replace(self._named, self._folder)
        except OSError as error:
            raise unwritable(error) from None

    def discard(self) -> None:
        """Delete the hidden folder."""
        shutil.rmtree(self._hidden, ignore_errors=True)

    def _demand_same(self, names: list[str]) -> None:
        standing = sorted(path.name for path in self._folder.iterdir())
        parts = ((self._parts / str(index), self._folder / name) for index, name in enumerate(names))
        if standing != sorted(names) or not all(_holds_same(part, there) for part, there in parts):
            raise RejectedError("package.target_exists", self._folder.name)


def _holds_same(left: Path, right: Path) -> bool:
    """Tell whether two files hold the same bytes; a link or a folder holds none."""
    if right.is_symlink() or not right.is_file() or left.stat().st_size != right.stat().st_size:
        return False
    with left.open("rb") as one, right.open("rb") as other:
        while piece := one.read(BUFFER_BYTES):
            if other.read(len(piece)) != piece:
                return False
    return True


def key_of(package: BidPackage, envelope: Envelope, shares: Mapping[str, SecretBytes]) -> SecretBytes:
    """Return the envelope's key from its groups' shares, by group id.

    Raises:
        RejectedError: a share is missing (`package.share_missing`), is not the one committed to
            (`package.share_mismatch`, the detail is the group), or the key is not (`package.key_mismatch`).
    """
    unknown = shares.keys() - {group.group_id for group in envelope.groups}
    if unknown:
        raise RejectedError("package.share_mismatch", min(unknown))
    missing = [group.group_id for group in envelope.groups if group.group_id not in shares]
    if missing:
        raise RejectedError("package.share_missing", ", ".join(missing))
    for group in envelope.groups:
        if not check_share_value(package, envelope, group.group_id, shares[group.group_id]):
            raise RejectedError("package.share_mismatch", group.group_id)
    kek = combine([shares[group.group_id] for group in envelope.groups])
    if not _commits(package, envelope, KEK_ROLE, envelope.commitment, kek):
        raise RejectedError("package.key_mismatch", envelope.envelope_id)
    return kek


def check_share_value(package: BidPackage, envelope: Envelope, group_id: str, share: SecretBytes) -> bool:
    """Tell whether `share` is the one that the bidder committed to for this group."""
    group = next((each for each in envelope.groups if each.group_id == group_id), None)
    return group is not None and _commits(package, envelope, group_id, group.commitment, share)


def _commits(package: BidPackage, envelope: Envelope, role: str, expected: bytes, value: SecretBytes) -> bool:
    if len(value) != SHARE_BYTES:
        return False
    own = commitment(
        package_id=package.header.package_id, envelope=envelope.envelope_id, role=role, value=value.reveal()
    )
    return equal(own, expected)


def open_envelope(
    source: BinaryIO,
    package: BidPackage,
    envelope_id: str,
    shares: Mapping[str, SecretBytes],
    *,
    target: Target,
    progress: Progress,
) -> OpenedEnvelope:
    """Open one envelope of a package that was verified, from the same file; see open_package."""
    envelope = package.header.envelope(envelope_id)
    if envelope is None:
        raise MisuseError("general.unexpected", f"no envelope {envelope_id}")
    payload = package.payloads[envelope_id]
    decryptor = PayloadDecryptor(payload.head, kek=key_of(package, envelope, shares))
    try:
        # SHA-256 is as much work as all the rest, so it has a thread to itself.
        with Digester(with_crc=False) as inner:
            stream = _Plaintext(source, payload, decryptor, progress)
            summary, entries, crcs = _unpack(stream, inner, target)
            stream.finish()
            hashes = inner.results()
        # Only now: of a payload that was exchanged it is said that it was, not that it is damaged.
        if crcs != [entry.crc for entry in entries]:
            raise RejectedError(_BAD, "crc")
        names = [entry.name.decode("utf-8", "strict") for entry in entries]
        check_names(names[1:])
        opened = OpenedEnvelope(
            envelope_id=envelope_id,
            summary=read_summary(summary),
            files=tuple(
                OpenedFile(name=name, size=entry.size, sha256=digest)
                for name, entry, (digest, _) in zip(names, entries, hashes, strict=True)
            ),
        )
        target.commit(names)
    except UnicodeDecodeError:
        raise RejectedError("package.file_name", "not UTF-8") from None
    finally:
        target.discard()
    return opened


class _Plaintext:
    """The decrypted stream, pulled in pieces; unproven until `finish` has returned."""

    def __init__(
        self, source: BinaryIO, payload: StoredPayload, decryptor: PayloadDecryptor, progress: Progress
    ) -> None:
        self._source, self._payload, self._decryptor, self._progress = source, payload, decryptor, progress
        self._marker = Marker(payload.mark)
        self._left = payload.head.content_bytes
        self._cipher, self._plain = bytearray(BUFFER_BYTES), Ring(SLACK_BYTES)
        self._piece = memoryview(b"")
        source.seek(payload.offset)
        self._marker.update(memoryview(read_exactly(source, payload.head.head_bytes)))

    def _next(self, limit: int) -> memoryview:
        """Return the next bytes, at least one and at most `limit`."""
        if not self._piece:
            if not self._left:
                raise RejectedError(_BAD, "truncated")
            view = memoryview(self._cipher)[: min(self._left, BUFFER_BYTES)]
            view = view[: self._read(view)]
            self._marker.update(view)
            self._left -= len(view)
            out = self._plain.take()
            self._piece = memoryview(out)[: self._decryptor.update(view, out)]
            total = self._payload.head.content_bytes
            self._progress(total - self._left, total)
        taken, self._piece = self._piece[:limit], self._piece[limit:]
        return taken

    def pieces(self, length: int) -> Iterator[memoryview]:
        """Yield exactly `length` bytes; each piece is valid as a Digester demands it."""
        while length:
            piece = self._next(length)
            length -= len(piece)
            yield piece

    def take(self, length: int) -> bytes:
        """Return exactly `length` bytes."""
        return b"".join(bytes(piece) for piece in self.pieces(length))

    def finish(self) -> None:
        """Demand that the stream is at its end and that every byte of it was proven.

        Raises:
            RejectedError: leftovers or a wrong tag (`package.payload_damaged`), or not what was signed
                (`package.content_changed`).
        """
        if self._left or self._piece:
            raise RejectedError(_BAD, "leftovers")
        self._decryptor.finish()
        self._marker.update(memoryview(read_exactly(self._source, TRAILER_BYTES)))
        if not self._marker.is_same():
            raise RejectedError("package.content_changed", "payload")

    def _read(self, view: memoryview) -> int:
        try:
            count = self._source.readinto(view)  # type: ignore[attr-defined]  # typeshed's BinaryIO has no readinto
        except OSError as error:
            raise unreadable(error) from None
        if not count:
            raise RejectedError("package.damaged", "truncated")
        return int(count)


def _unpack(stream: _Plaintext, inner: Digester, target: Target) -> tuple[bytes, list[ZipEntry], list[int]]:
    """Take the inner ZIP apart into numbered files; return the summary's bytes, the entries and each file's CRC-32."""
    entries: list[ZipEntry] = []
    crcs: list[int] = []
    summary = b""
    offset = 0
    while (fixed := stream.take(LOCAL_BYTES))[: len(CENTRAL_MARK)] != CENTRAL_MARK:
        blank = _read_blank(stream, fixed, offset)
        if len(entries) > MAX_FILES:
            raise RejectedError("package.too_large", "files")
        if not entries:
            if blank.name != SUMMARY_NAME.encode() or blank.size > MAX_JSON_BYTES:
                raise RejectedError("package.summary_invalid", "not the first file")
            summary = stream.take(blank.size)
            crcs.append(_copy([memoryview(summary)], target, 0, inner))
        else:
            crcs.append(_copy(stream.pieces(blank.size), target, len(entries), inner))
        after = stream.take(DESCRIPTOR_BYTES)
        (crc,) = struct.unpack_from("<I", after, 4)
        entry = ZipEntry(name=blank.name, offset=offset, size=blank.size, crc=crc)
        if descriptor(entry) != after:
            raise RejectedError(_BAD, "descriptor")
        entries.append(entry)
        offset = entry.data_offset + entry.size + DESCRIPTOR_BYTES
    expected = tail(entries, offset, INNER_FLAGS)
    if not entries or fixed + stream.take(len(expected) - len(fixed)) != expected:
        raise RejectedError(_BAD, "directory")
    return summary, entries, crcs


def _read_blank(stream: _Plaintext, fixed: bytes, offset: int) -> ZipEntry:
    name_bytes, extra_bytes = struct.unpack("<HH", fixed[26:])
    if name_bytes > MAX_NAME_BYTES or extra_bytes != LOCAL_EXTRA_BYTES:
        raise RejectedError(_BAD, "local header")
    rest = stream.take(name_bytes + extra_bytes)
    (size,) = struct.unpack_from("<Q", rest, name_bytes + 4)
    blank = ZipEntry(name=rest[:name_bytes], offset=offset, size=size, crc=0)
    if local_header(blank, INNER_FLAGS) != fixed + rest:
        raise RejectedError(_BAD, "local header")
    return blank


def _copy(pieces: Iterable[memoryview], target: Target, index: int, inner: Digester) -> int:
    """Write a file's pieces and have them hashed; return their CRC-32."""
    crc = 0
    try:
        with target.create(index) as file, EarlySync(file) as early:
            for piece in pieces:
                inner.update(piece)
                crc = zlib.crc32(piece, crc)
                write_piece(file, piece)
                early.wrote(len(piece))
    except OSError as error:
        raise unwritable(error) from None
    inner.cut()
    return crc
