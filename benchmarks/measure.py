"""Measuring in turns, and the line that comes of it.

All contestants run once a round, so that a busy minute hits all of them; the smallest value of each counts, because
whatever else runs on the machine can only add to it. Latencies are quantiles of all their values instead.
"""

import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MIB = 1024 * 1024
GIB = 1024 * MIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to run: `scratch` is a folder that is deleted afterwards; `is_tiny` only shows that everything works."""

    scratch: Path
    rounds: int = 3
    is_tiny: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One comparison. `target` is what issue 4 demands of the ratio, or of ours where there is no peer."""

    name: str
    peer: str
    ours: float
    theirs: float | None
    unit: str
    how: str
    target: str = ""

    def line(self) -> str:
        """Return the JSON line, with the load average of the last one, five and fifteen minutes."""
        ratio = self.ours / self.theirs if self.theirs else None
        value = {
            "name": self.name,
            "peer": self.peer,
            "ratio": None if ratio is None else float(f"{ratio:.3g}"),
            "ours": float(f"{self.ours:.4g}"),
            "theirs": None if self.theirs is None else float(f"{self.theirs:.4g}"),
            "unit": self.unit,
            "how": self.how,
            "target": self.target,
            "load": [round(each, 2) for each in os.getloadavg()],
        }
        return json.dumps(value, ensure_ascii=False)


def in_turns(cases: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Run every case once a round; return what each gave."""
    values: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, case in cases.items():
            values[name].append(case())
    return values


def seconds(act: Callable[[], object]) -> float:
    """Return how long `act` takes."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` of the values lie."""
    return statistics.quantiles(values, n=100, method="inclusive")[round(share * 100) - 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a program took."""

    seconds: float
    peak_mib: float


def run(*argv: str | Path, stdin: Path | None = None) -> Spent:
    """Run a program to its end with its words thrown away.

    Raises:
        CalledProcessError: it failed; its complaint is in `stderr`.
    """
    with tempfile.TemporaryFile() as said, (stdin or Path(os.devnull)).open("rb") as source:
        begun = time.perf_counter()
        process = subprocess.Popen([str(each) for each in argv], stdin=source, stdout=subprocess.DEVNULL, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        took = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise subprocess.CalledProcessError(process.returncode, str(argv[0]), stderr=said.read()[-2000:])
    return Spent(seconds=took, peak_mib=usage.ru_maxrss / 1024)


def peak_mib() -> float:
    """Return the most memory that this process ever held."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def has_program(name: str) -> bool:
    """Tell whether a peer is installed; one that is not is left out and said to be."""
    return shutil.which(name) is not None


def to_disk(path: Path) -> None:
    """Wait until a file is on the disk, as a program must that may not lose it."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


@contextmanager
def scratch(parent: Path | None) -> Iterator[Path]:
    """Make a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="bidseal-bench-", dir=parent) as folder:
        yield Path(folder)
