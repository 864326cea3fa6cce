"""The story as a person starts it, in processes of its own, and its PDFs before outside judges and our own."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

JUDGES = ("pdfsig", "qpdf")


@pytest.mark.slow
@pytest.mark.skipif(not all(shutil.which(judge) for judge in JUDGES), reason="needs poppler-utils and qpdf")
def test_every_pdf_of_the_story_is_judged_valid_by_pdfsig_qpdf_and_bidseal(tmp_path: Path) -> None:
    out, data = tmp_path / "out", tmp_path / "data"
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "BIDSEAL_DATA": str(data)}

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=1200, check=False
        )

    story = run(sys.executable, "-m", "desktop", "story", str(out))
    assert story.returncode == 0, story.stdout + story.stderr
    sealed = sorted(out.glob("*.pdf"))
    assert sealed
    told = {path.stem.partition("-")[2] for path in out.glob("*.png")}
    assert told >= {"扫码解密", "成员扫码下载证书", "印章已作废", "无需审核直接申领印章", "断网后用相机方式签章"}
    assert [path.name for path in sealed] == sorted(
        f"{name}_已签章.pdf" for name in ("投标文件", "技术标", "商务标", "开标记录")
    )
    for path in sealed:
        clean = run("qpdf", "--check", str(path))
        assert clean.returncode == 0, clean.stdout + clean.stderr
        by_poppler = run("pdfsig", str(path)).stdout
        assert "Signature is Valid." in by_poppler
        # A B-LT seal is followed by a revision with the proof of validity, so poppler says of the
        # whole file that not all of it is signed. What was sealed ends where the last range ends.
        sealed_end = max(int(end) for end in re.findall(r"Signed Ranges: .*- (\d+)\]", by_poppler))
        revision = tmp_path / "sealed-revision.pdf"
        revision.write_bytes(path.read_bytes()[:sealed_end])
        by_poppler = run("pdfsig", str(revision)).stdout
        assert "Signature is Valid." in by_poppler
        assert "- Total document signed" in by_poppler
        ours = run(sys.executable, "-m", "desktop", "verify", str(path), "--json")
        assert ours.returncode == 0, ours.stdout + ours.stderr
        assert '"valid"' in ours.stdout
