"""The import contracts of pyproject.toml: each one breaks when it should, and none when nothing is wrong."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]

# What each layer may do (the twin of the violations below).
ALLOWED = [
    ("desktop.cli", "desktop.views"),
    ("desktop.views", "desktop.services"),
    ("desktop.phone.window", "desktop.ui"),
    ("desktop.phone.core", "desktop.camera"),
    ("desktop.phone.core", "desktop.store"),
    ("desktop.server", "desktop.formats"),
    ("desktop.ui", "desktop.domain"),
    ("desktop.signing.pdf", "pyhanko"),
    ("desktop.signing.imprint", "cv2"),
    ("desktop.phone.window", "PySide6.QtCore"),
    ("desktop.phone.core", "requests"),
    ("desktop.services", "openpyxl"),
]
# One import for each contract, found by a word of the contract's name.
VIOLATIONS = {
    "Layers": ("desktop.services", "desktop.views"),
    "signing: ceremony": ("desktop.signing.ceremony", "desktop.signing.pdf"),
    "server imports nothing of layer 4": ("desktop.server", "desktop.store"),
    "phone makes what formats checks": ("desktop.phone.core", "desktop.formats"),
    "phone.core has no window": ("desktop.phone.core", "desktop.ui"),
    "server and phone do not know each other": ("desktop.server", "desktop.phone.core"),
    "ui knows no bids": ("desktop.ui", "desktop.protocol"),
    "PySide6": ("desktop.services", "PySide6.QtCore"),
    "cv2": ("desktop.documents", "cv2"),
    "pyhanko only": ("desktop.formats", "pyhanko"),
    "pyhanko_certvalidator": ("desktop.crypto", "pyhanko_certvalidator"),
    "web and database": ("desktop.services", "fastapi"),
    "keyring": ("desktop.views", "keyring"),
    "requests": ("desktop.services", "requests"),
    "cbor2": ("desktop.crypto", "cbor2"),
    "segno": ("desktop.views", "segno"),
    "QR readers": ("desktop.phone.core", "zxingcpp"),
    "pypdfium2": ("desktop.signing.pdf", "pypdfium2"),
    "pytest": ("desktop.domain", "pytest"),
    "openpyxl and typst": ("desktop.views", "typst"),
}


def module_names(contract: dict[str, object]) -> set[str]:
    """Every module of ours that a contract names."""
    if contract["type"] == "layers":
        return {f"desktop.{tail}" for tail in re.findall(r"[\w.]+", str(contract["layers"]))}
    return set(re.findall(r"desktop(?:\.\w+)+", str({key: contract[key] for key in contract if key != "name"})))


def lint(folder: Path, imports: Iterable[tuple[str, str]]) -> tuple[int, str]:
    """Judge an empty product of all named packages in which exactly these imports are written."""
    (folder / "tools").mkdir()
    for file in ("pyproject.toml", "tools/contracts.py"):
        (folder / file).write_bytes((ROOT / file).read_bytes())
    for name in {"desktop"}.union(*map(module_names, CONTRACTS)):
        package = folder.joinpath(*name.split("."))
        package.mkdir(parents=True, exist_ok=True)
        for parent in (package, *package.parents):
            if parent == folder:
                break
            (parent / "__init__.py").touch()
    for number, (importer, imported) in enumerate(imports):
        module = folder.joinpath(*importer.split("."), f"module{number}.py")
        module.write_text(f"import {imported}\n", encoding="utf-8")
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout


def test_product_with_allowed_imports_only_keeps_every_contract(tmp_path: Path) -> None:
    status, said = lint(tmp_path, ALLOWED)
    assert status == 0, said
    assert f"{len(CONTRACTS)} kept, 0 broken" in said


def test_every_contract_breaks_on_its_own_violation(tmp_path: Path) -> None:
    status, said = lint(tmp_path, VIOLATIONS.values())
    assert status == 1
    assert f"0 kept, {len(CONTRACTS)} broken" in said, said


def test_module_that_stands_in_no_layer_is_refused(tmp_path: Path) -> None:
    (tmp_path / "desktop").mkdir()
    (tmp_path / "desktop/helpers.py").touch()
    status, said = lint(tmp_path, ALLOWED)
    assert status == 1
    assert "desktop.helpers" in said


def test_every_folder_with_python_files_is_a_package() -> None:
    folders = {file.parent for file in (ROOT / "desktop").rglob("*.py")}
    nameless = sorted(str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").is_file())
    assert nameless == [], "neither the contracts nor the installed product would see them"


def test_every_contract_has_one_violation_above() -> None:
    claimed = [contract["name"] for word in VIOLATIONS for contract in CONTRACTS if word in contract["name"]]
    assert sorted(claimed) == sorted(contract["name"] for contract in CONTRACTS)
