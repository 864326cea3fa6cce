"""tools/check.py: all steps run, the counts are right, and the judges find fault with what is at fault."""

import sys
from pathlib import Path

import pytest

from tools import check

JUNIT = '<testsuites><testsuite tests="{}" failures="{}" errors="{}" skipped="{}"/></testsuites>'


def steps_with(*outcomes: check.Outcome) -> list[check.Step]:
    return [check.Step(name=f"step{n}", act=lambda o=outcome: o) for n, outcome in enumerate(outcomes)]  # type: ignore[misc]


def test_steps_after_a_failed_one_still_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = steps_with(check.PASSED, check.FAILED, check.PASSED)
    monkeypatch.setattr(check, "plan", lambda _mode, _scratch: steps)
    assert check.main("") == 1
    said = capsys.readouterr().out
    assert "== step2: ok" in said
    assert said.splitlines()[-1] == "2 passed, 1 failed"


def test_all_passed_is_status_zero(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    tests_run = check.Outcome(passed=40, skipped=2)
    monkeypatch.setattr(check, "plan", lambda _mode, _scratch: steps_with(check.PASSED, tests_run))
    assert check.main("") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "41 passed, 0 failed"


def test_skipped_test_fails_the_full_check(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(check, "plan", lambda _mode, _scratch: steps_with(check.Outcome(passed=40, skipped=2)))
    assert check.main("--all") == 1
    assert capsys.readouterr().out.splitlines()[-1] == "ran 40 / failed 0 / skipped 2"


def test_full_check_without_skipped_tests_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "plan", lambda _mode, _scratch: steps_with(check.Outcome(passed=40)))
    assert check.main("--all") == 0


def test_step_whose_program_does_not_exist_has_failed() -> None:
    assert check.run_step(check.command("gone", "/nonexistent/program")).failed == 1


def test_command_passes_and_fails_by_exit_status() -> None:
    assert check.run_step(check.command("good", sys.executable, "-c", "pass")).passed == 1
    assert check.run_step(check.command("bad", sys.executable, "-c", "raise SystemExit(7)")).failed == 1


def test_command_that_never_ends_is_stopped_and_has_failed() -> None:
    endless = check.command(
        "endless", sys.executable, "-c", "import threading; threading.Event().wait()", timeout_s=0.5
    )
    assert check.run_step(endless).failed == 1


@pytest.mark.parametrize(
    ("counts", "status", "outcome"),
    [
        ((10, 0, 0, 0), 0, check.Outcome(passed=10)),
        ((10, 1, 2, 3), 1, check.Outcome(passed=4, failed=3, skipped=3)),
        ((10, 0, 0, 0), 3, check.Outcome(passed=9, failed=1)),
        ((0, 0, 0, 0), 5, check.Outcome(failed=1)),
    ],
    ids=["all passed", "some failed", "run broke after the tests", "nothing collected"],
)
def test_junit_report_is_counted(tmp_path: Path, counts: tuple[int, ...], status: int, outcome: check.Outcome) -> None:
    report = tmp_path / "junit.xml"
    report.write_text(JUNIT.format(*counts), encoding="utf-8")
    assert check.read_junit(report, status) == outcome


def test_test_run_without_report_has_failed(tmp_path: Path) -> None:
    assert check.read_junit(tmp_path / "absent.xml", 0) == check.FAILED


def test_story_without_a_pdf_has_failed(tmp_path: Path) -> None:
    assert check.run_step(check.judges(tmp_path)).failed == 1


def unsigned_pdf(path: Path) -> Path:
    import pikepdf

    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(path)
    return path


def test_unsigned_pdf_is_no_sealed_pdf_though_its_structure_is_sound(tmp_path: Path) -> None:
    pdf = unsigned_pdf(tmp_path / "plain.pdf")
    assert "not contain any signatures" in check.judge_signatures(pdf) or "no signature" in check.judge_signatures(pdf)
    assert check.judge_structure(pdf) == ""
    assert check.run_step(check.judges(tmp_path)).failed == 1


def test_damaged_pdf_is_found_by_qpdf(tmp_path: Path) -> None:
    pdf = unsigned_pdf(tmp_path / "damaged.pdf")
    pdf.write_bytes(pdf.read_bytes()[:-40])
    assert check.judge_structure(pdf).startswith("qpdf:")


@pytest.mark.parametrize(("said", "is_good"), [("Signature is Valid.", True), ("Digest Mismatch.", False)])
def test_pdfsig_verdict_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, is_good: bool) -> None:
    judge = tmp_path / "pdfsig"
    judge.write_text(f"#!/bin/sh\necho 'Signature #1:'\necho '  - Signature Validation: {said}'\n", encoding="utf-8")
    judge.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (check.judge_signatures(tmp_path / "any.pdf") == "") is is_good


def test_every_mode_has_the_steps_its_help_promises(tmp_path: Path) -> None:
    quick = [step.name for step in check.plan("--fast", tmp_path)]
    assert quick == ["lint", "format", "types", "layers", "tests"]
    assert [step.name for step in check.plan("", tmp_path)] == [*quick, "story", "judges"]
    slow = [step.name for step in check.plan("--all", tmp_path)]
    assert slow == [*quick, "coverage", "postgresql", "story", "judges"]
