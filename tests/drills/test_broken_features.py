"""The mutation drill: a feature is broken, and the test that docs/manual-coverage.md names for it has to fail.

Runs in a copy of the project, so that children (platform, phone) are broken with it. A few breaks are drawn by a seed
for each run of ./check --all; `BIDSEAL_DRILL_SEED` draws others, `BIDSEAL_DRILL_ALL=1` takes them all.
Source: issue 5, "each named test fails when its feature is broken".
"""

import functools
import os
import random
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.drills.broken_features import BROKEN, Broken
from tests.tooling.test_manual_coverage import Row, rows

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("desktop", "resources", "tests", "docs", "tools")
DRAWN = 10
TIMEOUT_S = 600


def drawn() -> tuple[Broken, ...]:
    if os.environ.get("BIDSEAL_DRILL_ALL"):
        return BROKEN
    seed = os.environ.get("BIDSEAL_DRILL_SEED", "5")
    return tuple(random.Random(seed).sample(BROKEN, DRAWN))


def row_of(broken: Broken) -> Row:
    (found,) = (r for r in rows() if r.section == broken.section and broken.words in r.statement)
    return found


def path_of(broken: Broken) -> str:
    """Return the file of the test, as the table of the manual names it."""
    (found,) = (path for path, name in row_of(broken).tests if name == broken.test)
    return found


def ids(broken: Broken) -> str:
    return f"{broken.section}-{broken.test}"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("broken") / "project"
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy2(ROOT / "pyproject.toml", folder)
    return folder


def outcome(folder: Path, tests: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Run tests in the copy; "passed", "failed", or whatever else became of each."""
    report = folder / "report.xml"
    report.unlink(missing_ok=True)
    # Not measured: what a broken product covers is nothing. No bytecode: a break must not outlive its file.
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("COVERAGE", "COV_", "PYTEST", "BIDSEAL"))}
    env = kept | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "QT_QPA_PLATFORM": "offscreen"}
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", f"--junitxml={report}"]
    argv += [f"{path}::{name}" for path, name in tests]
    ended = subprocess.run(
        argv, cwd=folder, env=env, capture_output=True, text=True, timeout=TIMEOUT_S, check=False, encoding="utf-8"
    )
    assert report.is_file(), ended.stdout + ended.stderr
    found: dict[str, str] = {}
    for case in ET.parse(report).getroot().iter("testcase"):
        name = str(case.get("name")).partition("[")[0]
        said = next((child.tag for child in case if child.tag in {"failure", "error", "skipped"}), "passed")
        if found.get(name) != "failure":
            found[name] = said
    return found


def test_every_break_is_of_a_row_and_of_a_test_that_the_table_names() -> None:
    for broken in BROKEN:
        assert path_of(broken), broken.name
        assert not row_of(broken).is_pending


@functools.cache
def source(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("broken", BROKEN, ids=ids)
def test_every_break_fits_the_code_as_it_is(broken: Broken) -> None:
    assert source(broken.file).count(broken.old) == 1
    compile(source(broken.file).replace(broken.old, broken.new), broken.file, "exec")


def test_every_row_that_is_not_pending_can_be_broken() -> None:
    # What goes beyond the manual is shown by its tests; the manual's own statements are broken one by one.
    ready = [row for row in rows() if not row.is_pending and "(beyond the manual)" not in row.statement]
    without = [r.statement for r in ready if not any(b.section == r.section and b.words in r.statement for b in BROKEN)]
    assert without == []


@pytest.mark.slow
def test_control_the_tests_pass_while_nothing_is_broken(copy: Path) -> None:
    tests = sorted({(path_of(broken), broken.test) for broken in drawn()})
    assert set(outcome(copy, tests).values()) == {"passed"}


@pytest.mark.slow
@pytest.mark.parametrize("broken", drawn(), ids=ids)
def test_named_test_fails_when_its_feature_is_broken(copy: Path, broken: Broken) -> None:
    place = copy / broken.file
    place.write_text(source(broken.file).replace(broken.old, broken.new), encoding="utf-8")
    try:
        assert outcome(copy, [(path_of(broken), broken.test)]) == {broken.test: "failure"}
    finally:
        shutil.copy2(ROOT / broken.file, place)
