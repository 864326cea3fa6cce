"""benchmarks/: each can be loaded, contestants take turns, a line says what it must. No timing here."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import measure
from benchmarks.__main__ import NAMES, main

ROOT = Path(__file__).resolve().parents[2]
FIELDS = {"name", "peer", "ratio", "ours", "theirs", "unit", "how", "target", "load"}


def test_the_list_names_every_benchmark_and_each_can_be_loaded(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(NAMES)
    for name in NAMES:
        assert callable(importlib.import_module(f"benchmarks.{name}").figures)


def test_an_unknown_name_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["packing"])
    assert "package, seal, verify" in capsys.readouterr().err


def test_contestants_take_turns() -> None:
    order: list[str] = []

    def case(name: str) -> float:
        order.append(name)
        return float(len(order))

    took = measure.in_turns({"a": lambda: case("a"), "b": lambda: case("b")}, 3)
    assert order == ["a", "b"] * 3
    assert took == {"a": [1.0, 3.0, 5.0], "b": [2.0, 4.0, 6.0]}


@pytest.mark.parametrize(("theirs", "ratio"), [(4.0, 0.5), (0.0, None), (None, None)])
def test_a_line_holds_both_values_their_ratio_and_the_load(theirs: float | None, ratio: float | None) -> None:
    figure = measure.Figure(name="n", peer="p", ours=2.0, theirs=theirs, unit="s", how="min of 3")
    line = json.loads(figure.line())
    assert set(line) == FIELDS
    assert (line["ratio"], line["ours"], line["theirs"]) == (ratio, 2.0, theirs)
    assert len(line["load"]) == 3


def test_a_quantile_lies_among_the_values() -> None:
    assert measure.quantile([1.0, 2.0, 3.0], 0.5) == 2.0
    assert measure.quantile([1.0, 2.0, 3.0], 0.95) == pytest.approx(2.9)


def test_a_program_that_fails_is_no_figure() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        measure.run("false")


def test_a_tiny_run_prints_lines_for_machines_and_leaves_nothing_behind(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "benchmarks", "package", "--tiny", "--scratch", str(tmp_path)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert all(set(line) == FIELDS for line in lines)
    assert {line["peer"] for line in lines} >= {"cp", "openssl cms -encrypt", "openssl cms -decrypt"}
    assert all(line["ratio"] > 0 for line in lines)
    assert list(tmp_path.iterdir()) == []
