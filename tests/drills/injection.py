"""The one harness that breaks system calls: strace kills a writer, or fails its disk, at every call it makes.

A `Writer` is one piece of the product that leaves files behind. `drill` runs it in a child of a prepared process with
a fault at the first, second, third ... call of each kind until no call is left to break, and judges what lies on the
disk after every run. Needs strace (Linux). A drill tells its injections, so that one that broke nothing is seen.
Source: threats.md, fault plan.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import pytest

from tests.drills.template import DONE, NAMELESS, REFUSED

ROOT = Path(__file__).resolve().parents[2]
Say = Callable[[int], None]

#: Every way in which the product changes the disk; "?" = where this machine has such a call.
CALLS = {
    "openat": "openat",
    "write": "write",
    "pwrite64": "pwrite64",
    "fsync": "fsync",
    "fdatasync": "fdatasync",
    "rename": "?rename,?renameat,?renameat2",
    "link": "?link,?linkat",
    "ftruncate": "ftruncate",
    "unlink": "?unlink,?unlinkat",
    "mkdir": "?mkdir,?mkdirat",
    "rmdir": "?rmdir",
    "close": "close",
}
#: How a call goes wrong: killed at it, or failing once, or failing from then on.
FAULTS = {
    "KILL": ("signal=KILL", ""),
    "ENOSPC": ("error=ENOSPC", ""),
    "EIO": ("error=EIO", ""),
    "full": ("error=ENOSPC", "+"),
}
#: Calls that tidy up: where they fail, the next start has to.
TIDYING = frozenset({"unlink", "rmdir", "openat", "close"})
_MAX_CALLS = 400

needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")


class Writer(Protocol):
    """Something that leaves files in `home`/out; made anew on both sides from its name and `home`."""

    home: Path

    def reset(self) -> None:
        """Put `out` into the state before the work."""

    def work(self, say: Say) -> None:
        """Do it; `say(n)` tells the user that step n is done. Failing must have a name (BidSealError)."""

    def recover(self) -> None:
        """Do what the next start does."""

    def judge(self, said: int) -> str:
        """Tell what is wrong with what is visible, given that `said` steps were told done; empty if nothing is."""

    def left(self) -> list[str]:
        """Name what lies in `out` and should not be there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one run ended."""

    injected: bool
    code: int
    said: int
    error: str


@dataclass(slots=True, kw_only=True)
class Tally:
    """What a drill counted; `wrong` and `left` say in which runs something was torn or left behind."""

    runs: int = 0
    injected: dict[str, int] = field(default_factory=dict)
    done: int = 0
    refused: int = 0
    killed: int = 0
    wrong: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    nameless: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All faults that took effect."""
        return sum(self.injected.values())

    def line(self, name: str, fault: str) -> str:
        """Return the line of the table in docs/fault-drills.md."""
        calls = ", ".join(f"{call} {count}" for call, count in self.injected.items() if count)
        return (
            f"| {name} | {fault} | {self.runs} | {self.total} ({calls}) | {self.killed} | {self.refused} | {self.done} "
            f"| {len(self.wrong)} | {len(self.left)} |"
        )


class Template:
    """The prepared process of the writers of `module` over `home`; use it as a context manager."""

    def __init__(self, module: str, home: Path) -> None:
        self._log = home / "trace"
        self._name = ""
        command = [sys.executable, "-m", "tests.drills.template", module, str(home)]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            # Coverage would measure this child as well, and write files of its own among the calls that are broken.
            env={k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")}
            | {"PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        """It prepares a writer when it is told to."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        with self._process as process:
            assert process.stdin is not None
            process.stdin.close()

    def prepare(self, name: str) -> None:
        """Choose the writer that the next runs are of."""
        self._name = name
        self._say(f"prepare {name}")
        assert self._hear() == "ready"

    @property
    def trace(self) -> str:
        """What strace wrote about the last run."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def run(self, *options: str) -> Outcome:
        """Run the work once under strace with these options."""
        self._say(f"run {self._name}")
        number = self._hear()
        strace = subprocess.Popen(
            ["strace", "-f", "-y", "-s", "0", "-o", str(self._log), "-p", number, *options],
            stderr=subprocess.PIPE,
            text=True,
        )
        with strace:
            assert strace.stderr is not None
            assert "attached" in (said := strace.stderr.readline()), said
            self._say("go")
            ended = json.loads(self._hear())
            strace.stderr.read()
        injected = "(INJECTED)" in self.trace or ended["code"] == -9
        return Outcome(injected=injected, code=ended["code"], said=ended["said"], error=ended["error"])

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _hear(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def drill(template: Template, writer: Writer, fault: str) -> Tally:
    """Break every call of every kind, one a run."""
    tally = Tally()
    for call, names in CALLS.items():
        how, from_then_on = FAULTS[fault]
        for at in range(1, _MAX_CALLS):
            writer.reset()
            outcome = template.run("-e", f"trace={names}", "-e", f"inject={names}:{how}:when={at}{from_then_on}")
            _count(tally, writer, outcome, f"{call} {at}", keeps_tidy=fault != "KILL" and call not in TIDYING)
            if not outcome.injected:
                break
            tally.injected[call] = tally.injected.get(call, 0) + 1
        else:
            raise AssertionError(f"{call}: the drill does not end")
    return tally


def _count(tally: Tally, writer: Writer, outcome: Outcome, where: str, *, keeps_tidy: bool) -> None:
    tally.runs += 1
    tally.done += outcome.code == DONE
    tally.refused += outcome.code == REFUSED
    tally.killed += outcome.code == -9
    if outcome.code == NAMELESS:
        tally.nameless.append(f"{where}: {outcome.error[-600:]}")
    elif outcome.code not in (DONE, REFUSED, -9):
        raise AssertionError(f"{where}: ended with {outcome.code}")
    if keeps_tidy and (left := writer.left()):
        tally.left.append(f"{where}: {left}")
    if wrong := writer.judge(outcome.said):
        tally.wrong.append(f"{where}: {wrong}")
    writer.recover()
    if left := writer.left():
        tally.left.append(f"{where}, after the next start: {left}")
    if wrong := writer.judge(outcome.said):
        tally.wrong.append(f"{where}, after the next start: {wrong}")
