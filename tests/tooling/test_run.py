"""`./run`: which job it starts in which surroundings. Set-up (see test_setup.py) and `bidseal` are stand-ins."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX shell; Windows starts from the installer")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    root = tmp_path / "a clone"
    (root / "tools").mkdir(parents=True)
    (root / ".venv/bin").mkdir(parents=True)
    (root / "run").write_bytes((ROOT / "run").read_bytes())
    (root / "tools/setup.sh").write_text('say() { echo "$@" >&2; }\nset_up() { echo "set up $1"; }\n', encoding="utf-8")
    bidseal = root / ".venv/bin/bidseal"
    bidseal.write_text('#!/bin/sh\necho "$@ on ${QT_QPA_PLATFORM:-the display}"\nexit 5\n', encoding="utf-8")
    bidseal.chmod(0o755)
    return root


def run(clone: Path, *arguments: str, **environment: str) -> tuple[int, list[str], str]:
    done = subprocess.run(
        ["/bin/sh", clone / "run", *arguments],
        cwd=clone.parent,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    return done.returncode, done.stdout.splitlines(), done.stderr


@pytest.mark.parametrize("display", [{"DISPLAY": ":0"}, {"WAYLAND_DISPLAY": "wayland-0"}])
def test_with_a_display_the_demo_starts_with_its_state_in_the_clone(clone: Path, display: dict[str, str]) -> None:
    status, said, _ = run(clone, **display)
    assert said == ["set up run", f"demo --state {clone}/.run on the display"]
    assert status == 5, "the demo's own status"


def test_without_a_display_one_line_says_so_and_the_story_is_played(clone: Path) -> None:
    status, said, complaint = run(clone)
    assert said == ["set up run", "story ./out on offscreen"]
    assert status == 5, "the story's own status"
    assert len(complaint.splitlines()) == 1
    assert "no display" in complaint


def test_story_is_played_off_screen_only_where_there_is_no_display(clone: Path) -> None:
    assert run(clone, "--story", "my folder")[1][1] == "story my folder on offscreen"
    assert run(clone, "--story", "my folder", DISPLAY=":0")[1][1] == "story my folder on the display"
    assert run(clone, "--story", "my folder", QT_QPA_PLATFORM="vnc")[1][1] == "story my folder on vnc"


def test_help_sets_nothing_up(clone: Path) -> None:
    status, said, _ = run(clone, "--help")
    assert status == 0
    assert said[0].startswith("usage: ./run")
