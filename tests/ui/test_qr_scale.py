"""On a screen of 125 % the code still has whole device pixels: the whole window, as Qt paints it there."""

import json
import os
import subprocess
import sys
from pathlib import Path

import segno

from desktop.ui import gallery_sheets

ROOT = Path(__file__).resolve().parents[2]


def test_code_in_a_window_at_125_percent_is_read_and_has_whole_device_pixels():
    done = subprocess.run(
        [sys.executable, "-m", "tests.ui.scaled_window"],
        cwd=ROOT,
        env=os.environ | {"QT_SCALE_FACTOR": "1.25", "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        check=True,
        timeout=60,
    )
    told = json.loads(done.stdout)
    modules = segno.make(gallery_sheets.PAYLOAD, error="m", micro=False, boost_error=False).symbol_size(border=0)[0]
    assert told["ratio"] == 1.25
    assert told["texts"] == [gallery_sheets.PAYLOAD]
    assert told["greys"] == [0, 255]
    assert told["symbol_px"] % modules == 0
