"""What a power cut could still undo, read from a trace: bytes, names and folders that nobody synced.

A strict reading of POSIX: bytes are durable once their file was synced after the last write to it, a name (a new, moved
or removed entry) once its folder was synced after that. A file may take the place of another only when its bytes are
durable, and work may be told done only when bytes and names of everything that it leaves are. KILL drills cannot see
this, for a killed process leaves the page cache behind. Source: POSIX fsync, threats.md (fault plan).
"""

import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

_CALL = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)(?:<(.*)>)?")
#: strace -f cuts a call that another thread's call comes in between of.
_BEGUN = re.compile(r"^(\d+) +(.*) <unfinished \.\.\.>$")
_RESUMED = re.compile(r"^(\d+) +<\.\.\. \w+ resumed>(.*)$")
_FD = re.compile(r"^\d+<(.*?)>")
_NAMES = re.compile(r'"((?:[^"\\]|\\.)*)"')
SYSCALLS = (
    "trace=openat,write,pwrite64,fsync,fdatasync,ftruncate,?rename,?renameat,?renameat2,?link,?linkat,?unlink,"
    "?unlinkat,?mkdir,?mkdirat"
)


@dataclass(slots=True)
class Disk:
    """What a disk may not have yet."""

    bytes_: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    #: How often a file was written: a sync covers only what was written before it began.
    writes: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def moved(self, old: str, new: str) -> None:
        """A file or folder gets another name."""
        inside = f"{old}/"
        waiting = sorted(path for path in self.bytes_ | self.names if path == old or path.startswith(inside))
        unsynced = [path for path in waiting if path in self.bytes_ or path != old]
        if unsynced:
            self.faults.append(f"{PurePosixPath(new).name} took its place before {unsynced} was durable")
        for kind in (self.bytes_, self.names):
            for path in waiting:
                if path in kind:
                    kind.discard(path)
                    kind.add(new + path[len(old) :])
        self.names |= {old, new}

    def linked(self, old: str, new: str) -> None:
        """A file gets a second name."""
        if old in self.bytes_:
            self.faults.append(f"{PurePosixPath(new).name} was linked before its bytes were durable")
        self.names.add(new)

    def synced(self, path: str, writes: int | None = None) -> None:
        """A file or a folder was synced; `writes` is how often it had been written when that began, if known."""
        if writes is None or writes == self.writes.get(path, 0):
            self.bytes_.discard(path)
        self.names = {name for name in self.names if str(PurePosixPath(name).parent) != path}


def unquoted(text: str) -> str:
    """Read a name as strace writes it."""
    return text.encode("latin-1").decode("unicode_escape").encode("latin-1").decode("utf-8", "replace")


def undurable(trace: str, folder: Path, *, but: str = "^$") -> list[str]:
    """Return what is wrong in `trace` with what is below `folder`; paths that match `but` need not last."""
    disk = Disk()
    begun: dict[str, tuple[str, dict[str, int]]] = {}
    for line in trace.splitlines():
        if cut := _BEGUN.match(line):
            begun[cut[1]] = (cut[2], dict(disk.writes))
        elif rest := _RESUMED.match(line):
            head, writes = begun.pop(rest[1], ("", {}))
            if found := _CALL.match(head + rest[2]):
                _apply(disk, found, writes)
        elif found := _CALL.match(line):
            _apply(disk, found, None)
    ends = [("bytes", path) for path in disk.bytes_] + [("name", path) for path in disk.names]
    return disk.faults + sorted(
        f"{kind} of {path}" for kind, path in ends if path.startswith(str(folder)) and not re.search(but, path)
    )


def _apply(disk: Disk, found: re.Match[str], writes: dict[str, int] | None) -> None:
    """Apply one call; `writes` are those before a call that was cut in two."""
    call, arguments, result = found[1], found[2], int(found[3])
    if result < 0:
        return
    where = _FD.match(arguments)
    names = [unquoted(where[1])] if where else [unquoted(name) for name in _NAMES.findall(arguments)]
    if call.startswith("rename"):
        disk.moved(names[0], names[1])
    elif call.startswith("link"):
        disk.linked(names[0], names[1])
    elif call in ("fsync", "fdatasync"):
        disk.synced(names[0], None if writes is None else writes.get(names[0], 0))
    else:
        _note(disk, call, arguments, names)


def _note(disk: Disk, call: str, arguments: str, names: list[str]) -> None:
    if call == "openat":
        names = [unquoted(name) for name in _NAMES.findall(arguments)]
    path = names[0]
    if call in ("write", "pwrite64", "ftruncate") or "O_TRUNC" in arguments:
        disk.bytes_.add(path)
        disk.writes[path] = disk.writes.get(path, 0) + 1
    if call.startswith("unlink"):
        disk.bytes_.discard(path)
    if call.startswith(("unlink", "mkdir")) or "O_CREAT" in arguments:
        disk.names.add(path)
