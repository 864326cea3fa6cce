"""`bidseal pack` and `bidseal open`: another process, its code read from the pipe, the phone answers."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from desktop.portal.profile import write_profile
from desktop.testing.rig import Scan
from desktop.ui.terminal_qr import terminal_qr
from tests.bids.conftest import LOT, TENDER, Bidder


@contextmanager
def running(moment: datetime, *args: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bids.at", moment.isoformat(), *args],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring", "PYTHONUTF8": "1"},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def scanned(bidder: Bidder, *args: str) -> tuple[int, str]:
    """Run the command, let the phone scan its first code; return exit status and what it wrote."""
    with running(bidder.clock.now(), *args) as process:
        assert process.stderr is not None
        said: list[str] = []
        scan = None
        for line in process.stderr:
            said.append(line)
            if line.startswith("code: ") and scan is None:
                scan = Scan(bidder.phone, line.removeprefix("code: ").strip())
        status = process.wait(30)
        if scan is not None:
            scan.result()
        return status, "".join(said)


@pytest.fixture
def desk(bidder: Bidder) -> list[str]:
    folder = bidder.workspace.folder
    folder.profile.write_bytes(write_profile(bidder.platform.profile))
    return ["--data", str(folder.root)]


def test_bid_is_packed_rehearsed_and_opened_from_the_command_line(bidder: Bidder, desk: list[str]) -> None:
    document, bid = bidder.file("投标函.pdf", b"%PDF-1.7").path, bidder.documents / "甲.bid"
    what = ["--tender", TENDER, "--lot", LOT, "--deadline", "2026-12-01T09:00", "--price", "100.5", "--out", str(bid)]
    status, said = scanned(bidder, "pack", str(document), *what, *desk)
    assert (status, bid.is_file()) == (0, True), said
    assert "报价 100.50 元" in said
    assert "2026-12-01 09:00:00" in said

    status, said = scanned(bidder, "open", str(bid), "--rehearse", *desk)
    assert status == 0, said

    shares = bidder.documents / "份额.json"
    status, said = scanned(bidder, "open", str(bid), "--export-shares", str(shares), *desk)
    assert (status, shares.is_file()) == (0, True), said
    assert shares.stat().st_mode & 0o077 == 0 or sys.platform == "win32"

    status, said = scanned(bidder, "open", str(bid), "--out", str(bidder.documents), "--language", "en", *desk)
    assert status == 0, said
    assert (bidder.documents / "甲" / "投标函.pdf").read_bytes() == b"%PDF-1.7"
    assert "Open bids" in said


def test_bids_of_one_file_name_are_all_opened(bidder: Bidder, desk: list[str]) -> None:
    for place in ("甲", "乙"):
        (bidder.documents / place).mkdir()
        bidder.pack(bidder.order(target=bidder.documents / place / "投标.bid"))
    bids = [str(bidder.documents / place / "投标.bid") for place in ("甲", "乙")]
    status, said = scanned(bidder, "open", *bids, "--out", str(bidder.documents), *desk)
    assert status == 0, said
    assert {p.name for p in bidder.documents.glob("投标*") if p.is_dir()} == {"投标", "投标(2)"}


def test_two_envelopes_go_into_folders_of_their_own(bidder: Bidder, desk: list[str]) -> None:
    first, second = bidder.file("技术.pdf", b"1").path, bidder.file("报价.xml", b"2").path
    bid = bidder.documents / "乙.bid"
    what = ["--tender", TENDER, "--lot", LOT, "--deadline", "2026-12-01T09:00", "--out", str(bid)]
    status, said = scanned(bidder, "pack", str(first), "--price-files", str(second), *what, *desk)
    assert status == 0, said
    status, said = scanned(bidder, "open", str(bid), "--out", str(bidder.documents), *desk)
    assert status == 0, said
    assert (bidder.documents / "乙_first" / "技术.pdf").read_bytes() == b"1"
    assert (bidder.documents / "乙_second" / "报价.xml").read_bytes() == b"2"


@pytest.mark.parametrize(
    ("args", "status", "word"),
    [
        (["open", "nowhere.bid"], 64, "no such file"),
        (["pack", __file__], 64, "--tender"),
        (["pack", __file__, "--tender", "t", "--lot", "l", "--deadline", "tomorrow", "--out", "x"], 64, "not a time"),
        (
            [
                "pack",
                __file__,
                "--tender",
                "t",
                "--lot",
                "l",
                "--deadline",
                "2026-12-01",
                "--out",
                "x",
                "--price",
                "1.005",
            ],
            64,
            "not an amount",
        ),
    ],
)
def test_wrong_usage_is_said_and_ends_with_64(args: list[str], status: int, word: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "desktop", *args], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == status
    assert word in done.stderr


def test_file_that_is_no_bid_is_named_and_nothing_is_asked(bidder: Bidder, desk: list[str]) -> None:
    junk = bidder.file("junk.bid", b"junk").path
    status, said = scanned(bidder, "open", str(junk), *desk)
    assert status == 1
    assert "junk.bid: " in said
    assert "code: " not in said


def test_workstation_that_knows_no_certificate_says_what_to_do(tmp_path: Path, bidder: Bidder) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "platform.json").write_bytes(write_profile(bidder.platform.profile))
    document = bidder.file("a.bid", b"a").path
    status, said = scanned(bidder, "open", str(document), "--data", str(tmp_path / "empty"))
    assert status == 1
    assert "本工位没有可用的解密证书" in said


def test_code_in_the_terminal_has_every_module_in_its_place() -> None:
    import segno

    text = "https://jxjt.example/m#" + "A" * 58
    lines = [line.removeprefix("\x1b[30;107m").removesuffix("\x1b[0m") for line in terminal_qr(text)]
    matrix = segno.make(text, error="l", micro=False, boost_error=False).matrix
    rows: list[list[bool]] = []
    for line in lines:
        rows += [[c in "▀█" for c in line], [c in "▄█" for c in line]]
    inner = [row[2 : 2 + len(matrix)] for row in rows[2 : 2 + len(matrix)]]
    assert inner == [[bool(m) for m in row] for row in matrix]
    assert not any(any(row) for row in (*rows[:2], *rows[2 + len(matrix) :]))
