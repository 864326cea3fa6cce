"""What a use case reports while it prepares is shown to people: a name of theirs, and no word of ours."""

import ast
from pathlib import Path

import pytest

import desktop.services

SERVICES = sorted(Path(desktop.services.__path__[0]).glob("*.py"))


def reported(source: str) -> list[str]:
    """Return the literal texts that are handed to a `report(done, total, text)`."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and len(node.args) == 3]
    named = [call for call in calls if ast.unparse(call.func).rpartition(".")[2] == "report"]
    return [call.args[2].value for call in named if isinstance(call.args[2], ast.Constant)]


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_progress_says_no_word_of_the_code(path: Path) -> None:
    assert set(reported(path.read_text(encoding="utf-8"))) <= {""}


def test_control_a_word_of_the_code_is_found() -> None:
    assert reported('self._preparation.report(0, 1, "nonce")') == ["nonce"]
