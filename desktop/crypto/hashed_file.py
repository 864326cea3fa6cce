"""The SHA-256 of a file as it was read once, kept so that it can be continued over what is appended.

Whether the file still looks the same is a hint that saves reading it again, never a proof: whoever relies on what is in
it hashes it in the pass that uses it. Source: FIPS 180-4 (a hash of a prefix can be continued).
"""

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class HashedFile:
    """`state` is of all `size` bytes and must be copied before it is continued; the times as the disk then said.

    `changed_ns` is the time of change, which on POSIX no program can set back; Windows gives the time of creation.
    """

    state: "hashlib._Hash" = field(repr=False)
    size: int
    modified_ns: int
    changed_ns: int

    @property
    def sha256(self) -> bytes:
        """The hash of the file."""
        return self.state.digest()

    def looks_like(self, path: Path) -> bool:
        """Tell whether size and times of `path` are still the same; False when it cannot be looked at."""
        try:
            found = path.stat()
        except OSError:
            return False
        times = (found.st_mtime_ns, found.st_ctime_ns)
        return (found.st_size, *times) == (self.size, self.modified_ns, self.changed_ns)


def hash_file(path: Path) -> HashedFile:
    """Read `path` once.

    Raises:
        OSError: it cannot be read.
    """
    state, size = hashlib.sha256(), 0
    with path.open("rb", buffering=0) as file:
        found = os.fstat(file.fileno())
        while chunk := file.read(_CHUNK):
            state.update(chunk)
            size += len(chunk)
    return HashedFile(state=state, size=size, modified_ns=found.st_mtime_ns, changed_ns=found.st_ctime_ns)
