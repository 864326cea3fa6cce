"""A file and what is appended to it, as one stream: the snapshot is read where it lies, only the update is written.

So preparing a document of any size costs one reading of it and the disk holds it once. Refuses to write into the first
part. Source: ISO 32000-2 §7.5.6 (an update never changes what is before it).
"""

import errno
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest, SignatureObject

from desktop.crypto.hashed_file import HashedFile

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

_BUFFER = 64 * 1024


class _Joined(io.RawIOBase):
    """The bytes of `base`, then those of `tail`."""

    def __init__(self, base: BinaryIO, size: int, tail: BinaryIO) -> None:
        super().__init__()
        self._base, self._size, self._tail = base, size, tail
        self._at = 0

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._end()}[whence]
        if start + offset < 0:
            raise OSError(errno.EINVAL, "before the beginning")  # as a file says it
        self._at = start + offset
        return self._at

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        in_base = self._at < self._size
        part, at = (self._base, self._at) if in_base else (self._tail, self._at - self._size)
        part.seek(at)
        wanted = min(len(view), self._size - self._at) if in_base else len(view)
        data = part.read(wanted)
        view[: len(data)] = data
        self._at += len(data)
        return len(data)

    def write(self, data: "ReadableBuffer") -> int:
        if self._at < self._size:
            raise io.UnsupportedOperation("the first part is not to be changed")
        self._tail.seek(self._at - self._size)
        written = self._tail.write(bytes(data))
        self._at += written
        return written

    def _end(self) -> int:
        return self._size + self._tail.seek(0, os.SEEK_END)


class Continuation:
    """`base` (its first `size` bytes) continued by `tail`; use as a context manager, `stream` is the whole."""

    def __init__(self, base: Path, size: int, tail: BinaryIO) -> None:
        self._file = base.open("rb", buffering=0)
        self.stream = io.BufferedRandom(_Joined(self._file, size, tail), _BUFFER)

    def __enter__(self) -> io.BufferedRandom:
        return self.stream

    def __exit__(self, *_: object) -> None:
        self.stream.flush()
        self.stream.detach()
        self._file.close()


class ContinuedSignature(SignatureObject):
    """A signature dictionary whose ByteRange digest goes on from a known hash instead of reading the source again."""

    def __init__(self, source: HashedFile, **entries: Any) -> None:
        super().__init__(**entries)
        self._source = source

    def fill(
        self,
        writer: BasePdfFileWriter,
        md_algorithm: str,  # noqa: ARG002 - the base class's; ours is SHA-256
        in_place: bool = False,  # noqa: ARG002, FBT001, FBT002 - the base class's; we always are
        output: object = None,
        chunk_size: int = 0,  # noqa: ARG002 - the base class's; an update is small
    ) -> Iterator[tuple[PreparedByteRangeDigest, IO[bytes]]]:
        """Write the update and its ByteRange, and give the SHA-256 of what is signed; the gap is filled elsewhere."""
        writer.digest_aware_write = True
        assert isinstance(writer, IncrementalPdfFileWriter)
        assert output is None
        stream = cast("IO[bytes]", writer.prev.stream)
        writer.write_in_place()  # type: ignore[no-untyped-call]  # pyHanko leaves it bare
        end = stream.tell()
        gap_start, gap_end = self.contents.offsets
        self.byte_range.fill_offsets(stream, gap_start, gap_end, end)  # type: ignore[no-untyped-call]  # bare as well
        digest = self._source.state.copy()
        for start, stop in ((self._source.size, gap_start), (gap_end, end)):
            stream.seek(start)
            digest.update(stream.read(stop - start))
        made = PreparedByteRangeDigest(
            document_digest=digest.digest(), reserved_region_start=gap_start, reserved_region_end=gap_end
        )
        yield made, stream
