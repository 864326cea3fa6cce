"""tests/conftest.py: a careless test fails, its careful twin passes. They run in a pytest of their own."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

CARELESS = {
    "an unexpected warning": """
        import logging
        def test_it(): logging.getLogger("desktop.portal").warning("platform answers slowly")
        """,
    "an expected warning that never came": """
        def test_it(expected_warnings): pass
        """,
    "a thread left running": """
        import threading
        def test_it(monkeypatch):
            stop = threading.Event()
            threading.Thread(target=stop.wait, args=(30,), daemon=True, name="relay-wait").start()
        """,
    "a Python warning": """
        import warnings
        def test_it(): warnings.warn("old way", DeprecationWarning, stacklevel=1)
        """,
}
CAREFUL = {
    "an expected warning": """
        import logging
        def test_it(expected_warnings):
            logging.getLogger("desktop.portal").warning("platform answers slowly")
            assert expected_warnings[0].getMessage() == "platform answers slowly"
        """,
    "a thread that ends": """
        import threading
        def test_it():
            stop = threading.Event()
            threading.Thread(target=stop.wait, args=(30,)).start()
            stop.set()
        """,
    "a password of its own": """
        import keyring
        import pytest
        @pytest.mark.parametrize("turn", [1, 2])
        def test_it(turn):
            assert keyring.get_password("bidseal", "token") is None
            keyring.set_password("bidseal", "token", "x")
            assert keyring.get_password("bidseal", "token") == "x"
        """,
    "a data folder that cannot be made": """
        import pytest
        from desktop.store.paths import data_folder
        def test_it():
            with pytest.raises(OSError): data_folder().root.mkdir(parents=True)
        """,
    "the fixed time zone": """
        import time
        def test_it(): assert time.timezone == 3.5 * 3600
        """,
}


def run_inner(folder: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    """Run what is in `folder` by a pytest of its own, under our conftest and settings."""
    for name in ("conftest.py", "../pyproject.toml"):
        (folder / Path(name).name).write_bytes((ROOT / "tests" / name).read_bytes())
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COVERAGE_"))}
    environment["BIDSEAL_THREAD_GRACE_S"] = "0.2"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", *argv, str(folder)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What became of each case, all run by one inner pytest: its report lines by case."""
    folder = tmp_path_factory.mktemp("inner")
    cases = CARELESS | CAREFUL
    for number, case in enumerate(cases):
        (folder / f"test_inner{number}.py").write_text(textwrap.dedent(cases[case]), encoding="utf-8")
    done = run_inner(folder, "-rA")
    report = done.stdout.partition("short test summary info")[2].splitlines()
    return {
        case: "\n".join(line for line in report if f"test_inner{number}.py" in line)
        for number, case in enumerate(cases)
    }


@pytest.mark.parametrize("case", CARELESS)
def test_careless_test_fails(outcomes: dict[str, str], case: str) -> None:
    assert "FAILED" in outcomes[case] or "ERROR" in outcomes[case]


@pytest.mark.parametrize("case", CAREFUL)
def test_careful_test_passes(outcomes: dict[str, str], case: str) -> None:
    assert "PASSED" in outcomes[case]
    assert "FAILED" not in outcomes[case]
    assert "ERROR" not in outcomes[case]


def test_leaked_thread_is_named(outcomes: dict[str, str]) -> None:
    assert "threads left running: relay-wait" in outcomes["a thread left running"]


def test_failure_is_named_when_it_happens_not_only_at_the_end(tmp_path: Path) -> None:
    cut_off = "import os\ndef test_fails(): assert 0\ndef test_ends_the_run(): os._exit(9)\n"
    (tmp_path / "test_cut.py").write_text(cut_off, encoding="utf-8")
    done = run_inner(tmp_path, "-p", "no:randomly")
    assert done.returncode == 9
    assert "\nFAILED test_cut.py::test_fails (call)\n" in done.stdout
