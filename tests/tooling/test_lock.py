"""uv.lock and requirements/*.txt: no host of an index, equal to each other, and enough for Windows."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.utils import parse_wheel_filename

ROOT = Path(__file__).resolve().parents[2]
LOCK = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
WINDOWS = {
    "sys_platform": "win32",
    "platform_system": "Windows",
    "os_name": "nt",
    "platform_machine": "AMD64",
    "python_version": "3.11",
    "python_full_version": "3.11.9",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
}
# One version of each package: where the lock has several, the one it gives to Windows with Python 3.11.
PACKAGES: dict[str, dict[str, Any]] = {
    package["name"]: package
    for package in LOCK["package"]
    if any(Marker(marker).evaluate(WINDOWS) for marker in package.get("resolution-markers", ["python_version > '0'"]))
}
FITS = re.compile(r"(cp311-cp311|cp3\d+-abi3|py3-none|py2\.py3-none|cp311-none)-(any|win_amd64)$")


def needed_on_windows(extras: frozenset[str]) -> set[str]:
    """Walk the lock from the project with Windows' markers."""
    found: set[tuple[str, frozenset[str]]] = set()
    waiting = [("bidseal", extras)]
    while waiting:
        name, wanted = waiting.pop()
        if (name, wanted) in found:
            continue
        found.add((name, wanted))
        package = PACKAGES[name]
        edges = package.get("dependencies", []) + [
            edge for extra in wanted for edge in package.get("optional-dependencies", {}).get(extra, [])
        ]
        waiting.extend(
            (edge["name"], frozenset(edge.get("extra", [])))
            for edge in edges
            if Marker(edge.get("marker", "python_version > '0'")).evaluate({**WINDOWS, "extra": ""})
        )
    return {name for name, _ in found} - {"bidseal"}


def fits_windows(package: dict[str, Any]) -> bool:
    """Whether one of the package's wheels installs on CPython 3.11, win_amd64."""
    for wheel in package.get("wheels", []):
        filename = wheel["url"].rsplit("/", 1)[1].replace("%2B", "+")
        _, _, _, tags = parse_wheel_filename(filename)
        if any(FITS.match(str(tag)) or FITS.match(str(tag).replace("py2-none", "py3-none")) for tag in tags):
            return True
    return False


def test_walk_follows_windows_markers_and_extras() -> None:
    base = needed_on_windows(frozenset())
    assert "pywin32-ctypes" in base, "keyring's back end on Windows"
    assert "secretstorage" not in base, "keyring's back end on Linux"
    assert needed_on_windows(frozenset({"server"})) > base


@pytest.mark.parametrize("name", sorted(needed_on_windows(frozenset({"server"}))))
def test_package_needed_on_windows_has_a_wheel_for_it(name: str) -> None:
    assert fits_windows(PACKAGES[name])


def test_package_for_another_system_only_does_not_fit_windows() -> None:
    linux = [{"url": "https://files.invalid/packages/uvloop-1.0-cp311-cp311-manylinux_2_28_x86_64.whl"}]
    assert not fits_windows({"wheels": linux})
    assert not fits_windows({})


def test_no_host_of_an_index_is_in_a_committed_file() -> None:
    hosts = {
        host
        for file in (ROOT / "uv.lock", *sorted((ROOT / "requirements").glob("*.txt")))
        for host in re.findall(r"[a-z+]+://([^/\"\s]+)", file.read_text(encoding="utf-8"))
    }
    assert hosts <= {"index.invalid", "files.invalid"}


def test_every_locked_file_has_a_hash() -> None:
    files = [file for package in LOCK["package"] for file in [*package.get("wheels", []), package.get("sdist")] if file]
    assert len(files) > len(PACKAGES)
    assert all(re.fullmatch("sha256:[0-9a-f]{64}", file["hash"]) for file in files)


def test_requirements_are_what_the_lock_exports(tmp_path: Path) -> None:
    for name in ("uv.lock", "pyproject.toml", "README.md", "LICENSE", "NOTICE", "tools/lock"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / "requirements").mkdir()
    uv = Path(sys.executable).with_name("uv")
    environment = {**os.environ, "UV": str(uv), "UV_OFFLINE": "1", "UV_PYTHON": sys.executable, "UV_NO_CACHE": "1"}
    subprocess.run(["bash", tmp_path / "tools/lock", "--export"], env=environment, timeout=60, check=True)
    for exported in sorted((tmp_path / "requirements").glob("*.txt")):
        committed = (ROOT / "requirements" / exported.name).read_text(encoding="utf-8")
        assert exported.read_text(encoding="utf-8") == committed, f"run tools/lock --export for {exported.name}"
    assert {file.name for file in (ROOT / "requirements").iterdir()} == {"run.txt", "dev.txt"}


def test_project_file_and_lock_name_the_same_requirements() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = PACKAGES["bidseal"]["metadata"]["requires-dist"]
    plain = {edge["name"].lower() for edge in locked if "marker" not in edge}
    assert plain == {re.split(r"[<>=\[ ]", line)[0].lower() for line in project["dependencies"]}
