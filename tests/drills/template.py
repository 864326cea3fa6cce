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


class Template:
    """The writers of `module` over `home`, each warmed up when it is first asked for."""

    def __init__(self, module: str, home: Path) -> None:
        self._module, self._home = importlib.import_module(module), home
        self._shared = mmap.mmap(-1, _SHARED_BYTES)
        self._works: dict[str, Any] = {}

    def prepare(self, name: str) -> None:
        """Run the work once here: then everything is imported and read, and a child does nothing else."""
        writer = self._module.writer_of(name, self._home)
        writer.reset()
        assert run(writer.work, self._shared) == DONE, self._said()[1]
        self._works[name] = writer.work
        tell("ready")

    def serve(self, name: str) -> None:
        """Fork a child, tell its number, open its gate at the next line, tell how it ended."""
        self._shared[:] = bytes(_SHARED_BYTES)
        reading, writing = os.pipe()
        number = os.fork()  # noqa: TID251 - the drill needs strace, so Linux, anyway
        if number == 0:
            child(self._works[name], self._shared, reading)
        os.close(reading)
        tell(str(number))
        sys.stdin.readline()
        os.write(writing, b"g")
        os.close(writing)
        code = os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])
        said, error = self._said()
        tell(json.dumps({"code": code, "said": said, "error": error}))

    def _said(self) -> tuple[int, str]:
        return self._shared[0], self._shared[1:].rstrip(b"\0").decode("utf-8", "replace")


def main(module: str, home: Path) -> None:
    """Serve until the input ends: `prepare NAME` and `run NAME`."""
    template = Template(module, home)
    while line := sys.stdin.readline():
        verb, _, name = line.strip().partition(" ")
        {"prepare": template.prepare, "run": template.serve}[verb](name)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
