"""Heavy libraries are not loaded by importing what uses them: they would cost the start of the app."""

import subprocess
import sys

import pytest

MODULES = [
    "desktop.cli_qr",
    "desktop.camera.decoder",
    "desktop.camera.images",
    "desktop.camera.live",
    "desktop.camera.source",
    "desktop.signing.imprint.cutout",
    "desktop.signing.imprint.synthetic",
    "desktop.signing.imprint.stamping",
]
HEAVY = ("cv2", "numpy", "PIL", "zxingcpp", "pyzbar", "PySide6")


@pytest.mark.parametrize("module", MODULES)
def test_importing_loads_no_heavy_library(module: str) -> None:
    program = f"import sys, {module}; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
