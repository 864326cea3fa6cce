"""A process that has everything imported and forks a child for each run, so that a child does nothing but its work.

Started by `injection.Template`; speaks one JSON line each way. A child waits until strace is attached to it. What the
work says about its progress goes through shared memory: saying it costs no system call that a fault could hit.
"""

import importlib
import json
import mmap
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from desktop.domain.errors import BidSealError

DONE, REFUSED, NAMELESS = 0, 3, 4


#: The first byte is the step that was told done, the rest the traceback of an error without a name.
_SHARED_BYTES = 64 * 1024


def run(work: Any, shared: mmap.mmap) -> int:
    """Run the work and return how it ended; what it says and an error without a name of ours go into `shared`."""

    def say(step: int) -> None:
        shared[0] = step

    try:
        work(say)
    except BidSealError:
        return REFUSED
    except BaseException:  # noqa: BLE001 - whatever it is, it has no name
        text = traceback.format_exc().encode()[-_SHARED_BYTES + 1 :]
        shared[1 : 1 + len(text)] = text
        return NAMELESS
    return DONE


def child(work: Any, shared: mmap.mmap, gate: int) -> None:
    """Wait at the gate, run, end; no call that could be counted comes before the work."""
    os.read(gate, 1)
    os._exit(run(work, shared))


def tell(line: str) -> None:
    """Send a line to the harness."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(module: str, name: str, home: Path) -> None:
    """Serve: for each line `run` fork, tell the child's number, open the gate at the next line, tell how it ended."""
    writer = importlib.import_module(module).writer_of(name, home)
    shared = mmap.mmap(-1, _SHARED_BYTES)
    writer.reset()
    assert run(writer.work, shared) == DONE, shared[1:].rstrip(b"\0").decode()  # and everything is imported and read
    tell("ready")
    while sys.stdin.readline():
        shared[:] = bytes(_SHARED_BYTES)
        reading, writing = os.pipe()
        number = os.fork()  # noqa: TID251 - the drill needs strace, so Linux, anyway
        if number == 0:
            child(writer.work, shared, reading)
        os.close(reading)
        tell(str(number))
        sys.stdin.readline()
        os.write(writing, b"g")
        os.close(writing)
        code = os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])
        error = shared[1:].rstrip(b"\0").decode("utf-8", "replace")
        tell(json.dumps({"code": code, "said": shared[0], "error": error}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
