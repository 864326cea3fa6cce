"""docs/opening-by-hand.md, followed literally."""

import re
import shutil
import subprocess
from pathlib import Path

from desktop.domain.secret import SecretBytes
from tests.package.forging import container, meta_of, parts_of
from tests.package.world import DOCUMENTS, World, files_in

PAGE = Path(__file__).parents[2] / "docs" / "opening-by-hand.md"


def follow(folder: Path, package: Path, shares: dict[str, SecretBytes]) -> subprocess.CompletedProcess[str]:
    """Run the page's blocks in an empty folder with nothing but the system's programs."""
    blocks = re.findall(r"^```bash\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    assert len(blocks) == 7
    folder.mkdir()
    bash = shutil.which("bash")
    assert bash is not None
    values = " ".join(share.reveal().hex() for share in shares.values())
    return subprocess.run(
        [bash, "-c", "\n".join(blocks)],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PACKAGE": str(package), "ENVELOPE": "bid", "SHARES": values},
        capture_output=True,
        text=True,
        check=False,
    )


def test_page_followed_word_for_word_opens_the_bid(world: World, honest: Path, tmp_path: Path):
    shares = world.shares(world.package(honest))
    done = follow(tmp_path / "hand", honest, shares)
    assert done.returncode == 0, done.stderr
    found = files_in(tmp_path / "hand" / "files")
    assert found.keys() == {*DOCUMENTS, "bid_summary.json"}
    assert DOCUMENTS.items() <= found.items()
    assert done.stdout.count("as signed") == 5
    assert "杭州测试建设有限公司" in done.stdout


def test_page_says_when_a_share_is_wrong_or_missing(world: World, honest: Path, tmp_path: Path):
    shares = world.shares(world.package(honest))
    wrong = {**shares, "time": SecretBytes(bytes(32))}
    missing = {name: share for name, share in shares.items() if name != "time"}
    for name, given in (("wrong", wrong), ("missing", missing)):
        done = follow(tmp_path / name, honest, given)
        assert done.returncode == 1
        assert "not the key that the bidder committed to" in done.stdout
        assert not (tmp_path / name / "files").exists()


def test_page_says_when_the_package_was_changed(world: World, honest: Path, tmp_path: Path):
    parts = parts_of(honest)
    payload = bytearray(parts["bid/payload.cms"])
    payload[-40] ^= 1
    entries = {"mimetype": b"", **parts, "bid/payload.cms": bytes(payload), **meta_of(honest)}
    changed = tmp_path / "changed.bid"
    changed.write_bytes(container(list(entries.items())))
    done = follow(tmp_path / "hand", changed, world.shares(world.package(honest)))
    assert done.returncode == 1
    assert "bid/payload.cms: CHANGED" in done.stdout
