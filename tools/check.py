"""Run every check of the project, all of them even after a failure, and say what came of it.

Called by ./check, which has set the environment up. The last line is for machines: `N passed, N failed`, or with
--all `ran N / failed N / skipped N`. Each test counts as one, and so does each step that is not a test run.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # started by its path, as ./check does

from tools import postgresql  # noqa: E402 - found there

BIN = Path(sys.executable).parent
SIGNATURE_VERDICT = "Signature Validation:"
VALID = "Signature Validation: Signature is Valid."
PLATFORM_TESTS = ("tests/server", "tests/tsa")
#: Starts servers of its own, and has done so in the step before.
DRILLS = "tests/server/test_postgresql.py"
#: Two workers, each with a few platforms of twenty connections.
MAX_CONNECTIONS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a step came to, in counts."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0


PASSED = Outcome(passed=1)
FAILED = Outcome(failed=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One named check."""

    name: str
    act: Callable[[], Outcome]


def run_command(argv: Sequence[str], *, timeout_s: float, env: dict[str, str] | None = None) -> int:
    """Run a program to its end with its output shown; after the timeout end it with all its children: 124."""
    with subprocess.Popen(
        argv, cwd=ROOT, env=os.environ | (env or {}), stdin=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            return process.wait(timeout_s)
        except BaseException as stop:
            os.killpg(process.pid, signal.SIGKILL)
            if isinstance(stop, subprocess.TimeoutExpired):
                print(f"stopped after {timeout_s:.0f} s: {' '.join(argv)}")
                return 124
            raise


def command(name: str, *argv: str, timeout_s: float = 600, env: dict[str, str] | None = None) -> Step:
    """Make the step that passes when the program exits with 0."""
    return Step(name=name, act=lambda: FAILED if run_command(argv, timeout_s=timeout_s, env=env) else PASSED)


def read_junit(report: Path, status: int) -> Outcome:
    """Count a pytest run; a run that broke without a failed test (nothing collected, crashed) is one failure."""
    if not report.is_file():
        return FAILED
    suites = ET.parse(report).getroot().iter("testsuite")  # noqa: S314 - written by our own pytest a moment ago
    counts = [{key: int(suite.get(key, "0")) for key in ("tests", "failures", "errors", "skipped")} for suite in suites]
    ran, skipped = sum(count["tests"] for count in counts), sum(count["skipped"] for count in counts)
    failed = sum(count["failures"] + count["errors"] for count in counts)
    failed = max(failed, 1) if status else failed
    return Outcome(passed=max(ran - failed - skipped, 0), failed=failed, skipped=skipped)


def tests(scratch: Path, *, with_slow: bool) -> Step:
    """Make the test step: random order, off screen; with the slow ones coverage is written into scratch.

    Four workers on two cores: half of the time a test waits for a disk or a process. Coverage doubles the time that
    the tests take, so the floor is held where all of them run.
    """
    report = scratch / "junit.xml"
    env = {"QT_QPA_PLATFORM": "offscreen", "COVERAGE_FILE": str(scratch / "coverage")}
    pytest = [f"{BIN}/coverage", "run", "-m", "pytest"] if with_slow else [f"{BIN}/pytest"]
    argv = [*pytest, "-q", "-n4", "--tb=short"]
    # A drill may be silent for long; any other test that is has hung.
    extra = ["-o", "faulthandler_timeout=1800"] if with_slow else ["-m", "not slow"]
    argv += ["--durations=8", f"--junitxml={report}", *extra]

    def act() -> Outcome:
        return read_junit(report, run_command(argv, timeout_s=7200 if with_slow else 2400, env=env))

    return Step(name="tests", act=act)


def on_postgresql(scratch: Path) -> Step:
    """Make the step that runs the platform's tests once more, on a PostgreSQL that is gone afterwards."""
    report = scratch / "postgresql.xml"
    argv = [f"{BIN}/pytest", *PLATFORM_TESTS, f"--ignore={DRILLS}", "-q", "-n2", "--tb=short", "-m", "not sqlite"]
    argv += ["-o", "faulthandler_timeout=1800", f"--junitxml={report}"]

    def act() -> Outcome:
        with postgresql.cluster(max_connections=MAX_CONNECTIONS) as server:
            env = {"QT_QPA_PLATFORM": "offscreen", "BIDSEAL_TEST_DATABASE": server.url()}
            return read_junit(report, run_command(argv, timeout_s=1800, env=env))

    return Step(name="postgresql", act=act)


def coverage_floor(scratch: Path) -> Step:
    """Make the step that holds signing/, protocol/ and crypto/ to the floor written in pyproject.toml."""
    env = {"COVERAGE_FILE": str(scratch / "coverage")}

    def act() -> Outcome:
        combined = run_command([f"{BIN}/coverage", "combine", "--quiet"], timeout_s=120, env=env)
        argv = [f"{BIN}/coverage", "report", "--skip-covered"]
        return FAILED if combined or run_command(argv, timeout_s=120, env=env) else PASSED

    return Step(name="coverage", act=act)


def judge_signatures(pdf: Path) -> str:
    """Ask poppler's pdfsig about every signature of the file; empty when each one is valid."""
    asked = subprocess.run(
        ["pdfsig", str(pdf)], capture_output=True, text=True, timeout=120, check=False, env=os.environ | {"LC_ALL": "C"}
    )
    said = re.findall(f"^ *- ({SIGNATURE_VERDICT}.*)$", asked.stdout, re.MULTILINE)
    if said and all(verdict == VALID for verdict in said):
        return ""
    return "pdfsig: " + ("; ".join(said) or asked.stderr.strip() or "no signature")


def judge_structure(pdf: Path) -> str:
    """Ask qpdf about the file's structure; empty when it has neither an error nor a warning."""
    asked = subprocess.run(["qpdf", "--check", str(pdf)], capture_output=True, text=True, timeout=120, check=False)
    return "" if asked.returncode == 0 else f"qpdf: {asked.stderr.strip() or asked.stdout.strip()}"


def judges(folder: Path) -> Step:
    """Make the step in which pdfsig and qpdf judge every PDF of the story; a story without one has failed."""

    def act() -> Outcome:
        pdfs = sorted(folder.rglob("*.pdf"))
        complaints = [(pdf, said) for pdf in pdfs for said in (judge_signatures(pdf), judge_structure(pdf)) if said]
        for pdf, said in complaints:
            print(f"{pdf.name}: {said}")
        print(f"{len(pdfs)} sealed PDFs, {len(complaints)} complaints")
        return PASSED if pdfs and not complaints else FAILED

    return Step(name="judges", act=act)


def run_step(step: Step) -> Outcome:
    """Run one step under a heading and print its time; a step that breaks has failed, the next ones still run."""
    print(f"\n== {step.name}", flush=True)
    begun = time.monotonic()
    try:
        outcome = step.act()
    except (OSError, subprocess.SubprocessError, ET.ParseError) as broken:
        print(f"{step.name} broke: {broken}")
        outcome = FAILED
    outcome = replace(outcome, seconds=time.monotonic() - begun)
    print(f"== {step.name}: {'FAILED' if outcome.failed else 'ok'} in {outcome.seconds:.1f} s", flush=True)
    return outcome


def summarize(results: Sequence[tuple[str, Outcome]], *, strict: bool) -> tuple[list[str], int]:
    """Return the closing lines and the exit status; strict also refuses skipped tests."""
    passed, failed, skipped = (
        sum(getattr(outcome, field) for _, outcome in results) for field in ("passed", "failed", "skipped")
    )
    lines = ["", f"{'step':<12}{'time':>8}{'passed':>8}{'failed':>8}{'skipped':>8}"]
    lines += [f"{name:<12}{o.seconds:>7.1f}s{o.passed:>8}{o.failed:>8}{o.skipped:>8}" for name, o in results]
    lines.append(f"{passed} passed, {failed} failed")
    if strict:
        lines.append(f"ran {passed + failed} / failed {failed} / skipped {skipped}")
    return lines, int(failed > 0 or (strict and skipped > 0))


def plan(mode: str, scratch: Path) -> list[Step]:
    """List the steps of one mode: "", "--fast" or "--all"."""
    steps = [
        command("lint", f"{BIN}/ruff", "check", "--quiet"),
        command("format", f"{BIN}/ruff", "format", "--check", "--quiet"),
        command("types", f"{BIN}/mypy", "-p", "desktop", "-p", "tools"),
        command("layers", f"{BIN}/lint-imports", "--no-logo"),
        tests(scratch, with_slow=mode == "--all"),
    ]
    if mode == "--all":
        steps += [coverage_floor(scratch), on_postgresql(scratch)]
    if mode != "--fast":
        story = scratch / "story"
        told = (str(ROOT / "run"), "--story") if mode == "--all" else (f"{BIN}/bidseal", "story", "--short")
        env = {"QT_QPA_PLATFORM": "offscreen"}
        steps += [command("story", *told, str(story), timeout_s=900, env=env), judges(story)]
    return steps


def main(mode: str) -> int:
    """Run the steps of the mode and return the exit status."""
    with tempfile.TemporaryDirectory(prefix="bidseal-check-") as scratch:
        results = [(step.name, run_step(step)) for step in plan(mode, Path(scratch))]
    lines, status = summarize(results, strict=mode == "--all")
    print("\n".join(lines), flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
