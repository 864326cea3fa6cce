"""tools/setup.sh: what it installs, when it refuses and with which words, and that it does nothing twice."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX shell; Windows starts from the installer")

# Only awk, id and friends; neither sudo nor apt-get nor dpkg of this machine.
TOOLS = ("awk", "cat", "cmp", "cp", "cut", "env", "flock", "id", "mktemp", "mv", "rm", "sha256sum", "tail", "touch")
BARE = "is_debian() { true; }; is_root() { false; }; has_sudo() { false; }; installed_packages() { echo qpdf; }; "


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A PATH of its own."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        found = next(Path(base, tool) for base in ("/usr/bin", "/bin") if Path(base, tool).exists())
        (folder / tool).symlink_to(found)
    return folder


def add_program(machine: Path, name: str, script: str) -> None:
    program = machine / name
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)


def shell(machine: Path, script: str, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a script after setup.sh was read, as ./run does."""
    return subprocess.run(
        ["/bin/sh", "-euc", f"root={root}; . {ROOT}/tools/setup.sh; {script}"],
        env={"PATH": str(machine), "LOG": str(machine / "log")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_without_root_and_sudo_the_exact_apt_line_is_printed_and_nothing_is_done(machine: Path) -> None:
    done = shell(machine, BARE + "has_ca_bundle() { true; }; set_up run")
    assert done.returncode == 3
    line = "apt-get update && apt-get install -y --no-install-recommends python3-venv libegl1 "
    assert done.stdout.startswith(line)
    words = done.stdout.split()
    assert {"poppler-utils", "openssl", "fonts-wqy-microhei", "libzbar0"} <= set(words)
    assert "qpdf" not in words, "already there"
    assert "ca-certificates" not in words, "the machine has a bundle"


def test_certificates_are_wanted_only_where_no_bundle_exists(machine: Path) -> None:
    done = shell(machine, BARE + "has_ca_bundle() { false; }; set_up run")
    assert done.returncode == 3
    assert "ca-certificates" in done.stdout.split()


def test_foreign_system_is_told_the_missing_programs_and_no_package_manager_is_called(machine: Path) -> None:
    add_program(machine, "qpdf", "exit 0")
    done = shell(machine, "is_debian() { false; }; is_fit_python() { true; }; python3() { :; }; set_up run")
    assert done.returncode == 3
    assert "not Debian" in done.stderr
    assert "pdfsig" in done.stderr
    assert "openssl" in done.stderr
    assert "qpdf" not in done.stderr


def test_only_the_full_check_wants_what_the_drills_need(machine: Path) -> None:
    plain = shell(machine, BARE + "has_ca_bundle() { true; }; set_up dev")
    full = shell(machine, BARE + "has_ca_bundle() { true; }; want_drills; set_up dev")
    assert plain.returncode == full.returncode == 3
    assert set(full.stdout.split()) - set(plain.stdout.split()) == {"postgresql", "strace", "nodejs"}


def test_foreign_system_with_everything_present_goes_on(machine: Path) -> None:
    for program in ("qpdf", "pdfsig", "openssl", "unzip"):
        add_program(machine, program, "exit 0")
    add_program(machine, "ldconfig", 'echo "$LIBRARIES_HERE"')
    everything = 'is_debian() { false; }; is_fit_python() { true; }; python3() { :; }; LIBRARIES_HERE="$LIBRARIES"; '
    done = shell(machine, everything + "export LIBRARIES_HERE; set_up_machine && echo went on")
    assert (done.returncode, done.stdout) == (0, "went on\n"), done.stderr


def test_foreign_system_without_a_library_is_told_its_name(machine: Path) -> None:
    for program in ("qpdf", "pdfsig", "openssl", "unzip"):
        add_program(machine, program, "exit 0")
    add_program(machine, "ldconfig", "echo libEGL.so.1")
    done = shell(machine, "is_debian() { false; }; is_fit_python() { true; }; python3() { :; }; set_up_machine")
    assert done.returncode == 3
    assert "libzbar.so.0" in done.stderr
    assert "libEGL.so.1" not in done.stderr


def test_root_installs_only_what_is_missing(machine: Path) -> None:
    add_program(machine, "apt-get", 'echo "$@" >>"$LOG"')
    present = "installed_packages() { for name in $DEBIAN_PACKAGES; do [ $name = qpdf ] || echo $name; done; }; "
    done = shell(
        machine, BARE + present + "has_ca_bundle() { true; }; is_root() { true; }; CA_BUNDLE=/dev/null; set_up_machine"
    )
    assert done.returncode == 0, done.stderr
    calls = (machine / "log").read_text(encoding="utf-8").splitlines()
    assert calls == ["update -qq", "install -y -qq --no-install-recommends qpdf"]


def test_complete_machine_calls_no_package_manager(machine: Path) -> None:
    add_program(machine, "apt-get", 'echo "$@" >>"$LOG"')
    complete = (
        "installed_packages() { for name in $DEBIAN_PACKAGES; do echo $name; done; }; has_ca_bundle() { true; }; "
    )
    done = shell(machine, BARE + complete + "is_root() { true; }; set_up_machine")
    assert done.returncode == 0, done.stderr
    assert not (machine / "log").exists()


def test_sudo_is_used_for_every_call_when_not_root(machine: Path) -> None:
    add_program(machine, "sudo", 'echo "$@" >>"$LOG"')
    done = shell(machine, BARE + "has_ca_bundle() { true; }; has_sudo() { true; }; CA_BUNDLE=/dev/null; set_up_machine")
    assert done.returncode == 0, done.stderr
    calls = (machine / "log").read_text(encoding="utf-8").splitlines()
    assert calls[0] == "apt-get update -qq"
    assert calls[1].startswith("env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq")


def test_certificate_bundle_rewritten_by_a_package_is_put_back(machine: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.crt"
    bundle.write_text("the house's own root\n", encoding="utf-8")
    add_program(machine, "apt-get", f"echo public roots only >{bundle}")
    done = shell(machine, BARE + f"is_root() {{ true; }}; CA_BUNDLE={bundle}; set_up_machine")
    assert done.returncode == 0, done.stderr
    assert bundle.read_text(encoding="utf-8") == "the house's own root\n"


def test_failing_apt_says_why_and_how_to_do_it_by_hand(machine: Path) -> None:
    add_program(machine, "apt-get", "echo no route to the mirror; exit 100")
    done = shell(machine, BARE + "is_root() { true; }; CA_BUNDLE=/dev/null; set_up_machine")
    assert done.returncode == 3
    assert "no route to the mirror" in done.stderr
    assert "By hand: apt-get update && apt-get install" in done.stderr


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files on which an environment depends."""
    root = tmp_path / "a clone"
    for name in ("uv.lock", "pyproject.toml", "requirements/run.txt", "requirements/dev.txt", "tools/setup.sh"):
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name, encoding="utf-8")
    return root


# Stands for Python: `-m venv` makes a folder whose pip writes down what it was asked for.
PYTHON = r"""
case "$1 $2" in
    "-m venv") mkdir -p "$4/bin"; rm -rf "$4"/*; mkdir -p "$4/bin"; echo venv >>"$LOG"
        printf '#!/bin/sh\necho pip "$*" >>"$LOG"\n[ ! -e "$LOG.stop" ] || exit 1\n' >"$4/bin/pip"
        printf '#!/bin/sh\necho 3.11\n' >"$4/bin/python"
        chmod +x "$4/bin/pip" "$4/bin/python" ;;
    *) echo 3.11 ;;
esac
"""
READY = 'set_up_machine() { :; }; find_python() { echo fake-python; }; root="$CLONE"; '


def set_up(machine: Path, clone: Path, which: str = "run") -> tuple[int, list[str]]:
    """Set up with a stand-in for Python and return the status and what was done."""
    add_program(machine, "fake-python", PYTHON)
    for tool in ("mkdir", "chmod"):
        if not (machine / tool).exists():
            (machine / tool).symlink_to(Path("/bin", tool))
    log = machine / "log"
    log.unlink(missing_ok=True)
    done = shell(machine, f"CLONE='{clone}'; {READY} set_up {which}", root=Path("unused"))
    return done.returncode, log.read_text(encoding="utf-8").splitlines() if log.exists() else []


def test_second_set_up_does_nothing(machine: Path, clone: Path) -> None:
    status, first = set_up(machine, clone)
    assert status == 0
    assert first[0] == "venv"
    assert "--require-hashes" in first[1]
    assert set_up(machine, clone) == (0, [])


def test_set_up_tells_bidseal_its_data_folder(machine: Path, clone: Path) -> None:
    set_up(machine, clone)
    assert (clone / ".venv/bidseal-data").read_text(encoding="utf-8") == f"{clone}/.run/desktop\n"


@pytest.mark.parametrize("changed", ["uv.lock", "pyproject.toml", "requirements/run.txt"])
def test_changed_lock_is_installed_into_the_same_environment(machine: Path, clone: Path, changed: str) -> None:
    set_up(machine, clone)
    (clone / changed).write_text("something new", encoding="utf-8")
    status, done = set_up(machine, clone)
    assert status == 0
    assert [line.split()[0] for line in done] == ["pip", "pip"]
    assert set_up(machine, clone) == (0, [])


def test_interrupted_set_up_is_begun_anew(machine: Path, clone: Path) -> None:
    (machine / "log.stop").touch()
    assert set_up(machine, clone)[0] == 3
    (machine / "log.stop").unlink()
    status, done = set_up(machine, clone)
    assert (status, done[0]) == (0, "venv")


def test_environment_of_check_serves_run_but_not_the_other_way(machine: Path, clone: Path) -> None:
    set_up(machine, clone, "run")
    assert "requirements/dev.txt" in set_up(machine, clone, "dev")[1][0]
    assert set_up(machine, clone, "run") == (0, [])


def test_moved_clone_is_set_up_again(machine: Path, clone: Path) -> None:
    set_up(machine, clone)
    moved = clone.replace(clone.with_name("moved"))
    assert set_up(machine, moved)[1] != []


@pytest.mark.parametrize("arguments", [["--nonsense"], ["--story"], ["--all", "--fast"]])
@pytest.mark.parametrize("command", ["run", "check"])
def test_wrong_usage_is_answered_before_anything_is_set_up(command: str, arguments: list[str]) -> None:
    done = subprocess.run([ROOT / command, *arguments], capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 64
    assert f"usage: ./{command}" in done.stderr


def test_reset_forgets_the_demo_state_and_nothing_else(tmp_path: Path) -> None:
    for name in ("run", "tools/setup.sh"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / ".run/desktop").mkdir(parents=True)
    done = subprocess.run(["/bin/sh", "run", "--reset"], cwd=tmp_path, env=os.environ, timeout=20, check=False)
    assert done.returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run", "tools"]
